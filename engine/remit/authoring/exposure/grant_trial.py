"""What the policy decides of one case, with nothing used: asked again and again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from remit.authoring.proposing.situations import usual_day
from remit.core.views import PolicyView
from remit.deciding.policy import Policy
from remit.decision.decision import Decision
from remit.decision.quantities import as_quantity
from remit.decision.request import find_fact
from remit.language.values import Money

__all__ = ["GrantTrial", "whole"]


class GrantTrial:
    """Asks the policy what it decides of one case, with nothing used."""

    def __init__(self, policy: Policy, role: str) -> None:
        self.policy, self.model, self.role = policy, policy.model, role
        self.view, self.rank = PolicyView.of(policy.model), policy.model.ladder.index(role)
        self.day: date = usual_day(policy.model)
        self.noon = datetime.combine(self.day, time(12), ZoneInfo(policy.model.timezone))

    @cached_property
    def evidence(self) -> tuple[str, ...]:
        """All evidence that the policy knows: it is on file."""
        required = (name for each in self.model.requires for name in each.evidence)
        return tuple(dict.fromkeys((*self.model.evidence, *required)))

    def facts_of(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that are no history, by their dotted names, with an id for each that has none."""
        out = {}
        for name, fact in self.model.facts.items():
            if fact.history is None:
                value = find_fact(given, name)
                if value is None and fact.is_id:
                    value = f"{name.split('.')[0]}-1"
                if value is not None:
                    out[name] = value
        return out

    def decide(
        self,
        facts: Mapping[str, Any],
        history: Mapping[str, tuple[int, int | None]],
        asked: Mapping[str, int],
        *,
        discretion: bool = False,
        received: Mapping[str, int] | None = None,
    ) -> Decision:
        """The decision on ``asked``, in whole units, at the least history; ``received`` is what claims have had."""
        request = {
            "employee": {"id": "employee-1", "role": self.role},
            "asked": {name: self.quantity(name, amount) for name, amount in asked.items()},
            "facts": facts,
            "case": "case-1",
            "occurred": self.day,
            "evidence": self.evidence,
            **({"use_discretion": True, "story": "a story"} if discretion else {}),
        }
        balances = {name: self.money(amount) if self.is_money(name) else amount for name, amount in (received or {}).items()}
        return self.policy.decide(request, balances=balances, history=self.history_at(history), at=self.noon)

    def history_at(self, ranges: Mapping[str, tuple[int, int | None]]) -> dict[str, Any]:
        """The history facts at their least values."""
        facts = (fact for fact in self.model.facts.values() if fact.history is not None)
        least = {fact.name: (ranges.get(fact.name, (0, None))[0], fact.type.kind) for fact in facts}
        return {name: self.money(value) if kind == "money" else value for name, (value, kind) in least.items()}

    def is_money(self, balance: str) -> bool:
        """Whether a balance is in money."""
        return self.model.balances[balance] == self.model.currency_code

    def money(self, amount: int) -> Money:
        return Money.from_minor(amount, self.model.currency_code)

    def quantity(self, remedy: str, amount: int) -> Any:
        """An amount of a remedy as a request has it."""
        return as_quantity(self.model, self.model.remedies[remedy], amount)


def whole(quantity: Any) -> int:
    """As a whole number."""
    return quantity.minor if isinstance(quantity, Money) else int(quantity)
