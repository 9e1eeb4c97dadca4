"""Telling a service that a task has arrived or become overdue: never with a fact, an amount or a story."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from remit.language.fast_dataclass import dataclass
from remit.ledger.log.entry import Entry

__all__ = ["Announcer", "TaskNotice"]

#: How long a task that is on record waits for the hook, in seconds.
_PATIENCE: Final = 5.0

#: Calls that have not come back. With so many, no more are made until one does.
_MOST_HANGING: Final = 8


@dataclass(frozen=True, slots=True)
class TaskNotice:
    """That a task has arrived (``event`` is ``task``) or become overdue (``overdue``), and whom it is for now (``to``: a role,
    or ``owner:NAME``). ``id`` and ``number`` are the task's, ``policy`` is the id of its policy, ``since`` when it was sent up,
    ``due`` by when it should be answered, ``ledger`` and ``ledger_name`` where it is, ``link`` how to open it. Nothing in it
    is about the customer or the case."""

    event: Literal["task", "overdue"]
    id: str
    number: int
    policy: str
    to: str
    since: datetime
    due: datetime | None
    ledger: str
    ledger_name: str
    link: str

    @classmethod
    def of(cls, task: Entry, entry: Entry, ledger_name: str) -> TaskNotice:
        """By the record that opened ``task``, and the ``entry`` that says for whom it is now: the same one, or an ``overdue``.
        ``ledger_name`` is where the ledger is, for people."""
        body = task.body
        due = datetime.fromisoformat(body["due"]) if "due" in body else None
        return cls(
            "overdue" if entry.kind == "overdue" else "task",
            task.id,
            task.seq,
            body["policy"]["id"],
            entry.body["to"],
            task.recorded,
            due,
            body["ledger"],
            ledger_name,
            f"remit tasks {task.seq}",
        )

    def to_dict(self) -> dict[str, Any]:
        """For JSON; moments as ISO 8601."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return plain | {"since": self.since.isoformat(), "due": self.due.isoformat() if self.due is not None else None}


class Announcer:
    """Calls a hook, so that nothing that it does breaks or holds up what was put on record."""

    def __init__(self, call: Callable[[TaskNotice], Any]) -> None:
        self._call = call
        self._hanging: list[threading.Thread] = []

    def tell(self, notices: Sequence[TaskNotice]) -> None:
        """Call it with each, in a thread that is waited for only so long."""
        self._hanging = [each for each in self._hanging if each.is_alive()]
        if len(self._hanging) >= _MOST_HANGING:
            _warn("on_task was not called for %s: %s earlier calls have not come back", notices, len(self._hanging))
            return
        thread = threading.Thread(target=self._tell, args=(notices,), name="remit-on-task", daemon=True)
        thread.start()
        thread.join(_PATIENCE)
        if thread.is_alive():
            self._hanging.append(thread)
            _warn("on_task has not come back for %s after %s seconds", notices, int(_PATIENCE))

    def _tell(self, notices: Sequence[TaskNotice]) -> None:
        for notice in notices:
            try:
                self._call(notice)
            except Exception as error:  # its words may hold an address or a password: only its kind is said
                _warn("on_task failed for %s with %s", [notice], type(error).__name__)


def _warn(message: str, notices: Sequence[TaskNotice], *more: Any) -> None:
    import logging  # most hooks work

    numbers = ", ".join(f"task {each.number}" for each in notices[:3]) + (" and others" if len(notices) > 3 else "")
    logging.getLogger("remit.tasks").warning(f"{message}; what was put on record stays", numbers, *more)
