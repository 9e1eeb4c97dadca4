"""What every function gives, line by line, in ``tests/cases/builtins``; and what the functions' own examples say."""

from __future__ import annotations

from collections import defaultdict

import pytest

from remit.language.builtins import BUILTINS
from remit.language.text import literal
from support.builtin_cases import Case, cases, evaluated, same


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.expression)
def test_a_call_gives_what_the_case_says(case: Case) -> None:
    got, wanted = evaluated(case.expression), evaluated(case.expected)
    assert same(got, wanted), f"{case.expression} is {literal(got)}, not {case.expected}"


@pytest.mark.parametrize(
    ("expression", "expected"), [example for each in BUILTINS.values() for example in each.examples], ids=lambda text: text
)
def test_an_example_is_true_and_is_written_as_the_value_is(expression: str, expected: str) -> None:
    got = evaluated(expression)
    assert same(got, evaluated(expected))
    assert literal(got) == expected


def test_each_function_has_a_normal_case_a_null_case_and_a_case_with_names() -> None:
    found = defaultdict(list)
    for case in cases():
        found[case.function].append(case)
    assert found.keys() == BUILTINS.keys()
    for name, of_function in found.items():
        assert any(case.expected != "null" for case in of_function), name
        assert any(case.expected == "null" and "null" in case.expression for case in of_function) or name == "is", name
        assert any(
            f"({parameter.name}:" in case.expression
            for each in BUILTINS[name].signatures
            for parameter in each.parameters
            for case in of_function
        ), name
