"""What a record adds to the histories that count records, whatever was decided: requests, denials, cases, and what they state.

A case counts once, at the moment of the first record that states more than nothing, with what its latest record states. So
each case has a series beside that of all cases, with a charge by the same record. A later record of the case that states
something else corrects both by a refund, which may be negative; after a case has stated nothing, it begins again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from remit.language.fast_dataclass import dataclass
from remit.ledger.caps.counting import Counted, CountedFact
from remit.ledger.caps.tally import CapUse, charge, last_charge, refund
from remit.ledger.recorded_facts import whole, written
from remit.ledger.stores.store import Row, Session

__all__ = ["RECORDED", "Statements", "is_case", "stated_in", "statements_of"]

#: How a charge that does not come back is called in records.
RECORDED: Final = "recorded"

#: The records by which somebody asks; all others answer.
_ASKS: Final = frozenset(("decide", "grant", "hold", "escalate"))

#: The most that one statement adds, so that the running sums stay within 64 bits.
_MOST: Final = 10**13


@dataclass(frozen=True, slots=True)
class Statements:
    """What one record adds: ``charges`` as :func:`remit.ledger.caps.tally.charge` takes them, and ``refunds`` (series, number,
    amount), each with what the record says of it."""

    charges: Sequence[tuple[dict[str, Any], Row]] = ()
    refunds: Sequence[tuple[dict[str, Any], Row]] = ()

    def put(self, session: Session, at: int, seq: int) -> None:
        """Put them, as those of record ``seq``."""
        charge(session, at, seq, [row for _, row in self.charges])
        for _, (series, number, amount) in self.refunds:
            refund(session, series, number, amount, seq)

    def told(self, parts: Mapping[str, Any]) -> dict[str, list[Any]]:
        """``charges`` and ``refunds`` of a record whose other ``parts`` are these."""
        found = {"charges": self.charges, "refunds": self.refunds}
        return {name: [*parts.get(name, ()), *(said for said, _ in rows)] for name, rows in found.items() if rows}


_NONE: Final = Statements()


def statements_of(
    session: Session,
    reading: CountedFact,
    uses: Sequence[CapUse],
    kind: str,
    decision: Mapping[str, Any],
    asked: Mapping[str, int],
    facts: Mapping[str, Any],
    *,
    act: str | None = None,
) -> Statements:
    """What a record of ``kind`` adds, by how the series were before (``uses``); ``decision`` is as the record says it,
    ``asked`` are whole numbers and ``facts`` plain values; ``act`` is what the employee did with the answer."""
    if not any(counted.recorded for counted in reading.counted):
        return _NONE
    charges: dict[bytes, tuple[dict[str, Any], Row]] = {}
    refunds: dict[bytes, tuple[dict[str, Any], Row]] = {}
    own = dict(reading.own)
    for index, (counted, series, use) in enumerate(zip(reading.counted, reading.series, uses, strict=True)):
        amount = stated_in(counted, kind, decision, asked, facts, act=act) if counted.recorded else None
        if amount is None or series in charges:  # facts may share a series
            continue
        together, before = last_charge(session, series, own[index]) if index in own else (0, use)
        if index in own and before.used:
            for each, number in ((series, together), (own[index], before.number)) if amount != before.used else ():
                refunds[each] = _said(counted, each, number, before.used - amount), (each, number, before.used - amount)
        elif amount:
            charges[series] = _said(counted, series, use.number + 1, amount), (series, use, amount)
            if index in own:
                charges[own[index]] = _said(counted, own[index], before.number + 1, amount), (own[index], before, amount)
    return Statements(list(charges.values()), list(refunds.values()))


def _said(counted: Counted, series: bytes, number: int, amount: int) -> dict[str, Any]:
    told = {"kind": RECORDED, "name": counted.name, "series": series.hex(), "number": number}
    return told | {"amount": written(amount, counted.unit)}


def stated_in(
    counted: Counted,
    kind: str,
    decision: Mapping[str, Any],
    asked: Mapping[str, int],
    facts: Mapping[str, Any],
    *,
    act: str | None = None,
) -> int | None:
    """What a record adds to what counts records; ``None`` where it says nothing about it. Arguments are those of
    :func:`statements_of`."""
    if counted.fact:
        return _whole(facts.get(counted.fact), counted.unit)
    if counted.remedies and not any(asked.get(name) for name in counted.remedies):
        return None
    match counted.count:
        case "requests":
            return int(kind in _ASKS)
        case "escalations":
            return int(kind == "escalate")
        case "denials":
            return int(decision["outcome"] == "deny")
        case "customers":
            return int(is_case(kind, decision, asked, act))
        case _:
            return 1


def is_case(kind: str, decision: Mapping[str, Any], asked: Mapping[str, int], act: str | None = None) -> bool:
    """Whether a record is a case of its customer: something was given, sent up, or asked for and refused, or the employee
    declined or handed over. Answers to it are found by it, and questions are none."""
    if kind == "decide":
        return act is not None or (decision["outcome"] in ("deny", "escalate") and any(asked.values()))
    return kind in ("grant", "hold", "escalate")


def _whole(plain: Any, unit: str) -> int | None:
    """A stated value as a whole number; what is below zero adds nothing."""
    if plain is None:
        return None
    found = int(Decimal(plain)) if unit == "units" else whole(plain)
    return max(0, min(found, _MOST))
