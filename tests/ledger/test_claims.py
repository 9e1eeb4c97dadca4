"""Law 9 on the ledger: a claim is paid once, whatever the key, the operation, the policy or the moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

import remit
from remit.errors import NotAllowed, NotGranted
from support.desk import Clock

TEXT = """
policy: {name}
title: Claims
version: "{version}"
owner: boss
currency: EUR
ladder: [agent, lead, manager]
facts:
  rate: {{type: money, min: 0 EUR, default: 200 EUR}}
  stay: {{type: text, personal: true}}
  flight: {{type: text}}
  kind: {{type: choice, of: [walked, late, noise], default: walked}}
remedies:
  credit: {{type: money, title: Credit}}
  cash: {{type: money, title: Cash}}
  voucher: {{type: money, title: Voucher}}
  meals: {{type: exception, title: Meals}}
  points: {{type: count, title: Points}}
rules:
  - id: walked
    because: A guest without a room is owed the night.
    when: {{kind: walked}}
    owed: {{credit: rate, meals: true, points: 500}}
    may: {{credit: {{agent: rate + 50 EUR, lead: rate + 150 EUR}}}}
  - id: late
    because: Three hours are paid.
    when: {{kind: late}}
    claim: {{per: [stay, flight], shared: delay}}
    owed: {{cash: 250 EUR}}
    may: {{voucher: 300 EUR}}
  - id: gesture
    because: A small thing is put right.
    may: {{credit: 30 EUR}}
claim: {{per: stay}}
caps:
  - {{id: month, per: employee.id, over: calendar month, max: 10000 EUR, counts: [credit]}}
"""
HOUR = timedelta(hours=1)
MANAGER = {"id": "m", "role": "manager"}


def policy(name: str = "claims", version: str = "1") -> remit.Policy:
    return remit.loads(TEXT.format(name=name, version=version), f"{name}.yaml")


def ask(role: str = "lead", stay: str | None = "s-1", **more: Any) -> dict[str, Any]:
    facts = {name: more.pop(name) for name in ("kind", "flight", "rate") if name in more}
    return {"employee": {"id": f"e-{role}", "role": role}, "facts": {"stay": stay, **facts}, "asked": more.pop("asked", more)}


def received(ledger: remit.Ledger, remedy: str = "credit", **more: Any) -> str:
    detail = ledger.preview(policy(), ask(**more)).remedies[remedy]
    return str(detail.received)


@pytest.fixture
def ledger(ledger: remit.Ledger) -> Iterator[remit.Ledger]:
    """After every test, each decision on record comes out the same again."""
    yield ledger
    records = list(ledger.records())
    if not any(entry.kind == "erase" for entry in records):
        for entry in records:
            found = ledger.redecide(entry.id) if entry.decision is not None else None
            assert found is None or found.same, (entry.text, found.differences)


def test_the_amount_owed_and_the_limit_are_totals(ledger: remit.Ledger) -> None:
    assert ledger.grant(policy(), ask(credit="200 EUR")).granted
    refused = ledger.grant(policy(), ask(credit="200 EUR"))
    assert (refused.outcome, refused.decision.escalate_to) == ("escalate", "owner:boss")
    detail = refused.decision.remedies["credit"]
    assert (str(detail.owed), str(detail.limit), str(detail.received)) == ("0 EUR", "150 EUR", "200 EUR")
    assert [str(offer.amount) for offer in refused.decision.offers if offer.remedy == "credit"] == ["150 EUR"]
    assert refused.decision.reasons[0].kind == "claim"
    assert (
        policy()
        .text(refused.decision)
        .replace("\n", " ")
        .startswith(
            "Already given for this claim: 200 EUR credit. This is more than is left of it: 200 EUR credit. It goes to boss"
        )
    )
    assert ledger.grant(policy(), ask(credit="150 EUR")).granted
    assert not ledger.grant(policy(), ask(credit="0.01 EUR")).granted
    assert ledger.grant(policy(), ask(stay="s-2", credit="350 EUR")).granted  # another claim


def test_goodwill_of_a_claim_counts_and_goodwill_without_one_does_not(ledger: remit.Ledger) -> None:
    for _ in range(3):
        assert ledger.grant(policy(), ask(kind="noise", credit="30 EUR")).granted  # nothing is owed: only caps bound it
    assert received(ledger) == "90 EUR"
    assert str(ledger.preview(policy(), ask()).still_owed["credit"]) == "110 EUR"


@pytest.mark.parametrize(("remedy", "amount", "had"), [("meals", True, "True"), ("points", 500, "500")])
def test_exceptions_and_counts(ledger: remit.Ledger, remedy: str, amount: Any, had: str) -> None:
    assert ledger.grant(policy(), ask(asked={remedy: amount})).granted
    assert not ledger.grant(policy(), ask(asked={remedy: amount})).granted
    assert received(ledger, remedy) == had


def test_what_is_owed_is_paid_in_parts_up_to_the_total(ledger: remit.Ledger) -> None:
    for _ in range(4):
        assert ledger.grant(policy(), ask("agent", credit="50 EUR")).granted
    last = ledger.grant(policy(), ask("agent", credit="50 EUR"))
    assert (last.granted, last.decision.charges) == (True, {"month": remit.Money.of("50 EUR")})  # goodwill, up to the limit
    assert not ledger.grant(policy(), ask("agent", credit="1 EUR")).granted
    assert ledger.grant(policy(), ask("lead", credit="100 EUR")).granted  # a lead may give 350 in all
    assert not ledger.grant(policy(), ask("manager", credit="1 EUR")).granted


def test_a_claim_without_a_name_is_asked_for(ledger: remit.Ledger) -> None:
    for facts, missing in (({"stay": None}, ("stay",)), ({"kind": "late", "stay": "s"}, ("flight",))):
        asked = {"credit": "1 EUR"} if "kind" not in facts else {"cash": "1 EUR"}
        entry = ledger.grant(policy(), ask(**facts, asked=asked))  # type: ignore[arg-type]
        assert (entry.outcome, entry.decision.missing.facts) == ("ask", missing)
        assert ledger.redecide(entry.id).same
    assert ledger.grant(policy(), ask(stay=None, kind="noise", credit="30 EUR")).granted  # nothing is owed: nobody asks


def test_without_a_claim_the_case_names_it(ledger: remit.Ledger) -> None:
    plain = remit.loads(TEXT.format(name="plain", version="1").replace("claim: {per: stay}\n", ""), "plain.yaml")
    assert ledger.grant(plain, ask(credit="200 EUR")).decision.missing.facts == ("case",)
    assert ledger.grant(plain, {**ask(credit="200 EUR"), "case": "C-1"}).granted
    assert not ledger.grant(plain, {**ask(stay="s-2", credit="200 EUR"), "case": "c-1 "}).granted
    assert ledger.grant(plain, {**ask(credit="200 EUR"), "case": "C-2"}).granted


def test_a_hold_counts_until_it_is_let_go(ledger: remit.Ledger, clock: Clock) -> None:
    for close in ("release", "expiry", "part", "all"):
        stay = f"s-{close}"
        hold = ledger.hold(policy(), ask(stay=stay, credit="200 EUR"), lasts=HOUR)
        assert hold.granted
        assert not ledger.grant(policy(), ask(stay=stay, credit="200 EUR")).granted
        if close == "release":
            ledger.release(hold.id, employee=MANAGER)
        elif close == "expiry":
            clock.now += HOUR
        else:
            ledger.settle(hold.id, employee=MANAGER, given={"credit": "120 EUR"} if close == "part" else None)
        had = {"part": "120 EUR", "all": "200 EUR"}.get(close, "None")
        after = ledger.grant(policy(), ask(stay=stay, credit="1 EUR"))  # what has run out is released by whoever writes next
        assert str(after.decision.remedies["credit"].received) == had


def test_a_void_gives_back_once(ledger: remit.Ledger) -> None:
    grant = ledger.grant(policy(), ask(credit="200 EUR"))
    ledger.void(grant.id, employee=MANAGER, reason="The wrong guest.")
    with pytest.raises(NotAllowed):
        ledger.void(grant.id, employee=MANAGER, reason="Again.")
    assert ledger.grant(policy(), ask(credit="350 EUR")).granted
    assert received(ledger) == "350 EUR"


def test_an_approval_counts_and_is_bound(ledger: remit.Ledger) -> None:
    tasks = [ledger.escalate(policy(), ask("agent", credit="300 EUR")) for _ in range(2)]
    assert [task.kind for task in tasks] == ["escalate", "escalate"]
    assert ledger.approve(tasks[0].id, employee=MANAGER).granted
    with pytest.raises(NotGranted) as second:
        ledger.approve(tasks[1].id, employee=MANAGER)
    assert second.value.decision.reasons[0].kind == "claim"
    assert not ledger.grant(policy(), ask(credit="200 EUR")).granted


def test_cash_or_voucher_is_one_claim(ledger: remit.Ledger) -> None:
    late = {"kind": "late", "flight": "KL1"}
    both = ledger.grant(policy(), ask(**late, asked={"cash": "200 EUR", "voucher": "200 EUR"}))
    assert (both.granted, "one claim" in both.decision.reasons[0].text) == (False, True)
    assert ledger.grant(policy(), ask(**late, asked={"cash": "100 EUR", "voucher": "150 EUR"})).granted
    assert not ledger.grant(policy(), ask(**late, asked={"cash": "1 EUR"})).granted
    assert ledger.grant(policy(), ask(**late, asked={"voucher": "50 EUR"})).granted
    assert ledger.grant(policy(), ask(**{**late, "flight": "KL2"}, asked={"cash": "250 EUR"})).granted


def test_policies_and_versions_share_a_claim(ledger: remit.Ledger) -> None:
    late = {"kind": "late", "flight": "KL1"}
    assert ledger.grant(policy("one"), ask(**late, asked={"cash": "250 EUR"})).granted
    assert not ledger.grant(policy("two"), ask(**late, asked={"cash": "250 EUR"})).granted
    assert ledger.grant(policy("one"), ask(credit="200 EUR")).granted
    ledger.publish(policy("one", "2"), by="ana")
    assert not ledger.grant(policy("one", "2"), ask(credit="200 EUR")).granted  # the next version goes on counting
    assert ledger.grant(policy("two"), ask(credit="200 EUR")).granted  # a claim that is not shared is the policy's own


def test_a_claim_goes_on_after_its_guest_was_forgotten(ledger: remit.Ledger) -> None:
    assert ledger.grant(policy(), ask(credit="200 EUR")).granted
    ledger.erase("stay", "s-1")
    assert not ledger.grant(policy(), ask(credit="200 EUR")).granted
