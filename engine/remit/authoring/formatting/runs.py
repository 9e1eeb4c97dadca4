"""Which entries and items follow each other so that they can stand in columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from remit.authoring.formatting.columns import WIDTH, aligned, one_line, same_width
from remit.authoring.formatting.scalar_style import written
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["dashes", "entries_in_columns", "items_in_columns"]

_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n")
_TO_DASH: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*(?=-)")
#: What stands before an item of a list: its indentation and the dash.
_DASH: Final = 2

#: Sections whose entries have their values in one column.
_LISTED: Final = ("facts", "remedies", "values", "discretion", "evidence")
#: Keys of a rule that have theirs so where they follow each other.
_PAIRED: Final = ("owed", "may")

_Entry: TypeAlias = tuple[YamlScalar, YamlNode]


def entries_in_columns(text: str, entries: Sequence[_Entry], indent: int, path: tuple[str, ...]) -> dict[int, str]:
    """The entries that have their values in one column, by number, as they are written. ``path`` are the keys above them, ``-``
    for an item of a list."""
    out: dict[int, str] = {}
    in_item = path[-1:] == ("-",)

    def fits(number: int) -> bool:
        key, value = entries[number]
        takes_part = key.text in _PAIRED if in_item else len(path) == 1 and path[0] in _LISTED
        return takes_part and isinstance(value, YamlMap) and _on_one_line(text, key.end, value)

    places = [(key.start, value.end) for key, value in entries]
    for run in _runs(text, places, fits, adjacent=in_item):
        values = [entries[number][1] for number in run]
        columns = path == ("discretion",)
        inside = aligned(values, WIDTH - indent) if columns else [one_line(value) or "" for value in values]
        keys = [written(entries[number][0]) for number in run]
        lines = same_width(dict(zip(keys, inside, strict=True)))
        out.update({number: lines[key] for number, key in zip(run, keys, strict=True)})
    return out


def dashes(text: str, node: YamlList) -> Iterator[int]:
    """Where the dash of each item of a block stands in the file ``text``."""
    at = node.start
    for item in node.items:
        found = _TO_DASH.match(text, at)
        assert found is not None, "every item of a block has its dash"
        yield found.end()
        at = max(found.end() + 1, item.end)


def items_in_columns(text: str, node: YamlList, indent: int) -> dict[int, str]:
    """The rows and small mappings that stand below each other, by number, as they are written."""
    out: dict[int, str] = {}
    items = node.items

    def fits(number: int) -> bool:
        item = items[number]
        return not isinstance(item, YamlScalar) and item.flow and _on_one_line(text, item.start, item)

    places = [(dash, item.end) for dash, item in zip(dashes(text, node), items, strict=True)]
    for run in _runs(text, places, fits, adjacent=False):
        nodes = [items[number] for number in run]
        out.update(zip(run, aligned(nodes, WIDTH - indent - _DASH), strict=True))
    return out


def _on_one_line(text: str, after: int, value: YamlNode) -> bool:
    """Whether it can be written on one line with what ends at ``after``: no break within, no comment before."""
    return one_line(value) is not None and "#" not in text[after : value.start]


def _runs(text: str, places: Sequence[tuple[int, int]], fits: Callable[[int], bool], *, adjacent: bool) -> Iterator[list[int]]:
    """Numbers of at least two that fit, with no blank line between; with ``adjacent`` also nothing else."""
    run: list[int] = []
    for number, (start, _) in enumerate(places):
        breaks = number > 0 and _blank_between(text, places[number - 1][1], start)
        if breaks or (adjacent and run and run[-1] != number - 1):
            if len(run) > 1:
                yield run
            run = []
        if fits(number):
            run.append(number)
    if len(run) > 1:
        yield run


def _blank_between(text: str, end: int, start: int) -> bool:
    end = min(end, start)
    while end > 0 and text[end - 1] in " \t\n":  # the end of a block is where the next thing begins
        end -= 1
    return _BLANK_LINE.search(text, end, start) is not None
