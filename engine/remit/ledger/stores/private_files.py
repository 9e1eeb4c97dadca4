"""Files that hold what is personal: only their owner may read them, whatever the umask. One that is there keeps its modes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from remit.errors import LedgerError, LedgerUnavailable

__all__ = ["PRIVATE", "make_private", "open_text", "secret_beside", "write_text"]

#: Reading and writing, for the owner alone.
PRIVATE = 0o600


def make_private(path: Path) -> None:
    """Make an empty file where there is none. SQLite gives the files beside it (``-wal``, ``-shm``) the same modes. Where it
    cannot be made, whoever opens it says why."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    except OSError:
        return


def secret_beside(path: Path) -> Path:
    """Where the secret of the ledger at ``path`` is kept: beside it, so that it is not part of what is copied or shown."""
    return Path(f"{path}.secret")


def open_text(path: Path, *, errors: str = "strict") -> IO[str]:
    """A file to be read; ``errors``: what becomes of bytes that are not UTF-8. Raises :class:`remit.LedgerError` where it
    cannot be."""
    try:
        return path.open(encoding="utf-8", errors=errors)
    except OSError as error:
        raise LedgerError(f"{path} cannot be read: {error.strerror}") from None


def write_text(path: Path, *, private: bool = False) -> IO[str]:
    """A file to be written anew. Raises :class:`remit.errors.LedgerUnavailable` where it cannot be."""
    if private:
        make_private(path)
    try:
        return path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise LedgerUnavailable(f"{path} cannot be written: {error.strerror}") from None
