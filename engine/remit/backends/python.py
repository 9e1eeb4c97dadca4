"""The compiled backend: the same findings as :mod:`remit.backends.reference`, without looking at what does not matter.

A policy is analysed once, when it is loaded: conditions are split into tests of single names, which become an index
(:mod:`remit.backends.compiled.index`), and formulas that count with values become Python functions, built as syntax trees
(:mod:`remit.backends.compiled.expression`). :meth:`Compiled.find` uses the index for any request, complete or not;
:mod:`remit.decision.quick` uses both for the requests that are complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from remit.backends import reference
from remit.backends.amounts import amount_of
from remit.backends.compiled.domains import ROLE, domains
from remit.backends.compiled.index import Index, amounts, bits
from remit.backends.compiled.needs import Analysis
from remit.backends.findings import KNOWN, Amount, Findings, GuardrailFinding, RequirementFinding, RuleFinding
from remit.backends.reference import Scope
from remit.language.nodes import Literal, Node
from remit.language.values import Money
from remit.policy.model import Amounts, Guardrail, Model, Requirement, Rule

__all__ = ["Compiled"]

#: What rules gave is remembered for so many different facts.
_MOST_REMEMBERED: Final = 4096

#: Types whose equal values are the same to every expression (two equal date-times may have different time zones).
_EXACT: Final = frozenset((str, bool, Decimal, Money, date))


class Compiled:
    """One policy, indexed. Immutable once built, and safe to use from any number of threads."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.domains = domains(model)
        self.analysis = Analysis(model, self.domains)
        self.index = Index(model, self.domains, self.analysis)
        self._rules = tuple(self._constant(rule) for rule in model.rules)
        self._first_guardrail = len(model.rules)
        self._first_requirement = len(model.rules) + len(model.guardrails)
        self._read_by = [tuple(sorted(self.reads(bit) | self._counted_by(rule))) for bit, rule in enumerate(model.rules)]
        self._remembered: dict[tuple[Any, ...], RuleFinding | None] = {}
        #: Whether anything reads the role of the employee: if not, what is found for one role is found for all.
        self.by_role = any(ROLE in self.analysis.reads(node) for node in self.nodes())

    def find(
        self,
        facts: Mapping[str, Any],
        *,
        employee: str,
        role: str,
        asked: Mapping[str, int],
        occurred: date | None,
    ) -> Findings:
        """As :func:`remit.backends.reference.find`, with the same result."""
        scope = Scope(self.model, facts, employee=employee, role=role, asked=asked, occurred=occurred)
        values = {**self._always(employee, role, asked, occurred), **facts}
        sure, maybe = self.index.match(self.index.classes(values))
        return self.collect(scope, sure, maybe)

    def _always(self, employee: str, role: str, asked: Mapping[str, int], occurred: date | None) -> dict[str, Any]:
        out: dict[str, Any] = {"employee.id": employee, "employee.role": role, "occurred": occurred}
        for name, remedy in self.model.remedies.items():
            amount = asked.get(name, 0)
            if remedy.kind == "money":
                out[f"asked.{name}"] = Money.from_minor(amount, self.model.currency or "XXX")
            else:
                out[f"asked.{name}"] = bool(amount) if remedy.kind == "exception" else amount
        return out

    def collect(self, scope: Scope, sure: int, maybe: int) -> Findings:
        """The findings for the conditions in ``maybe``; those in ``sure`` hold as far as the index goes."""
        rules: list[RuleFinding] = []
        guardrails: list[GuardrailFinding] = []
        requirements: list[RequirementFinding] = []
        for bit in bits(maybe):
            known = bool(sure >> bit & 1) and self.index.clauses[bit].plain
            match self.part(bit):
                case Rule() as rule:
                    found = self._rules[bit] if known else None
                    found = found or self._rule(scope, bit, rule, known)
                    rules += [found] if found is not None else []
                case Guardrail() as guardrail:
                    held = reference.guardrail_finding(self.model, scope, guardrail, sure=known)
                    guardrails += [held] if held is not None else []
                case requirement:
                    needed = reference.requirement_finding(scope, requirement, sure=known)
                    requirements += [needed] if needed is not None else []
        return Findings(tuple(rules), tuple(guardrails), tuple(requirements))

    def _rule(self, scope: Scope, bit: int, rule: Rule, known: bool) -> RuleFinding | None:
        """What ``rule`` gives; remembered, because the same rates and kinds of incident come again and again."""
        values = [scope[name] for name in self._read_by[bit]]
        if not all(type(value) in _EXACT for value in values):
            return reference.rule_finding(self.model, scope, rule, sure=known)
        key = (bit, known, *values)
        try:
            return self._remembered[key]
        except KeyError:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = reference.rule_finding(self.model, scope, rule, sure=known)
            return found

    def part(self, bit: int) -> Rule | Guardrail | Requirement:
        """The rule, guardrail or requirement of a bit of the index."""
        model = self.model
        if bit < self._first_guardrail:
            return model.rules[bit]
        if bit < self._first_requirement:
            return model.guardrails[bit - self._first_guardrail]
        return model.requires[bit - self._first_requirement]

    def constant(self, bit: int) -> RuleFinding | None:
        """What the rule of a bit gives where it matches, if that hangs on nothing."""
        return self._rules[bit]

    def beyond(self, bit: int) -> frozenset[str]:
        """The names that the part with this bit reads, those aside that the index has settled for it."""
        clause, part = self.index.clauses[bit], self.part(bit)
        nodes = [*clause.settled, *clause.counting]
        if isinstance(part, Guardrail):
            nodes += [each.node for by_role in part.limits.values() for each in by_role.values()]
        counted = self._counted_by(part) if isinstance(part, Rule) else frozenset[str]()
        return counted.union(*(self.analysis.reads(self.analysis.folded(node)) for node in nodes))

    def _counted_by(self, rule: Rule) -> frozenset[str]:
        """The names that the amounts of ``rule`` read."""
        nodes = [each.node for by_role in rule.may.values() for each in by_role.values()]
        nodes += [each.node for each in rule.owed.values()]
        return frozenset[str]().union(*(self.analysis.reads(self.analysis.folded(node)) for node in nodes))

    def reads(self, bit: int) -> frozenset[str]:
        """The names that the condition with this bit reads."""
        when = self.part(bit).when
        return frozenset() if when is None else self.analysis.reads(self.analysis.folded(when.node))

    def nodes(self) -> Iterator[Node]:
        """Every condition and amount, folded."""
        for bit in range(len(self.index.clauses)):
            when = self.part(bit).when
            if when is not None:
                yield self.analysis.folded(when.node)
        yield from (self.analysis.folded(node) for node, _ in amounts(self.model))

    def _constant(self, rule: Rule) -> RuleFinding | None:
        """What ``rule`` gives where it matches, if that hangs on nothing."""
        may = {remedy: self._fixed(remedy, amounts) for remedy, amounts in rule.may.items()}
        owed = self._fixed_by_remedy(rule.owed)
        if owed is None or any(each is None for each in may.values()):
            return None
        return RuleFinding(rule, KNOWN, {remedy: each for remedy, each in may.items() if each}, owed)

    def _fixed(self, remedy: str, amounts: Amounts) -> dict[str, Amount] | None:
        out = {}
        for role, expression in amounts.items():
            node = self.analysis.folded(expression.node)
            if not isinstance(node, Literal):
                return None
            amount = amount_of(self.model, self.model.remedies[remedy], node.value)
            if amount is not None:
                out[role] = amount
        return out

    def _fixed_by_remedy(self, owed: Amounts) -> dict[str, Amount] | None:
        out = {}
        for remedy, expression in owed.items():
            node = self.analysis.folded(expression.node)
            if not isinstance(node, Literal):
                return None
            amount = amount_of(self.model, self.model.remedies[remedy], node.value)
            if amount is not None:
                out[remedy] = amount
        return out
