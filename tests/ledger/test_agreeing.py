"""Who must agree to what was sent up: two signatures are two people's, and what waits too long is for the next role up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.errors import NotAllowed, NotGranted
from remit.ledger import Entry
from support.crowd import run_crowd
from support.desk import Clock, desk, request
from support.ledgers import new_ledger, place_of

APPROVALS = """
approvals:
  - {when: "asked.credit > 100 EUR", count: 2, by: supervisor, within: 4 hours}
  - {when: "asked.credit > 190 EUR", by: manager, within: 90 minutes}
  - {when: "level = 4 and rate > 50 EUR", count: 3}
"""
SUPERVISORS = [{"id": f"s-{number}", "role": "supervisor"} for number in range(4)]
MANAGERS = [{"id": f"m-{number}", "role": "manager"} for number in range(4)]
OWNER = {"id": "o-1", "role": "owner:guest-relations"}


def policy() -> remit.Policy:
    return remit.loads(desk().model.text + APPROVALS)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(backend: str, tmp_path: Path, clock: Clock) -> remit.Ledger:
    return new_ledger(backend, tmp_path, clock=clock)


def up(ledger: remit.Ledger, credit: str = "120 EUR", **more: Any) -> Entry:
    task = ledger.escalate(policy(), request(credit, evidence=["note"], **more))
    assert task.kind == "escalate"
    return task


def test_a_number_alone_is_how_many_must_agree_to_anything(ledger: remit.Ledger) -> None:
    two = remit.loads(desk().model.text + "approvals: 2\n")
    task = ledger.escalate(two, request("60 EUR"))
    assert task.body["approvals"] == {"count": 2}
    assert ledger.approve(task.id, employee=SUPERVISORS[0]).kind == "agree"
    assert ledger.approve(task.id, employee=SUPERVISORS[1]).granted


def test_two_must_agree_and_the_second_gives(ledger: remit.Ledger) -> None:
    task = up(ledger)
    assert task.body["approvals"] == {"count": 2, "by": "supervisor"}
    first = ledger.approve(task.id, employee=SUPERVISORS[0], key="a")
    assert (first.kind, first.granted, first.of) == ("agree", False, task.id)
    assert str(ledger.balances(policy(), request())["guest-money"].used) == "0 EUR"
    (waiting,) = ledger.tasks()
    assert (waiting.count, waiting.agreed) == (2, ("s-0",))
    assert ledger.approve(task.id, employee=SUPERVISORS[0], key="a").id == first.id  # a retry is no second signature
    for spelling in ("s-0", " S-0"):
        with pytest.raises(NotAllowed, match="s-0 has agreed already"):
            ledger.approve(task.id, employee={"id": spelling, "role": "manager"})
    with pytest.raises(NotAllowed, match="nobody answers what they asked themselves"):
        ledger.approve(task.id, employee={"id": "e-1", "role": "manager"})
    second = ledger.approve(task.id, employee=SUPERVISORS[1])
    assert (second.kind, second.granted) == ("approve", True)
    assert str(ledger.balances(policy(), request())["guest-money"].used) == "120 EUR"
    assert ledger.tasks() == []
    for entry in (task, first, second):
        assert ledger.redecide(entry.id).same
    assert [each.kind for each in ledger.related(task.id)] == ["escalate", "agree", "approve"]
    assert ledger.verify(thorough=True).ok


def test_each_has_authority_for_all_of_it(ledger: remit.Ledger) -> None:
    task = up(ledger, "195 EUR")
    assert task.body["approvals"] == {"count": 2, "by": "manager"}
    with pytest.raises(NotGranted, match="s-0 cannot approve it: the policy wants a manager or above to agree"):
        ledger.approve(task.id, employee=SUPERVISORS[0])
    with pytest.raises(NotGranted):
        ledger.approve(up(ledger, "150 EUR", guest="g-2").id, employee={"id": "e-9", "role": "associate"})
    assert ledger.approve(task.id, employee=MANAGERS[0]).kind == "agree"
    assert ledger.approve(task.id, employee=MANAGERS[1]).granted


def test_the_owner_gives_alone(ledger: remit.Ledger) -> None:
    task = up(ledger, "2000 EUR")
    assert task.body["approvals"]["count"] == 2
    with pytest.raises(NotGranted):
        ledger.approve(task.id, employee=MANAGERS[0])
    assert ledger.approve(task.id, employee=OWNER).granted


def test_another_answer_counts_anew(ledger: remit.Ledger) -> None:
    task = up(ledger)
    assert ledger.approve(task.id, employee=SUPERVISORS[0]).kind == "agree"
    assert ledger.approve(task.id, employee=SUPERVISORS[1], asked={"credit": "110 EUR"}).kind == "agree"
    assert ledger.approve(task.id, employee=SUPERVISORS[2], asked={"credit": "110 EUR"}).granted
    assert ledger.verify(thorough=True).ok


def test_what_may_hold_counts_as_holding(ledger: remit.Ledger) -> None:
    text = policy().model.text.replace("rate: {type: money, default: 0 EUR}", "rate: {type: money}")
    task = ledger.escalate(remit.loads(text), request("10 EUR", facts={"level": 4}))
    assert task.body["approvals"] == {"count": 3}


def test_one_declines_and_it_is_over(ledger: remit.Ledger) -> None:
    task = up(ledger)
    ledger.approve(task.id, employee=SUPERVISORS[0])
    ledger.decline(task.id, employee=SUPERVISORS[1], reason="No.")
    with pytest.raises(NotAllowed, match="was declined already"):
        ledger.approve(task.id, employee=SUPERVISORS[2])


def test_what_somebody_may_grant_needs_no_approval(ledger: remit.Ledger) -> None:
    assert ledger.grant(policy(), request("120 EUR", employee="s-1", role="supervisor")).granted
    assert "approvals" not in ledger.escalate(policy(), request("60 EUR", facts={"level": 4}, guest="g-3")).body


@pytest.mark.parametrize(
    ("minutes", "to", "overdue"),
    [
        (0, "supervisor", False),
        (240, "manager", True),
        (239, "supervisor", False),
        (479, "manager", True),
        (480, "owner:guest-relations", True),
        (9999, "owner:guest-relations", True),
    ],
)
def test_what_waits_too_long_is_for_the_next_role_up(
    ledger: remit.Ledger, clock: Clock, minutes: int, to: str, overdue: bool
) -> None:
    task = up(ledger)
    clock.go(minutes=minutes, seconds=1 if overdue else 0)
    (waiting,) = ledger.tasks()
    assert (waiting.addressee, waiting.overdue) == (to, overdue)
    assert waiting.due is not None
    assert (waiting.due - waiting.since).total_seconds() == 4 * 3600
    assert [each.id for each in ledger.tasks(role="supervisor")] == [task.id]  # and whoever could still can
    assert ledger.approve(task.id, employee=SUPERVISORS[0]).kind == "agree"


def test_the_next_writer_puts_on_record_that_it_waited_too_long(ledger: remit.Ledger, clock: Clock) -> None:
    task = up(ledger)
    clock.go(minutes=239)
    ledger.decide(policy(), request("5 EUR"))
    assert list(ledger.records(kind="overdue")) == []
    clock.go(minutes=2)
    ledger.decide(policy(), request("5 EUR"))  # any writer
    (overdue,) = ledger.records(kind="overdue")
    assert (overdue.of, overdue.body["to"], overdue.employee) == (task.id, "manager", None)
    assert overdue.recorded == task.recorded + timedelta(hours=4, microseconds=1)
    clock.go(minutes=240 * 9)  # nobody looked for a long time
    ledger.decide(policy(), request("5 EUR"))
    assert [each.body["to"] for each in ledger.records(kind="overdue")] == ["manager", "owner:guest-relations"]
    clock.go(minutes=240 * 9)
    ledger.decide(policy(), request("5 EUR"))
    assert len(list(ledger.records(kind="overdue"))) == 2  # the owner has it
    assert ledger.approve(task.id, employee=OWNER).granted
    assert ledger.verify(thorough=True).ok
    assert [each.kind for each in ledger.related(task.id)] == ["escalate", "overdue", "overdue", "approve"]


def test_what_was_answered_in_time_is_not_overdue(ledger: remit.Ledger, clock: Clock) -> None:
    ledger.decline(up(ledger).id, employee=MANAGERS[0], reason="No.")
    waiting = up(ledger, "121 EUR")
    clock.go(minutes=241)
    ledger.decline(waiting.id, employee=MANAGERS[0], reason="Too late.")  # sees to what is due, and then answers
    clock.go(minutes=240 * 3)
    ledger.decide(policy(), request("5 EUR"))
    assert [each.of for each in ledger.records(kind="overdue")] == [waiting.id]


@given(minutes=st.lists(st.integers(1, 700), min_size=1, max_size=6), amount=st.sampled_from(["120 EUR", "195 EUR"]))
def test_what_is_on_record_is_what_the_list_of_tasks_says(minutes: list[int], amount: str) -> None:
    clock = Clock()
    with remit.open_ledger(":memory:", clock=clock) as ledger:
        up(ledger, amount)
        for each in minutes:
            clock.go(minutes=each)
            (waiting,) = ledger.tasks()
            ledger.decide(policy(), request("5 EUR"))
            said = [each.body["to"] for each in ledger.records(kind="overdue")]
            assert waiting.addressee == (said[-1] if said else "supervisor" if amount == "120 EUR" else "manager")
        assert ledger.verify(thorough=True).ok


def test_the_shortest_time_counts(ledger: remit.Ledger) -> None:
    up(ledger, "195 EUR")
    (waiting,) = ledger.tasks()
    assert waiting.due is not None
    assert (waiting.due - waiting.since).total_seconds() == 90 * 60
    assert waiting.addressee == "manager"


def test_a_copy_has_the_signatures(ledger: remit.Ledger, tmp_path: Path) -> None:
    task = up(ledger)
    ledger.approve(task.id, employee=SUPERVISORS[0])
    ledger.backup(tmp_path / "copy.db")
    ledger.export(tmp_path / "whole.jsonl", whole=True)
    secret = bytes.fromhex((tmp_path / "copy.db.secret").read_text().strip())
    with remit.ledger.import_ledger(tmp_path / "whole.jsonl", tmp_path / "taken.db", secret=secret, clock=Clock()) as taken:
        assert taken.approve(task.id, employee=SUPERVISORS[1]).granted
        assert taken.verify(thorough=True).ok


def test_eight_processes_sign_at_once_and_it_is_given_once(backend: str, tmp_path: Path) -> None:
    place = place_of(backend, tmp_path)
    with remit.open_ledger(**place) as ledger:
        task = up(ledger)
    run_crowd(_sign, 8, place, task.id)
    with remit.open_ledger(**place) as ledger:
        kinds = [entry.kind for entry in ledger.records()]
        assert kinds == ["escalate", "agree", "approve"]
        assert ledger.verify(thorough=True).ok


def _sign(place: dict[str, Any], task: str, number: int) -> None:
    with remit.open_ledger(**place, timeout=60) as ledger:
        try:
            ledger.approve(task, employee={"id": f"s-{number}", "role": "supervisor"})
        except NotAllowed as error:
            if "was approved already" not in str(error):
                raise


# What was found by trying


def test_two_who_know_different_things_do_not_agree(ledger: remit.Ledger) -> None:
    text = policy().model.text.replace("guest-money, per: guest.id", "guest-money, per: stay.id")
    task = ledger.escalate(remit.loads(text), request("120 EUR", evidence=["note"]))
    assert task.body["missing"] == ["stay.id"]
    for number, stay in enumerate(("s-A", "s-B")):
        assert ledger.approve(task.id, employee=SUPERVISORS[number], facts={"stay.id": stay}).kind == "agree"
    assert ledger.approve(task.id, employee=SUPERVISORS[2], facts={"stay.id": "s-B"}).granted
    assert ledger.verify(thorough=True).ok


def test_what_an_answer_makes_of_it_counts_too(ledger: remit.Ledger) -> None:
    task = up(ledger, "60 EUR", facts={"level": 1})
    assert "approvals" not in task.body
    assert ledger.approve(task.id, employee=MANAGERS[0], asked={"credit": "150 EUR"}).kind == "agree"
    with pytest.raises(NotGranted, match="the policy wants a manager or above to agree"):
        ledger.approve(task.id, employee=SUPERVISORS[0], asked={"credit": "195 EUR"})
    three = up(ledger, "60 EUR", guest="g-2", facts={"rate": "60 EUR"})
    for who in SUPERVISORS[:2]:
        assert ledger.approve(three.id, employee=who, facts={"level": 4}).kind == "agree"
    assert ledger.approve(three.id, employee=SUPERVISORS[2], facts={"level": 4}).granted


def test_the_role_that_must_agree_is_whom_it_goes_to_and_who_may_decline(ledger: remit.Ledger) -> None:
    task = up(ledger, "195 EUR")
    assert task.body["to"] == "manager"
    assert ledger.tasks(role="supervisor") == []
    (waiting,) = ledger.tasks(role="manager")
    assert not ledger.may_answer(waiting, "supervisor")
    with pytest.raises(NotAllowed, match="is for a manager or above to answer"):
        ledger.decline(task.id, employee=SUPERVISORS[0], reason="No.")


def test_history_is_what_the_ledger_read(backend: str, tmp_path: Path) -> None:
    more = '  - {when: "guest.visits >= 2", count: 2}\n'
    often = remit.loads(desk().model.text.replace("guest.visits >= 3", "guest.visits >= 9") + "approvals:\n" + more)
    ledger = new_ledger(backend, tmp_path)
    assert "approvals" not in ledger.escalate(often, request("60 EUR")).body
    for number in range(2):
        assert ledger.grant(often, request("1 EUR", employee=f"e-{number}", case=f"c-{number}")).granted
    assert ledger.escalate(often, request("60 EUR")).body["approvals"] == {"count": 2}


def test_who_agreed_as_a_manager_may_give_as_the_owner(ledger: remit.Ledger) -> None:
    task = up(ledger)
    assert ledger.approve(task.id, employee={"id": "o-1", "role": "manager"}).kind == "agree"
    assert ledger.approve(task.id, employee=OWNER).granted


def test_one_who_acts_for_another_is_no_second_person(backend: str, tmp_path: Path) -> None:
    rows = {
        "boss": {"id": "boss", "role": "manager", "publishes": True},
        "e-1": {"id": "e-1", "role": "associate"},
        "s-1": {"id": "s-1", "role": "supervisor"},
        "s-2": {"id": "s-2", "role": "associate", "acts_for": [{"id": "s-1", "by": "boss", "because": "training"}]},
        "s-3": {"id": "s-3", "role": "supervisor"},
    }
    ledger = new_ledger(backend, tmp_path, roster=rows.get, clock=Clock())
    ledger.publish(policy(), by="boss")
    task = up(ledger)
    assert ledger.approve(task.id, employee={"id": "s-2", "role": "supervisor"}).kind == "agree"
    with pytest.raises(NotAllowed, match="s-2 has agreed already"):
        ledger.approve(task.id, employee={"id": "s-1"})
    assert ledger.approve(task.id, employee={"id": "s-3"}).granted


def test_a_deadline_beyond_all_time(tmp_path: Path) -> None:
    late = remit.loads(desk().model.text + "approvals:\n  - {within: 9999 days}\n")
    ledger = new_ledger("sqlite", tmp_path, clock=Clock("9990-01-01T00:00:00+00:00"))
    assert ledger.escalate(late, request("60 EUR")).body["due"].startswith("9999-12-31")
