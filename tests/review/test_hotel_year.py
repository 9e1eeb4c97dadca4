"""The year that the review is tried on: a ledger and the quick way give the same, and what is planted is there."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import remit
from remit.review.actions import Action, read_actions
from support.hotel_year import ALL, FOLDER, actions, houses, year


def plain(found: list[Action]) -> list[Action]:
    """Actions with ids and tokens as they first come: what differs between a ledger and the quick way."""
    names: dict[str | None, str] = {}

    def known(text: str | None) -> str | None:
        return None if text is None else names.setdefault(text, f"#{len(names)}")

    def of(action: Action | None) -> Action | None:
        if action is None:
            return None
        more = {"id": known(action.id) or "", "customer": known(action.customer), "of": known(action.of)}
        return replace(action, seq=0, at=action.at // 1000, target=of(action.target), **more)  # a ledger's times never tie

    return [each for action in found if (each := of(action)) is not None]


@pytest.mark.slow
def test_a_ledger_and_the_quick_way_give_the_same(tmp_path: Path) -> None:
    house = houses.LedgerHouse(tmp_path / "year.db")
    year.Year(7, 1_500).live(house)
    with house.ledger as ledger:
        recorded = [each for each in read_actions(ledger) if each.kind != "publish"]
        assert ledger.verify().ok
    quick = actions(7, 1_500)
    assert len(quick) > 1_500
    for mine, theirs in zip(plain(recorded), plain(quick), strict=True):
        assert mine == theirs


@pytest.mark.slow
def test_what_is_planted_is_there() -> None:
    found, plain_year = actions(1, 12_000), actions(1, 12_000, ())

    def voids(some: list[Action]) -> int:
        return Counter(each.actor.id for each in some if each.kind == "void" and each.actor)[year.LOOPER]

    def rules(some: list[Action]) -> set[str | None]:
        return {each.parts["credit"].rule for each in some if each.kind == "grant"}

    def contacts(some: list[Action]) -> Counter[str]:
        return Counter(each.actor.id for each in some if each.ends_contact and each.actor)

    assert voids(found) > 4 * max(1, voids(plain_year))
    assert "lost-luggage" in rules(plain_year) - rules(found)
    assert contacts(found)[year.STAR] > 2.5 * contacts(plain_year)[year.STAR]
    leak = [each for each in found if each.actor and each.actor.id == year.LEAK and each.kind == "grant"]
    assert sum(each.parts["credit"].on_limit for each in leak) > 0.8 * len(leak)
    assert Counter(each.customer for each in leak).most_common(1)[0][1] > 5


def test_the_same_seed_gives_the_same_year() -> None:
    assert actions(3, 300) == houses.actions_of(year.Year(3, 300))
    assert actions(3, 300) != actions(4, 300)
    with pytest.raises(ValueError, match="no plant x"):
        year.Year(1, 10, ["x"])


def test_the_program_makes_a_ledger(tmp_path: Path) -> None:
    run = [sys.executable, str(FOLDER / "make_year.py"), str(tmp_path / "year.db"), "--decisions", "300", "--without", "leak"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert "records" in done.stdout
    assert "loop:" in done.stdout
    assert "leak:" not in done.stdout
    with remit.open_ledger(tmp_path / "year.db") as ledger:
        assert ledger.head().size > 300
    assert len(ALL) == 6
