"""Lies: for each remedy and role, the most that changing only believed facts can gain over the truth."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from remit.authoring.lying.lie_search import FoundLie, LieSearch
from remit.authoring.lying.lie_telling import lie_result
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover
from remit.language import words
from remit.language.values import Money
from remit.policy.model import Model

__all__ = ["held_to", "largest_lie", "lie_statements", "lies"]


def lies(
    model: Model, seconds: float = 10.0, progress: Callable[[ProofResult, int], None] = lambda result, count: None
) -> list[ProofResult]:
    """The largest gain of a lie for each remedy and role of ``model``, in its currency. Each question has ``seconds``.
    ``progress`` is called with each result and how many there are in all. Raises :class:`remit.errors.MissingExtra` without a
    solver, and :class:`remit.authoring.proving.question.Disagreement`."""
    statements, found = list(lie_statements(Prover(model, seconds))), []
    for statement in statements:
        began = time.monotonic()
        found.append(replace(statement(), seconds=time.monotonic() - began))
        progress(found[-1], len(statements))
    return found


def lie_statements(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each remedy and role, as a function that proves it."""
    for remedy in prover.model.remedies:
        for rank in range(len(prover.model.ladder)):
            yield partial(_lie, prover, remedy, rank)


def _lie(prover: Prover, remedy: str, rank: int) -> ProofResult:
    search = LieSearch(prover, remedy, rank)
    return lie_result(search, search.largest())


def largest_lie(prover: Prover, remedy: str, rank: int) -> FoundLie:
    """The lie by which the role of ``rank`` is led furthest beyond the truth."""
    return LieSearch(prover, remedy, rank).largest()


def held_to(model: Model, results: Sequence[ProofResult], most: Money) -> list[ProofResult]:
    """The results with a bound: that no lie gains more than ``most`` of a remedy in money. Refuted where one does. Proved
    where it is known that none does, though the largest may not be. What is in another currency, or is no money, stays as
    it is."""
    return [_held(each, most) if _is_held(model, each, most) else each for each in results]


def _is_held(model: Model, result: ProofResult, most: Money) -> bool:
    return result.code == "lie" and model.currency == most.currency and "currency" in result.details


def _held(result: ProofResult, most: Money) -> ProofResult:
    gain, at_most = result.details["gain"], result.details["at_most"]
    if gain is None or Money.from_minor(gain, most.currency).amount > most.amount:
        return replace(result, verdict="refuted", told=(*result.told, *_advice(result, most)))
    within = Money.from_minor(at_most, most.currency).amount <= most.amount
    return replace(result, verdict="proved") if within else result


def _advice(result: ProofResult, most: Money) -> Iterator[str]:
    lied = [*dict.fromkeys((*result.details["lie"]["facts"], *result.details["unbounded"]))]
    facts = words.listing((f"`{each}`" for each in lied if each != "occurred"), "or")
    yield f"this is more than {words.quantity(most)}"
    if facts:
        yield f"to bound it, let {facts} come from a system or from evidence (`source`), or add a guardrail"
