"""Why something has no value though all facts are known (law 11): the smallest part of it that has none, in words.

Null is FEEL's answer to what cannot be worked out: a division by zero, a day beyond a calendar, an item that a list does not
have, a table in which no row matches.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, NamedTuple
from typing import Literal as Lit

from remit.language.checking.nullability import nullable
from remit.language.evaluating.nulls import reason, worked_out_from
from remit.language.nodes import (
    And,
    Arithmetic,
    Call,
    Compare,
    Filter,
    For,
    If,
    Invocation,
    Literal,
    Name,
    Negate,
    Node,
    Or,
    Quantified,
    children,
    reads_input,
)
from remit.language.source import Source
from remit.language.values import Unknown
from remit.policy.model import Clause, Dated, Expression, Formula, Guardrail, Model, Rule, Table
from remit.policy.trees import budget_of, long_values
from remit.readings.numbers.number_amounts import whole
from remit.readings.numbers.table_choice import TableScope, entry_in_force, rows_that_count

__all__ = ["Cause", "PossibleCauses", "guardrail_cause", "rule_cause", "value_cause"]


class Cause(NamedTuple):
    """``node`` has no value, by the fault of a table, dated constants, a calendar or an operation; ``text`` says it."""

    kind: Lit["table", "dated", "calendar", "operation"]
    node: Node
    text: str


def rule_cause(model: Model, scope: TableScope, rule: Rule, remedy: str) -> Cause | None:
    """What keeps ``rule`` from saying what it gives of ``remedy``, ``None`` where nothing does."""
    amounts = [*rule.may.get(remedy, {}).values(), *([rule.owed[remedy]] if remedy in rule.owed else [])]
    return _Causes(model, scope).of(rule.when.expressions() if rule.when else (), [(remedy, each) for each in amounts])


def guardrail_cause(model: Model, scope: TableScope, guardrail: Guardrail) -> Cause | None:
    """What of ``guardrail`` cannot be worked out; ``None`` where everything can."""
    limits = [(remedy, each) for remedy, amounts in guardrail.limits.items() for each in amounts.values()]
    return _Causes(model, scope).of(guardrail.when.expressions() if guardrail.when else (), limits)


def value_cause(model: Model, scope: TableScope, name: str) -> Cause:
    """Why the value ``name`` has none."""
    return _Causes(model, scope).of_value(name)


class _Causes:
    """Looks for what has no value in one scope."""

    def __init__(self, model: Model, scope: TableScope) -> None:
        self.model = model
        self.scope = scope

    def of(self, when: Iterable[Clause], amounts: Iterable[tuple[str, Expression]]) -> Cause | None:
        """What of a condition or of these amounts has no value."""
        clauses = list(when)
        values = [self.scope.evaluate(each.node) for each in clauses]
        if None in values and not any(each is False or isinstance(each, Unknown) for each in values):
            clause = clauses[values.index(None)]
            assert clause.source is not None  # somebody wrote it
            return self._told(clause.node, clause.source)
        for remedy, amount in amounts:
            value = self.scope.evaluate(amount.node)
            if not isinstance(value, Unknown) and whole(self.model, self.model.remedies[remedy], value) is None:
                return self._told(amount.node, amount.source)
        return None

    def of_value(self, name: str) -> Cause:
        """Why a named value has none, once for all who ask."""
        if name not in self.scope.causes:
            self.scope.causes[name] = self._value(Name(name, type=self.model.values[name].type))
        cause: Cause = self.scope.causes[name]
        return cause

    def _told(self, node: Node, source: Source) -> Cause:
        """``node``, or the part of it that has no value while all its own parts have one."""
        for part in worked_out_from(node, self.scope.evaluate):
            if self.scope.evaluate(part) is None:
                return self._told(part, source)
        if isinstance(node, Name) and node.name in self.model.values:
            return self.of_value(node.name)
        if isinstance(node, Name) and node.name == "requested":
            return _UNKNOWN_TIME
        kind, why = self._why(node)
        return _cause(kind, node, source.text[slice(*node.span)].strip() or source.text, why)

    def _value(self, node: Name) -> Cause:
        """Why a named value is null."""
        match self.model.values[node.name].definition:
            case Formula(expression):
                return self._told(expression.node, expression.source)
            case Dated() as dated:
                place = entry_in_force(dated, self.scope[dated.by])
                if place is not None:
                    return self._told(dated.entries[place][1].node, dated.entries[place][1].source)
                return _cause("dated", node, node.name, f"it has no entry for a day before {dated.entries[0][0]}")
            case Table() as table:
                return self._table(node, table)

    def _table(self, node: Name, table: Table) -> Cause:
        rows = rows_that_count(table, self.scope)
        several = {"unique": "more than one row of its table matches", "any": "the rows of its table that match do not agree"}
        for output in [row.output for row in rows] or ([table.otherwise] if table.otherwise else []):
            if self.scope.evaluate(output.node) is None:
                return self._told(output.node, output.source)
        return _cause("table", node, node.name, several.get(table.hit, "") if rows else "no row of its table matches")

    def _why(self, node: Node) -> tuple[Lit["calendar", "operation"], str]:
        out_of_steps = isinstance(node, Call | Filter | For | Invocation | Quantified) and self.scope.runs_out(node)
        values = [] if out_of_steps else [self.scope.evaluate(each) for each in children(node) if not reads_input(each)]
        known = self.model.calendars
        for calendar in (known[each] for each in values if isinstance(each, str) and each in known):
            last = calendar.end - timedelta(days=1)
            return "calendar", f"the calendar `{calendar.name}` only has the days from {calendar.start} to {last}"
        return "operation", reason(node, values, out_of_steps=out_of_steps)


def _cause(kind: Lit["table", "dated", "calendar", "operation"], node: Node, text: str, why: str) -> Cause:
    return Cause(kind, node, f"`{text}` cannot be worked out" + (f": {why}" if why else ""))


#: Where a decision is taken without ``at``.
_UNKNOWN_TIME: Final = _cause("operation", Name("requested"), "requested", "the time of the request is not known")


# What can be said beforehand


class PossibleCauses:
    """What of one policy may have no value though all that it is made of has one: texts, and ``None`` for what cannot be said
    beforehand."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._long = long_values(model)
        self._budget = budget_of(model)
        self._values: dict[str, set[str | None]] = {}

    def only(self, subject: Rule | Guardrail, remedy: str) -> str | None:
        """The only thing of ``subject`` that may have no value (for ``remedy``, of a rule), in words; ``None`` where there are
        several, or where it takes the values of a case to say it."""
        if isinstance(subject, Rule):
            amounts = [*subject.may.get(remedy, {}).values(), *([subject.owed[remedy]] if remedy in subject.owed else [])]
        else:
            amounts = [each for by_role in subject.limits.values() for each in by_role.values()]
        written = [(each.node, each.source) for each in amounts]
        if subject.when is not None:
            written += [(each.node, each.source) for each in subject.when.expressions() if each.source is not None]
        found = {text for node, source in written for text in self.of(node, source)}
        return found.pop() if len(found) == 1 else None

    def of(self, node: Node, source: Source) -> set[str | None]:
        """What of ``node`` may have none."""
        match node:
            case Name(name=name) if name in self.model.values:
                if name not in self._values:
                    self._values[name] = self._of_value(node)
                return self._values[name]
            case If(yes=yes, no=no):
                return self.of(yes, source) | self.of(no, source)
            case Name(name="requested") if self.model.reads_requested:
                return {_UNKNOWN_TIME.text}
            case Literal() | Name():
                return set()
        below = set[str | None]().union(*(self.of(each, source) for each in children(node)))
        if not nullable(node, self._long, budget=self._budget) or (below and isinstance(node, Compare | And | Or | Negate)):
            return below
        if isinstance(node, Arithmetic) and node.op == "/" and not nullable(node.right, self._long, budget=self._budget):
            return below | {_cause("operation", node, source.text[slice(*node.span)].strip(), "a division by zero").text}
        return below | {None}

    def _of_value(self, name: Name) -> set[str | None]:
        match self.model.values[name.name].definition:
            case Formula(expression):
                return self.of(expression.node, expression.source)
            case Dated(entries=entries):
                before = _cause("dated", name, name.name, f"it has no entry for a day before {entries[0][0]}").text
                return {before}.union(*(self.of(entry.node, entry.source) for _, entry in entries))
            case Table() as table:
                outputs = [*(row.output for row in table.rows), *([table.otherwise] if table.otherwise else [])]
                found = set[str | None]().union(*(self.of(each.node, each.source) for each in outputs))
                if table.hit not in ("first", "priority"):
                    return found | {None}
                none = _cause("table", name, name.name, "no row of its table matches").text
                return found | ({none} if table.otherwise is None else set())
