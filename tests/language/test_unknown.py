"""Facts that are not known: what is said of a result holds however they turn out, and says as much as it can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from remit.language.evaluating.evaluator import evaluate
from remit.language.evaluating.relations import compare, equal, kind_of
from remit.language.nodes import names_in
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.source import Source
from remit.language.types import Type
from remit.language.values import Money, Unknown
from support.expressions import SCOPE, facts, typed_expressions, typed_tests, types
from support.values import values

# The law


def same(a: Any, b: Any) -> bool:
    """Whether two results are the same value."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return kind_of(a) == kind_of(b) and equal(a, b) is True


def covers(said: Any, value: Any) -> bool:
    """Whether ``value`` is what was said of it."""
    if not isinstance(said, Unknown):
        return same(said, value)
    if (said.low is not None or said.high is not None) and value is None:
        return False
    return all(end is None or compare(op, value, end) is True for op, end in ((">=", said.low), ("<=", said.high)))


@st.composite
def partly_known(draw: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """The same facts, some of them not known, with true bounds or none."""
    out = dict(known)
    for name in draw(st.sets(st.sampled_from(sorted(known)), min_size=1)):
        ends = [known[name], *(draw(st.none() | values(SCOPE[name])) for _ in range(2))]
        ordered = [end for end in ends if end is not None and compare("<=", end, end)]
        low = next((end for end in ordered[1:] if compare("<=", end, known[name])), None)
        high = next((end for end in ordered[1:] if compare(">=", end, known[name])), None)
        fixed = bool(ordered) and draw(st.integers(0, 4)) == 0
        out[name] = Unknown(frozenset({name}), known[name], known[name]) if fixed else Unknown(frozenset({name}), low, high)
    return out


@given(data=st.data(), of=types())
def test_what_is_said_holds_however_the_facts_turn_out(data: st.DataObject, of: Type) -> None:
    node = data.draw(typed_expressions(SCOPE, of))
    known = data.draw(facts(SCOPE))
    partly = data.draw(partly_known(known))
    said = evaluate(node, partly)
    assert covers(said, evaluate(node, known)), (said, evaluate(node, known))
    if isinstance(said, Unknown):
        event("bounded" if said.low is not None or said.high is not None else "unknown")
        assert said.missing
        assert said.missing <= names_in(node) & {name for name in known if isinstance(partly[name], Unknown)}


@given(data=st.data(), of=st.sampled_from([of for of in SCOPE.values() if of.kind != "list"]))
def test_so_does_what_is_said_of_a_test(data: st.DataObject, of: Type) -> None:
    node = data.draw(typed_tests(SCOPE, of))
    known = data.draw(facts(SCOPE)) | {"tested": data.draw(values(of))}
    partly = data.draw(partly_known({name: value for name, value in known.items() if name != "tested"}))
    tested = Unknown(frozenset({"tested"})) if data.draw(st.booleans()) else known["tested"]
    assert covers(evaluate(node, partly, tested), evaluate(node, known, known["tested"]))


# How much is said

FACTS: dict[str, Any] = {
    "vip": Unknown(frozenset({"vip"})),
    "tier": Unknown(frozenset({"tier"})),
    "severity": Unknown(frozenset({"severity"}), Decimal(1), Decimal(5)),
    "rate": Unknown(frozenset({"rate"}), Money(Decimal(50), "EUR"), Money(Decimal(400), "EUR")),
    "spent": Unknown(frozenset({"spent"}), Money(Decimal(0), "EUR")),
    "wait": Unknown(frozenset({"wait"}), timedelta(0)),
    "day": Unknown(frozenset({"day"}), date(2026, 5, 1), date(2026, 5, 31)),
    "nights": Decimal(3),
    "yes": True,
    "no": False,
}
MISSING = {name: frozenset({name}) for name in FACTS}


def said(text: str) -> Any:
    return evaluate(parse_expression(Source(text), FACTS), FACTS)


def bounds(text: str) -> tuple[Any, Any]:
    value = said(text)
    assert isinstance(value, Unknown)
    return tuple(None if end is None else str(end) for end in (value.low, value.high))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vip and no", False),
        ("no and vip", False),
        ("vip or yes", True),
        ("severity > 0", True),
        ("severity >= 1", True),
        ("severity > 5", False),
        ("severity = 6", False),
        ("severity != 6", True),
        ("severity < nights - 2", False),
        ("6 > severity", True),
        ("severity between 0 and 9", True),
        ("severity between 6 and 9", False),
        ("severity in [0..9]", True),
        ("severity in (6, 7)", False),
        ("severity in [6, 7]", False),
        ("nights in [29, [10..severity]]", False),
        ("nights in [3, [10..severity]]", True),
        ("severity in [[6..nights + 9], 8]", False),
        ("severity in (> 6)", False),
        ("severity + severity <= 10", True),
        ("rate * nights >= 150 EUR", True),
        ("rate / 2 > 200 EUR", False),
        ("min(rate, 30 EUR) <= 30 EUR", True),
        ("max([rate, 500 EUR]) <= 500 EUR", True),
        ("spent + rate >= 50 EUR", True),
        ("abs(severity - 3) <= 2", True),
        ("-severity < 0", True),
        ("wait * 2 >= 0 days", True),
        ('day + 1 month > @"2026-05-31"', True),
        ('day - @"2026-04-30" >= 1 day', True),
        ("floor(severity / 2) <= 2", True),
        ("round up(rate / 3, 0) >= 17 EUR", True),
        ("sum([severity, 1, nights]) >= 5", True),
        ("if vip then 1 else 1", Decimal(1)),
        ("if vip then null else null", None),
        ("(if vip then 1 else 2) < 3", True),
        ("some x in [1, 2] satisfies x > severity + 5", False),
        ("every x in [1, severity] satisfies true", None),
        ("3 in [severity, 3]", True),
        ("9 in [severity, 3]", False),
        ("not(severity > 0)", False),
    ],
)
def test_what_bounds_decide_is_known(text: str, expected: Any) -> None:
    value = said(text)
    if text.startswith("every"):  # whether a list that is not known is empty cannot be said
        assert value == Unknown(MISSING["severity"])
    else:
        assert value == expected
        assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("severity + 1", "2", "6"),
        ("10 - severity", "5", "9"),
        ("-severity", "-5", "-1"),
        ("severity * -2", "-10", "-2"),
        ("(severity - 3) * (severity - 3)", "-4", "4"),
        ("10 / severity", "2", "10"),
        ("rate * 50%", "25 EUR", "200 EUR"),
        ("nights * rate", "150 EUR", "1200 EUR"),
        ("rate - spent", None, "400 EUR"),
        ("rate + spent", "50 EUR", None),
        ("rate / 100 EUR", "0.5", "4"),
        ("spent * 2", "0 EUR", None),
        ("spent * -1", None, "0 EUR"),
        ("wait + 2 hours", "2:00:00", None),
        ("day - 1 day", "2026-04-30", "2026-05-30"),
        ('@"2026-06-01" - day', "1 day, 0:00:00", "31 days, 0:00:00"),
        ("min(rate, 150 EUR)", "50 EUR", "150 EUR"),
        ("min(spent, 150 EUR)", "0 EUR", "150 EUR"),
        ("max(spent, 150 EUR)", "150 EUR", None),
        ("sum(rate, spent)", "50 EUR", None),
        ("abs(severity - 3)", "0", "2"),
        ("if vip then 30 EUR else 10 EUR", "10 EUR", "30 EUR"),
        ("if vip then rate else 10 EUR", "10 EUR", "400 EUR"),
        # what might be null, or is of no known kind, has no bounds
        ("10 / (severity - 1)", None, None),
        ("rate + 5 USD", None, None),
        ("if vip then 30 EUR else null", None, None),
        ("if vip then 30 EUR else 3", None, None),
        ("severity ** 2", None, None),
        ('tier + "x"', None, None),
        ("min(tier, 3)", None, None),
        ("severity + tier", None, None),
        ('@"9999-12-20" + (day - @"2026-05-01")', None, None),
        ("floor(number(tier))", None, None),
    ],
)
def test_results_keep_bounds(text: str, low: str | None, high: str | None) -> None:
    assert bounds(text) == (low, high)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("vip", {"vip"}),
        ("vip and yes", {"vip"}),
        ('vip and tier = "gold"', {"vip", "tier"}),
        ("vip and severity > 0", {"vip"}),
        ("vip or severity > 5", {"vip"}),
        ("if yes then severity else vip", {"severity"}),
        ("if vip then severity else 3", {"vip", "severity"}),
        ("[severity, vip][1]", {"severity", "vip"}),
        ("min(severity, rate)", {"severity", "rate"}),
        ("some x in [1, 2] satisfies x > severity and vip", {"severity", "vip"}),
    ],
)
def test_only_what_blocks_is_missing(text: str, missing: set[str]) -> None:
    value = said(text)
    assert isinstance(value, Unknown)
    assert value.missing == missing


def test_a_cell_is_decided_by_bounds_too() -> None:
    severity = FACTS["severity"]

    def cell(text: str) -> Any:
        return evaluate(parse_unary_tests(Source(text)), {}, severity)

    assert cell("[1..5]") is True
    assert cell("> 5") is False
    assert cell("not(7, 8)") is True
    assert cell("-") is True
    assert cell("3") == Unknown(MISSING["severity"])


@pytest.mark.parametrize("text", ["guest.vip", "not(guest.vip)", "[true][false], guest.vip"])
def test_a_truth_value_that_is_not_known_is_held_against_another(text: str) -> None:
    """Not taken for a condition that says nothing of what is tested."""
    node = parse_unary_tests(Source(text), ("guest.vip",))
    assert isinstance(evaluate(node, {"guest.vip": False}, Unknown(frozenset({"tested"}))), Unknown)
