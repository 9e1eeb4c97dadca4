"""A ledger of which a part is missing is refused, never begun anew; one that nobody copied wrongly is always opened."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import LedgerCorrupt, LedgerError, LedgerUnavailable
from remit.ledger import import_ledger
from remit.ledger.stores import complete_files, opening
from support.crowd import FORK
from support.desk import desk, request
from support.ledgers import quick_folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


def fill(path: Path, count: int = 20) -> remit.Ledger:
    ledger = remit.open_ledger(path)
    for number in range(count):
        ledger.grant(desk(), request("1 EUR", guest=f"g-{number}", key=f"k-{number}"))
    return ledger


def copied(*files: Path, to: Path) -> None:
    """Copy as another process does it: to close a database that this process has open would drop its locks."""
    subprocess.run(["cp", *files, to], check=True)


def only_the_secret(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def without_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


@pytest.mark.parametrize("lose", [only_the_secret, emptied, without_tables])
def test_a_ledger_that_is_gone_is_not_begun_anew_beside_its_secret(path: Path, lose: Callable[[Path], None]) -> None:
    fill(path).close()
    lose(path)
    before = sorted((each.name, each.read_bytes()) for each in path.parent.iterdir())
    expected = r"desk\.db is missing or empty, but its secret is there .*: restore it from a backup, or move the secret away"
    for _ in range(2):
        with pytest.raises(LedgerUnavailable, match=expected):
            remit.open_ledger(path)
    assert sorted((each.name, each.read_bytes()) for each in path.parent.iterdir()) == before
    with pytest.raises(LedgerUnavailable, match=expected):
        remit.open_ledger(path, secret=bytes(32))
    path.unlink(missing_ok=True)
    path.with_name("desk.db.secret").rename(path.with_name("old.secret"))
    with remit.open_ledger(path) as ledger:
        assert ledger.verify().size == 0


def test_an_export_is_not_taken_in_beside_the_secret_of_another(path: Path) -> None:
    with fill(path) as ledger:
        ledger.export(path.with_name("all.jsonl"), whole=True)
        secret = opening.secret_beside(path)
    path.unlink()
    with pytest.raises(LedgerUnavailable, match="its secret is there"):
        import_ledger(path.with_name("all.jsonl"), path, secret=bytes.fromhex(secret.read_text()))
    secret.unlink()


def test_a_copy_without_its_journal_is_refused(path: Path, tmp_path: Path) -> None:
    with fill(path) as ledger:
        copy = tmp_path / "copy" / "desk.db"
        copy.parent.mkdir()
        copied(path, opening.secret_beside(path), to=copy.parent)
        with pytest.raises(
            LedgerCorrupt,
            match=r"was in use when it was copied, and `desk\.db-wal`, which has its newest records, is not beside it",
        ):
            remit.open_ledger(copy)
        assert sorted(each.name for each in copy.parent.iterdir()) == ["desk.db", "desk.db.secret"]
        copied(Path(f"{path}-wal"), to=copy.parent)
        with remit.open_ledger(copy) as opened:
            assert opened.head() == ledger.head()


def test_the_way_out_is_an_empty_journal(path: Path, tmp_path: Path) -> None:
    with fill(path):
        copied(path, to=tmp_path / "copy.db")
    (tmp_path / "copy.db-wal").touch()
    with remit.open_ledger(tmp_path / "copy.db", secret=bytes.fromhex(opening.secret_beside(path).read_text())) as opened:
        assert opened.verify().ok


def test_what_was_closed_needs_no_journal(path: Path, tmp_path: Path) -> None:
    fill(path).close()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["desk.db", "desk.db.records", "desk.db.secret"]
    with remit.open_ledger(path) as ledger:
        assert ledger.verify(thorough=True).size == 20
        ledger.backup(tmp_path / "backup.db")
    with remit.open_ledger(tmp_path / "backup.db") as ledger:
        assert ledger.verify(thorough=True).size == 20


def test_a_journal_that_cannot_be_read_in_its_folder_is_not_passed_over(path: Path) -> None:
    copy = quick_folder()
    with fill(path):
        copied(path, Path(f"{path}-wal"), opening.secret_beside(path), to=copy)
        for each in copy.iterdir():
            each.chmod(0o444)
    copy.chmod(0o555)
    child = FORK.Process(target=_refused_for_its_journal, args=(copy / "desk.db",))
    child.start()
    child.join()
    shutil.rmtree(copy)
    assert child.exitcode == 0


def _refused_for_its_journal(path: Path) -> None:
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    with pytest.raises(LedgerError, match=r"its journal .* cannot be read in a folder that cannot be written"):
        remit.open_ledger(path)


_SCRIPT = """
import sys, remit
from support.desk import desk, request
from support.ledgers import quick_folder
ledger = remit.open_ledger(sys.argv[1])
ledger.grant(desk(), request("1 EUR", guest="g"))
{end}
"""


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "del ledger", "1 / 0", "next(ledger.records())"])
def test_a_program_that_never_closes_its_ledger_leaves_one_that_opens(path: Path, end: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", _SCRIPT.format(end=end), path], env=environment, stderr=subprocess.DEVNULL)
    with remit.open_ledger(path) as ledger:
        assert ledger.verify().size == 1


def _die_writing(path: Path) -> None:
    fill(path, 1)
    os.kill(os.getpid(), signal.SIGKILL)


def test_whoever_closes_last_after_a_kill_leaves_one_that_opens(path: Path) -> None:
    child = FORK.Process(target=_die_writing, args=(path,))
    child.start()
    child.join()
    remit.open_ledger(path).close()
    with remit.open_ledger(path) as ledger:
        assert ledger.verify().size == 1


def test_others_that_close_leave_the_mark_of_those_who_write(path: Path, tmp_path: Path) -> None:
    with fill(path, 1) as ledger:
        remit.open_ledger(path).close()
        ledger.grant(desk(), request("1 EUR", guest="last"))
        copied(path, to=tmp_path / "copy.db")
        with pytest.raises(LedgerCorrupt, match="was in use when it was copied"):
            remit.open_ledger(tmp_path / "copy.db")


def _die_after_a_grant(path: Path, opened: Any, go: Any) -> None:
    ledger = remit.open_ledger(path)
    opened.set()
    go.wait()
    ledger.grant(desk(), request("1 EUR", guest="other"))
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_killed_while_the_last_one_closes_leaves_a_file_that_opens(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It writes after the last one took the mark away, and before that one closes and moves the WAL into the file."""
    ledger = fill(path, 1)
    opened, go = FORK.Event(), FORK.Event()
    child = FORK.Process(target=_die_after_a_grant, args=(path, opened, go))
    child.start()
    opened.wait()

    class Between(complete_files.suppress):
        def __exit__(self, *error: Any) -> bool:
            monkeypatch.undo()
            go.set()
            child.join()
            return super().__exit__(*error)

    monkeypatch.setattr(complete_files, "suppress", Between)
    ledger.close()
    assert child.exitcode == -signal.SIGKILL
    assert not Path(f"{path}-wal").exists()
    with remit.open_ledger(path) as again:
        assert again.verify(thorough=True).size == 2


def test_another_program_may_close_it_after_a_kill(path: Path) -> None:
    child = FORK.Process(target=_die_writing, args=(path,))
    child.start()
    child.join()
    with closing(sqlite3.connect(path)) as shell:
        shell.execute("SELECT count(*) FROM record").fetchone()
    assert not Path(f"{path}-wal").exists()
    with remit.open_ledger(path) as ledger:
        assert ledger.verify().size == 1


def test_a_copy_that_lacks_what_was_noted_is_refused(path: Path, tmp_path: Path) -> None:
    with fill(path, 1) as ledger:
        ledger.grant(desk(), request("1 EUR", guest="last"))
        (tmp_path / "copy").mkdir()
        copied(path, complete_files.noted_beside(path), opening.secret_beside(path), to=tmp_path / "copy")
        with pytest.raises(LedgerCorrupt, match="was in use when it was copied"):
            remit.open_ledger(tmp_path / "copy" / path.name)


def test_a_note_that_comes_late_does_not_say_less(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process commits, and notes it, before this one has noted its own."""
    write_at = os.pwrite

    def late(*note: Any) -> int:
        monkeypatch.undo()
        other.grant(desk(), request("1 EUR", guest="other"))
        return write_at(*note)

    with fill(path, 1) as ledger, remit.open_ledger(path) as other:
        monkeypatch.setattr(complete_files.os, "pwrite", late)
        ledger.grant(desk(), request("1 EUR", guest="last"))
        assert ledger.head().size == 3
        assert int(complete_files.noted_beside(path).read_bytes()) == 3


@pytest.mark.parametrize("step", ["connect", "secret", "commit"])
def test_a_process_that_dies_while_it_makes_a_ledger_is_followed_by_one_that_makes_it(path: Path, step: str) -> None:
    child = FORK.Process(target=_die_making, args=(path, step))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with remit.open_ledger(path) as ledger:
        ledger.grant(desk(), request("1 EUR"))
        assert ledger.verify(thorough=True).size == 1
    assert sorted(each.name for each in path.parent.iterdir()) == ["desk.db", "desk.db.records", "desk.db.secret"]


def _die_making(path: Path, step: str) -> None:
    """Make a ledger, and die at a step that Python can see: the commit is over when the secret gets its name."""

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        at = {
            "connect": event == "sqlite3.connect/handle",
            "secret": event == "open" and ".secret" in str(arguments[0]),
            "commit": event == "os.rename" and str(arguments[1]).endswith(".secret"),
        }
        if at[step]:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    remit.open_ledger(path)


def test_many_that_make_a_ledger_at_once_make_one(tmp_path: Path) -> None:
    for number in range(20):
        barrier, told = FORK.Barrier(8), FORK.SimpleQueue()
        place = tmp_path / f"{number}.db"
        children = [FORK.Process(target=_make, args=(place, barrier, told)) for _ in range(8)]
        for child in children:
            child.start()
        ids = [told.get() for _ in children]
        for child in children:
            child.join()
        assert len(set(ids)) == 1, ids


def _make(path: Path, barrier: object, told: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    try:
        with remit.open_ledger(path) as ledger:
            told.put(ledger.id)  # type: ignore[attr-defined]
    except BaseException as error:
        told.put(repr(error))  # type: ignore[attr-defined]
        raise
