"""The cells of a decision table as sets, so that overlaps, gaps and unreachable rows can be worked out instead of guessed.

Every input is cut into *pieces* on which no cell of its column can tell values apart: each choice, both truth values, or, for
what can be ordered, every value that is named in the column and every stretch between two of them. A cell is the set of
pieces that it accepts, a row is a box of such sets, and geometry does the rest. Exact for columns whose cells compare the input
with constants; other columns are said to be open, and tables with an open column are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeAlias

from remit.authoring.boundaries import bare
from remit.language.evaluator import evaluate
from remit.language.nodes import And, Between, Call, Compare, In, Input, Literal, Name, Negate, Node, Or, RangeLiteral, walk
from remit.language.types import Type
from remit.language.values import Money, minor_digits
from remit.policy.facts import show_value
from remit.policy.model import Fact, Model, Table

__all__ = ["Box", "Column", "Grid", "grid_of"]

#: For each input, the pieces that are in.
Box: TypeAlias = tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One input: its pieces as ``values`` that stand for them, in order, and how each is written in a cell."""

    name: str
    ordered: bool
    values: tuple[Any, ...]
    #: For ordered columns: whether the piece is a single value (else the stretch between its neighbours).
    points: tuple[bool, ...] = ()

    def say(self, pieces: frozenset[int]) -> str:
        """A set of pieces as one would write it in a cell."""
        if len(pieces) == len(self.values):
            return '"-"'
        if not self.ordered:
            words = [show_value(self.values[index]) for index in sorted(pieces)]
            return words[0] if len(words) == 1 else f"[{', '.join(words)}]"
        runs = [self._run(first, last) for first, last in _runs(pieces)]
        return f'"{runs[0]}"' if len(runs) == 1 else "[" + ", ".join(f'"{run}"' for run in runs) + "]"

    def _run(self, first: int, last: int) -> str:
        low, low_in = (first, True) if self.points[first] else (first - 1, False)
        high, high_in = (last, True) if self.points[last] else (last + 1, False)
        if low < 0:
            return f"{'<=' if high_in else '<'} {show_value(self.values[high])}"
        if high >= len(self.values):
            return f"{'>=' if low_in else '>'} {show_value(self.values[low])}"
        if low == high:
            return show_value(self.values[low])
        ends = show_value(self.values[low]), show_value(self.values[high])
        return f"{'[' if low_in else '('}{ends[0]}..{ends[1]}{']' if high_in else ')'}"


class Grid:
    """A table as boxes, one for each row."""

    def __init__(self, columns: Sequence[Column], boxes: Sequence[Box]) -> None:
        self.columns = tuple(columns)
        self.boxes = tuple(boxes)

    @cached_property
    def whole(self) -> Box:
        """Everything that can come."""
        return tuple(frozenset(range(len(column.values))) for column in self.columns)

    def overlaps(self) -> Iterator[tuple[int, int, Box]]:
        """Pairs of rows (counted from 0) that can match together, and where."""
        for second in range(len(self.boxes)):
            for first in range(second):
                both = _intersection(self.boxes[first], self.boxes[second])
                if both is not None:
                    yield first, second, both

    def unreachable(self) -> Iterator[int]:
        """Rows that can never be the first to match, or never match at all."""
        for index, box in enumerate(self.boxes):
            if not all(box) or not _rest([box], self.boxes[:index]):
                yield index

    def gaps(self) -> list[Box]:
        """What no row matches, as few boxes as subtraction leaves."""
        return _rest([self.whole], self.boxes)

    def say(self, box: Box) -> str:
        """A box as one would write it as a row, without its output."""
        return ", ".join(column.say(pieces) for column, pieces in zip(self.columns, box, strict=True))


#: Beyond this a table is left alone rather than waited for.
_MOST_BOXES = 20_000


def _rest(boxes: Sequence[Box], taken: Sequence[Box]) -> list[Box]:
    """What is left of ``boxes`` when every one of ``taken`` is cut out."""
    left = list(boxes)
    for cut in taken:
        left = [piece for box in left for piece in _minus(box, cut)]
        if not left or len(left) > _MOST_BOXES:
            break
    return left


def _minus(box: Box, cut: Box) -> Iterator[Box]:
    if _intersection(box, cut) is None:
        yield box
        return
    done: tuple[frozenset[int], ...] = ()
    for index, (have, remove) in enumerate(zip(box, cut, strict=True)):
        outside = have - remove
        if outside:
            yield (*done, outside, *box[index + 1 :])
        done = (*done, have & remove)


def _intersection(one: Box, other: Box) -> Box | None:
    both = tuple(a & b for a, b in zip(one, other, strict=True))
    return both if all(both) else None


def _runs(pieces: frozenset[int]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for index in sorted(pieces):
        if first < 0:
            first = index
        elif index != last + 1:
            yield first, last
            first = index
        last = index
    if first >= 0:
        yield first, last


def grid_of(model: Model, table: Table) -> Grid | None:
    """``table`` as boxes; ``None`` where a column compares with something that is not a constant."""
    columns = []
    for index, on in enumerate(table.inputs):
        cells = [row.tests[index].node for row in table.rows]
        fact = model.facts.get(on.node.name) if isinstance(on.node, Name) else None
        column = _column(on.text, on.node.type, fact, cells)
        if column is None:
            return None
        columns.append(column)
    known: dict[tuple[int, Node], frozenset[int]] = {}
    boxes = []
    for row in table.rows:
        box = []
        for index, (column, test) in enumerate(zip(columns, row.tests, strict=True)):
            at = (index, test.node)
            if at not in known:
                known[at] = _accepted(column, test.node)
            box.append(known[at])
        boxes.append(tuple(box))
    return Grid(columns, boxes)


def _accepted(column: Column, test: Node) -> frozenset[int]:
    return frozenset(index for index, value in enumerate(column.values) if evaluate(test, {}, value) is True)


def _column(name: str, kind: Type, fact: Fact | None, cells: Sequence[Node]) -> Column | None:
    nodes = [node for cell in cells for node in walk(cell)]
    if any(isinstance(node, Name) for node in nodes):
        return None
    if kind.kind == "choice":
        return Column(name, False, kind.choices)
    if kind.kind == "boolean":
        return Column(name, False, (True, False))
    constants = [node.value for node in nodes if isinstance(node, Literal) and _names_a_value(node)]
    if kind.kind == "text":
        return Column(name, False, (*dict.fromkeys(constants), "(anything else)"))
    if kind.kind not in ("number", "money", "date", "duration") or not all(_plain(node) for node in nodes):
        return None
    return _ordered(name, kind, fact, constants)


def _names_a_value(node: Literal) -> bool:
    return node.value is not None and not isinstance(node.value, bool)


def _plain(node: Node) -> bool:
    """Whether a node of a cell leaves each stretch between two constants whole (a comparison does, arithmetic may not)."""
    return isinstance(node, Literal | Input | RangeLiteral | Compare | In | Or | And | Between | Negate | Call)


def _ordered(name: str, kind: Type, fact: Fact | None, constants: Sequence[Any]) -> Column | None:
    low, high = (fact.low, fact.high) if fact is not None else (None, None)
    try:
        named = sorted({bare(each): each for each in (*constants, low, high) if each is not None}.values(), key=bare)
    except TypeError:
        return None
    if not named:
        return Column(name, True, (low,) if low is not None else (Decimal(0),), (False,))
    pieces: list[tuple[Any, bool]] = []
    if low is None:
        pieces.append((_beside(kind, named[0], -1), False))
    for index, value in enumerate(named):
        pieces.append((value, True))
        if index + 1 < len(named):
            middle = _between(kind, value, named[index + 1])
            if middle is not None:
                pieces.append((middle, False))
    if high is None:
        pieces.append((_beside(kind, named[-1], 1), False))
    inside = [each for each in pieces if _within(each[0], low, high)]
    return Column(name, True, tuple(value for value, _ in inside), tuple(point for _, point in inside))


def _within(value: Any, low: Any, high: Any) -> bool:
    return (low is None or bare(value) >= bare(low)) and (high is None or bare(value) <= bare(high))


def _step(kind: Type, value: Any) -> Any:
    match value:
        case Money(currency=currency):
            return Decimal(1).scaleb(-minor_digits(currency))
        case datetime() | timedelta():
            return timedelta(seconds=1)
        case date():
            return timedelta(days=1)
        case _:
            return Decimal(1)


def _beside(kind: Type, value: Any, direction: int) -> Any:
    step = _step(kind, value)
    moved = bare(value) + step if direction > 0 else bare(value) - step
    return Money(moved, value.currency) if isinstance(value, Money) else moved


def _between(kind: Type, low: Any, high: Any) -> Any:
    """A value between the two, ``None`` where there is none (1 and 2 of whole numbers, neighbouring days or cents)."""
    if kind.kind == "number" and not kind.integer:
        return (low + high) / 2
    nearest = _beside(kind, low, 1)
    return nearest if bare(nearest) < bare(high) else None
