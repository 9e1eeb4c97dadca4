"""Lines that are missing: that of a section, whose entries then belong to the section above it, and that of a part, whose keys
then belong to the whole. Each is reported once, and what follows is read as it was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from remit.language.checking.type_words import any_of
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar
from remit.policy.shapes.base import Shape

__all__ = ["with_parts", "with_sections"]

Entry = tuple[YamlScalar, YamlNode]
Block = YamlList | YamlMap

#: What only a formula has in it, so that a single value can show which section it belongs to.
_FORMULA: Final = re.compile(r"[-+*/(<>=0-9]")


def with_sections(root: YamlMap, shapes: Mapping[str, Shape], needed: frozenset[str], report: ProblemReport) -> YamlMap:
    """``root``, the whole file, with the sections whose lines are missing. ``shapes``: of its sections, in their usual order;
    ``needed``: those that every file has."""
    out: dict[str, Entry] = {}
    absent = [name for name in shapes if name not in root.entries]
    for key, value in root.entries.values():
        out[key.text] = (key, value)
        if key.text in shapes and isinstance(value, Block) and not value.flow:
            for name in _in_turn(absent, list(shapes), key.text):
                start = _start(value, shapes[key.text], shapes[name], report) or (
                    name in needed and _needed(value, shapes[name], report)
                )
                if start:
                    first, upper, lower = _cut(value, start)
                    message = f"this line is part of `{key.text}`, but belongs in `{name}`"
                    report.error("policy/missing-line", message, first, f"is the line `{name}:` missing above it?")
                    out[key.text] = (key, upper)
                    out[name] = (YamlScalar(name, "plain", lower.start, lower.start, root.document), lower)
                    absent.remove(name)
                    break
    return YamlMap(out, root.flow, root.start, root.end, root.document)


def _in_turn(absent: list[str], order: list[str], name: str) -> list[str]:
    """The sections that are not there, those that usually come after ``name`` first."""
    return [each for each in order[order.index(name) :] if each in absent] + absent


def _start(block: Block, own: Shape, other: Shape, report: ProblemReport) -> int:
    """From which entry on ``block`` belongs to another section; 0 where none does. One entry must show it: it is right there,
    and wrong here. What is right in both, and comes before it, goes with it."""
    if own.fits(block, report):
        return 0
    singles = list(_singles(block))
    shows = (at for at, each in enumerate(singles) if _is_telling(each) and other.fits(each, report))
    start = next((at for at in shows if not own.fits(singles[at], report)), 0)
    return _back(singles, start, other, report)


def _needed(block: Block, other: Shape, report: ProblemReport) -> int:
    """The same where the other section must be there, and nothing shows it but names that come up again elsewhere."""
    if isinstance(block, YamlList):
        return 0
    singles = list(_singles(block))
    start = _back(singles, len(singles), other, report)
    names = list(block.entries)[start:]
    again = any(len(re.findall(rf"(?<![\w.]){re.escape(name)}:", block.document.text)) > 1 for name in names)
    return start if again else 0


def _back(singles: list[Block], start: int, other: Shape, report: ProblemReport) -> int:
    """The first of the entries before ``start`` from which on all are right in the other section."""
    while start > 1 and other.fits(singles[start - 1], report):
        start -= 1
    return start


def _singles(block: Block) -> Iterator[Block]:
    """``block`` with one of its entries at a time."""
    if isinstance(block, YamlList):
        yield from (replace(block, items=[each]) for each in block.items)
    else:
        yield from (replace(block, entries={text: entry}) for text, entry in block.entries.items())


def _is_telling(single: Block) -> bool:
    """Whether what fits in a section is more than some word, which fits nearly anywhere."""
    value = single.items[0] if isinstance(single, YamlList) else next(iter(single.entries.values()))[1]
    return not isinstance(value, YamlScalar) or _FORMULA.search(value.text) is not None


def _cut(block: Block, at: int) -> tuple[YamlNode, Block, Block]:
    """What stands at the cut, and the two parts."""
    if isinstance(block, YamlList):
        first = block.items[at]
        upper, lower = replace(block, items=block.items[:at]), replace(block, items=block.items[at:], start=first.start)
        return (next(iter(first.entries.values()))[0] if isinstance(first, YamlMap) else first), upper, lower
    entries = list(block.entries.items())
    key = entries[at][1][0]
    return key, replace(block, entries=dict(entries[:at])), replace(block, entries=dict(entries[at:]), start=key.start)


def with_parts(node: YamlMap, shapes: Mapping[str, Shape], report: ProblemReport) -> YamlMap:
    """``node``, with the keys that are none of its own inside the part to which all of them belong, if that is missing."""
    strangers = [entry for entry in node.entries.values() if entry[0].text not in shapes]
    names = {key.text for key, _ in strangers}
    parts = ((name, shape.keys_inside()) for name, shape in shapes.items() if name not in node.entries)
    meant = next((name for name, inside in parts if inside and names <= inside), None) if len(strangers) > 1 else None
    if meant is None:
        return node
    first, last = strangers[0][0], strangers[-1][1]
    listed = any_of([key.text for key, _ in strangers], "and")
    hint = f"write them in braces: `{meant}: {{...}}`" if node.flow else f"is the line `{meant}:` missing above them?"
    report.error("policy/missing-line", f"{listed} belong in `{meant}`", first, hint)
    inner = YamlMap({key.text: (key, value) for key, value in strangers}, node.flow, first.start, last.end, node.document)
    own = {text: entry for text, entry in node.entries.items() if text not in names}
    key = YamlScalar(meant, "plain", first.start, first.start, node.document)
    return replace(node, entries={**own, meant: (key, inner)})
