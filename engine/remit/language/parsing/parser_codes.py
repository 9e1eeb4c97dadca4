"""The codes of what the parser finds. They are stable: tools and inline ignores name them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["CODES"]

#: Code -> what it says, in one line.
CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "syntax/arguments": "arguments with names beside arguments without",
        "syntax/at-literal": "text after `@` that is no date, time or duration",
        "syntax/between": "`between` without its `and`",
        "syntax/chained": "two comparisons in a row",
        "syntax/character": "a character that means nothing here",
        "syntax/currency": "three capital letters that are no currency",
        "syntax/date": 'a date that is not written as `@"2026-01-31"`',
        "syntax/duration": "a duration that is not written as one",
        "syntax/else": "an `if` without its `else`",
        "syntax/empty": "nothing where a formula or a test belongs",
        "syntax/keyword": "a keyword that is missing, or not in lower case",
        "syntax/number": "a number that is not written as one",
        "syntax/operand": "something that is missing beside an operator",
        "syntax/operator": "an operator that there is not, or that does not belong there",
        "syntax/quote": "a quote that is not closed, or of the wrong kind",
        "syntax/range": "a range that is not written as one, or everything but one value as one",
        "syntax/tests": "`and` or `or` between values, or a subtraction where a test belongs",
        "syntax/then": "an `if` without its `then`",
        "syntax/too-deep": "too many levels of brackets",
        "syntax/too-long": "a formula that is too long",
        "syntax/unclosed": "a bracket that is not closed",
        "syntax/unsupported": "a part of FEEL that remit leaves out on purpose",
    }
)
