"""The ledger: every decision on record, every cap held, nothing lost. What is promised, and which test shows it:
docs/ledger.md.

``canonical`` ``merkle`` ``ids`` ``windows`` ``apart`` ``facts`` are pure. ``store`` (``sqlite``, ``postgres``) keeps rows;
``chain`` and ``tally`` say which; ``turn`` and ``committer`` give each piece of work its turn. ``granting``, ``resolving``,
``tasks`` and ``erasing`` are the work; ``reading``, ``verifying``, ``anchor``, ``redeciding`` and ``exchange`` look at what was
done. ``ledger`` is what a service app holds.
"""

from remit.ledger.anchor import Anchor, check_proof
from remit.ledger.balances import Balance
from remit.ledger.entry import Entry
from remit.ledger.ledger import Ledger, import_ledger, open_ledger
from remit.ledger.redeciding import Redecision
from remit.ledger.tasks import Task
from remit.ledger.verifying import Finding, Verification

__all__ = [
    "Anchor",
    "Balance",
    "Entry",
    "Finding",
    "Ledger",
    "Redecision",
    "Task",
    "Verification",
    "check_proof",
    "import_ledger",
    "open_ledger",
]
