"""Group commit: what waits goes together, each with its own verdict, and nobody hears before the commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from remit.errors import LedgerUnavailable, NotAllowed
from remit.ledger.stores.committer import Committer
from remit.ledger.stores.sqlite import SqliteStore
from remit.ledger.stores.store import Session, Store

T = TypeVar("T")

INSERT = "INSERT INTO record (seq, at, kind, link, hashes, body) VALUES (?, 1, 'test', ?, ?, '{}')"


def append(session: Session) -> int:
    (size,) = session.one("SELECT count(*) FROM record") or (0,)
    session.put(INSERT, (size + 1, bytes(32), bytes(32)))
    return int(size) + 1


class Counting:
    """A store that counts its commits, and makes each slow enough for others to come."""

    def __init__(self, store: Store) -> None:
        self.store, self.commits, self.failures = store, 0, store.failures

    def write(self, work: Callable[[Session], T]) -> T:
        self.commits += 1
        result = self.store.write(work)
        time.sleep(0.01)
        return result


def in_threads(number: int, run: Callable[[int], Any]) -> list[Any]:
    results: list[Any] = [None] * number

    def one(index: int) -> None:
        try:
            results[index] = run(index)
        except BaseException as error:
            results[index] = error

    threads = [threading.Thread(target=one, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    return results


def test_threads_share_commits_and_each_gets_its_own_result(store: Store) -> None:
    counting = Counting(store)
    committer = Committer(counting)  # type: ignore[arg-type]
    results = in_threads(16, lambda _: [committer.run(append) for _ in range(10)])
    assert sorted(number for result in results for number in result) == list(range(1, 161))
    assert counting.commits < 80


def test_one_refusal_in_a_round_spoils_nothing_for_the_others(store: Store) -> None:
    committer = Committer(Counting(store))  # type: ignore[arg-type]

    def work(index: int) -> int:
        def do(session: Session) -> int:
            number = append(session)
            if index % 3 == 0:
                raise NotAllowed(f"not {index}")
            return number

        return committer.run(do)

    results = in_threads(12, work)
    for index, result in enumerate(results):
        assert (str(result) == f"not {index}") if index % 3 == 0 else isinstance(result, int)
    assert sorted(each for each in results if isinstance(each, int)) == list(range(1, 9))
    with store.read() as session:
        assert session.one("SELECT count(*) FROM record") == (8,)


def test_when_the_commit_fails_all_of_the_round_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    class Failing(SqliteStore):
        broken = False

        def write(self, work: Callable[[Session], T]) -> T:
            def and_fail(session: Session) -> T:
                time.sleep(0.01)
                result = work(session)
                session.flush()
                if self.broken:
                    raise LedgerUnavailable("no space is left")
                return result

            return super().write(and_fail)

    store = Failing(tmp_path / "x.db", timeout=1)
    committer = Committer(store)
    store.broken = True
    results = in_threads(6, lambda _: committer.run(append))
    assert all(isinstance(each, LedgerUnavailable) for each in results)
    assert len({id(each) for each in results}) == 6
    store.broken = False
    assert committer.run(append) == 1
    store.close()


def test_a_fault_of_the_database_is_not_taken_for_one_of_the_work(store: Store) -> None:
    committer = Committer(store)
    with pytest.raises(store.failures):
        committer.run(lambda session: session.rows("SELECT nonsense FROM record"))
    assert committer.run(append) == 1


def test_an_interrupted_leader_leaves_the_others_able_to_go_on(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "x.db", timeout=1)
    committer = Committer(store)
    started = threading.Event()

    def interrupted(session: Session) -> int:
        append(session)
        started.set()
        time.sleep(0.05)
        raise KeyboardInterrupt

    def work(index: int) -> int:
        if index == 0:
            return committer.run(interrupted)
        started.wait(5)
        return committer.run(append)

    results = in_threads(5, work)
    assert isinstance(results[0], KeyboardInterrupt)
    assert sorted(results[1:]) == [1, 2, 3, 4]
    store.close()
