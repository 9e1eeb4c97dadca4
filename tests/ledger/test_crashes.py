"""Nothing that was acknowledged is lost, whatever dies: the process, the database server, the disk.

Each run in CI kills writers 200 times on either store, ``REMIT_FULL=1`` 1,000 times. ``test_servers.py`` kills the server.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import LedgerUnavailable
from support.crowd import FORK, Note, hot_policy, hot_request, read_notes
from support.desk import MANAGER, desk, request
from support.ledgers import place_of, quick_folder
from support.trials import scaled

FULL = bool(os.environ.get("REMIT_FULL"))
#: How long a writer lives, at most, in seconds: longer than it takes to open a ledger.
LIFE = {"sqlite": 0.06, "postgres": 0.3}
KILLS = 1_000 if FULL else scaled(200)
PER_LEDGER = 40
WRITERS = 3


@pytest.fixture
def folder() -> Iterator[Path]:
    made = quick_folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


def _live(place: dict[str, Any], folder: Path, number: int) -> None:
    """Write until killed: grants, voids, holds that are settled or let go, each noted when it is acknowledged."""
    note, dice = Note(folder / f"note-{number}"), random.Random(number)
    with remit.open_ledger(**place, timeout=60) as ledger:
        for index in range(1_000_000):
            key = f"{number}-{index}"
            move = dice.random()
            if move < 0.7:
                entry = ledger.grant(hot_policy(), hot_request(dice, key))
                note(id=entry.id, kind=entry.kind)
                if move < 0.2 and entry.granted:
                    note(id=ledger.void(entry.id, employee=MANAGER, reason="No.").id, kind="void")
            else:
                hold = ledger.hold(hot_policy(), hot_request(dice, key), lasts=timedelta(seconds=0.02))
                note(id=hold.id, kind=hold.kind)
                if move > 0.9 and hold.granted:
                    with suppress(remit.errors.NotAllowed):  # it expired
                        note(id=ledger.settle(hold.id, employee=MANAGER).id, kind="settle")


def _check(place: dict[str, Any], folder: Path) -> int:
    with remit.open_ledger(**place) as ledger:
        found = ledger.verify(thorough=True)
        assert found.ok, found.findings
        recorded = {entry.id: entry.kind for entry in ledger.records()}
        for note in read_notes(folder):
            assert recorded.get(note["id"]) == note["kind"], note
        for guest in range(5):
            balance = ledger.balances(hot_policy(), request(guest=f"g-{guest}"))["guest"]
            assert balance.used is not None
            assert balance.used.amount <= 1500  # type: ignore[union-attr]
        return len(recorded)


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_loses_nothing_that_was_acknowledged(backend: str, folder: Path) -> None:
    dice, killed, recorded = random.Random(7), 0, 0
    while killed < KILLS:
        inside = folder / f"from-{killed}"
        inside.mkdir()
        place = place_of(backend, inside)  # the first are killed while the ledger is being made
        for _ in range(PER_LEDGER // WRITERS):
            writers = [FORK.Process(target=_live, args=(place, inside, killed + number)) for number in range(WRITERS)]
            for writer in writers:
                writer.start()
            for writer in writers:
                time.sleep(dice.uniform(0, LIFE[backend]))
                os.kill(writer.pid or 0, signal.SIGKILL)
                killed += 1
            for writer in writers:
                writer.join()
            size = _check(place, inside)
        recorded += size
    print(f"\n{killed} writers killed on {backend}, {recorded} records")
    assert recorded > killed // 4


def _fill(path: Path, folder: Path, limit: int) -> None:
    """Grant under a limit on the size of any file until there is no room, then without the limit."""
    note = Note(folder / "note-0")
    with remit.open_ledger(path) as ledger:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        refused = 0
        index = 0
        while refused < 5:
            try:
                entry = ledger.grant(hot_policy(), hot_request(random.Random(index), f"k-{index}"))
                note(id=entry.id, kind=entry.kind)
                index += 1
            except LedgerUnavailable as error:
                refused += 1 if "try again" in str(error) else 100
            assert index < 5_000
        assert refused == 5
        assert ledger.verify().ok  # it can still be read
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        entry = ledger.grant(hot_policy(), hot_request(random.Random(index), f"k-{index}"))
        note(id=entry.id, kind=entry.kind)


@pytest.mark.parametrize("limit", [900_000, 2_000_000])
def test_a_disk_without_room_loses_nothing(folder: Path, limit: int) -> None:
    path = folder / "remit.db"
    remit.open_ledger(path).close()
    child = FORK.Process(target=_fill, args=(path, folder, limit))
    child.start()
    child.join(120)
    assert child.exitcode == 0
    assert len(read_notes(folder)) > 20
    assert _check({"url": str(path)}, folder) == len(read_notes(folder))


def test_a_database_that_may_not_grow_says_there_is_no_room(folder: Path) -> None:
    with remit.open_ledger(folder / "remit.db") as ledger:
        kept = ledger.grant(desk(), request("1 EUR", guest="g"))
        ledger._store._writer.execute("PRAGMA max_page_count = 40")  # type: ignore[attr-defined]
        told = ""
        for number in range(200):
            try:
                kept = ledger.grant(desk(), request("1 EUR", guest=f"g-{number}", employee=f"e-{number}"))
            except LedgerUnavailable as error:
                told = str(error)
                break
        assert "no space is left for" in told
        assert "nothing was written, make room and try again" in told
        assert next(ledger.records(newest_first=True)).id == kept.id
        ledger._store._writer.execute("PRAGMA max_page_count = 100000")  # type: ignore[attr-defined]
        assert ledger.grant(desk(), request("1 EUR", guest="last")).granted
        assert ledger.verify(thorough=True).ok


def _read_only(path: Path, folder: Path) -> None:
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    with remit.open_ledger(path) as ledger:
        assert ledger.verify().ok
        assert len(list(ledger.records())) == 3
        with pytest.raises(LedgerUnavailable, match="is read-only: nothing can be recorded"):
            ledger.grant(desk(), request("1 EUR"))
        with pytest.raises(LedgerUnavailable, match="is read-only"):
            ledger.erase("guest.id", "g-1")


@pytest.mark.parametrize("folder_too", [False, True])
def test_a_read_only_file_can_be_read_and_says_so_when_written(
    tmp_path_factory: pytest.TempPathFactory, folder_too: bool
) -> None:
    inside = quick_folder()
    path = inside / "remit.db"
    with remit.open_ledger(path) as ledger:
        for _ in range(3):
            ledger.grant(desk(), request("1 EUR"))
    (inside / "remit.db.secret").chmod(0o444)
    path.chmod(0o444)
    inside.chmod(0o555 if folder_too else 0o777)
    child = FORK.Process(target=_read_only, args=(path, inside))
    child.start()
    child.join(60)
    inside.chmod(0o700)
    assert child.exitcode == 0
    with remit.open_ledger(path) as ledger:
        assert ledger.verify(thorough=True).size == 3
    shutil.rmtree(inside)


def test_a_ledger_that_is_being_made_by_many_at_once_is_one_ledger(backend: str, folder: Path) -> None:
    place = place_of(backend, folder)
    ids: list[str] = []

    def make() -> None:
        with remit.open_ledger(**place) as ledger:
            ledger.grant(desk(), request("1 EUR"))
            ids.append(ledger.id)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1
    with remit.open_ledger(**place) as ledger:
        assert ledger.verify(thorough=True).size == 8
