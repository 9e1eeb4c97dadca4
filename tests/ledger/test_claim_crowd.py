"""Law 9 under load: eight processes want the same claims paid, and are killed while they do."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import remit
from support.crowd import FORK, Note, read_notes, run_crowd
from support.desk import desk, request
from support.ledgers import place_of, quick_folder
from support.trials import scaled

PROCESSES = 8
CLAIMS = 12
ROUNDS = scaled(40)
WALKED = {"level": 5, "rate": "80 EUR"}


@pytest.fixture
def folder() -> Iterator[Path]:
    made = quick_folder()
    yield made
    shutil.rmtree(made)


def _want(place: dict[str, Any], folder: Path, number: int) -> None:
    """Ask for every claim, whole or half, and then for a half, each time with a key of its own: whatever comes first, all of it
    is asked for in the end."""
    note, dice = Note(folder / f"note-{number}-{os.getpid()}"), random.Random(os.getpid())
    with remit.open_ledger(**place, timeout=120) as ledger:
        for index in range(CLAIMS):
            claim = f"c-{(index + number) % CLAIMS}"
            for turn, amount in enumerate((dice.choice((80, 40)), 40)):
                asked = request(f"{amount} EUR", guest=f"g-{number}", employee=f"e-{number}", facts=WALKED, case=claim)
                entry = ledger.grant(desk(), {**asked, "key": f"{os.getpid()}-{index}-{turn}"})
                note(claim=claim, amount=amount, granted=entry.granted, id=entry.id)


def _paid(ledger: remit.Ledger) -> dict[str, int]:
    out: dict[str, int] = {}
    for entry in ledger.records(kind="grant"):
        due = int(entry.body["decision"]["asked"]["credit"].split()[0])
        out[str(entry.case)] = out.get(str(entry.case), 0) + due
    return out


def test_each_claim_is_paid_once(backend: str, folder: Path) -> None:
    place = place_of(backend, folder)
    remit.open_ledger(**place).close()
    run_crowd(_want, PROCESSES, place, folder)
    with remit.open_ledger(**place) as ledger:
        assert _paid(ledger) == {f"c-{number}": 80 for number in range(CLAIMS)}
        assert {entry.id for entry in ledger.records(kind="grant")} == {
            each["id"] for each in read_notes(folder) if each["granted"]
        }
        assert ledger.verify(thorough=True).ok


@pytest.mark.slow
def test_killed_writers_pay_no_claim_twice_and_lose_no_payment(backend: str, folder: Path) -> None:
    place, dice = place_of(backend, folder), random.Random(3)
    remit.open_ledger(**place).close()
    for _ in range(ROUNDS):
        crowd = [FORK.Process(target=_want, args=(place, folder, number)) for number in range(PROCESSES)]
        for each in crowd:
            each.start()
        for each in dice.sample(crowd, PROCESSES // 2):
            time.sleep(dice.random() / 50)
            each.kill()  # or it is done already
        for each in crowd:
            each.join()
    with remit.open_ledger(**place) as ledger:
        granted = {entry.id for entry in ledger.records(kind="grant")}
        assert granted >= {each["id"] for each in read_notes(folder) if each["granted"]}
        assert _paid(ledger) == {f"c-{number}": 80 for number in range(CLAIMS)}
        assert ledger.verify(thorough=True).ok
