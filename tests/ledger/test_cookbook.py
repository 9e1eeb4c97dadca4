"""The cookbook's policies that need a ledger, run as it says, with what is read at the counter."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import remit
from remit.authoring.show import about_fact
from remit.decision.page.render import render
from remit.ledger import Entry
from remit.ledger.asking import Decider
from remit.policy.phrases import question
from support.desk import Clock
from support.golden import same_as

_PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"


@cache
def recipe(name: str) -> remit.Policy:
    """The policy of the cookbook with this name."""
    blocks = re.findall(r"```yaml\n(policy: .*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (text,) = (block for block in blocks if block.startswith(f"policy: {name}\n"))
    return remit.loads(text, f"{name}.yaml")


def told(entry: Entry, policy: Decider) -> str:
    """What is read at the counter."""
    assert entry.decision is not None
    return render(entry.decision, policy.model).paint(80) + "\n"


def trip(ledger: remit.Ledger, case: str, minutes: int, amount: str = "8 EUR", ticket: str = "T-1") -> Entry:
    return ledger.grant(
        recipe("season-ticket"),
        {
            "employee": {"id": "e-1", "role": "agent"},
            "asked": {"refund": amount},
            "facts": {"ticket.id": ticket, "trip.delay": minutes},
            "case": case,
        },
    )


def test_delays_add_up_to_an_hour_and_each_hour_is_paid_once(ledger: remit.Ledger, clock: Clock) -> None:
    first = trip(ledger, "trip-1", 25)
    same_as("cli/histories/delay-noted.txt", told(first, recipe("season-ticket")))
    assert [trip(ledger, "trip-1", 25).outcome, trip(ledger, "trip-2", 20).outcome] == ["deny", "deny"]
    third = trip(ledger, "trip-3", 15)
    same_as("cli/histories/delays-add-up.txt", told(third, recipe("season-ticket")))
    assert third.granted
    assert trip(ledger, "trip-4", 10).outcome == "deny"
    assert trip(ledger, "trip-4", 10, ticket="T-2").outcome == "deny"
    assert trip(ledger, "trip-5", 110, "16 EUR").granted  # to three hours
    clock.go(days=31)
    assert trip(ledger, "trip-6", 59).outcome == "deny"
    assert ledger.verify(thorough=True).ok


def dispute(ledger: remit.Ledger, case: str) -> Entry:
    return ledger.grant(
        recipe("card-disputes"),
        {
            "employee": {"id": "e-1", "role": "agent"},
            "asked": {"credit": "80 USD"},
            "facts": {"account.id": "A-1", "payment.amount": "80 USD"},
            "case": case,
        },
    )


def test_the_fourth_dispute_in_a_year_goes_to_a_specialist(ledger: remit.Ledger, clock: Clock) -> None:
    for case in ("d-1", "d-2", "d-2", "d-3", "d-3", "d-3"):
        dispute(ledger, case)
    fourth = dispute(ledger, "d-4")
    same_as("cli/histories/fourth-dispute.txt", told(fourth, recipe("card-disputes")))
    assert fourth.outcome == "escalate"
    assert dispute(ledger, "d-1").outcome == "escalate"  # three others, by now
    clock.go(days=366)
    assert dispute(ledger, "d-5").granted


def test_one_budget_for_the_desk_and_the_restaurant(ledger: remit.Ledger) -> None:
    facts = {"guest.id": "g-1"}
    desk = {"employee": {"id": "e-1", "role": "associate"}, "asked": {"credit": "60 EUR"}, "facts": facts}
    table = {"employee": {"id": "e-2", "role": "waiter"}, "asked": {"meal": "60 EUR"}, "facts": facts}
    assert ledger.grant(recipe("rooms"), desk).granted
    entry = ledger.grant(recipe("restaurant"), table)
    same_as("cli/histories/shared-budget.txt", told(entry, recipe("restaurant")))
    assert not entry.granted
    assert ledger.grant(recipe("restaurant"), {**table, "asked": {"meal": "40 EUR"}}).granted


def test_one_budget_in_several_currencies(ledger: remit.Ledger) -> None:
    group, facts = recipe("group"), {"guest.id": "g-1", "stay.id": "s-1"}
    desk = {"employee": {"id": "e-1", "role": "associate"}, "facts": facts}
    for amount in ("40 EUR", "45 USD"):
        assert ledger.grant(group, {**desk, "asked": {"credit": amount}}).granted
    last = ledger.grant(group, {**desk, "asked": {"credit": "6000 JPY"}})
    same_as("cli/histories/budget-in-yen.txt", told(last, ledger.policy_of(last)))
    assert not last.granted
    cancelled = {**desk, "facts": {**facts, "stay.cancelled": True}}
    assert ledger.grant(group, {**cancelled, "asked": {"refund": "215 USD"}}).granted
    assert not ledger.grant(group, {**cancelled, "asked": {"refund": "33000 JPY"}}).granted


FORMS = (
    "count: grants", "count: grants, of: credit", "count: voids, of: credit", "count: cases", "count: cases, of: credit",
    "count: requests", "count: escalations", "count: denials, of: credit", "sum: credit", "sum: trip.delay",
)  # fmt: skip


def _read(form: str) -> Any:
    kind = "money" if form == "sum: credit" else "integer"
    text = (
        'policy: p\ntitle: P\nversion: "1"\nowner: o\ncurrency: EUR\nladder: [agent]\n'
        "facts:\n  guest.id: {type: text}\n  trip.delay: {type: integer, min: 0}\n"
        f"  seen: {{type: {kind}, history: {{{form}, per: guest.id, over: 90 days}}}}\n"
        "remedies:\n  credit: {type: money, title: Credit}\n"
        "rules:\n  - {id: r, because: It is fair., may: {credit: 10 EUR}}\n"
    )
    return remit.loads(text, "p.yaml").model.facts["seen"]


def test_every_form_of_a_history_is_said_in_words() -> None:
    facts = [(form, _read(form)) for form in FORMS]
    same_as(
        "cli/histories/words.txt",
        "".join(f"{form}\n  {question(fact)}\n  {about_fact(fact)}\n" for form, fact in facts),
    )
