"""Arithmetic on what is known of two values: the least and the greatest that a result can be.

Numbers, money and durations lie on a line that has no ends, and are reckoned there. Dates end in the year 9999, so that
bounds are kept only where both ends are known. A time of day goes round and has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final, NamedTuple, TypeAlias

from remit.language.evaluating.arithmetic import arithmetic
from remit.language.evaluating.relations import kind_of
from remit.language.temporal.temporal_arithmetic import as_number
from remit.language.values import CONTEXT, Money, Months, Unknown

__all__ = ["NOTHING", "Bounds", "bounds_of", "combine", "line_of"]


class Bounds(NamedTuple):
    """The least and the greatest that a value can be; ``None`` where that is not known.

    A bound on either side also says that the value is not null, and of the bound's kind.
    """

    low: Any
    high: Any


NOTHING: Final = Bounds(None, None)


def bounds_of(value: Any) -> Bounds:
    """The bounds of a value; of one that is known, the value itself."""
    return Bounds(value.low, value.high) if type(value) is Unknown else Bounds(value, value)


#: The kind of a value, with its currency where it is money. Values on different lines cannot be ordered.
Line: TypeAlias = tuple[str, str | None]


def line_of(within: Bounds) -> Line | None:
    """The line on which the value lies, if anything is known of it."""
    known = within.high if within.low is None else within.low
    if known is None:
        return None
    return kind_of(known), known.currency if isinstance(known, Money) else None


def combine(op: str, a: Bounds, b: Bounds) -> Bounds:
    """The bounds of ``a op b``.

    >>> combine("-", Bounds(Decimal(1), Decimal(5)), Bounds(Decimal(0), None))
    Bounds(low=None, high=Decimal('5'))
    """
    left, right = line_of(a), line_of(b)
    if left is None or right is None:
        return NOTHING
    if left[0] in _MAGNITUDE and right[0] in _MAGNITUDE:
        result = _result_line(op, left, right)
        return NOTHING if result is None else _on_line(op, a, b, result)
    return _by_ends(op, a, b)


# Numbers, money and durations

_INFINITY: Final = Decimal("Infinity")
#: Like the arithmetic of the language, but it goes on to infinity.
_OPEN: Final = CONTEXT.copy()
for _signal in _OPEN.traps:
    _OPEN.traps[_signal] = False

_MAGNITUDE: Final[dict[str, Callable[[Any], Decimal]]] = {
    "number": Decimal,
    "money": lambda value: value.amount,
    "duration": as_number,
    "months": as_number,
}


def _result_line(op: str, left: Line, right: Line) -> Line | None:
    if op in "+-":
        return left if left == right else None
    if right[0] == "number":
        return left
    if op == "*":
        return right if left[0] == "number" else None
    return ("number", None) if left == right else None


def _on_line(op: str, a: Bounds, b: Bounds, line: Line) -> Bounds:
    reckon = _RECKON.get(op)
    if reckon is None:
        return NOTHING
    (low, high), (other_low, other_high) = _reals(a), _reals(b)
    corners = [each for each in reckon(low, high, other_low, other_high) if not each.is_nan()]
    if not corners or (None not in (*a, *b) and not all(each.is_finite() for each in corners)):
        return NOTHING
    try:
        return Bounds(_value(min(corners), line), _value(max(corners), line))
    except OverflowError:
        return NOTHING


def _reals(within: Bounds) -> tuple[Decimal, Decimal]:
    low = -_INFINITY if within.low is None else _MAGNITUDE[kind_of(within.low)](within.low)
    high = _INFINITY if within.high is None else _MAGNITUDE[kind_of(within.high)](within.high)
    return low, high


def _value(number: Decimal, line: Line) -> Any:
    """The value of this magnitude, cut off as the language does; ``None`` for infinity."""
    if not number.is_finite():
        return None
    kind, currency = line
    match kind:
        case "money":
            return Money(number, currency or "")
        case "duration":
            return timedelta(microseconds=int(number.to_integral_value(ROUND_DOWN)))
        case "months":
            return Months(int(number.to_integral_value(ROUND_DOWN)))
    return number


def _sums(low: Decimal, high: Decimal, other_low: Decimal, other_high: Decimal) -> Iterator[Decimal]:
    yield _OPEN.add(low, other_low)
    yield _OPEN.add(high, other_high)


def _differences(low: Decimal, high: Decimal, other_low: Decimal, other_high: Decimal) -> Iterator[Decimal]:
    yield _OPEN.subtract(low, other_high)
    yield _OPEN.subtract(high, other_low)


def _products(low: Decimal, high: Decimal, other_low: Decimal, other_high: Decimal) -> Iterator[Decimal]:
    for one in (low, high):
        for other in (other_low, other_high):
            yield _OPEN.multiply(one, other)


def _quotients(low: Decimal, high: Decimal, other_low: Decimal, other_high: Decimal) -> Iterator[Decimal]:
    if other_low <= 0 <= other_high:
        return  # it may be a division by zero
    for one in (low, high):
        for other in (other_low, other_high):
            yield _OPEN.divide(one, other)


_RECKON: Final[dict[str, Callable[[Decimal, Decimal, Decimal, Decimal], Iterator[Decimal]]]] = {
    "+": _sums,
    "-": _differences,
    "*": _products,
    "/": _quotients,
}


# Dates


def _by_ends(op: str, a: Bounds, b: Bounds) -> Bounds:
    """Moving a date, or the time between two: from the ends of both, if all are known."""
    ends = (*a, *b)
    kinds = {kind_of(each) for each in ends}
    if op not in "+-" or kinds & {"null", "time", "text"} or _is_local(ends, kinds):
        return NOTHING
    low, high = (a.low, b.low), (a.high, b.high)
    if op == "-":
        low, high = (a.low, b.high), (a.high, b.low)
    least, greatest = arithmetic(op, *low), arithmetic(op, *high)
    return NOTHING if least is None or greatest is None else Bounds(least, greatest)


def _is_local(ends: tuple[Any, ...], kinds: set[str]) -> bool:
    """Whether months move a date-time with a zone, whose clock may be set back on the way."""
    return "months" in kinds and any(isinstance(each, datetime) and each.tzinfo is not None for each in ends)
