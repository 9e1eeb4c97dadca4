"""In which order a person would ask: the situation first, then what belongs to it, and who it is about last."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, reduce
from operator import and_, or_
from typing import Final

from remit.language.nodes import And, Call, Literal, Node, Or, names_in
from remit.policy.formulas import Formula, Table
from remit.policy.model import Fact, Model
from remit.policy.trees import Reads

__all__ = ["QuestionOrder", "is_about_whom"]

#: Kinds of fact that can say what happened.
_SITUATIONS: Final = ("choice", "boolean", "number", "duration")


def is_about_whom(fact: Fact) -> bool:
    """Whether a fact says who or which one it is about, so that it is asked last."""
    return fact.is_id or fact.name == "case"


class QuestionOrder:
    """The order of the questions of one policy, which depends on nothing but its text."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._reads = Reads(model)
        self._places = {name: place for place, name in enumerate(model.facts)}
        self._groups = {group: place for place, group in enumerate(dict.fromkeys(map(_group, model.facts)))}

    @cached_property
    def situation(self) -> str | None:
        """The fact that says what happened: of those that can be asked, the one that settles most conditions of rules and
        guardrails, whatever the other facts are. A choice counts twice: it names what happened."""
        possible = [fact.name for fact in self._model.facts.values() if _may_be_situation(fact)]
        return max(possible, key=self._weight, default=None)

    def sorted(self, facts: Iterable[Fact], *, after: str | None = None) -> list[Fact]:
        """``facts`` in the order in which they are asked. ``after`` was asked last: what belongs to it comes first."""
        topic = None if after is None else _group(after)
        return sorted(facts, key=lambda fact: self._key(fact, topic))

    @cached_property
    def group(self) -> frozenset[str]:
        """The facts that belong to the situation: the one that names it, and those of the same group."""
        if self.situation is None:
            return frozenset()
        return frozenset(name for name in self._model.facts if _group(name) == _group(self.situation))

    def _key(self, fact: Fact, topic: str | None) -> tuple[int, int, int]:
        name, place = fact.name, self._places.get(fact.name, len(self._places))
        group = _group(name)
        if name == self.situation:
            return 0, 0, 0
        if is_about_whom(fact):
            return 6, 0, place
        if fact.history is not None or group == "employee":
            return 5, 0, place
        if name in self.group:
            return 1, 0, place
        if group == topic:
            return 2, 0, place
        return (3, 0, 0) if name == "occurred" else (4, self._groups[group], place)

    def _weight(self, name: str) -> tuple[float, int, int, int]:
        fact = self._model.facts[name]
        twice = 2 if (fact.type.element or fact.type).kind == "choice" else 1
        settled = sum(name in each for each in self._settled) * twice
        read = sum(name in each for each in self._read) * twice
        return settled, read, self._uses.get(name, 0), -self._places[name]

    @cached_property
    def _conditions(self) -> list[Node]:
        whens = [*(each.when for each in self._model.rules), *(each.when for each in self._model.guardrails)]
        return [when.node for when in whens if when is not None]

    @cached_property
    def _settled(self) -> list[frozenset[str]]:
        """For each condition, the facts each of which alone can settle it."""
        return list(map(self._settling, self._conditions))

    @cached_property
    def _read(self) -> list[frozenset[str]]:
        return list(map(self._reads, self._conditions))

    @cached_property
    def _uses(self) -> dict[str, int]:
        """In how many tables each fact is an input."""
        tables = [each.definition for each in self._model.values.values() if isinstance(each.definition, Table)]
        inputs = [frozenset[str]().union(*(names_in(each.node) for each in table.inputs)) for table in tables]
        return {name: sum(name in each for each in inputs) for name in self._model.facts}

    def _settling(self, node: Node) -> frozenset[str]:
        yes, no = self._ways(node)
        return yes | no

    def _ways(self, node: Node) -> tuple[frozenset[str], frozenset[str]]:
        """The facts each of which alone can make a condition true, and those each of which can make it false."""
        match node:
            case And(operands=parts):
                ways = list(map(self._ways, parts))
                return reduce(and_, (yes for yes, _ in ways)), reduce(or_, (no for _, no in ways))
            case Or(operands=parts):
                ways = list(map(self._ways, parts))
                return reduce(or_, (yes for yes, _ in ways)), reduce(and_, (no for _, no in ways))
            case Call(function="not", arguments=(part,)):
                yes, no = self._ways(part)
                return no, yes
        names = names_in(node)
        read = self._reads(node) & self._model.facts.keys()
        if len(read) < 2:
            return read, read
        if len(names) == 1 and not names <= self._model.facts.keys():
            found = self._settling_value(next(iter(names)))
            return found, found
        return frozenset(), frozenset()

    def _settling_value(self, name: str) -> frozenset[str]:
        value = self._model.values.get(name)
        match value.definition if value is not None else None:
            case Formula(expression=expression):
                return self._settling(expression.node)
            case Table(inputs=inputs, rows=rows):
                tested = [
                    [on.node for on, test in zip(inputs, row.tests, strict=True) if not _is_any(test.node)] for row in rows
                ]
                alone = (self._reads(each[0]) for each in tested if len(each) == 1)
                return frozenset[str]().union(*(each for each in alone if len(each) == 1)) & self._model.facts.keys()
        return frozenset()


def _is_any(test: Node) -> bool:
    return isinstance(test, Literal) and test.value is True


def _may_be_situation(fact: Fact) -> bool:
    kind = fact.type.element or fact.type
    if is_about_whom(fact) or fact.history is not None or _group(fact.name) == "employee" or fact.weakest_source != "stated":
        return False
    return kind.kind == "choice" or (fact.type.kind in _SITUATIONS and fact.default is None)


def _group(name: str) -> str:
    group, dot, _ = name.rpartition(".")
    return group if dot else name
