"""What is left of the caps and the discretion that bind a decision: as data, and as rows of the answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import remit
from remit.deciding.policy import reference_decision
from remit.decision.page.budgets import binding, budget_rows, budgets
from remit.decision.page.render import render
from remit.language.values import Money
from remit.policy.loader import read_model
from support.desk import desk, request
from support.small_policy import caps, full_facts, policies, requests, text_of


@given(policies(), caps(), requests(full_facts()), st.data())
def test_what_holds_an_offer_down_is_shown_with_what_is_left(
    policy: Any, given_caps: Any, asked: Any, data: st.DataObject
) -> None:
    model = read_model(text_of({**policy, "caps": given_caps}), "small.yaml")
    used: dict[str, Any] = {}
    for cap in model.caps:
        amount = data.draw(st.integers(0, 45))
        used[cap.id] = f"{amount} EUR" if cap.measure == "amount" else amount // 15
    asked["evidence"] = [name for name in asked.get("evidence", ()) if name in model.evidence]
    decision = reference_decision(model, asked, balances=used)
    known = {name: {"used": amount} for name, amount in used.items()}
    shown = {each.name: each for each in binding(decision, model, known)}
    held = {each.binding for each in decision.remedies.values()}
    event(f"{len(shown)} shown")
    for budget in budgets(model, decision.role, known):
        if f"cap:{budget.name}" in held:
            assert budget.name in shown
        elif budget.name in shown:
            assert budget.is_used
    for offer in decision.offers:
        name, _, text = (offer.left or "").partition(": ")
        if name:
            left, most = shown[name].left, shown[name].most
            words = "" if isinstance(most, Money) or shown[name].measure == "units" else " grants"
            assert text.replace(" grant ", " grants ").startswith(f"{left}{words} of {most}")


ROOM = [  # what the rules let the associate give at the desk: 50 EUR, 5000 points, a late checkout
    ("nothing is used, and there is room for all", {}, []),
    ("something is used", {"guest-money": "20 EUR"}, [("For this guest in 90 days", "280 of 300 EUR")]),
    ("less is left than the rules would give", {"desk-day": "60 EUR"}, [("For you today", "40 of 100 EUR")]),
    ("nothing is left", {"guest-grants": 4}, [("For this guest this month", "0 of 4 grants")]),
    (
        "the discretion was used, too",
        {"guest-grants": 3, "discretion": "12.50 EUR"},
        [("For this guest this month", "1 of 4 grants"), ("Your own discretion this month", "17.50 of 30 EUR")],
    ),
]


@pytest.mark.parametrize(("used", "rows"), [each[1:] for each in ROOM], ids=[each[0] for each in ROOM])
def test_which_are_shown(used: dict[str, Any], rows: list[tuple[str, str]]) -> None:
    policy = desk()
    nothing = {"guest-money": "0 EUR", "guest-grants": 0, "desk-day": "0 EUR", "discretion": "0 EUR"}
    known = {name: {"used": amount} for name, amount in {**nothing, **used}.items()}
    history = {"guest.visits": 0, "guest.received": "0 EUR"}
    decision = policy.decide(request(None), balances={**nothing, **used}, history=history)
    found = binding(decision, policy.model, known)
    assert [(row.left, row.right) for row in budget_rows(found, policy.model, decision)] == rows


def test_nothing_is_shown_where_nothing_may_be_given() -> None:
    policy = desk()
    decision = policy.decide(request(None, facts={"level": 3}), balances={"guest-money": "20 EUR"})
    assert decision.outcome == "deny"
    assert binding(decision, policy.model, {"guest-money": {"used": "20 EUR"}}) == []


def test_a_record_has_what_the_page_needs(tmp_path: Path) -> None:
    """Before and after a grant; the day on which something comes back is told once nothing is left."""
    policy = desk()
    with remit.open_ledger(tmp_path / "ledger.db") as ledger:
        first = ledger.grant(policy, request("50 EUR"))
        assert lines(policy, first, given=True)[:2] == [
            ("For this guest in 90 days", "250 of 300 EUR"),
            ("For this guest this month", "3 of 4 grants"),
        ]
        again = ledger.decide(policy, request("20 EUR", key="k"))
        assert lines(policy, again)[-1] == ("For you today", "50 of 100 EUR; 30 EUR after this")
        ledger.grant(policy, request("50 EUR", key="l"))
        spent = ledger.decide(policy, request(None, key="m"))
        left, right = lines(policy, spent)[-1]
        day = spent.body["read"]["balances"]["desk-day"]["until"]
        assert (left, right) == ("For you today", f"0 of 100 EUR; more from {day}")
        live = {name: each.to_dict() for name, each in ledger.balances(policy, request(None)).items()}
        assert spent.decision is not None
        assert binding(spent.decision, policy.model, live) == binding(
            spent.decision, policy.model, spent.body["read"]["balances"]
        )
        assert live["desk-day"]["until"] == day > date.min.isoformat()


def lines(policy: Any, entry: Any, *, given: bool = False) -> list[tuple[str, str]]:
    found = binding(entry.decision, policy.model, entry.body["read"]["balances"], given=given)
    return [(row.left, row.right) for row in budget_rows(found, policy.model, entry.decision, given=given)]


def test_what_is_not_known_without_a_fact(tmp_path: Path) -> None:
    policy = desk()
    with remit.open_ledger(tmp_path / "ledger.db") as ledger:
        known = {name: each.to_dict() for name, each in ledger.balances(policy, request(None, guest=None)).items()}
    rows = [(row.left, row.right) for row in budget_rows(budgets(policy.model, "associate", known), policy.model)]
    assert rows == [
        ("For this guest in 90 days", "not known yet, of 300 EUR: Guest id?"),
        ("For this guest this month", "not known yet, of 4 grants: Guest id?"),
        ("For you today", "100 of 100 EUR"),
        ("Your own discretion this month", "30 of 30 EUR"),
    ]


NAMES = [
    ("[guest.id, employee.id]", "lifetime", "For this guest and you"),
    ("employee.role", "calendar quarter", "For your role this quarter"),
    ("guest.id", "case", "For this guest and this case"),
    ("stay.id", "calendar year from april", "For this stay this year"),
    ("[]", "calendar week", "For everyone this week"),
]


@pytest.mark.parametrize(("per", "over", "said"), NAMES)
def test_whose_a_budget_is(per: str, over: str, said: str) -> None:
    model = desk(f"\n  - {{id: c, {f'per: {per}, ' if per != '[]' else ''}over: {over}, max: 3 grants}}\n").model
    (row,) = budget_rows(budgets(model, "associate", {"c": {"used": 1}}), model)
    assert (row.left, row.right) == (said, "2 of 3 grants")


def test_two_of_the_same_say_what_they_count() -> None:
    line = "\n  - {{id: {}, per: guest.id, over: lifetime, max: 300 EUR, counts: {}}}"
    model = desk(line.format("a", "[credit]") + line.format("b", "[points, late]") + "\n").model
    rows = budget_rows(budgets(model, "associate", {"a": {"used": "1 EUR"}, "b": {"used": "1 EUR"}}), model)
    assert [row.left for row in rows] == ["For this guest, folio credit", "For this guest, points and late checkout"]


def test_the_page_tells_of_them_once() -> None:
    """A cap that stands among the reasons is not repeated, and what an offer leaves is in the block."""
    policy = desk()
    used = {"guest-money": "280 EUR", "guest-grants": 0, "desk-day": "10 EUR", "discretion": "0 EUR"}
    history = {"guest.visits": 0, "guest.received": "0 EUR"}
    decision = policy.decide(request("30 EUR"), balances=used, history=history)
    known = {name: {"used": amount} for name, amount in used.items()}
    page = render(decision, policy.model, balances=known).paint()
    assert "guest-money" in page
    assert "For this guest" not in page
    assert "For you today  90 of 100 EUR" in page
    assert "What is left" not in render(decision, policy.model).paint()
