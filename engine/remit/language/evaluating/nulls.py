"""Why an expression is null though all that it reads is known: the smallest part of it that has no value, and the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from remit.language.evaluating.list_steps import MAX_STEPS, iterable
from remit.language.nodes import (
    Arithmetic,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    If,
    Literal,
    Node,
    Quantified,
    children,
    reads_input,
)
from remit.language.values import Money, Months, Range

__all__ = ["reason", "smallest_null", "worked_out_from"]

_Evaluate: TypeAlias = Callable[[Node], Any]


def smallest_null(node: Node, evaluate: _Evaluate) -> Node:
    """``node``, or the part of it that is null while all its own parts have a value."""
    found = next((part for part in worked_out_from(node, evaluate) if evaluate(part) is None), None)
    return node if found is None else smallest_null(found, evaluate)


def worked_out_from(node: Node, evaluate: _Evaluate) -> Iterator[Node]:
    """What ``node`` is worked out from, as far as it can be evaluated alone."""
    match node:
        case If(condition=condition, yes=yes, no=no):
            yield yes if evaluate(condition) is True else no
        case Quantified(bindings=bindings) | For(bindings=bindings):
            yield bindings[0][1]
        case Filter(source=source):
            yield source
        case ContextLiteral() | FunctionLiteral():
            return
        case _:
            yield from (each for each in children(node) if not isinstance(each, Literal) and not reads_input(each))


def reason(node: Node, values: Sequence[Any], *, out_of_steps: bool) -> str:
    """Why ``node``, whose parts have ``values``, has none itself; empty where there is nothing to say."""
    if out_of_steps:
        return "it takes too many steps"
    if isinstance(node, Arithmetic) and node.op == "/" and _is_zero(values[-1]):
        return "a division by zero"
    if isinstance(node, For | Quantified) and isinstance(values[0], Range) and iterable(values[0]) is None:
        return f"the range has no whole numbers or days, or more than {MAX_STEPS:,}"
    if any(each == [] for each in values):
        return "the list is empty"
    return "the list has no such item" if isinstance(node, Filter) else ""


def _is_zero(value: Any) -> bool:
    match value:
        case Money(amount=amount):
            return not amount
        case Months(months=months):
            return not months
    return isinstance(value, Decimal | int | timedelta) and not value
