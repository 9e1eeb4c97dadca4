"""Canonical JSON as RFC 8785 has it."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.ledger.log import canonical as module
from remit.ledger.log.canonical import canonical, encode, parse

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


#: Also what the encoders are never given, and must treat alike all the same.
strange = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**53 - 2, 2**64 + 2)
    | st.text(st.characters())  # with halves of characters
    | st.text('\x00\x1f\x7f\x85\u2028\uffff\U00010000"\\/')
    | st.binary(max_size=2)
    | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(st.characters(), max_size=4) | st.integers() | st.booleans(), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(strange)
def test_the_fast_encoder_writes_what_the_standard_one_does_or_leaves_it_to_it(value: object) -> None:
    fast = module._fastest(pytest.importorskip("orjson"), module._standard_encoder)
    assert _result(fast, value) == _result(module._standard_encoder, value)


def _result(encoder: Callable[[object], str], value: object) -> str | type[Exception]:
    try:
        return encoder(value)
    except (TypeError, ValueError) as error:
        return type(error)


@given(values)
def test_the_text_reads_back_as_the_value_and_is_the_only_one(value: object) -> None:
    text = canonical(value)
    assert parse(text) == value
    assert canonical(parse(text)) == text
    assert encode(value) == text


def test_keys_sort_by_utf16_units_and_strings_escape_as_the_rfc_example_does() -> None:
    # RFC 8785, section 3.2.3: the sorted keys of its example.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    expected = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    text = canonical(dict.fromkeys(names, "x"))
    assert list(json.loads(text)) == expected
    assert encode(dict.fromkeys(names, "x")) == text
    # Section 3.2.2.2: control characters, the quote and the backslash are escaped, nothing else is.
    assert canonical('\u20ac$\u000f\nA\'B"\\\\"/') == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, {1: "a"}, b"x", {"a": {1, 2}}, "\ud800"])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical(value)


@pytest.mark.parametrize("text", ["1.5", "1e3", "NaN", '{"a":1,"a":2}', "{"])
def test_what_is_not_canonical_json_is_not_parsed(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(text)
