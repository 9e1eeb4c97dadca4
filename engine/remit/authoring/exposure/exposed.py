"""Exposure as statements: for each of those who receive or give, each role and each length of time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final, get_args

from remit.authoring.exposure.exposure import exposure
from remit.authoring.exposure.exposure_text import exposure_data, exposure_text
from remit.authoring.exposure.grant_kinds import LargestGrant
from remit.authoring.exposure.proved_grants import NotBounded, largest_proved
from remit.authoring.exposure.subject import Who
from remit.authoring.proving.proof_result import ProofResult, ProofVerdict
from remit.authoring.proving.prover import Prover
from remit.deciding.policy import Policy
from remit.language.words import name

__all__ = ["WHO", "exposed"]

WHO: Final[tuple[Who, ...]] = get_args(Who)


def exposed(prover: Prover, who: Sequence[Who], roles: Sequence[str], days: Sequence[int]) -> Iterator[tuple[ProofResult, int]]:
    """The most that each can receive or give, and how many results there are in all. An upper bound counts as proved, also
    where no sequence that reaches it was found. Raises :class:`remit.errors.ExposureError` where what was found does not
    replay."""
    total = len(who) * len(roles) * len(days)
    if not any(each.kind == "money" for each in prover.model.remedies.values()):
        reason = "only amounts of money are added up, and this policy gives none"
        yield from ((_open(one, role, each, reason), total) for role in roles for one in who for each in days)
        return
    for role in roles:
        began = time.monotonic()
        try:
            largest = largest_proved(prover, role)
        except NotBounded as reason:
            for one in who:
                yield from ((_open(one, role, each, str(reason)), total) for each in days)
            continue
        for one in who:
            for each in days:
                try:
                    yield _result(prover, one, role, each, largest, began), total
                except ValueError as reason:  # what exposure does not add up
                    yield _open(one, role, each, str(reason)), total
                began = time.monotonic()


def _open(who: Who, role: str, days: int, reason: str) -> ProofResult:
    says = f"the most that one {who} can receive or give from {name(role)} in any {days} days is not known"
    return ProofResult("exposure", f"{who}.{role}.{days}", says, "open", (f"not proved: {reason}",))


def _result(
    prover: Prover, who: Who, role: str, days: int, largest: dict[str, Sequence[LargestGrant]], began: float
) -> ProofResult:
    found = exposure(Policy(prover.model), largest, who=who, role=role, days=days)
    says, *told = exposure_text(prover.model, found).splitlines()
    verdict: ProofVerdict = "open" if found.status == "at least" else "proved"
    details = exposure_data(prover.model, found)
    seconds = time.monotonic() - began
    return ProofResult("exposure", f"{who}.{role}.{days}", says, verdict, tuple(told), None, details, seconds)
