"""Functions on truth values, and the strictest equality: ``not``, ``all``, ``any``, ``is``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any, Final

from remit.language.builtins.table import Builtin, Parameter, Signature
from remit.language.evaluating.relations import equal, kind_of
from remit.language.temporal.order import identical, written_alike
from remit.language.types import ANY, BOOLEAN, list_of
from remit.language.values import Range

__all__ = ["FUNCTIONS", "SUPERSEDED"]


def _not(value: bool) -> bool:
    return not value


def _all(values: Iterable[Any]) -> bool | None:
    """False if any is false, else true if all are true, else null (three-valued ``and``)."""
    items = list(values)
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


def _any(values: Iterable[Any]) -> bool | None:
    """True if any is true, else false if all are false, else null (three-valued ``or``)."""
    items = list(values)
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


def _is(first: Any, second: Any) -> bool:
    """Equal values of one kind; times must also have the same offset or the same named zone."""
    if kind_of(first) != kind_of(second):
        return False
    match first:
        case datetime() | time():
            return identical(first, second)
        case list():
            return len(first) == len(second) and all(map(_is, first, second))
        case Mapping():
            return first.keys() == second.keys() and all(_is(value, second[key]) for key, value in first.items())
        case Range():
            return equal(first, second) is True and _is(first.low, second.low) and _is(first.high, second.high)
    return equal(first, second) is True


def _is_at_one_offset(first: Any, second: Any) -> bool:
    """``is`` as it was up to the second meaning: times at the same offset were the same, whatever their zones."""
    if kind_of(first) != kind_of(second):
        return False
    return written_alike(first, second) if isinstance(first, datetime | time) else equal(first, second) is True


def _list_or_each(body: Any) -> tuple[Signature, Signature]:
    return (
        Signature((Parameter("list", list_of(ANY)),), BOOLEAN, body),
        Signature((Parameter("b", BOOLEAN, null=True),), BOOLEAN, lambda *values: body(values), variadic=True),
    )


_BOTH: Final = (Parameter("value1"), Parameter("value2"))

FUNCTIONS: Final = (
    Builtin(
        "not",
        "The opposite of a truth value; null stays null.",
        (Signature((Parameter("negand", BOOLEAN),), BOOLEAN, _not),),
        (("not(true)", "false"), ("not(null)", "null")),
    ),
    Builtin(
        "all",
        "Whether every truth value in the list is true.",
        _list_or_each(_all),
        (("all([true, false])", "false"), ("all(true, true)", "true"), ("all([])", "true")),
    ),
    Builtin(
        "any",
        "Whether any truth value in the list is true.",
        _list_or_each(_any),
        (("any([false, true])", "true"), ("any(false)", "false"), ("any([])", "false")),
    ),
    Builtin(
        "is",
        "Whether two values are the same in every respect, the offset or the named zone of a time included.",
        (Signature(_BOTH, BOOLEAN, _is),),
        (
            ('is(@"23:00:00Z", @"23:00:00+00:00")', "true"),
            ('is(@"00:00:00Z", @"01:00:00+01:00")', "false"),
            ('is(@"23:00:50@Etc/GMT", @"23:00:50Z")', "false"),
            ("is(null, 0)", "false"),
        ),
    ),
)

#: What functions did that do something else now.
SUPERSEDED: Final = (
    Builtin("is", "", (Signature((Parameter("value1"), Parameter("value2")), BOOLEAN, _is_at_one_offset),), ()),
)
