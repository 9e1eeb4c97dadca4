"""The files of a ledger are moved, replaced or removed while it is open: nothing is acknowledged that is not on record, and
what took their place is left as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import LedgerUnavailable
from remit.ledger.stores import complete_files
from support.desk import desk, request

CHANGED = "was moved, replaced or removed while the ledger was open"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk" / "desk.db"


def give(ledger: remit.Ledger, number: int) -> Any:
    return ledger.grant(desk(), request("1 EUR", guest=f"g-{number}", key=f"k-{number}"))


def removed(path: Path) -> None:
    path.unlink()


def moved_away(path: Path) -> None:
    path.rename(path.with_name("away.db"))


def an_older_backup_put_there(path: Path) -> None:
    (path.parent / "backup.db").replace(path)


def another_ledger_put_there(path: Path) -> None:
    remit.open_ledger(path.parent / "other.db").close()
    (path.parent / "other.db").replace(path)


def the_journal_removed(path: Path) -> None:
    path.with_name("desk.db-wal").unlink()


def the_journal_replaced(path: Path) -> None:
    shutil.copy(path.with_name("desk.db-wal"), path.with_name("copy"))
    path.with_name("copy").replace(path.with_name("desk.db-wal"))


def the_index_of_the_journal_removed(path: Path) -> None:
    path.with_name("desk.db-shm").unlink()


def the_folder_moved_away(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


#: How a program begins that is given a ledger and where to import from.
BEGIN = """
import os, sys
sys.path[:0] = sys.argv[2].split(os.pathsep)
import remit
from ledger.test_replaced_files import give
"""

HARM: tuple[Callable[[Path], None], ...] = (
    removed,
    moved_away,
    an_older_backup_put_there,
    another_ledger_put_there,
    the_journal_removed,
    the_journal_replaced,
    the_index_of_the_journal_removed,
    the_folder_moved_away,
)


@pytest.mark.parametrize("harm", HARM)
def test_what_is_written_next_is_refused(path: Path, harm: Callable[[Path], None]) -> None:
    ledger = remit.open_ledger(path)
    give(ledger, 1)
    ledger.backup(path.with_name("backup.db"))
    give(ledger, 2)
    harm(path)
    for key in (3, 2):
        with pytest.raises(LedgerUnavailable, match=CHANGED) as raised:
            give(ledger, key)
        assert raised.value.in_doubt is (harm in (the_journal_removed, the_journal_replaced))
    for read in (ledger.head, ledger.verify, lambda: list(ledger.records()), lambda: ledger.backup(path.parent / "new.db")):
        with pytest.raises(LedgerUnavailable, match=CHANGED):
            read()
    before = _contents(path.parent)
    ledger.close()
    assert _contents(path.parent) == before, "to close it changes and removes nothing"


def _contents(folder: Path) -> dict[str, bytes]:
    """The files, but for the index of the journal, which holds locks."""
    files = sorted(folder.glob("*")) if folder.exists() else []
    return {file.name: file.read_bytes() for file in files if not file.name.endswith("-shm")}


def test_a_service_that_ends_leaves_the_ledger_that_took_its_place_alone(path: Path) -> None:
    """It ends without closing its ledger, while another process has the new one open and has not moved its journal."""
    code = (
        f"{BEGIN}"
        "ledger = remit.open_ledger(sys.argv[1]); give(ledger, 1)\n"
        "print('open', flush=True); sys.stdin.readline()\n"
        "try:\n    give(ledger, 2)\nexcept remit.errors.LedgerUnavailable as error:\n    print(error, flush=True)\n"
        "sys.stdin.readline()\n"
    )
    arguments = [sys.executable, "-c", code, str(path), os.pathsep.join(sys.path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdin is not None
        assert service.stdout is not None
        assert service.stdout.readline() == "open\n"
        old = path.parent.with_name("old")
        path.parent.rename(old)
        path.parent.mkdir()
        with remit.open_ledger(path) as ledger:
            entry = give(ledger, 7)
            service.stdin.write("\n")
            service.stdin.flush()
            assert CHANGED in service.stdout.readline()
            service.stdin.close()
            service.wait(60)
            assert path.with_name("desk.db-wal").exists()
            assert give(ledger, 8).granted
            assert ledger.record(entry.id).granted
            assert ledger.verify(thorough=True).ok
    with remit.open_ledger(old / "desk.db") as ledger:
        assert [each.body["key"] for each in ledger.records()] == ["k-1"]


def test_all_that_was_acknowledged_is_in_the_files_that_were_moved(path: Path) -> None:
    """Moved at any moment, while a process grants."""
    code = (
        f"{BEGIN}"
        "ledger = remit.open_ledger(sys.argv[1])\n"
        "for number in range(100_000):\n"
        "    try:\n        print(give(ledger, number).body['key'], flush=True)\n"
        "    except remit.errors.LedgerUnavailable as error:\n        print('end', error, flush=True); break\n"
    )
    arguments = [sys.executable, "-c", code, str(path), os.pathsep.join(sys.path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        told = [service.stdout.readline().strip() for _ in range(30)]
        away = path.parent.with_name("away")
        away.mkdir()
        for name in ("desk.db", "desk.db-wal", "desk.db.secret", "desk.db.records"):
            path.with_name(name).rename(away / name)
        told += [line.strip() for line in service.stdout]
    assert CHANGED in told.pop()
    with remit.open_ledger(away / "desk.db") as ledger:
        keys = {entry.body["key"] for entry in ledger.records()}
        assert keys >= set(told)
        assert ledger.verify(thorough=True).ok


def test_what_is_moved_during_a_transaction_is_not_acknowledged(path: Path) -> None:
    ledger = remit.open_ledger(path)
    give(ledger, 1)
    with pytest.raises(LedgerUnavailable, match=f"{CHANGED} and written") as raised:
        ledger._store.write(lambda session: path.unlink())
    assert raised.value.in_doubt
    ledger.close()


@pytest.mark.parametrize("other", [None, b"%19d\n" % 1, b""])
def test_the_note_beside_it_is_written_again(path: Path, other: bytes | None) -> None:
    """How many records there are is noted for a copy without its journal; an older note would pass for all of it."""
    note = complete_files.noted_beside(path)
    with remit.open_ledger(path) as ledger:
        for number in range(3):
            give(ledger, number)
        note.unlink()
        if other is not None:
            note.write_bytes(other)
        give(ledger, 3)
        assert int(note.read_bytes()) == 4


def test_a_program_may_change_its_folder(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with remit.open_ledger("desk.db") as ledger:
        give(ledger, 1)
        monkeypatch.chdir(path.parent.parent)
        assert give(ledger, 2).granted
        ledger.backup(path.with_name("backup.db"))
        assert ledger.head().size == 2
    assert sorted(each.name for each in path.parent.parent.iterdir()) == ["desk"]
    monkeypatch.chdir(path.parent)
    with remit.open_ledger("desk.db") as ledger:
        assert ledger.verify(thorough=True).ok


def test_a_link_is_followed(path: Path) -> None:
    link = path.parent.with_name("link.db")
    link.symlink_to(path)
    with remit.open_ledger(link) as ledger:
        assert give(ledger, 1).granted
        assert give(ledger, 2).granted
