"""What people write by mistake where an operator belongs, or after the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Final, NoReturn

from remit.language.builtins import BUILTINS
from remit.language.currencies import CURRENCIES
from remit.language.lexer import KEYWORDS
from remit.language.nodes import Node, RangeLiteral
from remit.language.parsing.common_mistakes import COMPARISONS, CURRENCY_SIGNS, FUNCTIONS, PHRASES, UNITS
from remit.language.parsing.cursor import Cursor, show, span_of, yaml_hint
from remit.language.parsing.mending import never_closed, stray
from remit.language.parsing.separators import MixedNumber, mixed_number
from remit.language.suggestions import closest

__all__ = ["bare_range", "chained", "decimal_comma", "factor", "function_hint", "grouped_number", "lone_comparison", "trailing"]

_DATE_OR_TIME: Final = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_OPERAND: Final = re.compile(r"[\w.]+(?: [A-Z]{3}\b|\([^()]*\))?(?!\()")
_LEADING_ZEROS: Final = re.compile(r"0[0-9]{2}")


def chained(p: Cursor) -> NoReturn:
    """``1 < x < 10``"""
    p.fail(
        "chained",
        f"{show(p.token)} cannot follow another comparison",
        hint="write `x in [1..10]`, `x between 1 and 10`, or two comparisons with `and`",
    )


def lone_comparison(p: Cursor) -> None:
    """``x > 5 and < 10``"""
    if p.token.kind == "symbol" and p.token.text in ("<", "<=", ">", ">=", "=", "!="):
        p.fail(
            "operand",
            f"there is nothing before {show(p.token)} to compare",
            hint="repeat what is compared: `x > 5 and x < 10`, or write a range: `(5..10)`",
        )


def bare_range(p: Cursor, low: Node, read_high: Callable[[], Node]) -> Node:
    """``x in 1..5``: the brackets say whether the ends count. ``read_high`` reads the other end."""
    start = low.span[0]
    p.advance()
    high = read_high()
    span = p.since(start)
    text = p.source.text[slice(*span)]
    p.note("range", "a range needs brackets", span, f"write `[{text}]`, or `({text})` where the ends do not count")
    return RangeLiteral(low, high, True, True, span=span)


def trailing(p: Cursor) -> NoReturn:
    """The expression is complete, but the text goes on."""
    token, before = p.token, p.before
    shown = show(token)
    if token.kind == "open":
        never_closed(p)
    if token.kind == "symbol":
        match token.text:
            case ")" | "]" | "}":
                p.fail("unclosed", f"{shown} closes nothing", hint="remove it, or write the opening bracket")
            case "," if before.kind == "number" and (number := mixed_number(p.source.text, before.start)):
                _mixed(p, number)
            case ",":
                p.fail("operator", "a comma can only stand in a list or between arguments", hint=yaml_hint(p))
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
            case "(" if before.kind == "name" and before.text in BUILTINS:
                p.fail("operator", "functions have no prefix", span_of(before), f"write `{before.text}(...)`")
            case "(" if before.kind == "name":
                p.fail("operator", f"`{before.text}` is not a function", span_of(before), "to multiply, write `*`")
            case "..":
                ends = f"{before.text}..{p.peek().text}" if before.kind == p.peek().kind == "number" else "1..5"
                p.fail("range", "a range needs brackets", hint=f"write `[{ends}]`, or `({ends})` where the ends do not count")
    if token.kind == "bad":
        stray(p)
    if token.text in ("then", "else"):
        p.fail("keyword", f"there is no `if` for this `{token.text}`", hint="write `if a then b else c`")
    phrase = PHRASES.get(token.text.lower()) if token.kind == "name" else None
    if before.kind == p.peek().kind == "number" and token.text.lower() == "to":
        phrase = f"for a range write `[{before.text}..{p.peek().text}]`"
    phrase = _in_words(p) or phrase
    if phrase:
        p.fail("operator", f"{shown} is not an operator", hint=phrase)
    _juxtaposed(p)


def _in_words(p: Cursor) -> str | None:
    """What to write for arithmetic in words: ``20% off 30 EUR``, ``half of fee``, ``30 EUR per night``."""
    token, before, text = p.token, p.before, p.source.text
    word, rest = token.text.lower(), text[token.end :].strip()
    share = p.tokens[p.at - 2].text if before.text == "%" and p.at > 1 else ""
    if share and word in ("off", "less", "discount") and Decimal(share) <= 100:
        return f"write `{factor(rest.removeprefix('on ') or 'amount')} * {100 - Decimal(share):f}%`"
    if before.text.lower() == "half" and word == "of" and rest:
        return f"write `50% * {factor(rest)}`"
    if before.text.lower() == "up" and word == "to":
        return "remove `up to`: what may be given is a ceiling already"
    return "to multiply, write `*`" if word in ("per", "times") else None


def factor(text: str) -> str:
    """The name, amount or call that ``text`` begins with, as a part of a product; all of it in brackets where it is none."""
    found = _OPERAND.match(text)
    return found[0] if found else f"({text})"


def _mixed(p: Cursor, number: MixedNumber) -> NoReturn:
    start = p.before.start
    p.fail("number", f"`{number.text}` is not a number", (start, start + len(number.text)), number.hint)


def _juxtaposed(p: Cursor) -> NoReturn:
    """Two operands with nothing between them."""
    token, before = p.token, p.before
    number = mixed_number(p.source.text, before.start) if before.kind == token.kind == "number" else None
    if number:
        _mixed(p, number)
    hint: str | None = None
    span = (before.start, token.end)
    if token.text in ("x", "X"):
        hint = "to multiply, write `*`"
    elif before.text.lower() in ("twice", "double") and p.at == 1:
        hint = f"write `2 * {factor(p.source.text[token.start :].strip())}`"
    elif before.text in ("min", "max", "sum", "mean", "floor", "ceiling", "abs", "count"):
        hint = f"write the arguments in brackets: `{before.text}(...)`"
    elif before.text.upper() in CURRENCIES and token.kind == "number":
        hint = f"did you mean `{token.text} {before.text.upper()}`?"
    elif f"{before.text} {token.text}".lower() in COMPARISONS:
        hint = f"write `{COMPARISONS[f'{before.text} {token.text}'.lower()]}`"
    elif token.kind == "name" and before.kind == "name":
        near = p.names.near(" ".join(_words_around(p)))
        hint = f"did you mean `{near}`?" if near else None
    elif token.kind == "name" and before.kind == "number":
        hint = _unit_hint(before.text, token.text)
    elif token.kind == "name":
        near = closest(token.text, ("and", "or", "in", "between"))
        hint = f"did you mean `{near}`?" if near else None
    message = f"an operator is missing between `{before.text}` and {show(token)}"
    p.fail("operator", message, span, hint)


def _words_around(p: Cursor) -> Iterator[str]:
    """The words that stand here one after the other, as if they were one name."""
    first = last = p.at
    while first > 0 and p.tokens[first - 1].kind == "name" and p.tokens[first - 1].text not in KEYWORDS:
        first -= 1
    while p.tokens[last].kind == "name" and p.tokens[last].text not in KEYWORDS:
        last += 1
    return (token.text for token in p.tokens[first:last])


def _unit_hint(number: str, unit: str) -> str | None:
    plain = unit.lower()
    if unit in CURRENCY_SIGNS:
        return f"did you mean `{number} {CURRENCY_SIGNS[unit]}`?"
    if plain in ("working", "business"):
        return 'write `add working days(day, 5, "calendar")`'
    if plain in UNITS:
        return f"did you mean `{UNITS[plain].format(number)}`?"
    if plain.upper() in CURRENCIES:
        return f"did you mean `{number} {unit.upper()}`?"
    near = closest(plain, ("days", "hours", "minutes", "seconds", "weeks", "months", "years"))
    return f"did you mean `{number} {near}`?" if near else f"write the number alone: `{number}`"


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


def decimal_comma(p: Cursor, function: str) -> None:
    """``min(1,5 EUR, fee)``: one amount, not a number and an amount, which these functions never take together."""
    if function not in ("min", "max", "sum", "mean", "median"):
        return
    comma, after, unit = p.before, p.token, p.peek()
    number = p.tokens[p.at - 2]
    if (
        number.kind == after.kind == "number"
        and number.text.isdigit()
        and after.text.isdigit()
        and number.end + 1 == after.start == comma.end
        and unit.text in CURRENCIES
    ):
        amount = f"{number.text}.{after.text} {unit.text}"
        hint = f"write it with a point: `{amount}`; put a space after the comma if these are two values"
        p.note("number", f"`{number.text},{after.text}` is not a number", (number.start, after.end), hint)


def function_hint(name: str, functions: Iterable[str]) -> str | None:
    """What to write in place of a function that there is not."""
    plain = name.lower().replace("_", " ")
    known = FUNCTIONS.get(plain.replace(" ", ""))
    if known is not None:
        return known
    near = closest(plain, functions)
    return f"did you mean `{near}`?" if near else None
