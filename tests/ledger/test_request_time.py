"""``requested`` in a ledger: the time of the request, on record, also where it is answered later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.ledger.log.redeciding import redecide
from support.desk import Clock

GRACE = """\
policy: grace
title: A day to change one's mind
version: "1"
owner: fares
currency: USD
timezone: America/Los_Angeles
ladder: [agent, lead]
facts:
  booking.made: {type: date-time}
remedies:
  refund: {type: money, title: Refund}
rules:
  - id: grace
    because: Within a day.
    when: requested - booking.made <= 24 hours
    may: {refund: {agent: 50 USD, lead: 500 USD}}
otherwise: deny
"""


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-07-01T19:00:00+00:00")


def grace(amount: str, **more: Any) -> dict[str, Any]:
    return {
        "employee": {"id": "e-1", "role": "agent"},
        "asked": {"refund": amount},
        "facts": {"booking.made": "2026-06-30T12:00:00"},
        **more,
    }


def test_a_ledger_gives_the_time_and_records_it_by_the_clocks_of_the_policy(tmp_path: Path, clock: Clock) -> None:
    policy = remit.loads(GRACE)
    with remit.open_ledger(tmp_path / "ledger.db", clock=clock) as ledger:
        entry = ledger.grant(policy, grace("50 USD"))
        assert (entry.granted, entry.read()["requested"]) == (True, "2026-07-01T12:00:00-07:00")
        assert ledger.preview(policy, grace("40 USD")).outcome == "grant"
        clock.go(microseconds=1)
        late = ledger.grant(policy, grace("40 USD"))
        assert (late.outcome, late.read()["requested"]) == ("deny", "2026-07-01T12:00:00.000001-07:00")
        assert ledger.redecide(entry.id).same
        assert ledger.verify(thorough=True, decide=True).ok


def test_an_approval_goes_by_the_time_of_the_request(tmp_path: Path, clock: Clock) -> None:
    """Whoever answers two days later answers what was asked in time."""
    policy, lead = remit.loads(GRACE), {"id": "l-1", "role": "lead"}
    with remit.open_ledger(tmp_path / "ledger.db", clock=clock) as ledger:
        task = ledger.escalate(policy, grace("200 USD"))
        permitted = ledger.escalate(policy, grace("300 USD", key="k-1"))
        clock.go(days=2)
        given = ledger.approve(task.id, employee=lead)
        assert (given.granted, given.read()["requested"]) == (True, "2026-07-01T12:00:00-07:00")
        permit = ledger.approve(
            permitted.id, employee=lead, give=False, until=datetime.fromisoformat(given.body["recorded"]) + timedelta(days=3)
        )
        clock.go(days=1)
        used = ledger.grant(policy, grace("300 USD", key="k-1"))
        assert (used.granted, used.of, used.read()["requested"]) == (True, permit.id, "2026-07-01T12:00:00-07:00")
        assert ledger.escalate(policy, grace("200 USD")).outcome == "deny"
        assert ledger.verify(thorough=True, decide=True).ok


def test_a_record_keeps_its_time_when_the_clocks_of_its_zone_are_changed(tmp_path: Path, clock: Clock) -> None:
    by_hour = remit.loads(GRACE.replace("requested - booking.made <= 24 hours", "requested.hour = 12"))
    with remit.open_ledger(tmp_path / "ledger.db", clock=clock) as ledger:
        entry = ledger.grant(by_hour, grace("50 USD"))
        moved = replace(by_hour.model, timezone="America/New_York")  # as if that were the hour there by now
        assert redecide(entry, remit.Policy(moved)).same
