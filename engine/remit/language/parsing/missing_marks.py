"""What ought to stand somewhere and does not: brackets, quotes, keywords, operands."""

from __future__ import annotations

from typing import Final, NoReturn

from remit.language.lexer import Token
from remit.language.parsing.common_mistakes import UNITS
from remit.language.parsing.cursor import Cursor, show, span_of, yaml_hint
from remit.language.parsing.wrong_operators import trailing
from remit.language.suggestions import closest

__all__ = ["LOOPS", "if_as_function", "missing_branch", "missing_operand", "missing_word", "unclosed"]

#: How to write a loop with this keyword.
LOOPS: Final = {
    "satisfies": "write `some x in list satisfies x > 1`",
    "return": "write `for x in list return x * 2`",
}
#: Two ends with a unit or a sign each, and the dots between them.
_MOST_IN_RANGE = 7


def unclosed(p: Cursor, opening: Token, closing: str) -> NoReturn:
    """``opening`` should have been closed here."""
    if p.token.kind == "end":
        hint = _end_of_range(p, opening) or yaml_hint(p) or f"close it with `{closing}`"
        p.fail("unclosed", f"{show(opening)} is never closed", span_of(opening), hint)
    if p.token.kind == "symbol" and p.token.text in ")]}":
        p.fail(
            "unclosed",
            f"{show(opening)} is closed by {show(p.token)}",
            (opening.start, p.token.end),
            f"close it with `{closing}`",
        )
    trailing(p)


def _end_of_range(p: Cursor, opening: Token) -> str | None:
    """What to write where nothing but two ends stands behind the bracket: ``[1..7``"""
    inside = [token.text for token in p.tokens[p.tokens.index(opening) + 1 : p.at]]
    if opening.text not in "[(" or inside.count("..") != 1 or len(inside) > _MOST_IN_RANGE:
        return None
    written = p.source.text[opening.start : p.before.end]
    return f"write `{written}]`, or `{written})` where the upper end does not count"


def if_as_function(p: Cursor, word: Token) -> None:
    """``if(a, b, c)``, as spreadsheets write it."""
    if not p.stands("("):
        return
    depth, marks = 0, [p.token.end]
    for token in p.tokens[p.at :]:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0 or (depth == 1 and token.text == ","):
            marks += [token.start, token.end]
        if depth == 0:
            break
    parts = [p.source.text[start:end].strip() for start, end in zip(marks[::2], marks[1::2], strict=False)]
    if depth == 0 and len(parts) > 1:
        condition, yes, no, *_ = [*parts, "null"]
        hint = f"write `if {condition} then {yes} else {no}`"
        p.fail("keyword", "`if` is not a function", (word.start, marks[-1]), hint)


def missing_branch(p: Cursor, opening: Token, keyword: str) -> NoReturn:
    """An ``if`` without ``then``, or without ``else``."""
    token = p.token
    if token.kind in ("end", "symbol"):
        hint = "write `if a then b else c`" + ("; `else null` where there is nothing else" if keyword == "else" else "")
        p.fail(keyword, f"this `if` has no `{keyword}`", span_of(opening), hint)
    if token.kind == "name" and closest(token.text, (keyword,)):
        p.fail(keyword, f"`{keyword}` is missing before {show(token)}", hint=f"did you mean `{keyword}`?")
    if p.before.kind == "number" and token.text.lower() in UNITS:
        trailing(p)
    if keyword == "then" and token.text != "else":
        p.fail(keyword, f"`then` is missing before {show(token)}", hint="write `if a then b else c`")
    trailing(p)


def missing_word(p: Cursor, keyword: str, last: str) -> NoReturn:
    """A keyword that has to stand here, in a loop whose last keyword is ``last``."""
    p.fail("keyword", f"`{keyword}` is missing", hint=LOOPS[last])


def missing_operand(p: Cursor) -> NoReturn:
    token = p.token
    if len(p.tokens) == 1:
        p.fail("empty", "there is no expression here", (0, max(1, len(p.source.text))))
    if p.at == 0:
        p.fail("operand", f"something is missing before {show(token)}")
    before = show(p.before)
    if token.kind == "end":
        p.fail("operand", f"something is missing after {before}", span_of(p.before), yaml_hint(p))
    p.fail("operand", f"something is missing between {before} and {show(token)}", (p.before.start, token.end))
