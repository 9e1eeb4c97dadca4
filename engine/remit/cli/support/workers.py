"""Long work shared by several processes, its results in the order in which it came. Short work stays in this process."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["decided"]

#: How many requests are decided before it is worth while to start other processes, and how many each gets at a time.
_WORTH_IT: Final = 1_000
_BATCH: Final = 250

Work: TypeAlias = Callable[[Sequence[tuple[int, Any]]], tuple[str, Counter[str]]]
Done: TypeAlias = tuple[str, Counter[str], int]


def decided(work: Work, requests: Iterable[tuple[int, int, Any]], jobs: int) -> Iterator[Done]:
    """``work`` done on ``requests`` (number, length in bytes, request), batch by batch: what it gave, and the bytes it took.

    The first requests are answered one by one, as they come: a reader that waits for each answer gets it.
    """
    waiting = iter(requests)
    for count, (number, length, request) in enumerate(waiting, 1):
        yield (*work([(number, request)]), length)
        if count == _WORTH_IT and jobs > 1:
            break
    more = next(waiting, None)
    if more is not None:
        yield from _shared(work, chain([more], waiting), jobs)


def _shared(work: Work, requests: Iterator[tuple[int, int, Any]], jobs: int) -> Iterator[Done]:
    """By several processes. Each has a few batches to do, so that neither they nor the memory ever run out."""
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(jobs, initializer=_begin, initargs=(os.getpid(),))
    under_way: deque[tuple[Future[tuple[str, Counter[str]]], int]] = deque()
    try:
        for batch, length in _batches(requests):
            with _undisturbed():
                under_way.append((pool.submit(work, batch), length))
            if len(under_way) > jobs * 3:
                future, size = under_way.popleft()
                yield (*future.result(), size)
        while under_way:
            future, size = under_way.popleft()
            yield (*future.result(), size)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)  # at most a few batches; nobody is left behind


def _batches(requests: Iterator[tuple[int, int, Any]]) -> Iterator[tuple[list[tuple[int, Any]], int]]:
    batch: list[tuple[int, Any]] = []
    size = 0
    for number, length, request in requests:
        batch.append((number, request))
        size += length
        if len(batch) == _BATCH:
            yield batch, size
            batch, size = [], 0
    if batch:
        yield batch, size


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C waits until this is over; in processes that are started meanwhile it waits for good."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(first: int) -> None:
    """In each process: Ctrl-C reaches all of a terminal's processes, and ``first``, which started this one, will end it. Should
    that be killed itself, nothing would; so it is looked after."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def look_after() -> None:
        while os.getppid() == first:
            time.sleep(1)
        os._exit(1)

    Thread(target=look_after, daemon=True).start()
