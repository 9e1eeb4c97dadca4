"""A value from outside (JSON, YAML, Python) as the value of a declared fact."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from remit.language import temporal
from remit.language.identities import refuse_id
from remit.language.suggestions import closest
from remit.language.text import too_exact
from remit.language.types import Kind, Type
from remit.language.values import Money, Months
from remit.language.words import show_value, shown
from remit.policy.model import Fact

__all__ = [
    "in_zone_of",
    "refuse_too_exact",
    "NUMBER_TEXT",
    "TRUE_OR_FALSE",
    "TRUTH_TEXT",
    "read_fact",
    "read_money",
    "read_value",
    "refused",
]

TRUE_OR_FALSE: Final = "true or false"
#: Texts that read as numbers, or as true or false.
NUMBER_TEXT: Final = r"-?[0-9]{1,15}(\.[0-9]{1,15})?"
TRUTH_TEXT: Final = r"(?i:true|false)"

_MAX_DIGITS = 30
_MAX_TEXT = 10_000
_MAX_ITEMS = 1_000
_UNITS: Final = ("week", "day", "hour", "minute", "second")


class AboveHighest(ValueError):
    """A ``value`` above the highest of its fact."""

    def __init__(self, message: str, value: Any) -> None:
        super().__init__(message)
        self.value = value


def read_fact(fact: Fact, raw: Any, *, strict: bool = True) -> Any:
    """``raw`` as a value of ``fact``: Decimal, str, bool, Money, date, time, datetime, timedelta or a list of these.

    Raises ``ValueError`` with words for a person: wrong type, out of range, not one of the choices, a float for money.
    ``strict`` is false for what is on record: ids, points in time and amounts are taken as they were then.
    """
    value = read_value(fact.type, raw)
    if strict:
        if fact.is_id:
            refuse_id(value)
        _refuse_too_exact(value, raw)
        value = in_zone_of(fact, value)
    for item in value if isinstance(value, list) else (value,):
        try:
            if isinstance(item, Money):
                low = fact.low is not None and item.amount < fact.low.amount
                high = fact.high is not None and item.amount > fact.high.amount
            else:
                low, high = fact.low is not None and item < fact.low, fact.high is not None and item > fact.high
        except TypeError:
            raise ValueError(f"`{show_value(item)}` cannot be compared with the bounds of `{fact.name}` (time zone?)") from None
        if low:
            raise ValueError(f"`{show_value(item)}` is below the lowest value of `{fact.name}`, {show_value(fact.low)}")
        if high:
            message = f"`{show_value(item)}` is above the highest value of `{fact.name}`, {show_value(fact.high)}"
            raise AboveHighest(message, value)
    return value


def _refuse_too_exact(value: Any, raw: Any) -> None:
    if isinstance(value, list):
        for item, written in zip(value, raw, strict=True):
            _refuse_too_exact(item, written)
    elif isinstance(value, Money):
        refuse_too_exact(value, is_text=isinstance(raw, str))


def refuse_too_exact(money: Money, *, is_text: bool = True) -> None:
    """Raises ``ValueError`` for more decimals than the currency has; those of text even if they are zeros, since the point may
    be meant to part thousands."""
    if money.is_too_exact and (is_text or money.rounded() != money):
        message, hint = too_exact(money, in_formula=False)
        raise ValueError(f"{message}; {hint}")


def in_zone_of(fact: Fact, value: Any) -> Any:
    """A point in time, or a list of them, in the time zone of ``fact``; anything else as it is."""
    if isinstance(value, list):
        return [in_zone_of(fact, each) for each in value]
    return temporal.in_zone(value, fact.zone, local=fact.local) if fact.zone and isinstance(value, datetime) else value


def read_value(kind: Type, raw: Any) -> Any:
    """``raw`` as a value of the type ``kind``. Raises ``ValueError`` with words for a person."""
    return _READERS[kind.kind](kind, raw)


def refused(raw: Any, what: str, plain_text: str = "") -> ValueError:
    """The error for ``raw``, which is not ``what``. Text that says ``plain_text`` only has quotes too many."""
    if isinstance(raw, str) and raw.strip() and re.fullmatch(plain_text, raw.strip()):
        return ValueError(f'`"{raw}"` is text, not {what}; write `{raw.strip()}` without quotes')
    return ValueError(f"{shown(raw)} is not {what}")


def _text(kind: Type, raw: Any) -> str:
    if isinstance(raw, bool | int | float | Decimal):
        raise ValueError(f"`{show_value(raw)}` is not text; write it in quotes")
    if not isinstance(raw, str):
        raise ValueError(f"`{show_value(raw)}` is not text")
    if len(raw) > _MAX_TEXT:
        raise ValueError(f"`{show_value(raw)}` is longer than {_MAX_TEXT} characters")
    return raw


def _choice(kind: Type, raw: Any) -> str:
    if isinstance(raw, str) and raw in kind.choices:
        return raw
    near = closest(raw, kind.choices) if isinstance(raw, str) else None
    hint = f"; did you mean `{near}`?" if near else ""
    raise ValueError(f"{shown(raw)} is not one of {', '.join(kind.choices)}{hint}")


def _boolean(kind: Type, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise refused(raw, TRUE_OR_FALSE, TRUTH_TEXT)
    return raw


def _number(kind: Type, raw: Any) -> Decimal:
    what = "a whole number" if kind.integer else "a number"
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | float):
        raise refused(raw, what, NUMBER_TEXT)
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise ValueError(f"`{raw}` is not a number that can be counted with")
        if kind.integer:
            if raw.is_integer() and abs(raw) < 10**15:
                raise ValueError(f"`{raw}` is a floating-point number; write `{int(raw)}`")
            raise refused(raw, what)
        raw = repr(raw)  # the shortest text that reads back as the same float: what the caller wrote
    elif isinstance(raw, int) and abs(raw) >= 10**_MAX_DIGITS:
        raise ValueError(f"a number of more than {_MAX_DIGITS} digits is too large")
    value = Decimal(raw)
    if not value.is_finite():
        raise ValueError(f"`{value}` is not a number that can be counted with")
    if value and not (-_MAX_DIGITS < value.adjusted() < _MAX_DIGITS and len(value.as_tuple().digits) <= _MAX_DIGITS):
        raise ValueError(f"`{show_value(str(value))}` has more than {_MAX_DIGITS} digits")
    if kind.integer and value != value.to_integral_value():
        raise ValueError(f"`{show_value(value)}` is not {what}")
    return value


def _money(kind: Type, raw: Any) -> Money:
    money = read_money(raw, kind.currency)
    if money.currency != kind.currency:
        raise ValueError(f"`{money}` is in {money.currency}, but {kind.currency} is expected")
    _number(Type("number"), money.amount)
    return money


def read_money(raw: Any, currency: str | None) -> Money:
    """``raw`` as an amount of money in whatever currency; ``currency`` is the one to be told of. Raises ``ValueError``."""
    if isinstance(raw, Money):
        return raw
    if isinstance(raw, str):
        with suppress(ValueError):
            return Money.of(raw)
    written = show_value(raw).strip().removesuffix(".0")
    example = f'`"{written if re.fullmatch(NUMBER_TEXT, written) else "45"} {currency}"`'
    if isinstance(raw, float):
        raise ValueError(f"`{raw}` is a floating-point number, which is never exact money; write {example}")
    raise ValueError(f"{shown(raw)} is not an amount of money; write {example}")


def _date(kind: Type, raw: Any) -> date:
    value = temporal.parse_date(raw) if isinstance(raw, str) else raw
    if isinstance(value, datetime) or not isinstance(value, date):
        raise refused(raw, "a day such as `2026-07-01`")
    return value


def _time(kind: Type, raw: Any) -> time:
    """Facts keep an offset and not the name of a zone: the rules of zones change, and a decision must not."""
    value = temporal.parse_time(raw, cut=True) if isinstance(raw, str) else raw
    if not isinstance(value, time):
        raise refused(raw, "a time of day such as `14:30:00`")
    return temporal.settled(value)


def _date_time(kind: Type, raw: Any) -> datetime:
    value = temporal.parse_date_time(raw, cut=True) if isinstance(raw, str) else raw
    if not isinstance(value, datetime):
        raise refused(raw, "a date and time such as `2026-07-01T14:30:00+02:00`")
    return temporal.settled(value)


def _duration(kind: Type, raw: Any) -> timedelta:
    value = raw
    if isinstance(raw, str):
        plain_duration = _plain_duration(raw)  # which may be `0 days`
        value = temporal.parse_duration(raw, cut=True) if plain_duration is None else plain_duration
    if not isinstance(value, timedelta):
        raise refused(raw, "a duration such as `90 days`, `72 hours` or `PT72H`")
    return value


def _plain_duration(text: str) -> timedelta | None:
    number, _, unit = text.strip().partition(" ")
    unit = unit.strip().removesuffix("s")
    if unit not in _UNITS or not (number.isascii() and number.isdigit()) or len(number) > 9:
        return None
    length = timedelta(**{f"{unit}s": 1})
    return int(number) * length if int(number) * length.total_seconds() < 86_400 * 10**8 else None


def _months(kind: Type, raw: Any) -> Months:
    value = temporal.parse_duration(raw, cut=True) if isinstance(raw, str) else raw
    if not isinstance(value, Months):
        raise refused(raw, "a duration in months such as `P1Y2M`")
    return value


def _list(kind: Type, raw: Any) -> list[Any]:
    if isinstance(raw, str) or not isinstance(raw, list | tuple):
        raise refused(raw, "a list")
    if len(raw) > _MAX_ITEMS:
        raise ValueError(f"a list of more than {_MAX_ITEMS} items is too long")
    assert kind.element is not None
    return [read_value(kind.element, item) for item in raw]


def _never(kind: Type, raw: Any) -> Any:
    raise ValueError(f"`{show_value(raw)}` cannot be a fact")


_READERS: Final[Mapping[Kind, Callable[[Type, Any], Any]]] = {
    "text": _text,
    "choice": _choice,
    "boolean": _boolean,
    "number": _number,
    "money": _money,
    "date": _date,
    "time": _time,
    "date-time": _date_time,
    "duration": _duration,
    "months": _months,
    "list": _list,
    "any": _never,
    "null": _never,
    "range": _never,
    "function": _never,
}
