"""How each language writes money, numbers, days, lengths of time and lists."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal

import pytest

from remit.language.locales.messages import ENGLISH, Message, locale_for
from remit.language.locales.window_words import window
from remit.language.values import Money, Months

NARROW, NO_BREAK = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("tag", "amount", "written"),
    [
        ("en", "1250.50 EUR", "1250.50 EUR"),
        ("en-GB", "12500 EUR", "12,500 EUR"),
        ("de", "30 EUR", "30 EUR"),
        ("de", "1250.50 EUR", "1.250,50 EUR"),
        ("de-CH", "1250.50 CHF", "1'250.50 CHF"),
        ("es", "1250.50 EUR", "1.250,50 EUR"),
        ("es", "12500.50 EUR", "12.500,50 EUR"),
        ("es-MX", "12500.50 MXN", "12,500.50 MXN"),
        ("fr", "1250.50 EUR", f"1{NARROW}250,50 EUR"),
        ("fr_CA.UTF-8", "0.05 CAD", "0,05 CAD"),
        ("de", "3000 JPY", "3.000 JPY"),
        ("de", "1.234 KWD", "1,234 KWD"),
        ("de-ZZ", "-1.50 EUR", "-1,50 EUR"),
    ],
)
def test_money(tag: str, amount: str, written: str) -> None:
    assert locale_for(tag).quantity(Money.of(amount)) == written


def test_no_digit_is_lost() -> None:
    german = locale_for("de")
    assert german.quantity(Money.of("123456789012345678901234567.45 EUR")).endswith("234.567,45 EUR")
    assert german.value(Decimal("0.8000800080008000800080008000800080001")).endswith("0080001")


@pytest.mark.parametrize(
    ("tag", "value", "said"),
    [
        ("en", date(2026, 11, 3), "2026-11-03"),
        ("de", date(2026, 11, 3), "3. November 2026"),
        ("es", date(2026, 11, 3), "3 de noviembre de 2026"),
        ("fr", date(2026, 11, 3), "3 novembre 2026"),
        ("de", timedelta(hours=36), "36 Stunden"),
        ("es", timedelta(days=1), "1 día"),
        ("fr", timedelta(0), "0 seconde"),
        ("de", Months(2), "2 Monate"),
        ("de", Decimal("0.5"), f"50{NO_BREAK}%"),
        ("fr", True, "oui"),
        ("es", None, "nada"),
        ("de", "room_not_ready", "room not ready"),
        ("fr", 20000, f"20{NARROW}000"),
    ],
)
def test_values(tag: str, value: object, said: str) -> None:
    assert locale_for(tag).value(value) == said


@pytest.mark.parametrize(
    ("tag", "parts", "word", "said"),
    [
        ("de", ["a", "b", "c"], "and", "a, b und c"),
        ("fr", ["a", "b"], "or", "a ou b"),
        ("es", ["billete", "hotel"], "and", "billete y hotel"),
        ("es", ["billete", "invitación"], "and", "billete e invitación"),
        ("es", ["agua", "hielo"], "and", "agua y hielo"),
        ("es", ["uno", "otro"], "or", "uno u otro"),
        ("es", ["uno"], "or", "uno"),
    ],
)
def test_lists(tag: str, parts: list[str], word: str, said: str) -> None:
    assert locale_for(tag).listing(parts, word) == said


@pytest.mark.parametrize("tag", [None, "", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "it", "pt-BR", "not a tag"])
def test_english_where_there_is_no_catalogue(tag: str | None) -> None:
    assert locale_for(tag) is ENGLISH


@pytest.mark.parametrize(
    "text", ["1 days", "90 days", "3 weeks", "12 hour", "calendar year from april", "calendar month", "case", "lifetime"]
)
def test_a_window_is_as_its_author_wrote_it(text: str) -> None:
    assert str(window(text)) == text
    assert locale_for("de")(window(text)) != text


def test_a_message_is_english_for_all_who_do_not_ask() -> None:
    told = Message("You may give {what}.", what=Message("what is listed here"))
    assert told == "You may give what is listed here."
    assert locale_for("fr")(told) == f"Vous pouvez accorder{NO_BREAK}: ce qui figure ci-dessous."


def test_words_of_others_are_no_templates() -> None:
    for locale in (ENGLISH, locale_for("de")):
        assert "{x} {" in locale("You may give {what}.", what="{x} {")
        assert locale.of("{what}") == "{what}"


def test_english_loads_no_catalogue() -> None:
    code = (
        "import sys, remit; from datetime import date;"
        "p = remit.load(remit.shipped('hotel-guest-recovery'));"
        "print(p.text(p.decide({'employee': {'id': 'e', 'role': 'associate'}})));"
        "assert not {'babel', 'remit.language.locales.catalogues', 'remit.decision.page.recorded'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
