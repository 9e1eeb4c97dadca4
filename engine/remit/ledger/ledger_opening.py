"""Opening a ledger, and making one from an export."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from remit.ledger.arguments import CALL, NUMBER, PATH, SECRET, expect, maybe
from remit.ledger.ledger import Ledger
from remit.ledger.people.roster import RosterSource
from remit.ledger.people.task_notice import TaskNotice
from remit.ledger.stores import opening
from remit.ledger.stores.private_files import open_text

__all__ = ["import_ledger", "open_ledger"]


def open_ledger(
    url: str | os.PathLike[str],
    *,
    clock: Callable[[], datetime] | None = None,
    timeout: float = 30.0,
    secret: bytes | None = None,
    schema: str = "remit",
    repeat_within: timedelta = timedelta(minutes=10),
    roster: RosterSource | None = None,
    ledger: str | None = None,
    max_clock_jump: timedelta = timedelta(days=1),
    on_task: Callable[[TaskNotice], Any] | None = None,
    cache: str | os.PathLike[str] | None = None,
) -> Ledger:
    """Open a ledger, and make it where there is none.

    ``url`` is a file (SQLite), ``postgresql://...``, or ``:memory:`` (gone when closed; for tests). ``clock`` gives the time,
    with a time zone; where it is left out, it is the computer's for a file and the server's for PostgreSQL. ``max_clock_jump``:
    where it is further behind the last record, or has jumped further ahead since the ledger was opened, nothing is written
    (:class:`remit.errors.LedgerUnavailable`). ``timeout`` is in seconds: how long to wait for other writers.
    ``secret`` is what the series of caps are named with; where it is left out it is kept beside the ledger. ``schema`` is the
    schema of a PostgreSQL database. ``repeat_within``: when the same employee gives the same to the same customer (the same ids
    and case) within this time and without a key, the outcome is ``ask`` and the key is missing; ``timedelta(0)``: never.
    ``roster`` is a service's own list of employees: a function that gives for an id the row of a roster file as a mapping, or
    ``None`` for somebody who does not work here. Without it, the roster that was published into the ledger counts. ``ledger``
    is the id that the ledger has (:attr:`remit.Ledger.id`): then none is made, and :class:`remit.LedgerError` is raised where
    there is none or another, with both ids. ``on_task`` is called with a :class:`remit.ledger.TaskNotice` when a task has
    arrived or become overdue, in a thread of its own, once that is on record. Whatever it does, the task stays on record; the
    ledger waits for it at most 5 seconds, and logs a warning (``remit.tasks``) where it fails or takes longer. ``cache`` is a
    folder that only its owner can write: what was read of the roster is kept there for the next program that opens the ledger,
    sealed with the secret.
    """
    return Ledger(
        url,
        clock=clock,
        timeout=timeout,
        secret=secret,
        schema=schema,
        repeat_within=repeat_within,
        roster=roster,
        ledger=ledger,
        max_clock_jump=max_clock_jump,
        on_task=on_task,
        cache=cache,
    )


def import_ledger(
    export: str | os.PathLike[str],
    url: str | os.PathLike[str],
    *,
    secret: bytes,
    clock: Callable[[], datetime] | None = None,
    timeout: float = 30.0,
    schema: str = "remit",
    progress: Callable[[int, int], None] | None = None,
    through: int | None = None,
) -> Ledger:
    """Make a new ledger at ``url`` from ``export``, a whole export of another, and open it. ``clock``, ``timeout`` and
    ``schema`` are those of :func:`open_ledger`.

    ``secret`` is that of the exported ledger; a file ledger gets it written beside it, a ledger in PostgreSQL must be opened
    with it from now on. ``through`` is the number of the last record to take in (all, where it is left out): so a ledger
    goes on from before a record that a wrong clock wrote. ``progress`` is told (how many records were taken in, how many there
    are).
    """
    from remit.ledger.log.importing import take_in

    expect(export=(export, PATH), secret=(secret, SECRET), progress=(progress, maybe(CALL)), through=(through, maybe(NUMBER)))
    store = opening.open_store(url, timeout=timeout, schema=schema)
    try:
        with open_text(Path(export), errors="surrogateescape") as file:  # so that the line is told
            take_in(store, secret, file, progress or (lambda done, of: None), through)
        opening.keep_secret(store, secret)
    finally:
        store.close()
    return Ledger(url, clock=clock, timeout=timeout, secret=secret, schema=schema)
