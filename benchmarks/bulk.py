"""A ledger of any size in little time: records written straight into the tables, every hash, link and counter as it must be.

Each record is a grant of one cent (so that no cap is full) that took from every cap and history fact that its policy keeps,
and says so, as the ledger would have written it, but for what a grant never reads: its request, its reasons and offers.
``verify(thorough=True)`` finds nothing wrong with such a ledger.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path

import remit
from remit.ledger.caps.counting import Counted, counted_by
from remit.ledger.log.canonical import encode
from remit.ledger.log.chain import Index, first_link, next_link
from remit.ledger.log.merkle import grow, leaf_hash
from remit.ledger.log.private_facts import series_of
from remit.ledger.log.record_ids import make_id
from remit.ledger.recorded_facts import written
from remit.ledger.transaction import moment

__all__ = ["EMPLOYEES", "fill", "guest_of"]

EMPLOYEES = 200
_APART = 1_000_000  # microseconds between records
_ROLE = "associate"


def guest_of(number: int, size: int) -> int:
    """The guest of record ``number``: twenty records each, scattered through the log."""
    return number * 7_919 % max(1, size // 20)


def fill(path: Path, policy: remit.Policy, size: int, start: int) -> None:
    """Make the new ledger at ``path`` ``size`` records long; the first is recorded at ``start``, in microseconds."""
    with remit.open_ledger(path) as ledger:
        making = _Making(policy, ledger.id, ledger._core.secret, size, start)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("synchronous = OFF", "journal_mode = OFF", "cache_size = -1000000"):
            connection.execute(f"PRAGMA {pragma}")
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("BEGIN")
        known = (policy.digest, policy.id, policy.version, 1, policy.model.text)
        connection.execute("INSERT INTO policy (digest, id, version, seq, text) VALUES (?, ?, ?, ?, ?)", known)
        connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", making.records())
        connection.executemany("INSERT INTO charge VALUES (?, ?, ?, ?, ?, ?)", making.charges())
        connection.execute("COMMIT")
        for _, sql in guards:
            connection.execute(sql)
        connection.execute("PRAGMA journal_mode = WAL")


class _Making:
    def __init__(self, policy: remit.Policy, ledger: str, secret: bytes, size: int, start: int) -> None:
        self.policy, self.ledger, self.size, self.start = policy, ledger, size, start
        self.counted = [each for each in counted_by(policy.model, _ROLE) if each.kind in ("cap", "history")]
        #: What was charged: series, record and number in the series; packed, so that they sort quickly.
        self.packed: list[bytes] = []
        self._series = lru_cache(500_000)(lambda each, value: series_of(secret, each.base, {each.per[0]: value}))
        self._numbers: Counter[bytes] = Counter()

    def records(self) -> Iterator[tuple[object, ...]]:
        """The rows of the log."""
        link, beside = first_link(self.ledger), dict[int, bytes]()
        for seq in range(1, self.size + 1):
            at = self.start + seq * _APART
            index = Index(seq, at, "grant", "grant", self.policy.id, f"e-{seq % EMPLOYEES}")
            body = self._body(index)
            leaf = leaf_hash(body.encode())
            link = next_link(link, leaf, index.text())
            beside[seq] = hashes = grow(seq, leaf, beside.__getitem__)
            for level in range(len(hashes) // 32 - 1):
                beside.pop(seq - (1 << level), None)  # inside a finished subtree: never looked up again
            yield (*index, link, hashes, body)

    def _body(self, index: Index) -> str:
        policy = {"id": self.policy.id, "version": self.policy.version, "digest": self.policy.digest}
        return encode(
            {
                "type": "remit.record/1",
                "ledger": self.ledger,
                "seq": index.seq,
                "id": make_id(index.seq, index.at),
                "kind": "grant",
                "recorded": moment(index.at),
                "policy": policy,
                "employee": {"id": index.employee, "role": _ROLE},
                "case": None,
                "decision": {"outcome": "grant"},
                "charges": [self._charge(index.seq, each) for each in self.counted],
            }
        )

    def _charge(self, seq: int, each: Counted) -> dict[str, object]:
        value = {"guest.id": f"g-{guest_of(seq, self.size)}", "stay.id": f"s-{seq}", "employee.id": f"e-{seq % EMPLOYEES}"}
        series = self._series(each, value[each.per[0]])
        number = 1
        if each.per[0] != "stay.id":  # a stay is charged once
            number = self._numbers[series] = self._numbers[series] + 1
        self.packed.append(series + seq.to_bytes(5) + number.to_bytes(4))
        amount = written(1, each.unit)
        return {"kind": each.kind, "name": each.name, "series": series.hex(), "number": number, "amount": amount}

    def charges(self) -> Iterator[tuple[object, ...]]:
        """Every charge of :meth:`records`, in the order of the primary key."""
        self.packed.sort()
        for each in self.packed:
            series, seq, number = each[:16], int.from_bytes(each[16:21]), int.from_bytes(each[21:25])
            yield series, self.start + seq * _APART, seq, number, 1, number
