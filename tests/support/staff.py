"""A small roster for the desk of ``support/desk.py``."""

from __future__ import annotations

import os
import pwd
from typing import Any

import remit
from remit.ledger.people.roster_file import read_roster
from support.desk import desk, request

TEXT = """
roster: desk
version: "{version}"
timezone: Europe/Amsterdam
lookups: [/usr/bin/crm lookup]
staff:
  - id: e-1
    role: associate
    logins: [{e1}]
    site: harbour
    manager: s-1
    accounts: [g-own, " G-Second "]
    acts_for:
      - {{role: supervisor, by: m-1, because: cover, until: 2026-07-31}}
  - id: e-2
    role: associate
    logins: [{e2}]
    facts: {{tenure: 3}}
    ceiling: [{{most: {{credit: 20 EUR, late: false}}, by: s-1, until: 2026-07-10}}]
  - {{id: e-3, role: associate, from: 2026-07-02, until: 2026-07-05, trust: [{{most: {{credit: 80 EUR}}, by: m-1}}]}}
  - {{id: e-4, role: associate, acts_for: [{{id: s-1, by: m-1, because: training}}]}}
  - id: s-1
    role: supervisor
    roles: {{other: manager}}
    logins: [{s1}]
    ceiling: [{{most: {{credit: 150 EUR}}, by: m-1, policy: desk}}]
  - {{id: s-2, role: supervisor}}
  - {{id: m-1, role: manager, logins: [{m1}], publishes: true, owns: [desk]}}
  - {{id: x-1, role: manager, erases: true}}
{more}"""


def own_login() -> str:
    """The login that the tests run under."""
    return pwd.getpwuid(os.getuid()).pw_name


def roster_text(version: str = "1", mine: str = "", more: str = "") -> str:
    """The text; ``mine`` is whose login is that of the tests (``e1``, ``e2``, ``s1`` or ``m1``)."""
    logins = {name: own_login() if name == mine else f"{name}-login" for name in ("e1", "e2", "s1", "m1")}
    return TEXT.format(version=version, more=more, **logins)


def staff(version: str = "1", **more: Any) -> remit.Roster:
    """The roster."""
    return read_roster(roster_text(version, **more))


def staffed(ledger: remit.Ledger) -> remit.Ledger:
    """The ledger with the roster and the policy of the desk in it."""
    ledger.publish(staff(), by="m-1")
    ledger.publish(desk(), by="m-1")
    return ledger


def asked(credit: str, employee: str, role: str | None = None, **more: Any) -> dict[str, Any]:
    """A request of which the role may be left out."""
    who = {"id": employee} if role is None else {"id": employee, "role": role}
    return {**request(credit, **more), "employee": who}


#: Two people of the roster as a service's own list has them.
ROWS: dict[str, dict[str, Any]] = {
    "e-1": {"id": "e-1", "role": "associate", "ceiling": [{"most": {"credit": "20 EUR"}, "by": "s-1"}]},
    "m-1": {"id": "m-1", "role": "manager", "publishes": True, "erases": True},
}
