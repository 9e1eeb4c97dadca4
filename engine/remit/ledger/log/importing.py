"""Taking in a whole export: everything is worked out again and compared, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from remit.errors import LedgerCorrupt, NotAllowed
from remit.ledger.caps.tally import CapUse, charge, refund
from remit.ledger.log.anchor import Anchor, anchor_of
from remit.ledger.log.canonical import encode, parse
from remit.ledger.log.chain import Head, append, hashes_for, siblings
from remit.ledger.log.erasing import in_ranges
from remit.ledger.log.private_facts import commitment, fingerprint
from remit.ledger.log.recount import effects, index_of, past_of
from remit.ledger.publishing import pointer
from remit.ledger.stores.store import Session, Store

__all__ = ["take_in"]

_FLUSH = 200


def take_in(
    store: Store, secret: bytes, lines: Iterable[str], progress: Callable[[int, int], None], through: int | None = None
) -> int:
    """Make the empty ``store`` the ledger that the lines of a whole export tell of, ``through`` a record (the last). Gives the
    number of records.

    Nothing is written unless all of it is right. Raises :class:`remit.errors.NotAllowed` where there is a ledger already or
    where ``secret`` is not the one of the ledger that was exported, and :class:`remit.errors.LedgerCorrupt` with the first line
    that is wrong.
    """

    def work(session: Session) -> int:
        if session.rows("SELECT 1 FROM ledger LIMIT 1"):
            raise NotAllowed(f"{store.name} is a ledger already; an export is taken in by a new one only")
        taking = _Taking(session, secret, progress, through)
        for number, line in enumerate(lines, 1):
            try:
                taking.take(number, parse(line))
            except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
                raise LedgerCorrupt(f"line {number} of the export is not right ({error})", {"line": number}) from None
        return taking.finish()

    return store.write(work)


class _Taking:
    def __init__(self, session: Session, secret: bytes, progress: Callable[[int, int], None], through: int | None) -> None:
        self.session, self.secret, self.progress, self.through = session, secret, progress, through
        self.head = Head.of([], "")
        self.anchor: Anchor | None = None
        self.ledger = ""
        self.running: dict[bytes, CapUse] = {}
        self.apart: dict[int, dict[str, str]] = {}
        self.recent: dict[int, bytes] = {}

    def take(self, number: int, line: Mapping[str, Any]) -> None:
        if number == 1:
            self._header(line)
        elif "policy" in line:
            policy = line["policy"]
            row = (policy["digest"], policy["id"], policy["version"], policy["seq"], policy["text"])
            if self.through is None or policy["seq"] <= self.through:
                self.session.put("INSERT INTO policy (digest, id, version, seq, text) VALUES (?, ?, ?, ?, ?)", row)
        elif self.head.seq != self.through:
            self._record(line)

    def _header(self, line: Mapping[str, Any]) -> None:
        if line["type"] != "remit.export/1":
            raise ValueError("it is not a whole export")
        if line["secret"] != fingerprint(self.secret):
            raise NotAllowed("this is not the secret of the ledger that was exported")
        self.anchor, self.ledger = Anchor.of(line["anchor"]), line["ledger"]
        rows = [("id", self.ledger), ("secret", line["secret"]), ("rules", str(line.get("rules", "")))]
        self.session.put("INSERT INTO ledger (name, value) VALUES (?, ?)", *rows)
        self.head = Head.of([], self.ledger)

    def _record(self, line: Mapping[str, Any]) -> None:
        text = line["record"]
        body = parse(text)
        if body["seq"] != self.head.seq + 1 or body["ledger"] != self.ledger or encode(body) != text:
            raise ValueError(f"record {self.head.seq + 1} is missing, or stands elsewhere, or was changed")
        if siblings(body["seq"]) is not None:
            self.session.flush()
        self.head = append(self.session, self.head, index_of(body), text, hashes_for(self.session, body["seq"]))
        if self.head.link.hex() != line["link"]:
            raise ValueError(f"record {body['seq']} was changed: its link is another")
        self._private(body, line.get("private"))
        self._effects(body)
        if body["seq"] % _FLUSH == 0:
            self.session.flush()
            self.progress(body["seq"], self.anchor.size if self.anchor else 0)

    def _private(self, body: Mapping[str, Any], text: str | None) -> None:
        for seq in in_ranges(body["erased"]["records"]) if "erased" in body else ():
            self.apart.pop(seq, None)
        if text is None:
            if body.get("apart"):
                self.apart[body["seq"]] = body["apart"]
            return
        opened = parse(text)
        if {name: commitment(name, value, salt) for name, (salt, value) in opened.items()} != body.get("apart"):
            raise ValueError(f"what stands apart from record {body['seq']} was changed")
        self.session.put("INSERT INTO private (seq, facts) VALUES (?, ?)", (body["seq"], text))

    def _effects(self, body: Mapping[str, Any]) -> None:
        if "published" in body:
            self.session.put(
                "INSERT INTO ledger (name, value) VALUES (?, ?)", pointer(body["seq"], body["published"]["digest"])
            )
        if body.get("past"):
            self.session.put("INSERT INTO ledger (name, value) VALUES (?, ?)", past_of(body))
        elif body["kind"] == "migrate":
            self.session.put("INSERT INTO ledger (name, value) VALUES (?, ?)", ("claims", str(body["seq"])))
        for table, row in effects(body):
            if table == "charge":
                series, at, seq, number, amount = row
                use = self.running.get(series, CapUse(0))
                if number != use.number + 1:
                    raise ValueError(f"a charge of record {seq} has another number than it must")
                charge(self.session, at, seq, [(series, use, amount)])
                self.running[series] = CapUse(0, number, use.running + amount)
            elif table == "refund":
                self.session.flush()
                refund(self.session, row[0], row[1], row[3], row[2])
            else:
                marks = ", ".join("?" * len(row))
                self.session.put(f"INSERT INTO {table} VALUES ({marks})", row)

    def finish(self) -> int:
        self.session.flush()
        if self.anchor is None:
            raise LedgerCorrupt("the export is empty")
        if self.through not in (None, self.anchor.size):
            if self.head.seq != self.through:
                raise LedgerCorrupt(f"the export has {self.head.seq} records, and record {self.through} was to be the last")
        elif anchor_of(self.session, self.ledger).root != self.anchor.root or self.head.seq != self.anchor.size:
            raise LedgerCorrupt(f"the export was cut off: it notes {self.anchor.size} records and has {self.head.seq}")
        if self.apart:
            raise LedgerCorrupt(f"what stands apart from record {min(self.apart)} is missing, and no record says it was erased")
        self.progress(self.head.seq, self.head.seq)
        return self.head.seq
