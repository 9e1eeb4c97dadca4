"""What can be said of a value before all facts are known: comparisons that bounds decide, and bounds of results.

The law: whatever the missing facts turn out to be within their bounds, the value that comes out then is the value given
here, or, where that is :class:`Unknown`, lies within its bounds. Where a result might be null, it has no bounds. (Numbers
beyond 10**6144, which become null, are left out of account.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any, Final

from remit.language.builtins import BUILTINS
from remit.language.evaluating.arithmetic import arithmetic, negate
from remit.language.evaluating.intervals import NOTHING, Bounds, bounds_of, combine, line_of
from remit.language.evaluating.relations import compare, equal, kind_of
from remit.language.values import Unknown

__all__ = ["alike", "bounded_arithmetic", "bounded_call", "bounded_compare", "bounded_negate", "either", "waiting"]


def waiting(values: Iterable[Any], within: Bounds = NOTHING) -> Unknown:
    """A value that waits for all that ``values`` wait for."""
    missing = frozenset[str]().union(*(value.missing for value in values if type(value) is Unknown))
    return Unknown(missing, within.low, within.high)


def either(condition: Unknown, yes: Any, no: Any) -> Any:
    """What ``if condition then yes else no`` is: one of the two."""
    if alike(yes, no):
        return yes
    first, second = bounds_of(yes), bounds_of(no)
    low, high = _extreme("<=", first.low, second.low), _extreme(">=", first.high, second.high)
    return waiting((condition, yes, no), Bounds(low, high))


def alike(a: Any, b: Any) -> bool:
    """Whether both are known and nothing tells them apart (equal date-times may name different zones)."""
    kind = kind_of(a)
    if kind == "unknown" or kind != kind_of(b):
        return False
    return repr(a) == repr(b) if kind in ("date-time", "time", "list", "range", "context") else bool(equal(a, b))


def _extreme(op: str, a: Any, b: Any) -> Any:
    """The lesser (``<=``) or the greater (``>=``); ``None`` where they have no order."""
    first = compare(op, a, b)
    return None if first is None else a if first else b


# Comparisons


def bounded_compare(op: str, a: Any, b: Any) -> bool | Unknown:
    """``a op b`` where at least one is unknown."""
    decided = _DECIDE[op](bounds_of(a), bounds_of(b))
    return waiting((a, b)) if decided is None else decided


def _less(a: Bounds, b: Bounds) -> bool | None:
    if compare("<", a.high, b.low):
        return True
    return False if compare(">=", a.low, b.high) else None


def _equal(a: Bounds, b: Bounds) -> bool | None:
    if compare("<", a.high, b.low) or compare(">", a.low, b.high):
        return False
    fixed = None not in (*a, *b) and compare("=", a.low, a.high) and compare("=", b.low, b.high)
    return True if fixed and compare("=", a.low, b.low) else None


def _not(decided: bool | None) -> bool | None:
    return None if decided is None else not decided


_DECIDE: Final[dict[str, Callable[[Bounds, Bounds], bool | None]]] = {
    "=": _equal,
    "!=": lambda a, b: _not(_equal(a, b)),
    "<": _less,
    ">": lambda a, b: _less(b, a),
    "<=": lambda a, b: _not(_less(b, a)),
    ">=": lambda a, b: _not(_less(a, b)),
}


# Arithmetic and functions


def bounded_arithmetic(op: str, a: Any, b: Any) -> Unknown:
    """``a op b`` where at least one is unknown.

    >>> from decimal import Decimal
    >>> bounded_arithmetic("*", Unknown(frozenset({"nights"}), Decimal(1), Decimal(7)), Decimal(30))
    Unknown(missing=frozenset({'nights'}), low=Decimal('30'), high=Decimal('210'))
    """
    return waiting((a, b), combine(op, bounds_of(a), bounds_of(b)))


def bounded_negate(value: Unknown) -> Unknown:
    """``-value``."""
    return waiting((value,), Bounds(negate(value.high), negate(value.low)))


def bounded_call(function: str, arguments: Sequence[Any]) -> Unknown:
    """A call of ``function`` where at least one argument is unknown; a list of known values stands for its items."""
    within = _FUNCTIONS.get(function)
    return waiting(arguments, NOTHING if within is None else within(function, arguments))


def _items(arguments: Sequence[Any]) -> list[Bounds] | None:
    """The bounds of all items, if all lie on one line."""
    values = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else arguments
    items = [bounds_of(value) for value in values]
    lines = {line_of(item) for item in items}
    return items if len(lines) == 1 and None not in lines else None


def _least(_: str, arguments: Sequence[Any]) -> Bounds:
    items = _items(arguments)
    return NOTHING if items is None else Bounds(_of_all("<=", items, 0), _of_some("<=", items, 1))


def _greatest(_: str, arguments: Sequence[Any]) -> Bounds:
    items = _items(arguments)
    return NOTHING if items is None else Bounds(_of_some(">=", items, 0), _of_all(">=", items, 1))


def _of_all(op: str, items: list[Bounds], side: int) -> Any:
    """The extreme of one side, if every item is bounded there."""
    ends = [item[side] for item in items]
    return None if None in ends else reduce(lambda a, b: _extreme(op, a, b), ends)


def _of_some(op: str, items: list[Bounds], side: int) -> Any:
    """The extreme of one side of those that are bounded there."""
    ends = [item[side] for item in items if item[side] is not None]
    return reduce(lambda a, b: _extreme(op, a, b), ends) if ends else None


def _total(_: str, arguments: Sequence[Any]) -> Bounds:
    items = _items(arguments)
    return NOTHING if items is None else reduce(lambda a, b: combine("+", a, b), items)


def _magnitude(_: str, arguments: Sequence[Any]) -> Bounds:
    low, high = bounds_of(arguments[0])
    known = high if low is None else low
    nought = None if known is None else arithmetic("-", known, known)
    if nought is None:
        return NOTHING
    if low is not None and compare(">=", low, nought):
        return Bounds(low, high)
    if high is not None and compare("<=", high, nought):
        return Bounds(negate(high), negate(low))
    return Bounds(nought, None if low is None or high is None else _extreme(">=", negate(low), high))


def _rounded(function: str, arguments: Sequence[Any]) -> Bounds:
    """Of a function that never makes a greater number the lesser one; all but the first argument must be known."""
    first, rest = arguments[0], arguments[1:]
    if any(type(value) is Unknown for value in rest):
        return NOTHING
    ends = [None if end is None else BUILTINS[function].run(end, *rest) for end in bounds_of(first)]
    lost = any(end is None is not bound for end, bound in zip(ends, bounds_of(first), strict=True))
    return NOTHING if lost else Bounds(*ends)


_ROUNDING: Final = (
    "floor",
    "ceiling",
    "round half up",
    "round half down",
    "round half even",
    "round up",
    "round down",
    "decimal",
)
_FUNCTIONS: Final[dict[str, Callable[[str, Sequence[Any]], Bounds]]] = {
    "min": _least,
    "max": _greatest,
    "sum": _total,
    "abs": _magnitude,
    **dict.fromkeys(_ROUNDING, _rounded),
}
