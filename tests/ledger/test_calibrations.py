"""Calibration: the same cases, judged by several, and nobody sees another's verdict before giving their own, by whatever
door."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

import remit
from remit.errors import KeyConflict, NotAllowed, RequestError
from remit.ledger import Calibration, import_ledger
from remit.ledger.people.own_work import own_work
from remit.ledger.people.roster_file import read_roster
from support.desk import Clock, desk, request
from support.ledgers import BACKENDS, new_ledger
from support.staff import roster_text

MORE = """
  - {id: q-1, role: quality, reviews: true}
  - {id: q-2, role: quality, reviews: true}
  - {id: q-3, role: quality, reviews: true}
"""
Q1, Q2, Q3, M1 = ({"id": each} for each in ("q-1", "q-2", "q-3", "m-1"))
SECRET_WORDS = ("unlike_treatment", "Try another room first")


def cases(ledger: remit.Ledger, many: int = 3) -> list[str]:
    ledger.publish(read_roster(roster_text(more=MORE)), by="m-1")
    ledger.publish(desk(), by="m-1")
    out = []
    for number in range(many):
        asked = {**request(), "employee": {"id": "e-1"}, "case": f"C-{number}", "asked": {"credit": "5 EUR"}}
        out.append(ledger.grant(desk(), {**asked, "facts": {**asked["facts"], "guest.id": f"g-{number}"}}).id)
    return out


@pytest.fixture(params=BACKENDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[remit.Ledger, list[str], Clock]]:
    clock = Clock()
    with new_ledger(request.param, tmp_path, clock=clock, max_clock_jump=timedelta(days=30)) as ledger:
        yield ledger, cases(ledger), clock


def start(ledger: remit.Ledger, chosen: list[str], clock: Clock, **more: Any) -> str:
    until = clock.now + timedelta(days=7)
    return ledger.calibrate(chosen, reviewers=["q-1", "q-2"], until=until, employee=M1, title="July", **more).id


def test_a_verdict_is_open_to_who_has_given_their_own(opened: tuple[remit.Ledger, list[str], Clock]) -> None:
    ledger, (first, second, _), clock = opened
    name = start(ledger, [first, second], clock)
    ledger.rate(name, first, verdict="coach", cause="unlike_treatment", note="Try another room first.", employee=Q1)

    def seen(who: dict[str, str]) -> list[tuple[str, str | None]]:
        return [(each.reviewer, each.verdict) for each in ledger.calibration(name, employee=who).ratings]

    assert seen(Q1) == [("q-1", "coach")]
    assert seen(Q2) == seen(M1) == [("q-1", None)]
    ledger.rate(name, second, verdict="agree", employee=Q2)
    assert seen(Q2) == [("q-1", None), ("q-2", "agree")]  # of another case
    ledger.rate(name, first, verdict="agree", employee=Q2)
    assert seen(Q2) == [("q-1", "coach"), ("q-2", "agree"), ("q-2", "agree")]
    assert seen(M1) == [("q-1", None), ("q-2", None), ("q-2", None)]  # who started it has given none
    assert ledger.calibration(name, employee=Q1).waiting_for("Q-1 ") == (second,)
    with pytest.raises(NotAllowed, match="does not"):
        ledger.calibration(name, employee=Q3)
    ledger.rate(name, second, verdict="praise", employee=Q1)
    assert ledger.calibration(name, employee=M1).is_closed
    assert ("q-1", "praise") in seen(M1)
    assert [each.title for each in ledger.calibrations(employee=M1)] == ["July"]
    assert ledger.calibrations(employee=Q3) == []
    assert ledger.verify(thorough=True, decide=True).ok


def test_the_deadline_opens_all_and_ends_it(opened: tuple[remit.Ledger, list[str], Clock]) -> None:
    ledger, (first, second, _), clock = opened
    name = start(ledger, [first, second], clock)
    ledger.rate(name, first, verdict="agree", employee=Q1)
    clock.go(hours=7 * 24 - 1)
    assert ledger.calibration(name, employee=Q2).ratings[0].verdict is None
    clock.go(hours=1)
    found = ledger.calibration(name, employee=Q2)
    assert (found.is_closed, found.ratings[0].verdict, found.waiting_for("q-2")) == (True, "agree", ())
    with pytest.raises(NotAllowed, match="ended at"):
        ledger.rate(name, first, verdict="agree", employee=Q2)


def test_no_other_door_opens_a_verdict(opened: tuple[remit.Ledger, list[str], Clock], tmp_path: Path) -> None:
    ledger, (first, second, _), clock = opened
    name = start(ledger, [first, second], clock)
    given = ledger.rate(name, first, verdict="coach", cause=SECRET_WORDS[0], note=SECRET_WORDS[1] + ".", employee=Q1)
    shown: list[Any] = [repr(ledger.replies(each)) for each in ("e-1", "m-1", "q-1")]
    entries = [
        ledger.record(given.id),
        *ledger.records(),
        *ledger.related(name),
        *ledger.related(first),
        *ledger.replies("m-1"),
    ]
    entries += list(ledger.records(kind="rate", facts={}, story="room")) + list(ledger.records(verdict="coach"))
    for entry in entries:
        shown += [
            entry.to_dict(reveal=True),
            entry.opened,
            entry.text,
            entry.facts(reveal=True),
            entry.words("note", reveal=True),
        ]
    shown.append(own_work(ledger, "e-1", role=None, since=clock.now - timedelta(days=9)).to_dict())
    for ending in (".csv", ".jsonl", ".parquet"):
        ledger.export(tmp_path / f"shown{ending}", reveal=True)
    shown += [(tmp_path / f"shown{ending}").read_text(encoding="utf-8") for ending in (".csv", ".jsonl")]
    shown += [(tmp_path / "shown.parquet").read_bytes().decode("latin-1")]
    text = json.dumps([str(each) for each in shown])
    assert "rate" in text
    assert not [word for word in SECRET_WORDS if word in text]
    with (tmp_path / "shown.csv").open(encoding="utf-8") as file:
        (row,) = (each for each in csv.DictReader(file) if each["kind"] == "rate")
    assert (row["verdict"], row["cause"], row["note"]) == ("", "", "")
    assert ledger.calibration(name, employee=Q1).ratings[0].note == "Try another room first."


def test_who_may_take_part(opened: tuple[remit.Ledger, list[str], Clock]) -> None:
    ledger, chosen, clock = opened
    until = clock.now + timedelta(days=1)
    with pytest.raises(RequestError) as wrong:
        ledger.calibrate([], reviewers=["q-1", " Q-1"], until=until, employee=M1)
    assert [each.path for each in wrong.value.problems] == ["records", "reviewers"]
    with pytest.raises(NotAllowed, match="in the year to come"):
        ledger.calibrate(chosen, reviewers=["q-1", "q-2"], until=clock.now, employee=M1)
    with pytest.raises(NotAllowed, match="may look at it"):
        ledger.calibrate(chosen, reviewers=["q-1", "q-2"], until=until, employee={"id": "e-2"})
    name = ledger.calibrate(chosen[:1], reviewers=["q-1", "e-1", "e-2"], until=until, employee=M1).id
    for who, why in (("q-3", "was not invited"), ("e-1", "what they did themselves"), ("e-2", "may look at it")):
        with pytest.raises(NotAllowed, match=why):
            ledger.rate(name, chosen[0], verdict="agree", employee={"id": who})
    with pytest.raises(NotAllowed, match="not among the records"):
        ledger.rate(name, chosen[1], verdict="agree", employee=Q1)
    with pytest.raises(NotAllowed, match="not a calibration"):
        ledger.rate(chosen[0], chosen[0], verdict="agree", employee=Q1)
    with pytest.raises(RequestError, match="needs a note"):
        ledger.rate(name, chosen[0], verdict="coach", employee=Q1)
    first = ledger.rate(name, chosen[0], verdict="agree", employee=Q1, key="once")
    again = ledger.rate(name, chosen[0], verdict="agree", employee=Q1, key="once")
    assert (again.id, again.repeated) == (first.id, True)
    with pytest.raises(KeyConflict):
        ledger.rate(name, chosen[0], verdict="policy", employee=Q1, key="once")
    with pytest.raises(NotAllowed, match="has judged"):
        ledger.rate(name, chosen[0], verdict="policy", employee={"id": "Q-1"})


def test_a_calibration_survives_an_export(tmp_path: Path) -> None:
    clock = Clock()
    with new_ledger("sqlite", tmp_path, clock=clock, secret=b"s" * 32) as ledger:
        chosen = cases(ledger)
        name = start(ledger, chosen[:1], clock)
        ledger.rate(name, chosen[0], verdict="policy", cause="no_rule", employee=Q1)
        ledger.rate(name, chosen[0], verdict="agree", employee=Q2)
        seen = ledger.calibration(name, employee=M1)
        ledger.export(tmp_path / "all.jsonl", whole=True)
    with import_ledger(tmp_path / "all.jsonl", tmp_path / "copy.db", secret=b"s" * 32, clock=clock) as copy:
        assert copy.calibration(name, employee=M1) == seen
        assert copy.verify(thorough=True).ok


class Blind(RuleBasedStateMachine):
    """Whatever the order in which reviewers judge and look: they see only what is theirs, or of cases that they have judged."""

    PEOPLE = ("q-1", "q-2", "q-3")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.ledger = remit.open_ledger(":memory:", clock=self.clock, max_clock_jump=timedelta(days=30))
        self.chosen = cases(self.ledger)
        until = self.clock.now + timedelta(days=7)
        self.name = self.ledger.calibrate(self.chosen, reviewers=self.PEOPLE, until=until, employee=M1).id
        self.given: dict[tuple[str, str], str] = {}
        self.over = False

    def teardown(self) -> None:
        self.ledger.close()

    @rule(who=st.sampled_from(PEOPLE), place=st.integers(0, 2), verdict=st.sampled_from(("agree", "praise", "policy")))
    def judge(self, who: str, place: int, verdict: str) -> None:
        record = self.chosen[place]
        if self.over or (record, who) in self.given:
            with pytest.raises(NotAllowed):
                self.ledger.rate(self.name, record, verdict=verdict, employee={"id": who})
        else:
            self.ledger.rate(self.name, record, verdict=verdict, employee={"id": who})
            self.given[record, who] = verdict

    @precondition(lambda self: not self.over and len(self.given) > 2)
    @rule()
    def deadline(self) -> None:
        self.clock.go(days=7)
        self.over = True

    @invariant()
    def sees_no_more_than_their_own(self) -> None:
        closed = self.over or len(self.given) == len(self.chosen) * len(self.PEOPLE)
        for who in (*self.PEOPLE, "m-1"):
            found: Calibration = self.ledger.calibration(self.name, employee={"id": who})
            shown = {(each.record, each.reviewer): each.verdict for each in found.ratings}
            open_to_them = {key for key in self.given if closed or (key[0], who) in self.given}
            assert shown == {key: self.given[key] if key in open_to_them else None for key in self.given}


def test_nobody_sees_a_verdict_before_their_own() -> None:
    run_state_machine_as_test(Blind, settings=settings(max_examples=15, stateful_step_count=14, deadline=None))  # type: ignore[no-untyped-call]
