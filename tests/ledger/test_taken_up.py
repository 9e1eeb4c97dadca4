"""A permission that is taken up by the number of its task: what waits, that it is given once, and why it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import NotAllowed, NotFound, NotGranted
from remit.ledger import Entry
from support.crowd import run_crowd
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import new_ledger, place_of
from support.staff import staff

UNTIL = datetime(2026, 7, 1, 16, tzinfo=UTC)
E1 = {"id": "e-1", "role": "associate"}


def asking(credit: str = "90 EUR", key: str | None = "k-1", **more: Any) -> dict[str, Any]:
    return request(credit, key=key, **more)


def permitted(ledger: remit.Ledger, sent: dict[str, Any], who: dict[str, str] = SUPERVISOR, **more: Any) -> Entry:
    task = ledger.escalate(desk(), sent)
    return ledger.approve(task.id, employee=who, give=False, until=UNTIL, **more)


def task_of(permit: Entry) -> str:
    return str(permit.of)


def used(ledger: remit.Ledger) -> str:
    return str(ledger.balances(desk(), request())["guest-money"].used)


def numbers(ledger: remit.Ledger, employee: str = "e-1") -> list[int]:
    return [each.task for each in ledger.permissions(employee)]


@pytest.mark.parametrize("refused_first", [True, False])
def test_it_is_given_once_and_then_the_same_comes_back(ledger: remit.Ledger, refused_first: bool) -> None:
    if refused_first:
        assert not ledger.grant(desk(), asking()).granted
    permit = permitted(ledger, asking())
    given = ledger.use_permission(task_of(permit), employee=E1)
    assert (given.kind, given.granted, given.of, given.employee) == ("approve", True, permit.id, "s-1")
    assert (given.repeated, given.body["requester"]["id"]) == (False, "e-1")
    for again in (ledger.use_permission(task_of(permit), employee=E1), ledger.grant(desk(), asking())):
        assert (again.id, again.repeated) == (given.id, True)
    assert (used(ledger), numbers(ledger)) == ("90 EUR", [])
    assert ledger.redecide(given.id).same


def test_what_the_same_request_gave_before_comes_back(ledger: remit.Ledger) -> None:
    permit = permitted(ledger, asking())
    given = ledger.grant(desk(), asking())
    again = ledger.use_permission(task_of(permit), employee=E1)
    assert (again.id, again.repeated, used(ledger)) == (given.id, True, "90 EUR")


@pytest.mark.parametrize(
    "sent",
    [
        asking(facts={"guest.name": "Ann", "guest.phone": "1", "rate": "80 EUR", "level": 2, "weight": Decimal("2.50")}),
        asking(case="C-1", occurred="2026-06-30", evidence=[{"name": "note", "reference": "D-1"}]),
        asking(story="The lift was loud.", use_discretion=True),
        asking(asked={"points": 100, "late": True}),
        asking(sources={"level": "stated"}, facts={"level": 2}),
    ],
    ids=["facts", "case", "story", "bundle", "sources"],
)
def test_it_is_the_grant_of_the_request_itself(backend: str, tmp_path: Path, sent: dict[str, Any]) -> None:
    """Two ledgers in step: one is asked again with the key, the other by the task."""
    bodies = []
    for by_task in (True, False):
        with new_ledger(backend, tmp_path, clock=Clock()) as ledger:
            permit = permitted(ledger, sent)
            given = ledger.use_permission(task_of(permit), employee=E1) if by_task else ledger.grant(desk(), sent)
            assert given.granted
            own = given.to_dict(reveal=True)
            bodies.append({name: own[name] for name in ("request", "read", "decision", "case", "key", "tried", "requester")})
            assert given.body["key_digest"] == permit.body["permits"]["digest"]
            assert ledger.verify(thorough=True).ok
    assert bodies[0] == bodies[1]


def test_without_a_roster_only_the_id_counts(ledger: remit.Ledger) -> None:
    permit = permitted(ledger, asking())
    assert ledger.use_permission(task_of(permit), employee={"id": " E-1"}).granted


def test_with_a_roster_it_is_for_the_asker_alone_in_whatever_role(ledger: remit.Ledger) -> None:
    ledger.publish(staff(), by="m-1")
    ledger.publish(desk(), by="m-1")
    permit = permitted(ledger, {**asking(), "employee": {"id": "e-4"}}, {"id": "s-2"})
    for other in ("s-1", "s-2", "e-2"):  # e-4 may act for s-1
        with pytest.raises(NotAllowed, match="only they can give"):
            ledger.use_permission(task_of(permit), employee={"id": other})
    with pytest.raises(NotAllowed, match="not on the roster"):
        ledger.use_permission(task_of(permit), employee={"id": "nobody"})
    assert ledger.use_permission(task_of(permit), employee={"id": "e-4"}).granted


# Why not


def test_each_reason_has_its_own_words(ledger: remit.Ledger, clock: Clock) -> None:
    def why(task: str, who: dict[str, str] = E1) -> str:
        before = used(ledger)
        with pytest.raises(NotAllowed) as told:
            ledger.use_permission(task, employee=who)
        assert used(ledger) == before
        return str(told.value)

    waiting, declined, approved = (ledger.escalate(desk(), asking(key=f"w-{each}", guest=f"g-{each}")) for each in (5, 6, 7))
    ledger.decline(declined.id, employee=SUPERVISOR, reason="No.")
    given = ledger.approve(approved.id, employee=SUPERVISOR)
    permit = permitted(ledger, asking())
    assert why(waiting.id) == "task 1 has no answer yet, so nothing is permitted"
    assert why(declined.id) == "task 2 was declined by s-1, with record 4"
    assert why(approved.id) == "task 3 was approved by s-1, and given with record 5"
    assert why(task_of(permit), {"id": "e-2"}) == "task 6 was sent up by e-1, and only they can give what was permitted"
    assert "not a task" in why(given.id)
    with pytest.raises(NotFound):
        ledger.use_permission("nothing", employee=E1)
    clock.now = UNTIL
    assert why(task_of(permit)).startswith("the permission for task 6 ran out at 2026-07-01")
    assert numbers(ledger) == []


def test_it_runs_out_where_there_was_a_refusal_first_too(ledger: remit.Ledger, clock: Clock) -> None:
    assert not ledger.grant(desk(), asking()).granted
    permit = permitted(ledger, asking())
    clock.now = UNTIL - timedelta(microseconds=1)
    assert numbers(ledger) == [2]
    clock.now = UNTIL
    with pytest.raises(NotAllowed, match="ran out"):
        ledger.use_permission(task_of(permit), employee=E1)


def test_once_facts_were_erased_it_is_not_given(ledger: remit.Ledger) -> None:
    permit = permitted(ledger, asking())
    ledger.erase("guest.id", "g-1")
    with pytest.raises(NotAllowed, match="personal facts of task 1 were erased since"):
        ledger.use_permission(task_of(permit), employee=E1)
    assert (used(ledger), numbers(ledger)) == ("0 EUR", [])


@pytest.mark.parametrize("credit", ["10 EUR", "95 EUR"], ids=["given", "refused"])
def test_a_key_that_was_used_for_another_request_since(ledger: remit.Ledger, credit: str) -> None:
    permit = permitted(ledger, asking())
    assert ledger.grant(desk(), asking(credit)).granted is (credit == "10 EUR")
    with pytest.raises(NotAllowed, match="another request was sent with the key of task 1 since"):
        ledger.use_permission(task_of(permit), employee=E1)
    assert numbers(ledger) == []


def test_where_their_authority_does_not_cover_it_any_more_the_permission_stays(ledger: remit.Ledger) -> None:
    permit = permitted(ledger, asking())
    other = [ledger.grant(desk(), request("145 EUR", role="manager", employee=f"m-{number}")) for number in (1, 2)]
    with pytest.raises(NotGranted) as told:
        ledger.use_permission(task_of(permit), employee=E1)
    assert told.value.decision.outcome != "grant"
    assert numbers(ledger) == [1]
    ledger.void(other[0].id, employee=MANAGER, reason="Not needed.")
    assert ledger.use_permission(task_of(permit), employee=E1).granted


def test_a_policy_that_changed_since_is_said_and_does_not_break_the_promise(ledger: remit.Ledger) -> None:
    permit = permitted(ledger, asking())
    assert [each.changed for each in ledger.permissions("e-1")] == [False]
    text = desk(version="2").model.text.replace("supervisor: 200 EUR", "supervisor: 60 EUR")
    ledger.publish(remit.loads(text), by="author")
    assert [each.changed for each in ledger.permissions("e-1")] == [True]
    given = ledger.use_permission(task_of(permit), employee=E1)
    assert (given.granted, given.body["policy"]["version"]) == (True, "1")


# What waits


def test_what_waits_is_told_to_the_asker_alone(ledger: remit.Ledger) -> None:
    permit = permitted(ledger, asking(case="C-9"))
    ledger.escalate(desk(), asking(key="k-2", guest="g-2"))
    permitted(ledger, asking(key="k-3", employee="e-2", guest="g-3"))
    (found,) = ledger.permissions("e-1")
    assert (found.task, found.task_id, found.until) == (1, permit.of, UNTIL)
    assert (found.entry.employee, found.entry.case) == ("s-1", "C-9")
    assert found.entry.decision is not None
    assert str(found.entry.decision.asked["credit"]) == "90 EUR"
    assert (numbers(ledger, "e-2"), numbers(ledger, "s-1"), numbers(ledger, "nobody")) == ([4], [], [])


@pytest.mark.parametrize(
    ("facts", "case", "expected"),
    [
        ({"guest.id": "g-1"}, None, True),
        ({"guest": {"id": " G-1"}}, "c-9", True),
        ({}, "C-9", True),
        ({"guest.id": "g-1"}, "C-8", False),
        ({"guest.id": "g-2"}, "C-9", False),
        ({"stay.id": "s-1"}, None, False),
        ({}, None, False),
    ],
)
def test_which_requests_it_concerns(ledger: remit.Ledger, facts: dict[str, Any], case: str | None, expected: bool) -> None:
    permitted(ledger, asking(case="C-9", facts={"stay.id": "s-1"}))
    (found,) = ledger.permissions("e-1")
    assert found.concerns("desk", {"facts": facts, "case": case}) is expected
    assert not found.concerns("another", {"facts": facts, "case": case})


def take_up(place: dict[str, Any], number: int) -> None:
    """In a process of its own: half of them by the task, half by asking again."""
    with remit.open_ledger(**place) as ledger:
        (task,) = ledger.records(kind="escalate")
        given = ledger.use_permission(task.id, employee=E1) if number % 2 else ledger.grant(desk(), asking())
        assert given.granted


def test_six_processes_take_it_up_at_once_and_it_is_given_once(backend: str, tmp_path: Path) -> None:
    place = place_of(backend, tmp_path)
    with remit.open_ledger(**place) as ledger:
        task = ledger.escalate(desk(), asking())
        ledger.approve(task.id, employee=SUPERVISOR, give=False, until=datetime.now(UTC) + timedelta(hours=1))
    run_crowd(take_up, 6, place)
    with remit.open_ledger(**place) as ledger:
        assert len(list(ledger.records(kind="approve"))) == 1
        assert used(ledger) == "90 EUR"
        assert ledger.verify(thorough=True).ok
