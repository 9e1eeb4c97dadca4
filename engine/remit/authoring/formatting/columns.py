"""Values, rows and runs of small mappings that stand below each other, in columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final
from unicodedata import combining, east_asian_width

from remit.authoring.formatting.scalar_style import written
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["WIDTH", "aligned", "one_line", "same_width"]

#: Columns are given up where they would make a line longer than this.
WIDTH: Final = 140
#: Cells that differ more than this in width are not brought into a column: those of rows, and those of mappings.
_MOST_UNEVEN: Final = (60, 20)
_AMOUNT: Final = re.compile(r"-?\d+(\.\d+)?(%| [A-Z]{3})?")


def one_line(node: YamlNode) -> str | None:
    """How ``node`` is written on one line; ``None`` where the author gave it several, or it stands in lines of its own."""
    if "\n" in node.document.text[node.start : node.end]:
        return None
    if isinstance(node, YamlScalar):
        return written(node)
    if not node.flow:
        return None
    cells = _cells(node)
    return None if cells is None else _bracketed(node, ", ".join(cells))


def aligned(nodes: Sequence[YamlNode], room: int) -> list[str]:
    """Brackets that stand below each other, each on one line of at most ``room`` characters, with their cells in columns as
    far as they have the same: the cells of rows of one length, and the keys that all mappings begin with.

    Rows that columns would make too long take no part; mappings are all in columns, or none.
    """
    rows = [_cells(node) or [] for node in nodes]
    plain = [_bracketed(node, ", ".join(row)) for node, row in zip(nodes, rows, strict=True)]
    out, part = plain, list(range(len(nodes)))
    while len(part) > 1:
        columns = _in_columns([nodes[number] for number in part], [rows[number] for number in part])
        if columns is None:
            break
        short = [number for number, line in zip(part, columns, strict=True) if _width(line) <= max(room, _width(plain[number]))]
        if len(short) == len(part):
            out = [*plain]
            for number, line in zip(part, columns, strict=True):
                out[number] = line
            break
        if any(isinstance(node, YamlMap) for node in nodes):
            break
        part = short
    return out


def _in_columns(nodes: Sequence[YamlNode], rows: Sequence[Sequence[str]]) -> list[str] | None:
    if all(isinstance(node, YamlList) for node in nodes):
        if len({len(row) for row in rows}) != 1:
            return None
        padded = _padded(rows, [True] * len(rows[0]), to_the_right=True)
    elif all(isinstance(node, YamlMap) for node in nodes):
        padded = _padded(rows, list(_shared(nodes)), to_the_right=False)
    else:
        return None
    return [_bracketed(node, row) for node, row in zip(nodes, padded, strict=True)]


def same_width(texts: Mapping[str, str]) -> Mapping[str, str]:
    """``key: value`` lines with the values in one column."""
    widest = max(map(len, texts), default=0)
    return {key: f"{key + ':':{widest + 1}} {value}" for key, value in texts.items()}


def _cells(node: YamlNode) -> list[str] | None:
    if isinstance(node, YamlMap):
        found = [_pair(key, one_line(value)) for key, value in node.entries.values()]
    elif isinstance(node, YamlList):
        found = [one_line(item) for item in node.items]
    else:
        return None
    return None if None in found else [each for each in found if each is not None]


def _pair(key: YamlScalar, value: str | None) -> str | None:
    return None if value is None else f"{written(key)}: {value}" if value else written(key)


def _bracketed(node: YamlNode, inside: str) -> str:
    return f"{{{inside}}}" if isinstance(node, YamlMap) else f"[{inside}]"


def _shared(nodes: Iterable[YamlNode]) -> Iterator[bool]:
    """For each place, whether all mappings that reach it have the same key there, and at all places before."""
    for keys in zip_longest(*(node.entries for node in nodes if isinstance(node, YamlMap))):
        if len(set(keys) - {None}) != 1:
            return
        yield True


def _padded(rows: Sequence[Sequence[str]], columns: Sequence[bool], to_the_right: bool) -> list[str]:
    out = ["" for _ in rows]
    together, uneven = True, _MOST_UNEVEN[not to_the_right]
    for at in range(max(map(len, rows), default=0)):
        cells = [row[at] if at < len(row) else None for row in rows]
        goes_on = [at + 1 < len(row) for row in rows]
        widths = [
            _width(cell) for cell, more in zip(cells, goes_on, strict=True) if cell is not None and (more or to_the_right)
        ]
        together = together and at < len(columns) and bool(widths) and max(widths) - min(widths) <= uneven
        amounts = to_the_right and all(cell is not None and _AMOUNT.fullmatch(cell) for cell in cells)
        for number, cell in enumerate(cells):
            if cell is not None:
                width = max(widths) if together and widths else 0
                blank = " " * (width - _width(cell))
                cell = blank + cell if amounts else cell
                out[number] += (f"{cell}, " if amounts else f"{cell},{blank} ") if goes_on[number] else cell
    return out


def _width(text: str) -> int:
    """How many columns of a terminal ``text`` takes: letters of East Asia take two, marks above a letter none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)
