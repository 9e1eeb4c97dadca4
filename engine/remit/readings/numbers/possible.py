"""Which values a missing fact can turn out to have, as far as some tests tell them apart: one value of each sort."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any, Final

from remit.language.evaluating.relations import kind_of
from remit.language.nodes import And, Between, Call, Compare, In, Input, ListLiteral, Node, Or, RangeLiteral, children, walk
from remit.language.types import Type
from remit.language.values import CONTEXT, Money, Range, Unknown

__all__ = ["samples"]

_COMPARING: Final = (And, Between, Compare, In, ListLiteral, Or, RangeLiteral)
#: An integer whose bounds are no further apart is tried value by value.
_MOST_VALUES: Final = 64
_MICRO: Final = timedelta(microseconds=1)


def samples(of: Type, unknown: Unknown, tests: Sequence[Node], evaluate: Callable[[Node], Any]) -> list[Any] | None:
    """Values of type ``of`` within the bounds of ``unknown``, one for every way in which ``tests`` can come out.

    Each possible value meets the same tests as one of them. ``evaluate`` works out what stands in a test beside its input.
    ``None`` where the tests do more than compare, or compare with what is itself not known.
    """
    if of.kind == "boolean":
        return [False, True]
    if of.kind == "choice":
        return list(of.choices)
    low, high = _plain(unknown.low), _plain(unknown.high)
    if of.integer and low is not None and high is not None and high - low < _MOST_VALUES:
        return [Decimal(each) for each in range(int(low), int(high) + 1)]
    if of.kind not in _ORDERED:
        return None
    constants = [each for test in tests for each in _compared_with(test, evaluate)]
    if not all(kind_of(each) == of.kind for each in constants):
        return None
    within = [_plain(each) for each in constants]
    inside = _whole(within, low, high) if of.integer or of.kind in ("date", "duration") else _between(within, low, high)
    return [_ORDERED[of.kind](each, of) for each in inside]


def _compared_with(test: Node, evaluate: Callable[[Node], Any]) -> Iterator[Any]:
    """The values that the input is compared with; something of no kind where that is not all that is done with it."""
    if isinstance(test, Input):
        return
    if not any(isinstance(each, Input) for each in walk(test)):
        yield from _ends(evaluate(test))
    elif isinstance(test, _COMPARING) or (isinstance(test, Call) and test.function == "not"):
        if isinstance(test, In) and not isinstance(test.value, Input):
            yield _SOMETHING_ELSE  # what its tests test is another value
        for child in children(test):
            yield from _compared_with(child, evaluate)
    else:
        yield _SOMETHING_ELSE


_SOMETHING_ELSE: Final = object()


def _ends(value: Any) -> Iterator[Any]:
    match value:
        case None | bool():
            return
        case Range(low=low, high=high):
            yield from (end for end in (low, high) if end is not None)
        case list():
            for item in value:
                yield from _ends(item)
        case _:
            yield value


def _plain(value: Any) -> Any:
    """A value of something with an order as a number."""
    match value:
        case Money(amount=amount):
            return amount
        case date():
            return Decimal(value.toordinal())
        case timedelta():
            return Decimal(value // _MICRO)
    return value


def _whole(within: Sequence[Decimal], low: Decimal | None, high: Decimal | None) -> list[Decimal]:
    """Whole numbers at, right below and right above each of ``within``, and the ends."""
    below = {each.to_integral_value(rounding=ROUND_FLOOR) for each in within}
    above = {each.to_integral_value(rounding=ROUND_CEILING) for each in within}
    near = (
        below
        | above
        | {CONTEXT.add(each, Decimal(1)) for each in below}
        | {CONTEXT.subtract(each, Decimal(1)) for each in above}
    )
    return _bounded(near, low, high)


def _between(within: Sequence[Decimal], low: Decimal | None, high: Decimal | None) -> list[Decimal]:
    """Numbers at each of ``within``, between two of them, below and above all, and the ends."""
    ordered = sorted({*within})
    near = {*ordered, *(CONTEXT.divide(CONTEXT.add(a, b), Decimal(2)) for a, b in pairwise(ordered))}
    if ordered:
        near |= {CONTEXT.subtract(ordered[0], Decimal(1)), CONTEXT.add(ordered[-1], Decimal(1))}
    return _bounded(near, low, high)


def _bounded(near: set[Decimal], low: Decimal | None, high: Decimal | None) -> list[Decimal]:
    ends = {each for each in (low, high) if each is not None}
    inside = {each for each in near if (low is None or each >= low) and (high is None or each <= high)}
    return sorted(inside | ends) or [Decimal(0)]


def _day(number: Decimal, _: Type) -> date:
    return date.fromordinal(max(1, min(int(number), date.max.toordinal())))


_ORDERED: Final[dict[str, Callable[[Decimal, Type], Any]]] = {
    "number": lambda number, of: number,
    "money": lambda number, of: Money(number, of.currency or "XXX"),
    "date": _day,
    "duration": lambda number, of: int(number) * _MICRO,
}
