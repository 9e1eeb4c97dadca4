"""Whether a gap in a table can ever be felt: not where every rule that reads the table is kept away from it by its own
conditions, or where a guardrail refuses what the rule would have given.

Worked out case by case. The facts that those conditions read are cut into pieces (as in ``cells.py``), the conditions are
evaluated for one value of each piece with the table's value null and all else unknown, and only a sure answer counts. Where a
condition calculates with a fact, one value cannot stand for a piece, and the fact stays unknown there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod
from typing import Any, Final

from remit.authoring.checks.boxes import Box, Gaps, Grid
from remit.authoring.checks.cells import Column, column_of_fact, pieces_in
from remit.core.distinctions import Distinctions
from remit.core.lowering.quantity import Truth
from remit.core.lowering.whole_amounts import Amount, amount_of
from remit.core.regions import Region
from remit.language.nodes import Name, Node
from remit.language.values import Unknown
from remit.policy.model import Condition, Expression, Guardrail, Model, Rule, Table
from remit.policy.trees import reads
from remit.readings.numbers.reference import Scope

__all__ = ["gaps_that_matter"]

_MOST_CASES: Final = 3_000


def gaps_that_matter(model: Model, name: str, table: Table, grid: Grid) -> Sequence[Box] | Gaps:
    """The gaps of ``grid`` with a case in them where somebody may notice that the value ``name`` is null.

    All of them, where there are too many cases to try. Raises :class:`~remit.authoring.checks.boxes.TooIntricate`.
    """
    gaps = grid.gaps()
    small = {each: box for box in islice(gaps, _MOST_CASES) for each in _cases_in(box)} if _can_be_tried(gaps) else {}
    if not small:
        return gaps
    on = [each.node.name if isinstance(each.node, Name) and each.node.name in model.facts else None for each in table.inputs]
    readers = _Readers(model, name)
    felt: set[tuple[int, ...]] = set()
    tried: set[tuple[int, ...]] = set()
    for facts in _cases(model, readers, [each for each in on if each is not None]):
        at = tuple(_locate(column, facts.get(each or "")) for column, each in zip(grid.columns, on, strict=True))
        here = {case for case in small if all(a in (b, -1) for a, b in zip(at, case, strict=True))} if -1 in at else {at}
        here &= small.keys()
        tried |= here
        if not here <= felt and readers.feel(_Case(model, facts, name, readers.calculated)):
            felt |= here
    harmless = tried - felt
    return list(dict.fromkeys(box for case, box in small.items() if case not in harmless))


def _can_be_tried(gaps: Gaps) -> bool:
    count = 0
    for box in gaps:
        count += prod(pieces.bit_count() for pieces in box)
        if count > _MOST_CASES:
            return False
    return True


def _cases_in(box: Box) -> Iterator[tuple[int, ...]]:
    return product(*(tuple(pieces_in(pieces)) for pieces in box))


def _locate(column: Column, value: Any) -> int:
    """The piece that ``value`` is in; -1 where the value is not known."""
    return -1 if value is None else column.locate(value)


class _Scope(Scope):
    """Some facts known, the value of one table null, and nothing else known."""

    def __init__(self, model: Model, facts: Mapping[str, Any], null: str) -> None:
        super().__init__(model, facts, employee="", role=model.ladder[0], asked={}, occurred=None)
        for name in ("employee.id", "employee.role", "requested", *(f"asked.{remedy}" for remedy in model.remedies)):
            self._known[name] = Unknown(frozenset((name,)))
        self._known[null] = None


class _Case:
    """One value for each fact that is tried. An expression sees those that it only compares with constants."""

    def __init__(self, model: Model, facts: Mapping[str, Any], null: str, calculated: Mapping[int, frozenset[str]]) -> None:
        self._model, self._facts, self._null, self._calculated = model, facts, null, calculated
        self._scopes: dict[frozenset[str], _Scope] = {}

    def value(self, node: Node) -> Any:
        """What ``node`` gives, or an :class:`Unknown`."""
        hidden = self._calculated[id(node)]
        if hidden not in self._scopes:
            seen = {name: value for name, value in self._facts.items() if name not in hidden}
            self._scopes[hidden] = _Scope(self._model, seen, self._null)
        return self._scopes[hidden].evaluate(node)

    def holds(self, when: Condition | None) -> Any:
        """True, False, null, or unknown."""
        return True if when is None else self.value(when.node)


@dataclass(frozen=True, slots=True)
class _Lost:
    """A rule, and the amounts of it that read the table."""

    rule: Rule
    condition: bool
    amounts: tuple[tuple[str, bool, Expression], ...]


class _Readers:
    """Whoever reads the value ``name``, directly or through other values."""

    def __init__(self, model: Model, name: str) -> None:
        self.model = model
        self.rules: list[_Lost] = []
        for rule in model.rules:
            amounts = tuple(each for each in _amounts(rule) if name in reads(model, each[2].node))
            condition = rule.when is not None and name in reads(model, rule.when.node)
            if amounts or condition:
                self.rules.append(_Lost(rule, condition, amounts if not condition else tuple(_amounts(rule))))
        self.denials = [each for each in model.guardrails if each.effect == "deny"]
        narrowing = [each.when for each in model.guardrails] + [each.when for each in model.requires]
        self.conditions = [when for when in narrowing if when is not None and name in reads(model, when.node)]
        limits = [(each, amount.node) for each in model.guardrails for by in each.limits.values() for amount in by.values()]
        self.limits = [each for each, node in limits if name in reads(model, node)]
        self.is_shown = any(name in {each, *reads(model, Name(each))} for each in model.shows)
        self.reading = Distinctions(model)
        self.calculated: dict[int, frozenset[str]] = {}
        self.regions: dict[str, list[Region]] = {}
        for when in self.roots():
            self._read(when, self.reading.truth(when))
        for lost in self.rules:
            for remedy, _, amount in lost.amounts:
                self._read(amount.node, amount_of(self.reading, model.remedies[remedy], amount.node))

    def _read(self, node: Node, meaning: Truth | Amount) -> None:
        """Note what facts are tested for, and those that are reckoned with otherwise."""
        parts = (meaning.yes, meaning.no) if isinstance(meaning, Truth) else (meaning.low, meaning.said)
        uses = self.reading.uses(parts)
        self.calculated[id(node)] = uses.reckoned
        for name, regions in uses.regions.items():
            self.regions.setdefault(name, []).extend(regions)

    def roots(self) -> Iterator[Node]:
        """The conditions that say whether it matters, those of the rules first."""
        rules = (lost.rule.when for lost in self.rules)
        guardrails = (guardrail.when for guardrail in (*self.limits, *self.denials))
        yield from (when.node for when in (*rules, *self.conditions, *guardrails) if when is not None)

    def feel(self, case: _Case) -> bool:
        """Whether anybody may notice that there is no value."""
        if self.is_shown or not (self.rules or self.conditions or self.limits):
            return True
        if any(not isinstance(case.holds(when), bool) for when in self.conditions):
            return True
        if any(case.holds(guardrail.when) is not False for guardrail in self.limits):
            return True
        return any(self._felt_in(case, lost) for lost in self.rules)

    def _felt_in(self, case: _Case, lost: _Lost) -> bool:
        holds = case.holds(lost.rule.when)
        if holds is False or (holds is True and lost.condition):
            return False
        for remedy, owed, amount in lost.amounts:
            value = None if lost.condition else case.value(amount.node)
            sure = value is not None and not isinstance(value, Unknown)
            if not sure and not any(_denies(case, each, remedy, owed) for each in self.denials):
                return True
        return False


def _denies(case: _Case, guardrail: Guardrail, remedy: str, owed: bool) -> bool:
    about = remedy in guardrail.remedies or (not guardrail.remedies and not owed)
    return about and case.holds(guardrail.when) is True


def _amounts(rule: Rule) -> Iterator[tuple[str, bool, Expression]]:
    for remedy, by_role in rule.may.items():
        yield from ((remedy, False, amount) for amount in by_role.values())
    yield from ((remedy, True, amount) for remedy, amount in rule.owed.items())


def _cases(model: Model, readers: _Readers, first: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Values for the facts in question, every combination of pieces; as many facts as can be tried together."""
    chosen: dict[str, tuple[Any, ...]] = {}
    regions = readers.regions
    for name in dict.fromkeys((*first, *regions)):
        fact = model.facts.get(name)
        column = None if fact is None else column_of_fact(readers.reading, fact, regions.get(name, ()))
        if column is not None and prod(map(len, chosen.values())) * len(column.values) <= _MOST_CASES:
            chosen[name] = column.values
    for values in product(*chosen.values()):
        yield dict(zip(chosen, values, strict=True))
