"""Whoever can write the database directly cannot change the log unseen: every kind of change, made by SQL, is found."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.ledger import Anchor
from remit.ledger.log.chain import Index, first_link, next_link
from remit.ledger.log.merkle import grow, leaf_hash
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import place_of, postgres_server

COUNT = 30


def write(ledger: remit.Ledger, clock: Clock) -> None:
    """Write 30 records of all kinds."""
    holds = []
    for number in range(COUNT - 6):
        clock.go(minutes=1)
        ledger.grant(desk(), request("1 EUR", guest=f"g-{number}", key=f"k-{number}", employee=f"e-{number % 3}"))
    for number in range(2):
        holds.append(ledger.hold(desk(), request("9 EUR", guest=f"h-{number}"), lasts=timedelta(days=1)))
    ledger.settle(holds[0].id, employee=MANAGER, given={"credit": "4 EUR"})
    task = ledger.escalate(desk(), request("120 EUR", guest="h-9"))
    ledger.approve(task.id, employee=SUPERVISOR)
    ledger.void(next(ledger.records()).id, employee=MANAGER, reason="No.")


class Vault:
    """A ledger of 30 records, and a way past it to its database: triggers off, and on again."""

    def __init__(self, backend: str, folder: Path, written: Path | None = None) -> None:
        self.backend, self.place = backend, place_of(backend, folder)
        clock = Clock()
        copied = written if backend == "sqlite" else None
        if copied:
            shutil.copytree(copied, folder, dirs_exist_ok=True)
            self.place = {"url": str(folder / "ledger.db")}
            clock.go(minutes=COUNT - 6)
        self.ledger = remit.open_ledger(**self.place, clock=clock)
        if not copied:
            write(self.ledger, clock)
        self.anchor = self.ledger.head()
        assert self.anchor.size == COUNT

    def sql(self, *statements: tuple[str, tuple[Any, ...]] | str) -> None:
        """Run statements with every trigger off."""
        plain = [(each, ()) if isinstance(each, str) else each for each in statements]
        if self.backend == "sqlite":
            with closing(sqlite3.connect(self.place["url"])) as connection:
                triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
                for trigger, _ in triggers:
                    connection.execute(f"DROP TRIGGER {trigger}")
                for text, params in plain:
                    connection.execute(text, params)
                for _, text in triggers:
                    connection.execute(text)
                connection.commit()
            return
        import psycopg

        options = f"-c search_path={self.place['schema']} -c session_replication_role=replica"
        with psycopg.connect(postgres_server().get_uri(), options=options) as connection:
            for text, params in plain:
                connection.execute(text.replace("?", "%s"), params)  # type: ignore[arg-type]

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        with self.ledger._store.read() as session:
            return session.rows(text)

    def rewrite(self, bodies: list[str], columns: list[Index]) -> None:
        """A log written anew, every hash and link as it must be."""
        link, beside = first_link(self.ledger.id), dict[int, bytes]()
        rows = []
        for index, body in zip(columns, bodies, strict=True):
            leaf = leaf_hash(body.encode())
            link = next_link(link, leaf, index.text())
            beside[index.seq] = grow(index.seq, leaf, beside.__getitem__)
            rows.append((*index, link, beside[index.seq], body))
        insert = "INSERT INTO record (seq, at, kind, outcome, policy, employee, incident, link, hashes, body) VALUES "
        self.sql("DELETE FROM record", *((insert + "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row) for row in rows))

    def log(self) -> tuple[list[str], list[Index]]:
        rows = self.rows("SELECT seq, at, kind, outcome, policy, employee, incident, body FROM record ORDER BY seq")
        return [row[7] for row in rows], [Index(*row[:7]) for row in rows]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an SQLite ledger of the 30 records, which is copied for each test."""
    folder, clock = tmp_path_factory.mktemp("written"), Clock()
    with remit.open_ledger(folder / "ledger.db", clock=clock) as ledger:
        write(ledger, clock)
    return folder


@pytest.fixture
def vault(backend: str, tmp_path: Path, written: Path) -> Iterator[Vault]:
    made = Vault(backend, tmp_path, written)
    yield made
    made.ledger.close()


def found(vault: Vault, *, thorough: bool = False, anchor: Anchor | None = None) -> list[tuple[str, int | None]]:
    return [(each.kind, each.seq) for each in vault.ledger.verify(anchor, thorough=thorough).findings]


def test_a_log_that_nobody_touched_is_found_right(vault: Vault) -> None:
    assert found(vault) == found(vault, thorough=True, anchor=vault.anchor) == []
    vault.ledger.grant(desk(), request("1 EUR"))
    assert found(vault, thorough=True, anchor=vault.anchor) == []


CHANGES = {
    "a word in a record": ("UPDATE record SET body = replace(body, '1 EUR', '2 EUR') WHERE seq = 7", ("edited", 7)),
    "a space in a record": ("UPDATE record SET body = body || ' ' WHERE seq = 7", ("edited", 7)),
    "a record emptied": ("UPDATE record SET body = '' WHERE seq = 7", ("edited", 7)),
    "an employee beside it": ("UPDATE record SET employee = 'e-9' WHERE seq = 7", ("edited", 7)),
    "a kind beside it": ("UPDATE record SET kind = 'decide' WHERE seq = 7", ("edited", 7)),
    "a time beside it": ("UPDATE record SET at = at + 1 WHERE seq = 7", ("edited", 7)),
    "a record removed": ("DELETE FROM record WHERE seq = 7", ("removed", 7)),
    "the first removed": ("DELETE FROM record WHERE seq = 1", ("removed", 1)),
    "many removed": ("DELETE FROM record WHERE seq BETWEEN 7 AND 20", ("removed", 7)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_to_the_log_is_found_and_placed(vault: Vault, change: str) -> None:
    statement, expected = CHANGES[change]
    vault.sql(statement)
    assert found(vault) == [expected]
    assert found(vault, thorough=True, anchor=vault.anchor)[0] == expected


def test_a_record_removed_and_the_gap_closed_is_found(vault: Vault) -> None:
    vault.sql(
        "DELETE FROM record WHERE seq = 7", *(f"UPDATE record SET seq = {n - 1} WHERE seq = {n}" for n in range(8, COUNT + 1))
    )
    verification = vault.ledger.verify()
    assert [(each.kind, each.seq) for each in verification.findings] == [("removed", 7)]
    assert verification.findings[0].text == "record 7 is missing or was moved: what stands in its place was recorded as 8"


def test_two_records_exchanged_are_found(vault: Vault) -> None:
    vault.sql(*(f"UPDATE record SET seq = {new} WHERE seq = {old}" for old, new in ((7, 1000), (9, 7), (1000, 9))))
    assert found(vault) == [("removed", 7)]
    vault.sql(*(f"UPDATE record SET seq = {new} WHERE seq = {old}" for old, new in ((7, 1000), (9, 7), (1000, 9))))
    assert found(vault) == []


def test_a_record_put_in_is_found(vault: Vault) -> None:
    steps = [f"UPDATE record SET seq = {n + 1} WHERE seq = {n}" for n in range(COUNT, 6, -1)]
    columns = "at, kind, outcome, policy, employee, incident, link, hashes, body"
    vault.sql(*steps, f"INSERT INTO record (seq, {columns}) SELECT 7, {columns} FROM record WHERE seq = 6")
    assert found(vault) == [("reordered", 7)]


def test_a_link_or_a_hash_that_was_changed_is_found(vault: Vault) -> None:
    vault.sql(("UPDATE record SET hashes = ? WHERE seq = 8", (bytes(128),)))
    assert found(vault) == [("edited", 8)]
    vault.sql(("UPDATE record SET link = ? WHERE seq = 5", (bytes(32),)))
    assert found(vault) == [("edited", 5)]


@pytest.mark.parametrize("keep", [0, 1, 16, COUNT - 1])
def test_an_end_that_was_cut_off_is_found_by_an_anchor(vault: Vault, keep: int) -> None:
    vault.sql(f"DELETE FROM record WHERE seq > {keep}")
    assert found(vault, anchor=vault.anchor) == [("truncated", keep + 1)]
    assert found(vault) == []  # the log alone cannot show it ...
    assert found(vault, thorough=True) != []  # ... but what stands beside it still speaks of it


def test_a_log_written_anew_is_found_by_an_anchor(vault: Vault) -> None:
    bodies, columns = vault.log()
    bodies[6] = bodies[6].replace("1 EUR", "2 EUR")
    vault.rewrite(bodies, columns)
    assert found(vault) == []  # every hash and link is right: the log alone cannot show it
    verification = vault.ledger.verify(vault.anchor)
    assert [(each.kind, each.seq) for each in verification.findings] == [("rewritten", 1)]
    assert "among 1 to 16" in verification.findings[0].text
    between = Anchor.of(vault.anchor.to_dict())
    assert found(vault, anchor=between) == [("rewritten", 1)]


def test_several_anchors_place_a_rewriting_more_closely(backend: str, tmp_path: Path) -> None:
    vault = Vault(backend, tmp_path)
    for _ in range(2):
        vault.ledger.grant(desk(), request("1 EUR", guest="x"))
    anchors = [vault.anchor, vault.ledger.head()]
    bodies, columns = vault.log()
    bodies[30] = bodies[30].replace("1 EUR", "2 EUR")
    vault.rewrite(bodies, columns)
    (finding,) = vault.ledger.verify(anchors).findings
    assert (finding.kind, finding.seq) == ("rewritten", 31)
    assert vault.ledger.verify(anchors[:1]).ok
    vault.ledger.close()


def test_a_log_of_another_ledger_is_found(vault: Vault, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    other = Vault("sqlite", folder)
    assert found(vault, anchor=other.anchor) == [("rewritten", None)]
    bodies, columns = other.log()
    other.ledger.close()
    vault.rewrite(bodies, columns)
    assert found(vault, anchor=vault.anchor) == [("rewritten", 1)]


BESIDE: dict[str, tuple[str | Callable[[Vault], str], str]] = {
    "a personal fact changed": ("UPDATE private SET facts = replace(facts, 'g-3', 'g-4') WHERE seq = 4", "private"),
    "a personal fact removed without a record": ("DELETE FROM private WHERE seq = 4", "private"),
    "a personal fact put in": ('INSERT INTO private (seq, facts) VALUES (27, \'{"story":["00","x"]}\')', "private"),
    "the text of a policy changed": ("UPDATE policy SET text = replace(text, '300 EUR', '900 EUR')", "policy"),
    "the text of a policy removed": ("DELETE FROM policy", "policy"),
    "a charge lowered": ("UPDATE charge SET amount = amount - 1 WHERE seq = 7 AND amount > 1", "balance"),
    "a running sum lowered": ("UPDATE charge SET running = running - 1 WHERE seq = 7", "balance"),
    "a charge removed": ("DELETE FROM charge WHERE seq = 7", "balance"),
    "a charge moved to another day": ("UPDATE charge SET at = at - 1 WHERE seq = 7", "balance"),
    "a refund raised": ("UPDATE refund SET total = total + 1", "balance"),
    "a refund put in": ("INSERT INTO refund SELECT series, 1, 7, 100 FROM charge WHERE seq = 7", "balance"),
    "a policy said to be older": ("UPDATE policy SET seq = seq + 1", "index"),
    "a key removed": ("DELETE FROM request_key WHERE name = 'grant/k-3'", "index"),
    "a key pointed elsewhere": ("UPDATE request_key SET seq = 9 WHERE name = 'grant/k-3'", "index"),
    "a resolution removed": ("DELETE FROM resolution", "index"),
    "a hold prolonged": ("UPDATE hold SET expires = expires + 1", "index"),
    "a task hidden": ("DELETE FROM task", "index"),
}


@pytest.mark.parametrize("change", BESIDE)
def test_a_change_beside_the_log_is_found_by_a_thorough_verification(vault: Vault, change: str) -> None:
    statement, kind = BESIDE[change]
    vault.sql(statement)  # type: ignore[arg-type]
    assert {each[0] for each in found(vault, thorough=True)} == {kind}


def test_an_erasure_is_no_alarm_but_what_pretends_to_be_one_is(vault: Vault) -> None:
    erased = vault.ledger.erase("guest.id", "g-3")
    assert erased.body["erased"]["records"] == [[4, 4]]
    assert found(vault, thorough=True, anchor=vault.anchor) == []
    vault.sql("DELETE FROM private WHERE seq = 5")
    assert found(vault, thorough=True) == [("private", 5)]


def test_the_ledger_goes_on_after_a_change_and_the_change_is_still_found(vault: Vault) -> None:
    vault.sql("UPDATE record SET body = replace(body, '1 EUR', '2 EUR') WHERE seq = 7")
    vault.ledger.grant(desk(), request("1 EUR"))
    assert found(vault) == [("edited", 7)]


def test_a_decision_that_the_policy_does_not_give_is_found_by_deciding_again(vault: Vault) -> None:
    assert vault.ledger.verify(decide=True).ok
    bodies, columns = vault.log()
    bodies[6] = bodies[6].replace('"outcome":"grant"', '"outcome":"deny"')
    columns[6] = columns[6]._replace(outcome="deny")
    vault.rewrite(bodies, columns)
    assert found(vault) == []
    seen: list[int] = []
    (finding,) = vault.ledger.verify(decide=True, progress=seen.append).findings
    assert (finding.kind, finding.seq) == ("decision", 7)
    assert finding.text == "record 7 comes out otherwise: outcome"
    assert seen == [COUNT]


def test_what_was_erased_is_not_decided_again(vault: Vault) -> None:
    vault.ledger.erase("guest.id", "g-3")
    assert vault.ledger.verify(decide=True).ok


def test_a_log_written_anew_with_nonsense_in_it_is_found_without_an_anchor(vault: Vault) -> None:
    bodies, columns = vault.log()
    for seq, nonsense in ((5, "[]"), (9, '{"seq":9}')):
        bodies[seq - 1] = nonsense
    vault.rewrite(bodies, columns)
    assert vault.ledger.verify().ok
    assert ("edited", 5) in found(vault, thorough=True)


def test_a_log_written_anew_with_times_that_fall_is_found_without_an_anchor(vault: Vault) -> None:
    bodies, columns = vault.log()
    columns[9] = columns[9]._replace(at=columns[9].at - 10**9)
    vault.rewrite(bodies, columns)
    assert found(vault) == [("reordered", 10)]
