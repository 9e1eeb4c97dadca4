"""Records read once as figures count them: amounts in smallest units, answers with what they answer, nobody named."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

import remit
from remit.ledger.people.roster_file import read_roster
from remit.review import actions
from remit.review.actions import Action, AskedRemedy, read_actions
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import new_ledger
from support.staff import roster_text


def a_day(ledger: remit.Ledger) -> None:
    """A grant that is voided, a task that is approved and one that is declined, a review, and somebody who declined."""
    given = ledger.grant(desk(), request())
    ledger.void(given.id, employee=SUPERVISOR, reason="Twice.")
    asked = {**request(), "asked": {"credit": "90 EUR"}, "case": "C-2"}
    for case, answer in (("C-2", "approve"), ("C-3", "decline")):
        task = ledger.escalate(desk(), {**asked, "case": case})
        if answer == "approve":
            ledger.approve(task.id, employee=MANAGER)
        else:
            ledger.decline(task.id, employee=MANAGER, reason="Not this time.")
    ledger.decide(desk(), {**request(), "case": "C-4"}, act="declined")
    ledger.review(given.id, verdict="praise", employee=SUPERVISOR)


def test_what_was_done_is_read_in_order(tmp_path: Path) -> None:
    with new_ledger("sqlite", tmp_path, clock=Clock()) as ledger:
        a_day(ledger)
        found = list(read_actions(ledger))
        assert [each.seq for each in found] == [entry.seq for entry in ledger.records()]
        assert [each.kind for each in found] == [
            "grant",
            "void",
            "escalate",
            "approve",
            "escalate",
            "decline",
            "decide",
            "review",
        ]
        grant, void, task, approved, *_, declined, act, review = found
    amount = grant.parts["credit"].asked
    assert grant.given == void.given == {"credit": amount}
    assert amount > 0
    assert void.target is not None
    assert void.target.id == grant.id
    assert void.customer == grant.customer is not None
    assert approved.target is not None
    assert approved.target.id == task.id
    assert approved.requester is not None
    assert approved.requester.id == "e-1" == (approved.asker or approved).id
    assert approved.given == {"credit": 9000}
    assert task.given == {}
    assert declined.target is not None
    assert declined.target.kind == "escalate"
    assert declined.given == {}
    assert [each.ends_contact for each in found] == [True, False, True, False, True, False, True, False]
    assert act.act == "declined"
    assert (review.verdict, review.target and review.target.seq) == ("praise", 1)


def test_the_site_comes_from_the_roster_that_the_record_names(tmp_path: Path) -> None:
    with new_ledger("sqlite", tmp_path, clock=Clock()) as ledger:
        ledger.publish(read_roster(roster_text()), by="m-1")
        ledger.publish(desk(), by="m-1")
        ledger.grant(desk(), request())
        moved = roster_text("2").replace("site: harbour", "site: station")
        ledger.publish(read_roster(moved), by="m-1")
        ledger.grant(desk(), {**request(), "case": "C-9"})
        sites = [each.actor.site for each in read_actions(ledger, kind="grant") if each.actor is not None]
    assert sites == ["harbour", "station"]


def test_nothing_personal_is_read(tmp_path: Path) -> None:
    with new_ledger("sqlite", tmp_path, clock=Clock()) as ledger:
        wanted = request()
        guest = wanted["facts"]["guest.id"]
        ledger.grant(desk(), wanted)
        (found,) = read_actions(ledger)
        assert guest not in json.dumps(asdict(found))
        assert found.customer == next(iter(read_actions(ledger))).customer


def test_an_answer_finds_a_target_that_is_not_at_hand_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with new_ledger("sqlite", tmp_path, clock=Clock()) as ledger:
        a_day(ledger)
        far = list(read_actions(ledger))
        monkeypatch.setattr(actions, "_AT_HAND", 1)
        assert list(read_actions(ledger)) == far
        late = list(read_actions(ledger, after=3))
        assert late == far[3:]


def test_on_the_limit() -> None:
    def part(asked: int, available: int, owed: int = 0) -> AskedRemedy:
        return AskedRemedy(asked=asked, limit=available, available=available, owed=owed)

    assert part(3000, 3000).on_limit
    assert not part(2999, 3000).on_limit
    assert not part(0, 0).on_limit
    assert not part(5000, 5000, owed=5000).on_limit  # what is owed is no use of room
    assert Action(seq=1, id="x", kind="note", at=86_400_000_000, actor=None).day == date(1970, 1, 2)
