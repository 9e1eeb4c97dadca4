"""``requested``, the time of the request: what conditions read of it, with a moment and without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

import pytest

import remit
from remit.deciding.policy import reference_decision, stored_policy
from remit.readings.bounds import bounds

POLICY = """\
policy: grace
title: A day to change one's mind
version: "1"
owner: fares
currency: EUR
timezone: America/Los_Angeles
ladder: [agent, lead]
facts:
  booking.made: {type: date-time}
  booking.paid: {type: money, min: 0 EUR, max: 900 EUR}
remedies:
  refund: {type: money, title: Refund}
rules:
  - {id: grace, because: Within a day., when: "requested - booking.made <= 24 hours", owed: {refund: booking.paid}}
  - {id: late, because: A gesture., when: "date(requested) > occurred + 7 days", may: {refund: 5 EUR}}
guardrails:
  - {id: night, when: "requested.hour < 6", then: escalate, to: lead, say: Not at night.}
otherwise: deny
"""
#: Noon in California.
AT = datetime(2026, 7, 1, 19, tzinfo=UTC)


@cache
def policy(old: str = "", new: str = "") -> remit.Policy:
    assert old in POLICY
    found = remit.loads(POLICY.replace(old, new))
    found.compile()
    return found


def asking(
    made: str | None = "2026-06-30T12:00:00-07:00", occurred: str = "2026-07-01", amount: str = "50 EUR"
) -> dict[str, Any]:
    facts = {"booking.paid": "50 EUR"} | ({"booking.made": made} if made else {})
    return {"employee": {"id": "e-1", "role": "agent"}, "asked": {"refund": amount}, "facts": facts, "occurred": occurred}


def decided(request: dict[str, Any], at: datetime | None, of: remit.Policy | None = None) -> remit.Decision:
    """By definition, compiled, and of a request that was checked before: all the same."""
    of = of or policy()
    defined = reference_decision(of.model, request, at=at)
    assert defined.to_json() == of.decide(request, at=at).to_json() == of.decide(of.check(request), at=at).to_json()
    return defined


@pytest.mark.parametrize(
    ("made", "after", "outcome"),
    [
        ("2026-06-30T12:00:00-07:00", timedelta(0), "grant"),
        ("2026-06-30T19:00:00Z", timedelta(0), "grant"),
        ("2026-06-30T21:00:00+02:00", timedelta(microseconds=1), "deny"),
        ("2026-06-30T12:00:00@America/Los_Angeles", timedelta(microseconds=1), "deny"),
        ("2026-06-30T12:00:00", timedelta(0), "grant"),  # by the clocks of the policy
        ("2026-06-30T12:00:00", timedelta(microseconds=1), "deny"),
    ],
)
def test_the_length_of_time_between_a_fact_and_the_request(made: str, after: timedelta, outcome: str) -> None:
    assert decided(asking(made), AT + after).outcome == outcome


@pytest.mark.parametrize(
    "at",
    [AT.replace(hour=12), datetime(2026, 7, 1, 14, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 7, 1, 7, tzinfo=UTC)],
)
def test_its_time_of_day_is_that_of_the_policys_time_zone(at: datetime) -> None:
    decision = decided(asking("2026-07-01T00:00:00-07:00"), at)
    assert (decision.outcome, decision.reasons[0].id) == ("grant", "night")  # which holds back goodwill, not what is owed
    assert decided(asking("2026-07-01T00:00:00-07:00"), AT).reasons[0].id == "grace"


@pytest.mark.parametrize(("hour", "outcome"), [(6, "deny"), (7, "grant")])
def test_its_day_is_that_of_the_policys_time_zone(hour: int, outcome: str) -> None:
    """Seven o'clock UTC is midnight in California."""
    by_day = policy("requested.hour < 6", "false")
    assert (
        decided(
            asking(None, "2026-07-01", "5 EUR") | {"facts": {"booking.paid": "1 EUR", "booking.made": "2026-01-01T00:00:00Z"}},
            datetime(2026, 7, 9, hour, tzinfo=UTC),
            by_day,
        ).outcome
        == outcome
    )


def test_without_a_moment_nobody_is_asked_for_it() -> None:
    """It cannot be worked out (law 11): nothing is given by it, and the guardrail that reads it counts as applying."""
    decision = decided(asking(), None)
    assert (decision.outcome, decision.approver, decision.missing.facts) == ("escalate", None, ())
    assert (
        decision.reasons[0].text == "`night` may apply: `requested` cannot be worked out: the time of the request is not known"
    )
    only_rule = decided(asking(), None, policy("requested.hour < 6", "false"))
    assert only_rule.outcome == "escalate"  # in spite of `otherwise: deny`
    assert "the time of the request is not known" in only_rule.reasons[0].text


def test_where_it_cannot_matter_it_need_not_be_known() -> None:
    no_rule = policy("requested.hour < 6", "booking.paid > 100 EUR")
    assert decided(asking(amount="0 EUR"), None, no_rule).missing.facts == ()
    assert decided(asking() | {"asked": {"refund": "5 EUR"}}, AT, no_rule).outcome == "grant"


def test_a_missing_fact_is_asked_for_beside_it() -> None:
    assert decided(asking(None), AT).missing.facts == ("booking.made",)


def test_a_moment_without_an_offset_is_refused() -> None:
    for _ in range(2):
        with pytest.raises(remit.RequestError, match="time zone"):
            policy().decide(asking(), at=datetime(2026, 7, 1, 12))


def test_no_bound_of_what_can_be_given_hangs_on_it() -> None:
    assert bounds(policy().model)["agent", "refund"].limit == (0, 90_000)


@pytest.mark.parametrize(
    ("bound", "value", "said"),
    [
        ("min: 2026-06-30T12:00:00", "2026-06-30T18:59:59Z", "below the lowest"),
        ("max: 2026-06-30T12:00:00", "2026-06-30T19:00:01Z", "above the highest"),
    ],
)
def test_bounds_without_an_offset_are_by_the_same_clocks(bound: str, value: str, said: str) -> None:
    with pytest.raises(remit.RequestError, match=said):
        policy("{type: date-time}", f"{{type: date-time, {bound}}}").decide(asking(value), at=AT)


def test_a_default_is_by_the_same_clocks() -> None:
    kept = policy("{type: date-time}", "{type: date-time, default: 2026-06-30T12:00:00}")
    assert decided(asking(None), AT, kept).outcome == "grant"
    assert decided(asking(None), AT + timedelta(seconds=1), kept).outcome == "deny"


def test_nothing_else_may_have_its_name() -> None:
    with pytest.raises(remit.PolicyError, match="a fact cannot be called `requested`: `requested` is the time of the request"):
        remit.loads(POLICY.replace("booking.made", "requested"))


def test_a_fact_of_that_name_stays_what_it_is_in_a_text_that_was_accepted_before() -> None:
    text = POLICY.replace('"requested - booking.made <= 24 hours"', "{requested: by phone}").replace(
        "requested.hour < 6", "false"
    )
    text = text.replace("date(requested) > occurred + 7 days", "false")
    text = text.replace("booking.made: {type: date-time}", "requested: {type: choice, of: [by phone, in person]}")
    old = stored_policy(text, "grace.yaml")
    old.compile()
    request = asking(None) | {"facts": {"booking.paid": "50 EUR", "requested": "by phone"}}
    assert decided(request, AT, old).outcome == "grant"
    assert decided(asking(None), None, old).missing.facts == ("requested",)


def test_facts_may_begin_with_it() -> None:
    text = POLICY.replace("booking.made", "requested.since")
    request = asking(None) | {"facts": {"booking.paid": "50 EUR", "requested": {"since": "2026-06-30T12:00:00"}}}
    assert decided(request, AT, remit.loads(text)).outcome == "grant"
