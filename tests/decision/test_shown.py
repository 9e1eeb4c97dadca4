"""What a decision shows: fits the schema, reads back as it was, is on record, and decides nothing."""

from __future__ import annotations

import json
from datetime import date
from decimal import Context, Decimal, localcontext
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import remit
from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.decision.decision import Decision
from remit.language.values import Money
from remit.policy.loader import read_model
from support.policies import policies
from support.requests import requests
from support.trials import trials

CHANGES = Path(__file__).parents[1] / "cases" / "decision" / "fee.policy.yaml"
FACTS: dict[str, Any] = {"booking": {"fare": "light", "paid": "100 EUR"}, "flight": {"new_price": "250.50 EUR"}}


def request(**facts: Any) -> dict[str, Any]:
    return {"employee": {"id": "a-1", "role": "agent"}, "asked": {"waiver": "10 EUR"}, "facts": {**FACTS, **facts}}


def test_values_of_the_language() -> None:
    decision = remit.load(CHANGES).decide(request(flight={"new_price": "250.50 EUR", "departs": "2026-08-01"}))
    assert {each.name: each.value for each in decision.shown} == {
        "fee": Money.of("12.50 EUR"),
        "difference": Money.of("150.50 EUR"),
        "balance": Money.of("153 EUR"),
        "share": Decimal("2.505"),
        "last_day": date(2026, 7, 31),
        "kind": "with a fee",
    }
    assert decision.short()["shown"]["fee"] == "12.50 EUR"


def test_the_decimal_context_of_the_caller_changes_nothing() -> None:
    """Law 8; 123,456 is infinite in this context."""
    text = CHANGES.read_text(encoding="utf-8").replace("share: flight.new_price", "share: 123456.5 * flight.new_price")
    asked = request(flight={"new_price": "12345.67 EUR"})
    before = reference_decision(read_model(text), asked).to_json()
    with localcontext(Context(prec=2, Emin=-3, Emax=3, traps=[])):
        decision = reference_decision(read_model(text), asked)
        assert decision.to_json() == Compiled(read_model(text)).decide(asked).to_json() == before
        assert decision.detail.to_dict() == json.loads(before)


def test_it_is_on_record_and_decided_again() -> None:
    with remit.open_ledger(":memory:") as ledger:
        entry = ledger.grant(remit.load(CHANGES), request())
        assert entry.decision is not None
        assert [each.name for each in entry.decision.shown][:2] == ["fee", "difference"]
        assert ledger.redecide(entry.id).same


@trials(60)
@given(data=st.data())
def test_it_decides_nothing_and_fits_the_schema(data: st.DataObject) -> None:
    """Without ``shows`` the decision is the same, but for what is shown."""
    text = data.draw(policies())
    bare = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("shows: "))
    model, without = read_model(text), read_model(bare)
    asked = data.draw(requests(model))
    decision = Compiled(model).decide(asked)
    plain, other = decision.to_dict(), Compiled(without).decide(asked).to_dict()
    Draft7Validator(remit.schema("decision")).validate(plain)
    assert decision.detail.to_dict() == plain
    assert Decision.from_json(json.dumps(plain)).detail == decision.detail
    assert [each["name"] for each in plain.pop("shown", [])] == list(model.shows)
    assert plain | {"policy": other["policy"]} == other
