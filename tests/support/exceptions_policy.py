"""A small policy whose limits are too low, and ledgers in which people keep approving what it refuses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import remit
from support.desk import Clock

TEXT = """\
# What a house may give. Comments stay where they are.
policy: house
title: A small house
version: "3"
owner: guest-relations
timezone: Europe/Amsterdam
currency: EUR
ladder: [associate, supervisor, manager]

facts:
  guest.id: {type: text, personal: true, ask: "Who is the guest?"}
  kind:     {type: choice, of: [noise, wait, bill, smell], ask: "What went wrong?"}
  severity: {type: integer, min: 1, max: 5, ask: "How bad is it?"}

remedies:
  credit: {type: money, title: Folio credit}
  late:   {type: exception, title: Late checkout, cost: 20 EUR}

values:
  for_bills:
    table:
      inputs: [severity]
      hit: first
      rows:
        - ["[4..5]", 40 EUR]            # a bad one
        - ["-",      20 EUR]

rules:
  - id: gesture
    because: A small thing is put right at once.
    when: {kind: [noise, wait]}
    may:
      credit:
        associate: 20 EUR               # for a start
        supervisor: 100 EUR
        manager: 300 EUR

  - id: bills
    because: A wrong bill is made good.
    when: {kind: bill}
    may: {credit: {associate: for_bills, supervisor: 100 EUR}}

  - id: managers
    because: Managers may do more.
    may: {credit: {manager: 300 EUR}, late: {manager: true}}

otherwise: escalate
"""

CASES = """\
policy: house.yaml
defaults:
  employee: {id: e-1, role: associate}
  facts: {guest.id: G-1, kind: noise, severity: 2}

cases:
  - name: A small gesture
    asked: {credit: 20 EUR}
    expect: {outcome: grant}
  - name: More is for the supervisor    # until somebody thinks again
    asked: {credit: 50 EUR}
    expect: {outcome: escalate, approver: supervisor}
"""

EMPLOYEES = ("e-1", "e-2", "e-3", "e-4", "e-5")
APPROVERS = ("s-1", "s-2", "s-3")


def write_policy(folder: Path, text: str = TEXT, cases: str | None = CASES) -> Path:
    """The policy in a file, and its cases beside it."""
    file = folder / "house.yaml"
    file.write_text(text, encoding="utf-8", newline="")
    if cases is not None:
        (folder / "house_test.yaml").write_text(cases, encoding="utf-8", newline="")
    return file


def ask(number: int, asked: dict[str, Any], who: str | None = None, role: str = "associate", **facts: Any) -> dict[str, Any]:
    """A request by one of the employees in turn, for a guest of their own."""
    employee = who or EMPLOYEES[number % len(EMPLOYEES)]
    known = {"guest.id": f"g-{number}", "kind": "noise", "severity": 1 + number % 5, **facts}
    return {"employee": {"id": employee, "role": role}, "asked": asked, "facts": known, "case": f"C-{number}"}


def answer(
    ledger: remit.Ledger, task: remit.Entry, number: int, given: dict[str, Any] | None, by: str | None = None, role: str = ""
) -> remit.Entry:
    """Approve a task with what is ``given``, or decline it."""
    who = {"id": by or APPROVERS[number % len(APPROVERS)], "role": role or "supervisor"}
    if given is None:
        return ledger.decline(task.id, employee=who, reason="Not this time.")
    return ledger.approve(task.id, employee=who, asked=given)


def sent_up(
    ledger: remit.Ledger,
    policy: remit.Policy,
    amounts: Sequence[int],
    approved: Iterable[bool],
    *,
    first: int = 0,
    role: str = "associate",
    by: str | None = None,
    approver_role: str = "",
    who: str | None = None,
    **facts: Any,
) -> None:
    """So many euros are asked for, one request after another, and approved as asked or declined."""
    for number, (amount, yes) in enumerate(zip(amounts, approved, strict=True), first):
        asked = {"credit": f"{amount} EUR"}
        task = ledger.escalate(policy, ask(number, asked, who, role, **facts))
        assert task.kind == "escalate", task.body["decision"]
        answer(ledger, task, number, asked if yes else None, by, approver_role)


def planted(ledger: remit.Ledger, policy: remit.Policy) -> None:
    """For noise and for waiting, what is asked for is nearly always approved; for bills, half of the time."""
    sent_up(ledger, policy, [25 + 5 * (number % 7) for number in range(60)], [number % 20 != 7 for number in range(60)])
    sent_up(ledger, policy, [60] * 40, [number % 2 == 0 for number in range(40)], first=100, kind="bill")


def new_ledger(path: str | Path = ":memory:") -> remit.Ledger:
    """An empty ledger whose clock does not move."""
    return remit.open_ledger(str(path), clock=Clock())
