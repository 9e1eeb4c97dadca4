"""Whether the files of a ledger in SQLite are all there: its secret, and the WAL of one that is in use.

While a ledger is written, the newest of it is in the WAL alone. The file itself says so: its application id is a mark that the
first write sets and that is taken away when the ledger is closed, so that a copy without its WAL is known for one.

The mark may stay in a file that is complete: one process takes it away, another writes and is killed, and the first, now the
last, moves the WAL into the file as it closes. So how many records there are is noted in a small file beside it after each
commit; a marked file that has so many is complete. The note is never ahead of the log, and need not be on the disk.

SQLite goes on writing into the files that it has open, whatever becomes of their names. So before something is written, and
again before it is acknowledged, the names are looked at.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from remit.errors import LedgerCorrupt, LedgerUnavailable
from remit.ledger.stores.private_files import secret_beside

__all__ = [
    "Mark",
    "OpenFiles",
    "is_writable",
    "leave",
    "lost",
    "noted_beside",
    "refuse_half_a_copy",
    "wal_of",
]

#: The application id of a file that is complete only together with its WAL ("remi").
_IN_USE: Final = 0x72656D69
#: How often a file that looks like half a copy is looked at again: others may be opening and closing it just now.
_LOOKS: Final = 5


class OpenFiles:
    """The files of an open ledger, by what the system knows them by, so that one that was moved, replaced or removed since is
    noticed. ``path`` is the ledger's, which SQLite has opened."""

    def __init__(self, path: Path) -> None:
        real = str(path.resolve())  # of now: a program may change its folder
        self._known = {real: _identity(real)}
        self._wal, self._index = f"{real}-wal", f"{real}-shm"
        #: What is looked at before a transaction, and before it is acknowledged: each look takes its time.
        self._before, self._after = (real, self._index), (real, self._wal)

    def know(self) -> None:
        """After a transaction: what is beside the file is what SQLite has open, too."""
        if self._wal not in self._known:
            self._known |= {name: _identity(name) for name in (self._wal, self._index)}

    def changed(self, names: Iterable[str] | None = None) -> str | None:
        """The name of one (of ``names``) that is no longer what SQLite has open."""
        for name in self._known if names is None else names:
            known = self._known.get(name)
            if known is not None and _identity(name, known) != known:
                return name
        return None

    def refuse_changed(self, *, before: bool = False, written: bool = False) -> None:
        """Raises :class:`remit.errors.LedgerUnavailable` where one is. ``before``: something will be written; ``written``: it
        was, and is not acknowledged yet."""
        if (name := self.changed(self._before if before else self._after if written else None)) is None:
            return
        what = f"{name} was moved, replaced or removed while the ledger was open"
        if written:
            raise LedgerUnavailable(
                f"{what} and written; what was written may not be on record: see that the right files are there, open the "
                "ledger again, and try again with the same key",
                in_doubt=True,
            )
        raise LedgerUnavailable(f"{what}; nothing was written: see that the right files are there, and open it again")


def _identity(path: str, unknown: tuple[int, int] | None = None) -> tuple[int, int] | None:
    """What the system knows a file by; ``None`` where there is none, and ``unknown`` where it does not say."""
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return unknown
    return found.st_dev, found.st_ino


class Mark:
    """The mark of the file at ``path``, as the connection of its writer keeps it."""

    def __init__(self, path: Path, writer: sqlite3.Connection) -> None:
        self._path, self._writer = path, writer
        self._on_disk = False
        self._name = noted_beside(path)
        self._note: int | None = None  # a file descriptor

    def set(self) -> None:
        """In each transaction, since another process that closes the file takes the mark away."""
        if not _is_marked(self._writer):
            if self._note is None:
                self.note()  # before there is a mark
            self._writer.execute(f"PRAGMA application_id = {_IN_USE}")
            self._on_disk = False

    def note(self) -> None:
        """How many records were committed. Where that cannot be written, an older note holds."""
        with suppress(OSError, sqlite3.Error):
            if self._note is None or not os.fstat(self._note).st_nlink:  # it was removed, or another put in its place
                self.close()
                self._note = _opened(self._name, self._path.stat().st_mode & 0o666)
            noted = -1
            while noted != (records := _records(self._writer)):  # another may have noted more, and this have written over it
                os.pwrite(self._note, b"%19d\n" % records, 0)
                noted = records

    def close(self) -> None:
        if self._note is not None:
            os.close(self._note)
            self._note = None

    def bring_to_disk(self) -> None:
        """After the first commit, before it is acknowledged. Where a reader or a full disk is in the way, it is done after the
        next: what is committed is committed."""
        if self._on_disk:
            return
        with suppress(sqlite3.Error):
            self._on_disk = _is_marked_without_wal(self._path)
            if not self._on_disk:
                busy, pages, moved = self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                self._on_disk = not busy and pages == moved


def lost(path: Path) -> LedgerUnavailable:
    """What is raised where a ledger is gone and its secret is not: it is not begun anew without anybody noticing."""
    secret = secret_beside(path)
    return LedgerUnavailable(
        f"{path} is missing or empty, but its secret is there ({secret}): restore it from a backup, or move the secret away to "
        "begin a new ledger"
    )


def refuse_half_a_copy(path: Path) -> None:
    """Raises :class:`remit.LedgerCorrupt` for a file that is complete only together with a WAL that is not there."""
    wal = wal_of(path)
    for look in range(_LOOKS):
        if wal.exists() or not path.exists() or not _is_marked_without_wal(path) or _has_all_that_was_noted(path):
            return
        time.sleep(0.01 * look)
    raise LedgerCorrupt(
        f"{path} was in use when it was copied, and `{wal.name}`, which has its newest records, is not beside it: "
        "copy that too, or restore a backup; to go on without what it held, make it an empty file",
        {"path": str(path)},
    )


def noted_beside(path: Path) -> Path:
    """Where it is noted how many records the ledger at ``path`` has."""
    return Path(f"{path.resolve()}.records")


def wal_of(path: Path) -> Path:
    real = path.resolve()  # SQLite follows links, too
    return Path(f"{real}-wal")


def is_writable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.R_OK | os.W_OK) and os.access(path.resolve().parent, os.W_OK | os.X_OK)


def _is_marked(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("PRAGMA application_id").fetchone()[0] == _IN_USE)


def _is_marked_without_wal(path: Path) -> bool:
    """Whether the file alone has the mark. SQLite reads it: to open and close the file would drop the locks of this process."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return _is_marked(connection)
    except sqlite3.Error:
        return False  # whoever opens it says what is wrong with it


def _records(connection: sqlite3.Connection) -> int:
    """How many records there are: none where there are no tables yet."""
    try:
        return connection.execute("SELECT max(seq) FROM record").fetchone()[0] or 0
    except sqlite3.OperationalError:
        return 0


def _opened(path: Path, modes: int) -> int:
    """A file to be written in place, as open to others as the ledger is."""
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, modes)
    except FileExistsError:
        return os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    os.fchmod(made, modes)
    return made


def _has_all_that_was_noted(path: Path) -> bool:
    try:
        noted = int(noted_beside(path).read_bytes())
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return _records(connection) >= noted
    except (OSError, ValueError, sqlite3.Error):
        return False


def leave(connection: sqlite3.Connection, process: int, files: OpenFiles | None) -> None:
    """Take the mark away and close. The last one to close moves the WAL into the file and removes it; whether others have it
    open nobody knows. They set the mark again with what they write next.

    Where other files have the names of ``files`` by now, the connection is never closed: SQLite would remove their WAL.
    """
    if os.getpid() != process:
        return
    if files is not None and files.changed():
        import ctypes  # only here: it is seldom needed

        ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))  # not when the program ends, either
        return
    with suppress(sqlite3.Error):
        if _is_marked(connection):
            connection.execute("PRAGMA busy_timeout = 1000")  # where others write for so long, this is not the last
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("PRAGMA application_id = 0")
            connection.execute("COMMIT")
    connection.close()
