"""Deciding and granting: read the balances, decide, and spend what was granted, all in one turn at the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from remit.core.views import MEANING
from remit.decision.decision import Decision
from remit.decision.incident_age import request_time
from remit.decision.request import Used
from remit.language.fast_dataclass import dataclass
from remit.language.values import Unknown
from remit.ledger.asking import Asked
from remit.ledger.caps.counting import amount_in
from remit.ledger.caps.statements import statements_of
from remit.ledger.caps.tally import CapUse, charge, read_uses, uses_queries
from remit.ledger.caps.windows import LAST_MOMENT, as_datetime, length_in_micros
from remit.ledger.log.canonical import load
from remit.ledger.log.entry import Entry, moment
from remit.ledger.publishing import texts_query, use_text
from remit.ledger.recorded_facts import to_plain, whole, written
from remit.ledger.repeats import is_repeated
from remit.ledger.stores.store import Row, Session
from remit.ledger.transaction import Core, Turn, permission, read_clock
from remit.policy.model import REPEATS, Model

__all__ = [
    "Decided",
    "append_decision",
    "charges_of",
    "decide_now",
    "deciding",
    "spend",
    "take_turn",
]


@dataclass(slots=True)
class Decided:
    """A decision taken in a turn, ``plain`` as the record has it, and what it read: what the record says of it, and what stands
    apart from the log. ``balances``, ``history`` and ``at`` are what it was handed."""

    decision: Decision
    plain: dict[str, Any]
    uses: Sequence[CapUse]
    read: dict[str, Any]
    apart: dict[str, Any]
    balances: Mapping[str, Any]
    history: Mapping[str, Any]
    at: datetime | None

    @property
    def outcome(self) -> str:
        """Grant, escalate, deny or ask."""
        return str(self.plain["outcome"])


def deciding(
    core: Core,
    asked: Asked,
    operation: str,
    expires: timedelta | None = None,
    permitted: Callable[[Turn], Entry] | None = None,
    act: Mapping[str, str] | None = None,
) -> Callable[[Session], Entry]:
    """The work of ``decide`` (nothing is spent), ``grant`` and ``hold`` (``expires`` is how long it lasts). ``permitted``: what
    is done instead where there is a permission for it (:mod:`remit.ledger.people.permits`). ``act``: what the employee did
    with the answer, as the record says it."""

    def work(session: Session) -> Entry:
        turn, uses = take_turn(core, session, asked)
        if turn.permit is not None and permitted is not None:
            return permitted(turn)
        decided = decide_now(asked, uses, turn.now, repeated=is_repeated(core, session, asked, turn.now))
        if permitted is not None and asked.key is not None and decided.outcome != "grant":
            turn.permit = permission(session, asked.key, turn.now)
            if turn.permit is not None:
                return permitted(turn)
        more: dict[str, Any]
        if operation == "decide" or decided.outcome != "grant":
            more = _acted(asked.policy.model, act, decided.plain) if operation == "decide" else {"tried": operation}
            return append_decision(turn, asked, decided, "decide", more)
        charges = charges_of(asked, decided)
        more = {"charges": [said for said, _ in charges]}
        until = None
        if expires is not None:
            until = min(turn.now + length_in_micros(expires), LAST_MOMENT)
            more["expires"] = moment(until)
        entry = append_decision(turn, asked, decided, operation, more)
        spend(turn, charges)
        if until is not None:
            session.put("INSERT INTO hold (expires, seq) VALUES (?, ?)", (until, turn.head.seq))
        return entry

    return work


def _acted(model: Model, act: Mapping[str, str] | None, decision: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says of what the employee did with the answer, and which guardrails backed them: those that denied it."""
    if not act:
        return {}
    denying = {each.id for each in model.guardrails if each.effect == "deny"} if decision["outcome"] == "deny" else ()
    backed = [each["id"] for each in decision["reasons"] if each["kind"] == "guardrail" and each["id"] in denying]
    return {**act, "backed": backed} if backed else dict(act)


def take_turn(core: Core, session: Session, asked: Asked) -> tuple[Turn, list[CapUse]]:
    """Begin a turn for a request: see to it that the text of its policy is in the ledger, and read what is used of every cap,
    in one go with the head of the log."""
    model, clock = asked.policy.model, read_clock(core)
    counters = asked.reading.counters(clock)
    unknown = [texts_query(model)] if model.digest not in core.stored else []
    turn, found = Turn.take(core, session, asked.key, *unknown, *uses_queries(counters), clock=clock)
    if unknown:
        use_text(core, session, model, found.pop(0), turn.seq)
    if turn.now != clock:  # the clock has gone back: the windows are those at the last record
        counters = asked.reading.counters(turn.now)
        found = session.ask(*uses_queries(counters))
    return turn, asked.reading.joined(read_uses(session, counters, found))


def decide_now(
    asked: Asked,
    uses: Sequence[CapUse],
    now: int,
    requester: str | None = None,
    *,
    requested: str | None = None,
    repeated: bool = False,
) -> Decided:
    """Decide by what is used of every cap, at the time ``now`` (microseconds since 1970). ``requester`` is the role of the one
    who asked, where another answers, and ``requested`` when that was, as its record has it; ``repeated`` whether the same was
    given a moment ago."""
    reading = asked.reading
    (balances, told), history = reading.balances(uses), reading.history(uses)
    if repeated:
        balances[REPEATS], told[REPEATS] = Used(1, None), {"used": 1}
    model, at = asked.policy.model, None
    if model.incidents is not None or model.reads_requested:
        at = as_datetime(now) if requested is None else datetime.fromisoformat(requested)
    decision = asked.policy.decide(
        asked.inputs, balances=balances, history=history, requester=requester, at=at, personal=asked.personal
    )
    plain = {name: _plain_history(value) for name, value in history.items()}
    apart = {f"history.{each.name}": plain[each.name] for each in reading.counted if each.hidden}
    if apart:
        plain |= {name.removeprefix("history."): {"apart": True} for name in apart}
    read: dict[str, Any] = {"balances": told, "history": plain}
    if at is not None and (then := request_time(model, at)) is not None:
        read["requested"] = then.isoformat()
    if asked.personal is not None:
        read["personal"] = {name: value for name, value in asked.personal.to_dict().items() if value}
    return Decided(decision, load(decision.to_json()), uses, read, apart, balances, history, at)


def append_decision(turn: Turn, asked: Asked, decided: Decided, kind: str, more: Mapping[str, Any]) -> Entry:
    """Append a record of a decision."""
    parts = {**asked.plain, "read": decided.read, "meaning": MEANING, "decision": decided.plain, **more}
    inputs, reading = asked.inputs, asked.reading
    facts = {name: to_plain(inputs.facts.get(name)) for name in (each.fact for each in reading.counted) if name}
    stated = statements_of(turn.session, reading, decided.uses, kind, decided.plain, inputs.asked, facts)
    entry = turn.append(kind, {**parts, **stated.told(parts)}, asked.apart | decided.apart, decision=decided.decision)
    stated.put(turn.session, turn.head.at, turn.head.seq)
    return entry


def charges_of(asked: Asked, decided: Decided) -> list[tuple[dict[str, Any], Row]]:
    """What carrying out the decision takes from every series: as the record says it, and as
    :func:`remit.ledger.caps.tally.charge` writes it, but for time and number of the record."""
    decision, reading, given = decided.plain, asked.reading, asked.inputs.asked
    out: dict[bytes, tuple[dict[str, Any], Row]] = {}
    for counted, series, use in zip(reading.counted, reading.series, decided.uses, strict=True):
        said_amount = amount_in(counted, decision, given)
        amount = whole(said_amount)
        if amount and series not in out:  # two history facts may share a series
            said = {
                "kind": counted.kind,
                "name": counted.name,
                "series": series.hex(),
                "number": use.number + 1,
                "amount": said_amount,
            }
            if counted.kind != "history" or not decided.apart:
                said["before"] = written(use.used, counted.unit)
                said["after"] = written(use.used + amount, counted.unit)
            out[series] = said, (series, use, amount)
    return list(out.values())


def spend(turn: Turn, charges: Sequence[tuple[dict[str, Any], Row]]) -> None:
    """Put the charges of the record appended last."""
    charge(turn.session, turn.head.at, turn.head.seq, [row for _, row in charges])


def _plain_history(value: Any) -> Any:
    return {"missing": sorted(value.missing)} if isinstance(value, Unknown) else to_plain(value)
