"""Why a remedy is not given: the nearest rule, and the one condition of it that does not hold (law 6).

A rule is near where all of its conditions but one hold. Here, each rule is looked at; :mod:`remit.readings.code.near_index`
finds the same ones without looking at all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from remit.core.sentences import HERE, ONLY_WHERE
from remit.core.texts import NearRule
from remit.language import words
from remit.language.nodes import Between, Compare, In, Literal, Name, Node, Or
from remit.language.values import Unknown
from remit.policy.model import Fact, Model, Rule
from remit.policy.phrases import parts
from remit.policy.trees import reads
from remit.readings.numbers.number_amounts import amount_of, whole
from remit.readings.numbers.reference import Scope

__all__ = ["MOST_NEAR", "WhyNot"]

#: Of a remedy with more rules, none is looked for.
_MOST_RULES: Final = 2_000
#: Of more near rules, the first are looked at.
MOST_NEAR: Final = 16
#: Kinds of facts whose value is told.
_TOLD: Final = frozenset(("choice", "number", "money", "date", "duration"))


class WhyNot:
    """The nearest rules of one policy."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def nearest(self, remedies: Sequence[str], rank: int, scope: Scope) -> list[NearRule]:
        """For each of ``remedies``, what keeps the role of ``rank`` from giving it, where one condition does; no rule twice."""
        found: dict[str, NearRule] = {}
        for remedy in remedies:
            for rule, node, said in self._first(remedy, rank, scope):
                fact = self.told_of(node)
                here = "" if fact is None else self.here(fact, scope[fact.name])
                found.setdefault(rule.id, NearRule(rule.id, remedy, self.text(rule, said) + here))
        return list(found.values())

    def rules(self, remedy: str) -> list[Rule]:
        """The rules with conditions that may give ``remedy``, unless there are too many."""
        given = (rule for rule in self.model.rules if remedy in rule.may or remedy in rule.owed)
        rules = [rule for rule in given if rule.when is not None]
        return rules if len(rules) <= _MOST_RULES else []

    def _first(self, remedy: str, rank: int, scope: Scope) -> list[tuple[Rule, Node, str]]:
        """The first near rule that gives what is asked; else the first that gives anything."""
        asked, less = self._asked(remedy, scope), []
        for rule, node, said in islice(self._near(remedy, rank, scope), MOST_NEAR):
            given = self._gives(rule, remedy, rank, scope)
            if given and given >= asked:
                return [(rule, node, said)]
            if given:
                less.append((rule, node, said))
        return less[:1]

    def _asked(self, remedy: str, scope: Scope) -> int:
        """How much is asked, in whole units."""
        return whole(self.model, self.model.remedies[remedy], scope[f"asked.{remedy}"]) or 0

    def _near(self, remedy: str, rank: int, scope: Scope) -> Iterator[tuple[Rule, Node, str]]:
        """The rules of which one condition does not hold while all others do, in order, and which condition."""
        for rule in self.rules(remedy):
            assert rule.when is not None
            conditions = parts(rule.when)
            values = [scope.evaluate(node) for node, _ in conditions]
            failing = [place for place, value in enumerate(values) if value is not True]
            if len(failing) == 1 and not isinstance(values[failing[0]], Unknown):
                yield rule, *conditions[failing[0]]

    def _gives(self, rule: Rule, remedy: str, rank: int, scope: Scope) -> int:
        """The most that the rule would surely give, in whole units."""
        ladder = self.model.ladder[: rank + 1]
        mine = [amount for role, amount in rule.may.get(remedy, {}).items() if role in ladder]
        mine += [rule.owed[remedy]] if remedy in rule.owed else []
        found = (amount_of(self.model, self.model.remedies[remedy], scope.evaluate(each.node)) for each in mine)
        return max((each.low for each in found if each is not None), default=0)

    def text(self, rule: Rule, said: str) -> str:
        """Why ``rule`` does not help: the condition that fails, as ``said``."""
        why = rule.because.rstrip(". ") if rule.because else words.name(rule.id)
        return ONLY_WHERE.of(because=why, condition=said)

    def here(self, fact: Fact, value: Any) -> str:
        """What the fact is that does not do."""
        unit = f" {fact.unit}" if fact.unit else ""
        return HERE.of(value=f"{words.value(value)}{unit}")

    def told_of(self, node: Node) -> Fact | None:
        """The fact whose value is told: not where anything that is compared is about a person."""
        fact = self.model.facts.get(_subject(node) or "")
        if fact is None or fact.type.kind not in _TOLD:
            return None
        known = (self.model.facts[name] for name in reads(self.model, node) if name in self.model.facts)
        return None if any(each.personal or each.mask for each in known) else fact


def _subject(node: Node) -> str | None:
    """The name of what a condition tests, where it tests it as it is."""
    match node:
        case Compare(left=Name(name=name)) | Compare(right=Name(name=name), left=Literal()):
            return name
        case In(value=Name(name=name)) | Between(value=Name(name=name)):
            return name
        case Or(operands=operands) if len({*map(_subject, operands)}) == 1:
            return _subject(operands[0])
    return None
