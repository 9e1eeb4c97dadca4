"""What is filled in from a template is what would have been read: the same tree, types and spans, or nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import ExpressionError
from remit.language.checker import check
from remit.language.nodes import Node, parts_of
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.source import Source
from remit.language.templates import Template, outline
from remit.language.types import INTEGER, NUMBER, Type, choice, money

SCOPE = {"n3": INTEGER, "share": NUMBER, "price": money("EUR"), "flight.km": INTEGER, "kind": choice(("a", "b2"))}

#: `0` stands for any digit.
FORMULAS = (
    "0", "00.0", "00%", "000%", "0.0%", "00 EUR", "00.00 EUR", "000EUR", "-0", "0 days", "0e0",
    "price * 00%", "00% * price", "price + 0 EUR", "n3 * 0 + 0", "n3 - 00", "n3 / 0", "0 / 0", "n3 ** 0", "n3 * (0 + 0)",
    "n3 > 0", "n3 > 0 and price <= 00 EUR", "n3 in [0..0]", "n3 in (0..0]", "n3 in [0, 0]", "n3 in [0,000]",
    "price in [0 EUR..00 EUR)",
    "n3 between 0 and 0", "share between 0.0 and 0", "n3 between -0 and 0", "n3 in [-0..0]", "n3 in (00..0)",
    "if n3 > 0 then 0 EUR else price * 0", "min(price * 0, 00 EUR)", "max(0, 0)", "min(n3, 0)", "not(n3 > 0)",
    "round half up(share, 0)", "floor(n3 * 0.0)", "[0, 0][0]", "n3 = 0 or kind = \"b0\"", "\"0\" = \"0\"",
    "kind = \"a\" and n3 = 0",
    "00/00/0000", "0000-00-00", "@\"0000-00-00\"", "n3 > 0 // 0", "n0 > 0", "b0 > 0", "1.000,00", "0.000 EUR",
)  # fmt: skip
TESTS = (
    "0", ">= 0", "< 00", "[0..0]", "(0..00)", "[00..0[", "]0..0]", "[0..0)", "0, 0", "0,000", "not(0)", "not(> 0)", "0.0",
    "> 0%",
    "[0 EUR..00 EUR)", ">= 00.00 EUR", "? * 0 > 00", "? > 0 and ? < 00", "-", "(> 0)", "(= 0)", "in [0..0]", "between 0 and 00",
    "n3", "> n3 + 0", "[n3..00]", "[0..n3]", "b0", "=0 ", "!= 0",
)  # fmt: skip
DIGITS = st.lists(st.sampled_from("0123459"), min_size=30, max_size=30)


def exact(node: Any) -> Any:
    """A tree with all that two trees can differ in."""
    if isinstance(node, Node):
        return type(node), node.span, node.type, [exact(getattr(node, name)) for name in parts_of(type(node))]
    if isinstance(node, tuple):
        return [exact(each) for each in node]
    return type(node), repr(node)


def read(text: str, tested: Type | None = None) -> Node | None:
    """The checked tree, or ``None`` where there is a problem."""
    source = Source(text)
    try:
        tree = parse_unary_tests(source, SCOPE, words=tested.choices) if tested else parse_expression(source, SCOPE)
    except ExpressionError:
        return None
    node, problems = check(tree, source, SCOPE, input=tested, input_name="x" if tested else None)
    return None if problems else node


def written(form: str, digits: list[str]) -> str:
    left = iter(digits)
    return re.sub("0", lambda _: next(left), form)


def holds(first: str, second: str, tested: Type | None) -> bool:
    """Whether the template of ``first`` told what ``second`` is."""
    node = read(first, tested)
    template = None if node is None else Template.of(first, node)
    if template is None or outline(first)[0] != outline(second)[0]:
        return False
    filled = template.fill(outline(second)[1])
    assert filled is None or exact(filled) == exact(read(second, tested)), (first, second)
    return filled is not None


@given(st.sampled_from(FORMULAS), DIGITS, DIGITS)
def test_formulas(form: str, one: list[str], other: list[str]) -> None:
    holds(written(form, one), written(form, other), None)


@given(st.sampled_from(TESTS), DIGITS, DIGITS, st.sampled_from((INTEGER, NUMBER, money("EUR"), SCOPE["kind"])))
def test_tests(form: str, one: list[str], other: list[str], tested: Type) -> None:
    holds(written(form, one), written(form, other), tested)


@pytest.mark.parametrize(
    ("first", "second", "tested"),
    [
        ("12", "34", None),
        ("12%", "34%", None),
        ("12.50 EUR", "34.75 EUR", None),
        ("price * 12%", "price * 34%", None),
        ("min(price * 12%, 30 EUR)", "min(price * 34%, 50 EUR)", None),
        ("n3 > 1 and flight.km <= 1500", "n3 > 2 and flight.km <= 3500", None),
        ("[1..5]", "[5..5]", INTEGER),
        ("[12 EUR..30 EUR)", "[45 EUR..99 EUR)", money("EUR")),
        (">= 3", ">= 5", INTEGER),
    ],
)
def test_what_tables_and_rules_are_full_of_is_filled_in(first: str, second: str, tested: Type | None) -> None:
    assert holds(first, second, tested)


@pytest.mark.parametrize(
    ("first", "second", "tested"),
    [
        ("50%", "00%", None),  # which is whole
        ("1.5", "2.0", None),
        ("[1..5]", "[5..1]", INTEGER),  # in which nothing lies
        ("[1..5)", "[5..5)", INTEGER),
        ("n3 between 1 and 5", "n3 between 5 and 1", None),
        ("n3 / 2", "n3 / 0", None),
        ("n3 > 1", "n4 > 1", None),  # another name
        ("share > 1e5", "share > 1e9", None),
        ("0.5 * n3", "0.5 * n4", None),
    ],
)
def test_what_may_be_something_else_is_read(first: str, second: str, tested: Type | None) -> None:
    assert not holds(first, second, tested)
