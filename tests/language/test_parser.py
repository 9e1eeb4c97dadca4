"""Trees: what the words mean, where each part stands, and how much may be nested."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import ExpressionError
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import (
    And,
    Call,
    Compare,
    In,
    Input,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    Or,
    Path,
    RangeLiteral,
    children,
    walk,
)
from remit.language.parser import MAX_LENGTH, MAX_LEVELS, parse_expression, parse_unary_tests
from remit.language.source import Source
from remit.language.values import Money, Months
from support.expressions import SCOPE, expressions, types, unary_tests

NAMES = ("guest.tier", "guest", "stay.nights", "a-b", "date of birth", "in stock", "x")


def tree(text: str, names: tuple[str, ...] = NAMES) -> Node:
    return parse_expression(Source(text), names)


def cell(text: str, words: tuple[str, ...] = ()) -> Node:
    return parse_unary_tests(Source(text), NAMES, words=words)


def number(value: int) -> Literal:
    return Literal(Decimal(value))


# Names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("guest.tier", Name("guest.tier")),
        ("guest . tier", Name("guest.tier")),
        ("guest.tier.level", Path(Name("guest.tier"), "level")),
        ("guest.tiers", Path(Name("guest"), "tiers")),
        ("stay.night", Path(Name("stay"), "night")),
        ("nobody.at.all", Path(Path(Name("nobody"), "at"), "all")),
        ("date  of\nbirth", Name("date of birth")),
        ("date of birth.year", Path(Name("date of birth"), "year")),
        ("a-b", Name("a-b")),
        ("in stock", Name("in stock")),
        ("x.time offset", Path(Name("x"), "time offset")),
        ("x.end", Path(Name("x"), "end")),
    ],
)
def test_the_longest_known_name_is_taken(text: str, expected: Node) -> None:
    assert tree(text) == expected


def test_a_bound_name_hides_a_longer_one_that_begins_with_it() -> None:
    node = tree("some guest in x satisfies guest.tier = 1")
    assert Path(Name("guest"), "tier") in list(walk(node))


def test_a_bound_name_is_forgotten_after_its_condition() -> None:
    node = tree("(some stay in x satisfies stay.nights = 1) and stay.nights = 1")
    assert isinstance(node, And)
    assert node.operands[1] == Compare("=", Name("stay.nights"), number(1))


# Constants


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-30.50 EUR", Money(-30 - number(1).value / 2, "EUR")),
        ("18 months", Months(18)),
        ("-1 year", Months(-12)),
    ],
)
def test_constants_are_one_value(text: str, value: Any) -> None:
    assert tree(text) == Literal(value)


def test_a_sign_before_parentheses_is_an_operation() -> None:
    assert tree("-(5)") == Negate(number(5))
    assert tree("- 5") == number(-5)


# Unary tests


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-", Literal(True)),
        ("3", Compare("=", Input(), number(3))),
        ("-3", Compare("=", Input(), number(-3))),
        (">= 3", Compare(">=", Input(), number(3))),
        ("[1..3)", In(Input(), (RangeLiteral(number(1), number(3), True, False),))),
        ("]1..3[", In(Input(), (RangeLiteral(number(1), number(3), False, False),))),
        ("x", In(Input(), (Name("x"),))),
        ("[1, 2]", In(Input(), (ListLiteral((number(1), number(2))),))),
        ("1, 2", Or((Compare("=", Input(), number(1)), Compare("=", Input(), number(2))))),
        ("not(1)", Call("not", (Compare("=", Input(), number(1)),))),
        ("not(1, 2)", Call("not", (Or((Compare("=", Input(), number(1)), Compare("=", Input(), number(2)))),))),
        ("? > 1", Compare(">", Input(), number(1))),
        ("not(? > 1) and x", And((Call("not", (Compare(">", Input(), number(1)),)), Name("x")))),
        ("gold", Compare("=", Input(), Literal("gold"))),
        ("room not ready", Compare("=", Input(), Literal("room not ready"))),
        ("none", Compare("=", Input(), Literal("none"))),
        ("5-star", Compare("=", Input(), Literal("5-star"))),
        ("5", Compare("=", Input(), number(5))),
    ],
)
def test_a_cell_is_a_condition_on_the_input(text: str, expected: Node) -> None:
    assert cell(text, ("none", "gold", "room not ready", "5-star")) == expected


# Places


@given(data=st.data(), of=types())
def test_each_part_stands_where_it_says(data: st.DataObject, of: Any) -> None:
    """Spans nest, and reading the text of a part again gives the part."""
    text = data.draw(expressions(SCOPE, of))
    node = parse_expression(Source(text), SCOPE)
    for part in walk(node):
        for child in children(part):
            assert part.span[0] <= child.span[0] <= child.span[1] <= part.span[1]
    for part in children(node):
        if not any(isinstance(each, Input) for each in walk(part)) and not isinstance(node, In):
            again = parse_expression(Source(text[slice(*part.span)]), [*SCOPE, "item", "each"])
            assert again == part


@given(data=st.data(), of=st.sampled_from([of for of in SCOPE.values() if of.kind != "list"]))
def test_so_does_each_part_of_a_cell(data: st.DataObject, of: Any) -> None:
    text = data.draw(unary_tests(SCOPE, of))
    node = parse_unary_tests(Source(text), SCOPE, words=of.choices)
    assert 0 <= node.span[0] <= node.span[1] <= len(text)
    for part in walk(node):
        for child in children(part):
            assert part.span[0] <= child.span[0] <= child.span[1] <= part.span[1]


# Limits


def codes(text: str) -> list[str]:
    with pytest.raises(ExpressionError) as caught:
        tree(text)
    return [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "1" + ")" * 500,
        "[" * 500 + "]" * 500,
        "-" * 500 + "1",
        "not(" * 500 + "true" + ")" * 500,
        "if true then 1 else " * 300 + "2",
        "1 + (" * 400 + "1" + ")" * 400,
        "x" + "[1]" * 500,
        "x" + ".y" * 500,
        "1" + " + 1" * 500,
        "2" + " ** 1" * 500,
        "some x in " * 400 + "x" + " satisfies x" * 400,
        "]1.." * 500 + "1" + "[" * 500,
        "1 in (" * 400 + "1" + ")" * 400,
        "{" * 3000,
        "function(x) " * 400 + "1",
        "for x in x return " * 400 + "1",
        "!" * 500 + "true",
        "+" * 500 + "1",
        "not " * 500 + "true",
        "x instance of " + "list<" * 400 + "number" + ">" * 400,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_nested_too_deeply_is_told(text: str) -> None:
    assert {"syntax/too-deep", "syntax/unclosed", "syntax/operator", "syntax/operand"} & {*codes(text)}


def test_what_is_nested_as_deeply_as_may_be_can_be_evaluated() -> None:
    chain = "1" + " + 1" * (MAX_LEVELS - 1)
    assert evaluate(tree(chain), {}) == MAX_LEVELS
    assert codes(chain + " + 1") == ["syntax/too-deep"]
    assert evaluate(tree(" and ".join(["true"] * 2000)), {}) is True
    assert evaluate(tree("(" * 90 + "1" + ")" * 90), {}) == 1


def test_a_text_that_is_too_long_is_not_read() -> None:
    assert codes("1" + " " * MAX_LENGTH) == ["syntax/too-long"]
    assert tree("1" + " " * (MAX_LENGTH - 1)) == number(1)
