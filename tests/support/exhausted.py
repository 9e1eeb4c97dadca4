"""What holds of a small policy, found by deciding every request that can be made: what proofs must agree with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from remit.core.authorities import Authority
from remit.core.texts import Texts
from remit.core.views import PolicyView
from remit.deciding.policy import reference_decision
from remit.decision.inputs import Inputs, check_request
from remit.decision.quantities import as_quantity
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import names_in
from remit.language.values import Money
from remit.policy.model import Guardrail, Model, Promise, Rule, Table
from remit.readings.numbers.definition import NumberCase, find_by_reference
from remit.readings.numbers.findings import Findings
from remit.readings.numbers.number_views import SURE
from remit.readings.numbers.reference import Scope
from remit.readings.numbers.table_choice import rows_that_count
from support.provable import Space

__all__ = ["Exhausted"]

#: Amounts that may be asked; no policy of :mod:`support.provable` gives more than the largest.
_ASKED = (*range(1, 17), 20, 27, 40)


class Exhausted:
    """All requests to one policy, each decided by the definition."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.facts = list(Space.of(model))
        self.reads_asked = "asked." in model.text
        self._texts = Texts(PolicyView.of(model))

    def request(self, facts: Mapping[str, Any], role: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """As a service app sends it."""
        return {"employee": {"id": "e-1", "role": role}, "asked": dict(asked), "facts": dict(facts), "occurred": "2026-01-03"}

    def asked(self, remedy: str, amount: int) -> dict[str, Any]:
        """So much of one remedy."""
        if not amount:
            return {}
        kind = self.model.remedies[remedy].kind
        return {remedy: f"{amount} JPY" if kind == "money" else True if kind == "exception" else amount}

    # Limits and promises

    @cached_property
    def amounts(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Of each case, what promises read of it, when nothing is asked."""
        return [(facts, self.known(self.model, facts)) for facts in self.facts]

    def known(self, model: Model, facts: Mapping[str, Any]) -> dict[str, Any]:
        """``limit.REMEDY.ROLE`` and ``owed.REMEDY`` in one case under ``model``."""
        found: dict[str, Any] = {}
        inputs = self.inputs(facts, model.ladder[0], {})
        for rank, role in enumerate(model.ladder):
            bundle = NumberCase(model, replace(inputs, role=role), self._texts_of(model)).bundle(SURE)
            for name, remedy in model.remedies.items():
                known = bundle.authority(name)
                found[f"limit.{name}.{role}"] = as_quantity(model, remedy, known.limit)
                if rank == 0:
                    found[f"owed.{name}"] = as_quantity(model, remedy, known.claim)
        return found

    def decided(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The same, read from whole decisions."""
        found: dict[str, Any] = {}
        for role in self.model.ladder:
            decision = reference_decision(self.model, self.request(facts, role, {}))
            found |= {f"limit.{name}.{role}": each for name, each in decision.limits.items()}
            found |= {f"owed.{name}": each for name, each in decision.owed.items() if f"owed.{name}" not in found}
        return found

    def _texts_of(self, model: Model) -> Texts:
        return self._texts if model is self.model else Texts(PolicyView.of(model))

    def broken(self, promise: Promise) -> dict[str, Any] | None:
        """A case in which the promise is false."""
        names = names_in(promise.always.node)
        for facts, amounts in self.amounts:
            scope = self.scope(facts, self.model.ladder[0])
            known = {name: Decimal(each) if type(each) is int else each for name, each in amounts.items() if name in names}
            given = {name: scope[name] for name in names if name not in known}
            if evaluate(promise.always.node, {**given, **known}, calendars=self.model.calendars) is False:
                return facts
        return None

    def scope(self, facts: Mapping[str, Any], role: str, asked: Mapping[str, Any] | None = None) -> Scope:
        """What formulas read."""
        return Scope.of(self.model, self.inputs(facts, role, asked or {}))

    def inputs(self, facts: Mapping[str, Any], role: str, asked: Mapping[str, Any]) -> Inputs:
        """The checked request."""
        return check_request(self.model, self.request(facts, role, asked))

    def falls(self, remedy: str) -> dict[str, Any] | None:
        """A case in which a role may give less than a lower one."""
        for facts, amounts in self.amounts:
            limits = [minor(amounts[f"limit.{remedy}.{role}"]) for role in self.model.ladder]
            if limits != sorted(limits):
                return facts
        return None

    def authority(self, facts: Mapping[str, Any], role: str, remedy: str) -> Authority:
        """What the laws say."""
        return NumberCase(self.model, self.inputs(facts, role, {}), self._texts).bundle(SURE).authority(remedy)

    def below(self, remedy: str) -> dict[str, Any] | None:
        """A case in which less than what is owed may be given, and no guardrail names the remedy."""
        for facts in self.facts:
            for role in self.model.ladder:
                known = self.authority(facts, role, remedy)
                if known.limit < known.owed and not known.is_held:
                    return facts
        return None

    def most(self, remedy: str, role: str) -> int:
        """The largest amount that may be given at once, alone or with some of another remedy."""
        if not self.reads_asked:
            return max(minor(amounts[f"limit.{remedy}.{role}"]) for _, amounts in self.amounts)
        read = [other for other in self.model.remedies if other != remedy and f"asked.{other}" in self.model.text]
        beside = [{}, *({other: amount} for other in read for amount in self._amounts_asked(other))]
        every = [self.inputs(facts, role, {}) for facts in self.facts]
        for amount in reversed(self._amounts_asked(remedy)):
            for asked in ({remedy: amount, **more} for more in beside):
                if any(self._within(replace(inputs, asked=asked)) for inputs in every):
                    return amount
        return 0

    def _amounts_asked(self, remedy: str) -> tuple[int, ...]:
        return (1,) if self.model.remedies[remedy].kind == "exception" else _ASKED

    def _within(self, inputs: Inputs) -> bool:
        """Whether all that is asked is within its limit."""
        bundle = NumberCase(self.model, inputs, self._texts).bundle(SURE)
        return all(bundle.authority(name).limit >= amount for name, amount in inputs.asked.items())

    # What cannot be worked out, and what is dead

    def findings(self, *, asked: bool = True) -> Iterator[tuple[dict[str, Any], str, Findings, NumberCase]]:
        """What the trees come to in every case; with what may be ``asked`` alone, where the policy reads it."""
        for facts in self.facts:
            for role in self.model.ladder:
                for each in self._asked() if asked else [{}]:
                    inputs = self.inputs(facts, role, each)
                    yield facts, role, find_by_reference(self.model, inputs, role), NumberCase(self.model, inputs, self._texts)

    def _asked(self) -> list[dict[str, Any]]:
        if not self.reads_asked:
            return [{}]
        return [{}, *(self.asked(name, amount) for name in self.model.remedies for amount in (1, 2, 3, 4, 5, 8, 20))]

    def failing(self) -> set[str]:
        """The rules and guardrails that cannot be worked out in some case that is not denied anyway."""
        found: set[str] = set()
        for _, _, findings, case in self.findings():
            bundle = case.bundle(SURE)
            for rule in findings.undetermined:
                if any(not bundle.authority(name).blocked_denies for name in rule.causes):
                    found.add(rule.rule.id)
            for guardrail in findings.guardrails:
                of = guardrail.guardrail
                covered = [name for name in self.model.remedies if of.covers(name) or name in of.limits]
                if guardrail.cause and not all(bundle.authority(name).blocked_denies for name in covered):
                    found.add(of.id)
        return found

    def applying(self) -> set[str]:
        """The rules that hold, and the guardrails that apply, in some case."""
        found: set[str] = set()
        for _, _, findings, _ in self.findings():
            found.update(each.rule.id for each in findings.rules)
            found.update(each.guardrail.id for each in findings.guardrails)
        return found

    def rows(self, table: Table) -> set[int]:
        """The rows that count in some case, from 1 on."""
        found: set[int] = set()
        for facts in self.facts:
            for role in self.model.ladder:
                for asked in self._asked():
                    rows = rows_that_count(table, self.scope(facts, role, asked))
                    found.update(number + 1 for number, row in enumerate(table.rows) if any(row is each for each in rows))
        return found

    def without(self, gone: Rule | Guardrail) -> Model:
        """The policy without one of its rules or guardrails."""
        rules = tuple(each for each in self.model.rules if each is not gone)
        return replace(self.model, rules=rules, guardrails=tuple(each for each in self.model.guardrails if each is not gone))

    def changes(self, gone: Rule | Guardrail) -> dict[str, Any] | None:
        """A case in which somebody may give something else without it."""
        other = self.without(gone)
        return next((facts for facts, amounts in self.amounts if self.known(other, facts) != amounts), None)

    def gives_more(self, rule: Rule) -> bool:
        """Whether the rule gives something that no other rule gives, if no guardrail held anything back; or is the only one
        that holds."""
        alone = replace(self.model, rules=(rule,), guardrails=())
        others = replace(self.without(rule), guardrails=())
        for facts in self.facts:
            mine, theirs = self.known(alone, facts), self.known(others, facts)
            if any(minor(mine[name]) > minor(theirs[name]) for name in mine):
                return True
            for role in self.model.ladder:
                inputs = self.inputs(facts, role, {})
                bundle = NumberCase(alone, inputs).bundle(SURE)
                rest = NumberCase(others, inputs).bundle(SURE)
                names: Iterable[str] = dict.fromkeys((*rule.may, *rule.owed))
                if any(bundle.authority(name).spoken and not rest.authority(name).spoken for name in names):
                    return True
        return False


def minor(value: Any) -> int:
    """An amount in smallest units."""
    return value.minor if isinstance(value, Money) else int(value)
