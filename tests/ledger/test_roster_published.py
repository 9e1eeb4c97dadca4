"""A roster in a ledger: who puts it there, whom that binds and when, and that it is part of every copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import LedgerCorrupt, NotAllowed, NotPublished, RequestError
from support.crowd import run_crowd
from support.desk import Clock, desk, request
from support.ledgers import new_ledger, place_of
from support.staff import asked, staff, staffed


@pytest.fixture
def ledger(backend: str, tmp_path: Path, clock: Clock) -> remit.Ledger:
    """A ledger with the roster and the policy of the desk."""
    return staffed(new_ledger(backend, tmp_path, clock=clock))


@pytest.fixture
def clock() -> Clock:
    return Clock()


# Publishing


def test_the_first_roster_is_published_by_one_of_its_publishers(backend: str, tmp_path: Path) -> None:
    ledger = new_ledger(backend, tmp_path)
    for by in ("e-1", "nobody"):
        with pytest.raises(NotAllowed, match=f"{by} is nobody on this roster who publishes; m-1 may put it into the ledger"):
            ledger.publish(staff(), by=by)
    assert not ledger.has_roster()
    entry = ledger.publish(staff(), by="M-1")
    assert entry.body["published"] == {"roster": "desk", "version": "1", "digest": staff().digest}
    assert ledger.has_roster()
    again = ledger.publish(staff(), by="m-1")
    assert (again.id, again.repeated) == (entry.id, True)


def test_a_new_roster_counts_at_once_for_everybody(ledger: remit.Ledger, backend: str) -> None:
    """Another ledger object has the old one in mind."""
    before = ledger.grant(desk(), asked("10 EUR", "e-1"))
    ledger.publish(staff("2", more="  - {id: e-9, role: associate}\n"), by="m-1")
    assert ledger.grant(desk(), asked("10 EUR", "e-9")).granted
    with pytest.raises(NotPublished, match="version 1 of the roster was published in this ledger already"):
        ledger.publish(staff("1"), by="m-1")
    assert ledger.redecide(before.id).same
    assert ledger.verify(thorough=True).ok


def test_two_that_are_open_at_once(backend: str, tmp_path: Path) -> None:
    place = place_of(backend, tmp_path)
    with remit.open_ledger(**place) as first, remit.open_ledger(**place) as second:
        first.publish(desk(), by="ana")
        assert second.grant(desk(), request()).body["employee"]["source"] == "stated"
        first.publish(staff(), by="m-1")
        with pytest.raises(NotAllowed, match="is not on the roster"):
            second.grant(desk(), request(employee="e-9", guest="g-2"))
        assert second.grant(desk(), request(guest="g-3")).body["employee"]["source"] == "roster"


def test_only_publishers_publish(ledger: remit.Ledger) -> None:
    altered = remit.loads(desk().model.text.replace("associate: 50 EUR", "associate: 5000 EUR").replace('"1"', '"2"'))
    for what in (altered, staff("2", more="  - {id: e-9, role: manager, publishes: true}\n")):
        for by in ("e-1", "s-1"):
            with pytest.raises(NotAllowed, match=f"{by} may not publish here; m-1 may"):
                ledger.publish(what, by=by)
        with pytest.raises(NotAllowed, match="e-9 is not on the roster"):
            ledger.publish(what, by="e-9")
    with pytest.raises(NotPublished, match="version 2 of `desk` is not published"):
        ledger.grant(altered, asked("4000 EUR", "e-1"))


def test_with_a_roster_no_policy_is_published_by_its_first_use(backend: str, tmp_path: Path) -> None:
    ledger = new_ledger(backend, tmp_path)
    ledger.publish(staff(), by="m-1")
    with pytest.raises(NotPublished, match="`desk` is not published in this ledger: m-1 may publish it"):
        ledger.grant(desk(), asked("1 EUR", "e-1"))
    assert ledger.head().size == 1


def test_a_policy_may_need_a_roster(backend: str, tmp_path: Path) -> None:
    policy = remit.loads(desk().model.text.replace("facts:", "roster: required\nfacts:", 1))
    ledger = new_ledger(backend, tmp_path, clock=Clock())
    for operation in (ledger.grant, ledger.preview):
        with pytest.raises(NotAllowed, match="`desk` is used only where the ledger knows who works here"):
            operation(policy, request())
    assert ledger.head().size == 0
    ledger.publish(staff(), by="m-1")
    ledger.publish(policy, by="m-1")
    assert ledger.grant(policy, asked("1 EUR", "e-1")).granted


def test_who_erases(ledger: remit.Ledger) -> None:
    ledger.grant(desk(), asked("1 EUR", "e-1"))
    with pytest.raises(RequestError):
        ledger.erase("guest.id", "g-1")
    for who in ("e-1", "m-1"):
        with pytest.raises(NotAllowed, match=f"{who} may not erase anybody's facts here; x-1 may"):
            ledger.erase("guest.id", "g-1", employee={"id": who})
    entry = ledger.erase("guest.id", "g-1", employee={"id": "x-1"})
    assert entry.body["employee"] == {"id": "x-1", "role": "manager", "source": "roster"}


# Copies, and what was changed by hand


def test_a_roster_is_part_of_every_copy(ledger: remit.Ledger, tmp_path: Path) -> None:
    ledger.grant(desk(), asked("10 EUR", "e-1"))
    ledger.publish(staff("2"), by="m-1")
    ledger.backup(tmp_path / "copy.db")
    ledger.export(tmp_path / "whole.jsonl", whole=True)
    secret = bytes.fromhex((tmp_path / "copy.db.secret").read_text().strip())
    copies = [
        remit.open_ledger(tmp_path / "copy.db"),
        remit.ledger.import_ledger(tmp_path / "whole.jsonl", tmp_path / "taken.db", secret=secret),
    ]
    for copy in copies:
        with copy:
            assert copy.has_roster()
            with pytest.raises(NotAllowed, match="e-9 is not on the roster"):
                copy.grant(desk(), asked("10 EUR", "e-9"))
    for name in ("copy.db", "taken.db"):
        with remit.open_ledger(tmp_path / name) as again:
            assert again.verify(thorough=True).ok
            assert again.head().root == ledger.head().root


def test_a_roster_that_was_put_there_by_hand_is_found(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    path = tmp_path / "desk.db"
    with remit.open_ledger(path) as ledger:
        ledger.publish(staff(), by="m-1")
    forged = staff("2", more="  - {id: e-9, role: manager, publishes: true}\n")
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("INSERT INTO policy VALUES (?, '@roster', '2', 1, ?)", (forged.digest, forged.text))
        raw.execute("INSERT INTO ledger VALUES ('000000000000002', ?)", (forged.digest,))
    with remit.open_ledger(path) as ledger:
        found = ledger.verify(thorough=True)
        assert not found.ok
        assert "the rosters in force are not those that the records say" in json.dumps([each.text for each in found.findings])
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("INSERT INTO ledger VALUES ('000000000000003', 'sha256:none')")
    with pytest.raises(LedgerCorrupt, match="the text of the roster was changed, or is missing"):
        remit.open_ledger(path)


# Many at once


def test_rosters_change_while_eight_processes_grant(backend: str, tmp_path: Path) -> None:
    """Whoever is taken off the roster gives nothing from that record on."""
    place = place_of(backend, tmp_path)
    with remit.open_ledger(**place) as ledger:
        ledger.publish(staff(more="  - {id: e-9, role: associate}\n"), by="m-1")
        ledger.publish(desk(), by="m-1")
    run_crowd(_grant_and_publish, 8, place, tmp_path)
    with remit.open_ledger(**place) as ledger:
        assert ledger.verify(thorough=True).ok
        known = True
        rosters = 0
        for entry in ledger.records():
            if "published" in entry.body:
                known = entry.body["published"]["version"].endswith("9") or rosters == 0
                rosters += 1
            elif entry.employee == "e-9":
                assert known, entry
        assert rosters == 11


def _grant_and_publish(place: dict[str, Any], folder: Path, number: int) -> None:
    with remit.open_ledger(**place, timeout=60) as ledger:
        for step in range(10):
            if number == 0:
                more = "  - {id: e-9, role: associate}\n" if step % 2 else ""
                ledger.publish(staff(f"{step}-{'9' if step % 2 else '0'}", more=more), by="m-1")
                continue
            try:
                ledger.grant(desk(), asked("0.01 EUR", "e-9", guest=f"g-{number}-{step}", key=f"{number}-{step}"))
            except NotAllowed:
                continue  # taken off the roster just now
