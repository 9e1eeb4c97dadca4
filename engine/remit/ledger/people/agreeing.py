"""Who must agree to what was sent up, and by when (``approvals`` of a policy).

Where several must agree, each but the last is on record as ``agree``; the last one's approval gives. Each has authority for all
of it, and they agree to the same: an answer that gives something else counts anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from remit.decision.inputs import Inputs
from remit.errors import NotAllowed, NotGranted
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity
from remit.language.locales.messages import ARole, Message, Sentence
from remit.language.values import Unknown
from remit.ledger.caps.windows import LAST_MOMENT
from remit.ledger.log.entry import Entry, moment
from remit.ledger.people.standing import Standing
from remit.ledger.refunds import REVIEWED
from remit.ledger.stores.store import Session
from remit.ledger.transaction import fetch
from remit.policy.fact_values import read_fact
from remit.policy.model import Model
from remit.readings.numbers.reference import Scope, condition

__all__ = [
    "CANNOT_APPROVE",
    "FIRST",
    "Wanted",
    "addressee",
    "agreed",
    "answer_of",
    "deadlines",
    "refuse_agreed",
    "refuse_lower",
    "wanted",
]

#: That an approval is not covered by somebody's authority, and why.
CANNOT_APPROVE: Final = Sentence("{who} cannot approve it: {why}")

#: The steps of :mod:`remit.ledger.stores.schema_tables` from which on those who agreed to a task stand.
FIRST: Final = 3

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many must agree, at least in which role, and within which time."""

    count: int = 1
    by: str | None = None
    within: timedelta | None = None

    def recorded(self) -> dict[str, Any]:
        """As the record of a task has it; nothing where one approval by whoever could grant it will do."""
        out: dict[str, Any] = {} if self.count == 1 and self.by is None else {"count": self.count}
        return out if self.by is None else {**out, "by": self.by}


def wanted(model: Model, inputs: Inputs, history: Mapping[str, Any]) -> Wanted:
    """What the policy wants for a request: the most people, the highest role and the shortest time of all that hold or may
    hold."""
    known = ((model.facts[name], value) for name, value in history.items() if not isinstance(value, Unknown))
    scope = Scope.of(model, inputs, history={fact.name: read_fact(fact, value, strict=False) for fact, value in known})
    found = [each for each in model.approvals if condition(scope, each.when)[0] is not False]
    roles = [each.by for each in found if each.by is not None]
    times = [each.within for each in found if each.within is not None]
    return Wanted(
        max((each.count for each in found), default=1), max(roles, key=model.rank, default=None), min(times, default=None)
    )


def addressee(model: Model, task: Mapping[str, Any], now: datetime) -> str:
    """Whom a task is for: the role that it was sent to, or a higher one that the policy wants; and for each time that it has
    waited too long, the next role up, and at last the owner."""
    to, by = str(task["to"]), task.get("approvals", {}).get("by")
    rank = max(model.rank(each) for each in (to, by) if each is not None)
    if "due" in task:
        sent, due = (datetime.fromisoformat(task[name]) for name in ("recorded", "due"))
        rank += max(0, (now - sent - _INSTANT) // (due - sent))
    return (*model.ladder, model.owner_role)[min(rank, len(model.ladder))]


def deadlines(model: Model, task: Mapping[str, Any], now: int, within: int) -> dict[str, Any]:
    """By when a task should be answered, and from when on it is for whom, as its record says it."""

    def whom(at: int) -> str:
        return addressee(model, told, datetime.fromisoformat(moment(at)))

    told = {**task, "recorded": moment(now), "due": moment(min(now + within, LAST_MOMENT))}
    rises: list[dict[str, str]] = []
    to, at = whom(now), now + within + 1
    while to != model.owner_role and at <= LAST_MOMENT:
        to = whom(at)
        rises.append({"at": moment(at), "to": to})
        at += within
    return {"due": told["due"], "rises": rises}


def answer_of(entry: Entry) -> Any:
    """What somebody agreed to: the amounts, the case, and all that was known but for the facts of whoever answers."""
    facts = {name: value for name, value in entry.facts(reveal=True).items() if not name.startswith("employee.")}
    return entry.body["decision"]["asked"], entry.case, facts


def agreed(session: Session, task: Entry, answer: Any = None) -> list[Entry]:
    """The records of those who agreed to this (:func:`answer_of`; ``None``: to whatever)."""
    sql = "SELECT seq FROM resolution WHERE target = ? AND step >= ? AND step < ? ORDER BY step"
    rows = session.rows(sql, (task.seq, FIRST, REVIEWED))
    found = [entry for (seq,) in rows if (entry := fetch(session, seq)) is not None]
    return [entry for entry in found if answer is None or answer_of(entry) == answer]


def refuse_agreed(who: Standing, so_far: list[Entry]) -> None:
    """Raises :class:`remit.errors.NotAllowed` where they agreed before, or one of the two acts for the other: two signatures
    are two people's."""
    mine = {identity(each) for each in (who.id, who.acting.id if who.acting is not None else None) if each}
    for entry in so_far:
        theirs = entry.body["employee"]
        names = (theirs["id"], theirs.get("acting", {}).get("for"))
        if not mine.isdisjoint({identity(each) for each in names if each}):
            raise NotAllowed(
                Message(
                    "{who} has agreed already, by {record}; somebody else must agree, too", who=entry.employee, record=entry.id
                )
            )


def refuse_lower(model: Model, by: str | None, who: Standing, decision: Any) -> None:
    """Raises :class:`remit.errors.NotGranted` where the policy wants a higher role to agree than theirs."""
    if by is not None and model.rank(who.role) < model.rank(by):
        why = Message("the policy wants {role} or above to agree", role=ARole(by))
        raise NotGranted(Message(CANNOT_APPROVE, who=who.id, why=why), decision)
