"""Edges: the largest single grant of each remedy for each role, with a case that reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from remit.authoring.proving.climbing import Largest, climb
from remit.authoring.proving.proof_cases import ProofCase
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover
from remit.errors import RequestError
from remit.language import words
from remit.language.values import Money
from remit.readings.smt.script import all_of

__all__ = ["UNBOUNDED", "edges", "largest_grant", "unbounded_facts"]

#: A number or an amount of money from here on is no everyday value.
_LARGE: Final = 10**6
#: An amount of this many smallest units has no bound of its own: it follows a fact that has none.
UNBOUNDED: Final = 10**12


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
    role, title = words.name(prover.model.ladder[rank]), prover.title(remedy)
    found = largest_grant(prover, remedy, rank)
    most, told = _most(prover, remedy, found)
    details = {
        "remedy": remedy,
        "role": prover.model.ladder[rank],
        "most": most,
        "case": prover.situation(_bounded(prover, found)) if found.shown is not None else "",
        "facts": prover.facts(found.shown) if found.shown is not None else {},
    }
    exact = found.exact or found.reached >= UNBOUNDED
    may = {"yes": "may give it", "no": "never gives it"}.get(most, f"may give {most} at once")
    says = f"{title}: {words.a(role)} {may}"
    return ProofResult(
        "edge", f"{remedy}.{prover.model.ladder[rank]}", says, "proved" if exact else "open", told, None, details
    )


def _most(prover: Prover, remedy: str, found: Largest[ProofCase]) -> tuple[str, tuple[str, ...]]:
    """How much that is, in words, and what else is to be said of it."""
    if prover.model.remedies[remedy].kind == "exception" and found.exact:
        return ("yes" if found.reached else "no"), ()
    if found.reached >= UNBOUNDED and found.shown is not None:
        facts = words.listing(f"`{name}`" for name in unbounded_facts(prover, found.shown))
        return (f"as much as {facts} allows" if facts else "any amount"), ()
    if found.exact:
        return (prover.amount(remedy, found.reached) if found.reached else "nothing"), ()
    low, high = (prover.amount(remedy, each) for each in (found.reached, found.at_most))
    return f"between {low} and {high}", (f"not proved: {found.reason}",)


def _bounded(prover: Prover, found: Largest[ProofCase]) -> ProofCase:
    """The case without the facts that an unbounded amount goes by: their values are nobody's."""
    assert found.shown is not None
    without = unbounded_facts(prover, found.shown) if found.reached >= UNBOUNDED else []
    return replace(found.shown, facts={name: each for name, each in found.shown.facts.items() if name not in without})


def unbounded_facts(prover: Prover, case: ProofCase) -> list[str]:
    """The facts without a highest value that an unbounded amount goes by."""
    return [
        name
        for name, value in case.facts.items()
        if prover.model.facts[name].high is None and _size(value) >= _LARGE and name in case.facts
    ]


def _size(value: Any) -> Decimal:
    number = value.amount if isinstance(value, Money) else value
    return abs(number) if isinstance(number, Decimal) else Decimal(0)


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
    question = prover.question(frame, sought, confirm)
    found = climb(question, symbol, ceiling, lambda shown: min(shown.amount, ceiling), prover.seconds)
    if found.shown is None:
        return Largest(found.reached, found.at_most, None, found.reason)
    least = found.reached

    def reaches(case: ProofCase) -> bool:
        shown = confirm(replace(case, asked={remedy: least}))
        return shown is not None and shown.amount >= least

    short = prover.redecided.shortened(replace(found.shown.case, asked={remedy: least}), reaches)
    return Largest(found.reached, found.at_most, short, found.reason)
