"""Promises: each holds in every case, or there is a case in which it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from remit.authoring.proving.proof_cases import ProofCase
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover, because
from remit.authoring.proving.question import FoundCase, Open, Proved
from remit.errors import RequestError
from remit.language import words
from remit.language.source import place_of
from remit.policy.model import Promise

__all__ = ["promises"]


def promises(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each promise."""
    for promise in prover.model.promises:
        yield partial(_promise, prover, promise)


def _promise(prover: Prover, promise: Promise) -> ProofResult:
    askers = [prover.model.ladder[rank] for rank in prover.meaning.askers(promise)]

    def breaks(case: ProofCase) -> bool:
        try:
            return any(prover.redecided.kept(case, promise, each) is not True for each in askers)
        except RequestError:
            return False

    says = f"`{promise.id}`: {promise.always.text}"
    result = ProofResult("promise", promise.id, says, "open", place=place_of(promise.always.source))
    match prover.seek(prover.meaning.promise(promise), breaks):
        case Proved():
            return result.ending("proved")
        case FoundCase(case):
            return result.ending("refuted", *_told(prover, promise, case, askers))
        case Open() as answer:
            return result.ending("open", because(answer))


def _told(prover: Prover, promise: Promise, case: ProofCase, askers: Sequence[str]) -> tuple[list[str], dict[str, object]]:
    asker = next(each for each in askers if prover.redecided.kept(case, promise, each) is not True)
    amounts = prover.redecided.amounts(case, promise, asker)
    fails = "it does not hold" if prover.redecided.kept(case, promise, asker) is False else "it cannot be worked out"
    who = f", {words.a(words.name(asker))} asks" if len(askers) > 1 else ""
    told = [f"{fails}: {prover.situation(case)}{who}"]
    for name, amount in amounts.items():
        _, remedy, *role = name.split(".")
        known = prover.redecided.authority(case, role[0] if role else asker, remedy)
        by = words.listing(prover.responsible(known))
        told.append(f"`{name}` is {words.quantity(amount)}" + (f", by {by}" if by else ""))
    return told, {
        "role": asker,
        "facts": prover.facts(case),
        "amounts": {name: words.quantity(each) for name, each in amounts.items()},
    }
