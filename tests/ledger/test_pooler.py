"""A ledger in PostgreSQL trusts nothing that a connection brings along: not its schema, its settings, its tables or its lock.

Most of it is shown with a real PgBouncer in transaction mode, where one connection serves many. The tests that say most of how
a ledger and its database get on run behind one, too (``conftest.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

import remit
from remit.errors import LedgerError, LedgerUnavailable
from remit.ledger.stores.postgres import PostgresStore
from remit.ledger.stores.store import Session
from support.crowd import FORK
from support.desk import desk, request
from support.ledgers import new_schema, postgres_server
from support.needs import needs
from support.pooler import pooler_url

pooled = needs("pgbouncer")


def run(url: str, *statements: LiteralString) -> None:
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        for statement in statements:
            connection.execute(statement)


@pooled
@pytest.mark.parametrize("options", ["", "&options=-c%20search_path%3Delsewhere"])
def test_a_pooler_that_ignores_options_leads_to_the_same_ledger(options: str) -> None:
    direct, schema = postgres_server().get_uri(), new_schema()
    through = pooler_url(more="ignore_startup_parameters = options") + options
    with remit.open_ledger(direct, schema=schema) as ledger, remit.open_ledger(through, schema=schema) as same:
        assert same.id == ledger.id
        for number in range(20):  # more often than it takes until statements are prepared
            same.grant(desk(), request("1 EUR", key=f"k-{number}"))
            assert same.head().size == ledger.head().size == number + 1
    with psycopg.connect(direct) as connection:
        assert connection.execute("SELECT to_regclass('public.record')").fetchone() == (None,)


@pooled
def test_what_others_left_at_a_connection_does_not_count(tmp_path: Path) -> None:
    through, schema = pooler_url(size=2), new_schema()
    remit.open_ledger(through, schema=schema).close()
    with ExitStack() as both:
        for _ in range(2):  # each connection that the pooler has
            other = both.enter_context(psycopg.connect(through, prepare_threshold=None))
            other.execute("SET search_path = pg_catalog")
            other.execute("SET synchronous_commit = off")
            other.execute("SET lock_timeout = 1")
            other.execute("SET default_transaction_isolation = 'repeatable read'")
            other.execute("CREATE TEMP TABLE record AS SELECT 7 AS seq")
    store = PostgresStore(through, schema=schema, timeout=4)
    shown = store.write(
        lambda session: [
            session.one(f"SHOW {name}") for name in ("synchronous_commit", "lock_timeout", "transaction_isolation")
        ]
    )
    assert shown == [("on",), ("4s",), ("read committed",)]
    store.close()
    with remit.open_ledger(through, schema=schema) as ledger:
        ledger.grant(desk(), request())
        assert ledger.head().size == 1
        ledger.backup(tmp_path / "copy.db")
    run(through, "DISCARD ALL")


def _open_and_grant(place: dict[str, str], number: int) -> None:
    with remit.open_ledger(**place, repeat_within=timedelta(0)) as ledger:  # type: ignore[arg-type]
        for index in range(5):
            ledger.grant(desk(), request("1 EUR", guest=f"g-{number}", employee=f"e-{number}-{index}"))


@pooled
def test_many_who_open_a_ledger_at_once_share_the_few_connections_of_a_pooler() -> None:
    place = {"url": pooler_url(size=2), "schema": new_schema()}
    crowd = [FORK.Process(target=_open_and_grant, args=(place, number)) for number in range(6)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(120)
    assert [each.exitcode for each in crowd] == [0] * 6
    with remit.open_ledger(**place) as ledger:  # type: ignore[arg-type]
        assert ledger.head().size == 30
        assert ledger.verify(thorough=True).ok


@pooled
def test_a_pooler_with_one_connection_is_enough_to_read_and_not_to_write() -> None:
    schema = new_schema()
    with remit.open_ledger(postgres_server().get_uri(), schema=schema) as ledger:
        ledger.grant(desk(), request(key="k"))
    with remit.open_ledger(pooler_url(size=1), schema=schema, timeout=0.2) as narrow:
        assert narrow.head().size == 1
        with pytest.raises(LedgerUnavailable, match=r"no second connection to the server for 0\.2 seconds"):
            narrow.grant(desk(), request())
        assert narrow.head().size == 1


def test_a_schema_that_is_gone_is_named() -> None:
    direct, schema = postgres_server().get_uri(), new_schema()
    with remit.open_ledger(direct, schema=schema) as ledger:
        ledger.grant(desk(), request())
        with psycopg.connect(direct) as connection:
            connection.execute(f"ALTER SCHEMA {schema} RENAME TO {schema}_away")  # type: ignore[arg-type]
        for act in (ledger.head, lambda: ledger.grant(desk(), request(key="k"))):
            with pytest.raises(LedgerError, match=rf"\(schema {schema}\) is no longer there"):
                act()


@pytest.fixture
def lockless() -> Iterator[str]:
    """A database whose advisory locks do nothing, as those of some servers that are not PostgreSQL."""
    direct, name = postgres_server().get_uri(), new_schema()
    url = direct.replace("/postgres?", f"/{name}?", 1)
    with psycopg.connect(direct, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        yield url
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def _unlock(url: str) -> None:
    run(
        url,
        "SET allow_system_table_mods = on",
        "CREATE OR REPLACE FUNCTION pg_catalog.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE sql AS ''",
        "CREATE OR REPLACE FUNCTION pg_catalog.pg_try_advisory_xact_lock(bigint) RETURNS bool LANGUAGE sql AS 'SELECT true'",
    )


def test_a_server_whose_lock_does_not_lock_is_refused(lockless: str) -> None:
    with remit.open_ledger(lockless) as ledger:
        ledger.grant(desk(), request())
    _unlock(lockless)
    why = r"gives one advisory lock to two transactions at once \(PostgreSQL .*\).* nothing was written"
    with remit.open_ledger(lockless) as again:
        assert again.verify().ok, "it can be read"
        for _ in range(2):
            with pytest.raises(LedgerError, match=why):
                again.grant(desk(), request(key="k"))
        assert again.head().size == 1
    with pytest.raises(LedgerError, match=why):
        remit.open_ledger(lockless, schema="another")
    with psycopg.connect(lockless) as connection:
        assert connection.execute("SELECT to_regnamespace('another')").fetchone() == (None,)


def test_a_ledger_is_opened_while_another_writer_holds_its_lock() -> None:
    direct, schema = postgres_server().get_uri(), new_schema()
    remit.open_ledger(direct, schema=schema).close()
    holder = PostgresStore(direct, schema=schema, timeout=20)
    with ThreadPoolExecutor(1) as others:

        def meanwhile(session: Session) -> object:
            session.one("SELECT 1")  # once this is answered, the lock is held
            ledger = remit.open_ledger(direct, schema=schema, timeout=20)
            granting = others.submit(ledger.grant, desk(), request())
            assert ledger.head().size == 0
            return ledger, granting

        ledger, granting = holder.write(meanwhile)  # type: ignore[misc]
        assert granting.result(60).granted
        ledger.close()
    holder.close()
