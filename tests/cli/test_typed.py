"""What people type at the counter, as values: forgiving about form, strict about meaning."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.decision.giving import parse_bundle
from remit.decision.typed import choose, expected, parse_fact
from remit.decision.typed_money import parse_money
from remit.language.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DURATION,
    INTEGER,
    NUMBER,
    TEXT,
    TIME,
    choice,
    list_of,
    money,
)
from remit.language.values import Money
from remit.policy.model import Fact
from support.golden import CASES

KIND = Fact("kind", choice(("noise", "room_not_ready", "room_dirty", "walked")))
SEVERITY = Fact("severity", INTEGER, low=Decimal(1), high=Decimal(5))
RATE = Fact("rate", money("EUR"), low=Money.of("0 EUR"))
DELAY = Fact("delay", NUMBER, unit="minutes")
DISTANCE = Fact("distance", NUMBER, unit="km", low=Decimal(0))
TODAY = date(2026, 7, 1)

GOOD = [
    (KIND, "noise", "noise"),
    (KIND, "NOISE", "noise"),
    (KIND, "1", "noise"),
    (KIND, "4", "walked"),
    (KIND, "wa", "walked"),
    (KIND, "room not ready", "room_not_ready"),
    (KIND, "room-n", "room_not_ready"),
    (SEVERITY, "3", Decimal(3)),
    (SEVERITY, " 5 ", Decimal(5)),
    (RATE, "180", Money.of("180 EUR")),
    (RATE, "180 EUR", Money.of("180 EUR")),
    (RATE, "180eur", Money.of("180 EUR")),
    (RATE, "EUR 180.50", Money.of("180.50 EUR")),
    (RATE, "\u20ac180", Money.of("180 EUR")),
    (RATE, "180,50", Money.of("180.50 EUR")),
    (RATE, "1,234.50", Money.of("1234.50 EUR")),
    (RATE, "1.234,50", Money.of("1234.50 EUR")),
    (RATE, "1,234", Money.of("1234 EUR")),
    (RATE, "12 000", Money.of("12000 EUR")),
    (DELAY, "200", Decimal(200)),
    (DELAY, "200 minutes", Decimal(200)),
    (DELAY, "3h20", Decimal(200)),
    (DELAY, "3 h 20 min", Decimal(200)),
    (DELAY, "3:20", Decimal(200)),
    (DELAY, "-5", Decimal(-5)),
    (DISTANCE, "1,500 km", Decimal(1500)),
    (DISTANCE, "1500.5", Decimal("1500.5")),
    (Fact("share", NUMBER), "25%", Decimal("0.25")),
    (Fact("threat", BOOLEAN), "y", True),
    (Fact("threat", BOOLEAN), "No", False),
    (Fact("day", DATE), "2026-06-30", date(2026, 6, 30)),
    (Fact("day", DATE), "today", TODAY),
    (Fact("day", DATE), "yesterday", date(2026, 6, 30)),
    (Fact("day", DATE), "10 days ago", date(2026, 6, 21)),
    (Fact("day", DATE), "3 June 2026", date(2026, 6, 3)),
    (Fact("day", DATE), "Jun 3, 2026", date(2026, 6, 3)),
    (Fact("at", TIME), "14:30", time(14, 30)),
    (Fact("at", TIME), "09", time(9, 0)),
    (Fact("at", DATE_TIME), "2026-07-01 14:30", datetime(2026, 7, 1, 14, 30)),
    (Fact("wait", DURATION), "90 min", timedelta(minutes=90)),
    (Fact("wait", DURATION), "2 days", timedelta(days=2)),
    (Fact("wait", DURATION), "1 day 3 h", timedelta(days=1, hours=3)),
    (Fact("wait", DURATION), "PT3H", timedelta(hours=3)),
    (Fact("wait", DURATION), "0.5 h", timedelta(minutes=30)),
    (Fact("name", TEXT), "O'Brien", "O'Brien"),
    (Fact("what", list_of(choice(("bag", "seat")))), "bag, seat", ["bag", "seat"]),
    (Fact("what", list_of(choice(("bag", "seat")))), "none", []),
]


@pytest.mark.parametrize(("fact", "text", "value"), GOOD, ids=lambda each: each if isinstance(each, str) else "")
def test_reads(fact, text, value):
    read = parse_fact(fact, text, today=TODAY)
    assert read == value
    assert type(read) is type(value)


BAD = [
    (KIND, "room", "`room` is not one of noise, room_not_ready, room_dirty, walked; it could be room_not_ready or room_dirty"),
    (KIND, "nosie", "`nosie` is not one of noise, room_not_ready, room_dirty, walked; did you mean `noise`?"),
    (KIND, "5", "`5` is not one of noise, room_not_ready, room_dirty, walked"),
    (KIND, "", "`` is not one of noise, room_not_ready, room_dirty, walked"),
    (SEVERITY, "9", "`9` is not a whole number from 1 to 5"),
    (SEVERITY, "2.5", "`2.5` is not a whole number from 1 to 5"),
    (SEVERITY, "bad", "`bad` is not a whole number from 1 to 5"),
    (RATE, "180 USD", "`180 USD` is not an amount in EUR, 0 EUR or more"),
    (RATE, "$180", "`$180` is not an amount in EUR, 0 EUR or more"),
    (RATE, "-1", "`-1` is not an amount in EUR, 0 EUR or more"),
    (RATE, "1,23,4", "`1,23,4` is not an amount in EUR, 0 EUR or more"),
    (RATE, "nan", "`nan` is not an amount in EUR, 0 EUR or more"),
    (DELAY, "3 kg", "`3 kg` is not a number of minutes"),
    (DELAY, "20 3h", "`20 3h` is not a number of minutes"),
    (Fact("n", NUMBER), "9" * 50, f"`{'9' * 50}` is not a number"),
    (
        Fact("day", DATE),
        "07/01/2026",
        "`07/01/2026` could be 7 January 2026 or 1 July 2026; write `2026-01-07` or `2026-07-01`",
    ),
    (Fact("day", DATE), "2026-02-30", "`2026-02-30` is not a day such as 20 November, yesterday or 2026-07-01"),
    (Fact("wait", DURATION), "90", "`90` is not a length of time such as 90 min, 3 h 20 or 2 days"),
    (Fact("wait", DURATION), "3 h 2 days", "`3 h 2 days` is not a length of time such as 90 min, 3 h 20 or 2 days"),
    (Fact("threat", BOOLEAN), "maybe", "`maybe` is not yes or no"),
]


@pytest.mark.parametrize(("fact", "text", "words"), BAD, ids=lambda each: each if isinstance(each, str) else "")
def test_says_what_was_expected(fact, text, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its words are the point
        parse_fact(fact, text, today=TODAY)
    assert str(caught.value) == words


def test_a_decimal_comma_is_not_taken_for_thousands():
    assert parse_money("1,50", "EUR") == Money.of("1.50 EUR")
    assert parse_money("1,500", "EUR") == Money.of("1500 EUR")


def test_an_ambiguous_beginning_names_all_that_it_could_be():
    with pytest.raises(ValueError, match="it could be room_not_ready or room_dirty"):
        choose("room", KIND.type.choices)


def test_a_whole_name_wins_over_a_longer_one():
    assert choose("gold", ["gold_plus", "gold"]) == "gold"


def test_expected_names_unit_and_bounds():
    assert expected(DISTANCE) == "a number of km, 0 or more"


MODEL = remit.load(CASES / "cli" / "policies" / "hotel-guest-recovery.yaml").model
CREDIT_45 = {"credit": Money.of("45 EUR")}


@pytest.mark.parametrize(
    ("text", "bundle"),
    [
        ("credit 45", CREDIT_45),
        ("45 EUR credit", CREDIT_45),
        ("credit=45EUR", CREDIT_45),
        ("Folio credit \u20ac45", CREDIT_45),
        ("cr 45", CREDIT_45),
        ("credit 45, late checkout", CREDIT_45 | {"late_checkout": True}),
        ("late_checkout; credit 45", CREDIT_45 | {"late_checkout": True}),
        ("45 credit + late", CREDIT_45 | {"late_checkout": True}),
        ("20,000 points and upgrade", {"points": 20000, "upgrade": True}),
        ("points 2000, credit 45", CREDIT_45 | {"points": 2000}),
        ("credit 0", {}),
        ("late checkout no", {}),
        ("", {}),
        ("nothing", {}),
        ("35", {"credit": Money.of("35 EUR")}),
        ("\u20ac35.50", {"credit": Money.of("35.50 EUR")}),
        ("checkout", {"late_checkout": True}),
        ("35 folio", {"credit": Money.of("35 EUR")}),
        ("point 200", {"points": 200}),
        ("45 euros", CREDIT_45),
        ("1 250 points", {"points": 1250}),
    ],
)
def test_reads_what_to_give_in_one_line(text, bundle):
    assert parse_bundle(MODEL, text) == bundle


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kredit 45", "`kredit 45` names none of credit, points, late_checkout, upgrade; did you mean `credit`?"),
        ("credit", "how much folio credit?"),
        ("points", "how many loyalty points?"),
        ("credit 45 USD", "`45 USD` is not in EUR"),
        ("credit 45, credit 5", "`credit` is there twice"),
        ("credit 5 5", "`5 5` is not an amount such as `45 EUR`"),
        ("points 2.5", "`2.5` is not a whole number of loyalty points"),
        ("credit=1.000EUR", "`1.000 EUR` has 3 decimals, but EUR has 2; did you mean `1000 EUR`, or `1 EUR`?"),
        ("credit 12.345", "`12.345 EUR` has 3 decimals, but EUR has 2; did you mean `12345 EUR`, or `12.35 EUR`?"),
        ("points=10.000", "`10.000` has decimals; did you mean 10000, or 10?"),
        ("1.234.567 points", "`1.234.567` is not a whole number of loyalty points"),
        ("upgrade 3", "`upgrade` is given or not: write it alone, without `3`"),
        ("l 45", "`l` is not clear; it could be points or late_checkout"),
    ],
)
def test_says_what_is_not_clear_about_what_to_give(text, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        parse_bundle(MODEL, text)
    assert str(caught.value).startswith(words)


def test_what_is_offered_decides_between_remedies_that_are_called_alike():
    with pytest.raises(ValueError, match="could be points or late_checkout"):
        parse_bundle(MODEL, "l 45")
    assert parse_bundle(MODEL, "l 45", ["points"]) == {"points": 45}


FACTS = [fact for fact, *_ in GOOD]


@given(st.sampled_from(FACTS), st.one_of(st.text(), st.text("0123456789.,:-+% \u20ac$ehmdEURPT/", max_size=12)))
def test_whatever_is_typed_is_read_or_refused_in_words(fact, text):
    with suppress(ValueError):
        assert parse_fact(fact, text, today=TODAY) is not None


@given(st.text(st.sampled_from("credit points late upgrade and ,;=+0123456789.EUR\u20ac"), max_size=30))
def test_whatever_is_to_be_given_is_read_or_refused_in_words(text):
    with suppress(ValueError):
        assert set(parse_bundle(MODEL, text)) <= set(MODEL.remedies)
