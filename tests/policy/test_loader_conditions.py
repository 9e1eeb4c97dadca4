"""What conditions and facts become: trees with types, that mean what was written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import remit
from remit.deciding.policy import reference_decision
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import Input, Literal, walk
from remit.language.types import ANY, Type, choice, list_of, money
from remit.language.values import Money
from remit.policy.loader import load_model, read_model
from support.golden import CASES
from support.with_lines import with_lines

SCOPE: dict[str, Any] = {
    "a": Decimal(3),
    "b": "red",
    "c": True,
    "d": date(2026, 6, 1),
    "m": Money(Decimal(20), "EUR"),
    "t": "web",
    "l": ["red"],
    "employee.role": "manager",
    "employee.id": "e-1",
    "asked.credit": Money(Decimal(5), "EUR"),
    "asked.late": True,
    "occurred": date(2026, 7, 1),
}


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("{b: red}", True),
        ("{b: [green, dark blue]}", False),
        ("{b: [green, red]}", True),
        ("{b: 'not(red)'}", False),
        ("{b: 'green, red'}", True),
        ("{b: '-'}", True),
        ("{a: 3}", True),
        ("{a: '3'}", True),
        ("{a: [1, '> 2']}", True),
        ("{a: '[1..3)'}", False),
        ("{a: (1..3], b: red}".replace("(1..3]", "'(1..3]'"), True),
        ("{a: '>= 3', b: green}", False),
        ("{a: 'not([1..2], > 5)'}", True),
        ("{a: '? * 2 = 6'}", True),
        ("{c: true}", True),
        ("{c: false}", False),
        ("{m: '> 10 EUR'}", True),
        ("{m: 20 EUR}", True),
        ("{t: '\"web\"'}", True),
        ('{t: \'"app", "web"\'}', True),
        ("{d: '< occurred'}", True),
        ("{d: '@\"2026-06-01\"'}", True),
        ("{occurred: '>= @\"2026-07-02\"'}", False),
        ("{employee.role: manager}", True),
        ("{asked.credit: '<= 5 EUR', asked.late: true}", True),
        ("{l: 'list contains(?, \"red\")'}", True),
        ("a > 2 and c", True),
        ("c", True),
        ("[a > 2, {b: red}, 'c']", True),
        ("['a > 2 or false', 'c and false']", False),
        ("['false or true', {a: '> 5'}]", False),
    ],
)
def test_conditions_mean_what_they_say(when: str, holds: bool) -> None:
    condition = with_lines(rules=f"[{{id: r, when: {when}, may: {{credit: 1 EUR}}}}]").rules[0].when
    assert condition is not None
    assert evaluate(condition.node, SCOPE) is holds
    assert not any(isinstance(node, Input) for node in walk(condition.node) if type(node).__name__ != "In")
    parts = [evaluate(test.node, SCOPE, SCOPE[name]) for name, test in condition.tests]
    parts += [evaluate(condition.rest.node, SCOPE)] if condition.rest else []
    assert all(parts) is holds


def test_the_text_of_a_joined_condition_reads_back_to_the_same_tree() -> None:
    from remit.language.parser import parse_expression, parse_unary_tests

    condition = with_lines(rules="[{id: r, when: ['a > 2 or c', 'c', {b: [green, red]}], may: {credit: 1 EUR}}]").rules[0].when
    assert condition is not None
    assert condition.rest is not None
    assert condition.rest.text == "(a > 2 or c) and (c)"
    assert parse_expression(condition.rest.source, ["a", "c"]) == condition.rest.node
    test = condition.tests[0][1]
    assert test.text == "green, red"
    assert parse_unary_tests(test.source, words=["green", "red"]) == test.node
    for node in walk(test.node):
        if isinstance(node, Literal):
            assert test.text[slice(*node.span)] == node.value


HOTEL = load_model(CASES / "policy" / "good" / "hotel-guest-recovery.yaml")


def test_every_node_of_a_model_is_typed() -> None:
    expressions = [amount for rule in HOTEL.rules for roles in rule.may.values() for amount in roles.values()]
    expressions += [promise.always for promise in HOTEL.promises]
    for expression in expressions:
        assert all(node.type != ANY for node in walk(expression.node)), expression.text


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        ("list of choice", "{type: list of choice, of: [a, b]}", list_of(choice(("a", "b")))),
        ("date-time", "{type: date-time}", Type("date-time")),
        ("time", "{type: time}", Type("time")),
        ("list of money", "{type: list of money}", list_of(money("EUR"))),
    ],
)
def test_types_of_facts(kind: str, written: str, expected: Type) -> None:
    assert with_lines(facts=f"{{x: {written}}}").facts["x"].type == expected


def test_money_needs_no_currency_where_there_is_none() -> None:
    model = read_model(
        "policy: p\ntitle: P\nversion: v1\nowner: o\nladder: [a]\nremedies: {late: {type: exception}}\n"
        "rules: [{id: r, may: {late: true}}]\n"
    )
    assert model.currency is None


ITEMS = """\
policy: items
title: Items
version: "1"
owner: shop
currency: EUR
ladder: [agent]
facts:
  item.price: {type: money, min: 0 EUR}
  item.days:  {type: list of number}
remedies:
  refund: {type: money, title: Refund}
rules:
  - {id: late, because: Late., when: "count(item.days[item > item.price / 1 EUR]) > 1", may: {refund: item.price * 50%}}
"""


@pytest.mark.parametrize(("days", "limit"), [([1, 2], "0 EUR"), ([30, 40, 2], "10 EUR")])
def test_a_fact_whose_name_begins_with_item_is_that_fact_in_a_filter_too(days: list[int], limit: str) -> None:
    policy = remit.loads(ITEMS)
    policy.compile()
    request = {"employee": {"id": "e-1", "role": "agent"}, "facts": {"item": {"price": "20 EUR", "days": days}}}
    for decision in (policy.decide(request), reference_decision(policy.model, request)):
        assert str(decision.limits["refund"]) == limit
