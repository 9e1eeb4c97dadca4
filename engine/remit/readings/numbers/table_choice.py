"""Decision tables and dated constants, with missing facts (DMN 1.4, 8.2.10 for the hit policies).

Where the missing inputs are facts that the rows compare with something known, every sort of value that they can have is tried
(:mod:`remit.readings.numbers.possible`): rows that part all values between them leave no doubt, and a fact that changes
nothing is not waited for. Else, a row that may match leaves the result open between what the table gives with it and without
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial, reduce
from itertools import product
from math import prod
from operator import and_
from typing import Any, Final, Protocol

from remit.language.builtins import BUILTINS
from remit.language.evaluating.loops import Loop
from remit.language.evaluating.relations import equal
from remit.language.evaluating.unknown import alike, either, waiting
from remit.language.fast_dataclass import dataclass
from remit.language.nodes import Call, Invocation, Name, Node
from remit.language.values import Unknown
from remit.policy.model import Dated, Expression, HitPolicy, Row, Table
from remit.readings.numbers.possible import samples

__all__ = ["TableScope", "dated_value", "entry_in_force", "rows_that_count", "table_value"]


#: More combinations of missing facts, or more tests of one of them, are not tried.
_MOST_CASES: Final = 1_000
_MOST_TESTS: Final = 10_000


class TableScope(Protocol):
    """What a table is evaluated in."""

    causes: dict[str, Any]

    def __getitem__(self, name: str) -> Any: ...

    def evaluate(self, node: Node) -> Any:
        """The value of an expression."""

    def test(self, node: Node, value: Any) -> Any:
        """The value of a unary test on ``value``."""

    def runs_out(self, loop: Call | Loop | Invocation) -> bool:
        """Whether a loop or a call is null because it takes too many steps."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A row that matches, or may (``missing`` is not empty)."""

    row: Row
    missing: frozenset[str]


def _hull(outcomes: Sequence[Any], missing: frozenset[str]) -> Any:
    """One of ``outcomes``, depending on the facts in ``missing``; the value itself where they are all the same."""
    return reduce(partial(either, Unknown(missing)), outcomes)


def dated_value(dated: Dated, scope: TableScope) -> Any:
    """The entry in force on the date named by ``dated.by``; null before the first."""
    day = scope[dated.by]
    if isinstance(day, Unknown):
        return _hull([None, *(scope.evaluate(entry.node) for _, entry in dated.entries)], day.missing)
    place = entry_in_force(dated, day)
    return None if place is None else scope.evaluate(dated.entries[place][1].node)


def entry_in_force(dated: Dated, day: Any) -> int | None:
    """The place of the entry that holds on ``day``; ``None`` where none does, or no day is known."""
    started = [place for place, (start, _) in enumerate(dated.entries) if isinstance(day, date) and start <= day]
    return started[-1] if started else None


def rows_that_count(table: Table, scope: TableScope) -> list[Row]:
    """The rows that surely match; with hit policy ``first``, only the first."""
    hits = list(_hits(table, scope, [scope.evaluate(each.node) for each in table.inputs]))
    return [hit.row for hit in (hits[:1] if table.hit == "first" else hits) if not hit.missing]


def table_value(table: Table, scope: TableScope) -> Any:
    """What the table gives."""
    inputs = [scope.evaluate(each.node) for each in table.inputs]
    hits = list(_hits(table, scope, inputs))
    cases = _cases(table, scope, inputs, hits) if _open(hits) else None
    return _HIT_POLICIES[table.hit](table, scope, hits) if cases is None else _of_cases(table, scope, hits, cases)


@dataclass(frozen=True, slots=True)
class _Cases:
    """What can turn out of a table: for each case (one sort of value of each of the missing ``names``) the hits that match, as
    bits."""

    names: tuple[str, ...]
    matching: Mapping[tuple[int, ...], int]

    def missing(self, results: Mapping[int, int]) -> frozenset[str]:
        """The facts of which one alone can change the result; ``results`` tells the results of sets of hits apart."""
        out = set()
        for place, name in enumerate(self.names):
            seen: dict[tuple[int, ...], int] = {}
            for case, matching in self.matching.items():
                others = case[:place] + case[place + 1 :]
                if seen.setdefault(others, results[matching]) != results[matching]:
                    out.add(name)
                    break
        return frozenset(out)


def _cases(table: Table, scope: TableScope, inputs: Sequence[Any], hits: Sequence[_Hit]) -> _Cases | None:
    """All cases, where they can be told apart and are not too many."""
    columns: dict[str, list[int]] = {}
    for place, (tested, value) in enumerate(zip(table.inputs, inputs, strict=True)):
        if isinstance(value, Unknown):
            if not isinstance(tested.node, Name) or value.missing != {tested.node.name}:
                return None
            columns.setdefault(tested.node.name, []).append(place)
    if not _open(hits) <= columns.keys():
        return None  # a test reads what is missing
    masks: list[list[int]] = []
    for places in columns.values():
        found = _masks(table, scope, inputs, hits, places)
        if found is None or len(found) * prod(map(len, masks)) > _MOST_CASES:
            return None
        masks.append(found)
    choices = product(*(range(len(each)) for each in masks))
    matching = {case: reduce(and_, (each[at] for each, at in zip(masks, case, strict=True))) for case in choices}
    return _Cases(tuple(columns), matching)


def _masks(
    table: Table, scope: TableScope, inputs: Sequence[Any], hits: Sequence[_Hit], places: Sequence[int]
) -> list[int] | None:
    """For each sort of value of the fact in the columns at ``places``: which of ``hits`` it leaves."""
    of, unknown = table.inputs[places[0]].node.type, inputs[places[0]]
    tests = list({id(hit.row.tests[place].node): hit.row.tests[place].node for hit in hits for place in places}.values())
    if len(tests) > _MOST_TESTS:
        return None
    values = samples(of, unknown, tests, scope.evaluate)
    if values is None or len(values) * len(tests) > _MOST_TESTS:
        return None
    masks = []
    for value in values:
        held = {id(test): scope.test(test, value) for test in tests}
        if any(isinstance(each, Unknown) for each in held.values()):
            return None
        masks.append(sum(1 << bit for bit, hit in enumerate(hits) if _all_held(hit, held, places)))
    return list(dict.fromkeys(masks))


def _all_held(hit: _Hit, held: Mapping[int, Any], places: Sequence[int]) -> bool:
    return all(held[id(hit.row.tests[place].node)] is True for place in places)


def _of_cases(table: Table, scope: TableScope, hits: Sequence[_Hit], cases: _Cases) -> Any:
    """One of the results of all cases, which waits for the facts that tell them apart."""
    outcomes: list[Any] = []
    results: dict[int, int] = {}
    for matching in dict.fromkeys(cases.matching.values()):
        sure = [_Hit(hit.row, frozenset()) for bit, hit in enumerate(hits) if matching >> bit & 1]
        outcome = _HIT_POLICIES[table.hit](table, scope, sure)
        same = (at for at, other in enumerate(outcomes) if alike(other, outcome))
        results[matching] = next(same, len(outcomes))
        if results[matching] == len(outcomes):
            outcomes.append(outcome)
    return outcomes[0] if len(outcomes) == 1 else _hull(outcomes, cases.missing(results))


def _hits(table: Table, scope: TableScope, inputs: Sequence[Any]) -> Iterator[_Hit]:
    for row in table.rows:
        missing: frozenset[str] = frozenset()
        for test, value in zip(row.tests, inputs, strict=True):
            held = scope.test(test.node, value)
            if isinstance(held, Unknown):
                missing |= held.missing
            elif held is not True:
                break
        else:
            yield _Hit(row, missing)


def _otherwise(table: Table, scope: TableScope) -> Any:
    return None if table.otherwise is None else scope.evaluate(table.otherwise.node)


def _open(hits: Sequence[_Hit]) -> frozenset[str]:
    return frozenset().union(*(hit.missing for hit in hits))


def _unique(table: Table, scope: TableScope, hits: list[_Hit]) -> Any:
    sure = [hit for hit in hits if not hit.missing]
    if len(sure) > 1:
        return None
    if len(sure) == len(hits):
        return scope.evaluate(sure[0].row.output.node) if sure else _otherwise(table, scope)
    outcomes = [scope.evaluate(hit.row.output.node) for hit in (sure or hits)]
    if not sure:
        outcomes.append(_otherwise(table, scope))
    if sure or len(hits) > 1:
        outcomes.append(None)  # two rows may turn out to match
    return _hull(outcomes, _open(hits))


def _first(table: Table, scope: TableScope, hits: list[_Hit]) -> Any:
    outcomes, missing = [], frozenset[str]()
    for hit in hits:
        outcomes.append(scope.evaluate(hit.row.output.node))
        if not hit.missing:
            break
        missing |= hit.missing
    else:
        outcomes.append(_otherwise(table, scope))
    return _hull(outcomes, missing) if missing else outcomes[0]


def _any(table: Table, scope: TableScope, hits: list[_Hit]) -> Any:
    if not hits:
        return _otherwise(table, scope)
    outcomes = [scope.evaluate(hit.row.output.node) for hit in hits]
    missing = _open(hits)
    if missing:
        sure = any(not hit.missing for hit in hits)
        return _hull([*outcomes, None] if sure else [*outcomes, None, _otherwise(table, scope)], missing)
    if any(isinstance(each, Unknown) for each in outcomes):
        return _hull([*outcomes, None], frozenset())
    return outcomes[0] if all(equal(outcomes[0], each) is True for each in outcomes[1:]) else None


def _priority(table: Table, scope: TableScope, hits: list[_Hit]) -> Any:
    ranks: dict[str, int] = {}
    for index, expression in enumerate(table.priorities):
        ranks.setdefault(expression.text, index)

    def rank(expression: Expression) -> int:
        return ranks.get(expression.text, len(ranks))

    return _first(table, scope, sorted(hits, key=lambda hit: rank(hit.row.output)))


def _collect(kind: str) -> Callable[[Table, TableScope, list[_Hit]], Any]:
    def collected(table: Table, scope: TableScope, hits: list[_Hit]) -> Any:
        missing = _open(hits)
        if not hits and (table.otherwise is not None or kind != "count"):
            return _otherwise(table, scope)
        outcomes = [scope.evaluate(hit.row.output.node) for hit in hits]
        unsettled = any(isinstance(each, Unknown) for each in outcomes)
        if missing or (unsettled and kind != "count"):
            return waiting((*outcomes, Unknown(missing)))
        return BUILTINS[kind].run(outcomes)

    return collected


_HIT_POLICIES: Final[dict[HitPolicy, Callable[[Table, TableScope, list[_Hit]], Any]]] = {
    "unique": _unique,
    "first": _first,
    "any": _any,
    "priority": _priority,
    "collect sum": _collect("sum"),
    "collect min": _collect("min"),
    "collect max": _collect("max"),
    "collect count": _collect("count"),
}
