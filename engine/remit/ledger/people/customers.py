"""Who a customer is to the house: their earlier cases, what was given and what became of them, and the notes about them.

Every case is counted in a series of its customer (:mod:`remit.ledger.caps.counting`), so the newest are a few look-ups in an
index, however long the log. A case whose personal facts were erased is nobody's any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from remit.decision.quantities import as_quantity
from remit.decision.request import find_fact
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity, is_plain_id
from remit.language.values import Money
from remit.ledger.caps.counting import customer_series
from remit.ledger.log.entry import Entry
from remit.ledger.log.record_ids import seq_of
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import read_quantity, said
from remit.ledger.refunds import CLOSED, VOIDED, left_after
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, fetch
from remit.policy.model import Model

__all__ = ["Customer", "CustomerCase", "CustomerNote", "customer_ids", "read_customer"]

#: What became of a case: given by the employee, or approved, or taken back after that; refused (nobody was asked), declined, or
#: still open (a task), held (to be settled), permitted (to be given), or released (a hold that was not given).
Became: TypeAlias = Literal["given", "approved", "taken back", "refused", "declined", "open", "held", "permitted", "released"]

#: How many of a customer's records are read, and how many notes are shown.
_READ: Final = 50
_NOTES: Final = 5

#: A refusal and what was then done with the same request, where neither names its case, are one case within this time.
_SOON: Final = timedelta(hours=1)

_ROWS: Final = (
    "SELECT c.seq, c.number, r.body, p.facts FROM charge AS c JOIN record AS r ON r.seq = c.seq "
    "LEFT JOIN private AS p ON p.seq = c.seq WHERE c.series = ? ORDER BY c.at {0}, c.seq {0} LIMIT ?"
)
#: How many of a customer's records were not erased, and the first of them.
_LEFT: Final = "SELECT count(*), min(c.seq) FROM charge AS c JOIN private AS p ON p.seq = c.seq WHERE c.series = ?"
_ANSWERS: Final = (
    "SELECT x.target, x.step, r.seq, r.body FROM resolution AS x JOIN record AS r ON r.seq = x.seq WHERE x.target IN ({})"
)


@dataclass(frozen=True, slots=True)
class CustomerCase:
    """An earlier case. ``record`` is the id and ``number`` the number of the record that says most of it, ``day`` its day where
    the policy is. ``given`` is what was given in the end, by remedy, and ``what`` that in words; where nothing was given, what
    was asked for. ``became`` is what became of it, ``by`` whom. ``incident`` says what had happened, where that is known and
    not personal."""

    record: str
    number: int
    day: date
    policy: str
    case: str | None
    given: Mapping[str, Any]
    what: str
    became: Became
    by: str | None
    incident: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON; money as text."""
        return {
            "record": self.record,
            "number": self.number,
            "day": self.day.isoformat(),
            "policy": self.policy,
            "case": self.case,
            "given": {name: said(value) for name, value in self.given.items()},
            "what": self.what,
            "became": self.became,
            "by": self.by,
            "incident": self.incident,
        }


@dataclass(frozen=True, slots=True)
class CustomerNote:
    """A note about a customer: its ``text``, ``by`` whom and on which ``day``; ``record`` and ``number`` are those of its
    record."""

    record: str
    number: int
    day: date
    by: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        told = {"record": self.record, "number": self.number, "day": self.day.isoformat()}
        return {**told, "by": self.by, "text": self.text}


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, by the facts that say who they are (``ids``: name to value). ``cases`` are their last ones, newest first, and
    ``notes`` those about them; ``count`` is how many cases there were in all, and ``first`` the day of the first."""

    ids: Mapping[str, str]
    cases: tuple[CustomerCase, ...] = ()
    count: int = 0
    first: date | None = None
    notes: tuple[CustomerNote, ...] = ()

    @property
    def name(self) -> str:
        """What they are called by: the first of the ids."""
        return " ".join(next(iter(self.ids.values())).split())

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "ids": dict(self.ids),
            "count": self.count,
            "first": self.first.isoformat() if self.first is not None else None,
            "cases": [each.to_dict() for each in self.cases],
            "notes": [each.to_dict() for each in self.notes],
        }


def customer_ids(names: Iterable[str] | None, facts: Mapping[str, Any]) -> dict[str, str]:
    """What ``facts`` (nested or dotted) say of the facts by which a customer is known (``None``: of all there are). What cannot
    be an id says nothing."""
    found = {name: find_fact(facts, name) for name in (_all_names(facts) if names is None else names)}
    return {name: value for name, value in found.items() if isinstance(value, str) and is_plain_id(value)}


def _all_names(facts: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _all_names(value, f"{prefix}{name}.")
        elif isinstance(name, str):
            yield prefix + name


def read_customer(
    core: Core, session: Session, library: Library, ids: Mapping[str, str], case: str | None, last: int
) -> Customer | None:
    """The customer with these ``ids``, without what belongs to ``case``, which is the one that is dealt with now."""
    if not ids:
        return None
    found: dict[int, Entry] = {}
    beyond, first = 0, list[int]()  # how many records there are, where not all are read; and the first of each series
    for fact, value in ids.items():
        series = customer_series(core.secret, fact, value)
        read = list(_rows(session, series, fact, value))
        found |= {entry.seq: entry for _, entry in read if entry is not None}
        more, oldest = _all_of(session, series, fact, value, read)
        beyond, first = max(beyond, more), first + ([oldest] if oldest is not None else [])
    answers = _answers(session, found)
    groups = [each for each in _grouped(found) if case is None or _case_of(each[0]) != identity(case)]
    count = max(len(groups), beyond - (len(found) - len(groups)))
    cases = sorted((_told(session, library, each, answers) for each in groups), key=lambda each: -each.number)
    begun = fetch(session, min(first)) if first and count else None
    notes = [note for fact, value in ids.items() for note in _notes(core, session, fact, value)]
    return Customer(
        dict(ids),
        tuple(cases[:last]),
        count,
        _day(library.of(session, begun.body).model, begun) if begun is not None else None,
        tuple(sorted(notes, key=lambda each: -each.number)[:_NOTES]),
    )


def _rows(
    session: Session, series: bytes, fact: str, value: str, order: str = "DESC", most: int = _READ
) -> Iterator[tuple[int, Entry | None]]:
    """The newest records of a series, each with its number in it; ``None`` for one that is nobody's any more."""
    for seq, number, body, private in session.rows(_ROWS.format(order), (series, most)):
        entry = Entry.read_from(seq, body, private)
        yield number, entry if _is_of(entry, fact, value) else None


def _is_of(entry: Entry, fact: str, value: str) -> bool:
    """Whether a record says that the customer is this one. A row that somebody put beside the log says nothing."""
    apart = f"facts.{fact}" in entry.body.get("apart", {})
    known = entry.opened.get(f"facts.{fact}") if apart else (entry.body.get("request") or {}).get("facts", {}).get(fact)
    return isinstance(known, str) and identity(known) == identity(value)


def _all_of(
    session: Session, series: bytes, fact: str, value: str, read: Sequence[tuple[int, Entry | None]]
) -> tuple[int, int | None]:
    """How many records a customer has, 0 where all of them were read, and the first. Only where some were erased is more looked
    at than the ends of the series, and then no more than what the customer has."""
    live = [entry for _, entry in read if entry is not None]
    if len(read) < _READ:
        return 0, live[-1].seq if live else None
    ((_, oldest),) = _rows(session, series, fact, value, "ASC", 1)
    if oldest is not None and len(live) == len(read):
        return read[0][0], oldest.seq
    ((count, first),) = session.rows(_LEFT, (series,))
    return count, first


def _answers(session: Session, found: Iterable[int]) -> dict[int, dict[int, Entry]]:
    """What answered records, what answered that, and so on: by the number of the record, and the step."""
    out: dict[int, dict[int, Entry]] = {}
    wanted = sorted(found)
    while wanted:
        rows = session.rows(_ANSWERS.format(", ".join("?" * len(wanted))), wanted)
        wanted = []
        for target, step, seq, body in rows:
            entry = Entry.read_from(seq, body, None)
            if seq_of(entry.of or "") == target:
                out.setdefault(target, {})[step] = entry
                wanted += [seq] if entry.kind in ("approve", "permit") else []
    return out


def _case_of(entry: Entry) -> str | None:
    return identity(entry.case) if entry.case is not None else None


def _grouped(found: Mapping[int, Entry]) -> list[list[Entry]]:
    """Records by case, newest first: those that name the same one, and what was refused and then given or sent up."""
    groups: list[list[Entry]] = []
    cases: dict[tuple[str, str], list[Entry]] = {}
    for seq in sorted(found, reverse=True):
        entry = found[seq]
        case = _case_of(entry)
        group = cases.get((entry.body["policy"]["id"], case)) if case is not None else _tried_again(entry, groups)
        if group is None:
            groups.append(group := [])
            if case is not None:
                cases[entry.body["policy"]["id"], case] = group
        group.append(entry)
    return groups


def _tried_again(entry: Entry, later: Sequence[list[Entry]]) -> list[Entry] | None:
    """The later records of the case that a refusal without a name of its case belongs to."""
    for group in reversed(later) if entry.kind == "decide" else ():
        last = group[-1]
        alike = last.case is None and last.body["policy"]["id"] == entry.body["policy"]["id"]
        if last.recorded - entry.recorded > _SOON:
            return None
        if alike and last.body["decision"]["asked"] == entry.body["decision"]["asked"]:
            return group
    return None


def _told(session: Session, library: Library, group: list[Entry], answers: Mapping[int, Mapping[int, Entry]]) -> CustomerCase:
    """One case, by the record that says most of it: the last by which something was given, or that still waits."""
    given: dict[str, Any] = {}
    best: tuple[int, Entry, Became, Entry] | None = None
    for entry in reversed(group):
        model = library.of(session, entry.body).model
        became, by, left = _became(model, entry, answers)
        for name, amount in left.items():
            if amount:
                given[name] = _sum(given.get(name), as_quantity(model, model.remedies[name], amount))
        weight = _WEIGHTS.index(became)
        if best is None or weight >= best[0]:
            best = weight, entry, became, by
    assert best is not None
    _, entry, became, by = best
    model = library.of(session, entry.body).model
    asked = {name: read_quantity(amount) for name, amount in entry.body["decision"]["asked"].items()}
    return CustomerCase(
        entry.id,
        entry.seq,
        _day(model, entry),
        model.id,
        entry.case,
        given,
        _amounts(model, given or asked),
        became,
        by.employee,
        _incident(model, entry),
    )


#: What became of the records of a case, the least telling first.
_WEIGHTS: Final[tuple[Became, ...]] = (
    "refused",
    "released",
    "declined",
    "taken back",
    "permitted",
    "open",
    "held",
    "approved",
    "given",
)


def _became(model: Model, entry: Entry, answers: Mapping[int, Mapping[int, Entry]]) -> tuple[Became, Entry, Mapping[str, int]]:
    """What became of a record, by which record, and what was given in the end."""
    closed = answers.get(entry.seq, {}).get(CLOSED)
    if entry.kind == "decide":
        return "refused", entry, {}
    if entry.kind == "grant":
        return _left(model, entry, None, answers)
    if closed is None:
        return ("held" if entry.kind == "hold" else "open"), entry, {}
    if closed.kind == "permit":
        used = answers.get(closed.seq, {}).get(CLOSED)
        return ("permitted", closed, {}) if used is None else _left(model, used, None, answers)
    if closed.kind in ("release", "decline"):
        return ("released" if closed.kind == "release" else "declined"), closed, {}
    grant, settled = (entry, closed) if entry.kind == "hold" else (closed, None)
    return _left(model, grant, settled, answers)


def _left(
    model: Model, grant: Entry, closed: Entry | None, answers: Mapping[int, Mapping[int, Entry]]
) -> tuple[Became, Entry, Mapping[str, int]]:
    voids = {step: each for step, each in answers.get(grant.seq, {}).items() if step >= VOIDED}
    left = left_after(model, grant, closed, voids.values())
    if not any(left.values()):
        return "taken back", voids.get(VOIDED, grant), {}
    return ("approved" if grant.kind == "approve" else "given"), grant, left


def _sum(one: Any, other: Any) -> Any:
    """Two amounts of a remedy; of what cannot be added (another currency, or kind, by then) the later one."""
    if isinstance(one, Money) and isinstance(other, Money) and one.currency == other.currency:
        return Money.from_minor(one.minor + other.minor, one.currency)
    return one + other if type(one) is type(other) is int else other


def _amounts(model: Model, amounts: Mapping[str, Any]) -> str:
    """``25 EUR folio credit and late checkout``."""
    titles = {name: each.title for name, each in model.remedies.items()}
    return words.listing(
        words.amount(titles.get(name, words.name(name)), value) for name, value in amounts.items() if not words.nothing(value)
    )


def _incident(model: Model, entry: Entry) -> str:
    """What had happened, by the choices that the record has in the open: not who the customer or the employee is."""
    about = {name.partition(".")[0] for name in (*model.customer_facts, "employee.id")}
    facts = entry.body["request"]["facts"]
    told = [
        words.name(str(facts[name]))
        for name, fact in model.facts.items()
        if fact.type.kind == "choice" and facts.get(name) is not None and name.partition(".")[0] not in about
        if facts[name] != fact.default and not (fact.personal or fact.mask)
    ]
    return ", ".join(told[:2])


def _day(model: Model, entry: Entry) -> date:
    return entry.recorded.astimezone(ZoneInfo(model.timezone)).date()


def _notes(core: Core, session: Session, fact: str, value: str) -> Iterator[CustomerNote]:
    """The newest notes about a customer that were not taken back."""
    entries = [each for _, each in _rows(session, customer_series(core.secret, fact, value, "note"), fact, value) if each]
    answers = _answers(session, [each.seq for each in entries])
    for entry in entries:
        text = entry.words("note", reveal=True)
        if "note" in entry.opened and text and VOIDED not in answers.get(entry.seq, {}):
            yield CustomerNote(entry.id, entry.seq, entry.recorded.date(), str(entry.employee), text)
