"""Functions on text. A character is a code point of Unicode; positions count from 1, and from the end where negative."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from remit.language.builtins.addable import as_text
from remit.language.builtins.table import Builtin, Example, Parameter, Signature
from remit.language.types import BOOLEAN, INTEGER, NUMBER, TEXT, Type, list_of

__all__ = ["FUNCTIONS"]


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    first = int(start)
    if not 1 <= abs(first) <= len(text):
        return None
    first = first - 1 if first > 0 else len(text) + first
    if length is None:
        return text[first:]
    return text[first : first + int(length)] if length >= 1 else None


def _length(text: str) -> Decimal:
    return Decimal(len(text))


def _before(text: str, match: str) -> str:
    at = text.find(match)
    return text[:at] if at > 0 else ""


def _after(text: str, match: str) -> str:
    at = text.find(match)
    return text[at + len(match) :] if at >= 0 else ""


def _contains(text: str, match: str) -> bool:
    return match in text


# The engine for patterns is loaded by the first call that needs it: most policies have no pattern, and start sooner.


def _matches(text: str, wanted: str, flags: str | None = None) -> bool | None:
    from remit.language import pattern

    return pattern.matches(text, wanted, as_text(flags))


def _replace(text: str, wanted: str, replacement: str, flags: str | None = None) -> str | None:
    from remit.language import pattern

    return pattern.replace(text, wanted, replacement, as_text(flags))


def _split(text: str, delimiter: str) -> list[str] | None:
    from remit.language import pattern

    return pattern.split(text, delimiter)


def _join(texts: list[str], delimiter: str | None = None) -> str:
    return as_text(delimiter).join(texts)


_TEXT: Final = Parameter("string", TEXT)
_MATCH: Final = Parameter("match", TEXT)
_DELIMITER: Final = Parameter("delimiter", TEXT, optional=True, null=True)
_FLAGS: Final = Parameter("flags", TEXT, optional=True, null=True)


def _of_text(
    name: str, summary: str, body: Callable[..., Any], result: Type, *examples: Example, also: tuple[Parameter, ...] = ()
) -> Builtin:
    return Builtin(name, summary, (Signature((_TEXT, *also), result, body),), examples)


FUNCTIONS: Final = (
    _of_text(
        "substring",
        "Part of a text, from a position on, to its end or of a length.",
        _substring,
        TEXT,
        ('substring("foobar", 3)', '"obar"'),
        ('substring("foobar", -2, 1)', '"a"'),
        ('substring("foobar", 0)', "null"),
        also=(Parameter("start position", NUMBER), Parameter("length", NUMBER, optional=True)),
    ),
    _of_text("string length", "How many characters a text has.", _length, INTEGER, ('string length("r\u00e9sum\u00e9")', "6")),
    _of_text("upper case", "The text in capitals.", str.upper, TEXT, ('upper case("aBc4")', '"ABC4"')),
    _of_text("lower case", "The text in small letters.", str.lower, TEXT, ('lower case("aBc4")', '"abc4"')),
    _of_text(
        "substring before",
        "What stands before the first match; nothing where there is none.",
        _before,
        TEXT,
        ('substring before("room 12", " ")', '"room"'),
        ('substring before("room", "x")', '""'),
        also=(_MATCH,),
    ),
    _of_text(
        "substring after",
        "What stands after the first match; nothing where there is none.",
        _after,
        TEXT,
        ('substring after("room 12", " ")', '"12"'),
        also=(_MATCH,),
    ),
    _of_text(
        "contains",
        "Whether a text contains another.",
        _contains,
        BOOLEAN,
        ('contains("foobar", "oba")', "true"),
        also=(_MATCH,),
    ),
    _of_text(
        "starts with",
        "Whether a text starts with another.",
        str.startswith,
        BOOLEAN,
        ('starts with("foobar", "foo")', "true"),
        also=(_MATCH,),
    ),
    _of_text(
        "ends with",
        "Whether a text ends with another.",
        str.endswith,
        BOOLEAN,
        ('ends with("foobar", "r")', "true"),
        also=(_MATCH,),
    ),
    Builtin(
        "matches",
        "Whether any part of a text matches a pattern (XPath; flags `s` `m` `i` `x` `q`).",
        (Signature((Parameter("input", TEXT), Parameter("pattern", TEXT), _FLAGS), BOOLEAN, _matches),),
        (
            ('matches("AB-12", "^[A-Z]{2}-[0-9]+$")', "true"),
            ('matches("Gold", "gold", "i")', "true"),
            ('matches("a", "[")', "null"),
        ),
    ),
    Builtin(
        "replace",
        "The text with every match of a pattern replaced; `$1` is what the first group matched.",
        (
            Signature(
                (Parameter("input", TEXT), Parameter("pattern", TEXT), Parameter("replacement", TEXT), _FLAGS), TEXT, _replace
            ),
        ),
        (('replace("banana", "an", "o")', '"booa"'), ('replace("2026-01", "(\\d+)-(\\d+)", "$2/$1")', '"01/2026"')),
    ),
    Builtin(
        "split",
        "The parts of a text between the matches of a pattern.",
        (Signature((_TEXT, Parameter("delimiter", TEXT)), list_of(TEXT), _split),),
        (('split("a;b;;c", ";")', '["a", "b", "", "c"]'), ('split("John  Doe", "\\s+")', '["John", "Doe"]')),
    ),
    Builtin(
        "string join",
        "Texts one after the other, with a delimiter between them; nulls are left out.",
        (Signature((Parameter("list", list_of(TEXT), skips=True), _DELIMITER), TEXT, _join),),
        (('string join(["a", "b", "c"], "-")', '"a-b-c"'), ('string join(["a", null, "b"])', '"ab"')),
    ),
)
