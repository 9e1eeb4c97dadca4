"""Letters of another alphabet that look like Latin ones: the names that they are in cannot be told apart by eye."""

# ruff: noqa: RUF001 - the letters that are mistaken are what this is about

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from unicodedata import name

from remit.errors import Problem

__all__ = ["reveal"]

#: Cyrillic and Greek letters, and the Latin ones that they look like.
_LATIN: Final = dict(
    zip(
        "аеорсухіѕјһԁԛԝАВЕКМНОРСТУХІЅЈ" + "οανρικυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcyxisjhdqwABEKMHOPCTYXISJ" + "oavpikuxABEZHIKMNOPTYX",
        strict=True,
    )
)
_WORD: Final = re.compile(r"[\w.-]+")
_NEAR: Final = re.compile("did you mean `(.+)`")
_PLAIN: Final = re.compile("[A-Za-z]")


def reveal(problem: Problem) -> Problem:
    """``problem`` with a hint that names the letter, where a word that it tells of mixes Latin letters with look-alikes."""
    place = problem.place
    if place is None:
        return problem
    for word in _WORD.findall(place.text[place.column - 1 : place.end_column - 1]):
        strange = next((char for char in word if char in _LATIN), None)
        latin = "".join(_LATIN.get(char, char) for char in word)
        if strange is not None and latin.isascii() and _PLAIN.search(word) and word in problem.message:
            near = _NEAR.match(problem.hint or "")
            alphabet = name(strange).partition(" ")[0].capitalize()
            looks = f"the `{strange}` in it is a {alphabet} letter that looks like `{_LATIN[strange]}`"
            return replace(problem, hint=f"{looks}: type `{near[1] if near else latin}` anew")
    return problem
