"""Tokens: nothing is lost, and each is where it says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.language.lexer import tokenize

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def shown(text: str) -> list[str]:
    return [f"{token.kind} {token.text}" for token in tokenize(text)[:-1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1..5", ["number 1", "symbol ..", "number 5"]),
        ("1 ...5", ["number 1", "symbol ..", "number .5"]),
        ("1.5e-3", ["number 1.5e-3"]),
        ("1e", ["number 1", "name e"]),
        ("30EUR", ["number 30", "name EUR"]),
        ("a**b", ["name a", "symbol **", "name b"]),
        ("a<=b!=c", ["name a", "symbol <=", "name b", "symbol !=", "name c"]),
        ("a == b", ["name a", "bad ==", "name b"]),
        ("guest.tier", ["name guest", "symbol .", "name tier"]),
        ('"a\\"b" c', ['text "a\\"b"', "name c"]),
        ('"two\nlines"', ['text "two\nlines"']),
        ('"open', ['open "open']),
        ("1 /* a */ + /* b", ["number 1", "symbol +", "open /* b"]),
        ("1 // rest", ["number 1"]),
        ("a // one\n+ b", ["name a", "symbol +", "name b"]),
        ("it's", ["name it", "bad '", "name s"]),
        ("a\u00a0b", ["name a", "name b"]),
        ("Ünï_2 🏨", ["name Ünï_2", "name 🏨"]),
        ("‘a’", ["bad ‘", "name a", "bad ’"]),  # noqa: RUF001
    ],
)
def test_a_text_is_cut_into_tokens(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


@given(st.text(max_size=60) | st.text(st.sampled_from('ab1.5"/*+\\ \n@='), max_size=30))
def test_tokens_stand_where_they_say_and_only_space_is_left_out(text: str) -> None:
    tokens = tokenize(text)
    assert tokens[-1].kind == "end"
    assert tokens[-1].start == len(text)
    at = 0
    for token in tokens:
        assert text[token.start : token.end] == token.text
        left_out = _COMMENT.sub("", text[at : token.start])
        assert not left_out.strip(" \t\n\r\f\v\u180e\u200b\ufeff") or left_out.isspace()
        at = token.end
