"""Group commit: many threads, one transaction at a time, one wait for the disk for all who were waiting.

The first thread to come leads: it takes all that is waiting, does it in one transaction and commits. Those who come in the
meantime wait; when the leader is done, the first of them leads the next round. Nobody is told anything before the commit is
durable. A piece of work that raises leaves nothing behind and spoils nothing for the others; where the commit itself fails, all
of its round are told, and nothing of the round was written.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from copy import copy
from typing import Any, Final, Generic, TypeVar

from remit.errors import LedgerUnavailable
from remit.ledger.stores.store import Session, Store

__all__ = ["Committer"]

T = TypeVar("T")

#: At most so many pieces of work in one transaction, so that other processes get their turn.
_MOST: Final = 256


class _Job(Generic[T]):
    __slots__ = ("done", "error", "leads", "result", "wake", "work")

    def __init__(self, work: Callable[[Session], T]) -> None:
        self.work = work
        self.wake = threading.Lock()
        self.wake.acquire()
        self.leads = False
        self.done = False
        self.result: T | None = None
        self.error: BaseException | None = None


class Committer:
    """Runs pieces of work in the write transactions of ``store``, several in one where several wait."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._guard = threading.Lock()
        self._waiting: deque[_Job[Any]] = deque()
        self._led = False

    def run(self, work: Callable[[Session], T]) -> T:
        """Do ``work`` in a transaction; when this returns, what it wrote is durable. Raises what ``work`` raised, or what kept
        it from being committed. ``work`` may be run again where a transaction failed before it was committed."""
        job = _Job(work)
        with self._guard:
            self._waiting.append(job)
            if not self._led:
                self._led = job.leads = True
        if not job.leads:
            try:
                job.wake.acquire()  # until it is done, or it is this thread's turn to lead
            except BaseException:  # an interrupt from the keyboard
                self._withdraw(job)
                raise
        if not job.done:
            self._lead()
        if job.error is not None:
            raise job.error
        return job.result  # type: ignore[return-value]

    def _lead(self) -> None:
        with self._guard:
            batch = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
        try:
            self._commit(batch)
        finally:
            self._hand_over()
            for job in batch[1:]:
                job.wake.release()

    def _hand_over(self) -> None:
        with self._guard:
            following = self._waiting[0] if self._waiting else None
            self._led = following is not None
            if following is not None:
                following.leads = True
                following.wake.release()

    def _withdraw(self, job: _Job[Any]) -> None:
        with self._guard:
            waited = job in self._waiting
            if waited:
                self._waiting.remove(job)
        if waited and job.leads:
            self._hand_over()

    def _commit(self, batch: list[_Job[Any]]) -> None:
        def together(session: Session) -> None:
            for job in batch:
                job.error = None
                try:
                    job.result = job.work(session)
                except self._store.failures:
                    raise  # the database itself: the transaction is lost
                except Exception as error:
                    session.discard()
                    job.error = error
                else:
                    session.flush()

        failed: BaseException | None = LedgerUnavailable("the writer was interrupted; nothing was written, try again")
        try:
            self._store.write(together)
            failed = None
        except Exception as error:
            failed = error
        finally:
            for job in batch:
                job.error = copy(failed) if failed is not None else job.error
                job.done = True
