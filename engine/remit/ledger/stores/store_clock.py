"""The time of a store: the computer's for a file, the server's for a database that desks share.

Between two answers of a server its time is the last one and the seconds since, so that a desk whose own clock is wrong writes
the same time as all others. Seconds are counted by a clock that nobody can set and that goes on while the computer sleeps:
against it a jump of the computer's clock, or of the server's, shows while the store is open.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["ComputerClock", "StoreClock"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime_ns") else None


def _elapsed() -> int:
    """Microseconds since some moment."""
    return (time.monotonic_ns() if _STEADY is None else time.clock_gettime_ns(_STEADY)) // 1000


def computer_micros() -> int:
    """What the computer's clock says, in microseconds since 1970."""
    return time.time_ns() // 1000


class StoreClock:
    """A clock that follows what it was last :meth:`set` to."""

    def __init__(self) -> None:
        self._shift: int | None = None
        self._first = 0

    def __call__(self) -> datetime:
        """The time, in UTC."""
        return _EPOCH + timedelta(microseconds=_elapsed() + (self._shift or 0))

    def set(self, micros: int) -> None:
        """Take ``micros`` (since 1970) for the time as it is now."""
        shift = micros - _elapsed()
        if self._shift is None:
            self._first = shift
        self._shift = shift

    def jumped(self) -> int:
        """By how many microseconds it is ahead of where it would be if it had never been set again."""
        return (self._shift or 0) - self._first

    def noted(self, micros: int) -> int:
        """What a record notes as the clock at ``micros``: the computer's, where that is more than a second off."""
        own = max(0, computer_micros())
        return own if abs(own - micros) > 1_000_000 else micros


class ComputerClock(StoreClock):
    """The clock of this computer."""

    def __init__(self) -> None:
        super().__init__()
        self.set(computer_micros())

    def __call__(self) -> datetime:
        """The time, in UTC."""
        self.set(computer_micros())
        return super().__call__()
