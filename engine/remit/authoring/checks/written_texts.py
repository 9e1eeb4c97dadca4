"""Checks of texts that YAML, or the people who read them, take for something else than was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.authoring.checks.check import Check, Finding, on_model
from remit.language.source import Source
from remit.policy.model import Model
from remit.policy.reading.lines import in_quotes
from remit.policy.reading.yaml_reader import read_yaml
from remit.policy.reading.yaml_tree import YamlNode, YamlScalar

__all__ = ["CHECKS"]

#: A comment that begins without a blank: `#5`, `#1 guest`.
_CUT: Final = re.compile(r"[ \t]+(#[^\s#].*)")
#: Opening quotation marks of word processors, and what can close them.
_CURLY: Final = {
    "\u201c": "\u201d\u201c", "\u201d": "\u201d", "\u201e": "\u201c\u201d", "\u201f": "\u201d",
    "\u2018": "\u2019\u2018", "\u2019": "\u2019", "\u201a": "\u2018\u2019",
    "\u00ab": "\u00bb", "\u00bb": "\u00ab", "\u2039": "\u203a", "\u203a": "\u2039",
}  # fmt: skip
_ANY: Final = re.compile(f"{_CUT.pattern}|[{''.join(_CURLY)}]")


def _values(model: Model) -> Iterator[YamlScalar]:
    """The single values that are written without quotes. The file is read again only where one may be found."""
    if not _ANY.search(model.text):
        return
    root, _ = read_yaml(model.text, model.file)
    waiting: list[YamlNode] = [] if root is None else [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, YamlScalar):
            if node.plain:
                yield node
        elif node.kind == "list":
            waiting += node.items
        else:
            waiting += (value for _, value in node.entries.values())


def _cut(model: Model) -> Iterator[Finding]:
    for value in _values(model):
        document = value.document
        end = document.text.find("\n", value.end)
        found = None if value.empty else _CUT.fullmatch(document.text, value.end, end if end >= 0 else len(document.text))
        if found is not None:
            comment = found[1].rstrip()
            source = Source(comment, document, range(found.start(1), found.start(1) + len(comment)))
            hint = f"put it in quotes: `{in_quotes(f'{value.text} {comment}')}`; a comment has a space after its `#`"
            yield Finding("the text ends before this `#`: YAML takes the rest for a comment", source, hint)


def _curly(model: Model) -> Iterator[Finding]:
    for value in _values(model):
        text = value.text
        if len(text) > 1 and text[-1] in _CURLY.get(text[0], ""):
            message = f"the quotes of `{text}` are part of the value: YAML knows only straight ones"
            yield Finding(message, value.source(), f"write `{in_quotes(text[1:-1])}`")


CHECKS = (
    Check("texts/cut-short", "a text that ends where a comment begins", on_model(_cut)),
    Check("texts/curly-quotes", "a value with the quotes of a word processor", on_model(_curly)),
)
