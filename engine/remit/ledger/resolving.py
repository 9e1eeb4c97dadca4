"""What happens to a grant afterwards: a hold is settled or released, a grant is voided. Each at most once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from remit.errors import NotAllowed, NotFound
from remit.language import words
from remit.language.identities import identity
from remit.ledger.log.chain import HEAD, Head
from remit.ledger.log.entry import Entry
from remit.ledger.log.record_ids import seq_of
from remit.ledger.policy_library import Library
from remit.ledger.refunds import CLOSED, VOIDED, put_back, remaining, resolution_of, settled_part, voided_part
from remit.ledger.stores.store import Session
from remit.ledger.transaction import DUE, Core, OperationKey, Turn, fetch, read_clock

__all__ = [
    "find",
    "refuse_resolved",
    "refuse_role",
    "related",
    "same_person",
    "releasing",
    "settling",
    "sweeping",
    "voiding",
]

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
            parts["given"], parts["refunds"] = settled_part(session, policy, target, given)
        entry = turn.append("settle", parts)
        put_back(turn, parts.get("refunds", ()))
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
    core: Core,
    library: Library,
    grant: str,
    employee: Mapping[str, Any],
    reason: str,
    key: OperationKey | None,
    part: Mapping[str, Any] | None = None,
) -> Callable[[Session], Entry]:
    """The work of ``void``: the grant, or a part of it, is reversed and the allowance comes back."""

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
        policy = library.get(session, target.body["policy"]["digest"])
        _refuse_other(target, employee, policy.model.ladder)
        if part is None:
            return _give_back(turn, target, "void", VOIDED, employee, reason)
        taken, refunds, step = voided_part(session, policy, target, part)
        parts = {**_parts(target, employee), "part": taken, "refunds": refunds}
        entry = turn.append("void", parts if step == VOIDED else {**parts, "step": step}, {"reason": reason})
        put_back(turn, refunds)
        turn.resolve(target.seq, step)
        return entry

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
    parts["refunds"] = remaining(turn.session, target)
    if employee is None:
        parts["expired"] = True
    entry = turn.append(kind, parts, {"reason": reason} if reason else None)
    put_back(turn, parts["refunds"])
    turn.resolve(target.seq, step)
    return entry
