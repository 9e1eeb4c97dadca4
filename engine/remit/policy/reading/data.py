"""The tree as plain data, the way a YAML 1.2 reader (an editor, say) understands the same file."""

from __future__ import annotations

import re
from typing import Any, Final

from remit.policy.reading.yaml_reader import read_yaml
from remit.policy.reading.yaml_tree import YamlList, YamlNode, YamlScalar

__all__ = ["data_of", "example_data"]

#: YAML 1.2, 10.3.2, core schema.
_CONSTANTS: Final = {
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def data_of(node: YamlNode) -> Any:
    """Dicts, lists, strings, numbers, truth values and ``None``; dates are strings."""
    if isinstance(node, YamlList):
        return [data_of(item) for item in node.items]
    if not isinstance(node, YamlScalar):
        return {key: data_of(value) for key, (_, value) in node.entries.items()}
    text = node.text
    if node.style != "plain":
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def example_data(text: str) -> Any:
    """The data of one value, as it would stand behind a key."""
    root, _ = read_yaml(f"example: {text}\n", "example")
    node = root.get("example") if root else None
    assert node is not None, f"`{text}` is no YAML"
    return data_of(node)
