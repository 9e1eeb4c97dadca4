"""Whether a value is what a test expects: in a range, among a list, equal (DMN 1.4, table 54). Bounds decide what they can."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from remit.language.evaluating.relations import compare, equal
from remit.language.evaluating.three_valued import all_of, any_of
from remit.language.evaluating.unknown import bounded_compare
from remit.language.values import Range, Unknown

__all__ = ["End", "among", "matches", "related", "within"]

#: One end of a range: whether there is one, its value, and whether the value itself is in the range.
End: TypeAlias = tuple[bool, Any, bool]


def related(op: str, left: Any, right: Any) -> bool | Unknown | None:
    """``left op right`` for one of ``= != < <= > >=``."""
    if type(left) is Unknown or type(right) is Unknown:
        return bounded_compare(op, left, right)
    return compare(op, left, right)


def matches(value: Any, expected: Any) -> bool | Unknown | None:
    """Whether ``value`` is in the range, is one of the list, or is equal.

    >>> matches(3, [1, Range(2, 5)])
    True
    """
    if isinstance(expected, Range):
        if expected.operator:
            return related(expected.operator, value, expected.low)
        low = (expected.low is not None, expected.low, expected.low_closed)
        return within(value, low, (expected.high is not None, expected.high, expected.high_closed))
    if isinstance(expected, list):
        return among(value, expected)
    return related("=", value, expected)


def among(value: Any, items: list[Any]) -> bool | Unknown | None:
    """Whether ``value`` is one of ``items``, is in a range that is one of them, or is the list of them."""
    if isinstance(value, list) and equal(value, items) is True:
        return True
    results = (matches(value, item) for item in items)
    return any_of(False if result is None else result for result in results)


def within(value: Any, low: End, high: End) -> bool | Unknown | None:
    """Whether ``value`` is between two ends."""
    return all_of(related(ops[closed], value, end) for ops, (exists, end, closed) in ((_ABOVE, low), (_BELOW, high)) if exists)


_ABOVE: Final = {True: ">=", False: ">"}
_BELOW: Final = {True: "<=", False: "<"}
