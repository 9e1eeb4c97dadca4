"""Caps that are dead: what is subsumed by another changes nothing in a ledger, and nothing counts against what is never
given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import remit
from remit.authoring.proving.proof_run import prove
from remit.authoring.proving.statements.dead_caps import contains_window, is_subsumed
from remit.deciding.policy import Policy
from remit.ledger.caps.windows import as_micros, span_of
from support.trials import trials

HEAD = """
policy: capped
title: Capped
version: "1"
owner: tests
currency: EUR
timezone: Europe/Amsterdam
ladder: [clerk, boss]
facts:
  guest.id: {type: text, personal: true}
  stay.id: {type: text}
  kind: {type: choice, of: [noise, cold]}
remedies:
  credit: {type: money, title: Credit}
  voucher: {type: money, title: Voucher}
  points: {type: count, title: Points, cost: 1 EUR}
otherwise: escalate
"""
RULES = "rules: [{id: r, because: It is fair., may: {credit: 3 EUR, voucher: 2 EUR}}]"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OVER = ["7 days", "30 days", "36 hours", "2 days", "8 days", "32 days", "93 days", "367 days"]
OVER += [f"calendar {unit}" for unit in ("day", "week", "month", "quarter", "year")]


def capped(*caps: str, rules: str = RULES, more: str = "") -> Policy:
    return remit.loads("\n".join((HEAD, rules, f"caps: [{', '.join(caps)}]", more)))


def dead(policy: Policy) -> dict[str, tuple[str, str]]:
    """What is said of each cap."""
    caps = {cap.id for cap in policy.model.caps}
    said = [each for each, _ in prove(policy.model, ["dead"]) if each.of in caps]
    return {each.of: (each.verdict, "".join(each.told)) for each in said}


@pytest.mark.parametrize(
    ("cap", "other"),
    [
        ("per: guest.id, over: 30 days, max: 9 EUR", "per: guest.id, over: 30 days, max: 9 EUR"),
        ("per: guest.id, over: 30 days, max: 9 EUR", "per: guest.id, over: 30 days, max: 8 EUR"),
        ("per: guest.id, over: 30 days, max: 9 EUR", "per: guest.id, over: 90 days, max: 9 EUR"),
        ("per: guest.id, over: calendar month, max: 9 EUR", "per: guest.id, over: lifetime, max: 9 EUR"),
        ("per: guest.id, over: calendar month, max: 9 EUR", "per: guest.id, over: calendar year, max: 9 EUR"),
        ("per: [guest.id, stay.id], over: 30 days, max: 9 EUR", "per: guest.id, over: 30 days, max: 9 EUR"),
        ("per: guest.id, over: case, max: 9 EUR", "per: guest.id, over: lifetime, max: 9 EUR"),
        ("per: guest.id, over: 30 days, max: 9 EUR, counts: [credit]", "per: guest.id, over: 30 days, max: 9 EUR"),
        ("per: guest.id, over: 30 days, max: {clerk: 9 EUR, boss: 20 EUR}", "per: guest.id, over: 30 days, max: 9 EUR"),
    ],
)
def test_a_cap_that_another_one_subsumes_is_dead(cap: str, other: str) -> None:
    said = dead(capped(f"{{id: one, {other}}}", f"{{id: two, {cap}}}"))
    assert said["two"] == ("refuted", "cap `two` is subsumed: `one` counts all that it counts, and never leaves more")
    assert said["one"] == ("proved", "")


@pytest.mark.parametrize(
    "other",
    [
        "per: guest.id, over: 30 days, max: 10 EUR",
        "per: guest.id, over: 29 days, max: 9 EUR",
        "per: stay.id, over: 30 days, max: 9 EUR",
        "per: [guest.id, stay.id], over: 30 days, max: 9 EUR",
        "per: guest.id, over: case, max: 9 EUR",
        "per: guest.id, over: calendar month, max: 9 EUR",
        "per: guest.id, over: 30 days, max: 9 EUR, counts: [credit]",
        "per: guest.id, over: 30 days, max: 1 grant",
        "per: guest.id, over: 30 days, max: {clerk: 9 EUR, boss: 20 EUR}",
        "per: guest.id, over: 30 days, max: 9 EUR, shared: all",
    ],
)
def test_a_cap_that_holds_back_something_of_its_own_is_not(other: str) -> None:
    said = dead(capped("{id: one, per: guest.id, over: 30 days, max: 9 EUR}", f"{{id: two, {other}}}"))
    assert said["one"] == ("proved", "")


def test_what_only_a_higher_role_may_give_counts() -> None:
    rules = "rules: [{id: r, because: It is fair., may: {voucher: {boss: 2 EUR}}}]"
    assert dead(capped("{id: one, per: guest.id, over: lifetime, max: 1 grant}", rules=rules)) == {"one": ("proved", "")}


def test_nothing_counts_against_a_cap_on_what_a_guardrail_always_takes_away() -> None:
    rail = "guardrails: [{id: g, when: true, then: {limit: {voucher: 0 EUR}}, say: I ask.}]"
    cap = "{id: one, per: guest.id, over: 30 days, max: 9 EUR, counts: [voucher]}"
    told = "nothing ever counts against cap `one`: no role may give more than is owed"
    assert dead(capped(cap, more=rail)) == {"one": ("refuted", told)}
    own = "discretion: {clerk: {each: 1 EUR, max: 5 EUR, over: calendar month}}"
    verdict, told = dead(capped(cap, more=f"{rail}\n{own}"))["one"]
    assert (verdict, told) == ("open", "not proved: only discretion or an approval may give what it counts")


@pytest.mark.parametrize("longer", OVER)
def test_a_longer_window_begins_no_later(longer: str) -> None:
    """At the last moment of each day of four years, a leap year and all changes of the clocks among them."""
    caps = capped(*(f"{{id: c{n}, per: guest.id, over: {over}, max: 9 EUR}}" for n, over in enumerate((longer, *OVER))))
    one, *others = (cap.over for cap in caps.model.caps)
    contained = [each for each in others if contains_window(one, each)]
    assert one in contained
    for day in range(4 * 366):
        now = as_micros(datetime(2023, 1, 1, tzinfo=AMSTERDAM) + timedelta(days=day)) - 1
        first = span_of(one, now, AMSTERDAM.key).after
        assert first is not None
        assert all(first <= (span_of(each, now, AMSTERDAM.key).after or 0) for each in contained)


CAPS = st.builds(
    "per: {}, over: {}, max: {}{}".format,
    st.sampled_from(["guest.id", "stay.id", "employee.id", "[guest.id, kind]", "[guest.id, employee.id]"]),
    st.sampled_from(["7 days", "30 days", "36 hours", "calendar week", "calendar month", "lifetime", "case"]),
    st.sampled_from(["9 EUR", "4 EUR", "{clerk: 4 EUR, boss: 9 EUR}", "2 grants", "3 grants"]),
    st.sampled_from(["", "", ", counts: [credit]", ", counts: [voucher]"]),
)


@trials(60)
@given(CAPS, CAPS, st.randoms(use_true_random=False))
def test_a_ledger_decides_the_same_without_a_cap_that_is_subsumed(cap: str, other: str, random: Random) -> None:
    both = capped(f"{{id: one, {other}}}", f"{{id: two, {cap}}}")
    assume(is_subsumed(both.model, both.model.caps[1], both.model.caps[0]))
    requests = [asked(random, number) for number in range(30)]
    assert granted(both, requests) == granted(capped(f"{{id: one, {other}}}"), requests)


def asked(random: Random, number: int) -> tuple[timedelta, dict[str, Any]]:
    """A request, and how long after the last one it comes."""
    remedy, role = random.choice(("credit", "voucher")), random.choice(("clerk", "boss"))
    return timedelta(hours=random.choice((0, 1, 12, 24, 24, 72))), {
        "employee": {"id": f"e-{random.randrange(2)}", "role": role},
        "asked": {remedy: remit.Money.of(f"{random.randrange(1, 3)} EUR")},
        "facts": {"guest.id": f"g-{random.randrange(2)}", "stay.id": f"s-{random.randrange(3)}", "kind": "noise"},
        "case": f"case-{random.randrange(4)}",
        "key": f"k-{number}",
    }


def granted(policy: Policy, requests: list[tuple[timedelta, dict[str, Any]]]) -> list[bool]:
    """Which of them are, one after another."""
    now, out = datetime(2026, 2, 20, tzinfo=UTC), []
    with remit.open_ledger(":memory:", clock=lambda: now, repeat_within=timedelta(0)) as ledger:
        for later, request in requests:
            now += later
            out.append(ledger.grant(policy, {**request, "occurred": now.date()}).granted)
    return out
