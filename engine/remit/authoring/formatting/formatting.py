"""Text to text in the one layout, with a proof that nothing else changed."""

from __future__ import annotations

from itertools import zip_longest

from remit.authoring.formatting.comments import find_comments
from remit.authoring.formatting.tree_layout import lay_out
from remit.errors import PolicyError
from remit.policy.reading.yaml_reader import read_yaml
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["format_text"]


def format_text(text: str, name: str = "policy.yaml") -> str:
    """``text`` in the one layout; ``name`` is what messages call it.

    Comments, order and the author's line breaks are kept. What is written is read again before it is returned: it says the
    same, word for word. Raises :class:`~remit.errors.PolicyError` where ``text`` is not YAML that remit reads.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    root = _read(text, name)
    out = lay_out(text, root)
    again = _read(out, name)
    if not _same(root, again) or _said(text, root) != _said(out, again):
        raise AssertionError(f"the layout of {name} would change what it says")
    return out


def _read(text: str, name: str) -> YamlMap:
    root, report = read_yaml(text, name)
    problems = [problem for problem in report.sorted() if problem.severity == "error"]
    if root is None or problems:
        raise PolicyError(problems)
    return root


def _said(text: str, root: YamlMap) -> list[str]:
    return [comment.text for comment in find_comments(text, root)]


def _same(one: YamlNode | None, other: YamlNode | None) -> bool:
    """Whether two trees say the same: also whether it is said with or without quotes, in blocks or in brackets."""
    if one is None or other is None or one.kind != other.kind:
        return False
    if isinstance(one, YamlScalar) and isinstance(other, YamlScalar):
        return (one.text, one.plain) == (other.text, other.plain)
    if isinstance(one, YamlMap) and isinstance(other, YamlMap):
        pairs = zip_longest(one.entries.values(), other.entries.values(), fillvalue=(None, None))
        same = all(_same(key, its) and _same(value, others) for (key, value), (its, others) in pairs)
        return one.flow == other.flow and same
    assert isinstance(one, YamlList)
    assert isinstance(other, YamlList)
    return one.flow == other.flow and all(_same(*pair) for pair in zip_longest(one.items, other.items))
