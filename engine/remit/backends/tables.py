"""Decision tables and dated constants, with missing facts (DMN 1.4, 8.2.10 for the hit policies).

A row that may match leaves the result open between what the table gives with it and without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial, reduce
from typing import Any, Final, Protocol

from remit.language.builtins import BUILTINS
from remit.language.nodes import Node
from remit.language.records import dataclass
from remit.language.relations import equal
from remit.language.unknown import either, waiting
from remit.language.values import Unknown
from remit.policy.model import Dated, Expression, HitPolicy, Row, Table

__all__ = ["Scope", "dated_value", "table_value"]


class Scope(Protocol):
    """What a table is evaluated in."""

    def __getitem__(self, name: str) -> Any: ...

    def evaluate(self, node: Node) -> Any:
        """The value of an expression."""

    def test(self, node: Node, value: Any) -> Any:
        """The value of a unary test on ``value``."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A row that matches, or may (``missing`` is not empty)."""

    row: Row
    missing: frozenset[str]


def _hull(outcomes: Sequence[Any], missing: frozenset[str]) -> Any:
    """One of ``outcomes``, depending on the facts in ``missing``; the value itself where they are all the same."""
    return reduce(partial(either, Unknown(missing)), outcomes)


def dated_value(dated: Dated, scope: Scope) -> Any:
    """The entry in force on the date named by ``dated.by``; null before the first."""
    day = scope[dated.by]
    if isinstance(day, Unknown):
        return _hull([None, *(scope.evaluate(entry.node) for _, entry in dated.entries)], day.missing)
    if not isinstance(day, date):
        return None
    chosen = None
    for start, entry in dated.entries:
        if start <= day:
            chosen = entry
    return None if chosen is None else scope.evaluate(chosen.node)


def table_value(table: Table, scope: Scope) -> Any:
    """What the table gives."""
    inputs = [scope.evaluate(each.node) for each in table.inputs]
    return _HIT_POLICIES[table.hit](table, scope, list(_hits(table, scope, inputs)))


def _hits(table: Table, scope: Scope, inputs: Sequence[Any]) -> Iterator[_Hit]:
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


def _otherwise(table: Table, scope: Scope) -> Any:
    return None if table.otherwise is None else scope.evaluate(table.otherwise.node)


def _open(hits: Sequence[_Hit]) -> frozenset[str]:
    return frozenset().union(*(hit.missing for hit in hits))


def _unique(table: Table, scope: Scope, hits: list[_Hit]) -> Any:
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


def _first(table: Table, scope: Scope, hits: list[_Hit]) -> Any:
    outcomes, missing = [], frozenset[str]()
    for hit in hits:
        outcomes.append(scope.evaluate(hit.row.output.node))
        if not hit.missing:
            break
        missing |= hit.missing
    else:
        outcomes.append(_otherwise(table, scope))
    return _hull(outcomes, missing) if missing else outcomes[0]


def _any(table: Table, scope: Scope, hits: list[_Hit]) -> Any:
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


def _priority(table: Table, scope: Scope, hits: list[_Hit]) -> Any:
    ranks: dict[str, int] = {}
    for index, expression in enumerate(table.priorities):
        ranks.setdefault(expression.text, index)

    def rank(expression: Expression) -> int:
        return ranks.get(expression.text, len(ranks))

    return _first(table, scope, sorted(hits, key=lambda hit: rank(hit.row.output)))


def _collect(kind: str) -> Callable[[Table, Scope, list[_Hit]], Any]:
    def collected(table: Table, scope: Scope, hits: list[_Hit]) -> Any:
        missing = _open(hits)
        if not hits and (table.otherwise is not None or kind != "count"):
            return _otherwise(table, scope)
        outcomes = [scope.evaluate(hit.row.output.node) for hit in hits]
        unsettled = any(isinstance(each, Unknown) for each in outcomes)
        if missing or (unsettled and kind != "count"):
            return waiting((*outcomes, Unknown(missing)))
        return BUILTINS[kind].run(outcomes)

    return collected


_HIT_POLICIES: Final[dict[HitPolicy, Callable[[Table, Scope, list[_Hit]], Any]]] = {
    "unique": _unique,
    "first": _first,
    "any": _any,
    "priority": _priority,
    "collect sum": _collect("sum"),
    "collect min": _collect("min"),
    "collect max": _collect("max"),
    "collect count": _collect("count"),
}
