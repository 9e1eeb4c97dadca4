"""The largest single grants that exposure adds up, proved: no case gives more, and the case that is given reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from remit.authoring.exposure.grant_kinds import LargestGrant
from remit.authoring.exposure.tried_grants import history_ranges
from remit.authoring.proving.climbing import Largest, climb
from remit.authoring.proving.proof_cases import ProofCase, ProofFrame
from remit.authoring.proving.prover import Prover
from remit.authoring.proving.statements.edges import UNBOUNDED
from remit.core.authorities import Authority
from remit.core.laws import Bundle
from remit.core.lowering.lowered import TermRequest
from remit.errors import RequestError
from remit.readings.smt.script import TRUE, all_of, number

__all__ = ["NotBounded", "largest_proved"]

#: Of history facts, the lowest and the highest value (``None``: any more).
_Ranges: TypeAlias = Mapping[str, tuple[int, int | None]]


class NotBounded(Exception):
    """The largest grant of a remedy is not known, for the reason that is the text."""


@dataclass(frozen=True, slots=True)
class _Beyond:
    """A case, and what may be given in it beyond what is owed."""

    case: ProofCase
    amount: int


def largest_proved(prover: Prover, role: str) -> dict[str, Sequence[LargestGrant]]:
    """For each remedy the largest grants of ``role`` beyond what is owed, one for each range of history that makes a
    difference. Raises :class:`NotBounded` where one is not proved."""
    out: dict[str, Sequence[LargestGrant]] = {}
    for remedy in prover.model.remedies:
        out[remedy] = [_largest(prover, role, remedy, history) for history in history_ranges(prover.model)]
    return out


def _largest(prover: Prover, role: str, remedy: str, history: _Ranges) -> LargestGrant:
    found = _climbed(prover, role, remedy, history)
    if not found.exact and found.reached < UNBOUNDED:
        raise NotBounded(f"how much {remedy} {role} may give at once is not known: {found.reason}")
    amount = None if found.reached >= UNBOUNDED else found.reached
    case = found.shown or ProofCase(dict(prover.redecided.usual))
    facts = {name: value for name, value in case.facts.items() if prover.model.facts[name].history is None}
    return LargestGrant(remedy, role, amount, facts, dict(history), _with_discretion(prover, role, remedy, history, amount))


def _with_discretion(prover: Prover, role: str, remedy: str, history: _Ranges, amount: int | None) -> int | None:
    """The most with all discretion, in whichever case."""
    rank = prover.model.ladder.index(role)
    if amount is None or prover.model.remedies[remedy].kind != "money" or prover.meaning.policy.discretion(rank) is None:
        return amount
    lowered = prover.meaning.lowered
    bundle = Bundle(prover.terms, prover.meaning.policy, TermRequest(lowered, rank, rank), lowered.views[0], rank)
    part = next(each for each in bundle.parts if each.remedy.name == remedy)
    frame = prover.frame(remedy)
    frame.symbols |= {"@use_discretion": TRUE, "@story": TRUE}
    beyond = frame.script.fresh("Int", "beyond")
    asked = frame.variable(part.asked)
    sought = [f"(>= {beyond} 1)", f"(= {asked} (+ {beyond} {frame.encoding.value(part.authority.due)}))"]
    sought += [frame.encoding.truth(part.within), *_within(prover, frame, history)]

    def confirm(case: ProofCase) -> _Beyond | None:
        try:
            found = prover.redecided.stretched(case, role)
        except RequestError:
            return None
        own = next(each for each in found.parts if each.remedy.name == remedy)
        return _Beyond(case, int(own.asked) - int(own.authority.due)) if own.within else None

    question = replace(prover.question(frame, all_of(sought), confirm), watched=(beyond,))
    found = climb(question, beyond, UNBOUNDED, lambda shown: shown.amount, prover.seconds)
    if not found.exact:
        raise NotBounded(f"how much {remedy} {role} may give with discretion is not known: {found.reason}")
    return found.reached


def _climbed(prover: Prover, role: str, remedy: str, history: _Ranges) -> Largest[ProofCase]:
    rank = prover.model.ladder.index(role)
    known: Authority = prover.meaning.authority(rank, remedy)
    frame = prover.frame(remedy)
    beyond = frame.script.fresh("Int", "beyond")
    sought = [f"(>= {beyond} 1)", frame.encoding.at_least([(1, known.limit), (-1, known.due)], 0, beyond)]
    if remedy in prover.meaning.policy.reads_asked:
        asked = frame.variable(prover.meaning.of(rank).request.asked(remedy))
        sought.append(f"(= {asked} (+ {beyond} {frame.encoding.value(known.due)}))")
    sought += _within(prover, frame, history)

    def confirm(case: ProofCase) -> _Beyond | None:
        try:
            found = prover.redecided.authority(case, role, remedy)
        except RequestError:
            return None
        amount = int(found.limit) - int(found.due)
        return _Beyond(case, amount) if amount > 0 else None

    ceiling = UNBOUNDED if known.limit.high is None else min(known.limit.high, UNBOUNDED)
    if prover.model.remedies[remedy].kind == "exception":
        ceiling = 1
    question = replace(prover.question(frame, all_of(sought), confirm), watched=(beyond,))
    found = climb(question, beyond, ceiling, lambda shown: min(shown.amount, ceiling), prover.seconds)
    if found.shown is None:
        return Largest(found.reached, found.at_most, None, found.reason)

    def reaches(case: ProofCase) -> bool:
        shown = confirm(case)
        return shown is not None and shown.amount >= found.reached and _is_within(case, history)

    case = prover.redecided.shortened(found.shown.case, reaches)
    return Largest(found.reached, found.at_most, case, found.reason)


def _within(prover: Prover, frame: ProofFrame, history: _Ranges) -> list[str]:
    out = []
    wholes = prover.meaning.lowered.role(0).lowering.wholes
    for name, (low, high) in history.items():
        whole = wholes.fact(name, wholes.variable(name))
        symbol = frame.variable(wholes.variable(name))
        out.append(f"(>= {symbol} {number(low * whole.over)})")
        if high is not None:
            out.append(f"(<= {symbol} {number(high * whole.over)})")
    return out


def _is_within(case: ProofCase, history: _Ranges) -> bool:
    return all(
        name not in case.facts or (low <= _size(case.facts[name]) and (high is None or _size(case.facts[name]) <= high))
        for name, (low, high) in history.items()
    )


def _size(value: object) -> int:
    amount = getattr(value, "minor", value)
    return int(amount)  # type: ignore[call-overload, no-any-return]
