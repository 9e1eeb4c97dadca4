"""The ledger: every decision on record, every cap held, nothing lost. What is promised, and which test shows it:
docs/ledger.md.

``stores`` keeps rows; ``log`` (``chain``) and ``caps`` (``tally``) say which. ``granting``, ``resolving``, ``people`` and
``erasing`` are the work; ``ledger`` is what a service app holds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remit.ledger.caps.balances import Balance
    from remit.ledger.ledger import Ledger
    from remit.ledger.ledger_opening import import_ledger, open_ledger
    from remit.ledger.log.anchor import Anchor, check_proof
    from remit.ledger.log.entry import Entry
    from remit.ledger.log.redeciding import Redecision
    from remit.ledger.log.verifying import LedgerFinding, Verification
    from remit.ledger.people.answers import ApprovalPreview
    from remit.ledger.people.earlier_cases import CustomerCase
    from remit.ledger.people.permits import Permission
    from remit.ledger.people.relationship import Customer, CustomerNote
    from remit.ledger.people.task_list import Task
    from remit.ledger.people.task_notice import TaskNotice
    from remit.ledger.quality.calibrations import Calibration, Rating

__all__ = [
    "Anchor",
    "ApprovalPreview",
    "Balance",
    "Calibration",
    "Customer",
    "CustomerCase",
    "CustomerNote",
    "Entry",
    "LedgerFinding",
    "Ledger",
    "Permission",
    "Rating",
    "Redecision",
    "Task",
    "TaskNotice",
    "Verification",
    "check_proof",
    "import_ledger",
    "open_ledger",
]

#: Where each public name is. Loaded when first used, as those of :mod:`remit` are.
_HOMES = {
    "Anchor": "remit.ledger.log.anchor",
    "ApprovalPreview": "remit.ledger.people.answers",
    "Balance": "remit.ledger.caps.balances",
    "Calibration": "remit.ledger.quality.calibrations",
    "Rating": "remit.ledger.quality.calibrations",
    "Customer": "remit.ledger.people.relationship",
    "CustomerCase": "remit.ledger.people.earlier_cases",
    "CustomerNote": "remit.ledger.people.relationship",
    "Entry": "remit.ledger.log.entry",
    "Ledger": "remit.ledger.ledger",
    "LedgerFinding": "remit.ledger.log.verifying",
    "Redecision": "remit.ledger.log.redeciding",
    "Permission": "remit.ledger.people.permits",
    "Task": "remit.ledger.people.task_list",
    "TaskNotice": "remit.ledger.people.task_notice",
    "Verification": "remit.ledger.log.verifying",
    "check_proof": "remit.ledger.log.anchor",
    "import_ledger": "remit.ledger.ledger_opening",
    "open_ledger": "remit.ledger.ledger_opening",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module `remit.ledger` has no attribute `{name}`")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
