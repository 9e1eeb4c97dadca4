"""Anchors and proofs: what they prove without the ledger, and that nothing else passes for one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import LedgerCorrupt, LedgerError
from remit.ledger import Anchor, check_proof
from support.desk import Clock, desk
from support.desk import request as asked
from support.ledgers import BACKENDS, new_ledger


@pytest.fixture(scope="module", params=BACKENDS)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[remit.Ledger]:
    """A ledger of thirteen records. All tests read the same one, and it is verified after the last."""
    with new_ledger(request.param, tmp_path_factory.mktemp("filled"), clock=Clock()) as ledger:
        for number in range(13):
            ledger.grant(desk(), asked("1 EUR", guest=f"g-{number}"))
        yield ledger
        assert ledger.head().size == 13
        assert ledger.verify(thorough=True).ok


def test_an_empty_ledger_has_an_anchor(ledger: remit.Ledger) -> None:
    head = ledger.head()
    assert (head.size, head.recorded, head.peaks) == (0, None, ())
    assert ledger.verify(head).ok


def test_an_anchor_survives_paper(filled: remit.Ledger, tmp_path: Path) -> None:
    head = filled.head()
    path = tmp_path / "anchor.json"
    path.write_text(head.to_json())
    assert head == Anchor.of(path) == Anchor.of(path.read_text()) == Anchor.of(json.loads(path.read_text()))
    assert filled.verify(path).ok
    assert (head.size, head.recorded) == (13, "2026-07-01T12:00:00.000000Z")


def test_every_record_is_proved_in_every_later_log(filled: remit.Ledger) -> None:
    anchors = {}
    for size in range(14):
        from remit.ledger.log.anchor import anchor_of

        with filled._store.read() as session:
            anchors[size] = anchor_of(session, filled.id, size)
    for entry in filled.records():
        for size in range(entry.seq, 14):
            proof = filled.prove(entry.id, size=size)
            assert check_proof(json.dumps(proof), anchors[size]) == entry.body
        with pytest.raises(LedgerError, match="not among the first"):
            filled.prove(entry.id, size=entry.seq - 1)
    with pytest.raises(LedgerError, match="has 13 records, not 14"):
        filled.prove(entry.id, size=14)


def spoil(proof: dict[str, Any], how: str) -> dict[str, Any]:
    changed = json.loads(json.dumps(proof))
    match how:
        case "record":
            changed["record"] = changed["record"].replace("1 EUR", "2 EUR")
        case "seq":
            changed["seq"] = 6
        case "path":
            changed["path"][0] = "00" * 32
        case "shorter":
            changed["path"].pop()
        case "longer":
            changed["path"].append("00" * 32)
        case "size":
            changed["size"] = 12
        case "ledger":
            changed["ledger"] = "0" * 32
        case "type":
            changed["type"] = "remit.proof/9"
        case "nothing":
            changed = {}
        case "not hexadecimal":
            changed["path"][0] = "zz"
    return changed


HOWS = ["record", "seq", "path", "shorter", "longer", "size", "ledger", "type", "nothing", "not hexadecimal"]


@pytest.mark.parametrize("how", HOWS)
def test_a_proof_that_was_changed_proves_nothing(filled: remit.Ledger, how: str) -> None:
    entry = list(filled.records())[4]
    proof = filled.prove(entry.id)
    assert check_proof(proof, filled.head())["id"] == entry.id
    with pytest.raises(LedgerCorrupt):
        check_proof(spoil(proof, how), filled.head())


def test_a_proof_says_nothing_of_personal_facts(filled: remit.Ledger) -> None:
    entry = list(filled.records())[4]
    assert "g-4" not in json.dumps(filled.prove(entry.id))


@pytest.mark.parametrize("bad", ["", "{}", "[]", '{"type":"remit.anchor/1"}', {"type": "x"}, "not json"])
def test_what_is_no_anchor_is_refused(filled: remit.Ledger, bad: Any) -> None:
    with pytest.raises(LedgerError, match="not an anchor"):
        filled.verify(bad)


def test_an_anchor_whose_peaks_do_not_make_its_root_is_refused(filled: remit.Ledger) -> None:
    plain = filled.head().to_dict()
    with pytest.raises(LedgerError, match="its peaks do not make its root"):
        Anchor.of(plain | {"root": "00" * 32})


WRONG = [{"size": 12}, {"size": 13.0}, {"size": True}, {"size": -1}, {"size": "13"}, {"ledger": 7}, {"peaks": None}]
WRONG += [{"peaks": ["00" * 32], "root": "00" * 32}, {"peaks": [], "size": 0}]


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_an_anchor_that_does_not_hang_together_is_refused(filled: remit.Ledger, change: dict[str, Any]) -> None:
    with pytest.raises(LedgerError, match="not an anchor"):
        filled.verify(filled.head().to_dict() | change)
