"""A ledger as one reads it: records, tasks, balances, anchors, proofs and copies. Nothing here writes in it.

What only reviewers and auditors use is imported by the method that uses it: a decision at the counter does not wait for it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from remit.decision.decision import Decision
from remit.decision.request import Request
from remit.errors import LedgerCorrupt, NotAllowed, NotFound, Problem, RemitError
from remit.language import words
from remit.ledger.arguments import (
    CALL,
    COUNT,
    FLAG,
    MOMENT,
    PATH,
    SECONDS,
    SPAN,
    TEXT,
    Expected,
    expect,
    filter_of,
    maybe,
)
from remit.ledger.asking import AnyPolicy, Asked, Decider, choose, prepare, version_of
from remit.ledger.caps.balances import Balance, compare_versions, preview, read_balances, uses_now
from remit.ledger.caps.windows import length_in_micros
from remit.ledger.granting import decide_now
from remit.ledger.log.canonical import NONSENSE
from remit.ledger.log.entry import Entry
from remit.ledger.log.searching import RecordFilter, last_seq, read_entries, read_replies
from remit.ledger.people.roster import Person, Roster, RosterSource
from remit.ledger.people.standing import Staff, stored_roster
from remit.ledger.people.tasks import still_missing
from remit.ledger.policy_library import Library
from remit.ledger.repeats import is_repeated
from remit.ledger.resolving import find, related
from remit.ledger.stores import opening
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, read_clock

if TYPE_CHECKING:
    from remit.ledger.log.anchor import Anchor
    from remit.ledger.log.redeciding import Redecision
    from remit.ledger.log.verifying import Verification

__all__ = ["AnyRequest", "Reader"]

Self = TypeVar("Self", bound="Reader")

AnyRequest = Request | Mapping[str, Any]


class Reader:
    """What can be asked of a ledger. :class:`remit.Ledger` adds what can be done."""

    def __init__(
        self,
        url: str | os.PathLike[str],
        *,
        clock: Callable[[], datetime] | None = None,
        timeout: float = 30.0,
        secret: bytes | None = None,
        schema: str = "remit",
        repeat_within: timedelta = timedelta(minutes=10),
        roster: RosterSource | None = None,
        ledger: str | None = None,
        max_clock_jump: timedelta = timedelta(days=1),
        cache: str | os.PathLike[str] | None = None,
    ) -> None:
        lengths = {"repeat_within": (repeat_within, SPAN), "max_clock_jump": (max_clock_jump, SPAN)}
        expect(clock=(clock, maybe(CALL)), roster=(roster, maybe(CALL)), cache=(cache, maybe(PATH)), **lengths)
        self._store = opening.open_store(url, timeout=timeout, schema=schema, wanted=ledger)
        try:
            identity = opening.identify(self._store, secret, ledger)
        except BaseException:
            self._store.close()
            raise
        from remit import __version__

        self._source = roster
        self._cache = None if cache is None else Path(cache)
        staff = Staff(self.name, source=roster)
        times = clock or self._store.clock, length_in_micros(max_clock_jump)
        self._core = Core(identity, *times, f"remit {__version__}", staff, None, length_in_micros(repeat_within))
        self._library = Library()
        self._rosters: dict[str, Roster | None] = {}
        self._read_roster()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger. Closing twice does no harm."""
        self._store.close()

    @property
    def id(self) -> str:
        """The id of this ledger: 32 hexadecimal digits, made up when it was made."""
        return self._core.id

    @property
    def name(self) -> str:
        """Where it is, for people."""
        return self._store.name

    # Reading (remit.ledger.log.searching)

    def record(self, record_id: str) -> Entry:
        """The record with this id. Raises :class:`remit.errors.NotFound`."""
        with self._reading() as session:
            return find(session, record_id)

    def records(self, *, newest_first: bool = False, limit: int | None = None, **wanted: Any) -> Iterator[Entry]:
        """The records, in order or ``newest_first``, streaming, at most ``limit``; ``wanted`` is any of ``kind`` (one or
        several), ``outcome``, ``policy``, ``employee``, ``case``, ``since`` (included), ``until`` (not included), ``after`` (a
        record's number), ``facts`` (compared with what was read, personal facts too), ``role``, ``act``, ``verdict``,
        ``cause``, ``tag``, ``rule``, ``remedy``, ``at_least`` and ``below`` (:class:`remit.Money` or a count), ``approver``,
        ``site``, ``story`` (a part of it), and ``gap``, ``discretion``, ``on_limit`` and ``agent`` (true or false)."""
        expect(newest_first=(newest_first, FLAG), limit=(limit, maybe(COUNT)))
        return read_entries(self._store, filter_of(wanted), newest_first=newest_first, limit=limit, person_of=self._person_of)

    def follow(
        self, *, after: int = 0, every: float = 0.2, stop: Callable[[], bool] = lambda: False, **wanted: Any
    ) -> Iterator[Entry]:
        """The records after number ``after``, and then each new one as it comes, looking ``every`` so many seconds until
        ``stop`` returns true; ``wanted`` as for :meth:`records`."""
        expect(every=(every, SECONDS), stop=(stop, CALL))
        return self._follow(filter_of({**wanted, "after": after}), every, stop)

    def _follow(self, wanted: RecordFilter, every: float, stop: Callable[[], bool]) -> Iterator[Entry]:
        while not stop():
            with self._reading() as session:
                looked = last_seq(session)  # what comes from here on is looked at next time, or now
            for entry in read_entries(self._store, wanted, person_of=self._person_of):
                looked = max(looked, entry.seq)
                yield entry
            wanted = replace(wanted, after=max(looked, wanted.after))
            time.sleep(every)

    def related(self, record_id: str) -> list[Entry]:
        """The record, what it answers, and what answers it, in the order of the log."""
        with self._reading() as session:
            return related(session, find(session, record_id))

    def replies(self, employee: str, *, after: int = 0, since: datetime | None = None) -> list[Entry]:
        """What others put on record about what an employee did in the year before, in the order of the log: answers to tasks,
        reviews, answers to disputes, disputes of their reviews, grants of theirs that were taken back. Those after number
        ``after``, and from ``since`` on."""
        expect(employee=(employee, TEXT), after=(after, COUNT), since=(since, maybe(MOMENT)))
        with self._reading() as session:
            return read_replies(session, employee, after, since, read_clock(self._core))

    def redecide(self, record_id: str) -> Redecision:
        """Decide a record again from what it holds and the text of its policy in the ledger; ``same`` says whether it came out
        bit for bit the same. Raises :class:`remit.errors.NotAllowed` where facts of it were erased."""
        from remit.ledger.log.redeciding import redecide

        with self._reading() as session:
            entry = find(session, record_id)
            if entry.body.get("policy") is None:
                raise NotAllowed(f"{entry.id} is an {entry.kind}: no decision was taken")
            return redecide(entry, Library.read_of(session, entry.body))

    def balances(self, policy: AnyPolicy, request: AnyRequest) -> dict[str, Balance]:
        """How the caps of ``policy`` stand for a request, by cap id (and ``discretion``). Nothing goes on record."""
        self._read_roster()
        asked = self._prepare(policy, request, "balances")
        with self._reading() as session:
            return read_balances(self._core, session, asked)

    def preview(self, policy: AnyPolicy, request: AnyRequest) -> Decision:
        """What :meth:`remit.Ledger.decide` would say now. Nothing goes on record."""
        self._read_roster()
        asked = self._prepare(policy, request, "preview")
        with self._reading() as session:
            return preview(self._core, session, asked)

    def missing_to_answer(self, policy: AnyPolicy, request: AnyRequest) -> tuple[str, ...]:
        """What whoever answers must know, too, if this were sent up now: names of facts (and ``case``). Nothing goes on
        record."""
        self._read_roster()
        asked = self._prepare(policy, request, "preview")
        with self._reading() as session:
            now = read_clock(self._core)
            decided = decide_now(asked, uses_now(self._core, session, asked), now)
        return tuple(still_missing(asked, decided)) if decided.outcome == "escalate" else ()

    def is_repeated(self, policy: AnyPolicy, request: AnyRequest) -> bool:
        """Whether the employee gave the same to the same customer within ``repeat_within``, so that a request without a key
        is asked about. Nothing is decided."""
        self._read_roster()
        asked = self._prepare(policy, request, "preview")
        with self._reading() as session:
            return is_repeated(self._core, session, asked, read_clock(self._core))

    def policy(self, digest: str) -> Decider:
        """The policy of a digest, as the ledger keeps its text. Raises :class:`remit.errors.NotFound`."""
        expect(digest=(digest, TEXT))
        with self._reading() as session:
            return self._library.get(session, digest)

    def policy_of(self, entry: Entry) -> Decider:
        """The policy that a record names, in the currency that it names, as the ledger keeps its text. Raises
        :class:`remit.errors.NotFound`, also where the record names none."""
        expect(entry=(entry, _ENTRY))
        if entry.body.get("policy") is None:
            raise NotFound(f"{entry.id} is {words.a(entry.kind)}, and names no policy")
        with self._reading() as session:
            return self._library.of(session, entry.body)

    def roster(self, digest: str) -> Roster | None:
        """The roster with this digest, as the ledger keeps its text; ``None`` where it keeps none, because a service has a list
        of its own. Raises :class:`remit.errors.LedgerCorrupt` for a text that was changed."""
        expect(digest=(digest, TEXT))
        if digest not in self._rosters:
            with self._reading() as session:
                row = session.one("SELECT text FROM policy WHERE digest = ?", (digest,))
            if row is not None and "sha256:" + sha256(row[0].encode()).hexdigest() != digest:
                raise LedgerCorrupt("the text of the roster was changed", {"digest": digest})
            self._rosters[digest] = self._stored_roster(digest, row[0]) if row is not None else None
        return self._rosters[digest]

    def compare(self, policy: AnyPolicy) -> list[Problem]:
        """What happens to balances when ``policy`` follows the version that is in use."""
        with self._reading() as session:
            return compare_versions(session, self._library, version_of(policy, {}).model)

    # Trust (remit.ledger.log.anchor, remit.ledger.log.verifying)

    def head(self) -> Anchor:
        """An anchor of the log as it is now."""
        from remit.ledger.log.anchor import anchor_of

        with self._reading() as session:
            return anchor_of(session, self.id)

    def verify(
        self,
        anchor: Anchor | Mapping[str, Any] | str | Path | Iterable[Any] | None = None,
        *,
        thorough: bool = False,
        decide: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Verification:
        """Verify the whole log, against one ``anchor`` or several where there are any. ``thorough`` also works out again all
        that stands beside the log, and compares the database's indexes with its tables. ``decide`` also decides every record
        again, but those whose facts were erased. ``progress`` is called with how many records were checked, now and then."""
        from remit.ledger.log.anchor import Anchor
        from remit.ledger.log.verifying import verify

        expect(thorough=(thorough, FLAG), decide=(decide, FLAG), progress=(progress, maybe(CALL)))
        several = isinstance(anchor, Iterable) and not isinstance(anchor, Mapping | str | Path)
        known: list[Any] = [] if anchor is None else list(anchor) if several else [anchor]  # type: ignore[arg-type]
        return verify(self._store, self.id, map(Anchor.of, known), thorough=thorough, decide=decide, progress=progress)

    def prove(self, record_id: str, *, size: int | None = None) -> dict[str, Any]:
        """The proof that a record is in the log of ``size`` records (all, where it is left out), for
        :func:`remit.ledger.check_proof`."""
        from remit.ledger.log.anchor import proof_of

        expect(size=(size, maybe(COUNT)))
        with self._reading() as session:
            return proof_of(session, self.id, find(session, record_id).seq, size)

    # Copies (remit.ledger.log.exchange)

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Copy the whole ledger into a new SQLite file that opens as a ledger, while others write. The secret is written beside
        it; keep the two apart where you keep them."""
        expect(path=(path, PATH))
        target = Path(path)
        self._store.backup(target)
        if self._core.identity.secret is not None:
            opening.write_secret(target, self._core.identity.secret)

    def export(self, path: str | os.PathLike[str], **options: Any) -> int:
        """Write the records to a file, by its ending: ``.jsonl``, ``.csv`` or ``.parquet``; returns how many. ``options``:
        ``whole`` writes all of the ledger, for :func:`import_ledger` (JSON Lines only); ``reveal`` shows what is personal,
        masked or written by people, in a file for its owner alone; others choose records, as for :meth:`records`."""
        from remit.ledger.log.exchange import export_to

        expect(path=(path, PATH))
        return export_to(self._store, self._core, Path(path), person_of=self._person_of, **options)

    # Inside

    def _bring_along(self) -> None:
        """Bring along a ledger from before: what only reads does not."""

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        """A session in which what cannot be read as what remit writes is a :class:`remit.errors.LedgerCorrupt`."""
        try:
            with self._store.read() as session:
                yield session
        except RemitError:
            raise
        except NONSENSE as error:
            raise LedgerCorrupt(f"{self.name} holds something that remit does not write ({error})") from error

    def _read_roster(self) -> None:
        """Go by the roster that was published last."""
        with self._reading() as session:
            row = session.one(_NEWEST_ROSTER)
            if row is None or row[0] == self._core.roster:
                return
            text = session.one("SELECT text FROM policy WHERE digest = ?", row)
        if self._source is not None:
            raise NotAllowed(f"{self.name} has a roster of its own, published into it; open it without `roster`")
        if text is None or "sha256:" + sha256(text[0].encode()).hexdigest() != row[0]:
            raise LedgerCorrupt("the text of the roster was changed, or is missing", {"digest": row[0]})
        self._core = replace(self._core, roster=row[0], staff=Staff(self.name, self._stored_roster(row[0], text[0])))

    def _stored_roster(self, digest: str, text: str) -> Roster:
        return stored_roster(self.id, self._core.identity.secret, self._cache, digest, text)

    def _person_of(self, entry: Entry) -> Person | None:
        """The row of who did it, on the roster that the record names."""
        digest, employee = entry.body.get("roster"), entry.employee
        roster = self.roster(digest) if digest is not None else None
        return roster.find(employee) if roster is not None and employee is not None else None

    def _prepare(self, policy: AnyPolicy, request: AnyRequest, operation: str, **more: Any) -> Asked:
        raw = request.to_dict() if isinstance(request, Request) else request
        chosen = choose(policy, raw)
        self._library.remember(chosen)
        return prepare(self._core, chosen, raw, operation, **more)


_ENTRY: Final[Expected] = (lambda value: isinstance(value, Entry), "a record, as `record()` gives them")
_NEWEST_ROSTER: Final = "SELECT value FROM ledger WHERE name < 'a' ORDER BY name DESC LIMIT 1"
