"""What authors get wrong, and what they are told: every message, hint and place, word for word."""

from __future__ import annotations

import re

import pytest

from remit.errors import ExpressionError
from remit.language.builtins import BUILTINS
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.parsing.common_mistakes import FUNCTIONS, PHRASES
from remit.language.source import Document, Source
from support.golden import CASES, same_as

NAMES = ("guest.tier", "guest.nights", "date of birth", "paid", "rate", "vip", "visits")
WORDS = ("none", "silver", "gold", "diamond")


def lines(name: str) -> list[str]:
    text = (CASES / "feel" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("# ")]


MISTAKES = lines("mistakes.txt")


def told(text: str) -> str:
    """What is told of a formula: all of it, with the place underlined."""
    with pytest.raises(ExpressionError) as caught:
        parse_expression(Source(text), NAMES)
    return str(caught.value)


def told_of_tests(text: str) -> str:
    """What is told of the cell of a table."""
    with pytest.raises(ExpressionError) as caught:
        parse_unary_tests(Source(text), NAMES, words=WORDS)
    return str(caught.value)


def test_every_mistake_is_told_word_for_word() -> None:
    same_as("feel/mistakes_told.txt", "\n\n".join(map(told, MISTAKES)) + "\n")


def test_every_mistake_in_a_cell_is_told_word_for_word() -> None:
    same_as("feel/test_mistakes_told.txt", "\n\n".join(map(told_of_tests, lines("test_mistakes.txt"))) + "\n")


@pytest.mark.parametrize("text", MISTAKES)
def test_messages_follow_the_house_style(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(Source(text), NAMES)
    for problem in caught.value.problems:
        assert problem.place is not None
        assert problem.code.startswith(("syntax/", "names/"))
        assert problem.message[0].islower() or problem.message[0] == "`"
        assert not problem.message.endswith(".")
        assert problem.message.count("`") % 2 == 0 or "`" in text


def test_a_formula_that_yaml_cut_off_says_so() -> None:
    document = Document("policy.yaml", "max: {credit: min(rate, 150 EUR)}")
    cut = Source("min(rate", document, range(14, 22))
    with pytest.raises(ExpressionError) as caught:
        parse_expression(cut, NAMES)
    (problem,) = caught.value.problems
    assert str(problem) == (
        "policy.yaml:1:18: error: `(` is never closed [syntax/unclosed]\n"
        "  1 | max: {credit: min(rate, 150 EUR)}\n"
        "    |                  ^\n"
        "  help: YAML may have cut this formula at a comma, a colon or a `#`: put all of it in quotes"
    )


def test_problems_are_told_in_reading_order() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(Source("vip == 'x' && not vip\n  || paid > €3 and {a: 1}"), NAMES)
    places = [(problem.place.line, problem.place.column) for problem in caught.value.problems if problem.place]
    assert len(places) == 6
    assert places == sorted(places)


@pytest.mark.parametrize("hint", [*FUNCTIONS.values(), *PHRASES.values()])
def test_hints_name_functions_that_exist(hint: str) -> None:
    named = {name for code in re.findall("`([^`]+)`", hint) for name in re.findall(r"([a-z][a-z ]*)\(", code)}
    meant = re.fullmatch("did you mean `(.+)`\\?", hint)
    assert named | ({meant[1]} if meant else set()) <= set(BUILTINS)
