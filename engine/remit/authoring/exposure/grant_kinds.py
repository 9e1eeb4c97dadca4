"""What one grant can give: the largest grants, and what else holds of the cases that reach them, as the policy decides it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import inf
from typing import Any, Final

from remit.authoring.exposure.grant_trial import GrantTrial, whole
from remit.authoring.exposure.subject import Bound, ExposureSubject, is_fixed_claim
from remit.core.laws import minor_cost

__all__ = [
    "GrantKind",
    "LargestGrant",
    "GrantPart",
    "is_followed",
    "order_of",
    "parts_of",
    "stretch_of",
    "tried_kinds",
    "within_caps",
]

#: A cost whose fractions repeat after more units than this is followed in a few of its remainders only.
_MOST_REMAINDERS: Final = 20


@dataclass(frozen=True, slots=True)
class LargestGrant:
    """The most of ``remedy`` that ``role`` may give in one grant without asking, beyond what is owed: ``amount`` in smallest
    units of the currency, or a count; ``None``: as much as the facts say, without a bound. No cap and no discretion is used
    before, and discretion is not counted. ``facts`` are those of a case that reaches it, by their dotted names, without
    history: ids may be left out. ``history`` are the values of history facts for which it is the largest, each from and to
    (``None``: any more); a fact that is not there makes no difference. ``with_discretion`` is the most with
    all discretion, whichever case that is; ``None``: not known, so that discretion may add to the largest all that it has."""

    remedy: str
    role: str
    amount: int | None
    facts: Mapping[str, Any]
    history: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    with_discretion: int | None = None


@dataclass(frozen=True, slots=True)
class GrantPart:
    """What a grant gives of a remedy beyond what is owed: ``base + step * x``, where ``x`` is 0 to ``most``; it counts
    ``cost + cost_step * x`` against caps on money."""

    most: int
    base: int = 0
    step: int = 1
    cost: int = 0
    cost_step: int = 1


@dataclass(frozen=True, slots=True)
class GrantKind:
    """Grants of the same remedies in the same circumstances. ``owed`` is given along with each; ``stretch`` is the most that
    discretion adds to one; ``totals`` are the claims, each with a remedy, of which what it gives is a total."""

    role: str
    facts: Mapping[str, Any]
    history: Mapping[str, tuple[int, int | None]]
    parts: Mapping[str, GrantPart]
    owed: Mapping[str, int] = field(default_factory=dict)
    stretch: int = 0
    totals: frozenset[tuple[str, str]] = frozenset()

    @property
    def order(self) -> tuple[tuple[str, int, float], ...]:
        """What allows less history comes first where several are given at one moment."""
        return order_of(self.history)


def order_of(history: Mapping[str, tuple[int, int | None]]) -> tuple[tuple[str, int, float], ...]:
    """Where kinds with this history come among those at one moment: what goes by no history comes last."""
    found = ((name, low, inf if high is None else high) for name, (low, high) in history.items())
    return tuple(sorted(found)) or (("~", 0, inf),)


def tried_kinds(
    trial: GrantTrial,
    largest: Sequence[LargestGrant],
    targets: Sequence[str],
    bounds: Sequence[Bound],
    subject: ExposureSubject,
) -> list[GrantKind]:
    """The kinds of grants that the policy decides, by the cases that reach the largest. Raises ``ValueError`` where the policy
    does not grant one of them."""
    out: list[GrantKind] = []
    lows = _lows(largest)
    for each in largest:
        if each.remedy in targets:
            out += _of_one(trial, each, bounds, subject, lows)
    if len(targets) > 1:
        for each in largest:
            out += _bundles(trial, each, targets, subject, lows)
    unique = {repr((kind.facts, kind.history, kind.parts)): kind for kind in out}
    return list(unique.values())


def _lows(largest: Sequence[LargestGrant]) -> dict[str, list[int]]:
    """From which values of history facts on something else may be the largest."""
    out: dict[str, set[int]] = {}
    for each in largest:
        for name, (low, _) in each.history.items():
            out.setdefault(name, {0}).add(low)
    return {name: sorted(values) for name, values in out.items()}


def _of_one(
    trial: GrantTrial,
    largest: LargestGrant,
    bounds: Sequence[Bound],
    subject: ExposureSubject,
    lows: Mapping[str, Sequence[int]],
) -> Iterator[GrantKind]:
    facts, remedy = trial.facts_of(largest.facts), largest.remedy
    alone = trial.decide(facts, largest.history, {})
    owed = whole(alone.owed[remedy])
    amount = within_caps(trial, largest.amount, whole(alone.limits[remedy]) - owed, remedy, bounds)
    if amount and (refused := trial.decide(facts, largest.history, {remedy: owed + amount})).outcome != "grant":
        missing = ", ".join((*refused.missing.facts, *refused.missing.evidence))
        why = f": {missing} is missing" if missing else ""
        raise ValueError(f"the largest grant of `{remedy}` is not granted to `{trial.role}` but {refused.outcome}{why}")
    kind = GrantKind(trial.role, facts, largest.history, {remedy: GrantPart(amount)}, {remedy: owed} if owed else {})
    kind = _finished(trial, kind, subject, lows)
    if amount or kind.stretch:
        yield from (replace(kind, parts={remedy: part}) for part in parts_of(trial, remedy, amount, bounds))


def within_caps(trial: GrantTrial, amount: int | None, limit: int, remedy: str, bounds: Sequence[Bound]) -> int:
    """The amount of a largest grant, as much of it as one grant may take from caps."""
    most = limit if amount is None else amount
    measures = ("units",) if trial.model.remedies[remedy].kind == "count" else ("amount",)
    return min([most, *(each.most for each in bounds if remedy in each.counts and each.measure in measures)])


def _finished(trial: GrantTrial, kind: GrantKind, subject: ExposureSubject, lows: Mapping[str, Sequence[int]]) -> GrantKind:
    """A kind whose parts are known, with what discretion and claims make of it, and with all the history under which it can be
    given."""
    stretch = max((stretch_of(trial, kind, name) for name in kind.parts), default=0)
    kind = replace(kind, stretch=stretch, totals=frozenset(_totals(trial, kind, subject)))
    return replace(kind, history={name: _earlier(trial, kind, name, lows) for name in kind.history})


def _earlier(trial: GrantTrial, kind: GrantKind, name: str, lows: Mapping[str, Sequence[int]]) -> tuple[int, int | None]:
    """The range of a history fact, from 0 on where as much is given with less history, too."""
    low, high = kind.history[name]
    asked = _asked(kind)
    remedy = next((each for each in kind.parts if trial.model.remedies[each].kind == "money"), None)
    if kind.stretch and remedy is not None:
        asked[remedy] += kind.stretch
    for value in lows[name]:
        if value < low:
            with_less = {**kind.history, name: (value, value)}
            if trial.decide(kind.facts, with_less, asked, discretion=bool(kind.stretch)).outcome != "grant":
                return low, high
    return 0, high


def _asked(kind: GrantKind) -> dict[str, int]:
    """All that a kind gives, with what is owed and without discretion."""
    return {name: kind.owed.get(name, 0) + part.most for name, part in kind.parts.items()}


def stretch_of(trial: GrantTrial, kind: GrantKind, remedy: str) -> int:
    """The most that discretion adds of a remedy: found by halving, since what it adds is refused from some amount on."""
    found = trial.view.discretion(trial.rank)
    if found is None or trial.model.remedies[remedy].kind != "money":
        return 0
    asked = _asked(kind)
    low, high = 0, min(found.each.minor, found.max.minor) + 1
    middle = high - 1  # most often all of it
    while high - low > 1:
        more = {**asked, remedy: asked[remedy] + middle}
        granted = trial.decide(kind.facts, kind.history, more, discretion=True).outcome == "grant"
        low, high = (middle, high) if granted else (low, middle)
        middle = (low + high) // 2
    return low


def _totals(trial: GrantTrial, kind: GrantKind, subject: ExposureSubject) -> Iterator[tuple[str, str]]:
    """The claims that every grant of the subject is under, and by which this kind gives no more once they had all of it."""
    asked = _asked(kind)
    for claim in trial.model.claims:
        for remedy in claim.remedies:
            if asked.get(remedy) and is_fixed_claim(trial.model, claim, subject):
                total = whole(trial.decide(kind.facts, kind.history, {}).limits[remedy])
                left = trial.decide(kind.facts, kind.history, {}, received={claim.name: total}).limits[remedy]
                if whole(left) < asked[remedy]:
                    yield claim.name, remedy


def parts_of(trial: GrantTrial, remedy: str, amount: int, bounds: Sequence[Bound]) -> Iterator[GrantPart]:
    """Of a count, one for each way in which its cost is rounded; where caps count it at its cost."""
    of = trial.model.remedies[remedy]
    if of.kind == "money":
        yield GrantPart(amount)
        return
    if not _is_costed(trial, remedy, bounds):
        yield GrantPart(amount, 0, 1, 0, 0) if of.kind == "count" else GrantPart(0, 1, 0, 0, 0)
        return
    each, over = minor_cost(of)  # the loader demands a cost where a cap counts it
    if of.kind == "exception":
        yield GrantPart(0, 1, 0, (2 * each + over) // (2 * over), 0)
        return
    for rest in _remainders(each, over, amount):
        yield GrantPart((amount - rest) // over, rest, over, (2 * each * rest + over) // (2 * over), each)


def _is_costed(trial: GrantTrial, remedy: str, bounds: Sequence[Bound]) -> bool:
    of = trial.model.remedies[remedy]
    return of.kind != "money" and any(remedy in each.counts and each.measure == "amount" for each in bounds)


def is_followed(trial: GrantTrial, remedy: str, bounds: Sequence[Bound]) -> bool:
    """Whether :func:`parts_of` has every way in which the cost of a remedy is rounded."""
    of = trial.model.remedies[remedy]
    return of.kind != "count" or not _is_costed(trial, remedy, bounds) or minor_cost(of)[1] <= _MOST_REMAINDERS


def _remainders(each: int, over: int, amount: int) -> list[int]:
    """The remainders of an amount, divided by ``over``, that are followed: a unit costs ``each / over`` smallest units."""
    every = range(min(over, amount + 1))
    if over <= _MOST_REMAINDERS:
        return list(every)
    cheapest = min(every, key=lambda rest: (2 * each * rest + over) // (2 * over) * over - each * rest)
    return sorted({0, cheapest, amount % over})


def _bundles(
    trial: GrantTrial,
    largest: LargestGrant,
    targets: Sequence[str],
    subject: ExposureSubject,
    lows: Mapping[str, Sequence[int]],
) -> Iterator[GrantKind]:
    """Several remedies in one grant, as the same case allows it."""
    facts = trial.facts_of(largest.facts)
    decision = trial.decide(facts, largest.history, {})
    limits = {name: whole(decision.limits[name]) - whole(decision.owed[name]) for name in targets}
    owed = {name: whole(decision.owed[name]) for name in targets if whole(decision.owed[name])}
    if largest.remedy in targets and largest.amount is not None:
        limits[largest.remedy] = min(limits[largest.remedy], largest.amount)
    given = [name for name, amount in limits.items() if amount > 0]
    for size in range(2, len(given) + 1):
        for names in combinations(given, size):
            asked = {name: owed.get(name, 0) + limits[name] for name in names}
            if trial.decide(facts, largest.history, asked).outcome == "grant":
                parts = {name: GrantPart(limits[name]) for name in names}
                kind = GrantKind(trial.role, facts, largest.history, parts, {n: owed[n] for n in names if n in owed})
                yield _finished(trial, kind, subject, lows)
