"""A draw of the made-up year finds what is planted in it, and names nobody where nothing is planted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.review.drawing.draw import Draw, draw_from
from remit.review.drawing.draw_reasons import DrawContext

YEAR = Path(__file__).parents[2] / "examples" / "hotel_year"


class Texts:
    """A ledger that has the policy of the year."""

    def __init__(self) -> None:
        self._policy = remit.load(YEAR / "policy.yaml")

    def policy(self, digest: str) -> remit.Policy:
        return self._policy

    def in_use_since(self, digest: str) -> tuple[datetime, str | None]:
        return datetime(2025, 1, 1, tzinfo=UTC), None


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The modules of the example."""
    monkeypatch.syspath_prepend(str(YEAR))
    names = ("houses", "year", "staff")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    import houses  # type: ignore[import-not-found]
    import year  # type: ignore[import-not-found]

    yield lambda seed, *plants: houses.actions_of(year.Year(seed, 20_000, plants or tuple(year.PLANTS)))
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)


def drawn(actions: Any, seed: int) -> Draw:
    return draw_from(actions, DrawContext(Texts()), lambda action: True, lambda record: True, count=30, seed=f"seed {seed}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_leak_the_loop_and_the_unfairly_treated_are_drawn(house: Any, seed: int) -> None:
    found = drawn(house(seed), seed)
    told = {reason.name: reason.words for record in found.records for reason in record.reasons}
    all_told = [reason.words for record in found.records for reason in record.reasons]
    assert any(each.startswith("e-0703 gives 1.") for each in all_told), all_told
    assert "by bot-3 for the same customer" in told["loop"]
    assert told["group"].startswith(("guest language zh at house-", "guest language ar at house-"))
    assert sum(record.agent for record in found.records) >= 6
    assert sum(record.at_random for record in found.records) == 10


@pytest.mark.slow
def test_where_nothing_is_planted_nobody_is_named(house: Any) -> None:
    """20 seeds were tried: of 430,000 records one was given for a group, and none for an employee."""
    found = drawn(house(4, "unused"), 4).found
    assert "loop" not in found
    assert "employee" not in found
    assert "group" not in found
