"""From one schema to the next: a ledger of the old schema opens under the new, once, with all it held."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

import remit
from remit.errors import LedgerUnavailable
from remit.ledger import Entry, import_ledger
from remit.ledger.stores import migrations
from support.desk import Clock, desk
from support.desk import request as ask
from support.ledgers import place_of

#: A step that a later engine might take: a column, an index, and a table filled from what is there.
NEXT = """
-- A comment; with a semicolon.
ALTER TABLE task ADD COLUMN opened bigint;
CREATE INDEX record_outcome ON record (outcome, seq);
CREATE TABLE guest_book (seq bigint PRIMARY KEY, kind text NOT NULL);
INSERT INTO guest_book SELECT seq, kind FROM record;
"""


@pytest.fixture
def next_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that knows schema 2."""
    known = migrations.script
    monkeypatch.setattr(migrations, "NEWEST", 2)
    monkeypatch.setattr(migrations, "script", lambda dialect, version: NEXT if version == 2 else known(dialect, version))


def made_before(place: dict[str, str]) -> remit.ledger.Anchor:  # type: ignore[name-defined]
    with remit.open_ledger(**place, clock=Clock()) as ledger:  # type: ignore[arg-type]
        for number in range(5):
            ledger.grant(desk(), ask("10 EUR", key=f"k-{number}", guest=f"g-{number}"))
        return ledger.head()


def test_an_old_ledger_opens_under_the_new_schema(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    place = place_of(backend, tmp_path)
    anchor = made_before(place)
    request.getfixturevalue("next_schema")
    with remit.open_ledger(**place, clock=Clock()) as ledger:
        assert ledger.verify(anchor, thorough=True).ok
        with ledger._store.read() as session:
            assert session.rows("SELECT count(*) FROM guest_book") == [(5,)]
        assert ledger.grant(desk(), ask("10 EUR", key="k-0", guest="g-0")).repeated
        assert ledger.grant(desk(), ask("10 EUR", guest="g-9")).granted
    monkeypatch.undo()
    with pytest.raises(LedgerUnavailable, match="has ledger schema 2, and this remit knows schemas up to 1: use a newer remit"):
        remit.open_ledger(**place)


def test_many_who_open_it_at_once_migrate_it_once(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    place = place_of(backend, tmp_path)
    anchor = made_before(place)
    request.getfixturevalue("next_schema")
    failed: list[BaseException] = []

    def enter() -> None:
        try:
            with remit.open_ledger(**place) as ledger:
                assert ledger.head() == anchor
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=enter) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_step_that_fails_leaves_the_old_schema_whole(backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = place_of(backend, tmp_path)
    anchor = made_before(place)
    known = migrations.script
    broken = NEXT + "INSERT INTO nowhere VALUES (1);\n"
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "NEWEST", 2)
        patch.setattr(migrations, "script", lambda dialect, version: broken if version == 2 else known(dialect, version))
        with pytest.raises(Exception, match="nowhere"):
            remit.open_ledger(**place)
    with remit.open_ledger(**place) as ledger:
        assert ledger.verify(anchor, thorough=True).ok
        with ledger._store.read() as session, pytest.raises(ledger._store.failures):
            session.rows("SELECT count(*) FROM guest_book")


def test_scripts_are_there_for_every_version() -> None:
    for dialect in ("sqlite", "postgres"):
        for version in range(1, migrations.NEWEST + 1):
            assert "CREATE TABLE" in migrations.script(dialect, version)


FROZEN = Path(__file__).parents[1] / "cases" / "ledger"


@pytest.mark.parametrize("path", sorted(FROZEN.glob("schema-*.sql")), ids=lambda path: path.stem)
def test_a_ledger_of_every_schema_there_was_opens_and_holds_for_ever(path: Path, tmp_path: Path) -> None:
    """Written once by the remit of its time, in SQL: it verifies, decides the same bit for bit, counts, and goes on."""
    text = path.read_text(encoding="utf-8")
    known = dict(line[3:].split(" ", 1) for line in text.splitlines()[1:3])
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        connection.executescript(text)
    clock = Clock("2026-07-01T23:00:00+00:00")
    with remit.open_ledger(tmp_path / "old.db", clock=clock, secret=bytes.fromhex(known["secret"])) as ledger:
        assert ledger.verify(known["anchor"], thorough=True).ok
        again = {entry.kind: ledger.redecide(entry.id).same for entry in ledger.records() if decided(entry)}
        assert again == dict.fromkeys(("grant", "hold", "escalate", "approve", "decide"), True)
        assert ledger.grant(
            desk(), ask("50 EUR", case="c-1", key="k-1", facts={"guest.phone": "0800"}, story="A story.")
        ).repeated
        left = ledger.balances(desk(), ask())
        assert (str(left["guest-money"].used), left["guest-grants"].used, str(left["discretion"].used)) == (
            "180 EUR",
            2,
            "10 EUR",
        )
        assert str(ledger.balances(desk(), ask(guest="g-2"))["guest-money"].used) == "10 EUR"
        (hold,) = (entry for entry in ledger.records(kind="hold") if len(ledger.related(entry.id)) == 1)
        assert ledger.settle(hold.id, employee={"id": "e-4", "role": "associate"}).kind == "settle"
        review = ledger.review(hold.id, verdict="praise", employee={"id": "m-9", "role": "manager"}, note="Kept its word.")
        assert [each.id for each in ledger.replies("e-4")][-1:] == [review.id]
        assert ledger.decide(desk(), ask(facts={"level": 3}), act="declined").backed_by == ("threats",)
        assert ledger.verify(known["anchor"], thorough=True).ok
        now = schema_of(ledger)
        ledger.export(tmp_path / "all.jsonl", whole=True)
        with import_ledger(tmp_path / "all.jsonl", tmp_path / "copy.db", secret=bytes.fromhex(known["secret"])) as copy:
            assert copy.head() == ledger.head()
    with remit.open_ledger(tmp_path / "new.db") as ledger:
        assert schema_of(ledger) == now, "an old ledger is brought to the very schema that a new one has"


def test_every_schema_has_its_ledger() -> None:
    assert [path.stem for path in sorted(FROZEN.glob("*.sql"))] == [f"schema-{n}" for n in range(1, migrations.NEWEST + 1)]


def decided(entry: Entry) -> bool:
    return entry.decision is not None and entry.facts(reveal=True).get("guest.id") != "(erased)"


def schema_of(ledger: remit.Ledger) -> set[tuple[str, str]]:
    with ledger._store.read() as session:
        rows = session.rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(name, " ".join(sql.split())) for name, sql in rows}
