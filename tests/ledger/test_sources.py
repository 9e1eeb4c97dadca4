"""The record keeps where each fact comes from, who filed what, and which ids somebody should look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import KeyConflict
from support.desk import SUPERVISOR, desk, request
from support.ledgers import new_ledger


def strict() -> remit.Policy:
    text = desk().model.text.replace("stay.id: {type: text}", "stay.id: {type: text, source: system}")
    text = text.replace("rate: {type: money, default: 0 EUR}", "rate: {type: money, personal: true, source: evidence}")
    return remit.loads(text.replace("per: guest.id, over: 90 days, max: 300 EUR", "per: stay.id, over: 90 days, max: 300 EUR"))


def asked(**more: Any) -> dict[str, Any]:
    return request(facts={"stay.id": "s-1", "rate": "100 EUR"}, **more)


def test_the_record_keeps_each_source_and_decides_the_same_again(ledger: remit.Ledger) -> None:
    program = ledger.grant(strict(), asked())
    assert "sources" not in program.body["request"]
    assert program.granted
    counter = ledger.grant(strict(), asked(sources={"stay.id": "stated", "rate": "stated", "guest.id": "stated"}, key="k"))
    assert (counter.outcome, counter.decision and counter.decision.missing.facts) == ("ask", ("stay.id",))
    assert counter.body["request"]["sources"] == {"guest.id": "stated", "rate": "stated", "stay.id": "stated"}
    assert counter.body["request"]["facts"]["stay.id"] == "s-1"  # what was said is on record, though it does not count
    assert "100 EUR" not in counter.text  # what is personal stands apart, whether it counts or not
    assert counter.facts(reveal=True)["rate"] == "100 EUR"
    for each in (program, counter):
        assert ledger.redecide(each.id).same
    assert ledger.verify(thorough=True).ok


def test_a_weak_word_counts_in_no_series(ledger: remit.Ledger) -> None:
    """A cap that is kept by a fact which does not count is asked about, and takes nothing."""
    balances = ledger.balances(strict(), asked(sources={"stay.id": "stated"}))
    assert balances["guest-money"].missing == ("stay.id",)


def test_another_source_is_another_request(ledger: remit.Ledger) -> None:
    ledger.grant(strict(), asked(key="k"))
    with pytest.raises(KeyConflict):
        ledger.grant(strict(), asked(key="k", sources={"stay.id": "stated"}))
    assert ledger.grant(strict(), asked(key="k", sources={"stay.id": "system"})).repeated


def test_who_filed_the_evidence_and_where_it_is(ledger: remit.Ledger) -> None:
    own = ledger.grant(desk(), request(evidence=["note"]))
    assert own.body["request"]["filed"] == {"note": {"by": "e-1"}}
    other = ledger.escalate(desk(), request("160 EUR", evidence=[{"name": "note", "by": "e-3", "reference": "DOC-12"}]))
    assert other.body["request"]["filed"] == {"note": {"by": "e-3", "reference": "DOC-12"}}
    approved = ledger.approve(other.id, employee=SUPERVISOR, evidence=["note"])
    assert approved.granted
    assert approved.body["request"]["filed"] == {"note": {"by": "e-3", "reference": "DOC-12"}}
    task = ledger.escalate(desk(), request("170 EUR", guest="g-2"))
    more = ledger.approve(task.id, employee=SUPERVISOR, evidence=["note"])
    assert more.body["request"]["filed"] == {"note": {"by": "s-1"}}
    for each in (own, other, approved, more):
        assert ledger.redecide(each.id).same


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"guest": "g-\u0435"}, ["guest.id"]),  # a Cyrillic e
        ({"guest": "\u0391-1"}, ["guest.id"]),  # a Greek capital alpha
        ({"case": "\u0421-1"}, ["case"]),
        ({"employee": "\u0435-1"}, ["employee.id"]),
        ({"guest": "\u0410\u043d\u043d\u0430"}, None),  # a name of its own alphabet
        ({"guest": "Ren\u00e9"}, None),
        ({"guest": "g-1"}, None),
    ],
)
def test_an_id_that_looks_like_another_is_another_and_is_noted(
    ledger: remit.Ledger, change: dict[str, Any], names: Any
) -> None:
    ledger.grant(desk(), request(case="C-1"))
    entry = ledger.grant(desk(), request(**{"case": "C-1", **change}))
    assert entry.body.get("confusable") == names
    used = ledger.balances(desk(), request())["guest-money"].used
    assert str(used) == ("10 EUR" if "guest" in change and change["guest"] != "g-1" else "20 EUR")


def voiding(tmp_path: Path, backend: str = "sqlite") -> tuple[remit.Ledger, remit.Policy]:
    text = desk().model.text.replace(
        "  guest.received:",
        "  voided: {type: integer, history: {count: voids, per: employee.id, over: 30 days}}\n  guest.received:",
    )
    rule = "  - id: loop\n    when: voided >= 2\n    then: escalate\n    because: Grants were taken back several times.\n"
    return new_ledger(backend, tmp_path), remit.loads(text.replace("guardrails:\n", f"guardrails:\n{rule}"))


def test_what_is_given_and_taken_back_again_and_again_can_be_counted(backend: str, tmp_path: Path) -> None:
    ledger, policy = voiding(tmp_path, backend)
    for number, outcome in enumerate(["grant", "grant", "escalate"]):
        entry = ledger.grant(policy, request("10 EUR", guest=f"g-{number}"))
        assert entry.outcome == outcome
        assert entry.body["read"]["history"]["voided"] == number
        if entry.granted:
            void = ledger.void(entry.id, employee={"id": "e-1", "role": "associate"}, reason="The guest left.")
            assert void.body["giver"] == {"id": "e-1", "role": "associate"}
            assert [(each["name"], each["amount"]) for each in void.body["charges"]] == [("voided", 1)]
    other = ledger.grant(policy, request("10 EUR", guest="g-9", employee="e-2"))
    assert other.granted  # it is counted for who gave it
    assert all(ledger.redecide(each.id).same for each in ledger.records(kind=["grant", "decide"]))
    assert ledger.verify(thorough=True).ok
    ledger.export(tmp_path / "whole.jsonl", whole=True)
    ledger.backup(tmp_path / "copy.db")
    secret = bytes.fromhex((tmp_path / "copy.db.secret").read_text().strip())
    with remit.ledger.import_ledger(tmp_path / "whole.jsonl", tmp_path / "taken.db", secret=secret) as taken:
        assert taken.verify(thorough=True).ok


def test_a_void_of_a_part_is_one_too(tmp_path: Path) -> None:
    ledger, policy = voiding(tmp_path)
    entry = ledger.grant(policy, request("10 EUR"))
    for part in ("4 EUR", "6 EUR"):
        ledger.void(entry.id, employee={"id": "e-1", "role": "associate"}, reason="Less.", part={"credit": part})
    assert ledger.preview(policy, request("10 EUR", guest="g-2")).outcome == "escalate"
    assert ledger.verify(thorough=True).ok
