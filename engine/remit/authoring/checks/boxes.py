"""The rows of a decision table as boxes, and what can be asked of them: which overlap, which are never first, what none takes.

All narrow a set of rows down column by column. Pieces of a column that leave the same rows are taken together, and what was
worked out for the same rows is not worked out again, so that tables as people write them take a moment at thousands of rows.
Tables exist for which that is not so; the work is counted, and :class:`TooIntricate` says so instead of never coming back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias, TypeVar

from remit.authoring.checks.cells import Column, Pieces, cells_of, pieces_in, runs
from remit.policy.model import Model, Table

__all__ = ["Box", "Gaps", "Grid", "Rows", "TooIntricate", "grid_of"]

T = TypeVar("T")

#: For each input, the pieces that are in.
Box: TypeAlias = tuple[Pieces, ...]
#: A set of rows: bit ``i`` is set where row ``i`` (from 0) is in.
Rows: TypeAlias = int

#: How many steps an answer may take: under a second.
_MOST_STEPS: Final = 200_000


class TooIntricate(Exception):
    """To know the answer would take longer than anybody waits."""


@dataclass(frozen=True, slots=True, eq=False)
class _Gap:
    """What no row takes, from one column on: stretches of pieces, each with what follows. No stretches: everything."""

    parts: tuple[tuple[Pieces, _Gap], ...]
    count: int


#: The same, as a key: each stretch with the identity of what follows.
_Parts: TypeAlias = tuple[tuple[Pieces, int], ...]

_EVERYTHING: Final = _Gap((), 1)
_NOTHING: Final = _Gap((), 0)


class Gaps:
    """The cases that no row takes, as boxes that do not overlap. There may be more of them than can be listed."""

    def __init__(self, columns: Sequence[Column], root: _Gap) -> None:
        self._columns, self._root = columns, root

    def __len__(self) -> int:
        return min(self._root.count, 2**62)

    def __iter__(self) -> Iterator[Box]:
        return self._boxes(self._root, ())

    def _boxes(self, gap: _Gap, before: Box) -> Iterator[Box]:
        if gap is _EVERYTHING:
            yield (*before, *(column.everything for column in self._columns[len(before) :]))
        for pieces, rest in gap.parts:
            yield from self._boxes(rest, (*before, pieces))


class Grid:
    """A table as boxes, one for each row."""

    def __init__(self, columns: Sequence[Column], boxes: Sequence[Box], most_steps: int = _MOST_STEPS) -> None:
        self.columns = tuple(columns)
        self.boxes = tuple(boxes)
        self._most_steps = most_steps
        self._steps = 0
        self._gaps: Gaps | TooIntricate | None = None
        self._never: Rows | TooIntricate | None = None

    def say(self, box: Box) -> str:
        """A box as one would write it as a row, without its output."""
        return ", ".join(column.say(pieces) for column, pieces in zip(self.columns, box, strict=True))

    def intersection(self, first: int, second: int) -> Box:
        """What two rows have in common."""
        return tuple(a & b for a, b in zip(self.boxes[first], self.boxes[second], strict=True))

    @cached_property
    def empty(self) -> Rows:
        """The rows that match nothing that can come."""
        return sum(1 << row for row, box in enumerate(self.boxes) if not all(box))

    def overlaps(self) -> Iterator[tuple[int, Rows]]:
        """Each row that can match together with rows above it, and which these are."""
        near = [_Touching(column) for column in self._taken]
        for row, box in enumerate(self.boxes):
            above = (1 << row) - 1 if all(box) else 0
            for index, pieces in enumerate(box):
                above = above and above & near[index].rows(pieces)
            if above:
                yield row, above

    def gaps(self) -> Gaps:
        """What no row matches. Raises :class:`TooIntricate`."""
        if self._gaps is None:
            self._gaps = self._counted(lambda: Gaps(self.columns, self._gap(0, self._all & ~self.empty, {}, {})))
        return self._known(self._gaps)

    def never_first(self) -> Rows:
        """The rows that are never the first to match, with those that never match. Raises :class:`TooIntricate`."""
        if self._never is None:
            self._never = self._counted(lambda: self._all & ~self._first(0, self._all & ~self.empty, {}))
        return self._known(self._never)

    def _counted(self, work: Callable[[], T]) -> T | TooIntricate:
        """What ``work`` gives, with as many steps as one answer may take."""
        self._steps = 0
        try:
            return work()
        except TooIntricate as error:
            return error

    @staticmethod
    def _known(answer: T | TooIntricate) -> T:
        if isinstance(answer, TooIntricate):
            raise answer
        return answer

    def _gap(self, index: int, rows: Rows, known: dict[tuple[int, Rows], _Gap], alike: dict[_Parts, _Gap]) -> _Gap:
        if not rows:
            return _EVERYTHING
        if rows & self._sure[index]:
            return _NOTHING
        at = (index, rows)
        if at not in known:
            parts: dict[int, tuple[Pieces, _Gap]] = {}
            for left, pieces in self._split(index, rows).items():
                rest = self._gap(index + 1, left, known, alike)
                if rest.count:
                    parts[id(rest)] = (parts.get(id(rest), (0, rest))[0] | pieces, rest)
            key = tuple((pieces, name) for name, (pieces, _) in parts.items())
            if key not in alike:  # gaps that are alike are one object, so that the pieces that lead to them become one row
                alike[key] = _Gap(tuple(parts.values()), sum(rest.count for _, rest in parts.values())) if parts else _NOTHING
            known[at] = alike[key]
        return known[at]

    def _first(self, index: int, rows: Rows, known: dict[tuple[int, Rows], Rows]) -> Rows:
        sure = rows & self._sure[index]
        first = sure & -sure
        if first:
            rows &= (first << 1) - 1  # what stands below a row that takes everything is never first
        if rows == first:
            return rows
        at = (index, rows)
        if at not in known:
            out = 0
            for left in self._split(index, rows):
                out |= self._first(index + 1, left, known)
            known[at] = out
        return known[at]

    def _split(self, index: int, rows: Rows) -> dict[Rows, Pieces]:
        """The rows that are left on each piece of a column, and on which pieces these are."""
        taken, cuts, size = self._taken[index], self._cuts[index], len(self.columns[index].values)
        count = rows.bit_count()
        if 4 * count < len(cuts):
            cuts = sorted({0, *(cut for row in pieces_in(rows) for cut in self._own_cuts[index][self.boxes[row][index]])})
        self._steps += len(cuts) + count
        if self._steps > self._most_steps:
            raise TooIntricate
        out: dict[Rows, Pieces] = {}
        for start, end in zip(cuts, (*cuts[1:], size), strict=True):
            if start < end:
                left = taken[start] & rows
                out[left] = out.get(left, 0) | ((1 << end) - (1 << start))
        return out

    @cached_property
    def _all(self) -> Rows:
        return (1 << len(self.boxes)) - 1

    @cached_property
    def _own_cuts(self) -> list[dict[Pieces, tuple[int, ...]]]:
        """For each column and cell, the pieces at which the cell begins or ends."""
        out = []
        for index in range(len(self.columns)):
            cells = {box[index] for box in self.boxes}
            out.append({cell: tuple(cut for first, last in runs(cell) for cut in (first, last + 1)) for cell in cells})
        return out

    @cached_property
    def _cuts(self) -> list[list[int]]:
        return [sorted({0, *(cut for cuts in own.values() for cut in cuts)}) for own in self._own_cuts]

    @cached_property
    def _taken(self) -> list[list[Rows]]:
        """For each column and piece, the rows whose cell takes the piece."""
        out = []
        for index, column in enumerate(self.columns):
            turns = [0] * (len(column.values) + 1)
            for row, box in enumerate(self.boxes):
                for cut in self._own_cuts[index][box[index]]:
                    turns[cut] ^= 1 << row
            now, taken = 0, []
            for turn in turns[:-1]:
                now ^= turn
                taken.append(now)
            out.append(taken)
        return out

    @cached_property
    def _sure(self) -> list[Rows]:
        """For each column, the rows that take everything from there on."""
        out = [self._all]
        for index in reversed(range(len(self.columns))):
            everything = self.columns[index].everything
            whole = sum(1 << row for row, box in enumerate(self.boxes) if box[index] == everything)
            out.append(out[-1] & whole)
        return out[::-1]


class _Touching:
    """The rows whose cell has a piece in common with another, found by a tree over the pieces."""

    def __init__(self, taken: Sequence[Rows]) -> None:
        self._size = len(taken)
        self._tree = [0] * self._size + list(taken)
        for node in range(self._size - 1, 0, -1):
            self._tree[node] = self._tree[2 * node] | self._tree[2 * node + 1]
        self._known: dict[Pieces, Rows] = {}

    def rows(self, pieces: Pieces) -> Rows:
        if pieces not in self._known:
            out = 0
            for first, last in runs(pieces):
                out |= self._stretch(first, last)
            self._known[pieces] = out
        return self._known[pieces]

    def _stretch(self, first: int, last: int) -> Rows:
        low, high, out = first + self._size, last + self._size + 1, 0
        while low < high:
            if low & 1:
                out |= self._tree[low]
                low += 1
            if high & 1:
                high -= 1
                out |= self._tree[high]
            low >>= 1
            high >>= 1
        return out


def grid_of(model: Model, table: Table) -> Grid | None:
    """``table`` as boxes; ``None`` where a cell does more than compare its input with what is fixed."""
    columns, boxes = [], []
    for index, on in enumerate(table.inputs):
        tests = list(dict.fromkeys(row.tests[index].node for row in table.rows))
        found = cells_of(model, on.text, on.node, tests)
        if found is None:
            return None
        columns.append(found[0])
        boxes.append([found[1][row.tests[index].node] for row in table.rows])
    return Grid(columns, list(zip(*boxes, strict=True)))
