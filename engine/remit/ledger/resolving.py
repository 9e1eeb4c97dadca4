"""What happens to a grant afterwards: a hold is settled or released, a grant is voided. Each at most once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from remit.core.charges import charge as charge_of_cap
from remit.decision.quantities import whole_amounts
from remit.errors import NotAllowed, NotFound
from remit.language import words
from remit.language.identities import identity
from remit.language.values import Money
from remit.ledger.asking import Decider
from remit.ledger.caps.tally import refund
from remit.ledger.log.chain import HEAD, Head
from remit.ledger.log.entry import Entry
from remit.ledger.log.record_ids import seq_of
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import read_quantity, said, whole
from remit.ledger.stores.store import Session
from remit.ledger.transaction import DUE, Core, OperationKey, Turn, fetch, read_clock
from remit.policy.model import Model
from remit.readings.numbers.algebra import NUMBERS

__all__ = [
    "CLOSED",
    "MIGRATED",
    "VOIDED",
    "find",
    "refuse_resolved",
    "refuse_role",
    "related",
    "resolution_of",
    "same_person",
    "releasing",
    "settling",
    "sweeping",
    "voiding",
]

#: The steps of :mod:`remit.ledger.stores.schema_tables`: a hold is settled or released, a task approved or declined; a grant
#: is voided.
CLOSED: Final = 1
VOIDED: Final = 2

#: The number of the record that charged what was given before there were claims, if the ledger is from before; 0 for none.
MIGRATED: Final = "SELECT value FROM ledger WHERE name = 'claims'"

#: How many expired holds are released in one transaction.
_MOST: Final = 500

_WORDS: Final = {"settle": "settled", "release": "released", "approve": "approved", "decline": "declined", "void": "voided"}


def find(session: Session, record_id: str) -> Entry:
    """The record with this id. Raises :class:`remit.NotFound`."""
    if not isinstance(record_id, str):
        raise NotFound(f"the id of a record is text, not a {type(record_id).__name__}")
    seq = seq_of(record_id)
    entry = fetch(session, seq) if seq is not None else None
    if entry is None or entry.id != record_id:
        raise NotFound(f"no record has the id `{record_id[:80]}`")
    return entry


def resolution_of(session: Session, seq: int, step: int) -> Entry | None:
    """The record that resolved record ``seq``."""
    row = session.one("SELECT seq FROM resolution WHERE target = ? AND step = ?", (seq, step))
    return fetch(session, row[0]) if row else None


def refuse_resolved(session: Session, target: Entry, step: int) -> None:
    """Raises :class:`remit.NotAllowed` where ``target`` is resolved already."""
    found = resolution_of(session, target.seq, step)
    if found is None:
        return
    if found.body.get("expired"):
        raise NotAllowed(f"the hold {target.id} expired at {found.body['recorded']} and was released")
    raise NotAllowed(f"{target.id} was {_WORDS[found.kind]} already, by {found.id}")


def related(session: Session, entry: Entry) -> list[Entry]:
    """``entry``, all that it goes back to and all that followed from it, in the order of the log."""
    found = {entry.seq: entry}
    waiting = [entry]
    while waiting:
        each = waiting.pop()
        neighbours = [row[0] for row in session.rows("SELECT seq FROM resolution WHERE target = ?", (each.seq,))]
        if each.of is not None:
            neighbours.append(seq_of(each.of))
        for seq in neighbours:
            if seq is None or seq in found:
                continue
            neighbour = fetch(session, seq)
            if neighbour is not None:
                found[seq] = neighbour
                waiting.append(neighbour)
    return [found[seq] for seq in sorted(found)]


def settling(
    core: Core,
    library: Library,
    hold: str,
    employee: Mapping[str, Any],
    given: Mapping[str, Any] | None,
    key: OperationKey | None,
) -> Callable[[Session], Entry]:
    """The work of ``settle``: all of the hold, or what was given in the end; the rest comes back."""

    def work(session: Session) -> Entry:
        turn, _ = Turn.take(core, session, key)
        target = _open_hold(session, hold)
        decision = target.body["decision"]
        parts = _parts(target, employee)
        if given is None:
            parts["given"] = decision["asked"]
        else:
            policy = library.get(session, decision["policy"]["digest"])
            parts["given"], parts["refunds"] = _part_of(session, policy, target, given)
        entry = turn.append("settle", parts)
        _put_back(turn, parts.get("refunds", ()))
        turn.resolve(target.seq, CLOSED)
        return entry

    return work


def releasing(
    core: Core, hold: str, employee: Mapping[str, Any], reason: str | None, key: OperationKey | None
) -> Callable[[Session], Entry]:
    """The work of ``release``: all of the hold comes back."""

    def work(session: Session) -> Entry:
        turn, _ = Turn.take(core, session, key)
        return _give_back(turn, _open_hold(session, hold), "release", CLOSED, employee, reason)

    return work


def voiding(
    core: Core, library: Library, grant: str, employee: Mapping[str, Any], reason: str, key: OperationKey | None
) -> Callable[[Session], Entry]:
    """The work of ``void``: the grant is reversed and the allowance comes back."""

    def work(session: Session) -> Entry:
        turn, _ = Turn.take(core, session, key)
        target = find(session, grant)
        if target.kind == "settle":
            target = find(session, str(target.of))
        if not target.granted:
            raise NotAllowed(f"{target.id} is a {target.kind}: only what was granted can be voided")
        if target.kind == "hold":
            closed = resolution_of(session, target.seq, CLOSED)
            if closed is None:
                raise NotAllowed(f"{target.id} is a hold that is still open: release it instead")
            if closed.kind != "settle":
                raise NotAllowed(f"{target.id} was released: there is nothing to void")
        refuse_resolved(session, target, VOIDED)
        _refuse_other(target, employee, library.get(session, target.body["policy"]["digest"]).model.ladder)
        return _give_back(turn, target, "void", VOIDED, employee, reason)

    return work


def refuse_role(ladder: Sequence[str], role: Any) -> None:
    """Raises :class:`remit.NotAllowed` where ``role`` is none of the policy."""
    if role not in ladder:
        raise NotAllowed(f"`{role}` is no role of this policy; there are {', '.join(ladder)}")


def same_person(employee: Mapping[str, Any], entry: Entry) -> bool:
    """Whether ``employee`` is the one of the record, under whatever spelling."""
    return identity(str(employee.get("id"))) == identity(str(entry.employee))


def _refuse_other(grant: Entry, employee: Mapping[str, Any], ladder: Sequence[str]) -> None:
    """Whoever gave it may take it back, and whoever stands above them; at the top of the ladder, their peers.

    Raises :class:`remit.NotAllowed`, and says who may.
    """
    refuse_role(ladder, employee["role"])
    if same_person(employee, grant):
        return
    needed = min(ladder.index(str(grant.role)) + 1, len(ladder) - 1)
    if ladder.index(employee["role"]) < needed:
        mine, theirs, lowest = (words.a(words.name(each)) for each in (employee["role"], str(grant.role), ladder[needed]))
        above = lowest if ladder[needed] == ladder[-1] else f"{lowest} or above"
        raise NotAllowed(
            f"{grant.id} was given by {grant.employee}, {theirs}: they may take it back themselves, or {above}; not {mine}"
        )


def sweeping(core: Core) -> Callable[[Session], int]:
    """The work of releasing holds that have expired, each at the moment it expired; gives how many, at most 500."""

    def work(session: Session) -> int:
        clock = read_clock(core)
        due = session.rows(DUE, (clock, _MOST))
        for seq, expires in due:
            target = fetch(session, seq)
            assert target is not None
            turn = Turn(core, session, Head.of(session.rows(HEAD), core.id), clock, expires)
            _give_back(turn, target, "release", CLOSED, None, None)
            session.flush()
        return len(due)

    return work


def _open_hold(session: Session, hold: str) -> Entry:
    target = find(session, hold)
    if target.kind != "hold":
        raise NotAllowed(f"{target.id} is a {target.kind}, not a hold")
    refuse_resolved(session, target, CLOSED)
    return target


def _parts(target: Entry, employee: Mapping[str, Any] | None) -> dict[str, Any]:
    body = target.body
    return {
        "of": target.id,
        "employee": dict(employee) if employee else None,
        "case": body["case"],
        "occurred": body["occurred"],
        "policy": body["policy"],
    }


def _give_back(
    turn: Turn, target: Entry, kind: str, step: int, employee: Mapping[str, Any] | None, reason: str | None
) -> Entry:
    """Append a record by which all that ``target`` still takes comes back."""
    parts = _parts(target, employee)
    parts["refunds"] = _remaining(turn.session, target)
    if employee is None:
        parts["expired"] = True
    entry = turn.append(kind, parts, {"reason": reason} if reason else None)
    _put_back(turn, parts["refunds"])
    turn.resolve(target.seq, step)
    return entry


def _remaining(session: Session, target: Entry) -> list[dict[str, Any]]:
    """What a grant takes from every series, less what came back when its hold was settled."""
    returned: dict[str, int] = {}
    closed = resolution_of(session, target.seq, CLOSED) if target.kind == "hold" else None
    for each in closed.body.get("refunds", ()) if closed else ():
        returned[each["series"]] = whole(each["amount"])
    return list(_refunds(session, target, lambda each: whole(each["amount"]) - returned.get(each["series"], 0)))


def _refunds(session: Session, target: Entry, amount: Callable[[Mapping[str, Any]], int]) -> Iterable[dict[str, Any]]:
    for each in (*target.body["charges"], *_charged_later(session, target)):
        back = amount(each)
        if back:
            quantity: Any = back
            if isinstance(each["amount"], str):
                quantity = said(Money.from_minor(back, each["amount"][-3:]))
            yield {name: each[name] for name in ("kind", "name", "series", "number")} | {"amount": quantity}


def _charged_later(session: Session, target: Entry) -> Iterator[dict[str, Any]]:
    """What the migration charged for a grant, as its own record would say it."""
    row = session.one(MIGRATED)
    record = fetch(session, int(row[0])) if row and int(row[0]) > target.seq else None
    for each in record.body["charges"] if record is not None else ():
        if target.id in each["parts"]:
            yield {name: each[name] for name in ("kind", "name", "series", "number")} | {"amount": each["parts"][target.id]}


def _put_back(turn: Turn, refunds: Iterable[Mapping[str, Any]]) -> None:
    for each in refunds:
        refund(turn.session, bytes.fromhex(each["series"]), each["number"], whole(each["amount"]), turn.head.seq)


def _part_of(
    session: Session, policy: Decider, target: Entry, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What was given in the end, made plain, and what comes back of the hold."""
    model, decision = policy.model, target.body["decision"]
    held = whole_amounts(model, {name: read_quantity(amount) for name, amount in decision["asked"].items()})
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
        found = history[charge["name"]]
        return settled.get(found.sum, 0) if found.sum is not None else 1

    return needed
