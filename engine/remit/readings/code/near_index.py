"""The nearest rules of :mod:`remit.readings.numbers.why_not`, found by an index on the values that compiled code has.

All rules for a remedy are looked at together: for each fact, the set of rules whose condition on it holds, as the bits of one
number, by what the value is. Two more numbers keep the rules of which nothing has failed so far, and those of which one thing
has. What is not a test of one fact alone is worked out, by compiled functions, for the few that are left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from remit.core.distinctions import Distinctions
from remit.core.lowering.opaque import Outside
from remit.core.regions import Region, Spans
from remit.core.texts import NearRule, near_reason, quoted
from remit.core.views import PolicyView
from remit.language.nodes import Node, names_in
from remit.policy.model import Fact, Rule
from remit.policy.phrases import parts
from remit.readings.code.requests.native_values import known_value
from remit.readings.numbers.why_not import MOST_NEAR, WhyNot

__all__ = ["CompiledParts", "IndexedWhyNot"]

#: So many words of one fact are remembered.
_MOST_WORDS: Final = 1_000
#: Where the reason says what the fact is, until that is known.
_HERE: Final = "\ufffe"

#: A function of the values of a request.
_Function: TypeAlias = Callable[[tuple[Any, ...]], int]


class CompiledParts(Protocol):
    """Compiles parts of rules."""

    def holds(self, node: Node, rank: int) -> _Function:
        """Whether a condition holds for the role of ``rank``: 1, 0, or -1 where that is not known."""

    def gives(self, rule: Rule, remedy: str, rank: int) -> _Function:
        """The most that a rule surely gives that role, in whole units."""


class _Column:
    """The rules that a value of one fact passes, as bits; a rule that does not test the fact passes with any value."""

    def __init__(self, fact: str) -> None:
        self.fact = fact
        self.users = 0
        self._regions: list[tuple[int, Region]] = []
        self.words: dict[str | bool, int] = {}  # what they pass, once it was asked
        self._cuts: list[int] = []
        self._sets: list[int] = []

    def add(self, bit: int, region: Region) -> None:
        self.users |= 1 << bit
        self._regions.append((bit, region))

    def close(self) -> None:
        """Work the sets out: at each cut between values, the rules whose condition begins or ceases to hold there."""
        turns: dict[int, int] = {}
        start = ~self.users
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
        if len(self.words) > _MOST_WORDS:
            self.words.clear()  # of texts there is no end
        found = self.words[value] = sum(1 << bit for bit, region in self._regions if value in region) | ~self.users
        return found


class _Near(NamedTuple):
    """A rule, with a reason for each condition that may be the one that fails: those that test one fact alone by the
    number of its column, the others with the condition itself."""

    rule: Rule
    alone: list[tuple[int, _Reason]]
    others: list[tuple[Node, _Reason]]
    gives: dict[int, _Function]


class _Reason(NamedTuple):
    """The reason as JSON: ``start``, what the fact ``here`` is, if that is said, and ``end``."""

    start: str
    here: Fact | None
    end: str


class _Index(NamedTuple):
    """The rules for one remedy, and the columns of the facts that they test, each with its place in a request."""

    rules: list[_Near]
    columns: list[tuple[int, _Column]]


class IndexedWhyNot(WhyNot):
    """An index is made for each remedy that is asked about. ``places`` says where the values of a request are."""

    def __init__(self, policy: PolicyView, places: Mapping[str, int], compiled: CompiledParts) -> None:
        super().__init__(policy.model)
        self._places = places
        self._compiled = compiled
        self._by_role = policy.by_role
        self._indexes: dict[str, _Index] = {}
        self._conditions: dict[tuple[int, int], _Function] = {}
        self._here_said = lru_cache(_MOST_WORDS)(self._said)

    def prepare(self) -> None:
        """Make the index of every remedy, and the functions of the conditions that are not in it."""
        for remedy in self.model.remedies:
            for each in self._index(remedy).rules:
                for node, _ in each.others:
                    for rank in range(len(self.model.ladder) if self._by_role else 1):
                        self._condition(node, rank)

    def told(self, remedies: Sequence[str], rank: int, row: tuple[Any, ...]) -> str:
        """:meth:`nearest` for the values in ``row``, as reasons in JSON, each after a comma."""
        found: dict[str, str] = {}
        for remedy in remedies:
            first = self._first_near(remedy, rank, row)
            if first is not None:
                near, reason = first
                if near.rule.id not in found:
                    here = "" if reason.here is None else self._here_told(reason.here, row)
                    found[near.rule.id] = f"{reason.start}{here}{reason.end}"
        return "".join(found.values())

    def _first_near(self, remedy: str, rank: int, row: tuple[Any, ...]) -> tuple[_Near, _Reason] | None:
        """The first near rule that gives what is asked; else the first that gives anything."""
        index = self._index(remedy)
        passing = []
        whole, one = (1 << len(index.rules)) - 1, 0  # nothing has failed so far; one thing has
        for place, column in index.columns:
            value = row[place]
            if value is None:  # nobody knows: not the one that fails
                known = ~column.users
                one &= known
            else:
                known = column.words.get(value) or column.passing(value)
                one = (one & known) | (whole & ~known)
            whole &= known
            passing.append(known)
        near, less, asked = whole | one, None, row[self._places[f"asked.{remedy}"]]
        looked_at = 0
        while near and looked_at < MOST_NEAR:
            bit = near & -near
            near ^= bit
            each = index.rules[bit.bit_length() - 1]
            reason = self._failing(each, passing if bit & one else (), bit, rank, row)
            if reason is None:
                continue
            looked_at += 1
            given = (each.gives.get(rank) or self._gives_most(each, remedy, rank))(row)
            if given and given >= asked:
                return each, reason
            if given and less is None:
                less = each, reason
        return less

    def _failing(self, near: _Near, passing: Sequence[int], bit: int, rank: int, row: tuple[Any, ...]) -> _Reason | None:
        """The one condition that does not hold; ``None`` where there is none, or more than one, or one is not known."""
        failed = None
        if passing:
            for column, reason in near.alone:
                if not passing[column] & bit:
                    failed = reason
                    break
        for node, reason in near.others:
            holds = self._condition(node, rank)(row)
            if holds < 0 or (not holds and failed is not None):
                return None
            if not holds:
                failed = reason
        return failed

    def _condition(self, node: Node, rank: int) -> _Function:
        key = id(node), rank if self._by_role else 0
        if key not in self._conditions:
            self._conditions[key] = self._compiled.holds(node, rank)
        return self._conditions[key]

    def _gives_most(self, near: _Near, remedy: str, rank: int) -> _Function:
        made = near.gives[rank] = self._compiled.gives(near.rule, remedy, rank)
        return made

    def _here_told(self, fact: Fact, row: tuple[Any, ...]) -> str:
        value = row[self._places[fact.name]]
        return self._said(fact.name, value) if fact.type.kind == "money" else self._here_said(fact.name, value)

    def _said(self, name: str, native: Any) -> str:
        fact = self.model.facts[name]
        return quoted(self.here(fact, known_value(fact, native)))[1:-1]

    def _index(self, remedy: str) -> _Index:
        index = self._indexes.get(remedy)
        if index is None:
            index = self._indexes[remedy] = self._made(remedy)
        return index

    def _made(self, remedy: str) -> _Index:
        rules, columns, reading = [], dict[str, _Column](), Distinctions(self.model)
        for bit, rule in enumerate(self.rules(remedy)):
            assert rule.when is not None
            near = _Near(rule, [], [], {})
            for node, said in parts(rule.when):
                reason = self._reason(rule, remedy, node, said)
                name, region = self._tests(reading, node)
                column = columns.get(name) or _Column(name)
                if region is None or column.users >> bit & 1:
                    near.others.append((node, reason))
                else:
                    columns[name] = column
                    column.add(bit, region)
                    near.alone.append((list(columns).index(name), reason))
            rules.append(near)
        for column in columns.values():
            column.close()
        return _Index(rules, [(self._places[name], column) for name, column in columns.items()])

    def _reason(self, rule: Rule, remedy: str, node: Node, said: str) -> _Reason:
        start, _, end = near_reason(NearRule(rule.id, remedy, self.text(rule, said) + _HERE)).rpartition(_HERE)
        return _Reason(start, self.told_of(node), end)

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
