"""Calibration: several reviewers judge the same cases before a deadline, and nobody sees another's verdict before giving their
own.

A verdict (a record of kind ``rate``) is kept apart from the log behind a commitment, under a name that no other reading opens:
the log, exports for reading and every page say only that somebody has given one. (A whole export is the ledger on paper, and
holds all.) :meth:`Calibrations.calibration` alone opens it: to who gave it, to a reviewer who has judged that case, and to all
who take part once the deadline has passed or all have judged all.

These verdicts are about the reviewers, not about the employees: they are not shown to those who were judged, and count in no
report.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from remit.errors import NotAllowed, Problem, RequestError
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity
from remit.ledger.arguments import MOMENT, TEXT, TEXTS, WORDS, expect, maybe
from remit.ledger.caps.windows import as_datetime, as_micros
from remit.ledger.log.entry import SEALED, Entry, moment, read_private
from remit.ledger.log.searching import RecordFilter, read_entries
from remit.ledger.people.standing import Standing
from remit.ledger.policy_library import Library
from remit.ledger.quality.outcomes import Outcomes
from remit.ledger.quality.review_rights import refuse_reviewer
from remit.ledger.quality.reviews import refuse_verdict
from remit.ledger.resolving import find
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, OperationKey, Turn, read_clock

__all__ = ["Calibration", "Calibrations", "Rating"]

MOST_RECORDS: Final = 200
MOST_REVIEWERS: Final = 50
_LONGEST: Final = timedelta(days=366)
_TOO_FAR: Final = "the deadline of a calibration is in the year to come"
_RATINGS: Final = (
    "SELECT r.seq, r.body, p.facts FROM resolution AS x JOIN record AS r ON r.seq = x.seq "
    "LEFT JOIN private AS p ON p.seq = r.seq WHERE x.target = ? AND r.kind = 'rate' ORDER BY r.seq"
)


@dataclass(frozen=True, slots=True)
class Rating:
    """That ``reviewer`` has judged ``record`` (an id). ``verdict``, ``cause`` and ``note`` are ``None`` while they are sealed
    for who looks."""

    record: str
    reviewer: str
    verdict: str | None = None
    cause: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """The cases (``records``, their ids) that ``reviewers`` judge before ``until``; ``by`` chose them. ``is_closed``: the
    deadline has passed, or all have judged all, and every verdict is open to those who take part. ``id`` and ``seq`` are those
    of its record, ``title`` says what it is about, ``ratings`` who has judged what."""

    id: str
    seq: int
    by: str
    until: datetime
    records: tuple[str, ...]
    reviewers: tuple[str, ...]
    title: str | None = None
    is_closed: bool = False
    ratings: tuple[Rating, ...] = ()

    def waiting_for(self, reviewer: str) -> tuple[str, ...]:
        """The records that a reviewer has not judged yet, under any spelling of their id; none where they are not invited, or
        it is closed."""
        if self.is_closed or identity(reviewer) not in map(identity, self.reviewers):
            return ()
        done = {each.record for each in self.ratings if identity(each.reviewer) == identity(reviewer)}
        return tuple(record for record in self.records if record not in done)


class Calibrations(Outcomes):
    """The methods of calibration."""

    def calibrate(
        self,
        records: Collection[str],
        *,
        reviewers: Collection[str],
        until: datetime,
        employee: Mapping[str, Any],
        title: str | None = None,
        key: str | None = None,
    ) -> Entry:
        """Have ``reviewers`` (their ids, at least two) judge the same ``records`` (ids, at most 200) before ``until``.
        ``employee`` starts it, and may review each of the records themselves; ``title`` says what it is about. Raises
        :class:`remit.RequestError` and :class:`remit.errors.NotAllowed`."""
        expect(records=(records, TEXTS), reviewers=(reviewers, TEXTS), until=(until, MOMENT), title=(title, maybe(WORDS)))
        chosen, invited = tuple(dict.fromkeys(records)), _unlike(reviewers)
        _refuse_size(chosen, invited)
        who = self._who(employee)
        try:
            end = moment(as_micros(until))
        except (OverflowError, ValueError):
            raise NotAllowed(_TOO_FAR) from None
        said = {"records": list(chosen), "reviewers": list(invited), "until": end}
        use = self._key(key, "calibrate", said, employee, title)
        return self._run(lambda core: _starting(core, self._library, said, who, title, use))

    def rate(
        self,
        calibration: str,
        record: str,
        *,
        verdict: str,
        employee: Mapping[str, Any],
        note: str | None = None,
        cause: str | None = None,
        key: str | None = None,
    ) -> Entry:
        """Judge one ``record`` of a calibration, once: ``verdict``, ``cause`` and ``note`` are those of :meth:`review`. Raises
        :class:`remit.errors.NotAllowed` for whoever was not invited, may not review it, or comes too late."""
        expect(verdict=(verdict, TEXT), note=(note, maybe(WORDS)), cause=(cause, maybe(TEXT)))
        refuse_verdict(verdict, note, cause)
        who = self._who(employee)
        said = {"verdict": verdict, "cause": cause, "note": note}
        use = self._key(key, "rate", calibration, record, employee, said)
        return self._run(lambda core: _rating(core, self._library, calibration, record, who, said, use))

    def calibration(self, calibration: str, *, employee: Mapping[str, Any]) -> Calibration:
        """A calibration, with the verdicts that are open to ``employee``, who takes part in it. Raises
        :class:`remit.errors.NotAllowed` for anybody else."""
        self._read_roster()
        with self._reading() as session:
            who = self._core.staff.standing(employee, self._core.time())
            found = _find(session, calibration)
            if not _takes_part(found, who.id):
                raise NotAllowed(f"{found.id} is open to those who take part in it, and {who.id} does not")
            return _read(session, found, as_datetime(read_clock(self._core)), who.id)

    def calibrations(self, *, employee: Mapping[str, Any]) -> list[Calibration]:
        """The calibrations of the last year in which ``employee`` takes part, the newest first."""
        self._read_roster()
        with self._reading() as session:
            who = self._core.staff.standing(employee, self._core.time())
            now = as_datetime(read_clock(self._core))
        wanted = RecordFilter(kind="calibrate", since=now - _LONGEST)
        mine = [each for each in read_entries(self._store, wanted, newest_first=True) if _takes_part(each, who.id)]
        with self._reading() as session:
            return [_read(session, each, now, who.id) for each in mine]


def _unlike(ids: Collection[str]) -> tuple[str, ...]:
    """Each of these ids once, whatever its spelling."""
    return tuple({identity(each): each for each in reversed(list(ids))}.values())[::-1]


def _refuse_size(records: Collection[str], reviewers: Collection[str]) -> None:
    problems = []
    for name, found, least, most in (("records", records, 1, MOST_RECORDS), ("reviewers", reviewers, 2, MOST_REVIEWERS)):
        if not least <= len(found) <= most:
            message = f"a calibration has {least} to {most} {name}, and this one has {len(found)}"
            problems.append(Problem("request/calibration", message, path=name))
    if problems:
        raise RequestError(problems)


def _starting(
    core: Core,
    library: Library,
    said: Mapping[str, Any],
    employee: Mapping[str, Any],
    title: str | None,
    key: OperationKey | None,
) -> Callable[[Session], Entry]:
    """The work of ``calibrate``."""

    def work(session: Session) -> Entry:
        turn, _ = Turn.take(core, session, key)
        until = datetime.fromisoformat(said["until"])
        if not as_datetime(turn.now) < until <= as_datetime(turn.now) + _LONGEST:
            raise NotAllowed(_TOO_FAR)
        for record in said["records"]:
            refuse_reviewer(core, library, session, find(session, record), employee)
        who = core.staff.standing(employee, core.time())
        return turn.append("calibrate", {**who.recorded(), "calibration": said}, {"note": title} if title else None)

    return work


def _rating(
    core: Core,
    library: Library,
    calibration: str,
    record: str,
    employee: Mapping[str, Any],
    said: Mapping[str, Any],
    key: OperationKey | None,
) -> Callable[[Session], Entry]:
    """The work of ``rate``."""

    def work(session: Session) -> Entry:
        turn, _ = Turn.take(core, session, key)
        found = _find(session, calibration)
        chosen = found.body["calibration"]
        target = find(session, record)
        if target.id not in chosen["records"]:
            raise NotAllowed(f"{target.id} is not among the records of {found.id}")
        who = refuse_reviewer(core, library, session, target, employee)
        place = _place(chosen["reviewers"], who)
        if place is None:
            raise NotAllowed(f"{who.id} was not invited to {found.id}; {words.listing(chosen['reviewers'])} were")
        if as_datetime(turn.now) >= datetime.fromisoformat(chosen["until"]):
            raise NotAllowed(f"{found.id} ended at {chosen['until']}: the verdicts are open by now")
        step = 1 + place + len(chosen["reviewers"]) * chosen["records"].index(target.id)
        if session.one("SELECT 1 FROM resolution WHERE target = ? AND step = ?", (found.seq, step)):
            raise NotAllowed(f"{who.id} has judged {target.id} in {found.id} already")
        parts = {"of": found.id, "rated": target.id, "step": step, **who.recorded()}
        entry = turn.append("rate", parts, {SEALED: dict(said)})
        turn.resolve(found.seq, step)
        return entry

    return work


def _place(reviewers: Collection[str], who: Standing) -> int | None:
    return next((place for place, each in enumerate(reviewers) if identity(each) == identity(who.id)), None)


def _find(session: Session, calibration: str) -> Entry:
    found = find(session, calibration)
    if found.kind != "calibrate":
        raise NotAllowed(f"{found.id} is {words.a(found.kind)}, not a calibration")
    return found


def _takes_part(entry: Entry, employee: str) -> bool:
    return identity(employee) in map(identity, (str(entry.employee), *entry.body["calibration"]["reviewers"]))


def _read(session: Session, entry: Entry, now: datetime, employee: str) -> Calibration:
    """A calibration as ``employee`` may see it."""
    chosen = entry.body["calibration"]
    found = list(_ratings(session, entry))
    until = datetime.fromisoformat(chosen["until"])
    closed = now >= until or len(found) == len(chosen["records"]) * len(chosen["reviewers"])
    mine = {each.record for each in found if identity(each.reviewer) == identity(employee)}
    return Calibration(
        entry.id,
        entry.seq,
        str(entry.employee),
        until,
        tuple(chosen["records"]),
        tuple(chosen["reviewers"]),
        entry.words("note", reveal=True),
        closed,
        tuple(each if closed or each.record in mine else Rating(each.record, each.reviewer) for each in found),
    )


def _ratings(session: Session, entry: Entry) -> Iterator[Rating]:
    for seq, text, private in session.rows(_RATINGS, (entry.seq,)):
        each = Entry.read_from(seq, text, None)
        said = read_private(seq, private)[SEALED][1] if private is not None else {}
        yield Rating(each.body["rated"], str(each.employee), said.get("verdict"), said.get("cause"), said.get("note"))
