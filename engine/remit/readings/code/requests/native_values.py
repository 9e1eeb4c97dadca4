"""Single values: from what a request says, or from a value of the language, to the plain numbers and texts that compiled code
works with, and back.

Money is a whole number of smallest units, a number that may have a fraction is counted in millionths, a day is its ordinal
(:meth:`datetime.date.toordinal`) and a duration a number of microseconds. Whole numbers, texts, words and truth values are the
Python values they look like. Other types (times, months, lists) keep the values of the language.

Every function here accepts exactly what step 1 of a decision accepts (:mod:`remit.decision.inputs`), or less: what it does not
know raises :class:`Unusual`, and step 1 itself then reads the request or tells what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final, TypeAlias

from remit.core.lowering.whole import LARGEST, SCALE
from remit.decision.quantities import read_amount, read_used
from remit.language.types import Kind, Type
from remit.language.values import CONTEXT, Money, minor_digits
from remit.policy.fact_values import read_fact
from remit.policy.model import Fact, Model, Remedy

__all__ = [
    "MOST_NUMBER",
    "Reader",
    "Unusual",
    "amount_reader",
    "bounds",
    "cents_by_ending",
    "date_of",
    "day_reader",
    "evidence_reader",
    "fact_reader",
    "known_value",
    "money_text_reader",
    "native_of",
    "units_by_text",
    "used_reader",
]
#: Takes a value as it was given, returns its native form; raises :class:`Unusual` for anything that it does not know.
Reader: TypeAlias = Callable[[Any], Any]

#: Numbers and money are no larger in their native form (:data:`remit.core.lowering.whole.LARGEST`).
MOST_NUMBER: Final = LARGEST
#: Floats below this have at most 15 digits in millionths; so many digits survive the way to a float and back.
_MOST_FLOAT: Final = 1e9
_MICROSECOND: Final = timedelta(microseconds=1)


class Unusual(Exception):
    """The request, or one value in it, is not of the plain kind. That does not mean that it is wrong."""


def native_of(kind: Type, value: Any) -> Any:
    """The native form of a value of the language; raises :class:`Unusual` where it has none."""
    convert = _NATIVE.get(kind.kind)
    return value if convert is None else convert(kind, value)


def known_value(of: Fact | Type, native: Any) -> Any:
    """The value of the language (``Decimal``, ``Money``, ``date`` and so on) whose native form is ``native``; ``None`` stays.

    >>> known_value(Type("money", currency="EUR"), 4550)
    Money(amount=Decimal('45.50'), currency='EUR')
    """
    kind = of.type if isinstance(of, Fact) else of
    convert = _KNOWN.get(kind.kind)
    return native if convert is None or native is None else convert(kind, native)


def _number(kind: Type, value: Decimal) -> int:
    return _whole(value if kind.integer else CONTEXT.scaleb(value, 6))


def _money(kind: Type, value: Money) -> int:
    if value.currency != kind.currency:
        raise Unusual
    return _whole(CONTEXT.scaleb(value.amount, minor_digits(value.currency)))


def _whole(number: Decimal) -> int:
    whole = int(number)
    if whole != number or not -MOST_NUMBER <= whole <= MOST_NUMBER:
        raise Unusual
    return whole


def _number_back(kind: Type, native: int) -> Decimal:
    if kind.integer:
        return Decimal(native)
    whole, fraction = divmod(native, SCALE)
    return Decimal(native).scaleb(-6, CONTEXT).normalize(CONTEXT) if fraction else Decimal(whole)


_NATIVE: Final[Mapping[Kind, Callable[[Type, Any], Any]]] = {
    "number": _number,
    "money": _money,
    "date": lambda kind, value: value.toordinal(),
    "duration": lambda kind, value: value // _MICROSECOND,
}
_KNOWN: Final[Mapping[Kind, Callable[[Type, Any], Any]]] = {
    "number": _number_back,
    "money": lambda kind, native: Money.from_minor(native, kind.currency),
    "date": lambda kind, native: date.fromordinal(native),
    "duration": lambda kind, native: timedelta(microseconds=native),
}


def bounds(fact: Fact) -> tuple[int | None, int | None]:
    """The lowest and the highest native value of a fact whose natives are numbers; ``None`` where there is no bound."""
    kind = fact.type
    limit = MOST_NUMBER if kind.kind in ("number", "money") else None
    low, high = None if limit is None else -limit, limit
    if fact.low is not None:
        own = _rounded(kind, fact.low, ROUND_CEILING)
        low = own if low is None else max(low, own)
    if fact.high is not None:
        own = _rounded(kind, fact.high, ROUND_FLOOR)
        high = own if high is None else min(high, own)
    return low, high


def _rounded(kind: Type, bound: Any, rounding: str) -> int:
    """A bound may be finer than the natives are: of these the nearest within it."""
    if kind.kind in ("number", "money"):
        exact = bound.amount if kind.kind == "money" else bound
        places = minor_digits(kind.currency or "XXX") if kind.kind == "money" else 0 if kind.integer else 6
        return int(CONTEXT.scaleb(exact, places).to_integral_value(rounding=rounding, context=CONTEXT))
    return int(native_of(kind, bound))


def fact_reader(fact: Fact) -> Reader:
    """The reader of a fact: everything that a request may say of it."""
    kind = fact.type

    def read(raw: Any) -> Any:
        try:
            value = read_fact(fact, raw)
        except (ValueError, ArithmeticError):
            raise Unusual from None
        return native_of(kind, value)

    if kind.kind == "date":
        return day_reader(*bounds(fact))
    return _with_floats(fact, read) if kind.kind == "number" and not kind.integer else read


def _with_floats(fact: Fact, otherwise: Reader) -> Reader:
    """A short way for the floats that JSON gives: the number that was written is the one in millionths that reads as the same
    float, if there is one, as two numbers of up to 15 digits never do."""
    low, high = bounds(fact)
    assert low is not None
    assert high is not None

    def read(raw: Any) -> Any:
        if type(raw) is float and -_MOST_FLOAT < raw < _MOST_FLOAT:
            millionths = round(raw * 1e6)
            if millionths / 1e6 == raw and low <= millionths <= high:
                return millionths
        return otherwise(raw)

    return read


def day_reader(low: int | None, high: int | None) -> Reader:
    """The reader of a day, ``2026-07-01`` or a ``date``, from the ordinal ``low`` to ``high``."""
    first, last = low or date.min.toordinal(), high or date.max.toordinal()

    def read(raw: Any) -> int:
        ordinal = date_of(raw).toordinal()
        if first <= ordinal <= last:
            return ordinal
        raise Unusual

    return read


def date_of(raw: Any) -> date:
    """The day that ``2026-07-01`` is, or a ``date``."""
    if type(raw) is date:
        return raw
    if type(raw) is not str or len(raw) != 10 or raw[4] != "-" or raw[7] != "-":  # there are other ways to write a day
        raise Unusual
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise Unusual from None


def amount_reader(model: Model, remedy: Remedy) -> Reader:
    """The reader of an amount that is asked for."""

    def read(raw: Any) -> int:
        try:
            return read_amount(model, remedy, raw)
        except (ValueError, ArithmeticError):
            raise Unusual from None

    return read


def evidence_reader(known: frozenset[str]) -> Reader:
    """The reader of the names of what is on file."""

    def read(raw: Any) -> frozenset[str]:
        if type(raw) not in (list, tuple, set, frozenset):
            raise Unusual
        for name in raw:
            if type(name) is not str or name not in known:
                raise Unusual
        return frozenset(raw)

    return read


def money_text_reader(cents: Mapping[str, int], units: Mapping[str, int], currency: str) -> Reader:
    """The reader of ``45 EUR`` and ``45.50 EUR``, in smallest units; ``None`` for anything else.

    ``cents`` and ``units`` are the tables of :func:`cents_by_ending` and :func:`units_by_text`: two look-ups in them are faster
    than any other check of all characters.
    """
    with_cents, unit, scale = -5 - minor_digits(currency), f" {currency}", 10 ** minor_digits(currency)

    def read(raw: Any) -> int | None:
        if type(raw) is not str:
            return None
        part = cents.get(raw[with_cents:])
        if part is not None:
            digits = raw[:with_cents]
        elif raw[-4:] == unit:
            digits, part = raw[:-4], 0
        else:
            return None
        amount = units.get(digits)
        if amount is not None:
            return amount + part
        return int(digits) * scale + part if len(digits) < 16 and digits.isdecimal() and digits.isascii() else None

    return read


def used_reader(model: Model, unit: str) -> Reader:
    """The reader of what is used of a balance that is kept in ``unit``."""

    def read(raw: Any) -> int:
        try:
            return read_used(model, unit, raw)
        except (ValueError, ArithmeticError):
            raise Unusual from None

    return read


def cents_by_ending(currency: str) -> dict[str, int]:
    """What each possible end of a text such as ``12.50 EUR`` adds, in smallest units: ``.50 EUR`` is 50."""
    digits = minor_digits(currency)
    return {f".{part:0{digits}} {currency}": part for part in range(10**digits)} if digits else {}


def units_by_text(currency: str) -> dict[str, int]:
    """Smallest units of the whole amounts that are usual: of ``45``, in euros, 4500."""
    return {str(number): number * 10 ** minor_digits(currency) for number in range(1000)}
