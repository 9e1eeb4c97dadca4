"""Regions: the values of one thing that a test lets pass, and which values some tests tell apart.

A region holds words (text, choices, true and false) or whole numbers. Everything with an order is a whole number here: money in
smallest units, days as ordinals, durations in microseconds. Whether a value that is missing passes is part of the region.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Region", "Spans", "Words", "at_least", "at_most", "cuts_of", "one_of", "pieces", "points", "span"]


@dataclass(frozen=True, slots=True)
class Words:
    """The words in ``words``, or all but them (``negated``). ``None`` is the word of a missing value."""

    words: frozenset[Any]
    negated: bool = False

    def __contains__(self, value: Any) -> bool:
        return (value in self.words) is not self.negated

    def __invert__(self) -> Words:
        return Words(self.words, not self.negated)

    def __and__(self, other: Words) -> Words:
        match self.negated, other.negated:
            case False, False:
                return Words(self.words & other.words)
            case False, True:
                return Words(self.words - other.words)
            case True, False:
                return Words(other.words - self.words)
            case _:
                return Words(self.words | other.words, True)

    def __or__(self, other: Words) -> Words:
        return ~(~self & ~other)

    @property
    def empty(self) -> bool:
        """Whether nothing passes."""
        return not self.negated and not self.words

    @property
    def full(self) -> bool:
        """Whether everything passes, a missing value too."""
        return self.negated and not self.words

    def taking(self, missing: bool) -> Words:
        """The same, with a missing value passing or not."""
        alone = Words(frozenset((None,)))
        return self | alone if missing else self & ~alone


#: One run of whole numbers, both ends included; ``None`` is no end.
Span: TypeAlias = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Spans:
    """Whole numbers in any of ``spans``, which are in order and never touch. ``missing``: whether a missing value passes."""

    spans: tuple[Span, ...]
    missing: bool = False

    def __contains__(self, value: Any) -> bool:
        if value is None:
            return self.missing
        return any((low is None or low <= value) and (high is None or value <= high) for low, high in self.spans)

    def __invert__(self) -> Spans:
        out: list[Span] = []
        start: int | None = None
        for low, high in self.spans:
            if low is not None and (start is None or start < low):
                out.append((start, low - 1))
            if high is None:
                return Spans(tuple(out), not self.missing)
            start = high + 1
        out.append((start, None))
        return Spans(tuple(out), not self.missing)

    def __and__(self, other: Spans) -> Spans:
        met = (_meet(one, two) for one in self.spans for two in other.spans)
        return Spans(tuple(each for each in met if each is not None), self.missing and other.missing)

    def __or__(self, other: Spans) -> Spans:
        return ~(~self & ~other)

    @property
    def empty(self) -> bool:
        """Whether nothing passes."""
        return not self.spans and not self.missing

    @property
    def full(self) -> bool:
        """Whether everything passes, a missing value too."""
        return self.spans == ((None, None),) and self.missing

    def taking(self, missing: bool) -> Spans:
        """The same, with a missing value passing or not."""
        return Spans(self.spans, missing)

    def shifted(self, by: int) -> Spans:
        """The region of ``x`` such that ``x + by`` is in this one."""
        return Spans(
            tuple((None if low is None else low - by, None if high is None else high - by) for low, high in self.spans),
            self.missing,
        )

    def divided(self, by: int) -> Spans:
        """The region of ``x`` such that ``x * by`` is in this one; ``by`` is not zero."""
        if by < 0:
            turned = ((None if high is None else -high, None if low is None else -low) for low, high in reversed(self.spans))
            return Spans(tuple(turned), self.missing).divided(-by)
        ends = ((None if low is None else -(-low // by), None if high is None else high // by) for low, high in self.spans)
        return ~~Spans(tuple(each for each in ends if None in each or each[0] <= each[1]), self.missing)  # type: ignore[operator]

    def covers(self, low: int | None, high: int | None) -> bool:
        """Whether all numbers from ``low`` to ``high`` pass."""
        return any(
            (a is None or (low is not None and a <= low)) and (b is None or (high is not None and high <= b))
            for a, b in self.spans
        )

    def meets(self, low: int | None, high: int | None) -> bool:
        """Whether any number from ``low`` to ``high`` passes."""
        return any(_meet((low, high), each) is not None for each in self.spans)


Region: TypeAlias = Words | Spans


def _meet(one: Span, two: Span) -> Span | None:
    low = two[0] if one[0] is None else one[0] if two[0] is None else max(one[0], two[0])
    high = two[1] if one[1] is None else one[1] if two[1] is None else min(one[1], two[1])
    return None if low is not None and high is not None and low > high else (low, high)


def span(low: int | None, high: int | None) -> Spans:
    """The numbers from ``low`` to ``high``, both included; ``None`` is no end."""
    return Spans(((low, high),)) if low is None or high is None or low <= high else Spans(())


def at_least(low: int) -> Spans:
    """``low`` and all above."""
    return Spans(((low, None),))


def at_most(high: int) -> Spans:
    """``high`` and all below."""
    return Spans(((None, high),))


def one_of(words: Iterable[Any]) -> Words:
    """These words."""
    return Words(frozenset(words))


def points(numbers: Iterable[int]) -> Spans:
    """These numbers, which come in order."""
    out: list[Span] = []
    for each in numbers:
        if out and out[-1][1] == each - 1:
            out[-1] = out[-1][0], each
        else:
            out.append((each, each))
    return Spans(tuple(out))


def cuts_of(regions: Iterable[Spans]) -> list[int]:
    """Where any of ``regions`` begins or has just ended: between two neighbouring cuts, all numbers pass the same tests."""
    found: set[int] = set()
    for region in regions:
        for low, high in region.spans:
            if low is not None:
                found.add(low)
            if high is not None:
                found.add(high + 1)
    return sorted(found)


def pieces(region: Spans, cuts: Sequence[int]) -> Iterator[range]:
    """Which of the pieces that ``cuts`` make (piece 0 is below the first cut) lie in ``region``, as runs."""
    for low, high in region.spans:
        first = 0 if low is None else bisect_right(cuts, low)
        last = len(cuts) if high is None else bisect_right(cuts, high)
        yield range(first, last + 1)
