"""The preview of an approval is the approval: what would be decided, what is in the way, and what is left of every cap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import example, given
from hypothesis import strategies as st

import remit
from remit.errors import NotAllowed, NotGranted, RemitError
from remit.ledger import ApprovalPreview, Entry
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.staff import staffed
from support.trials import trials

APPROVALS = """
approvals:
  - {when: "asked.credit > 100 EUR", count: 2, by: supervisor, within: 4 hours}
  - {when: "asked.credit > 190 EUR", by: manager}
"""
T = TypeVar("T")

POLICIES = (desk(), remit.loads(desk().model.text + APPROVALS))
OWNER = {"id": "o-1", "role": "owner:guest-relations"}
WHO = (
    SUPERVISOR,
    {"id": "s-2", "role": "supervisor"},
    MANAGER,
    OWNER,
    {"id": "e-1", "role": "manager"},
    {"id": "e-2", "role": "associate"},
    {"id": "x", "role": "chef"},
)

amounts = st.sampled_from((5, 51, 70, 101, 150, 151, 190, 200, 201, 260, 300, 301, 1000, 1500))
money = amounts.map(lambda amount: {"credit": f"{amount} EUR"})
bundles = st.one_of(money, st.just({"points": 6000}), st.just({"late": True}), st.just({"credit": "60 EUR", "points": 9}))
people = st.sampled_from(WHO)
guests = st.sampled_from((None, "g-1", "g-1", "g-2"))
answers = st.fixed_dictionaries(
    {"employee": people},
    optional={
        "asked": bundles,
        "facts": st.sampled_from(({"guest.id": "g-1"}, {"level": 4}, {"rate": "90 EUR", "level": 5}, {"weather": "rain"})),
        "evidence": st.sampled_from((("note",), ())),
        "story": st.just("Their tenth stay."),
        "use_discretion": st.booleans(),
    },
)
earlier = st.lists(st.tuples(st.sampled_from(("s-1", "s-2", "m-1", "e-1")), guests, amounts), max_size=5)


def sent_up(ledger: remit.Ledger, policy: remit.Policy, asked: dict[str, Any], guest: str | None, level: int) -> Entry | None:
    facts = {"level": level, "rate": "80 EUR"}
    task = ledger.escalate(policy, request(None, guest, asked=asked, facts=facts, case="c-1"))
    return task if task.kind == "escalate" else None


def spend(ledger: remit.Ledger, policy: remit.Policy, before: list[Any]) -> None:
    roles = {"s": "supervisor", "m": "manager", "e": "associate"}
    for number, (who, guest, amount) in enumerate(before):
        more = {"evidence": ["note"], "key": f"k-{number}"}
        ledger.grant(policy, request(f"{amount} EUR", guest or "g-3", who, roles[who[0]], **more))


def tried(call: Callable[[], T]) -> T | RemitError:
    """What it gives, or raises."""
    try:
        return call()
    except RemitError as error:
        return error


def hold_equal(ledger: remit.Ledger, task: Entry, answer: dict[str, Any]) -> None:
    """Preview, approve, and compare."""
    tried(lambda: ledger.preview_approval(task.id, **answer))  # passes on what has waited too long
    size = ledger.head().size
    seen = tried(lambda: ledger.preview_approval(task.id, **answer))
    assert ledger.head().size == size
    done = tried(lambda: ledger.approve(task.id, **answer))
    if isinstance(done, NotGranted):
        assert isinstance(seen, ApprovalPreview)
        assert (seen.kind, seen.in_the_way, seen.decision) == (None, str(done), done.decision)
    elif isinstance(done, RemitError):
        assert (type(seen), str(seen)) == (type(done), str(done))
    else:
        assert isinstance(seen, ApprovalPreview)
        assert (seen.kind, seen.in_the_way, seen.decision) == (done.kind, None, done.decision)
        if done.kind == "approve":
            held_back(ledger, task, done, seen)


def held_back(ledger: remit.Ledger, task: Entry, entry: Entry, seen: ApprovalPreview) -> None:
    """What is left is what was said that would be left."""
    policy = ledger.policy_of(task)
    role = policy.model.deciding_role(str(entry.role))
    facts = {name: value for name, value in entry.facts(reveal=True).items() if name == "guest.id"}
    now = ledger.balances(policy, {**request(None, None, str(entry.employee), role, facts=facts), "case": entry.case})
    told = {name: each.left for name, each in now.items()}
    assert {name: seen.left_after(name) for name in seen.balances if within(seen, name)} == {
        name: left for name, left in told.items() if within(seen, name)
    }


def within(seen: ApprovalPreview, name: str) -> bool:
    """Whether a cap covers what it is charged; the owner is held by none."""
    left = seen.left_after(name)
    return left is None or str(left)[:1] != "-"


@trials(300)
@given(
    st.sampled_from(POLICIES),
    bundles,
    guests,
    st.integers(1, 5),
    earlier,
    st.lists(st.tuples(st.sampled_from((0, 3, 13, 24 * 31)), answers), min_size=1, max_size=4),
)
@example(POLICIES[0], {"credit": "120 EUR"}, "g-1", 1, [], [(0, {"employee": SUPERVISOR})])
@example(POLICIES[1], {"credit": "120 EUR"}, "g-1", 1, [], [(0, {"employee": SUPERVISOR}), (5, {"employee": SUPERVISOR})])
@example(POLICIES[0], {"credit": "1500 EUR"}, "g-1", 1, [], [(0, {"employee": OWNER, "evidence": ("note",)})])
@example(POLICIES[0], {"credit": "60 EUR"}, None, 4, [], [(0, {"employee": SUPERVISOR, "facts": {"guest.id": "g-1"}})])
@example(POLICIES[0], {"credit": "120 EUR"}, "g-1", 1, [("s-1", "g-2", 150)] * 3, [(3, {"employee": SUPERVISOR})])
@example(POLICIES[0], {"credit": "120 EUR"}, "g-1", 1, [("s-1", "g-2", 150)] * 3, [(13, {"employee": SUPERVISOR})])
def test_the_preview_of_an_approval_is_the_approval(
    policy: remit.Policy,
    asked: dict[str, Any],
    guest: str | None,
    level: int,
    before: list[Any],
    tries: list[tuple[int, dict[str, Any]]],
) -> None:
    clock = Clock()
    with remit.open_ledger(":memory:", clock=clock, max_clock_jump=timedelta(days=400)) as ledger:
        spend(ledger, policy, before)
        task = sent_up(ledger, policy, asked, guest, level)
        for hours, answer in tries if task is not None else ():
            assert task is not None
            clock.go(hours=hours)
            hold_equal(ledger, task, answer)


@trials(60)
@given(bundles, guests, earlier, st.sampled_from((SUPERVISOR, MANAGER)))
def test_what_a_preview_offers_can_be_given_and_no_more(
    asked: dict[str, Any], guest: str | None, before: list[Any], who: dict[str, str]
) -> None:
    with remit.open_ledger(":memory:", clock=Clock()) as ledger:
        spend(ledger, desk(), before)
        task = sent_up(ledger, desk(), asked, guest, 1)
        if task is None:
            return
        answer = {"employee": who, "facts": {} if guest else {"guest.id": "g-1"}}
        for offer in ledger.preview_approval(task.id, **answer).decision.offers:
            proof = ("note",) if "note" in offer.evidence else ()
            most = ledger.preview_approval(task.id, **answer, asked={offer.remedy: offer.amount}, evidence=proof)
            assert most.kind == "approve", offer
            if isinstance(offer.amount, remit.Money):
                above = {offer.remedy: remit.Money.from_minor(offer.amount.minor + 1, "EUR")}
                assert ledger.preview_approval(task.id, **answer, asked=above, evidence=("note",)).kind is None


def test_by_the_roster_it_is_the_approval_too(ledger: remit.Ledger) -> None:
    staffed(ledger)
    for amount in ("120 EUR", "160 EUR", "2000 EUR"):
        for who in ({"id": "s-1"}, {"id": "s-2"}, {"id": "nobody"}, {"id": "m-1"}, {"id": "m-1", "role": OWNER["role"]}):
            task = ledger.escalate(desk(), {**request(amount), "employee": {"id": "e-1"}})
            hold_equal(ledger, task, {"employee": who, "evidence": ("note",)})
            hold_equal(ledger, task, {"employee": {"id": "m-1"}})
            if any(each.id == task.id for each in ledger.tasks()):
                ledger.decline(task.id, employee={"id": "m-1"}, reason="No.")


def test_a_preview_says_what_would_be_left_of_the_approvers_caps(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), request("120 EUR"))
    seen = ledger.preview_approval(task.id, employee=SUPERVISOR)
    assert (seen.kind, seen.in_the_way) == ("approve", None)
    left = {name: (str(each.left), str(seen.left_after(name))) for name, each in seen.balances.items()}
    assert left == {
        "guest-money": ("300 EUR", "180 EUR"),
        "guest-grants": ("4", "3"),
        "desk-day": ("500 EUR", "380 EUR"),
        "discretion": ("200 EUR", "200 EUR"),
    }
    assert (str(seen.charge("guest-grants")), seen.charge("discretion")) == ("1", None)


def test_a_preview_says_what_is_in_the_way_and_the_most_they_could_give(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), request("250 EUR"))
    seen = ledger.preview_approval(task.id, employee=SUPERVISOR, evidence=["note"])
    assert seen.kind is None
    assert seen.in_the_way is not None
    assert "250 EUR is more than the 200 EUR" in seen.in_the_way
    assert next(str(offer.amount) for offer in seen.decision.offers if offer.remedy == "credit") == "200 EUR"
    ledger.decline(task.id, employee=MANAGER, reason="No.")
    assert isinstance(tried(lambda: ledger.preview_approval(task.id, employee=SUPERVISOR)), NotAllowed)
