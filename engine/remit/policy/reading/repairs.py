"""Formulas that YAML has torn apart at a comma: ``{credit: min(a, 150 EUR)}`` is read as two keys.

The pieces are put together again after the problem was told, so that the rest of the file is checked as the author meant it.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Final, TypeAlias

from remit.policy.reading.lines import in_quotes
from remit.policy.reading.report import Report
from remit.policy.reading.tree import YamlNode, YamlScalar

__all__ = ["Pair", "mend_list", "mend_map"]

#: A key and its value, before it is known whether the key can be one.
Pair: TypeAlias = tuple[YamlNode, YamlNode]

#: A formula with more commas than this was not written by a person.
_MOST_PIECES: Final = 20


def mend_list(items: list[YamlNode], report: Report) -> list[YamlNode]:
    """The items of ``[ ]``, with the pieces of a formula joined."""
    if not any(_depth(item) > 0 for item in items):
        return items
    out: list[YamlNode] = []
    at = 0
    while at < len(items):
        count = _pieces(items[at : at + _MOST_PIECES])
        out.append(_joined(items[at], items[at + count - 1].end, report) if count > 1 else items[at])
        at += count
    return out


def mend_map(pairs: list[Pair], report: Report) -> list[Pair]:
    """The keys and values of ``{ }``: what is left over of a formula looks like keys without values."""
    if not any(_depth(value) > 0 for _, value in pairs):
        return pairs
    out: list[Pair] = []
    at = 0
    while at < len(pairs):
        key, value = pairs[at]
        following = takewhile(lambda pair: isinstance(pair[1], YamlScalar) and pair[1].empty, pairs[at + 1 : at + _MOST_PIECES])
        rest = [value, *(later for later, _ in following)]
        count = _pieces(rest)
        out.append((key, _joined(value, rest[count - 1].end, report) if count > 1 else value))
        at += count
    return out


def _pieces(items: list[YamlNode]) -> int:
    """How many items from the first on are one formula; 1 where it is whole, or cannot be made whole."""
    depth = _depth(items[0])
    if depth <= 0:
        return 1
    for count, item in enumerate(items[1:], 2):
        if not (isinstance(item, YamlScalar) and item.plain):
            return 1
        depth += _depth(item)
        if depth <= 0:
            return count
    return 1


def _depth(node: YamlNode) -> int:
    """How many round brackets a plain scalar leaves open."""
    return node.text.count("(") - node.text.count(")") if isinstance(node, YamlScalar) and node.plain else 0


def _joined(first: YamlNode, end: int, report: Report) -> YamlScalar:
    text = " ".join(first.document.text[first.start : end].split())
    message = f"YAML splits `{text}` in two at the comma"
    place = first.document.place(first.start, end)
    report.error("yaml/split-formula", message, place, f"put the formula in quotes: `{in_quotes(text)}`")
    return YamlScalar(text, "plain", first.start, end, first.document)
