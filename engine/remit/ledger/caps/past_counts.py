"""A policy is published with a history that no version of it had: what was recorded before counts, too.

Each past record adds to the new series what it would have added under the new version, at its own time: the rows are written
once, by records (``migrate``) that say all of them, so that they follow from the log as all others do. What came back in the
meantime is not counted, and what comes back later is found by these records. Where the facts that tell customers apart were
erased, or were never stated, nothing is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from remit.decision.quantities import whole_amounts
from remit.decision.request_check import SOURCES
from remit.language.fast_dataclass import dataclass
from remit.ledger.caps.counting import Counted, amount_in, counted_by, own_series, series_named
from remit.ledger.caps.statements import RECORDED, stated_in
from remit.ledger.caps.tally import CapUse, charge
from remit.ledger.log.entry import Entry
from remit.ledger.log.record_ids import seq_of
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import read_quantity, whole, written
from remit.ledger.refunds import left_of, past_pointer
from remit.ledger.transaction import Turn, fetch
from remit.policy.fact_values import read_fact
from remit.policy.model import Model

__all__ = ["count_past"]

_PAST: Final = (
    "SELECT r.seq, r.at, r.body, p.facts FROM record AS r LEFT JOIN private AS p ON p.seq = r.seq "
    "WHERE r.seq > ? AND r.policy = ? ORDER BY r.seq LIMIT 500"
)

#: How many charges one record tells of.
_MOST: Final = 1_000


#: By currency: the policy in it, and the histories that no version had.
_Fresh: TypeAlias = dict[str | None, tuple[Model, list[Counted]]]

#: Of a record: its number, its id, and its time, as a number and as it is written.
_Record: TypeAlias = tuple[int, str, int, str]


@dataclass(slots=True)
class _Past:
    """One charge: what it is of, by which record, and how much."""

    counted: Counted
    series: bytes
    by: _Record
    amount: int
    number: int = 0


def count_past(turn: Turn, library: Library, model: Model, before: list[str]) -> None:
    """Count what was recorded under earlier versions, whose digests are ``before``, for the histories that none of them had."""
    session = turn.session
    old = [each for digest in before for each in library.get(session, digest).model.each]
    known = {(each.base, each.per) for was in old for each in _histories(was)}
    fresh: _Fresh = {}
    for one in model.each:
        counted = {(each.base, each.per): each for each in _histories(one) if (each.base, each.per) not in known}
        fresh[one.currency] = one, list(counted.values())
    if not before or not any(counted for _, counted in fresh.values()):
        return
    rows = sorted(_rows(turn, library, model, fresh), key=lambda each: each.by[0])
    running: dict[bytes, CapUse] = {}
    for first in range(0, len(rows), _MOST):
        part = rows[first : first + _MOST]
        said = []
        for each in part:
            use = running.get(each.series, CapUse(0))
            each.number = use.number + 1
            charge(session, each.by[2], each.by[0], [(each.series, use, each.amount)])
            running[each.series] = CapUse(0, each.number, use.running + each.amount)
            said.append(_said(model, each))
        session.flush()  # the next record needs the one before
        policy = {"id": model.id, "version": model.version, "digest": model.digest}
        turn.append("migrate", {"employee": None, "policy": policy, "past": said})
        pointer = past_pointer(turn.head.seq, part[0].by[0], part[-1].by[0])
        session.put("INSERT INTO ledger (name, value) VALUES (?, ?)", pointer)


def _histories(model: Model) -> list[Counted]:
    return [each for each in counted_by(model, model.ladder[0]) if each.kind == "history"]


def _said(model: Model, past: _Past) -> dict[str, Any]:
    counted, history = past.counted, model.facts[past.counted.name].history
    assert history is not None
    said: dict[str, Any] = {"kind": RECORDED if counted.recorded else "history", "name": counted.name}
    said |= {"series": past.series.hex(), "number": past.number, "amount": written(past.amount, counted.unit)}
    said |= {"of": past.by[1], "at": past.by[3]}
    remedy = {"sum": history.sum, "remedy": history.of}
    return said | {name: value for name, value in remedy.items() if value is not None}


def _rows(turn: Turn, library: Library, model: Model, fresh: _Fresh) -> Iterator[_Past]:
    by_case: dict[bytes, tuple[_Past, _Past]] = {}
    last = 0
    while page := turn.session.rows(_PAST, (last, model.id)):
        for seq, at, body, private in page:
            entry = Entry.read_from(body, private)
            by = seq, entry.id, at, entry.body["recorded"]
            if entry.kind == "void":
                yield from _voided(turn, *fresh.get(entry.body["policy"].get("currency"), fresh[model.currency]), entry, by)
            elif entry.body.get("decision") is not None:
                then = library.of(turn.session, entry.body).model
                now, counted = fresh.get(then.currency, fresh[model.currency])
                yield from _decided(turn, now, then, counted, entry, by, by_case)
            last = seq
    for pair in by_case.values():
        yield from (each for each in pair if each.amount)


def _decided(
    turn: Turn,
    model: Model,
    then: Model,
    fresh: list[Counted],
    entry: Entry,
    by: _Record,
    by_case: dict[bytes, tuple[_Past, _Past]],
) -> Iterator[_Past]:
    """What a record of a decision adds; what it states of a case goes into ``by_case``."""
    decision, facts, secret = entry.body["decision"], _facts(model, entry), turn.core.secret
    asked = {name: read_quantity(amount) for name, amount in decision["asked"].items()}
    asked = _amounts(model, then, whole_amounts(then, asked))
    left = _amounts(model, then, left_of(turn.session, then, entry)) if entry.granted else {}
    for counted in fresh:
        series = series_named(model, counted, facts, entry.case, secret)
        if series is None:
            continue
        if not counted.recorded:
            amount = whole(amount_in(counted, decision, left))
            if amount:
                yield _Past(counted, series, by, amount)
            continue
        found = stated_in(counted, entry.kind, decision, asked, facts)
        if counted.by_case:
            if found is None or entry.case is None:
                continue
            own = own_series(model, counted, facts, entry.case, secret)
            if own not in by_case or not by_case[own][0].amount:
                by_case[own] = _Past(counted, series, by, found), _Past(counted, own, by, found)
            for each in by_case[own]:
                each.amount = found
        elif found:
            yield _Past(counted, series, by, found)


def _voided(turn: Turn, model: Model, fresh: list[Counted], entry: Entry, by: _Record) -> Iterator[_Past]:
    target = fetch(turn.session, seq_of(str(entry.of)) or 0)
    if target is None:
        return
    facts, taken = _facts(model, target), entry.body.get("part", target.body["decision"]["asked"])
    for counted in fresh:
        if counted.count == "voids" and (not counted.remedies or counted.remedies[0] in taken):
            series = series_named(model, counted, facts, target.case, turn.core.secret)
            if series is not None:
                yield _Past(counted, series, by, 1)


def _facts(model: Model, entry: Entry) -> dict[str, Any]:
    """The facts of a record that ``model`` would count, as plain values."""
    request = entry.body["request"]
    sources = request.get("sources") or {}
    opened = {name.removeprefix("facts."): value for name, value in entry.opened.items() if name.startswith("facts.")}
    out = {"employee.id": entry.employee, "employee.role": model.deciding_role(str(entry.role))}
    for name, value in {**request["facts"], **opened}.items():
        fact = model.facts.get(name)
        if fact is None or SOURCES.index(sources.get(name, "system")) < SOURCES.index(fact.weakest_source):
            continue
        try:
            read_fact(fact, Decimal(value) if fact.type.kind == "number" and isinstance(value, str) else value)
        except (ValueError, ArithmeticError):
            continue  # no value of it under this version
        out[name] = value
    return out


def _amounts(model: Model, then: Model, amounts: Mapping[str, int]) -> dict[str, int]:
    """The amounts of remedies that are the same under both versions."""
    return {name: amount for name, amount in amounts.items() if _kind(model, name) == _kind(then, name)}


def _kind(model: Model, name: str) -> tuple[str, str | None] | None:
    remedy = model.remedies.get(name)
    return None if remedy is None else (remedy.kind, model.currency if remedy.kind == "money" else None)
