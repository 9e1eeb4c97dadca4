"""Keys that belong inside what is before them: those that are not indented, and the items of a list without brackets. Each is
reported once, and read as it was meant."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Final

from remit.language.checking.type_words import any_of
from remit.language.parsing.common_mistakes import QUOTES
from remit.language.suggestions import closest
from remit.policy.reading.lines import in_quotes
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar
from remit.policy.shapes.base import Shape

__all__ = ["gathered", "whole_texts"]

Entry = tuple[YamlScalar, YamlNode]

_QUOTES: Final = "".join(QUOTES) + '"'


def gathered(node: YamlMap, shapes: Mapping[str, Shape], report: ProblemReport) -> YamlMap:
    """``node``, with the keys that are none of its own inside the one before them, if they fit there."""
    if not node.flow:
        return _indented(node, shapes, report)
    texts = frozenset(name for name, shape in shapes.items() if shape.is_text())
    return _listed(whole_texts(node, texts, shapes, report), shapes, report)


def whole_texts(node: YamlMap, texts: Container[str], others: Container[str], report: ProblemReport) -> YamlMap:
    """``{because: Cold, wet and late, may: ...}``: to YAML, `wet and late` is a key without a value. ``texts`` are the keys
    with words for people behind them; ``others``, all keys that may follow."""
    if not node.flow or all(key in others for key in node.entries):
        return node
    entries = list(node.entries.values())
    out: dict[str, Entry] = {}
    at = 0
    while at < len(entries):
        key, value = entries[at]
        at += 1
        if key.text in texts and isinstance(value, YamlScalar) and value.plain and not value.empty:
            rest = list(takewhile(lambda entry: entry[0].text not in others and _is_word(*entry), entries[at:]))
            at += len(rest)
            if rest:
                value = _whole_text(value, rest[-1][0].end, report)
        out[key.text] = (key, value)
    return replace(node, entries=out)


def _whole_text(first: YamlScalar, end: int, report: ProblemReport) -> YamlScalar:
    text = " ".join(first.document.text[first.start : end].split())
    hint = f"put the whole text in straight quotes: `{in_quotes(text.strip(_QUOTES))}`"
    report.error("yaml/split-text", "YAML splits this text at the comma", first.document.place(first.start, end), hint)
    return YamlScalar(text, "plain", first.start, end, first.document)


def _listed(node: YamlMap, shapes: Mapping[str, Shape], report: ProblemReport) -> YamlMap:
    """``{of: noise, cleanliness}``: to YAML, `cleanliness` is a key without a value."""
    entries = list(node.entries.values())
    out: dict[str, Entry] = {}
    at = 0
    while at < len(entries):
        key, value = entries[at]
        at += 1
        items: list[YamlNode] = [value]
        if isinstance(value, YamlScalar) and not value.empty and key.text in shapes and shapes[key.text].is_list():
            words = takewhile(lambda entry: entry[0].text not in shapes and _is_word(*entry), entries[at:])
            items += (each for each, _ in words)
        if len(items) > 1:
            at += len(items) - 1
            written = node.document.text[value.start : items[-1].end]
            message = f"`{key.text}` is a list of several values, which needs brackets"
            report.error("policy/shape", message, node.document.place(value.start, items[-1].end), f"write `[{written}]`")
            value = YamlList(items, True, value.start, items[-1].end, node.document)
        out[key.text] = (key, value)
    return YamlMap(out, True, node.start, node.end, node.document)


def _is_word(key: YamlScalar, value: YamlNode) -> bool:
    """Whether it is, to YAML, a key with neither colon nor value."""
    return isinstance(value, YamlScalar) and value.empty and not key.document.text[key.end : value.end].strip(" ,}\n")


def _indented(node: YamlMap, shapes: Mapping[str, Shape], report: ProblemReport) -> YamlMap:
    entries = list(node.entries.values())
    out: dict[str, Entry] = {}
    at = 0
    while at < len(entries):
        key, value = entries[at]
        inside: list[Entry] = []
        if key.text in shapes:  # so that the others are not gone through again for each of them
            strangers = list(takewhile(lambda entry: entry[0].text not in shapes, entries[at + 1 :]))
            inside = list(_inside(strangers, value, shapes[key.text].keys_inside(), shapes))
        if inside:
            _tell(key, inside, report)
            above = list(value.entries.values()) if isinstance(value, YamlMap) else []
            held = {each.text: (each, its) for each, its in (*inside, *above)}
            value = YamlMap(held, False, next(iter(held.values()))[0].start, inside[-1][1].end, node.document)
        out[key.text] = (key, value)
        at += 1 + len(inside)
    return YamlMap(out, node.flow, node.start, node.end, node.document)


def _inside(strangers: list[Entry], above: YamlNode, inner: frozenset[str] | None, own: Mapping[str, Shape]) -> Iterator[Entry]:
    """Those of ``strangers`` that belong inside what is above them. ``inner``: the keys there, ``None`` where any may be."""
    empty = isinstance(above, YamlScalar) and above.empty
    if not empty and not (isinstance(above, YamlMap) and not above.flow and inner is None):
        return
    for key, value in strangers:
        misspelt = closest(key.text, own) is not None
        fits = key.text in inner if inner is not None else not misspelt and isinstance(value, YamlMap) and not key.broken
        if not fits:
            return
        yield key, value


def _tell(above: YamlScalar, inside: list[Entry], report: ProblemReport) -> None:
    first, *rest = (key for key, _ in inside)
    message = f"`{first.text}` is not indented, so that it is no part of `{above.text}`"
    names = any_of([key.text for key, _ in inside], "and")
    report.error("policy/unknown-key", message, first, f"indent {names if rest else 'it'} further than `{above.text}`")
