"""The ladder, floors and claims: a higher role has at least as much, what is owed can always be given, and is given once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

from remit.authoring.proving.proof_cases import ProofCase
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover, because
from remit.authoring.proving.question import FoundCase, Open, Proved
from remit.core.authorities import Authority
from remit.core.term import Term
from remit.errors import RequestError
from remit.readings.smt.structure import never_less

__all__ = ["claims", "floors", "monotone"]


def monotone(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each remedy: no role may give less of it than a lower one."""
    if len(prover.model.ladder) > 1:
        for remedy in prover.model.remedies:
            yield partial(_monotone, prover, remedy)


def _monotone(prover: Prover, remedy: str) -> ProofResult:
    T, ladder = prover.terms, prover.model.ladder
    limits = [prover.meaning.authority(rank, remedy).limit for rank in range(len(ladder))]
    pairs = [(low, high) for low, high in pairwise(map(prover.terms.const, limits)) if not never_less(high, low)]
    says = f"a higher role may give at least as much of {prover.title(remedy)} as a lower one"
    result = ProofResult("ladder", remedy, says, "open")

    def fallen(case: ProofCase) -> int | None:
        """The first rank that may give more than the one above it."""
        try:
            known = [int(prover.redecided.authority(case, role, remedy).limit) for role in ladder]
        except RequestError:
            return None
        return next((rank for rank, (low, high) in enumerate(pairwise(known)) if high < low), None)

    falls, asked = T.or_(*(T.lt(high, low) for low, high in pairs)), tuple(prover.model.remedies)
    match prover.seek(falls, lambda case: fallen(case) is not None, asked=asked):
        case Proved():
            return result.ending("proved")
        case FoundCase(case):
            rank = fallen(case)
            assert rank is not None
            roles = ladder[rank], ladder[rank + 1]
            amounts = [prover.redecided.authority(case, role, remedy) for role in roles]
            told = [f"{prover.situation(case)}"]
            told += [_may(prover, role, remedy, each) for role, each in zip(roles, amounts, strict=True)]
            return result.ending("refuted", told, {"facts": prover.facts(case), "roles": list(roles)})
        case Open() as answer:
            return result.ending("open", because(answer))


def _may(prover: Prover, role: str, remedy: str, known: Authority) -> str:
    by = ", ".join(prover.responsible(known))
    return f"{role} may give {prover.amount(remedy, int(known.limit))}" + (f", by {by}" if by else "")


def floors(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each remedy that is owed: what is owed may be given, unless a guardrail names it."""
    for remedy in prover.model.remedies:
        if any(remedy in rule.owed for rule in prover.model.rules):
            yield partial(_floor, prover, remedy)


def _floor(prover: Prover, remedy: str) -> ProofResult:
    T = prover.terms
    says = f"what is owed of {prover.title(remedy)} may be given at once, unless a guardrail names it"
    result = ProofResult("floor", remedy, says, "open")
    found: list[Term] = []
    for rank in range(len(prover.model.ladder)):
        known = prover.meaning.authority(rank, remedy)
        found.append(T.and_(T.lt(known.limit, known.owed), T.not_(known.is_held)))

    def below(case: ProofCase) -> str | None:
        for role in prover.model.ladder:
            try:
                known = prover.redecided.authority(case, role, remedy)
            except RequestError:
                return None
            if known.limit < known.owed and not known.is_held:
                return role
        return None

    match prover.seek(T.or_(*found), lambda case: below(case) is not None, asked=tuple(prover.model.remedies)):
        case Proved():
            return result.ending("proved")
        case FoundCase(case):
            role = below(case)
            assert role is not None
            told = [prover.situation(case), _may(prover, role, remedy, prover.redecided.authority(case, role, remedy))]
            return result.ending("refuted", told, {"facts": prover.facts(case), "role": role})
        case Open() as answer:
            return result.ending("open", because(answer))


def claims(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each remedy that is owed: what it is owed for has a name, so that it is paid once."""
    for remedy in prover.model.remedies:
        owing = [rule for rule in prover.model.rules if remedy in rule.owed]
        if owing:
            yield partial(_claim, prover, remedy)


def _claim(prover: Prover, remedy: str) -> ProofResult:
    says = f"what is owed of {prover.title(remedy)} is paid once for each claim"
    result = ProofResult("claim", remedy, says, "proved")
    known = [claim for claim in prover.model.claims if remedy in claim.remedies]
    bare = [rule.id for rule in prover.model.rules if remedy in rule.owed and not any(rule.id in each.rules for each in known)]
    if bare:
        return result.ending("refuted", [f"rule `{each}` owes it without a claim" for each in bare], {"rules": bare})
    named = sorted({", ".join(f"`{name}`" for name in each.per) for each in known})
    return result.ending(
        "proved", [f"a claim is told by {each}" for each in named], {"per": [list(each.per) for each in known]}
    )
