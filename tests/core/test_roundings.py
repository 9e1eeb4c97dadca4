"""The functions that round are terms, and come to exactly what the evaluator says of each number."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.lowering.lowering import Lowering
from remit.core.lowering.opaque import Outside
from remit.core.lowering.roundings import FUNCTIONS
from remit.core.lowering.whole import LARGEST
from remit.core.terms import Term, Terms
from remit.language.checker import check
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import Node
from remit.language.parser import parse_expression
from remit.language.source import Source
from remit.language.types import INTEGER, NUMBER, money
from remit.language.values import Money
from remit.policy.loader import read_model
from remit.readings.code.requests.native_values import known_value
from support.graphs import compiled
from support.trials import trials

SCOPE = {"x": NUMBER, "n": INTEGER, "price": money("EUR"), "back": money("EUR")}
MODEL = read_model(
    """
policy: roundings
title: Roundings
version: "1"
owner: nobody
currency: EUR
ladder: [clerk]
facts:
  x: {type: number}
  n: {type: integer, min: -1000000, max: 1000000}
  price: {type: money, min: 0 EUR}
  back: {type: money}
remedies: {credit: {type: money, title: Credit}}
rules: [{id: one, because: So., may: {credit: price}}]
""",
    "roundings.yaml",
)
NUMBERS = ("x", "n", "x * 3", "x / 8", "x / 3", "x / 7 - n", "n * 12.5%", "-x / 6", "min(x, n)", "x * 0.001", "1 - x")
AMOUNTS = ("price", "back", "price * 12.5%", "back / 3", "back * n / 7", "price - back", "back / 464", "max(price, back / 9)")


def parsed(text: str) -> Node:
    source = Source(text)
    node, problems = check(parse_expression(source, SCOPE), source, SCOPE)
    assert not problems, problems
    return node


def plain(value: Any) -> Fraction | None:
    """A number, or an amount in smallest units."""
    if isinstance(value, Money):
        return Fraction(value.amount) * 100
    return None if value is None else Fraction(value)


def lowered(node: Node) -> tuple[Term, int, Term]:
    found = Lowering(Terms(), MODEL, None, partial=False).wholes.of(node)
    assert found.exact
    return found.number, found.over, found.null


def agree(text: str, case: dict[str, int]) -> None:
    node = parsed(text)
    number, over, null = lowered(node)
    scope = {name: known_value(SCOPE[name], native) for name, native in case.items()}
    expected = plain(evaluate(node, scope))
    found, none = compiled([number, null])(case)
    assert (None if none else Fraction(found, over)) == expected, f"{text} of {scope}"


def natives(most: int = 10**9) -> st.SearchStrategy[dict[str, int]]:
    """Values of the names, many of them half way between two others or right beside that."""

    def number(low: int) -> st.SearchStrategy[int]:
        halves = st.builds(lambda times, step, beside: times * step + beside, st.integers(-9, 9), _STEPS, st.integers(-1, 1))
        return (halves | st.integers(-most, most)).map(lambda each: abs(each) if not low else each)

    return st.fixed_dictionaries({"x": number(-1), "n": st.integers(-1000, 1000), "price": number(0), "back": number(-1)})


_STEPS = st.sampled_from([5, 10, 25, 50, 100, 500, 1000, 500_000, 1_000_000, 5_000_000])


@pytest.mark.parametrize("function", FUNCTIONS)
@trials(120)
@given(data=st.data())
def test_what_is_rounded_comes_to_the_same(function: str, data: st.DataObject) -> None:
    inner = data.draw(st.sampled_from((*NUMBERS, *AMOUNTS)))
    agree(f"{function}({inner}, {data.draw(st.integers(-4, 9))})", data.draw(natives()))


@trials(120)
@given(
    st.sampled_from(["x", "n", "x * 3", "x / 8", "min(x, n)", "back * 12.5%", "price - back"]), st.integers(-3, 4), natives()
)
def test_what_is_rounded_is_an_exact_number_to_go_on_with(inner: str, places: int, case: dict[str, int]) -> None:
    agree(f"(round half up({inner}, {places}) - round down({inner}, 1)) * 12.5%", case)
    agree(f"abs({inner}) * 2", case)


@trials(120)
@given(st.sampled_from(["x", "n", "x * 3", "x / 8", "1 - x"]), st.sampled_from(["1", "7", "-3", "0.25", "-12.5%"]), natives())
def test_what_is_left_of_a_division_comes_to_the_same(inner: str, by: str, case: dict[str, int]) -> None:
    agree(f"modulo({inner}, {by})", case)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("native", [LARGEST, LARGEST - 1, -LARGEST, 1 - LARGEST, LARGEST // 2])
def test_the_largest_numbers_round_the_same(function: str, native: int) -> None:
    case = {"x": native, "n": 1_000_000 if native > 0 else -1_000_000, "price": abs(native), "back": native}
    for inner in (*NUMBERS, *AMOUNTS):
        for places in (-9, 0, 2):
            agree(f"{function}({inner}, {places})", case)


@pytest.mark.parametrize(
    "text",
    [
        "round half up(x, n)",  # to a number of decimals that only a case says
        "round half up(x / 3 * 2, 2)",  # what was cut off has been multiplied
        "round half up(x / 3, 18)",  # 34 digits do not reach so far
        "modulo(x, n)",
        "modulo(x, 0)",
        "modulo(x / 3, 2)",
        "round half up(x * x * x, 2)",
    ],
)
def test_what_the_evaluator_may_see_otherwise_is_left_to_it(text: str) -> None:
    with pytest.raises(Outside):
        lowered(parsed(text))


def test_a_fraction_of_the_scale_is_cut_off() -> None:
    agree("round up(x, 1.9)", {"x": 1_234_567, "n": 0, "price": 0, "back": 0})
    assert evaluate(parsed("round up(x, 1.9)"), {"x": Decimal("1.234567")}) == Decimal("1.3")
