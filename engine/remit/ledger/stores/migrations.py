"""From one schema version to the next: numbered SQL scripts, each run once, in one transaction, by whoever comes first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from remit.errors import LedgerError, LedgerUnavailable

__all__ = ["NEWEST", "missing", "pending", "script", "statements"]

#: The schema that this engine reads and writes.
NEWEST: Final = 1


def missing(name: str, wanted: str) -> LedgerError:
    """What to say where the ledger with the id ``wanted`` should be and there is none."""
    return LedgerError(f"there is no ledger in {name}, and {wanted} was asked for; none was made: see where it is")


def script(dialect: str, version: int) -> str:
    """The SQL that brings schema ``version - 1`` to ``version``; ``dialect`` is ``sqlite`` or ``postgres``."""
    return Path(__file__).with_name(f"{dialect}-{version}.sql").read_text(encoding="utf-8")


def pending(found: int, name: str, newest: int = NEWEST, wanted: str | None = None) -> range:
    """The versions still to be run on a ledger of schema ``found`` (0: an empty database, in which the ledger with the id
    ``wanted`` is not, and no other is made)."""
    if wanted is not None and not found:
        raise missing(name, wanted)
    if found > newest:
        raise LedgerUnavailable(
            f"{name} has ledger schema {found}, and this remit knows schemas up to {newest}: use a newer remit to open it"
        )
    return range(found + 1, newest + 1)


def statements(text: str) -> Iterator[str]:
    """The statements of a script, one by one: ``executescript`` would commit the transaction first."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
