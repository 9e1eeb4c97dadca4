"""What happens to a grant afterwards: a hold is settled or released, a grant is voided. Each at most once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final

from remit.errors import NotAllowed, NotFound
from remit.language.identities import identity
from remit.language.locales.messages import ARole, Message, Sentence
from remit.language.locales.record_words import a_kind
from remit.ledger.caps.counting import Counted, voids_of
from remit.ledger.caps.tally import Counter, charge, read_uses, uses_queries
from remit.ledger.caps.windows import Span
from remit.ledger.log.chain import HEAD, Head
from remit.ledger.log.entry import Entry, moment
from remit.ledger.log.record_ids import seq_of
from remit.ledger.people.standing import Standing
from remit.ledger.policy_library import Library
from remit.ledger.refunds import CLOSED, VOIDED, put_back, remaining, resolution_of, settled_part, voided_part
from remit.ledger.stores.store import Row, Session
from remit.ledger.transaction import Core, OperationKey, Turn, ended, fetch, read_clock, refuse_jump, refuse_other
from remit.policy.model import Model

__all__ = [
    "above_of",
    "find",
    "parts_of",
    "refuse_resolved",
    "refuse_role",
    "related",
    "is_person",
    "same_person",
    "releasing",
    "settling",
    "standing_on",
    "sweeping",
    "voiding",
]

#: How many expired holds and overdue tasks are seen to in one transaction.
_MOST: Final = 500

_WORDS: Final = {
    "settle": Sentence("{record} was settled already, by {other}"),
    "release": Sentence("{record} was released already, by {other}"),
    "approve": Sentence("{record} was approved already, by {other}"),
    "permit": Sentence("{record} was permitted already, by {other}"),
    "decline": Sentence("{record} was declined already, by {other}"),
    "void": Sentence("record {record} was taken back already, with record {other}"),
    "dispute": Sentence("{record} was disputed already, by {other}"),
    "answer": Sentence("{record} was answered already, by {other}"),
}


def find(session: Session, record_id: str) -> Entry:
    """The record with this id. Raises :class:`remit.NotFound`."""
    if not isinstance(record_id, str):
        raise NotFound(f"the id of a record is text, not a {type(record_id).__name__}")
    seq = seq_of(record_id)
    entry = fetch(session, seq) if seq is not None else None
    if entry is None or entry.id != record_id:
        raise NotFound(Message("no record has the id `{record}`", record=record_id[:80]))
    return entry


def refuse_resolved(session: Session, target: Entry, step: int) -> None:
    """Raises :class:`remit.NotAllowed` where ``target`` is resolved already."""
    found = resolution_of(session, target.seq, step)
    if found is None:
        return
    if found.body.get("expired"):
        raise NotAllowed(f"the hold {target.id} expired at {found.body['recorded']} and was released")
    by_number = found.kind == "void"  # said to staff, who know records by their numbers
    one, other = (str(target.seq), str(found.seq)) if by_number else (target.id, found.id)
    raise NotAllowed(Message(_WORDS[found.kind], record=one, other=other))


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
        parts = parts_of(target, standing_on(core, target, employee))
        if given is None:
            parts["given"] = decision["asked"]
        else:
            policy = library.of(session, target.body)
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
        target = _open_hold(session, hold)
        return _give_back(turn, target, "release", CLOSED, standing_on(core, target, employee), reason)

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
            raise NotAllowed(
                Message("{record} is {kind}: only what was granted can be voided", record=target.id, kind=a_kind(target.kind))
            )
        if target.kind == "hold":
            closed = resolution_of(session, target.seq, CLOSED)
            if closed is None:
                raise NotAllowed(Message("{record} is a hold that is still open: release it instead", record=target.id))
            if closed.kind != "settle":
                raise NotAllowed(Message("{record} was released: there is nothing to void", record=target.id))
        refuse_resolved(session, target, VOIDED)
        policy = library.of(session, target.body)
        who = standing_on(core, target, employee)
        _refuse_other(target, who, policy.model)
        charges = _void_charges(core, session, library, target, part)
        more: dict[str, Any] = {"giver": {name: target.body["employee"][name] for name in ("id", "role")}}
        more |= {"charges": [said for said, _ in charges]} if charges else {}
        step, refunds = VOIDED, None
        if part is not None:
            more["part"], refunds, step = voided_part(session, policy, target, part)
            more |= {} if step == VOIDED else {"step": step}
        entry = _give_back(turn, target, "void", step, who, reason, more, refunds)
        charge(session, turn.head.at, turn.head.seq, [row for _, row in charges])
        return entry

    return work


def _void_charges(
    core: Core, session: Session, library: Library, target: Entry, part: Mapping[str, Any] | None
) -> list[tuple[dict[str, Any], Row]]:
    """What counts that a grant, or ``part`` of it, was taken back, under any version of its policy: as the record says it, and
    as the tally takes it."""
    taken = target.body["decision"]["asked"] if part is None else part
    texts = session.rows("SELECT digest FROM policy WHERE id = ? ORDER BY seq", (target.body["policy"]["id"],))
    voids = {series: each for (digest,) in texts for each, series in _voids(core, library.get(session, digest).model, target)}
    counted = [(each, series) for series, each in voids.items() if not each.remedies or each.remedies[0] in taken]
    counters = [Counter(series, Span(None)) for _, series in counted]
    uses = read_uses(session, counters, session.ask(*uses_queries(counters)))
    out: list[tuple[dict[str, Any], Row]] = []
    for (each, series), use in zip(counted, uses, strict=True):
        said = {"kind": "history", "name": each.name, "series": series.hex(), "number": use.number + 1, "amount": 1}
        out.append((said, (series, use, 1)))
    return out


def _voids(core: Core, model: Model, target: Entry) -> list[tuple[Counted, bytes]]:
    facts = {**target.facts(reveal=True), "employee.id": target.employee, "employee.role": target.role}
    return voids_of(model, model.deciding_role(str(target.role)), facts, target.case, core.secret)


def refuse_role(model: Model, role: Any) -> None:
    """Raises :class:`remit.NotAllowed` where ``role`` is none of the policy, and not its owner."""
    if role not in (*model.ladder, model.owner_role):
        raise NotAllowed(
            Message("`{role}` is no role of this policy; there are {names}", role=str(role), names=", ".join(model.ladder))
        )


def standing_on(core: Core, target: Entry, employee: Mapping[str, Any]) -> Standing:
    """By what right somebody answers a record. Raises as :meth:`remit.ledger.people.standing.Staff.standing`."""
    return core.staff.standing(employee, core.time(), target.body["policy"]["id"])


def same_person(who: Standing, entry: Entry) -> bool:
    """Whether it is the one of the record, under whatever spelling, or one of the two acts for the other."""
    return is_person(who, entry.body["employee"])


def is_person(who: Standing, theirs: Mapping[str, Any]) -> bool:
    """The same, of a person as a record names them."""
    mine = {who.id, who.acting.id if who.acting is not None else None}
    other = {theirs["id"], theirs.get("acting", {}).get("for")}
    return not {identity(each) for each in mine if each}.isdisjoint({identity(each) for each in other if each})


def _refuse_other(grant: Entry, who: Standing, model: Model) -> None:
    """Whoever gave it may take it back, and whoever stands above them; at the top of the ladder, their peers.

    Raises :class:`remit.NotAllowed`, and says who may.
    """
    refuse_role(model, who.role)
    if same_person(who, grant):
        return
    if (above := above_of(model, str(grant.role), who.role)) is not None:
        told = {"record": grant.id, "who": grant.employee, "role": ARole(str(grant.role)), "mine": ARole(who.role)}
        raise NotAllowed(
            Message(
                "{record} was given by {who}, {role}: they may take it back themselves, or {above}; not {mine}",
                **told,
                above=above,
            )
        )


def above_of(model: Model, theirs: str, mine: str) -> ARole | Message | None:
    """Who is above a role, in words, where ``mine`` is not: the next role of the ladder and those above it; at its top, and for
    the owner, their peers."""
    ladder = (*model.ladder, model.owner_role)
    top = len(ladder) - (1 if theirs == model.owner_role else 2)
    needed = min(model.rank(theirs) + 1, top)
    if model.rank(mine) >= needed:
        return None
    lowest = ARole(ladder[needed])
    return lowest if needed == top else Message("{role} or above", role=lowest)


def sweeping(core: Core) -> Callable[[Session], list[tuple[Entry, Entry]]]:
    """The work of releasing holds that have expired and of passing on tasks that have waited too long, each at its moment;
    gives each of them, with the record that says so, at most 500."""

    def work(session: Session) -> list[tuple[Entry, Entry]]:
        clock = read_clock(core)
        refuse_other(core, session)
        refuse_jump(core, clock, 0)
        done = []
        for target, expires in list(islice(ended(session, clock), _MOST)):
            turn = Turn(core, session, Head.of(session.rows(HEAD), core.id), clock, expires)
            is_hold = target.kind == "hold"
            entry = _give_back(turn, target, "release", CLOSED, None, None) if is_hold else _pass_on(turn, target)
            session.flush()
            done.append((target, entry))
        return done

    return work


def _pass_on(turn: Turn, task: Entry) -> Entry:
    """Append a record that a task has waited too long, and for whom it is now."""
    number, to = next((n, each["to"]) for n, each in enumerate(task.body["rises"]) if each["at"] == moment(turn.now))
    more = {"to": to, "step": -number, "requester": task.body["employee"]}
    entry = turn.append("overdue", {**parts_of(task, None), **more})
    turn.resolve(task.seq, -number)
    return entry


def _open_hold(session: Session, hold: str) -> Entry:
    target = find(session, hold)
    if target.kind != "hold":
        raise NotAllowed(Message("{record} is {kind}, not a hold", record=target.id, kind=a_kind(target.kind)))
    refuse_resolved(session, target, CLOSED)
    return target


def parts_of(target: Entry, who: Standing | None) -> dict[str, Any]:
    """What every record that answers another says: of which one, who did it, and the case, day and policy of that one."""
    body = target.body
    return {
        "of": target.id,
        **(who.recorded() if who is not None else {"employee": None}),
        "case": body["case"],
        "occurred": body["occurred"],
        "policy": body["policy"],
    }


def _give_back(
    turn: Turn,
    target: Entry,
    kind: str,
    step: int,
    who: Standing | None,
    reason: str | None,
    more: Mapping[str, Any] | None = None,
    refunds: list[dict[str, Any]] | None = None,
) -> Entry:
    """Append a record by which ``refunds`` come back: all that ``target`` still takes, where they are not given."""
    parts = {**parts_of(target, who), **(more or {})}
    parts["refunds"] = remaining(turn.session, target) if refunds is None else refunds
    if who is None:
        parts["expired"] = True
    entry = turn.append(kind, parts, {"reason": reason} if reason else None)
    put_back(turn, parts["refunds"])
    turn.resolve(target.seq, step)
    return entry
