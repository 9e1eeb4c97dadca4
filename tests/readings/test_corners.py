"""Compiled policies at the edges: each operator, table and rounding right below, at and right above where it changes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from remit.deciding.compiled import Compiled
from remit.decision.decision import Decision
from remit.decision.detail import Detail
from remit.decision.inputs import check_request
from remit.errors import RequestError
from remit.language.values import Money
from remit.policy.loader import read_model
from remit.readings.numbers.definition import NumberCase
from support.trials import PROFILE

_POLICY = """\
policy: corners
title: Corners
version: "1"
owner: ops
currency: EUR
rounding: {rounding}
ladder: [clerk, boss]
facts:
  n: {{type: integer, min: -3, max: 200}}
  x: {{type: number}}
  price: {{type: money, min: 0 EUR}}
  day: {{type: date}}
  tier: {{type: choice, of: [none, gold, black]}}
  hurt: {{type: boolean, default: true}}
remedies:
  credit: {{type: money, title: Credit}}
  points: {{type: count, title: Points}}
values:
  first:
    table:
      inputs: [price, n]
      hit: first
      rows:
        - ["> 10 EUR", "(2..5]", 1 EUR]
        - ["-", "[5..9)", 2 EUR]
        - [">= 9.99 EUR", "-", 3 EUR]
      otherwise: 4 EUR
  unique:
    table: {{inputs: [x], hit: unique, rows: [["<= 1.5", price], ["[1.5..3)", 2 EUR], ["> 3", price * 2]]}}
  counted:
    table:
      inputs: [price * 2]
      hit: first
      rows: [["< 5 EUR", 1 EUR], ["< 9 EUR", price], ["<= 9 EUR", 3 EUR]]
      otherwise: 4 EUR
  single:
    table: {{inputs: [tier, hurt], hit: first, rows: [[gold, true, price * 2]]}}
  lone:
    table: {{inputs: [tier], hit: unique, rows: [[gold, price * 2]]}}
  same:
    table: {{inputs: [x], hit: unique, rows: [["<= 1.5", price * 3], [">= 1.5", price * 3]]}}
  rate:
    dated: [{{from: 2026-03-01, value: 1.10 EUR}}, {{from: 2026-04-01, value: 2.20 EUR}}]
rules:
  - id: one
    because: It is so.
    when: '{when}'
    may: {{credit: {{clerk: '{credit}', boss: 9999 EUR}}, points: '{points}'}}
  - {{id: least, because: So little is never too much., may: {{credit: 0.05 EUR}}}}
guardrails:
  - {{id: dear, when: {{price: "> 150 EUR", n: "[0..100]"}}, then: {{limit: {{credit: 100 EUR}}}}}}
  - {{id: unclear, when: "price / x > 1000 EUR", then: {{limit: {{points: 2}}}}}}
  - {{id: asks, when: "asked.credit >= 20 EUR and asked.points = 4", then: escalate}}
"""
_WHEN = [
    "true",
    "n > 0 and x > 1.5",
    "n > 0 or x > 1.5",
    "price * n between 10 EUR and 20 EUR",
    "price * 2 in (10 EUR..20 EUR)",
    "not(hurt) or n = 5",
    "not(price * n > 10 EUR and x * 2 > 3)",
    "hurt or (price * n > 10 EUR and x * 2 > 3)",
    "x * 2 in [3..7)",
    "price in [0.01 EUR..9.99 EUR]",
    "-x < 1.5 and abs(x) >= 1.5",
    'day >= @"2026-03-01"',
    "occurred - day <= 31 days",
    'day + 30 days > @"2026-03-30" or tier in ("gold", "black")',
    "n in (1, 3, 5, [7..9], 100)",
    'employee.role = "boss" or n > 1 and tier != "none"',
    "price / n > 2 EUR",
    "count([n, 5]) = 2 and sum([n, x]) > 3",
]
_CREDIT = [
    "price * 12.5%",
    "price * 0.5%",
    "price / n",
    "first",
    "unique",
    "counted",
    "same",
    "single",
    "min(lone, 8 EUR)",
    "if n > 4 then single else 3 EUR",
    "max(min(price, 0.10 EUR), 0.02 EUR)",
    "rate * n",
    "min(price, 10 EUR) * 2",
    "max(price, 5 EUR, 10 EUR) - 1 EUR",
    "price - 10 EUR",
    "if n > 5 then price else price * 3",
    "price * x",
    "price * 1.25 * 1.01",
    'if employee.role = "clerk" then price * 40% else price',
    "if price / n > 2 EUR then 1 EUR else price",
]
_POINTS = ["x * 3", "n / 2", "floor(x)", "ceiling(x) - 1", "n * 10 + 0.5", "n - 2", 'if tier = "gold" then 7 else 3.9']
_FACTS: dict[str, list[Any]] = {
    "n": [0, None, 5, 2, -3, 1, 6, 9, 100, 101, 200],
    "x": [3, None, 1, Decimal("1.5"), Decimal("1.49"), Decimal("-1.5"), Decimal("3.5"), 0, Decimal("2.99")],
    "price": [
        "10 EUR",
        "0 EUR",
        "0.01 EUR",
        "9.99 EUR",
        "10.01 EUR",
        "4.50 EUR",
        "5 EUR",
        "2.50 EUR",
        "150 EUR",
        "150.01 EUR",
        "0.04 EUR",
        "0.12 EUR",
        "1.20 EUR",
        None,
    ],
    "day": ["2026-03-01", "2026-02-28", None],
    "tier": ["gold", "black", None],
    "hurt": [False, True, None],
    "occurred": ["2026-04-01", "2026-03-31", "2026-02-28", "2026-03-01"],
    "asked": [
        {"credit": "20 EUR"},
        {"credit": "20 EUR", "points": 4},
        {"credit": "19.99 EUR", "points": 4},
        {"credit": "30 EUR", "points": 5},
    ],
}

_TOGETHER = [
    ("n", "x"),
    ("n", "price"),
    ("x", "price"),
    ("day", "hurt"),
    ("tier", "hurt"),
    ("occurred", "n"),
    ("asked", "price"),
]


def _requests() -> Iterator[dict[str, Any]]:
    """The usual request, with one or two of its parts on every edge."""
    usual = {name: values[0] for name, values in _FACTS.items()}
    seen = set()
    for one, other in _TOGETHER:
        for first, second in product(_FACTS[one], _FACTS[other]):
            parts = {**usual, one: first, other: second}
            if repr(parts) in seen:
                continue
            seen.add(repr(parts))
            occurred, asked = parts.pop("occurred"), parts.pop("asked")
            facts = {name: value for name, value in parts.items() if value is not None}
            yield {"employee": {"id": "e-1", "role": "clerk"}, "asked": asked, "facts": facts, "occurred": occurred}


#: Every so many requests, another part of them for each policy.
STEP = 4 if PROFILE == "dev" else 2


@pytest.mark.slow
@pytest.mark.parametrize("rounding", ["half up", "half down", "half even", "up", "down"])
def test_at_every_edge_the_compiled_policy_is_the_reference(rounding: str) -> None:
    requests = list(_requests())
    count = max(len(_WHEN), len(_CREDIT), len(_POINTS))
    for at in range(count):
        when, credit, points = (texts[at % len(texts)] for texts in (_WHEN, _CREDIT, _POINTS))
        text = _POLICY.format(rounding=rounding, when="true" if at % 2 else when, credit=credit, points=points)
        step = STEP if rounding == "half up" else 2 * STEP  # how it is rounded is all that differs
        _agree(Compiled(read_model(text, "corners.yaml")), requests[at % step :: step], (when, credit, points))


@pytest.mark.slow
def test_every_condition_at_every_edge() -> None:
    requests = list(_requests())
    for at, when in enumerate(_WHEN):
        _agree(
            Compiled(read_model(_POLICY.format(rounding="half up", when=when, credit="5 EUR", points="3"), "corners.yaml")),
            requests[at % STEP :: STEP],
            when,
        )


def _agree(compiled: Compiled, requests: list[dict[str, Any]], what: object) -> None:
    model = compiled.model
    for request in requests:
        told = NumberCase(model, check_request(model, request)).to_json()
        expected = Decision.from_json(told).detail
        brief, taken = compiled.decide(request), compiled.decide(request)
        assert brief.outcome == expected.outcome, (what, request)
        assert brief.limits == {name: each.limit for name, each in expected.remedies.items()}, (what, request)
        assert brief.owed == {name: each.owed for name, each in expected.remedies.items()}, (what, request)
        assert taken.to_json() == told, (what, request)
        if expected.outcome != "ask" and not any(reason.kind == "guardrail" for reason in expected.reasons):
            _at_the_limit(compiled, request, expected, what)


def _at_the_limit(compiled: Compiled, request: dict[str, Any], expected: Detail, what: object) -> None:
    """Whoever asks for all that there is gets it, and nobody gets a cent or a point more."""
    for name, least in (("credit", Money.of("0.01 EUR")), ("points", 1)):
        if name not in expected.remedies:
            continue
        most = expected.remedies[name].available
        beyond = str(Money(most.amount + least.amount, "EUR")) if isinstance(least, Money) else most + least
        if most not in (0, Money.of("0 EUR")):
            all_of_it = str(most) if isinstance(most, Money) else most
            assert compiled.decide({**request, "asked": {name: all_of_it}}).outcome == "grant", (what, request, most)
        assert compiled.decide({**request, "asked": {name: beyond}}).outcome != "grant", (what, request, beyond)


@pytest.mark.parametrize("n", [-4, -3, 200, 201])
def test_the_bounds_of_a_fact(n: int) -> None:
    compiled = Compiled(
        read_model(_POLICY.format(rounding="half up", when="true", credit="price * n", points="3"), "corners.yaml")
    )
    request = {"employee": {"id": "e-1", "role": "clerk"}, "asked": {}, "facts": {"n": n}, "occurred": "2026-04-01"}
    for _ in range(2):
        if -3 <= n <= 200:
            assert compiled.decide(request).detail is not None
        else:
            with pytest.raises(RequestError):
                compiled.decide(request)


_TESTS = ["n != 0", "not(n = 9)", "not(n in (0, 3))", "n > 3 or n < 2", "n != 0 and hurt", "not(n in (2, 5, 7))", "n - 3 != -3"]


@pytest.mark.parametrize("when", _TESTS)
def test_among_many_rules_on_one_fact(when: str) -> None:
    """Where an index looks them up: every value of the fact, with tests that also let pass what it can never be."""
    rules = [f"  - {{id: r-{n}, because: So., when: {{n: {n}}}, may: {{credit: {n} EUR}}}}\n" for n in range(1, 9)]
    text = _MANY + "".join(rules) + f"  - {{id: most, because: So., when: '{when}', may: {{credit: 50 EUR}}}}\n"
    compiled = Compiled(read_model(text, "many.yaml"))
    for n, hurt in product([None, *range(10)], [None, True, False]):
        facts = {name: value for name, value in (("n", n), ("hurt", hurt)) if value is not None}
        _agree(compiled, [{"employee": {"id": "e", "role": "clerk"}, "asked": {"credit": "10 EUR"}, "facts": facts}], when)


_MANY = """\
policy: many
title: Many
version: "1"
owner: ops
currency: EUR
ladder: [clerk]
facts:
  n: {type: integer, min: 0, max: 9}
  hurt: {type: boolean}
remedies:
  credit: {type: money, title: Credit}
otherwise: deny
rules:
"""
