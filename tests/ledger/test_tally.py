"""Balances from running sums equal a recount of every charge, whatever was charged, given back and asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.ledger.caps.tally import CapUse, Counter, charge, read_uses, refund, uses_queries
from remit.ledger.caps.windows import Span, span_of
from remit.ledger.stores.sqlite import SqliteStore
from remit.ledger.stores.store import Session, Store
from remit.policy.model import Window
from support.trials import trials

SERIES = b"0123456789abcdef"
OTHER = b"fedcba9876543210"


def use(session: Session, series: bytes, span: Span) -> CapUse:
    counters = [Counter(OTHER, Span(None)), Counter(series, span)]
    return read_uses(session, counters, session.ask(*uses_queries(counters)))[1]


@dataclass
class Recount:
    """The definition: a list of charges with what is left of each."""

    charges: list[list[int]] = field(default_factory=list)  # [at, left]

    def used(self, after: int | None) -> int:
        return sum(left for at, left in self.charges if after is None or at > after)

    def oldest(self, after: int) -> int | None:
        return next((at for at, left in self.charges if at > after and left), None)


def play(store: Store, moves: list[tuple[str, int, int]]) -> Recount:
    """Do each move in the store and in the recount: ``charge`` (gap, amount) or ``refund`` (which, how much)."""
    recount, now = Recount(), 1_000
    for seq, (move, first, second) in enumerate(moves, 1):
        if move == "charge":
            now += first

            def do(session: Session, at: int = now, seq: int = seq, amount: int = second) -> None:
                charge(session, at, seq, [(SERIES, use(session, SERIES, Span(None)), amount)])

            recount.charges.append([now, second])
        else:
            if not recount.charges:
                continue
            which = first % len(recount.charges)
            back = min(second, recount.charges[which][1])
            if not back:
                continue

            def do(session: Session, seq: int = seq, number: int = which + 1, amount: int = back) -> None:  # type: ignore[misc]
                refund(session, SERIES, number, amount, seq)

            recount.charges[which][1] -= back
        store.write(do)
    return recount


moves = st.lists(
    st.tuples(st.just("charge"), st.integers(0, 30), st.integers(1, 50))
    | st.tuples(st.just("refund"), st.integers(0, 100), st.integers(1, 50)),
    max_size=60,
)


def same(store: Store, recount: Recount, after: int | None) -> None:
    with store.read() as session:
        rolling = use(session, SERIES, Span(after, length=500) if after is not None else Span(None))
    assert rolling.used == recount.used(after)
    assert rolling.number == len(recount.charges)
    if after is not None:
        oldest = recount.oldest(after)
        assert rolling.until in (None if oldest is None else oldest + 500, None)


@given(moves, st.lists(st.integers(900, 3_000), min_size=1, max_size=5))
@trials(150)
def test_any_window_equals_a_recount(played: list[tuple[str, int, int]], windows: list[int]) -> None:
    store = SqliteStore(None, timeout=1)
    recount = play(store, played)
    for after in (*windows, *(at for at, _ in recount.charges), None):
        same(store, recount, after)
    store.close()


def test_both_stores_count_alike(store: Store) -> None:
    played = [("charge", n % 7, 1 + n % 11) for n in range(40)] + [("refund", n * 13, 1 + n % 5) for n in range(30)]
    recount = play(store, played + [("charge", 3, 9)] * 5 + [("refund", 44, 9)])
    for after in (*range(990, 1_150, 3), None):
        same(store, recount, after)


def test_a_refund_leaves_the_window_with_its_charge() -> None:
    """Given back late, it must not make room that was never taken."""
    store = SqliteStore(None, timeout=1)
    play(store, [("charge", 0, 100), ("charge", 80, 30), ("refund", 0, 100)])
    with store.read() as session:
        assert use(session, SERIES, Span(None)).used == 30
        assert use(session, SERIES, Span(1_000)).used == 30  # the charge of 100 is out, and so is what came back of it


def test_what_comes_back_next_skips_what_has_come_back() -> None:
    store = SqliteStore(None, timeout=1)
    play(store, [("charge", 0, 10), ("charge", 10, 10), ("charge", 10, 10), ("refund", 0, 10), ("refund", 1, 4)])
    with store.read() as session:
        assert use(session, SERIES, Span(500, length=600)).until == 1_010 + 600
        assert use(session, OTHER, Span(500, length=600)).until is None


def test_a_calendar_window_says_when_it_ends() -> None:
    store = SqliteStore(None, timeout=1)
    play(store, [("charge", 0, 10)])
    span = span_of(Window("calendar", unit="day"), 2_000, "UTC")
    with store.read() as session:
        assert use(session, SERIES, span).until == timedelta(days=1) // timedelta(microseconds=1)
        assert use(session, OTHER, span).until is None  # nothing is used, so nothing comes back


@pytest.mark.parametrize("refunds", [1, 200])
@pytest.mark.parametrize("size", [10, 1_000, 20_000])
def test_the_steps_of_the_database_do_not_grow_with_the_log(size: int, refunds: int) -> None:
    """Counted in SQLite's own virtual machine steps, which do not depend on how busy the computer is."""
    store = SqliteStore(None, timeout=1)

    def fill(session: Session) -> None:
        rows = [(SERIES, 10 * n, n, n, 1, n) for n in range(1, size + 1)]
        session.put("INSERT INTO charge (series, at, seq, number, amount, running) VALUES (?, ?, ?, ?, ?, ?)", *rows)
        session.flush()
        for number in range(1, refunds + 1):
            refund(session, SERIES, size, number % 2 or -1, size + number)
            session.flush()

    store.write(fill)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    store._writer.set_progress_handler(count, 1)
    with store.read() as session:
        found = use(session, SERIES, Span(5 * size, length=1))
    assert found.used in (size - size // 2, size - size // 2 - 1)
    assert steps < 1_100
