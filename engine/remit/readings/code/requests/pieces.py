"""What generated readers of requests are made of: the code that is the same for every policy, and the nodes of syntax trees.

The texts are constants of this module. Names in capitals are values in the namespace of the function. What is put into braces
is the name of a variable or a number, never anything that an author wrote. In the code of a reader, ``raw`` is a value as it
was given, and then its native form.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

__all__ = [
    "ASKED_ALL",
    "AT",
    "BALANCES",
    "CHECKS",
    "COUNT",
    "DEFINITION",
    "EXCEPTION",
    "GROUP",
    "HEADER_VARIABLES",
    "MONEY",
    "MONEY_CALLED",
    "NO_MORE",
    "OUTER_GROUP",
    "PAIRS",
    "RAW",
    "START",
    "TOLD_ALL",
    "USED",
    "assign",
    "call",
    "compare",
    "constant",
    "load",
    "refuse_when",
    "when",
]

DEFINITION: Final = "def read(request, balances=None, history=None): pass"

#: All but the facts and the amounts. Most requests have little beside them, so what is left to find is counted down.
START: Final = """
if type(request) is not dict:
    request = PLAIN(request)
left = len(request) - 3
employee = request.get("employee")
if type(employee) is not dict:
    raise Unusual
identity = employee.get("id")
if type(identity) is not str or len(identity) > 10000:
    raise Unusual
if not (identity.isascii() and identity.isprintable() and identity and not identity.isspace() or IS_PLAIN_ID(identity)):
    raise Unusual
role = employee.get("role")
if type(role) is not str or role not in ROLES:
    raise Unusual
asked = request.get("asked")
if asked is None:
    left += 1
    asked = EMPTY
elif type(asked) is not dict:
    raise Unusual
facts = request.get("facts")
if facts is None:
    left += 1
    facts = EMPTY
elif type(facts) is not dict:
    raise Unusual
case = occurred = story = key = None
told_story = False
age = 0
own_account = False
personal = requested = None
evidence = NOTHING
use_discretion = False
if left:
    case = request.get("case")
    if case is not None:
        left -= 1
        if type(case) is not str or len(case) > 10000:
            raise Unusual
        if not case.strip():
            case = None
        elif not (case.isascii() and case.isprintable() or IS_PLAIN_ID(case)):
            raise Unusual
if left:
    occurred = request.get("occurred")
    if occurred is not None:
        left -= 1
        occurred = DAY(occurred)
    raw = request.get("evidence")
    if raw is not None:
        left -= 1
        evidence = EVIDENCE(raw)
    story = request.get("story")
    if story is not None:
        left -= 1
        if type(story) is not str or len(story) > 10000:
            raise Unusual
        told_story = bool(story.strip())
        if not told_story:
            story = None
        elif not HAS_WORDS(story):
            raise Unusual
    raw = request.get("use_discretion")
    if raw is not None:
        left -= 1
        if type(raw) is not bool:
            raise Unusual
        use_discretion = raw
    key = request.get("key")
    if key is not None:
        left -= 1
        if type(key) is not str or len(key) > 200:
            raise Unusual
        if not key.strip():
            key = None
    if left:
        sources = request.get("sources")
        if sources is not None and sources != {}:
            raise Unusual
        currency = request.get("currency")
        if currency is not None and currency != CURRENCY:
            raise Unusual
        KNOWN(request, KEYS)
told = 0
if history is not None and type(history) is not dict:
    raise Unusual
left = len(asked)
"""
ASKED_ALL: Final = """
if left:
    KNOWN(asked, REMEDIES)
"""
TOLD_ALL: Final = """
if history is not None and len(history) != told:
    raise Unusual
"""
GROUP: Final = """
{group} = raw
if raw is None:
    {missing} += 1
    {group} = EMPTY
elif type(raw) is not dict:
    raise Unusual
"""
#: A group right below the facts, whose own facts may be there under their dotted names.
OUTER_GROUP: Final = """
{group} = raw
if raw is None:
    {missing} += 1
    {group} = EMPTY
    if dotted is None:
        dotted = HAS_DOTS(facts)
    if dotted:
        {group} = UNDOTTED(facts, {names})
        {missing} -= len({group})
elif type(raw) is not dict:
    raise Unusual
"""
NO_MORE: Final = """
if len({group}) + {missing} != {known}:
    return read(REARRANGED(request), balances, history)
"""
CHECKS: Final[Mapping[str, str]] = {
    "id": "if type(raw) is not str or len(raw) > 10000: raise Unusual\n"
    "if not (raw.isascii() and raw.isprintable() and raw and not raw.isspace() or IS_PLAIN_ID(raw)): raise Unusual",
    "text": "if type(raw) is not str or len(raw) > 10000: raise Unusual",
    "boolean": "if type(raw) is not bool: raise Unusual",
}
HEADER_VARIABLES: Final = (
    *("role", "identity", "case", "occurred", "evidence", "told_story"),
    *("use_discretion", "until", "pairs", "key", "story", "age", "own_account", "personal", "requested"),
)
EXCEPTION: Final = """
if type(raw) is not bool:
    raise Unusual
raw = 1 if raw else 0
"""
#: As :func:`remit.readings.code.requests.native_values.money_text_reader`, without the call.
MONEY_CALLED: Final = "amount = MONEY_TEXT(raw)"
MONEY: Final = """
amount = None
if type(raw) is str:
    part = CENTS.get(raw[WITH_CENTS:])
    if part is not None:
        digits = raw[:WITH_CENTS]
    elif raw[-4:] == UNIT:
        digits = raw[:-4]
        part = 0
    else:
        digits = ""
    amount = UNITS.get(digits)
    if amount is not None:
        amount += part
    elif len(digits) < 16 and digits.isdecimal() and digits.isascii():
        amount = int(digits) * SCALE + part
"""

#: What is used of the caps: of each an amount, or ``{used: amount, until: day}``. The pairs keep the order that was given.
BALANCES: Final = """
if type(balances) is not dict:
    raise Unusual
until = {}
left = len(balances)
"""
USED: Final = """
back = raw.get("until")
if len(raw) != (2 if back is not None or "until" in raw else 1):
    raise Unusual
raw = raw.get("used")
"""
PAIRS: Final = "pairs = tuple([(name, used[PLACE[name]]) for name in balances])"
#: Whether a count must be read with more care.
COUNT: Final = "type(raw) is not int or raw < 0"

AT: Final[Mapping[str, Any]] = {"lineno": 1, "col_offset": 0}  # every node needs a place
RAW: Final = ast.Name("raw", ast.Load(), **AT)
_RAISE: Final = ast.Raise(ast.Name("Unusual", ast.Load(), **AT), None, **AT)


def load(identifier: str) -> ast.Name:
    return ast.Name(identifier, ast.Load(), **AT)


def constant(value: Any) -> ast.expr:
    return ast.Constant(value, **AT)


def assign(identifiers: list[str], value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(each, ast.Store(), **AT) for each in identifiers], value, **AT)


def call(function: ast.expr, argument: ast.expr) -> ast.expr:
    return ast.Call(function, [argument], [], **AT)


def compare(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [op], [right], **AT)


def when(test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt] | None = None) -> ast.stmt:
    return ast.If(test, body, orelse or [], **AT)


def refuse_when(test: ast.expr) -> ast.stmt:
    return when(test, [_RAISE])
