"""Whole requests, by the generated readers: they accept nothing that step 1 refuses, and what they accept means the same."""

from __future__ import annotations

import copy
import sys
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

import remit
from remit.decision.inputs import check_request
from remit.language.types import BOOLEAN, DATE, DURATION, INTEGER, NUMBER, TEXT, choice, money
from remit.language.values import Money
from remit.policy.model import Fact
from remit.readings.code.requests.native_values import Unusual
from remit.readings.code.requests.request_reader import build_reader
from remit.readings.code.requests.value_row import HEADER, layout
from support.reading import FACTS, MODEL, PLACES, READ, WHO, reading


class Word(str, Enum):  # noqa: UP042 - a StrEnum shows its text
    """A text that is more than a text."""

    STAY = "stay"


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
        *(0, False, None, None),
        *(4500, 2000, 1),
        *("g-1", "gold", True, 12050, 100, 200, 3, 2_500_000, 1_500_000, 0, date(2026, 3, 1).toordinal(), 3 * 3600 * 10**6),
        *(datetime(2026, 7, 1, 14, 30), time(9), ["loud"], False, 4, 2, 2, 900),
        *(3000, 1, 0, 0, 250),
    )
    assert request == before


def test_the_least_request() -> None:
    values = reading({"employee": WHO, "facts": FACTS})
    assert values is not None
    who, beside = ("clerk", "e-1", None, None), (frozenset(), False, False, {}, (), None, None, 0, False, None, None)
    assert values[: len(HEADER)] == who + beside
    known = {name: values[place] for name, place in PLACES.items() if place >= len(HEADER) and values[place] not in (None, 0)}
    assert known == {"stay.minimum": 500, "stay.weight": 1_500_000, "stay.share": 1_000_000}


def test_the_places_keep_the_order_of_the_policy() -> None:
    assert tuple(PLACES)[: len(HEADER)] == HEADER
    assert list(PLACES.values()) == list(range(len(PLACES)))
    assert list(PLACES)[-4:] == ["used.often", "used.many", "used.repeat.grants", "used.discretion"]


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


def test_a_key_that_is_more_than_a_text_is_the_text() -> None:
    request = {"employee": WHO, "facts": {**FACTS, Word.STAY: {"share": 1}}}
    plain = {"employee": WHO, "facts": {**FACTS, "stay": {"share": 1}}}
    assert reading(request) == reading(plain)
    assert check_request(MODEL, request) == check_request(MODEL, plain)


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
        {"facts": {**FACTS, "guest": {"colour": "red"}}},
        {"facts": {**FACTS, "guest": 3}},
        {"facts": {**FACTS, "stay.share": 2}},
        {"facts": {**FACTS, "deep": {"down": {"under": {}, "": 1}}}},
        {"case": 3},
        {"case": "x" * 10_001},
        {"case": " " * 10_001},
        {"story": True},
        {"story": "..."},
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
