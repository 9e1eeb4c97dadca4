"""By what hand-overs are alike: the rules that hold for them, and the facts that a rule could name.

Only what the log holds in the clear is read: facts about a person never make a group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from remit.language.nodes import Name
from remit.language.values import Unknown
from remit.ledger.recorded_facts import read_plain
from remit.policy.model import Amounts, Expression, Fact, Model, Rule, Table
from remit.policy.trees import Reads
from remit.readings.numbers.reference import Scope
from remit.readings.numbers.table_choice import rows_that_count
from remit.review.actions import Action

__all__ = ["Feature", "FeatureReader", "is_threshold", "own_amount", "table_of"]

#: A whole number is compared with a threshold where its fact has at most so many values.
_MOST_STEPS: Final = 10


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that hand-overs have in common: a ``rule`` that holds, with the ``row`` of the table that gives its amount
    where one does, or a ``fact`` that equals ``value``, or is at least that (``threshold``)."""

    kind: Literal["rule", "fact", "threshold"]
    name: str
    value: Any = None
    row: int | None = None

    @property
    def test(self) -> Any:
        """What a rule would test the fact for."""
        return f">= {self.value}" if self.kind == "threshold" else self.value


#: What a hand-over is like.
Features: TypeAlias = tuple[Feature, ...]


def own_amount(amounts: Amounts, role: str, ladder: tuple[str, ...]) -> Expression | None:
    """What a rule gives ``role``: its own amount, or that of the nearest role below."""
    return next((amounts[each] for each in reversed(ladder[: ladder.index(role) + 1]) if each in amounts), None)


def table_of(model: Model, amount: Expression | None) -> str | None:
    """The name of the table whose value an amount is, where it is nothing else."""
    if amount is None or not isinstance(amount.node, Name) or amount.node.name not in model.values:
        return None
    name = amount.node.name
    return name if isinstance(model.values[name].definition, Table) else None


def is_threshold(fact: Fact) -> bool:
    """Whether the fact is a whole number of few values, such as a severity from 1 to 5."""
    low, high = fact.low, fact.high
    return fact.type.integer and low is not None and high is not None and 0 < high - low <= _MOST_STEPS


class FeatureReader:
    """Reads the features of hand-overs under one policy; like facts are worked out once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._known: dict[tuple[Any, ...], Features] = {}

    def of(self, task: Action, role: str, remedy: str) -> Features:
        """All features of a request for ``remedy`` by ``role``."""
        return (*self._rules(task, role, remedy), *self.facts(task))

    def facts(self, task: Action) -> Iterator[Feature]:
        """The facts that a rule could name."""
        for name, fact in self._nameable.items():
            value = task.facts.get(name)
            if value is None or value == _APART:
                continue
            if is_threshold(fact):
                yield from (Feature("threshold", name, at) for at in range(int(fact.low) + 1, int(value) + 1))
            else:
                yield Feature("fact", name, value)

    @cached_property
    def _nameable(self) -> Mapping[str, Fact]:
        """Choices, truth values and whole numbers of few values; nothing about a person, and nothing from the past."""
        facts = self._model.facts.items()
        open_ = {name: each for name, each in facts if not (each.personal or each.mask or each.history or each.is_id)}
        return {
            name: each
            for name, each in open_.items()
            if not name.startswith("employee.") and (each.type.kind in ("choice", "boolean") or is_threshold(each))
        }

    @cached_property
    def _read(self) -> tuple[str, ...] | None:
        """The facts by which rules and tables choose; ``None`` where they read more than facts in the clear."""
        reads = Reads(self._model)
        nodes = [rule.when.node for rule in self._model.rules if rule.when is not None]
        for value in self._model.values.values():
            if isinstance(value.definition, Table):
                nodes += [each.node for each in value.definition.inputs]
        names = frozenset[str]().union(*map(reads, nodes)) - set(self._model.values)
        facts = self._model.facts
        plain = all(each in facts and facts[each].history is None for each in names)
        return tuple(sorted(names)) if plain else None

    def _rules(self, task: Action, role: str, remedy: str) -> Features:
        names = self._read
        key = (role, remedy, *(repr(task.facts.get(each)) for each in names)) if names is not None else (task.id, remedy)
        if key not in self._known:
            self._known[key] = tuple(self._holding(task, role, remedy))
        return self._known[key]

    def is_needed(self, rule: Rule, task: Action, role: str, fact: Feature) -> bool:
        """Whether ``rule``, which holds for ``task``, would not hold with any other value of a choice or a truth value."""
        kind = self._model.facts[fact.name].type
        others = kind.choices if kind.kind == "choice" else (True, False)
        scopes = (
            self._scope(replace(task, facts={**task.facts, fact.name: other}), role) for other in others if other != fact.value
        )
        return not any(self._holds(rule, scope) for scope in scopes)

    def goes_without_saying(self, fact: Feature) -> bool:
        """Whether it is what holds where nothing is said."""
        return bool(self._model.facts[fact.name].default == fact.value)

    def _scope(self, task: Action, role: str) -> Scope:
        facts = read_plain(self._model.facts, {name: value for name, value in task.facts.items() if value != _APART})
        asked = {name: part.asked for name, part in task.parts.items()}
        who = task.actor.id if task.actor is not None else ""
        return Scope(self._model, facts, employee=who, role=role, asked=asked, occurred=None)

    def _holding(self, task: Action, role: str, remedy: str) -> Iterator[Feature]:
        scope = self._scope(task, role)
        for rule in self._model.rules:
            if remedy in rule.may and self._holds(rule, scope):
                name = table_of(self._model, own_amount(rule.may[remedy], role, self._model.ladder))
                yield Feature("rule", rule.id, row=None if name is None else self._row(name, scope))

    @staticmethod
    def _holds(rule: Rule, scope: Scope) -> bool:
        return rule.when is None or scope.evaluate(rule.when.node) is True

    def _row(self, name: str, scope: Scope) -> int | None:
        """The row, from 0, of a table that gives its value; ``None`` where that hangs on what is not known here."""
        table = self._model.values[name].definition
        assert isinstance(table, Table)
        if any(isinstance(scope.evaluate(each.node), Unknown) for each in table.inputs):
            return None
        counting = [id(row) for row in rows_that_count(table, scope)]
        return next((at for at, row in enumerate(table.rows) if counting == [id(row)]), None)


#: What a record holds in place of a fact that stands apart from the log.
_APART: Final = {"apart": True}
