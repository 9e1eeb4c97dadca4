"""Whose time it is, and clocks that are wrong: a jump is refused, never written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

import remit
from remit.errors import LedgerUnavailable
from remit.ledger.caps.windows import LAST_MOMENT, day_in, span_of
from remit.ledger.stores import store_clock
from remit.ledger.stores.store_clock import StoreClock
from remit.policy.model import Window
from support.desk import Clock, desk, request
from support.ledgers import new_ledger, new_schema, place_of, postgres_server

MONTHLY = desk("\n  - {id: month, per: guest.id, over: calendar month, max: 100 EUR, counts: [credit]}\n", visits=99)
HOUR = timedelta(hours=1)


def micros_ahead(**by: float) -> int:
    return (datetime.now(UTC) + timedelta(**by) - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


@pytest.fixture
def place(backend: str, tmp_path: Path) -> dict[str, Any]:
    return place_of(backend, tmp_path)


@pytest.fixture
def year_10000(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets a clock be as wrong as it could be before it was refused."""
    with monkeypatch.context() as patched:
        patched.setattr("remit.ledger.transaction._END", LAST_MOMENT)
        yield


def test_a_clock_far_behind_the_last_record_is_refused(backend: str, tmp_path: Path) -> None:
    clock = Clock()
    ledger = new_ledger(backend, tmp_path, clock=clock)
    first = ledger.grant(MONTHLY, request("100 EUR", key="k"))
    hold = ledger.hold(MONTHLY, request("10 EUR", "g-2"), lasts=HOUR)
    clock.go(days=-1, seconds=-1)
    attempts = (
        lambda: ledger.grant(MONTHLY, request()),
        lambda: ledger.decide(MONTHLY, request()),
        lambda: ledger.escalate(MONTHLY, request("60 EUR")),
        lambda: ledger.release(hold.id, employee={"id": "e-1", "role": "associate"}),
        lambda: ledger.void(first.id, employee={"id": "e-1", "role": "associate"}, reason="a slip"),
        lambda: ledger.publish(desk(version="2"), by="ana"),
        lambda: ledger.balances(MONTHLY, request()),
        lambda: ledger.preview(MONTHLY, request()),
    )
    for attempt in attempts:
        with pytest.raises(LedgerUnavailable, match="the clock says 2026-06-30 11:59:59, and the last record is of 2026-07-01"):
            attempt()
    assert ledger.grant(MONTHLY, request("100 EUR", key="k")).id == first.id, "what was given is still told"
    assert ledger.head().size == 2
    clock.go(days=1)
    assert ledger.grant(MONTHLY, request("10 EUR", "g-3")).granted
    ledger.close()


def test_the_bound_of_a_jump_is_the_callers(backend: str, tmp_path: Path) -> None:
    clock = Clock()
    ledger = new_ledger(backend, tmp_path, clock=clock, max_clock_jump=HOUR)
    assert ledger.grant(MONTHLY, request()).granted
    clock.go(hours=-1)
    assert ledger.grant(MONTHLY, request()).granted
    clock.go(seconds=-1)
    with pytest.raises(LedgerUnavailable):
        ledger.grant(MONTHLY, request())
    clock.go(days=200)
    assert ledger.grant(MONTHLY, request()).granted, "a house that closes for the winter opens again"
    ledger.close()


def test_desks_that_share_a_ledger_write_the_time_of_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    url, schema = postgres_server().get_uri(), new_schema()
    with remit.open_ledger(url, schema=schema) as ledger, psycopg.connect(url, autocommit=True) as server:
        monkeypatch.setattr(store_clock, "computer_micros", lambda: micros_ahead(days=80 * 365))
        with remit.open_ledger(url, schema=schema) as wrong:
            before = server.execute("SELECT clock_timestamp()").fetchone()
            entries = [each.grant(MONTHLY, request("1 EUR", key=str(key))) for key in range(3) for each in (ledger, wrong)]
            after = server.execute("SELECT clock_timestamp()").fetchone()
    assert before is not None
    assert after is not None
    for entry in entries:
        assert before[0] <= datetime.fromisoformat(entry.body["recorded"]) <= after[0]
        assert int(entry.body["clock"][:4]) > datetime.now(UTC).year + 78, "what the desk's own clock said is noted"


def test_the_time_is_that_at_which_the_lock_was_free(tmp_path: Path) -> None:
    url, schema = postgres_server().get_uri(), new_schema()
    with remit.open_ledger(url, schema=schema) as ledger, psycopg.connect(url) as other:
        hold = ledger.hold(MONTHLY, request("100 EUR", employee="m-1", role="manager"), lasts=timedelta(seconds=1))
        other.execute(f"SET search_path = {schema}")
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('remit ledger ' || current_schema(), 0))")
        granted: list[Any] = []
        waiting = threading.Thread(target=lambda: granted.append(ledger.grant(MONTHLY, request("50 EUR"))))
        waiting.start()
        free = other.execute("SELECT clock_timestamp() FROM pg_sleep(1.5)").fetchone()
        other.commit()
        waiting.join(60)
        assert granted[0].granted, "what was held has come back in the meantime"
        assert free is not None
        assert datetime.fromisoformat(granted[0].body["recorded"]) >= free[0]
        assert [entry.kind for entry in ledger.records()] == ["hold", "release", "grant"]
        assert ledger.record(hold.id).body["expires"] < granted[0].body["recorded"]
        assert ledger.verify(thorough=True).ok


def test_the_clock_of_the_computer_may_not_jump_ahead_while_the_ledger_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "desk.db"
    with remit.open_ledger(place) as ledger:
        assert ledger.grant(MONTHLY, request(key="1")).granted
        monkeypatch.setattr(store_clock, "computer_micros", lambda: micros_ahead(hours=23))
        assert ledger.grant(MONTHLY, request(key="2")).granted
        monkeypatch.setattr(store_clock, "computer_micros", lambda: micros_ahead(days=80 * 365))
        for attempt in (ledger.grant, ledger.decide, ledger.balances):
            with pytest.raises(LedgerUnavailable, match="Set the clock right; if it was wrong before and is right now, open"):
                attempt(MONTHLY, request(key="3"))
        assert ledger.head().size == 2
        monkeypatch.setattr(store_clock, "computer_micros", lambda: micros_ahead(hours=23))
        assert ledger.grant(MONTHLY, request(key="4")).granted
    monkeypatch.setattr(store_clock, "computer_micros", lambda: micros_ahead(days=30))
    with remit.open_ledger(place) as ledger:
        assert ledger.grant(MONTHLY, request(key="5")).granted


def test_a_computer_that_slept_has_not_jumped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elapsed = store_clock._elapsed
    with remit.open_ledger(tmp_path / "desk.db") as ledger:
        monkeypatch.setattr(store_clock, "computer_micros", lambda: micros_ahead(days=30))
        monkeypatch.setattr(store_clock, "_elapsed", lambda: elapsed() + timedelta(days=30) // timedelta(microseconds=1))
        assert ledger.grant(MONTHLY, request()).granted


def test_a_server_whose_clock_jumps_is_seen_and_believed_again_when_it_is_right() -> None:
    clock = StoreClock()
    clock.set(micros_ahead())
    clock.set(micros_ahead(days=2))
    assert timedelta(microseconds=clock.jumped()) > timedelta(days=1, hours=23)
    clock.set(micros_ahead())
    assert timedelta(microseconds=abs(clock.jumped())) < timedelta(hours=1)


@pytest.mark.usefixtures("year_10000")
def test_a_record_at_the_end_of_the_calendar_gives_errors_that_say_so(place: dict[str, Any]) -> None:
    with remit.open_ledger(**place, clock=Clock("9999-12-30T12:00:00+00:00")) as ledger:
        assert ledger.grant(desk(), request()).granted
    with remit.open_ledger(**place) as ledger:
        for attempt in (ledger.grant, ledger.decide, ledger.escalate, ledger.balances):
            with pytest.raises(LedgerUnavailable, match="the last record is of 9999-12-30"):
                attempt(desk(), request())


@pytest.mark.usefixtures("year_10000")
@pytest.mark.parametrize("over", ["calendar day", "calendar week", "calendar month", "calendar year", "90000 days"])
def test_windows_that_outlast_the_calendar(over: str) -> None:
    policy = desk(f"\n  - {{id: cap, per: guest.id, over: {over}, max: 40 EUR, counts: [credit]}}\n")
    for start in ("2026-07-01T12:00:00+00:00", "9999-12-30T12:00:00+00:00"):
        with remit.open_ledger(":memory:", clock=Clock(start), repeat_within=timedelta.max) as ledger:
            assert ledger.grant(policy, request("30 EUR", key="1")).granted
            assert not ledger.grant(policy, request("30 EUR", key="2")).granted
            assert str(ledger.balances(policy, request())["cap"].left) == "10 EUR"
            assert ledger.hold(policy, request("10 EUR", key="3"), lasts=timedelta(days=3660)).granted
            assert ledger.grant(policy, request("10 EUR", "g-2")).granted
            assert ledger.verify(thorough=True).ok


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("unit", ["day", "week", "month", "quarter", "year"])
def test_the_last_window_of_the_calendar_has_no_end(unit: str, zone: str) -> None:
    span = span_of(Window("calendar", unit=unit), LAST_MOMENT - 1, zone)  # type: ignore[arg-type]
    assert span.end is None
    assert day_in(LAST_MOMENT, zone).year == 9999
    assert span_of(Window("rolling", length=timedelta.max), 0, zone).after == -1


def test_a_ledger_is_brought_back_from_the_future(backend: str, tmp_path: Path) -> None:
    clock, place = Clock(), place_of(backend, tmp_path)
    with remit.open_ledger(**place, clock=clock) as ledger:
        assert ledger.grant(MONTHLY, request("40 EUR", key="k-1")).granted
        good = ledger.head()
        clock.go(days=80 * 365)
        assert ledger.grant(MONTHLY, request("30 EUR", key="k-2")).granted
        clock.go(days=-80 * 365)
        with pytest.raises(LedgerUnavailable, match='if the record is what is wrong, see "Time" in docs/'):
            ledger.grant(MONTHLY, request("40 EUR", key="k-3"))
        ledger.export(tmp_path / "all.jsonl", whole=True)
        secret = ledger._core.secret
        again = [entry.body["key"] for entry in ledger.records(after=good.size) if entry.granted]
    assert again == ["k-2"]
    new = place_of(backend, tmp_path)
    with remit.ledger.import_ledger(tmp_path / "all.jsonl", **new, secret=secret, clock=clock, through=good.size) as ledger:
        assert ledger.verify(good, thorough=True).ok
        assert ledger.head() == good
        assert ledger.grant(MONTHLY, request("30 EUR", key="k-2")).granted
        assert ledger.grant(MONTHLY, request("40 EUR", key="k-1")).repeated
        assert str(ledger.balances(MONTHLY, request())["month"].left) == "30 EUR", "what was given counts, and nothing twice"
        clock.go(days=31)
        assert str(ledger.balances(MONTHLY, request())["month"].left) == "100 EUR", "a month is a month again"
        assert ledger.verify(thorough=True).ok
    with pytest.raises(remit.errors.LedgerCorrupt, match="the export has 2 records, and record 3 was to be the last"):
        remit.ledger.import_ledger(tmp_path / "all.jsonl", **place_of(backend, tmp_path), secret=secret, through=3)
