"""A ledger from before claims: what it has given so far is charged to the claims of its policies, once, by one record.

Without this, what was owed and paid under an older remit could be paid once more. The record (its ``kind`` is ``migrate``)
says what it charges and for which grants, so the balances follow from the log as all others do, and a void of such a grant
gives back what was charged for it. Where the facts that name a claim were erased, or were never given, nothing is charged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from remit.ledger.caps.counting import Counted, counted_by, series_named
from remit.ledger.caps.tally import CapUse, charge
from remit.ledger.log.entry import Entry
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import written
from remit.ledger.refunds import MIGRATED, left_of
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, Turn, fetch
from remit.policy.model import Model

__all__ = ["charging_past"]

_GIVEN: Final = "SELECT seq FROM record WHERE seq > ? AND kind IN ('grant', 'hold', 'approve') ORDER BY seq LIMIT 500"


def charging_past(core: Core, library: Library) -> Callable[[Session], None]:
    """The work of charging what was given before there were claims. It is done once, by whoever comes first."""

    def work(session: Session) -> None:
        if session.one(MIGRATED) is not None:
            return
        turn, _ = Turn.take(core, session, None)
        charges = _charges(core, library, session)
        number = 0
        if charges:
            turn.append("migrate", {"employee": None, "charges": [said for said, _ in charges]})
            number = turn.head.seq
            charge(session, turn.head.at, number, [row for _, row in charges])
        session.put("INSERT INTO ledger (name, value) VALUES (?, ?)", ("claims", str(number)))

    return work


def _charges(core: Core, library: Library, session: Session) -> list[tuple[dict[str, Any], tuple[bytes, CapUse, int]]]:
    """One charge for each claim that has received something: as the record says it, and as the tally takes it."""
    found: dict[bytes, tuple[Counted, dict[str, int]]] = {}
    for entry in _grants(session):
        model = library.of(session, entry.body).model
        for counted, series, amount in _received(core, model, entry, left_of(session, model, entry)):
            parts = found.setdefault(series, (counted, {}))[1]
            parts[entry.id] = parts.get(entry.id, 0) + amount
    out = []
    for series, (counted, parts) in found.items():
        total = sum(parts.values())
        said = {
            "kind": "claim",
            "name": counted.name,
            "series": series.hex(),
            "number": 1,
            "amount": written(total, counted.unit),
            "parts": {record: written(amount, counted.unit) for record, amount in parts.items()},
        }
        out.append((said, (series, CapUse(0), total)))
    return out


def _grants(session: Session) -> Iterator[Entry]:
    """Every record that gave something."""
    last = 0
    while page := session.rows(_GIVEN, (last,)):
        for (last,) in page:
            if (entry := fetch(session, last)) is not None:
                yield entry


def _received(core: Core, model: Model, entry: Entry, amounts: Mapping[str, int]) -> Iterator[tuple[Counted, bytes, int]]:
    opened = {name.removeprefix("facts."): value for name, value in entry.opened.items() if name.startswith("facts.")}
    known = {**entry.body["request"]["facts"], **opened}
    for counted in counted_by(model, model.deciding_role(str(entry.role))):
        amount = sum(amounts.get(name, 0) for name in counted.remedies) if counted.kind == "claim" else 0
        series = series_named(model, counted, known, entry.case, core.secret) if amount else None
        if series is not None:
            yield counted, series, amount
