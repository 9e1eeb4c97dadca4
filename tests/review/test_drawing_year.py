"""A draw of the made-up year finds what is planted in it, and names nobody where nothing is planted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import remit
from remit.review.actions import Action
from remit.review.drawing.draw import Draw, draw_from
from remit.review.drawing.draw_reasons import DrawContext
from support.hotel_year import FOLDER, actions


class YearTexts:
    """A ledger that has the policy of the year."""

    def __init__(self) -> None:
        self._policy = remit.load(FOLDER / "policy.yaml")

    def policy(self, digest: str) -> remit.Policy:
        return self._policy

    def in_use_since(self, digest: str) -> tuple[datetime, str | None]:
        return datetime(2025, 1, 1, tzinfo=UTC), None


def drawn(some: list[Action], seed: int) -> Draw:
    return draw_from(some, DrawContext(YearTexts()), lambda action: True, lambda record: True, count=30, seed=f"s{seed}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_leak_the_loop_and_the_unfairly_treated_are_drawn(seed: int) -> None:
    """Found with each of the first 20 seeds when it was tried."""
    found = drawn(actions(seed, 20_000), seed)
    told = [(reason.name, reason.words) for record in found.records for reason in record.reasons]
    assert any(words.startswith("e-0703 gives 1.") for _, words in told), told
    assert any("by bot-3 for the same customer" in words for name, words in told if name == "loop")
    groups = [words for name, words in told if name == "group"]
    assert groups
    assert all(words.startswith(("guest language zh at house-", "guest language ar at house-")) for words in groups)
    assert sum(record.agent for record in found.records) >= 6
    assert sum(record.at_random for record in found.records) == 10


@pytest.mark.slow
def test_where_nothing_is_planted_nobody_is_named() -> None:
    """Of the first 20 seeds, with 430,000 records in all, it was one record that a group was named in."""
    found = drawn(actions(4, 20_000, ()), 4).found
    assert not {"loop", "employee", "group"} & found.keys()
