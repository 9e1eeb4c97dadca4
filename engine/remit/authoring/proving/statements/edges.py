"""Edges: the largest single grant of each remedy for each role, with a case that reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, Final

from remit.authoring.proving.climbing import Largest, climb
from remit.authoring.proving.proof_cases import ProofCase
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover
from remit.core.lowering.opaque import Opaque
from remit.core.lowering.whole import LARGEST
from remit.core.term import every_term
from remit.errors import RequestError
from remit.language import words
from remit.language.values import Money
from remit.policy.trees import reads
from remit.readings.code.requests.native_values import native_of
from remit.readings.smt.script import all_of

__all__ = ["UNBOUNDED", "edges", "largest_grant", "remedies_read", "unbounded_facts"]

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
            yield partial(_edge, prover, remedy, rank)


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
    exact = found.exact or _grows(prover, found)
    may = {"yes": "may give it", "no": "never gives it"}.get(most, f"may give {most} at once")
    says = f"{title}: {words.a(role)} {may}"
    return ProofResult(
        "edge", f"{remedy}.{prover.model.ladder[rank]}", says, "proved" if exact else "open", told, None, details
    )


def _most(prover: Prover, remedy: str, found: Largest[ProofCase]) -> tuple[str, tuple[str, ...]]:
    """How much that is, in words, and what else is to be said of it."""
    if prover.model.remedies[remedy].kind == "exception" and found.exact:
        return ("yes" if found.reached else "no"), ()
    if found.shown is not None and _grows(prover, found):
        facts = words.listing(f"`{name}`" for name in unbounded_facts(prover, found.shown))
        return (f"as much as {facts} allows" if facts else "any amount"), ()
    if found.exact:
        return (f"{prover.amount(remedy, found.reached)}{_together(prover, remedy, found)}" if found.reached else "nothing"), ()
    low, high = (prover.amount(remedy, each) for each in (found.reached, found.at_most))
    return f"between {low} and {high}", (f"not proved: {found.reason}",)


def _together(prover: Prover, remedy: str, found: Largest[ProofCase]) -> str:
    """With which other remedies."""
    asked = found.shown.asked.items() if found.shown is not None else ()
    others = [f"{prover.amount(name, amount)} of {prover.title(name)}" for name, amount in asked if amount and name != remedy]
    return f" together with {words.listing(others)}" if others else ""


def _grows(prover: Prover, found: Largest[ProofCase]) -> bool:
    """Whether it has no bound of its own: it is as large as anything is looked at, or a fact without a highest value is."""
    if found.reached >= UNBOUNDED or found.shown is None:
        return found.reached >= UNBOUNDED
    facts = ((prover.model.facts[name], value) for name, value in found.shown.facts.items() if name not in found.shown.untold)
    ends = [abs(native_of(fact.type, value)) for fact, value in facts if fact.high is None and _size(value)]
    return any(each >= LARGEST for each in ends)


def _bounded(prover: Prover, found: Largest[ProofCase]) -> ProofCase:
    """The case without the facts that an unbounded amount goes by: their values are nobody's."""
    assert found.shown is not None
    without = unbounded_facts(prover, found.shown) if _grows(prover, found) else []
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
    """The largest amount that is within the limit of the role when just that is asked, together with other remedies where they
    make a difference; from :data:`UNBOUNDED` on, one such."""
    limit, role = prover.meaning.authority(rank, remedy).limit, prover.model.ladder[rank]
    if limit.high == 0:
        return Largest(0, 0, None)
    read = remedies_read(prover, remedy, rank)
    frame = prover.frame(*read)
    parts = [part for part in prover.meaning.of(rank).parts if part.remedy.name in read]
    symbol = frame.variable(prover.meaning.of(rank).request.asked(remedy))
    sought = all_of((f"(>= {symbol} 1)", *(frame.encoding.truth(part.within) for part in parts)))

    def confirm(case: ProofCase) -> _Reached | None:
        try:
            bundle = prover.redecided.bundle(case, role)
        except RequestError:
            return None
        if not all(part.within for part in bundle.parts):
            return None
        depends = len(read) > 1 or remedy in prover.meaning.policy.reads_asked
        return _Reached(case, case.asked[remedy] if depends else int(bundle.authority(remedy).limit))

    ceiling = UNBOUNDED if limit.high is None else min(limit.high, UNBOUNDED)
    if prover.model.remedies[remedy].kind == "exception":
        ceiling = 1
    question = prover.question(frame, sought, confirm)
    found = climb(question, symbol, ceiling, lambda shown: min(shown.amount, ceiling), prover.seconds)
    if found.shown is None:
        return Largest(found.reached, found.at_most, None, found.reason)
    least = found.reached

    def reaches(case: ProofCase) -> bool:
        shown = confirm(case)
        return shown is not None and shown.amount >= least

    short = replace(found.shown.case, asked={**found.shown.case.asked, remedy: least})
    for other in read - {remedy}:  # as little of the others as may be
        fewer = (replace(short, asked={**short.asked, other: amount}) for amount in (0, 1))
        short = next(filter(reaches, fewer), short)
    return Largest(found.reached, found.at_most, prover.redecided.shortened(short, reaches), found.reason)


def remedies_read(prover: Prover, remedy: str, rank: int) -> set[str]:
    """The remedies of which it makes a difference for ``remedy`` how much of them is asked, and itself."""
    part = next(each for each in prover.meaning.of(rank).parts if each.remedy.name == remedy)
    names = {each.value for each in every_term(prover.terms.const(part.within)) if each.kind == "var"}
    calls = [each.value for each in every_term(prover.terms.const(part.within)) if isinstance(each.value, Opaque)]
    for node in (node for call in calls for node in (call.node, call.tested) if node is not None):
        names |= reads(prover.model, node)
    return {remedy, *(name for name in prover.model.remedies if f"asked.{name}" in names)}
