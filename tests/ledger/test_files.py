"""The files of a ledger: who may read them, and whose file it is in the first place."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

import remit
from remit.errors import LedgerError, LedgerUnavailable
from remit.ledger import import_ledger
from support.desk import Clock, desk, request
from support.ledgers import new_schema, postgres_server


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Everybody may read what is made, unless somebody sees to it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {each.name: oct(stat.S_IMODE(each.stat().st_mode)) for each in sorted(folder.iterdir())}


def test_what_is_personal_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    with remit.open_ledger(tmp_path / "desk.db", clock=Clock()) as ledger:
        ledger.grant(desk(), request())
        ledger.backup(tmp_path / "copy.db")
        ledger.export(tmp_path / "all.jsonl", whole=True)
        secret = bytes.fromhex((tmp_path / "desk.db.secret").read_text())
        import_ledger(tmp_path / "all.jsonl", tmp_path / "again.db", secret=secret).close()
        assert modes(tmp_path) == dict.fromkeys(
            (
                "again.db",
                "again.db.records",
                "again.db.secret",
                "all.jsonl",
                "copy.db",
                "copy.db.secret",
                "desk.db",
                "desk.db-shm",
                "desk.db-wal",
                "desk.db.records",
                "desk.db.secret",
            ),
            "0o600",
        )


def test_a_copy_from_postgresql_too(tmp_path: Path) -> None:
    with remit.open_ledger(postgres_server().get_uri(), schema=new_schema()) as ledger:
        ledger.grant(desk(), request())
        ledger.backup(tmp_path / "copy.db")
    assert modes(tmp_path) == dict.fromkeys(("copy.db", "copy.db.records", "copy.db.secret"), "0o600")


def test_an_export_to_read_is_a_file_like_others_and_what_is_there_keeps_its_modes(tmp_path: Path) -> None:
    shared = tmp_path / "shared.db"
    shared.touch(0o660)
    shared.chmod(0o660)
    (tmp_path / "whole.jsonl").touch(0o640)
    with remit.open_ledger(shared) as ledger:
        ledger.grant(desk(), request())
        ledger.export(tmp_path / "log.csv")
        ledger.export(tmp_path / "whole.jsonl", whole=True)
        assert modes(tmp_path) == {
            "log.csv": "0o644",
            "shared.db": "0o660",
            "shared.db-shm": "0o660",
            "shared.db-wal": "0o660",
            "shared.db.records": "0o660",
            "shared.db.secret": "0o600",
            "whole.jsonl": "0o640",
        }


FOREIGN = {
    "with tables": "CREATE TABLE guests (id TEXT); INSERT INTO guests VALUES ('g-1');",
    "with tables and a version": "CREATE TABLE guests (id TEXT); PRAGMA user_version = 1;",
    "with some of our names": "CREATE TABLE record (id TEXT); CREATE TABLE ledger (id TEXT);",
    "with a version alone": "PRAGMA user_version = 7;",
    "in a WAL": "PRAGMA journal_mode = WAL; CREATE TABLE guests (id TEXT);",
}


@pytest.mark.parametrize("script", FOREIGN.values(), ids=FOREIGN)
def test_the_database_of_something_else_is_left_as_it_is(tmp_path: Path, script: str) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    before = sha256(path.read_bytes()).hexdigest(), modes(tmp_path)
    with pytest.raises(LedgerError, match=r"other\.db is the database of something else, and was left as it is"):
        remit.open_ledger(path)
    assert (sha256(path.read_bytes()).hexdigest(), modes(tmp_path)) == before


def test_a_ledger_of_a_newer_remit_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    remit.open_ledger(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    before = sha256(path.read_bytes()).hexdigest(), modes(tmp_path)
    with pytest.raises(LedgerUnavailable, match="has ledger schema 9, and this remit knows schemas up to 1: use a newer remit"):
        remit.open_ledger(path)
    assert (sha256(path.read_bytes()).hexdigest(), modes(tmp_path)) == before


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Not a database at all, but long enough to be looked at as one by whoever opens it. " * 20)
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="damaged or not a ledger"):
        remit.open_ledger(path)
    assert (path.read_bytes(), list(modes(tmp_path))) == (before, ["notes.txt"])


def test_a_schema_of_something_else_is_left_as_it_is() -> None:
    import psycopg

    schema, url = new_schema(), postgres_server().get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")  # type: ignore[call-overload]
        connection.execute(f"CREATE TABLE {schema}.record (id text)")  # type: ignore[call-overload]
        with pytest.raises(LedgerError, match=r"has tables of something else \(record\) and was left as it is"):
            remit.open_ledger(url, schema=schema)
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,)).fetchall()
        assert rows == [("record",)]
        connection.execute(f"DROP TABLE {schema}.record; CREATE TABLE {schema}.guests (id text)")  # type: ignore[call-overload]
    with remit.open_ledger(url, schema=schema) as ledger:
        assert ledger.grant(desk(), request()).granted
