"""Situations: what is the same for all requests whose facts fall into the same classes, worked out when one is first met.

The laws are not written down here again: findings for the situation go through :func:`remit.decision.reading.authority`, as any
other findings do, and what comes out is kept as the most that would be granted of each remedy. What a formula counts from the
facts themselves is put in when a request is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from remit.backends.compiled.arithmetic import Unusual
from remit.backends.findings import RequirementFinding
from remit.decision.decision import Outcome
from remit.decision.inputs import Inputs
from remit.decision.quantities import cap_limit
from remit.decision.reading import INFINITE, Authority, Hope, Standing
from remit.decision.verdict import Verdict, available, charge
from remit.policy.model import Cap, Guardrail, Model

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
    """A situation under one reading, remedy by remedy: the tops, and what is due (``Count`` where it must be counted)."""

    tops: list[Top] = field(default_factory=list)
    due: list[int | Count] = field(default_factory=list)


@dataclass(slots=True)
class Leaf:
    """A situation for one role.

    ``hoping`` is the favourable reading, where facts are missing. ``joint`` are the caps that count several remedies, each with
    its maximum. ``needed`` is the evidence that is surely required; ``requirements`` are those that may hold. ``branch``
    replaces the leaf where a condition has to be counted.
    """

    model: Model
    sure: Reading
    hoping: Reading | None = None
    joint: Sequence[tuple[Cap, int]] = ()
    needed: frozenset[str] = frozenset()
    requirements: Sequence[RequirementFinding] = ()
    branch: Callable[[Facts], Leaf] | None = None

    @property
    def plain(self) -> bool:
        """Whether comparing each amount with its top says all, but for joint caps."""
        return self.hoping is None and not self.needed and not self.requirements and self.branch is None

    def found(self) -> Found:
        """For the front function."""
        return self.sure.tops, self.plain, self

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


def _due(standing: Standing, counted: Sequence[Count]) -> int | Count:
    if standing.held is not None or not counted:
        return standing.due
    fixed = standing.owed
    return lambda facts: max(fixed, *(count(facts) for count in counted))


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
