"""Strategies for values of a type, for the texts of constants, and for facts of a scope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from remit.language.types import Type
from remit.language.values import Money, Months, minor_digits, plain

__all__ = ["constants", "facts", "values"]

_TEXT = st.text(st.characters(codec="ascii", categories=("L", "N", "Zs", "P")), max_size=6)
_DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31)) | st.sampled_from([date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31)])
_ZONES = st.none() | st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))])
_CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), tzinfo=_ZONES)
_SECONDS = st.integers(-400, 400).map(lambda count: timedelta(days=count)) | st.integers(-(10**6), 10**6).map(
    lambda count: timedelta(seconds=count)
)
_WHOLE = st.integers(-9, 9) | st.integers(-(10**6), 10**6)


def _number(of: Type) -> st.SearchStrategy[Decimal]:
    whole = _WHOLE.map(Decimal)
    return whole if of.integer else whole | st.decimals(-(10**6), 10**6, places=3, allow_nan=False, allow_infinity=False)


def _amount(currency: str) -> st.SearchStrategy[Money]:
    minor = st.integers(-100, 100) | st.integers(-(10**9), 10**9)
    return minor.map(lambda count: Money(Decimal(count).scaleb(-minor_digits(currency)), currency))


def values(of: Type) -> st.SearchStrategy[Any]:
    """Values of the type, never null."""
    match of.kind:
        case "boolean":
            return st.booleans()
        case "number":
            return _number(of)
        case "text":
            return _TEXT
        case "choice":
            return st.sampled_from(of.choices)
        case "money":
            return _amount(of.currency or "EUR")
        case "date":
            return _DAYS
        case "time":
            return _CLOCKS
        case "date-time":
            return st.builds(datetime.combine, _DAYS, _CLOCKS)
        case "duration":
            return _SECONDS
        case "months":
            return st.builds(Months, st.integers(-50, 50))
        case "list":
            assert of.element is not None
            return st.lists(values(of.element), max_size=3)
    raise NotImplementedError(of)


def facts(scope: Mapping[str, Type]) -> st.SearchStrategy[dict[str, Any]]:
    """A value for every name in scope."""
    return st.fixed_dictionaries({name: values(of) for name, of in scope.items()})


def constants(of: Type) -> st.SearchStrategy[str]:
    """Texts of constants of the type, as an author writes them."""
    match of.kind:
        case "boolean":
            return st.sampled_from(["true", "false"])
        case "number":
            shares = st.integers(0, 200).map(lambda share: f"{share}%")
            numbers = _number(of).map(abs).map(plain)
            return numbers if of.integer else numbers | shares
        case "text" | "choice":
            return values(of).map(_in_quotes)
        case "money":
            return _amount(of.currency or "EUR").map(lambda money: str(Money(abs(money.amount), money.currency)))
        case "date":
            return _DAYS.map(lambda day: f'@"{day.isoformat()}"')
        case "time":
            return _CLOCKS.map(lambda clock: f'@"{_offset(clock.isoformat())}"')
        case "date-time":
            return values(of).map(lambda moment: f'@"{_offset(moment.isoformat())}"')
        case "duration":
            units = st.sampled_from(["days", "hours", "minutes", "weeks"])
            return st.builds(lambda count, unit: f"{count} {unit}", st.integers(0, 200), units)
        case "months":
            return st.builds(lambda count, unit: f"{count} {unit}", st.integers(0, 30), st.sampled_from(["months", "years"]))
    raise NotImplementedError(of)


def _offset(iso: str) -> str:
    return iso.replace("+00:00", "Z")


def _in_quotes(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
