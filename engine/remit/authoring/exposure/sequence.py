"""The sequence of requests that a solution comes to, and the check of it in whole numbers.

The check shares nothing with the program: it goes through the requests in order, adds up what each cap has in its window by the
laws and the windows of the ledger, and finds what is over.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from remit.authoring.exposure.grant_kinds import GrantKind
from remit.authoring.exposure.program.integer_program import Chosen
from remit.authoring.exposure.program.time_grid import TimeGrid
from remit.authoring.exposure.subject import CASE, Bound, ExposureSubject, Gate, value_of
from remit.core.laws import charge
from remit.ledger.caps.windows import as_datetime, as_micros, span_of
from remit.policy.model import Model, Window
from remit.readings.numbers.algebra import NUMBERS

__all__ = ["ExposureStep", "as_steps", "faults", "stretched"]


@dataclass(frozen=True, slots=True)
class ExposureStep:
    """One request. ``at`` is in the policy's time zone; ``given`` is what is given of each remedy beyond what is owed, and
    ``owed`` what is given along with it, in smallest units or counts; ``discretion`` is what of it goes beyond the rules.
    ``facts`` are all facts of the request but history, ``uses_up`` the caps of which nothing is left after it."""

    at: datetime
    employee: str
    role: str
    case: str
    facts: Mapping[str, Any]
    given: Mapping[str, int]
    owed: Mapping[str, int] = field(default_factory=dict)
    discretion: int = 0
    uses_up: tuple[str, ...] = ()
    kind: int = 0

    @property
    def asked(self) -> dict[str, int]:
        """What is asked for."""
        return {name: amount + self.owed.get(name, 0) for name, amount in self.given.items()}

    @property
    def amount(self) -> int:
        """What is given in all, beyond what is owed."""
        return sum(self.given.values())


def as_steps(
    model: Model,
    subject: ExposureSubject,
    kinds: Sequence[GrantKind] | Mapping[int, GrantKind],
    bounds: Sequence[Bound],
    grid: TimeGrid,
    chosen: Sequence[Chosen],
    *,
    first: int = 1,
) -> list[ExposureStep]:
    """One request for each grant, in their order; ids that the subject does not fix are new in each, from number ``first``
    on."""
    zone = ZoneInfo(model.timezone)
    ordered = sorted(
        chosen, key=lambda each: (each.point, kinds[each.kind].order, not kinds[each.kind].totals, each.last, -each.size)
    )
    out: list[ExposureStep] = []
    for each in ordered:
        kind, at = kinds[each.kind], as_datetime(grid.points[each.point]).astimezone(zone)
        for given, stretch in _apart(model, kind, bounds, each):
            number = len(out) + first
            facts = {name: _named(model, subject, name, value, number) for name, value in kind.facts.items()}
            who = each.employee + 1 if subject.employees is not None else number
            case = f"case-{1 if CASE in subject.fixed else number}"
            owed = {name: amount for name, amount in kind.owed.items() if given.get(name)}
            out.append(ExposureStep(at, f"employee-{who}", kind.role, case, facts, given, owed, stretch, (), each.kind))
    return out


def _named(model: Model, subject: ExposureSubject, name: str, value: Any, number: int) -> Any:
    if not model.facts[name].is_id:
        return value
    return f"{name.split('.')[0]}-{1 if name in subject.fixed else number}"


def _apart(model: Model, kind: GrantKind, bounds: Sequence[Bound], chosen: Chosen) -> Iterator[tuple[dict[str, int], int]]:
    """The grants of a solution, each as large as can be: the first ones are full."""
    left, stretch = dict(chosen.amounts), chosen.stretch
    caps = [each for each in bounds if not each.fixed and each.measure == "amount"]
    for rest in range(chosen.count - 1, -1, -1):
        given: dict[str, int] = {}
        used = 0
        for name, part in kind.parts.items():
            room = min(
                [10**30, *(each.most - sum(given.get(n, 0) for n in each.counts) for each in caps if name in each.counts)]
            )
            usual = part.base + part.step * part.most
            more = min(kind.stretch - used, stretch) if part.step == 1 and kind.stretch else 0
            others = rest * part.base if part.base else 0
            amount = min(usual + more, left[name] - others, max(room, 0) if part.step == 1 else 10**30)
            if part.step > 1:
                amount -= (amount - part.base) % part.step
            used += max(0, amount - usual)
            given[name] = amount
            left[name] -= amount
        stretch -= used
        yield {name: amount for name, amount in given.items() if amount}, used


def stretched(kind: GrantKind, given: Mapping[str, int]) -> int:
    """How much of a grant is more than the rules give."""
    return sum(
        max(0, amount - kind.parts[name].base - kind.parts[name].step * kind.parts[name].most) for name, amount in given.items()
    )


def faults(
    model: Model, kinds: Sequence[GrantKind], bounds: Sequence[Bound], gates: Mapping[str, Gate], steps: Sequence[ExposureStep]
) -> tuple[list[str], list[tuple[str, ...]]]:
    """What is over, in words, and for each step the bounds of which it takes the rest. Nothing is over in a right sequence."""
    wrong: list[str] = []
    filled: list[tuple[str, ...]] = []
    sums: dict[object, _Running] = {}
    for number, step in enumerate(steps, 1):
        now, kind = as_micros(step.at), kinds[step.kind]
        if step.discretion != stretched(kind, step.given) or step.discretion > kind.stretch:
            wrong.append(f"request {number} gives more than the rules and discretion allow")
        for name, (low, high) in kind.history.items():
            seen = sums[name].within(gates[name].window, now, model.timezone) if name in sums else 0
            if seen < low or (high is not None and seen > high):
                wrong.append(f"request {number} is made when `{name}` is {seen}")
        rest = []
        for bound in bounds:
            taken = _taken(model, bound, step)
            key = (bound.name, step.employee if bound.by_employee else None, value_of(step.facts, bound.split))
            running = sums.setdefault(key, _Running()) if bound.fixed else _Running()
            running.add(now, taken)
            used = running.within(bound.window, now, model.timezone)
            if used > bound.most:
                wrong.append(f"request {number} takes more of `{bound.name}` than is left")
            elif taken and bound.fixed and used == bound.most:
                rest.append(bound.name)
        for name, gate in gates.items():
            if gate.fixed:
                amount = sum(step.asked.get(each, 0) for each in gate.counts)
                sums.setdefault(name, _Running()).add(now, amount if gate.is_sum else int(amount > 0))
        filled.append(tuple(rest))
    return wrong, filled


class _Running:
    """What was taken when, as running sums."""

    def __init__(self) -> None:
        self.times: list[int] = []
        self.sums = [0]

    def add(self, at: int, amount: int) -> None:
        self.times.append(at)
        self.sums.append(self.sums[-1] + amount)

    def within(self, window: Window, now: int, timezone: str) -> int:
        """What is in the window at ``now``, as the ledger has it."""
        after = span_of(window, now, timezone).after
        return self.sums[-1] - (0 if after is None else self.sums[bisect_right(self.times, after)])


def _taken(model: Model, bound: Bound, step: ExposureStep) -> int:
    if bound.measure == "discretion":
        return step.discretion
    cap = next(each for each in model.caps if each.id == bound.name)
    taken: int = charge(NUMBERS, model, cap, step.given)
    return taken
