"""A ledger from before customers were kept: the cases that it has are found by their customers, too, once it is brought along.

This is done once, by whoever writes first. Records (``migrate``) say which cases are whose, each at its own time, under keyed
digests, so that all of it follows from the log. Where the facts that say who the customer is were erased, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from remit.decision.quantities import whole_amounts
from remit.decision.request_check import SOURCES
from remit.errors import RemitError
from remit.ledger.caps.statements import RECORDED, is_case
from remit.ledger.caps.tally import CapUse, charge
from remit.ledger.log.entry import Entry
from remit.ledger.log.private_facts import customer_series
from remit.ledger.log.searching import last_seq
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import read_quantity
from remit.ledger.refunds import past_pointer
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, Turn

__all__ = ["CUSTOMERS", "keeping_customers"]

#: The row of ``ledger`` that says that cases are kept by customers: the record that began it; 0 where there was none to keep.
CUSTOMERS: Final = "customers"

_CASES: Final = (
    "SELECT r.seq, r.at, r.body, p.facts FROM record AS r LEFT JOIN private AS p ON p.seq = r.seq "
    "WHERE r.seq > ? AND r.kind IN ('decide', 'grant', 'hold', 'escalate') ORDER BY r.seq LIMIT 500"
)

#: How many of the last records are looked at, so that nobody waits for more than a few seconds.
_LOOK_BACK: Final = 50_000

#: How many cases one record tells of.
_MOST: Final = 1_000

#: Of a case: its number, its time as a number, and what the record says of it.
_Row: TypeAlias = tuple[bytes, int, int, dict[str, Any]]


def keeping_customers(core: Core, library: Library) -> Callable[[Session], None]:
    """The work of finding whose the cases were that are on record."""

    def work(session: Session) -> None:
        if session.one("SELECT value FROM ledger WHERE name = ?", (CUSTOMERS,)) is not None:
            return
        turn, _ = Turn.take(core, session, None)
        rows, first = list(_cases(core, library, session)), 0
        for start in range(0, len(rows), _MOST):
            part = rows[start : start + _MOST]
            turn.append("migrate", {"employee": None, "past": [said for *_, said in part]})
            first = first or turn.head.seq
            session.put("INSERT INTO ledger (name, value) VALUES (?, ?)", past_pointer(turn.head.seq, part[0][2], part[-1][2]))
            for series, at, seq, said in part:
                charge(session, at, seq, [(series, CapUse(0, said["number"] - 1, said["number"] - 1), 1)])
            session.flush()  # the next record needs the one before
        session.put("INSERT INTO ledger (name, value) VALUES (?, ?)", (CUSTOMERS, str(first)))

    return work


def _cases(core: Core, library: Library, session: Session) -> Iterator[_Row]:
    numbers: dict[bytes, int] = {}
    last = max(0, last_seq(session) - _LOOK_BACK)
    while page := session.rows(_CASES, (last,)):
        for last, at, body, private in page:
            entry = Entry.read_from(last, body, private)
            for fact, value in _customers(library, session, entry):
                series = customer_series(core.secret, fact, value)
                number = numbers[series] = numbers.get(series, 0) + 1
                said = {"kind": RECORDED, "name": fact, "series": series.hex(), "number": number, "amount": 1}
                yield series, at, last, said | {"of": entry.id, "at": entry.body["recorded"]}


def _customers(library: Library, session: Session, entry: Entry) -> Iterator[tuple[str, str]]:
    """Who the customer of a case is; nobody where the record is none, or its policy cannot be read any more."""
    try:
        model = library.of(session, entry.body).model
    except RemitError:
        return  # verification tells of it
    decision, facts = entry.body["decision"], entry.facts(reveal=True)
    asked = whole_amounts(model, {name: read_quantity(amount) for name, amount in decision["asked"].items()})
    if is_case(entry.kind, decision, asked):
        sources = entry.body["request"].get("sources") or {}
        for fact in model.customer_facts:
            known = fact in entry.body["request"]["facts"] or f"facts.{fact}" in entry.opened
            weak = SOURCES.index(sources.get(fact, "system")) < SOURCES.index(model.facts[fact].weakest_source)
            if known and not weak and isinstance(facts[fact], str):
                yield fact, facts[fact]
