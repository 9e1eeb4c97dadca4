"""The definition: what a policy means, told by walking its trees. Slow and plain; every other backend must agree with it.

Conditions are three-valued. A condition that is null although all facts are known (an invalid operation in it) does not match
as a rule's, and applies as a guardrail's or a requirement's: what is not known never grants (law 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import Node
from remit.language.values import Money, Unknown
from remit.policy.model import Amounts, Condition, Dated, Formula, Guardrail, Model, Requirement, Rule
from remit.readings.numbers.findings import KNOWN, Findings, FoundAmount, GuardrailFinding, RequirementFinding, RuleFinding
from remit.readings.numbers.number_amounts import amount_of
from remit.readings.numbers.table_choice import dated_value, table_value

__all__ = ["Scope", "condition", "find", "guardrail_finding", "requirement_finding", "rule_finding"]


class Scope(Mapping[str, Any]):
    """The names that conditions and formulas may read, each worked out when first read.

    A declared fact that is not in ``facts`` is :class:`Unknown` within its declared bounds; a value is evaluated once.
    """

    def __init__(
        self,
        model: Model,
        facts: Mapping[str, Any],
        *,
        employee: str,
        role: str,
        asked: Mapping[str, int],
        occurred: date | None,
    ) -> None:
        self._model = model
        self._known: dict[str, Any] = {
            "employee.id": employee,
            "employee.role": role,
            "occurred": Unknown(frozenset(("occurred",))) if occurred is None else occurred,
        }
        for name, fact in model.facts.items():
            value = facts.get(name)
            self._known[name] = Unknown(frozenset((name,)), fact.low, fact.high) if value is None else value
        for name, remedy in model.remedies.items():
            amount = asked.get(name, 0)
            if remedy.kind == "money":
                self._known[f"asked.{name}"] = Money.from_minor(amount, model.currency_code)
            else:
                self._known[f"asked.{name}"] = bool(amount) if remedy.kind == "exception" else Decimal(amount)

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = self._value(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        yield from {**self._known, **self._model.values}

    def __len__(self) -> int:
        return len({**self._known, **self._model.values})

    def evaluate(self, node: Node) -> Any:
        """The value of ``node`` in this scope; ``Unknown`` where it hangs on missing facts."""
        return evaluate(node, self, calendars=self._model.calendars)

    def test(self, node: Node, value: Any) -> Any:
        """The value of a unary test on ``value``."""
        return evaluate(node, self, value, calendars=self._model.calendars)

    def _value(self, name: str) -> Any:
        definition = self._model.values[name].definition
        match definition:
            case Formula(expression):
                return self.evaluate(expression.node)
            case Dated():
                return dated_value(definition, self)
            case _:
                return table_value(definition, self)


def find(
    model: Model,
    facts: Mapping[str, Any],
    *,
    employee: str,
    role: str,
    asked: Mapping[str, int],
    occurred: date | None,
) -> Findings:
    """Everything that matches or may match, for one role.

    ``facts`` maps full names to known values; ``asked`` remedies to whole amounts. Pure: same arguments, same findings.
    """
    scope = Scope(model, facts, employee=employee, role=role, asked=asked, occurred=occurred)
    rules = (rule_finding(model, scope, number, rule) for number, rule in enumerate(model.rules))
    guardrails = (guardrail_finding(model, scope, number, each) for number, each in enumerate(model.guardrails))
    requirements = (requirement_finding(scope, requirement) for requirement in model.requires)
    return Findings(
        tuple(each for each in rules if each is not None),
        tuple(each for each in guardrails if each is not None),
        tuple(each for each in requirements if each is not None),
    )


def rule_finding(model: Model, scope: Scope, number: int, rule: Rule) -> RuleFinding | None:
    """What a rule gives in ``scope``, or ``None`` where it surely does not match."""
    holds, missing = condition(scope, rule.when, null=False)
    if not holds:
        return None
    may = {remedy: _amounts(model, scope, remedy, amounts) for remedy, amounts in rule.may.items()}
    owed = _amounts_by_remedy(model, scope, rule.owed)
    return RuleFinding(number, rule, missing, {name: each for name, each in may.items() if each}, owed)


def guardrail_finding(model: Model, scope: Scope, number: int, guardrail: Guardrail) -> GuardrailFinding | None:
    """What a guardrail holds back in ``scope``, or ``None`` where it surely does not apply."""
    holds, missing = condition(scope, guardrail.when, null=True)
    if not holds:
        return None
    limits = {remedy: _ceilings(model, scope, remedy, amounts) for remedy, amounts in guardrail.limits.items()}
    return GuardrailFinding(number, guardrail, missing, limits)


def requirement_finding(scope: Scope, requirement: Requirement) -> RequirementFinding | None:
    """Whether a requirement holds or may hold; ``None`` where it surely does not."""
    holds, missing = condition(scope, requirement.when, null=True)
    return RequirementFinding(requirement, missing) if holds else None


def condition(scope: Scope, when: Condition | None, *, null: bool) -> tuple[bool, frozenset[str]]:
    """Whether it holds or may hold, and the facts it waits for. ``null`` is what an invalid condition counts as."""
    value = True if when is None else scope.evaluate(when.node)
    if isinstance(value, Unknown):
        return True, value.missing
    return (value if isinstance(value, bool) else null), KNOWN


def _amounts(model: Model, scope: Scope, remedy: str, amounts: Amounts) -> dict[str, FoundAmount]:
    out = {}
    for role, expression in amounts.items():
        amount = amount_of(model, model.remedies[remedy], scope.evaluate(expression.node))
        if amount is not None:
            out[role] = amount
    return out


def _amounts_by_remedy(model: Model, scope: Scope, owed: Amounts) -> dict[str, FoundAmount]:
    out = {}
    for remedy, expression in owed.items():
        amount = amount_of(model, model.remedies[remedy], scope.evaluate(expression.node))
        if amount is not None:
            out[remedy] = amount
    return out


def _ceilings(model: Model, scope: Scope, remedy: str, amounts: Amounts) -> dict[str, FoundAmount]:
    """As :func:`_amounts`, but an invalid limit is a limit of nothing."""
    known = _amounts(model, scope, remedy, amounts)
    return {role: known.get(role, FoundAmount(0, 0)) for role in amounts}
