"""Writes docs/functions.md from the functions' tables: ``python tests/support/functions_doc.py > docs/functions.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from remit.language.builtins import FAMILIES, UNSUPPORTED, Builtin, Parameter, Signature
from remit.language.checker import check
from remit.language.evaluating.sizes import MOST_CHARACTERS, MOST_ITEMS
from remit.language.parser import parse_expression
from remit.language.pattern import MOST_PATTERN, MOST_TEXT
from remit.language.source import Source

__all__ = ["page"]

_HEAD = """\
# Functions

The functions of OMG DMN FEEL (1.4, and 1.5 where it settles things), with the names and parameters of the standard, and
a few of remit's own: money and durations wherever they make sense, and working days on the calendars that a policy
declares. This page is made of the functions' own tables, and every example on it is run by a test.

- Arguments are given by position or by name: `floor(n: 1.56, scale: 1)`. What stands in `[ ]` may be left out.
- In a policy everything has a type: an argument that does not fit is an error when the policy loads, and so is a call that is
  always null. [In `remit.feel`](language.md#with-types-and-without) there are no types: what does not fit gives `null`
  (`sqrt("four")`), a list of one stands for its element, and an element for a list of one, where only that fits.
- Examples marked with * are for `remit.feel`: a policy refuses them as they stand here.
- Functions that take many values take them in one list or one by one: `min([1, 2])`, `min(1, 2)`.
- Numbers have 34 digits, and are never binary fractions. Only like is added to like: not euros to dollars, nor months to days.
"""

_NOTES = {
    "Dates and working days": """\
Years 1 to 9999; seconds to the microsecond (what is more exact is an error in a policy, else null). Zones are offsets
(`+02:00`, `Z`) or names (`@Europe/Paris`). Points in time with a zone are compared as instants; one with and one without are
not equal and have no order. A time of day with a named zone counts with the zone's standard time. Adding `P1D` to a date and
time with a zone adds 24 hours; adding `P1M` keeps the clock, and the day of the month where the month has it.
""",
    "Text": f"""\
A character is a code point of Unicode; positions count from 1, and from the end where negative. Patterns are those of XPath
and XQuery 3.1: classes can be subtracted (`[a-z-[aeiou]]`), `\\p{{Lu}}` is a category, `$` is the very end. No pattern can
stall a decision: a pattern of more than {MOST_PATTERN:,} characters or a text of more than {MOST_TEXT:,} gives `null`, as do a
back-reference beside repeats within repeats, a pattern for `replace` or `split` that matches the empty text, and a search that
takes too many [steps](language.md#limits). A text of more than {MOST_CHARACTERS:,} characters is null, whatever makes it.
""",
    "Lists": f"""\
Positions count from 1, and from the end where negative. A list of more than {MOST_ITEMS:,} elements, those of the lists in it
included, is null, whatever makes it. In a policy, all elements of a list are of one type, and what `sort` and `list replace`
are given as a function need not say the types of its parameters.
""",
    "Contexts": """\
Under `values` and in `remit.feel`. In a policy, the entries of a context are known before it runs: the name of an entry is a
text in quotes, or all entries are of one type, and `context` and `context merge` are refused.
""",
    "Ranges": 'A range that is open to infinity (`range("[18..)")`) ends beyond every point.\n',
}


def page() -> str:
    """The whole page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    for family, builtins in FAMILIES.items():
        yield f"## {family}\n"
        if family in _NOTES:
            yield _NOTES[family]
        yield "| function | gives | for example |"
        yield "|---|---|---|"
        for builtin in builtins:
            yield f"| {_calls(builtin)} | {builtin.summary} | {_examples(builtin)} |"
        yield ""
    yield "## Not supported\n"
    yield "| function | instead |"
    yield "|---|---|"
    for name, hint in sorted(UNSUPPORTED.items()):
        yield f"| `{name}` | {_cell(hint[0].upper() + hint[1:])}. |"
    yield ""


def _calls(builtin: Builtin) -> str:
    return "<br>".join(dict.fromkeys(f"`{builtin.name}({_parameters(signature)})`" for signature in builtin.signatures))


def _parameters(signature: Signature) -> str:
    written = ", ".join(map(_parameter, signature.parameters))
    return f"{written}, ..." if signature.variadic else written


def _parameter(parameter: Parameter) -> str:
    return f"[{parameter.name}]" if parameter.optional else parameter.name


def _examples(builtin: Builtin) -> str:
    return "<br>".join(f"{_code(text)} = {_code(result)}{_mark(text)}" for text, result in builtin.examples)


def _mark(text: str) -> str:
    """What marks an expression that a policy refuses."""
    source = Source(text)
    return " *" if check(parse_expression(source), source, {}, calendars=["office"])[1] else ""


def _code(text: str) -> str:
    return f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
