"""The integer program: how many grants of which kind at which moment give the most, by how few, and how early.

Numbers of grants are whole. Amounts may be fractions at first: whole numbers of grants mostly make them whole, and where
they do not, the program is solved once more with whole amounts. All amounts are divided by what they have in common, so that
the solver works with small numbers. These are floating-point numbers all the same: what it finds is worked out again in
whole numbers (:mod:`remit.authoring.exposure.sequence`), and its bound is rounded down to a whole number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor, gcd, inf
from typing import Final

from remit.authoring.exposure.grant_kinds import GrantKind, order_of
from remit.authoring.exposure.program.highs_solver import OFF, LinearProgram, solved
from remit.authoring.exposure.program.time_grid import TimeGrid
from remit.authoring.exposure.subject import Bound, Gate, value_of

#: How long the solver may look for the fewest grants, and for the earliest: it knows some that will do.
_SECONDS: Final = 5.0

__all__ = ["Chosen", "FoundGrants", "IntegerProgram", "most_grants"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for grants of one kind by one employee at one moment. ``last``: for the last one before history changes what may
    be given, which does not see itself."""

    point: int
    kind: int
    employee: int
    last: bool
    count: int
    amounts: Mapping[str, int]
    stretches: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Chosen:
    """So many grants of a kind at a moment, by the number of each; ``amounts`` are all they give beyond what is owed, and
    ``stretch`` what of it takes discretion."""

    point: int
    kind: int
    employee: int
    last: bool
    count: int
    amounts: Mapping[str, int]
    stretch: int

    @property
    def size(self) -> float:
        """How much one of them gives, about."""
        return sum(self.amounts.values()) / self.count


@dataclass(frozen=True, slots=True)
class FoundGrants:
    """What the solver found, that it cannot be more than ``bound``, and whether it surely takes the fewest grants."""

    chosen: tuple[Chosen, ...]
    bound: int
    is_shortest: bool = True

    @property
    def value(self) -> int:
        return sum(sum(each.amounts.values()) for each in self.chosen)

    @property
    def grants(self) -> int:
        return sum(each.count for each in self.chosen)


class IntegerProgram:
    """One program: the moments of a grid, kinds of grants, what bounds them, and the remedies that count."""

    def __init__(
        self, grid: TimeGrid, kinds: Sequence[GrantKind], bounds: Sequence[Bound], gates: Mapping[str, Gate], employees: int
    ) -> None:
        self.grid, self.kinds, self.bounds, self.gates = grid, kinds, bounds, gates
        self.employees = employees
        self.gated = [[name for name in kind.history if gates[name].fixed] for kind in kinds]

    def solve(self) -> FoundGrants:
        """The most, by the fewest grants, as early as can be. Raises :class:`remit.MissingExtra`."""
        unit = self._unit()
        found = self._lexicographic(unit, whole=unit == 1 and self._has_steps())
        return found if found is not None else self._lexicographic(1, whole=True) or FoundGrants((), 0)

    def bound(self) -> int:
        """The most that it can be, without a schedule."""
        unit = self._unit()
        rows, slots = self._rows(unit, unit == 1 and self._has_steps())
        cost = {column: -factor for column, factor in self._value(slots, unit).items()}
        return _rounded(-solved(rows, cost).bound, unit)

    def _has_steps(self) -> bool:
        return any(part.base or part.step != 1 for kind in self.kinds for part in kind.parts.values())

    def _unit(self) -> int:
        """What all amounts have in common."""
        if self._has_steps():
            return 1
        numbers = [each.most for each in self.bounds if each.measure != "grants"]
        numbers += [amount for kind in self.kinds for amount in (kind.stretch, *kind.owed.values())]
        numbers += [part.most for kind in self.kinds for part in kind.parts.values()]
        numbers += [high or 0 for kind in self.kinds for name, (_, high) in kind.history.items() if self.gates[name].is_sum]
        return gcd(*numbers) or 1

    def _lexicographic(self, unit: int, whole: bool) -> FoundGrants | None:
        """``None`` where amounts came out as fractions."""
        rows, slots = self._rows(unit, whole)
        value = self._value(slots, unit)
        first = solved(rows, {column: -factor for column, factor in value.items()})
        bound = _rounded(-first.bound, unit)
        rows.at_most(first.objective + OFF, {column: -factor for column, factor in value.items()})
        grants = {slot.count: 1.0 for slot in slots}
        fewest = solved(rows, grants, first.values, _SECONDS)
        rows.at_most(round(fewest.objective), grants)
        earliest = solved(rows, {slot.count: float(slot.point) for slot in slots}, fewest.values, _SECONDS)
        chosen = tuple(self._chosen(slots, earliest.values, unit))
        is_exact = all(abs(value * unit - round(value * unit)) < 1e-4 for value in earliest.values)
        found = FoundGrants(chosen, bound, fewest.is_best)
        return found if whole or (is_exact and found.value >= _rounded(-first.objective, unit)) else None

    def _chosen(self, slots: Sequence[Slot], values: Sequence[float], unit: int) -> Iterator[Chosen]:
        for slot in slots:
            count = round(values[slot.count])
            if count:
                parts = self.kinds[slot.kind].parts
                amounts = {
                    name: parts[name].base * count + parts[name].step * round(values[column] * unit)
                    for name, column in slot.amounts.items()
                }
                stretch = sum(round(values[column] * unit) for column in slot.stretches.values())
                if any(amounts.values()):
                    yield Chosen(slot.point, slot.kind, slot.employee, slot.last, count, amounts, stretch)

    def _value(self, slots: Sequence[Slot], unit: int) -> dict[int, float]:
        out: dict[int, float] = {}
        for slot in slots:
            for name, part in self.kinds[slot.kind].parts.items():
                out[slot.amounts[name]] = float(part.step)
                out[slot.count] = out.get(slot.count, 0.0) + part.base / unit
        return out

    # The rows

    def _rows(self, unit: int, whole: bool) -> tuple[LinearProgram, list[Slot]]:
        rows = LinearProgram()
        slots = [
            self._slot(rows, point, number, employee, last, unit, whole)
            for point in range(len(self.grid.points))
            for number in range(len(self.kinds))
            for employee in range(self.employees)
            for last in ((False, True) if self.gated[number] else (False,))
        ]
        by_kind: dict[int, list[Slot]] = {}
        for slot in slots:
            by_kind.setdefault(slot.kind, []).append(slot)
        for bound in self.bounds:
            self._bound(rows, bound, slots, unit)
        for claim in sorted({name for kind in self.kinds for name, _ in kind.totals}):
            self._total(rows, claim, slots, unit)
        for history in {tuple(sorted(kind.history.items())) for kind in self.kinds if kind.history}:
            self._history(rows, dict(history), slots, unit)
        return rows, slots

    def _slot(self, rows: LinearProgram, point: int, number: int, employee: int, last: bool, unit: int, whole: bool) -> Slot:
        kind = self.kinds[number]
        count = rows.column(1 if last else most_grants(kind, self.bounds, self.gates), True)
        amounts = {name: rows.column(inf, whole) for name in kind.parts}
        money = [name for name in kind.parts if kind.stretch]
        stretches = {name: rows.column(inf, whole) for name in money}
        for name, column in amounts.items():
            own = {stretches[name]: -1.0} if name in stretches else {}
            rows.at_most(0, {column: 1.0, count: -kind.parts[name].most / unit, **own})
        if stretches:
            rows.at_most(0, {count: -kind.stretch / unit, **dict.fromkeys(stretches.values(), 1.0)})
        slot = Slot(point, number, employee, last, count, amounts, stretches)
        for bound in self.bounds:
            if not bound.fixed and bound.measure != "grants":
                charge = self._charge(bound, slot, unit)
                charge[count] = charge.get(count, 0.0) - bound.most / unit
                rows.at_most(0, charge)
        return slot

    def _charge(self, bound: Bound, slot: Slot, unit: int) -> dict[int, float]:
        kind = self.kinds[slot.kind]
        counted = [name for name in kind.parts if name in bound.counts]
        if bound.measure == "discretion":
            return dict.fromkeys(slot.stretches.values(), 1.0)
        if bound.measure == "grants":
            return {slot.count: 1.0} if counted else {}
        out: dict[int, float] = {}
        for name in counted:
            part = kind.parts[name]
            base, step = (part.base, part.step) if bound.measure == "units" else (part.cost, part.cost_step)
            out[slot.amounts[name]] = float(step)
            out[slot.count] = out.get(slot.count, 0.0) + base / unit
        return out

    def _bound(self, rows: LinearProgram, bound: Bound, slots: Sequence[Slot], unit: int) -> None:
        if not bound.fixed:
            return
        most = float(bound.most) if bound.measure == "grants" else bound.most / unit
        groups: dict[object, list[list[Slot]]] = {}
        for slot in slots:
            own = slot.employee if bound.by_employee else None
            key = own, value_of(self.kinds[slot.kind].facts, bound.split)
            groups.setdefault(key, [[] for _ in self.grid.points])[slot.point].append(slot)
        for first, last in self.grid.rows(bound.window):
            for by_point in groups.values():
                factors: dict[int, float] = {}
                for slot in (slot for at in by_point[first : last + 1] for slot in at):
                    factors.update(self._charge(bound, slot, unit))
                rows.at_most(most, factors)

    def _total(self, rows: LinearProgram, claim: str, slots: Sequence[Slot], unit: int) -> None:
        """What the subject gets once."""
        mine = [slot for slot in slots if claim in (name for name, _ in self.kinds[slot.kind].totals)]
        rows.at_most(1, {slot.count: 1.0 for slot in mine})
        parts = [(slot, name) for slot in mine for of, name in self.kinds[slot.kind].totals if of == claim]
        most = max(self.kinds[slot.kind].parts[name].most for slot, name in parts)
        factors = {slot.amounts[name]: 1.0 for slot, name in parts}
        rows.at_most(most / unit, factors | {slot.stretches[name]: -1.0 for slot, name in parts if name in slot.stretches})

    # What the policy reads of its past

    def _adds(self, gate: Gate, slot: Slot, unit: int) -> dict[int, float]:
        kind = self.kinds[slot.kind]
        counted = [name for name in gate.counts if name in kind.parts]
        if not gate.is_sum:
            return {slot.count: 1.0} if counted else {}
        out: dict[int, float] = {}
        for name in counted:
            out[slot.amounts[name]] = float(kind.parts[name].step)
            out[slot.count] = out.get(slot.count, 0.0) + (kind.parts[name].base + kind.owed.get(name, 0)) / unit
        return out

    def _history(
        self, rows: LinearProgram, history: Mapping[str, tuple[int, int | None]], slots: Sequence[Slot], unit: int
    ) -> None:
        """At each moment, all grants of kinds with this history see one within its ranges: the first sees what was given
        before, and the last what was given but for itself."""
        names = [name for name in history if self.gates[name].fixed]
        order = order_of(history)
        at: list[list[Slot]] = [[] for _ in self.grid.points]
        for slot in slots:
            at[slot.point].append(slot)
        firsts = {name: self.grid.firsts(self.gates[name].window) for name in names}
        for point, here in enumerate(at):
            own = [slot for slot in here if dict(self.kinds[slot.kind].history) == dict(history)]
            lasts = {slot.count: 1.0 for slot in own if slot.last}
            if not lasts:
                continue
            rows.at_most(1, lasts)
            for slot in own:
                if not slot.last:
                    rows.at_most(0, {slot.count: 1.0, **dict.fromkeys(lasts, -rows.highest[slot.count])})
            for name in names:
                before = [slot for earlier in at[firsts[name][point] : point] for slot in earlier]
                before += [slot for slot in here if self.kinds[slot.kind].order < order]
                self._range(rows, self.gates[name], history[name], before, [slot for slot in own if not slot.last], lasts, unit)

    def _range(
        self,
        rows: LinearProgram,
        gate: Gate,
        span: tuple[int, int | None],
        before: Sequence[Slot],
        own: Sequence[Slot],
        lasts: Mapping[int, float],
        unit: int,
    ) -> None:
        low, high = (each if each is None or not gate.is_sum else each / unit for each in span)
        seen: dict[int, float] = {}
        for slot in before:
            seen.update(self._adds(gate, slot, unit))
        if low:
            rows.at_most(0, {**{column: -factor for column, factor in seen.items()}, **dict.fromkeys(lasts, float(low))})
        if high is not None:
            for slot in own:
                seen.update(self._adds(gate, slot, unit))
            much = sum(factor * self._highest(rows, column, [*before, *own], unit) for column, factor in seen.items())
            if much > high:
                rows.at_most(much, {**seen, **dict.fromkeys(lasts, much - high)})

    def _highest(self, rows: LinearProgram, column: int, slots: Sequence[Slot], unit: int) -> float:
        if rows.highest[column] < inf:
            return rows.highest[column]
        slot = next(slot for slot in slots if column in slot.amounts.values())
        name = next(name for name, each in slot.amounts.items() if each == column)
        kind = self.kinds[slot.kind]
        return rows.highest[slot.count] * (kind.parts[name].most + kind.stretch) / unit


def _rounded(amount: float, unit: int) -> int:
    """An amount of the solver in whole numbers, rounded down; it may be off by a little."""
    return floor(amount * unit + min(0.4, OFF * unit))


def most_grants(kind: GrantKind, bounds: Sequence[Bound], gates: Mapping[str, Gate]) -> float:
    """How many grants of a kind at one moment can be of use; infinite where nothing bounds them, however many they are."""
    return min([inf, *(_of_bound(kind, each) for each in bounds if each.fixed), *_of_history(kind, gates), *_of_claims(kind)])


def _of_bound(kind: GrantKind, bound: Bound) -> float:
    counted = [part for name, part in kind.parts.items() if name in bound.counts]
    if len(counted) < len(kind.parts) and bound.measure != "grants":
        return inf  # the other remedies go on
    if not counted:
        return inf
    if bound.measure == "grants":
        return bound.most
    if bound.measure == "discretion":
        alone = kind.stretch and not any(part.most or part.base for part in counted)
        return bound.most // kind.stretch + 1 if alone else inf
    is_units = bound.measure == "units"
    least = sum(part.base if is_units else part.cost for part in counted)
    if least:
        return bound.most // least
    if any(part.base for part in counted):
        return inf  # each costs less than a smallest unit
    usual = sum(part.most * (part.step if is_units else part.cost_step) for part in counted)
    largest = usual or kind.stretch  # there may be no discretion left
    return bound.most // largest + 1 if largest else inf


def _of_history(kind: GrantKind, gates: Mapping[str, Gate]) -> Iterator[float]:
    for name, (_, high) in kind.history.items():
        gate = gates[name]
        counted = [each for each in gate.counts if each in kind.parts]
        if high is not None and gate.fixed and counted:
            if not gate.is_sum:
                yield high + 1
            elif len(counted) == len(kind.parts):
                least = sum(kind.parts[each].base + kind.owed.get(each, 0) for each in counted)
                usual = sum(kind.parts[each].most * kind.parts[each].step for each in counted)
                yield high // (least or usual or kind.stretch or 1) + 1


def _of_claims(kind: GrantKind) -> Iterator[float]:
    if kind.totals:
        yield 1
