"""Small changes of an expression's text: an operator, a bracket, a constant, a function that is like it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import And, Arithmetic, Call, Compare, Literal, Node, Or, Quantified, RangeLiteral, walk
from remit.language.text import string
from remit.language.values import Money, Months, plain

__all__ = ["edits"]

_Edit = tuple[int, int, str]


def edits(whole: Node, text: str) -> Iterator[_Edit]:
    """Replacements of parts of an expression's ``text``: start, end, the new text."""
    for node in walk(whole):
        for kind, edit in _EDITS:
            if isinstance(node, kind):
                yield from edit(text, node)


_OPERATOR: Final = re.compile(r"(>=|<=|!=|>|<|=)\s*$")
_NEIGHBOURS: Final = {">=": ">", ">": ">=", "<=": "<", "<": "<=", "=": "!=", "!=": "="}


def _operator(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, Compare)
    found = _OPERATOR.search(text, 0, node.right.span[0])
    if found is not None:
        yield found.start(1), found.end(1), _NEIGHBOURS[found[1]]


def _junction(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, And | Or)
    word, other = ("and", "or") if isinstance(node, And) else ("or", "and")
    for left, right in zip(node.operands, node.operands[1:], strict=False):
        found = re.search(rf"\b{word}\b", text[left.span[1] : right.span[0]])
        if found is not None:
            start = left.span[1] + found.start()
            yield start, start + len(word), other


def _brackets(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, RangeLiteral)
    start, end = node.span
    if node.low is not None and text[start : start + 1] in ("[", "("):
        yield start, start + 1, "(" if text[start] == "[" else "["
    if node.high is not None and text[end - 1 : end] in ("]", ")"):
        yield end - 1, end, ")" if text[end - 1] == "]" else "]"


def _arithmetic(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, Arithmetic)
    other = {"+": "-", "-": "+", "*": "/", "/": "*"}.get(node.op)
    between = text[node.left.span[1] : node.right.span[0]]
    at = between.find(node.op)
    if other is not None and at >= 0:
        yield node.left.span[1] + at, node.left.span[1] + at + 1, other


def _constant(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, Literal)
    start, end = node.span
    written = text[start:end]
    match node.value:
        case bool(value) if written in ("true", "false"):
            yield start, end, "false" if value else "true"
        case str(value) if value in node.type.choices and value in written:
            others = [word for word in node.type.choices if word != value]
            yield from ((start, end, written.replace(value, word)) for word in others[:1])
        case Money(amount, currency):
            yield start, end, f"{plain(amount + _step(amount))} {currency}"
        case Decimal() as value if re.fullmatch(r"[\d.]+", written):
            yield start, end, plain(value + _step(value))
        case Decimal() as value if written.endswith("%"):
            yield start, end, f"{plain(value * 100 + 1)}%"
        case timedelta() | Months() if (number := re.match(r"\d+", written)) is not None:
            yield start, end, f"{int(number[0]) + 1}{written[number.end() :]}"
        case value if written[:2] == '@"' and (later := _later(value)) is not None:
            yield start + 2, end - 1, later


def _called_constant(text: str, node: Node) -> Iterator[_Edit]:
    """Of ``duration("PT90M")``, what is in the quotes."""
    assert isinstance(node, Call)
    match node.arguments:
        case (Literal(value=str() as said, span=(start, end)),) if (
            node.type.kind in _TIMES and text[start + 1 : end - 1] == said
        ):
            later = _later(evaluate(node, {}))
            if later is not None:
                yield start + 1, end - 1, later


def _later(value: Any) -> str | None:
    """One day, month or minute more, as it is written in quotes."""
    try:
        match value:
            case Months(months=months):
                return string(Months(months + 1))
            case timedelta() if value % timedelta(days=1):
                return string(value + timedelta(minutes=1))
            case timedelta():
                return string(value + timedelta(days=1))
            case datetime():
                return string(value + timedelta(minutes=1))
            case date():
                return string(value + timedelta(days=1))
            case time():
                return string((datetime.combine(date.min, value) + timedelta(minutes=1)).timetz())
    except OverflowError:  # no day is later
        pass
    return None


def _function(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, Call)
    start, other = node.span[0], _LIKE.get(node.function)
    if other is not None and text.startswith(node.function, start):
        yield start, start + len(node.function), other


def _quantifier(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, Quantified)
    start = node.span[0]
    if text.startswith(node.kind, start):
        yield start, start + len(node.kind), "every" if node.kind == "some" else "some"


def _step(amount: Decimal) -> Decimal:
    exponent = amount.as_tuple().exponent
    return Decimal(1).scaleb(min(0, exponent)) if isinstance(exponent, int) else Decimal(1)


_TIMES: Final = ("date", "time", "date-time", "duration", "duration in months")
_LIKE: Final = {"min": "max", "max": "min", "floor": "ceiling", "ceiling": "floor", "any": "all", "all": "any"}
_EDITS: Final[tuple[tuple[Any, Callable[[str, Node], Iterator[_Edit]]], ...]] = (
    (Compare, _operator),
    ((And, Or), _junction),
    (RangeLiteral, _brackets),
    (Arithmetic, _arithmetic),
    (Literal, _constant),
    (Call, _called_constant),
    (Call, _function),
    (Quantified, _quantifier),
)
