"""What was found out about a policy and a request, read in one way: as the laws take it.

A :data:`Hope` decides, for each piece that is open, whether it is read in the customer's favour. Reading everything favourably
and everything unfavourably bounds what can still come out; reading it favourably in all but one fact shows whether that fact
matters (law 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from remit.core.views import INFINITE, GuardrailView, PolicyView, RequirementView, RuleView, UndeterminedView
from remit.decision.inputs import Inputs
from remit.language.values import Unknown
from remit.readings.numbers.findings import Findings, FoundAmount, RuleFinding

__all__ = ["HOPEFUL", "SURE", "FoundView", "Hope", "requirements"]

#: ``hope(missing, widens)``: whether a piece that waits for the facts in ``missing`` is read in the customer's favour.
#: ``widens`` is true for rules, false for what narrows.
Hope: TypeAlias = Callable[[frozenset[str], bool], bool]


def SURE(missing: frozenset[str], widens: bool) -> bool:  # noqa: N802 - a constant that happens to be a function
    """Nothing that is open counts in the customer's favour."""
    return False


def HOPEFUL(missing: frozenset[str], widens: bool) -> bool:  # noqa: N802
    """Everything that is open turns out in the customer's favour."""
    return True


class FoundView:
    """A :class:`remit.core.views.View` of findings, which ``find`` gives for a rank; what surely does not hold is left out."""

    def __init__(self, policy: PolicyView, inputs: Inputs, find: Callable[[int], Findings], hope: Hope) -> None:
        self._policy = policy
        self._inputs = inputs
        self._find = find
        self.hope = hope
        self._rules: dict[int, list[RuleView]] = {}
        self._guardrails: dict[int, list[GuardrailView]] = {}

    def rules(self, rank: int) -> Iterable[Sequence[RuleView]]:
        if not self._policy.by_role:
            return (self._rules_of(0),)  # what is found for one role is found for all
        return map(self._rules_of, range(rank, -1, -1))

    def _rules_of(self, rank: int) -> list[RuleView]:
        if rank not in self._rules:
            self._rules[rank] = [
                RuleView(
                    each.number,
                    each.rule,
                    not each.missing or self.hope(each.missing, True),
                    {name: self._ladder(amounts) for name, amounts in each.may.items()},
                    {name: (self._value(amount, True), self._said(amount)) for name, amount in each.owed.items()},
                    self._claims(each),
                )
                for each in self._find(rank).rules
            ]
        return self._rules[rank]

    def _ladder(self, amounts: Mapping[str, FoundAmount]) -> list[tuple[int, int, bool]]:
        return [(self._policy.ranks[role], self._value(each, True), self._said(each)) for role, each in amounts.items()]

    def _claims(self, found: RuleFinding) -> dict[str, bool]:
        holds = not (found.missing and self.hope(found.missing, False))
        names = self._policy.totals.get(found.rule.id, ())
        return {name: holds and (name not in found.rule.owed or self._owes(found.owed.get(name))) for name in names}

    def _owes(self, amount: FoundAmount | None) -> bool:
        if amount is None:
            return False
        least = amount.missing and self.hope(amount.missing, False)
        return amount.low > 0 if least else amount.high is None or amount.high > 0

    def undetermined(self, rank: int) -> Sequence[UndeterminedView]:
        found = self._find(rank if self._policy.by_role else 0).undetermined if self._policy.meaning > 1 else ()
        held = (each for each in found if not each.missing or self.hope(each.missing, True))
        return [
            UndeterminedView(each.number, each.rule, {name: (True, cause) for name, cause in each.causes.items()})
            for each in held
        ]

    def guardrails(self, rank: int) -> Sequence[GuardrailView]:
        rank = rank if self._policy.by_role else 0
        if rank not in self._guardrails:
            self._guardrails[rank] = [
                GuardrailView(
                    each.number,
                    each.guardrail,
                    not (each.missing and self.hope(each.missing, False)),
                    {
                        name: [(self._policy.ranks[role], self._value(amount, False)) for role, amount in amounts.items()]
                        for name, amounts in each.limits.items()
                    },
                    self._policy.meaning > 1 and each.null,
                    each.cause,
                    not each.null and (not each.missing or self.hope(each.missing, True)),
                    {name: self._value(amount, True) for name, amount in each.most.items()},
                    {
                        name: [(self._policy.ranks[role], True) for role in roles]
                        for name, roles in each.null_limits.items()
                        if self._policy.meaning > 1
                    },
                )
                for each in self._find(rank).guardrails
            ]
        return self._guardrails[rank]

    def used(self, balance: str) -> int:
        used = self._inputs.balances.get(balance, 0)
        if isinstance(used, Unknown):
            return 0 if self.hope(used.missing, False) else INFINITE
        return used

    def _value(self, amount: FoundAmount, widens: bool) -> int:
        if amount.missing and self.hope(amount.missing, widens):
            return INFINITE if amount.high is None else amount.high
        return amount.low

    def _said(self, amount: FoundAmount) -> bool:
        return amount.said or self.hope(amount.missing, True)


def requirements(found: Findings) -> list[RequirementView]:
    """The requirements that hold or may hold."""
    return [
        RequirementView(each.requirement, not each.missing, bool(each.missing), each.missing) for each in found.requirements
    ]
