"""The ledger: every decision on record, every cap held, nothing lost. What is promised, and which test shows it:
docs/ledger.md.

``canonical`` ``merkle`` ``ids`` ``windows`` ``apart`` ``facts`` are pure. ``store`` (``sqlite``, ``postgres``) keeps rows;
``chain`` and ``tally`` say which; ``turn`` and ``committer`` give each piece of work its turn. ``granting``, ``resolving``,
``tasks`` and ``erasing`` are the work; ``reading``, ``verifying``, ``anchor``, ``redeciding`` and ``exchange`` look at what was
done. ``ledger`` is what a service app holds.
"""

from remit.ledger.caps.balances import Balance
from remit.ledger.ledger import Ledger, import_ledger, open_ledger
from remit.ledger.log.anchor import Anchor, check_proof
from remit.ledger.log.entry import Entry
from remit.ledger.log.redeciding import Redecision
from remit.ledger.log.verifying import LedgerFinding, Verification
from remit.ledger.people.tasks import Task

__all__ = [
    "Anchor",
    "Balance",
    "Entry",
    "LedgerFinding",
    "Ledger",
    "Redecision",
    "Task",
    "Verification",
    "check_proof",
    "import_ledger",
    "open_ledger",
]
