"""What expressions are worth, line by line, in ``tests/cases/feel/evaluation.txt``; and what the evaluator never does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import ExpressionError
from remit.feel import evaluate, unary_tests, why_null
from remit.language.evaluating import evaluator
from remit.language.nodes import walk
from remit.language.text import literal
from remit.language.values import Unknown
from support.expressions import SCOPE, facts, typed_expressions, types
from support.golden import CASES

NAMES: dict[str, Any] = {
    "nights": 3,
    "late": 19,
    "fee": 12,
    "late-fee": 13,
    "late fee": 12,
    "day": date(2026, 5, 3),
    "guest": {"name": "Ada", "home address": {"city": "Delft"}, "tier": {"level": 2}},
    "visits": [1, 2, 3],
    "stays": [{"room": "single", "nights": 1}, {"room": "suite", "nights": 4}],
    "walt's age": 41,
    "🏨": "hotel",
    "Ünï": "code",
    "in stock": True,
}


def cases(name: str) -> list[tuple[str, str]]:
    lines = (CASES / "feel" / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.rpartition(" => ") for line in lines if " => " in line and not line.startswith("# ")]
    return [(expression, expected) for expression, _, expected in pairs]


@pytest.mark.parametrize(("expression", "expected"), cases("evaluation.txt"))
def test_an_expression_is_worth_what_the_case_says(expression: str, expected: str) -> None:
    assert literal(evaluate(expression, NAMES)) == expected


@pytest.mark.parametrize(("expression", "reason"), cases("reasons.txt"))
def test_why_an_expression_is_null_is_what_the_case_says(expression: str, reason: str) -> None:
    assert str(why_null(expression, NAMES)).endswith(f" is null: {reason}")


@pytest.mark.parametrize(("test", "expected"), cases("unary_tests.txt"))
def test_a_value_passes_a_test_or_not(test: str, expected: str) -> None:
    cell, _, value = test.rpartition(" <- ")
    assert str(unary_tests(cell, evaluate(value, NAMES), NAMES)).lower() == expected


@given(data=st.data(), of=types())
def test_with_all_facts_known_nothing_is_unknown(data: st.DataObject, of: Any) -> None:
    node = data.draw(typed_expressions(SCOPE, of))
    scope = data.draw(facts(SCOPE))
    for part in walk(node):
        value = evaluator.evaluate(part, scope, False)
        assert not isinstance(value, Unknown)
        assert not isinstance(value, Decimal) or value.is_finite()


_WORDS = """
( ) [ ] { } . , : ? @ = < > + - * / .. ** <= != == && ' # $ € // /* in and or not if then else some every satisfies between
instance of for return function AND is 1 2.5 30_EUR 25% 2_days x xs item list min count true null "a" @"2026-01-01"
"""
_SOUP = st.lists(st.sampled_from([word.replace("_", " ") for word in _WORDS.split()]), max_size=14)


def told(error: ExpressionError) -> bool:
    """Whether the error says what is wrong, and where."""
    return bool(error.problems) and all(problem.place and problem.message for problem in error.problems)


@given(words=_SOUP, spaced=st.booleans())
def test_any_text_is_a_value_or_an_error_with_places(words: list[str], spaced: bool) -> None:
    text, names = (" " if spaced else "").join(words), {"x": 3, "xs": [1, 2]}
    with suppress_told():
        assert (evaluate(text, names) is None) == (why_null(text, names) is not None)
    with suppress_told():
        unary_tests(text, 3, names)


@given(st.text(max_size=30))
def test_so_is_any_string_of_characters(text: str) -> None:
    with suppress_told():
        evaluate(text, {"a": 1, "b c": [2]})


@contextmanager
def suppress_told() -> Iterator[None]:
    """Let errors pass that are told as they should be; no others."""
    try:
        yield
    except ExpressionError as error:
        if not told(error):
            raise
