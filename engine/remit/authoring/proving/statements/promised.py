"""Promises: each holds in every case, or there is a case in which it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from remit.authoring.proving.proof_cases import ProofCase
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover, because
from remit.authoring.proving.question import FoundCase, Open, Proved
from remit.language import words
from remit.language.source import place_of
from remit.policy.model import Promise

__all__ = ["promises"]


def promises(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each promise."""
    for promise in prover.model.promises:
        yield lambda promise=promise: _promise(prover, promise)  # type: ignore[misc]


def _promise(prover: Prover, promise: Promise) -> ProofResult:
    def breaks(case: ProofCase) -> bool:
        return prover.redecided.breaks(case, promise)

    says = f"`{promise.id}`: {promise.always.text}"
    result = ProofResult("promise", promise.id, says, "open", place=place_of(promise.always.source))
    match prover.seek(prover.meaning.promise(promise).no, breaks):
        case Proved():
            return result.ending("proved")
        case FoundCase(case):
            return result.ending("refuted", *_told(prover, promise, case))
        case Open() as answer:
            return result.ending("open", because(answer))


def _told(prover: Prover, promise: Promise, case: ProofCase) -> tuple[list[str], dict[str, object]]:
    amounts = prover.redecided.amounts(case, promise)
    told = [f"it does not hold: {prover.situation(case)}"]
    for name, amount in amounts.items():
        _, remedy, *role = name.split(".")
        known = prover.redecided.authority(case, role[0] if role else prover.model.ladder[0], remedy)
        by = words.listing(prover.responsible(known))
        told.append(f"`{name}` is {words.quantity(amount)}" + (f", by {by}" if by else ""))
    return told, {"facts": prover.facts(case), "amounts": {name: words.quantity(each) for name, each in amounts.items()}}
