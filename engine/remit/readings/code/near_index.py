"""The nearest rules of :mod:`remit.readings.numbers.why_not`, found by an index on the values that compiled code has.

All rules for a remedy are looked at together: for each fact, the set of rules whose condition on it holds, as the bits of one
number, by what the value is. Two more numbers keep the rules of which nothing has failed so far, and those of which one thing
has. What is not a test of one fact alone is worked out, by compiled functions, for the few that are left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from remit.core.distinctions import Distinctions
from remit.core.lowering.opaque import Outside
from remit.core.regions import Region, Spans
from remit.core.views import PolicyView
from remit.language.nodes import Node, names_in
from remit.policy.model import Rule
from remit.policy.phrases import parts
from remit.readings.code.evaluator_calls import NativeScope
from remit.readings.numbers.why_not import WhyNot

__all__ = ["CompiledParts", "IndexedWhyNot"]

#: So many words of one fact are remembered.
_MOST_WORDS: Final = 1_000

#: A function of the values of a request.
_Function: TypeAlias = Callable[[tuple[Any, ...]], int]


class CompiledParts(Protocol):
    """Compiles parts of rules."""

    def holds(self, node: Node, rank: int) -> _Function:
        """Whether a condition holds for the role of ``rank``: 1, 0, or -1 where that is not known."""

    def gives(self, rule: Rule, remedy: str, rank: int) -> _Function:
        """The most that a rule surely gives that role, in whole units."""


class _Column:
    """The rules that a value of one fact passes, as bits: of those in ``users``, which test it."""

    def __init__(self) -> None:
        self.users = 0
        self._regions: list[tuple[int, Region]] = []
        self._words: dict[str | bool, int] = {}
        self._cuts: list[int] = []
        self._sets: list[int] = []

    def add(self, bit: int, region: Region) -> None:
        self.users |= 1 << bit
        self._regions.append((bit, region))

    def close(self) -> None:
        """Work the sets out: at each cut between values, the rules whose condition begins or ceases to hold there."""
        turns: dict[int, int] = {}
        start = 0
        for bit, region in self._regions:
            if not isinstance(region, Spans):
                continue
            for low, high in region.spans:
                if low is None:
                    start ^= 1 << bit
                else:
                    turns[low] = turns.get(low, 0) ^ 1 << bit
                if high is not None:
                    turns[high + 1] = turns.get(high + 1, 0) ^ 1 << bit
        self._cuts = sorted(turns)
        self._sets = [start]
        for cut in self._cuts:
            self._sets.append(self._sets[-1] ^ turns[cut])

    def passing(self, value: Any) -> int:
        """The rules that ``value`` passes."""
        if not isinstance(value, str | bool):
            return self._sets[bisect_right(self._cuts, value)]
        if value not in self._words:
            if len(self._words) > _MOST_WORDS:
                self._words.clear()  # of texts there is no end
            self._words[value] = sum(1 << bit for bit, region in self._regions if value in region)
        return self._words[value]


class _Part(NamedTuple):
    """One condition of a rule, how it is said, and the fact that it tests, where it tests nothing else."""

    node: Node
    said: str
    fact: str | None


@dataclass(slots=True)
class _Index:
    """The rules for one remedy with their conditions, and those conditions that test one fact alone, by that fact."""

    rules: list[tuple[Rule, list[_Part]]] = field(default_factory=list)
    columns: dict[str, _Column] = field(default_factory=dict)


class IndexedWhyNot(WhyNot):
    """An index is made for each remedy that is asked about. ``places`` says where the values of a request are."""

    def __init__(self, policy: PolicyView, places: Mapping[str, int], compiled: CompiledParts) -> None:
        super().__init__(policy.model)
        self._places = places
        self._compiled = compiled
        self._by_role = policy.by_role
        self._indexes: dict[str, _Index] = {}
        self._functions: dict[Any, _Function] = {}

    def prepare(self) -> None:
        """Make the index of every remedy, and the functions of the conditions that are not in it."""
        for remedy in self.model.remedies:
            if remedy not in self._indexes:
                self._indexes[remedy] = self._made(remedy)
            others = [each for _, conditions in self._indexes[remedy].rules for each in conditions if each.fact is None]
            for each in others:
                for rank in range(len(self.model.ladder) if self._by_role else 1):
                    self._condition(each.node, rank)

    def _asked(self, remedy: str, scope: NativeScope) -> int:  # type: ignore[override]
        amount: int = scope.row[self._places[f"asked.{remedy}"]]
        return amount

    def _gives(self, rule: Rule, remedy: str, rank: int, scope: NativeScope) -> int:  # type: ignore[override]
        key = rule.id, remedy, rank
        if key not in self._functions:
            self._functions[key] = self._compiled.gives(rule, remedy, rank)
        return self._functions[key](scope.row)

    def _near(self, remedy: str, rank: int, scope: NativeScope) -> Iterator[tuple[Rule, Node, str]]:  # type: ignore[override]
        index = self._indexes.get(remedy)
        if index is None:
            index = self._indexes[remedy] = self._made(remedy)
        passing: dict[str, int] = {}
        whole, one = (1 << len(index.rules)) - 1, 0
        for name, column in index.columns.items():
            value = scope.row[self._places[name]]
            if value is None:  # nobody knows
                whole, one = whole & ~column.users, one & ~column.users
                continue
            known = passing[name] = column.passing(value) | ~column.users
            one = (one & known) | (whole & ~known)
            whole &= known
        near = whole | one
        while near:
            bit = (near & -near).bit_length() - 1
            near ^= 1 << bit
            rule, conditions = index.rules[bit]
            failed = self._failing(conditions, passing, bit, rank, scope)
            if failed is not None:
                yield rule, failed.node, failed.said

    def _failing(
        self, conditions: list[_Part], passing: Mapping[str, int], bit: int, rank: int, scope: NativeScope
    ) -> _Part | None:
        """The one condition that does not hold; ``None`` where there is none, or more than one, or one is not known."""
        failed = None
        for each in conditions:
            holds = passing[each.fact] >> bit & 1 if each.fact is not None else self._holds(each.node, rank, scope)
            if holds < 0 or (not holds and failed is not None):
                return None
            if not holds:
                failed = each
        return failed

    def _holds(self, node: Node, rank: int, scope: NativeScope) -> int:
        return self._condition(node, rank)(scope.row)

    def _condition(self, node: Node, rank: int) -> _Function:
        key = id(node), rank if self._by_role else 0
        if key not in self._functions:
            self._functions[key] = self._compiled.holds(node, rank)
        return self._functions[key]

    def _made(self, remedy: str) -> _Index:
        index, reading = _Index(), Distinctions(self.model)
        for bit, rule in enumerate(self.rules(remedy)):
            assert rule.when is not None
            seen: dict[str, None] = {}
            conditions = []
            for node, said in parts(rule.when):
                name, region = self._tests(reading, node)
                alone = region is not None and name not in seen
                if region is not None and alone:
                    seen[name] = None
                    index.columns.setdefault(name, _Column()).add(bit, region)
                conditions.append(_Part(node, said, name if alone else None))
            index.rules.append((rule, conditions))
        for column in index.columns.values():
            column.close()
        return index

    def _tests(self, reading: Distinctions, node: Node) -> tuple[str, Region | None]:
        """The fact that a condition tests, and what it lets pass, where it tests nothing else."""
        names = names_in(node)
        name = next(iter(names)) if len(names) == 1 else ""
        fact = self.model.facts.get(name)
        if name not in self._places or (fact.type.kind if fact else "date") not in _NATIVE or not (fact or name == "occurred"):
            return "", None
        try:
            return name, reading.passing(node, name)
        except Outside:
            return "", None


#: Kinds of facts whose values compiled code has as regions have them.
_NATIVE: Final = frozenset(("text", "choice", "boolean", "number", "money", "date", "duration"))
