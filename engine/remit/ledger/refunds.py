"""What comes back of a grant, to every series that it took from: when a hold is settled in part or released, and when a grant
is voided, as a whole or in part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from remit.core.laws import charge as charge_of_cap
from remit.decision.quantities import as_quantity, whole_amounts
from remit.errors import LedgerCorrupt, NotAllowed
from remit.language.values import Money
from remit.ledger.asking import Decider
from remit.ledger.caps.statements import RECORDED
from remit.ledger.caps.tally import refund
from remit.ledger.log.entry import Entry
from remit.ledger.log.record_ids import seq_of
from remit.ledger.recorded_facts import read_quantity, said, whole
from remit.ledger.stores.schema_tables import altered
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Turn, fetch
from remit.policy.model import Model
from remit.readings.numbers.algebra import NUMBERS

__all__ = [
    "CLOSED",
    "MIGRATED",
    "OUTCOMES",
    "PAST",
    "REVIEWED",
    "VOIDED",
    "left_after",
    "left_of",
    "past_pointer",
    "put_back",
    "remaining",
    "resolution_of",
    "settled_part",
    "voided_part",
]

#: The steps of :mod:`remit.ledger.stores.schema_tables`: a hold is settled or released, a task approved or declined, a review
#: disputed, a dispute answered; a grant is voided.
CLOSED: Final = 1
VOIDED: Final = 2  # and from 3 on, each part of it that was taken back before
#: From here on, the reviews of a record. No grant has so many parts, and no task needs so many to agree.
REVIEWED: Final = 1_000_000
#: From here on, the outcomes of a record, the newest last. No record has so many reviews.
OUTCOMES: Final = 2_000_000

#: The number of the record that charged what was given before there were claims, if the ledger is from before; 0 for none.
MIGRATED: Final = "SELECT value FROM ledger WHERE name = 'claims'"


#: The rows of ``ledger`` that say which records count the past of new histories.
PAST: Final = "past."
_PASTS: Final = "SELECT name, value FROM ledger WHERE name LIKE ? ORDER BY name"


def resolution_of(session: Session, seq: int, step: int) -> Entry | None:
    """The record that resolved record ``seq``. Raises :class:`remit.errors.LedgerCorrupt` where there is none of its number, or
    it is about something else."""
    row = session.one("SELECT seq FROM resolution WHERE target = ? AND step = ?", (seq, step))
    return _resolving(session, seq, row[0]) if row else None


def _resolving(session: Session, seq: int, by: int) -> Entry:
    found = fetch(session, by)
    if found is None or found.of is None or seq_of(found.of) != seq:
        raise LedgerCorrupt(f"record {by} is said to resolve record {seq}, and does not", {"seq": seq})
    return found


def remaining(session: Session, target: Entry) -> list[dict[str, Any]]:
    """What a grant takes from every series, less what came back before: when its hold was settled, or of parts of it."""
    returned = _returned(session, target)
    return list(_refunds(session, target, lambda each: whole(each["amount"]) - returned.get(each["series"], 0)))


def _returned(session: Session, target: Entry) -> dict[str, int]:
    out: dict[str, int] = {}
    closed = resolution_of(session, target.seq, CLOSED) if target.kind == "hold" else None
    for record in (*([closed] if closed else ()), *_voids(session, target)):
        for each in record.body.get("refunds", ()):
            out[each["series"]] = out.get(each["series"], 0) + whole(each["amount"])
    return out


def _voids(session: Session, target: Entry) -> list[Entry]:
    """The records that took back a part of it, in order."""
    sql = "SELECT seq FROM resolution WHERE target = ? AND step > ? AND step < ? ORDER BY step"
    rows = session.rows(sql, (target.seq, VOIDED, REVIEWED))
    found = [_resolving(session, target.seq, seq) for (seq,) in rows]
    if any("part" not in entry.body for entry in found):
        raise altered("resolution", "step", target.seq)
    return found


def voided_part(
    session: Session, policy: Decider, target: Entry, part: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    """What is taken back of a grant, made plain; what comes back for it; and the step: ``VOIDED`` where nothing is left.

    Raises :class:`remit.NotAllowed` where that is more than is left of it, or nothing.
    """
    model, decision = policy.model, target.body["decision"]
    left, voids = left_of(session, model, target), _voids(session, target)
    try:
        taken = whole_amounts(model, {name: part[name] for name in part if name in model.remedies})
    except ValueError as error:
        raise NotAllowed(f"{target.id} cannot be taken back so: {error}") from None
    over = [name for name in part if taken.get(name, 0) > left.get(name, 0) or name not in left]
    if over:
        raise NotAllowed(f"less {', '.join(map(str, over))} is left of {target.id} than was to be taken back")
    if not any(taken.values()):
        raise NotAllowed(f"nothing of {target.id} was to be taken back")
    rest = {name: amount - taken.get(name, 0) for name, amount in left.items()}
    returned, needed = _returned(session, target), _needed(model, decision, rest) if any(rest.values()) else lambda each: 0
    back = _refunds(session, target, lambda each: whole(each["amount"]) - returned.get(each["series"], 0) - needed(each))
    plain = {name: said(as_quantity(model, model.remedies[name], amount)) for name, amount in taken.items() if amount}
    return plain, list(back), VOIDED + 1 + len(voids) if any(rest.values()) else VOIDED


def left_of(session: Session, model: Model, target: Entry) -> dict[str, int]:
    """What was given in the end and did not come back, as whole numbers; nothing where all of it did."""
    closed = resolution_of(session, target.seq, CLOSED) if target.kind == "hold" else None
    voided = resolution_of(session, target.seq, VOIDED)
    return left_after(model, target, closed, [voided] if voided is not None else _voids(session, target))


def left_after(model: Model, target: Entry, closed: Entry | None, voids: Iterable[Entry]) -> dict[str, int]:
    """What is left of a grant: ``closed`` settled or released it, where it was a hold, and ``voids`` took it back, or parts."""
    if closed is not None and closed.kind != "settle":
        return {}
    left = _whole(model, closed.body["given"] if closed else target.body["decision"]["asked"])
    for each in voids:
        if (each.body.get("step") or VOIDED) == VOIDED:
            return {}
        for name, amount in _whole(model, each.body["part"]).items():
            left[name] -= amount
    return left


def _whole(model: Model, amounts: Mapping[str, Any]) -> dict[str, int]:
    return whole_amounts(model, {name: read_quantity(amount) for name, amount in amounts.items()})


def _refunds(session: Session, target: Entry, amount: Callable[[Mapping[str, Any]], int]) -> Iterable[dict[str, Any]]:
    for each in (*target.body["charges"], *_charged_later(session, target)):
        back = amount(each) if each["kind"] != RECORDED else 0  # what was recorded stays so
        if back:
            quantity: Any = back
            if isinstance(each["amount"], str):
                quantity = said(Money.from_minor(back, each["amount"][-3:]))
            yield {name: each[name] for name in ("kind", "name", "series", "number")} | {"amount": quantity}


def _charged_later(session: Session, target: Entry) -> Iterator[dict[str, Any]]:
    """What was charged for a grant after it, as its own record would say it: to claims, and to new histories."""
    row = session.one(MIGRATED)
    migrated = _numbers("claims", row[0])[0] if row else 0
    record = fetch(session, migrated) if migrated > target.seq else None
    for each in record.body["charges"] if record is not None else ():
        if target.id in each["parts"]:
            yield {name: each[name] for name in ("kind", "name", "series", "number")} | {"amount": each["parts"][target.id]}
    for name, between in session.rows(_PASTS, (f"{PAST}%",)):
        seq, first, last = _numbers(name, f"{name.removeprefix(PAST)}-{between}", 3)
        record = fetch(session, seq) if first <= target.seq <= last else None
        yield from (each for each in (record.body.get("past", ()) if record is not None else ()) if each["of"] == target.id)


def _numbers(name: str, text: str, count: int = 1) -> list[int]:
    """The numbers of records that a row of ``ledger`` names. Raises :class:`remit.errors.LedgerCorrupt`."""
    parts = text.split("-")
    if len(parts) != count or not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts):
        raise altered("ledger", "value", f"the name `{name}`")
    return [int(part) for part in parts]


def past_pointer(seq: int, first: int, last: int) -> tuple[str, str]:
    """The row of ``ledger`` that says of which records, the ``first`` to the ``last``, record ``seq`` counts what new histories
    take from them."""
    return f"{PAST}{seq:015}", f"{first}-{last}"


def put_back(turn: Turn, refunds: Iterable[Mapping[str, Any]]) -> None:
    for each in refunds:
        refund(turn.session, bytes.fromhex(each["series"]), each["number"], whole(each["amount"]), turn.head.seq)


def settled_part(
    session: Session, policy: Decider, target: Entry, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What was given in the end, made plain, and what comes back of the hold."""
    model, decision = policy.model, target.body["decision"]
    held = _whole(model, decision["asked"])
    unknown = sorted(map(str, set(given) - set(held)))
    if unknown:
        raise NotAllowed(f"{target.id} does not hold {', '.join(unknown)}")
    try:
        settled = whole_amounts(model, given)
    except ValueError as error:
        raise NotAllowed(f"{target.id} cannot be settled: {error}") from None
    over = [name for name, amount in settled.items() if amount > held[name]]
    if over:
        raise NotAllowed(f"{target.id} holds less {', '.join(over)} than was to be settled")
    if not any(settled.values()):
        raise NotAllowed(f"nothing of {target.id} was given: release it instead")
    plain = {name: decision["asked"][name] if settled[name] == held[name] else given[name] for name in given}
    needed = _needed(model, decision, settled)
    refunds = _refunds(session, target, lambda each: whole(each["amount"]) - needed(each))
    return {name: said(read_quantity(amount)) for name, amount in plain.items()}, list(refunds)


def _needed(model: Model, decision: Mapping[str, Any], settled: Mapping[str, int]) -> Callable[[Mapping[str, Any]], int]:
    """What giving only ``settled`` takes from the series of a charge."""
    details = decision["remedies"]
    caps = {cap.id: cap for cap in model.caps}
    owed = whole_amounts(model, {name: read_quantity(details[name]["owed"]) for name in settled})
    limits = whole_amounts(model, {name: read_quantity(details[name]["limit"]) for name in settled})
    claims = {claim.name: claim for claim in model.claims}
    for name in owed:  # what several remedies of one claim are owed is one total, as in the laws
        beside = {other for claim in claims.values() if name in claim.remedies for other in claim.remedies} - {name}
        owed[name] = max(0, owed[name] - sum(settled.get(other, 0) for other in beside))
    goodwill = {name: amount - owed[name] for name, amount in settled.items()}
    history = {fact.name: fact.history for fact in model.facts.values() if fact.history is not None}

    def needed(charge: Mapping[str, Any]) -> int:
        if charge["kind"] == "cap":
            taken: int = charge_of_cap(NUMBERS, model, caps[charge["name"]], goodwill)
            return taken
        if charge["kind"] == "discretion":
            money = (name for name in settled if model.remedies[name].kind == "money")
            return sum(max(0, settled[name] - limits[name]) for name in money)
        if charge["kind"] == "claim":
            return sum(settled.get(name, 0) for name in claims[charge["name"]].remedies)
        if "of" in charge:  # charged later, for a history of another version
            summed, remedy = charge.get("sum"), charge.get("remedy")
        else:
            summed, remedy = history[charge["name"]].sum, history[charge["name"]].of
        if summed is not None:
            return settled.get(summed, 0)
        return 1 if remedy is None or settled.get(remedy) else 0

    return needed
