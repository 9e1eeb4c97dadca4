"""What the ledger asks of a database: one writer at a time, durable commits, consistent reads. SQLite and PostgreSQL give it.

A :class:`Session` is one transaction. Writes are kept back until :meth:`Session.flush`, so that a piece of work that changes
its mind leaves nothing behind, and so that a database across a network gets all of them in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from remit.errors import LedgerCorrupt
from remit.ledger.stores.store_clock import StoreClock

__all__ = ["Params", "Query", "Row", "Session", "Store", "not_taken"]

T = TypeVar("T")

Params: TypeAlias = Sequence[Any]
Row: TypeAlias = tuple[Any, ...]

#: A statement with ``?`` for each value, and the values.
Query: TypeAlias = tuple[str, Params]


class Session:
    """One transaction. Subclasses say how statements are run."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, list[Params]]] = []

    def ask(self, *queries: Query) -> list[list[Row]]:
        """The rows of each query. Queries of one call go to the database together."""
        raise NotImplementedError

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """The rows of one query."""
        return self.ask((sql, params))[0]

    def one(self, sql: str, params: Params = ()) -> Row | None:
        """The first row of one query, or ``None``."""
        found = self.ask((sql, params))[0]
        return found[0] if found else None

    def faults(self, *, whole: bool) -> Iterator[str]:
        """What is wrong with the database itself, in words: its tables, indexes and triggers. ``whole`` may take as long as
        to read all of it."""
        raise NotImplementedError

    def may_erase(self) -> bool:
        """Whether whoever is connected may remove private facts."""
        return True

    def put(self, sql: str, *rows: Params) -> None:
        """Write one row for each of ``rows``, when the session is flushed."""
        self._waiting.append((sql, list(rows)))

    def discard(self) -> None:
        """Forget what was put since the last flush."""
        self._waiting.clear()

    def flush(self) -> None:
        """Send what was put to the database."""
        waiting, self._waiting = self._waiting, []
        for sql, rows in waiting:
            self._run(sql, rows)

    def _run(self, sql: str, rows: list[Params]) -> None:
        raise NotImplementedError


def not_taken(name: str, why: str) -> LedgerCorrupt:
    """What is raised where the tables do not take a row that remit writes: something is there that it did not put there."""
    return LedgerCorrupt(
        f"{name} does not take what was to be written ({why}): it has rows that remit did not put there; nothing was written, "
        "and `remit ledger verify --thorough` says which"
    )


class Store(Protocol):
    """A database that holds one ledger. Every method is safe to call from several threads.

    All methods translate what goes wrong: :class:`remit.errors.LedgerBusy` when others held the lock for longer than the
    timeout, :class:`remit.errors.LedgerUnavailable` when the database cannot be reached or written,
    :class:`remit.errors.LedgerCorrupt` when it is damaged.
    """

    #: What this is, for people, without passwords.
    name: str

    #: What the database itself raises; :meth:`write` and :meth:`read` translate it when it leaves them.
    failures: tuple[type[Exception], ...]

    #: Those of them that are raised for a row that the tables do not take.
    refused: tuple[type[Exception], ...]

    #: Its time.
    clock: StoreClock

    def write(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` as the only writer and commit. When this returns, what was written is durable; when it raises, nothing
        was written (or, where the connection broke during the commit, nobody knows)."""
        ...

    def read(self) -> AbstractContextManager[Session]:
        """A session that sees one moment of the ledger and writes nothing."""
        ...

    def scrub(self) -> None:
        """After private facts were removed: leave no trace of them in the files that this database can clean itself."""
        ...

    def backup(self, path: Path) -> None:
        """Copy the ledger as it is now into a new SQLite file, while others write."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
