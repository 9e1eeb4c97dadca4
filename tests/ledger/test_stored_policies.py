"""What newer versions refuse or read in another way: texts that a ledger has, and points in time that it recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import remit
from remit.deciding.policy import reference_decision, stored_policy

TEXT = """\
policy: returns
title: Returns
version: "1"
owner: shop
currency: USD
timezone: America/Los_Angeles
ladder: [agent]
facts:
  order.delivered: {type: date-time}
remedies:
  refund: {type: money, title: Refund}
rules:
  - {id: in-time, because: In time., when: "occurred - date(order.delivered) <= 30 days", may: {refund: 50 USD}}
otherwise: deny
"""
TOO_EXACT = TEXT.replace("50 USD", "50.005 USD")
#: One moment, half past eleven in the evening of 1 March in California.
SPELLINGS = (
    "2026-03-01T23:30:00-08:00",
    "2026-03-02T07:30:00Z",
    "2026-03-02T08:30:00+01:00",
    "2026-03-01T23:30:00@America/Los_Angeles",
)


def asking(delivered: str, day: str) -> dict[str, Any]:
    facts = {"order.delivered": delivered}
    return {"employee": {"id": "e-1", "role": "agent"}, "asked": {"refund": "5 USD"}, "facts": facts, "occurred": day}


def test_a_text_that_an_older_version_accepted_goes_on_deciding(tmp_path: Path) -> None:
    with pytest.raises(remit.PolicyError, match="too-exact"):
        remit.loads(TOO_EXACT)
    policy = stored_policy(TOO_EXACT, "returns.yaml")
    with remit.open_ledger(tmp_path / "ledger.db") as ledger:
        number = ledger.grant(policy, asking(SPELLINGS[0], "2026-03-10")).id
    with remit.open_ledger(tmp_path / "ledger.db") as ledger:  # where nothing is remembered
        entry = ledger.record(number)
        assert entry.decision is not None
        assert str(entry.decision.limits["refund"]) == "50.01 USD"
        assert ledger.redecide(number).same
        assert ledger.verify(thorough=True, decide=True).ok


@pytest.mark.parametrize("delivered", SPELLINGS)
@pytest.mark.parametrize(("day", "outcome"), [("2026-03-31", "grant"), ("2026-04-01", "deny")])
def test_the_day_is_that_of_the_policys_time_zone(delivered: str, day: str, outcome: str) -> None:
    policy = remit.loads(TEXT)
    policy.compile()
    request = asking(delivered, day)
    assert policy.decide(request).outcome == outcome
    assert policy.decide(request).to_json() == reference_decision(policy.model, request).to_json()


def test_without_a_time_zone_the_day_is_that_which_was_written() -> None:
    policy = remit.loads(TEXT.replace("timezone: America/Los_Angeles\n", ""))
    assert [policy.decide(asking(each, "2026-04-01")).outcome for each in SPELLINGS] == ["deny", "grant", "grant", "deny"]


def test_records_are_decided_again_as_they_were(tmp_path: Path) -> None:
    policy = remit.loads(TEXT)
    old = asking(SPELLINGS[1], "2026-04-01")
    assert reference_decision(policy.model, old, strict=False, meaning=2).outcome == "grant"
    with remit.open_ledger(tmp_path / "ledger.db") as ledger:
        numbers = [ledger.grant(policy, asking(each, "2026-03-31")).id for each in SPELLINGS]
        assert all(ledger.redecide(number).same for number in numbers)
        assert {str(ledger.record(number).facts()["order.delivered"]) for number in numbers} == {SPELLINGS[0]}
        assert ledger.verify(decide=True).ok


def test_an_amount_on_record_is_taken_as_it_was() -> None:
    """Facts could be finer than their currency before."""
    text = TEXT.replace("order.delivered: {type: date-time}", "order.price: {type: money, default: 9.005 USD}")
    model = stored_policy(
        text.replace("occurred - date(order.delivered) <= 30 days", "order.price < 33.337 USD"), "r.yaml"
    ).model
    old = {**asking(SPELLINGS[0], "2026-03-10"), "facts": {"order.price": "33.335 USD"}}
    assert reference_decision(model, old, strict=False, meaning=2).outcome == "grant"
    with pytest.raises(remit.RequestError, match=r"`33.335 USD` has 3 decimals, but USD has 2; did you mean `33335 USD`"):
        reference_decision(model, old)
    assert reference_decision(model, {**old, "facts": {}}).outcome == "grant"
