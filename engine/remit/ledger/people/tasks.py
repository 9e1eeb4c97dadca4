"""What goes up: a request that is more than the employee may grant becomes a task; somebody whose own authority covers it
approves it (whole, less, or with another remedy) or declines it. Never the one who asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from remit.errors import NotAllowed, NotGranted
from remit.language.locales.messages import ARole, Message
from remit.language.locales.record_words import a_kind
from remit.ledger.asking import Asked
from remit.ledger.caps.balances import read_balances, uses_now
from remit.ledger.caps.tally import CapUse
from remit.ledger.caps.windows import LAST_MOMENT, as_micros, length_in_micros
from remit.ledger.granting import Decided, append_decision, charges_of, decide_now, spend, take_turn
from remit.ledger.log.chain import HEAD, Head
from remit.ledger.log.entry import Entry, moment
from remit.ledger.people.agreeing import CANNOT_APPROVE, FIRST, agreed, deadlines, refuse_agreed, refuse_lower, wanted
from remit.ledger.people.answers import ApprovalPreview
from remit.ledger.people.standing import Standing
from remit.ledger.policy_library import Library
from remit.ledger.refunds import CLOSED
from remit.ledger.resolving import find, refuse_resolved, refuse_role, same_person, standing_on
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, OperationKey, Turn, bound, read_clock
from remit.policy.model import Model

__all__ = [
    "approving",
    "decided_by",
    "declining",
    "escalating",
    "find_task",
    "giving",
    "next_signature",
    "preview_approval",
    "refuse_requester",
    "refuse_too_low",
    "still_missing",
]


def escalating(core: Core, asked: Asked) -> Callable[[Session], Entry]:
    """The work of ``escalate``: decide, and where the answer is to escalate, open a task."""

    def work(session: Session) -> Entry:
        turn, uses = take_turn(core, session, asked)
        decided = decide_now(asked, uses, turn.now)
        if decided.outcome != "escalate":
            return append_decision(turn, asked, decided, "decide", {"tried": "escalate"})
        model = asked.policy.model
        want = wanted(model, asked.inputs, decided.history)
        more: dict[str, Any] = {"to": max(filter(None, (decided.plain["escalate_to"], want.by)), key=model.rank)}
        more |= {"approvals": told} if (told := want.recorded()) else {}
        if want.within is not None:
            more |= deadlines(model, more, turn.now, length_in_micros(want.within))
        if missing := still_missing(asked, decided):
            more["missing"] = missing
        if asked.grant_digest is not None:
            more["grant_digest"] = asked.grant_digest
        entry = append_decision(turn, asked, decided, "escalate", more)
        session.put("INSERT INTO task (seq, role) VALUES (?, ?)", (turn.head.seq, decided.plain["approver"]))
        rows = [(as_micros(datetime.fromisoformat(each["at"])), turn.head.seq) for each in more.get("rises", ())]
        if rows:
            session.put("INSERT INTO hold (expires, seq) VALUES (?, ?)", *rows)
        return entry

    return work


def still_missing(asked: Asked, decided: Decided) -> list[str]:
    """What whoever answers the task must know, too: what their own decision would ask for, with the facts that caps, claims
    and histories are kept by."""
    model, inputs = asked.policy.model, asked.inputs
    role = decided.plain["approver"] or model.ladder[-1]
    theirs = {name: value for name, value in inputs.facts.items() if not name.startswith("employee.")}
    answers = replace(inputs, role=role, facts=theirs, row=None)
    found = asked.policy.decide(
        answers, balances=decided.balances, history=decided.history, requester=inputs.role, at=decided.at
    )
    wanted: set[str] = set()
    for name in found.missing.facts:
        history = model.facts[name].history if name in model.facts else None
        wanted.update((name,) if history is None else history.kept_by)
    if decided.plain["approver"] is None:  # the owner is held by no cap, but what they give counts
        wanted.update(name for cap in model.caps for name in asked.reading.waiting.get(cap.id, ()))
    known = {name for name in theirs if name not in inputs.doubted}
    return [name for name in (*model.facts, "case", "occurred") if name in wanted - known and not name.startswith("employee.")]


def approving(core: Core, task: Entry, asked: Asked, until: datetime | None = None) -> Callable[[Session], Entry]:
    """The work of ``approve``: the approver's own authority, caps and discretion decide; the policy's owner may give what no
    role can. ``until``: nothing is given; it is permitted, and the one who asked gives it by then. Raises
    :class:`remit.errors.NotGranted` where their authority does not cover it."""

    def work(session: Session) -> Entry:
        turn, uses = take_turn(core, session, asked)
        requester = task.body["employee"]
        decided, step = _judged(session, task, asked, uses, turn.now)
        if step is not None:
            agrees = {"of": task.id, "requester": requester, "step": step, "tried": "approve"}
            entry = append_decision(turn, asked, decided, "agree", agrees)
            turn.resolve(task.seq, step)
            return entry
        if until is not None:
            return permitting(turn, task, asked, decided, until)
        return giving(turn, task, asked, decided, requester)

    return work


def _judged(session: Session, task: Entry, asked: Asked, uses: Sequence[CapUse], now: int) -> tuple[Decided, int | None]:
    """The decision of somebody who approves, and the step of their signature where it is not the last one. Raises as
    ``approve`` does."""
    who = asked.standing or Standing(asked.inputs.employee, asked.inputs.role)
    refuse_requester(task, who)
    refuse_resolved(session, task, CLOSED)
    decided = decided_by(asked, uses, now, who, task.body["employee"]["role"], task)
    return decided, next_signature(session, task, asked, decided, who)


def preview_approval(core: Core, session: Session, task: Entry, asked: Asked) -> ApprovalPreview:
    """What :func:`approving` would do now. Nothing is written."""
    uses, balances = uses_now(core, session, asked), read_balances(core, session, asked)
    now = max(read_clock(core), Head.of(session.rows(HEAD), core.id).at)
    try:
        decided, step = _judged(session, task, asked, uses, now)
    except NotGranted as error:
        return ApprovalPreview(None, error.decision, balances, error.args[0])
    return ApprovalPreview("approve" if step is None else "agree", decided.decision, balances)


def decided_by(asked: Asked, uses: Sequence[CapUse], now: int, who: Standing, requester: str, of: Entry) -> Decided:
    """The decision of whoever answers ``of``, as of the time of that request. Raises :class:`remit.errors.NotGranted` where
    their authority does not cover it."""
    decided = decide_now(asked, uses, now, requester, requested=of.body["read"].get("requested"))
    if decided.outcome != "grant" and not _owner_gives(asked, decided, who):
        raise NotGranted(_what_is_in_the_way(asked, decided, who), decided.decision)
    return decided


def giving(turn: Turn, of: Entry, asked: Asked, decided: Decided, requester: Mapping[str, Any]) -> Entry:
    """Give what was approved, and put it on record as the answer to ``of``."""
    charges = charges_of(asked, decided)
    more: dict[str, Any] = {"of": of.id, "requester": requester, "charges": [said for said, _ in charges]}
    if turn.key is not None and turn.key.operation == "grant":  # by a permission
        more["tried"] = "grant"
    entry = append_decision(turn, asked, decided, "approve", more)
    spend(turn, charges)
    turn.resolve(of.seq, CLOSED)
    return entry


def permitting(turn: Turn, task: Entry, asked: Asked, decided: Decided, until: datetime) -> Entry:
    """Put on record that exactly what was asked may be given, by the one who asked, with the key it was sent up with."""
    body = task.body
    if as_micros(until) > LAST_MOMENT:
        raise NotAllowed(Message("a permission runs out before the year 10000"))
    if "grant_digest" not in body:
        raise NotAllowed(
            Message(
                "{record} was sent up without a key, so nobody can use a permission for it; approve it instead", record=task.id
            )
        )
    if decided.plain["asked"] != body["decision"]["asked"]:
        raise NotAllowed(Message("a permission is for exactly what was asked; to give something else, approve it"))
    if as_micros(until) <= turn.now:
        raise NotAllowed(Message("the permission would have run out already, at {until}", until=until.isoformat()))
    bound_to = turn.session.rows("SELECT digest FROM request_key WHERE name = ?", (bound("grant", body["key"]),))
    if bound_to and bound_to[0][0] != body["grant_digest"]:
        raise NotAllowed(
            Message(
                "the key of {record} was used for another request, so nobody can use a permission; approve it instead",
                record=task.id,
            )
        )
    permits = {"key": body["key"], "digest": body["grant_digest"], "until": moment(as_micros(until))}
    more = {"of": task.id, "requester": body["employee"], "tried": "approve", "permits": permits}
    entry = append_decision(turn, asked, decided, "permit", more)
    turn.session.put("INSERT INTO request_key VALUES (?, ?, ?)", (bound("permit", body["key"]), entry.seq, permits["digest"]))
    turn.resolve(task.seq, CLOSED)
    return entry


def next_signature(session: Session, task: Entry, asked: Asked, decided: Decided, who: Standing) -> int | None:
    """The step of one who agrees and is not the last; ``None`` for the last, and for the owner, who could change the policy.
    Raises :class:`remit.errors.NotGranted` where the policy wants a higher role to agree than theirs."""
    model, sent = asked.policy.model, task.body.get("approvals", {})
    if who.role == model.owner_role:
        return None
    want = wanted(model, asked.inputs, decided.history)
    refuse_lower(model, max(filter(None, (want.by, sent.get("by"))), key=model.rank, default=None), who, decided.decision)
    apart = {name.removeprefix("facts."): value for name, value in asked.apart.items() if name.startswith("facts.")}
    facts = {**asked.plain["request"]["facts"], **apart}
    known = {name: value for name, value in facts.items() if not name.startswith("employee.")}
    so_far = agreed(session, task, (decided.plain["asked"], asked.inputs.case, known))
    refuse_agreed(who, so_far)
    if len(so_far) + 1 >= max(want.count, sent.get("count", 1)):
        return None
    return FIRST + len(agreed(session, task))


def _owner_gives(asked: Asked, decided: Decided, who: Standing) -> bool:
    """Whether the owner gives what goes beyond every role: with all that must be known and on file, and not what is denied."""
    required, own = set(decided.plain["obligations"]), asked.inputs.own_account or bool(asked.personal)
    owns = who.role == asked.policy.model.owner_role
    return owns and not own and decided.outcome == "escalate" and required <= asked.inputs.evidence


def _what_is_in_the_way(asked: Asked, decided: Decided, who: Standing) -> Message:
    missing, reasons = decided.plain["missing"], decided.plain["reasons"]
    names = [*missing["facts"], *missing["evidence"], *([Message("the story")] if missing["story"] else [])]
    if names:
        return Message("{who} cannot approve it yet: {names} must be known first", who=who.id, names=tuple(names))
    required = [name for name in decided.plain["obligations"] if name not in asked.inputs.evidence]
    if required and who.role == asked.policy.model.owner_role:
        return Message("{who} cannot approve it yet: {names} must be on file", who=who.id, names=tuple(required))
    why = reasons[0]["text"] if reasons else Message("it is beyond their authority")
    return Message(CANNOT_APPROVE, who=who.id, why=why)


def declining(
    core: Core, library: Library, task: str, employee: Mapping[str, Any], reason: str, key: OperationKey | None
) -> Callable[[Session], Entry]:
    """The work of ``decline``."""

    def work(session: Session) -> Entry:
        turn, _ = Turn.take(core, session, key)
        target = find_task(session, task)
        refuse_resolved(session, target, CLOSED)
        who = standing_on(core, target, employee)
        refuse_requester(target, who)
        refuse_too_low(target, who.role, library.of(session, target.body).model)
        body = target.body
        parts = {name: body[name] for name in ("case", "occurred", "policy")}
        parts |= {"of": target.id, **who.recorded(), "requester": body["employee"]}
        entry = turn.append("decline", parts, {"reason": reason})
        turn.resolve(target.seq, CLOSED)
        return entry

    return work


def find_task(session: Session, task: str) -> Entry:
    """The record that opened a task. Raises :class:`remit.NotFound` or :class:`remit.NotAllowed`."""
    target = find(session, task)
    if target.kind != "escalate":
        raise NotAllowed(Message("{record} is {kind}, not a task", record=target.id, kind=a_kind(target.kind)))
    return target


def refuse_requester(task: Entry, who: Standing) -> None:
    """Raises :class:`remit.NotAllowed` where the one who asked would answer, or somebody who acts for them."""
    if same_person(who, task):
        raise NotAllowed(
            Message(
                "{who} asked for {record}, and nobody answers what they asked themselves", who=task.employee, record=task.id
            )
        )


def refuse_too_low(task: Entry, role: str, model: Model) -> None:
    """Whoever could approve a task may decline it: the lowest role that could or one above, and of what goes to the policy's
    owner the highest role, and the owner."""
    refuse_role(model, role)
    names = (task.body["decision"]["approver"] or model.ladder[-1], task.body.get("approvals", {}).get("by"))
    lowest = max(filter(None, names), key=model.rank)
    if model.rank(role) < model.rank(lowest):
        told = {"record": task.id, "lowest": ARole(lowest), "role": ARole(role)}
        raise NotAllowed(Message("{record} is for {lowest} or above to answer, not for {role}", **told))
