"""Text to tokens. Never fails: what cannot be a token becomes a token of kind ``bad``, for the parser to explain.

A name of several words (``date of birth``, ``guest.tier``) is several tokens here; the parser knows which names there are.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, TypeAlias

__all__ = ["KEYWORDS", "Token", "TokenKind", "tokenize"]

#: What a token is. ``name`` is one word (a keyword too); ``text`` is a string literal; ``open`` is one that never ends.
TokenKind: TypeAlias = Literal["number", "text", "name", "symbol", "open", "bad", "end"]

#: Words that cannot be names on their own.
KEYWORDS: Final = frozenset(
    (
        *("and", "or", "between", "in", "instance"),
        *("if", "then", "else", "some", "every", "satisfies", "for", "return", "function"),
        *("true", "false", "null"),
    )
)

# DMN 1.4, 10.3.1.2, rules 27 to 29: the letters of a name. Digits, combining marks and a few more may follow the first.
_FIRST: Final = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff"
    "\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_REST: Final = _FIRST + "0-9\u00b7\u0300-\u036f\u203f-\u2040"

# Order matters: a comment before a division, a number before a dot, a longer symbol before a shorter one.
_TOKEN: Final = re.compile(
    rf"""
      (?P<space>  (?:[\s\u180e\u200b\ufeff]|//[^\n]*|/\*.*?\*/)+ )
    | (?P<number> (?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)? )
    | (?P<name>   [{_FIRST}][{_REST}]* )
    | (?P<text>   "(?:[^"\\]|\\.)*" )
    | (?P<open>   ".* | /\*.* )
    | (?P<bad>    ===? | !== | && | \|\|? | => | =< | <> | -> | ~= | \+\+ )
    | (?P<symbol> \*\* | \.\. | != | <= | >= | [-+*/%=<>()\[\]{{}},.:?@!;] )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One token: what it is, its exact text, and where it stands (half open)."""

    kind: TokenKind
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The tokens of ``text``, without spaces and comments; the last one is of kind ``end`` and empty.

    >>> [token.text for token in tokenize("a >= 1..5 // a comment")]
    ['a', '>=', '1', '..', '5', '']
    """
    out: list[Token] = []
    at, length = 0, len(text)
    match = _TOKEN.match
    while at < length:
        found = match(text, at)
        if found is None:
            out.append(Token("bad", text[at], at, at + 1))
            at += 1
            continue
        end = found.end()
        kind = found.lastgroup
        if kind != "space":
            out.append(Token(kind, text[at:end], at, end))  # type: ignore[arg-type]
        at = end
    out.append(Token("end", "", length, length))
    return out
