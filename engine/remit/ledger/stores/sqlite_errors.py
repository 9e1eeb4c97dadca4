"""What SQLite raises, as what a store raises."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Final

from remit.errors import LedgerBusy, LedgerCorrupt, LedgerUnavailable
from remit.language.locales.messages import Message
from remit.ledger.stores.store import not_taken

__all__ = ["NO_ACCESS", "REFUSED", "Translated", "error_name"]

NO_ACCESS: Final = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY")

#: What is raised for a row that the tables do not take.
REFUSED: Final[tuple[type[Exception], ...]] = (sqlite3.IntegrityError,)


class Translated:
    """A context in which what SQLite raises becomes what a store raises. (A generator would take as long as a statement.)
    ``name`` is that of the store; ``timeout`` is in seconds."""

    __slots__ = ("_name", "_timeout")

    def __init__(self, name: str, timeout: float) -> None:
        self._name, self._timeout = name, timeout

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, sqlite3.Error):
            meaning = self._meaning(error)
            if meaning is not error:
                raise meaning from error

    def _meaning(self, error: sqlite3.Error) -> Exception:
        name, code = self._name, error_name(error)
        if isinstance(error, sqlite3.ProgrammingError):
            return LedgerUnavailable(f"{name} is closed") if "closed" in str(error).lower() else error
        if isinstance(error, REFUSED):
            return not_taken(name, str(error))
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
            return LedgerBusy(
                Message(
                    "{name} was locked by others for {seconds} seconds; nothing was written, try again",
                    name=name,
                    seconds=f"{self._timeout:g}",
                )
            )
        if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return LedgerCorrupt(f"{name} is damaged or not a ledger ({error}); restore a backup", {"path": name})
        if code == "SQLITE_FULL":
            return LedgerUnavailable(
                Message("no space is left for {name}; nothing was written, make room and try again", name=name)
            )
        if code.startswith("SQLITE_READONLY"):
            return LedgerUnavailable(Message("{name} is read-only: nothing can be recorded in it", name=name))
        if code.startswith("SQLITE_CANTOPEN"):
            return LedgerUnavailable(Message("{name} cannot be opened: no such folder, or no permission", name=name))
        if code.startswith("SQLITE_IOERR"):
            return LedgerUnavailable(
                Message("{name} cannot be read or written ({why}); try again with the same key", name=name, why=str(error))
            )
        return error


def error_name(error: sqlite3.Error) -> str:
    """SQLite's own name of an error, or an empty text."""
    return getattr(error, "sqlite_errorname", None) or ""
