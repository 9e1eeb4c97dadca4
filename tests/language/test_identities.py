"""When two ids are the same, and what cannot be an id."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.language.identities import identity, is_plain_id, refuse_id

SAME = [
    ("g-1", "G-1"),
    ("g-1", " g-1\t"),
    ("g-1", "g-1\u00a0"),
    ("g-1", "\uff47\uff0d\uff11"),  # full width
    ("ren\u00e9", "rene\u0301"),
    ("ren\u00e9", "REN\u00c9"),
    ("stra\u00dfe", "STRASSE"),
    ("a b", "a \u2003 b"),
    ("\u00c5", "\u212b"),  # the letter and the sign of the unit
    ("\ufb01n", "FIN"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_id(one: str, other: str) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(("one", "other"), [("g-1", "g-2"), ("a b", "ab"), ("p", "\u0440"), ("g-1", "g_1")])
def test_what_only_looks_alike_is_not_merged(one: str, other: str) -> None:
    assert identity(one) != identity(other)


HIDDEN = tuple("\u200b\u200d\u2060\ufeff\u00ad\x00\x07\u2028\u3164\u115f\u2800\ufe0f\u034f")


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda char: f"U+{ord(char):04X}")
def test_what_cannot_be_seen_is_refused_and_named(hidden: str) -> None:
    for text in (hidden, f"g{hidden}1", f"{hidden}g-1", f"g-1{hidden}"):
        assert not is_plain_id(text)
        with pytest.raises(ValueError, match=rf"cannot be seen \(U\+{ord(hidden):04X}"):
            refuse_id(text)


@pytest.mark.parametrize("blank", ["", " ", "\u00a0\u2003"])
def test_an_empty_id_is_refused(blank: str) -> None:
    with pytest.raises(ValueError, match="an id is empty here"):
        refuse_id(blank)


@given(st.text(min_size=1))
def test_law_one_id_however_it_is_written(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert identity(unicodedata.normalize(form, text)) == identity(text)
    assert identity(f"  {text} ") == identity(identity(text)) == identity(text)


@given(st.text())
def test_law_what_is_accepted_can_be_seen(text: str) -> None:
    if is_plain_id(text):
        refuse_id(text)
        assert identity(text) != ""
        assert not any(unicodedata.category(char) in ("Cc", "Cf") for char in text)
    else:
        with pytest.raises(ValueError, match="an id"):
            refuse_id(text)
