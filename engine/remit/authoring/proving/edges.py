"""Edges: the largest single grant of each remedy for each role, with a case that reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from remit.authoring.proving.climbing import Largest, climb
from remit.authoring.proving.proof_cases import ProofCase
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover
from remit.errors import RequestError
from remit.readings.smt.script import all_of

__all__ = ["UNBOUNDED", "edges", "largest_grant"]

#: An amount of this many smallest units has no bound of its own: it follows a fact that has none.
UNBOUNDED = 10**12


@dataclass(frozen=True, slots=True)
class _Reached:
    """A case, and what may be given in it."""

    case: ProofCase
    amount: int


def edges(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each remedy and role."""
    for remedy in prover.model.remedies:
        for rank in range(len(prover.model.ladder)):
            yield lambda remedy=remedy, rank=rank: _edge(prover, remedy, rank)  # type: ignore[misc]


def _edge(prover: Prover, remedy: str, rank: int) -> ProofResult:
    role, title = prover.model.ladder[rank], prover.title(remedy)
    found = largest_grant(prover, remedy, rank)
    facts = prover.facts(found.shown) if found.shown is not None else {}
    details = {"remedy": remedy, "role": role, "reached": found.reached, "at_most": found.at_most, "facts": facts}
    result = ProofResult("edge", f"{remedy}.{role}", "", "proved" if found.exact else "open", details=details)
    where = (prover.situation(found.shown),) if found.shown is not None else ()
    if prover.model.remedies[remedy].kind == "exception":
        may = "may give it in some case" if found.reached else "never gives it"
        return replace(result, says=f"{title}: {role} {may}", told=where)
    if found.reached >= UNBOUNDED:
        return replace(result, verdict="proved", says=f"{title}: {role} has no bound of its own", told=where)
    if found.exact:
        most = f"at most {prover.amount(remedy, found.reached)}" if found.reached else "nothing"
        return replace(result, says=f"{title}: {role} gives {most} at once", told=where)
    low, high = (prover.amount(remedy, each) for each in (found.reached, found.at_most))
    says = f"{title}: {role} gives between {low} and {high} at once"
    return replace(result, says=says, told=(*where, f"not proved: {found.reason}"))


def largest_grant(prover: Prover, remedy: str, rank: int) -> Largest[ProofCase]:
    """The largest amount that is within the limit of the role when just that is asked; from :data:`UNBOUNDED` on, one such."""
    limit, role = prover.meaning.authority(rank, remedy).limit, prover.model.ladder[rank]
    if limit.high == 0:
        return Largest(0, 0, None)
    frame = prover.frame(remedy)
    asked = prover.meaning.of(rank).request.asked(remedy)
    symbol = frame.variable(asked)
    sought = all_of((frame.encoding.at_least([(1, limit), (-1, asked)], 0), f"(>= {symbol} 1)"))

    def confirm(case: ProofCase) -> _Reached | None:
        try:
            may = int(prover.redecided.authority(case, role, remedy).limit)
        except RequestError:
            return None
        amount = case.asked.get(remedy, 0)
        if may < amount:
            return None
        return _Reached(case, amount if remedy in prover.meaning.policy.reads_asked else may)

    ceiling = UNBOUNDED if limit.high is None else min(limit.high, UNBOUNDED)
    if prover.model.remedies[remedy].kind == "exception":
        ceiling = 1
    question = prover.question(frame, sought, confirm, role)
    found = climb(question, symbol, ceiling, lambda shown: min(shown.amount, ceiling), prover.seconds)
    if found.shown is None:
        return Largest(found.reached, found.at_most, None, found.reason)
    least = found.reached

    def reaches(case: ProofCase) -> bool:
        shown = confirm(replace(case, asked={remedy: least}))
        return shown is not None and shown.amount >= least

    short = prover.redecided.shortened(replace(found.shown.case, asked={remedy: least}), reaches)
    return Largest(found.reached, found.at_most, short, found.reason)
