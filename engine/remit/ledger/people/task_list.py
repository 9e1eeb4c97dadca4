"""The tasks that wait, and who may answer them."""

from __future__ import annotations

from datetime import datetime

from remit.errors import NotAllowed
from remit.language.fast_dataclass import dataclass
from remit.ledger.log.entry import Entry
from remit.ledger.people.agreeing import addressee, agreed
from remit.ledger.people.tasks import refuse_too_low
from remit.ledger.policy_library import Library
from remit.ledger.stores.store import Session
from remit.ledger.transaction import fetch

__all__ = ["Task", "may_answer", "open_tasks"]

_OPEN = (
    "SELECT t.seq, t.role FROM task AS t WHERE t.seq > ? "
    "AND NOT EXISTS (SELECT 1 FROM resolution AS r WHERE r.target = t.seq AND r.step = 1) ORDER BY t.seq LIMIT 200"
)


@dataclass(frozen=True, slots=True)
class Task:
    """A task that waits. ``entry`` is the record that opened it: request, facts and decision. ``role`` is the lowest role that
    could approve it as it was asked (``None``: nobody; it is for the policy's owner). ``addressee`` is whom it is for now: a
    role or ``owner:NAME``; what is ``overdue`` is for the next role up. ``agreed`` are those who have agreed already."""

    entry: Entry
    role: str | None
    addressee: str
    agreed: tuple[str, ...] = ()
    overdue: bool = False

    @property
    def id(self) -> str:
        """The id to approve or decline."""
        return self.entry.id

    @property
    def count(self) -> int:
        """How many must agree."""
        return int(self.entry.body.get("approvals", {}).get("count", 1))

    @property
    def due(self) -> datetime | None:
        """By when it should be answered."""
        found = self.entry.body.get("due")
        return datetime.fromisoformat(found) if found is not None else None

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that whoever answers must know, too (and ``case``); ``approve`` takes them as ``facts``."""
        return tuple(self.entry.body.get("missing", ()))

    @property
    def since(self) -> datetime:
        """When it was sent up."""
        return self.entry.recorded


def open_tasks(session: Session, library: Library, role: str | None, now: datetime) -> list[Task]:
    """The tasks that wait, oldest first; with ``role`` only those that this role may answer."""
    out: list[Task] = []
    last = 0
    while page := session.rows(_OPEN, (last,)):
        for seq, to in page:
            entry = fetch(session, seq)
            if entry is not None and (role is None or may_answer(session, library, entry, role)):
                model = library.of(session, entry.body).model
                names = tuple(dict.fromkeys(str(each.employee) for each in agreed(session, entry)))
                overdue = "due" in entry.body and datetime.fromisoformat(entry.body["due"]) < now
                out.append(Task(entry, to, addressee(model, entry.body, now), names, overdue))
        last = page[-1][0]
    return out


def may_answer(session: Session, library: Library, task: Entry, role: str) -> bool:
    """Whether a role may answer a task."""
    model = library.of(session, task.body).model
    try:
        refuse_too_low(task, role, model)
    except NotAllowed:
        return False
    return True
