"""The largest single grants that exposure adds up, proved: no case gives more, and the case that is given reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Any, TypeAlias

from remit.authoring.boundaries import boundaries
from remit.authoring.exposure.grant_kinds import LargestGrant
from remit.authoring.proving.climbing import Largest, climb
from remit.authoring.proving.proof_cases import ProofCase, ProofFrame
from remit.authoring.proving.prover import Prover
from remit.authoring.proving.statements.edges import UNBOUNDED, remedies_read
from remit.core.authorities import Authority
from remit.errors import RequestError
from remit.language import words
from remit.language.values import Money
from remit.policy.model import Model
from remit.readings.smt.script import TRUE, all_of, number

__all__ = ["NotBounded", "history_ranges", "largest_proved"]

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


def history_ranges(model: Model) -> list[dict[str, tuple[int, int | None]]]:
    """The ranges of history facts, from and to, within which no test of one of them changes: each range of each with each of
    the others. Facts that nothing is compared with are left out."""
    found: dict[str, set[int]] = {}
    for each in boundaries(model):
        fact = model.facts.get(each.fact)
        if fact is not None and fact.history is not None:
            size = each.value.minor if isinstance(each.value, Money) else int(each.value)
            starts = {"below": {size}, "above": {size + 1}, "both": {size, size + 1}}[each.side]
            found.setdefault(each.fact, {0}).update(start for start in starts if start > 0)
    ranges = [[(name, low, high) for low, high in pairwise([*sorted(starts), None])] for name, starts in found.items()]
    return [{name: (low or 0, None if high is None else high - 1) for name, low, high in each} for each in product(*ranges)]


def _largest(prover: Prover, role: str, remedy: str, history: _Ranges) -> LargestGrant:
    found = _climbed(prover, role, remedy, history)
    if not found.exact and found.reached < UNBOUNDED:
        raise NotBounded(f"how much {remedy} {role} may give at once is not known: {found.reason}")
    others = sorted(remedies_read(prover, remedy, prover.model.ladder.index(role)) - {remedy})
    if others and _climbed(prover, role, remedy, history, others).at_most > found.reached:
        raise NotBounded(f"how much {remedy} {role} may give depends on how much {words.listing(others)} is asked")
    amount = None if found.reached >= UNBOUNDED else found.reached
    case = found.shown or ProofCase(dict(prover.redecided.usual))
    facts = {name: value for name, value in case.facts.items() if prover.model.facts[name].history is None}
    return LargestGrant(remedy, role, amount, facts, dict(history), _with_discretion(prover, role, remedy, history, amount))


def _with_discretion(prover: Prover, role: str, remedy: str, history: _Ranges, amount: int | None) -> int | None:
    """The most with all discretion, in whichever case."""
    rank = prover.model.ladder.index(role)
    if amount is None or prover.model.remedies[remedy].kind != "money" or prover.meaning.policy.discretion(rank) is None:
        return amount
    part = next(each for each in prover.meaning.of(rank).parts if each.remedy.name == remedy)
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


def _climbed(prover: Prover, role: str, remedy: str, history: _Ranges, others: Sequence[str] = ()) -> Largest[ProofCase]:
    """The largest beyond what is owed, where amounts of the ``others`` may be asked, too."""
    rank = prover.model.ladder.index(role)
    known: Authority = prover.meaning.authority(rank, remedy)
    frame = prover.frame(remedy, *others)
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


def _size(value: Any) -> int:
    return value.minor if isinstance(value, Money) else int(value)
