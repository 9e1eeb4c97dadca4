"""What the ledger relies on, shown of both databases: one writer, all or nothing, snapshots, append-only tables."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

import remit
from remit.errors import LedgerBusy, LedgerError, LedgerUnavailable, NotAllowed
from remit.ledger.stores.postgres import PostgresStore
from remit.ledger.stores.sqlite import SqliteStore
from remit.ledger.stores.store import Session, Store
from support.crowd import FORK
from support.desk import desk, request
from support.ledgers import address_of, new_schema, open_store, postgres_server

INSERT = "INSERT INTO record (seq, at, kind, link, hashes, body) VALUES (?, ?, 'test', ?, ?, '{}')"


def append(session: Session, seq: int) -> None:
    session.put(INSERT, (seq, seq, bytes(32), bytes(32)))


def count(store: Store) -> int:
    with store.read() as session:
        row = session.one("SELECT count(*) FROM record")
        assert row is not None
        return int(row[0])


def test_a_file_is_opened_while_another_process_makes_the_ledger_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, schema = tmp_path / "desk.db", SqliteStore._schema
    with ThreadPoolExecutor() as others:
        making: list[Future[SqliteStore]] = []

        def slowly(connection: sqlite3.Connection) -> int:
            found = schema(connection)
            if not making:
                making.append(others.submit(SqliteStore, path, timeout=10))
                time.sleep(0.3)  # the other has its turn between the two looks at the file
            return found

        monkeypatch.setattr(SqliteStore, "_schema", staticmethod(slowly))
        SqliteStore(path, timeout=10).close()
        making[0].result().close()


def test_a_write_is_all_or_nothing(store: Store) -> None:
    def fails(session: Session) -> None:
        append(session, 1)
        session.flush()
        raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        store.write(fails)
    assert count(store) == 0
    store.write(lambda session: append(session, 1))
    assert count(store) == 1


def test_what_was_discarded_was_never_written(store: Store) -> None:
    def discards(session: Session) -> None:
        append(session, 7)
        session.discard()
        append(session, 1)

    store.write(discards)
    with store.read() as session:
        assert session.rows("SELECT seq FROM record") == [(1,)]


def test_a_reader_sees_one_moment(store: Store) -> None:
    store.write(lambda session: append(session, 1))
    with store.read() as session:
        assert session.rows("SELECT seq FROM record") == [(1,)]
        store.write(lambda session: append(session, 2))
        assert session.rows("SELECT seq FROM record") == [(1,)]
    assert count(store) == 2


def test_writers_take_turns(store: Store) -> None:
    """A count read in a write is still true when it is acted on, whatever the number of threads."""

    def next_one(session: Session) -> None:
        (size,) = session.one("SELECT count(*) FROM record") or (0,)
        append(session, int(size) + 1)

    threads = [threading.Thread(target=lambda: [store.write(next_one) for _ in range(25)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(store) == 200


def test_who_waits_too_long_is_told_so(backend: str, tmp_path: Path) -> None:
    first = open_store(backend, tmp_path, timeout=0.2)
    second = again(first, backend)

    def slow(session: Session) -> None:
        session.one("SELECT 1")  # the lock is asked for with the first question, and held once that is answered
        with pytest.raises(LedgerBusy, match=r"locked by others for 0\.2 seconds; nothing was written, try again"):
            second.write(lambda session: append(session, 1))

    first.write(slow)
    second.write(lambda session: append(session, 1))
    assert count(first) == 1
    first.close()
    second.close()


def again(store: Store, backend: str) -> Store:
    """The same ledger, opened once more."""
    if backend == "sqlite":
        assert isinstance(store, SqliteStore)
        return SqliteStore(store.path, timeout=0.2)
    schema = store.name.split("schema ")[1].rstrip(")")
    return PostgresStore(address_of(backend), schema=schema, timeout=0.2)


TABLES = ["record", "policy", "charge", "refund", "request_key", "resolution", "hold", "task", "ledger"]


def test_what_stands_apart_is_removed_or_kept_but_never_changed(store: Store) -> None:
    store.write(lambda session: session.put("INSERT INTO private (seq, facts) VALUES (1, '{}')", ()))
    with pytest.raises(Exception, match=r"never changed|append-only"):
        store.write(lambda session: session.put("UPDATE private SET facts = '[]'", ()))
    store.write(lambda session: session.put("DELETE FROM private WHERE seq = ?", (1,)))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_tables_are_append_only(store: Store, table: str, change: str) -> None:
    column = {"record": "kind", "policy": "text", "request_key": "name", "ledger": "value", "task": "role"}.get(table, "seq")

    def fill_and_change(session: Session) -> None:
        row = {
            "record": (INSERT, (1, 1, bytes(32), bytes(32))),
            "policy": ("INSERT INTO policy VALUES ('d', 'i', 'v', 1, 't')", ()),
            "charge": ("INSERT INTO charge VALUES (?, 1, 1, 1, 1, 1)", (b"s",)),
            "refund": ("INSERT INTO refund VALUES (?, 1, 1, 1)", (b"s",)),
            "request_key": ("INSERT INTO request_key VALUES ('k', 1, 'd')", ()),
            "resolution": ("INSERT INTO resolution VALUES (1, 1, 2)", ()),
            "hold": ("INSERT INTO hold VALUES (1, 1)", ()),
            "task": ("INSERT INTO task VALUES (1, 'r')", ()),
            "ledger": ("INSERT INTO ledger VALUES ('n', 'v')", ()),
        }[table]
        session.put(*row)
        session.flush()
        session.rows(change.format(table, column, column))

    with pytest.raises(Exception, match="append-only"):
        store.write(fill_and_change)


def test_a_record_takes_the_next_number(tmp_path: Path) -> None:
    store = open_store("sqlite", tmp_path)
    store.write(lambda session: append(session, 1))
    for wrong in (1, 3):
        with pytest.raises(Exception, match="takes the next number"):
            store.write(lambda session, wrong=wrong: append(session, wrong))
    with pytest.raises(Exception, match="append-only"):
        store.write(lambda session: session.put(INSERT.replace("INSERT", "REPLACE"), (1, 9, bytes(32), bytes(32))))
    store.close()


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(LedgerUnavailable, match="is closed"):
        store.write(lambda session: None)


def test_a_store_may_be_closed_while_others_use_it(backend: str, tmp_path: Path) -> None:
    """In a process of its own: it died of this once."""
    child = FORK.Process(target=_close_in_use, args=(backend, tmp_path))
    child.start()
    child.join(120)
    assert child.exitcode == 0


def _close_in_use(backend: str, folder: Path) -> None:
    def go_on(act: Callable[[], object]) -> str:
        try:
            while True:
                act()
        except LedgerUnavailable as error:
            return str(error)

    for _ in range(15):
        store = open_store(backend, folder)
        store.write(lambda session: append(session, 1))
        acts = (lambda store=store: count(store), lambda store=store: store.write(lambda session: None))
        with ThreadPoolExecutor(4) as pool:
            told = [pool.submit(go_on, act) for act in acts * 2]  # type: ignore[arg-type]
            time.sleep(0.03)
            store.close()
            assert all("is closed" in each.result(30) for each in told)


def test_a_newer_ledger_is_not_touched(backend: str, tmp_path: Path) -> None:
    store = open_store(backend, tmp_path)
    if backend == "sqlite":
        store.write(lambda session: session.rows("PRAGMA user_version = 99"))
    else:
        store.write(lambda session: session.put("INSERT INTO migration VALUES (99)", ()))
    with pytest.raises(LedgerUnavailable, match="has ledger schema 99, and this remit knows schemas up to"):
        again(store, backend)
    store.close()


def test_what_is_no_ledger_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("these are my notes, not a database " * 100)
    from remit.ledger.stores.sqlite import SqliteStore

    with pytest.raises(LedgerError, match="damaged or not a ledger"):
        SqliteStore(path, timeout=1)
    assert path.read_text().startswith("these are my notes")
    with pytest.raises(LedgerUnavailable, match="no such folder"):
        SqliteStore(tmp_path / "nowhere" / "remit.db", timeout=1)


def test_a_schema_has_a_plain_name(tmp_path: Path) -> None:
    from remit.ledger.stores.postgres import PostgresStore

    for name in ("remit; DROP TABLE record", "Remit", 'a"b', "a.b", "a-b", "1a", "\u00e9", "$user", "a" * 64, "pg_x", "none"):
        with pytest.raises(LedgerError, match=r"not a plain name for a schema|cannot be the name of a schema"):
            PostgresStore("postgresql://localhost/x", schema=name, timeout=1)


@pytest.mark.parametrize("name", ["select", "user", "default", "all", "a" * 63])
def test_a_schema_may_have_the_name_of_a_word_of_sql(name: str, tmp_path: Path) -> None:
    url = postgres_server().get_uri()
    with remit.open_ledger(url, schema=name) as ledger:
        assert ledger.grant(desk(), request()).granted
        ledger.create_roles(writer=f"writer_{name}"[:63], reader=f"reader_{name}"[:63], eraser=f"eraser_{name}"[:63])
        ledger.erase("guest.id", "g-1")
        ledger.backup(tmp_path / "copy.db")
        assert ledger.verify(thorough=True).ok
    with remit.open_ledger(url, schema=name) as ledger:
        assert ledger.head().size == 2


def test_a_role_may_have_the_name_of_a_word_of_sql(tmp_path: Path) -> None:
    with remit.open_ledger(postgres_server().get_uri(), schema=new_schema()) as ledger:
        ledger.create_roles(writer="user", reader="select", eraser="current_user")
        for name in ("public", "none", "pg_x", "A", "a" * 64):
            with pytest.raises(LedgerError, match=r"not a plain name for a role|cannot be the name of a role"):
                ledger.create_roles(writer=name, reader="select", eraser="current_user")


def test_a_store_that_was_forked_says_so(store: Store) -> None:
    import os

    child = os.fork()
    if not child:
        code = 1
        try:
            store.write(lambda session: None)
        except LedgerError as error:
            code = 0 if "forked" in str(error) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_right_that_is_missing_is_named(tmp_path: Path) -> None:
    store = open_store("postgres", tmp_path)
    with pytest.raises(NotAllowed, match="append-only"):
        store.write(lambda session: session.rows("DELETE FROM record RETURNING seq"))
    store.close()


def test_a_commit_that_is_acknowledged_is_on_the_disk(tmp_path: Path) -> None:
    """What the promise of durability rests on, as the databases document it."""
    sqlite = open_store("sqlite", tmp_path)
    with sqlite.read() as session:
        assert session.rows("PRAGMA journal_mode") == [("wal",)]
        assert session.rows("PRAGMA synchronous") == [(2,)]  # FULL
    assert sqlite.write(lambda session: session.rows("PRAGMA synchronous")) == [(2,)]
    sqlite.close()


@pytest.fixture
def careless() -> Iterator[str]:
    """The address of a database whose defaults are not those that a ledger needs."""
    import psycopg

    url, name = postgres_server().get_uri(), new_schema()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        for setting in ("synchronous_commit = off", "default_transaction_isolation = 'repeatable read'"):
            connection.execute(f"ALTER DATABASE {name} SET {setting}")  # type: ignore[arg-type]
        yield url.replace("/postgres?", f"/{name}?", 1)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def test_a_database_with_careless_defaults_is_durable_and_serial_all_the_same(careless: str) -> None:
    stores = [PostgresStore(careless, schema="remit", timeout=20) for _ in range(3)]
    assert stores[0].write(lambda session: session.rows("SHOW synchronous_commit")) == [("on",)]
    assert stores[0].write(lambda session: session.rows("SHOW transaction_isolation")) == [("read committed",)]

    def next_one(session: Session) -> None:
        (size,) = session.one("SELECT count(*) FROM record") or (0,)
        append(session, int(size) + 1)

    def many(store: Store) -> None:
        for _ in range(30):
            store.write(next_one)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(many, stores))
    assert count(stores[0]) == 90
    for store in stores:
        store.close()


def test_the_options_of_an_address_are_kept() -> None:
    url = f"{postgres_server().get_uri()}&options=-c%20work_mem%3D9MB%20-c%20search_path%3Delsewhere"
    store = PostgresStore(url, schema=new_schema(), timeout=5)
    assert store.write(lambda session: session.rows("SHOW work_mem")) == [("9MB",)]
    assert count(store) == 0
    store.close()
