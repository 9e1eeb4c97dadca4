"""Numbers as people write them in other languages: ``1.000,00``, ``1,000.00``, ``12,50``, ``1 000``."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["MixedNumber", "mixed_number"]

_MIXED: Final = re.compile(r"[0-9]+(?:[., '\u00a0\u202f][0-9]+)+")
_UNIT: Final = re.compile(r" ?[A-Z]{3}\b| ?%")
_PLAIN: Final = re.compile(r"[0-9]+\.[0-9]+")
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:(?P<sign>[., '\u00a0\u202f])[0-9]{3})(?:(?P=sign)[0-9]{3})*")


class MixedNumber:
    """``text`` is what stands there, ``meant`` the number that it is in the language, ``hint`` how to write it."""

    def __init__(self, text: str, meant: str, hint: str) -> None:
        self.text, self.meant, self.hint = text, meant, hint


def mixed_number(text: str, start: int = 0) -> MixedNumber | None:
    """The number with separators that begins at ``start``; ``None`` where there is none, or what it means is not plain.

    >>> mixed_number("1.000,00 EUR").meant
    '1000.00'
    >>> mixed_number("12,50 EUR").meant
    '12.50'
    >>> mixed_number("1.5 EUR")
    """
    found = _MIXED.match(text, start)
    if found is None or _PLAIN.fullmatch(found.group()):
        return None
    written = found.group()
    whole, sign, part = _parted(written)
    digits = re.sub("[^0-9]", "", whole)
    grouped = _THOUSANDS.fullmatch(whole)
    if not (digits == whole or (grouped and grouped["sign"] != sign)):
        return None
    meant = f"{digits}.{part}" if part else digits
    unit = _UNIT.match(text, found.end())
    amount = f"{meant}{unit[0]}" if unit else meant
    if digits == whole:
        return MixedNumber(written, meant, f"write it with a point: `{amount}`")
    separator = "separators of thousands" if part else "a separator"
    return MixedNumber(written, meant, f"write it without {separator}: `{amount}`")


def _parted(written: str) -> tuple[str, str, str]:
    """What stands before the sign of the decimals, that sign, and the decimals; the last two empty where there are none."""
    last = re.search(r"[.,](?=[0-9]+$)", written)
    if last is None or _THOUSANDS.fullmatch(written):
        return written, "", ""
    return written[: last.start()], last.group(), written[last.end() :]
