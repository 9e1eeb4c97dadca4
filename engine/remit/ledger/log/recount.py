"""Working out again, from the records alone, all that stands beside the log: balances, keys, resolutions, private values.

However long the log, this takes little memory: what the records say there should be in a table, and what there is, are compared
as sums of keyed hashes of the rows, under a key made up for this one verification. Only where they differ are they compared
record by record.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from remit.ledger.caps.past_customers import CUSTOMERS
from remit.ledger.caps.windows import as_micros
from remit.ledger.log.canonical import NONSENSE, parse
from remit.ledger.log.chain import Index
from remit.ledger.log.erasing import in_ranges
from remit.ledger.log.private_facts import commitment
from remit.ledger.log.record_ids import seq_of
from remit.ledger.publishing import ROSTERS, pointer
from remit.ledger.recorded_facts import whole
from remit.ledger.refunds import CLOSED, PAST, VOIDED, past_pointer
from remit.ledger.stores.opening import RULES
from remit.ledger.stores.schema_tables import rows_of
from remit.ledger.stores.store import Row, Session
from remit.ledger.transaction import bound

__all__ = ["Recount", "effects", "index_of", "past_of"]

_CLOSES: Final = frozenset(("settle", "release", "approve", "permit", "decline", "dispute", "answer"))

#: Table -> where in its rows the number of the record stands that put them there.
_PUT_BY: Final = {"charge": 2, "request_key": 1, "resolution": 2, "hold": 1, "task": 0}

_RECORDS: Final = "SELECT seq, body FROM record WHERE seq > ? ORDER BY seq LIMIT 1000"

#: What is wrong: the kind, the record, in words.
_Wrong = tuple[str, int | None, str]


def effects(body: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """The rows that a record puts beside the log: (table, row). Charges without their running sums; refunds as (series, number,
    seq, amount)."""
    seq = body["seq"]
    at = _micros(body["recorded"])
    for each in body.get("charges", ()):
        yield "charge", (bytes.fromhex(each["series"]), at, seq, each["number"], whole(each["amount"]))
    for each in body.get("past", ()):
        yield (
            "charge",
            (
                bytes.fromhex(each["series"]),
                _micros(each["at"]),
                seq_of(each["of"]),
                each["number"],
                whole(each["amount"]),
            ),
        )
    for each in body.get("refunds", ()):
        yield "refund", (bytes.fromhex(each["series"]), each["number"], seq, whole(each["amount"]))
    if "key_digest" in body:
        yield "request_key", (bound(body.get("tried") or body["kind"], body["key"]), seq, body["key_digest"])
    if body["kind"] == "permit":
        permits = body["permits"]
        yield "request_key", (bound("permit", permits["key"]), seq, permits["digest"])
    if body["kind"] in _CLOSES or body["kind"] == "void":
        step = body.get("step", VOIDED) if body["kind"] == "void" else CLOSED
        yield "resolution", (seq_of(body["of"]), step, seq)
    if body["kind"] in ("agree", "overdue", "review", "outcome", "rate"):
        yield "resolution", (seq_of(body["of"]), body["step"], seq)
    for expires in (*([body["expires"]] if "expires" in body else []), *(each["at"] for each in body.get("rises", ()))):
        yield "hold", (_micros(expires), seq)
    if body["kind"] == "escalate":
        yield "task", (seq, body["decision"]["approver"])


def past_of(body: Mapping[str, Any]) -> tuple[str, str]:
    """The row of ``ledger`` that notes a record that counts what was before new histories."""
    return past_pointer(body["seq"], seq_of(body["past"][0]["of"]) or 0, seq_of(body["past"][-1]["of"]) or 0)


def index_of(body: Mapping[str, Any]) -> Index:
    """The columns that stand beside a record."""
    return Index(
        body["seq"],
        _micros(body["recorded"]),
        body["kind"],
        (body.get("decision") or {}).get("outcome"),
        (body.get("policy") or {}).get("id"),
        (body.get("employee") or {}).get("id"),
        body.get("case"),
    )


class Recount:
    """Takes records in order; :meth:`compare` then says what beside the log does not follow from them."""

    def __init__(self, ledger: str) -> None:
        self._ledger = ledger
        self._key = os.urandom(32)
        self._sums = dict.fromkeys(_PUT_BY, 0)
        self._refunds: dict[tuple[bytes, int], int] = {}
        self._refunded = 0
        self._policies: dict[str, Row] = {}
        self._rosters: list[tuple[str, str]] = []
        self._migrated = False
        self._kept = 0
        self._pasts: list[tuple[str, str]] = []
        self._gone: set[int] = set()
        self._erased: set[int] = set()
        self._wrong: list[_Wrong] = []

    def take(self, session: Session, page: list[Row]) -> None:
        """Read a page of records, as :func:`remit.ledger.log.verifying.verify` has them."""
        between = (page[0][0], page[-1][0])
        private: dict[int, str] = dict(session.rows("SELECT seq, facts FROM private WHERE seq BETWEEN ? AND ?", between))
        for row in page:
            try:
                self._take(row, parse(row[9]), private.get(row[0]))
            except NONSENSE:
                self._wrong.append(("edited", row[0], f"record {row[0]} is not one that remit writes"))

    def _take(self, row: Row, body: Mapping[str, Any], private: str | None) -> None:
        if index_of(body) != tuple(row[:7]):
            self._wrong.append(("index", row[0], f"the columns beside record {row[0]} do not say what it says"))
        if body["ledger"] != self._ledger:
            self._wrong.append(("edited", row[0], f"record {row[0]} was written for another ledger"))
        self._take_effects(body)
        self._take_private(row[0], body, private)
        if body.get("policy"):
            policy = body["policy"]
            self._policies.setdefault(policy["digest"], (policy["id"], policy["version"], row[0]))
        if body.get("past"):
            self._pasts.append(past_of(body))
            self._kept = self._kept or (row[0] if body.get("policy") is None else 0)
        elif body["kind"] == "migrate":
            self._migrated = True
        if "published" in body:
            roster = body["published"]
            self._policies.setdefault(roster["digest"], (ROSTERS, roster["version"], row[0]))
            self._rosters.append(pointer(row[0], roster["digest"]))

    def _take_effects(self, body: Mapping[str, Any]) -> None:
        for table, row in effects(body):
            if table != "refund":
                self._sums[table] += self._hash(row)
                continue
            series, number, seq, amount = row
            while number:
                total = self._refunds[series, number] = self._refunds.get((series, number), 0) + amount
                self._refunded += self._hash((series, number, seq, total))
                number &= number - 1

    def _take_private(self, seq: int, body: Mapping[str, Any], text: str | None) -> None:
        apart = body.get("apart") or {}
        if "erased" in body:
            self._erased.update(in_ranges(body["erased"]["records"]))
        if text is None and apart:
            self._gone.add(seq)
        elif text is not None and not _opens(apart, text):
            self._wrong.append(("private", seq, f"the personal facts of record {seq} are not those that were recorded"))

    def compare(self, session: Session) -> Iterator[_Wrong]:
        """What does not follow."""
        yield from self._wrong[:1]
        for kind, part in (
            ("index", self._compare_sums),
            ("balance", self._compare_refunds),
            ("private", self._compare_private),
            ("policy", self._compare_policies),
            ("index", self._compare_ledger),
        ):
            try:
                yield from part(session)
            except NONSENSE as error:
                yield kind, None, f"beside the log is something that remit does not write ({error})"

    def _compare_sums(self, session: Session) -> Iterator[_Wrong]:
        running: list[_Wrong] = []
        for table, expected in self._sums.items():
            rows = _charges(session, running) if table == "charge" else _rows(session, table)
            if sum(map(self._hash, rows)) != expected:
                yield self._first_difference(session, table)
        yield from running[:1]

    def _hash(self, row: Row) -> int:
        return int.from_bytes(hmac.digest(self._key, repr(row).encode(), "sha256"))

    def _first_difference(self, session: Session, table: str) -> _Wrong:
        """The first record whose rows in a table are not what it says."""
        place = _PUT_BY[table]
        found: dict[int, int] = {}
        for row in (row[:5] for row in _rows(session, table)):
            found[row[place]] = found.get(row[place], 0) + self._hash(row)
        for _, row in (each for name, _ in self._pasts for each in _past_rows(session, name) if each[0] == table):
            found[row[place]] = found.get(row[place], 0) - self._hash(row)
        kind = "balance" if table == "charge" else "index"
        what = "the charges" if table == "charge" else f"what `{table}` holds"
        at = 0
        while page := session.rows(_RECORDS, (at,)):
            for at, body in page:
                rows = (row for name, row in _effects_of(body) if name == table and row[place] == at)
                if sum(map(self._hash, rows)) != found.pop(at, 0):
                    return kind, at, f"{what} of record {at} is not what the record says"
        return kind, min(found, default=None), f"`{table}` has rows of records that are not there"

    def _compare_refunds(self, session: Session) -> Iterator[_Wrong]:
        if sum(map(self._hash, _rows(session, "refund"))) != self._refunded:
            yield "balance", None, "what came back is not what the records say"

    def _compare_private(self, session: Session) -> Iterator[_Wrong]:
        lost = self._gone - self._erased
        if lost:
            yield (
                "private",
                min(lost),
                f"the personal facts of record {min(lost)} are gone, and no record says they were erased",
            )
        back = self._erased - self._gone
        if back:
            yield "private", min(back), f"the personal facts of record {min(back)} were erased, and are here again"
        stray = session.one("SELECT p.seq FROM private AS p LEFT JOIN record AS r ON r.seq = p.seq WHERE r.seq IS NULL")
        if stray:
            yield "private", stray[0], f"there are personal facts of record {stray[0]}, which is not there"

    def _compare_policies(self, session: Session) -> Iterator[_Wrong]:
        found = set()
        for digest, *said, text in _rows(session, "policy"):
            found.add(digest)
            if self._policies.get(digest) != tuple(said):
                yield "index", None, f"policy {digest} did not first decide record {said[-1]}, or is called otherwise there"
            if digest.startswith("sha256:") and digest != "sha256:" + sha256(text.encode()).hexdigest():
                yield "policy", None, f"the text of policy {digest} was changed"
        for digest in sorted(self._policies.keys() - found):
            yield "policy", None, f"the text of policy {digest} is missing"

    def _compare_ledger(self, session: Session) -> Iterator[_Wrong]:
        rows = session.rows("SELECT name, value FROM ledger ORDER BY name")
        told = {name: value for name, value in rows if name >= "a"}
        if told.get("claims", "0") != "0" and not self._migrated:
            yield "index", None, "the ledger says that it charged past grants to claims, and no record does"
        if told.get(CUSTOMERS, "0") != str(self._kept):
            yield "index", None, "the ledger says that it found the customers of past cases, and no record does"
        pasts = [(name, told.pop(name)) for name in list(told) if name.startswith(PAST)]
        if pasts != self._pasts:
            yield "index", None, "the records that count what was before new histories are not those that the ledger notes"
        if [row for row in rows if row[0] < "a"] != self._rosters:
            yield "index", None, "the rosters in force are not those that the records say"
        if told.keys() - {"claims", CUSTOMERS, "id", "secret", "rules"} or not RULES.issuperset(told.get("rules", "").split()):
            yield "index", None, "what the ledger says of itself is not what remit writes"


def _effects_of(text: str) -> list[tuple[str, Row]]:
    """:func:`effects`, none where the text is not that of a record."""
    try:
        return list(effects(parse(text)))
    except NONSENSE:
        return []


def _past_rows(session: Session, pointer: str) -> list[tuple[str, Row]]:
    """What a record that counts what was before new histories puts."""
    row = session.one("SELECT body FROM record WHERE seq = ?", (int(pointer.removeprefix(PAST)),))
    return _effects_of(row[0]) if row else []


def _rows(session: Session, table: str) -> Iterator[Row]:
    for page in rows_of(session, table):
        for row in page:
            yield tuple(bytes(each) if isinstance(each, memoryview) else each for each in row)


def _charges(session: Session, wrong: list[_Wrong]) -> Iterator[Row]:
    """The charges but for their running sums, which are checked on the way: each is the last of its series and its own."""
    last: bytes = b""
    number = running = 0
    for series, at, seq, *rest in _rows(session, "charge"):
        if series != last:
            last, number, running = series, 0, 0
        number, running = number + 1, running + rest[1]
        if (number, running) != (rest[0], rest[2]):
            wrong.append(("balance", seq, f"the running sum at record {seq} is wrong (series {series.hex()})"))
            running = rest[2]
        yield series, at, seq, rest[0], rest[1]


def _opens(expected: Mapping[str, str], text: str) -> bool:
    try:
        opened = parse(text)
        return {name: commitment(name, value, salt) for name, (salt, value) in opened.items()} == dict(expected)
    except (ValueError, TypeError):
        return False


def _micros(text: str) -> int:
    return as_micros(datetime.fromisoformat(text))
