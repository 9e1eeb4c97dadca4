"""Checked models kept between runs, so that a command need not read and check the same policy each time it starts. A ledger
keeps what it read of its roster in the same way.

An entry is a pickle in a folder that only its owner can write, as Python's own compiled files are. Its name is a hash of the
policy's bytes and path, of the Python that wrote it, and of the sources that make models: after any change it is not found.
What cannot be read is made anew; the cache never is the reason that anything fails.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from remit.policy.model import Model

__all__ = ["Seal", "load_cached", "load_kept", "newest_source"]

T = TypeVar("T")

#: Gives for the bytes of an entry those that stand before them, and that nobody else can give.
Seal: TypeAlias = Callable[[bytes], bytes]

_SUFFIX: Final = ".model"
_MOST_ENTRIES: Final = 64
_LARGEST_BYTES: Final = 4 * 1024 * 1024


def load_cached(path: str | Path, folder: Path) -> Model:
    """The policy in the file ``path``; from ``folder`` where it is there, and left there where it was not.

    Raises :class:`~remit.errors.PolicyError` and ``OSError`` as :func:`remit.policy.loader.load_model`.
    """
    with open(path, "rb") as file:
        data = file.read(_LARGEST_BYTES)
    entry = folder / f"{_name(str(path), data, 'language', 'policy')}{_SUFFIX}"
    model = _read(entry, Model)
    if model is None:
        from remit.policy.loader import load_model

        model = load_model(path)
        if model.digest == f"sha256:{sha256(data).hexdigest()}":  # not changed between the two readings
            _write(entry, model)
    return model


def load_kept(folder: Path, name: str, kind: type[T], make: Callable[[], T], seal: Seal, *sources: str) -> T:
    """What is called ``name``, of a ``kind``, from ``folder`` where it is there under its ``seal``; or else what ``make``
    gives, which is left there. The code in the folders ``sources`` of remit makes it."""
    entry = folder / f"{_name(name, b'', *sources)}{_SUFFIX}"
    found = _read(entry, kind, seal)
    if found is None:
        found = make()
        _write(entry, found, seal)
    return found


def _name(path: str, data: bytes, *sources: str) -> str:
    digest = sha256(f"{path}\0{sys.version}\0{newest_source(*sources)}\0".encode("utf-8", "surrogateescape"))
    digest.update(data)
    return digest.hexdigest()[:40]


def newest_source(*sources: str) -> int:
    """When the code in these folders of remit was changed last, in nanoseconds: a number that no two states of a checkout
    share."""
    engine = Path(__file__).parents[1]
    newest = 0
    waiting = [engine / each for each in sources]
    while waiting:
        with os.scandir(waiting.pop()) as found:
            for each in found:
                if each.is_dir():
                    if each.name != "__pycache__":
                        waiting.append(Path(each.path))
                elif each.name.endswith(".py"):
                    newest = max(newest, each.stat().st_mtime_ns)
    return newest


def _is_private(folder: Path) -> bool:
    """Whether only this user can write there: others could plant what is unpickled."""
    if not hasattr(os, "getuid"):
        return True
    known = folder.stat()
    return known.st_uid == os.getuid() and not known.st_mode & 0o022


def _read(entry: Path, kind: type[T], seal: Seal = lambda data: b"") -> T | None:
    try:
        if not _is_private(entry.parent):
            return None
        written = entry.read_bytes()
        sealed = len(seal(b""))
        if seal(data := written[sealed:]) != written[:sealed]:
            return None
        found = pickle.loads(data)
    except Exception:  # not there, cut short, written by another Python: all the same
        return None
    return found if isinstance(found, kind) else None


def _write(entry: Path, made: object, seal: Seal = lambda data: b"") -> None:
    part = entry.with_suffix(f".{os.getpid()}")
    try:
        entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(entry.parent):
            return
        data = pickle.dumps(made, protocol=5)
        part.write_bytes(seal(data) + data)
        part.replace(entry)
        _prune(entry.parent)
    except (OSError, pickle.PickleError, RecursionError):
        part.unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    entries = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda each: each.stat().st_mtime)
    for each in entries[:-_MOST_ENTRIES]:
        each.unlink(missing_ok=True)
