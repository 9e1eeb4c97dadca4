"""A ledger copied whole, table by table, into a new SQLite file: how PostgreSQL is backed up."""

from __future__ import annotations

from pathlib import Path

from remit.errors import LedgerError
from remit.ledger.sqlite import SqliteStore
from remit.ledger.store import Session
from remit.ledger.tables import TABLES, rows_of

__all__ = ["copy_into_sqlite"]

_SECONDS = 10.0


def copy_into_sqlite(source: Session, path: Path) -> None:
    """Copy what ``source`` sees into a new SQLite ledger at ``path``."""
    if path.exists():
        raise LedgerError(f"{path} exists already; a backup never writes over anything")
    store = SqliteStore(path, timeout=_SECONDS)

    def copy(target: Session) -> None:
        for table, (columns, _) in TABLES.items():
            insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            for page in rows_of(source, table):
                target.put(insert, *page)
                target.flush()

    try:
        store.write(copy)
    finally:
        store.close()
