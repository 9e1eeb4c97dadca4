"""Numbers with the separators of other languages: what they mean, and where that is not plain."""

from __future__ import annotations

import pytest

from remit.language.parsing.separators import mixed_number


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1.000,00", "1000.00"),
        ("1,000.00", "1000.00"),
        ("1 000,5", "1000.5"),
        ("1'000.50", "1000.50"),
        ("1.000.000", "1000000"),
        ("12,345,678.9", "12345678.9"),
        ("1,000", "1000"),
        ("12,50", "12.50"),
        ("1500,25", "1500.25"),
    ],
)
def test_what_is_meant(written: str, meant: str) -> None:
    found = mixed_number(f"from {written} EUR", 5)
    assert found is not None
    assert (found.text, found.meant) == (written, meant)
    assert f"`{meant} EUR`" in found.hint


@pytest.mark.parametrize("written", ["1.5", "1.00", "30", "", "1,00,000", "10.00.5", "1.000.00"])
def test_what_is_a_number_already_or_not_plain(written: str) -> None:
    assert mixed_number(f"{written} EUR") is None


def test_a_number_of_the_language_with_three_decimals() -> None:
    """By itself it is what it says; in ``1.000,00`` it is not."""
    assert mixed_number("1.000") is None
