"""Single values, by the generated readers: each type in its native form, and what has none."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from remit.language.types import BOOLEAN, DATE, DATE_TIME, DURATION, INTEGER, NUMBER, TEXT, choice, list_of, money
from remit.language.values import Money
from remit.policy.loader import read_model
from remit.policy.model import Fact
from remit.readings.code.requests.native_values import Unusual, known_value, native_of
from remit.readings.code.requests.value_row import layout
from support.reading import POLICY, fact, reading, with_fact


@pytest.mark.parametrize(
    ("name", "value", "native"),
    [
        ("stay.rate", "0 EUR", 0),
        ("stay.rate", "0.50 EUR", 50),
        ("stay.rate", "045 EUR", 4500),
        ("stay.rate", "999 EUR", 99900),
        ("stay.rate", "1000 EUR", 100000),
        ("stay.rate", "1000.50 EUR", 100050),
        ("stay.rate", "1000.51 EUR", Unusual),
        ("stay.rate", "45EUR", 4500),
        ("stay.rate", "45.5 EUR", 4550),
        ("stay.rate", " 45.50  EUR ", 4550),
        ("stay.rate", "45.500 EUR", Unusual),
        ("stay.rate", "+45 EUR", 4500),
        ("stay.rate", Money(Decimal("45.5"), "EUR"), 4550),
        ("stay.rate", "-0.01 EUR", Unusual),
        ("stay.rate", ".50 EUR", Unusual),
        ("stay.rate", " EUR", Unusual),
        ("stay.rate", "45,00 EUR", Unusual),
        ("stay.rate", "1.2.50 EUR", Unusual),
        ("stay.rate", "1_0 EUR", Unusual),
        ("stay.rate", "\u0664\u0665 EUR", Unusual),
        ("stay.rate", "45\u00a0EUR", 4500),
        ("stay.rate", "45.505 EUR", Unusual),
        ("stay.rate", "45 USD", Unusual),
        ("stay.rate", "45.50 USD", Unusual),
        ("stay.rate", "45", Unusual),
        ("stay.rate", 45, Unusual),
        ("stay.rate", 45.0, Unusual),
        ("stay.deposit", "-45.50 EUR", -4550),
        ("stay.deposit", "9999999999999.99 EUR", 10**15 - 1),
        ("stay.deposit", "10000000000000.01 EUR", Unusual),
        ("stay.deposit", "12345678901234567890 EUR", Unusual),
        ("stay.minimum", "1.99 EUR", Unusual),
        ("stay.minimum", "2.00 EUR", 200),
        ("stay.nights", 1, 1),
        ("stay.nights", 60, 60),
        ("stay.nights", 0, Unusual),
        ("stay.nights", 61, Unusual),
        ("stay.nights", True, Unusual),
        ("stay.nights", 3.0, Unusual),
        ("stay.nights", Decimal("3.0"), 3),
        ("employee.desk.floor", 10**15, 10**15),
        ("employee.desk.floor", 10**15 + 1, Unusual),
        ("stay.distance", 3, 3_000_000),
        ("stay.distance", -2, -2_000_000),
        ("stay.distance", -2.5, -2_500_000),
        ("stay.distance", -2.51, Unusual),
        ("stay.distance", -3, Unusual),
        ("stay.distance", 1500.25, 1_500_250_000),
        ("stay.distance", 1500.26, Unusual),
        ("stay.distance", 1501, Unusual),
        ("stay.distance", 0.1, 100_000),
        ("stay.distance", 0.000001, 1),
        ("stay.distance", 0.0000001, Unusual),
        ("stay.distance", 0.1 + 0.2, Unusual),
        ("stay.distance", Decimal("1.20"), 1_200_000),
        ("stay.distance", float("nan"), Unusual),
        ("stay.distance", float("inf"), Unusual),
        ("stay.distance", Decimal("sNaN"), Unusual),
        ("stay.distance", False, Unusual),
        ("stay.weight", 10**9, 10**15),
        ("stay.weight", 10**9 + 1, Unusual),
        ("stay.weight", -(10**9) - 1, Unusual),
        ("stay.weight", 123456789.5, 123456789_500_000),
        ("stay.weight", 123456789012.5, Unusual),
        ("stay.weight", -0.0, 0),
        ("stay.weight", 1e300, Unusual),
        ("stay.weight", "3", Unusual),
        ("guest.id", "", Unusual),
        ("guest.id", " \u00a0", Unusual),
        ("guest.id", "g\u200b1", Unusual),
        ("guest.id", " Ren\u00e9 ", " Ren\u00e9 "),
        ("guest.id", "x" * 10_000, "x" * 10_000),
        ("guest.id", "x" * 10_001, Unusual),
        ("guest.id", 3, Unusual),
        ("guest.tier", "gold", "gold"),
        ("guest.tier", "Gold", Unusual),
        ("guest.tier", ["gold"], Unusual),
        ("guest.vip", False, False),
        ("guest.vip", 0, Unusual),
        ("guest.vip", None, False),
        ("bought", "2020-01-01", date(2020, 1, 1).toordinal()),
        ("bought", "2019-12-31", Unusual),
        ("bought", date(9999, 12, 31), date.max.toordinal()),
        ("bought", datetime(2026, 1, 1), Unusual),
        ("waited", "PT72H", 72 * 3600 * 10**6),
        ("waited", "PT72H1S", Unusual),
        ("waited", "-PT0.5S", -500_000),
        ("waited", "P1M", Unusual),
        ("waited", timedelta(microseconds=1), 1),
        ("tags", ("a", "b"), ["a", "b"]),
        ("tags", "a", Unusual),
    ],
)
def test_values_of_facts(name: str, value: Any, native: Any) -> None:
    assert fact(name, value) == native
    assert type(fact(name, value)) is type(native)


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [
        ("JPY", "45 JPY", 45),
        ("JPY", "45.00 JPY", None),
        ("JPY", "45.50 JPY", None),
        ("BHD", "1.005 BHD", 1005),
        ("BHD", "1.50 BHD", 1500),
        ("BHD", "7 BHD", 7000),
    ],
)
def test_currencies_with_other_units(currency: str, text: str, minor: int | None) -> None:
    model = read_model(POLICY.replace("EUR", currency).replace("0.01 JPY", "1 JPY").replace(".50 JPY", " JPY"), "other.yaml")
    values = reading(with_fact("stay.deposit", text), model)
    assert (None if values is None else values[layout(model)["stay.deposit"]]) == minor


@pytest.mark.parametrize(
    ("of", "value", "native"),
    [
        (BOOLEAN, True, True),
        (TEXT, "a", "a"),
        (choice(("a", "b")), "b", "b"),
        (INTEGER, Decimal(3), 3),
        (NUMBER, Decimal("2.5"), 2_500_000),
        (NUMBER, Decimal("-0.000001"), -1),
        (money("EUR"), Money(Decimal("45.5"), "EUR"), 4550),
        (money("JPY"), Money(Decimal("45"), "JPY"), 45),
        (DATE, date(2026, 7, 1), 739798),
        (DURATION, timedelta(days=-1, microseconds=1), -86_399_999_999),
        (DATE_TIME, datetime(2026, 7, 1, 12), datetime(2026, 7, 1, 12)),
        (list_of(TEXT), ["a"], ["a"]),
    ],
)
def test_natives_and_back(of: Any, value: Any, native: Any) -> None:
    assert native_of(of, value) == native
    assert known_value(of, native) == known_value(Fact("a", of), native) == value
    assert str(known_value(of, native)).rstrip("0") == str(value).rstrip("0")
    assert known_value(of, None) is None


def test_what_has_no_native_form() -> None:
    for of, value in (
        (NUMBER, Decimal("0.0000001")),
        (NUMBER, Decimal(10**15)),
        (money("EUR"), Money(Decimal("0.001"), "EUR")),
        (money("EUR"), Money(Decimal(1), "USD")),
    ):
        with pytest.raises(Unusual):
            native_of(of, value)
