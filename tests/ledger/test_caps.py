"""Windows of caps as they hold in a ledger: rolling, calendar, case, lifetime; in a time zone; across versions of a policy."""

from __future__ import annotations

import pytest

import remit
from support.desk import Clock, desk, request

#: (window, when the first is granted, when it still counts, when it does not any more)
WINDOWS = [
    ("90 days", "2026-01-01T00:00:00", "2026-03-31T23:59:59.999999", "2026-04-01T00:00:00"),
    ("72 hours", "2026-03-28T12:00:00", "2026-03-31T11:59:59.999999", "2026-03-31T12:00:00"),  # over a change of clocks
    ("calendar day", "2026-03-28T23:00:00", "2026-03-29T21:59:59.999999", "2026-03-29T22:00:00"),  # of 23 hours
    ("calendar day", "2026-10-24T22:00:00", "2026-10-25T22:59:59.999999", "2026-10-25T23:00:00"),  # of 25 hours
    ("calendar week", "2026-06-28T22:00:00", "2026-07-05T21:59:59.999999", "2026-07-05T22:00:00"),
    ("calendar month", "2028-01-31T23:00:00", "2028-02-29T22:59:59.999999", "2028-02-29T23:00:00"),  # a leap day
    ("calendar quarter", "2026-03-31T22:00:00", "2026-06-30T21:59:59.999999", "2026-06-30T22:00:00"),
    ("calendar year", "2025-12-31T23:00:00", "2026-12-31T22:59:59.999999", "2026-12-31T23:00:00"),
    ("calendar year from april", "2026-03-31T22:00:00", "2027-03-31T21:59:59.999999", "2027-03-31T22:00:00"),
]


@pytest.mark.parametrize(("over", "first", "counts", "gone"), WINDOWS)
def test_a_window_holds_to_the_microsecond(
    ledger: remit.Ledger, clock: Clock, over: str, first: str, counts: str, gone: str
) -> None:
    policy = desk(f"\n  - {{id: window, per: guest.id, over: {over}, max: 40 EUR, counts: [credit]}}\n")
    clock.set(first)
    assert ledger.grant(policy, request("40 EUR")).granted
    clock.set(counts)
    assert not ledger.grant(policy, request("1 EUR")).granted
    clock.set(gone)
    assert ledger.grant(policy, request("40 EUR")).granted


def test_a_cap_for_life_and_one_per_case(ledger: remit.Ledger, clock: Clock) -> None:
    caps = ["{id: life, per: guest.id, over: lifetime, max: 2 grants}", "{id: once, per: guest.id, over: case, max: 1 grants}"]
    policy = desk("".join(f"\n  - {cap}" for cap in caps) + "\n")
    assert ledger.grant(policy, request(case="c-1")).granted
    assert not ledger.grant(policy, request(case="c-1")).granted
    clock.go(days=4_000)
    assert not ledger.grant(policy, request(case="c-1")).granted
    asked = ledger.grant(policy, request())
    assert asked.decision is not None
    assert (asked.outcome, asked.decision.missing.facts) == ("ask", ("case",))
    assert ledger.grant(policy, request(case="c-2")).granted
    assert not ledger.grant(policy, request(case="c-3")).granted
    assert ledger.grant(policy, request(case="c-3", guest="g-2")).granted


def test_a_cap_in_units_by_role_and_by_several_facts(ledger: remit.Ledger) -> None:
    policy = desk(
        "\n  - {id: points, per: [guest.id, stay.id], over: lifetime, max: {associate: 100, manager: 150}, counts: [points]}\n"
    )

    def give(points: int, stay: str, role: str = "associate") -> bool:
        return ledger.grant(policy, request(None, role=role, asked={"points": points}, facts={"stay.id": stay})).granted

    assert give(100, "s-1")
    assert not give(1, "s-1")
    assert not give(1, "s-1", "supervisor")
    assert give(50, "s-1", "manager")
    assert not give(1, "s-1", "manager")
    assert give(100, "s-2")


def test_balances_follow_a_cap_into_the_next_version(ledger: remit.Ledger, clock: Clock) -> None:
    old = desk("\n  - {id: c, per: guest.id, over: 30 days, max: 100 EUR, counts: [credit]}\n", "1")
    assert ledger.grant(old, request("50 EUR")).granted
    clock.go(days=40)
    assert ledger.grant(old, request("50 EUR")).granted
    new = desk("\n  - {id: c, per: guest.id, over: 90 days, max: 120 EUR, counts: [credit]}\n", "2")
    assert [(problem.code, problem.severity) for problem in ledger.compare(new)] == [("ledger/cap-window", "warning")]
    assert str(ledger.balances(new, request())["c"].used) == "100 EUR"
    assert ledger.compare(old) == []
    ledger.publish(new, by="ana")
    assert not ledger.grant(new, request("21 EUR")).granted
    assert ledger.grant(new, request("20 EUR")).granted
    assert ledger.grant(old, request(None, asked={"late": True})).granted
    assert [problem.code for problem in ledger.compare(new)] == ["ledger/cap-window"]  # as it was when it came into use
    assert ledger.compare(old) == []


COMPARED = [
    ("{id: c, per: stay.id, over: 30 days, max: 100 EUR, counts: [credit]}", "cap-key", "kept by other facts"),
    ("{id: c, per: guest.id, over: case, max: 100 EUR, counts: [credit]}", "cap-key", "kept by other facts"),
    ("{id: c, per: guest.id, over: 30 days, max: 4 grants}", "cap-measure", "counts grants, not money in EUR"),
]


@pytest.mark.parametrize(("cap", "code", "words"), COMPARED)
def test_a_cap_that_becomes_another_starts_from_nothing_and_says_so(
    ledger: remit.Ledger, cap: str, code: str, words: str
) -> None:
    old = desk("\n  - {id: c, per: guest.id, over: 30 days, max: 100 EUR, counts: [credit]}\n", "1")
    asked = request("50 EUR", facts={"stay.id": "s-1"}, case="c-1")
    assert ledger.compare(old) == []
    assert ledger.grant(old, asked).granted
    assert ledger.compare(old) == []
    new = desk(f"\n  - {cap}\n", "2")
    (problem,) = ledger.compare(new)
    assert problem.code == f"ledger/{code}"
    assert words in problem.message
    assert problem.hint
    balance = ledger.balances(new, asked)["c"].used
    assert balance in (0, remit.Money.of("0 EUR"))


def test_a_policy_that_changes_its_currency_says_that_its_caps_start_from_nothing(ledger: remit.Ledger) -> None:
    old = desk("\n  - {id: c, per: guest.id, over: 30 days, max: 100 EUR, counts: [credit]}\n", "1")
    assert ledger.grant(old, request("50 EUR")).granted
    new = remit.loads(old.model.text.replace(" EUR", " USD").replace("currency: EUR", "currency: USD"), "desk.yaml")
    (problem,) = ledger.compare(new)
    assert problem.code == "ledger/cap-measure"
    assert "counts money in USD, not money in EUR" in problem.message
    assert str(ledger.balances(new, request(None))["c"].used) == "0 USD"


def test_a_cap_that_is_renamed_is_told_of_both_ways(ledger: remit.Ledger) -> None:
    ledger.grant(desk("\n  - {id: c, per: guest.id, over: 30 days, max: 100 EUR, counts: [credit]}\n", "1"), request())
    new = desk("\n  - {id: d, per: guest.id, over: 30 days, max: 100 EUR, counts: [credit]}\n", "2")
    assert {problem.code for problem in ledger.compare(new)} == {"ledger/cap-new", "ledger/cap-gone"}


def test_two_policies_do_not_share_a_cap_of_the_same_name(ledger: remit.Ledger) -> None:
    other = remit.loads(desk().model.text.replace("policy: desk", "policy: spa"), "spa.yaml")
    assert ledger.grant(desk(), request("50 EUR")).granted
    assert str(ledger.balances(other, request())["guest-money"].used) == "0 EUR"


def test_a_clock_that_goes_back_does_not_turn_back_the_record(ledger: remit.Ledger, clock: Clock) -> None:
    policy = desk("\n  - {id: day, per: guest.id, over: calendar day, max: 40 EUR, counts: [credit]}\n")
    assert ledger.grant(policy, request("40 EUR")).granted
    clock.go(days=-1)
    entry = ledger.grant(policy, request("40 EUR"))
    assert not entry.granted
    assert entry.body["recorded"] == "2026-07-01T12:00:00.000000Z"
    assert entry.body["clock"] == "2026-06-30T12:00:00.000000Z"
    clock.go(days=1, microseconds=1)
    later = ledger.grant(policy, request("1 EUR", guest="g-2"))
    assert later.body["recorded"] == later.body["clock"] == "2026-07-01T12:00:00.000001Z"
    assert entry.id < later.id


def test_a_clock_without_a_time_zone_is_refused(ledger: remit.Ledger, clock: Clock) -> None:
    clock.now = clock.now.replace(tzinfo=None)
    with pytest.raises(remit.LedgerError, match="with a time zone"):
        ledger.grant(desk(), request())
    clock.set("1969-12-31T23:59:59")
    with pytest.raises(remit.LedgerError, match="before 1970"):
        ledger.grant(desk(), request())
    for late in ("9999-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00"):
        clock.set(late)
        with pytest.raises(remit.LedgerError, match="after 9998"):
            ledger.grant(desk(), request())


def test_facts_that_read_the_same_history_over_two_windows_count_it_once(ledger: remit.Ledger, clock: Clock) -> None:
    ever = "  guest.ever: {type: integer, history: {count: grants, per: guest.id, over: lifetime}}\n"
    text = desk().model.text.replace("  guest.received:", f"{ever}  guest.received:")
    policy = remit.loads(text, "desk.yaml")
    entry = ledger.grant(policy, request())
    assert [each["name"] for each in entry.body["charges"] if each["kind"] == "history"] == ["guest.visits", "guest.received"]
    clock.go(days=100)
    ledger.grant(policy, request())
    read = ledger.decide(policy, request()).body["read"]["history"]
    assert (read["guest.visits"], read["guest.ever"]) == (1, 2)
