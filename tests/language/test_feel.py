"""The public door to one expression: what it takes, what it gives, what it refuses."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from remit import feel
from remit.errors import ExpressionError
from remit.language import currencies, lexer, parser
from remit.language.builtins import BUILTINS
from remit.language.evaluating import (
    arithmetic,
    evaluator,
    instances,
    intervals,
    list_steps,
    membership,
    relations,
    three_valued,
    unknown,
)
from remit.language.values import Money, Months, Range

MODULES = [
    feel,
    arithmetic,
    currencies,
    evaluator,
    instances,
    intervals,
    lexer,
    list_steps,
    membership,
    parser,
    relations,
    three_valued,
    unknown,
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_what_the_docstrings_show_is_so(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        (3, Decimal(3)),
        (0.1, Decimal("0.1")),
        (1e22, Decimal("1e22")),
        (Decimal("2.50"), Decimal("2.50")),
        (True, True),
        (None, None),
        ("text", "text"),
        ((1, 2), [Decimal(1), Decimal(2)]),
        ([0.5, [None]], [Decimal("0.5"), [None]]),
        ({"a": {"b": 1}}, {"a": {"b": Decimal(1)}}),
        (date(2026, 5, 5), date(2026, 5, 5)),
        (datetime(2026, 5, 5, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC)),
        (time(10), time(10)),
        (timedelta(days=1), timedelta(days=1)),
        (Months(3), Months(3)),
        (Money(Decimal(3), "EUR"), Money(Decimal(3), "EUR")),
        (Range(Decimal(1), Decimal(2)), Range(Decimal(1), Decimal(2))),
    ],
    ids=repr,
)
def test_values_come_in_as_the_language_has_them(given: Any, seen: Any) -> None:
    value = feel.evaluate("x", {"x": given})
    assert value == seen
    assert type(value) is type(seen)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity"), [float("nan")]], ids=repr)
def test_numbers_that_are_none_are_refused(bad: Any) -> None:
    with pytest.raises(ValueError, match="not a number that FEEL has"):
        feel.evaluate("1", {"x": bad})


@pytest.mark.parametrize("bad", [{1, 2}, b"bytes", object(), 1j], ids=["set", "bytes", "object", "complex"])
def test_values_that_the_language_has_not_are_refused(bad: Any) -> None:
    with pytest.raises(TypeError, match="FEEL has no value like"):
        feel.evaluate("1", {"x": {"y": [bad]}})


def test_names_are_text() -> None:
    with pytest.raises(TypeError, match="a name must be text, not 1"):
        feel.evaluate("1", {1: 2})  # type: ignore[dict-item]


def test_facts_that_hold_themselves_are_refused() -> None:
    loop: dict[str, Any] = {}
    loop["again"] = loop
    with pytest.raises(ValueError, match="nested more than 100 levels deep"):
        feel.evaluate("1", loop)


def test_the_facts_are_left_as_they_were() -> None:
    facts = {"xs": [1, {"y": 0.5}]}
    assert feel.evaluate("xs[2].y", facts) == Decimal("0.5")
    assert facts == {"xs": [1, {"y": 0.5}]}


def test_a_dotted_key_is_a_name() -> None:
    assert feel.evaluate("guest.tier", {"guest.tier": "gold"}) == "gold"
    assert feel.evaluate("guest.tier.level", {"guest.tier": {"level": 2}}) == Decimal(2)


def test_what_cannot_be_read_raises_with_all_problems() -> None:
    with pytest.raises(ExpressionError) as caught:
        feel.evaluate("a == 1 && nov(b)", {"a": 1, "b": 2})
    assert [problem.code for problem in caught.value.problems] == [
        "syntax/operator",
        "syntax/operator",
    ]


def test_the_same_text_reads_otherwise_with_other_names() -> None:
    assert feel.evaluate("a-b", {"a": 3, "b": 1}) == Decimal(2)
    assert feel.evaluate("a-b", {"a": 3, "b": 1, "a-b": 9}) == Decimal(9)


def test_a_currency_code_can_be_a_name() -> None:
    assert feel.evaluate("EUR * 2", {"EUR": 3}) == Decimal(6)
    assert feel.evaluate("days + 2", {"days": 3}) == Decimal(5)
    assert feel.evaluate("min(USD, 30)", {"USD": 3}) == Decimal(3)


def test_a_function_is_a_value_that_python_can_call() -> None:
    double = feel.evaluate("function(x) x * factor", {"factor": 2})
    assert double(Decimal(4)) == Decimal(8)
    assert feel.evaluate("double(4) + 1", {"double": double}) == Decimal(9)
    assert feel.evaluate("sort(xs, by)", {"xs": [1, 2], "by": feel.evaluate("function(a, b) a > b")}) == [2, 1]
    assert double() is None
    assert str(feel.evaluate("function(first name, n: number) 1")) == "function(first name, n: number)"


def test_what_goes_on_for_ever_comes_to_an_end() -> None:
    again = feel.evaluate("function(f, n) if n = 0 then 0 else f(f, n - 1)")
    assert feel.evaluate("f(f, 20)", {"f": again}) == 0
    assert feel.evaluate("f(f, 1000)", {"f": again}) is None
    twice = "function(f) function(x) f(f(x))"
    assert feel.evaluate(f"({twice})({twice})(function(x) x + 1)(0)".replace("function(f) ", "function(f) ", 1)) == 4


def test_contexts_come_out_as_mappings() -> None:
    assert feel.evaluate("{a: 1, b: {c: [a]}}") == {"a": Decimal(1), "b": {"c": [Decimal(1)]}}


def test_why_something_is_null() -> None:
    assert feel.why_null("1") is None
    assert feel.why_null("f(1) + 1", {"f": feel.evaluate("function(x) 1 / 0")}) == "`f(1)` is null: the function gives null"


def test_every_example_that_is_null_has_a_reason() -> None:
    examples = [example for builtin in BUILTINS.values() for example, value in builtin.examples if value == "null"]
    assert len(examples) > 15
    assert [each for each in examples if " is null: " not in str(feel.why_null(each))] == []


def test_unary_tests_take_other_names_too() -> None:
    assert feel.unary_tests("< limit, > 2 * limit", 7, {"limit": 3})
    assert not feel.unary_tests("< limit, > 2 * limit", 5, {"limit": 3})
