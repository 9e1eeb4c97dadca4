"""A program in independent parts: months that share no window are solved apart, and months that are alike only once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from remit.authoring.exposure.grant_kinds import GrantKind
from remit.authoring.exposure.program.integer_program import FoundGrants, IntegerProgram
from remit.authoring.exposure.program.time_grid import TimeGrid
from remit.authoring.exposure.subject import Bound, Gate
from remit.policy.model import Window

__all__ = ["Parts"]


class Parts:
    """Solves the programs of grids that differ, for the same kinds and bounds."""

    def __init__(self, kinds: Sequence[GrantKind], bounds: Sequence[Bound], gates: Mapping[str, Gate], employees: int) -> None:
        #: Those that are worth giving; what is found names them by their numbers.
        self.kinds = list(_worthwhile(kinds, bounds, gates))
        self._plain, stops = _as_caps(self.kinds, gates)
        self.bounds, self.gates, self.employees = [*bounds, *stops], gates, employees
        self._found: dict[object, FoundGrants] = {}
        self._bounds: dict[object, int] = {}

    @property
    def windows(self) -> list[Window]:
        """The windows that bind."""
        counted = [
            each
            for each in self.bounds
            if each.fixed and any(name in each.counts for kind in self._plain for name in kind.parts)
        ]
        read = [self.gates[name].window for kind in self._plain for name in kind.history]
        return list(dict.fromkeys([*(each.window for each in counted), *read]))

    def solve(self, grid: TimeGrid) -> FoundGrants:
        """The most, by the fewest grants, as early as can be."""
        chosen, bound, is_shortest = [], 0, True
        for first, key, part in self._parts(grid):
            if key not in self._found:
                self._found[key] = self._program(part).solve()
            found = self._found[key]
            chosen += [replace(each, point=each.point + first) for each in found.chosen]
            bound += found.bound
            is_shortest = is_shortest and found.is_shortest
        return FoundGrants(tuple(chosen), bound, is_shortest)

    def bound(self, grid: TimeGrid) -> int:
        """The most that it can be."""
        total = 0
        for _, key, part in self._parts(grid):
            if key not in self._bounds:
                self._bounds[key] = self._program(part).bound()
            total += self._bounds[key]
        return total

    def _program(self, grid: TimeGrid) -> IntegerProgram:
        return IntegerProgram(grid, self._plain, self.bounds, self.gates, self.employees)

    def _parts(self, grid: TimeGrid) -> Iterator[tuple[int, object, TimeGrid]]:
        """The number of the first moment of each, what makes it like another, and the grid of it alone."""
        by_window = [grid.rows(window) for window in self.windows]
        if any(kind.totals for kind in self.kinds):  # once is once in all months
            by_window.append(((0, len(grid.points) - 1),))
        read = {self.gates[name].window for kind in self._plain for name in kind.history}
        seen = [grid.firsts(window) for window in self.windows if window in read]
        last = len(grid.points) - 1
        joined = sorted({*(row for rows in by_window for row in rows), *((each, each) for each in range(last + 1))})
        spans = [joined[0]]
        for start, stop in joined[1:]:
            first, end = spans[-1]
            if start <= end:
                spans[-1] = first, max(end, stop)
            else:
                spans.append((start, stop))
        for first, end in spans:
            rows = [tuple((a - first, b - first) for a, b in rows if first <= a <= end) for rows in by_window]
            sees = [tuple(each - first for each in firsts[first : end + 1]) for firsts in seen]
            yield first, (end - first, *rows, *sees), replace(grid, points=grid.points[first : end + 1])


def _as_caps(kinds: Sequence[GrantKind], gates: Mapping[str, Gate]) -> tuple[list[GrantKind], list[Bound]]:
    """History that counts grants, and up to which everything that it counts is given, is a cap of one more. A cap is much
    easier to solve."""
    out, stops = list(kinds), []
    for name, gate in gates.items():
        counted = [kind for kind in out if set(kind.parts) & set(gate.counts)]
        spans = {kind.history.get(name) for kind in counted}
        span = spans.pop() if len(spans) == 1 else None
        readers = [kind for kind in out if name in kind.history]
        if gate.fixed and not gate.is_sum and span is not None and span[0] == 0 and readers == counted and span[1] is not None:
            stops.append(Bound(name, gate.window, span[1] + 1, "grants", gate.counts))
            out = [replace(kind, history={each: of for each, of in kind.history.items() if each != name}) for kind in out]
    return out, stops


def _worthwhile(kinds: Sequence[GrantKind], bounds: Sequence[Bound], gates: Mapping[str, Gate]) -> Iterator[GrantKind]:
    """Those for which no other kind does as well: one that gives more remedies can also give fewer."""
    kept: list[GrantKind] = []
    for kind in sorted(kinds, key=lambda each: -len(each.parts)):
        if not any(_does_as_well(other, kind, bounds, gates) for other in kept):
            kept.append(kind)
    yield from kept


def _does_as_well(wider: GrantKind, kind: GrantKind, bounds: Sequence[Bound], gates: Mapping[str, Gate]) -> bool:
    if wider.history != kind.history or wider.totals or wider.stretch < kind.stretch or any(wider.owed.values()):
        return False
    if any(part.base for part in wider.parts.values()):
        return wider.parts == kind.parts and wider.facts == kind.facts
    known = (wider.parts.get(name) for name in kind.parts)
    if not all(
        other is not None and replace(other, most=0) == replace(part, most=0) and other.most >= part.most
        for other, part in zip(known, kind.parts.values(), strict=True)
    ):
        return False
    by_grants = [each.counts for each in bounds if each.measure == "grants"]
    by_grants += [each.counts for each in gates.values() if not each.is_sum]
    split = {name for each in bounds for name in each.split}
    same = all(wider.facts.get(name) == kind.facts.get(name) for name in split)
    return same and all(set(kind.parts) & set(counts) or not set(wider.parts) & set(counts) for counts in by_grants)
