"""Approving and giving are two acts: a permission is for one request, of one person, with one key, once, and until a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import KeyConflict, NotAllowed, NotGranted
from remit.ledger import Entry
from support.crowd import run_crowd
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import new_ledger, place_of

UNTIL = datetime(2026, 7, 1, 16, tzinfo=UTC)
OWNER = {"id": "o-1", "role": "owner:guest-relations"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(backend: str, tmp_path: Path, clock: Clock) -> remit.Ledger:
    return new_ledger(backend, tmp_path, clock=clock)


def asking(credit: str = "90 EUR", key: str = "k-1", **more: Any) -> dict[str, Any]:
    return request(credit, key=key, **more)


def permitted(ledger: remit.Ledger, sent: dict[str, Any], who: dict[str, str] = SUPERVISOR) -> Entry:
    """Refused, sent up, and permitted."""
    refused = ledger.grant(desk(), sent)
    assert (refused.kind, refused.outcome) == ("decide", "escalate")
    task = ledger.escalate(desk(), sent)
    return ledger.approve(task.id, employee=who, give=False, until=UNTIL)


def used(ledger: remit.Ledger, name: str = "guest-money") -> str:
    return str(ledger.balances(desk(), request())[name].used)


def test_the_next_retry_gives_it_once_and_later_ones_give_that_again(ledger: remit.Ledger) -> None:
    permit = permitted(ledger, asking())
    assert (permit.kind, permit.granted, permit.employee) == ("permit", False, "s-1")
    assert permit.body["permits"] == {
        "key": "k-1",
        "digest": permit.body["permits"]["digest"],
        "until": "2026-07-01T16:00:00.000000Z",
    }
    assert (used(ledger), ledger.tasks()) == ("0 EUR", [])
    given = ledger.grant(desk(), asking())
    assert (given.kind, given.granted, given.of, given.employee) == ("approve", True, permit.id, "s-1")
    assert given.body["requester"]["id"] == "e-1"
    assert used(ledger) == "90 EUR"
    for _ in range(3):
        again = ledger.grant(desk(), asking())
        assert (again.id, again.repeated) == (given.id, True)
    assert used(ledger) == "90 EUR"
    assert ledger.verify(thorough=True).ok
    assert ledger.redecide(given.id).same
    assert ledger.redecide(permit.id).same


def test_it_need_not_have_been_refused_before(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), asking())
    permit = ledger.approve(task.id, employee=SUPERVISOR, give=False, until=UNTIL)
    given = ledger.grant(desk(), asking())
    assert (given.kind, given.of) == ("approve", permit.id)
    assert ledger.grant(desk(), asking()).id == given.id
    assert used(ledger) == "90 EUR"
    assert ledger.verify(thorough=True).ok


@pytest.mark.parametrize(
    "other",
    [
        asking("91 EUR"),
        asking("89 EUR"),
        asking(guest="g-2"),
        asking(employee="e-2"),
        asking(case="C-1"),
        asking(facts={"level": 2}),
        asking(evidence=["note"]),
    ],
    ids=["more", "less", "another guest", "another asker", "another case", "another fact", "evidence"],
)
def test_anything_else_with_that_key_is_refused(ledger: remit.Ledger, other: dict[str, Any]) -> None:
    permitted(ledger, asking())
    with pytest.raises(KeyConflict):
        ledger.grant(desk(), other)
    assert used(ledger) == "0 EUR"


@pytest.mark.parametrize("other", [asking(key="k-2"), asking(key="k-2", employee="e-2"), request("90 EUR")])
def test_without_that_key_it_is_refused_as_before(ledger: remit.Ledger, other: dict[str, Any]) -> None:
    permitted(ledger, asking())
    refused = ledger.grant(desk(), other)
    assert (refused.kind, refused.outcome, used(ledger)) == ("decide", "escalate", "0 EUR")


def test_it_runs_out(ledger: remit.Ledger, clock: Clock) -> None:
    permitted(ledger, asking())
    clock.now = UNTIL
    refused = ledger.grant(desk(), asking())
    assert (refused.kind, refused.repeated, used(ledger)) == ("decide", True, "0 EUR")


def test_up_to_its_last_moment_it_holds(ledger: remit.Ledger, clock: Clock) -> None:
    permitted(ledger, asking())
    clock.now = UNTIL - timedelta(microseconds=1)
    assert ledger.grant(desk(), asking()).granted


def test_after_a_void_it_is_not_given_again(ledger: remit.Ledger) -> None:
    permitted(ledger, asking())
    given = ledger.grant(desk(), asking())
    ledger.void(given.id, employee=SUPERVISOR, reason="A slip.")
    again = ledger.grant(desk(), asking())
    assert (again.id, again.repeated, used(ledger)) == (given.id, True, "0 EUR")


def test_a_hold_cannot_use_it(ledger: remit.Ledger) -> None:
    permitted(ledger, asking())
    with pytest.raises(KeyConflict):
        ledger.hold(desk(), asking(), lasts=timedelta(hours=1))


def test_the_authority_of_whoever_permitted_it_must_still_cover_it(ledger: remit.Ledger) -> None:
    """The permission stays, and can be used when there is room again."""
    permitted(ledger, asking())
    other = [ledger.grant(desk(), request("145 EUR", role="manager", employee=f"m-{number}")) for number in (1, 2)]
    assert all(each.granted for each in other)
    with pytest.raises(NotGranted) as told:
        ledger.grant(desk(), asking())
    assert told.value.decision.outcome != "grant"
    ledger.void(other[0].id, employee=MANAGER, reason="Not needed.")
    assert ledger.grant(desk(), asking()).granted


def test_the_owner_may_permit_what_no_role_can(ledger: remit.Ledger) -> None:
    permitted(ledger, asking("240 EUR", evidence=["note"]), OWNER)
    assert ledger.grant(desk(), asking("240 EUR", evidence=["note"])).granted


def test_what_was_added_when_it_was_permitted_counts(ledger: remit.Ledger) -> None:
    sent = asking(guest=None)
    task = ledger.escalate(desk(), sent)
    assert task.body["missing"] == ["guest.id"]
    ledger.approve(task.id, employee=SUPERVISOR, facts={"guest.id": "g-1"}, give=False, until=UNTIL)
    given = ledger.grant(desk(), sent)
    assert (given.granted, given.facts(reveal=True)["guest.id"], used(ledger)) == (True, "g-1", "90 EUR")


def test_nobody_permits_what_they_asked_and_only_who_could_approve_permits(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), asking())
    for who in ({"id": "e-1", "role": "supervisor"}, {"id": " E-1", "role": "manager"}):
        with pytest.raises(NotAllowed):
            ledger.approve(task.id, employee=who, give=False, until=UNTIL)
    with pytest.raises(NotGranted):
        ledger.approve(task.id, employee={"id": "e-2", "role": "associate"}, give=False, until=UNTIL)
    assert len(ledger.tasks()) == 1


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"give": False}, "needs `until`"),
        ({"until": UNTIL}, "needs `until`"),
        ({"give": False, "until": datetime(2026, 7, 1, 12, tzinfo=UTC)}, "run out already"),
        ({"give": False, "until": UNTIL, "asked": {"credit": "60 EUR"}}, "exactly what was asked"),
        ({"give": False, "until": datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=5)))}, "before the year 10000"),
    ],
)
def test_what_is_no_permission(ledger: remit.Ledger, more: dict[str, Any], why: str) -> None:
    task = ledger.escalate(desk(), asking())
    with pytest.raises(NotAllowed, match=why):
        ledger.approve(task.id, employee=SUPERVISOR, **more)
    assert len(ledger.tasks()) == 1


def test_what_was_sent_up_without_a_key_is_approved_instead(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), request("90 EUR"))
    with pytest.raises(NotAllowed, match="without a key"):
        ledger.approve(task.id, employee=SUPERVISOR, give=False, until=UNTIL)


def test_what_was_sent_up_with_a_key_that_gave_something_else_is_approved_instead(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), asking())
    assert ledger.grant(desk(), asking("10 EUR")).granted
    with pytest.raises(NotAllowed, match="used for another request"):
        ledger.approve(task.id, employee=SUPERVISOR, give=False, until=UNTIL)
    assert ledger.approve(task.id, employee=SUPERVISOR).granted


@pytest.mark.parametrize("approvals", ["count: 2", "by: manager"])
def test_whether_more_must_agree_is_looked_at_again_when_it_is_used(ledger: remit.Ledger, approvals: str) -> None:
    text = desk().model.text.replace(
        "facts:", "facts:\n  guest.had: {type: money, history: {sum: credit, per: guest.id, over: 30 days}}", 1
    )
    policy = remit.loads(text + f'approvals:\n  - {{when: "guest.had >= 100 EUR", {approvals}}}\n')
    task = ledger.escalate(policy, asking())
    ledger.approve(task.id, employee=SUPERVISOR, give=False, until=UNTIL)
    given = ledger.grant(policy, request("145 EUR", role="manager", employee="m-1"))
    assert given.granted
    with pytest.raises(NotGranted, match="agree"):
        ledger.grant(policy, asking())
    ledger.void(given.id, employee=MANAGER, reason="Not needed.")
    assert ledger.grant(policy, asking()).granted  # the permission stays


def test_a_retry_of_the_permission_is_the_same_permission(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), asking())
    first, again = (ledger.approve(task.id, employee=SUPERVISOR, give=False, until=UNTIL, key="a-1") for _ in range(2))
    assert (again.id, again.repeated) == (first.id, True)
    with pytest.raises(KeyConflict):
        ledger.approve(task.id, employee=SUPERVISOR, give=False, until=UNTIL + timedelta(1), key="a-1")
    with pytest.raises(NotAllowed, match="was permitted already"):
        ledger.approve(task.id, employee=SUPERVISOR)
    assert ledger.verify(thorough=True).ok


def retry(place: dict[str, Any], _number: int) -> None:
    """In a process of its own."""
    with remit.open_ledger(**place) as ledger:
        given = ledger.grant(desk(), asking())
        assert given.granted
        assert given.kind == "approve"


def test_eight_processes_use_it_at_once_and_it_is_given_once(backend: str, tmp_path: Path) -> None:
    place = place_of(backend, tmp_path)
    with remit.open_ledger(**place) as ledger:
        task = ledger.escalate(desk(), asking())
        ledger.approve(task.id, employee=SUPERVISOR, give=False, until=datetime.now(UTC) + timedelta(hours=1))
    run_crowd(retry, 8, place)
    with remit.open_ledger(**place) as ledger:
        assert len(list(ledger.records(kind="approve"))) == 1
        assert used(ledger) == "90 EUR"
        assert ledger.verify(thorough=True).ok
