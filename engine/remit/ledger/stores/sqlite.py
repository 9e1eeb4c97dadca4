"""The ledger in one SQLite file: WAL journal, synchronous FULL (a commit is on the disk when it is acknowledged), one writer.

One connection writes, behind a lock; readers take connections of their own from a pool and see a snapshot, so that reading
never waits for writing. Between processes the lock is SQLite's own (``BEGIN IMMEDIATE``); while others hold it, waiting is
short naps of random length, which lets the next writer in sooner and more fairly than SQLite's busy handler does.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TypeVar

from remit.errors import LedgerBusy, LedgerCorrupt, LedgerError, LedgerUnavailable
from remit.language.locales.messages import Message
from remit.ledger.stores import migrations
from remit.ledger.stores.complete_files import Mark, OpenFiles, is_writable, leave, lost, refuse_half_a_copy, wal_of
from remit.ledger.stores.database_check import sqlite_faults
from remit.ledger.stores.private_files import make_private, secret_beside
from remit.ledger.stores.schema_tables import OURS
from remit.ledger.stores.sqlite_errors import NO_ACCESS, REFUSED, Translated, error_name
from remit.ledger.stores.store import Params, Query, Row, Session
from remit.ledger.stores.store_clock import ComputerClock, StoreClock

__all__ = ["SqliteStore"]

T = TypeVar("T")

_CACHE_KIB = 65_536
#: The WAL is emptied at 16 MB: a page that many grants write is then copied once for four times as many as by default.
_WAL_PAGES = 4_000


class _SqliteSession(Session):
    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self.connection = connection

    def ask(self, *queries: Query) -> list[list[Row]]:
        try:
            return [self.connection.execute(sql, params).fetchall() for sql, params in queries]
        except sqlite3.OperationalError as error:
            if "decode to UTF-8" in str(error):
                raise LedgerCorrupt(f"the ledger holds a text that is none ({error})") from None
            raise

    def faults(self, *, whole: bool) -> Iterator[str]:
        return sqlite_faults(self, whole=whole)

    def _run(self, sql: str, rows: list[Params]) -> None:
        if len(rows) == 1:
            self.connection.execute(sql, rows[0])
        else:
            self.connection.executemany(sql, rows)


class SqliteStore:
    """A :class:`remit.ledger.stores.store.Store` in the file ``path``, or in memory where ``path`` is ``None`` (gone when
    closed). None is made where the ledger with the id ``wanted`` must be there."""

    failures: tuple[type[Exception], ...] = (sqlite3.Error,)
    refused: tuple[type[Exception], ...] = REFUSED

    def __init__(self, path: Path | None, *, timeout: float, wanted: str | None = None) -> None:
        self.name = str(path) if path else "a ledger in memory"
        self.path = path = path.absolute() if path else None  # a program may change its folder
        self._timeout, self._wanted = timeout, wanted
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._pool: list[sqlite3.Connection] = []
        self._closed = False
        self.clock: StoreClock = ComputerClock()
        self._translated = Translated(self.name, timeout)
        # A secret has its name once its ledger is committed; so this is looked at before the ledger is.
        self._has_secret = path is not None and secret_beside(path).exists()
        if wanted is not None and not (path and path.exists()):
            raise migrations.missing(self.name, wanted)
        with self._translated:
            if path:
                if not path.exists() and self._has_secret:
                    raise lost(path)
                refuse_half_a_copy(path)
                make_private(path)
            self._writer = self._insist(self._connect)
            self._read_only = bool(path) and self._writer.execute("PRAGMA query_only").fetchone()[0] == 1
        self._mark = Mark(path, self._writer) if path else None
        self._files = OpenFiles(path) if path else None
        # A program that ends without closing its ledger closes the connections too, and with the last one the WAL goes.
        self._leave = weakref.finalize(self, leave, self._writer, self._process, self._files)
        try:
            self._migrate(migrations.NEWEST)
        except BaseException:
            self._leave()
            raise

    def _connect(self) -> sqlite3.Connection:
        target = str(self.path) if self.path else ":memory:"
        connection = sqlite3.connect(target, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=512)
        try:
            self._refuse_foreign(connection)  # before anything is changed
            connection.execute("PRAGMA journal_mode = WAL")
        except LedgerError:
            connection.close()
            raise
        except sqlite3.OperationalError as error:
            connection.close()
            if self.path is None or error_name(error) not in NO_ACCESS or is_writable(self.path):
                raise
            connection = _connect_read_only(self.path)
            self._refuse_foreign(connection)
        for pragma in ("synchronous = FULL", "fullfsync = ON", "checkpoint_fullfsync = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
        connection.execute("PRAGMA recursive_triggers = ON")  # so that REPLACE meets the triggers against deleting
        return connection

    # Writing

    def write(self, work: Callable[[Session], T]) -> T:
        with self._lock, self._translated:
            session = self._begin()
            try:
                if self._mark is not None:
                    self._mark.set()
                result = work(session)
                session.flush()
                session.connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                if self._files is not None:
                    self._files.refuse_changed()  # what it found (its key was used) may not be on record
                raise
            if self._files is not None and self._mark is not None:
                self._files.refuse_changed(written=True)
                self._files.know()
                self._mark.bring_to_disk()
                self._mark.note()
            return result

    def _begin(self) -> _SqliteSession:
        self._check_process()
        if self._read_only:
            raise LedgerUnavailable(Message("{name} is read-only: nothing can be recorded in it", name=self.name))
        if self._closed:
            raise LedgerUnavailable(f"{self.name} is closed")
        if self._files is not None:
            self._files.refuse_changed(before=True)
        try:
            self._writer.execute("BEGIN IMMEDIATE")  # most often nobody is in the way
        except sqlite3.OperationalError:
            self._insist(lambda: self._writer.execute("BEGIN IMMEDIATE"))
        return _SqliteSession(self._writer)

    def _insist(self, attempt: Callable[[], T]) -> T:
        """Try until others let go, at most for the timeout."""
        deadline = time.monotonic() + self._timeout
        nap = 0.0001
        while True:
            try:
                return attempt()
            except sqlite3.OperationalError as error:
                if not self._passes(error) or time.monotonic() > deadline:
                    raise
            time.sleep(nap * os.urandom(1)[0] / 255)
            nap = min(nap * 1.5, 0.004)

    def _passes(self, error: sqlite3.OperationalError) -> bool:
        """Whether others are in the way, and may be out of it the next time: they write, or make the file or its WAL, or close
        it just now, which also shows as files that cannot be opened where everybody may."""
        name = error_name(error)
        if name in NO_ACCESS:
            return self.path is not None and is_writable(self.path)
        return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"))

    def _roll_back(self) -> None:
        if self._writer.in_transaction:  # a full disk makes SQLite roll back by itself
            with suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")

    def scrub(self) -> None:
        # secure_delete has overwritten it in the database; the old pages are still in the WAL until that is emptied.
        deadline = time.monotonic() + self._timeout
        while self.path:
            with self._lock, self._translated:
                busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                return
            if time.monotonic() > deadline:
                raise LedgerBusy(f"{self.name} is being read: what was erased is still in its WAL file; close the readers")
            time.sleep(0.01)

    # Reading

    @contextmanager
    def read(self) -> Iterator[Session]:
        self._check_process()
        if self.path is None:
            with self._lock, self._translated:
                yield _SqliteSession(self._writer)
            return
        with self._translated:
            connection = self._reader()
            try:
                connection.execute("BEGIN")
                yield _SqliteSession(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._pool.append(connection)
                if self._closed:  # in the meantime
                    self._drain()

    def _reader(self) -> sqlite3.Connection:
        if self._closed:
            raise LedgerUnavailable(f"{self.name} is closed")
        if self._files is not None:
            self._files.refuse_changed()
        try:
            return self._pool.pop()
        except IndexError:
            connection = self._insist(self._connect)
            connection.execute(f"PRAGMA busy_timeout = {int(self._timeout * 1000)}")
            return connection

    # The file

    def backup(self, path: Path) -> None:
        if path.exists():
            raise LedgerError(f"{path} exists already; a backup never writes over anything")
        if self._files is not None:
            self._files.refuse_changed()
        make_private(path)
        with self._translated, closing(sqlite3.connect(path)) as target:
            source = self._writer if self.path is None else self._insist(self._connect)
            try:
                with self._lock if self.path is None else nullcontext():
                    source.backup(target)  # all pages in one step: another writer's commit would make it start over
                target.execute("PRAGMA application_id = 0")  # all of it is in this one file
                target.execute("PRAGMA journal_mode = WAL")
            finally:
                if source is not self._writer:
                    source.close()

    def close(self) -> None:
        if os.getpid() != self._process:
            return  # the connections belong to the parent: closing them here would drop its locks
        with self._lock:
            self._closed = True
            self._drain()
            self._leave()
            if self._mark is not None:
                self._mark.close()

    def _drain(self) -> None:
        """Close the connections that nobody reads with; whoever reads with one closes it when they are done."""
        with suppress(IndexError):
            while True:
                leave(self._pool.pop(), self._process, self._files)

    def _migrate(self, newest: int) -> None:
        with self._translated:
            found = self._insist(lambda: self._schema(self._writer))
        if not migrations.pending(found, self.name, newest):
            return

        def migrate(session: Session) -> None:
            for version in migrations.pending(self._schema(self._writer), self.name, newest):
                for statement in migrations.statements(migrations.script("sqlite", version)):
                    self._writer.execute(statement)
                self._writer.execute(f"PRAGMA user_version = {version}")

        self.write(migrate)

    def _refuse_foreign(self, connection: sqlite3.Connection) -> None:
        """Raises :class:`remit.LedgerError` for a database of something else, and for a ledger of a newer remit."""
        connection.execute("BEGIN")  # one moment for both: another process may just be making the ledger
        try:
            found = self._schema(connection)
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if not found and not tables and self._has_secret:
            assert self.path is not None
            raise lost(self.path)
        if (tables or found) and not (found and tables >= OURS):
            raise LedgerError(f"{self.name} is the database of something else, and was left as it is: name another file")
        migrations.pending(found, self.name, migrations.NEWEST, self._wanted)

    @staticmethod
    def _schema(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise LedgerError(f"{self.name} was opened before this process was forked; open it again here")


def _connect_read_only(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        # In a folder that cannot be written, a WAL ledger that nobody has open can only be read as a file that stands still.
        connection.close()
        wal = wal_of(path)
        if wal.exists() and wal.stat().st_size:
            raise LedgerUnavailable(
                f"{path} was not closed, and its journal `{wal.name}` cannot be read in a folder that cannot be written: "
                "make the folder writable, or read a backup"
            ) from None
        connection = sqlite3.connect(f"{uri}&immutable=1", uri=True, timeout=0, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    return connection
