"""The codes of what the checker finds. They are stable: tools and inline ignores name them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["CODES"]

#: Code -> what it says, in one line.
CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "names/unknown": "a name that is not declared",
        "names/no-input": "`?` where nothing is tested",
        "names/unknown-property": "a property that such a value does not have",
        "names/unknown-function": "a function that does not exist",
        "names/unsupported-function": "a function that remit leaves out on purpose",
        "names/unknown-parameter": "a named argument that the function does not take",
        "names/unknown-calendar": "a calendar that the policy does not declare",
        "names/unknown-type": "a type after `instance of` that does not exist",
        "types/argument-count": "too few or too many arguments",
        "types/argument": "an argument of the wrong type",
        "types/operands": "arithmetic on values that do not go together",
        "types/comparison": "a comparison of values that can never be compared",
        "types/list-among-items": "a list looked for among items of the kind that it holds",
        "types/currencies": "two currencies in one sum or comparison",
        "types/money-and-number": "money where a plain number stands, or the other way round",
        "types/duration-units": "days, months and plain numbers mixed",
        "types/date-kinds": "dates, times, date-times or texts mixed",
        "types/impossible-choice": "a word that is not one of the choices",
        "types/order": "an order among values that have none",
        "types/empty-range": "a range that nothing lies in",
        "types/condition": "a condition that is not true or false",
        "types/branches": "`then` and `else` that give different types",
        "types/mixed-list": "a list whose items are of different types",
        "types/not-a-list": "a list function or filter on something that is no list",
        "types/position": "a position in a list that cannot exist",
        "types/duplicate-entry": "two entries of a context, or two parameters, of one name",
        "types/parameter-type": "a parameter whose type is not known",
        "types/not-a-function": "a call of something that is no function",
        "types/first-order": "a context, `for` or a function where only `values` may have one",
        "types/too-exact": "an amount more exact than its currency, or a time more exact than a microsecond",
        "types/expected": "a value of another type than is needed",
        "types/whole-number": "a number that may have decimals where only a whole one will do",
        "types/division-by-zero": "a division by zero",
        "types/too-deep": "an expression that is too long to be read at once",
        "types/no-value": "an expression that is always null",
    }
)
