"""Amounts, roles and lists as people say them. Used wherever remit speaks; nothing here decides."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from remit.decision.detail import Quantity
from remit.language.values import Money, plain
from remit.policy.model import Model, Remedy

__all__ = ["a", "capital", "grouped", "in_sentence", "listing", "nothing", "quantity", "role", "spoken", "the"]


def role(name: str) -> str:
    """A role as people say it.

    >>> role("duty_manager")
    'duty manager'
    """
    return name.replace("_", " ")


def a(noun: str) -> str:
    """With its article.

    >>> a("associate"), a("supervisor")
    ('an associate', 'a supervisor')
    """
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def the(model: Model, name: str) -> str:
    """A role with its article: the top of the ladder is one person, others are many.

    ``the general manager``, but ``a supervisor``.
    """
    return f"the {role(name)}" if name == model.ladder[-1] else a(role(name))


def capital(text: str) -> str:
    """With a capital first letter; the rest stays."""
    return text[:1].upper() + text[1:]


def in_sentence(title: str) -> str:
    """A title inside a sentence: lower case, unless its first word is a name or an abbreviation.

    >>> in_sentence("Folio credit"), in_sentence("VIP lounge"), in_sentence("Wi-Fi voucher")
    ('folio credit', 'VIP lounge', 'Wi-Fi voucher')
    """
    first = title.split(" ", 1)[0]
    return title[:1].lower() + title[1:] if first[1:].isalpha() and first[1:].islower() else title


def listing(parts: Iterable[str], word: str = "and") -> str:
    """Parts in a row.

    >>> listing(["a", "b", "c"]), listing(["a", "b"], "or")
    ('a, b, and c', 'a or b')
    """
    known = list(parts)
    if len(known) < 2:
        return "".join(known)
    comma = "," if len(known) > 2 or any(f" {word} " in part for part in known) else ""
    return f"{', '.join(known[:-1])}{comma} {word} {known[-1]}"


def grouped(number: Decimal | int) -> str:
    """A number with its thousands set apart from 10,000 on.

    >>> grouped(2000), grouped(20000), grouped(Decimal("10000.5"))
    ('2000', '20,000', '10,000.5')
    """
    whole, dot, rest = plain(number).partition(".")
    return (f"{int(whole):,}" if len(whole.lstrip("-")) > 4 else whole) + dot + rest


def quantity(value: Quantity | None) -> str:
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


def spoken(remedy: Remedy, value: Quantity) -> str:
    """An amount of a remedy inside a sentence: ``30 EUR folio credit``, ``2000 loyalty points``, ``late checkout``."""
    title = in_sentence(remedy.title)
    return title if remedy.kind == "exception" else f"{quantity(value)} {title}"


def nothing(value: Quantity | None) -> bool:
    """Whether it is nothing at all: no money, no units, not the exception."""
    return not (value.amount if isinstance(value, Money) else value)
