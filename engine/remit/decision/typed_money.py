"""Amounts and numbers as people type them: ``45``, ``45.50 EUR``, ``EUR 45,50``, ``45 euros``, ``1,234.50``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from remit.language.locales.messages import Message
from remit.language.values import Money
from remit.language.words import show_value
from remit.policy.fact_values import refuse_too_exact

__all__ = ["decimal_of", "parse_money", "with_signs"]

_SYMBOLS: Final[Mapping[str, tuple[str, ...]]] = {
    "\u20ac": ("EUR",),
    "\u00a3": ("GBP",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "\u00a5": ("JPY", "CNY"),
}
_SIGNS: Final = {"euro": "\u20ac", "pound": "\u00a3", "dollar": "$", "yen": "\u00a5"}
_NAMED: Final = r"\b(euro|pound|dollar|yen)s?\b"
# Patterns are compiled when they are first needed: most answers need none.
_MARK: Final = r"[A-Za-z]{3}|[\u20ac\u00a3$\u00a5]"
_MONEY: Final = rf"(?P<before>{_MARK})?\s*(?P<number>\d[\d., ]*)\s*(?P<after>{_MARK})?"
_ENGLISH: Final = r"\d{1,3}(,\d{3})*(\.\d+)?|\d+(\.\d+)?"
_SPACED: Final = r"\d{1,3}( \d{3})+([.,]\d+)?"
_CONTINENTAL: Final = r"(\d{1,3}(\.\d{3})+|\d+),\d{1,2}"


def parse_money(text: str, currency: str) -> Money:
    """An amount of ``currency``: ``45``, ``45 EUR``, ``\u20ac45.50``, ``EUR 45,50``, ``1,234.50``. Raises ``ValueError``."""
    found = re.fullmatch(_MONEY, with_signs(text.strip()))
    number = decimal_of(found["number"]) if found else None
    if found is None or number is None:
        raise ValueError(
            Message("`{typed}` is not an amount such as `45 {currency}`", typed=show_value(text), currency=currency)
        )
    for mark in (found["before"], found["after"]):
        if mark and currency not in _SYMBOLS.get(mark, (mark.upper(),)):
            raise ValueError(Message("`{typed}` is not in {currency}", typed=show_value(text), currency=currency))
    money = Money(number, currency)
    refuse_too_exact(money)
    return money


def with_signs(text: str) -> str:
    """``text`` with the signs of currencies in place of their names.

    >>> with_signs("45 euros")
    '45 \u20ac'
    """
    return re.sub(_NAMED, lambda found: _SIGNS[found[1].lower()], text, flags=re.IGNORECASE)


def decimal_of(text: str) -> Decimal | None:
    """A plain number, grouped or not, with a point; or with a comma where that cannot be taken for grouping. Spaces group
    thousands and nothing else: ``5 5`` is no number."""
    text = text.strip()
    if len(text) > 40 or (" " in text and not re.fullmatch(_SPACED, text)):
        return None
    text = text.replace(" ", "")
    if re.fullmatch(_ENGLISH, text):
        return Decimal(text.replace(",", ""))
    if re.fullmatch(_CONTINENTAL, text):
        return Decimal(text.replace(".", "").replace(",", "."))
    return None
