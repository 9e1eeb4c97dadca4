"""Other languages than English: words from the catalogues beside this file, and what is written by a rule from CLDR (babel).

``LANGUAGE.po`` is what translators edit; ``LANGUAGE.mo`` is made of it, and is what is read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, localcontext
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Any, Final

import babel
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent

from remit.language import words
from remit.language.locales.messages import Locale, Named
from remit.language.values import Money, Months, plain

__all__ = ["CatalogueLocale"]

_FOLDER: Final = Path(__file__).parent

#: Spanish says ``e`` for ``y`` before the sound i, and ``u`` for ``o`` before the sound o.
_SOUNDS: Final = {"y": ("e", ("i", "hi", "í", "hí"), ("hie", "hia")), "o": ("u", ("o", "ho", "ó", "hó", "8"), ())}


class CatalogueLocale(Locale):
    """How remit speaks in the language of one catalogue, with money and days as in the country of ``tag``."""

    def __init__(self, tag: str) -> None:
        self.language = tag.partition("-")[0]
        self.tag = tag
        self._cldr = _cldr(tag)
        self._catalogue = _catalogue(self.language)

    @staticmethod
    @cache
    def known(tag: str) -> CatalogueLocale:
        """The one for a tag that begins with a language that has a catalogue."""
        return CatalogueLocale(tag)

    def translation(self, text: str) -> str:
        return self._catalogue.gettext(text) if text else text  # under the empty text a catalogue keeps its head

    def plural_translation(self, one: str, many: str, count: int) -> str:
        return self._catalogue.ngettext(one, many, abs(count))

    def quantity(self, value: Any) -> str:
        if isinstance(value, Money):
            number, _, currency = str(value).partition(" ")
            with _exact(number):
                pattern = f"{_pattern(number)} \u00a4\u00a4"
                return format_currency(Decimal(number), currency, pattern, self._cldr, currency_digits=False)
        if isinstance(value, bool) or value is None:
            return self("yes") if value else self("no")
        return self._number(value)

    def _number(self, value: Decimal | int) -> str:
        number = plain(value)
        with _exact(number):
            return format_decimal(Decimal(number), _pattern(number), self._cldr)

    def value(self, value: Any) -> str:
        match value:
            case None:
                return self("nothing")
            case Decimal() if 0 < value < 1 and value * 100 == (value * 100).to_integral_value():
                return str(format_percent(value, locale=self._cldr))
            case bool() | Decimal() | int() | Money():
                return self.quantity(value)
            case timedelta():
                return self.duration(value)
            case Months(months=count):
                return self.plural("{count} month", "{count} months", count)
            case date() if type(value) is date:
                return self.day(value)
            case time():
                return value.isoformat("minutes") if not value.second and not value.tzinfo else value.isoformat()
        return words.value(value)

    def day(self, day: date) -> str:
        return self._first(str(format_date(day, "long", self._cldr)))

    def long_day(self, day: date) -> str:
        return self.day(day)

    def near_day(self, day: date, today: date) -> str:
        if day.year != today.year:
            return self.day(day)
        return self._first(str(format_skeleton("MMMMd", day, locale=self._cldr)))

    def moment(self, at: datetime) -> str:
        here = at.astimezone()
        return f"{self._first(str(format_date(here.date(), 'medium', self._cldr)))} {here:%H:%M}"

    def _first(self, day: str) -> str:
        """A day of which the number is not what CLDR writes: the first of a month is an ordinal in French."""
        return f"1er{day[1:]}" if self.language == "fr" and day.startswith("1 ") else day

    def duration(self, length: timedelta) -> str:
        seconds = length.days * 86_400 + length.seconds
        if seconds and seconds % 86_400 == 0:
            return self.plural("{count} day", "{count} days", seconds // 86_400)
        if seconds and seconds % 3_600 == 0:
            return self.plural("{count} hour", "{count} hours", seconds // 3_600)
        if seconds and seconds % 60 == 0:
            return self.plural("{count} minute", "{count} minutes", seconds // 60)
        return self.plural("{count} second", "{count} seconds", seconds)

    def listing(self, parts: Iterable[str], word: str = "and") -> str:
        known = list(parts)
        if len(known) < 2:
            return "".join(known)
        said = self("or") if word == "or" else self("and")
        if self.language == "es":
            said = _sounding(said, known[-1])
        return f"{', '.join(known[:-1])} {said} {known[-1]}"

    def clauses(self, parts: Iterable[str]) -> str:
        return ("\u00a0; " if self.language == "fr" else "; ").join(parts)

    def amount(self, title: str, value: Any) -> str:
        if isinstance(value, bool):
            return title
        said = self.quantity(value)
        if isinstance(value, Money):
            return self("{money} {title}", money=said, title=title)
        return self("{count} {title}", count=said, title=title)

    def in_sentence(self, title: str, languages: Sequence[str] = ()) -> str:
        # German nouns keep their capital, and a title in a language that nobody stated may be German.
        return words.in_sentence(title, languages or (self.language,))

    def role(self, role: str) -> str:
        return words.capital(words.name(role)) if self.language == "de" else words.name(role)

    def named(self, name: Named) -> str:
        return name.called or str(name)

    def one(self, role: str) -> str:
        return self.role(role)  # an article has a gender

    def who(self, ladder: Sequence[str], role: str) -> str:
        return self.role(role)  # its gender is not known


def _exact(number: str) -> AbstractContextManager[Context]:
    """Arithmetic in which no digit of ``number`` is rounded away."""
    return localcontext(Context(prec=len(number) + 9))


def _pattern(number: str) -> str:
    """How many decimals CLDR is to write: all that there are."""
    digits = len(number.partition(".")[2])
    return f"#,##0.{'0' * digits}" if digits else "#,##0"


def _sounding(word: str, before: str) -> str:
    other, sounds, never = _SOUNDS.get(word, (word, (), ()))
    low = before.casefold()
    return other if low.startswith(sounds) and not (never and low.startswith(never)) else word


@cache
def _catalogue(language: str) -> GNUTranslations:
    with open(_FOLDER / f"{language}.mo", "rb") as file:
        return GNUTranslations(file)


def _cldr(tag: str) -> babel.Locale:
    """What CLDR knows of the tag, or of its language where it does not know the country."""
    try:
        return babel.Locale.parse(tag, sep="-")
    except (ValueError, babel.UnknownLocaleError):
        return babel.Locale.parse(tag.partition("-")[0])
