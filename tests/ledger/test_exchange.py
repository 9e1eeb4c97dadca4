"""Copies: exports to read, a whole export that becomes an equal ledger, and backups while others write."""

from __future__ import annotations

import csv
import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import LedgerCorrupt, LedgerError, LedgerUnavailable, NotAllowed
from remit.ledger import import_ledger
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import BACKENDS, new_ledger, place_of


def fill(ledger: remit.Ledger, clock: Clock) -> None:
    for number in range(12):
        clock.go(hours=1)
        ledger.grant(desk(), request("5 EUR", guest=f"g-{number % 4}", key=f"k-{number}", facts={"guest.phone": "=1+1"}))
    hold = ledger.hold(desk(), request("9 EUR", guest="h", case="=HYPERLINK()"), lasts=timedelta(hours=1))
    ledger.settle(hold.id, employee=MANAGER, given={"credit": "4 EUR"})
    ledger.hold(desk(), request("9 EUR", guest="h"), lasts=timedelta(minutes=1))
    clock.go(hours=1)
    ledger.publish(desk(version="2"), by="ana")
    task = ledger.escalate(desk(version="2"), request("120 EUR", guest="h", story="So it was."))
    ledger.approve(task.id, employee=SUPERVISOR)
    ledger.escalate(desk(version="2"), request("120 EUR", guest="h"))
    ledger.void(next(ledger.records()).id, employee=MANAGER, reason="No.")
    ledger.erase("guest.id", "g-3")


@pytest.fixture
def filled(ledger: remit.Ledger, clock: Clock) -> remit.Ledger:
    fill(ledger, clock)
    return ledger


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[list[str], bytes]]:
    """The lines of a whole export of such a ledger, made once for each backend, and its secret."""

    @cache
    def export(backend: str) -> tuple[list[str], bytes]:
        folder, clock = tmp_path_factory.mktemp("exported"), Clock()
        with new_ledger(backend, folder, clock=clock) as ledger:
            fill(ledger, clock)
            ledger.export(folder / "all.jsonl", whole=True)
            return (folder / "all.jsonl").read_text().splitlines(), secret_of(ledger)

    return export


def secret_of(ledger: remit.Ledger) -> bytes:
    return ledger._core.secret


def same(one: remit.Ledger, other: remit.Ledger) -> None:
    """Equal logs, balances and tasks, and both go on alike."""
    assert other.id == one.id
    assert other.head() == one.head()
    assert [(entry.text, entry.opened) for entry in other.records()] == [(entry.text, entry.opened) for entry in one.records()]
    for guest in ("g-0", "g-1", "g-3", "h"):
        assert other.balances(desk(), request(guest=guest)) == one.balances(desk(), request(guest=guest))
    assert [task.id for task in other.tasks()] == [task.id for task in one.tasks()]
    assert other.grant(desk(), request("5 EUR", guest="g-1", key="k-1", facts={"guest.phone": "=1+1"})).repeated
    assert other.verify(one.head(), thorough=True).ok


@pytest.mark.parametrize("target", BACKENDS)
def test_a_whole_export_becomes_an_equal_ledger(filled: remit.Ledger, tmp_path: Path, clock: Clock, target: str) -> None:
    told: list[tuple[int, int]] = []
    path = tmp_path / "all.jsonl"
    count = filled.export(path, whole=True, progress=lambda done, of: told.append((done, of)))
    assert count == filled.head().size == told[-1][0]
    place = place_of(target, tmp_path)
    with import_ledger(path, **place, secret=secret_of(filled), clock=clock) as copy:
        same(filled, copy)
    with pytest.raises(NotAllowed, match="is a ledger already"):
        import_ledger(path, **place, secret=secret_of(filled))


def test_an_export_needs_the_secret_it_was_made_with(filled: remit.Ledger, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    filled.export(path, whole=True)
    assert secret_of(filled).hex() not in path.read_text()
    with pytest.raises(NotAllowed, match="not the secret"):
        import_ledger(path, tmp_path / "new.db", secret=b"another secret of 32 bytes......")


def spoil(lines: list[str], how: str) -> list[str]:
    records = [number for number, line in enumerate(lines) if '"record"' in line]
    match how:
        case "a record changed":
            lines[records[3]] = lines[records[3]].replace("5 EUR", "6 EUR")
        case "a record removed":
            del lines[records[3]]
        case "two exchanged":
            lines[records[3]], lines[records[4]] = lines[records[4]], lines[records[3]]
        case "the end cut off":
            lines = lines[:-2]
        case "a personal fact changed":
            lines[records[1]] = lines[records[1]].replace("g-1", "g-2")
        case "a personal fact removed":
            line = json.loads(lines[records[1]])
            del line["private"]
            lines[records[1]] = json.dumps(line)
        case "half a line":
            lines[-1] = lines[-1][:-40]
        case "no header":
            lines = lines[1:]
        case "nothing":
            lines = []
        case "another type":
            lines[0] = lines[0].replace("remit.export/1", "remit.export/9")
    return lines


HOWS = ["a record changed", "a record removed", "two exchanged", "the end cut off", "a personal fact changed"]
HOWS += ["a personal fact removed", "half a line", "no header", "nothing", "another type"]


@pytest.mark.parametrize("how", HOWS)
def test_an_export_that_was_changed_is_not_taken_in(exported: Any, backend: str, tmp_path: Path, how: str) -> None:
    path = tmp_path / "all.jsonl"
    lines, secret = exported(backend)
    path.write_text("\n".join(spoil([*lines], how)) + "\n")
    with pytest.raises(LedgerCorrupt) as raised:
        import_ledger(path, tmp_path / "new.db", secret=secret)
    if how in ("a record changed", "a record removed", "two exchanged"):
        assert raised.value.detail["line"] == 7  # a header, two policies, three records that are right
    with remit.open_ledger(tmp_path / "new.db") as ledger:
        assert ledger.head().size == 0


def test_an_export_to_read_hides_what_is_personal(filled: remit.Ledger, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    assert filled.export(path, kind="grant") == 12
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["grant"] * 12
    assert lines[0]["request"]["facts"]["guest.id"] == "(hidden)"
    assert lines[3]["request"]["facts"]["guest.id"] == "(erased)"
    assert "g-1" not in path.read_text()


def test_csv_opens_in_a_spreadsheet_without_running_anything(filled: remit.Ledger, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    filled.export(path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == filled.head().size
    assert rows[0]["asked"] == rows[0]["given"] == '{"credit":"5 EUR"}'
    assert rows[0]["charges"] == '{"desk-day":"5 EUR","guest-grants":1,"guest-money":"5 EUR"}'
    assert rows[12]["case"] == "'=HYPERLINK()"
    assert rows[13]["given"] == '{"credit":"4 EUR"}'
    assert not any(cell.startswith(FORMULA) for row in rows for cell in row.values())


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: What spreadsheets, or what reads their files, may take for one of these.
LIKE_FORMULA = (
    "\n=",
    "\r\n+",
    "\n\n@",
    " =",
    "\u00a0-",
    "\ufeff=",
    "\u200b=",
    "\x0b=",
    "\x85=",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)


@pytest.mark.parametrize("begins", [*FORMULA, *LIKE_FORMULA], ids=ascii)
def test_no_cell_of_a_csv_begins_as_a_formula_does(tmp_path: Path, begins: str) -> None:
    path, words = tmp_path / "all.csv", f"{begins}SUM(1+1)"
    with remit.open_ledger(tmp_path / "one.db") as ledger:
        ids = {"employee": words, "case": words} if words.isprintable() else {}  # an id has nothing that cannot be seen
        ledger.grant(desk(), request("5 EUR", **ids, key=words))
        ledger.export(path)
    with path.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert [row[name] for name in (*ids, "key")] == [f"'{words}"] * (len(ids) + 1)


def test_parquet_holds_the_same_as_csv(filled: remit.Ledger, tmp_path: Path) -> None:
    from pyarrow import parquet

    filled.export(tmp_path / "all.csv")
    filled.export(tmp_path / "all.parquet")
    with (tmp_path / "all.csv").open(newline="") as file:
        expected = [{name: cell.removeprefix("'") for name, cell in row.items()} for row in csv.DictReader(file)]
    rows: list[dict[str, Any]] = parquet.read_table(tmp_path / "all.parquet").to_pylist()
    assert [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows] == expected


def test_an_export_without_its_extra_says_which(filled: remit.Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"pip install 'remit\[parquet\]'"):
        filled.export(tmp_path / "all.parquet")


def test_an_export_has_a_known_ending(filled: remit.Ledger, tmp_path: Path) -> None:
    for name, options in (("x.xlsx", {}), ("x.csv", {"whole": True}), ("x.jsonl", {"whole": True, "kind": "grant"})):
        with pytest.raises(LedgerError):
            filled.export(tmp_path / name, **options)


def test_a_backup_opens_as_an_equal_ledger(filled: remit.Ledger, tmp_path: Path, clock: Clock) -> None:
    filled.backup(tmp_path / "copy.db")
    with remit.open_ledger(tmp_path / "copy.db", clock=clock) as copy:
        same(filled, copy)
    with pytest.raises(LedgerError, match="exists already"):
        filled.backup(tmp_path / "copy.db")


def test_a_backup_while_others_write_is_whole(backend: str, tmp_path: Path) -> None:
    ledger = new_ledger(backend, tmp_path)
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            ledger.decide(desk(), request("1 EUR", guest=f"g-{number}"))
            number += 1

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in range(4):
            ledger.backup(tmp_path / f"{number}.db")
    finally:
        done.set()
        for thread in threads:
            thread.join()
    sizes = []
    for number in range(4):
        with remit.open_ledger(tmp_path / f"{number}.db") as copy:
            assert copy.verify(thorough=True).ok
            sizes.append(copy.head().size)
    assert sizes == sorted(sizes)
    ledger.close()


def test_a_ledger_without_its_secret_can_be_read_only(tmp_path: Path) -> None:
    with remit.open_ledger(tmp_path / "remit.db") as ledger:
        secret = secret_of(ledger)
    file = tmp_path / "remit.db.secret"
    assert file.stat().st_mode & 0o777 == 0o600
    kept = file.read_bytes()
    file.unlink()
    with remit.open_ledger(tmp_path / "remit.db") as ledger:
        assert ledger.verify(thorough=True).ok  # an auditor needs no secret ...
        assert list(ledger.records()) == []
        for needs in (ledger.grant, ledger.balances):  # ... but nothing can be counted without it
            with pytest.raises(LedgerUnavailable, match=r"the secret of .* is missing .*put it back"):
                needs(desk(), request())
    remit.open_ledger(tmp_path / "remit.db", secret=secret).close()
    file.write_bytes(b"00" * 32)
    with pytest.raises(LedgerError, match="not the secret"):
        remit.open_ledger(tmp_path / "remit.db")
    file.write_bytes(b"what is this")
    with pytest.raises(LedgerError, match="does not hold the secret"):
        remit.open_ledger(tmp_path / "remit.db")
    file.write_bytes(kept)
    remit.open_ledger(tmp_path / "remit.db").close()
    with pytest.raises(LedgerError, match="at least 16 bytes"):
        remit.open_ledger(tmp_path / "other.db", secret=b"short")


def test_the_secret_is_in_no_copy_of_the_database(tmp_path: Path) -> None:
    with remit.open_ledger(tmp_path / "remit.db") as ledger:
        ledger.grant(desk(), request())
        secret = secret_of(ledger)
        with closing(sqlite3.connect(tmp_path / "remit.db")) as connection:
            dump = "\n".join(connection.iterdump())
    assert secret.hex() not in dump.lower()


NO_PLACES = (
    "mysql://localhost/remit",
    "sqlite:///file:x?mode=memory",
    "sqlite:///desk.db",
    "sqlite:desk.db",
    "file:desk.db?mode=memory",
    "FILE:desk.db",
    "file::memory:?cache=shared",
    ":memory:?cache=shared",
    " :memory:",
    ":MEMORY:",
    "postgresql:remit",
    "postgres:user:xyzzy@host/remit",
    "jdbc:postgresql://host/remit",
    Path("sqlite:///desk.db"),
)


@pytest.mark.parametrize("place", NO_PLACES)
def test_a_place_that_is_none_is_refused(place: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LedgerError, match="is no place for a ledger: give ") as raised:
        remit.open_ledger(place)
    assert "xyzzy" not in str(raised.value)
    assert not list(tmp_path.iterdir())


def test_a_file_may_be_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("file:desk.db?mode=memory", ":memory:", "desk.db?mode=ro"):
        with remit.open_ledger(f"./{name}") as ledger:
            ledger.grant(desk(), request())
        with remit.open_ledger(tmp_path / name) as ledger:
            assert ledger.head().size == 1
