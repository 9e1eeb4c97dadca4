"""Whatever happens to the database server, nothing that was acknowledged is lost and nothing is granted twice.

Each run does away with connections, backends or the server 32 times in CI; ``REMIT_FULL=1`` does so 200 times.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

import remit
from remit.errors import LedgerBusy, LedgerUnavailable
from remit.ledger.stores.postgres import PostgresStore
from remit.ledger.stores.store import Session
from support.crowd import FORK, Note, check_caps, hot_policy, hot_request, read_notes
from support.desk import desk, request
from support.ledgers import new_schema, new_server, postgres_server, quick_folder, start_server, stop_server
from support.needs import needs
from support.pooler import pooler_url
from support.trials import scaled
from support.wire import Wire

KILLS = 200 if os.environ.get("REMIT_FULL") else scaled(32)
#: The most that a writer grants from one death of the server to the next, which comes before that is done.
PACE = 60


@pytest.fixture
def folder() -> Iterator[Path]:
    made = quick_folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


def _insist(place: dict[str, Any], folder: Path, number: int) -> None:
    """Grants that are tried again with their key until they are acknowledged; until the file ``enough`` is there.

    It waits where the file ``rounds`` says so: else there would be more records to verify the longer that takes.
    """
    note, dice = Note(folder / f"note-{number}"), random.Random(number)
    told = 0
    ledger: remit.Ledger | None = None
    for index in range(1_000_000):
        key = f"{number}-{index}"
        asked = hot_request(dice, key)
        while True:
            try:
                ledger = ledger or remit.open_ledger(**place, timeout=20)
                entry = ledger.grant(hot_policy(), asked)
            except (LedgerUnavailable, LedgerBusy) as error:
                told += 1 if "try again" in str(error) else 1_000_000
                time.sleep(0.02)
            else:
                note(key=key, id=entry.id, kind=entry.kind, told=told)
                break
        while not (folder / "enough").exists() and index + 1 >= PACE * (folder / "rounds").stat().st_size:
            time.sleep(0.005)
        if (folder / "enough").exists():
            return


def _pull_the_plug(server: Any) -> None:
    """The server goes as in a power cut, and comes back."""
    stop_server(server)
    time.sleep(0.05)
    start_server(server)


def _kill_a_backend(server: Any) -> None:
    """The process that serves one writer is killed: the server drops everybody and recovers."""
    _signal(server, signal.SIGKILL)


def _hang_up(server: Any) -> None:
    """The connection of one writer is ended by the server."""
    _signal(server, signal.SIGTERM)


def _signal(server: Any, which: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has just gone by itself
        os.kill(random.choice(_backends(server)), which)


def _backends(server: Any) -> list[int]:
    """The processes that serve writers, as soon as there are any."""
    deadline = time.monotonic() + 60
    while True:
        with suppress(psycopg.OperationalError), psycopg.connect(server.get_uri()) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'remit'"
            found = [pid for (pid,) in connection.execute(query).fetchall()]
            if found:
                return found
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _holds_what_was_acknowledged(place: dict[str, Any], notes: list[dict[str, Any]]) -> None:
    """While others write: all is well, and what was acknowledged before is there."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with remit.open_ledger(**place) as ledger:
                found = ledger.verify(thorough=True)
                recorded = [ledger.record(note["id"]).id for note in notes]
        except (LedgerUnavailable, LedgerBusy):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            assert found.ok, found.findings
            assert recorded == [note["id"] for note in notes]
            return


@pytest.mark.slow
def test_a_server_that_dies_at_any_moment_is_a_reason_to_try_again(folder: Path) -> None:
    server, dice = new_server(), random.Random(11)
    place = {"url": server.get_uri(), "schema": "desk"}
    remit.open_ledger(**place).close()
    rounds, seen = folder / "rounds", set[str]()
    rounds.write_bytes(b".")
    crowd = [FORK.Process(target=_insist, args=(place, folder, number)) for number in range(3)]
    for each in crowd:
        each.start()
    try:
        for kill in range(KILLS):
            rounds.write_bytes(b"." * (kill + 1))
            time.sleep(dice.uniform(0, 0.3))
            dice.choice((_pull_the_plug, _kill_a_backend, _hang_up))(server)
            new = [note for note in read_notes(folder) if note["id"] not in seen]
            _holds_what_was_acknowledged(place, new)
            seen.update(note["id"] for note in new)
        (folder / "enough").touch()
        for each in crowd:
            each.join(120)
        assert [each.exitcode for each in crowd] == [0, 0, 0]
    finally:
        for each in crowd:
            each.kill()  # they would try again for ever
    notes = read_notes(folder)
    assert len({note["key"] for note in notes}) == len({note["id"] for note in notes}) == len(notes)
    assert 0 < max(note["told"] for note in notes) < 1_000_000
    with remit.open_ledger(**place) as ledger:
        recorded = sorted(entry.id for entry in ledger.records())
        assert recorded == sorted(note["id"] for note in notes), "nothing was granted twice, and nothing is lost"
        check_caps(ledger)
        assert ledger.verify(thorough=True).ok
    print(f"\nthe server died {KILLS} times, {len(notes)} records")
    stop_server(server)


def test_a_commit_whose_answer_never_came_is_in_doubt_and_the_key_tells() -> None:
    server, schema = postgres_server(), new_schema()
    with remit.open_ledger(server.get_uri(), schema=schema) as ledger, Wire(Path(server.pgdata)) as wire:
        far = remit.open_ledger(wire.url, schema=schema)
        with pytest.raises(LedgerUnavailable, match="it may be on record: try again with the same key") as told:
            far.grant(desk(), request(key="k"))
        assert told.value.in_doubt
        assert [entry.kind for entry in ledger.records()] == ["grant"], "this time it is"
        assert far.grant(desk(), request(key="k")).repeated
        assert ledger.head().size == 1
        far.close()


@pytest.mark.parametrize("way", ["write", "read"])
@pytest.mark.parametrize("fault", ["the connection ends", "a statement fails", "the caller fails"])
def test_a_pipeline_that_breaks_off_says_so_once_by_its_error(way: str, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    """psycopg logs what goes wrong when a pipeline ends after another error; without a handler that is standard error."""
    server, schema = postgres_server(), new_schema()
    store = PostgresStore(server.get_uri(), schema=schema, timeout=10)

    def work(session: Session) -> None:
        [[(pid,)]] = session.ask(("SELECT pg_backend_pid()", ()))
        if fault == "the connection ends":
            with psycopg.connect(server.get_uri()) as other:
                other.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
        if fault == "the caller fails":
            session.connection.execute("SELECT 1/0")  # type: ignore[attr-defined]  # sent, and never asked for
            raise KeyError("mine")
        session.ask(("SELECT 1/0", ()), ("SELECT 1", ()), ("SELECT 2", ()))

    def read(work: Callable[[Session], None]) -> None:
        with store.read() as session:
            work(session)

    with pytest.raises((LedgerUnavailable, psycopg.errors.DivisionByZero, KeyError)) as told:
        (store.write if way == "write" else read)(work)
    expected = {"the connection ends": LedgerUnavailable, "the caller fails": KeyError}
    assert told.type is expected.get(fault, psycopg.errors.DivisionByZero)
    assert [each.getMessage() for each in caplog.records if each.name.startswith("psycopg")] == []
    with store.read() as session:
        assert session.ask(("SELECT 1", ())) == [[(1,)]]
    store.close()


def test_a_commit_that_never_arrived_is_in_doubt_and_the_key_tells() -> None:
    server, schema = postgres_server(), new_schema()
    with remit.open_ledger(server.get_uri(), schema=schema) as ledger, Wire(Path(server.pgdata), lost=True) as wire:
        far = remit.open_ledger(wire.url, schema=schema)
        with pytest.raises(LedgerUnavailable, match="it may be on record: try again with the same key") as told:
            far.grant(desk(), request(key="k"))
        assert told.value.in_doubt
        assert ledger.head().size == 0, "this time it is not"
        assert not far.grant(desk(), request(key="k")).repeated
        assert [entry.kind for entry in ledger.records()] == ["grant"]
        far.close()


def _go_on(place: dict[str, Any], folder: Path) -> None:
    """Grants until the file ``enough`` is there; what is not acknowledged is tried again with its key."""
    note, index = Note(folder / "note-frozen"), 0
    with remit.open_ledger(**place) as ledger:
        while not (folder / "enough").exists():
            try:
                entry = ledger.grant(hot_policy(), hot_request(random.Random(index), f"frozen-{index}"))
            except LedgerUnavailable as error:
                note(doubt=error.in_doubt)
            else:
                note(key=entry.body["key"], id=entry.id)
                index += 1


def _freeze_with_the_lock(server: Any, process: int) -> None:
    """Stop a process at a moment at which it holds the lock, and its server has nothing to do but wait for it."""
    query = (
        "SELECT 1 FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE l.locktype = 'advisory' AND l.granted "
        "AND a.wait_event_type = 'Client' AND a.application_name = 'remit'"
    )
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for pause in range(1, 100_000):
            os.kill(process, signal.SIGSTOP)
            for _ in range(20):  # until the server has done what it was asked before
                found = connection.execute(query).fetchall()
            if found:
                return
            os.kill(process, signal.SIGCONT)
            time.sleep(pause % 7 / 1000)
    raise AssertionError("it never held the lock")


def test_a_frozen_writer_loses_the_lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.ledger.stores.postgres._SILENCE_SECONDS", 0.2)
    server = new_server()
    place = {"url": server.get_uri(), "schema": "desk"}
    with remit.open_ledger(**place, timeout=60) as ledger:
        frozen = FORK.Process(target=_go_on, args=(place, folder))
        frozen.start()
        assert frozen.pid is not None
        try:
            for _ in range(5):
                _freeze_with_the_lock(server, frozen.pid)
                seen = len(read_notes(folder))
                assert ledger.grant(hot_policy(), hot_request(random.Random(), os.urandom(8).hex())).granted
                os.kill(frozen.pid, signal.SIGCONT)
                while len(read_notes(folder)) <= seen:
                    time.sleep(0.01)
            (folder / "enough").touch()
            frozen.join(60)
            assert frozen.exitcode == 0
        finally:
            frozen.kill()
        acknowledged = {note["key"]: note["id"] for note in read_notes(folder) if "key" in note}
        recorded = {entry.body["key"]: entry.id for entry in ledger.records()}
        assert len(recorded) == ledger.head().size, "nothing was given twice"
        assert acknowledged.items() <= recorded.items()
        check_caps(ledger)
        assert ledger.verify(thorough=True).ok
    stop_server(server)


@needs("pgbouncer")
def test_a_silent_writer_whose_pooler_adds_its_host_loses_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.ledger.stores.postgres._SILENCE_SECONDS", 0.2)
    url, schema = postgres_server().get_uri(), new_schema()
    through = pooler_url(more="application_name_add_host = 1") + "&application_name=remit"
    with remit.open_ledger(url, schema=schema, timeout=5) as ledger, psycopg.connect(through, prepare_threshold=None) as silent:
        silent.execute(f"SET LOCAL search_path = {schema}")
        silent.execute("SELECT pg_advisory_xact_lock(hashtextextended('remit ledger ' || current_schema(), 0))")
        name = silent.execute("SELECT current_setting('application_name')").fetchone()
        assert name is not None
        assert name[0].startswith("remit - ")
        assert ledger.grant(desk(), request()).granted
        with pytest.raises(psycopg.OperationalError):
            silent.execute("SELECT 1")


def test_a_busy_lock_is_not_taken_from_a_writer_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.ledger.stores.postgres._SILENCE_SECONDS", 0.2)
    url, schema = postgres_server().get_uri(), new_schema()
    with remit.open_ledger(url, schema=schema, timeout=0.4) as ledger, psycopg.connect(url) as other:
        other.execute(f"SET search_path = {schema}")
        other.execute("SET application_name = 'remit'")
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('remit ledger ' || current_schema(), 0))")
        with other.pipeline():
            other.execute("SELECT pg_sleep(1)")
            with pytest.raises(LedgerBusy):
                ledger.grant(desk(), request())
        assert other.execute("SELECT 1").fetchone() == (1,), "it is still connected"


def test_an_open_ledger_survives_a_restart_of_its_server(folder: Path) -> None:
    server = new_server()
    with remit.open_ledger(server.get_uri(), schema="desk") as ledger:
        entry = ledger.grant(desk(), request(key="k"))
        stop_server(server)
        for tried in (lambda: ledger.grant(desk(), request()), lambda: ledger.record(entry.id), ledger.head):
            with pytest.raises(LedgerUnavailable, match="cannot be reached"):
                tried()
        start_server(server)
        assert ledger.record(entry.id).text == entry.text
        assert ledger.grant(desk(), request(key="k")).id == entry.id
        stop_server(server)
        start_server(server)
        assert ledger.grant(desk(), request(key="k-2")).granted  # the connection that idled through it is replaced unseen
    stop_server(server)
