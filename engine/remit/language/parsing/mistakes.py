"""What people write by mistake, and what to tell them. Where the meaning is plain, the mistake is noted and reading goes on,
so that all of them are told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NoReturn
from unicodedata import category

from remit.language.currencies import CURRENCIES
from remit.language.lexer import KEYWORDS, Token
from remit.language.nodes import Call, Literal, Node, RangeLiteral
from remit.language.parsing.cursor import Cursor
from remit.language.parsing.hints import CURRENCY_SIGNS, FUNCTIONS, OPERATORS, PHRASES, QUOTES, UNITS

if TYPE_CHECKING:
    from remit.language.parsing.calls import Calls

__all__ = [
    "bare_range",
    "chained",
    "function_hint",
    "grouped_number",
    "lone_comparison",
    "mend",
    "missing_branch",
    "missing_word",
    "operand",
    "trailing",
    "unclosed",
    "word",
]

_DATE_OR_TIME: Final = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_LEADING_ZEROS: Final = re.compile(r"0[0-9]{2}")


def _show(token: Token) -> str:
    return f"`{token.text}`"


def _span(token: Token) -> tuple[int, int]:
    return token.start, token.end


# Where an operator belongs


def mend(p: Cursor) -> bool:
    """Read what stands here as the operator or keyword that is meant; whether there was anything to mend."""
    token = p.token
    meant = OPERATORS.get(token.text) if token.kind in ("bad", "name") else None
    if meant is not None:
        negated = token.text == "is" and p.peek().text == "not"
        meant = "!=" if negated else meant
        shown = "is not" if negated else token.text
        p.note("operator", f"`{shown}` is not an operator", _span(token), f"write `{meant}`")
        p.replace(meant, tokens=2 if negated else 1)
        return True
    if token.kind == "name" and token.text.lower() in KEYWORDS and token.text not in KEYWORDS:
        return _lower(p)
    if token.kind == "symbol" and token.text == "!" and p.peek().text == "=":
        p.note("operator", "`! =` is not an operator", (token.start, p.peek().end), "write `!=`")
        p.replace("!=", tokens=2)
        return True
    return False


def _lower(p: Cursor) -> bool:
    meant = p.token.text.lower()
    p.note("keyword", f"`{p.token.text}` must be in lower case", p.here, f"write `{meant}`")
    p.replace(meant)
    return True


def chained(p: Cursor) -> NoReturn:
    """``1 < x < 10``"""
    p.fail(
        "chained",
        f"{_show(p.token)} cannot follow another comparison",
        hint="write `x in [1..10]`, `x between 1 and 10`, or two comparisons with `and`",
    )


def lone_comparison(p: Cursor) -> None:
    """``x > 5 and < 10``"""
    if p.token.kind == "symbol" and p.token.text in ("<", "<=", ">", ">=", "=", "!="):
        p.fail(
            "operand",
            f"there is nothing before {_show(p.token)} to compare",
            hint="repeat what is compared: `x > 5 and x < 10`, or write a range: `(5..10)`",
        )


def bare_range(p: Calls, low: Node) -> Node:
    """``x in 1..5``: the brackets say whether the ends count."""
    start = low.span[0]
    p.advance()
    high = p.expression(4)
    span = p.since(start)
    text = p.source.text[slice(*span)]
    p.note("range", "a range needs brackets", span, f"write `[{text}]`, or `({text})` where the ends do not count")
    return RangeLiteral(low, high, True, True, span=span)


def trailing(p: Cursor) -> NoReturn:
    """The expression is complete, but the text goes on."""
    token, before = p.token, p.before
    shown = _show(token)
    if token.kind == "open":
        _never_closed(p)
    if token.kind == "symbol":
        match token.text:
            case ")" | "]" | "}":
                p.fail("unclosed", f"{shown} closes nothing", hint="remove it, or write the opening bracket")
            case "," if before.kind == "number" and re.fullmatch("[0-9]{3}", p.peek().text):
                whole = p.source.text[before.start : p.peek().end]
                p.fail(
                    "number",
                    f"`{whole}` is not a number",
                    (before.start, p.peek().end),
                    f"write it without a separator: `{before.text}{p.peek().text}`",
                )
            case ",":
                p.fail("operator", "a comma can only stand in a list or between arguments", hint=_yaml_hint(p))
            case ":":
                found = _DATE_OR_TIME.match(p.source.text, before.start)
                if found and before.kind == "number":
                    hint = f'write `@"{found.group()}{":00" * (2 - found.group().count(":"))}"`'
                    p.fail("date", f"`{found.group()}` is not a time", found.span(), hint)
                p.fail("operator", "`:` is not an operator")
            case "?":
                p.fail("operator", "`?` is not an operator", hint="write `if condition then this else that`")
            case ";":
                p.fail("operator", "`;` is not needed here", hint="a formula is one expression: remove it")
            case "%":
                p.fail(
                    "operator",
                    "`%` can only follow a number",
                    hint="for the rest of a division write `modulo(a, b)`; for a percentage write `x * 25%`",
                )
            case "(":
                p.fail("operator", f"`{before.text}` is not a function", _span(before), "to multiply, write `*`")
            case "..":
                p.fail("range", "a range needs brackets", hint="write `[1..5]`, or `(1..5)` where the ends do not count")
    if token.kind == "bad":
        _stray(p)
    if token.text in ("then", "else"):
        p.fail("keyword", f"there is no `if` for this `{token.text}`", hint="write `if a then b else c`")
    phrase = PHRASES.get(token.text.lower()) if token.kind == "name" else None
    if phrase:
        p.fail("operator", f"{shown} is not an operator", hint=phrase)
    _juxtaposed(p)


def _juxtaposed(p: Cursor) -> NoReturn:
    """Two operands with nothing between them."""
    token, before = p.token, p.before
    hint: str | None = None
    span = (before.start, token.end)
    joined = " ".join(p.source.text[slice(*span)].split())
    if token.kind == "name" and before.kind == "name":
        near = p.names.near(joined)
        hint = f"did you mean `{near}`?" if near else None
    elif token.kind == "name" and before.kind == "number":
        hint = _unit_hint(before.text, token.text)
    elif token.kind == "name" and len(close := get_close_matches(token.text, ["and", "or", "in", "between"], 1, 0.6)):
        hint = f"did you mean `{close[0]}`?"
    message = f"an operator is missing between `{before.text}` and {_show(token)}"
    p.fail("operator", message, span, hint)


def _unit_hint(number: str, unit: str) -> str | None:
    plain = unit.lower()
    if plain in ("working", "business"):
        return 'write `add working days(day, 5, "calendar")`'
    if plain in UNITS:
        return f"did you mean `{UNITS[plain].format(number)}`?"
    if plain.upper() in CURRENCIES:
        return f"did you mean `{number} {unit.upper()}`?"
    near = get_close_matches(plain, ["days", "hours", "minutes", "seconds", "weeks", "months", "years"], 1, 0.6)
    return f"did you mean `{number} {near[0]}`?" if near else None


# Where an operand belongs


def operand(p: Calls) -> Node:
    """What to make of a token that cannot begin an operand."""
    token = p.token
    if token.kind == "open":
        _never_closed(p)
    if token.text in QUOTES and token.kind == "bad":
        return _quoted(p)
    if token.kind == "symbol" and token.text == "!":
        p.note("operator", "`!` is not an operator", p.here, "write `not(...)`")
        p.advance()
        return _negated(p, token)
    if token.text in ("=", "==") and p.at == 0:
        p.note("operator", f"a formula does not begin with {_show(token)}", p.here, "remove it")
        p.advance()
        return p.expression()
    if token.kind == "symbol" and token.text == "+":
        p.note("operator", "`+` needs something before it", p.here, "remove it")
        p.advance()
        return p.operand()
    if token.kind == "bad" and token.text in OPERATORS and mend(p):
        return p.operand() if p.stands("-") else operand(p)
    if token.kind == "bad":
        _stray(p)
    return _missing(p)


def _missing(p: Cursor) -> NoReturn:
    token = p.token
    if len(p.tokens) == 1:
        p.fail("empty", "there is no expression here", (0, max(1, len(p.source.text))))
    if p.at == 0:
        p.fail("operand", f"something is missing before {_show(token)}")
    before = _show(p.before)
    if token.kind == "end":
        p.fail("operand", f"something is missing after {before}", _span(p.before), _yaml_hint(p))
    p.fail("operand", f"something is missing between {before} and {_show(token)}", (p.before.start, token.end))


def word(p: Calls) -> Node | None:
    """A word that is not a known name where an operand belongs: what it is meant to be, if that is plain."""
    token = p.token
    if category(token.text[0]) == "Sc":
        _currency_sign(p)
    if token.text == "not":
        p.note("operator", "`not` is a function", p.here, "write `not(...)`")
        p.advance()
        return _negated(p, token)
    if token.text == "NOT":
        _lower(p)
        return p.operand()
    if token.text not in KEYWORDS and token.text.lower() in KEYWORDS:
        _lower(p)
        return p.operand()
    if token.text in ("None", "nil", "NULL"):
        p.note("keyword", f"{_show(token)} is not a value", p.here, "write `null`")
        p.advance()
        return Literal(None, span=_span(token))
    return None


def _negated(p: Calls, token: Token) -> Node:
    inner = p.expression(4)
    return Call("not", (inner,), span=p.since(token.start))


def _quoted(p: Cursor) -> Node:
    """Text in quotes of another kind: everything up to the matching one."""
    opening, text = p.token, p.source.text
    end = text.find(QUOTES[opening.text], opening.end)
    if end < 0:
        p.fail(
            "quote", f"{_show(opening)} is not a quotation mark here", hint='text stands in straight double quotes: `"gold"`'
        )
    inner = text[opening.end : end]
    p.note("quote", "text stands in straight double quotes", (opening.start, end + 1), f'write `"{inner}"`')
    while p.token.start <= end and p.token.kind != "end":
        p.advance()
    return Literal(inner, span=(opening.start, end + 1))


def _currency_sign(p: Cursor) -> NoReturn:
    token = p.token
    amount = token.text[1:] or (p.peek().text if p.peek().kind == "number" else "30")
    end = token.end if token.text[1:] or p.peek().kind != "number" else p.peek().end
    code = CURRENCY_SIGNS.get(token.text[0], "EUR")
    p.fail("currency", f"`{token.text[0]}` is not the code of a currency", (token.start, end), f"write `{amount} {code}`")


def _stray(p: Cursor) -> NoReturn:
    token = p.token
    if category(token.text[0]) == "Sc":
        _currency_sign(p)
    if token.text in QUOTES:
        p.fail("quote", f"{_show(token)} is not a quotation mark here", hint='text stands in straight double quotes: `"gold"`')
    p.fail("character", f"{_show(token)} cannot stand in a formula", hint="remove it")


def _never_closed(p: Cursor) -> NoReturn:
    token = p.token
    if token.text.startswith("/*"):
        p.fail("unclosed", "this comment is never closed", (token.start, token.start + 2), "close it with `*/`")
    p.fail("quote", "this text is never closed", hint=_yaml_hint(p) or 'close it with `"`')


# Brackets and keywords that are missing


def unclosed(p: Cursor, opening: Token, closing: str) -> NoReturn:
    """``opening`` should have been closed here."""
    if p.token.kind == "end":
        hint = _yaml_hint(p) or f"close it with `{closing}`"
        p.fail("unclosed", f"{_show(opening)} is never closed", _span(opening), hint)
    if p.token.kind == "symbol" and p.token.text in ")]}":
        p.fail(
            "unclosed",
            f"{_show(opening)} is closed by {_show(p.token)}",
            (opening.start, p.token.end),
            f"close it with `{closing}`",
        )
    trailing(p)


def missing_branch(p: Cursor, opening: Token, keyword: str) -> NoReturn:
    """An ``if`` without ``then``, or without ``else``."""
    if p.token.kind in ("end", "symbol"):
        hint = "write `if a then b else c`" + ("; `else null` where there is nothing else" if keyword == "else" else "")
        p.fail("else" if keyword == "else" else "then", f"this `if` has no `{keyword}`", _span(opening), hint)
    trailing(p)


def missing_word(p: Cursor, keyword: str) -> NoReturn:
    """A keyword that has to stand here."""
    p.fail("keyword", f"`{keyword}` is missing", hint="write `some x in list satisfies x > 1`")


def grouped_number(p: Cursor) -> None:
    """``1,000`` in a list: a thousand, not one and nought."""
    comma, after = p.before, p.token
    number = p.tokens[p.at - 2]
    if (
        number.kind == after.kind == "number"
        and _LEADING_ZEROS.fullmatch(after.text)
        and number.end + 1 == after.start == comma.end
    ):
        p.note(
            "number",
            f"`{number.text},{after.text}` is not a number",
            (number.start, after.end),
            f"write it without a separator: `{number.text}{after.text}`",
        )


def function_hint(name: str, functions: Iterable[str]) -> str | None:
    """What to write in place of a function that there is not."""
    plain = name.lower().replace("_", " ")
    known = FUNCTIONS.get(plain.replace(" ", ""))
    if known is not None:
        return known
    near = get_close_matches(plain, list(functions), 1, 0.6)
    return f"did you mean `{near[0]}`?" if near else None


def _yaml_hint(p: Cursor) -> str | None:
    """Inside YAML, a formula may have been cut off."""
    if p.source.offsets is None:
        return None
    return "YAML may have cut this formula at a comma, a colon or a `#`: put all of it in quotes"
