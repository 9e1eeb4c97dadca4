"""Whatever is in a file, loading it gives a model or a PolicyError, and the same one every time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from remit.errors import PolicyError
from remit.policy.loader import inspect_model, read_model
from support.golden import CASES

RULES = Path(__file__).parents[2] / "rules"
GOOD = [
    path.read_text(encoding="utf-8")
    for path in (*sorted((CASES / "policy" / "good").glob("*.yaml")), *sorted(RULES.glob("*.yaml")))
    if not path.stem.endswith("_test")
]
#: What turns one YAML file, or one formula, into another.
PIECES = [
    "",
    " ",
    "\n",
    "\n\n",
    "  ",
    "\t",
    ":",
    ": ",
    "-",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    "'",
    '"',
    "#",
    " # ",
    "&a ",
    "*a",
    "!x ",
    "|",
    ">",
    ">=",
    "?",
    "? ",
    "@",
    "`",
    "%",
    "\\",
    "<<: ",
    "---\n",
    "...\n",
    "null",
    "~",
    "no",
    "yes",
    "true",
    "010",
    "0x1F",
    "1:30",
    ".inf",
    "1e3",
    "2026-01-01",
    '@"2026-01-01"',
    "30 EUR",
    "5 USD",
    "90 days",
    "25%",
    "..",
    "[1..5)",
    "not(",
    "if ",
    " then ",
    " else ",
    "and ",
    "some x in [1] satisfies x > 0",
    "guest.tier",
    "guest.teir",
    "associate",
    "credit",
    "é",
    "😀",
    "\u202e",
    "\x00",
    "\ufeff",
    "\r",
]


def inspect_twice(text: str) -> None:
    """The loader's promise, for any text."""
    model, problems = inspect_model(text, "p.yaml")
    again = inspect_model(text, "p.yaml")
    assert again == (model, problems)
    assert (model is None) == any(problem.severity == "error" for problem in problems)
    for problem in problems:
        assert problem.place is not None
        assert str(problem)
        lines = text.removeprefix("\ufeff").split("\n")
        assert 1 <= problem.place.line <= len(lines)
        assert 1 <= problem.place.column < problem.place.end_column


@given(st.text(max_size=300))
@example("a: !!binary x\n")
@example("policy: {? : }")
@example("facts: {a: {type: list of choice, of: [[]]}}")
def test_any_text(text: str) -> None:
    inspect_twice(text)


@given(st.text(st.sampled_from("ab:-{}[],'\"#&*!|>?@`%\\ \n\t01.~"), max_size=80))
def test_any_text_that_looks_like_yaml(text: str) -> None:
    inspect_twice(text)


@given(text=st.sampled_from(GOOD), seed=st.integers(0, 2**32), edits=st.integers(1, 6))
def test_a_good_policy_with_a_few_characters_changed(text: str, seed: int, edits: int) -> None:
    chance = random.Random(seed)
    for _ in range(edits):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(PIECES) + text[at + chance.choice([0, 0, 1, 3, 20]) :]
    inspect_twice(text)


@given(text=st.sampled_from(GOOD), seed=st.integers(0, 2**32), edits=st.integers(1, 4))
def test_a_good_policy_with_lines_moved_about(text: str, seed: int, edits: int) -> None:
    chance = random.Random(seed)
    lines = text.split("\n")
    for _ in range(edits):
        here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[here]
            case 1:
                lines.insert(here, lines[there])
            case 2:
                lines[here] = " " * chance.randrange(1, 5) + lines[here]
            case 3:
                lines[here] = lines[here].removeprefix("  ")
            case _:
                lines[here], lines[there] = lines[there], lines[here]
        lines = lines or [""]
    inspect_twice("\n".join(lines))


@given(text=st.sampled_from(GOOD), seed=st.integers(0, 2**32))
def test_a_good_policy_with_words_exchanged(text: str, seed: int) -> None:
    """Mostly still good YAML, so that it reaches the sections and the checker."""
    chance = random.Random(seed)
    words = text.split(" ")
    for _ in range(3):
        words[chance.randrange(len(words))] = chance.choice(words)
    inspect_twice(" ".join(words))


@pytest.mark.parametrize("text", GOOD, ids=range(len(GOOD)))
def test_good_policies_load_the_same_each_time(text: str) -> None:
    first, second = read_model(text, "a.yaml"), read_model(text, "a.yaml")
    assert first == second
    assert first.digest == second.digest
    assert repr(first) == repr(second)


def test_read_model_raises_all_problems_at_once() -> None:
    with pytest.raises(PolicyError) as caught:
        read_model("policy: x\ntitel: y\n", "p.yaml")
    assert [problem.code for problem in caught.value.problems] == [
        "policy/missing-key",
        "policy/missing-key",
        "policy/missing-key",
        "policy/missing-key",
        "policy/missing-key",
        "policy/unknown-key",
    ]
