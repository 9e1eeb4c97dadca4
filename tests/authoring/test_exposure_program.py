"""The integer program alone: few moments are enough, and it finds what trying everything finds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from remit.authoring.exposure.grant_kinds import GrantKind, GrantPart
from remit.authoring.exposure.program.independent_parts import Parts
from remit.authoring.exposure.program.integer_program import IntegerProgram
from remit.authoring.exposure.program.time_grid import TimeGrid, every_day, grids
from remit.authoring.exposure.subject import Bound, Gate
from remit.ledger.caps.windows import span_of
from remit.policy.model import Window
from support.trials import trials

START = date(2026, 1, 1)
DAY = 86_400_000_000


def rolling(days: int) -> Window:
    return Window("rolling", length=timedelta(days=days), text=f"{days} days")


def calendar(unit: Any) -> Window:
    return Window("calendar", unit=unit, text=f"calendar {unit}")


WINDOWS = st.one_of(
    st.integers(3, 15).map(rolling), st.sampled_from(["day", "week", "month"]).map(calendar), st.just(Window("lifetime"))
)


@st.composite
def bounds(draw: st.DrawFn, most: int = 4) -> list[Bound]:
    """Caps on amounts and on numbers of grants, at least one of each, so that all is bounded."""
    out = [
        Bound("amount", draw(WINDOWS), draw(st.integers(1, 6)) * 500, "amount", ("credit",)),
        Bound("grants", draw(WINDOWS), draw(st.integers(1, most)), "grants", ("credit",)),
    ]
    for number in range(draw(st.integers(0, 1))):
        if draw(st.booleans()):
            out.append(Bound(f"more-{number}", draw(WINDOWS), draw(st.integers(1, most)), "grants", ("credit",)))
        else:
            out.append(Bound(f"more-{number}", draw(WINDOWS), draw(st.integers(1, 20)) * 125, "amount", ("credit",)))
    return out


def kind(most: int, history: Mapping[str, tuple[int, int | None]] | None = None, stretch: int = 0) -> GrantKind:
    return GrantKind("clerk", {}, history or {}, {"credit": GrantPart(most)}, stretch=stretch)


def daily_most(found: Sequence[TimeGrid], kinds: Sequence[GrantKind], of: Sequence[Bound]) -> int:
    return max(IntegerProgram(grid, kinds, of, {}, 1).bound() for grid in found)


@pytest.mark.slow
@trials(60)
@given(bounds(), st.integers(1, 22), st.sampled_from(["UTC", "Europe/Amsterdam"]))
@example([Bound("g", calendar("month"), 1, "grants", ("credit",))], 30, "UTC")
@example([Bound("g", calendar("week"), 2, "grants", ("credit",)), Bound("h", rolling(10), 3, "grants", ("credit",))], 30, "UTC")
def test_a_moment_on_every_day_gives_no_more(of: list[Bound], days: int, timezone: str) -> None:
    """Of the horizons that are tried, and of horizons that begin on any day, a minute before midnight or at noon."""
    windows, length, kinds = [each.window for each in of], timedelta(days=days), [kind(1000)]
    few, complete = grids(windows, timezone, START, length)
    parts = Parts(kinds, of, {}, 1)
    found = [parts.solve(grid) for grid in few]
    most = max(each.value for each in found)
    assume(complete)  # where days and a rolling window meet clocks that change, not all beginnings are tried
    assert most == max(each.bound for each in found)
    starts = every_day(windows, timezone, START, length)
    calendars = few[0].calendar
    some = starts[:: max(1, len(starts) // 3)]
    others = [
        TimeGrid(tuple(calendars.start + at + day * DAY for day in range(days)), days * DAY, calendars) for at in shifts()
    ]
    assert daily_most([*some, *others], kinds, of) <= most
    best = max(few, key=lambda grid: parts.solve(grid).value).points[0]
    assert daily_most([grid for grid in starts if grid.points[0] == best], kinds, of) == most or not whole_days(few, best)


def shifts() -> Iterator[int]:
    """From noon of the first day."""
    yield from (day * DAY + minutes * 60_000_000 for day, minutes in product((0, 30), (0, 719)))


def whole_days(few: Sequence[TimeGrid], start: int) -> bool:
    """Whether the moments of the best grid are whole days apart, so that the daily one can have them."""
    best = next(grid for grid in few if grid.points[0] == start)
    return all((at - start) % DAY == 0 for at in best.points)


# Small ones, tried one by one


@trials(80)
@given(bounds(3), st.integers(1, 5), st.integers(0, 2))
def test_trying_everything_finds_the_same(of: list[Bound], days: int, fewer: int) -> None:
    """Every schedule of amounts on the moments, each as few grants as it takes, held against the windows of the ledger."""
    small = [Bound(each.name, each.window, min(each.most, 4), each.measure, each.counts) for each in of]
    few, _ = grids([each.window for each in small], "UTC", START, timedelta(days=days))
    most = 3 - fewer
    parts = Parts([kind(most)], small, {}, 1)
    assert max(parts.solve(grid).value for grid in few) == max(best_by_trying(grid, small, most) for grid in few)


def best_by_trying(grid: TimeGrid, of: Sequence[Bound], most: int) -> int:
    points = grid.points[:7]  # a day more than the horizon has
    assert len(points) == len(grid.points)
    best = 0

    def extend(so_far: list[tuple[int, int, int]], left: tuple[int, ...], total: int) -> None:
        nonlocal best
        best = max(best, total)
        if left:
            for amount in range(5):
                step = [*so_far, (left[0], amount, -(-amount // most))]
                if all(holds(step, each) for each in of):
                    extend(step, left[1:], total + amount)

    extend([], points, 0)
    return best


def holds(steps: Sequence[tuple[int, int, int]], bound: Bound) -> bool:
    after = span_of(bound.window, steps[-1][0], "UTC").after
    inside = [step for step in steps if after is None or step[0] > after]
    return sum(step[1 if bound.measure == "amount" else 2] for step in inside) <= bound.most


# What history changes


@trials(60)
@given(st.integers(0, 4), st.integers(3, 30), st.integers(20, 90), st.integers(1, 3))
def test_history_that_stops_is_like_a_cap(high: int, window: int, days: int, per_day: int) -> None:
    """What is given only while there were at most so many before is given once more than that in each window."""
    gate = Gate("had", rolling(window), ("credit",), False, True)
    cap = Bound("cap", rolling(window), high + 1, "grants", ("credit",))
    daily = Bound("daily", rolling(1), per_day, "grants", ("credit",))
    length = timedelta(days=days)
    gated, _ = grids([daily.window, gate.window], "UTC", START, length)
    found = Parts([kind(700, {"had": (0, high)})], [daily], {"had": gate}, 1).solve(gated[0])
    capped = Parts([kind(700)], [daily, cap], {}, 1).solve(gated[0])
    assert found.value == capped.value == found.bound


def test_a_sum_does_not_see_the_last_one() -> None:
    """Up to 30 before: three of 10, and then one of 25, in each window."""
    gate = Gate("had", rolling(30), ("credit",), True, True)
    (grid,), _ = grids([gate.window], "UTC", START, timedelta(days=30))
    found = Parts([kind(25, {"had": (0, 30)})], [], {"had": gate}, 1).solve(grid)
    assert found.value == found.bound == 55
    assert found.grants == 3


def test_two_ranges_of_history_follow_each_other() -> None:
    """100 for the first two, 30 for the third and fourth, nothing after them."""
    gate = Gate("had", Window("lifetime"), ("credit",), False, True)
    (grid,), _ = grids([gate.window], "UTC", START, timedelta(days=30))
    kinds = [kind(100, {"had": (0, 1)}), kind(30, {"had": (0, 3)})]
    assert Parts(kinds, [], {"had": gate}, 1).solve(grid).value == 260


def test_a_larger_grant_that_needs_a_past_is_worked_towards() -> None:
    gate = Gate("had", Window("lifetime"), ("credit",), False, True)
    (grid,), _ = grids([gate.window], "UTC", START, timedelta(days=30))
    kinds = [kind(10, {"had": (0, 1)}), kind(100, {"had": (2, 3)})]
    assert Parts(kinds, [], {"had": gate}, 1).solve(grid).value == 220


# Moments


@pytest.mark.parametrize(
    ("window", "days", "times"),
    [
        (calendar("month"), 1, 2),  # the last minute of one month and the first of the next
        (calendar("month"), 30, 3),  # the end of January, February, the first of March
        (rolling(30), 30, 1),
        (rolling(30), 31, 2),
        (calendar("year"), 365, 2),
        (calendar("week"), 8, 3),
        (calendar("week"), 7, 2),
        (Window("lifetime"), 9000, 1),
    ],
)
def test_a_window_edge_pays_twice(window: Window, days: int, times: int) -> None:
    bound = Bound("cap", window, 1, "grants", ("credit",))
    few, complete = grids([window], "UTC", START, timedelta(days=days))
    assert complete
    assert max(Parts([kind(500)], [bound], {}, 1).solve(grid).value for grid in few) == times * 500


def test_a_day_on_which_the_clocks_change_makes_room_for_one_more() -> None:
    """Seven times 24 hours with the day of 23 hours in it touch nine days; elsewhere eight."""
    bound = Bound("cap", calendar("day"), 1, "grants", ("credit",))
    for timezone, times in (("UTC", 8), ("Europe/Amsterdam", 9)):
        few, _ = grids([bound.window], timezone, START, timedelta(days=7))
        assert max(Parts([kind(1)], [bound], {}, 1).solve(grid).value for grid in few) == times


def test_the_moments_are_few() -> None:
    """90 and 30 days over a year: thirteen moments."""
    (grid,), _ = grids([rolling(90), rolling(30)], "UTC", START, timedelta(days=365))
    assert len(grid.points) == 13


def test_months_that_share_no_window_are_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    solved = []
    solve = IntegerProgram.solve
    monkeypatch.setattr(IntegerProgram, "solve", lambda self: solved.append(len(self.grid.points)) or solve(self))
    bound = Bound("cap", calendar("month"), 900, "amount", ("credit",))
    few, _ = grids([bound.window], "UTC", START, timedelta(days=730))
    parts = Parts([kind(500)], [bound], {}, 1)
    assert max(parts.solve(grid).value for grid in few) == 25 * 900
    assert solved == [1]


def test_the_rows_of_a_grid_are_what_the_ledger_counts() -> None:
    few, _ = grids([calendar("quarter"), rolling(50)], "Europe/Amsterdam", START, timedelta(days=400))
    for grid in few[::7]:
        for window in (calendar("quarter"), rolling(50)):
            for number, first in enumerate(grid.firsts(window)):
                after = span_of(window, grid.points[number], "Europe/Amsterdam").after
                assert after is not None
                assert first == bisect_right(grid.points, after)
