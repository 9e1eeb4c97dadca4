"""The tables of a ledger and how they are copied whole.

``record``       the log: one row per record, in order; ``body`` is canonical JSON and all that is proved, the other columns are
                 for finding it and are bound to it by ``link`` (see :mod:`remit.ledger.log.chain`).
``policy``       the text of every policy that decided, by digest.
``private``      values that stand apart from the log (personal and masked facts, stories): all that can be erased.
``charge``       what each record took from caps, discretion and history (see :mod:`remit.ledger.caps.tally`).
``refund``       what came back of it.
``request_key``  idempotency keys.
``resolution``   which record resolved a hold (step 1), a task (step 1) or a grant (step 2, void): each at most once. From
                 step 3 on, the parts of a grant that were taken back, and those who agreed to a task that needs several. From
                 step 0 down, that a task has waited too long. From step 1,000,000 on, the reviews of a record; a review that
                 was disputed and a dispute that was answered have step 1. From step 2,000,000 on, what became of the
                 customer. Of a calibration, one step for each verdict.
``hold``         when each hold expires, and when each task that was not answered is for the next role up.
``task``         what was escalated, and to which role.
``ledger``       what this ledger is: its id, and the fingerprint of its secret.

Everything but ``record``, ``policy``, ``private`` and ``ledger`` can be worked out again from the records.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from remit.errors import LedgerCorrupt
from remit.ledger.stores.store import Row, Session

__all__ = ["OURS", "TABLES", "altered", "rows_of"]

#: Table -> (columns, how many of the first columns make up the key).
TABLES: Final[dict[str, tuple[tuple[str, ...], int]]] = {
    "ledger": (("name", "value"), 1),
    "policy": (("digest", "id", "version", "seq", "text"), 1),
    "record": (("seq", "at", "kind", "outcome", "policy", "employee", "incident", "link", "hashes", "body"), 1),
    "private": (("seq", "facts"), 1),
    "charge": (("series", "at", "seq", "number", "amount", "running"), 3),
    "refund": (("series", "node", "seq", "total"), 3),
    "request_key": (("name", "seq", "digest"), 1),
    "resolution": (("target", "step", "seq"), 2),
    "hold": (("expires", "seq"), 2),
    "task": (("seq", "role"), 1),
}

#: Where all of these are, there is a ledger, of whatever schema.
OURS: Final = frozenset(("ledger", "record", "policy", "private"))

_PAGE = 1_000


def altered(table: str, column: str, row: int | bytes | str) -> LedgerCorrupt:
    """What is raised where a column holds what remit never writes there. ``row`` is the number of a record, a series, or
    another name of it."""
    name = f"record {row}" if isinstance(row, int) else f"series {row.hex()}" if isinstance(row, bytes) else row
    detail: dict[str, Any] = {"table": table, "column": column} | ({"seq": row} if isinstance(row, int) else {})
    return LedgerCorrupt(
        f"what the table `{table}` has as `{column}` for {name} was changed: remit writes nothing of that kind; "
        "`remit ledger verify --thorough` says what else was",
        detail,
    )


def rows_of(session: Session, table: str) -> Iterator[list[Row]]:
    """All rows of a table, a page at a time, in the order of its key."""
    columns, width = TABLES[table]
    names, key = ", ".join(columns), ", ".join(columns[:width])
    marks = ", ".join("?" * width)
    page = session.rows(f"SELECT {names} FROM {table} ORDER BY {key} LIMIT {_PAGE}")
    while page:
        yield page
        last = page[-1][:width]
        page = session.rows(f"SELECT {names} FROM {table} WHERE ({key}) > ({marks}) ORDER BY {key} LIMIT {_PAGE}", last)
