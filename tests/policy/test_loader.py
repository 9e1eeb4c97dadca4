"""What a policy becomes: every section, as the model that backends read."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from remit.errors import PolicyError
from remit.language.nodes import Literal
from remit.language.types import BOOLEAN, INTEGER, NUMBER, TEXT, choice, money
from remit.language.values import Money
from remit.policy.loader import inspect_model, load_model, read_model
from remit.policy.model import Dated, Effective, Formula, History, Table, Window
from support.golden import CASES
from support.with_lines import with_lines

GOOD = CASES / "policy" / "good" / "front-desk.yaml"
HOTEL = load_model(GOOD.with_name("hotel-guest-recovery.yaml"))
AIR = load_model(GOOD.with_name("eu-air-passenger-rights.yaml"))
DESK = load_model(GOOD)


def test_the_header() -> None:
    assert (HOTEL.id, HOTEL.title, HOTEL.version) == ("hotel-guest-recovery", "Guest recovery at the front desk", "2026.2")
    assert HOTEL.owner == "guest-relations"
    assert HOTEL.effective == Effective(date(2026, 6, 1), None)
    assert (HOTEL.timezone, HOTEL.currency, HOTEL.rounding) == ("Europe/Amsterdam", "EUR", "half up")
    assert HOTEL.ladder == ("associate", "supervisor", "duty_manager", "general_manager")
    assert HOTEL.otherwise == "escalate"
    assert AIR.otherwise == "deny"
    assert AIR.timezone == "UTC"


def test_the_text_and_its_digest() -> None:
    path = GOOD.with_name("hotel-guest-recovery.yaml")
    assert HOTEL.text.encode() == path.read_bytes()
    assert HOTEL.file == str(path)
    assert HOTEL.digest.startswith("sha256:")
    assert read_model(HOTEL.text, HOTEL.file) == HOTEL
    marked = "\ufeff" + GOOD.read_text(encoding="utf-8")
    assert read_model(marked, str(GOOD)).text == marked
    assert read_model(marked, str(GOOD)).digest != DESK.digest


def test_facts() -> None:
    facts = HOTEL.facts
    assert list(facts)[:3] == ["guest.id", "guest.tier", "guest.threatening"]
    assert facts["guest.id"].type == TEXT
    assert facts["guest.id"].personal
    assert facts["guest.tier"].type == choice(("none", "silver", "gold", "diamond"))
    assert facts["guest.tier"].ask == "Which loyalty tier is the guest?"
    assert facts["guest.threatening"].default is False
    assert facts["guest.tier"].default is None
    assert (facts["stay.nightly_rate"].type, facts["stay.nightly_rate"].low) == (money("EUR"), Money(Decimal(0), "EUR"))
    assert (facts["incident.severity"].low, facts["incident.severity"].high) == (Decimal(1), Decimal(5))
    over = Window("rolling", length=timedelta(days=90))
    assert facts["guest.recoveries"].history == History("grants", None, ("guest.id",), over)
    assert AIR.facts["flight.distance"].unit == "km"
    source = facts["guest.tier"].source
    assert source is not None
    assert source.place((0, len(source.text))).text.lstrip().startswith("guest.tier:")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{type: integer, default: 3}", Decimal(3)),
        ("{type: number, default: -0.5}", Decimal("-0.5")),
        ("{type: text, default: hello}", "hello"),
        ('{type: text, default: "3"}', "3"),
        ("{type: boolean, default: true}", True),
        ("{type: choice, of: [a, b], default: b}", "b"),
        ("{type: money, default: 3.50 EUR}", Money(Decimal("3.50"), "EUR")),
        ("{type: date, default: 2026-06-01}", date(2026, 6, 1)),
        ("{type: duration, default: 72 hours}", timedelta(hours=72)),
        ("{type: list of choice, of: [a, b], default: [b, a]}", ["b", "a"]),
        ("{type: list of integer, default: []}", []),
    ],
)
def test_defaults(written: str, expected: Any) -> None:
    assert with_lines(facts=f"{{x: {written}}}").facts["x"].default == expected


def test_a_history_that_adds_up() -> None:
    model = with_lines(
        facts="{g: {type: text}, x: {type: money, "
        "history: {sum: credit, per: [g, employee.id], over: calendar year from april}}}"
    )
    over = Window("calendar", unit="year", start_month=4)
    assert model.facts["x"].history == History(None, "credit", ("g", "employee.id"), over)


def test_remedies() -> None:
    assert [(name, remedy.kind, remedy.offer) for name, remedy in HOTEL.remedies.items()] == [
        ("credit", "money", "always"),
        ("points", "count", "always"),
        ("late_checkout", "exception", "always"),
        ("upgrade", "exception", "on_request"),
    ]
    assert HOTEL.remedies["points"].cost == Money(Decimal("0.006"), "EUR")
    assert with_lines().remedies["credit"].title == "Credit"


@pytest.mark.parametrize(
    ("written", "share"), [("0%", "0"), ("30%", "0.3"), ("12.5%", "0.125"), ("'99.99%'", "0.9999"), ("100%", "1")]
)
def test_what_the_company_bears(written: str, share: str) -> None:
    remedies = with_lines(remedies=f"{{credit: {{type: money, borne: {written}}}, late: {{type: exception}}}}").remedies
    assert [each.borne for each in remedies.values()] == [Decimal(share), Decimal(1)]


def test_values() -> None:
    table = HOTEL.values["ruined_nights"].definition
    assert isinstance(table, Table)
    assert [each.text for each in table.inputs] == ["incident.kind", "incident.severity"]
    assert table.hit == "first"
    assert [row.output.text for row in table.rows] == ["stay.nights", "stay.nights", "1"]
    assert [test.text for test in table.rows[1].tests] == ["noise, cleanliness", "[4..5]"]
    assert table.otherwise is not None
    assert table.otherwise.node == Literal(Decimal(0))
    assert HOTEL.values["ruined_nights"].type == INTEGER
    assert AIR.values["per_passenger"].type == money("EUR")
    assert isinstance(AIR.values["reduction"].definition, Formula)
    assert AIR.values["reduction"].type == NUMBER


def test_dated_values() -> None:
    rate = DESK.values["rate"]
    assert isinstance(rate.definition, Dated)
    assert rate.definition.by == "occurred"
    assert [(day, entry.node) for day, entry in rate.definition.entries] == [
        (date(2026, 1, 1), Literal(Money(Decimal("9.98"), "EUR"))),
        (date(2027, 1, 1), Literal(Money(Decimal("10.34"), "EUR"))),
    ]
    assert rate.type == money("EUR")
    by_fact = with_lines(values="{x: {dated: [{from: 2026-01-01, value: 1}], by: d}}").values["x"].definition
    assert isinstance(by_fact, Dated)
    assert by_fact.by == "d"


def test_values_may_stand_in_any_order() -> None:
    model = with_lines(values="{z: y * 2, y: x + a, x: {table: {inputs: [a], rows: [['> 1', w], ['-', 0]], hit: first}}, w: 3}")
    assert [(name, str(value.type)) for name, value in model.values.items()] == [
        ("z", "integer"), ("y", "integer"), ("x", "integer"), ("w", "integer"),
    ]  # fmt: skip


def test_a_value_may_be_called_like_a_choice() -> None:
    """A word of a choice in a cell is the word, not the value: no circle."""
    model = with_lines(values="{red: {table: {inputs: [b], rows: [[red, 1], [[green, dark blue], 2]]}}}")
    assert model.values["red"].type == INTEGER


def test_a_table_may_give_words() -> None:
    model = with_lines(
        values="{band: {table: {of: [low, high], inputs: [a], rows: [['< 3', low], ['>= 3', high]]}}}",
        rules="[{id: r, when: {band: high}, may: {credit: 1 EUR}}, {id: s, when: 'band = \"low\"', may: {credit: 1 EUR}}]",
    )
    assert model.values["band"].type == choice(("low", "high"))


def test_priorities_of_words_are_their_order() -> None:
    model = with_lines(
        values="{band: {table: {of: [low, high], hit: priority, inputs: [a], rows: [['< 3', low], ['-', high]]}}}"
    )
    table = model.values["band"].definition
    assert isinstance(table, Table)
    assert [each.node for each in table.priorities] == [Literal("low"), Literal("high")]


def test_rules() -> None:
    rules = {rule.id: rule for rule in HOTEL.rules}
    assert list(rules) == ["small-gesture", "bad-night", "best-guests", "walked"]
    assert rules["small-gesture"].when is None
    assert {remedy: list(roles) for remedy, roles in rules["small-gesture"].may.items()} == {
        "credit": ["associate"],
        "points": ["associate"],
        "late_checkout": ["associate"],
    }
    assert list(rules["bad-night"].may["credit"]) == ["associate", "supervisor", "duty_manager"]
    assert rules["bad-night"].may["credit"]["supervisor"].node.type == money("EUR")
    assert rules["walked"].owed["credit"].text == "stay.nightly_rate"
    assert rules["walked"].because == "A guest with a confirmed booking whom we cannot house is owed the first night."


def test_amounts_by_role_stand_in_the_order_of_the_ladder() -> None:
    model = with_lines(rules="[{id: r, may: {credit: {manager: 2 EUR, associate: 1 EUR}}}]")
    assert list(model.rules[0].may["credit"]) == ["associate", "manager"]


def test_guardrails() -> None:
    injury, threats, repeat = HOTEL.guardrails
    assert (injury.effect, injury.to, injury.remedies) == ("escalate", "duty_manager", ())
    assert (threats.effect, threats.to) == ("deny", None)
    assert repeat.effect == "limit"
    assert repeat.remedies == ("credit", "points")
    assert repeat.limits["credit"]["associate"].node == Literal(Money(Decimal(0), "EUR"))
    assert (AIR.guardrails[0].effect, AIR.guardrails[0].remedies) == ("deny", ("compensation",))


def test_caps() -> None:
    stay, guest, desk = HOTEL.caps
    assert (stay.per, stay.over.kind, stay.measure, stay.counts) == (("stay.id",), "lifetime", "amount", ("credit",))
    assert stay.max == {"associate": Money(Decimal(600), "EUR")}
    assert (guest.measure, guest.max, guest.counts) == ("grants", {"associate": Decimal(4)}, tuple(HOTEL.remedies))
    assert (desk.over.kind, desk.over.unit) == ("calendar", "month")
    assert list(desk.max) == ["associate", "supervisor"]


def test_what_caps_count_by_themselves() -> None:
    caps = with_lines(
        caps="[{id: a, over: case, max: 5 EUR}, {id: b, per: [t, d], over: lifetime, max: 50}, "
        "{id: c, per: t, over: 1 day, max: 1 grant}]"
    ).caps
    assert [(cap.per, cap.measure, cap.counts) for cap in caps] == [
        ((), "amount", ("credit", "points")),
        (("t", "d"), "units", ("points",)),
        (("t",), "grants", ("credit", "points", "late")),
    ]


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("lifetime", Window("lifetime")),
        ("case", Window("case")),
        ("1 day", Window("rolling", timedelta(days=1))),
        ("72 hours", Window("rolling", timedelta(hours=72))),
        ("2 weeks", Window("rolling", timedelta(weeks=2))),
        ("30 minutes", Window("rolling", timedelta(minutes=30))),
        ("calendar day", Window("calendar", unit="day")),
        ("calendar quarter", Window("calendar", unit="quarter")),
        ("calendar year", Window("calendar", unit="year")),
        ("calendar year from october", Window("calendar", unit="year", start_month=10)),
    ],
)
def test_windows(text: str, window: Window) -> None:
    cap = with_lines(caps=f"[{{id: a, per: t, over: {text}, max: 5 EUR}}]").caps[0]
    assert cap.over == window
    assert str(cap.over) == text


def test_discretion_requirements_and_promises() -> None:
    assert list(HOTEL.discretion) == ["associate", "supervisor"]
    assert HOTEL.discretion["associate"].each == Money(Decimal(25), "EUR")
    assert [requirement.evidence for requirement in HOTEL.requires] == [("note",), ("note", "incident_report")]
    assert {name: evidence.title for name, evidence in HOTEL.evidence.items()} == {
        "note": "Note",
        "incident_report": "Incident report",
    }
    assert [promise.id for promise in HOTEL.promises] == ["associates-stay-small", "nobody-but-gm-over-600"]
    assert all(promise.always.node.type == BOOLEAN for promise in HOTEL.promises)
    assert DESK.evidence["note"].title == "A note on the folio"


def test_calendars() -> None:
    calendar = DESK.calendars["netherlands"]
    assert calendar.holidays == {date(2026, 4, 27), date(2026, 12, 25)}
    assert (calendar.start, calendar.end, calendar.weekend) == (date(2026, 1, 1), date(2028, 1, 1), {6, 7})
    model = with_lines(
        calendars="{gulf: {from: 2026-01-01, to: 2027-01-01, weekend: [friday, saturday], holidays: []}}",
        rules="[{id: r, when: 'occurred > add working days(d, 2, \"gulf\")', may: {credit: 1 EUR}}]",
    )
    assert model.calendars["gulf"].weekend == {5, 6}


def test_models_travel_to_other_processes() -> None:
    again = pickle.loads(pickle.dumps(HOTEL))
    assert again == HOTEL
    assert again.rules[1].when.node == HOTEL.rules[1].when.node


def test_problems_inside_a_folded_formula_are_underlined_where_they_stand() -> None:
    text = GOOD.read_text(encoding="utf-8").replace(
        "when: occurred < stay.ended", 'when: >-\n      occurred < stay.ended and\n      guest.teir = "gold"'
    )
    _, (problem,) = inspect_model(text, "p.yaml")
    assert problem.place is not None
    assert problem.place.text.strip() == 'guest.teir = "gold"'
    assert problem.place.text[problem.place.column - 1 : problem.place.end_column - 1] == "guest.teir"


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        load_model("nowhere.yaml")


def test_errors_travel_to_other_processes() -> None:
    with pytest.raises(PolicyError) as caught:
        read_model("policy: [\n", "p.yaml")
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems
