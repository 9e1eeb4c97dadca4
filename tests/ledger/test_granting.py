"""Deciding and granting: balances, history, discretion, what is owed, and what a refusal leaves behind (nothing)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

import remit
from remit.errors import RequestError
from support.desk import SUPERVISOR, Clock, desk, request


def used(ledger: remit.Ledger, cap: str, **asked: object) -> object:
    balance = ledger.balances(desk(), request(**asked))[cap]  # type: ignore[arg-type]
    return str(balance.used) if isinstance(balance.used, remit.Money) else balance.used


def test_a_grant_spends_and_a_decision_does_not(ledger: remit.Ledger) -> None:
    decided = ledger.decide(desk(), request("30 EUR"))
    assert (decided.kind, decided.outcome, used(ledger, "guest-money")) == ("decide", "grant", "0 EUR")
    granted = ledger.grant(desk(), request("30 EUR"))
    assert (granted.kind, granted.outcome, granted.granted) == ("grant", "grant", True)
    assert (used(ledger, "guest-money"), used(ledger, "guest-grants")) == ("30 EUR", 1)
    assert [(each["name"], each.get("before"), each.get("after")) for each in granted.body["charges"]] == [
        ("guest-money", "0 EUR", "30 EUR"),
        ("guest-grants", 0, 1),
        ("desk-day", "0 EUR", "30 EUR"),
        ("guest.visits", 0, 1),
        ("guest.received", "0 EUR", "30 EUR"),
        ("guest.id", None, None),  # the case of a customer
    ]


def test_a_cap_holds_to_the_cent_and_names_itself(ledger: remit.Ledger) -> None:
    for _ in range(2):
        assert ledger.grant(desk(), request("50 EUR")).granted
    refused = ledger.grant(desk(), request("0.01 EUR"))
    assert (refused.kind, refused.outcome, refused.body["tried"]) == ("decide", "escalate", "grant")
    assert refused.decision is not None
    assert (refused.decision.reasons[0].kind, refused.decision.reasons[0].id) == ("cap", "desk-day")
    assert refused.decision.approver == "supervisor"
    assert used(ledger, "desk-day") == "100 EUR"
    assert used(ledger, "guest-grants") == 2


def test_offers_say_what_is_left_and_until_when(ledger: remit.Ledger) -> None:
    ledger.grant(desk(), request("50 EUR"))
    ledger.grant(desk(), request("30 EUR", guest="g-2"))
    entry = ledger.decide(desk(), request(None))
    assert entry.decision is not None
    credit = next(offer for offer in entry.decision.offers if offer.remedy == "credit")
    assert (str(credit.amount), credit.left) == ("20 EUR", "desk-day: 20 EUR of 100 EUR left until 2 July 2026")


def test_a_refusal_leaves_no_trace_in_balances(ledger: remit.Ledger) -> None:
    before = ledger.balances(desk(), request())
    for asked in (request("51 EUR"), request(facts={"level": 3}), request(guest=None), request("160 EUR", role="supervisor")):
        assert not ledger.grant(desk(), asked).granted
    assert ledger.balances(desk(), request()) == before
    assert [entry.outcome for entry in ledger.records()] == ["escalate", "deny", "ask", "ask"]


def test_what_a_cap_is_kept_by_is_asked_for(ledger: remit.Ledger) -> None:
    entry = ledger.grant(desk(), request(guest=None))
    assert entry.decision is not None
    assert entry.decision.missing.facts == ("guest.id",)
    with pytest.raises(RequestError, match=r"`guest\.visits` is read from the ledger"):
        ledger.grant(desk(), request(facts={"guest": {"visits": 0}}))


def test_history_is_read_in_the_same_turn(ledger: remit.Ledger, clock: Clock) -> None:
    for _ in range(3):
        assert ledger.grant(desk(), request("1 EUR", asked={"points": 10})).granted
    refused = ledger.grant(desk(), request(None, asked={"points": 10}))
    assert refused.outcome == "escalate"
    assert refused.body["read"]["history"] == {"guest.visits": 3, "guest.received": "3.00 EUR"}
    clock.go(days=90)
    assert ledger.grant(desk(), request(None, asked={"points": 10})).granted


def test_what_is_owed_is_not_charged_and_no_cap_holds_it_back(ledger: remit.Ledger) -> None:
    walked = {"level": 5, "rate": "80 EUR"}
    for number in range(6):
        entry = ledger.grant(desk(), request("80 EUR", facts=walked, case=f"c-{number}"))
        assert entry.granted
        assert [each["kind"] for each in entry.body["charges"]] == ["claim", "history", "history", "recorded"]
    assert used(ledger, "guest-grants") == 0
    beyond = ledger.grant(desk(), request("90 EUR", role="supervisor", facts=walked, case="c-9"))
    assert {each["name"]: each["amount"] for each in beyond.body["charges"] if each["kind"] == "cap"} == {
        "guest-money": "10 EUR",
        "guest-grants": 1,
        "desk-day": "10 EUR",
    }


def test_discretion_is_spent_with_its_story_and_runs_out(ledger: remit.Ledger) -> None:
    def ask(amount: str, story: str | None = "Her train was cancelled.") -> remit.ledger.Entry:  # type: ignore[name-defined]
        return ledger.grant(desk(), request(amount, use_discretion=True, story=story))

    assert ask("60 EUR", None).outcome == "ask"
    first = ask("60 EUR")
    assert first.granted
    assert used(ledger, "discretion") == "10 EUR"
    assert first.words("story", reveal=True) == "Her train was cancelled."
    assert "train" not in first.text
    assert ask("75 EUR").outcome == "escalate"  # 25 is more than 20 at a time
    other = ledger.grant(desk(), request("70 EUR", employee="e-2", use_discretion=True, story="Hers too."))
    assert other.granted
    assert used(ledger, "discretion", employee="e-2") == "20 EUR"


def test_remedies_count_at_their_cost_where_a_cap_is_in_money(ledger: remit.Ledger) -> None:
    policy = desk("\n  - {id: all, per: guest.id, over: lifetime, max: 30 EUR}\n")
    assert ledger.grant(policy, request(None, asked={"late": True})).granted
    assert ledger.grant(policy, request(None, asked={"points": 1001})).outcome == "escalate"
    assert ledger.grant(policy, request(None, asked={"points": 1000})).granted
    assert ledger.balances(policy, request())["all"].left == remit.Money.of("0 EUR")


@pytest.mark.parametrize(
    "bad",
    [request("10 EUR", case="a\x00b"), request("10 EUR", key="\ud800"), request("10 EUR", guest="\udfff"), request("x")],
)
def test_what_cannot_be_recorded_is_refused_before_anything_is(ledger: remit.Ledger, bad: dict[str, object]) -> None:
    with pytest.raises(RequestError):
        ledger.grant(desk(), bad)
    assert list(ledger.records()) == []


def test_odd_text_is_recorded_as_it_is(ledger: remit.Ledger) -> None:
    for text in ("\u20ac \U0001f600 \ufb33", "'; DROP TABLE record; --", '%s ? {} \\ " \n\t\r', "a" * 5_000):
        seen = "".join(char for char in text if char.isprintable())  # an id has nothing that cannot be seen
        entry = ledger.grant(desk(), request("1 EUR", guest=seen, case=seen[:200], facts={"stay.id": text}))
        found = ledger.record(entry.id)
        assert (found.facts(reveal=True)["stay.id"], found.facts(reveal=True)["guest.id"]) == (text, seen)
        assert [each.id for each in ledger.records(case=seen[:200])] == [entry.id]
        assert ledger.redecide(entry.id).same


def test_a_request_may_be_a_value_and_a_policy_a_folder(ledger: remit.Ledger, tmp_path: Path) -> None:
    asked = remit.Request(
        employee={"id": "e-1", "role": "associate"}, asked={"credit": remit.Money.of("5 EUR")}, facts={"guest.id": "g"}
    )
    assert ledger.grant(desk(), asked).granted
    folder = tmp_path / "policies"
    folder.mkdir()
    old = desk(version="7").model.text.replace("owner:", "effective: {from: 2026-01-01, to: 2026-07-01}\nowner:")
    new = desk(version="8").model.text.replace("owner:", "effective: {from: 2026-07-01}\nowner:")
    (folder / "desk-1.yaml").write_text(old)
    (folder / "desk-2.yaml").write_text(new)
    versions = remit.load_folder(folder)
    for each in versions.versions:
        ledger.publish(each, by="ana")
    for day, version in (("2026-06-30", "7"), ("2026-07-01", "8")):
        assert ledger.grant(versions, request("1 EUR", occurred=day)).body["policy"]["version"] == version


def test_a_folder_with_several_policies_is_asked_for_one_by_its_name(ledger: remit.Ledger, tmp_path: Path) -> None:
    for name in ("desk", "bar"):
        (tmp_path / f"{name}.yaml").write_text(desk().model.text.replace("policy: desk", f"policy: {name}"))
    policies = remit.load_folder(tmp_path)
    hold = partial(ledger.hold, lasts=timedelta(minutes=1))
    for call in (ledger.decide, ledger.grant, hold, ledger.escalate, ledger.balances, ledger.preview):
        with pytest.raises(RequestError, match="which policy") as told:
            call(policies, request())
        assert "bar, desk" in str(told.value)
        call(policies["bar"], request())
    entries = [call(policies["bar"], request("120 EUR")) for call in (ledger.decide, ledger.grant, hold, ledger.escalate)]
    assert {entry.body["policy"]["id"] for entry in entries} == {"bar"}
    approved = ledger.approve(entries[-1].id, employee=SUPERVISOR)
    assert (approved.granted, approved.body["policy"]["id"]) == (True, "bar")


@pytest.mark.parametrize("text", ["a \\u0000 written out", "so \\", "aa\u2028b"])
def test_text_that_only_looks_bad_is_recorded(ledger: remit.Ledger, text: str) -> None:
    entry = ledger.grant(desk(), request("1 EUR", story=text, facts={"stay.id": text}))
    found = ledger.record(entry.id)
    assert found.words("story", reveal=True) == found.facts(reveal=True)["stay.id"] == text
    assert ledger.void(entry.id, employee={"id": "m", "role": "manager"}, reason=text).kind == "void"
    with pytest.raises(RequestError):
        ledger.void(entry.id, employee={"id": "m", "role": "manager"}, reason=text + "\x00")
    with pytest.raises(RequestError):
        ledger.grant(desk(), request("1 EUR", story="\ud800 \U0001f600"))


@pytest.mark.parametrize("asked", [{}, {"credit": "0 EUR"}, {"late_checkout": False}])
def test_asking_for_nothing_is_no_grant(asked: dict[str, object]) -> None:
    policy = remit.load(remit.shipped("hotel-guest-recovery"))
    with remit.open_ledger(":memory:") as ledger:
        with pytest.raises(remit.RequestError, match="nothing is asked"):
            ledger.grant(policy, {"employee": {"id": "e", "role": "associate"}, "asked": asked})
        assert ledger.head().size == 0
