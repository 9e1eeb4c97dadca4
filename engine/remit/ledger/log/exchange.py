"""Records out of a ledger and into one: JSON Lines, CSV and Parquet by the ending of the file, streaming.

A *whole* JSON Lines export is a ledger on paper: the texts of the policies, every record as it was hashed, and what stands
apart. From it an equal ledger can be made: every link and every balance is worked out again and compared. It holds personal
facts. Any other export is for reading: what is personal or masked is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from remit.errors import LedgerError
from remit.ledger.arguments import CALL, FLAG, expect, filter_of, maybe
from remit.ledger.log.anchor import anchor_of
from remit.ledger.log.canonical import encode
from remit.ledger.log.chain import link_in
from remit.ledger.log.entry import Entry
from remit.ledger.log.searching import PersonOf, read_entries
from remit.ledger.log.sheets import record_columns, writer_for
from remit.ledger.stores.private_files import PRIVATE, make_private, write_text
from remit.ledger.stores.schema_tables import TABLES, altered, rows_of
from remit.ledger.stores.sqlite import SqliteStore
from remit.ledger.stores.store import Row, Session, Store
from remit.ledger.transaction import Core

__all__ = ["WHOLE", "copy_into_sqlite", "export_to"]

#: The type of a whole export, in its first line.
WHOLE = "remit.export/1"

_PAGE = 500
_SECONDS = 10.0

Progress = Callable[[int, int], None]


def export_to(
    store: Store,
    core: Core,
    path: Path,
    *,
    whole: bool = False,
    reveal: bool = False,
    progress: Progress | None = None,
    person_of: PersonOf,
    **wanted: Any,
) -> int:
    """Write records to ``path`` (``.jsonl``, ``.csv`` or ``.parquet``); gives how many.

    ``whole`` writes all of the ledger (JSON Lines only). ``reveal`` shows what is personal or masked, and what people wrote, in
    a file for its owner alone. ``wanted`` chooses records, as :class:`remit.ledger.log.searching.RecordFilter`. ``progress`` is
    called with how many were written, and the number of the last record of the log.
    """
    expect(whole=(whole, FLAG), reveal=(reveal, FLAG), progress=(progress, maybe(CALL)))
    if path.suffix not in (".jsonl", ".csv", ".parquet"):
        raise LedgerError(f"`{path.name}`: an export ends in .jsonl, .csv or .parquet")
    if whole:
        wanted = {name: each for name, each in wanted.items() if each is not None}
        if path.suffix != ".jsonl" or wanted:
            raise LedgerError("a whole export is JSON Lines, with every record")
        with write_text(path, private=True) as file, store.read() as session:
            return _write_whole(session, core, file, progress or _quiet)
    with store.read() as session:
        size = anchor_of(session, core.id).size
    entries = _told(read_entries(store, filter_of(wanted), person_of=person_of), progress or _quiet, size)
    if reveal:
        make_private(path)
        path.chmod(PRIVATE)  # also where the file was there before, and others could read it
    if path.suffix == ".jsonl":
        return _write_lines(path, entries, reveal)
    return writer_for(path)(path, record_columns(reveal=reveal), entries, reveal)


def _quiet(done: int, of: int) -> None: ...


def _told(entries: Iterator[Entry], progress: Progress, size: int) -> Iterator[Entry]:
    for done, entry in enumerate(entries, 1):
        yield entry
        if done % _PAGE == 0:
            progress(entry.seq, size)
    progress(size, size)


def _write_lines(path: Path, entries: Iterator[Entry], reveal: bool) -> int:
    count = 0
    with write_text(path, private=reveal) as file:
        for entry in entries:
            file.write(encode(entry.to_dict(reveal=reveal)) + "\n")
            count += 1
    return count


def _rules_from_the_start(session: Session) -> list[str]:
    """What the ledger has gone by from its first record on: not what a `migrate` record brought, which may be left out."""
    known: dict[str, str] = dict(session.rows("SELECT name, value FROM ledger"))
    return sorted({*known.get("rules", "").split(), *(name for name in ("claims", "customers") if known.get(name) == "0")})


def _write_whole(session: Session, core: Core, file: IO[str], progress: Progress) -> int:
    anchor = anchor_of(session, core.id)
    header = {"type": WHOLE, "ledger": core.id, "secret": core.identity.fingerprint, "anchor": anchor.to_dict()}
    header["rules"] = " ".join(_rules_from_the_start(session))
    file.write(encode(header) + "\n")
    for page in rows_of(session, "policy"):
        for row in page:
            file.write(encode({"policy": _policy(row)}) + "\n")
    at = 0
    sql = (
        "SELECT r.seq, r.body, r.link, p.facts FROM record AS r LEFT JOIN private AS p ON p.seq = r.seq "
        f"WHERE r.seq > ? ORDER BY r.seq LIMIT {_PAGE}"
    )
    while page := session.rows(sql, (at,)):
        for seq, body, link, private in page:
            if not isinstance(body, str):
                raise altered("record", "body", seq)
            if not isinstance(private, str | None):
                raise altered("private", "facts", seq)
            line = {"record": body, "link": link_in(seq, link).hex()} | ({"private": private} if private else {})
            file.write(encode(line) + "\n")
            at = seq
        progress(at, anchor.size)
    return anchor.size


def _policy(row: Row) -> dict[str, Any]:
    said = dict(zip(TABLES["policy"][0], row, strict=True))
    for column, value in said.items():
        if type(value) is not (int if column == "seq" else str):
            raise altered("policy", column, f"the text `{said['digest']!r}`"[:100])
    return said


def copy_into_sqlite(source: Session, path: Path) -> None:
    """Copy what ``source`` sees into a new SQLite ledger at ``path``."""
    if path.exists():
        raise LedgerError(f"{path} exists already; a backup never writes over anything")
    store = SqliteStore(path, timeout=_SECONDS)

    def copy(target: Session) -> None:
        for table, (columns, _) in TABLES.items():
            insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            for page in rows_of(source, table):
                target.put(insert, *page)
                target.flush()

    try:
        store.write(copy)
    finally:
        store.close()
