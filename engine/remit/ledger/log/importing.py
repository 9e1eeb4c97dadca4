"""Taking in a whole export: every line is checked, and everything is worked out again and compared, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from remit.errors import LedgerCorrupt, LedgerError, NotAllowed
from remit.ledger.asking import has_utf8
from remit.ledger.caps.past_customers import CUSTOMERS
from remit.ledger.caps.tally import CapUse, charge, refund
from remit.ledger.log.anchor import Anchor, anchor_of
from remit.ledger.log.canonical import NONSENSE, encode, parse
from remit.ledger.log.chain import Head, append, hashes_for, siblings
from remit.ledger.log.erasing import in_ranges
from remit.ledger.log.private_facts import commitment, fingerprint
from remit.ledger.log.record_ids import seq_of
from remit.ledger.log.recount import effects, index_of, past_of
from remit.ledger.publishing import ROSTERS, pointer
from remit.ledger.stores.opening import RULES
from remit.ledger.stores.store import Session, Store
from remit.schemas import schema

__all__ = ["take_in"]

_FLUSH: Final = 200

#: How many problems are told of.
_MOST: Final = 20

#: What there is in a line, and which of it may be missing.
_HEADER: Final = {"type": str, "ledger": str, "secret": str, "anchor": dict, "rules": str}
_POLICY: Final = {"digest": str, "id": str, "version": str, "seq": int, "text": str}
_RECORD: Final = {"record": str, "link": str, "private": str}
_MAY_BE_MISSING: Final = frozenset(("rules", "private"))
_KINDS: Final = {str: "text", int: "a whole number", dict: "an object"}

#: The largest whole number that both databases hold.
_LARGEST: Final = 2**63 - 1


def take_in(
    store: Store, secret: bytes, lines: Iterable[str], progress: Callable[[int, int], None], through: int | None = None
) -> int:
    """Make the empty ``store`` the ledger that the lines of a whole export tell of, ``through`` a record (the last). Gives the
    number of records.

    Nothing is written unless all of it is right. Raises :class:`remit.errors.NotAllowed` where there is a ledger already or
    where ``secret`` is not the one of the ledger that was exported, and :class:`remit.errors.LedgerCorrupt` with every line
    that is wrong. Where a record does not follow from those before it, the later ones are not compared with it.
    """

    def work(session: Session) -> int:
        if session.rows("SELECT 1 FROM ledger LIMIT 1"):
            raise NotAllowed(f"{store.name} is a ledger already; an export is taken in by a new one only")
        taking = _Taking(session, secret, progress, through)
        try:
            for line in lines:
                taking.take(line)
            return taking.finish()
        except store.refused as error:
            told = f"a record up to line {taking.number} of the export writes what another has written already ({error})"
            raise LedgerCorrupt(f"nothing was imported: {told}", {"line": taking.number, "lines": [taking.number]}) from None

    return store.write(work)


class _Taking:
    def __init__(self, session: Session, secret: bytes, progress: Callable[[int, int], None], through: int | None) -> None:
        self.session, self.secret, self.progress, self.through = session, secret, progress, through
        self.number = 0
        self.problems: list[tuple[int, str]] = []
        #: Whether the header or a record is wrong, so that the records after it cannot be linked to it.
        self.broken = False
        self.head = Head.of([], "")
        self.anchor: Anchor | None = None
        self.ledger = ""
        self.rules: set[str] = set()
        #: Whether a record has said whose past cases are.
        self.kept = False
        self.running: dict[bytes, CapUse] = {}
        self.apart: dict[int, dict[str, str]] = {}
        #: By digest: the line of a text with its id, version and first record, and what its first record says of it.
        self.texts: dict[str, tuple[int, tuple[str, str, int]]] = {}
        self.used: dict[str, tuple[str, str, int]] = {}
        self._problems_of = _record_problems()

    def take(self, text: str) -> None:
        """Take in the next line, or note what is wrong with it."""
        self.number += 1
        line: Any = None
        try:
            line = _parsed(text)
            if self.number == 1:
                self._header(line)
            elif "policy" in line:
                self._policy(line)
            elif self.through is not None and self.head.seq == self.through:
                self._after(line)
            else:
                self._record(line)
        except NONSENSE as error:
            self.broken |= not (isinstance(line, dict) and "policy" in line)
            self.problems.append((self.number, f"it is not one that remit writes ({error})" if _is_raw(error) else str(error)))

    def _header(self, line: Mapping[str, Any]) -> None:
        if line.get("type") != "remit.export/1":
            raise _Wrong("it is not the beginning of a whole export (`remit ledger export FILE --whole` makes one)")
        _check(line, _HEADER, "the header")
        if line["secret"] != fingerprint(self.secret):
            raise NotAllowed("this is not the secret of the ledger that was exported")
        self.rules = set(line.get("rules", "").split())
        if strange := self.rules - RULES:
            raise _Wrong(f"the ledger goes by `{min(strange)}`, which this remit does not know: a newer one can import it")
        try:
            self.anchor, self.ledger = Anchor.of(line["anchor"]), line["ledger"]
        except LedgerError as error:
            raise _Wrong(str(error)) from None
        if self.anchor.ledger != self.ledger:
            raise _Wrong("its anchor is of another ledger")
        self.head = Head.of([], self.ledger)

    def _policy(self, line: Mapping[str, Any]) -> None:
        if len(line) > 1:
            raise _Wrong("the line of a policy has nothing beside it")
        policy = line["policy"]
        _check(policy, _POLICY, "the line of a policy")
        row = digest, *said, text = policy["digest"], policy["id"], policy["version"], policy["seq"], policy["text"]
        if digest != "sha256:" + sha256(text.encode()).hexdigest():
            raise _Wrong(f"the text of policy {digest} was changed: its digest is another")
        if digest in self.texts:
            raise _Wrong(f"the text of policy {digest} is in line {self.texts[digest][0]} already")
        if self.through is None or policy["seq"] <= self.through:
            self.texts[digest] = self.number, (said[0], said[1], said[2])
            self._put("INSERT INTO policy (digest, id, version, seq, text) VALUES (?, ?, ?, ?, ?)", row)

    def _record(self, line: Mapping[str, Any]) -> None:
        _check(line, _RECORD, "the line of a record")
        text = line["record"]
        body = parse(text)
        if problems := self._problems_of(body):
            raise _Wrong(f"what the record says is not what records say (`remit schema record`): {'; '.join(problems)}")
        if encode(body) != text or seq_of(body["id"]) != body["seq"]:
            raise _Wrong(f"record {body['seq']} was changed: its id has another number, or its text another form")
        if self.broken:
            return
        if body["seq"] != self.head.seq + 1 or body["ledger"] != self.ledger:
            raise _Wrong(f"record {self.head.seq + 1} is missing, or stands elsewhere, or was changed")
        if siblings(body["seq"]) is not None:
            self.session.flush()
        index = index_of(body)
        _refuse_unfit(index)
        self.head = append(self.session, self.head, index, text, hashes_for(self.session, body["seq"]))
        if self.head.link.hex() != line["link"]:
            raise _Wrong(f"record {body['seq']} was changed: its link is another")
        self._private(body, line.get("private"))
        self._effects(body)
        if body["seq"] % _FLUSH == 0:
            self.session.flush()
            self.progress(body["seq"], self.anchor.size if self.anchor else 0)

    def _after(self, line: Mapping[str, Any]) -> None:
        """A record that is not taken in: it may still tell that the ledger was brought along after its first record."""
        try:
            self._note_migration(parse(line["record"]))
        except NONSENSE:
            return

    def _note_migration(self, body: Mapping[str, Any]) -> bool:
        """Whether a record charged what was given before there were claims: then the ledger has not gone by them from its
        first record on, though the header of an export by an earlier remit says so."""
        migrated = body["kind"] == "migrate" and not body.get("past")
        if migrated:
            self.rules.discard("claims")
        return migrated

    def _private(self, body: Mapping[str, Any], text: str | None) -> None:
        for seq in in_ranges(body["erased"]["records"]) if "erased" in body else ():
            self.apart.pop(seq, None)
        if text is None:
            if body.get("apart"):
                self.apart[body["seq"]] = body["apart"]
            return
        opened = parse(text)
        if {name: commitment(name, value, salt) for name, (salt, value) in opened.items()} != body.get("apart"):
            raise _Wrong(f"what stands apart from record {body['seq']} was changed")
        self._put("INSERT INTO private (seq, facts) VALUES (?, ?)", (body["seq"], text))

    def _effects(self, body: Mapping[str, Any]) -> None:
        seq = body["seq"]
        for named, policy in ((body.get("policy"), None), (body.get("published"), ROSTERS)):
            if named:
                self.used.setdefault(named["digest"], (policy or named["id"], named["version"], seq))
        if "published" in body:
            self._note(*pointer(seq, body["published"]["digest"]))
        if body.get("past"):
            self._note(*past_of(body))
            if body.get("policy") is None and not self.kept:
                self.kept = True
                self._note(CUSTOMERS, str(seq))
        elif self._note_migration(body):
            self._note("claims", str(seq))
        for table, row in effects(body):
            if table == "charge":
                series, at, by, number, amount = row
                use = self.running.get(series, CapUse(0))
                if number != use.number + 1:
                    raise _Wrong(f"a charge of record {by} has another number than it must")
                _refuse_unfit((at, by, amount, use.running + amount))
                charge(self.session, at, by, [(series, use, amount)])
                self.running[series] = CapUse(0, number, use.running + amount)
            elif table == "refund":
                _refuse_unfit(row)
                self.session.flush()
                refund(self.session, row[0], row[1], row[3], row[2])
            else:
                self._put(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def _note(self, name: str, value: str) -> None:
        self._put("INSERT INTO ledger (name, value) VALUES (?, ?)", (name, value))

    def _put(self, sql: str, row: tuple[Any, ...]) -> None:
        _refuse_unfit(row)
        self.session.put(sql, row)

    def finish(self) -> int:
        """All lines were taken: gives how many records there are. Raises :class:`remit.errors.LedgerCorrupt`."""
        if not self.number:
            raise _all_of([(0, "the export is empty")])
        if not self.broken:
            for name, value in (
                ("id", self.ledger),
                ("secret", fingerprint(self.secret)),
                ("rules", " ".join(sorted(self.rules))),
            ):
                self._note(name, value)
            self.session.flush()
            self.problems += [*self._end(), *self._texts()]
        if self.problems:
            raise _all_of(sorted(self.problems))
        self.progress(self.head.seq, self.head.seq)
        return self.head.seq

    def _end(self) -> Iterator[tuple[int, str]]:
        """What is wrong with the end of the log."""
        assert self.anchor is not None
        found, size = anchor_of(self.session, self.ledger), self.anchor.size
        if self.through not in (None, size):
            if found.size != self.through:
                yield 0, f"the export has {found.size} records, and record {self.through} was to be the last"
        elif found.size != size:
            yield 0, f"the export was cut off: it notes {size} records and has {found.size}"
        elif found != self.anchor:
            yield 1, "its anchor is not that of its records"
        if self.apart:
            yield 0, f"what stands apart from record {min(self.apart)} is missing, and no record says it was erased"

    def _texts(self) -> Iterator[tuple[int, str]]:
        """What the lines of policies say that records do not."""
        bad = {number for number, _ in self.problems}
        for digest, (number, said) in self.texts.items():
            if said != (used := self.used.pop(digest, None)):
                names = ("id", "version", "first record")
                found = [f"{name} `{mine}`" for name, mine, its in zip(names, said, used or said, strict=True) if mine != its]
                yield number, f"policy {digest} is called otherwise by records: {', '.join(found) or 'none of them names it'}"
        for digest, (_, version, seq) in self.used.items():
            if not bad:  # or else it may be the one in a line that is wrong
                yield 0, f"the text of policy {digest} (version {version}) is missing, which record {seq} names"


class _Wrong(ValueError):
    """What is wrong with a line, in words."""


def _is_raw(error: Exception) -> bool:
    return not isinstance(error, _Wrong)


def _parsed(text: str) -> Any:
    """The value of a line."""
    if not has_utf8(text):
        raise _Wrong("it is not text in UTF-8")
    try:
        line = parse(text)
    except json.JSONDecodeError:
        raise _Wrong("it is not JSON, or only a part of it") from None
    if not isinstance(line, dict):
        raise _Wrong("it is not a JSON object")
    return line


def _check(line: Any, wanted: Mapping[str, type], what: str) -> None:
    if not isinstance(line, dict):
        raise _Wrong(f"{what} is not an object")
    problems = [f"unknown key `{key}`" for key in line if key not in wanted]
    for key, kind in wanted.items():
        if key not in line:
            problems += [] if key in _MAY_BE_MISSING else [f"`{key}` is missing"]
        elif type(line[key]) is not kind:
            problems.append(f"`{key}` is not {_KINDS[kind]}")
    if problems:
        raise _Wrong(f"{what} is not right: {', '.join(problems)}")


def _record_problems() -> Callable[[Any], list[str]]:
    """A function that gives what in a record does not fit the published schema."""
    from jsonschema.validators import validator_for  # only here: a counter does not wait for it

    rules = schema("record")
    validator = validator_for(rules)(rules)

    def problems(body: Any) -> list[str]:
        found = (f"`{error.json_path.removeprefix('$').removeprefix('.')}`" for error in validator.iter_errors(body))
        return [each if each != "``" else "a key is missing or unknown" for each in dict.fromkeys(found)][:_MOST]

    return problems


def _refuse_unfit(row: Iterable[Any]) -> None:
    """Raises :class:`ValueError` for what not every database takes."""
    for each in row:
        if isinstance(each, int) and abs(each) > _LARGEST:
            raise _Wrong(f"{each} is a number beyond 64 bits")
        if isinstance(each, str) and ("\x00" in each or not has_utf8(each)):
            raise _Wrong("it has text with a null character or half a character")


def _all_of(problems: list[tuple[int, str]]) -> LedgerCorrupt:
    """Every problem; 0 is the number of no line."""
    told = [f"line {number} of the export: {text}" if number else text for number, text in problems]
    more = [f"and {len(told) - _MOST} more"] if len(told) > _MOST else []
    numbers = [number for number, _ in problems if number]
    message = "; ".join((*told[:_MOST], *more))
    return LedgerCorrupt(f"nothing was imported: {message}", {"lines": numbers} | ({"line": numbers[0]} if numbers else {}))
