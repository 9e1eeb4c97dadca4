"""The most that one customer or case can receive, or one employee or site give, over time and without approvals.

The answer is a sequence of requests. It is found by an integer program, checked in whole numbers, and carried out in a ledger:
each request is granted, and a smallest unit more in the last one, or one request more, is not. That no sequence gives more is
the solver's bound. What does not agree is an error, never an answer.

What counts is what is given beyond what is owed, on the day on which it is granted or held. A grant that is voided counts as if
it had not been made: without it, all others are granted as well, so that voids gain nothing as long as what was handed over
comes back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import inf
from typing import Final, Literal
from zoneinfo import ZoneInfo

from remit.authoring.exposure.exposure_question import notes_of, refuse_largest, refuse_wrong, targets_of
from remit.authoring.exposure.grant_kinds import GrantKind, LargestGrant, tried_kinds
from remit.authoring.exposure.grant_trial import GrantTrial
from remit.authoring.exposure.ideal_kinds import ideal_kinds
from remit.authoring.exposure.ledger_replay import replay
from remit.authoring.exposure.program.independent_parts import Parts
from remit.authoring.exposure.program.integer_program import Chosen, FoundGrants, most_grants
from remit.authoring.exposure.program.time_grid import TimeGrid, grids
from remit.authoring.exposure.sequence import ExposureStep, as_steps, faults
from remit.authoring.exposure.subject import Bound, Gate, Who, bounds_of, gate_of, is_fixed_claim, subject_of
from remit.deciding.policy import Policy
from remit.errors import ExposureError
from remit.ledger.caps.windows import as_datetime

__all__ = ["Exposure", "OwedPart", "exposure"]

#: How many requests show that there is no bound.
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class OwedPart:
    """A remedy that may be owed, which no cap counts. ``claim`` are the facts by which it is paid once (none: it has no claim);
    ``is_renewed`` is whether the subject can have a new claim, so that nothing bounds the total."""

    remedy: str
    claim: tuple[str, ...]
    is_renewed: bool


@dataclass(frozen=True, slots=True)
class Exposure:
    """What was found about one policy: the most of ``remedies``, in smallest units of ``unit`` (a currency) or in ``units``,
    beyond what is owed, within any ``days`` days.

    ``status``: ``exact`` (``least`` is ``most``), ``between`` (no sequence gives more than ``most``; one gives ``least``),
    ``at least`` (``most`` is not known), or ``unbounded`` (``steps`` can be repeated on and on). ``steps`` is the sequence
    that gives ``least``; ``is_shortest``: none with fewer requests does. ``notes`` say what the answer rests on, in words."""

    policy: str
    version: str
    digest: str
    who: Who
    role: str
    days: int
    remedies: tuple[str, ...]
    unit: str
    status: Literal["exact", "between", "at least", "unbounded"]
    least: int
    most: int | None
    steps: tuple[ExposureStep, ...]
    is_shortest: bool = True
    owed: tuple[OwedPart, ...] = ()
    notes: tuple[str, ...] = ()


def exposure(
    policy: Policy,
    largest: Mapping[str, LargestGrant | Sequence[LargestGrant]],
    *,
    who: Who,
    role: str,
    days: int = 365,
    remedies: Collection[str] | None = None,
    employees: int | None = None,
    keys: Collection[str] | None = None,
) -> Exposure:
    """The most that ``who`` can receive (a customer, a case) or give (an employee, a site) in any ``days`` days, when ``role``
    gives.

    ``largest`` says for each remedy what the largest single grant of ``role`` is; several where it depends on history (one for
    each range of its values) or on what a cap is kept by. ``remedies`` are those that are added up: some that are money, or a
    single one; all money where they are left out. ``employees`` is how many of the role there are; where it is left out, any
    number, so that a customer meets a new one each time. ``keys`` are the facts that say who it is
    (:func:`remit.authoring.exposure.subject.subject_of`).

    Raises ``ValueError`` for what cannot be asked, :class:`remit.errors.ExposureError` where the sequence that was found is not
    granted as it was worked out, and :class:`remit.errors.MissingExtra` without ``remit[prove]``.
    """
    return _Search(policy, largest, who, role, days, remedies, employees, keys).result()


class _Search:
    def __init__(
        self,
        policy: Policy,
        largest: Mapping[str, LargestGrant | Sequence[LargestGrant]],
        who: Who,
        role: str,
        days: int,
        remedies: Collection[str] | None,
        employees: int | None,
        keys: Collection[str] | None,
    ) -> None:
        self.policy, self.model, self.role, self.days = policy, policy.model, role, days
        refuse_wrong(self.model, role, days)
        self.targets = targets_of(self.model, remedies)
        self.subject = subject_of(self.model, who, keys, employees)
        self.bounds = bounds_of(self.model, role, self.subject)
        self.trial = GrantTrial(policy, role)
        every = [one for each in largest.values() for one in ([each] if isinstance(each, LargestGrant) else each)]
        self.largest = [each for each in every if each.remedy in self.targets]
        refuse_largest(self.targets, self.largest, role)
        self.notes: list[str] = []
        self.gates = self._gates()
        self.kinds = self._reachable(tried_kinds(self.trial, self.largest, self.targets, self.bounds, self.subject))

    def _gates(self) -> dict[str, Gate]:
        names = {name: None for each in self.largest for name in each.history}
        return {name: gate_of(self.model, self.model.facts[name], self.subject) for name in names}

    def _reachable(self, kinds: Sequence[GrantKind], *, ideal: bool = False) -> list[GrantKind]:
        """The kinds with only that history that the subject itself makes. What it does not make stays 0, but where ``ideal``:
        there it may be whatever others make it."""
        out = []
        for kind in kinds:
            mine = {name: span for name, span in kind.history.items() if self.gates[name].fixed}
            others = (low for name, (low, _) in kind.history.items() if name not in mine)
            if ideal or not any(others):
                out.append(replace(kind, history={name: span for name, span in mine.items() if span != (0, None)}))
        return out

    def result(self) -> Exposure:
        endless = [kind for kind in self.kinds if most_grants(kind, self.bounds, self.gates) == inf]
        alone = next((each for each in self.largest if each.amount is None and not self._is_capped(each.remedy)), None)
        if endless or alone is not None:
            return self._unbounded(endless, alone)
        found, grid, complete = self._best()
        steps, least, most = self._steps(found, grid), found.value, self._most(found, complete)
        if most is not None and most < least:
            raise ExposureError("the solver's bound is below what it found", steps)
        self._replay(steps, grid if most == least else None)
        status: Literal["exact", "between", "at least"]
        status = "at least" if most is None else "exact" if most == least else "between"
        return self._exposure(status, least, most, steps, found.is_shortest)

    def _is_capped(self, remedy: str) -> bool:
        return any(remedy in each.counts and each.measure in ("amount", "units") for each in self.bounds)

    # What is found

    def _grids(self, parts: Parts) -> tuple[list[TimeGrid], bool]:
        return grids(parts.windows, self.model.timezone, self.trial.day, timedelta(days=self.days))

    def _parts(self, kinds: Sequence[GrantKind], bounds: Sequence[Bound]) -> Parts:
        return Parts(kinds, bounds, self.gates, self.subject.employees or 1)

    def _best(self) -> tuple[FoundGrants, TimeGrid, bool]:
        """The most of all horizons, by the fewest requests; and whether all horizons were tried."""
        parts = self._parts(self.kinds, self.bounds)
        self.kinds = parts.kinds
        every, complete = self._grids(parts)
        if not self.kinds:
            return FoundGrants((), 0), every[0], True
        ordered = sorted(((parts.bound(grid), grid) for grid in every), key=lambda each: -each[0])
        best = parts.solve(ordered[0][1]), ordered[0][1]
        for bound, grid in ordered[1:]:
            if bound < best[0].value:
                break
            found = parts.solve(grid)
            if (found.value, -found.grants) > (best[0].value, -best[0].grants):
                best = found, grid
        return replace(best[0], bound=ordered[0][0]), best[1], complete

    def _most(self, found: FoundGrants, complete: bool) -> int | None:
        """What no sequence gives more than; ``None`` where that is not known."""
        kinds = ideal_kinds(self.trial, self.largest, self.targets, self.bounds, self.subject, self._is_single())
        if kinds is None or not complete:
            return None
        kinds = self._reachable(kinds, ideal=True)
        if any(low for kind in kinds for low, _ in kind.history.values()) or not self._is_ordered(kinds):
            return None  # what needs a past cannot be moved to the left
        bounds = [each for each in self.bounds if not (each.fixed and each.split)]
        if len(bounds) == len(self.bounds) and all(any(_is_reached(each, kind) for kind in self.kinds) for each in kinds):
            return found.bound
        if any(most_grants(kind, bounds, self.gates) == inf for kind in kinds):
            return None
        parts = self._parts(kinds, bounds)
        every, complete = self._grids(parts)
        return max(map(parts.bound, every)) if complete and kinds else None

    def _is_ordered(self, kinds: Sequence[GrantKind]) -> bool:
        """Whether grants at one moment are best made in the order in which the program makes them: that is so for one history
        fact, and for a sum where all that it counts is given up to the same value of it."""
        names = {name for kind in kinds for name in kind.history}
        sums = [self.gates[name] for name in names if self.gates[name].is_sum]
        spans = {repr(kind.history.get(gate.fact)) for gate in sums for kind in kinds if set(kind.parts) & set(gate.counts)}
        return len(names) < 2 and len(spans) < 2

    def _is_single(self) -> bool:
        """Whether nothing is gained by giving several remedies in one grant."""
        counted = any(each.fixed and each.measure == "grants" and set(each.counts) & set(self.targets) for each in self.bounds)
        return len(self.targets) == 1 or not (counted or self.gates)

    # What is shown

    def _unbounded(self, endless: Sequence[GrantKind], alone: LargestGrant | None) -> Exposure:
        kind = endless[0] if endless else next((each for each in self.kinds if alone and alone.remedy in each.parts), None)
        if kind is None:
            raise ValueError("the facts of a largest grant without a bound give nothing")
        count = _SHOWN if endless else 1
        amounts = {name: (part.base or part.step * part.most) * count for name, part in kind.parts.items()}
        stretch = 0 if any(amounts.values()) else kind.stretch * count
        if stretch:
            amounts[next(iter(amounts))] = stretch
        grid = self._grids(self._parts([kind], self.bounds))[0][0]
        chosen = Chosen(0, 0, 0, False, count, amounts, stretch)
        steps = as_steps(self.model, self.subject, [kind], self.bounds, grid, [chosen])
        self._refuse_refused(steps, replay(self.policy, steps).refused)
        if not endless:
            self.notes.append("One grant alone has no bound: it grows with the facts of the case.")
        return self._exposure("unbounded", sum(step.amount for step in steps), None, steps)

    def _steps(self, found: FoundGrants, grid: TimeGrid) -> list[ExposureStep]:
        steps = as_steps(self.model, self.subject, self.kinds, self.bounds, grid, found.chosen)
        wrong, used_up = faults(self.model, self.kinds, self.bounds, self.gates, steps)
        if sum(step.amount for step in steps) != found.value:
            wrong.append("the requests do not add up to what the solver found")
        if wrong:
            raise ExposureError(f"the sequence that was found does not hold: {'; '.join(wrong)}", steps)
        return [replace(step, uses_up=names) for step, names in zip(steps, used_up, strict=True)]

    def _replay(self, steps: Sequence[ExposureStep], grid: TimeGrid | None) -> None:
        """Carry it out; with a ``grid``, to the end of its horizon, where nothing more can be given."""
        more = [] if grid is None else list(self._one_more(steps, grid))
        end = None if grid is None else as_datetime(grid.points[0] + grid.length - 1).astimezone(ZoneInfo(self.model.timezone))
        found = replay(self.policy, steps, more=more, end=end)
        self._refuse_refused(steps, found.refused)
        if found.exceeded:
            raise ExposureError(f"more can be given than was found: {'; '.join(found.exceeded)}", steps)

    def _one_more(self, steps: Sequence[ExposureStep], grid: TimeGrid) -> list[ExposureStep]:
        """One more request of each kind, for as little as can be."""
        out: list[ExposureStep] = []
        for number, kind in enumerate(self.kinds):
            (name, part), *_ = kind.parts.items()
            least = part.base or 1
            stretch = 0 if part.base or part.most else 1
            for employee in range(self.subject.employees or 1):
                chosen = Chosen(0, number, employee, False, 1, {name: least}, stretch)
                alone = replace(kind, parts={name: part})
                found = as_steps(
                    self.model, self.subject, {number: alone}, self.bounds, grid, [chosen], first=len(steps) + len(out) + 1
                )
                out += (replace(step, at=steps[-1].at if steps else step.at) for step in found)
        return out

    def _refuse_refused(self, steps: Sequence[ExposureStep], refused: Mapping[int, str]) -> None:
        if refused:
            told = "; ".join(f"request {number}: {why}" for number, why in refused.items())
            raise ExposureError(f"the sequence that was found is not granted in a ledger: {told}", steps)

    def _exposure(
        self,
        status: Literal["exact", "between", "at least", "unbounded"],
        least: int,
        most: int | None,
        steps: Sequence[ExposureStep],
        is_shortest: bool = True,
    ) -> Exposure:
        model, first = self.model, self.model.remedies[self.targets[0]]
        unit = model.currency_code if first.kind == "money" else "units"
        notes = (*self.notes, *notes_of(model, self.subject, self.bounds, self.targets, bool(most)))
        of = self.subject.who, self.role, self.days, self.targets, unit, status
        last = (tuple(steps), is_shortest, tuple(self._owed()), notes)
        return Exposure(model.id, model.version, model.digest, *of, least, most, *last)

    def _owed(self) -> Iterator[OwedPart]:
        for name in self.targets:
            rules = [rule for rule in self.model.rules if name in rule.owed]
            claims = [
                each for each in self.model.claims if name in each.remedies and any(rule.id in each.rules for rule in rules)
            ]
            if rules:
                per = tuple(dict.fromkeys(key for claim in claims for key in claim.per))
                once = claims and all(is_fixed_claim(self.model, each, self.subject) for each in claims)
                yield OwedPart(name, per, not once)


def _is_reached(ideal: GrantKind, kind: GrantKind) -> bool:
    """Whether grants of an ideal kind are all grants of ``kind``."""
    same = (kind.history, kind.parts, kind.totals) == (ideal.history, ideal.parts, ideal.totals)
    return same and kind.stretch >= ideal.stretch and not (kind.owed and kind.history)
