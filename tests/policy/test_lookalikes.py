"""Letters that look like Latin ones: told where a word mixes them, and only there."""

from __future__ import annotations

import pytest

from remit.errors import Place, Problem
from remit.policy.reading.problem_report import reveal


def problem(word: str, hint: str | None = "declare it") -> Problem:
    return Problem(
        "names/unknown", f"unknown name `{word}`", Place("p.yaml", 1, 7, 7 + len(word), f"when: {word} = 1"), hint=hint
    )


@pytest.mark.parametrize(
    ("word", "hint", "told"),
    [
        ("guest.t\u0456er", None, "a Cyrillic letter that looks like `i`: type `guest.tier` anew"),
        ("st\u03b1y", "declare it", "a Greek letter that looks like `a`: type `stay` anew"),
        ("n\u0443mber", "did you mean `number`?", "a Cyrillic letter that looks like `y`: type `number` anew"),
    ],
)
def test_the_letter_is_named(word: str, hint: str | None, told: str) -> None:
    found = reveal(problem(word, hint))
    assert found.hint is not None
    assert found.hint.endswith(told)
    assert found.message == problem(word).message


@pytest.mark.parametrize("word", ["guest.tier", "\u0448\u0443\u043c", "guest.\u0448\u0443\u043c", "caf\u00e9"])
def test_words_that_are_what_they_look_like_are_left_alone(word: str) -> None:
    assert reveal(problem(word)) == problem(word)


def test_other_words_of_the_line_are_of_no_concern() -> None:
    place = Place("p.yaml", 1, 1, 5, "tier = gu\u0435st")
    assert reveal(Problem("names/unknown", "unknown name `tier`", place)).hint is None
