"""The word that people type for a choice, where it is not the choice itself."""

import pytest

from remit.decision.typed import choose

EVENTS = ["delay", "cancellation", "denied_boarding", "room_not_ready"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cancelled", "cancellation"),
        ("delayed", "delay"),
        ("delays", "delay"),
        ("boarding", "denied_boarding"),
        ("not ready", "room_not_ready"),
        ("4", "room_not_ready"),
    ],
)
def test_another_form_or_a_part_of_a_word_is_understood(typed: str, meant: str) -> None:
    assert choose(typed, EVENTS) == meant


@pytest.mark.parametrize(
    ("typed", "options"), [("room", ["hotel_room", "meeting_room"]), ("return", ["a_returned", "a_return_fee"])]
)
def test_what_fits_several_is_asked_back(typed: str, options: list[str]) -> None:
    with pytest.raises(ValueError, match="not clear"):
        choose(typed, options)


@pytest.mark.parametrize("typed", ["rain", "candy", "d\u00e9part"])
def test_what_only_begins_alike_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="none of"):
        choose(typed, EVENTS)
