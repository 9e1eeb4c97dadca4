"""Keys: what is tried again is done once, and each operation has keys of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

import remit
from remit.errors import KeyConflict
from support.desk import SUPERVISOR, desk, request


def used(ledger: remit.Ledger, cap: str) -> object:
    balance = ledger.balances(desk(), request())[cap]
    return str(balance.used) if isinstance(balance.used, remit.Money) else balance.used


def test_the_same_key_and_request_give_the_first_decision(ledger: remit.Ledger) -> None:
    first = ledger.grant(desk(), request("50 EUR", key="k-1"))
    again = ledger.grant(desk(), request("50 EUR", key="k-1"))
    assert (again.repeated, first.repeated) == (True, False)
    assert (again.id, again.decision, again.text) == (first.id, first.decision, first.text)
    assert used(ledger, "guest-money") == "50 EUR"
    nested = request("50 EUR", guest=None, facts={"guest": {"id": "g-1"}}, key="k-1")
    assert ledger.grant(desk(), nested).id == first.id
    newer = ledger.grant(desk(version="2"), request("50 EUR", key="k-1"))
    assert newer.id == first.id


def test_the_same_key_for_another_request_is_an_error(ledger: remit.Ledger) -> None:
    ledger.grant(desk(), request("50 EUR", key="k-1"))
    for other in (
        request("49 EUR", key="k-1"),
        request("50 EUR", guest="g-2", key="k-1"),
        request("50 EUR", key="k-1", case="x"),
    ):
        with pytest.raises(KeyConflict, match="key `k-1` was used for another request"):
            ledger.grant(desk(), other)
    with pytest.raises(KeyConflict):
        ledger.hold(desk(), request("50 EUR", key="k-1"), lasts=timedelta(hours=1))
    assert used(ledger, "guest-grants") == 1


def test_a_decision_binds_no_key(ledger: remit.Ledger) -> None:
    """It changes nothing: it is taken anew each time, with the key noted, and the key is free for the grant."""
    looks = [ledger.decide(desk(), request(amount, key="k-1")) for amount in ("50 EUR", "50 EUR", "20 EUR", None)]
    assert len({look.id for look in looks}) == 4
    assert {look.body["key"] for look in looks} == {"k-1"}
    first = ledger.grant(desk(), request("50 EUR", key="k-1"))
    assert (first.granted, first.repeated) == (True, False)
    later = ledger.decide(desk(), request("50 EUR", key="k-1"))
    assert later.body["read"]["balances"]["guest-money"]["used"] == "50 EUR"
    assert ledger.grant(desk(), request("50 EUR", key="k-1")).id == first.id


def test_a_refused_grant_goes_up_under_its_own_key(ledger: remit.Ledger) -> None:
    asked = request("120 EUR", key="k-1")

    def give_or_send_up() -> list[str]:
        """What a service does, and does again when it was killed at any point of it."""
        entries = [ledger.grant(desk(), asked)]
        if not entries[0].granted:
            entries.append(ledger.escalate(desk(), asked))
        return [entry.id for entry in entries]

    first = give_or_send_up()
    assert [ledger.record(each).kind for each in first] == ["decide", "escalate"]
    assert give_or_send_up() == first
    ledger.approve(first[1], employee=SUPERVISOR, key="k-1")
    assert give_or_send_up() == first
    assert used(ledger, "guest-money") == "120 EUR"


def test_more_facts_make_another_request_and_need_another_key(ledger: remit.Ledger) -> None:
    asked = request("160 EUR", employee="s-1", role="supervisor", key="k-1")
    assert ledger.grant(desk(), asked).outcome == "ask"
    with pytest.raises(KeyConflict, match="use a new key for a new request"):
        ledger.grant(desk(), {**asked, "evidence": ["note"]})
    assert ledger.grant(desk(), {**asked, "evidence": ["note"], "key": "k-2"}).granted


def test_one_key_serves_a_thing_from_hold_to_void(ledger: remit.Ledger) -> None:
    me = {"id": "e-1", "role": "associate"}

    def through() -> list[str]:
        hold = ledger.hold(desk(), request("40 EUR", key="order-1"), lasts=timedelta(hours=1))
        settled = ledger.settle(hold.id, employee=me, key="order-1")
        return [hold.id, settled.id, ledger.void(hold.id, employee=me, reason="No.", key="order-1").id]

    assert through() == through()
    with pytest.raises(KeyConflict):
        ledger.grant(desk(), request("40 EUR", key="order-1"))
    assert ledger.head().size == 3


def test_a_refusal_is_remembered_by_its_key_too(ledger: remit.Ledger) -> None:
    refused = ledger.grant(desk(), request("51 EUR", key="k-9"))
    assert ledger.grant(desk(), request("51 EUR", key="k-9")).id == refused.id


def test_one_request_written_in_several_ways_is_one_request_under_one_key() -> None:
    policy = remit.load(remit.shipped("hotel-guest-recovery"))
    request = {
        "employee": {"id": "e", "role": "associate"},
        "asked": {"credit": "25 EUR"},
        "facts": {"guest": {"id": "g", "tier": "gold"}, "stay": {"id": "s"}, "incident": {"kind": "noise", "severity": 3}},
        "key": "k1",
    }
    with remit.open_ledger(":memory:") as ledger:
        first = ledger.grant(policy, request)
        for same in (
            remit.Request(**request),
            {**request, "evidence": []},
            {**request, "asked": {"credit": "25.00 EUR", "late_checkout": False}},
        ):
            assert ledger.grant(policy, same).id == first.id
        with pytest.raises(KeyConflict):
            ledger.grant(policy, {**request, "asked": {"credit": "24 EUR"}})
