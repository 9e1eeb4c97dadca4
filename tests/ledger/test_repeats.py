"""The same, given twice within minutes and without a key, is asked about instead of given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from support.desk import MANAGER, Clock, desk, request
from support.ledgers import new_ledger


@pytest.fixture
def watchful(backend: str, tmp_path: Path, clock: Clock) -> Iterator[remit.Ledger]:
    """A ledger as it is by default."""
    with new_ledger(backend, tmp_path, clock=clock, repeat_within=timedelta(minutes=10)) as ledger:
        yield ledger
        assert ledger.verify(thorough=True).ok


def test_it_is_asked_for_a_key_and_given_with_one(watchful: remit.Ledger) -> None:
    assert watchful.grant(desk(), request()).granted
    for ask in (watchful.grant, watchful.decide):
        again = ask(desk(), request())
        assert (again.outcome, again.decision.missing.facts) == ("ask", ("key",))
        assert again.read()["balances"]["repeat.grants"] == {"used": 1}
        assert watchful.redecide(again.id).same
    assert watchful.preview(desk(), request()).missing.facts == ("key",)
    assert watchful.is_repeated(desk(), request())
    assert not watchful.is_repeated(desk(), request(guest="g-2"))
    assert watchful.grant(desk(), request(key="receipt 2")).granted
    assert not watchful.hold(desk(), request(), lasts=timedelta(minutes=1)).granted


OTHER: list[dict[str, Any]] = [
    {"credit": "11 EUR"},
    {"asked": {"points": 1}},
    {"guest": "g-2"},
    {"employee": "e-2"},
    {"case": "C-2"},
    {"key": "k"},
]


@pytest.mark.parametrize("other", OTHER, ids=lambda each: next(iter(each)))
def test_what_differs_is_not_the_same(watchful: remit.Ledger, other: dict[str, Any]) -> None:
    assert watchful.grant(desk(), request()).granted
    assert watchful.grant(desk(), request(**other)).granted


@pytest.mark.parametrize("same", [{"guest": "G-1 "}, {"facts": {"stay.id": "s-2"}}], ids=["spelling", "another fact"])
def test_what_does_not_differ_is(watchful: remit.Ledger, same: dict[str, Any]) -> None:
    assert watchful.grant(desk(), request()).granted
    assert watchful.grant(desk(), request(**same)).outcome == "ask"


def test_after_ten_minutes_it_is_another_one(watchful: remit.Ledger, clock: Clock) -> None:
    assert watchful.grant(desk(), request()).granted
    clock.now += timedelta(minutes=10)
    assert watchful.grant(desk(), request()).outcome == "ask"
    clock.now += timedelta(microseconds=1)
    assert watchful.grant(desk(), request()).granted


def test_what_was_taken_back_was_not_given(watchful: remit.Ledger) -> None:
    grant = watchful.grant(desk(), request())
    watchful.void(grant.id, employee=MANAGER, reason="A slip.")
    held = watchful.hold(desk(), request(), lasts=timedelta(minutes=5))
    assert held.granted
    assert watchful.grant(desk(), request()).outcome == "ask"
    watchful.release(held.id, employee=MANAGER)
    assert watchful.grant(desk(), request()).granted


def test_a_customer_who_is_not_known_cannot_be_compared(watchful: remit.Ledger) -> None:
    text = desk(caps="\n  - {id: all, over: lifetime, max: 900 EUR}").model.text
    free = remit.loads(re.sub(r", history: \{.*?\}\}", "}", text))
    assert [fact.name for fact in free.model.facts.values() if fact.is_id] == []
    for _ in range(2):
        assert watchful.grant(free, request()).granted
    assert watchful.grant(free, request(case="C-1")).granted
    assert watchful.grant(free, request(case="C-1")).outcome == "ask"


def test_a_refusal_stays_a_refusal(watchful: remit.Ledger) -> None:
    """Only what could be given again is asked about."""
    assert watchful.grant(desk(), request("50 EUR", facts={"level": 1})).granted
    assert watchful.grant(desk(), request("50 EUR", facts={"level": 3})).outcome == "deny"


@pytest.mark.parametrize("bad", [timedelta(seconds=-1), 600, "10 minutes"])
def test_a_length_of_time_that_is_none(bad: Any) -> None:
    with pytest.raises(remit.RequestError, match="repeat_within"):
        remit.open_ledger(":memory:", repeat_within=bad)
