"""What became of a customer: recorded later, the newest counts, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.errors import NotAllowed, RequestError
from remit.ledger.people.roster_file import read_roster
from remit.review.actions import read_actions
from support.desk import SUPERVISOR, Clock, desk, request
from support.ledgers import new_ledger
from support.staff import roster_text


def test_an_outcome_is_a_record_of_its_own(backend: str, tmp_path: Path) -> None:
    with new_ledger(backend, tmp_path, clock=Clock()) as ledger:
        given = ledger.grant(desk(), request())
        before = {name: each.to_dict() for name, each in ledger.balances(desk(), request()).items()}
        first = ledger.outcome(given.id, kept=True, employee=SUPERVISOR)
        second = ledger.outcome(given.id, kept=False, csat=2, employee=SUPERVISOR)
        assert [each.kind for each in ledger.related(given.id)] == ["grant", "outcome", "outcome"]
        assert (first.of, second.body["kept"], second.body["csat"]) == (given.id, False, 2)
        assert {name: each.to_dict() for name, each in ledger.balances(desk(), request()).items()} == before
        *_, last = read_actions(ledger)
        assert last.target is not None
        assert last.target.id == given.id
        ledger.review(given.id, verdict="agree", employee=SUPERVISOR)  # beside the outcomes
        assert ledger.verify(thorough=True, decide=True).ok


def test_what_an_outcome_says(tmp_path: Path) -> None:
    with new_ledger("sqlite", tmp_path, clock=Clock()) as ledger:
        given = ledger.grant(desk(), request())
        with pytest.raises(RequestError) as wrong:
            ledger.outcome(given.id, kept="yes", csat=6, employee=SUPERVISOR)  # type: ignore[arg-type]
        assert [each.path for each in wrong.value.problems] == ["kept", "csat"]
        with pytest.raises(RequestError, match="an outcome says something"):
            ledger.outcome(given.id, employee=SUPERVISOR)
        review = ledger.review(given.id, verdict="agree", employee=SUPERVISOR)
        with pytest.raises(NotAllowed, match="belongs to what was decided"):
            ledger.outcome(review.id, kept=True, employee=SUPERVISOR)
        with pytest.raises(NotAllowed, match="no role of this policy"):
            ledger.outcome(given.id, kept=True, employee={"id": "crm", "role": "system"})
        once = ledger.outcome(given.id, csat=4, employee=SUPERVISOR, key="survey-1")
        assert ledger.outcome(given.id, csat=4, employee=SUPERVISOR, key="survey-1").id == once.id


def test_by_the_roster_anybody_on_it_may_a_system_too(tmp_path: Path) -> None:
    with new_ledger("sqlite", tmp_path, clock=Clock()) as ledger:
        ledger.publish(read_roster(roster_text(more="\n  - {id: crm, role: system}\n")), by="m-1")
        ledger.publish(desk(), by="m-1")
        given = ledger.grant(desk(), {**request(), "employee": {"id": "e-1"}})
        assert ledger.outcome(given.id, csat=5, employee={"id": "crm"}).role == "system"
        with pytest.raises(NotAllowed, match="not on the roster"):
            ledger.outcome(given.id, csat=5, employee={"id": "stranger"})
