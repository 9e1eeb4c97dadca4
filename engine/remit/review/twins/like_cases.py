"""Which cases are alike in the eyes of a policy: the facts that its text reads for a role and a remedy, and the regions of
their values that it tells apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from remit.policy.trees import Reads
from remit.review.twins.fact_regions import Regions

if TYPE_CHECKING:
    from remit.policy.model import Condition, Fact, Model
    from remit.review.actions import Action

__all__ = ["ANY", "Key", "LikeCases"]

#: What like cases have in common: the policy's text, the role, the remedies asked for, and the regions of the facts.
Key: TypeAlias = tuple[str, str, tuple[str, ...], tuple[str, ...]]

#: In place of the remedies, where cases are alike whatever was asked for.
ANY: Final = ("*",)
#: Facts of these kinds have few enough values to make groups.
_GROUPING: Final = ("choice", "boolean", "text")


class LikeCases:
    """Like cases under one text of a policy.

    Two cases are alike where role and remedies are the same, and every fact that the policy reads for them is in the same
    region. It reads what the rules for these remedies say (conditions, and the amounts of the role and those below), what the
    guardrails for them say, and what evidence and approvals depend on. Ids, personal facts and masked facts are left out.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._reads, self._regions = Reads(model), Regions(model)
        self._chosen: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}

    def key(self, action: Action, without: str | None = None, *, of_any: bool = False) -> Key:
        """What the cases that are like this one share; ``without`` is a fact that may differ. ``of_any``: whatever remedy was
        asked for, and so the same of what the policy reads for any remedy. Who is refused is often not asked what they want."""
        asker = action.asker
        role, remedies = asker.role if asker is not None else "", ANY if of_any else tuple(sorted(action.parts))
        names = self._chosen.get((role, remedies))
        if names is None:
            names = self._chosen[role, remedies] = self.read_for(role, () if of_any else remedies)
        facts, region = action.facts, self._regions.region
        values = tuple([region(name, _day_or_fact(action, facts, name)) for name in names if name != without])
        return (action.digest or "", role, remedies, values)

    def group(self, name: str, value: Any) -> str | None:
        """Which group of customers a value of a fact makes, in words; ``None`` where it is not known."""
        value = self.model.facts[name].default if value is None else value
        return None if value is None else self._regions.words(name, value)

    def read_for(self, role: str, remedies: tuple[str, ...]) -> tuple[str, ...]:
        """The facts that make cases of this role and these remedies alike, and ``occurred``, in the order of the policy."""
        found = frozenset[str]().union(*map(self._reads, self._nodes(role, remedies or tuple(self.model.remedies))))
        facts = [name for name, fact in self.model.facts.items() if name in found and _is_comparable(fact)]
        return (*facts, "occurred") if self._regions.splits_days and "occurred" in found else tuple(facts)

    def unread(self) -> tuple[str, ...]:
        """The facts that make groups of customers though the policy reads them for nothing; not those about the employee."""
        nodes = [node for role in self.model.ladder[-1:] for node in self._nodes(role, tuple(self.model.remedies))]
        read = frozenset[str]().union(*map(self._reads, nodes))
        return tuple(
            name
            for name, fact in self.model.facts.items()
            if name not in read and _is_comparable(fact) and fact.type.kind in _GROUPING and not name.startswith("employee.")
        )

    def _nodes(self, role: str, remedies: tuple[str, ...]) -> Iterator[Any]:
        model = self.model
        rank = model.ladder.index(role) if role in model.ladder else len(model.ladder) - 1
        for rule in model.rules:
            may = {remedy: _up_to(model, rank, rule.may.get(remedy, {})) for remedy in remedies}
            owed = [rule.owed[remedy] for remedy in remedies if remedy in rule.owed]
            if owed or any(may.values()):
                yield from _condition(rule.when)
                yield from (each.node for each in (*owed, *(amount for some in may.values() for amount in some)))
        for guardrail in model.guardrails:
            covered = [remedy for remedy in remedies if guardrail.covers(remedy)]
            if covered:
                yield from _condition(guardrail.when)
                limits = (guardrail.limits.get(remedy, {}) for remedy in covered)
                yield from (amount.node for by_role in limits for amount in by_role.values())
        for when in (*(each.when for each in model.requires), *(each.when for each in model.approvals)):
            yield from _condition(when)


def _up_to(model: Model, rank: int, by_role: Mapping[str, Any]) -> list[Any]:
    return [amount for role, amount in by_role.items() if role not in model.ladder or model.ladder.index(role) <= rank]


def _condition(when: Condition | None) -> Iterable[Any]:
    return () if when is None else (when.node,)


def _is_comparable(fact: Fact) -> bool:
    return not (fact.personal or fact.mask or fact.is_id)


def _day_or_fact(action: Action, facts: Mapping[str, Any], name: str) -> Any:
    return action.occurred if name == "occurred" else facts.get(name)
