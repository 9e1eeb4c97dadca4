"""Permissions: what was approved without being given (``approve(give=False)``). The one who asked gives it before that runs
out, once: by sending the same request again with the same key, or by naming the task.

It is decided anew, by the authority and the caps of whoever permitted it, as they are by then, under the policy of the task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Final

from remit.decision.request import find_fact
from remit.errors import KeyConflict, NotAllowed, NotGranted
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity
from remit.language.locales.messages import Message
from remit.ledger.arguments import person
from remit.ledger.asking import prepare
from remit.ledger.caps.tally import read_uses, uses_queries
from remit.ledger.caps.windows import as_datetime
from remit.ledger.log.entry import Entry
from remit.ledger.log.record_ids import seq_of
from remit.ledger.log.searching import year_before
from remit.ledger.people.standing import Standing
from remit.ledger.people.tasks import decided_by, find_task, giving, next_signature, refuse_requester
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import request_again
from remit.ledger.refunds import CLOSED, resolution_of
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, OperationKey, Repeated, Turn, bound, fetch, permission
from remit.policy.model import Model

__all__ = ["Permission", "taking_up", "using", "waiting_permissions"]

#: The permissions for what an employee sent up that no record has used, oldest first.
_UNUSED: Final = (
    "SELECT r.seq, r.body, p.facts FROM record AS own JOIN resolution AS x ON x.target = own.seq AND x.step = 1 "
    "JOIN record AS r ON r.seq = x.seq LEFT JOIN private AS p ON p.seq = r.seq "
    "WHERE own.employee = ? AND own.kind = 'escalate' AND own.seq > ? AND r.kind = 'permit' "
    "AND NOT EXISTS (SELECT 1 FROM resolution AS u WHERE u.target = r.seq AND u.step = 1) ORDER BY r.seq"
)
_KEY: Final = "SELECT digest, seq FROM request_key WHERE name = ?"
_CHANGED: Final = "SELECT 1 FROM policy WHERE id = ? AND seq > ? LIMIT 1"


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission that can still be used. ``entry`` is its record: what was permitted (``entry.decision.asked``), the case,
    and by whom (``entry.employee``). ``until`` is when it runs out, and ``task`` the number of the task that it answers.
    ``changed``: another text of the policy came into the ledger since the task was opened; the permission counts all the
    same. ``model`` is the policy under which it was permitted."""

    entry: Entry
    task: int
    until: datetime
    changed: bool = False
    model: Model = field(compare=False, repr=False, kw_only=True)

    @property
    def task_id(self) -> str:
        """The id of the task, for :meth:`remit.Ledger.use_permission`."""
        return str(self.entry.of)

    def concerns(self, policy: str, request: Mapping[str, Any]) -> bool:
        """Whether ``request``, under the policy with this id, is about the same case or the same customer, as far as both say
        which one. Where they name another id of anything (another stay of the same guest), they are not."""
        if policy != self.model.id:
            return False
        mine, facts = self.entry.facts(reveal=True), request["facts"]
        ids = [name for name, fact in self.model.facts.items() if fact.is_id and not name.startswith("employee.")]
        pairs = {name: (mine.get(name), find_fact(facts, name)) for name in ids}
        pairs["(case)"] = self.entry.case, request.get("case")
        same = {name: _alike(*pair) for name, pair in pairs.items() if None not in pair}
        return all(same.values()) and not same.keys().isdisjoint(("(case)", *self.model.customer_facts))


def _alike(one: Any, other: Any) -> bool:
    return identity(str(one)) == identity(str(other))


def waiting_permissions(session: Session, library: Library, employee: str, now: int) -> list[Permission]:
    """What others permitted an employee and can still be given, oldest first: of what they sent up in the year before ``now``
    (microseconds since 1970). What cannot be given any more is left out, also where personal facts of it were erased."""
    rows = session.rows(_UNUSED, (employee, year_before(session, now)))
    return [each for row in rows for each in _waiting(session, library, Entry.read_from(*row), as_datetime(now))]


def _waiting(session: Session, library: Library, permit: Entry, now: datetime) -> Iterator[Permission]:
    task, until = seq_of(str(permit.of)), _until(permit)
    if task is None or until <= now or _erased(permit) or _key_is_spent(session, permit):
        return
    model = library.of(session, permit.body).model
    changed = bool(session.rows(_CHANGED, (model.id, task)))
    yield Permission(permit, task, until, changed, model=model)


def _key_is_spent(session: Session, permit: Entry) -> bool:
    """Whether the key gave something already, or was used for another request."""
    permits = permit.body["permits"]
    row = session.one(_KEY, (bound("grant", permits["key"]),))
    if row is None:
        return False
    made = fetch(session, row[1])
    return row[0] != permits["digest"] or made is None or made.granted


def taking_up(core: Core, library: Library, task_id: str, employee: Mapping[str, Any]) -> Callable[[Session], Entry]:
    """The work of ``use_permission``: give what the one who opened a task was permitted, as the grant of the same request with
    its key does. Both go by that key, so that it is given once. Raises :class:`remit.NotAllowed` where it cannot be given, and
    says why."""

    def work(session: Session) -> Entry:
        task = find_task(session, task_id)
        _refuse_others(core, task, employee)
        permit = _permit_of(session, task)
        permits = permit.body["permits"]
        key = OperationKey(permits["key"], "grant", permits["digest"])
        try:
            turn, _ = Turn.take(core, session, key)
            turn.permit = turn.permit or permission(session, key, turn.now)
        except KeyConflict:
            told = Message(
                "another request was sent with the key of task {number} since; send this one up again", number=task.seq
            )
            raise NotAllowed(told) from None
        except Repeated as known:
            if known.entry.granted:
                raise
            raise _has_run_out(task, permit) from None  # it is the refusal that there was first
        if turn.permit is None:
            raise _has_run_out(task, permit)
        if _erased(permit):
            raise NotAllowed(
                Message(
                    "personal facts of task {number} were erased since, so it cannot be given; send up a new request",
                    number=task.seq,
                )
            )
        return using(core, library)(turn)

    return work


def _refuse_others(core: Core, task: Entry, employee: Mapping[str, Any]) -> None:
    """A permission is for the one who asked alone, not for those who act for them."""
    if core.staff:
        who = core.staff.standing(employee, core.time(), task.body["policy"]["id"]).id
    else:
        who = str(person(employee, needs_role=False)["id"])
    if identity(who) != identity(str(task.employee)):
        told = {"number": task.seq, "who": task.employee}
        raise NotAllowed(Message("task {number} was sent up by {who}, and only they can give what was permitted", **told))


def _permit_of(session: Session, task: Entry) -> Entry:
    """The permission that answers a task. Raises :class:`remit.NotAllowed` where it has no answer, or another one."""
    answer = resolution_of(session, task.seq, CLOSED)
    if answer is None:
        raise NotAllowed(Message("task {number} has no answer yet, so nothing is permitted", number=task.seq))
    told = {"number": task.seq, "who": answer.employee, "record": answer.seq}
    if answer.kind == "decline":
        raise NotAllowed(Message("task {number} was declined by {who}, with record {record}", **told))
    if answer.kind != "permit":
        raise NotAllowed(Message("task {number} was approved by {who}, and given with record {record}", **told))
    return answer


def _has_run_out(task: Entry, permit: Entry) -> NotAllowed:
    told = {"number": task.seq, "until": _until(permit)}
    return NotAllowed(
        Message("the permission for task {number} ran out at {until}; if it is still needed, send it up again", **told)
    )


def _until(permit: Entry) -> datetime:
    return datetime.fromisoformat(permit.body["permits"]["until"])


def _erased(permit: Entry) -> bool:
    return not permit.body.get("apart", {}).keys() <= permit.opened.keys()


def using(core: Core, library: Library) -> Callable[[Turn], Entry]:
    """The work of a grant for which there is a permission. Raises :class:`remit.errors.NotGranted` where the authority of
    whoever permitted it does not cover it any more; the permission stays."""

    def work(turn: Turn) -> Entry:
        permit, session = turn.permit, turn.session
        assert permit is not None
        body = permit.body
        policy = library.of(session, body)
        who = {name: body["employee"][name] for name in ("id", "role")}
        asked = prepare(core, policy, {**request_again(permit, policy.model), "employee": who}, "approve", task=permit.of)
        counters = asked.reading.counters(turn.now)
        uses = asked.reading.joined(read_uses(session, counters, session.ask(*uses_queries(counters))))
        standing = asked.standing or Standing(asked.inputs.employee, asked.inputs.role)
        task = find_task(session, str(permit.of))
        refuse_requester(task, standing)
        decided = decided_by(asked, uses, turn.now, standing, body["requester"]["role"], permit)
        if next_signature(session, task, asked, decided, standing) is not None:
            raise NotGranted(
                Message("{who} permitted it, and by now more people must agree to it", who=standing.id), decided.decision
            )
        return giving(turn, permit, asked, decided, body["requester"])

    return work
