"""Rows that say what becomes of holds and tasks, and that no record made: they stop nobody by a raw error."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

import remit
from remit.errors import LedgerCorrupt, LedgerError
from remit.ledger.stores.postgres import PostgresStore
from support.desk import SUPERVISOR, Clock, desk, request
from support.ledgers import new_schema, postgres_server

#: The end of what was escalated is in days, that of what is held in two hours.
GRANTED, ASKED, HELD = 1, 2, 3


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path, clock: Clock) -> Path:
    with remit.open_ledger(tmp_path / "desk.db", clock=clock) as ledger:
        ledger.grant(desk(), request("5 EUR", key="k"))
        ledger.escalate(desk(), request("60 EUR", guest="g-2"))
        ledger.hold(desk(), request("5 EUR", guest="g-3"), lasts=timedelta(hours=2))
    return tmp_path / "desk.db"


def forge(path: Path, statement: str, clock: Clock) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement.format(soon=int(clock.now.timestamp() * 1e6) + 10_000_000))
    clock.go(hours=1)


def grant(ledger: remit.Ledger) -> object:
    return ledger.grant(desk(), request("7 EUR", guest="g-8"))


def approve(ledger: remit.Ledger) -> object:
    task = next(each for each in ledger.records() if each.seq == ASKED)  # which may be among the tasks no more
    return ledger.approve(task.id, employee=SUPERVISOR)


def settle(ledger: remit.Ledger) -> object:
    hold = next(each for each in ledger.records() if each.seq == HELD)
    return ledger.settle(hold.id, employee={"id": "e-1", "role": "associate"})


@pytest.mark.parametrize("seq", [GRANTED, ASKED, HELD, 999])
def test_an_end_of_what_has_none_stops_nobody(path: Path, clock: Clock, seq: int) -> None:
    forge(path, f"INSERT INTO hold VALUES ({{soon}}, {seq})", clock)
    with remit.open_ledger(path, clock=clock) as ledger:
        for work in (grant, approve, settle):
            work(ledger)
        assert not ledger.verify(thorough=True).ok


@pytest.mark.parametrize("count", [1, 1_200])
def test_ends_that_forged_rows_stand_before_are_seen_to(path: Path, clock: Clock, count: int) -> None:
    rows = (
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT {{soon}} + i, {HELD} FROM n"
    )
    forge(path, f"INSERT INTO hold {rows}", clock)
    clock.go(hours=2)
    with remit.open_ledger(path, clock=clock) as ledger:
        grant(ledger)
        held, released = (next(ledger.records(kind=kind)) for kind in ("hold", "release"))
        assert (released.of, released.body["recorded"]) == (held.id, held.body["expires"])
        assert "guest-money" in ledger.balances(desk(), request())
        assert not ledger.verify(thorough=True).ok


@pytest.mark.parametrize(
    ("statement", "stopped"),
    [
        (f"INSERT INTO resolution VALUES ({ASKED}, 1, {GRANTED})", approve),
        (f"INSERT INTO resolution VALUES ({HELD}, 1, 888)", settle),
    ],
)
def test_what_does_not_fit_is_named(
    path: Path, clock: Clock, statement: str, stopped: Callable[[remit.Ledger], object]
) -> None:
    forge(path, statement, clock)
    with remit.open_ledger(path, clock=clock) as ledger:
        with pytest.raises(LedgerCorrupt, match="is said to resolve"):
            stopped(ledger)
        grant(ledger)
        assert not ledger.verify(thorough=True).ok


def test_another_ledger_that_took_the_place_of_an_open_one_is_refused() -> None:
    psycopg = pytest.importorskip("psycopg")
    schema, url = new_schema(), postgres_server().get_uri()
    with remit.open_ledger(url, schema=schema) as open_one:
        open_one.grant(desk(), request("1 EUR", guest="g-1"))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"ALTER SCHEMA {schema} RENAME TO {schema}_old")
        with remit.open_ledger(url, schema=schema) as other:
            for _ in range(2):  # while it is empty, too
                with pytest.raises(LedgerError, match=f"another ledger took the place of {open_one.id}: it is {other.id}"):
                    open_one.grant(desk(), request("1 EUR", guest="g-2"))
                other.grant(desk(), request("1 EUR", guest="g-3", key="k"))
            assert other.verify(thorough=True).size == 1


def test_a_ledger_that_is_being_made_in_its_place_is_refused() -> None:
    psycopg = pytest.importorskip("psycopg")
    schema, url = new_schema(), postgres_server().get_uri()
    with remit.open_ledger(url, schema=schema) as open_one:
        open_one.grant(desk(), request("1 EUR", guest="g-1"))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"ALTER SCHEMA {schema} RENAME TO {schema}_old")
        PostgresStore(url, schema=schema, timeout=10).close()  # its tables are there, and its id is not
        with pytest.raises(LedgerError, match=f"another ledger took the place of {open_one.id}: it has no id yet"):
            open_one.grant(desk(), request("1 EUR", guest="g-2"))


def test_what_expires_in_another_ledger_is_not_released_by_one_whose_place_it_took(clock: Clock) -> None:
    psycopg = pytest.importorskip("psycopg")
    schema, url = new_schema(), postgres_server().get_uri()
    with remit.open_ledger(url, schema=schema, clock=clock) as open_one:
        open_one.grant(desk(), request("1 EUR", guest="g-1"))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"ALTER SCHEMA {schema} RENAME TO {schema}_old")
        with remit.open_ledger(url, schema=schema, clock=clock) as other:
            other.hold(desk(), request("5 EUR", guest="g-3"), lasts=timedelta(hours=2))
            clock.go(hours=3)
            with pytest.raises(LedgerError, match=f"another ledger took the place of {open_one.id}"):
                open_one.balances(desk(), request())
            other.grant(desk(), request("1 EUR", guest="g-4"))
            assert other.verify(thorough=True).ok
