"""``+ - * / **`` and unary minus (DMN 1.4, tables 55 to 57 and 10.3.2.3), as tables of small functions by kind of operand.

What has no result, division by zero included, is ``None``. Numbers are rounded to 34 digits, half even.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from typing import Any, Final, TypeAlias

from remit.language import temporal
from remit.language.evaluating.relations import kind_of
from remit.language.values import CONTEXT, Money

__all__ = ["arithmetic", "negate"]

_Operation: TypeAlias = Callable[[Any, Any], Any]


def arithmetic(op: str, a: Any, b: Any) -> Any:
    """``a op b``.

    >>> arithmetic("*", Money(Decimal("9.98"), "GBP"), 3)
    Money(amount=Decimal('29.94'), currency='GBP')
    """
    operation = _TABLES[op].get((kind_of(a), kind_of(b)))
    if operation is None:
        return None
    try:
        return operation(a, b)
    except DecimalException:  # division by zero, a result out of range, a root of a negative number
        return None


def negate(value: Any) -> Any:
    """``-value`` of a number, money or a duration."""
    operation = _NEGATIVE.get(kind_of(value))
    return None if operation is None else operation(value)


def _money(operation: _Operation) -> _Operation:
    """On two amounts of one currency."""

    def apply(a: Money, b: Money) -> Money | None:
        return Money(operation(a.amount, b.amount), a.currency) if a.currency == b.currency else None

    return apply


def _ratio(a: Money, b: Money) -> Decimal | None:
    return CONTEXT.divide(a.amount, b.amount) if a.currency == b.currency else None


def _power(base: Decimal, exponent: Decimal) -> Decimal | None:
    """As IEEE 754 has it, whatever to the power of nought is one; nought to a negative power is a division by zero."""
    if not exponent:
        return Decimal(1)
    return CONTEXT.power(base, exponent) if base or exponent > 0 else None


def _concatenate(a: str, b: str) -> str:
    return a + b


_MOMENTS: Final = ("date", "time", "date-time")
_DURATIONS: Final = ("duration", "months")

_ADD: Final[dict[tuple[str, str], _Operation]] = {
    ("number", "number"): CONTEXT.add,
    ("text", "text"): _concatenate,
    ("money", "money"): _money(CONTEXT.add),
    **{(kind, kind): temporal.add for kind in _DURATIONS},
    **{(moment, duration): temporal.add for moment in _MOMENTS for duration in _DURATIONS},
    **{(duration, moment): temporal.add for moment in _MOMENTS for duration in _DURATIONS},
}
_SUBTRACT: Final[dict[tuple[str, str], _Operation]] = {
    ("number", "number"): CONTEXT.subtract,
    ("money", "money"): _money(CONTEXT.subtract),
    **{(kind, kind): temporal.subtract for kind in _DURATIONS},
    **{(moment, duration): temporal.subtract for moment in _MOMENTS for duration in _DURATIONS},
    **{(end, start): temporal.subtract for end in _MOMENTS for start in _MOMENTS},
}
_MULTIPLY: Final[dict[tuple[str, str], _Operation]] = {
    ("number", "number"): CONTEXT.multiply,
    ("money", "number"): lambda a, b: Money(CONTEXT.multiply(a.amount, b), a.currency),
    ("number", "money"): lambda a, b: Money(CONTEXT.multiply(a, b.amount), b.currency),
    **{(kind, "number"): temporal.multiply for kind in _DURATIONS},
    **{("number", kind): temporal.multiply for kind in _DURATIONS},
}
_DIVIDE: Final[dict[tuple[str, str], _Operation]] = {
    ("number", "number"): CONTEXT.divide,
    ("money", "number"): lambda a, b: Money(CONTEXT.divide(a.amount, b), a.currency),
    ("money", "money"): _ratio,
    **{(kind, "number"): temporal.divide for kind in _DURATIONS},
    **{(kind, kind): temporal.divide for kind in _DURATIONS},
}
_POWER: Final[dict[tuple[str, str], _Operation]] = {("number", "number"): _power}

_TABLES: Final[Mapping[str, Mapping[tuple[str, str], _Operation]]] = {
    "+": _ADD,
    "-": _SUBTRACT,
    "*": _MULTIPLY,
    "/": _DIVIDE,
    "**": _POWER,
}

_NEGATIVE: Final[Mapping[str, Callable[[Any], Any]]] = {
    "number": CONTEXT.minus,
    "money": lambda value: Money(CONTEXT.minus(value.amount), value.currency),
    "duration": temporal.negate,
    "months": temporal.negate,
}
