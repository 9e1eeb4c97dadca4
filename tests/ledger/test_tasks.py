"""What goes up: who may approve and decline, whose caps and discretion count, and that nobody answers what they asked."""

from __future__ import annotations

import pytest

import remit
from remit.errors import NotAllowed, NotGranted
from remit.ledger import Entry
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request


def escalated(ledger: remit.Ledger, **asked: object) -> Entry:
    task = ledger.escalate(desk(), request(**({"credit": "120 EUR"} | asked)))  # type: ignore[arg-type]
    assert task.kind == "escalate"
    return task


def test_a_task_names_the_lowest_role_that_can_approve_and_holds_all_they_need(ledger: remit.Ledger) -> None:
    task = escalated(ledger, case="c-1", facts={"stay.id": "s-9"})
    (open_task,) = ledger.tasks()
    assert (open_task.id, open_task.role) == (task.id, "supervisor")
    assert open_task.entry.facts(reveal=True)["stay.id"] == "s-9"
    assert open_task.entry.facts(reveal=True)["guest.id"] == "g-1"
    assert open_task.entry.decision == task.decision
    assert task.body["to"] == "supervisor"
    assert [len(ledger.tasks(role=role)) for role in ("associate", "supervisor", "manager")] == [0, 1, 1]


def test_an_approval_is_the_approvers_own_grant(ledger: remit.Ledger) -> None:
    task = escalated(ledger)
    approved = ledger.approve(task.id, employee=SUPERVISOR)
    assert (approved.kind, approved.granted, approved.of, approved.employee) == ("approve", True, task.id, "s-1")
    assert approved.body["requester"] == {"id": "e-1", "role": "associate", "source": "stated"}
    assert str(ledger.balances(desk(), request(employee="s-1", role="supervisor"))["desk-day"].used) == "120 EUR"
    assert str(ledger.balances(desk(), request())["desk-day"].used) == "0 EUR"
    assert str(ledger.balances(desk(), request())["guest-money"].used) == "120 EUR"
    assert ledger.tasks() == []
    with pytest.raises(NotAllowed, match=f"was approved already, by {approved.id}"):
        ledger.approve(task.id, employee=MANAGER)
    with pytest.raises(NotAllowed, match="was approved already"):
        ledger.decline(task.id, employee=MANAGER, reason="Too late.")
    assert ledger.void(approved.id, employee=MANAGER, reason="No.").of == approved.id


def test_an_approval_may_give_less_or_something_else(ledger: remit.Ledger) -> None:
    less = ledger.approve(escalated(ledger).id, employee=SUPERVISOR, asked={"credit": "70 EUR"})
    assert {name: str(amount) for name, amount in less.decision.asked.items()} == {"credit": "70 EUR"}  # type: ignore[union-attr]
    other = ledger.approve(escalated(ledger).id, employee=SUPERVISOR, asked={"late": True})
    assert other.granted
    assert str(ledger.balances(desk(), request())["guest-money"].used) == "70 EUR"


def test_an_approver_who_cannot_is_told_so_and_the_task_stays_open(ledger: remit.Ledger) -> None:
    task = escalated(ledger, credit="250 EUR")
    size = ledger.head().size
    with pytest.raises(NotGranted, match="s-1 cannot approve it: 250 EUR is more than the 200 EUR") as refused:
        ledger.approve(task.id, employee=SUPERVISOR, evidence=["note"], key="k")
    assert refused.value.decision.outcome == "escalate"
    with pytest.raises(NotGranted, match="m-1 cannot approve it yet: note must be known first") as wants:
        ledger.approve(task.id, employee=MANAGER, key="k")
    assert (wants.value.decision.outcome, wants.value.decision.missing.evidence) == ("ask", ("note",))
    assert ledger.head().size == size  # and no key is bound
    assert [each.id for each in ledger.tasks()] == [task.id]
    assert ledger.approve(task.id, employee=MANAGER, evidence=["note"], key="k").granted


def test_an_approver_is_bound_by_their_own_caps(ledger: remit.Ledger) -> None:
    for number in range(3):
        guest = f"other-{number}"
        assert ledger.grant(desk(), request("150 EUR", guest=guest, employee="s-1", role="supervisor")).granted
    with pytest.raises(NotGranted) as refused:
        ledger.approve(escalated(ledger).id, employee=SUPERVISOR)
    assert refused.value.decision.reasons[0].id == "desk-day"
    assert ledger.approve(escalated(ledger).id, employee={"id": "s-2", "role": "supervisor"}).granted


def test_a_guardrail_that_sends_up_does_not_send_the_approver_up_again(ledger: remit.Ledger) -> None:
    task = escalated(ledger, credit="10 EUR", facts={"level": 4})
    assert task.decision is not None
    assert task.decision.approver == "supervisor"
    approved = ledger.approve(task.id, employee=SUPERVISOR)
    assert approved.granted
    assert ledger.redecide(approved.id).same
    own = ledger.grant(desk(), request("10 EUR", employee="s-1", role="supervisor", facts={"level": 4}))
    assert own.outcome == "escalate"


def test_nobody_answers_what_they_asked(ledger: remit.Ledger) -> None:
    task = escalated(ledger)
    promoted = {"id": "e-1", "role": "manager"}
    with pytest.raises(NotAllowed, match="nobody answers what they asked themselves"):
        ledger.approve(task.id, employee=promoted)
    with pytest.raises(NotAllowed, match="nobody answers what they asked themselves"):
        ledger.decline(task.id, employee=promoted, reason="No.")


def test_a_task_is_declined_with_a_reason_by_who_could_approve_it(ledger: remit.Ledger) -> None:
    task = escalated(ledger)
    with pytest.raises(NotAllowed, match="is for a supervisor or above to answer, not for an associate"):
        ledger.decline(task.id, employee={"id": "e-2", "role": "associate"}, reason="No.")
    with pytest.raises(NotAllowed, match="`chef` is no role"):
        ledger.decline(task.id, employee={"id": "e-2", "role": "chef"}, reason="No.")
    with pytest.raises(NotAllowed, match="a reason is required"):
        ledger.decline(task.id, employee=SUPERVISOR, reason="")
    declined = ledger.decline(task.id, employee=SUPERVISOR, reason="The guest was not here.", key="d")
    assert (declined.kind, declined.of, declined.words("reason", reveal=True)) == (
        "decline",
        task.id,
        "The guest was not here.",
    )
    assert ledger.decline(task.id, employee=SUPERVISOR, reason="The guest was not here.", key="d").id == declined.id
    with pytest.raises(NotAllowed, match="was declined already"):
        ledger.approve(task.id, employee=MANAGER)
    assert ledger.tasks() == []


def test_what_nobody_can_approve_goes_to_the_owner_and_the_top_may_decline_it(ledger: remit.Ledger) -> None:
    task = escalated(ledger, credit="2000 EUR")
    assert task.body["to"] == "owner:guest-relations"
    (open_task,) = ledger.tasks(role="manager")
    assert open_task.role is None
    assert ledger.decline(task.id, employee=MANAGER, reason="Too much.").kind == "decline"


def test_only_what_must_go_up_goes_up(ledger: remit.Ledger) -> None:
    for asked, outcome in ((request("10 EUR"), "grant"), (request(facts={"level": 3}), "deny"), (request(guest=None), "ask")):
        entry = ledger.escalate(desk(), asked)
        assert (entry.kind, entry.outcome, entry.body["tried"]) == ("decide", outcome, "escalate")
    assert ledger.tasks() == []


def test_an_approval_is_safe_to_repeat_and_decides_with_the_policy_of_the_task(ledger: remit.Ledger) -> None:
    task = escalated(ledger)
    approved = ledger.approve(task.id, employee=SUPERVISOR, key="a")
    assert ledger.approve(task.id, employee=SUPERVISOR, key="a").id == approved.id
    assert approved.body["policy"] == task.body["policy"]


def test_an_approvers_own_discretion_serves_them(ledger: remit.Ledger) -> None:
    task = escalated(ledger, credit="250 EUR", evidence=["note"])
    approved = ledger.approve(task.id, employee=SUPERVISOR, use_discretion=True, story="Their tenth stay.")
    assert approved.granted
    assert str(ledger.balances(desk(), request(employee="s-1", role="supervisor"))["discretion"].used) == "50 EUR"


def test_facts_that_were_erased_end_a_task(ledger: remit.Ledger, clock: Clock) -> None:
    task = escalated(ledger)
    ledger.erase("guest.id", "g-1")
    with pytest.raises(NotAllowed, match=r"were erased \(facts.guest.id\): it cannot be decided again"):
        ledger.approve(task.id, employee=SUPERVISOR)
    assert ledger.decline(task.id, employee=SUPERVISOR, reason="Gone.").kind == "decline"
