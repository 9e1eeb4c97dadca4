"""Single tokens that are not of the language: read as what they plainly mean, or refused."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NoReturn

from remit.language.lexer import KEYWORDS
from remit.language.nodes import Literal, Node
from remit.language.parsing.common_mistakes import CURRENCY_SIGNS, OPERATORS, QUOTES
from remit.language.parsing.cursor import Cursor, show, yaml_hint
from remit.language.values import Money

__all__ = ["currency_sign", "lower", "mend", "never_closed", "stray"]


def mend(p: Cursor) -> bool:
    """Read what stands here as the operator or keyword that is meant; whether there was anything to mend."""
    token = p.token
    meant = OPERATORS.get(token.text) if token.kind in ("bad", "name") else None
    if token.text == "&" and "text" in (p.before.kind, p.peek().kind):
        meant = "+"  # two texts are joined
    if meant is not None:
        negated = token.text == "is" and p.peek().text == "not"
        meant = "!=" if negated else meant
        shown = "is not" if negated else token.text
        span = (token.start, p.peek().end if negated else token.end)
        p.note("operator", f"`{shown}` is not an operator", span, f"write `{meant}`")
        p.replace(meant, tokens=2 if negated else 1)
        return True
    if token.kind == "name" and token.text.lower() in KEYWORDS and token.text not in KEYWORDS:
        return lower(p)
    if token.kind == "symbol" and token.text == "!" and p.peek().text == "=":
        p.note("operator", "`! =` is not an operator", (token.start, p.peek().end), "write `!=`")
        p.replace("!=", tokens=2)
        return True
    return False


def lower(p: Cursor) -> bool:
    meant = p.token.text.lower()
    p.note("keyword", f"`{p.token.text}` must be in lower case", p.here, f"write `{meant}`")
    p.replace(meant)
    return True


def currency_sign(p: Cursor) -> Node:
    """``€30``, ``$ 30``"""
    sign = p.advance()
    amount, end = sign.text[1:], sign.end
    if not amount and p.token.kind == "number":
        amount, end = p.token.text, p.token.end
        p.advance()
    code = CURRENCY_SIGNS.get(sign.text[0])
    message, span = f"`{sign.text[0]}` is not the code of a currency", (sign.start, end)
    number = re.fullmatch(r"[0-9]+(\.[0-9]+)?", amount)
    if code is None or number is None:
        p.fail("currency", message, span, "write the code of the currency, like `30 EUR`")
    p.note("currency", message, span, f"write `{amount} {code}`")
    return Literal(Money(Decimal(amount), code), span=span)


def stray(p: Cursor) -> NoReturn:
    token = p.token
    if token.text in CURRENCY_SIGNS and p.before.kind == "number":
        span, amount = (p.before.start, token.end), p.before.text
        p.fail(
            "currency", f"`{token.text}` is not the code of a currency", span, f"write `{amount} {CURRENCY_SIGNS[token.text]}`"
        )
    if token.text in QUOTES:
        p.fail("quote", f"{show(token)} is not a quotation mark here", hint='text stands in straight double quotes: `"gold"`')
    p.fail("character", f"{show(token)} cannot stand in a formula", hint="remove it")


def never_closed(p: Cursor) -> NoReturn:
    token = p.token
    if token.text.startswith("/*"):
        p.fail("unclosed", "this comment is never closed", (token.start, token.start + 2), "close it with `*/`")
    p.fail("quote", "this text is never closed", hint=yaml_hint(p) or 'close it with `"`')
