"""Answering what was sent up: what must be known, what the policy's owner may give, and who may say no."""

from __future__ import annotations

from typing import Any

import pytest

import remit
from remit.errors import NotAllowed, NotGranted, RequestError
from remit.ledger import Entry
from support.desk import MANAGER, SUPERVISOR, desk, request
from support.staff import staff

OWNER = {"id": "o-1", "role": "owner:guest-relations"}


def up(ledger: remit.Ledger, credit: str = "120 EUR", **more: Any) -> Entry:
    task = ledger.escalate(desk(), request(credit, **more))
    assert task.kind == "escalate"
    return task


# What must be known


def walked() -> remit.Policy:
    """A policy by which the next role up must know more than the one who asks."""
    text = desk().model.text.replace("stay.id: {type: text}", "stay.id: {type: text}\n  nights: {type: integer, min: 1}")
    rule = "  - {id: long, when: nights >= 3, may: {credit: {supervisor: 300 EUR}}}\nguardrails:\n"
    return remit.loads(
        text.replace("guardrails:\n", rule).replace("supervisor: 200 EUR, manager: 1000 EUR", "manager: 1000 EUR")
    )


def test_a_task_says_what_whoever_answers_must_know(ledger: remit.Ledger) -> None:
    unknown = ledger.escalate(walked(), request("60 EUR", guest=None, facts={"level": 4}))
    assert unknown.body["missing"] == ["guest.id", "nights"]
    (task,) = ledger.tasks()
    assert (task.missing, task.addressee, task.since) == (("guest.id", "nights"), task.role, unknown.recorded)
    known = ledger.escalate(walked(), request("60 EUR", guest="g-2", facts={"level": 4, "nights": 3}))
    assert (known.kind, known.body.get("missing")) == ("escalate", None)
    assert ledger.missing_to_answer(walked(), request("60 EUR", guest=None, facts={"level": 4})) == ("guest.id", "nights")
    assert ledger.missing_to_answer(walked(), request("10 EUR")) == ()  # it would not go up


def test_what_was_missing_is_said_by_whoever_answers(ledger: remit.Ledger) -> None:
    task = ledger.escalate(walked(), request("60 EUR", guest=None, facts={"level": 4}))
    with pytest.raises(NotGranted, match=r"cannot approve it yet: guest\.id") as lacks:
        ledger.approve(task.id, employee=SUPERVISOR, facts={"nights": 5})
    assert "nights" not in lacks.value.decision.missing.facts
    entry = ledger.approve(
        task.id, employee=SUPERVISOR, facts={"guest": {"id": "g-1"}, "nights": 5}, sources={"nights": "stated"}
    )
    assert entry.granted
    assert entry.body["request"]["facts"]["nights"] == 5
    assert entry.body["request"]["sources"] == {"nights": "stated"}
    assert entry.facts(reveal=True)["guest.id"] == "g-1"
    assert "g-1" not in entry.text
    assert str(ledger.balances(walked(), request())["guest-money"].used) == "60 EUR"
    assert ledger.redecide(entry.id).same
    assert ledger.redecide(task.id).same
    assert ledger.verify(thorough=True).ok


def test_what_was_sent_up_is_not_changed_by_whoever_answers(ledger: remit.Ledger) -> None:
    task = up(ledger, facts={"stay.id": "s-1"})
    for facts in ({"guest.id": "g-2"}, {"guest": {"id": "g-2"}}, {"stay.id": "s-2", "guest.id": "g-1"}):
        with pytest.raises(RequestError, match="was given when it was sent up"):
            ledger.approve(task.id, employee=SUPERVISOR, facts=facts)
    with pytest.raises(RequestError, match="unknown fact"):
        ledger.approve(task.id, employee=SUPERVISOR, facts={"weather": "rain"})
    assert ledger.approve(task.id, employee=SUPERVISOR, facts={"level": 2}).granted  # it was only assumed


def test_what_did_not_count_can_be_said_by_a_better_source(ledger: remit.Ledger) -> None:
    text = desk().model.text.replace("stay.id: {type: text}", "stay.id: {type: text, source: system}")
    policy = remit.loads(text.replace("guest-money, per: guest.id", "guest-money, per: stay.id"))
    task = ledger.escalate(policy, request("60 EUR", facts={"level": 4, "stay.id": "s-1"}, sources={"stay.id": "stated"}))
    assert task.body["missing"] == ["stay.id"]
    with pytest.raises(NotGranted):
        ledger.approve(task.id, employee=SUPERVISOR)
    entry = ledger.approve(task.id, employee=SUPERVISOR, facts={"stay.id": "s-1"})
    assert (entry.granted, entry.body["request"].get("sources")) == (True, None)


# The policy's owner


def test_the_owner_gives_what_no_role_can(ledger: remit.Ledger) -> None:
    task = up(ledger, "2000 EUR", evidence=["note"])
    assert task.body["to"] == "owner:guest-relations"
    assert [each.id for each in ledger.tasks(role="owner:guest-relations")] == [task.id]
    with pytest.raises(NotGranted, match="m-1 cannot approve it: guest-money: 300 EUR of 300 EUR left"):
        ledger.approve(task.id, employee=MANAGER)
    entry = ledger.approve(task.id, employee=OWNER)
    assert (entry.kind, entry.granted, entry.outcome) == ("approve", True, "escalate")
    assert entry.body["employee"] == {"id": "o-1", "role": "owner:guest-relations", "source": "stated"}
    assert str(ledger.balances(desk(), request())["guest-money"].used) == "2000 EUR"  # and nothing is left of it
    assert not ledger.grant(desk(), request("1 EUR")).granted
    assert ledger.redecide(entry.id).same
    for who in (MANAGER, {"id": "m-2", "role": "manager"}):
        with pytest.raises(NotAllowed, match="they may take it back themselves"):
            ledger.void(entry.id, employee=who, reason="No.")
    assert ledger.void(entry.id, employee=OWNER, reason="The wrong guest.").of == entry.id
    assert str(ledger.balances(desk(), request())["guest-money"].used) == "0 EUR"
    assert ledger.verify(thorough=True).ok


def test_the_owner_gives_nothing_that_is_denied_or_not_on_file(ledger: remit.Ledger) -> None:
    task = up(ledger, "2000 EUR")
    with pytest.raises(NotGranted):
        ledger.approve(task.id, employee=OWNER)
    with pytest.raises(NotGranted):
        ledger.approve(task.id, employee=OWNER, evidence=["note"], facts={"level": 3})  # threats: denied
    assert ledger.approve(task.id, employee=OWNER, evidence=["note"]).granted


def test_the_owner_answers_and_asks_nothing(ledger: remit.Ledger) -> None:
    for operation in (ledger.grant, ledger.decide, ledger.escalate):
        with pytest.raises(RequestError, match="unknown role `owner:guest-relations`"):
            operation(desk(), {**request(), "employee": OWNER})
    task = up(ledger, "2000 EUR", evidence=["note"])
    with pytest.raises(RequestError):
        ledger.approve(task.id, employee={"id": "o-1", "role": "owner:somebody-else"})
    with pytest.raises(NotAllowed, match="nobody answers what they asked"):
        ledger.approve(task.id, employee={**OWNER, "id": "E-1"})


def test_with_a_roster_the_owner_is_who_it_names(ledger: remit.Ledger) -> None:
    ledger.publish(desk(), by="ana")
    ledger.publish(staff(), by="m-1")
    task = ledger.escalate(desk(), {**request("2000 EUR", evidence=["note"]), "employee": {"id": "s-2"}})
    for who in ("x-1", "s-1"):
        with pytest.raises(NotAllowed, match="may not act as"):
            ledger.approve(task.id, employee={"id": who, "role": "owner:guest-relations"})
    with pytest.raises(NotGranted):
        ledger.approve(task.id, employee={"id": "m-1"})  # as a manager
    entry = ledger.approve(task.id, employee={"id": "m-1", "role": "owner:guest-relations"})
    assert entry.body["employee"] == {"id": "m-1", "role": "owner:guest-relations", "source": "roster"}


# Who may say no


@pytest.mark.parametrize(
    ("credit", "may", "may_not"),
    [
        ("60 EUR", ("supervisor", "manager", "owner:guest-relations"), ("associate",)),
        ("300 EUR", ("manager", "owner:guest-relations"), ("associate", "supervisor")),
        ("2000 EUR", ("manager", "owner:guest-relations"), ("associate", "supervisor")),
    ],
)
def test_who_could_not_approve_may_not_decline(ledger: remit.Ledger, credit: str, may: Any, may_not: Any) -> None:
    for number, role in enumerate(may):
        task = up(ledger, credit, guest=f"g-{number}", evidence=["note"])
        for other in may_not:
            with pytest.raises(NotAllowed, match="or above to answer, not for"):
                ledger.decline(task.id, employee={"id": "x", "role": other}, reason="No.")
        assert ledger.decline(task.id, employee={"id": "x", "role": role}, reason="No.").kind == "decline"


# What was found by trying


@pytest.mark.parametrize("facts", [{"level": None}, {"guest.id": None}, {"guest": {"id": None}}, {"case": None}])
def test_nothing_takes_nothing_away(ledger: remit.Ledger, facts: Any) -> None:
    """A null is not known: what was said when it was sent up holds."""
    task = up(ledger, "10 EUR", facts={"level": 4}, case="c-1")
    entry = ledger.approve(task.id, employee=SUPERVISOR, facts=facts)
    assert (entry.facts(reveal=True)["level"], entry.facts(reveal=True)["guest.id"], entry.case) == (4, "g-1", "c-1")
    to_manager = (
        desk()
        .model.text.replace("    then: escalate\n", "    then: escalate\n    to: manager\n", 1)
        .replace('version: "1"', 'version: "2"')
    )
    ledger.publish(remit.loads(to_manager), by="ana")
    other = ledger.escalate(remit.loads(to_manager), request("10 EUR", facts={"level": 4}, guest="g-2"))
    with pytest.raises(NotGranted):
        ledger.approve(other.id, employee=SUPERVISOR, facts=facts)


def test_sources_and_the_case_are_those_that_were_sent_up(ledger: remit.Ledger) -> None:
    text = desk().model.text.replace("stay.id: {type: text}", "stay.id: {type: text, source: system}")
    policy = remit.loads(text.replace("guest-money, per: guest.id", "guest-money, per: stay.id"))
    stated = {"stay.id": "stated", "guest.id": "stated"}
    task = ledger.escalate(policy, request("60 EUR", facts={"stay.id": "s-1"}, sources=stated, case="c-0"))
    for sources in ({"stay.id": "system"}, {"stay": {"id": "system"}}, {"guest.id": "system"}):
        with pytest.raises(RequestError, match="is not said here, so its source is not either"):
            ledger.approve(task.id, employee=SUPERVISOR, sources=sources)
    with pytest.raises(RequestError, match="the case was given when it was sent up"):
        ledger.approve(task.id, employee=SUPERVISOR, facts={"case": "c-1", "stay.id": "s-1"})


def test_the_owner_does_not_decide_about_their_own_account(ledger: remit.Ledger) -> None:
    from remit.ledger.people.roster_file import read_roster

    own = remit.loads(desk().model.text.replace("facts:", "own_account: guest.id\nfacts:", 1))
    text = staff().text.replace("publishes: true", "publishes: true, accounts: [g-9]")
    ledger.publish(read_roster(text), by="m-1")
    ledger.publish(own, by="m-1")
    task = ledger.escalate(own, {**request("60 EUR", guest="g-9"), "employee": {"id": "e-1"}})
    for role in ("manager", "owner:guest-relations"):
        with pytest.raises(NotGranted):
            ledger.approve(task.id, employee={"id": "m-1", "role": role})
    assert ledger.approve(task.id, employee={"id": "x-1"}).granted
