"""What people write by mistake in unary tests: sentences where a list of tests belongs."""

from __future__ import annotations

from typing import NoReturn

from remit.language.lexer import Token
from remit.language.nodes import And, Arithmetic, Between, Input, Literal, Node, Or
from remit.language.parsing.cursor import Cursor

__all__ = ["check_test", "name_input", "skip_in"]


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
