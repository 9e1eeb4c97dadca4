"""Several processes at one ledger, each keeping its own note of what was acknowledged to it."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import remit
from support.desk import desk, request

FORK = multiprocessing.get_context("fork")

#: Three hot caps: every request takes from all of them.
HOT = """
  - {id: guest, per: guest.id, over: 90 days, max: 1500 EUR, counts: [credit]}
  - {id: desk, per: employee.id, over: calendar month, max: 2000 EUR, counts: [credit]}
  - {id: grants, per: guest.id, over: lifetime, max: 600 grants}
"""
GUESTS, EMPLOYEES = 5, 4


def hot_policy() -> remit.Policy:
    """The policy with the hot caps."""
    return desk(HOT, visits=1_000_000)


def hot_request(dice: random.Random, key: str) -> dict[str, Any]:
    """A request for one to five euros from one of a few guests and desks."""
    guest, employee = f"g-{dice.randrange(GUESTS)}", f"e-{dice.randrange(EMPLOYEES)}"
    return request(f"{dice.randint(1, 5)} EUR", guest=guest, employee=employee, key=key)


class Note:
    """A file of what was acknowledged: a line each, written at once."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def __call__(self, **what: Any) -> None:
        os.write(self._file, (json.dumps(what) + "\n").encode())


def read_notes(folder: Path) -> list[dict[str, Any]]:
    """All that was acknowledged; a line cut short was not."""
    lines = [line for path in sorted(folder.glob("note-*")) for line in path.read_text().splitlines(keepends=True)]
    return [json.loads(line) for line in lines if line.endswith("\n")]


def work(place: dict[str, Any], folder: Path, number: int, count: int) -> None:
    """One process: ``count`` grants."""
    note, dice = Note(folder / f"note-{number}"), random.Random(number)
    with remit.open_ledger(**place, timeout=120) as ledger:
        for index in range(count):
            key = f"{number}-{index}"
            entry = ledger.grant(hot_policy(), hot_request(dice, key))
            note(key=key, id=entry.id, granted=entry.granted)


def run_crowd(run: Callable[..., None], processes: int, *args: Any) -> None:
    """Run ``run(*args, number)`` in so many processes at once. Fails where one fails."""
    crowd = [FORK.Process(target=run, args=(*args[:2], number, *args[2:])) for number in range(processes)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert [each.exitcode for each in crowd] == [0] * processes


def euros(entry: remit.ledger.Entry) -> int:  # type: ignore[name-defined]
    """What a record gave, in euros."""
    return int(entry.body["decision"]["asked"]["credit"].split()[0])


def check_caps(ledger: remit.Ledger) -> list[Any]:
    """No cap is overspent, and balances are what the records say; gives what was granted."""
    granted = list(ledger.records(kind="grant"))
    for cap, most, fact in (("guest", 1500, "guest.id"), ("desk", 2000, "employee")):
        spent: dict[str, int] = {}
        for entry in granted:
            who = entry.facts(reveal=True)["guest.id"] if fact == "guest.id" else str(entry.employee)
            spent[who] = spent.get(who, 0) + euros(entry)
        for who, total in spent.items():
            assert total <= most, (cap, who, total)
            asked = request(guest=who) if fact == "guest.id" else request(employee=who)
            assert ledger.balances(hot_policy(), asked)[cap].used == remit.Money.from_minor(100 * total, "EUR")
    return granted
