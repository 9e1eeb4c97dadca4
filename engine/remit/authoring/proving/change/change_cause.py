"""Which rule, row or guardrail makes the difference in a case, as the definition has it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from remit.authoring.proving.change.comparison import ChangeComparison, RuleAmount
from remit.authoring.proving.change.policy_pair import PairDecided, PolicyPair, Side
from remit.authoring.thresholds import scope_at
from remit.core.lowering.opaque import Outside
from remit.core.term import Term
from remit.language.nodes import Node
from remit.policy.model import Model, Rule, Table
from remit.policy.trees import reads
from remit.readings.numbers.table_choice import rows_that_count

__all__ = ["ChangeCause", "cause_of", "changed_values", "excluded"]


@dataclass(frozen=True, slots=True)
class ChangeCause:
    """Rule ``id`` of ``side``, of ``table`` the row of this number (from 0) that its amount comes from, where that is what
    changed; or guardrail ``id`` of ``side``."""

    kind: Literal["rule", "guardrail"]
    side: Side
    number: int
    id: str
    table: str = ""
    row: int = -1


def cause_of(comparison: ChangeComparison, decided: PairDecided, known: Container[ChangeCause]) -> ChangeCause | None:
    """What lifts the high side above the low one: a changed rule that gives more than the low side does, or a guardrail that
    holds the low side down and that the high one has not. Causes that are ``known`` are not told again."""
    low = comparison.decided(comparison.low, decided)
    changed = {(each.number, each.owed) for each in comparison.changed}
    given = [(amount, number) for amount, number, owed in _given(comparison, decided) if (number, owed) in changed]
    for amount, number in sorted(given, key=lambda pair: (-pair[0], pair[1])):
        if amount > low:
            cause = _rule_cause(comparison, decided, number)
            if cause not in known:
                return cause
    for each in decided.bundles[comparison.low].guardrails:
        if each.holds and each.number in comparison.lost:
            cause = ChangeCause("guardrail", comparison.low, each.number, each.guardrail.id)
            if cause not in known:
                return cause
    return None


def _given(comparison: ChangeComparison, decided: PairDecided) -> Iterator[tuple[int, int, bool]]:
    """What each rule of the high side gives in this case, its number, and whether that is owed."""
    bundle, remedy = decided.bundles[comparison.high], comparison.remedy
    for rank, rules in zip(range(bundle.rank, -1, -1), bundle.view.rules(bundle.rank), strict=False):
        for each in rules:
            if each.holds and remedy in each.owed:
                yield each.owed[remedy][0], each.number, True
            if each.holds and comparison.aspect == "limit":
                mine = [amount for lowest, amount, _ in each.may.get(remedy, ()) if lowest <= rank]
                if mine:
                    yield max(mine), each.number, False


def _rule_cause(comparison: ChangeComparison, decided: PairDecided, number: int) -> ChangeCause:
    side = comparison.high
    model = comparison.pair.models[side]
    rule = model.rules[number]
    for table in _tables(comparison.pair, side, rule):
        row = _counting(model, table, decided)
        if row is not None:
            return ChangeCause("rule", side, number, rule.id, table, row)
    return ChangeCause("rule", side, number, rule.id)


def _tables(pair: PolicyPair, side: Side, rule: Rule) -> Iterator[str]:
    """The tables that a rule reads which is written the same in both, where they are not."""
    other = next((each for each in pair.models["old" if side == "new" else "new"].rules if each.id == rule.id), None)
    if other is not None and (other.when, other.may, other.owed) == (rule.when, rule.may, rule.owed):
        for name in changed_values(pair, side, rule):
            if isinstance(pair.models[side].values[name].definition, Table):
                yield name


def changed_values(pair: PolicyPair, side: Side, owner: object) -> list[str]:
    """The named values that a rule or guardrail reads and that are not the same in both."""
    model, other = pair.models[side], pair.models["old" if side == "new" else "new"]
    found = frozenset[str]().union(*(reads(model, node) for node in _nodes(owner)))
    names = [name for name in model.values if name in found]
    return [name for name in names if name not in other.values or model.values[name] != other.values[name]]


def _nodes(owner: object) -> Iterator[Node]:
    when = getattr(owner, "when", None)
    if when is not None:
        yield when.node
    for by_role in (*getattr(owner, "may", {}).values(), *getattr(owner, "limits", {}).values(), getattr(owner, "owed", {})):
        yield from (each.node for each in by_role.values())


def _counting(model: Model, table: str, decided: PairDecided) -> int | None:
    """The row that counts in this case, of a table in which one does."""
    definition = model.values[table].definition
    assert isinstance(definition, Table)
    if definition.hit.startswith("collect"):
        return None
    case = decided.case
    point = {**case.facts, "occurred": case.occurred, "employee.role": decided.role}
    scope = scope_at(model, {name: value for name, value in point.items() if value is not None})
    counting = {id(row) for row in rows_that_count(definition, scope)}
    return next((number for number, row in enumerate(definition.rows) if id(row) in counting), None)


def excluded(comparison: ChangeComparison, causes: Mapping[ChangeCause, None]) -> tuple[dict[RuleAmount, Term], list[Term]]:
    """Where each rule amount of the high side is not looked at any more, and what must not hold at all."""
    T, apart, never = comparison.pair.terms, dict[RuleAmount, Term](), list[Term]()
    for cause in causes:
        if cause.kind == "guardrail":
            never.append(comparison.lost[cause.number])
            continue
        where = _row_term(comparison, cause) if cause.table else T.const(True)
        for each in comparison.changed:
            if each.number == cause.number:
                apart[each] = T.or_(apart.get(each, False), where)
    return apart, never


def _row_term(comparison: ChangeComparison, cause: ChangeCause) -> Term:
    """Whether the row matches; true where terms do not say that."""
    T, meaning = comparison.pair.terms, comparison.pair.meanings[cause.side]
    table = meaning.model.values[cause.table].definition
    assert isinstance(table, Table)
    rank = comparison.pair.rank(cause.side, comparison.roles[0])
    tables = meaning.lowered.role(rank).lowering.wholes.tables
    try:
        holds = tables.row_conditions(table, table.rows)
    except Outside:
        return T.const(True)
    return T.and_(holds[cause.row], *(T.not_(each) for each in holds[: cause.row] if table.hit == "first"))
