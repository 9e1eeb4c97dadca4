"""The generated readers of requests: they accept nothing that step 1 refuses, and what they accept means the same."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.authoring.testing.casefile import test_file_of as case_file_of
from remit.authoring.testing.reading import read_case_file
from remit.decision.inputs import check_request
from remit.language.types import BOOLEAN, DATE, DATE_TIME, DURATION, INTEGER, NUMBER, TEXT, choice, list_of, money
from remit.language.values import Money, Unknown
from remit.policy.loader import read_model
from remit.policy.model import Fact, Model
from remit.policy.shipped import shipped_policies
from remit.readings.code.request import build_reader
from remit.readings.code.scalars import Unusual, known_value, native_of
from remit.readings.code.values import HEADER, inputs_of, layout, values_of
from support.policies import policies
from support.requests import histories, requests, wrong_requests
from support.trials import trials

SHIPPED = shipped_policies()
POLICY = """
policy: everything
title: Everything
version: "1"
owner: nobody
effective: {from: 2026-01-01, to: 2027-01-01}
currency: EUR
ladder: [clerk, chief]
evidence: {note: {title: A note}, photo: {title: A photo}}
facts:
  guest.id: {type: text}
  guest.tier: {type: choice, of: [none, silver, gold]}
  guest.vip: {type: boolean, default: false}
  stay.rate: {type: money, min: 0 EUR, max: 1000.50 EUR}
  stay.deposit: {type: money}
  stay.minimum: {type: money, min: 2 EUR, default: 5 EUR}
  stay.nights: {type: integer, min: 1, max: 60}
  stay.distance: {type: number, min: -2.5, max: 1500.25}
  stay.weight: {type: number, default: 1.5}
  stay.share: {type: number, default: 0.0000001}
  bought: {type: date, min: 2020-01-01}
  waited: {type: duration, max: 3 days}
  seen: {type: date-time}
  opens: {type: time}
  tags: {type: list of text}
  deep.down.under.it: {type: boolean}
  employee.tenure: {type: integer, min: 0}
  employee.desk.floor: {type: integer}
  guest.had: {type: integer, history: {count: grants, per: guest.id, over: 90 days}}
  guest.sum: {type: money, history: {sum: credit, per: guest.id, over: 90 days}}
remedies:
  credit: {type: money, title: Credit}
  points: {type: count, title: Points, cost: 0.01 EUR}
  upgrade: {type: exception, title: Upgrade, cost: 20 EUR}
discretion: {clerk: {each: 10 EUR, max: 50 EUR, over: calendar month}}
caps:
  - {id: per-guest, per: guest.id, over: 90 days, max: 60 EUR}
  - {id: often, per: guest.id, over: lifetime, max: 2 grants}
  - {id: many, per: employee.id, over: calendar month, max: 900, counts: [points]}
rules:
  - {id: some, because: Always., may: {credit: 5 EUR}}
"""
MODEL = read_model(POLICY, "everything.yaml")
READ = build_reader(MODEL)
PLACES = layout(MODEL)
WHO = {"id": "e-1", "role": "clerk"}
FACTS: dict[str, Any] = {"stay": {"share": 1}}  # whose default is too fine for a native form


def reading(request: Any, model: Model = MODEL, balances: Any = None, history: Any = None) -> tuple[Any, ...] | None:
    """What the reader gives, ``None`` where that is nothing; compared with step 1."""
    read = READ if model is MODEL else build_reader(model)
    try:
        values = read(request, balances, history)
    except Unusual:
        return None
    expected = check_request(model, request, balances=balances, history=history)
    assert inputs_of(model, values) == expected
    again = values_of(model, expected)
    assert values == again
    assert [type(each) for each in values] == [type(each) for each in again]
    assert len(values) == len(HEADER) + len(model.remedies) + len(model.facts) + len(model.caps) + 1
    return values


def with_fact(name: str, value: Any) -> dict[str, Any]:
    facts = copy.deepcopy(FACTS)
    *groups, last = name.split(".")
    holder = facts
    for group in groups:
        holder = holder.setdefault(group, {})
    holder[last] = value
    return {"employee": WHO, "facts": facts}


def fact(name: str, value: Any) -> Any:
    """The native form in which a fact is read; ``Unusual`` where it is not."""
    values = reading(with_fact(name, value))
    return Unusual if values is None else values[PLACES[name]]


# Whole requests


def test_a_whole_request_in_its_row() -> None:
    facts = {
        "guest": {"id": "g-1", "tier": "gold", "vip": True},
        "stay": {"rate": "120.50 EUR", "deposit": "1 EUR", "minimum": "2.00 EUR", "nights": 3, "distance": 2.5, "share": 0},
        "bought": "2026-03-01",
        "waited": "3 hours",
        "seen": "2026-07-01T14:30:00",
        "opens": "09:00:00",
        "tags": ["loud"],
        "deep": {"down": {"under": {"it": False}}},
    }
    request = {
        "employee": {**WHO, "tenure": 4, "desk": {"floor": 2}},
        "asked": {"credit": "45 EUR", "points": 2000, "upgrade": True},
        "facts": facts,
        "case": "C-1",
        "occurred": "2026-07-01",
        "evidence": ["note"],
        "story": "It was a terrible night.",
        "use_discretion": True,
        "key": "k-1",
    }
    balances = {"often": 1, "per-guest": {"used": "30 EUR", "until": "2026-08-01"}, "discretion": Money(Decimal("2.50"), "EUR")}
    before = copy.deepcopy(request)
    assert reading(request, balances=balances, history={"guest.had": 2, "guest.sum": "9 EUR"}) == (
        *("clerk", "e-1", "C-1", date(2026, 7, 1).toordinal(), frozenset({"note"}), True, True),
        *({"per-guest": date(2026, 8, 1)}, (("often", 1), ("per-guest", 3000), ("discretion", 250)), "k-1"),
        "It was a terrible night.",
        *(4500, 2000, 1),
        *("g-1", "gold", True, 12050, 100, 200, 3, 2_500_000, 1_500_000, 0, date(2026, 3, 1).toordinal(), 3 * 3600 * 10**6),
        *(datetime(2026, 7, 1, 14, 30), time(9), ["loud"], False, 4, 2, 2, 900),
        *(3000, 1, 0, 250),
    )
    assert request == before


def test_the_least_request() -> None:
    values = reading({"employee": WHO, "facts": FACTS})
    assert values is not None
    assert values[: len(HEADER)] == ("clerk", "e-1", None, None, frozenset(), False, False, {}, (), None, None)
    known = {name: values[place] for name, place in PLACES.items() if place >= len(HEADER) and values[place] not in (None, 0)}
    assert known == {"stay.minimum": 500, "stay.weight": 1_500_000, "stay.share": 1_000_000}


def test_the_places_keep_the_order_of_the_policy() -> None:
    assert tuple(PLACES)[: len(HEADER)] == HEADER
    assert list(PLACES.values()) == list(range(len(PLACES)))
    assert list(PLACES)[-4:] == ["used.per-guest", "used.often", "used.many", "used.discretion"]


def test_a_default_without_a_native_form_is_unusual_only_where_it_counts() -> None:
    assert reading({"employee": WHO}) is None
    assert reading({"employee": WHO, "facts": FACTS}) is not None


def test_a_remit_request_is_read_too() -> None:
    assert reading(remit.Request(employee=WHO, facts=FACTS, asked={"credit": "5 EUR"})) is not None


@pytest.mark.parametrize(
    "part",
    [
        {"asked": None, "case": None, "occurred": None, "evidence": None, "story": None, "use_discretion": None, "key": None},
        {"facts": {"stay": {"share": 1, "nights": None, "rate": None}, "deep": None, "guest": {"tier": None}}},
        {"facts": {"stay.share": 1, "stay": {"nights": 3}, "deep.down": {"under.it": True}, "deep": {"down": None}}},
        {"facts": {"stay.share": 1, "employee.tenure": 3, "employee": {"desk": {"floor": 3}}}},
        {"employee": {**WHO, "tenure": None, "desk": None}},
        {"employee": {**WHO, "desk.floor": 3}},
        {"asked": {"credit": None, "points": 3}},
        {"asked": {"credit": "0 EUR", "points": 0, "upgrade": False}},
        {"case": " ", "story": "", "key": "\t"},
        {"evidence": ()},
        {"evidence": {"note"}},
        {"evidence": ["note", "note", "photo"]},
        {"occurred": date(2026, 1, 1)},
        {"occurred": "2026-12-31"},
        {"case": "x" * 10_000, "key": "k" * 200},
    ],
)
def test_plain_enough_to_be_read(part: dict[str, Any]) -> None:
    assert reading({"employee": WHO, "facts": FACTS} | part) is not None


class Word(str, Enum):  # noqa: UP042 - a StrEnum shows its text
    """A text that is more than a text: step 1 knows it by another name as a key."""

    STAY = "stay"


@pytest.mark.parametrize(
    "part",
    [
        {"employee": None},
        {"employee": {"id": "e-1"}},
        {"employee": {"role": "clerk"}},
        {"employee": {"id": " ", "role": "clerk"}},
        {"employee": {"id": "x" * 10_001, "role": "clerk"}},
        {"employee": {"id": "e-1", "role": "boss"}},
        {"employee": {"id": 1, "role": "clerk"}},
        {"employee": {"id": "e-1", "role": ["clerk"]}},
        {"employee": {**WHO, "age": 3}},
        {"employee": {**WHO, "tenure": 3}, "facts": {**FACTS, "employee.tenure": 3}},
        {"asked": []},
        {"asked": {"money": None}},
        {"asked": {"credit": 45}},
        {"asked": {"credit": "-1 EUR"}},
        {"asked": {"credit": "1000000000000000 EUR"}},
        {"asked": {"points": True}},
        {"asked": {"points": -1}},
        {"asked": {"points": 10**15}},
        {"asked": {"upgrade": 1}},
        {"facts": []},
        {"facts": {**FACTS, "nonsense": None}},
        {"facts": {**FACTS, 1: 1}},
        {"facts": {Word.STAY: {"share": 1}}},
        {"facts": {**FACTS, "guest": {"colour": "red"}}},
        {"facts": {**FACTS, "guest": 3}},
        {"facts": {**FACTS, "stay.share": 2}},
        {"facts": {**FACTS, "deep": {"down": {"under": {}, "": 1}}}},
        {"case": 3},
        {"case": "x" * 10_001},
        {"case": " " * 10_001},
        {"story": True},
        {"key": "k" * 201},
        {"use_discretion": 1},
        {"occurred": "2025-12-31"},
        {"occurred": "2027-01-01"},
        {"occurred": "2026-02-30"},
        {"occurred": "20260701"},
        {"occurred": "2026-W27-3"},
        {"occurred": "\u0662026-07-01"},
        {"occurred": datetime(2026, 7, 1)},
        {"evidence": "note"},
        {"evidence": ["letter"]},
        {"evidence": [["note"]]},
        {"evidence": [None]},
        {"nonsense": None},
        {"fact": {}},
    ],
)
def test_what_step_1_refuses_is_not_read(part: dict[str, Any]) -> None:
    request = {"employee": WHO, "facts": FACTS} | part
    assert reading(request) is None
    with pytest.raises(remit.RequestError):
        check_request(MODEL, request)


@pytest.mark.parametrize("request_", [None, "ask", [], {}, 3])
def test_what_is_no_request_is_not_read(request_: Any) -> None:
    assert reading(request_) is None


# Single values


@pytest.mark.parametrize(
    ("name", "value", "native"),
    [
        ("stay.rate", "0 EUR", 0),
        ("stay.rate", "0.50 EUR", 50),
        ("stay.rate", "045 EUR", 4500),
        ("stay.rate", "999 EUR", 99900),
        ("stay.rate", "1000 EUR", 100000),
        ("stay.rate", "1000.50 EUR", 100050),
        ("stay.rate", "1000.51 EUR", Unusual),
        ("stay.rate", "45EUR", 4500),
        ("stay.rate", "45.5 EUR", 4550),
        ("stay.rate", " 45.500  EUR ", 4550),
        ("stay.rate", "+45 EUR", 4500),
        ("stay.rate", Money(Decimal("45.5"), "EUR"), 4550),
        ("stay.rate", "-0.01 EUR", Unusual),
        ("stay.rate", ".50 EUR", Unusual),
        ("stay.rate", " EUR", Unusual),
        ("stay.rate", "45,00 EUR", Unusual),
        ("stay.rate", "1.2.50 EUR", Unusual),
        ("stay.rate", "1_0 EUR", Unusual),
        ("stay.rate", "\u0664\u0665 EUR", Unusual),
        ("stay.rate", "45\u00a0EUR", 4500),
        ("stay.rate", "45.505 EUR", Unusual),
        ("stay.rate", "45 USD", Unusual),
        ("stay.rate", "45.50 USD", Unusual),
        ("stay.rate", "45", Unusual),
        ("stay.rate", 45, Unusual),
        ("stay.rate", 45.0, Unusual),
        ("stay.deposit", "-45.50 EUR", -4550),
        ("stay.deposit", "9999999999999.99 EUR", 10**15 - 1),
        ("stay.deposit", "10000000000000.01 EUR", Unusual),
        ("stay.deposit", "12345678901234567890 EUR", Unusual),
        ("stay.minimum", "1.99 EUR", Unusual),
        ("stay.minimum", "2.00 EUR", 200),
        ("stay.nights", 1, 1),
        ("stay.nights", 60, 60),
        ("stay.nights", 0, Unusual),
        ("stay.nights", 61, Unusual),
        ("stay.nights", True, Unusual),
        ("stay.nights", 3.0, Unusual),
        ("stay.nights", Decimal("3.0"), 3),
        ("employee.desk.floor", 10**15, 10**15),
        ("employee.desk.floor", 10**15 + 1, Unusual),
        ("stay.distance", 3, 3_000_000),
        ("stay.distance", -2, -2_000_000),
        ("stay.distance", -2.5, -2_500_000),
        ("stay.distance", -2.51, Unusual),
        ("stay.distance", -3, Unusual),
        ("stay.distance", 1500.25, 1_500_250_000),
        ("stay.distance", 1500.26, Unusual),
        ("stay.distance", 1501, Unusual),
        ("stay.distance", 0.1, 100_000),
        ("stay.distance", 0.000001, 1),
        ("stay.distance", 0.0000001, Unusual),
        ("stay.distance", 0.1 + 0.2, Unusual),
        ("stay.distance", Decimal("1.20"), 1_200_000),
        ("stay.distance", float("nan"), Unusual),
        ("stay.distance", float("inf"), Unusual),
        ("stay.distance", Decimal("sNaN"), Unusual),
        ("stay.distance", False, Unusual),
        ("stay.weight", 10**9, 10**15),
        ("stay.weight", 10**9 + 1, Unusual),
        ("stay.weight", -(10**9) - 1, Unusual),
        ("stay.weight", 123456789.5, 123456789_500_000),
        ("stay.weight", 123456789012.5, Unusual),
        ("stay.weight", -0.0, 0),
        ("stay.weight", 1e300, Unusual),
        ("stay.weight", "3", Unusual),
        ("guest.id", "", ""),
        ("guest.id", "x" * 10_000, "x" * 10_000),
        ("guest.id", "x" * 10_001, Unusual),
        ("guest.id", 3, Unusual),
        ("guest.tier", "gold", "gold"),
        ("guest.tier", "Gold", Unusual),
        ("guest.tier", ["gold"], Unusual),
        ("guest.vip", False, False),
        ("guest.vip", 0, Unusual),
        ("guest.vip", None, False),
        ("bought", "2020-01-01", date(2020, 1, 1).toordinal()),
        ("bought", "2019-12-31", Unusual),
        ("bought", date(9999, 12, 31), date.max.toordinal()),
        ("bought", datetime(2026, 1, 1), Unusual),
        ("waited", "PT72H", 72 * 3600 * 10**6),
        ("waited", "PT72H1S", Unusual),
        ("waited", "-PT0.5S", -500_000),
        ("waited", "P1M", Unusual),
        ("waited", timedelta(microseconds=1), 1),
        ("tags", ("a", "b"), ["a", "b"]),
        ("tags", "a", Unusual),
    ],
)
def test_values_of_facts(name: str, value: Any, native: Any) -> None:
    assert fact(name, value) == native
    assert type(fact(name, value)) is type(native)


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [
        ("JPY", "45 JPY", 45),
        ("JPY", "45.00 JPY", 45),
        ("JPY", "45.50 JPY", None),
        ("BHD", "1.005 BHD", 1005),
        ("BHD", "1.50 BHD", 1500),
        ("BHD", "7 BHD", 7000),
    ],
)
def test_currencies_with_other_units(currency: str, text: str, minor: int | None) -> None:
    model = read_model(POLICY.replace("EUR", currency).replace("0.01 JPY", "1 JPY").replace(".50 JPY", " JPY"), "other.yaml")
    values = reading(with_fact("stay.deposit", text), model)
    assert (None if values is None else values[layout(model)["stay.deposit"]]) == minor


@pytest.mark.parametrize(
    ("of", "value", "native"),
    [
        (BOOLEAN, True, True),
        (TEXT, "a", "a"),
        (choice(("a", "b")), "b", "b"),
        (INTEGER, Decimal(3), 3),
        (NUMBER, Decimal("2.5"), 2_500_000),
        (NUMBER, Decimal("-0.000001"), -1),
        (money("EUR"), Money(Decimal("45.5"), "EUR"), 4550),
        (money("JPY"), Money(Decimal("45"), "JPY"), 45),
        (DATE, date(2026, 7, 1), 739798),
        (DURATION, timedelta(days=-1, microseconds=1), -86_399_999_999),
        (DATE_TIME, datetime(2026, 7, 1, 12), datetime(2026, 7, 1, 12)),
        (list_of(TEXT), ["a"], ["a"]),
    ],
)
def test_natives_and_back(of: Any, value: Any, native: Any) -> None:
    assert native_of(of, value) == native
    assert known_value(of, native) == known_value(Fact("a", of), native) == value
    assert str(known_value(of, native)).rstrip("0") == str(value).rstrip("0")
    assert known_value(of, None) is None


def test_what_has_no_native_form() -> None:
    for of, value in (
        (NUMBER, Decimal("0.0000001")),
        (NUMBER, Decimal(10**15)),
        (money("EUR"), Money(Decimal("0.001"), "EUR")),
        (money("EUR"), Money(Decimal(1), "USD")),
    ):
        with pytest.raises(Unusual):
            native_of(of, value)


# Ledgers


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


# The code


def test_a_fact_named_as_a_group_is_left_to_step_1() -> None:
    facts = {name: Fact(name, BOOLEAN) for name in ("guest", "guest.vip")}
    with pytest.raises(Unusual):
        build_reader(replace(MODEL, facts=facts))({"employee": WHO, "facts": {"guest": True}}, None, None)


def test_a_fact_may_have_the_name_of_something_else() -> None:
    names = ("case", "story.text", "used.often", "raw", "left", "read", "Unusual", "KNOWN", "f0", "g0", "m0", "type")
    model = replace(MODEL, facts={name: Fact(name, INTEGER) for name in names})
    facts: dict[str, Any] = {name: number for number, name in enumerate(names) if "." not in name}
    values = reading({"employee": WHO, "case": "C-1", "facts": facts | {"story": {"text": 1}, "used": {"often": 2}}}, model)
    assert values is not None
    assert [values[layout(model)[name]] for name in names] == list(range(len(names)))
    assert values[HEADER.index("case")] == "C-1"


def test_groups_may_be_deep_and_facts_many() -> None:
    deep = ".".join(f"g{number}" for number in range(60))
    model = replace(MODEL, facts={deep: Fact(deep, INTEGER)})
    values = reading({"employee": WHO, "facts": {deep: 3}}, model)
    assert values is not None
    assert values[layout(model)[deep]] == 3
    sizes = []
    for count in (300, 600):
        types = (TEXT, money("EUR"), NUMBER, INTEGER, BOOLEAN, choice(("a", "b")), DATE, DURATION)
        facts = {f"g{at // 9}.f{at}": Fact(f"g{at // 9}.f{at}", types[at % 8]) for at in range(count)}
        read = build_reader(replace(MODEL, facts=facts))
        sizes.append(len(read.__code__.co_code))  # type: ignore[attr-defined]
        assert (
            read({"employee": WHO, "facts": {"g1.f9": "1 EUR"}}, None, None)[layout(replace(MODEL, facts=facts))["g1.f9"]]
            == 100
        )
    assert sizes[1] < 2.1 * sizes[0]


def test_ordinary_requests_raise_nothing_on_the_way() -> None:
    raised = []

    def trace(frame: Any, event: str, argument: Any) -> Any:
        if event == "exception":
            raised.append(argument)
        return trace

    facts = {**FACTS, "guest": {"tier": "gold"}, "bought": "2026-01-01"}
    request = {"employee": WHO, "asked": {"credit": "45 EUR"}, "facts": facts, "occurred": "2026-07-01", "evidence": ["note"]}
    sys.settrace(trace)
    try:
        READ(request, {"per-guest": "3.50 EUR"}, {"guest.had": 1})
    finally:
        sys.settrace(None)
    assert not raised


# Laws


@cache
def shipped(name: str) -> Model:
    return read_model(SHIPPED[name].read_text(encoding="utf-8"), name)


def balances_for(model: Model) -> st.SearchStrategy[dict[str, Any] | None]:
    amounts = st.sampled_from(["0 EUR", "30 EUR", "12.50 EUR", "5 USD", Money(Decimal(3), "EUR"), 0, 1, 900, -1, True, None])
    back = st.sampled_from([None, "2026-08-01", date(2026, 8, 1), "soon"])
    used = amounts | st.fixed_dictionaries({"used": amounts}, optional={"until": back})
    return st.none() | st.dictionaries(st.sampled_from([*(cap.id for cap in model.caps), "discretion", "else"]), used)


@trials(60)
@given(st.data())
def test_law_nothing_is_read_otherwise_for_random_policies(data: st.DataObject) -> None:
    model = read_model(data.draw(policies()), "generated.yaml")
    request = data.draw(st.one_of(requests(model), wrong_requests(model)))
    reading(request, model, data.draw(balances_for(model)), data.draw(st.none() | histories(model)))


@trials(40)
@given(st.data())
def test_law_nothing_is_read_otherwise_with_every_type(data: st.DataObject) -> None:
    request = data.draw(st.one_of(requests(MODEL), wrong_requests(MODEL)))
    reading(request, MODEL, data.draw(balances_for(MODEL)), data.draw(st.none() | histories(MODEL)))


@pytest.mark.parametrize("name", SHIPPED)
@trials(15)
@given(st.data())
def test_law_only_values_without_a_native_form_are_unusual(name: str, data: st.DataObject) -> None:
    """Requests that fit, complete or partial, nested or dotted, as JSON has them."""
    model = shipped(name)
    request = json.loads(json.dumps(data.draw(requests(model)), default=float))
    try:
        values_of(model, check_request(model, request))
    except (Unusual, remit.RequestError):
        assert reading(request, model) is None
    else:
        assert reading(request, model) is not None
    reading(data.draw(wrong_requests(model)), model)


def test_every_request_of_the_shipped_cases_is_read() -> None:
    count = 0
    for name, path in SHIPPED.items():
        model = shipped(name)
        read = build_reader(model)
        cases, _ = read_case_file(case_file_of(path))
        assert cases is not None
        for step in (step for case in cases.cases for step in case.steps if step.request):
            request = json.loads(json.dumps(plain(step.request)))
            values = read(request, plain(step.balances), plain(step.history))
            expected = check_request(model, request, balances=step.balances, history=step.history)
            assert inputs_of(model, values) == expected
            assert values_of(model, expected) == values
            count += 1
    assert count > 500


def plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, str | int | None) else str(value)
