"""Law 12 in a ledger: with a roster, who somebody is, in which role and within which limits, is what the roster says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import NotAllowed, RequestError
from support.desk import Clock, desk, request
from support.ledgers import new_ledger, place_of
from support.staff import asked, staff, staffed


@pytest.fixture
def ledger(backend: str, tmp_path: Path, clock: Clock) -> remit.Ledger:
    """A ledger with the roster and the policy of the desk."""
    return staffed(new_ledger(backend, tmp_path, clock=clock))


@pytest.fixture
def clock() -> Clock:
    return Clock()


# Who somebody is


def test_role_and_spelling_come_from_the_roster_and_are_on_record(ledger: remit.Ledger) -> None:
    entry = ledger.grant(desk(), asked("40 EUR", " E-1 "))
    assert entry.granted
    assert entry.body["employee"] == {"id": "e-1", "role": "associate", "source": "roster"}
    assert entry.body["roster"] == staff().digest
    assert ledger.redecide(entry.id).same


def test_who_is_not_listed_has_no_authority_and_nothing_is_on_record(ledger: remit.Ledger) -> None:
    before = ledger.head().size
    for operation in (ledger.decide, ledger.grant, ledger.escalate, ledger.preview, ledger.balances):
        with pytest.raises(NotAllowed, match=r"e-9 is not on the roster of .*; m-1 can add them"):
            operation(desk(), asked("1 EUR", "e-9", "associate"))
    assert ledger.head().size == before


@pytest.mark.parametrize("role", ["manager", "chef"])
def test_another_role_is_refused(ledger: remit.Ledger, role: str) -> None:
    with pytest.raises(NotAllowed, match=f"e-1 is an associate on the roster, and may not act as a {role}; leave the role out"):
        ledger.grant(desk(), asked("40 EUR", "e-1", role))


def test_a_role_that_somebody_may_act_in_is_recorded(ledger: remit.Ledger, clock: Clock) -> None:
    entry = ledger.grant(desk(), asked("120 EUR", "e-1", "supervisor"))
    assert entry.granted
    assert entry.body["employee"] == {
        "id": "e-1",
        "role": "supervisor",
        "source": "roster",
        "acting": {"by": "m-1", "because": "cover"},
    }
    clock.set("2026-08-01T00:00:00+02:00")  # the day after the last, where the desk is
    with pytest.raises(NotAllowed, match="may not act as a supervisor"):
        ledger.grant(desk(), asked("1 EUR", "e-1", "supervisor"))


def test_whom_somebody_acts_for_is_recorded_and_their_ceiling_holds(ledger: remit.Ledger) -> None:
    entry = ledger.grant(desk(), asked("120 EUR", "e-4", "supervisor"))
    assert entry.body["employee"]["acting"] == {"by": "m-1", "because": "training", "for": "s-1"}
    refused = ledger.grant(desk(), asked("160 EUR", "e-4", "supervisor", evidence=["note"]))
    assert (refused.outcome, refused.decision and refused.decision.remedies["credit"].binding) == (
        "escalate",
        "guardrail:ceiling",
    )


def test_nobody_answers_what_was_asked_in_their_name(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), asked("160 EUR", "e-4", "supervisor", evidence=["note"]))
    assert task.kind == "escalate"
    for who in ({"id": "s-1"}, {"id": "e-4"}):
        with pytest.raises(NotAllowed, match="nobody answers what they asked themselves"):
            ledger.approve(task.id, employee=who)
        with pytest.raises(NotAllowed, match="nobody answers what they asked themselves"):
            ledger.decline(task.id, employee=who, reason="No.")
    assert ledger.approve(task.id, employee={"id": "m-1"}).granted
    own = ledger.escalate(desk(), asked("160 EUR", "s-1", evidence=["note"]))
    with pytest.raises(NotAllowed, match="nobody answers what they asked themselves"):
        ledger.approve(own.id, employee={"id": "e-4", "role": "supervisor"})


def test_somebody_works_here_from_their_first_day_to_their_last(ledger: remit.Ledger, clock: Clock) -> None:
    for moment, words in (
        ("2026-07-01T23:59:59+02:00", "but not before 2026-07-02"),
        ("2026-07-06T00:00:00+02:00", "but only to 2026-07-05"),
    ):
        clock.set(moment)
        with pytest.raises(NotAllowed, match=words):
            ledger.decide(desk(), asked("1 EUR", "e-3"))


def test_on_the_first_and_the_last_day(backend: str, tmp_path: Path) -> None:
    clock = Clock("2026-07-02T00:00:00+02:00")
    ledger = new_ledger(backend, tmp_path, clock=clock)
    ledger.publish(staff(), by="m-1")
    ledger.publish(desk(), by="m-1")
    for moment in ("2026-07-02T00:00:00+02:00", "2026-07-05T23:59:59+02:00"):
        clock.set(moment)
        assert ledger.grant(desk(), asked("1 EUR", "e-3")).granted


# What holds for one employee


@pytest.mark.parametrize(
    ("employee", "most"), [("e-1", "50 EUR"), ("e-2", "20 EUR"), ("e-3", "80 EUR"), ("s-1", "150 EUR"), ("s-2", "200 EUR")]
)
def test_ceiling_and_trust(ledger: remit.Ledger, clock: Clock, employee: str, most: str) -> None:
    clock.set("2026-07-03T12:00:00+02:00")
    over = f"{int(most[:-4])}.01 EUR"
    refused = ledger.grant(desk(), asked(over, employee, evidence=["note"]))
    assert (refused.kind, refused.outcome) == ("decide", "escalate")
    entry = ledger.grant(desk(), asked(most, employee, evidence=["note"]))
    assert entry.granted
    for each in (refused, entry):
        assert each.decision is not None
        assert str(each.decision.remedies["credit"].limit) == most
        assert ledger.redecide(each.id).same
    assert ledger.verify(thorough=True).ok


def test_a_ceiling_ends_on_its_last_day(ledger: remit.Ledger, clock: Clock) -> None:
    clock.set("2026-07-10T23:59:00+02:00")
    assert not ledger.grant(desk(), asked("30 EUR", "e-2")).granted
    assert not ledger.grant(desk(), {**asked("1 EUR", "e-2"), "asked": {"late": True}}).granted
    clock.set("2026-07-11T00:00:00+02:00")
    assert ledger.grant(desk(), asked("30 EUR", "e-2")).granted


def test_what_is_owed_is_beyond_a_ceiling(ledger: remit.Ledger) -> None:
    entry = ledger.grant(desk(), asked("70 EUR", "e-2", facts={"level": 5, "rate": "70 EUR"}, case="C-1"))
    assert entry.granted


def test_no_trust_where_no_rule_speaks_and_none_over_a_guardrail(ledger: remit.Ledger, clock: Clock) -> None:
    clock.set("2026-07-03T12:00:00+02:00")
    assert ledger.grant(desk(), asked("60 EUR", "e-3", facts={"level": 3})).outcome == "deny"
    assert ledger.grant(desk(), asked("60 EUR", "e-3", facts={"level": 4})).outcome == "escalate"


def own_desk() -> remit.Policy:
    return remit.loads(desk().model.text.replace("facts:", "own_account: guest.id\nfacts:", 1).replace('"1"', '"2"'))


@pytest.mark.parametrize("guest", ["g-own", "G-SECOND", " e-1"])
def test_an_account_of_ones_own_goes_up(ledger: remit.Ledger, guest: str) -> None:
    ledger.publish(own_desk(), by="m-1")
    entry = ledger.escalate(own_desk(), asked("10 EUR", "e-1", guest=guest))
    assert (entry.kind, entry.body["to"]) == ("escalate", "supervisor")
    assert "g-own" not in entry.text.lower()  # whose account it is stays apart
    assert ledger.redecide(entry.id).same
    assert ledger.approve(entry.id, employee={"id": "s-1"}).granted
    assert ledger.grant(own_desk(), asked("10 EUR", "e-1", guest="g-7")).granted


def test_what_the_roster_says_of_somebody_is_a_fact(backend: str, tmp_path: Path) -> None:
    text = desk().model.text.replace("facts:", "facts:\n  employee.tenure: {type: integer}\n  employee.site: {type: text}", 1)
    policy = remit.loads(
        text.replace(
            "    may: {credit: {associate: 50 EUR", '    when: "employee.tenure >= 3"\n    may: {credit: {associate: 50 EUR'
        )
    )
    ledger = new_ledger(backend, tmp_path, clock=Clock())
    ledger.publish(staff(), by="m-1")
    ledger.publish(policy, by="m-1")
    assert ledger.grant(policy, asked("10 EUR", "e-2")).granted
    assert ledger.grant(policy, asked("10 EUR", "e-1")).outcome == "ask"  # the roster does not say
    with pytest.raises(RequestError, match=r"`employee\.tenure` is read from the roster"):  # and neither does the call
        ledger.grant(policy, {**asked("10 EUR", "e-1"), "facts": {"employee.tenure": 9}})
    for given in (
        {"facts": {"employee.tenure": 9}},
        {"employee": {"id": "e-2", "tenure": 9}},
        {"facts": {"employee": {"tenure": 9}}},
    ):
        with pytest.raises(RequestError, match=r"`employee\.tenure` is read from the roster alone"):
            ledger.grant(policy, {**asked("10 EUR", "e-2"), **given})


# Holds and voids


def test_holds_and_voids_go_by_the_roster(ledger: remit.Ledger) -> None:
    from datetime import timedelta

    hold = ledger.hold(desk(), asked("10 EUR", "e-1"), lasts=timedelta(hours=1))
    for call in (ledger.settle, ledger.release):
        with pytest.raises(NotAllowed, match="e-9 is not on the roster"):
            call(hold.id, employee={"id": "e-9", "role": "manager"})
    with pytest.raises(NotAllowed, match="e-2 is an associate on the roster, and may not act as a manager"):
        ledger.settle(hold.id, employee={"id": "e-2", "role": "manager"})
    ledger.settle(hold.id, employee={"id": "e-1"})
    with pytest.raises(NotAllowed, match="may not act as a supervisor"):
        ledger.void(hold.id, employee={"id": "e-2", "role": "supervisor"}, reason="No.")
    void = ledger.void(hold.id, employee={"id": "s-1"}, reason="No.")
    assert (void.body["employee"]["source"], void.body["giver"]) == ("roster", {"id": "e-1", "role": "associate"})


def test_another_ladder_has_another_role(backend: str, tmp_path: Path) -> None:
    other = remit.loads(desk().model.text.replace("policy: desk", "policy: other"))
    ledger = new_ledger(backend, tmp_path)
    ledger.publish(staff(), by="m-1")
    ledger.publish(other, by="m-1")
    entry = ledger.grant(other, asked("250 EUR", "s-1", evidence=["note"]))
    assert (entry.role, entry.granted) == ("manager", True)


# What was found by trying


def probation() -> remit.Policy:
    """A policy that holds down whoever the roster says is new."""
    text = desk().model.text.replace("facts:", "facts:\n  employee.tenure: {type: integer, default: 9, source: system}", 1)
    rule = "guardrails:\n  - {id: new, when: employee.tenure < 5, then: {limit: {credit: 5 EUR}}}\n"
    return remit.loads(text.replace("guardrails:\n", rule))


@pytest.mark.parametrize(
    "change",
    [
        {"employee": {"id": "e-2", "tenure": None}},
        {"facts": {"guest.id": "g-1", "employee.tenure": None}},
        {"facts": {"guest.id": "g-1", "employee": {"tenure": None}}},
        {"sources": {"guest.id": "stated"}},
    ],
)
def test_nobody_switches_off_what_the_roster_says_of_them(backend: str, tmp_path: Path, change: dict[str, Any]) -> None:
    ledger = new_ledger(backend, tmp_path, clock=Clock())
    ledger.publish(staff(), by="m-1")
    ledger.publish(probation(), by="m-1")
    entry = ledger.grant(probation(), {**asked("20 EUR", "e-2"), **change})
    assert (entry.outcome, entry.body["request"]["facts"]["employee.tenure"]) == ("escalate", 3)
    for sources in ({"employee.tenure": "stated"}, {"employee": {"tenure": "stated"}}):
        with pytest.raises(RequestError, match="is read from the roster alone"):
            ledger.grant(probation(), {**asked("20 EUR", "e-2"), "sources": sources})


def test_what_is_only_said_counts_against_whoever_says_it(backend: str, tmp_path: Path) -> None:
    text = desk().model.text.replace("facts:", "own_account: mail\nfacts:\n  mail: {type: text, source: evidence}", 1)
    policy = remit.loads(text)
    ledger = new_ledger(backend, tmp_path, clock=Clock())
    ledger.publish(staff(), by="m-1")
    ledger.publish(policy, by="m-1")
    for mail in ("g-own", "e-1"):
        entry = ledger.grant(policy, asked("10 EUR", "e-1", facts={"mail": mail}, sources={"mail": "stated"}))
        assert entry.outcome == "escalate"
        assert ledger.redecide(entry.id).same


def test_readers_and_calls_without_a_role_go_by_the_newest_roster(backend: str, tmp_path: Path) -> None:
    place = place_of(backend, tmp_path)
    with remit.open_ledger(**place, clock=Clock()) as old, remit.open_ledger(**place, clock=Clock()) as new:
        new.publish(desk(), by="ana")
        grant = old.grant(desk(), request("1 EUR"))
        new.publish(staff(), by="m-1")
        for look in (old.preview, old.balances, old.missing_to_answer, old.is_repeated):
            with pytest.raises(NotAllowed, match="e-9 is not on the roster"):
                look(desk(), asked("1 EUR", "e-9", "manager"))
        assert old.has_roster()
        assert old.void(grant.id, employee={"id": "m-1"}, reason="The wrong guest.").role == "manager"
        new.publish(staff("2", more="  - {id: e-9, role: associate}\n"), by="m-1")
        assert old.grant(desk(), asked("2 EUR", "e-9")).granted  # whom it did not know a moment ago


def test_a_retry_is_the_same_when_the_roster_has_changed(ledger: remit.Ledger) -> None:
    first = ledger.grant(desk(), asked("4 EUR", "e-1", key="k"))
    text = staff("2").text.replace("site: harbour", "site: lisbon").replace("role: associate\n", "role: supervisor\n", 1)
    ledger.publish(remit.ledger.people.roster_file.read_roster(text), by="m-1")
    again = ledger.grant(desk(), asked("4 EUR", "e-1", key="k"))
    assert (again.id, again.repeated) == (first.id, True)


def test_what_is_published_is_what_the_text_says(ledger: remit.Ledger) -> None:
    from dataclasses import replace

    from remit.ledger.people.roster import Person

    mine = {"m-1": Person("m-1", "manager", publishes=True)}
    for wrong in (remit.Roster("r", "9", mine), replace(staff("9"), people=mine), replace(staff("9"), version="8")):
        with pytest.raises(RequestError, match="this roster is not the one that its text says"):
            ledger.publish(wrong, by="m-1")
    assert ledger.grant(desk(), asked("1 EUR", "e-1")).granted


def test_a_roster_that_nobody_could_change_is_refused(ledger: remit.Ledger) -> None:
    gone = staff("2").text.replace("role: manager, logins", "role: manager, until: 2020-01-01, logins")
    with pytest.raises(NotAllowed, match="nobody on this roster who publishes works here on 2026-07-01"):
        ledger.publish(remit.ledger.people.roster_file.read_roster(gone), by="m-1")


def test_nobody_acts_for_somebody_who_has_left(ledger: remit.Ledger) -> None:
    text = staff("2").text.replace("role: supervisor\n", "role: supervisor\n    until: 2026-06-30\n", 1)
    ledger.publish(remit.ledger.people.roster_file.read_roster(text), by="m-1")
    with pytest.raises(NotAllowed, match="may not act as a supervisor"):
        ledger.grant(desk(), asked("1 EUR", "e-4", "supervisor"))


def test_a_long_id_files_evidence_and_is_decided_again(tmp_path: Path) -> None:
    ledger = new_ledger("sqlite", tmp_path)
    entry = ledger.grant(desk(), request("5 EUR", employee="e" * 300, evidence=["note"]))
    assert ledger.redecide(entry.id).same


@pytest.mark.parametrize("facts", [["x"], "abc", 5])
def test_a_request_of_another_shape_is_told(ledger: remit.Ledger, facts: Any) -> None:
    with pytest.raises(RequestError, match="`facts` must be a mapping"):
        ledger.grant(desk(), {**asked("1 EUR", "e-1"), "facts": facts})
