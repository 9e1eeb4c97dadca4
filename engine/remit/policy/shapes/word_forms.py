"""The forms of names, amounts and windows of time, as they come up in several sections."""

from __future__ import annotations

from typing import Final

from remit.policy.shapes.collections import ByKind, ListOf, Located, MapOf
from remit.policy.shapes.scalar_shapes import FormulaShape, Pattern

__all__ = ["AMOUNT", "CELL", "CONSTANT", "DOTTED", "FORMULA", "ID", "NAME", "NAMES", "PER", "WHEN", "WINDOW", "WORD"]

_NAME = "[A-Za-z_][A-Za-z0-9_]{0,79}"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"

NAME: Final = Pattern(
    "a name of letters, digits and `_`", _NAME, "use letters without accents, digits and `_`, beginning with a letter", "credit"
)
DOTTED: Final = Pattern(
    "a name such as `guest.tier`",
    rf"{_NAME}(?:\.{_NAME}){{0,7}}",
    "use letters without accents, digits and `_`, with dots between the parts",
    "guest.tier",
)
ID: Final = Pattern(
    "an id of letters, digits, `-` and `_`",
    "[A-Za-z][A-Za-z0-9_-]{0,79}",
    "use letters without accents, digits, `-` and `_`, beginning with a letter",
    "bad-night",
)
#: One word of a choice. What could be taken for something else in a test is left out.
WORD: Final = Pattern(
    "a word of a choice",
    r"""(?!(?:true|false|null|-)$)[^\s"'\\,](?:[^"'\\,\r\n\t]{0,78}[^\s"'\\,])?""",
    "a choice is a word or a few, without quotes, commas or backslashes, and not `true`, `false`, `null` or `-`",
    "gold",
    choice=True,
)
AMOUNT: Final = Pattern(
    "an amount of money such as `30 EUR`",
    r"[0-9]{1,18}(?:\.[0-9]{1,9})? ?[A-Z]{3}",
    "write the amount and the currency: `30 EUR`",
    "30 EUR",
    by_currency=True,
)
WINDOW: Final = Pattern(
    "a span of time such as `90 days` or `calendar month`",
    "lifetime|case|[1-9][0-9]{0,4} (?:second|minute|hour|day|week)s?"
    rf"|calendar (?:day|week|month|quarter|year)|calendar year from (?:{_MONTHS})",
    "write `90 days`, `72 hours`, `calendar month`, `calendar quarter`, `calendar year from april`, `case` or `lifetime`",
    "90 days",
    code="policy/window",
    aliases={
        **{unit: f"calendar {unit}" for unit in ("day", "week", "month", "quarter", "year")},
        **{f"per {unit}": f"calendar {unit}" for unit in ("day", "week", "month", "quarter", "year")},
        **{f"{word}ly": f"calendar {word}" for word in ("week", "month", "quarter", "year")},
        **{f"1 {unit}": f"calendar {unit}" for unit in ("month", "quarter", "year")},
        "daily": "calendar day",
        "annual": "calendar year",
        "forever": "lifetime",
        "ever": "lifetime",
        "per case": "case",
        "incident": "case",
    },
)
FORMULA: Final = FormulaShape()
CONSTANT: Final = FormulaShape("a single value")
NAMES: Final = ListOf(DOTTED, "a list of names", "each name")
PER: Final = ByKind("a fact, or a list of facts", scalar=DOTTED, list=NAMES)

CELL: Final = Located(
    ByKind(
        "a test, or a list of tests",
        scalar=FormulaShape("a test"),
        list=ListOf(FormulaShape("a test"), "a list of tests", "a test", "[noise, cleanliness]"),
    )
)
_TESTS: Final = MapOf(DOTTED, CELL, "a mapping of names to tests", "{guest.tier: gold}", least=1)
#: ``when``: tests by name, one expression, or a list of either, all of which must hold.
WHEN: Final = ByKind(
    "a formula, a mapping of names to tests, or a list of these",
    scalar=FormulaShape("a condition", 'guest.tier = "gold"'),
    list=ListOf(
        ByKind("a formula or a mapping of names to tests", scalar=FormulaShape("a condition"), mapping=_TESTS),
        "a list of conditions",
        "a condition",
    ),
    mapping=_TESTS,
)
