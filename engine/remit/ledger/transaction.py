"""One turn at the log: what a piece of work knows once it holds the lock, and how it appends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Final

from remit.decision.decision import Decision
from remit.errors import KeyConflict, LedgerCorrupt, LedgerError, LedgerUnavailable
from remit.language.fast_dataclass import dataclass
from remit.ledger.caps.windows import as_micros
from remit.ledger.log.canonical import encode
from remit.ledger.log.chain import Head, Index, append, hashes_for
from remit.ledger.log.entry import TYPE, Entry, moment
from remit.ledger.log.private_facts import commit
from remit.ledger.log.record_ids import make_id
from remit.ledger.people.standing import Staff
from remit.ledger.stores.opening import Identity
from remit.ledger.stores.store import Query, Row, Session
from remit.ledger.stores.store_clock import StoreClock

__all__ = [
    "Core",
    "OperationKey",
    "Repeated",
    "RosterChanged",
    "SweepDue",
    "Turn",
    "bound",
    "ended",
    "fetch",
    "permission",
    "read_clock",
    "refuse_jump",
    "refuse_other",
]

_SECOND: Final = 1_000_000
#: From here on, the year 9999, a clock is not believed: what begins must end before the calendar does.
_END: Final = 253_370_764_800 * _SECOND

_NONE: Final[Mapping[str, Any]] = {}
#: How many rows are read at once.
_PAGE: Final = 500

#: The permission for a key and a request, and the record that used it.
_PERMIT: Final = (
    "SELECT k.seq, (SELECT r.seq FROM resolution AS r WHERE r.target = k.seq AND r.step = 1) "
    "FROM request_key AS k WHERE k.name = ? AND k.digest = ?"
)
_KEY: Final = "SELECT digest FROM request_key WHERE name = ?"

#: What became of a hold that has expired, or of a task that has waited too long: it was answered, or that is on record. Nothing
#: is to become of what is neither.
_SEEN_TO: Final = (
    "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM record AS t WHERE t.seq = h.seq AND t.kind IN ('hold', 'escalate')) "
    "UNION ALL SELECT 1 FROM resolution AS r WHERE r.target = h.seq AND (r.step = 1 OR r.step < 1 AND "
    "EXISTS (SELECT 1 FROM record AS o WHERE o.seq = r.seq AND o.at >= h.expires))"
)
#: The last record, whether holds have expired or tasks waited too long by a moment, which record a key made, and the digest of
#: the roster.
_BEGIN: Final = (
    "SELECT seq, at, link, hashes, (SELECT 1 FROM hold AS h WHERE h.expires >= record.at AND "
    f"(h.expires <= ? OR h.expires = record.at) AND NOT EXISTS ({_SEEN_TO}) LIMIT 1), "
    "(SELECT k.seq FROM request_key AS k WHERE k.name = ?), "
    "(SELECT l.value FROM ledger AS l WHERE l.name < 'a' ORDER BY l.name DESC LIMIT 1), "
    "(SELECT l.value FROM ledger AS l WHERE l.name = 'id') "
    "FROM record ORDER BY record.seq DESC LIMIT 1"
)
_ID: Final = "SELECT value FROM ledger WHERE name = 'id'"
#: The holds that have expired by a moment, and the tasks that have waited too long. Every turn sees to them before it does
#: anything else, so none from before the last record can be left: only the end of the index is looked at.
_DUE: Final = (
    "SELECT h.seq, h.expires FROM hold AS h, (SELECT at FROM record ORDER BY seq DESC LIMIT 1) AS newest "
    "WHERE h.expires >= newest.at AND (h.expires <= ? OR h.expires = newest.at) "
    f"AND (h.expires, h.seq) > (?, ?) AND NOT EXISTS ({_SEEN_TO}) ORDER BY h.expires, h.seq LIMIT {_PAGE}"
)


@dataclass(frozen=True, slots=True)
class Core:
    """What a ledger is, its clock, and the engine that writes in it."""

    identity: Identity
    clock: Callable[[], datetime]
    #: By how many microseconds it may jump.
    most_jump: int
    engine: str
    #: Who works here, and the digest of the published roster that says so.
    staff: Staff
    roster: str | None = None
    #: For how many microseconds the same request without a key is taken for a slip; 0: not at all.
    repeat_within: int = 0
    #: Digests of policies whose text is known to be in the ledger.
    stored: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        """The id of the ledger."""
        return self.identity.id

    def time(self) -> datetime:
        """What the clock says. Raises :class:`remit.LedgerError` where that is no time to write down."""
        now = self.clock()
        if not isinstance(now, datetime) or now.tzinfo is None:
            raise LedgerError("the clock of a ledger must give times with a time zone")
        micros = as_micros(now)
        if not 0 <= micros < _END:
            raise LedgerError(f"the clock says {now}, which is {'before 1970' if micros < 0 else 'after 9998'}")
        return now

    @property
    def secret(self) -> bytes:
        """The secret of the ledger. Raises :class:`remit.errors.LedgerUnavailable` where it is not at hand."""
        if self.identity.secret is None:
            raise LedgerUnavailable(self.identity.why)
        return self.identity.secret


@dataclass(frozen=True, slots=True)
class OperationKey:
    """An idempotency key, the operation it came with, and the digest of what was asked."""

    name: str
    operation: str
    digest: str

    @property
    def bound(self) -> str:
        """As it stands in the table of keys."""
        return bound(self.operation, self.name)


def bound(operation: str, key: str) -> str:
    """The name that a key is bound by: each operation has its own keys, but granting and holding share theirs, so that one key
    never gives twice.

    >>> bound("hold", "k-1"), bound("escalate", "k-1")
    ('grant/k-1', 'escalate/k-1')
    """
    return f"{'grant' if operation == 'hold' else operation}/{key}"


class SweepDue(Exception):
    """Holds have expired and must be released, or tasks have waited too long and go up."""


class RosterChanged(Exception):
    """Another roster was published, by which everything must be asked again."""


class Repeated(Exception):
    """The key has been used for the same request: here is the record it made."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry


def fetch(session: Session, seq: int) -> Entry | None:
    """Record ``seq``, with what stands apart from it."""
    (records, private) = session.ask(
        ("SELECT body FROM record WHERE seq = ?", (seq,)), ("SELECT facts FROM private WHERE seq = ?", (seq,))
    )
    if not records:
        return None
    return Entry.read_from(seq, records[0][0], private[0][0] if private else None)


def refuse_other(core: Core, session: Session) -> None:
    """Raises :class:`remit.LedgerError` where another ledger took the place of the one that was opened."""
    row = session.one(_ID)
    if row is None or row[0] != core.id:
        found = f"it is {row[0]}" if row is not None else "it has no id yet"
        raise LedgerError(f"another ledger took the place of {core.id}: {found}; open the one that you mean")


def ended(session: Session, clock: int) -> Iterator[tuple[Entry, int]]:
    """The holds that have expired by a moment, and the tasks that have waited too long, each with that end; earliest first.

    Anyone who may insert rows can put one into `hold`. One that its record does not confirm is passed over, so that it stops
    nobody; verification finds it.
    """
    after = (-1, -1)
    while page := session.rows(_DUE, (clock, *after)):
        for seq, expires in page:
            entry = fetch(session, seq)
            if entry is not None and moment(expires) in _ends(entry):
                yield entry, expires
        after = (page[-1][1], page[-1][0])


def _ends(entry: Entry) -> list[str]:
    body = entry.body
    return [body["expires"]] if entry.kind == "hold" else [each["at"] for each in body.get("rises", ())]


@dataclass(slots=True)
class Turn:
    """A turn. ``clock`` is what the clock said; ``now`` is the time of the record: the same, or that of the last record where
    the clock has gone back."""

    core: Core
    session: Session
    head: Head
    clock: int
    now: int
    key: OperationKey | None = None
    #: The permission that the key has by now, though what it asked for was refused at first.
    permit: Entry | None = None

    @classmethod
    def take(
        cls, core: Core, session: Session, key: OperationKey | None, *queries: Query, clock: int | None = None
    ) -> tuple[Turn, list[list[Row]]]:
        """Begin: read the head of the log, and the rows of ``queries``, which must not depend on it. ``clock`` is what the
        clock said, where it was read for them.

        Raises :class:`Repeated` where the key is known (unless what it made was refused, and there is a permission for it by
        now), :class:`remit.KeyConflict` where it was used for something else, :class:`SweepDue` where holds have expired or
        tasks have waited too long, and :class:`RosterChanged`.
        """
        clock = read_clock(core) if clock is None else clock
        name = key.bound if key is not None else None
        newest, *rest = session.ask((_BEGIN, (clock, name)), *queries)
        by_store = isinstance(core.clock, StoreClock)
        if by_store and abs((now := read_clock(core)) - clock) > _SECOND:  # the lock took long, or the server knew better
            clock, newest = now, session.rows(_BEGIN, (now, name))
        permit = None
        if not newest or newest[0][7] != core.id:
            refuse_other(core, session)
        head = Head.of(newest, core.id)
        if newest:
            due, known, roster = newest[0][4:7]
            if key is not None and known is not None:
                permit = cls._give_again(session, key, known, max(clock, head.at))
            if roster != core.roster:
                raise RosterChanged
            refuse_jump(core, clock, head.at)
            if due and any(ended(session, clock)):
                raise SweepDue
        noted = core.clock.noted(clock) if isinstance(core.clock, StoreClock) else clock
        return cls(core, session, head, noted, max(clock, head.at), key if permit is None else None, permit), rest

    @staticmethod
    def _give_again(session: Session, key: OperationKey, seq: int, now: int) -> Entry:
        """The permission that a refusal, record ``seq``, has by now. Raises what :meth:`take` raises where there is none, or
        it has been used or has run out."""
        digest = session.rows(_KEY, (key.bound,))[0][0]
        entry = fetch(session, seq)
        if entry is None:
            raise LedgerCorrupt(f"record {seq}, which key `{key.name}` made, is missing", {"seq": seq})
        if digest != key.digest:
            raise KeyConflict(f"key `{key.name}` was used for another request ({entry.id}); use a new key for a new request")
        permit = None if entry.granted else permission(session, key, now)
        if permit is not None:
            return permit
        entry.repeated = True
        raise Repeated(entry)

    @property
    def seq(self) -> int:
        """The number that the next record takes."""
        return self.head.seq + 1

    def append(
        self,
        kind: str,
        parts: Mapping[str, Any],
        apart: Mapping[str, Any] | None = None,
        *,
        decision: Decision | None = None,
    ) -> Entry:
        """Put the next record. ``parts`` is what it says beyond its header; ``apart`` are the values of which it holds
        commitments only; ``decision`` is the one it tells of, which ``parts`` have as plain values."""
        index = Index(
            self.seq,
            self.now,
            kind,
            parts["decision"]["outcome"] if decision is not None else None,
            (parts.get("policy") or _NONE).get("id"),
            (parts.get("employee") or _NONE).get("id"),
            parts.get("case"),
        )
        header = {
            "type": TYPE,
            "ledger": self.core.id,
            "seq": index.seq,
            "id": make_id(index.seq, index.at),
            "kind": kind,
            "recorded": (recorded := moment(index.at)),
            "clock": recorded if self.clock == index.at else moment(self.clock),
            "engine": self.core.engine,
        }
        body = {**header, **parts}
        opened: dict[str, list[Any]] = {}
        if apart:
            body["apart"], opened = commit(apart)
            self.session.put("INSERT INTO private (seq, facts) VALUES (?, ?)", (index.seq, encode(opened)))
        if self.key is not None:
            body |= {"key": self.key.name, "key_digest": self.key.digest}
            self.session.put("INSERT INTO request_key VALUES (?, ?, ?)", (self.key.bound, index.seq, self.key.digest))
        text = encode(body)
        self.head = append(self.session, self.head, index, text, hashes_for(self.session, index.seq))
        return Entry(text, apart or {}, decision=decision, header=header)

    def resolve(self, target: int, step: int) -> None:
        """Put that record ``target`` is resolved by the record appended last."""
        self.session.put("INSERT INTO resolution (target, step, seq) VALUES (?, ?, ?)", (target, step, self.head.seq))


def permission(session: Session, key: OperationKey, now: int) -> Entry | None:
    """The permission that there is for a grant with this key. Raises :class:`Repeated` where it has been used."""
    rows = session.rows(_PERMIT, (bound("permit", key.name), key.digest)) if key.operation == "grant" else []
    for seq, used in rows:
        permit, entry = fetch(session, seq), None if used is None else fetch(session, used)
        if entry is not None:
            entry.repeated = True
            raise Repeated(entry)
        if permit is not None and now < as_micros(datetime.fromisoformat(permit.body["permits"]["until"])):
            return permit
    return None


def read_clock(core: Core) -> int:
    """What the clock says, in microseconds since 1970. Raises what :meth:`Core.time` raises."""
    return as_micros(core.time())


def refuse_jump(core: Core, clock: int, last: int) -> None:
    """Raises :class:`remit.errors.LedgerUnavailable` where the clock has jumped ahead while the ledger was open, or is so far
    behind the last record that one of the two is wrong: a cap that goes by a wrong time blocks, or gives, too much."""
    if isinstance(core.clock, StoreClock) and (jump := core.clock.jumped()) > core.most_jump:
        raise LedgerUnavailable(
            f"the clock says {_to_the_second(clock)}, and by the time that has passed since the ledger was opened it is "
            f"{_to_the_second(clock - jump)}; nothing was written. Set the clock right; if it was wrong before and is right "
            "now, open the ledger again"
        )
    if last - clock > core.most_jump:
        raise LedgerUnavailable(
            f"the clock says {_to_the_second(clock)}, and the last record is of {_to_the_second(last)}; nothing was written. "
            'Set the clock right; if the record is what is wrong, see "Time" in docs/ledger.md'
        )


def _to_the_second(micros: int) -> str:
    return moment(max(0, micros))[:19].replace("T", " ")
