"""Which cases are alike: the facts that a policy reads for a role and a remedy, in the regions that it tells apart."""

from __future__ import annotations

from typing import Any

import pytest

import remit
from remit.review.actions import Actor, AskedRemedy
from remit.review.twins.fact_regions import Regions
from remit.review.twins.like_cases import LikeCases
from support.desk import desk
from support.like_years import PEOPLE, contact, shop


def read(name: str) -> LikeCases:
    return LikeCases(remit.load(remit.shipped(name)).model)


@pytest.mark.parametrize(
    ("role", "remedies", "facts"),
    [
        ("clerk", ("credit",), ("case.kind", "case.level")),
        ("manager", ("credit",), ("case.kind", "case.level", "order.value")),
        ("clerk", ("points",), ("customer.member",)),
        ("clerk", (), ("case.kind", "case.level", "customer.member")),
        ("somebody else", ("credit",), ("case.kind", "case.level", "order.value")),
    ],
)
def test_the_facts_are_those_that_the_policy_reads_for_role_and_remedy(
    role: str, remedies: tuple[str, ...], facts: tuple[str, ...]
) -> None:
    assert LikeCases(shop().model).read_for(role, remedies) == facts


def test_guardrails_evidence_and_history_are_read_too() -> None:
    assert read("hotel-guest-recovery").read_for("associate", ("late_checkout",)) == ("guest.threatening", "incident.kind")
    assert read("hotel-guest-recovery").read_for("associate", ("points",)) == (
        "guest.tier",
        "guest.threatening",
        "incident.kind",
        "incident.severity",
        "guest.recoveries",
    )
    assert "level" in LikeCases(desk().model).read_for("associate", ("credit",))


def test_what_is_never_read_makes_groups_of_customers() -> None:
    """Neither ids nor personal facts, and only what has few values."""
    assert LikeCases(shop().model).unread() == ("customer.language", "shop.remark")
    assert "guest.phone" not in LikeCases(desk().model).unread()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"case.level": 3}, {"case.level": 5}, True),
        ({"case.level": 2}, {"case.level": 3}, False),
        ({"case.kind": "late"}, {"case.kind": "rude"}, False),
        ({"case.kind": "late"}, {}, False),
        ({"customer.language": "de"}, {"customer.language": "en"}, True),
        ({"order.value": "10 EUR"}, {"order.value": "300 EUR"}, True),
        ({"order.id": "o-1"}, {"order.id": "o-2"}, True),
    ],
)
def test_like_cases(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    like = LikeCases(shop().model)
    assert (like.key(contact(1, PEOPLE[0], one, 1000)) == like.key(contact(2, PEOPLE[0], other, 500))) is same


def test_role_remedy_and_text_tell_cases_apart() -> None:
    like = LikeCases(shop().model)
    case = contact(1, PEOPLE[0], {}, 1000)
    points = {"points": AskedRemedy(asked=5, limit=500, available=500, owed=0)}
    others = [
        contact(1, Actor("c-9", "manager"), {}, 1000),
        contact(1, PEOPLE[0], {}, 1000, parts=points),
        contact(1, PEOPLE[0], {}, 1000, parts={}),
        contact(1, PEOPLE[0], {}, 1000, digest="another text"),
    ]
    assert all(like.key(each) != like.key(case) for each in others)
    assert like.key(others[1], of_any=True) == like.key(others[2], of_any=True) == like.key(case, of_any=True)
    manager = [contact(1, Actor("m", "manager"), {"order.value": value}, 1000) for value in ("60 EUR", "90 EUR", "200 EUR")]
    keys = [like.key(each) for each in manager]
    assert keys[0] == keys[1] != keys[2]
    assert like.key(manager[0], without="order.value") == like.key(manager[2], without="order.value")


REGIONS = """
policy: regions
title: Regions
version: "1"
owner: tests
timezone: UTC
currency: EUR
ladder: [clerk]
facts:
  amount: {type: money}
  weight: {type: number}
  days: {type: integer}
  day: {type: date}
  wait: {type: duration}
  codes: {type: list of text}
remedies:
  credit: {type: money, title: Credit}
rules:
  - {id: one, when: {weight: "> 1.5", days: "[3..7]"}, may: {credit: amount * 10%}}
  - {id: two, when: 'day >= date("2026-03-01") and wait > duration("PT2H") and list contains(codes, "a")', may: {credit: 5 EUR}}
otherwise: deny
"""


@pytest.mark.parametrize(
    ("name", "alike", "words"),
    [
        ("weight", [["1", "1.5"], ["1.51", 9]], ["at most 1.5", "above 1.5"]),
        ("days", [[1, 2], [3, 5, 7], [8, 90]], ["below 3", "at least 3 and at most 7", "above 7"]),
        ("day", [["2025-01-01", "2026-02-28"], ["2026-03-01"]], ["below 2026-03-01", "at least 2026-03-01"]),
        ("amount", [["0 EUR", "0.99 EUR"], ["1 EUR"], ["2 EUR", "4.99 EUR"], ["500 EUR", "999 EUR"]], None),
        ("amount", [["120 EUR"], ["-120 EUR"]], ["100 to 200", "-200 to -100"]),
        ("codes", [[["a", "b"], ["b", "a"]], [["a"]]], ["a, b", "a"]),
        ("wait", [["PT1H", "PT2H"], ["PT2H1M", "PT5H"]], None),
    ],
)
def test_the_regions_that_a_policy_tells_apart(name: str, alike: list[list[Any]], words: list[str] | None) -> None:
    regions = Regions(remit.loads(REGIONS, "regions.yaml").model)
    found = [{regions.region(name, value) for value in some} for some in alike]
    assert all(len(each) == 1 for each in found), found
    assert len(set[str]().union(*found)) == len(alike), found
    if words is not None:
        assert [regions.words(name, some[0]) for some in alike] == words
    assert regions.region(name, None) not in set[str]().union(*found)
