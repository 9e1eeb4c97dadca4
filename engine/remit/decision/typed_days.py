"""Days as people say them: ``yesterday``, ``last Monday``, ``20 November``, ``3/11``, ``3 days ago``.

A day without its year is the most recent one. Where the next one is near, and may be meant, both are named and nobody guesses.
Words are English, and those of the locale's language where the table below has it.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Final, NamedTuple

__all__ = ["AmbiguousDay", "is_not_yet", "parse_day", "split_time"]


class AmbiguousDay(ValueError):
    """What was typed could be one of several days, which its text names."""

    def __init__(self, days: Sequence[date]) -> None:
        super().__init__(" or ".join(day.isoformat() for day in days))
        self.days = tuple(days)


class _Words(NamedTuple):
    """The words of a language, without accents and in small letters. ``ago`` finds a number and the start of a unit of
    ``units``; ``filler`` may be anywhere."""

    days: Mapping[str, int]
    months: Sequence[str]
    weekdays: Sequence[str]
    last: frozenset[str]
    ago: str
    units: Mapping[str, str]
    numbers: Mapping[str, int]
    filler: frozenset[str]
    not_yet: frozenset[str]
    at: Sequence[str]


def _names(text: str) -> Sequence[str]:
    return tuple(text.split())


def _numbers(from_two: str) -> dict[str, int]:
    return {name: number for number, name in enumerate(from_two.split(), 2)}


#: A language more is an entry more. Weeks begin on Monday.
_LANGUAGES: Final[Mapping[str, _Words]] = {
    "en": _Words(
        {"today": 0, "yesterday": 1, "the day before yesterday": 2, "day before yesterday": 2, "tomorrow": -1},
        _names("january february march april may june july august september october november december"),
        _names("monday tuesday wednesday thursday friday saturday sunday"),
        frozenset(("last",)),
        r"(\w+) (\w+) ago",
        {"day": "days", "week": "weeks", "month": "months"},
        _numbers("two three four five six seven eight nine ten") | dict.fromkeys(("a", "an", "one"), 1),
        frozenset(("on", "the", "of")),
        frozenset(("not yet", "never")),
        ("at",),
    ),
    "de": _Words(
        {"heute": 0, "gestern": 1, "vorgestern": 2, "morgen": -1},
        _names("januar februar marz april mai juni juli august september oktober november dezember"),
        _names("montag dienstag mittwoch donnerstag freitag samstag sonntag"),
        frozenset(("letzten", "letzter", "letzte", "letztem")),
        r"vor (\w+) (\w+)",
        {"tag": "days", "woche": "weeks", "monat": "months"},
        _numbers("zwei drei vier funf sechs sieben acht neun zehn") | dict.fromkeys(("ein", "eine", "einem", "einer"), 1),
        frozenset(("am", "den", "der", "dem")),
        frozenset(("noch nicht", "nie", "niemals")),
        ("um",),
    ),
    "es": _Words(
        {"hoy": 0, "ayer": 1, "anteayer": 2, "antes de ayer": 2, "manana": -1},
        _names("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        _names("lunes martes miercoles jueves viernes sabado domingo"),
        frozenset(("pasado",)),
        r"hace (\w+) (\w+)",
        {"dia": "days", "semana": "weeks", "mes": "months"},
        _numbers("dos tres cuatro cinco seis siete ocho nueve diez") | dict.fromkeys(("un", "una"), 1),
        frozenset(("el", "de", "del")),
        frozenset(("todavia no", "aun no", "nunca")),
        ("a las", "a la"),
    ),
    "fr": _Words(
        {"aujourd'hui": 0, "hier": 1, "avant-hier": 2, "avant hier": 2, "demain": -1},
        _names("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"),
        _names("lundi mardi mercredi jeudi vendredi samedi dimanche"),
        frozenset(("dernier",)),
        r"il y a (\w+) (\w+)",
        {"jour": "days", "semaine": "weeks", "mois": "months"},
        _numbers("deux trois quatre cinq six sept huit neuf dix") | dict.fromkeys(("un", "une"), 1),
        frozenset(("le", "du")),
        frozenset(("pas encore", "jamais")),
        ("a",),
    ),
}

#: Where the month comes first: the United States, what belongs to them, and the Philippines.
_MONTH_FIRST: Final = frozenset(("US", "AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "UM", "VI"))
#: Where it is not the same for everybody, or the year comes first.
_UNCLEAR: Final = frozenset(("CA", "ZA", "KE", "CN", "TW", "HK", "JP", "KR", "HU", "LT", "MN", "SE"))
_YEAR_FIRST: Final = frozenset(("zh", "ja", "ko", "hu", "lt", "mn", "sv"))
_NUMBERS: Final = r"(\d{1,2})([/.\-])(\d{1,2})(?:\2(\d{4}|\d{2})?)?"
_YEAR_NUMBERS: Final = r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})"
_DAY_NUMBER: Final = r"(\d{1,2})(?:st|nd|rd|th|er|\.)?"
_SHORTEST: Final = 3
#: The next day of that name may be meant if it is no further away.
_NEAR_DAYS: Final = 60


class _Today(NamedTuple):
    """The day that is counted from, and how near the next day of a name must be to be meant."""

    day: date | None
    near: timedelta


def parse_day(text: str, today: date | None, locale: str | None = None, *, past: bool = False) -> date | None:
    """The day that ``text`` says, or ``None`` where it says none. ``today`` is what it counts from; without it, only whole
    dates are read. ``locale`` is a tag such as ``en-GB``: it says which of two numbers is the month. ``past``: it cannot be a
    day after ``today``, where it does not say its year.

    Raises :class:`AmbiguousDay` where it could be several.

    >>> parse_day("3/11", date(2026, 11, 28), "en-GB"), parse_day("a week ago", date(2026, 11, 28))
    (datetime.date(2026, 11, 3), datetime.date(2026, 11, 21))
    """
    with suppress(ValueError):
        return date.fromisoformat(text.strip())
    said = _folded(text)
    near = timedelta(0 if past else _NEAR_DAYS)
    found = sorted(set(_readings(said, _spoken(locale), _Today(today, near), locale)))
    if len(found) > 1:
        raise AmbiguousDay(found)
    return found[0] if found else None


def is_not_yet(text: str, locale: str | None = None) -> bool:
    """Whether ``text`` says that something has not happened."""
    return any(_folded(text) in words.not_yet for words in _spoken(locale))


def split_time(text: str, locale: str | None = None) -> list[tuple[str, str]]:
    """The ways in which ``text`` can be a day and a time: ``yesterday at 14:30``, ``20 November, 2 pm``."""
    joints = "|".join(re.escape(word) for words in _spoken(locale) for word in words.at)
    for day, time in re.findall(rf"^(.+?)\s*(?:,|\s(?:{joints})\s)\s*(.+)$", _folded(text)):
        return [(day, time)]
    words = text.split()
    return [(" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words) - 1, 0, -1)]


def _spoken(locale: str | None) -> list[_Words]:
    return [_LANGUAGES[each] for each in dict.fromkeys(("en", _parts(locale)[0])) if each in _LANGUAGES]


def _parts(locale: str | None) -> list[str]:
    """Language and territory, in small letters: of ``en-GB``, or of ``en_GB.UTF-8``."""
    return re.split("[-_]", (locale or "").partition(".")[0].lower())


def _folded(text: str) -> str:
    """In small letters, without accents, one blank between words."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).split())


def _readings(said: str, languages: Iterable[_Words], today: _Today, locale: str | None) -> Iterator[date]:
    yield from _in_numbers(said, today, locale)
    for words in languages:
        yield from _named(said, words, today)
        if today.day is not None:
            yield from _relative(said, words, today.day)


def _relative(said: str, words: _Words, today: date) -> Iterator[date]:
    """Counted from today."""
    if said in words.days:
        yield from _back(today, words.days[said], "days")
    counted = re.fullmatch(words.ago, said)
    if counted:
        units = [unit for start, unit in words.units.items() if counted[2].startswith(start)]
        number = words.numbers.get(counted[1]) or (int(counted[1]) if re.fullmatch(r"[0-9]{1,5}", counted[1]) else None)
        if units and number is not None:
            yield from _back(today, number, units[0])
    parts = [each for each in said.split() if each not in words.filler]
    is_last = any(each in words.last for each in parts)
    rest = [each for each in parts if each not in words.last]
    if len(rest) == 1:
        for weekday in _beginning(rest[0], words.weekdays):
            ago = (today.weekday() - weekday) % 7
            if ago == 0 and not is_last:  # today, or a week ago?
                yield today
            yield today - timedelta(days=ago or 7)


def _back(today: date, number: int, unit: str) -> Iterator[date]:
    with suppress(OverflowError, ValueError):
        if unit == "months":
            year, month = divmod(today.year * 12 + today.month - 1 - number, 12)
            yield date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
        else:
            yield today - timedelta(**{unit: number})


def _named(said: str, words: _Words, today: _Today) -> Iterator[date]:
    """With the name of its month: ``20 November``, ``Nov 20, 2026``."""
    parts = [each for each in said.replace(",", " ").split() if each not in words.filler]
    year = int(parts.pop()) if len(parts) == 3 and re.fullmatch(r"[0-9]{4}", parts[-1]) else None
    if len(parts) != 2:
        return
    for number, name in (parts, reversed(parts)):
        day = re.fullmatch(_DAY_NUMBER, number)
        months = _beginning(name.rstrip("."), words.months)
        if day and len(months) == 1:
            yield from _dated(year, months[0] + 1, int(day[1]), today)


def _in_numbers(said: str, today: _Today, locale: str | None) -> Iterator[date]:
    whole = re.fullmatch(_YEAR_NUMBERS, said)
    if whole:
        yield from _dated(int(whole[1]), int(whole[2]), int(whole[3]), today)
    found = re.fullmatch(_NUMBERS, said)
    if not found or (found[2] == "-" and found[4] is None):
        return
    first, second = int(found[1]), int(found[3])
    year = None if found[4] is None else int(found[4]) if len(found[4]) == 4 else 2000 + int(found[4])
    orders = {True: list(_dated(year, second, first, today)), False: list(_dated(year, first, second, today))}
    by_day = _day_first(locale, dotted=found[2] == ".")
    usual = [] if by_day is None else orders[by_day]
    yield from usual or [*orders[True], *orders[False]]


def _day_first(locale: str | None, *, dotted: bool) -> bool | None:
    """Whether the day comes before the month; ``None`` where that is not known."""
    language, *rest = _parts(locale)
    place = next((each.upper() for each in rest if len(each) == 2), "")
    if place in _MONTH_FIRST:
        return None if dotted else False
    if place in _UNCLEAR or language in _YEAR_FIRST or (not place and language in ("", "en")):
        return True if dotted else None
    return True


def _dated(year: int | None, month: int, day: int, today: _Today) -> Iterator[date]:
    """The day; without its year the most recent one, and the next one too where that is near."""
    if year is not None:
        with suppress(ValueError):
            yield date(year, month, day)
        return
    if today.day is None:
        return
    days = list(_in_years(month, day, range(max(1, today.day.year - 8), min(9999, today.day.year + 1) + 1)))
    yield from [each for each in days if each <= today.day][-1:]
    yield from [each for each in days if today.day < each <= today.day + today.near][:1]


def _in_years(month: int, day: int, years: Iterable[int]) -> Iterator[date]:
    for year in years:
        with suppress(ValueError):
            yield date(year, month, day)


def _beginning(text: str, names: Sequence[str]) -> list[int]:
    """The places of the names that begin so."""
    if len(text) < _SHORTEST:
        return []
    return [place for place, name in enumerate(names) if name.startswith(text)]
