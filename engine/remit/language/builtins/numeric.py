"""Functions on numbers, and the same roundings on money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any, Final

from remit.language.builtins.addable import AMOUNTS, MONEY, Amount, element, same
from remit.language.builtins.table import Builtin, Example, Parameter, Signature
from remit.language.types import BOOLEAN, INTEGER, NUMBER, Type
from remit.language.values import CONTEXT, Money, Months

__all__ = ["FUNCTIONS", "rounded"]

#: How far from the point a number of 34 digits can be rounded (IEEE 754 decimal128).
_SCALES: Final = (-6111, 6176)


def rounded(number: Decimal | int, scale: Decimal | int, rounding: str) -> Decimal | None:
    """``number`` with ``scale`` decimals (tens, hundreds, ... where negative); ``None`` where the scale is out of range.

    A fraction of the scale is cut off.
    """
    number, places = CONTEXT.create_decimal(number), int(scale)
    if not _SCALES[0] <= places <= _SCALES[1]:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    digits = CONTEXT.copy()
    digits.rounding = rounding
    scaled = number.quantize(Decimal(1).scaleb(-places, context=digits), context=digits)
    if not scaled:
        return Decimal(0)
    return scaled.quantize(Decimal(1), context=digits) if places < 0 and scaled.adjusted() < digits.prec else scaled


def _rounding(rounding: str) -> Callable[..., Any]:
    def body(value: Decimal | Money, scale: Decimal | int = 0) -> Decimal | Money | None:
        amount = value.amount if isinstance(value, Money) else value
        found = rounded(amount, scale, rounding)
        return Money(found, value.currency) if isinstance(value, Money) and found is not None else found

    return body


def _whole_unless_scaled(arguments: tuple[Type, ...]) -> Type:
    if arguments and element(arguments[0]).kind == "money":
        return element(arguments[0])
    return INTEGER if len(arguments) == 1 else NUMBER


def _rounder(name: str, summary: str, rounding: str, *examples: Example, optional: bool = False) -> Builtin:
    body = _rounding(rounding)
    return Builtin(
        name,
        summary,
        tuple(
            Signature((Parameter("n", kind), Parameter("scale", NUMBER, optional=optional)), _whole_unless_scaled, body)
            for kind in (NUMBER, MONEY)
        ),
        examples,
    )


def _abs(value: Amount) -> Amount:
    match value:
        case Money():
            return Money(value.amount.copy_abs(), value.currency)
        case timedelta():
            return abs(value)
        case Months():
            return Months(abs(value.months))
    return CONTEXT.abs(Decimal(value))


def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """``dividend - divisor * floor(dividend / divisor)``: the result has the sign of the divisor."""
    if not divisor:
        return None
    rest = CONTEXT.remainder(dividend, divisor)
    return CONTEXT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def _sqrt(number: Decimal) -> Decimal | None:
    return CONTEXT.sqrt(number) if number >= 0 else None


def _log(number: Decimal) -> Decimal | None:
    return CONTEXT.ln(number) if number > 0 else None


def _exp(number: Decimal) -> Decimal:
    return CONTEXT.exp(number)


def _odd(number: Decimal) -> bool:
    return CONTEXT.remainder(CONTEXT.abs(Decimal(number)), Decimal(2)) == 1


def _even(number: Decimal) -> bool:
    return CONTEXT.remainder(Decimal(number), Decimal(2)) == 0


def _of_number(name: str, summary: str, body: Callable[[Decimal], Any], result: Type, *examples: Example) -> Builtin:
    return Builtin(name, summary, (Signature((Parameter("number", NUMBER),), result, body),), examples)


FUNCTIONS: Final = (
    _rounder(
        "decimal",
        "Rounded to a number of decimals, halves to the even digit.",
        ROUND_HALF_EVEN,
        ("decimal(1/3, 2)", "0.33"),
        ("decimal(2.5, 0)", "2"),
    ),
    _rounder(
        "floor",
        "The next lower number with so many decimals (none unless said), or amount of money.",
        ROUND_FLOOR,
        ("floor(-1.5)", "-2"),
        ("floor(1.56, 1)", "1.5"),
        ("floor(30.90 EUR)", "30 EUR"),
        optional=True,
    ),
    _rounder(
        "ceiling",
        "The next higher number with so many decimals (none unless said), or amount of money.",
        ROUND_CEILING,
        ("ceiling(1.2)", "2"),
        ("ceiling(30.10 EUR)", "31 EUR"),
        optional=True,
    ),
    _rounder(
        "round up",
        "Rounded away from zero to a number of decimals.",
        ROUND_UP,
        ("round up(1.121, 2)", "1.13"),
        ("round up(-5.5, 0)", "-6"),
    ),
    _rounder(
        "round down",
        "Rounded towards zero to a number of decimals.",
        ROUND_DOWN,
        ("round down(1.129, 2)", "1.12"),
        ("round down(-5.5, 0)", "-5"),
    ),
    _rounder(
        "round half up",
        "Rounded to the nearest, halves away from zero.",
        ROUND_HALF_UP,
        ("round half up(2.5, 0)", "3"),
        ("round half up(100.01 EUR / 3, 2)", "33.34 EUR"),
    ),
    _rounder(
        "round half down",
        "Rounded to the nearest, halves towards zero.",
        ROUND_HALF_DOWN,
        ("round half down(2.5, 0)", "2"),
        ("round half down(-1.126, 2)", "-1.13"),
    ),
    Builtin(
        "abs",
        "Without its sign: a number, an amount of money or a duration.",
        tuple(Signature((Parameter("n", kind),), same, _abs) for kind in AMOUNTS),
        (("abs(-7)", "7"), ("abs(-30 EUR)", "30 EUR"), ('abs(@"-PT5H")', '@"PT5H"')),
    ),
    Builtin(
        "modulo",
        "What is left of the dividend; it has the sign of the divisor.",
        (Signature((Parameter("dividend", NUMBER), Parameter("divisor", NUMBER)), NUMBER, _modulo),),
        (("modulo(12, 5)", "2"), ("modulo(-12, 5)", "3"), ("modulo(1, 0)", "null")),
    ),
    _of_number("sqrt", "The square root.", _sqrt, NUMBER, ("sqrt(16)", "4"), ("sqrt(-1)", "null")),
    _of_number("log", "The natural logarithm.", _log, NUMBER, ("decimal(log(10), 6)", "2.302585"), ("log(0)", "null")),
    _of_number("exp", "The number e to the power of the number.", _exp, NUMBER, ("decimal(exp(5), 6)", "148.413159")),
    _of_number("odd", "Whether a whole number is odd.", _odd, BOOLEAN, ("odd(5)", "true"), ("odd(2)", "false")),
    _of_number("even", "Whether a whole number is even.", _even, BOOLEAN, ("even(5)", "false"), ("even(2)", "true")),
)
