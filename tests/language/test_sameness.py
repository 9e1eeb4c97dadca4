"""Keys stand for equality: two values have the same key where they are equal, and only there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit import feel
from remit.language.builtins import BUILTINS
from remit.language.evaluating.relations import equal, key_of
from remit.language.values import Money, Months, Range
from support.expressions import types
from support.steps import CountedText, steps
from support.values import values

_EAST = timezone(timedelta(hours=5))
#: Values that are nearly the same, so that pairs of them are often equal and often only almost.
_ALIKE = [
    None,
    True,
    False,
    "1",
    "",
    Decimal(1),
    Decimal("1.0"),
    1,
    Decimal("-0"),
    Decimal(0),
    Decimal("1E+3"),
    1000,
    Money(Decimal(1), "EUR"),
    Money(Decimal("1.00"), "EUR"),
    Money(Decimal(1), "USD"),
    Months(12),
    Months(1),
    timedelta(days=1),
    timedelta(hours=24),
    date(2026, 3, 1),
    datetime(2026, 3, 1),
    datetime(2026, 3, 1, tzinfo=UTC),
    datetime(2026, 3, 1, 5, tzinfo=_EAST),
    datetime(2026, 3, 1, 1, tzinfo=ZoneInfo("Europe/Paris")),
    datetime(1, 1, 1, tzinfo=_EAST),
    time(0),
    time(0, tzinfo=UTC),
    time(5, tzinfo=_EAST),
    time(1, tzinfo=ZoneInfo("Europe/Paris")),
    Range(1, 2),
    Range(Decimal("1.0"), 2),
    Range(1, 2, low_closed=False),
    Range(None, 2),
    Range(date(2026, 3, 1), None),
    Range(datetime(2026, 3, 1, tzinfo=UTC), None),
    {"a": 1},
    {"a": Decimal("1.0")},
    {"a": None},
    {},
]
_SCALARS = st.sampled_from(_ALIKE) | types().flatmap(values)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner), max_leaves=4
)


@pytest.mark.parametrize("one", _ALIKE, ids=repr)
def test_values_that_look_alike_have_one_key_only_where_they_are_equal(one: Any) -> None:
    for other in _ALIKE:
        assert (key_of(one) == key_of(other)) is (equal(one, other) is True), other
        assert (key_of([one]) == key_of([other])) is (equal([one], [other]) is True), other


@given(_VALUES, _VALUES)
def test_same_key_is_equality(one: Any, other: Any) -> None:
    assert key_of(one) == key_of(one)
    assert (key_of(one) == key_of(other)) is (equal(one, other) is True)


def _distinct_by_comparing(items: list[Any]) -> list[Any]:
    out: list[Any] = []
    for item in items:
        if not any(equal(each, item) is True for each in out):
            out.append(item)
    return out


@given(st.lists(_VALUES, max_size=8))
def test_the_first_of_those_that_are_equal_is_kept(items: list[Any]) -> None:
    wanted = _distinct_by_comparing(items)
    assert [repr(each) for each in BUILTINS["distinct values"].run(items)] == [repr(each) for each in wanted]
    assert [repr(each) for each in BUILTINS["union"].run(items, items)] == [repr(each) for each in wanted]
    again = [item for at, item in enumerate(items) if any(equal(each, item) is True for each in items[:at])]
    assert [repr(each) for each in BUILTINS["duplicate values"].run(items)] == list(map(repr, _distinct_by_comparing(again)))


@pytest.mark.parametrize(
    "text",
    [
        "count(distinct values(xs))",
        "count(union(xs, xs))",
        "count(duplicate values(concatenate(xs, xs)))",
        "count(index of(xs, -1)) + 20000",
        "count(flatten([xs, []]))",
        "count(if list contains(xs, -1) then [] else xs)",
        "count(reverse(remove(append(xs, 1), 1)))",
    ],
)
def test_long_lists_take_no_time_that_grows_with_the_square(text: str) -> None:
    def run(size: int) -> None:
        assert feel.evaluate(text, {"xs": [CountedText(f"item {at}") for at in range(size)]}) in (size, 20_000)

    few, many = (steps(lambda size=size: run(size)) for size in (500, 5_000))  # type: ignore[misc]
    assert many < 11 * few


@pytest.mark.slow
def test_combinations_are_gone_through_up_to_a_bound() -> None:
    items = list(range(120))
    assert feel.evaluate("every x in xs, y in xs satisfies x + y >= 0", {"xs": items}) is True
    assert feel.evaluate("some x in xs, y in xs, z in xs satisfies x + y + z = 5", {"xs": items}) is True
    assert feel.evaluate("every x in xs, y in xs, z in xs satisfies z >= 0", {"xs": items}) is None


def test_the_names_of_a_quantifier_hide_only_what_stands_inside() -> None:
    text = "every x in y, y in y satisfies y < x"
    assert feel.evaluate(text, {"y": [10, 20]}) is False
    assert feel.evaluate("every x in [1, 2], y in [y, x] satisfies y = 5 or y = x", {"y": 5}) is True
