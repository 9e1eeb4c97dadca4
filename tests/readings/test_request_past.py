"""What a ledger knows, by the generated readers: histories and balances."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from remit.decision.inputs import check_request
from remit.language.values import Money, Unknown
from remit.readings.code.requests.native_values import Unusual
from remit.readings.code.requests.value_row import values_of
from support.reading import FACTS, MODEL, PLACES, WHO, reading


@pytest.mark.parametrize(
    ("history", "had", "total"),
    [
        (None, 7, 800),
        ({}, 7, 800),
        ({"guest.had": 2}, 2, 800),
        ({"guest.had": None, "guest.sum": "9 EUR"}, None, 900),
        ({"guest.sum": None}, 7, None),
        ({"guest.sum": Money(Decimal(9), "EUR")}, 7, 900),
    ],
)
def test_what_a_ledger_knows_wins(history: Any, had: Any, total: Any) -> None:
    request = {"employee": WHO, "facts": {**FACTS, "guest": {"had": 7, "sum": "8 EUR"}}}
    values = reading(request, history=history)
    assert values is not None
    assert (values[PLACES["guest.had"]], values[PLACES["guest.sum"]]) == (had, total)


def test_a_ledger_is_read_beside_dotted_facts() -> None:
    values = reading({"employee": WHO, "facts": {"stay.share": 1, "guest.had": 7}}, history={"guest.had": 2})
    assert values is not None
    assert values[PLACES["guest.had"]] == 2


@pytest.mark.parametrize(
    "history",
    [[], {"guest.tier": "gold"}, {"nobody.knows": None}, {"guest.had": Unknown(frozenset({"guest.id"}))}, {"guest.had": "2"}],
)
def test_unusual_histories(history: Any) -> None:
    assert reading({"employee": WHO, "facts": FACTS}, history=history) is None


@pytest.mark.parametrize(
    ("balances", "read"),
    [
        ({}, True),
        ({"per-guest": "30.50 EUR", "many": 900}, True),
        ({"per-guest": {"used": Money(Decimal(3), "EUR"), "until": date(2026, 8, 1)}}, True),
        ({"per-guest": {"used": "3 EUR", "until": None}}, True),
        ({"often": 10**40}, True),
        ([], False),
        ({"nobody": 1}, False),
        ({"often": "1"}, False),
        ({"often": True}, False),
        ({"often": -1}, False),
        ({"often": None}, False),
        ({"per-guest": 30}, False),
        ({"per-guest": "-1 EUR"}, False),
        ({"per-guest": {"until": "2026-08-01"}}, False),
        ({"per-guest": {"used": "3 EUR", "util": None}}, False),
        ({"per-guest": {"used": "3 EUR", "until": "soon"}}, False),
        ({"discretion": {"used": Unknown(frozenset({"guest.id"}))}}, False),
    ],
)
def test_balances(balances: Any, read: bool) -> None:
    assert (reading({"employee": WHO, "facts": FACTS}, balances=balances) is not None) is read


def test_inputs_that_wait_for_something_have_no_row() -> None:
    inputs = check_request(MODEL, {"employee": WHO, "facts": FACTS})
    assert values_of(MODEL, inputs)
    for unknown in (
        replace(inputs, balances={"often": Unknown(frozenset({"guest.id"}))}),
        replace(inputs, waiting={"guest.had": frozenset({"guest.id"})}),
        replace(inputs, facts={**inputs.facts, "stay.distance": Decimal("0.0000001")}),
    ):
        with pytest.raises(Unusual):
            values_of(MODEL, unknown)
