"""What goes up: a request that is more than the employee may grant becomes a task; somebody whose own authority covers it
approves it (whole, less, or with another remedy) or declines it. Never the one who asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from remit.errors import NotAllowed
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.ledger.asking import Asked, Decider
from remit.ledger.granting import append_decision, charges_of, decide_now, spend, take_turn
from remit.ledger.log.entry import Entry
from remit.ledger.people.standing import Standing
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import read_plain, read_quantity
from remit.ledger.refunds import CLOSED
from remit.ledger.resolving import find, refuse_resolved, refuse_role, same_person, standing_on
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, OperationKey, Turn, fetch

__all__ = ["Task", "approving", "declining", "escalating", "open_tasks", "request_again"]

_OPEN = (
    "SELECT t.seq, t.role FROM task AS t WHERE t.seq > ? "
    "AND NOT EXISTS (SELECT 1 FROM resolution AS r WHERE r.target = t.seq AND r.step = 1) ORDER BY t.seq LIMIT 200"
)


@dataclass(frozen=True, slots=True)
class Task:
    """A task that waits. ``entry`` is the record that opened it: request, facts and decision. ``role`` is the lowest role that
    could approve it as it was asked (``None``: nobody; the policy's owner should know)."""

    entry: Entry
    role: str | None

    @property
    def id(self) -> str:
        """The id to approve or decline."""
        return self.entry.id


def escalating(core: Core, asked: Asked) -> Callable[[Session], Entry]:
    """The work of ``escalate``: decide, and where the answer is to escalate, open a task."""

    def work(session: Session) -> Entry:
        turn, uses = take_turn(core, session, asked)
        decided = decide_now(asked, uses, turn.now)
        if decided.outcome != "escalate":
            return append_decision(turn, asked, decided, "decide", {"tried": "escalate"})
        entry = append_decision(turn, asked, decided, "escalate", {"to": decided.plain["escalate_to"]})
        session.put("INSERT INTO task (seq, role) VALUES (?, ?)", (turn.head.seq, decided.plain["approver"]))
        return entry

    return work


def request_again(entry: Entry, policy: Decider) -> dict[str, Any]:
    """The request of a record, to be decided again. Raises :class:`remit.NotAllowed` where facts of it were erased."""
    body = entry.body
    erased = sorted(set(body.get("apart", {})) - set(entry.opened))
    if erased:
        raise NotAllowed(f"facts of {entry.id} were erased ({', '.join(erased)}): it cannot be decided again")
    personal = {name.removeprefix("facts."): value for name, value in entry.opened.items() if name.startswith("facts.")}
    request = body["request"]
    return {
        "employee": {name: body["employee"][name] for name in ("id", "role")},
        "asked": {name: read_quantity(amount) for name, amount in body["decision"]["asked"].items()},
        "facts": read_plain(policy.model.facts, {**request["facts"], **personal}),
        "case": body["case"],
        "occurred": body["occurred"],
        "sources": request.get("sources") or {},
        "evidence": [{"name": name, **request.get("filed", {}).get(name, {})} for name in request["evidence"]],
        "story": entry.opened.get("story"),
        "use_discretion": request["use_discretion"],
    }


def approving(core: Core, task: Entry, asked: Asked) -> Callable[[Session], Entry]:
    """The work of ``approve``: the approver's own authority, caps and discretion decide."""

    def work(session: Session) -> Entry:
        turn, uses = take_turn(core, session, asked)
        refuse_requester(task, asked.standing or Standing(asked.inputs.employee, asked.inputs.role))
        refuse_resolved(session, task, CLOSED)
        requester = task.body["employee"]
        decided = decide_now(asked, uses, turn.now, requester["role"])
        more: dict[str, Any] = {"of": task.id, "requester": requester}
        if decided.outcome != "grant":
            return append_decision(turn, asked, decided, "decide", {"tried": "approve", **more})
        charges = charges_of(asked, decided)
        more["charges"] = [said for said, _ in charges]
        entry = append_decision(turn, asked, decided, "approve", more)
        spend(turn, charges)
        turn.resolve(task.seq, CLOSED)
        return entry

    return work


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
        ladder = library.get(session, target.body["policy"]["digest"]).model.ladder
        _refuse_too_low(target, who.role, ladder)
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
        raise NotAllowed(f"{target.id} is a {target.kind}, not a task")
    return target


def refuse_requester(task: Entry, who: Standing) -> None:
    """Raises :class:`remit.NotAllowed` where the one who asked would answer, or somebody who acts for them."""
    if same_person(who, task):
        raise NotAllowed(f"{task.employee} asked for {task.id}, and nobody answers what they asked themselves")


def _refuse_too_low(task: Entry, role: str, ladder: Sequence[str]) -> None:
    refuse_role(ladder, role)
    lowest = task.body["decision"]["approver"]
    needed = ladder.index(lowest) if lowest is not None else ladder.index(task.body["employee"]["role"]) + 1
    if ladder.index(role) < min(needed, len(ladder) - 1):
        lowest_title, title = (words.a(words.name(each)) for each in (ladder[min(needed, len(ladder) - 1)], role))
        raise NotAllowed(f"{task.id} is for {lowest_title} or above to answer, not for {title}")


def open_tasks(session: Session, library: Library, role: str | None) -> list[Task]:
    """The tasks that wait, oldest first; with ``role`` only those that this role may answer."""
    out: list[Task] = []
    last = 0
    while page := session.rows(_OPEN, (last,)):
        for seq, to in page:
            entry = fetch(session, seq)
            if entry is not None and (role is None or _may_answer(session, library, entry, role)):
                out.append(Task(entry, to))
        last = page[-1][0]
    return out


def _may_answer(session: Session, library: Library, task: Entry, role: str) -> bool:
    ladder = library.get(session, task.body["policy"]["digest"]).model.ladder
    try:
        _refuse_too_low(task, role, ladder)
    except NotAllowed:
        return False
    return True
