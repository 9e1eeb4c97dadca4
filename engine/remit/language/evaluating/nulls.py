"""Why an expression is null though all that it reads is known: the smallest part of it that has no value, and the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from remit.language.builtins import BUILTINS
from remit.language.evaluating.list_steps import MAX_STEPS, iterable
from remit.language.evaluating.relations import kind_of
from remit.language.nodes import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    If,
    In,
    Invocation,
    Literal,
    Node,
    Or,
    Path,
    Quantified,
    children,
    reads_input,
)
from remit.language.values import Function, Money, Months, Range

__all__ = ["reason", "reason_from_values", "smallest_null", "worked_out_from"]

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


def reason_from_values(node: Node, values: Sequence[Any]) -> str:
    """Why ``node`` is null though its parts are of the types that it takes, from their ``values``; empty as for :func:`reason`.

    Decisions do not say this: what they say is on record.
    """
    match node:
        case Call():
            return _call(node, values)
        case Path(name=name):
            return f"the value has no `{name}`"
        case Invocation():
            return "the function gives null" if isinstance(values[0], Function) else "what is called is not a function"
        case ContextLiteral() | FunctionLiteral():
            return ""
    if any(value is None for value in values):
        return "a part of it is null"
    if isinstance(node, Arithmetic):
        return "the result is out of range" if _go_together(node.op, *map(kind_of, values)) else _APART
    if isinstance(node, And | Or | Quantified):
        return "what must be true or false is neither"
    return _APART if isinstance(node, Between | Compare | In) else ""


def _go_together(op: str, left: str, right: str) -> bool:
    """Whether values of these kinds have a sum, product ... as long as it is not out of range."""
    kinds = {left, right}
    if kinds & {"date", "date-time"}:
        return bool(kinds & {"duration", "months"})
    return kinds <= {"number", "money", "duration", "months"} and (len(kinds) == 1 or (op in "*/" and "number" in kinds))


def _call(node: Call, values: Sequence[Any]) -> str:
    outside = ""
    if BUILTINS[node.function].takes(*values, names=node.names):
        is_two = any(isinstance(value, Range) and value.operator == "!=" for value in values)
        outside = "all values but one are two ranges" if is_two else _OUTSIDE.get(node.function, "")
    return outside or _null_in(values) or "the arguments are not what it takes"


def _null_in(values: Sequence[Any]) -> str:
    if None in values:
        return "an argument is null"
    return "an item of the list is null" if any(isinstance(value, list) and None in value for value in values) else ""


_APART: Final = "its parts do not go together"


_SCALE: Final = "a scale lies between -6111 and 6176"
_POSITION: Final = "the list has no such position"
#: When a function is null though its arguments are what it takes.
_OUTSIDE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("decimal", "floor", "ceiling", "round up", "round down", "round half up", "round half down"), _SCALE),
    "modulo": "the divisor is zero",
    "sqrt": "the number is below zero",
    "log": "the number is not above zero",
    "stddev": "a standard deviation takes at least two numbers",
    "substring": "the text has no such position, or the length is less than 1",
    "matches": "the pattern or a flag is not valid",
    "replace": "the pattern, a flag or the replacement is not valid, or the pattern matches the empty text",
    "split": "the pattern is not valid, or it matches the empty text",
    "sublist": "the list has no such part",
    "insert before": _POSITION,
    "remove": _POSITION,
    "list replace": f"{_POSITION}, or the function does not say true or false of two items",
    "sort": "the function does not say true or false of two items",
    "get value": "the context has no such entry, or the entry is null",
    "context": "a key is missing, is not text or comes twice, or a value is missing",
    "context put": "the keys do not lead to an entry of a context",
    "number": "the text is not a number",
    "date": "there is no such date",
    "time": "there is no such time",
    "date and time": "there is no such date and time",
    "duration": "the text is not a duration",
    "range": "the text is not a range",
}


def _is_zero(value: Any) -> bool:
    match value:
        case Money(amount=amount):
            return not amount
        case Months(months=months):
            return not months
    return isinstance(value, Decimal | int | timedelta) and not value
