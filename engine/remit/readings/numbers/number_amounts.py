"""From the value of an expression to a whole amount of a remedy (step 8: rounding is explicit)."""

from __future__ import annotations

from decimal import (
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    InvalidOperation,
)
from typing import Any, Final

from remit.language.values import CONTEXT, Money, Unknown, minor_digits
from remit.policy.model import Model, Remedy
from remit.readings.numbers.findings import FoundAmount

__all__ = ["MOST", "ROUNDINGS", "amount_of", "smallest_units", "whole"]

ROUNDINGS: Final = {
    "half up": ROUND_HALF_UP,
    "half down": ROUND_HALF_DOWN,
    "half even": ROUND_HALF_EVEN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
}

#: No amount is larger: what is beyond counts as this much.
MOST: Final = 10**24


def whole(model: Model, remedy: Remedy, value: Any) -> int | None:
    """A known value as a whole number: money in smallest units by the policy's rounding, counts rounded down, exceptions 1 or
    0; never below zero. ``None`` (null, or not an amount at all) where the rule says nothing."""
    if remedy.kind == "exception":
        return int(value) if isinstance(value, bool) else None
    if remedy.kind == "money":
        number = smallest_units(model, value) if isinstance(value, Money) else None
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = _whole(Decimal(value), ROUND_FLOOR)
    else:
        return None
    return None if number is None else max(0, min(MOST, number))


def smallest_units(model: Model, value: Money) -> int | None:
    """Money in whole smallest units by the policy's rounding, below zero too; ``None`` where it has too many digits."""
    return _whole(CONTEXT.scaleb(value.amount, minor_digits(value.currency)), ROUNDINGS[model.rounding])


def _whole(number: Decimal, rounding: str) -> int | None:
    try:
        return int(number.to_integral_value(rounding=rounding))
    except (InvalidOperation, OverflowError, ValueError):
        return None


def amount_of(model: Model, remedy: Remedy, value: Any) -> FoundAmount | None:
    """A value, known or not, as an amount with bounds; ``None`` where the rule says nothing of the remedy."""
    if not isinstance(value, Unknown):
        known = whole(model, remedy, value)
        return None if known is None else FoundAmount(known, known)
    if remedy.kind == "exception":
        return FoundAmount(0, 1, value.missing, said=False)
    low = whole(model, remedy, value.low) or 0
    high = whole(model, remedy, value.high)
    bounded = (
        value.low is not None or value.high is not None
    )  # what may be null has no bounds (remit.language.evaluating.unknown)
    return FoundAmount(low, high) if low == high else FoundAmount(low, high, value.missing, said=bounded)
