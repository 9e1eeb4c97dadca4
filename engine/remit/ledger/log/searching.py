"""Reading the log: one record, many by what they have in common, and those still to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from remit.language.fast_dataclass import dataclass
from remit.ledger.caps.windows import as_micros
from remit.ledger.log.chain import time_in
from remit.ledger.log.entry import Entry
from remit.ledger.log.record_ids import refuse_number
from remit.ledger.recorded_facts import is_same
from remit.ledger.stores.store import Session, Store

__all__ = ["RecordFilter", "last_seq", "read_entries", "read_replies"]

_PAGE: Final = 200

#: How far back answers to what somebody did are looked for, in microseconds: a year.
_YEAR: Final = 366 * 86_400 * 1_000_000
#: What others answered to what somebody did, found by their own records and what resolved these: never by reading the log.
_REPLIES: Final = (
    "SELECT r.seq, r.body, p.facts FROM record AS own JOIN resolution AS x ON x.target = own.seq "
    "JOIN record AS r ON r.seq = x.seq LEFT JOIN private AS p ON p.seq = r.seq "
    "WHERE own.employee = ? AND own.seq > ? AND x.seq > ? AND r.employee IS NOT NULL AND r.employee <> own.employee "
    "ORDER BY r.seq"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Which records to read. ``since`` is in, ``until`` is out; ``after`` is a number in the log; ``facts`` are compared with
    what was read, personal facts too."""

    kind: str | tuple[str, ...] | None = None
    outcome: str | None = None
    policy: str | None = None
    employee: str | None = None
    case: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0
    facts: Mapping[str, Any] | None = None

    def columns(self) -> tuple[str, list[Any]]:
        """The conditions on columns, as SQL."""
        kinds = (self.kind,) if isinstance(self.kind, str) else self.kind
        parts, params = [], list[Any]()
        if kinds is not None:
            parts.append(f"r.kind IN ({', '.join('?' * len(kinds))})" if kinds else "1 = 0")
            params += kinds
        pairs = {"outcome": self.outcome, "policy": self.policy, "employee": self.employee, "incident": self.case}
        for column, value in pairs.items():
            if value is not None:
                parts.append(f"r.{column} = ?")
                params.append(value)
        return "".join(f" AND {part}" for part in parts), params

    def accepts(self, entry: Entry) -> bool:
        """Whether the facts are as wanted."""
        if not self.facts:
            return True
        found = entry.facts(reveal=True)
        return all(is_same(found.get(name), value) for name, value in self.facts.items())


def last_seq(session: Session) -> int:
    """The number of the last record. Raises :class:`remit.errors.LedgerCorrupt`."""
    row = session.one("SELECT seq FROM record ORDER BY seq DESC LIMIT 1")
    return refuse_number(row[0]) if row else 0


def read_entries(
    store: Store, wanted: RecordFilter, *, newest_first: bool = False, limit: int | None = None
) -> Iterator[Entry]:
    """The records, a page at a time, so that no reader holds up the database. Those appended while reading are not seen."""
    where, params = wanted.columns()
    low, high = _bounds(store, wanted)
    order, compare = ("DESC", "<") if newest_first else ("ASC", ">")
    sql = (
        "SELECT r.seq, r.body, p.facts FROM record AS r LEFT JOIN private AS p ON p.seq = r.seq "
        f"WHERE r.seq {compare} ? AND r.seq {'>' if newest_first else '<='} ?{where} ORDER BY r.seq {order} LIMIT {_PAGE}"
    )
    at, stop = (high + 1, low) if newest_first else (low, high)
    left = limit
    while left is None or left > 0:
        with store.read() as session:
            page = session.rows(sql, (at, stop, *params))
        for seq, body, private in page:
            at = seq
            entry = Entry.read_from(seq, body, private)
            if not wanted.accepts(entry):
                continue
            yield entry
            if left is not None:
                left -= 1
                if not left:
                    return
        if len(page) < _PAGE:
            return


def read_replies(session: Session, employee: str, after: int, since: datetime | None, now: int) -> list[Entry]:
    """What others answered to what somebody did within a year, in order: after record ``after`` and from ``since`` on."""
    high = last_seq(session)
    own = _last_before(session, max(0, now - _YEAR), high)
    low = max(after, own, _last_before(session, as_micros(since), high) if since is not None else 0)
    return [Entry.read_from(*row) for row in session.rows(_REPLIES, (employee, own, low))]


def _bounds(store: Store, wanted: RecordFilter) -> tuple[int, int]:
    """The first number is out, the last is in."""
    with store.read() as session:
        low, high = wanted.after, last_seq(session)
        if wanted.since is not None:
            low = max(low, _last_before(session, as_micros(wanted.since), high))
        if wanted.until is not None:
            high = _last_before(session, as_micros(wanted.until), high)
    return low, high


def _last_before(session: Session, moment: int, high: int) -> int:
    """The last record before a moment. Times never fall within a log, so this is a binary search."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        row = session.one("SELECT at FROM record WHERE seq = ?", (middle,))
        if row is None or time_in(middle, row[0]) >= moment:
            high = middle - 1
        else:
            low = middle
    return low
