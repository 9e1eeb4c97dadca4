"""Laws of the functions, against independent definitions: Decimal's rounding, sets of points, Python's slices, fractions."""

from __future__ import annotations

import decimal
import statistics
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from remit.language.builtins import BUILTINS
from remit.language.values import Money, Range


def call(name: str, *values: Any) -> Any:
    return BUILTINS[name].run(*values)


NUMBERS: Final = st.decimals(-(10**9), 10**9, places=6, allow_nan=False, allow_infinity=False)
ROUNDINGS: Final = {
    "decimal": decimal.ROUND_HALF_EVEN,
    "floor": decimal.ROUND_FLOOR,
    "ceiling": decimal.ROUND_CEILING,
    "round up": decimal.ROUND_UP,
    "round down": decimal.ROUND_DOWN,
    "round half up": decimal.ROUND_HALF_UP,
    "round half down": decimal.ROUND_HALF_DOWN,
}


@pytest.mark.parametrize(("name", "mode"), ROUNDINGS.items())
@given(number=NUMBERS, scale=st.integers(-4, 8))
def test_rounding_is_what_decimal_means_by_it(name: str, mode: str, number: Decimal, scale: int) -> None:
    wanted = number.quantize(Decimal(1).scaleb(-scale), rounding=mode)
    assert call(name, number, Decimal(scale)) == wanted
    assert call(name, Money(number, "EUR"), Decimal(scale)) == Money(wanted, "EUR")


@pytest.mark.parametrize("name", ROUNDINGS)
@given(number=NUMBERS, scale=st.integers(-4, 8))
def test_rounding_twice_changes_nothing_more(name: str, number: Decimal, scale: int) -> None:
    once = call(name, number, Decimal(scale))
    assert call(name, once, Decimal(scale)) == once


@given(NUMBERS, NUMBERS)
def test_modulo_is_what_is_left_and_has_the_sign_of_the_divisor(dividend: Decimal, divisor: Decimal) -> None:
    assume(divisor)
    rest = Fraction(call("modulo", dividend, divisor))
    quotient = (Fraction(dividend) - rest) / Fraction(divisor)
    assert quotient.denominator == 1
    assert abs(rest) < abs(Fraction(divisor))
    assert not rest or (rest < 0) == (divisor < 0)


@given(st.integers(-(10**30), 10**30))
def test_a_whole_number_is_either_odd_or_even(number: int) -> None:
    assert call("odd", Decimal(number)) is (number % 2 == 1)
    assert call("even", Decimal(number)) is (number % 2 == 0)


@given(st.decimals("0.001", 1000, places=3))
def test_sqrt_log_and_exp_undo_each_other(number: Decimal) -> None:
    assert call("modulo", call("sqrt", number) ** 2 - number, Decimal("1e-28")) < Decimal("1e-28")
    assert abs(call("exp", call("log", number)) - number) < Decimal("1e-26") * number


@given(st.lists(NUMBERS, min_size=1, max_size=8))
def test_aggregates_are_those_of_fractions(numbers: list[Decimal]) -> None:
    exact = [Fraction(number) for number in numbers]
    assert call("min", numbers) == min(exact)
    assert call("max", *numbers) == max(exact)
    assert call("sum", numbers) == sum(exact)
    assert abs(Fraction(call("mean", numbers)) - statistics.mean(exact)) <= Fraction(1, 10**20)
    assert abs(Fraction(call("median", numbers)) - statistics.median(exact)) <= Fraction(1, 10**20)
    assert call("mode", numbers) == sorted(statistics.multimode(numbers))
    if len(numbers) > 1:
        variance = statistics.variance(exact)
        assert abs(Fraction(call("stddev", numbers)) ** 2 - variance) <= max(variance, 1) * Fraction(1, 10**25)


@given(st.lists(NUMBERS.map(lambda number: Money(number, "EUR")), min_size=1, max_size=6))
def test_aggregates_of_money_are_those_of_its_amounts(amounts: list[Money]) -> None:
    numbers = [money.amount for money in amounts]
    for name in ("min", "max", "sum", "mean", "median"):
        assert call(name, amounts) == Money(call(name, numbers), "EUR")


# Ranges: each relation against its meaning for sets of points. Quarter points stand for all that lies between whole ones.

POINTS: Final = [Decimal(quarter) / 4 for quarter in range(-8, 41)]
ENDS: Final = st.integers(0, 8)


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    """A range with points, open to infinity on some sides."""
    low, high = sorted((draw(ENDS), draw(ENDS)))
    low_closed, high_closed = draw(st.booleans()), draw(st.booleans())
    if low == high:
        low_closed = high_closed = True
    side = draw(st.sampled_from(["none", "none", "none", "low", "high", "both"]))
    open_low, open_high = side in ("low", "both"), side in ("high", "both")
    return Range(
        None if open_low else Decimal(low),
        None if open_high else Decimal(high),
        low_closed and not open_low,
        high_closed and not open_high,
    )


def points(span: Range) -> frozenset[Decimal]:
    def inside(point: Decimal) -> bool:
        above = span.low is None or point > span.low or (span.low_closed and point == span.low)
        below = span.high is None or point < span.high or (span.high_closed and point == span.high)
        return above and below

    return frozenset(filter(inside, POINTS))


def touches(a: frozenset[Decimal], b: frozenset[Decimal]) -> bool:
    """They share one point, the last of the one and the first of the other, and neither goes on for ever there."""
    return a & b == {max(a)} == {min(b)}


MEANINGS: Final[dict[str, Callable[[frozenset[Decimal], frozenset[Decimal]], bool]]] = {
    "before": lambda a, b: max(a) < min(b),
    "after": lambda a, b: min(a) > max(b),
    "meets": touches,
    "met by": lambda a, b: touches(b, a),
    "overlaps": lambda a, b: bool(a & b),
    "overlaps before": lambda a, b: bool(a & b) and min(a) < min(b) and max(a) <= max(b),
    "overlaps after": lambda a, b: bool(a & b) and min(a) > min(b) and max(a) >= max(b),
    "includes": lambda a, b: a >= b,
    "during": lambda a, b: a <= b,
    "starts": lambda a, b: min(a) == min(b) and a <= b,
    "started by": lambda a, b: min(a) == min(b) and a >= b,
    "finishes": lambda a, b: max(a) == max(b) and a <= b,
    "finished by": lambda a, b: max(a) == max(b) and a >= b,
    "coincides": lambda a, b: a == b,
}


@pytest.mark.parametrize("name", MEANINGS)
@given(a=ranges(), b=ranges())
def test_relations_of_ranges_are_relations_of_their_points(name: str, a: Range, b: Range) -> None:
    assert call(name, a, b) is MEANINGS[name](points(a), points(b))


@pytest.mark.parametrize(("name", "reverse"), [("before", "after"), ("includes", "during")])
@given(point=st.sampled_from(POINTS), span=ranges())
def test_relations_of_a_point_are_those_of_the_range_of_just_that_point(
    name: str, reverse: str, point: Decimal, span: Range
) -> None:
    only = frozenset((point,))
    assert call(name, span, point) is MEANINGS[name](points(span), only)
    assert call(reverse, point, span) is MEANINGS[name](points(span), only)


@given(point=st.sampled_from(POINTS), span=ranges())
def test_a_point_starts_or_finishes_a_range_that_has_it_as_its_end(point: Decimal, span: Range) -> None:
    assert call("starts", point, span) is (span.low == point and span.low_closed)
    assert call("finishes", point, span) is (span.high == point and span.high_closed)
    assert call("started by", span, point) is call("starts", point, span)
    assert call("finished by", span, point) is call("finishes", point, span)


# Text and lists: against Python's own.

WORDS: Final = st.text(st.sampled_from("abc\U0001f3e8\u00e9 ,"), max_size=8)


@given(WORDS, st.integers(-9, 9), st.integers(-2, 9))
def test_substring_is_a_slice(text: str, start: int, length: int) -> None:
    first = start - 1 if start > 0 else len(text) + start
    valid = start != 0 and 0 <= first < len(text)
    assert call("substring", text, Decimal(start)) == (text[first:] if valid else None)
    wanted = text[first : first + length] if valid and length > 0 else None
    assert call("substring", text, Decimal(start), Decimal(length)) == wanted


@given(WORDS, WORDS)
def test_a_text_is_what_is_before_a_match_the_match_and_what_is_after(text: str, match: str) -> None:
    before, after = call("substring before", text, match), call("substring after", text, match)
    if match in text:
        assert before + match + after == text
        assert match not in before or not match
    else:
        assert before == after == ""
    assert call("contains", text, match) is (match in text)
    assert call("starts with", text, match) is text.startswith(match)
    assert call("ends with", text, match) is text.endswith(match)
    assert call("string length", text) == len(text)


@given(st.lists(st.text("ab c", max_size=4), min_size=1, max_size=5))
def test_split_undoes_join(texts: list[str]) -> None:
    assert call("split", call("string join", texts, ","), ",") == texts


LISTS: Final = st.lists(st.integers(0, 4).map(Decimal), max_size=7)


@given(LISTS, st.integers(-9, 9), st.integers(-1, 9))
def test_sublist_is_a_slice_that_fits(values: list[Decimal], start: int, length: int) -> None:
    first = start - 1 if start > 0 else len(values) + start
    valid = start != 0 and 0 <= first < len(values)
    assert call("sublist", values, Decimal(start)) == (values[first:] if valid else None)
    fits = valid and 0 <= length <= len(values) - first
    assert call("sublist", values, Decimal(start), Decimal(length)) == (values[first : first + length] if fits else None)


@given(LISTS, st.integers(-9, 9), st.integers(0, 4).map(Decimal))
def test_what_is_inserted_can_be_removed_and_replaced(values: list[Decimal], position: int, item: Decimal) -> None:
    inserted = call("insert before", values, Decimal(position), item)
    if position == 0 or abs(position) > len(values):
        assert inserted is None
        assert call("remove", values, Decimal(position)) is None
        assert call("list replace", values, Decimal(position), item) is None
        return
    at = position if position > 0 else len(values) + position + 1
    assert inserted[at - 1] == item
    assert call("remove", inserted, Decimal(at)) == values
    replaced = call("list replace", values, Decimal(position), item)
    assert replaced == [*values[: at - 1], item, *values[at:]]


@given(LISTS, LISTS)
def test_sets_of_values_keep_the_order_in_which_they_first_stand(a: list[Decimal], b: list[Decimal]) -> None:
    assert call("distinct values", a) == list(dict.fromkeys(a))
    assert call("union", a, b) == list(dict.fromkeys(a + b))
    assert call("concatenate", a, b) == a + b
    assert call("append", a, *b, Decimal(0)) == [*a, *b, 0]
    assert call("reverse", a) == a[::-1]
    assert call("count", a) == len(a)
    assert set(call("duplicate values", a)) == {value for value in a if a.count(value) > 1}


@given(LISTS, st.integers(0, 4).map(Decimal))
def test_index_of_finds_what_the_list_contains(values: list[Decimal], item: Decimal) -> None:
    found = call("index of", values, item)
    assert [values[int(at) - 1] for at in found] == [item] * values.count(item)
    assert call("list contains", values, item) is bool(found)


@given(st.recursive(st.integers(0, 9).map(Decimal), lambda inner: st.lists(inner, max_size=4), max_leaves=12))
def test_flatten_leaves_no_list_in_the_list_and_loses_nothing(value: Any) -> None:
    def leaves(each: Any) -> list[Any]:
        return [leaf for item in each for leaf in leaves(item)] if isinstance(each, list) else [each]

    assert call("flatten", value) == leaves(value)


@given(st.lists(st.sampled_from([True, False, None]), max_size=5))
def test_all_and_any_are_three_valued(values: list[bool | None]) -> None:
    assert call("all", values) is (False if False in values else None if None in values else True)
    assert call("any", values) is (True if True in values else None if None in values else False)
