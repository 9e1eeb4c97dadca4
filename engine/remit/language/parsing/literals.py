"""Constants: text, numbers, and what remit adds to numbers: money, percent and plain durations."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from remit.language import temporal
from remit.language.currencies import CURRENCIES
from remit.language.lexer import Token
from remit.language.nodes import Literal, Node
from remit.language.parsing.cursor import Cursor
from remit.language.parsing.wrong_operators import factor
from remit.language.suggestions import closest
from remit.language.values import CONTEXT, Money, Months

__all__ = ["SECONDS", "Literals", "unescape"]

_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|[\"'\\nrt])")
_SIMPLE: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
#: The units of durations, in seconds.
SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_MONTHS: Final = {"month": 1, "year": 12}
_LONGEST_NUMBER: Final = 100
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")


def unescape(text: str) -> str:
    """The text that a string literal (without its quotes) stands for. Unknown escapes such as ``\\d`` stay as they are."""
    if "\\" not in text:
        return text
    out = _ESCAPE.sub(_escape, text)
    # Two escapes may together name one character beyond the first plane (UTF-16, as Java and JavaScript write it).
    return out.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escape(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "uU" and len(code) > 1:
        point = int(code[1:], 16)
        return chr(point) if point <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"
    return _SIMPLE[code]


class Literals(Cursor):
    """Reads constants."""

    def text(self) -> Node:
        """``"..."``"""
        token = self.advance()
        return Literal(unescape(token.text[1:-1]), span=(token.start, token.end))

    def at_literal(self) -> Node:
        """``@"2026-01-01"``, ``@"PT36H"``"""
        start = self.advance().start
        token = self.token
        if token.kind != "text":
            self.fail(
                "at-literal", "`@` stands before a date, a time or a duration in quotes", hint='write it like `@"2026-01-31"`'
            )
        self.advance()
        value = temporal.parse_at(unescape(token.text[1:-1]), cut=not self.untyped)
        if value is None:
            self.note_if_typed(
                "at-literal",
                f"`{token.text}` is not a date, a time, a date-time or a duration",
                (token.start, token.end),
                'write `@"2026-01-31"`, `@"14:30:00"`, `@"2026-01-31T14:30:00Z"`, `@"P2DT12H"` or `@"P1Y6M"`',
            )
        return Literal(value, span=(start, token.end))

    def number(self) -> Literal:
        """``12``, ``1.5``, ``2e3``, and ``30 EUR``, ``25%``, ``90 days``."""
        token = self.token
        self._refuse_bare_date(token)
        self.advance()
        value: Any = self._decimal(token)
        follow = self.token
        if follow.text == "%" and follow.kind == "symbol":
            self.advance()
            self._refuse_modulo()
            value = CONTEXT.scaleb(value, -2)
        elif follow.kind == "name":
            value = self._with_unit(token, value, follow)
        return Literal(value, span=self.since(token.start))

    def _decimal(self, token: Token) -> Decimal:
        text = token.text
        number = Decimal(text) if len(text) <= _LONGEST_NUMBER else None
        if number is None or (number and abs(number.adjusted()) > CONTEXT.Emax):
            self.fail("number", f"`{text[:40]}` is out of the range of numbers", (token.start, token.end))
        return CONTEXT.plus(number)

    def _with_unit(self, token: Token, number: Decimal, follow: Token) -> Any:
        """The number, or what it is together with the word after it: money or a duration."""
        word = follow.text
        if word in CURRENCIES:
            self.advance()
            return Money(number, word)
        single = word.removesuffix("s")
        if single in SECONDS:
            self.advance()
            return self._duration(token, CONTEXT.multiply(number, SECONDS[single]))
        if single in _MONTHS:
            self.advance()
            if number != number.to_integral_value():
                message = f"`{token.text} {word}` is not a whole number of {single}s"
                self.fail("duration", message, (token.start, follow.end), "write whole months, or days")
            return self._months(token, number * _MONTHS[single])
        if len(word) == 3 and word.isascii() and word.isalpha() and word.isupper() and word not in ("AND", "NOT"):
            self._unknown_currency(word, token, follow)
        return number

    def _duration(self, token: Token, seconds: Decimal) -> timedelta:
        try:
            return timedelta(microseconds=int(CONTEXT.scaleb(seconds, 6)))
        except OverflowError:
            self.fail("duration", "this duration is too long", self.since(token.start))

    def _months(self, token: Token, months: Decimal) -> Months:
        if months > 120_000:
            self.fail("duration", "this duration is too long", self.since(token.start))
        return Months(int(months))

    def _unknown_currency(self, word: str, token: Token, follow: Token) -> None:
        self.advance()
        near = closest(word, ("EUR", "GBP", "USD")) or closest(word, CURRENCIES)
        self.note(
            "currency",
            f"`{word}` is not the code of a currency (ISO 4217)",
            (follow.start, follow.end),
            f"did you mean `{token.text} {near}`?" if near else "write the code of the currency, like `30 EUR`",
        )

    def _refuse_modulo(self) -> None:
        """``10%5`` and ``10% of x`` read as if ``%`` were an operator."""
        follow = self.token
        if follow.kind in ("number", "text") or (follow.kind == "symbol" and follow.text == "("):
            self.fail(
                "operator",
                "`%` is a percent sign, not the rest of a division",
                (self.before.start, self.before.end),
                "for the rest of a division write `modulo(10, 5)`; for a percentage write `25% * amount`",
            )
        if follow.kind == "name" and follow.text == "of":
            share, rest = self.tokens[self.at - 2].text, self.source.text[follow.end :].strip()
            self.fail("operator", "`of` is not an operator", hint=f"write `{share}% * {factor(rest or 'amount')}`")

    def _refuse_bare_date(self, token: Token) -> None:
        """``2026-01-31`` without quotes would be a subtraction."""
        found = _DATE.match(self.source.text, token.start)
        if found and len(token.text) == 4:
            self.fail(
                "date",
                f"`{found.group()}` without quotes is a subtraction, not a date",
                found.span(),
                f'write `@"{found.group()}"`',
            )
