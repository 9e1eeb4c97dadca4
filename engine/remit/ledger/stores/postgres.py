"""The ledger in a PostgreSQL schema: many services, one truth. Needs the extra ``remit[postgres]``.

One writer at a time: a transaction takes an advisory lock that belongs to the schema, and every statement after it sees all
that earlier holders committed (READ COMMITTED gives each statement a fresh snapshot), so writers are serial. The lock is
released after the commit is durable and visible. Statements go out in a pipeline: a transaction waits for the network as often
as it needs an answer, not once per statement.

Between us and the server there may be a pooler, and then each transaction may run on another connection to the server, with
whatever settings others left there. So all that a transaction needs is set in it and ends with it, and nothing is asked for
when a connection starts.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from remit.errors import LedgerBusy, LedgerError, LedgerUnavailable
from remit.ledger.log.exchange import copy_into_sqlite
from remit.ledger.stores import migrations
from remit.ledger.stores.database_check import postgres_faults
from remit.ledger.stores.lock_check import check_lock
from remit.ledger.stores.postgres_server import TIME, PostgresServer, pipeline, quoted
from remit.ledger.stores.schema_tables import OURS, TABLES
from remit.ledger.stores.store import Params, Query, Row, Session

if TYPE_CHECKING:
    import psycopg

__all__ = ["PostgresStore"]

T = TypeVar("T")

#: With a snapshot from before the lock, a writer would not see what others wrote.
_WRITE = "BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED"
#: Waits for the lock, and tells the time once it has it.
_LOCK = f"SELECT current_schema(), pg_advisory_xact_lock(hashtextextended('remit ledger ' || current_schema(), 0)), {TIME}"
_READ = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_LOOK = f"SELECT current_schema(), {TIME}"

#: A writer that holds the lock and has sent nothing for so many seconds is frozen: it loses the lock to those who wait.
_SILENCE_SECONDS = 5
#: The server cannot time it out: in the middle of a pipeline it is not idle, but reads from its client. (A limit on the whole
#: transaction would also end one that takes in a long export.) So whoever waits for the lock ends its connection. (A pooler may
#: put the address of its client behind the name.)
_HOLDER = (
    "SELECT a.usename, CASE WHEN a.application_name ~ '^remit( - |$)' AND a.wait_event_type = 'Client' AND "
    "clock_timestamp() - a.state_change > make_interval(secs => %s) THEN pg_terminate_backend(l.pid) END "
    "FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND a.datid = l.database "
    "AND a.datname = current_database() AND l.classid::bigint << 32 | l.objid::bigint = "
    "hashtextextended('remit ledger ' || %s, 0)"
)


@lru_cache(maxsize=512)
def _sql(text: str) -> str:
    return text.replace("?", "%s")


class _PostgresSession(Session):
    def __init__(self, connection: psycopg.Connection, begun: psycopg.Cursor, check: Callable[[Row | None], None]) -> None:
        super().__init__()
        self.connection = connection
        self._begun: psycopg.Cursor | None = begun
        self._check = check

    def ask(self, *queries: Query) -> list[list[Row]]:
        cursors = [self.connection.execute(_sql(sql), params) for sql, params in queries]
        self.check()
        return [cursor.fetchall() for cursor in cursors]

    def check(self) -> None:
        """See that the transaction is in the schema that was asked for; the answer comes with that to the first question."""
        if self._begun is not None:
            self._check(self._begun.fetchone())
            self._begun = None

    def faults(self, *, whole: bool) -> Iterator[str]:
        return postgres_faults(self)

    def may_erase(self) -> bool:
        row = self.one("SELECT has_table_privilege('private', 'DELETE')")
        return row is not None and bool(row[0])

    def _run(self, sql: str, rows: list[Params]) -> None:
        if len(rows) == 1:
            self.connection.execute(_sql(sql), rows[0])
        else:
            self.connection.cursor().executemany(_sql(sql), rows)


class PostgresStore(PostgresServer):
    """A :class:`remit.ledger.stores.store.Store` in ``schema`` of the database at ``url``; none is made where the ledger with
    the id ``wanted`` must be there."""

    def __init__(self, url: str, *, schema: str, timeout: float, wanted: str | None = None) -> None:
        super().__init__(url, schema=schema, timeout=timeout)
        self._lock = threading.RLock()
        self._pool: list[psycopg.Connection] = []
        self._writer: psycopg.Connection | None = None
        self._locks = False
        try:
            self._migrate(migrations.NEWEST, wanted)
        except BaseException:
            self._drain()
            raise

    def _begin(self, connection: psycopg.Connection, begin: str, look: str, patience: float) -> _PostgresSession:
        connection.execute(_sql(begin))
        self._set_up(connection, patience)
        return _PostgresSession(connection, connection.execute(_sql(look)), self._begun)

    def _begun(self, row: Row | None) -> None:
        if row is None or row[0] != self._schema:
            raise self._gone(f"there is no schema {self._schema}")
        self._set_clock(row)

    def _check_lock(self, connection: psycopg.Connection) -> None:
        if not self._locks:
            check_lock(connection, self._reading, self.name, self._timeout)
            self._locks = True

    @contextmanager
    def _transaction(self, connection: psycopg.Connection) -> Iterator[None]:
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            self._set_up(connection, self._timeout)
            yield

    # Writing

    def write(self, work: Callable[[Session], T]) -> T:
        with self._lock:
            fresh = self._writer is None or bool(self._writer.closed)
            try:
                return self._write_in_turn(work)
            except LedgerUnavailable as error:
                # A connection that idled through a restart of the server: again on a new one, unless it may have committed.
                if fresh or self._closed or error.in_doubt or self._writer is not None:
                    raise
                return self._write_in_turn(work)

    def _write_in_turn(self, work: Callable[[Session], T]) -> T:
        """Wait for the lock, at most for the timeout, and end whoever holds it and is frozen."""
        deadline = time.monotonic() + self._timeout
        patience = min(self._timeout, _SILENCE_SECONDS)
        while True:
            try:
                return self._write_once(work, patience)
            except LedgerBusy as error:
                if not isinstance(error.__cause__, self._psycopg.errors.LockNotAvailable):
                    raise
                left = deadline - time.monotonic()
                holder, ended = self._holder()
                patience = _SILENCE_SECONDS if ended else min(left, _SILENCE_SECONDS)
                if patience <= 0:
                    raise LedgerBusy(f"{error} (the lock is held by {holder})" if holder else str(error)) from error.__cause__

    def _holder(self) -> tuple[str | None, bool]:
        """Who holds the lock, and whether their connection was frozen, so that it was ended; one that this role may not see, or
        not end, stays."""
        row = None
        if self._writer is not None:
            with suppress(self._psycopg.Error):
                row = self._writer.execute(_HOLDER, (_SILENCE_SECONDS, self._schema)).fetchone()
        return (row[0], bool(row[1])) if row else (None, False)

    def _write_once(self, work: Callable[[Session], T], patience: float) -> T:
        committing = False
        with self._translated(lambda: committing and self._writer is None):
            if self._writer is None or self._writer.closed:
                self._writer = self._connect()
            connection = self._writer
            try:
                self._check_lock(connection)
                with pipeline(connection):
                    session = self._begin(connection, _WRITE, _LOCK, patience)
                    result = work(session)
                    session.flush()
                    session.check()
                    committing = True
                    connection.execute("COMMIT")  # is skipped by the server when something before it failed
            except BaseException:
                self._roll_back(connection)
                raise
            return result

    def _roll_back(self, connection: psycopg.Connection) -> None:
        with suppress(self._psycopg.Error):
            connection.rollback()
        if connection.closed or connection.broken:
            self._writer = None

    def scrub(self) -> None:
        with self._lock, suppress(self._psycopg.Error):  # without the right to vacuum, autovacuum will come round
            if self._writer is not None:
                self._writer.execute(_sql(f"VACUUM {self._quoted}.private"))

    # Reading

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self._translated(), self._reading() as connection, pipeline(connection):
            yield self._begin(connection, _READ, _LOOK, self._timeout)

    @contextmanager
    def _reading(self) -> Iterator[psycopg.Connection]:
        connection = self._reader()
        try:
            yield connection
        finally:
            with suppress(self._psycopg.Error):
                connection.rollback()
            if not (connection.closed or connection.broken):
                self._pool.append(connection)
            if self._closed:  # in the meantime
                self._drain()

    def _reader(self) -> psycopg.Connection:
        while self._pool:
            connection = self._pool.pop()
            with suppress(self._psycopg.Error):
                # It may have idled through a restart of the server.
                self._set_clock(connection.execute(_sql(f"SELECT {TIME}")).fetchone())
                return connection
        return self._connect()

    # The database

    def backup(self, path: Path) -> None:
        with self.read() as session:
            copy_into_sqlite(session, path)

    def create_roles(self, *, writer: str, reader: str, eraser: str) -> None:
        """Make or equip three roles (they cannot log in by themselves): see :meth:`remit.Ledger.create_roles`."""
        tables = ", ".join((*TABLES, "migration"))
        roles = [quoted(name, "a role") for name in (reader, writer, eraser)]
        with self._translated(), self._connect() as connection, self._transaction(connection):
            for name, role in zip((reader, writer, eraser), roles, strict=True):
                if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is None:
                    connection.execute(_sql(f"CREATE ROLE {role} NOLOGIN"))
                connection.execute(_sql(f"GRANT USAGE ON SCHEMA {self._quoted} TO {role}"))
                connection.execute(_sql(f"GRANT SELECT ON {tables} TO {role}"))
            for role in roles[1:]:
                connection.execute(_sql(f"GRANT INSERT ON {', '.join(TABLES)} TO {role}"))
                connection.execute(_sql(f"GRANT SELECT ON secret TO {role}"))
            connection.execute(_sql(f"GRANT DELETE ON private TO {roles[2]}"))

    def close(self) -> None:
        if os.getpid() != self._process:
            return
        with self._lock:
            self._closed = True
            if self._writer is not None:
                self._writer.close()
            self._writer = None
        self._drain()

    def _drain(self) -> None:
        """Close the connections that nobody reads with; whoever reads with one closes it when they are done."""
        with suppress(IndexError):
            while True:
                self._pool.pop().close()

    def _migrate(self, newest: int, wanted: str | None) -> None:
        with self._translated(), self._reading() as connection:
            if not migrations.pending(self._found(connection), self.name, newest, wanted):
                return
            self._refuse_foreign(connection)
            self._check_lock(connection)
            with self._transaction(connection):
                # The schema may not exist yet, so the lock cannot be named by it.
                connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('remit migration', 0))")
                # Reading the table makes the server see what was made while it waited, which IF NOT EXISTS does not.
                if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (self._schema,)).fetchone() is None:
                    connection.execute(_sql(f"CREATE SCHEMA {self._quoted}"))
                self._begun(connection.execute(_sql(_LOOK)).fetchone())
                connection.execute("CREATE TABLE IF NOT EXISTS migration (version bigint PRIMARY KEY)")
                for version in migrations.pending(self._found(connection), self.name, newest):
                    connection.execute(_sql(migrations.script("postgres", version)))
                    connection.execute("INSERT INTO migration VALUES (%s)", (version,))

    def _refuse_foreign(self, connection: psycopg.Connection) -> None:
        """Raises :class:`remit.LedgerError` where the schema has tables of the same names that are not a ledger's."""
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (self._schema,)).fetchall()
        tables = {name for (name,) in rows}
        taken = sorted(tables & {*TABLES, "secret", "migration"})
        if taken and not tables >= OURS:
            raise LedgerError(
                f"{self.name} has tables of something else ({', '.join(taken)}) and was left as it is: name another schema"
            )

    def _found(self, connection: psycopg.Connection) -> int:
        table = connection.execute("SELECT to_regclass(%s)", (f"{self._quoted}.migration",)).fetchone()
        if table is None or table[0] is None:
            return 0
        row = connection.execute(_sql(f"SELECT coalesce(max(version), 0) FROM {self._quoted}.migration")).fetchone()
        return int(row[0]) if row else 0
