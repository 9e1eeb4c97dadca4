"""Regions against what they are: sets, of which each value either is a member or is not."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from remit.core.regions import Spans, Words, at_least, at_most, cuts_of, one_of, pieces, points, span

EDGE = 12
#: Every whole number near the ends of the regions below, and far beyond them on both sides.
NUMBERS = [None, -1000, *range(-3 * EDGE, 3 * EDGE + 1), 1000]
WORDS = [None, True, False, "a", "b", "c", "elsewhere"]
ENDS = st.integers(-EDGE, EDGE)
_PLAIN = st.one_of(
    st.builds(span, st.none() | ENDS, st.none() | ENDS),
    st.builds(at_least, ENDS),
    st.builds(at_most, ENDS),
    st.sets(ENDS, max_size=5).map(lambda some: points(sorted(some))),
)


def spans() -> st.SearchStrategy[Spans]:
    """Of one run or of several, made as the engine makes them."""

    def joined(parts: list[Spans], missing: bool) -> Spans:
        out = Spans(())
        for each in parts:
            out = out | each
        return out.taking(missing)

    return st.builds(joined, st.lists(_PLAIN, max_size=4), st.booleans())


def words() -> st.SearchStrategy[Words]:
    return st.builds(Words, st.frozensets(st.sampled_from(WORDS[:-1]), max_size=4), st.booleans())


def members(region: Spans | Words) -> set[Any]:
    return {each for each in (NUMBERS if isinstance(region, Spans) else WORDS) if each in region}


def orderly(region: Spans) -> bool:
    """Its runs come in order, are not empty and never touch."""
    flat = [end for pair in region.spans for end in pair]
    if None in flat[1:-1]:
        return False
    gaps = all(b[0] - a[1] > 1 for a, b in zip(region.spans, region.spans[1:], strict=False))  # type: ignore[operator]
    return gaps and all(a is None or b is None or a <= b for a, b in region.spans)


ALL = st.one_of(spans(), words())


@given(st.none() | ENDS, st.none() | ENDS, ENDS, st.sets(ENDS))
def test_makers(low: int | None, high: int | None, end: int, some: set[int]) -> None:
    known = [each for each in NUMBERS if each is not None]
    assert members(span(low, high)) == {x for x in known if (low is None or low <= x) and (high is None or x <= high)}
    assert members(at_least(end)) == {x for x in known if x >= end}
    assert members(at_most(end)) == {x for x in known if x <= end}
    assert members(points(sorted(some))) == some
    assert orderly(points(sorted(some)))
    assert members(one_of(["a", True])) == {"a", True}


@given(ALL)
def test_the_opposite(region: Any) -> None:
    assert members(~region) == set(NUMBERS if isinstance(region, Spans) else WORDS) - members(region)
    assert members(~~region) == members(region)
    assert isinstance(region, Words) or orderly(~region)


@given(st.one_of(st.tuples(spans(), spans()), st.tuples(words(), words())))
def test_both_and_either(pair: Any) -> None:
    one, other = pair
    assert members(one & other) == members(one) & members(other)
    assert members(one | other) == members(one) | members(other)
    if isinstance(one, Spans):
        assert orderly(one & other)
        assert orderly(one | other)


@given(spans(), spans())
def test_what_is_the_same_is_written_the_same(one: Spans, other: Spans) -> None:
    """So that a test that says nothing is seen to, and equal tests become one term."""
    assert one & other == other & one
    assert one | other == other | one
    assert one | one == one == one & one == ~~one
    assert (one & ~one).empty
    assert (one | ~one).full


@given(ALL, st.booleans())
def test_a_missing_value(region: Any, missing: bool) -> None:
    taken = region.taking(missing)
    assert (None in taken) is missing
    assert members(taken) - {None} == members(region) - {None}


@given(ALL)
def test_empty_and_full(region: Any) -> None:
    every = set(NUMBERS if isinstance(region, Spans) else WORDS)
    assert region.empty == (not members(region))
    assert region.full == (members(region) == every)


@given(spans(), st.integers(-EDGE, EDGE))
def test_shifted(region: Spans, by: int) -> None:
    shifted = region.shifted(by)
    assert orderly(shifted)
    for x in NUMBERS:
        assert (x in shifted) == ((None if x is None else x + by) in region)


@given(spans(), st.integers(-5, 5).filter(bool))
def test_divided(region: Spans, by: int) -> None:
    divided = region.divided(by)
    assert orderly(divided)
    for x in NUMBERS:
        assert (x in divided) == ((None if x is None else x * by) in region)


@given(spans(), st.none() | ENDS, st.none() | ENDS)
def test_covers_and_meets(region: Spans, low: int | None, high: int | None) -> None:
    inside = [x for x in NUMBERS if x is not None and x in span(low, high)]
    if inside:  # an empty run is never asked about
        assert region.covers(low, high) == all(x in region for x in inside)
        assert region.meets(low, high) == any(x in region for x in inside)


@given(st.lists(spans(), max_size=4))
def test_between_two_cuts_all_numbers_pass_the_same_tests(regions: list[Spans]) -> None:
    cuts = cuts_of(regions)
    assert cuts == sorted(set(cuts))
    ends = [None, *cuts, None]
    runs = [
        [x for x in NUMBERS if x is not None and (low is None or low <= x) and (high is None or x < high)]
        for low, high in pairwise(ends)
    ]
    for region in regions:
        good = {number for run in pieces(region, cuts) for number in run}
        for number, run in enumerate(runs):
            assert run
            assert {x in region for x in run} == {number in good}
