"""Connections to a PostgreSQL server: how they are set up, the server's time, and what its errors mean to a ledger."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from remit.errors import LedgerBusy, LedgerError, LedgerUnavailable, MissingExtra, NotAllowed
from remit.language.locales.messages import Message
from remit.ledger.stores.store import Row, not_taken
from remit.ledger.stores.store_clock import StoreClock

if TYPE_CHECKING:
    import psycopg

__all__ = ["TIME", "PostgresServer", "pipeline", "quoted"]

#: Beside all that begin with ``pg_``: what SQL means by these is no schema or role of one's own.
_RESERVED = frozenset(("information_schema", "none"))

TIME = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
#: Temporary tables, which come first where they are not named, come last. A commit that is acknowledged is on the disk,
#: whatever the server's default is.
_SETTINGS = (
    "SELECT set_config('search_path', %s || ', pg_temp', true), set_config('lock_timeout', %s, true), "
    "set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), true)"
)


@contextmanager
def pipeline(connection: psycopg.Connection) -> Iterator[None]:
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


class PostgresServer:
    """The server at ``url``, for a ledger in ``schema``. What waits there waits at most ``timeout`` seconds."""

    def __init__(self, url: str, *, schema: str, timeout: float) -> None:
        try:
            import psycopg
        except ImportError:
            raise MissingExtra("a ledger in PostgreSQL", "postgres") from None
        self._quoted = quoted(schema, "a schema")
        self._psycopg = psycopg
        self.failures: tuple[type[Exception], ...] = (psycopg.Error,)
        self.refused: tuple[type[Exception], ...] = (psycopg.IntegrityError, psycopg.errors.RaiseException)
        self._url, self._schema, self._timeout = url, schema, timeout
        self.name = _name_of(url, schema)
        self.clock = StoreClock()
        self._process = os.getpid()
        self._closed = False

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
        )
        # A pooler gives its clients numbers of its own. What is prepared on one of its connections is unknown to the next.
        row = connection.execute(f"SELECT pg_backend_pid(), {TIME}").fetchone()
        if row is None or row[0] != connection.info.backend_pid:
            connection.prepare_threshold = None
        self._set_clock(row)
        return connection

    def _set_up(self, connection: psycopg.Connection, patience: float) -> None:
        connection.execute(_SETTINGS, (self._quoted, str(max(1, int(patience * 1000)))))  # 0 would be for ever

    def _gone(self, why: str) -> LedgerError:
        return LedgerError(f"{self.name} is no longer there, or this user may not use it ({why}); nothing was written")

    def _set_clock(self, row: Row | None) -> None:
        """The last column is the server's time."""
        if row is not None:
            self.clock.set(int(row[-1]))

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
            return LedgerBusy(
                Message(
                    "{name} was locked by others for {seconds} seconds; nothing was written, try again",
                    name=self.name,
                    seconds=f"{self._timeout:g}",
                )
            )
        if isinstance(error, kinds.InsufficientPrivilege):
            return NotAllowed(f"{self.name}: {first_line}")
        if isinstance(error, kinds.UndefinedTable):
            return self._gone(first_line)
        if isinstance(error, kinds.DiskFull):
            return LedgerUnavailable(
                Message("no space is left for {name}; nothing was written, make room and try again", name=self.name)
            )
        if isinstance(error, kinds.ReadOnlySqlTransaction):
            return LedgerUnavailable(Message("{name} is read-only: nothing can be recorded in it", name=self.name))
        if isinstance(error, self.refused):
            return not_taken(self.name, first_line)
        if isinstance(error, self._psycopg.OperationalError | self._psycopg.InterfaceError):
            if in_doubt:
                text = (
                    f"{self.name} broke off while committing ({first_line}); it may be on record: try again with the same key"
                )
                return LedgerUnavailable(text, in_doubt=True)
            return LedgerUnavailable(
                Message("{name} cannot be reached ({why}); nothing was written, try again", name=self.name, why=first_line)
            )
        return error


def quoted(name: str, what: str) -> str:
    """The name of ``what`` in SQL, where it may be a word of the language. Raises :class:`remit.LedgerError` where it is not
    plain, or PostgreSQL keeps it for itself."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise LedgerError(
            f"`{name}` is not a plain name for {what}: at most 63 lower-case letters (a to z), digits and `_`, no digit first"
        )
    if name.startswith("pg_") or name in _RESERVED or (what, name) == ("a role", "public"):
        raise LedgerError(f"`{name}` cannot be the name of {what}: PostgreSQL keeps it for itself")
    return f'"{name}"'


def _name_of(url: str, schema: str) -> str:
    """The address without user and password."""
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except Exception:
        raise LedgerError("this is not an address of a PostgreSQL database: write postgresql://USER@HOST/DATABASE") from None
    return f"postgresql://{parts.get('host') or 'localhost'}/{parts.get('dbname') or ''} (schema {schema})"
