"""Reading the log: one record, many by what they have in common, and those still to come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from remit.language.fast_dataclass import dataclass
from remit.language.values import Money
from remit.ledger.caps.windows import as_micros
from remit.ledger.log.chain import time_in
from remit.ledger.log.entry import WORDS, Entry
from remit.ledger.log.record_ids import refuse_number
from remit.ledger.recorded_facts import is_same, whole
from remit.ledger.stores.store import Session, Store

if TYPE_CHECKING:
    from remit.ledger.people.roster import Person

__all__ = ["PersonOf", "RecordFilter", "last_seq", "read_entries", "read_replies", "year_before"]

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


#: The row of the roster that a record names, of the employee who did it.
PersonOf = Callable[[Entry], "Person | None"]
#: The kinds by which somebody answers a task.
_ANSWERS: Final = ("agree", "approve", "permit", "decline")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Which records to read. ``since`` is in, ``until`` is out; ``after`` is a number in the log; ``facts`` are compared with
    what was read, personal facts too. The others say what a record must have:

    ``role``, ``act``, ``verdict``, ``cause``, ``tag``: this one. ``gap``: no rule covered what was asked. ``discretion``: the
    employee used some of their own. ``rule``: what was asked has its limit, or what is owed, from this rule; or a guardrail or
    cap with this id is among the reasons. ``remedy``: it was asked for. ``at_least``, ``below``: so much of it (or of any
    remedy) was asked for, in the same currency, or a count. ``on_limit``: as much of it was asked for as was possible, and
    more than is owed. ``approver``: who answered a task. ``site`` and ``agent`` are as the roster of the record says, which
    ``person_of`` reads. ``story``: a part of a story, a reason or a note, whatever its case.
    """

    kind: str | tuple[str, ...] | None = None
    outcome: str | None = None
    policy: str | None = None
    employee: str | None = None
    case: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0
    facts: Mapping[str, Any] | None = None
    role: str | None = None
    act: str | None = None
    verdict: str | None = None
    cause: str | None = None
    tag: str | None = None
    rule: str | None = None
    remedy: str | None = None
    at_least: Money | int | None = None
    below: Money | int | None = None
    approver: str | None = None
    site: str | None = None
    story: str | None = None
    gap: bool | None = None
    discretion: bool | None = None
    on_limit: bool | None = None
    agent: bool | None = None

    def columns(self) -> tuple[str, list[Any]]:
        """The conditions on columns, as SQL."""
        kinds = (self.kind,) if isinstance(self.kind, str) else self.kind
        parts, params = [], list[Any]()
        if kinds is not None:
            parts.append(f"r.kind IN ({', '.join('?' * len(kinds))})" if kinds else "1 = 0")
            params += kinds
        if self.approver is not None:
            parts.append(f"r.kind IN ({', '.join('?' * len(_ANSWERS))}) AND r.employee = ?")
            params += (*_ANSWERS, self.approver)
        pairs = {"outcome": self.outcome, "policy": self.policy, "employee": self.employee, "incident": self.case}
        for column, value in pairs.items():
            if value is not None:
                parts.append(f"r.{column} = ?")
                params.append(value)
        return "".join(f" AND {part}" for part in parts), params

    def accepts(self, entry: Entry, person_of: PersonOf = lambda entry: None) -> bool:
        """Whether what columns do not say is as wanted."""
        for name, test in _TESTS.items():
            wanted = getattr(self, name)
            if wanted is not None and not test(entry, wanted):
                return False
        if not self._asks_enough(entry):
            return False
        if self.site is None and self.agent is None:
            return True
        person = person_of(entry)
        site = person.site if person is not None else (entry.body.get("request") or {}).get("facts", {}).get("employee.site")
        is_agent = person is not None and person.agent
        return self.site in (None, site) and self.agent in (None, is_agent)

    def _asks_enough(self, entry: Entry) -> bool:
        """Whether some remedy was asked for as ``remedy``, ``at_least``, ``below`` and ``on_limit`` say, all at once."""
        if all(each is None for each in (self.remedy, self.at_least, self.below, self.on_limit)):
            return True
        decision = entry.body.get("decision") or {}
        return any(
            self.remedy in (None, name)
            and _is_much(amount, self.at_least, lambda mine, least: mine >= least)
            and _is_much(amount, self.below, lambda mine, most: mine < most)
            and self.on_limit in (None, _is_on_limit(amount, decision["remedies"][name]))
            for name, amount in decision.get("asked", {}).items()
            if amount
        )


def _is_much(amount: Any, wanted: Money | int | None, compare: Callable[[int, int], bool]) -> bool:
    """Whether an amount of a record is in the unit of ``wanted``, and as much."""
    if wanted is None:
        return True
    unit = amount[-3:] if isinstance(amount, str) else ""
    return unit == (wanted.currency if isinstance(wanted, Money) else "") and compare(whole(amount), whole(wanted))


def _is_on_limit(amount: Any, said: Mapping[str, Any]) -> bool:
    return whole(said["owed"] or 0) < whole(amount) == whole(said["available"])


def _has_facts(entry: Entry, wanted: Mapping[str, Any]) -> bool:
    found = entry.facts(reveal=True) if wanted else {}
    return all(is_same(found.get(name), value) for name, value in wanted.items())


def _names_rule(entry: Entry, rule: str) -> bool:
    decision = entry.body.get("decision") or {}
    asked = [decision["remedies"][name] for name, amount in decision.get("asked", {}).items() if amount]
    return any(rule in (each["rule"], each["owed_rule"]) for each in asked) or any(
        each["id"] == rule and each["kind"] != "rule" for each in decision.get("reasons", ())
    )


def _tells(entry: Entry, text: str) -> bool:
    return any(text.casefold() in str(entry.opened[name]).casefold() for name in WORDS if name in entry.opened)


def _has(name: str) -> Callable[[Entry, Any], bool]:
    return lambda entry, wanted: entry.body.get(name) == wanted


def _decided(name: str) -> Callable[[Entry, Any], bool]:
    return lambda entry, wanted: bool((entry.body.get("decision") or {}).get(name)) is wanted


#: Filter -> whether a record is as it wants.
_TESTS: Final[Mapping[str, Callable[[Entry, Any], bool]]] = {
    "facts": _has_facts,
    "role": lambda entry, wanted: entry.role == wanted,
    "act": _has("act"),
    "verdict": _has("verdict"),
    "cause": _has("cause"),
    "tag": lambda entry, wanted: wanted in entry.body.get("tags", ()),
    "rule": _names_rule,
    "story": _tells,
    "gap": _decided("gap"),
    "discretion": _decided("discretion"),
}


def last_seq(session: Session) -> int:
    """The number of the last record. Raises :class:`remit.errors.LedgerCorrupt`."""
    row = session.one("SELECT seq FROM record ORDER BY seq DESC LIMIT 1")
    return refuse_number(row[0]) if row else 0


def read_entries(
    store: Store,
    wanted: RecordFilter,
    *,
    newest_first: bool = False,
    limit: int | None = None,
    person_of: PersonOf = lambda entry: None,
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
            if not wanted.accepts(entry, person_of):
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
    own = year_before(session, now)
    low = max(after, own, _last_before(session, as_micros(since), last_seq(session)) if since is not None else 0)
    return [Entry.read_from(*row) for row in session.rows(_REPLIES, (employee, own, low))]


def year_before(session: Session, now: int) -> int:
    """The number of the last record from more than a year before ``now``; 0 where there is none. What people did before it is
    not looked at when answers to it are."""
    return _last_before(session, max(0, now - _YEAR), last_seq(session))


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
