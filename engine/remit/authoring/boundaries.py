"""The values at which a policy changes its mind: for each fact, every value it is compared with, and its neighbours.

Used wherever a policy is tried out: proposing cases, finding the nearest change that helps, measuring what cases reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from remit.language.nodes import Between, Compare, In, Input, Literal, Name, Node, RangeLiteral, walk
from remit.language.types import Type
from remit.language.values import Money, minor_digits
from remit.policy.model import Condition, Dated, Expression, Fact, Formula, Model, Table

__all__ = ["Boundary", "boundaries", "candidates", "neighbours"]


@dataclass(frozen=True, slots=True)
class Boundary:
    """``fact`` is compared with ``value`` somewhere in the policy."""

    fact: str
    value: Any


def boundaries(model: Model) -> tuple[Boundary, ...]:
    """Every value that a fact is compared with, in reading order, each once."""
    found: dict[tuple[str, str], Boundary] = {}
    for fact, value in _compared(model):
        if fact in model.facts and value is not None:
            found.setdefault((fact, repr(value)), Boundary(fact, value))
    return tuple(found.values())


def candidates(model: Model) -> Mapping[str, tuple[Any, ...]]:
    """For each fact, the values worth trying: all choices, both truth values, and each boundary with its neighbours, within
    the declared bounds."""
    compared: dict[str, list[Any]] = {name: [] for name in model.facts}
    for boundary in boundaries(model):
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
                if _within(fact, each):
                    yield each
        yield from (each for each in (fact.low, fact.high) if each is not None)


def _within(fact: Fact, value: Any) -> bool:
    amount = _bare(value)
    try:
        return not (
            (fact.low is not None and amount < _bare(fact.low)) or (fact.high is not None and amount > _bare(fact.high))
        )
    except TypeError:
        return False


def _bare(value: Any) -> Any:
    return value.amount if isinstance(value, Money) else value


def _distinct(values: Iterable[Any]) -> Iterator[Any]:
    seen: set[str] = set()
    for value in values:
        if repr(value) not in seen:
            seen.add(repr(value))
            yield value


def _compared(model: Model) -> Iterator[tuple[str, Any]]:
    """Pairs of a fact and a literal that it is compared with, anywhere in the policy."""
    for condition in _conditions(model):
        yield from _in_expression(model, condition.node, None)
        for tested, test in condition.tests:
            yield from _in_expression(model, test.node, tested)
    for value in model.values.values():
        if isinstance(value.definition, Table):
            for row in value.definition.rows:
                for on, test in zip(value.definition.inputs, row.tests, strict=True):
                    name = on.node.name if isinstance(on.node, Name) else None
                    yield from _in_expression(model, test.node, name)
    for expression in _expressions(model):
        yield from _in_expression(model, expression.node, None)


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


def _in_expression(model: Model, node: Node, tested: str | None) -> Iterator[tuple[str, Any]]:
    for each in walk(node):
        match each:
            case Compare(_, left, right):
                yield from _pair(model, left, right, tested)
                yield from _pair(model, right, left, tested)
            case Between(value, low, high):
                yield from _pair(model, value, low, tested)
                yield from _pair(model, value, high, tested)
            case In(value, tests):
                for test in tests:
                    ends = (test.low, test.high) if isinstance(test, RangeLiteral) else (test,)
                    for end in ends:
                        if end is not None:
                            yield from _pair(model, value, end, tested)


def _pair(model: Model, one: Node, other: Node, tested: str | None) -> Iterator[tuple[str, Any]]:
    name = one.name if isinstance(one, Name) else tested if isinstance(one, Input) else None
    if name is not None:
        yield from ((name, value) for value in _literals(model, other))


def _literals(model: Model, node: Node) -> Iterator[Any]:
    """The constants that ``node`` can stand for: its own, or what a named value can give."""
    if isinstance(node, Literal):
        yield node.value
    elif isinstance(node, Name) and node.name in model.values:
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
            if isinstance(output.node, Literal):
                yield output.node.value
