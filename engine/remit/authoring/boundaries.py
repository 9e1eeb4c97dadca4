"""The values at which a policy changes its mind: for each fact, and for what is asked of each remedy, every value that it is
compared with, and its neighbours.

Used wherever a policy is tried out: proposing cases, finding the nearest change that helps, measuring what cases reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias
from typing import Literal as Lit

from remit.errors import Place
from remit.language.evaluator import evaluate
from remit.language.nodes import Between, Compare, In, Input, Literal, Name, Node, RangeLiteral, walk
from remit.language.source import Source, Span
from remit.language.types import BOOLEAN, INTEGER, Type, money
from remit.language.values import Money, minor_digits
from remit.policy.model import Condition, Dated, Expression, Fact, Formula, Model, Remedy, Table

__all__ = ["Boundary", "Side", "bare", "boundaries", "can_cross", "candidates", "compared_names", "neighbours", "within"]


#: On which side of the value the answer changes: between what is just below and the value, between the value and what is just
#: above, or on both.
Side: TypeAlias = Lit["below", "above", "both"]


@dataclass(frozen=True, slots=True)
class Boundary:
    """``fact`` (its name, or ``asked.REMEDY``) is compared with ``value`` somewhere in the policy, at ``source`` if that is
    known; ``side`` says where the answer changes."""

    fact: str
    value: Any
    side: Side
    source: Source | None = field(default=None, compare=False)
    span: Span = field(default=(0, 0), compare=False)

    @property
    def place(self) -> Place | None:
        """Where the comparison stands."""
        return None if self.source is None else self.source.place(self.span)


def compared_names(model: Model) -> Mapping[str, Fact]:
    """What boundaries are about, by name: the facts, and ``asked.REMEDY`` for each remedy as if it were a fact from 0 up."""
    return {**model.facts, **{f"asked.{name}": _as_fact(model, remedy) for name, remedy in model.remedies.items()}}


def _as_fact(model: Model, remedy: Remedy) -> Fact:
    name, currency = f"asked.{remedy.name}", model.currency or "XXX"
    match remedy.kind:
        case "money":
            return Fact(name, money(currency), Money(Decimal(0), currency))
        case "count":
            return Fact(name, INTEGER, Decimal(0))
        case _:
            return Fact(name, BOOLEAN)


def boundaries(model: Model) -> tuple[Boundary, ...]:
    """Every value that a fact, or what is asked for, is compared with, in reading order, each once."""
    names = compared_names(model)
    found: dict[tuple[str, str, str], Boundary] = {}
    for each in _compared(model):
        if each.fact in names and each.value is not None:
            found.setdefault((each.fact, repr(each.value), each.side), each)
    return tuple(found.values())


def candidates(model: Model) -> Mapping[str, tuple[Any, ...]]:
    """For each fact, the values worth trying: all choices, both truth values, and each boundary with its neighbours, within
    the declared bounds."""
    compared: dict[str, list[Any]] = {name: [] for name in model.facts}
    for boundary in boundaries(model):
        if boundary.fact in compared:
            compared[boundary.fact].append(boundary.value)
    return {name: tuple(_distinct(_worth_trying(fact, compared[name]))) for name, fact in model.facts.items()}


def neighbours(kind: Type, value: Any) -> tuple[Any, Any] | None:
    """The values just below and just above; ``None`` where a type has no such thing.

    One for whole numbers, one in the last decimal place for others (at least a hundredth where the value is not whole), the
    smallest unit for money, a day for dates, a minute for durations and times of day.
    """
    match value:
        case bool() | str():
            return None
        case Money(amount, currency):
            step = Decimal(1).scaleb(-minor_digits(currency))
            return Money(amount - step, currency), Money(amount + step, currency)
        case int() | Decimal():
            exponent = Decimal(value).as_tuple().exponent
            step = Decimal(1) if kind.integer or not isinstance(exponent, int) or exponent >= 0 else Decimal(1).scaleb(exponent)
            return Decimal(value) - step, Decimal(value) + step
        case datetime() | timedelta():
            return value - timedelta(minutes=1), value + timedelta(minutes=1)
        case date():
            return value - timedelta(days=1), value + timedelta(days=1)
        case _:
            return None


def can_cross(fact: Fact, boundary: Boundary) -> bool:
    """Whether ``fact`` can really stand on both sides: its type has neighbours, and its bounds leave room for them."""
    around = neighbours(fact.type, boundary.value)
    if around is None or not within(fact, boundary.value):
        return False
    below, above = within(fact, around[0]), within(fact, around[1])
    return {"below": below, "above": above, "both": below or above}[boundary.side]


def _worth_trying(fact: Fact, compared: Iterable[Any]) -> Iterator[Any]:
    kind = fact.type
    if kind.kind == "choice":
        yield from kind.choices
    elif kind.kind == "boolean":
        yield from (False, True)
    else:
        for value in compared:
            around = neighbours(kind, value)
            for each in (value,) if around is None else (around[0], value, around[1]):
                if within(fact, each):
                    yield each
        yield from (each for each in (fact.low, fact.high) if each is not None)


def within(fact: Fact, value: Any) -> bool:
    """Whether ``value`` is within the bounds of ``fact``."""
    amount = bare(value)
    try:
        return not ((fact.low is not None and amount < bare(fact.low)) or (fact.high is not None and amount > bare(fact.high)))
    except TypeError:
        return False


def bare(value: Any) -> Any:
    """Money as its bare amount (within a policy there is one currency), everything else as it is."""
    return value.amount if isinstance(value, Money) else value


def _distinct(values: Iterable[Any]) -> Iterator[Any]:
    seen: set[str] = set()
    for value in values:
        if repr(value) not in seen:
            seen.add(repr(value))
            yield value


def _compared(model: Model) -> Iterator[Boundary]:
    """Every comparison of a name with a constant, anywhere in the policy."""
    for condition in _conditions(model):
        if condition.rest is not None:
            yield from _in_expression(model, condition.rest, None)
        for tested, test in condition.tests:
            yield from _in_expression(model, test, tested)
    for value in model.values.values():
        if isinstance(value.definition, Table):
            for row in value.definition.rows:
                for on, test in zip(value.definition.inputs, row.tests, strict=True):
                    yield from _in_expression(model, test, on.node.name if isinstance(on.node, Name) else None)
    for expression in _expressions(model):
        yield from _in_expression(model, expression, None)


def _conditions(model: Model) -> Iterator[Condition]:
    conditions = (
        *(rule.when for rule in model.rules),
        *(guardrail.when for guardrail in model.guardrails),
        *(requirement.when for requirement in model.requires),
    )
    yield from (condition for condition in conditions if condition is not None)


def _expressions(model: Model) -> Iterator[Expression]:
    for value in model.values.values():
        if isinstance(value.definition, Formula):
            yield value.definition.expression
        elif isinstance(value.definition, Table):
            yield from (row.output for row in value.definition.rows)
    for rule in model.rules:
        for amounts in rule.may.values():
            yield from amounts.values()
        yield from rule.owed.values()


_SIDES: Final[Mapping[str, tuple[Side, Side]]] = {  # of the operator as written, and turned around
    "<": ("below", "above"),
    ">=": ("below", "above"),
    ">": ("above", "below"),
    "<=": ("above", "below"),
    "=": ("both", "both"),
    "!=": ("both", "both"),
}


def _in_expression(model: Model, expression: Expression, tested: str | None) -> Iterator[Boundary]:
    def pair(one: Node, other: Node, side: Side) -> Iterator[Boundary]:
        name = one.name if isinstance(one, Name) else tested if isinstance(one, Input) else None
        if name is not None:
            yield from (Boundary(name, value, side, expression.source, other.span) for value in _literals(model, other))

    for each in walk(expression.node):
        match each:
            case Compare(op, left, right):
                side, turned = _SIDES[op]
                yield from pair(left, right, side)
                yield from pair(right, left, turned)
            case Between(value, low, high):
                yield from pair(value, low, "below")
                yield from pair(value, high, "above")
            case In(value, tests):
                for test in tests:
                    if isinstance(test, RangeLiteral):
                        if test.low is not None:
                            yield from pair(value, test.low, "below" if test.low_closed else "above")
                        if test.high is not None:
                            yield from pair(value, test.high, "above" if test.high_closed else "below")
                    else:
                        yield from pair(value, test, "both")


def _literals(model: Model, node: Node) -> Iterator[Any]:
    """The constants that ``node`` can stand for: its own, or what a named value can give."""
    yield from _constant(node)
    if isinstance(node, Name) and node.name in model.values:
        definition = model.values[node.name].definition
        outputs: Iterable[Expression] = ()
        match definition:
            case Table(rows=rows, otherwise=otherwise):
                outputs = (*(row.output for row in rows), *((otherwise,) if otherwise else ()))
            case Dated(entries=entries):
                outputs = (entry for _, entry in entries)
            case Formula(expression):
                outputs = (expression,)
        for output in outputs:
            yield from _constant(output.node)


def _constant(node: Node) -> Iterator[Any]:
    """The one value of ``node``, where no name is in it: ``date("2026-03-01")``, ``2 * 30 EUR``."""
    if isinstance(node, Literal):
        yield node.value
    elif not any(isinstance(each, Name | Input) for each in walk(node)):
        value = evaluate(node, {})
        if isinstance(value, Money | Decimal | date | timedelta | time):
            yield value
