"""A small policy and its requests, for the tests of the ledger: every number in it is easy to reckon with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import remit

CAPS = """
  - {id: guest-money, per: guest.id, over: 90 days, max: 300 EUR, counts: [credit]}
  - {id: guest-grants, per: guest.id, over: calendar month, max: 4 grants}
  - {id: desk-day, per: employee.id, over: calendar day, counts: [credit],
     max: {associate: 100 EUR, supervisor: 500 EUR, manager: 2000 EUR}}
"""

TEXT = """
policy: desk
title: A front desk
version: "{version}"
owner: guest-relations
timezone: Europe/Amsterdam
currency: EUR
ladder: [associate, supervisor, manager]
facts:
  guest.id: {{type: text, personal: true}}
  guest.name: {{type: text, personal: true}}
  guest.phone: {{type: text, mask: true}}
  stay.id: {{type: text}}
  rate: {{type: money, default: 0 EUR}}
  level: {{type: integer, min: 1, max: 5, default: 1}}
  weight: {{type: number, default: 1.5}}
  guest.visits: {{type: integer, history: {{count: grants, per: guest.id, over: 90 days}}}}
  guest.received: {{type: money, history: {{sum: credit, per: guest.id, over: lifetime}}}}
remedies:
  credit: {{type: money, title: Folio credit}}
  points: {{type: count, title: Points, cost: 0.01 EUR}}
  late: {{type: exception, title: Late checkout, cost: 20 EUR}}
rules:
  - id: gesture
    because: A small thing is put right at once.
    may: {{credit: {{associate: 50 EUR, supervisor: 200 EUR, manager: 1000 EUR}}, points: 5000, late: true}}
  - id: walked
    because: A guest who is walked is owed the first night.
    when: {{level: 5}}
    owed: {{credit: rate}}
guardrails:
  - id: injury
    when: {{level: 4}}
    then: escalate
    say: I want my supervisor to look after you.
  - id: regular
    when: "guest.visits >= {visits}"
    then: {{limit: {{points: 0}}}}
    because: Points are for those who come back after a while.
  - id: threats
    when: {{level: 3}}
    then: deny
    say: I will help when we can speak calmly.
caps:{caps}
discretion:
  associate: {{each: 20 EUR, max: 30 EUR, over: calendar month}}
  supervisor: {{each: 100 EUR, max: 200 EUR, over: calendar month}}
requires:
  - {{when: "asked.credit > 150 EUR", evidence: [note]}}
otherwise: escalate
"""


@cache
def desk(caps: str = CAPS, version: str = "1", visits: int = 3) -> remit.Policy:
    """The policy, with other caps if wanted."""
    return remit.loads(TEXT.format(caps=caps, version=version, visits=visits), "desk.yaml")


def request(
    credit: str | None = "10 EUR",
    guest: str | None = "g-1",
    employee: str = "e-1",
    role: str = "associate",
    *,
    facts: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A request for some credit (``None``: nothing)."""
    asked: dict[str, Any] = {"credit": credit} if credit else {}
    asked |= more.pop("asked", {})
    given = {} if guest is None else {"guest.id": guest}
    return {"employee": {"id": employee, "role": role}, "asked": asked, "facts": given | (facts or {}), **more}


MANAGER = {"id": "m-1", "role": "manager"}
SUPERVISOR = {"id": "s-1", "role": "supervisor"}


class Clock:
    """A clock that is set by hand."""

    def __init__(self, start: str = "2026-07-01T12:00:00+00:00") -> None:
        self.now = datetime.fromisoformat(start)

    def __call__(self) -> datetime:
        return self.now

    def set(self, text: str) -> None:
        """To a moment in UTC, unless the text says otherwise."""
        moment = datetime.fromisoformat(text)
        self.now = moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def go(self, **by: float) -> None:
        """Forward by days, hours, ..."""
        self.now += timedelta(**by)
