"""What somebody can do with SQL in the roles that `create_roles` makes: refused by the server, or found by a verification."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import LedgerBusy, LedgerCorrupt
from support.desk import Clock, desk, request
from support.ledgers import new_schema, postgres_server

psycopg = pytest.importorskip("psycopg")


class Roles:
    """A ledger in PostgreSQL, and connections in each of its roles."""

    def __init__(self) -> None:
        self.schema, self.url = new_schema(), postgres_server().get_uri()
        self.ledger = remit.open_ledger(self.url, schema=self.schema, clock=Clock(), timeout=1)
        for number in range(3):
            self.ledger.grant(desk(), request("20 EUR", key=f"k-{number}"))
        self.ledger.create_roles(writer=f"{self.schema}_w", reader=f"{self.schema}_r", eraser=f"{self.schema}_e")

    def as_role(self, role: str) -> Any:
        connection = psycopg.connect(self.url, options=f"-c search_path={self.schema}", autocommit=True)
        connection.execute(f"SET SESSION AUTHORIZATION {self.schema}_{role}")
        return connection


@pytest.fixture
def roles() -> Iterator[Roles]:
    made = Roles()
    yield made
    made.ledger.close()


FORGED = {
    "a charge that leaves room": (
        "INSERT INTO charge SELECT series, at + 1, seq, number + 1, 1, 0 FROM charge ORDER BY at DESC, seq DESC LIMIT 1"
    ),
    "a charge for each series that leaves room": (
        "INSERT INTO charge SELECT series, max(at) + 1, max(seq), max(number) + 1, 1, 0 FROM charge GROUP BY series"
    ),
    "a refund that nobody made": "INSERT INTO refund SELECT series, number, 99, 2000 FROM charge",
    "a key that is taken": "INSERT INTO request_key VALUES ('grant/k-9', 1, 'x')",
    "a task that nobody sent up": "INSERT INTO task VALUES (1, 'supervisor')",
    "a resolution": "INSERT INTO resolution VALUES (1, 2, 3)",
    "a hold": "INSERT INTO hold VALUES (1, 1)",
    "personal facts": "INSERT INTO private VALUES (77, '{}')",
    "a policy": "INSERT INTO policy VALUES ('sha256:00', 'p', '1', 1, 'x')",
    "a roster": "INSERT INTO ledger VALUES ('000000000004', 'sha256:00')",
    "a rule": "INSERT INTO ledger VALUES ('claims', '1')",
    "a rule of ids": "INSERT INTO ledger VALUES ('identity', '0')",
}


@pytest.mark.parametrize("forged", FORGED)
def test_what_a_writer_puts_beside_the_log_is_found(roles: Roles, forged: str) -> None:
    with roles.as_role("w") as connection:
        assert connection.execute(FORGED[forged]).rowcount
    assert not roles.ledger.verify(thorough=True).ok


@pytest.mark.parametrize("seq", [5, 2**40, 9_000_000_000_000_000_000])
def test_a_record_that_a_writer_puts_in_is_found_and_nothing_is_given_after_a_number_that_none_can_have(
    roles: Roles, seq: int
) -> None:
    with roles.as_role("w") as connection:
        columns = "at, kind, outcome, policy, employee, incident, link, hashes, body"
        connection.execute(f"INSERT INTO record (seq, {columns}) SELECT {seq}, {columns} FROM record WHERE seq = 3")
    (finding,) = roles.ledger.verify().findings
    assert (finding.kind, finding.seq) == ("removed", 4)
    if seq > 5:
        with pytest.raises(LedgerCorrupt, match=f"the last record has number {seq}, which remit gives to none"):
            roles.ledger.grant(desk(), request("1 EUR", key="new"))


REFUSED = (
    "UPDATE charge SET amount = 0",
    "INSERT INTO charge VALUES ('\\x00', 1, 1, 1, 0, 0)",
    "DELETE FROM private",
    "ALTER TABLE record DISABLE TRIGGER ALL",
    "DROP INDEX record_employee",
    "CREATE RULE hide AS ON SELECT TO record DO INSTEAD SELECT * FROM record WHERE seq > 1",
    "SET session_replication_role = replica",
    "CREATE TABLE more (id text)",
    "UPDATE secret SET value = '00'",
    "UPDATE migration SET version = 9",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_server_refuses_the_rest(roles: Roles, statement: str) -> None:
    with roles.as_role("w") as connection, pytest.raises(psycopg.Error):
        connection.execute(statement)
    assert roles.ledger.verify(thorough=True).ok


def test_who_keeps_writers_out_is_named(roles: Roles) -> None:
    """A lock that stops all writers can be taken by whoever can connect; a table's they cannot."""
    with roles.as_role("r") as connection, connection.transaction():
        for table in ("record", "charge", "secret", "ledger"):
            for mode in ("ROW SHARE", "ROW EXCLUSIVE", "SHARE", "EXCLUSIVE"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(f"LOCK TABLE {table} IN {mode} MODE")
        connection.execute(f"SELECT pg_advisory_xact_lock(hashtextextended('remit ledger {roles.schema}', 0))")
        with (
            remit.open_ledger(roles.url, schema=roles.schema, timeout=0.2) as ledger,
            pytest.raises(LedgerBusy, match=r"the lock is held by \w+\)"),
        ):
            ledger.grant(desk(), request("1 EUR", key="new"))
    assert roles.ledger.grant(desk(), request("1 EUR", key="new")).granted


def test_who_owns_the_schema_is_found_out_too(roles: Roles) -> None:
    changes = {
        "ALTER TABLE record DISABLE TRIGGER append_only": "ALTER TABLE record ENABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON task": (
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON task "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        ),
        "DROP INDEX record_employee": ("CREATE INDEX record_employee ON record (employee, seq) WHERE employee IS NOT NULL"),
        "CREATE INDEX few ON record (employee) WHERE seq > 2": "DROP INDEX few",
        "CREATE RULE none AS ON INSERT TO task DO INSTEAD NOTHING": "DROP RULE none ON task",
        "ALTER TABLE record ENABLE ROW LEVEL SECURITY": "ALTER TABLE record DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE more () INHERITS (task)": "DROP TABLE more",
    }
    with psycopg.connect(roles.url, options=f"-c search_path={roles.schema}", autocommit=True) as connection:
        for change, back in changes.items():
            connection.execute(change)
            assert [each.kind for each in roles.ledger.verify().findings] == ["database"], change
            connection.execute(back)
            assert roles.ledger.verify().ok, back


def test_an_employee_cannot_be_hidden_by_an_index(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    path = tmp_path / "desk.db"
    with remit.open_ledger(path) as ledger:
        for number in range(4):
            ledger.grant(desk(), request("1 EUR", employee=f"e-{number % 2}", key=f"k-{number}"))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        (text,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'record_employee'").fetchone()
        connection.execute("DROP INDEX record_employee")
        connection.execute("CREATE INDEX record_employee ON record (employee, seq) WHERE employee <> 'e-1'")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'record_employee'", (text,))
    with remit.open_ledger(path) as ledger:
        assert list(ledger.records(employee="e-1")) == []
        (finding, *_) = ledger.verify(ledger.head(), thorough=True).findings
        assert finding.kind == "database"
        assert "record_employee" in finding.text
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("REINDEX")
        connection.execute("DROP TRIGGER record_no_update")
    with remit.open_ledger(path) as ledger:
        assert len(list(ledger.records(employee="e-1"))) == 2
        assert [each.text for each in ledger.verify().findings] == ["the trigger `record_no_update` is missing"]
