"""The ledger in a PostgreSQL schema: many services, one truth. Needs the extra ``remit[postgres]``.

One writer at a time: a transaction takes the lock of a table of the schema, and every statement after it sees all
that earlier holders committed (READ COMMITTED gives each statement a fresh snapshot), so writers are serial. The lock is
released after the commit is durable and visible. Statements go out in a pipeline: a transaction waits for the network as often
as it needs an answer, not once per statement.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from remit.errors import LedgerBusy, LedgerError, LedgerUnavailable, MissingExtra, NotAllowed
from remit.ledger.log.exchange import copy_into_sqlite
from remit.ledger.stores import migrations
from remit.ledger.stores.database_check import postgres_faults
from remit.ledger.stores.schema_tables import OURS, TABLES
from remit.ledger.stores.store import Params, Query, Row, Session

if TYPE_CHECKING:
    import psycopg

__all__ = ["PostgresStore"]

T = TypeVar("T")

#: The lock of a table that is for writers alone: an advisory lock could be taken by anybody who can connect. It lets others
#: read the table, which has one row and never changes.
_LOCK = "LOCK TABLE secret IN EXCLUSIVE MODE"
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


@lru_cache(maxsize=512)
def _sql(text: str) -> str:
    return text.replace("?", "%s")


@contextmanager
def _pipeline(connection: psycopg.Connection) -> Iterator[None]:
    """A pipeline that ends with the first error. psycopg would log what goes wrong at its end after that (the connection is
    lost, the other statements are skipped), on the standard error of whoever has set up no logging."""
    first: BaseException | None = None
    try:
        with connection.pipeline():
            try:
                yield
            except BaseException as error:
                first = error  # the pipeline ends as if there were none, and so raises what it meets
    except Exception:
        if first is None:
            raise
    if first is not None:
        raise first


class _PostgresSession(Session):
    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__()
        self.connection = connection

    def ask(self, *queries: Query) -> list[list[Row]]:
        cursors = [self.connection.execute(_sql(sql), params) for sql, params in queries]
        return [cursor.fetchall() for cursor in cursors]

    def faults(self, *, whole: bool) -> Iterator[str]:
        return postgres_faults(self)

    def _run(self, sql: str, rows: list[Params]) -> None:
        if len(rows) == 1:
            self.connection.execute(_sql(sql), rows[0])
        else:
            self.connection.cursor().executemany(_sql(sql), rows)


class PostgresStore:
    """A :class:`remit.ledger.stores.store.Store` in ``schema`` of the database at ``url``."""

    def __init__(self, url: str, *, schema: str, timeout: float) -> None:
        try:
            import psycopg
        except ImportError:
            raise MissingExtra("a ledger in PostgreSQL", "postgres") from None
        _check_name(schema, "a schema")
        self._psycopg = psycopg
        self.failures: tuple[type[Exception], ...] = (psycopg.Error,)
        self._url, self._schema, self._timeout = url, schema, timeout
        self.name, given = _known_of(url, schema)
        # Whatever the database's default is: with a snapshot from before the lock, a writer would not see what others wrote.
        serial = "-c default_transaction_isolation=read\\ committed"
        self._options = f"{given} {serial} -c search_path={schema} -c lock_timeout={int(timeout * 1000)}".strip()
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._pool: list[psycopg.Connection] = []
        self._writer: psycopg.Connection | None = None
        self._closed = False
        self._migrate(migrations.NEWEST)

    def _connect(self) -> psycopg.Connection:
        if os.getpid() != self._process:
            raise LedgerError(f"{self.name} was opened before this process was forked; open it again here")
        if self._closed:
            raise LedgerUnavailable(f"{self.name} is closed")
        connection = self._psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=max(2, int(self._timeout)),
            application_name="remit",
            options=self._options,
        )
        connection.execute(_DURABLE)  # a commit that is acknowledged is on the disk, whatever the server's default is
        return connection

    # Writing

    def write(self, work: Callable[[Session], T]) -> T:
        with self._lock:
            fresh = self._writer is None or bool(self._writer.closed)
            try:
                return self._write_once(work)
            except LedgerUnavailable as error:
                # A connection that idled through a restart of the server: again on a new one, unless it may have committed.
                if fresh or self._closed or error.in_doubt or self._writer is not None:
                    raise
                return self._write_once(work)

    def _write_once(self, work: Callable[[Session], T]) -> T:
        committing = False
        with self._translated(lambda: committing and self._writer is None):
            if self._writer is None or self._writer.closed:
                self._writer = self._connect()
            connection = self._writer
            try:
                with _pipeline(connection):
                    connection.execute("BEGIN")
                    connection.execute(_LOCK)
                    session = _PostgresSession(connection)
                    result = work(session)
                    session.flush()
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
                self._writer.execute("VACUUM private")

    # Reading

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self._translated():
            connection = self._reader()
            try:
                with _pipeline(connection):
                    connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                    yield _PostgresSession(connection)
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
                connection.execute("SELECT 1")  # it may have idled through a restart of the server
                return connection
        return self._connect()

    # The database

    def backup(self, path: Path) -> None:
        with self.read() as session:
            copy_into_sqlite(session, path)

    def create_roles(self, *, writer: str, reader: str, eraser: str) -> None:
        """Make or equip three roles (they cannot log in by themselves): see :meth:`remit.Ledger.create_roles`."""
        tables = ", ".join((*TABLES, "migration"))
        with self._translated(), self._connect() as connection, connection.transaction():
            for role in (reader, writer, eraser):
                _check_name(role, "a role")
                if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                    connection.execute(_sql(f"CREATE ROLE {role} NOLOGIN"))
                connection.execute(_sql(f"GRANT USAGE ON SCHEMA {self._schema} TO {role}"))
                connection.execute(_sql(f"GRANT SELECT ON {tables} TO {role}"))
            for role in (writer, eraser):
                connection.execute(_sql(f"GRANT INSERT ON {', '.join(TABLES)} TO {role}"))
                # A lock wants the right to update; the trigger of the table refuses every update all the same.
                connection.execute(_sql(f"GRANT SELECT, UPDATE ON secret TO {role}"))
            connection.execute(_sql(f"GRANT DELETE ON private TO {eraser}"))

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

    def _migrate(self, newest: int) -> None:
        with self._translated(), self._connect() as connection:
            if not migrations.pending(self._found(connection), self.name, newest):
                return
            self._refuse_foreign(connection)
            with connection.transaction():
                # The schema may not exist yet, so the lock cannot be named by it.
                connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('remit migration', 0))")
                connection.execute(_sql(f"CREATE SCHEMA IF NOT EXISTS {self._schema}"))
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
        table = connection.execute("SELECT to_regclass(%s)", (f"{self._schema}.migration",)).fetchone()
        if table is None or table[0] is None:
            return 0
        row = connection.execute("SELECT coalesce(max(version), 0) FROM migration").fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def _translated(self, in_doubt: Callable[[], bool] = lambda: False) -> Iterator[None]:
        try:
            yield
        except self._psycopg.Error as error:
            raise self._meaning(error, in_doubt()) from error

    def _meaning(self, error: psycopg.Error, in_doubt: bool) -> Exception:
        kinds: Any = self._psycopg.errors
        first_line = next(iter(str(error).strip().splitlines()), "no reason given")
        busy = (kinds.LockNotAvailable, kinds.DeadlockDetected, kinds.SerializationFailure, kinds.QueryCanceled)
        if isinstance(error, busy):
            return LedgerBusy(f"{self.name} was locked by others for {self._timeout:g} seconds; nothing was written, try again")
        if isinstance(error, kinds.InsufficientPrivilege):
            return NotAllowed(f"{self.name}: {first_line}")
        if isinstance(error, kinds.DiskFull):
            return LedgerUnavailable(f"no space is left for {self.name}; nothing was written, make room and try again")
        if isinstance(error, kinds.ReadOnlySqlTransaction):
            return LedgerUnavailable(f"{self.name} is read-only: nothing can be recorded in it")
        if isinstance(error, self._psycopg.OperationalError | self._psycopg.InterfaceError):
            if in_doubt:
                text = (
                    f"{self.name} broke off while committing ({first_line}); it may be on record: try again with the same key"
                )
                return LedgerUnavailable(text, in_doubt=True)
            return LedgerUnavailable(f"{self.name} cannot be reached ({first_line}); nothing was written, try again")
        return error


def _check_name(name: str, what: str) -> None:
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise LedgerError(f"`{name}` is not a plain name for {what}: lower-case letters, digits and `_`")


def _known_of(url: str, schema: str) -> tuple[str, str]:
    """The address without user and password, and the options that it sets."""
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except Exception:
        raise LedgerError("this is not an address of a PostgreSQL database: write postgresql://USER@HOST/DATABASE") from None
    name = f"postgresql://{parts.get('host') or 'localhost'}/{parts.get('dbname') or ''} (schema {schema})"
    return name, str(parts.get("options") or "")
