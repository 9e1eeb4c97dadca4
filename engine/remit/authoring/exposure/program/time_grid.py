"""The moments at which something is worth giving.

Caps only bound sums over windows. So any schedule can be moved to the left, one grant after another, until each is at the first
moment, where a calendar window begins, or exactly one rolling window after another grant: there it counts no more than before.
The horizon itself may begin anywhere. It is moved to the left, too, until the first grant is where a calendar window begins, or
until the last grant is at such a moment and the horizon ends right after it. These moments are few, whatever the horizon.

Times are microseconds since 1970, UTC, and windows are those of the ledger (:mod:`remit.ledger.caps.windows`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from remit.ledger.caps.windows import as_micros, length_in_micros, span_of
from remit.policy.model import Window

__all__ = ["WindowCalendar", "TimeGrid", "Rows", "every_day", "grids"]

#: Which moments of a grid are in the same window: the numbers of the first and the last of each.
Rows = tuple[tuple[int, int], ...]

_DAY: Final = 86_400_000_000
_MINUTE: Final = 60_000_000
#: The calendar repeats itself after four years, but for weekdays and for the years 2100 and so on.
_YEARS: Final = 4 * 366 * _DAY
#: No more moments are laid out, and no more beginnings of the horizon tried.
MOST_POINTS: Final = 4_000
_MOST_STARTS: Final = 1_500


class WindowCalendar:
    """When the calendar windows of a policy begin, from ``start`` on."""

    def __init__(self, windows: Sequence[Window], timezone: str, start: date, length: int) -> None:
        self.timezone, self.length = timezone, length
        self.start = as_micros(datetime.combine(start, time(12), ZoneInfo(timezone)))
        self.windows = tuple(dict.fromkeys(each for each in windows if each.kind == "calendar"))
        rolling = {length_in_micros(each.length) for each in windows if each.length is not None}
        self.rolling = tuple(sorted(each for each in rolling if each < length))
        #: How long before the end of a window something can still be given. Everything else is far longer.
        self.moment = min([_MINUTE, *(each // 16 for each in rolling)])

    @cached_property
    def edges(self) -> dict[Window, list[int]]:
        """When each kind of window begins, from a little before the start to after the last horizon that is tried."""
        end = self.start + (_YEARS + 2 * self.length if self.windows else 0)
        return {each: list(self._edges(each, end)) for each in self.windows}

    def _edges(self, window: Window, end: int) -> Iterator[int]:
        at = self.start
        while at <= end:
            span = span_of(window, at, self.timezone)
            assert span.after is not None
            yield span.after + 1
            if span.end is None:
                return
            at = span.end

    @cached_property
    def sums(self) -> list[int]:
        """How long after each other grants can be that are just not in the same rolling windows."""
        found, new = {0}, {0}
        while new and len(found) <= MOST_POINTS:
            new = {each + length for each in new for length in self.rolling if each + length < self.length} - found
            found |= new
        return sorted(found)

    def starts(self) -> tuple[list[int], bool]:
        """The moments at which a horizon may best begin, the earliest first, and whether these are all."""
        if not self.windows:
            return [self.start], True
        anchors = sorted({edge for window in self.windows for edge in self._anchors(window)})
        first, last = self.start + self.length, self.start + self.length + _YEARS
        found = {edge for edge in anchors if self.start <= edge <= self.start + _YEARS}
        before = self.length - self.moment
        ends = [edge for edge in anchors if first <= edge <= last]
        for added in self.sums:
            found |= {edge + added - before for edge in ends}
            if len(found) > _MOST_STARTS:
                break
        out = sorted(found)
        return (out[:_MOST_STARTS], len(out) <= _MOST_STARTS)

    def _anchors(self, window: Window) -> Iterator[int]:
        """The beginnings that may make a difference. Days are alike, and so are weeks, but for those on which the clocks
        change: where there is no other window, every thirtieth will do, with those beside a change."""
        edges = self.edges[window]
        size = {"day": _DAY, "week": 7 * _DAY}.get(window.unit or "", 0)
        changes = [number for number, (one, other) in enumerate(pairwise(edges)) if other - one != size]
        if not size or len(self.windows) > 1 or (self.rolling and changes):
            yield from edges
            return
        beside = {number + near for number in changes for near in (-1, 0, 1, 2)}
        yield from (edge for number, edge in enumerate(edges) if number % 30 == 0 or number in beside)


@dataclass(frozen=True)
class TimeGrid:
    """The moments of one horizon, from ``points[0]`` on for ``length`` microseconds."""

    points: tuple[int, ...]
    length: int
    calendar: WindowCalendar

    def rows(self, window: Window) -> Rows:
        """The windows that are in no other: of rolling ones, those that end at a moment."""
        if window.kind == "calendar":
            return tuple(self._calendar_rows(window))
        last = len(self.points) - 1
        if window.length is None or length_in_micros(window.length) >= self.length:
            return ((0, last),)
        ending = [(first, number) for number, first in enumerate(self.firsts(window))]
        return tuple(row for row, after in zip(ending, [*ending[1:], None], strict=True) if after is None or after[0] != row[0])

    def firsts(self, window: Window) -> list[int]:
        """For each moment, the first one that is in the same window, as the ledger sees it then."""
        if window.kind == "calendar":
            edges = self.calendar.edges[window]
            return [bisect_left(self.points, edges[bisect_right(edges, at) - 1]) if at >= edges[0] else 0 for at in self.points]
        if window.length is None:
            return [0] * len(self.points)
        length = length_in_micros(window.length)
        return [bisect_right(self.points, at - length) for at in self.points]

    def _calendar_rows(self, window: Window) -> Iterator[tuple[int, int]]:
        first = 0
        edges = self.calendar.edges[window]
        for edge in edges[bisect_right(edges, self.points[0]) :]:
            number = bisect_left(self.points, edge)
            if number > first:
                yield first, number - 1
            first = number
            if number == len(self.points):
                return
        yield first, len(self.points) - 1


def grids(windows: Sequence[Window], timezone: str, start: date, length: timedelta) -> tuple[list[TimeGrid], bool]:
    """The grids of all horizons of that ``length`` that differ, from ``start`` on, and whether these are all.

    Raises ``ValueError`` where a horizon has too many moments."""
    calendar = WindowCalendar(windows, timezone, start, length_in_micros(length))
    starts, complete = calendar.starts()
    found: dict[object, TimeGrid] = {}
    for each in starts:
        grid = TimeGrid(_points(calendar, each), calendar.length, calendar)
        found.setdefault((len(grid.points), *(grid.rows(window) for window in windows)), grid)
    return list(found.values()), complete


def every_day(windows: Sequence[Window], timezone: str, start: date, length: timedelta) -> list[TimeGrid]:
    """The same with a moment on every day of the horizon, whatever is worth it: slower, and it needs no argument."""
    calendar = WindowCalendar(windows, timezone, start, length_in_micros(length))
    days = range(0, calendar.length, _DAY)
    return [TimeGrid(tuple(each + day for day in days), calendar.length, calendar) for each in calendar.starts()[0]]


def _points(calendar: WindowCalendar, start: int) -> tuple[int, ...]:
    end = start + calendar.length
    new = {start}
    for edges in calendar.edges.values():
        new.update(edges[bisect_right(edges, start) : bisect_left(edges, end)])
    found: set[int] = set()
    while new:
        found |= new
        if len(found) > MOST_POINTS:
            raise ValueError("the windows are so short that there are too many moments to try; ask for a shorter time")
        new = {at + length for at in new for length in calendar.rolling if at + length < end} - found
    return tuple(sorted(found))
