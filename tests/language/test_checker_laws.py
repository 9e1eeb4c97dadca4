"""What the checker promises, on generated expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import assume, event, given
from hypothesis import strategies as st

from remit.errors import ExpressionError
from remit.language.builtins import fits
from remit.language.checker import check, nullable
from remit.language.checking.type_rules import accepts
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import Node, names_in, reads_input, walk
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.source import Source
from remit.language.types import BOOLEAN, Type
from support.expressions import SCOPE, expressions, facts, typed_expressions, types, unary_tests
from support.values import values


def is_of(of: Type, value: Any) -> bool:
    """Whether ``value`` is of type ``of`` as the checker means it: whole numbers whole, choices among their words."""
    if value is None:
        return True
    if of.kind == "list":
        return isinstance(value, list) and of.element is not None and all(is_of(of.element, item) for item in value)
    whole = not of.integer or value == int(value)
    return fits(of, value) and whole and (of.kind != "choice" or value in of.choices)


def holds_null(value: Any) -> bool:
    return value is None or (isinstance(value, list) and any(map(holds_null, value)))


@given(data=st.data(), of=types())
def test_well_typed_expressions_are_accepted_and_have_the_type_that_was_meant(data: st.DataObject, of: Type) -> None:
    node = data.draw(typed_expressions(SCOPE, of))  # asserts that there are no problems
    assert accepts(of, node.type)
    assert all(part.type.kind != "any" for part in walk(node)), "an error nobody told of"


@given(data=st.data(), of=types())
def test_a_well_typed_expression_gives_a_value_of_its_type_or_null(data: st.DataObject, of: Type) -> None:
    node = data.draw(typed_expressions(SCOPE, of))
    for part_value, part in values_of(node, data.draw(facts(SCOPE))):
        assert is_of(part.type, part_value), (part, part_value)


@given(data=st.data(), of=types())
def test_what_is_not_nullable_is_never_null(data: st.DataObject, of: Type) -> None:
    node = data.draw(typed_expressions(SCOPE, of))
    event(f"nullable: {nullable(node)}")
    for value, part in values_of(node, data.draw(facts(SCOPE))):
        if not nullable(part):
            assert not holds_null(value), part


def values_of(node: Node, scope: Mapping[str, Any]) -> list[tuple[Any, Node]]:
    """The value of the whole and of each part that can be evaluated alone (reads no bound name and no input)."""
    alone = [part for part in walk(node) if names_in(part) <= set(scope) and not reads_input(part)]
    return [(evaluate(part, scope), part) for part in alone]


@given(data=st.data(), of=types())
def test_unary_tests_give_true_or_false_or_null_and_are_null_only_where_said(data: st.DataObject, of: Type) -> None:
    source = Source(data.draw(unary_tests(SCOPE, of)))
    tree = parse_unary_tests(source, SCOPE, words=of.choices)
    node, problems = check(tree, source, SCOPE, expect=BOOLEAN, input=of)
    assert not problems, f"{source.text}\n{problems[0]}"
    found = evaluate(node, data.draw(facts(SCOPE)), data.draw(values(of)))
    assert found is None or isinstance(found, bool)
    assert found is not None or nullable(node), source.text


@given(data=st.data(), of=types())
def test_one_mistake_is_told_once(data: st.DataObject, of: Type) -> None:
    text = data.draw(expressions(SCOPE, of))
    tree = parse_expression(Source(text), SCOPE)
    part = data.draw(st.sampled_from(list(walk(tree))))
    start, end = part.span
    assume(end > start)
    broken = Source(f"{text[:start]} qqqqzzzz {text[end:]}")
    try:
        _, problems = check(parse_expression(broken, SCOPE), broken, SCOPE, expect=of)
    except ExpressionError as error:  # the name of a function is the parser's to know
        problems = error.problems
    told = [problem.code for problem in problems]
    assert told in (["names/unknown"], ["names/unknown-function"]), "\n".join(map(str, problems))
    place = problems[0].place
    assert place is not None
    assert "qqqqzzzz" in broken.text[place.column - 1 : place.end_column - 1]


_PIECES = [*'aå.(["]) +-*/<>=,?@19', " in ", " and ", " if ", "then ", "else ", "not(", "EUR", "min(", "1", "a", '"x"']


@given(text=st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_nothing_that_can_be_read_makes_the_checker_fail(text: str) -> None:
    source = Source(text)
    try:
        tree = parse_expression(source)
    except ExpressionError:
        return
    for problem in check(tree, source, {"a": BOOLEAN})[1]:
        assert problem.place is not None
        assert str(problem)
