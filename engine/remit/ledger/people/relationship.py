"""Who a customer is to the house: their earlier cases, what was given and what became of them, and the notes about them.

Every case is counted in a series of its customer (:mod:`remit.ledger.caps.counting`), so the newest are a few look-ups in an
index, however long the log. A case whose personal facts were erased is nobody's any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from remit.decision.request import find_fact
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity, is_plain_id
from remit.ledger.log.entry import Entry
from remit.ledger.log.private_facts import customer_series
from remit.ledger.people.earlier_cases import CustomerCase, case_of, day_of_record, grouped, read_answers, tell_case
from remit.ledger.policy_library import Library
from remit.ledger.refunds import VOIDED
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, fetch

__all__ = ["Customer", "CustomerNote", "customer_ids", "read_customer"]

#: How many of a customer's records are read, and how many notes are shown.
_READ: Final = 50
_NOTES: Final = 5

_ROWS: Final = (
    "SELECT c.seq, c.number, r.body, p.facts FROM charge AS c JOIN record AS r ON r.seq = c.seq "
    "LEFT JOIN private AS p ON p.seq = c.seq WHERE c.series = ? ORDER BY c.at {0}, c.seq {0} LIMIT ?"
)
#: How many of a customer's records were not erased, and the first of them.
_LEFT: Final = "SELECT count(*), min(c.seq) FROM charge AS c JOIN private AS p ON p.seq = c.seq WHERE c.series = ?"


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
    groups = [each for each in grouped(found) if case is None or case_of(each[0]) != identity(case)]
    count = max(len(groups), beyond - (len(found) - len(groups)))
    shown = groups[:last]  # the policies of others need not be read
    answers = read_answers(session, [entry.seq for group in shown for entry in group])
    first = first if beyond else [entry.seq for group in groups for entry in group]
    begun = fetch(session, min(first)) if first and groups else None
    notes = [note for fact, value in ids.items() for note in _notes(core, session, fact, value)]
    return Customer(
        dict(ids),
        tuple(tell_case(session, library, each, answers) for each in shown),
        count,
        day_of_record(library.of(session, groups[0][0].body).model, begun) if begun is not None else None,
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


def _notes(core: Core, session: Session, fact: str, value: str) -> Iterator[CustomerNote]:
    """The newest notes about a customer that were not taken back."""
    entries = [each for _, each in _rows(session, customer_series(core.secret, fact, value, "note"), fact, value) if each]
    answers = read_answers(session, [each.seq for each in entries])
    for entry in entries:
        text = entry.words("note", reveal=True)
        if "note" in entry.opened and text and VOIDED not in answers.get(entry.seq, {}):
            yield CustomerNote(entry.id, entry.seq, entry.recorded.date(), str(entry.employee), text)
