"""Opening a ledger: which store, what the ledger is called, and its secret."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from remit.errors import LedgerCorrupt, LedgerError, LedgerUnavailable, NotAllowed
from remit.language.fast_dataclass import dataclass
from remit.ledger.arguments import PLACE, SECONDS, SECRET, TEXT, expect, maybe
from remit.ledger.log.private_facts import SECRET_BYTES, fingerprint
from remit.ledger.stores.complete_files import lost
from remit.ledger.stores.migrations import missing
from remit.ledger.stores.private_files import PRIVATE, secret_beside
from remit.ledger.stores.sqlite import SqliteStore
from remit.ledger.stores.store import Session, Store

__all__ = ["RULES", "Identity", "identify", "keep_secret", "open_store", "secret_beside", "write_secret"]


#: What a new ledger goes by from its first record on. What is not among those of an old one was added later.
RULES: Final = frozenset(("claims", "customers", "identity"))


#: What begins like an address that other programs take, and is no path that anybody means.
_ADDRESS: Final = re.compile(r"\s*(file|sqlite3?|postgres(ql)?|:memory):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a ledger is called, and its secret; where that is not at hand, ``why`` says so and what to do. ``rules`` are those
    that it has gone by from its first record on: by ``identity`` it compares ids, by ``claims`` it charges what is owed, and by
    ``customers`` it finds cases by their customers."""

    id: str
    fingerprint: str
    secret: bytes | None
    why: str = ""
    rules: frozenset[str] = RULES

    @property
    def spelled(self) -> bool:
        """Whether ids were compared by their spelling once."""
        return "identity" not in self.rules


def open_store(url: str | os.PathLike[str], *, timeout: float, schema: str, wanted: str | None = None) -> Store:
    """The store at a path, ``:memory:``, or an address that begins with ``postgresql://``. None is made where the
    ledger with the id ``wanted`` must be there."""
    expect(url=(url, PLACE), timeout=(timeout, SECONDS), schema=(schema, TEXT), ledger=(wanted, maybe(TEXT)))
    text = os.fspath(url)
    if text.startswith(("postgresql://", "postgres://")):
        from remit.ledger.stores.postgres import PostgresStore

        return PostgresStore(text, schema=schema, timeout=timeout, wanted=wanted)
    if "://" in text:
        raise LedgerError(f"`{text.split('://')[0]}://` is no place for a ledger: give a file, or postgresql://...")
    if text != ":memory:" and (found := _ADDRESS.match(text)):
        raise LedgerError(
            f"what begins with `{found[0]}` is no place for a ledger: give the path of a file as it is (after `./`, where "
            "its name begins so), `:memory:`, or postgresql://..."
        )
    return SqliteStore(None if text == ":memory:" else Path(text), timeout=timeout, wanted=wanted)


def _secret_file(store: Store) -> Path | None:
    return secret_beside(store.path) if isinstance(store, SqliteStore) and store.path else None


def identify(store: Store, given: bytes | None, wanted: str | None = None) -> Identity:
    """What the ledger in ``store`` is, after making it one where it is new.

    The secret is ``given``, or else kept in a file beside the ledger, or in PostgreSQL in a table of its own. A ledger can be
    read and verified without it. Raises :class:`remit.LedgerError` where it is not the one that the ledger was made with, and
    where the ledger is not the one with the id ``wanted``.
    """
    expect(secret=(given, maybe(SECRET)))
    if given is not None and len(given) < SECRET_BYTES // 2:
        raise LedgerError(f"the secret of a ledger has at least {SECRET_BYTES // 2} bytes")
    with store.read() as session:
        known = _known(session)
    if wanted is not None and known.get("id") != wanted:
        if "id" not in known:
            raise missing(store.name, wanted)
        raise LedgerError(f"the ledger in {store.name} is {known['id']}, and {wanted} was asked for: see where that is")
    if "id" not in known:
        known = store.write(lambda session: _found(session, store, given))
    why = ""
    secret = given
    if secret is None:
        try:
            secret = _kept(store, known["secret"])
        except LedgerUnavailable as error:
            why = str(error)
    if secret is not None and fingerprint(secret) != known["secret"]:
        raise LedgerError(f"this is not the secret that {store.name} was made with; its caps cannot be told without it")
    later = {"claims", "customers"} & known.keys()  # a ledger is brought along to these
    return Identity(known["id"], known["secret"], secret, why, frozenset((*known.get("rules", "").split(), *later)))


def _known(session: Session) -> dict[str, str]:
    rows = session.rows("SELECT name, value FROM ledger")
    known: dict[str, str] = dict(rows)
    if rows and not (all(isinstance(each, str) for row in rows for each in row) and known.keys() >= {"id", "secret"}):
        raise LedgerCorrupt("what the ledger says of itself was changed; restore a backup")
    return known


def _found(session: Session, store: Store, given: bytes | None) -> dict[str, str]:
    known = _known(session)
    if "id" in known:
        return known  # another process was first
    path = _secret_file(store)
    if path is not None and path.exists():  # it has its name, so there was a ledger
        raise lost(path.with_name(path.name.removesuffix(".secret")))
    secret = given or _made(store)
    known = {"id": os.urandom(16).hex(), "secret": fingerprint(secret), "rules": " ".join(sorted(RULES))}
    session.put("INSERT INTO ledger (name, value) VALUES (?, ?)", *known.items())
    if given is None and path is None:
        session.put("INSERT INTO secret (value) VALUES (?)", (secret.hex(),))
    return known


def _kept(store: Store, expected: str) -> bytes:
    """The secret where a ledger keeps it; its fingerprint is ``expected``. Raises :class:`remit.errors.LedgerUnavailable` where
    it is not there."""
    path = _secret_file(store)
    if path is not None:
        if not path.exists() and not _name(path, expected):
            raise LedgerUnavailable(f"the secret of {store.name} is missing ({path}): put it back, or give it with `secret`")
        return _read(path)
    try:
        with store.read() as session:
            row = session.one("SELECT value FROM secret")
    except NotAllowed:
        raise LedgerUnavailable(f"the secret of {store.name} cannot be read by this role: give it with `secret`") from None
    if row is None:
        raise LedgerUnavailable(f"the secret of {store.name} is missing: give it with `secret`")
    return bytes.fromhex(row[0])


def _made(store: Store) -> bytes:
    """A new secret; on the disk before the ledger knows of it, so that no crash can leave a ledger without its secret.

    It gets its name after the ledger was committed (:func:`_name`). So where a secret has its name, there was a ledger, and
    where that is gone it is not begun anew.
    """
    path = _secret_file(store)
    if path is None:
        return os.urandom(SECRET_BYTES)
    unnamed = _unnamed(path)
    if not unnamed.exists():  # or else a process that made it died before it could write the ledger
        _write(unnamed, os.urandom(SECRET_BYTES))
    return _read(unnamed)


def _unnamed(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _name(path: Path, expected: str) -> bool:
    """Give the secret of a ledger that is committed its name, whoever made it. False where there is none with the fingerprint
    ``expected``."""
    unnamed = _unnamed(path)
    try:
        if fingerprint(_read(unnamed)) != expected:
            return False
        unnamed.rename(path)
        _sync_folder(path.parent)
    except (LedgerError, OSError):
        return path.exists()  # another process was first
    return True


def write_secret(ledger: Path, secret: bytes) -> None:
    """Write the secret beside a copy of a ledger."""
    _write(secret_beside(ledger), secret)


def keep_secret(store: Store, secret: bytes) -> None:
    """Keep a secret where the ledger in ``store`` looks for it: beside a file, nowhere for PostgreSQL."""
    path = _secret_file(store)
    if path is not None:
        _write(path, secret)


def _write(path: Path, secret: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        try:
            os.write(descriptor, secret.hex().encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(part, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise LedgerUnavailable(f"{path} cannot be written: {error.strerror}") from None


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        raise LedgerError(f"{path} does not hold the secret of a ledger") from None
    except OSError as error:
        raise LedgerUnavailable(f"{path} cannot be read: {error.strerror}") from None
