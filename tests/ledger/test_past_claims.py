"""A ledger from before claims: what it gave is charged to them once, by one record, before anything else is done."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import NotAllowed
from remit.ledger import Entry
from remit.ledger.stores import opening
from support.crowd import run_crowd
from support.desk import MANAGER, SUPERVISOR, desk, request
from support.ledgers import place_of

WALKED = {"level": 5, "rate": "80 EUR"}
HOUR = timedelta(hours=1)


def before() -> remit.Policy:
    """The policy as a remit without claims knew it."""
    return remit.Policy(replace(desk().model, claims=()))


def walked(amount: str, case: str, **more: Any) -> dict[str, Any]:
    return request(amount, facts=WALKED, case=case, **more)


@pytest.fixture
def place(backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Where a ledger from before is: owed amounts given, voided, held, settled in part, approved, and an erased guest."""
    monkeypatch.setattr(opening, "RULES", frozenset(("customers", "identity")))
    found = place_of(backend, tmp_path)
    with remit.open_ledger(**found, repeat_within=timedelta(0)) as ledger:
        ledger._to_bring = []  # an engine of that time does nothing about it
        given = [ledger.grant(before(), walked("80 EUR", case)) for case in ("given", "twice", "twice", "void")]
        ledger.void(given[-1].id, employee=MANAGER, reason="A slip.")
        hold = ledger.hold(before(), walked("80 EUR", "part"), lasts=HOUR)
        ledger.settle(hold.id, employee=MANAGER, given={"credit": "30 EUR"})
        ledger.hold(before(), walked("80 EUR", "held"), lasts=HOUR)
        ledger.release(ledger.hold(before(), walked("80 EUR", "let go"), lasts=HOUR).id, employee=MANAGER)
        task = ledger.escalate(before(), walked("120 EUR", "up"))
        assert ledger.approve(task.id, employee=SUPERVISOR).granted
        ledger.grant(before(), walked("80 EUR", "forgotten", guest="g-ada"))
        ledger.erase("guest.id", "g-ada")
        assert not any(each["kind"] == "claim" for entry in ledger.records() for each in entry.body.get("charges", ()))
    monkeypatch.undo()
    return found


LEFT = {"given": 0, "twice": 0, "void": 80, "part": 50, "held": 0, "let go": 80, "up": 0, "forgotten": 0, "new": 80}


def test_what_was_given_counts(place: dict[str, Any]) -> None:
    with remit.open_ledger(**place) as ledger:
        for number, (case, left) in enumerate(LEFT.items()):
            entry = ledger.grant(desk(), walked("80 EUR", case, guest=f"g-{number}", employee=f"e-{number}"))
            assert entry.decision.owed["credit"] == remit.Money.of(f"{left} EUR"), case
        assert [entry.kind for entry in ledger.records(kind="migrate")] == ["migrate"]
        assert ledger.verify(thorough=True).ok
        assert all(ledger.redecide(each.id).same for each in ledger.records() if redecidable(each))
    with remit.open_ledger(**place) as ledger:
        ledger.grant(desk(), walked("80 EUR", "another"))
        assert len(list(ledger.records(kind="migrate"))) == 1


@pytest.mark.parametrize("by", ["who migrated", "another", "an earlier remit"])
@pytest.mark.parametrize("through", ["first", "migrate", "all"])
def test_an_import_that_ends_before_the_migration_makes_it_anew(
    place: dict[str, Any], tmp_path: Path, through: str, by: str
) -> None:
    export = tmp_path / "all.jsonl"
    with remit.open_ledger(**place) as ledger:
        ledger.grant(desk(), request("1 EUR", guest="other"))
        if by == "who migrated":
            ledger.export(export, whole=True)
        seq = next(each.seq for each in ledger.records(kind="migrate"))
        secret = ledger._core.secret
    if by != "who migrated":
        with remit.open_ledger(**place) as ledger:
            ledger.export(export, whole=True)
    if by == "an earlier remit":  # it said what the ledger goes by when it was exported
        text = export.read_text(encoding="utf-8")
        assert '"rules":"customers identity"' in text
        export.write_text(text.replace('"rules":"customers', '"rules":"claims customers'), encoding="utf-8")
    last = {"first": 1, "migrate": seq, "all": None}[through]
    with remit.ledger.import_ledger(export, tmp_path / "again.db", secret=secret, through=last) as again:
        entry = again.decide(desk(), walked("80 EUR", "given"))
        assert entry.decision is not None
        assert entry.decision.owed["credit"] == remit.Money.of("0 EUR")
        assert len(list(again.records(kind="migrate"))) == 1
        assert again.verify(thorough=True).ok


def redecidable(entry: Entry) -> bool:
    return entry.decision is not None and entry.case != "forgotten"


def test_a_grant_from_before_is_voided_and_gives_back_what_was_charged_for_it(place: dict[str, Any]) -> None:
    with remit.open_ledger(**place, repeat_within=timedelta(0)) as ledger:
        assert not ledger.grant(desk(), walked("80 EUR", "given")).granted
        (first, *_) = ledger.records(case="given", kind="grant")
        ledger.void(first.id, employee=MANAGER, reason="The wrong guest.")
        with pytest.raises(NotAllowed):
            ledger.void(first.id, employee=MANAGER, reason="Again.")
        assert ledger.grant(desk(), walked("80 EUR", "given")).granted
        (held,) = ledger.records(case="held", kind="hold")
        ledger.settle(held.id, employee=MANAGER, given={"credit": "10 EUR"})
        assert ledger.grant(desk(), walked("70 EUR", "held")).granted
        assert not ledger.grant(desk(), walked("1 EUR", "held")).granted
        assert ledger.verify(thorough=True).ok


def test_the_record_says_what_it_charges_and_for_what(place: dict[str, Any]) -> None:
    with remit.open_ledger(**place) as ledger:
        ledger.grant(desk(), walked("80 EUR", "new"))
        (record,) = ledger.records(kind="migrate")
        (twice,) = (each for each in record.body["charges"] if len(each["parts"]) == 2)
        assert (twice["amount"], twice["name"]) == ("160 EUR", "claim.credit")
        assert set(twice["parts"]) == {entry.id for entry in ledger.records(case="twice", kind="grant")}
        assert json.loads(record.text)["employee"] is None


def test_many_who_come_at_once_charge_it_once(place: dict[str, Any], tmp_path: Path) -> None:
    run_crowd(_open_and_grant, 6, place, tmp_path)
    with remit.open_ledger(**place) as ledger:
        assert len(list(ledger.records(kind="migrate"))) == 1
        assert ledger.verify(thorough=True).ok


def _open_and_grant(place: dict[str, Any], folder: Path, number: int) -> None:
    with remit.open_ledger(**place, timeout=60) as ledger:
        assert not ledger.grant(desk(), walked("80 EUR", "given", employee=f"e-{number}", guest=f"g-{number}")).granted


def test_a_new_ledger_has_nothing_to_charge(ledger: remit.Ledger) -> None:
    ledger.grant(desk(), walked("80 EUR", "c"))
    assert [entry.kind for entry in ledger.records()] == ["grant"]
