"""Collects what is wrong with a file, up to a sensible number.

Where a name holds letters of another alphabet that look like Latin ones, which the eye cannot tell apart, the hint says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final
from unicodedata import name

from remit.errors import Place, Problem
from remit.language.identities import LATIN
from remit.language.source import Document, Source
from remit.language.words import listing, plural
from remit.policy.reading.yaml_tree import YamlNode

__all__ = ["MOST_PROBLEMS", "ProblemReport", "reveal"]

#: Nobody reads more than this in one go.
MOST_PROBLEMS = 100
#: Of a name that comes up again and again, as many lines are told.
_MOST_LINES = 8
#: Errors that older versions took for right.
_NEWER_ERRORS: Final = frozenset(("types/too-exact", "types/list-among-items"))


class ProblemReport:
    """The problems of one file. Every part of the loader adds to it and goes on.

    ``is_stored``: the text was accepted before, by an earlier remit, and is read for decisions that were taken under it; what
    is refused only since then is no problem in it."""

    def __init__(self, document: Document, is_stored: bool = False) -> None:
        self.document = document
        self.is_stored = is_stored
        self.own_words: Mapping[str, str] = {}  #: for the words of the examples in hints: those of this file
        self._problems: dict[Problem, None] = {}
        self._left_out = 0

    def __len__(self) -> int:
        return len(self._problems) + self._left_out

    def copy(self) -> ProblemReport:
        """Another report with the problems that were found so far."""
        out = ProblemReport(self.document, self.is_stored)
        out._problems = dict(self._problems)
        out._left_out = self._left_out
        return out

    @property
    def full(self) -> bool:
        """Whether there are so many that suggestions are no longer worth working out."""
        return len(self._problems) >= MOST_PROBLEMS

    def error(self, code: str, message: str, at: YamlNode | Source | Place, hint: str | None = None) -> None:
        """Something is wrong at ``at``; ``hint`` says what to do."""
        if self.full:
            self._left_out += 1
            return
        if isinstance(at, Source):
            at = at.place((0, len(at.text)))
        elif not isinstance(at, Place):
            at = at.place()
        self.add(Problem(code, message, at, hint=hint))

    def untolerated(self, problems: Iterable[Problem]) -> list[Problem]:
        """Those that are problems here."""
        return [each for each in problems if not (self.is_stored and each.code in _NEWER_ERRORS)]

    def give_up(self) -> bool:
        """Whether there are so many problems that looking for more makes no sense; if so, it is told that there may be more."""
        self._left_out += self.full
        return self.full

    def add(self, *problems: Problem) -> None:
        """Take over problems that were found elsewhere (in an expression)."""
        for problem in map(reveal, self.untolerated(problems)):
            if problem not in self._problems:
                if self.full:
                    self._left_out += 1
                else:
                    self._problems[problem] = None

    def sorted(self) -> tuple[Problem, ...]:
        """All of them in reading order, the same ones once, without those that follow from another; a last one says that some
        were left out."""
        found = once(sorted(map(self._in_own_words, without_consequences(self._problems)), key=_where))
        if self._left_out:
            last = found[-1].place
            found.append(Problem("policy/too-many-problems", "there may be more problems than these", last))
        return tuple(found)

    def _in_own_words(self, problem: Problem) -> Problem:
        """``problem`` with this file's own words in the example of its hint."""
        hint = problem.hint
        if not hint or not self.own_words or not _EXAMPLE.search(hint):
            return problem
        own = _QUOTED.sub(lambda quoted: _NAME.sub(lambda word: self.own_words.get(word[0], word[0]), quoted[0]), hint)
        return problem if own == hint else replace(problem, hint=own)


#: Hints with an example that is about no policy in particular.
_EXAMPLE: Final = re.compile(r"for example|such as|write the currency|^write `600 EUR`|^for a number of|the roles inside it")
_QUOTED: Final = re.compile("`[^`]+`")
_NAME: Final = re.compile(r"(?<![\w.-])[A-Za-z_]+(?![\w.-])")


def _where(problem: Problem) -> tuple[int, int, str, str]:
    place = problem.place
    return (place.line, place.column, problem.code, problem.message) if place else (0, 0, problem.code, problem.message)


_UNKNOWN: Final = re.compile(r"(?:unknown name|there is no \w+) `(.+)`")


def without_consequences(problems: Iterable[Problem]) -> list[Problem]:
    """``problems`` without the unknown names that are unknown only because the place where they are declared is broken."""
    found = list(problems)
    broken = {_underlined(each).strip(" :\"'") for each in found if each.code.startswith(("policy/", "yaml/"))}
    return [each for each in found if broken.isdisjoint(_unknown_names(each))]


def once(problems: Iterable[Problem]) -> list[Problem]:
    """``problems``, in reading order, with each unknown name where it first comes up, and the lines on which it does again."""
    first: dict[Problem | str, Problem] = {}
    lines: dict[str, list[int]] = {}
    for each in problems:
        key = f"{each.code} {each.message}" if _UNKNOWN.fullmatch(each.message) and each.place else each
        first.setdefault(key, each)
        if isinstance(key, str) and each.place:
            lines.setdefault(key, []).append(each.place.line)
    return [_with_lines(each, lines.get(key, []) if isinstance(key, str) else []) for key, each in first.items()]


def _with_lines(problem: Problem, lines: list[int]) -> Problem:
    """``problem``, which is told of the first of ``lines``, with the others."""
    others = [str(each) for each in dict.fromkeys(lines) if each != lines[0]]
    if not others:
        return problem
    shown = others if len(others) <= _MOST_LINES else [*others[:_MOST_LINES], f"{len(others) - _MOST_LINES} more"]
    where = f"on {plural('line', len(others))} {listing(shown, comma=False)}"
    return replace(problem, message=f"{problem.message}, here and {where}")


def _unknown_names(problem: Problem) -> set[str]:
    """The name that is unknown by ``problem``, if that is what it says; of ``asked.credit`` also the remedy."""
    found = _UNKNOWN.match(problem.message) if problem.code.startswith("names/unknown") else None
    if found is None:
        return set()
    head, _, remedy = found[1].partition(".")
    return {found[1], remedy.partition(".")[0]} if head in ("asked", "owed", "limit") else {found[1]}


def _underlined(problem: Problem) -> str:
    place = problem.place
    return place.text[place.column - 1 : place.end_column - 1] if place else ""


_WORD: Final = re.compile(r"[\w.-]+")
_NEAR: Final = re.compile("did you mean `(.+)`")
_PLAIN: Final = re.compile("[A-Za-z]")
_BLANK: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def reveal(problem: Problem) -> Problem:
    """``problem`` with a hint that names the letter, where a word that it tells of mixes Latin letters with look-alikes; or the
    character, where a blank in it is no space."""
    place = problem.place
    if place is None:
        return problem
    blank = _BLANK.search(place.text, place.column - 1, place.end_column - 1)
    if blank is not None and blank[0] in f"{problem.message}{problem.hint}":
        what = f"U+{ord(blank[0]):04X} ({name(blank[0]).lower()})"
        return replace(problem, hint=f"the blank in it is no space but {what}: type it again")
    for word in _WORD.findall(_underlined(problem)):
        strange = next((char for char in word if char in LATIN), None)
        latin = "".join(LATIN.get(char, char) for char in word)
        if strange is not None and latin.isascii() and _PLAIN.search(word) and word in problem.message:
            near = _NEAR.match(problem.hint or "")
            alphabet = name(strange).partition(" ")[0].capitalize()
            looks = f"the `{strange}` in it is a {alphabet} letter that looks like `{LATIN[strange]}`"
            return replace(problem, hint=f"{looks}: type `{near[1] if near else latin}` anew")
    return problem
