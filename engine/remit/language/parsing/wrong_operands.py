"""What people write by mistake where a value belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn
from unicodedata import category

from remit.language.lexer import KEYWORDS, Token
from remit.language.nodes import And, Arithmetic, Between, Call, Input, Literal, Node, Or
from remit.language.parsing.common_mistakes import CURRENCY_SIGNS, OPERATORS, QUOTES
from remit.language.parsing.cursor import Cursor, show, span_of
from remit.language.parsing.mending import currency_sign, lower, mend, never_closed, stray
from remit.language.parsing.missing_marks import missing_operand

__all__ = ["check_test", "name_input", "operand", "skip_in", "word"]

if TYPE_CHECKING:
    from remit.language.parsing.call_phrases import Calls


#: How strongly `!` binds where it is an operator, and how strongly `not` does.
_SIGN, _COMPARISON = 7, 3


def operand(p: Calls) -> Node:
    """What to make of a token that cannot begin an operand."""
    token = p.token
    if token.kind == "open":
        never_closed(p)
    if token.text in QUOTES and token.kind == "bad":
        return _quoted(p)
    if token.kind == "symbol" and token.text == "!":
        return _negated(p, "`!` is not an operator", _SIGN)
    if token.text in ("=", "==") and p.at == 0:
        p.note("operator", f"a formula does not begin with {show(token)}", p.here, "remove it")
        p.advance()
        return p.expression()
    if token.kind == "symbol" and token.text == "+":
        p.note("operator", "`+` needs something before it", p.here, "remove it")
        p.advance()
        return p.operand()
    if token.kind == "bad" and token.text in OPERATORS and mend(p):
        return p.operand() if p.stands("-") else operand(p)
    if token.text in CURRENCY_SIGNS:
        return currency_sign(p)
    if token.kind == "bad":
        stray(p)
    return missing_operand(p)


def word(p: Calls) -> Node | None:
    """A word that is not a known name where an operand belongs: what it is meant to be, if that is plain."""
    token = p.token
    if category(token.text[0]) == "Sc":
        return currency_sign(p)
    if token.text == "not":
        return _negated(p, "`not` is a function", _COMPARISON)
    if token.text == "NOT":
        lower(p)
        return p.operand()
    if token.text not in KEYWORDS and token.text.lower() in KEYWORDS:
        lower(p)
        return p.operand()
    if token.text in ("None", "nil", "NULL"):
        p.note("keyword", f"{show(token)} is not a value", p.here, "write `null`")
        p.advance()
        return Literal(None, span=span_of(token))
    return None


def _negated(p: Calls, message: str, level: int) -> Node:
    token = p.advance()
    at = len(p.problems)
    inner = p.expression(level)
    text = p.source.text[slice(*inner.span)]
    p.note("operator", message, span_of(token), f"write `not({text})`" if len(text) <= 40 else "write `not(...)`")
    p.problems.insert(at, p.problems.pop())
    return Call("not", (inner,), span=p.since(token.start))


def _quoted(p: Cursor) -> Node:
    """Text in quotes of another kind: everything up to the matching one."""
    opening, text = p.token, p.source.text
    end = text.find(QUOTES[opening.text], opening.end)
    if end < 0:
        p.fail("quote", f"{show(opening)} is not a quotation mark here", hint='text stands in straight double quotes: `"gold"`')
    inner = text[opening.end : end]
    p.note("quote", "text stands in straight double quotes", (opening.start, end + 1), f'write `"{inner}"`')
    while p.token.start <= end and p.token.kind != "end":
        p.advance()
    return Literal(inner, span=(opening.start, end + 1))


def skip_in(p: Cursor) -> None:
    """``in [1..5]``: what is tested is not named."""
    if p.stands("in"):
        p.note("operator", "a test does not begin with `in`", p.here, "remove it")
        p.advance()


def name_input(p: Cursor) -> None:
    """``between 2 and 5``: it is read as if ``?`` stood before it, and noted when the ends are known."""
    if p.stands("between"):
        p.tokens.insert(p.at, Token("symbol", "?", p.token.start, p.token.start))
        p.move(p.at)


def check_test(p: Cursor, test: Node) -> None:
    """Note a test that can be read but hardly means what it says."""
    if p.token.kind == "name" and p.token.text in ("and", "or"):
        _sentence(p)
    text = p.source.text[slice(*test.span)]
    if isinstance(test, Or) and any(map(_is_word, test.operands)):
        several = ", ".join(p.source.text[slice(*operand.span)] for operand in test.operands)
        p.note("tests", "`or` stands between conditions, not between values", test.span, f"write `{several}`")
    elif isinstance(test, And) and any(map(_is_word, test.operands)):
        p.note("tests", "`and` stands between conditions, not between values", test.span, "write a condition on `?`")
    elif isinstance(test, Between) and isinstance(test.value, Input) and test.value.span[0] == test.value.span[1]:
        low, high = (p.source.text[slice(*end.span)] for end in (test.low, test.high))
        p.note("tests", "a test does not begin with `between`", test.span, f"for a range write `[{low}..{high}]`")
    elif isinstance(test, Arithmetic) and test.op == "-" and isinstance(test.left, Literal) and isinstance(test.right, Literal):
        low, high = (p.source.text[slice(*end.span)] for end in (test.left, test.right))
        p.note("tests", f"`{text}` is a subtraction", test.span, f"for a range write `[{low}..{high}]`")


def _sentence(p: Cursor) -> NoReturn:
    """``>= 3 and <= 5``"""
    if p.stands("or"):
        p.fail("tests", "`or` stands between conditions, not between tests", hint="write a comma between the tests")
    hint = "write a range such as `[3..5]`, or a condition on `?`: `? >= 3 and ? <= 5`"
    p.fail("tests", "`and` stands between conditions, not between tests", hint=hint)


def _is_word(node: Node) -> bool:
    return isinstance(node, Literal) and not isinstance(node.value, bool)
