"""What holds for every function because it is a row of a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.feel import evaluate
from remit.language.builtins import BUILTINS, FAMILIES, UNSUPPORTED, Builtin, Parameter, Signature, fits
from remit.language.builtins.addable import merged
from remit.language.builtins.table import table
from remit.language.evaluating.relations import equal
from remit.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DURATION,
    INTEGER,
    MONTHS,
    NULL,
    NUMBER,
    TEXT,
    TIME,
    Type,
    choice,
    list_of,
    money,
    range_of,
)
from remit.language.values import Money, Months, Range
from support.builtin_cases import OFFICE
from support.trials import trials

SIGNATURES: Final = [(each, signature) for each in BUILTINS.values() for signature in each.signatures]
GOOD: Final[dict[str, Any]] = {
    "any": Decimal(1),
    "boolean": True,
    "number": Decimal(1),
    "text": "office",
    "money": Money(Decimal(10), "EUR"),
    "date": date(2026, 7, 13),
    "time": time(10),
    "date-time": datetime(2026, 7, 13, 10, tzinfo=UTC),
    "duration": timedelta(hours=1),
    "months": Months(3),
    "range": Range(Decimal(1), Decimal(9)),
    "context": {"key": "office", "value": {"office": Decimal(1)}},
    "function": evaluate("function(a, b) true"),
}
CALENDARS: Final = {"office": OFFICE}


def good(of: Type) -> Any:
    """A value that fits."""
    return [good(of.element or ANY)] if of.kind == "list" else GOOD[of.kind]


def bad(of: Type) -> Any:
    """A value that does not fit, not even as the one element of a list or as a list of one."""
    return Range(Decimal(1), Decimal(2)) if of.kind != "range" else [True, True]


def arguments(signature: Signature) -> list[Any]:
    return [good(parameter.type) for parameter in signature.parameters]


@pytest.mark.parametrize(("builtin", "signature"), SIGNATURES)
def test_null_gives_null_wherever_null_is_not_asked_for(builtin: Builtin, signature: Signature) -> None:
    for index, parameter in enumerate(signature.parameters):
        if parameter.type.kind != "any" and not parameter.null:
            values = arguments(signature)
            values[index] = None
            assert builtin.run(*values, calendars=CALENDARS) is None


@pytest.mark.parametrize(("builtin", "signature"), SIGNATURES)
def test_a_value_of_the_wrong_kind_gives_null(builtin: Builtin, signature: Signature) -> None:
    for index, parameter in enumerate(signature.parameters):
        values = arguments(signature)
        values[index] = bad(parameter.type)
        if not any(_fit(each, values) for each in builtin.signatures):
            assert builtin.run(*values, calendars=CALENDARS) is None


def _fit(signature: Signature, values: list[Any]) -> bool:
    """Whether the values fit, also with lists of one unpacked and values put in lists."""
    return signature.takes(len(values)) and all(
        fits(parameter.type, value) or (parameter.type.kind == "list" and fits(parameter.type, [value]))
        for value, parameter in zip(values, (signature.parameter(index) for index in range(len(values))), strict=True)
    )


@pytest.mark.parametrize("builtin", BUILTINS.values(), ids=lambda each: each.name)
def test_too_few_or_too_many_arguments_give_null(builtin: Builtin) -> None:
    fewest = min(signature.fewest for signature in builtin.signatures)
    assert fewest > 0
    assert builtin.run(calendars=CALENDARS) is None
    if not any(signature.variadic for signature in builtin.signatures):
        most = max(len(signature.parameters) for signature in builtin.signatures)
        assert builtin.run(*[Decimal(1)] * (most + 1), calendars=CALENDARS) is None


@pytest.mark.parametrize(("builtin", "signature"), SIGNATURES)
def test_arguments_by_name_are_the_arguments_by_position(builtin: Builtin, signature: Signature) -> None:
    values = arguments(signature)
    names = [parameter.name for parameter in signature.parameters]
    by_position = builtin.run(*values, calendars=CALENDARS)
    assert builtin.run(*values, names=names, calendars=CALENDARS) == by_position
    if sum(each.order(names) is not None for each in builtin.signatures) == 1:
        assert builtin.run(*values[::-1], names=names[::-1], calendars=CALENDARS) == by_position
    assert builtin.run(*values, names=[*names[:-1], "nonsense"], calendars=CALENDARS) is None


@pytest.mark.parametrize(("builtin", "signature"), SIGNATURES)
def test_a_list_of_one_stands_for_its_element(builtin: Builtin, signature: Signature) -> None:
    for index, parameter in enumerate(signature.parameters):
        values = arguments(signature)
        if parameter.type.kind in ("any", "list"):
            continue
        plain = builtin.run(*values, calendars=CALENDARS)
        values[index] = [values[index]]
        if not any(_fit(each, values) for each in builtin.signatures):
            assert builtin.run(*values, calendars=CALENDARS) == plain


VALUES: Final = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.integers(-(10**40), 10**40),
        st.text(max_size=8),
        st.sampled_from(["[1..3]", "P1D", "2026-01-01", "office", "(", "i", ","]),
        st.builds(Money, st.decimals(allow_nan=False, allow_infinity=False, places=2), st.sampled_from(["EUR", "USD"])),
        st.dates(),
        st.times(timezones=st.sampled_from([None, UTC])),
        st.datetimes(timezones=st.sampled_from([None, UTC])),
        st.timedeltas(),
        st.builds(Months, st.integers(-(10**6), 10**6)),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.builds(Range, inner, inner, st.booleans(), st.booleans())),
    max_leaves=5,
)


@trials(60)
@given(st.data())
@pytest.mark.parametrize("builtin", BUILTINS.values(), ids=lambda each: each.name)
def test_no_call_raises_and_what_it_gives_is_of_a_declared_type(builtin: Builtin, data: st.DataObject) -> None:
    values = data.draw(st.lists(VALUES, max_size=4))
    result = builtin.run(*values, calendars=CALENDARS)
    if result is not None:
        fitting = [each for each in builtin.signatures if each.takes(len(values))]
        assert any(fits(each.result_type(tuple(map(type_of, values))), without_nulls(result)) for each in fitting)


def without_nulls(value: Any) -> Any:
    """A list without its nulls, at any depth: every type has null."""
    return [without_nulls(item) for item in value if item is not None] if isinstance(value, list) else value


def type_of(value: Any) -> Type:
    """The type that a checker would give to a value."""
    if value is None:
        return NULL
    if isinstance(value, list):
        return list_of(merged(map(type_of, value)))
    if isinstance(value, Money):
        return money(value.currency)
    if isinstance(value, Range):
        return range_of(ANY)
    kinds = (BOOLEAN, NUMBER, TEXT, DATE_TIME, DATE, TIME, DURATION, MONTHS)
    return next((kind for kind in kinds if fits(kind, value)), ANY)


EUR: Final = money("EUR")


@pytest.mark.parametrize(
    ("name", "given_types", "expected"),
    [
        ("min", (EUR, EUR), EUR),
        ("max", (list_of(INTEGER),), INTEGER),
        ("sum", (list_of(EUR),), EUR),
        ("sum", (INTEGER, INTEGER), INTEGER),
        ("mean", (INTEGER, INTEGER), NUMBER),
        ("median", (list_of(EUR),), EUR),
        ("abs", (DURATION,), DURATION),
        ("floor", (NUMBER,), INTEGER),
        ("floor", (NUMBER, INTEGER), NUMBER),
        ("floor", (EUR,), EUR),
        ("round half up", (EUR, INTEGER), EUR),
        ("append", (list_of(TEXT), TEXT), list_of(TEXT)),
        ("flatten", (list_of(list_of(DATE)),), list_of(DATE)),
        ("flatten", (list_of(ANY),), list_of(ANY)),
        ("index of", (list_of(TEXT), TEXT), list_of(INTEGER)),
        ("min", (INTEGER, NUMBER), NUMBER),
        ("append", (list_of(INTEGER), NUMBER), list_of(NUMBER)),
        ("insert before", (list_of(TEXT), INTEGER, NUMBER), list_of(ANY)),
        ("concatenate", (list_of(TEXT), list_of(choice(("a", "b")))), list_of(TEXT)),
        ("count", (list_of(ANY),), INTEGER),
    ],
)
def test_the_type_of_a_call_follows_its_arguments(name: str, given_types: tuple[Type, ...], expected: Type) -> None:
    results = {
        signature.result_type(given_types)
        for signature in BUILTINS[name].signatures
        if signature.takes(len(given_types))
        and all(_accepts(signature.parameter(index).type, each) for index, each in enumerate(given_types))
    }
    assert results == {expected}


def _accepts(expected: Type, given_type: Type) -> bool:
    if expected.kind == "any":
        return given_type.kind != "list" or True
    if expected.kind == "list":
        return given_type.kind == "list" and _accepts(expected.element or ANY, given_type.element or ANY)
    return expected.kind == given_type.kind


def test_order_says_where_each_parameter_stands() -> None:
    signature = Signature((Parameter("a"), Parameter("b", optional=True), Parameter("c", optional=True)), ANY, print)
    assert signature.order(("a",)) == (0,)
    assert signature.order(("c", "a")) == (1, None, 0)
    assert signature.order(("a", "b")) == (0, 1)
    assert signature.order(("b",)) is None
    assert signature.order(("a", "a")) is None
    assert signature.order(("a", "d")) is None


def test_where_names_fit_two_signatures_their_order_decides() -> None:
    run = BUILTINS["before"].run
    span = Range(Decimal(1), Decimal(2))
    assert run(span, Decimal(3), names=("range", "point")) is True
    assert run(Decimal(3), span, names=("point", "range")) is False


def test_whole_python_numbers_are_numbers_and_truth_values_are_not() -> None:
    assert BUILTINS["sum"].run(1, 2) == 3
    assert BUILTINS["sum"].run(True, 2) is None
    assert BUILTINS["floor"].run(7) == 7


@pytest.mark.parametrize(
    ("of", "value", "outcome"),
    [
        (ANY, None, True),
        (NULL, None, True),
        (NUMBER, None, False),
        (NUMBER, 1, True),
        (NUMBER, True, False),
        (BOOLEAN, True, True),
        (BOOLEAN, 1, False),
        (DATE, date(2026, 1, 1), True),
        (DATE, datetime(2026, 1, 1), False),
        (DATE_TIME, datetime(2026, 1, 1), True),
        (DATE_TIME, date(2026, 1, 1), False),
        (money("EUR"), Money(Decimal(1), "EUR"), True),
        (money("EUR"), Money(Decimal(1), "USD"), False),
        (Type("money"), Money(Decimal(1), "USD"), True),
        (list_of(NUMBER), [1, Decimal(2)], True),
        (list_of(NUMBER), [1, None], False),
        (list_of(list_of(TEXT)), [["a"], []], True),
        (list_of(list_of(TEXT)), [["a"], [1]], False),
        (list_of(ANY), (1, 2), False),
        (range_of(ANY), Range(1, 2), True),
        (Type("function"), print, False),
    ],
)
def test_a_value_fits_a_type_or_does_not(of: Type, value: Any, outcome: bool) -> None:
    assert fits(of, value) is outcome


def test_two_functions_of_one_name_are_refused() -> None:
    rows = BUILTINS["min"], BUILTINS["min"]
    with pytest.raises(ValueError, match="`min`"):
        table(rows)


@pytest.mark.parametrize("builtin", BUILTINS.values(), ids=lambda each: each.name)
def test_each_function_says_what_it_is(builtin: Builtin) -> None:
    assert builtin.summary.endswith(".")
    assert builtin.summary[0].isupper()
    assert builtin.examples
    for signature in builtin.signatures:
        optional = [parameter.optional for parameter in signature.parameters]
        assert optional == sorted(optional), "what is optional comes last"


def test_every_function_is_in_one_family() -> None:
    assert sum(len(family) for family in FAMILIES.values()) == len(BUILTINS)


def test_what_is_not_supported_says_what_to_do_instead() -> None:
    assert not UNSUPPORTED.keys() & BUILTINS.keys()
    assert {"now", "today", "random number"} <= UNSUPPORTED.keys()
    assert all(hint and not hint.endswith(".") for hint in UNSUPPORTED.values())
    assert equal(UNSUPPORTED["now"], UNSUPPORTED["today"])
