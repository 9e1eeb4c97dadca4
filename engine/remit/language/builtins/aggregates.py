"""Functions that make one value of many: ``min``, ``max``, ``sum``, ``mean``, ``median`` and their like."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import cmp_to_key
from typing import Any, Final

from remit.language.builtins.addable import AMOUNTS, Amount, add, divide, each_or_list, same, total
from remit.language.builtins.table import Builtin, Parameter, Signature
from remit.language.evaluating.relations import compare
from remit.language.types import ANY, INTEGER, NUMBER, Type, list_of
from remit.language.values import CONTEXT

__all__ = ["FUNCTIONS"]


def _extreme(op: str) -> Any:
    """The first of the values that no other is ``op`` than; null where they are none, or do not all compare."""

    def body(values: list[Any]) -> Any:
        if not values or compare("<=", values[0], values[0]) is None:
            return None
        best = values[0]
        for value in values[1:]:
            better = compare(op, value, best)
            if better is None:
                return None
            best = value if better else best
        return best

    return body


def _count(values: list[Any]) -> Decimal:
    return Decimal(len(values))


def _mean(values: list[Amount]) -> Amount | None:
    found = total(values)
    return None if found is None else divide(found, len(values))


def _product(values: list[Decimal]) -> Decimal | None:
    if not values:
        return None
    found = Decimal(1)
    for value in values:
        found = CONTEXT.multiply(found, value)
    return found


def _ordered(values: list[Any]) -> list[Any] | None:
    if any(compare("<=", values[0], value) is None for value in values):
        return None
    return sorted(values, key=cmp_to_key(lambda a, b: -1 if compare("<", a, b) else 1 if compare("<", b, a) else 0))


def _median(values: list[Amount]) -> Amount | None:
    """The middle one, or the mean of the two in the middle."""
    ordered = _ordered(values) if values else None
    if ordered is None:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        found: Amount = ordered[middle]
        return found
    both = add(ordered[middle - 1], ordered[middle])
    return None if both is None else divide(both, 2)


#: Squares need twice the digits of what is squared.
_WIDE: Final = CONTEXT.copy()
_WIDE.prec = 2 * CONTEXT.prec + 10


def _stddev(values: list[Decimal]) -> Decimal | None:
    """The standard deviation of a sample: the squares are divided by one less than the count."""
    if len(values) < 2:
        return None
    found = Decimal(0)
    for value in values:
        found = _WIDE.add(found, value)
    mean = _WIDE.divide(found, len(values))
    squares = Decimal(0)
    for value in values:
        off = _WIDE.subtract(value, mean)
        squares = _WIDE.add(squares, _WIDE.multiply(off, off))
    return CONTEXT.plus(_WIDE.sqrt(_WIDE.divide(squares, len(values) - 1)))


def _mode(values: list[Decimal]) -> list[Decimal]:
    """The most frequent numbers, smallest first."""
    counts = Counter(values)
    most = max(counts.values(), default=0)
    return sorted(value for value, count in counts.items() if count == most)


def _averaged(arguments: tuple[Type, ...]) -> Type:
    """A mean of whole numbers need not be whole."""
    found = same(arguments)
    return NUMBER if found.kind == "number" else found


FUNCTIONS: Final = (
    Builtin(
        "count",
        "How many elements a list has.",
        (Signature((Parameter("list", list_of(ANY)),), INTEGER, _count),),
        (("count([5, 6, 5])", "3"), ("count([])", "0")),
    ),
    Builtin(
        "min",
        "The smallest of numbers, amounts of money, durations, dates, times or texts.",
        each_or_list((ANY,), _extreme("<"), same, "c"),
        (("min(80 EUR, 150 EUR)", "80 EUR"), ("min([3, 1, 2])", "1"), ("min([])", "null")),
    ),
    Builtin(
        "max",
        "The largest of numbers, amounts of money, durations, dates, times or texts.",
        each_or_list((ANY,), _extreme(">"), same, "c"),
        (('max(@"2026-01-31", @"2025-12-01")', '@"2026-01-31"'), ("max([3, 1, 2])", "3"), ("max(1, null)", "null")),
    ),
    Builtin(
        "sum",
        "Numbers, amounts of one currency or durations added up.",
        each_or_list(AMOUNTS, total, same),
        (("sum([20 EUR, 12.50 EUR])", "32.50 EUR"), ("sum(1, 2, 3)", "6"), ("sum([])", "null")),
    ),
    Builtin(
        "mean",
        "The average of numbers, amounts of one currency or durations.",
        each_or_list(AMOUNTS, _mean, _averaged),
        (("mean([1, 2, 6])", "3"), ("mean(10 EUR, 15 EUR)", "12.50 EUR")),
    ),
    Builtin(
        "median",
        "The middle one by size, or the average of the two in the middle.",
        each_or_list(AMOUNTS, _median, _averaged),
        (("median(8, 2, 5, 3, 4)", "4"), ("median([6, 1, 2, 3])", "2.5")),
    ),
    Builtin(
        "stddev",
        "The standard deviation of a sample of at least two numbers.",
        each_or_list((NUMBER,), _stddev, NUMBER),
        (("stddev([3, 5, 7])", "2"), ("stddev(47)", "null")),
    ),
    Builtin(
        "mode",
        "The most frequent numbers, smallest first.",
        each_or_list((NUMBER,), _mode, list_of(NUMBER)),
        (("mode([6, 1, 9, 6, 1])", "[1, 6]"), ("mode([])", "[]")),
    ),
    Builtin(
        "product",
        "Numbers multiplied with each other.",
        each_or_list((NUMBER,), _product, NUMBER),
        (("product(2, 3, 4)", "24"), ("product([])", "null")),
    ),
)
