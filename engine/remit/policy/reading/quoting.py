"""Syntax errors that quotes would have prevented, or that quotes make."""

from __future__ import annotations

import re
from typing import Final

from remit.errors import Problem
from remit.policy.reading.faults import Fault
from remit.policy.reading.lines import in_quotes, value_at

__all__ = [
    "after_quote",
    "block_text",
    "escape",
    "formula_in_brackets",
    "half_open_range",
    "needs_quotes",
    "open_quote",
    "quote_it",
    "runaway_quote",
    "sign",
]

_RANGE: Final = re.compile(r"[\[(][^\[\](),{}\n]{1,80}\.\.[^\[\](),{}\n]{1,80}[\])]")
_QUOTED: Final = re.compile(r""" "[^"]*" | '[^']*' """, re.VERBOSE)


def open_quote(fault: Fault) -> Problem:
    quote = fault.lines.text[fault.begin : fault.begin + 1]
    inside = '`\\"` for a quote' if quote == '"' else "`''` for an apostrophe"
    hint = f"close it with `{quote}`; write {inside} that belongs to the text"
    end = fault.lines.extent(fault.lines.number(fault.begin))[1]
    return fault.problem("open-quote", "this quote is never closed", fault.begin, end, hint)


def escape(fault: Fault) -> Problem:
    start = fault.lines.text.rfind("\\", 0, fault.at + 1)
    written = fault.lines.text[start : start + 2]
    hint = "write `\\\\` for a backslash, or put the text in single quotes"
    return fault.problem("escape", f"`{written}` means nothing inside double quotes", start, start + 2, hint)


def runaway_quote(fault: Fault) -> Problem | None:
    last = fault.last
    if last is None or last.style not in ("single", "double") or last.end > fault.at:
        return None
    first, end = fault.lines.number(last.start), fault.lines.number(last.end)
    if first == end or end != fault.lines.number(fault.at):
        return None
    message = f"this quote closes only on line {end + 1}, and the text goes on after it"
    hint = f"is the closing quote missing on line {first + 1}?"
    return fault.problem("open-quote", message, last.start, fault.lines.extent(first)[1], hint)


def after_quote(fault: Fault) -> Problem | None:
    last = fault.last
    if last is None or last.style not in ("single", "double") or fault.char in "]},:\n":
        return None
    if not last.end <= fault.at or fault.lines.number(last.end) != fault.lines.number(fault.at):
        return None
    whole = value_at(fault.lines.text, last.start, in_brackets="flow" in fault.context)
    message = "the value goes on after its closing quote"
    hint = f"put the whole value in quotes: `{in_quotes(whole)}`"
    return fault.problem("after-quote", message, fault.at, last.start + len(whole), hint)


def needs_quotes(fault: Fault) -> Problem | None:
    sign = fault.char
    if not sign or sign not in "@`%>|&*!\"'":
        return None
    whole = value_at(fault.lines.text, fault.at, in_brackets=fault.lines.in_brackets(fault.at))
    message = "a value cannot begin with a backtick" if sign == "`" else f"a value cannot begin with `{sign}` here"
    return fault.problem("needs-quotes", message, fault.at, fault.at + len(whole), quote_it(whole))


def quote_it(whole: str) -> str:
    return "put it in quotes" if "`" in whole else f"put it in quotes: `{in_quotes(whole)}`"


def block_text(fault: Fault) -> Problem:
    sign = fault.lines.text[fault.begin : fault.begin + 1]
    whole = value_at(fault.lines.text, fault.begin, in_brackets=False)
    message = f"a value that begins with `{sign}` is the start of a long text in YAML"
    hint = quote_it(whole)
    return fault.problem("needs-quotes", message, fault.begin, fault.begin + len(whole), hint)


def sign(fault: Fault) -> Problem:
    whole = value_at(fault.lines.text, fault.begin, in_brackets=fault.lines.in_brackets(fault.begin))
    message = f"a value that begins with `{whole[:1]}` has a meaning of its own in YAML"
    hint = quote_it(whole)
    return fault.problem("needs-quotes", message, fault.begin, fault.begin + len(whole), hint)


def half_open_range(fault: Fault) -> Problem | None:
    """``[1..2)``, or ``(1..2]`` inside brackets: YAML counts their brackets as its own."""
    lines = fault.lines
    for number in sorted({lines.number(fault.begin), lines.number(fault.at)}):
        start, end = lines.extent(number)
        line = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), lines.text[start:end])
        for found in _RANGE.finditer(line):
            if found[0].startswith("[") != found[0].endswith("]"):
                at = start + found.start()
                message = f"YAML cannot read the range `{found[0]}` without quotes"
                return fault.problem("needs-quotes", message, at, at + len(found[0]), quote_it(found[0]))
    return None


def formula_in_brackets(fault: Fault) -> Problem | None:
    lines, last = fault.lines, fault.last
    if fault.char not in ("[", "{", ":", "?") or last is None or not last.plain:
        return None
    number = lines.number(fault.at)
    if lines.number(last.start) != number or (fault.char == ":" and number != lines.number(fault.begin)):
        return None
    whole = value_at(lines.text, last.start, in_brackets=True)
    if last.start + len(whole) <= fault.at:
        return None
    sign = "a colon" if fault.char == ":" else f"`{fault.char}`"
    message = f"YAML cannot read {sign} inside a formula that stands in `{fault.brackets}`"
    return fault.problem("needs-quotes", message, last.start, last.start + len(whole), quote_it(whole))
