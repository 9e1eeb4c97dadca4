"""Grants that are at least as good as any: what bounds every sequence of grants, whether the policy decides so or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

from remit.authoring.exposure.grant_kinds import GrantKind, LargestGrant, is_followed, parts_of, within_caps
from remit.authoring.exposure.grant_trial import GrantTrial
from remit.authoring.exposure.subject import Bound, ExposureSubject, is_fixed_claim

__all__ = ["ideal_kinds"]

#: No grant is larger.
_LARGEST = 10**15


def ideal_kinds(
    trial: GrantTrial,
    largest: Sequence[LargestGrant],
    targets: Sequence[str],
    bounds: Sequence[Bound],
    subject: ExposureSubject,
    single: bool,
) -> list[GrantKind] | None:
    """Kinds of which every grant is at most one: the largest of each remedy together, with all discretion.
    ``None`` where nothing bounds one grant. ``single``: remedies are not given together, because that gains nothing."""
    if not all(is_followed(trial, name, bounds) for name in targets):
        return None
    found = trial.view.discretion(trial.rank)
    stretch = min(found.each.minor, found.max.minor) if found is not None else 0
    ranges = {repr(sorted(each.history.items())): each.history for each in largest}
    out: list[GrantKind] = []
    for history in ranges.values():
        most: dict[str, int] = {}
        more: dict[str, int] = {}  # with discretion
        for each in largest:
            if each.remedy in targets and all(_covers(each.history.get(name), span) for name, span in history.items()):
                amount = within_caps(trial, each.amount, _LARGEST, each.remedy, bounds)
                if amount >= _LARGEST:
                    return None
                most[each.remedy] = max(amount, most.get(each.remedy, 0))
                reached = amount + stretch if each.with_discretion is None else each.with_discretion
                more[each.remedy] = max(reached, more.get(each.remedy, 0))
        sizes = (1,) if single else range(1, len(most) + 1)
        for names in (names for size in sizes for names in combinations(most, size)):
            added = (more[name] - most[name] for name in names if trial.model.remedies[name].kind == "money")
            money = max(0, min(stretch, sum(added)))
            if any(most[name] for name in names) or money:
                ways = product(*(parts_of(trial, name, most[name], bounds) for name in names))
                apart = money or any(name in each.counts for each in bounds if not each.fixed for name in names)
                totals = frozenset() if apart else frozenset(_totals(trial, names, subject))
                kinds = (
                    GrantKind(trial.role, {}, history, dict(zip(names, way, strict=True)), {}, money, totals) for way in ways
                )
                out += kinds
    return [_from_nothing(each, out) for each in out]


def _totals(trial: GrantTrial, names: Sequence[str], subject: ExposureSubject) -> Iterator[tuple[str, str]]:
    """The claims of which everything that any rule gives of a remedy is a total, and nothing is owed. Where something is owed,
    what was received first as goodwill may be owed later; where one grant gives less than the rules do, the total is more than
    the largest grant."""
    model = trial.model
    for claim in model.claims:
        for name in set(names) & set(claim.remedies) - trial.view.reads_asked:
            rules = [rule for rule in model.rules if name in rule.may or name in rule.owed]
            owed = any(other in rule.owed for rule in model.rules for other in claim.remedies)
            if not owed and all(rule.id in claim.rules for rule in rules) and is_fixed_claim(model, claim, subject):
                yield claim.name, name


def _from_nothing(kind: GrantKind, kinds: Sequence[GrantKind]) -> GrantKind:
    """The kind from no history on, where as much is given with less."""
    if len(kind.history) != 1:
        return kind
    ((name, (low, high)),) = kind.history.items()
    rest = 0
    for other in sorted((each for each in kinds if set(each.history) == {name}), key=lambda each: each.history[name][0]):
        first, last = other.history[name]
        more = other.parts.keys() == kind.parts.keys() and all(other.parts[n].most >= kind.parts[n].most for n in kind.parts)
        if more and first <= rest and last is not None:
            rest = max(rest, last + 1)
    return replace(kind, history={name: (0, high)}) if rest >= low else kind


def _covers(wider: tuple[int, int | None] | None, span: tuple[int, int | None]) -> bool:
    if wider is None:
        return True
    return wider[0] <= span[0] and (wider[1] is None or (span[1] is not None and span[1] <= wider[1]))
