"""What people write by mistake, as tables: the right word for each wrong one."""

# ruff: noqa: RUF001 - the signs that people paste are what this is about

from __future__ import annotations

from typing import Final

__all__ = ["COMPARISONS", "CURRENCY_SIGNS", "FUNCTIONS", "OPERATORS", "PHRASES", "QUOTES", "UNITS"]

#: What stands where an operator belongs, and the operator that is meant.
OPERATORS: Final = {
    "==": "=",
    "===": "=",
    "!==": "!=",
    "<>": "!=",
    "~=": "!=",
    "≠": "!=",
    "=>": ">=",
    "≥": ">=",
    "=<": "<=",
    "≤": "<=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "^": "**",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "++": "+",
    "is": "=",
    "equals": "=",
    "eq": "=",
    "xor": "!=",
}
#: Words where an operator belongs that have no operator, and what to write.
PHRASES: Final = {
    "mod": "write `modulo(a, b)`",
    "div": "write `floor(a / b)`",
    "contains": 'write `contains(text, "part")` for text or `list contains(list, element)` for a list',
    "matches": 'write `matches(text, "pattern")`',
    "like": 'write `matches(text, "pattern")`',
    "startswith": 'write `starts with(text, "start")`',
    "isa": "write `x instance of number`",
    "elif": "write `else if`",
    "elseif": "write `else if`",
    "to": "for a range write `[3..5]`",
    "unless": "write `if ... then ... else ...`",
}
#: Two words that compare, and the operator that is meant.
COMPARISONS: Final = {
    "more than": ">",
    "greater than": ">",
    "less than": "<",
    "fewer than": "<",
    "at least": ">=",
    "at most": "<=",
    "not equal": "!=",
}
#: Functions of other languages, and what this one has.
FUNCTIONS: Final = {
    "len": "for text write `string length(text)`, for a list `count(list)`",
    "length": "for text write `string length(text)`, for a list `count(list)`",
    "size": "for text write `string length(text)`, for a list `count(list)`",
    "round": "say how: `round half up(amount, 2)`, `round half even`, `round up` or `round down`",
    "avg": "did you mean `mean`?",
    "average": "did you mean `mean`?",
    "ceil": "did you mean `ceiling`?",
    "lower": "did you mean `lower case`?",
    "upper": "did you mean `upper case`?",
    "lowercase": "did you mean `lower case`?",
    "uppercase": "did you mean `upper case`?",
    "mod": "did you mean `modulo`?",
    "pow": "write `base ** exponent`",
    "substr": "did you mean `substring`?",
    "str": "did you mean `string`?",
    "int": "did you mean `floor`?",
    "datetime": "did you mean `date and time`?",
    "iif": "write `if ... then ... else ...`",
    "ifelse": "write `if ... then ... else ...`",
    "switch": "write `if ... then ... else if ... then ... else ...`, or a table under `values`",
    "choose": "write `if ... then ... else ...`, or a table under `values`",
    "double": "write `2 * amount`",
    "half": "write `50% * amount`",
    "percent": "write `25% * amount`",
    "nvl": "write `if x = null then other else x`",
    "ifnull": "write `if x = null then other else x`",
    "isnull": "write `x = null`",
    "coalesce": "write `if x = null then other else x`",
}
#: Quotation marks that are not those of the language, each with the one that ends it.
QUOTES: Final = {"'": "'", "`": "`", "“": "”", "”": "”", "„": "“", "‘": "’", "’": "’", "«": "»", "»": "«"}
#: Signs of currencies, and the codes that are most likely meant.
CURRENCY_SIGNS: Final = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₺": "TRY",
    "₴": "UAH",
    "₪": "ILS",
}
#: Words after a number, and the unit that is meant.
UNITS: Final = {
    "euro": "{} EUR",
    "euros": "{} EUR",
    "dollar": "{} USD",
    "dollars": "{} USD",
    "pound": "{} GBP",
    "pounds": "{} GBP",
    "percent": "{}%",
    "pct": "{}%",
    **dict.fromkeys(("s", "sec", "secs"), "{} seconds"),
    **dict.fromkeys(("min", "mins"), "{} minutes"),
    **dict.fromkeys(("h", "hr", "hrs"), "{} hours"),
    **dict.fromkeys(("wk", "wks"), "{} weeks"),
    **dict.fromkeys(("yr", "yrs"), "{} years"),
    "d": "{} days",
}
