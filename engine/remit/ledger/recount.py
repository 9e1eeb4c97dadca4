"""Working out again, from the records alone, all that stands beside the log: balances, keys, resolutions, private values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from remit.ledger.apart import commitment
from remit.ledger.canonical import parse
from remit.ledger.chain import Index
from remit.ledger.erasing import in_ranges
from remit.ledger.facts import whole
from remit.ledger.resolving import CLOSED, VOIDED
from remit.ledger.store import Row, Session
from remit.ledger.tables import rows_of
from remit.ledger.windows import as_micros

__all__ = ["Recount", "effects", "index_of"]

_CLOSES: Final = frozenset(("settle", "release", "approve", "decline"))


def effects(body: Mapping[str, Any], seq_of: Mapping[str, int]) -> Iterator[tuple[str, Row]]:
    """The rows that a record puts beside the log: (table, row). Charges without their running sums, refunds as (series, number,
    seq, amount). ``seq_of`` finds records by id."""
    seq = body["seq"]
    at = _micros(body["recorded"])
    for each in body.get("charges", ()):
        yield "charge", (bytes.fromhex(each["series"]), at, seq, each["number"], whole(each["amount"]))
    for each in body.get("refunds", ()):
        yield "refund", (bytes.fromhex(each["series"]), each["number"], seq, whole(each["amount"]))
    if "key" in body:
        yield "request_key", (body["key"], seq, body["key_digest"])
    if body["kind"] in _CLOSES or body["kind"] == "void":
        yield "resolution", (seq_of[body["of"]], VOIDED if body["kind"] == "void" else CLOSED, seq)
    if "expires" in body:
        yield "hold", (_micros(body["expires"]), seq)
    if body["kind"] == "escalate":
        yield "task", (seq, body["decision"]["approver"])


class Recount:
    """Takes records in order; :meth:`compare` then says what beside the log does not follow from them."""

    def __init__(self) -> None:
        self._rows: dict[str, set[Row]] = {name: set() for name in ("request_key", "resolution", "hold", "task")}
        self._charges: dict[bytes, list[tuple[int, int, int, int]]] = {}
        self._refunds: dict[tuple[bytes, int], int] = {}
        self._apart: dict[int, dict[str, str]] = {}
        self._erased: set[int] = set()
        self._policies: set[str] = set()
        self._seqs: dict[str, int] = {}
        self._index: list[int] = []

    def take(self, page: list[Row]) -> None:
        """Read a page of records, as :func:`remit.ledger.verifying.verify` has them."""
        for row in page:
            body = parse(row[9])
            self._seqs[body["id"]] = row[0]
            if index_of(body).row() != tuple(row[:7]):
                self._index.append(row[0])
            self._take_effects(body)
            if body.get("apart"):
                self._apart[row[0]] = body["apart"]
            if "erased" in body:
                self._erased.update(in_ranges(body["erased"]["records"]))
            if body.get("policy"):
                self._policies.add(body["policy"]["digest"])

    def _take_effects(self, body: Mapping[str, Any]) -> None:
        for table, row in effects(body, self._seqs):
            if table == "charge":
                self._charges.setdefault(row[0], []).append(row[1:])
            elif table == "refund":
                series, number, _, amount = row
                node = number
                while node:
                    self._refunds[series, node] = self._refunds.get((series, node), 0) + amount
                    node &= node - 1
            else:
                self._rows[table].add(row)

    def compare(self, session: Session) -> Iterator[tuple[str, int | None, str]]:
        """What does not follow, as (kind, seq, text)."""
        for seq in self._index[:1]:
            yield "index", seq, f"the columns beside record {seq} do not say what it says"
        yield from self._compare_charges(session)
        yield from self._compare_refunds(session)
        for table, expected in self._rows.items():
            yield from _compare_rows(session, table, expected)
        yield from self._compare_private(session)
        yield from self._compare_policies(session)

    def _compare_charges(self, session: Session) -> Iterator[tuple[str, int | None, str]]:
        found: dict[bytes, list[Row]] = {}
        for page in rows_of(session, "charge"):
            for series, *rest in page:
                found.setdefault(bytes(series), []).append(tuple(rest))
        for series in self._charges.keys() | found.keys():
            running = 0
            expected = []
            for at, seq, number, amount in self._charges.get(series, ()):
                running += amount
                expected.append((at, seq, number, amount, running))
            if found.get(series, []) != expected:
                differing = set(found.get(series, [])) ^ set(expected)
                seq = min(row[1] for row in differing)
                yield "balance", seq, f"the charges of record {seq} are not what the record says (series {series.hex()})"
                return

    def _compare_refunds(self, session: Session) -> Iterator[tuple[str, int | None, str]]:
        found: dict[tuple[bytes, int], int] = {}
        for page in rows_of(session, "refund"):  # in the order of seq, so the newest of a node comes last
            found |= {(bytes(series), node): total for series, node, _, total in page}
        differing = {key for key in found.keys() | self._refunds.keys() if found.get(key) != self._refunds.get(key)}
        if differing:
            series = min(differing)[0]
            yield "balance", None, f"what came back is not what the records say (series {series.hex()})"

    def _compare_private(self, session: Session) -> Iterator[tuple[str, int | None, str]]:
        seen = set()
        for page in rows_of(session, "private"):
            for seq, text in page:
                seen.add(seq)
                if not _opens(self._apart.get(seq, {}), text):
                    yield "private", seq, f"the personal facts of record {seq} are not those that were recorded"
                    return
        gone = self._apart.keys() - seen - self._erased
        if gone:
            yield (
                "private",
                min(gone),
                f"the personal facts of record {min(gone)} are gone, and no record says they were erased",
            )
        left = seen & self._erased
        if left:
            yield "private", min(left), f"the personal facts of record {min(left)} were erased, and are here again"

    def _compare_policies(self, session: Session) -> Iterator[tuple[str, int | None, str]]:
        found = set()
        for page in rows_of(session, "policy"):
            for digest, _, _, text in page:
                found.add(digest)
                if digest.startswith("sha256:") and digest != "sha256:" + sha256(text.encode()).hexdigest():
                    yield "policy", None, f"the text of policy {digest} was changed"
        for digest in sorted(self._policies - found):
            yield "policy", None, f"the text of policy {digest} is missing"


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


def _micros(text: str) -> int:
    return as_micros(datetime.fromisoformat(text))


def _compare_rows(session: Session, table: str, expected: set[Row]) -> Iterator[tuple[str, int | None, str]]:
    found = {tuple(row) for page in rows_of(session, table) for row in page}
    if found != expected:
        example = min(found ^ expected, key=str)
        yield "index", None, f"the table `{table}` is not what the records say: {example}"


def _opens(expected: Mapping[str, str], text: str) -> bool:
    try:
        opened = parse(text)
        return {name: commitment(name, value, salt) for name, (salt, value) in opened.items()} == dict(expected)
    except (ValueError, TypeError):
        return False
