"""Situations: what is the same for all requests whose facts fall into the same classes, worked out when one is first met.

The laws are not written down here again: findings for the situation go through :func:`remit.decision.reading.authority`, as any
other findings do, and what comes out is kept as the most that would be granted of each remedy. What a formula counts from the
facts themselves is put in when a request is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from remit.backends.compiled.arithmetic import Unusual
from remit.backends.findings import RequirementFinding
from remit.decision.decision import Amounts
from remit.decision.detail import Outcome, Quantity
from remit.decision.inputs import Inputs
from remit.decision.quantities import as_quantity, cap_limit
from remit.decision.reading import INFINITE, Authority, Hope, Standing
from remit.decision.verdict import Verdict, available, charge
from remit.policy.model import Cap, Guardrail, Model, Remedy

__all__ = ["Count", "Found", "Leaf", "Reading", "Top", "read"]

Facts: TypeAlias = tuple[Any, ...]
#: An amount that must be counted from the facts.
Count: TypeAlias = Callable[[Facts], int]
#: By remedy, such amounts and the most that each can be.
Counts: TypeAlias = Mapping[str, Mapping[Count, int]]
#: The most that is granted of a remedy, the verdict on more; and, where it may have to be counted, how, and the most of that.
Top: TypeAlias = tuple[int, int, Count | None, int]
#: What the front function keeps of a situation: see :class:`remit.backends.compiled.front.Front`.
Found: TypeAlias = tuple[Sequence[Top], bool, "Leaf"]

_OUTCOMES: tuple[Outcome, ...] = ("deny", "escalate", "ask", "grant")


@dataclass(slots=True)
class Reading:
    """A situation under one reading, remedy by remedy: the tops, what is due, the limits, and what is owed (a ``Count`` where
    it must be counted)."""

    tops: list[Top] = field(default_factory=list)
    due: list[int | Count] = field(default_factory=list)
    limits: list[int | Count] = field(default_factory=list)
    owed: list[int | Count] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """One amount for each remedy: those that no fact changes, and how the others are counted."""

    settled: Mapping[str, Quantity]
    counted: Sequence[tuple[Remedy, Count]]
    model: Model

    @classmethod
    def of(cls, model: Model, amounts: Sequence[int | Count]) -> Table:
        """``amounts`` are in the order of the remedies."""
        settled, counted = dict[str, Quantity](), []
        for remedy, amount in zip(model.remedies.values(), amounts, strict=True):
            if isinstance(amount, int):
                settled[remedy.name] = as_quantity(model, remedy, amount)
            else:
                settled[remedy.name] = False  # keeps the order
                counted.append((remedy, amount))
        return cls(MappingProxyType(settled), counted, model)

    def at(self, facts: Facts) -> Mapping[str, Quantity]:
        """The amounts for these facts."""
        if not self.counted:
            return self.settled
        out = dict(self.settled)
        for remedy, count in self.counted:
            out[remedy.name] = as_quantity(self.model, remedy, count(facts))
        return MappingProxyType(out)


@dataclass(slots=True)
class Leaf:
    """A situation for one role.

    ``hoping`` is the favourable reading, where facts are missing. ``joint`` are the caps that count several remedies, each with
    its maximum. ``needed`` is the evidence that is surely required; ``requirements`` are those that may hold. ``branch``
    replaces the leaf where a condition has to be counted. ``tables`` are those of :meth:`amounts`, once read.
    """

    model: Model
    sure: Reading
    hoping: Reading | None = None
    joint: Sequence[tuple[Cap, int]] = ()
    needed: frozenset[str] = frozenset()
    requirements: Sequence[RequirementFinding] = ()
    branch: Callable[[Facts], Leaf] | None = None
    tables: dict[Amounts, Table] = field(default_factory=dict)

    @property
    def plain(self) -> bool:
        """Whether comparing each amount with its top says all, but for joint caps."""
        return self.hoping is None and not self.needed and not self.requirements and self.branch is None

    def found(self) -> Found:
        """For the front function."""
        return self.sure.tops, self.plain, self

    def amounts(self, what: Amounts, facts: Facts) -> Mapping[str, Quantity]:
        """The limits, or what is owed, as :func:`remit.decision.offers.remedy_details` defines them."""
        if self.branch is not None:
            return self.branch(facts).amounts(what, facts)
        table = self.tables.get(what)
        if table is None:
            table = self.tables[what] = Table.of(self.model, self.sure.limits if what == "limits" else self.sure.owed)
        return table.at(facts)

    def outcome(self, asked: Mapping[int, int] | tuple[int, int], facts: Facts, evidence: frozenset[str]) -> Outcome:
        """The outcome for what is asked, as :attr:`remit.decision.case.Case.outcome` defines it. ``asked`` maps the number of a
        remedy to the amount, or is the one such pair."""
        given = {asked[0]: asked[1]} if isinstance(asked, tuple) else asked
        if self.branch is not None:
            return self.branch(facts).outcome(given, facts, evidence)
        verdict = best = self._verdict(self.sure, given, facts)
        if self.hoping is not None:
            best = self._verdict(self.hoping, given, facts)
        if verdict != best or (best >= Verdict.WAIT and self._incomplete(evidence)):
            return "ask"
        return _OUTCOMES[verdict]

    def _incomplete(self, evidence: frozenset[str]) -> bool:
        """Whether evidence is missing, or facts that could ask for more of it."""
        on_file = self.needed | evidence
        return not self.needed <= evidence or any(
            not on_file.issuperset(each.requirement.evidence) for each in self.requirements
        )

    def _verdict(self, reading: Reading, given: Mapping[int, int], facts: Facts) -> int:
        verdict = int(Verdict.GRANT)
        for number, amount in given.items():
            top, beyond, plan, most = reading.tops[number]
            if plan is not None:
                top = max(top, min(plan(facts), most))
            if amount > top and beyond < verdict:
                verdict = beyond
        if self.joint and len(given) > 1 and verdict > Verdict.ESCALATE:
            names = tuple(self.model.remedies)
            goodwill = {names[number]: amount - _at(reading.due[number], facts) for number, amount in given.items()}
            if any(charge(self.model, cap, goodwill) > most for cap, most in self.joint):
                return int(Verdict.ESCALATE)
        return verdict


def _above(counts: Mapping[Count, int] | None, fixed: int) -> tuple[Count, ...]:
    """The amounts that can be more than ``fixed``."""
    return tuple(count for count, most in (counts or {}).items() if most > fixed)


def _at(value: int | Count, facts: Facts) -> int:
    return value if isinstance(value, int) else value(facts)


def read(
    model: Model,
    inputs: Inputs,
    of: Authority,
    hope: Hope,
    may: Counts,
    owed: Counts,
) -> Reading:
    """The tops under one reading. ``may`` and ``owed`` are the amounts that must be counted, by remedy.

    Raises :class:`Unusual` where a top is not one amount: where what is owed and what is not are held back differently.
    """
    out = Reading()
    for remedy, standing in of.standings.items():
        due = _above(owed.get(remedy), standing.owed)
        counted = _above(may.get(remedy), standing.open)
        beyond = int(_beyond(model, standing, remedy in may or remedy in owed))
        out.owed.append(_owed(standing, due))
        out.limits.append(_limit(standing, counted, due))
        if not counted and not due:
            out.tops.append((available(model, inputs, of, remedy, hope)[0], beyond, None, 0))
            out.due.append(standing.due)
            continue
        room = available(model, inputs, Authority({remedy: Standing(open=INFINITE)}), remedy, hope)[0]
        out.tops.append(_counted(standing, counted, due, room, beyond))
        out.due.append(_due(standing, due))
    return out


def _beyond(model: Model, standing: Standing, spoken: bool) -> Verdict:
    """The verdict on more than the top."""
    if standing.held is not None and standing.held is not standing.blocked and _differ(standing.held, standing.blocked):
        raise Unusual
    if not standing.spoken and not spoken and model.otherwise == "deny":
        return Verdict.DENY
    return Verdict.DENY if standing.blocked is not None and standing.blocked.effect == "deny" else Verdict.ESCALATE


def _differ(held: Guardrail, blocked: Guardrail | None) -> bool:
    return blocked is None or held.effect != blocked.effect


def _most(fixed: int, counted: Sequence[Count]) -> int | Count:
    return (lambda facts: max(fixed, *(count(facts) for count in counted))) if counted else fixed


def _due(standing: Standing, counted: Sequence[Count]) -> int | Count:
    """:attr:`Standing.due`."""
    return standing.due if standing.held is not None else _most(standing.owed, counted)


def _owed(standing: Standing, counted: Sequence[Count]) -> int | Count:
    """What is owed, unless a guardrail that names the remedy takes the claim away."""
    denied = standing.held is not None and standing.held.effect == "deny"
    return 0 if denied else _most(standing.owed, counted)


def _limit(standing: Standing, may: Sequence[Count], owed: Sequence[Count]) -> int | Count:
    """:attr:`Standing.limit`."""
    if standing.blocked is not None:
        return _due(standing, owed)
    if not may and not owed:
        return standing.free
    most, due, ceiling = _most(standing.open, may), _most(standing.owed, owed), standing.ceiling
    return lambda facts: max(_at(due, facts), min(_at(most, facts), ceiling))


def _counted(standing: Standing, may: Sequence[Count], owed: Sequence[Count], room: int, beyond: int) -> Top:
    """The top where amounts must be counted: :attr:`Standing.limit`, and no more goodwill than the caps leave."""
    if standing.held is not None:
        return 0, beyond, None, 0
    ceiling = standing.ceiling
    if standing.blocked is not None:
        may, ceiling = (), 0
    fixed, due_fixed = standing.open, standing.owed
    if not owed and not due_fixed:
        most = min(ceiling, room)
        if fixed >= most or not may:
            return min(fixed, most), beyond, None, 0
        return fixed, beyond, may[0] if len(may) == 1 else lambda facts: max(count(facts) for count in may), most

    def plan(facts: Facts) -> int:
        due = max((count(facts) for count in owed), default=0)
        due = max(due, due_fixed)
        top = max((count(facts) for count in may), default=0)
        limit = max(due, min(max(top, fixed, due), ceiling))
        return due + min(limit - due, room)

    return 0, beyond, plan, INFINITE


def joint_caps(model: Model, role: str) -> tuple[tuple[Cap, int], ...]:
    """The caps that count several remedies together, with their maximum for ``role``."""
    return tuple((cap, cap_limit(model, cap, role)) for cap in model.caps if len(cap.counts) > 1 and cap.measure != "grants")
