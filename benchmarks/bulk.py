"""A ledger of any size in little time: rows written straight into the tables, every hash and link as it must be.

Each record is a grant that takes from a rolling cap per guest, a lifetime cap per stay, a monthly cap per employee and a
history fact, as the ledger would have charged them; bodies are shortened, because what stands in a record has no part in what a
grant costs. The charges of a series are in order, as they would have come.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import remit
from remit.ledger.apart import series_of
from remit.ledger.chain import Index, first_link, next_link
from remit.ledger.ids import make_id
from remit.ledger.merkle import grow, leaf_hash
from remit.ledger.plan import counted_by

__all__ = ["EMPLOYEES", "fill", "guest_of"]

EMPLOYEES = 200
_APART = 1_000_000  # microseconds between records


def guest_of(number: int, size: int) -> int:
    """The guest of record ``number``: twenty records each, scattered through the log."""
    return number * 7_919 % max(1, size // 20)


def fill(path: Path, policy: remit.Policy, size: int, start: int) -> None:
    """Make the new ledger at ``path`` ``size`` records long; the first is recorded at ``start``, in microseconds."""
    with remit.open_ledger(path) as ledger:
        ledger_id, secret = ledger.id, ledger._core.secret
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("synchronous = OFF", "journal_mode = OFF", "cache_size = -1000000"):
            connection.execute(f"PRAGMA {pragma}")
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _records(policy, ledger_id, size, start)
        )
        connection.executemany("INSERT INTO charge VALUES (?, ?, ?, ?, ?, ?)", _charges(policy, secret, size, start))
        connection.execute("COMMIT")
        for _, sql in guards:
            connection.execute(sql)
        connection.execute("PRAGMA journal_mode = WAL")


def _records(policy: remit.Policy, ledger: str, size: int, start: int) -> Iterator[tuple[object, ...]]:
    link = first_link(ledger)
    beside: dict[int, bytes] = {}
    for seq in range(1, size + 1):
        at = start + seq * _APART
        body = json.dumps({"seq": seq, "id": make_id(seq, at), "ledger": ledger, "filler": "x" * 200}, separators=(",", ":"))
        index = Index(seq, at, "grant", "grant", policy.id, f"e-{seq % EMPLOYEES}")
        leaf = leaf_hash(body.encode())
        link = next_link(link, leaf, index.text())
        beside[seq] = hashes = grow(seq, leaf, beside.__getitem__)
        for level in range(len(hashes) // 32 - 1):
            beside.pop(seq - (1 << level), None)  # inside a finished subtree: never looked up again
        yield (*index.row(), link, hashes, body)


def _charges(policy: remit.Policy, secret: bytes, size: int, start: int) -> Iterator[tuple[object, ...]]:
    """Every charge, in the order of the primary key."""
    kept_by = {"guest.id": lambda seq: f"g-{guest_of(seq, size)}", "stay.id": lambda seq: f"s-{seq}"}
    kept_by["employee.id"] = lambda seq: f"e-{seq % EMPLOYEES}"
    names: list[tuple[bytes, int]] = []
    for counted in counted_by(policy.model, "associate"):
        if counted.kind == "discretion":
            continue
        known: dict[str, bytes] = {}
        for seq in range(1, size + 1):
            value = kept_by[counted.per[0]](seq)
            if value not in known:
                known[value] = series_of(secret, counted.base, {counted.per[0]: value})
            names.append((known[value], seq))
    names.sort()
    last, number = b"", 0
    for series, seq in names:
        number = number + 1 if series == last else 1
        last = series
        yield series, start + seq * _APART, seq, number, 1, number
