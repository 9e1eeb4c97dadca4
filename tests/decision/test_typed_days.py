"""Days and times as people say them: read, refused, or asked back with all that they could be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.decision.typed import parse_fact
from remit.decision.typed_days import is_not_yet
from remit.language.types import DATE, DATE_TIME, TIME
from remit.policy.model import Fact
from support.golden import CASES

TODAY = date(2026, 11, 28)
DAY, MOMENT, CLOCK, OCCURRED = Fact("day", DATE), Fact("at", DATE_TIME), Fact("opens", TIME), Fact("occurred", DATE)
LOCALES = [None, "en-GB", "en-US", "de-DE", "es", "fr-FR", "zz"]


def cases() -> Iterator[list[str]]:
    for line in (CASES / "typed" / "days.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split(" | ")


def read(fact: Fact, text: str, locale: str | None = None, today: date = TODAY) -> str:
    try:
        return str(parse_fact(fact, text, today=today, locale=locale))
    except ValueError as error:
        said = str(error).removeprefix(f"`{text}` ")
        return "?" if said.startswith("is not") else said


@pytest.mark.parametrize(("locale", "text", "expected"), list(cases()))
def test_days(locale: str, text: str, expected: str) -> None:
    assert read(DAY, text, None if locale == "-" else locale) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yesterday 14:30", "2026-11-27 14:30:00"),
        ("yesterday at 2pm", "2026-11-27 14:00:00"),
        ("20 November, 2 p.m.", "2026-11-20 14:00:00"),
        ("3.11. 9:05", "2026-11-03 09:05:00"),
        ("today 14h30", "2026-11-28 14:30:00"),
        ("2026-11-28T14:30", "2026-11-28 14:30:00"),
        ("14:30", "?"),
        ("yesterday", "?"),
        ("3/11 9:05", "could be 11 March 2026 or 3 November 2026; write `2026-03-11` or `2026-11-03`"),
    ],
)
def test_days_and_times(text: str, expected: str) -> None:
    assert read(MOMENT, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            ("2pm", time(14)),
            ("2:30 pm", time(14, 30)),
            ("2.30 p.m.", time(14, 30)),
            ("14h30", time(14, 30)),
            ("14h", time(14)),
        ),
        *(("12am", time(0)), ("12 pm", time(12)), ("noon", time(12)), ("midnight", time(0)), ("9:05", time(9, 5))),
        *(("09", time(9)), ("9", None), ("13pm", None), ("0pm", None), ("25:00", None), ("14h75", None), ("2", None)),
    ],
)
def test_times(text: str, expected: time | None) -> None:
    assert read(CLOCK, text) == (str(expected) if expected else "?")


def test_an_incident_is_never_still_to_come() -> None:
    assert read(OCCURRED, "5 December") == "2025-12-05"
    assert read(OCCURRED, "today") == "2026-11-28"
    for text in ("tomorrow", "2026-12-05", "5 Dec 2026"):
        assert read(OCCURRED, text) == "is still to come"


@pytest.mark.parametrize(
    ("text", "locale"), [("not yet", None), ("Never", "de"), ("noch nicht", "de-DE"), ("pas encore", "fr")]
)
def test_not_yet(text: str, locale: str | None) -> None:
    assert is_not_yet(text, locale)
    assert not is_not_yet("yesterday", locale)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(0, 4000), st.sampled_from(LOCALES))
def test_a_day_with_its_year_is_that_day(today: date, ago: int, locale: str | None) -> None:
    day = today - timedelta(days=ago)
    name = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
    month = [*name, "November", "December"][day.month - 1]
    for text in (day.isoformat(), f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}", f"{ago} days ago"):
        assert read(DAY, text, locale, today) == day.isoformat()


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.sampled_from(LOCALES))
def test_a_day_without_its_year_is_never_silently_to_come(today: date, day: date, locale: str | None) -> None:
    for text in (f"{day.day}/{day.month}", f"{day.month}/{day.day}", f"{day:%d %b}", f"{day:%A}", f"{day.day}.{day.month}."):
        for fact in (DAY, OCCURRED):
            with suppress(ValueError):
                assert parse_fact(fact, text, today=today, locale=locale) <= today


@given(st.text(st.sampled_from("0123456789/.-: ,adehlmnoprstuvyäé'") | st.characters(), max_size=20), st.sampled_from(LOCALES))
def test_anything_typed_is_read_or_refused_in_words(text: str, locale: str | None) -> None:
    for fact, kind in ((DAY, date), (MOMENT, datetime), (CLOCK, time)):
        for today in (TODAY, date.min, date.max):
            with suppress(ValueError):
                assert isinstance(parse_fact(fact, text, today=today, locale=locale), kind)
