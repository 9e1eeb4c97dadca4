"""Whether the lock of a server locks. Some that speak PostgreSQL's language give an advisory lock to whoever asks, as
CockroachDB did for years, and a pooler may hand out connections to two servers: two writers would spend the same balance."""

from __future__ import annotations

import os
import random
import selectors
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from remit.errors import LedgerError, LedgerUnavailable

if TYPE_CHECKING:
    import psycopg

__all__ = ["check_lock"]

#: For how many seconds, at most, the first connection is held while the second waits for its turn in a pooler.
_PATIENCE = 0.5


def check_lock(
    first: psycopg.Connection, second: Callable[[], AbstractContextManager[psycopg.Connection]], name: str, timeout: float
) -> None:
    """Take a lock that nobody else knows of with ``first``, and see that a connection of ``second`` cannot have it, too.

    Raises :class:`remit.LedgerError` where it can, and :class:`remit.errors.LedgerUnavailable` where for ``timeout`` seconds a
    pooler has no second connection to the server. The first is let go while the second waits, or those who open a ledger at the
    same time could hold all that a pooler has, and wait for each other.
    """
    deadline = time.monotonic() + timeout
    while True:
        key = int.from_bytes(os.urandom(8), "big", signed=True)
        with second() as other:
            first.execute(f"BEGIN; SELECT pg_advisory_xact_lock({key})".encode())
            try:
                taken = _takes(other, key)
            finally:
                first.rollback()
        if taken is not None:
            break
        if time.monotonic() > deadline:
            raise LedgerUnavailable(
                f"{name} is behind a pooler that had no second connection to the server for {timeout:g} seconds; "
                "nothing was written, let it have at least two"
            )
        time.sleep(random.uniform(0, 0.1))
    if taken:
        raise LedgerError(
            f"{name}: this server gives one advisory lock to two transactions at once ({_version(first)}), and without it "
            "two writers could spend the same balance; nothing was written, keep the ledger in PostgreSQL itself"
        )


def _takes(connection: psycopg.Connection, key: int) -> bool | None:
    """Whether a connection gets the lock; nothing where there is no answer in time, and then it is closed."""
    from psycopg import OperationalError

    with selectors.DefaultSelector() as selector:
        connection.pgconn.send_query(f"SELECT pg_try_advisory_xact_lock({key})".encode())
        selector.register(connection.fileno(), selectors.EVENT_READ)
        if not selector.select(random.uniform(_PATIENCE / 2, _PATIENCE)):
            connection.close()
            return None
        results = list(iter(connection.pgconn.get_result, None))
        if not results or results[0].ntuples != 1:
            raise OperationalError(connection.pgconn.error_message.decode().strip())
        return results[0].get_value(0, 0) != b"f"


def _version(connection: psycopg.Connection) -> str:
    row = connection.execute("SELECT version()").fetchone()
    return str(row[0]) if row else "it does not say which"
