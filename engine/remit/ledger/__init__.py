"""The ledger: every decision on record, every cap held, nothing lost. What is promised, and which test shows it:
docs/ledger.md.

``stores`` keeps rows; ``log`` (``chain``) and ``caps`` (``tally``) say which. ``granting``, ``resolving``, ``people`` and
``erasing`` are the work; ``ledger`` is what a service app holds.
"""

from remit.ledger.caps.balances import Balance
from remit.ledger.ledger import Ledger
from remit.ledger.ledger_opening import import_ledger, open_ledger
from remit.ledger.log.anchor import Anchor, check_proof
from remit.ledger.log.entry import Entry
from remit.ledger.log.redeciding import Redecision
from remit.ledger.log.verifying import LedgerFinding, Verification
from remit.ledger.people.answers import ApprovalPreview
from remit.ledger.people.task_list import Task
from remit.ledger.people.task_notice import TaskNotice

__all__ = [
    "Anchor",
    "ApprovalPreview",
    "Balance",
    "Entry",
    "LedgerFinding",
    "Ledger",
    "Redecision",
    "Task",
    "TaskNotice",
    "Verification",
    "check_proof",
    "import_ledger",
    "open_ledger",
]
