"""Which engine runs a pattern.

Python's engine backtracks: fast on nearly everything, and endless on the rest (``(a+)+b`` on forty ``a``). The linear
engine is slower and never worse than text times pattern. The pattern's shape and the text's length bound what
backtracking can cost; within :data:`_MOST_TRIES` Python runs it, beyond that the linear engine does. Back-references
need backtracking: where that could be endless they are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from remit.language.pattern import backtrack, linear
from remit.language.pattern.pattern_parser import parse
from remit.language.pattern.pattern_tree import Groups, PatternError, Search, Tree

__all__ = ["MOST_PATTERN", "MOST_TEXT", "all_matches", "problem", "searcher", "work"]

#: The longest pattern, and the longest text to search, in characters.
MOST_PATTERN: Final = 1_000
MOST_TEXT: Final = 10_000
#: How many places backtracking may have to try before the linear engine is the better choice.
_MOST_TRIES: Final = 1_000_000
#: How much work (steps of the pattern times characters of the text) the linear engine may be given: about a second.
_MOST_WORK: Final = 2_000_000
#: How often it may read a text of some length again to find all matches: as many times, or for a short one so much work.
_MOST_AGAIN: Final = 4
_LEAST_WORK: Final = 20_000
#: How many places backtracking tries in the time of one step of an evaluation.
_TRIES_IN_A_STEP: Final = 50


class _Engines:
    """The engines of one pattern, each made when it is first needed."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._nested, self._tries, self._refers = tree.nested, tree.open_repeats + 1, tree.has_references
        self._backtracking: Search | None = None
        self._linear: linear.PatternProgram | None = None
        if self._nested and self._refers:
            raise PatternError("a back-reference cannot stand beside repeats within repeats")
        if self._nested:
            self.linear()
        else:
            self.backtracking()

    def backtracking(self) -> Search:
        if self._backtracking is None:
            self._backtracking = backtrack.compile_tree(self.tree)
        return self._backtracking

    def linear(self) -> linear.PatternProgram:
        if self._linear is None:
            self._linear = linear.PatternProgram(self.tree)
        return self._linear

    def for_text(self, text: str) -> Search | None:
        """The engine for a text of this length; ``None`` where none is fit."""
        cheap = not self._nested and (len(text) + 1) ** self._tries <= _MOST_TRIES
        if cheap:
            return self.backtracking()
        if self._refers:
            return None
        try:
            program = self.linear()
        except PatternError:
            return None
        work = len(program.steps) * len(text)
        return linear.LimitedSearch(program, max(_MOST_AGAIN * work, _LEAST_WORK)) if work <= _MOST_WORK else None

    def work(self, text: str) -> int:
        """The steps, in the measure of :mod:`remit.language.evaluating.budget`, that a search of ``text`` takes."""
        search = self.for_text(text)
        if isinstance(search, linear.LimitedSearch):
            return len(search.program.steps) * len(text)
        return 0 if search is None else int((len(text) + 1) ** self._tries) // _TRIES_IN_A_STEP


@lru_cache(maxsize=512)
def _engines(pattern: str, flags: str) -> _Engines | PatternError:
    try:
        if len(pattern) > MOST_PATTERN:
            raise PatternError(f"it is longer than {MOST_PATTERN} characters")
        return _Engines(parse(pattern, flags))
    except PatternError as error:
        return error


def searcher(text: str, pattern: str, flags: str) -> Search | None:
    """The search for ``pattern`` in ``text``; ``None`` where the pattern, a flag or the text's length does not allow one."""
    engines = _engines(pattern, flags)
    if isinstance(engines, PatternError) or len(text) > MOST_TEXT:
        return None
    return engines.for_text(text)


def work(text: str, pattern: str, flags: str = "") -> int:
    """The steps that a search for ``pattern`` takes (:mod:`remit.language.evaluating.budget`)."""
    engines = _engines(pattern, flags)
    return 0 if isinstance(engines, PatternError) or len(text) > MOST_TEXT else engines.work(text)


def problem(pattern: str, flags: str = "") -> str | None:
    """What is wrong with a pattern, in words that follow "this is no pattern: "; ``None`` where nothing is."""
    engines = _engines(pattern, flags)
    return str(engines) if isinstance(engines, PatternError) else None


def all_matches(search: Search, text: str) -> Iterator[tuple[tuple[int, int], Groups]]:
    """Each match that does not overlap the one before: its place and its groups. For patterns that match no empty text."""
    position = 0
    while position <= len(text):
        groups = search(text, position)
        if groups is None or groups[0] is None:
            return
        yield groups[0], groups
        position = max(groups[0][1], groups[0][0] + 1)
