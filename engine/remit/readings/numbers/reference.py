"""The definition: what a policy means, told by walking its trees. Slow and plain; every other backend must agree with it.

Conditions are three-valued. A condition that is null although all facts are known (an invalid operation in it) does not match
as a rule's, and applies as a guardrail's or a requirement's: what is not known never grants (law 5). That it has no value is
found too (law 11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from remit.decision.inputs import Inputs
from remit.language.builtins import BUILTINS, Builtin
from remit.language.evaluating.budget import Budget
from remit.language.evaluating.evaluator import evaluate, runs_out
from remit.language.evaluating.loops import Loop
from remit.language.nodes import Call, Invocation, Node
from remit.language.values import Money, Unknown
from remit.policy.model import Amounts, Condition, Dated, Formula, Guardrail, Model, Requirement, Rule
from remit.policy.trees import budget_of
from remit.readings.numbers.findings import (
    KNOWN,
    Findings,
    FoundAmount,
    GuardrailFinding,
    RequirementFinding,
    RuleFinding,
    UndeterminedFinding,
)
from remit.readings.numbers.number_amounts import amount_of
from remit.readings.numbers.table_choice import dated_value, table_value

__all__ = ["Scope", "condition", "find"]


class Scope(Mapping[str, Any]):
    """The names that conditions and formulas may read, each worked out when first read.

    A declared fact that is not in ``facts`` is :class:`Unknown` within its declared bounds; a value is evaluated once.
    ``requested``, the time of the request, is null where it is not known: nobody can be asked for it (law 11).
    ``budget`` is that of each loop (:func:`remit.policy.trees.budget_of`), ``functions`` are the built-in ones.
    """

    _budget: Budget | None = None
    functions: Mapping[str, Builtin] = BUILTINS

    def __init__(
        self,
        model: Model,
        facts: Mapping[str, Any],
        *,
        employee: str,
        role: str,
        asked: Mapping[str, int],
        occurred: date | None,
        requested: datetime | None = None,
        budget: Budget | None = None,
        functions: Mapping[str, Builtin] = BUILTINS,
    ) -> None:
        self._model = model
        self._budget = budget
        self.functions = functions
        #: Why named values are null, once each (:mod:`remit.readings.numbers.causes`).
        self.causes: dict[str, Any] = {}
        self._known: dict[str, Any] = {
            "employee.id": employee,
            "employee.role": role,
            "occurred": Unknown(frozenset(("occurred",))) if occurred is None else occurred,
        }
        if model.reads_requested:
            self._known["requested"] = requested
        for name, fact in model.facts.items():
            value = facts.get(name)
            self._known[name] = Unknown(frozenset((name,)), fact.low, fact.high) if value is None else value
        for name, remedy in model.remedies.items():
            amount = asked.get(name, 0)
            if remedy.kind == "money":
                self._known[f"asked.{name}"] = Money.from_minor(amount, model.currency_code)
            else:
                self._known[f"asked.{name}"] = bool(amount) if remedy.kind == "exception" else Decimal(amount)

    @classmethod
    def of(
        cls,
        model: Model,
        inputs: Inputs,
        *,
        role: str | None = None,
        asked: Mapping[str, int] | None = None,
        history: Mapping[str, Any] = MappingProxyType({}),
        budget: Budget | None = None,
        functions: Mapping[str, Builtin] = BUILTINS,
    ) -> Scope:
        """What a checked request says; read by another ``role``, with something else ``asked``, or with facts of a ledger."""
        return cls(
            model,
            {**inputs.facts, **history} if history else inputs.facts,
            employee=inputs.employee,
            role=inputs.role if role is None else role,
            asked=inputs.asked if asked is None else asked,
            occurred=inputs.occurred,
            requested=inputs.requested,
            budget=budget,
            functions=functions,
        )

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
        return evaluate(node, self, **self._setting)

    def test(self, node: Node, value: Any) -> Any:
        """The value of a unary test on ``value``."""
        return evaluate(node, self, value, **self._setting)

    def runs_out(self, loop: Call | Loop | Invocation) -> bool:
        """Whether a loop or a call is null because it takes too many steps."""
        return runs_out(loop, self, **self._setting)

    @property
    def _setting(self) -> dict[str, Any]:
        return {
            "calendars": self._model.calendars,
            "budget": self._budget or budget_of(self._model),
            "functions": self.functions,
        }

    def _value(self, name: str) -> Any:
        definition = self._model.values[name].definition
        match definition:
            case Formula(expression):
                return self.evaluate(expression.node)
            case Dated():
                return dated_value(definition, self)
            case _:
                return table_value(definition, self)


def find(model: Model, scope: Scope) -> Findings:
    """Everything that matches or may match, for the role of ``scope``. Pure: same arguments, same findings."""
    rules: list[RuleFinding] = []
    undetermined: list[UndeterminedFinding] = []
    for number, rule in enumerate(model.rules):
        holds, missing = condition(scope, rule.when)
        if holds:
            rules.append(rule_finding(model, scope, number, rule, missing))
        if holds is not False:
            undetermined += _undetermined(model, scope, rules[-1] if holds else RuleFinding(number, rule, missing, {}, {}))
    guardrails = (guardrail_finding(model, scope, number, each) for number, each in enumerate(model.guardrails))
    requirements = (requirement_finding(scope, requirement) for requirement in model.requires)
    return Findings(
        tuple(rules),
        tuple(each for each in guardrails if each is not None),
        tuple(each for each in requirements if each is not None),
        tuple(undetermined),
    )


def rule_finding(model: Model, scope: Scope, number: int, rule: Rule, missing: frozenset[str]) -> RuleFinding:
    """What a rule gives in ``scope``, where it matches or (waiting for ``missing``) may match."""
    may = {remedy: _amounts(model, scope, remedy, amounts) for remedy, amounts in rule.may.items()}
    owed = _amounts_by_remedy(model, scope, rule.owed)
    return RuleFinding(number, rule, missing, {name: each for name, each in may.items() if each}, owed)


def _undetermined(model: Model, scope: Scope, found: RuleFinding) -> Iterator[UndeterminedFinding]:
    """That some of what a rule that may match gives cannot be worked out (law 11): what ``found`` does not have."""
    rule, names = found.rule, dict.fromkeys((*found.rule.may, *found.rule.owed))
    said = [(name, len(rule.may.get(name, ())) + (name in rule.owed)) for name in names]
    known = {name: len(found.may.get(name, ())) + (name in found.owed) for name in names}
    lacking = [name for name, count in said if known[name] < count]
    if not lacking:
        return
    from remit.readings.numbers.causes import rule_cause  # only where something cannot be worked out

    found_causes = ((name, rule_cause(model, scope, rule, name)) for name in lacking)
    causes = {name: cause.text for name, cause in found_causes if cause}
    if causes:
        yield UndeterminedFinding(found.number, rule, found.missing, causes)


def guardrail_finding(model: Model, scope: Scope, number: int, guardrail: Guardrail) -> GuardrailFinding | None:
    """What a guardrail holds back in ``scope``, or ``None`` where it surely does not apply."""
    holds, missing = condition(scope, guardrail.when)
    if holds is False:
        return None
    known = {remedy: _amounts(model, scope, remedy, amounts) for remedy, amounts in guardrail.limits.items()}
    # A limit that cannot be worked out is a limit of nothing.
    limits = {
        remedy: {role: found.get(role, FoundAmount(0, 0)) for role in guardrail.limits[remedy]}
        for remedy, found in known.items()
    }
    null_limits = {
        remedy: tuple(role for role in amounts if role not in known[remedy]) for remedy, amounts in guardrail.limits.items()
    }
    cause = None
    if holds is None or any(null_limits.values()):
        from remit.readings.numbers.causes import guardrail_cause  # only where something cannot be worked out

        cause = guardrail_cause(model, scope, guardrail)
    said = _amounts_by_remedy(model, scope, guardrail.most)
    most = {remedy: said.get(remedy, FoundAmount(0, 0)) for remedy in guardrail.most}  # as a limit
    text = cause.text if cause else ""
    return GuardrailFinding(number, guardrail, missing, limits, most, text, holds is None, null_limits)


def requirement_finding(scope: Scope, requirement: Requirement) -> RequirementFinding | None:
    """Whether a requirement holds or may hold; ``None`` where it surely does not."""
    holds, missing = condition(scope, requirement.when)
    return None if holds is False else RequirementFinding(requirement, missing)


def condition(scope: Scope, when: Condition | None) -> tuple[bool | None, frozenset[str]]:
    """Whether it holds or may hold, and the facts it waits for; ``None`` where it cannot be worked out."""
    value = True if when is None else scope.evaluate(when.node)
    if isinstance(value, Unknown):
        return True, value.missing
    return (value if isinstance(value, bool) else None), KNOWN


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
