"""The log itself: records in order, each linked to the one before, under a Merkle tree.

``leaf``
    SHA-256 of ``0x00`` and the record's canonical JSON (:mod:`remit.ledger.log.merkle`).
``link``
    SHA-256 of ``0x02``, the link before it, the leaf, and the canonical JSON of the columns by which the record is found:
    ``[seq, at, kind, outcome, policy, employee, case]``. So neither a record nor a column beside it can be changed alone.
    Before the first stands SHA-256 of ``0x03`` and the ledger's id, so that no two ledgers have a link in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

from remit.errors import LedgerCorrupt
from remit.language.fast_dataclass import dataclass
from remit.ledger.log.canonical import encode
from remit.ledger.log.merkle import HASH_BYTES, grow, leaf_hash
from remit.ledger.log.record_ids import refuse_number
from remit.ledger.stores.schema_tables import altered
from remit.ledger.stores.store import Query, Session

__all__ = [
    "HEAD",
    "INDEX",
    "Head",
    "Index",
    "append",
    "first_link",
    "hashes_for",
    "hashes_in",
    "link_in",
    "next_link",
    "siblings",
    "time_in",
]

#: The last record: the query, and :meth:`Head.of` reads its rows.
HEAD: Final = "SELECT seq, at, link, hashes FROM record ORDER BY seq DESC LIMIT 1"

#: The columns that an index row is made of, beside ``seq``.
INDEX: Final = ("at", "kind", "outcome", "policy", "employee", "incident")

#: The end of the year 9999, in microseconds since 1970.
_END: Final = 253_402_300_800_000_000

_INSERT: Final = (
    "INSERT INTO record (seq, at, kind, outcome, policy, employee, incident, link, hashes, body) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def first_link(ledger: str) -> bytes:
    """What the first record of a ledger is linked to."""
    return sha256(b"\x03" + ledger.encode()).digest()


def next_link(link: bytes, leaf: bytes, index: str) -> bytes:
    """The link of a record; ``index`` is its :meth:`Index.text`."""
    return sha256(b"\x02" + link + leaf + index.encode()).digest()


class Index(NamedTuple):
    """The columns by which a record is found, in the order of the table. ``at`` is when it was recorded."""

    seq: int
    at: int
    kind: str
    outcome: str | None = None
    policy: str | None = None
    employee: str | None = None
    case: str | None = None

    def text(self) -> str:
        """As it goes into the link."""
        return encode(tuple(self))


@dataclass(frozen=True, slots=True)
class Head:
    """The last record of the log; ``hashes`` are what :func:`remit.ledger.log.merkle.grow` gave for it."""

    seq: int
    at: int
    link: bytes
    hashes: bytes

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]], ledger: str) -> Head:
        """From the rows of :data:`HEAD`, which may have more columns. Raises :class:`remit.errors.LedgerCorrupt`."""
        if not rows:
            return cls(0, 0, first_link(ledger), b"")
        seq, at, link, hashes, *_ = rows[0]
        seq = refuse_number(seq)
        return cls(seq, time_in(seq, at), link_in(seq, link), hashes_in(seq, hashes))


def time_in(seq: int, value: Any) -> int:
    """The time that a row says record ``seq`` has. Raises :class:`remit.errors.LedgerCorrupt` where it is none."""
    if type(value) is not int or not 0 <= value < _END:
        raise altered("record", "at", seq)
    return value


def link_in(seq: int, value: Any) -> bytes:
    """The link in the row of record ``seq``; raises as :func:`time_in`."""
    return _bytes(seq, "link", value, HASH_BYTES)


def hashes_in(seq: int, value: Any) -> bytes:
    """The hashes in the row of record ``seq``: its own, and those of the subtrees that it completes; raises as the above."""
    return _bytes(seq, "hashes", value, HASH_BYTES * (seq & -seq).bit_length())


def _bytes(seq: int, column: str, value: Any, length: int) -> bytes:
    if not isinstance(value, bytes | memoryview) or len(value) != length:
        raise altered("record", column, seq)
    return bytes(value)


def siblings(seq: int) -> Query | None:
    """The query for the hashes that the tree needs to take in record ``seq``, beyond those of the record before it."""
    wanted = []
    level = 1
    while seq % (2 << level) == 0:
        wanted.append(seq - (1 << level))
        level += 1
    if not wanted:
        return None
    return f"SELECT seq, hashes FROM record WHERE seq IN ({', '.join('?' * len(wanted))})", wanted


def hashes_for(session: Session, seq: int) -> dict[int, bytes]:
    """The rows of :func:`siblings`, by the number of the record that they stand beside."""
    query = siblings(seq)
    if query is None:
        return {}
    found = {int(number): hashes_in(number, each) for number, each in session.rows(*query)}
    if missing := set(query[1]) - found.keys():
        raise LedgerCorrupt(f"record {min(missing)} is missing", {"seq": min(missing)})
    return found


def append(session: Session, head: Head, index: Index, body: str, hashes: Mapping[int, bytes]) -> Head:
    """Put record ``head.seq + 1``. ``hashes`` holds what :func:`siblings` asked for. Gives the new head."""
    assert index.seq == head.seq + 1
    leaf = leaf_hash(body.encode())
    link = next_link(head.link, leaf, index.text())
    beside = grow(index.seq, leaf, lambda number: head.hashes if number == head.seq else hashes[number])
    session.put(_INSERT, (*index, link, beside, body))
    return Head(index.seq, index.at, link, beside)
