"""Steps 5 to 8 of a decision: whether one bundle can be granted, under one reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import IntEnum
from fractions import Fraction
from math import ceil

from remit.backends.findings import Findings
from remit.decision.inputs import Inputs
from remit.decision.quantities import cap_limit, used_of
from remit.decision.reading import INFINITE, Authority, Hope, Standing, authority
from remit.language.records import dataclass
from remit.language.values import CONTEXT, Money, Unknown, minor_digits
from remit.policy.model import Cap, Discretion, Model

__all__ = ["Bundle", "Part", "Verdict", "allowance", "available", "bundle", "charge", "left_of"]


class Verdict(IntEnum):
    """From the worst for the customer to the best. ``WAIT``: only evidence or the story is missing."""

    DENY = 0
    ESCALATE = 1
    WAIT = 2
    GRANT = 3


@dataclass(slots=True)
class Part:
    """One remedy of a bundle. ``excess`` is what goes beyond the limit and needs discretion."""

    remedy: str
    asked: int
    standing: Standing
    verdict: Verdict
    gap: bool = False
    excess: int = 0


@dataclass(slots=True)
class Bundle:
    """The whole bundle: its verdict is that of its worst part or cap."""

    authority: Authority
    parts: list[Part]
    verdict: Verdict = Verdict.GRANT
    charges: dict[str, int] = field(default_factory=dict)
    full_caps: list[Cap] = field(default_factory=list)
    discretion: int = 0
    no_discretion: bool = False
    needs_story: bool = False


def charge(model: Model, cap: Cap, given: Mapping[str, int]) -> int:
    """What giving ``given`` (remedy to amount beyond what is owed) takes from ``cap``.

    By grants: 1 if anything counted is given. By units: the sum of counts. By amount: money as it is, other remedies at their
    cost, rounded half up to the smallest unit (step 5; law 4: what is owed is left out by the caller).
    """
    total = 0
    for remedy in cap.counts:
        amount = given.get(remedy, 0)
        if amount <= 0:
            continue
        if cap.measure == "grants":
            return 1
        declared = model.remedies[remedy]
        if cap.measure == "amount" and declared.kind != "money":
            assert declared.cost is not None  # the loader demands a cost where a cap counts it
            total += Money(CONTEXT.multiply(declared.cost.amount, amount), declared.cost.currency).rounded().minor
        else:
            total += amount
    return total


def left_of(model: Model, cap: Cap, role: str, inputs: Inputs, hope: Hope, own: bool = True) -> int:
    """What is left of ``cap`` for ``role``; ``own`` is false where the person would be somebody else than the requester, whose
    personal balances say nothing."""
    used = inputs.balances.get(cap.id, 0) if own or "employee.id" not in cap.per else 0
    if isinstance(used, Unknown):
        used = 0 if hope(used.missing, False) else INFINITE
    return used_of(used, cap_limit(model, cap, role))


def available(model: Model, inputs: Inputs, of: Authority, remedy: str, hope: Hope) -> tuple[int, Cap | None]:
    """The most of ``remedy`` alone that the requester could be granted now, and the cap that holds it down, if one does."""
    standing = of.standings[remedy]
    due, binding = standing.due, None
    goodwill = standing.limit - due
    for cap in model.caps:
        if goodwill > 0 and remedy in cap.counts:
            room = _room(model, cap, remedy, left_of(model, cap, inputs.role, inputs, hope))
            if room < goodwill:
                goodwill, binding = room, cap
    return due + goodwill, binding


def _room(model: Model, cap: Cap, remedy: str, left: int) -> int:
    """The largest amount of ``remedy`` that takes no more than ``left`` from ``cap``."""
    declared = model.remedies[remedy]
    if cap.measure == "grants":
        return INFINITE if left else 0
    if cap.measure == "units" or declared.kind == "money":
        return left
    assert declared.cost is not None  # the loader demands a cost where a cap counts it
    if declared.kind == "exception":
        return int(charge(model, cap, {remedy: 1}) <= left)
    each = Fraction(declared.cost.amount) * 10 ** minor_digits(declared.cost.currency)
    return ceil((left + Fraction(1, 2)) / each) - 1 if each else INFINITE  # charge() rounds half up


def allowance(model: Model, role: str, inputs: Inputs, hope: Hope) -> tuple[Discretion | None, int]:
    """The discretion of ``role`` and how much of it can still be used in one grant."""
    found: Discretion | None = None
    for each in model.ladder[: model.ladder.index(role) + 1]:
        found = model.discretion.get(each, found)
    if found is None:
        return None, 0
    used = inputs.balances.get("discretion", 0)
    if isinstance(used, Unknown):
        used = 0 if hope(used.missing, False) else INFINITE
    return found, min(found.each.minor, used_of(used, found.max.minor))


def _part(model: Model, remedy: str, asked: int, standing: Standing) -> Part:
    part = Part(remedy, asked, standing, Verdict.GRANT)
    guardrail = standing.held if asked <= standing.owed else standing.blocked
    if asked > standing.free:
        part.gap = not standing.spoken
        part.verdict = Verdict.DENY if part.gap and model.otherwise == "deny" else Verdict.ESCALATE
    if guardrail is not None:
        part.verdict = min(part.verdict, Verdict.DENY if guardrail.effect == "deny" else Verdict.ESCALATE)
    elif part.verdict is Verdict.ESCALATE and model.remedies[remedy].kind == "money" and asked <= standing.ceiling:
        part.excess = asked - standing.free
    return part


def bundle(
    model: Model,
    find: Callable[[str], Findings],
    inputs: Inputs,
    role: str,
    hope: Hope,
) -> Bundle:
    """Take the bundle of ``inputs`` as ``role`` under one reading; the requester's discretion only serves the requester."""
    own = role == inputs.role
    out = Bundle(authority(model, find, role, inputs.asker, hope), [])
    out.parts = [_part(model, name, amount, out.authority.standings[name]) for name, amount in inputs.asked.items()]
    over = [part for part in out.parts if part.excess]
    if own and inputs.use_discretion and over:
        wanted, (_, room) = sum(part.excess for part in over), allowance(model, role, inputs, hope)
        out.no_discretion = wanted > room
        if wanted <= room:
            out.discretion, out.needs_story = wanted, not inputs.story
            for part in over:
                part.verdict = Verdict.GRANT
    goodwill = {part.remedy: part.asked - part.standing.due for part in out.parts}
    for cap in model.caps:
        taken = charge(model, cap, goodwill)
        if taken:
            out.charges[cap.id] = taken
            if taken > left_of(model, cap, role, inputs, hope, own):
                out.full_caps.append(cap)
    out.verdict = min((part.verdict for part in out.parts), default=Verdict.GRANT)
    if out.full_caps:
        out.verdict = min(out.verdict, Verdict.ESCALATE)
    if out.needs_story:
        out.verdict = min(out.verdict, Verdict.WAIT)
    return out
