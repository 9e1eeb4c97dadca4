"""What compiled formulas call. Numbers are ``int`` or ``Decimal``, money the same in smallest units; both are exact.

Results are those of the reference: 34 digits, half-even. Whole numbers stay ``int`` while they have at most 33 digits, where
both ways of counting agree. What would be null there raises :class:`Unusual` here, and the general path decides.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final, TypeAlias

from remit.backends.amounts import MOST, ROUNDINGS
from remit.language.values import CONTEXT

__all__ = [
    "MOST_EXACT",
    "OPEN",
    "Number",
    "Unusual",
    "absolute",
    "add",
    "ceiling",
    "divide",
    "floor",
    "multiply",
    "negate",
    "standard",
    "subtract",
    "unscaled",
    "whole",
]

Number: TypeAlias = int | Decimal

#: Below this the product and sum of whole numbers are kept as ``int``.
MOST_EXACT: Final = 10**33
_MOST_SMALL: Final = 10**15


class Unusual(Exception):
    """The fast path does not know; the general path does."""


class _Open:
    """See :data:`OPEN`."""

    __slots__ = ()

    def _used(self, *other: object) -> Any:
        raise Unusual

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _used
    __hash__ = object.__hash__


#: Stands for what is not known or not settled: any use of it raises :class:`Unusual`, so that what compiled code gives without
#: raising hangs on nothing that is open.
OPEN: Final = _Open()


def standard(value: Decimal) -> Number:
    """A number in the form that compiled formulas count with: ``int`` where it is whole and not large."""
    if value == value.to_integral_value() and -_MOST_SMALL < value < _MOST_SMALL:
        return int(value)
    return value


def add(a: Number, b: Number) -> Number:
    """``a + b``."""
    if type(a) is int and type(b) is int:
        total = a + b
        if -MOST_EXACT < total < MOST_EXACT:
            return total
    return CONTEXT.add(a, b)


def subtract(a: Number, b: Number) -> Number:
    """``a - b``."""
    if type(a) is int and type(b) is int:
        rest = a - b
        if -MOST_EXACT < rest < MOST_EXACT:
            return rest
    return CONTEXT.subtract(a, b)


def multiply(a: Number, b: Number) -> Number:
    """``a * b``."""
    if type(a) is int and type(b) is int:
        product = a * b
        if -MOST_EXACT < product < MOST_EXACT:
            return product
    return CONTEXT.multiply(a, b)


def divide(a: Number, b: Number) -> Number:
    """``a / b``."""
    if not b:
        raise Unusual
    return CONTEXT.divide(a, b)


def negate(a: Number) -> Number:
    """``-a``."""
    return -a if type(a) is int else CONTEXT.minus(a)


def absolute(a: Number) -> Number:
    """``a`` without its sign."""
    return abs(a) if type(a) is int else CONTEXT.abs(a)


def unscaled(count: int, scale: int) -> Number:
    """The number of which ``count`` is the count of ``10**-scale``."""
    return CONTEXT.scaleb(Decimal(count), -scale)


def whole(a: Number, rounding: str) -> int:
    """As :func:`remit.backends.amounts.whole` rounds and bounds an amount."""
    rounded = a if type(a) is int else int(Decimal(a).to_integral_value(rounding=ROUNDINGS[rounding]))
    return max(0, min(MOST, rounded))


def floor(a: Number) -> Number:
    """The largest whole number that is not above ``a``."""
    return a if type(a) is int else Decimal(a).to_integral_value(rounding=ROUND_FLOOR)


def ceiling(a: Number) -> Number:
    """The smallest whole number that is not below ``a``."""
    return a if type(a) is int else Decimal(a).to_integral_value(rounding=ROUND_CEILING)
