"""Whatever is put into any column of any table, a verification ends in a finding, and reading in an error of remit's own."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.cli.app import run
from remit.errors import LedgerCorrupt, RemitError
from remit.ledger.stores.schema_tables import TABLES
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import new_schema, postgres_server

#: By kind, as SQL.
VALUES = {
    "null": "NULL",
    "a blob": "x'00ff10'",
    "an empty blob": "x''",
    "32 bytes": "zeroblob(32)",
    "text": "'eleven'",
    "empty text": "''",
    "text of wrong UTF-8": "CAST(x'7bff6100' AS TEXT)",
    "a list": "'[]'",
    "an object": "'{}'",
    "an object of nonsense": '\'{"seq":[],"facts.guest.id":7}\'',
    "JSON that is broken": "'{\"a\": '",
    "JSON that is deep": f"'{'[' * 100_000}'",
    "a number of many digits": f"'{{\"seq\":{'9' * 5_000}}}'",
    "a huge number": str(2**63 - 1),
    "a negative number": "-5",
    "a fraction": "0.5",
    "infinity": "9e999",
}

#: One of each kind that SQLite has.
SOME = ("null", "a blob", "text", "a huge number", "a fraction")

COLUMNS = [(table, column) for table, (columns, _) in TABLES.items() for column in columns]


def write(ledger: remit.Ledger, clock: Clock) -> None:
    """Records of many kinds: every table has rows."""
    for number in range(4):
        clock.go(minutes=1)
        ledger.grant(desk(), request("1 EUR", guest=f"g-{number}", key=f"k-{number}"))
    hold = ledger.hold(desk(), request("9 EUR", guest="h"), lasts=timedelta(days=1))
    ledger.settle(hold.id, employee=MANAGER, given={"credit": "4 EUR"})
    ledger.approve(ledger.escalate(desk(), request("120 EUR", guest="h-9")).id, employee=SUPERVISOR)
    ledger.escalate(desk(), request("120 EUR", guest="h-8"))
    ledger.hold(desk(), request("9 EUR", guest="h"), lasts=timedelta(days=1))
    ledger.void(next(ledger.records()).id, employee=MANAGER, reason="No.")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, clock = tmp_path_factory.mktemp("written"), Clock()
    with remit.open_ledger(folder / "desk.db", clock=clock) as ledger:
        write(ledger, clock)
        for table in TABLES:
            with ledger._store.read() as session:
                assert session.rows(f"SELECT 1 FROM {table}"), table
    return folder


def put(path: Path, table: str, column: str, value: str, *, everywhere: bool = False) -> bool:
    """Put ``value`` into one row, or ``everywhere``, past types, checks and triggers, and leave the schema as it was. False
    where SQLite itself does not take it, or it was there already."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        schema = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        version = connection.execute("PRAGMA schema_version").fetchone()[0]
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE type = 'table'")
        connection.execute(f"PRAGMA schema_version = {version + 1000}")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        columns, width = TABLES[table]
        key = ", ".join(columns[:width])
        last = f"SELECT {key} FROM {table} ORDER BY {', '.join(f'{each} DESC' for each in columns[:width])} LIMIT 1"
        where = f"({key}) = ({last})" if table != "record" else "seq = 3"
        if everywhere:
            where = "true"
        before = connection.execute(f"SELECT quote(CAST({column} AS BLOB)), typeof({column}) FROM {table}").fetchall()
        try:
            connection.execute(f"UPDATE {table} SET {column} = {value} WHERE {where}")
        except sqlite3.IntegrityError:
            return False
        after = connection.execute(f"SELECT quote(CAST({column} AS BLOB)), typeof({column}) FROM {table}").fetchall()
        connection.execute("PRAGMA writable_schema = ON")
        for name, text in schema:
            if text.startswith("CREATE TRIGGER"):
                connection.execute(text)
            else:
                connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (text, name))
        connection.execute(f"PRAGMA schema_version = {version + 2000}")
    return sorted(before) != sorted(after)


def read_all(place: dict[str, Any], clock: Clock) -> set[str]:
    """Read what can be read, and verify; gives what was found, or what opening raised."""
    try:
        ledger = remit.open_ledger(**place, clock=clock)
    except RemitError as error:
        return {type(error).__name__}
    with ledger:
        for read in (
            lambda: [(each.to_dict(reveal=True), each.decision, repr(each)) for each in ledger.records()],
            lambda: list(ledger.records(newest_first=True, facts={"guest.id": "g-1"})),
            lambda: [ledger.related(each.id) for each in ledger.records()],
            lambda: [ledger.redecide(each.id) for each in ledger.records(kind="grant")],
            lambda: ledger.tasks(role="supervisor"),
            lambda: ledger.balances(desk(), request("1 EUR", guest="g-1")),
            lambda: ledger.head(),
            lambda: [ledger.prove(each.id) for each in ledger.records(limit=2)],
        ):
            with suppress(RemitError):
                read()
        ledger.verify()
        ledger.verify(decide=True)
        return {each.kind for each in ledger.verify(thorough=True).findings}


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_value_of_any_kind_is_found(written: Path, tmp_path: Path, table: str, column: str) -> None:
    tried = []
    for number, (kind, value) in enumerate(VALUES.items()):
        folder = tmp_path / str(number)
        shutil.copytree(written, folder)
        if put(folder / "desk.db", table, column, value):
            found = read_all({"url": folder / "desk.db"}, Clock())
            assert found, kind
            tried.append(kind)
    assert tried


def use_all(ledger: remit.Ledger, folder: Path, ids: list[str]) -> Iterator[tuple[str, BaseException]]:
    """Do all that can be done; gives what was raised, with what was done."""
    asked = request("2 EUR", guest="g-1")
    uses: list[tuple[str, Callable[[], Any]]] = [
        ("grant", lambda: ledger.grant(desk(), asked)),
        ("grant again", lambda: ledger.grant(desk(), request("1 EUR", guest="g-3", key="k-3"))),
        ("decide", lambda: ledger.decide(desk(), asked)),
        ("hold", lambda: ledger.hold(desk(), asked, lasts=timedelta(hours=1))),
        ("escalate", lambda: ledger.escalate(desk(), request("120 EUR", guest="g-2"))),
        *(("approve", partial(ledger.approve, each, employee=SUPERVISOR)) for each in ids),
        *(("decline", partial(ledger.decline, each, employee=SUPERVISOR, reason="No.")) for each in ids),
        *(("settle", partial(ledger.settle, each, employee=MANAGER, given={"credit": "1 EUR"})) for each in ids),
        *(
            ("void in part", partial(ledger.void, each, employee=MANAGER, reason="No.", part={"credit": "1 EUR"}))
            for each in ids
        ),
        *(("void", partial(ledger.void, each, employee=MANAGER, reason="No.")) for each in ids),
        *(("release", partial(ledger.release, each, employee=MANAGER)) for each in ids),
        ("publish", lambda: ledger.publish(desk(version="2"), by="ana")),
        ("erase", lambda: ledger.erase("guest.id", "h")),
        ("export", lambda: ledger.export(folder / "all.jsonl", whole=True)),
        ("export to read", lambda: ledger.export(folder / "all.csv")),
        ("backup", lambda: ledger.backup(folder / "backup.db")),
    ]
    for name, use in uses:
        try:
            use()
        except Exception as error:
            yield name, error


@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_nothing_that_is_done_ends_in_a_raw_error(
    written: Path, tmp_path: Path, table: str, column: str, everywhere: bool
) -> None:
    clock, raw = Clock("2026-07-01T10:30:00+00:00"), set()
    with remit.open_ledger(written / "desk.db") as ledger:
        ids = [entry.id for entry in ledger.records()]
    kinds = SOME if everywhere else VALUES
    for number, (kind, value) in enumerate((kind, VALUES[kind]) for kind in kinds):
        folder = tmp_path / str(number)
        shutil.copytree(written, folder)
        if not put(folder / "desk.db", table, column, value, everywhere=everywhere):
            continue
        with suppress(RemitError), remit.open_ledger(folder / "desk.db", clock=clock, repeat_within=timedelta(0)) as ledger:
            for name, error in use_all(ledger, folder, ids):
                if not isinstance(error, RemitError):
                    raw.add(f"{kind}: {name}: {type(error).__name__}: {error}"[:150])
    assert raw == set()


#: Rows that anyone who may insert can put into `ledger`.
NOTES = (
    ("claims", "x"),
    ("claims", "99"),
    ("claims", "-1"),
    ("identity", "x"),
    ("past.000000000000001", "x"),
    ("past.x", "1-9"),
    ("past.000000000000001", "1-9"),
    ("past.000000000000099", "1-9"),
    ("000000000000001", "x"),
    ("Roster", ""),
    ("other", "1"),
)


@pytest.mark.parametrize(("name", "value"), NOTES)
def test_what_a_ledger_notes_of_itself_and_did_not_write_is_found(written: Path, tmp_path: Path, name: str, value: str) -> None:
    with remit.open_ledger(written / "desk.db") as ledger:
        ids = [entry.id for entry in ledger.records()]
    shutil.copytree(written, tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy" / "desk.db")) as connection, connection:
        connection.execute("INSERT INTO ledger VALUES (?, ?)", (name, value))
    try:
        ledger = remit.open_ledger(tmp_path / "copy" / "desk.db", clock=Clock("2026-07-01T10:30:00+00:00"))
    except LedgerCorrupt:
        return
    with ledger:
        assert ledger.verify(thorough=True).findings
        assert [(what, error) for what, error in use_all(ledger, tmp_path, ids) if not isinstance(error, RemitError)] == []


TOLD = {
    ("record", "link", "text"): ("grant", "what the table `record` has as `link` for record 11 was changed"),
    ("record", "at", "a fraction"): ("grant", "what the table `record` has as `at` for record 11 was changed"),
    ("record", "body", "a blob"): ("export", "what the table `record` has as `body` for record 1 was changed"),
    ("private", "facts", "text"): ("erase", "what the table `private` has as `facts` for record 1 was changed"),
    ("charge", "number", "text"): ("grant", "what the table `charge` has as `number` for series"),
    ("policy", "version", "a blob"): ("export", "what the table `policy` has as `version` for the text `'sha256:"),
}


@pytest.mark.parametrize(("table", "column", "kind"), TOLD)
def test_it_is_told_which_table_and_record_it_is(written: Path, tmp_path: Path, table: str, column: str, kind: str) -> None:
    what, told = TOLD[table, column, kind]
    shutil.copytree(written, tmp_path / "copy")
    assert put(tmp_path / "copy" / "desk.db", table, column, VALUES[kind], everywhere=True)
    with remit.open_ledger(tmp_path / "copy" / "desk.db", clock=Clock("2026-07-01T10:30:00+00:00")) as ledger:
        error = dict(use_all(ledger, tmp_path, []))[what]
    assert isinstance(error, LedgerCorrupt)
    assert (error.detail["table"], error.detail["column"]) == (table, column)
    assert told in str(error)
    assert "`remit ledger verify --thorough` says what else was" in str(error)


@pytest.mark.parametrize("kind", VALUES)
def test_commands_tell_of_it(written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    for table, column in (("record", "body"), ("record", "at"), ("private", "facts"), ("policy", "text"), ("task", "role")):
        folder = tmp_path / f"{table}-{column}"
        shutil.copytree(written, folder)
        if not put(folder / "desk.db", table, column, VALUES[kind]):
            continue
        ledger = ("--ledger", str(folder / "desk.db"))
        for command in (("log", "--all"), ("log", "--json", "--reveal"), ("tasks",), ("why", "3"), ("why", "4", "--reveal")):
            run([*command, *ledger])
        assert run(["ledger", "verify", "--thorough", *ledger]) == 1
        output = capsys.readouterr()
        assert "this is a fault in remit" not in output.err + output.out


def typed(table: str) -> Iterator[tuple[str, str]]:
    numbers = {"seq", "at", "number", "amount", "running", "node", "total", "target", "step", "expires"}
    bytes_ = {"link", "hashes", "series"}
    for column in TABLES[table][0]:
        if column in numbers:
            yield from ((column, each) for each in ("9223372036854775807", "-5"))
        elif column in bytes_:
            yield from ((column, each) for each in ("'\\x'::bytea", f"'\\x{'00' * 32}'::bytea"))
        else:
            yield from (
                (column, VALUES[each]) for each in ("empty text", "a list", "an object of nonsense", "JSON that is deep")
            )
            yield column, "NULL"


@pytest.fixture(scope="module")
def place() -> dict[str, Any]:
    place, clock = {"url": postgres_server().get_uri(), "schema": new_schema()}, Clock()
    with remit.open_ledger(**place, clock=clock) as ledger:
        write(ledger, clock)
    return place


@pytest.mark.parametrize("table", TABLES)
def test_in_postgresql_too_where_its_types_let_it(place: dict[str, Any], table: str) -> None:
    import psycopg

    options = f"-c search_path={place['schema']} -c session_replication_role=replica"
    key = TABLES[table][0][0]
    where = f"ctid = (SELECT ctid FROM {table} ORDER BY {key} DESC LIMIT 1)" if table != "record" else "seq = 3"
    tried = 0
    with psycopg.connect(place["url"], options=options, autocommit=True) as connection:
        columns = ", ".join(TABLES[table][0])
        for column, value in typed(table):
            (row,) = connection.execute(f"SELECT {columns} FROM {table} WHERE {where}").fetchall()  # type: ignore[call-overload]
            with suppress(psycopg.errors.IntegrityError, psycopg.errors.ProgramLimitExceeded):
                sql = f"UPDATE {table} SET {column} = {value} WHERE {where} RETURNING {columns}"
                (changed,) = connection.execute(sql).fetchall()  # type: ignore[call-overload]
                found = read_all(place, Clock())
                marks = " AND ".join(f"{each} IS NOT DISTINCT FROM %s" for each in TABLES[table][0])
                back = f"UPDATE {table} SET ({columns}) = ROW({', '.join(['%s'] * len(row))}) WHERE {marks}"
                assert connection.execute(back, (*row, *changed)).rowcount == 1  # type: ignore[call-overload]
                assert found or changed == row, (column, value[:80])
                tried += 1
    assert tried
    assert read_all(place, Clock()) == set()
