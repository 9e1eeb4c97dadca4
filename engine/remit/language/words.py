"""Amounts, numbers, durations, names and lists as people say them. Everything that remit says is put together from these.

How an author writes a value in an expression is :mod:`remit.language.text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final

from remit.language.values import Money, Months, plain

__all__ = [
    "MONTHS",
    "a",
    "amount",
    "article",
    "capital",
    "duration",
    "grouped",
    "in_sentence",
    "listing",
    "long_day",
    "money_text",
    "name",
    "nothing",
    "percent",
    "plural",
    "quantity",
    "show_value",
    "shown",
    "the",
    "value",
]


def name(dotted: str) -> str:
    """The name of a role, a fact or a piece of evidence as people say it.

    >>> name("duty_manager"), name("stay.nightly_rate")
    ('duty manager', 'stay nightly rate')
    """
    return dotted.replace(".", " ").replace("_", " ")


def article(noun: str) -> str:
    """``a`` or ``an``."""
    return "an" if noun[:1].lower() in "aeiou" else "a"


def a(noun: str) -> str:
    """With its article.

    >>> a("associate"), a("supervisor")
    ('an associate', 'a supervisor')
    """
    return f"{article(noun)} {noun}"


def the(ladder: Sequence[str], role: str) -> str:
    """A role with its article: the top of the ladder is one person, others are many.

    >>> the(["supervisor", "general_manager"], "general_manager"), the(["supervisor", "general_manager"], "supervisor")
    ('the general manager', 'a supervisor')
    """
    return f"the {name(role)}" if role == ladder[-1] else a(name(role))


def capital(text: str) -> str:
    """With a capital first letter; the rest stays."""
    return text[:1].upper() + text[1:]


#: Languages that write nouns with a capital.
_CAPITAL_NOUNS: Final = ("de", "lb")


def in_sentence(title: str, languages: Sequence[str] = ()) -> str:
    """A title inside a sentence: lower case, unless its first word is a name or an abbreviation, or the first of the text's
    ``languages`` writes nouns with a capital.

    >>> in_sentence("Folio credit"), in_sentence("VIP lounge"), in_sentence("Wi-Fi voucher"), in_sentence("Gutschrift", ["de"])
    ('folio credit', 'VIP lounge', 'Wi-Fi voucher', 'Gutschrift')
    """
    if languages and languages[0][:2] in _CAPITAL_NOUNS:
        return title
    first = title.split(" ", 1)[0]
    is_word = first == "A" or (first[1:].isalpha() and first[1:].islower())
    return title[:1].lower() + title[1:] if is_word else title


def plural(noun: str, count: int) -> str:
    """``noun`` for so many.

    >>> plural("day", 1), plural("day", 0)
    ('day', 'days')
    """
    return noun if abs(count) == 1 else f"{noun}s"


def listing(parts: Iterable[str], word: str = "and", *, comma: bool = True) -> str:
    """Parts in a row; ``comma``: with one before the last of three.

    >>> listing(["a", "b", "c"]), listing(["a", "b"], "or"), listing(["a", "b", "c"], "or", comma=False)
    ('a, b, and c', 'a or b', 'a, b or c')
    """
    known = list(parts)
    if len(known) < 2:
        return "".join(known)
    last = "," if comma and (len(known) > 2 or any(f" {word} " in part for part in known)) else ""
    return f"{', '.join(known[:-1])}{last} {word} {known[-1]}"


def grouped(number: Decimal | int) -> str:
    """A number with its thousands set apart from 10,000 on.

    >>> grouped(2000), grouped(20000), grouped(Decimal("10000.5"))
    ('2000', '20,000', '10,000.5')
    """
    whole, dot, rest = plain(number).partition(".")
    return (f"{int(whole):,}" if len(whole.lstrip("-")) > 4 else whole) + dot + rest


def percent(part: Decimal) -> str:
    """A part of 1.

    >>> percent(Decimal("0.125"))
    '12.5%'
    """
    return f"{grouped(part * 100)}%"


def quantity(value: Money | Decimal | int | None) -> str:
    """How much, without what: ``30 EUR``, ``20,000``, ``yes``.

    >>> quantity(Money.of("30 EUR")), quantity(True)
    ('30 EUR', 'yes')
    """
    if isinstance(value, Money):
        number, _, currency = str(value).partition(" ")
        whole, dot, rest = number.partition(".")
        return f"{grouped(int(whole))}{dot}{rest} {currency}"
    if isinstance(value, bool) or value is None:
        return "yes" if value else "no"
    return grouped(value)


def amount(title: str, value: Money | int) -> str:
    """An amount of the remedy called ``title`` inside a sentence; of an exception only what it is.

    >>> amount("Loyalty points", 2000), amount("Late checkout", True)
    ('2000 loyalty points', 'late checkout')
    """
    said = in_sentence(title)
    return said if isinstance(value, bool) else f"{quantity(value)} {said}"


def nothing(value: Money | int | None) -> bool:
    """Whether it is nothing at all: no money, no units, not the exception."""
    return not (value.amount if isinstance(value, Money) else value)


def money_text(minor: int, digits: int, currency: str) -> str:
    """``minor`` smallest units as people write them: no decimals, or all of the currency's.

    >>> money_text(1250, 2, "EUR"), money_text(3000, 2, "EUR")
    ('12.50 EUR', '30 EUR')
    """
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}} {currency}" if rest else f"{whole} {currency}"


#: The months, as a record has them, too.
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def long_day(day: date) -> str:
    """A day with its month in words.

    >>> long_day(date(2026, 12, 3))
    '3 December 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def duration(length: timedelta) -> str:
    """In the largest unit that leaves no rest.

    >>> duration(timedelta(days=90)), duration(timedelta(hours=36)), duration(timedelta(days=1))
    ('90 days', '36 hours', '1 day')
    """
    seconds = length.days * 86_400 + length.seconds
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds % size == 0 and seconds:
            return f"{seconds // size} {plural(unit, seconds // size)}"
    return f"{seconds} seconds"


def value(value: Any) -> str:
    """A constant of a policy, or what a fact is, in a sentence.

    >>> value(Decimal("0.5")), value("room_not_ready"), value(Months(1))
    ('50%', 'room not ready', '1 month')
    """
    match value:
        case None:
            return "nothing"
        case Decimal() if 0 < value < 1 and value * 100 == (value * 100).to_integral_value():
            return percent(value)
        case bool() | Decimal() | int() | Money():
            return quantity(value)
        case timedelta():
            return duration(value)
        case Months(months=count):
            return f"{count} {plural('month', count)}"
        case date():
            return value.isoformat()
        case str():
            return value.replace("_", " ") if re.fullmatch(r"[a-z_]+", value) else f'"{value}"'
        case _:
            return str(value)


def show_value(value: Any) -> str:
    """A value as a person would write it, cut to a reasonable length."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int) and abs(value) >= 10**30:
        return "a number of very many digits"  # Python itself refuses to write the longest
    if isinstance(value, Decimal) and value.is_finite():
        return plain(value)
    if isinstance(value, date | time):
        return value.isoformat()
    text = str(value) if isinstance(value, str | int | float | Decimal | Money | Months | timedelta) else type(value).__name__
    return text if len(text) <= 60 else text[:57] + "..."


def shown(raw: Any) -> str:
    """A value that was given, to begin a sentence with."""
    if isinstance(raw, Mapping):
        return "a mapping"
    if isinstance(raw, list | tuple):
        return "a list"
    return "empty text" if isinstance(raw, str) and not raw.strip() else f"`{show_value(raw)}`"
