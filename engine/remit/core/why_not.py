"""Why a remedy is not given: the nearest rule, and the one condition of it that does not hold (law 6).

A rule is near where all of its conditions but one hold. Here, each rule is looked at; :mod:`remit.readings.code.near_index`
finds the same ones without looking at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol

from remit.language import words
from remit.language.nodes import Between, Compare, In, Literal, Name, Node, Or
from remit.language.values import Money, Unknown
from remit.policy.model import Model, Rule
from remit.policy.phrases import parts

__all__ = ["FactScope", "NearRule", "WhyNot"]

#: Of a remedy with more rules, none is looked for.
_MOST_RULES: Final = 2_000
#: Of more near rules, the first are looked at.
_MOST_NEAR: Final = 16
#: Kinds of facts whose value is told.
_TOLD: Final = frozenset(("choice", "number", "money", "date", "duration"))


class FactScope(Protocol):
    """What a request says."""

    def __getitem__(self, name: str) -> Any: ...

    def evaluate(self, node: Node) -> Any:
        """The value of an expression."""


class NearRule(NamedTuple):
    """A rule that would give ``remedy`` but for one condition; ``text`` says which."""

    rule: str
    remedy: str
    text: str


class WhyNot:
    """The nearest rules of one policy."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def nearest(self, remedies: Sequence[str], rank: int, scope: FactScope) -> list[NearRule]:
        """For each of ``remedies``, what keeps the role of ``rank`` from giving it, where one condition does; no rule twice."""
        found: dict[str, NearRule] = {}
        for remedy in remedies:
            for rule, node, said in self._first(remedy, rank, scope):
                found.setdefault(rule.id, NearRule(rule.id, remedy, self._text(rule, node, said, scope)))
        return list(found.values())

    def rules(self, remedy: str) -> list[Rule]:
        """The rules with conditions that may give ``remedy``, unless there are too many."""
        given = (rule for rule in self.model.rules if remedy in rule.may or remedy in rule.owed)
        rules = [rule for rule in given if rule.when is not None]
        return rules if len(rules) <= _MOST_RULES else []

    def candidates(self, remedy: str, scope: FactScope) -> Iterator[tuple[Rule, Sequence[tuple[Node, str]]]]:
        """The rules that may be near, in order, with their conditions and how these are said."""
        for rule in self.rules(remedy):
            assert rule.when is not None
            yield rule, parts(rule.when)

    def _first(self, remedy: str, rank: int, scope: FactScope) -> list[tuple[Rule, Node, str]]:
        """The first near rule that gives what is asked; else the first that gives anything."""
        asked, less = scope[f"asked.{remedy}"], []
        for rule, node, said in islice(self._near(remedy, scope), _MOST_NEAR):
            given = self._gives(rule, remedy, rank, scope)
            if given and given >= _bare(asked):
                return [(rule, node, said)]
            if given:
                less.append((rule, node, said))
        return less[:1]

    def _near(self, remedy: str, scope: FactScope) -> Iterator[tuple[Rule, Node, str]]:
        """The rules of which one condition does not hold, and which."""
        for rule, conditions in self.candidates(remedy, scope):
            failed = None
            for node, said in conditions:
                holds = scope.evaluate(node)
                if isinstance(holds, Unknown) or (holds is not True and failed is not None):
                    break
                if holds is not True:
                    failed = node, said
            else:
                if failed is not None:
                    yield rule, *failed

    def _gives(self, rule: Rule, remedy: str, rank: int, scope: FactScope) -> Any:
        """The most that the rule would give."""
        ladder = self.model.ladder[: rank + 1]
        mine = [amount for role, amount in rule.may.get(remedy, {}).items() if role in ladder]
        amounts = [scope.evaluate(each.node) for each in (*mine, *([rule.owed[remedy]] if remedy in rule.owed else []))]
        return max((_bare(each) for each in amounts if each is not None and not isinstance(each, Unknown)), default=None)

    def _text(self, rule: Rule, node: Node, said: str, scope: FactScope) -> str:
        why = rule.because.rstrip(". ") if rule.because else words.name(rule.id)
        return f"{why}: only where {said}{self._here(node, scope)}"

    def _here(self, node: Node, scope: FactScope) -> str:
        """What the fact is that does not do, where it may be said aloud."""
        fact = self.model.facts.get(_subject(node) or "")
        if fact is None or fact.personal or fact.mask or fact.type.kind not in _TOLD:
            return ""
        unit = f" {fact.unit}" if fact.unit else ""
        return f"; here it is {words.value(scope[fact.name])}{unit}"


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


def _bare(value: Any) -> Any:
    return value.amount if isinstance(value, Money) else value
