"""What changed in how amounts are worked out: formulas, dated constants, tables row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from remit.authoring.differences.changes import Change, ChangeDetail
from remit.authoring.differences.policy_comparison import direction, pairs, said
from remit.language import words
from remit.policy import phrases
from remit.policy.model import Dated, Expression, Formula, Model, Table, Value

__all__ = ["values"]

_FORMS = {Formula: "a formula", Dated: "by date", Table: "a table"}


def values(old: Model, new: Model) -> Iterator[Change]:
    """Named values."""
    for name, before, after, was in pairs(old.values, new.values, lambda value: value.definition):
        label = words.name(name)
        if before is None or after is None:
            value = after or before
            assert value is not None
            yield Change("added" if after else "removed", label, _about(value))
            continue
        found = [ChangeDetail("name", words.name(was), label)] if was else []
        for each in _value(before, after):  # more of what the customer pays is not more generous
            found.append(replace(each, direction=None) if name in new.shows else each)
        if found:
            yield Change("renamed" if was else "changed", label, "", tuple(found))


def _about(value: Value) -> str:
    match value.definition:
        case Formula(expression=expression):
            return phrases.formula(expression)
        case Dated(entries=entries):
            return ", ".join(f"{phrases.formula(each)} from {day}" for day, each in entries)
        case Table(inputs=inputs, rows=rows):
            count = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
            return f"a table of {count}, by {words.listing(phrases.formula(each) for each in inputs)}"


def _value(before: Value, after: Value) -> Iterator[ChangeDetail]:
    old, new = before.definition, after.definition
    if isinstance(old, Formula) and isinstance(new, Formula):
        if old != new:
            yield _expression("it is", old.expression, new.expression)
    elif isinstance(old, Dated) and isinstance(new, Dated):
        yield from _dated(old, new)
    elif isinstance(old, Table) and isinstance(new, Table):
        yield from _table(old, new)
    elif old != new:
        yield ChangeDetail("it is", f"{_FORMS[type(old)]}: {_about(before)}", f"{_FORMS[type(new)]}: {_about(after)}")


def _expression(label: str, old: Expression | None, new: Expression | None) -> ChangeDetail:
    """Before and after; in the author's own writing where the words are the same."""
    before, after = said(old), said(new)
    if before == after and old is not None and new is not None:
        before, after = old.text, new.text
    return ChangeDetail(label, before, after, None if old is None or new is None else direction(old, new))


def _dated(old: Dated, new: Dated) -> Iterator[ChangeDetail]:
    before, after = dict(old.entries), dict(new.entries)
    for day in sorted({*before, *after}):
        if before.get(day) != after.get(day):
            yield _expression(f"from {day}", before.get(day), after.get(day))
    if old.by != new.by:
        yield ChangeDetail("by the day of", words.name(old.by), words.name(new.by))


def _table(old: Table, new: Table) -> Iterator[ChangeDetail]:
    if old.hit != new.hit:
        yield ChangeDetail("which row counts", old.hit, new.hit)
    if old.inputs != new.inputs:
        yield ChangeDetail("columns", _columns(old), _columns(new))
    before, after = _rows(old), _rows(new)
    for row in dict.fromkeys([*after, *before]):
        was, now = before.get(row), after.get(row)
        if was != now:
            yield _expression(row, was, now)
    common = [row for row in after if row in before]
    if [row for row in before if row in after] != common:
        yield ChangeDetail("order of the rows", "; ".join(row for row in before if row in after), "; ".join(common))
    if old.otherwise != new.otherwise:
        yield _expression("otherwise", old.otherwise, new.otherwise)
    if old.priorities != new.priorities:
        yield ChangeDetail("most important first", _listed(old.priorities), _listed(new.priorities))


def _columns(table: Table) -> str:
    return words.listing(phrases.formula(each) for each in table.inputs)


def _listed(expressions: Iterable[Expression]) -> str:
    return ", ".join(phrases.formula(each) for each in expressions)


def _rows(table: Table) -> dict[str, Expression]:
    """Each row's situation in words, with its result; rows that say the same are numbered."""
    out: dict[str, Expression] = {}
    seen: Counter[str] = Counter()
    for row in table.rows:
        tested = [
            phrases.unary(test, phrases.formula(of))
            for test, of in zip(row.tests, table.inputs, strict=True)
            if test.text != "-"
        ]
        name = ", ".join(each for each in tested if each) or "any other"
        seen[name] += 1
        out[name if seen[name] == 1 else f"{name} (row {seen[name]} of these)"] = row.output
    return out
