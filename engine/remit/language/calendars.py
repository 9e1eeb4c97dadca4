"""Working days. A calendar is a frozen list of days off that stands in the policy itself, so that the same request decides
the same for ever; where the days come from (a public holiday package, say) is an author's matter, not the engine's."""

from __future__ import annotations

from datetime import date, timedelta

from remit.language.fast_dataclass import dataclass

__all__ = ["Calendar"]

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """``weekend`` holds ISO weekdays (Monday is 1). ``start`` and ``end`` (exclusive) bound what ``holidays`` covers."""

    name: str
    holidays: frozenset[date]
    start: date
    end: date
    weekend: frozenset[int] = frozenset((6, 7))

    def covers(self, day: date) -> bool:
        """Whether the calendar knows about ``day``."""
        return self.start <= day < self.end

    def is_working(self, day: date) -> bool | None:
        """Whether ``day`` is a working day; ``None`` where the calendar does not reach."""
        if not self.covers(day):
            return None
        return day.isoweekday() not in self.weekend and day not in self.holidays

    def add(self, day: date, count: int) -> date | None:
        """The ``count``-th working day after ``day`` (before it where negative; ``day`` itself where 0)."""
        step = _ONE if count >= 0 else -_ONE
        left = abs(count)
        while left:
            day += step
            working = self.is_working(day)
            if working is None:
                return None
            left -= working
        return day

    def between(self, first: date, last: date) -> int | None:
        """How many working days lie after ``first`` up to and including ``last``; negative where ``last`` is earlier."""
        if last < first:
            back = self.between(last, first)
            return None if back is None else -back
        if not self.covers(first) or not self.covers(last):
            return None
        day, count = first, 0
        while day < last:
            day += _ONE
            count += bool(self.is_working(day))
        return count
