"""Law 3 under load: eight processes, hundreds of grants each, at a few hot caps; ``REMIT_FULL=1``: two thousand each."""

from __future__ import annotations

import os
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import remit
from remit.errors import NotAllowed
from support.crowd import Note, check_caps, hot_policy, hot_request, read_notes, run_crowd, work
from support.desk import MANAGER, desk, request
from support.ledgers import new_ledger, place_of, quick_folder
from support.trials import scaled

PROCESSES = 8
COUNT = 2_000 if os.environ.get("REMIT_FULL") else scaled(1_600)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = quick_folder()
    yield made
    shutil.rmtree(made)


@pytest.mark.slow
def test_no_cap_is_overspent_and_nothing_that_was_acknowledged_is_lost(backend: str, folder: Path) -> None:
    place = place_of(backend, folder)
    run_crowd(work, PROCESSES, place, folder, COUNT)
    notes = read_notes(folder)
    assert len(notes) == PROCESSES * COUNT
    with remit.open_ledger(**place) as ledger:
        granted = check_caps(ledger)
        assert {entry.id for entry in granted} == {note["id"] for note in notes if note["granted"]}
        assert {entry.id for entry in ledger.records(kind="decide")} == {note["id"] for note in notes if not note["granted"]}
        refused = [each for entry in ledger.records(kind="decide") for each in entry.body.get("charges", ())]
        assert {each["kind"] for each in refused} <= {"recorded"}  # whose case it was; nothing is spent
        assert len(granted) > 500
        assert len(granted) < len(notes)  # the caps were reached
        assert ledger.verify(thorough=True).ok


@pytest.mark.slow
def test_one_key_from_many_processes_is_one_grant(backend: str, folder: Path) -> None:
    place = place_of(backend, folder)
    run_crowd(_same_keys, PROCESSES, place, folder)
    with remit.open_ledger(**place) as ledger:
        assert len(list(ledger.records())) == 20
        assert len(check_caps(ledger)) == 20
    assert len({(note["key"], note["id"]) for note in read_notes(folder)}) == 20


def _same_keys(place: dict[str, str], folder: Path, number: int) -> None:
    note = Note(folder / f"note-{number}")
    with remit.open_ledger(**place, timeout=60) as ledger:  # type: ignore[arg-type]
        for index in range(20):
            entry = ledger.grant(hot_policy(), hot_request(random.Random(index), f"k-{index}"))
            note(key=f"k-{index}", id=entry.id)


def test_threads_share_one_ledger(backend: str, folder: Path) -> None:
    ledger = new_ledger(backend, folder)
    errors: list[BaseException] = []

    def one(number: int) -> None:
        dice = random.Random(number)
        try:
            for index in range(40):
                ledger.grant(hot_policy(), hot_request(dice, f"{number}-{index}"))
                if index % 10 == 0:
                    assert ledger.head().size > 0
                    list(ledger.records(newest_first=True, limit=3))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(check_caps(ledger)) == 480
    assert ledger.verify(thorough=True).ok
    ledger.close()


def test_many_who_void_one_grant_void_it_once(backend: str, folder: Path) -> None:
    ledger = new_ledger(backend, folder)
    grant = ledger.grant(desk(), request("50 EUR"))
    done: list[str] = []

    def void() -> None:
        try:
            done.append(ledger.void(grant.id, employee=MANAGER, reason="No.").id)
        except NotAllowed:
            done.append("refused")

    threads = [threading.Thread(target=void) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done)[1:] == ["refused"] * 15
    assert str(ledger.balances(desk(), request())["guest-money"].used) == "0 EUR"
    assert ledger.verify(thorough=True).ok
    ledger.close()
