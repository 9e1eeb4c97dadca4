"""What compiled functions read and decide goes on record as what the general check and the definition give: byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.decision.inputs import check_request
from remit.errors import KeyConflict
from remit.language.values import Money
from remit.ledger.stores.schema_tables import TABLES, rows_of
from remit.policy.loader import read_model
from remit.policy.model import Model
from remit.policy.shipped import shipped_policies
from support.desk import desk
from support.policies import policies
from support.requests import requests, wrong_requests
from support.trials import trials

SHIPPED = shipped_policies()
SECRET = b"s" * 32
COMPILED: dict[str, Compiled] = {}
NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)


@cache
def shipped(name: str) -> Model:
    return remit.load(SHIPPED[name]).model


def compiled(model: Model) -> Any:
    """Decides by compiled functions from the first request on."""
    if model.digest not in COMPILED:
        COMPILED[model.digest] = Compiled(model)
    made = COMPILED[model.digest]
    return SimpleNamespace(model=model, check=made.check, decide=made.decide)


def general(model: Model) -> Any:
    """Decides by definition."""
    return SimpleNamespace(model=model, check=partial(check_request, model), decide=partial(reference_decision, model))


def all_rows(policy: Any, tries: list[tuple[str, Any]]) -> Iterator[Any]:
    """What each try gave, and then all that is in the ledger, where nothing is random and half an hour passes between two."""
    times = (NOW + timedelta(minutes=30 * number) for number in range(1_000))
    with patch("os.urandom", bytes), remit.open_ledger(":memory:", secret=SECRET, clock=lambda: next(times)) as ledger:
        for operation, request in tries:
            more = {"lasts": timedelta(days=1)} if operation == "hold" else {}
            try:
                yield getattr(ledger, operation)(policy, request, **more).text
            except remit.RequestError as error:
                yield str(error)
            except KeyConflict:
                yield "another request"
        assert ledger.verify(thorough=True).ok
        with ledger._store.read() as session:
            for table in TABLES:
                yield table, [row for page in rows_of(session, table) for row in page]


def assert_same(model: Model, tries: list[tuple[str, Any]]) -> None:
    assert list(all_rows(compiled(model), tries)) == list(all_rows(general(model), tries))


def some_tries(model: Model) -> st.SearchStrategy[list[tuple[str, Any]]]:
    """Requests as a desk sends them: history is left to the ledger."""

    def without_history(request: Any) -> Any:
        facts = request.get("facts") if isinstance(request, dict) else None
        for name, fact in model.facts.items():
            group, _, last = name.rpartition(".")
            if fact.history is not None and isinstance(facts, dict):
                facts.pop(name, None)
                if isinstance(facts.get(group), dict):
                    facts[group].pop(last, None)
        return request

    fitting = requests(model).map(without_history)
    operations = st.sampled_from(["grant", "grant", "hold", "decide", "escalate"])
    return st.lists(st.tuples(operations, st.one_of(fitting, fitting, requests(model), wrong_requests(model))), max_size=5)


@trials(20)
@given(st.data())
def test_law_random_policies_record_the_same(data: st.DataObject) -> None:
    model = read_model(data.draw(policies()), "generated.yaml")
    assert_same(model, data.draw(some_tries(model)))


@trials(20)
@given(st.data())
def test_law_shipped_policies_record_the_same(data: st.DataObject) -> None:
    model = shipped(data.draw(st.sampled_from(sorted(SHIPPED))))
    assert_same(model, data.draw(some_tries(model)))


@trials(40)
@given(st.data())
def test_law_the_desk_records_the_same(data: st.DataObject) -> None:
    assert_same(desk().model, data.draw(some_tries(desk().model)))


@pytest.mark.parametrize(
    "facts",
    [
        {"rate": "45 EUR"},
        {"rate": "45.00 EUR"},
        {"rate": "045.50 EUR"},
        {"rate": "7.5 EUR"},
        {"rate": "7.5EUR"},
        {"rate": Money(Decimal("45.0"), "EUR")},
        {"rate": None, "weight": Decimal("2.50")},
        {"weight": 0.1},
        {"weight": 3},
        {"guest": {"name": "Anna"}, "guest.phone": "1"},
        {"guest.name": "Anna", "guest": None},
    ],
)
def test_amounts_are_recorded_as_they_were_written(facts: dict[str, Any]) -> None:
    given = {"guest.id": "g-1", "stay.id": "s-1"} | facts
    if isinstance(given.get("guest"), dict):
        given["guest"] = {**given["guest"], "id": given.pop("guest.id")}
    request = {"employee": {"id": "e-1", "role": "associate"}, "asked": {"credit": "10 EUR"}, "facts": given, "key": "k"}
    inputs = compiled(desk().model).check(request)
    assert inputs.row is not None
    assert inputs == check_request(desk().model, request)
    assert_same(desk().model, [("grant", request), ("grant", request), ("grant", {**request, "key": "k-2"})])
