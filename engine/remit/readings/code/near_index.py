"""The nearest rules of :mod:`remit.core.why_not`, found by an index.

All rules for a remedy are looked at together: for each fact, the set of rules whose condition on it holds, as the bits of one
number, by what the value is. Two more numbers keep the rules of which nothing has failed so far, and those of which one thing
has. What is not a test of one fact alone is evaluated, of the few that are left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from remit.core.distinctions import Distinctions
from remit.core.lowering.opaque import Outside
from remit.core.lowering.whole import SCALE
from remit.core.regions import Region, Spans
from remit.core.why_not import FactScope, WhyNot
from remit.language.nodes import Node, names_in
from remit.language.values import Money, Unknown
from remit.policy.model import Model, Rule
from remit.policy.phrases import parts

__all__ = ["IndexedWhyNot"]

#: So many words of one fact are remembered.
_MOST_WORDS: Final = 1_000


class _Column:
    """The rules that a value of one fact passes, as bits: of those in ``users``, which test it."""

    def __init__(self) -> None:
        self.users = 0
        self._regions: list[tuple[int, Region]] = []
        self._words: dict[Any, int] = {}
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

    def passing(self, value: Any) -> int | None:
        """The rules that ``value`` passes; ``None`` where it is not known."""
        if isinstance(value, str | bool):
            if value not in self._words:
                if len(self._words) > _MOST_WORDS:
                    self._words.clear()  # of texts there is no end
                self._words[value] = sum(1 << bit for bit, region in self._regions if value in region)
            return self._words[value]
        number = _number(value)
        return None if number is None else self._sets[bisect_right(self._cuts, number)]


@dataclass(slots=True)
class _Index:
    """The rules for one remedy with their conditions, and those conditions that test one fact alone, by that fact."""

    rules: list[tuple[Rule, Sequence[tuple[Node, str]]]] = field(default_factory=list)
    columns: dict[str, _Column] = field(default_factory=dict)


class IndexedWhyNot(WhyNot):
    """An index is made for each remedy that is asked about."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._indexes: dict[str, _Index] = {}
        self._scaled = {name for name, fact in model.facts.items() if fact.type.kind == "number" and not fact.type.integer}

    def candidates(self, remedy: str, scope: FactScope) -> Iterator[tuple[Rule, Sequence[tuple[Node, str]]]]:
        index = self._indexes.get(remedy)
        if index is None:
            index = self._indexes[remedy] = self._made(remedy)
        whole, one = (1 << len(index.rules)) - 1, 0
        for name, column in index.columns.items():
            value = scope[name]
            if name in self._scaled and isinstance(value, Decimal):
                value = value * SCALE
            passing = None if isinstance(value, Unknown) else column.passing(value)
            if passing is None:
                whole, one = whole & ~column.users, one & ~column.users  # nobody knows
                continue
            passing |= ~column.users
            one = (one & passing) | (whole & ~passing)
            whole &= passing
        near = whole | one
        while near:
            lowest = near & -near
            near ^= lowest
            yield index.rules[lowest.bit_length() - 1]

    def _made(self, remedy: str) -> _Index:
        index, reading = _Index(), Distinctions(self.model)
        for bit, rule in enumerate(self.rules(remedy)):
            assert rule.when is not None
            conditions = parts(rule.when)
            index.rules.append((rule, conditions))
            seen: set[str] = set()
            for node, _ in conditions:
                name, region = self._tests(reading, node)
                if region is not None and name not in seen:
                    seen.add(name)
                    index.columns.setdefault(name, _Column()).add(bit, region)
        for column in index.columns.values():
            column.close()
        return index

    def _tests(self, reading: Distinctions, node: Node) -> tuple[str, Region | None]:
        """The fact that a condition tests, and what it lets pass, where it tests nothing else."""
        names = names_in(node)
        name = next(iter(names)) if len(names) == 1 else ""
        if name not in self.model.facts and name != "occurred":
            return "", None
        try:
            return name, reading.passing(node, name)
        except Outside:
            return "", None


def _number(value: Any) -> int | None:
    """A value as the whole number that regions have for it."""
    match value:
        case Money():
            return value.minor
        case datetime():
            return None
        case date():
            return value.toordinal()
        case timedelta():
            return value // timedelta(microseconds=1)
        case Decimal() | int():
            return int(value) if value == int(value) else None
    return None
