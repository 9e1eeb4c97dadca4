"""Going through lists and ranges, and picking from them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from remit.language.evaluating.relations import kind_of
from remit.language.values import Range, Unknown

__all__ = ["MAX_STEPS", "iterable", "picked"]

#: The longest range of whole numbers or days that is gone through; a longer one is null.
MAX_STEPS: Final = 10_000


def picked(items: list[Any], at: Any) -> Any:
    """The item at a place that counts from 1, or from the end where it is negative; all or none for a truth value.

    >>> picked(["a", "b", "c"], -1)
    'c'
    """
    if isinstance(at, bool):
        return list(items) if at else []
    if kind_of(at) != "number" or not 1 <= abs(at) <= len(items) or at != int(at):
        return None
    return items[int(at) - 1 if at > 0 else int(at)]


def iterable(value: Any) -> list[Any] | Unknown | None:
    """What ``some`` and ``every`` go through: a list, the whole numbers or the days of a range, or one value."""
    if isinstance(value, Range):
        return _steps(value)
    return value if value is None or type(value) is Unknown or isinstance(value, list) else [value]


def _steps(within: Range) -> list[Any] | None:
    """The whole numbers or the days from one end to the other, downwards where the first is the greater."""
    low, high = within.low, within.high
    match kind_of(low), kind_of(high):
        case _ if within.operator == "!=":
            return None
        case "number", "number" if low == int(low) and high == int(high):
            first, last = int(low), int(high)
        case "date", "date":
            first, last = low.toordinal(), high.toordinal()
        case _:
            return None
    step = 1 if first <= last else -1
    if abs(last - first) > MAX_STEPS:
        return None
    make = date.fromordinal if kind_of(low) == "date" else Decimal
    steps = [make(each) for each in range(first, last + step, step)]
    return steps[not within.low_closed : len(steps) - (not within.high_closed)]
