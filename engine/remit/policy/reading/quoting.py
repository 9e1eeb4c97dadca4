"""Syntax errors that quotes would have prevented, or that quotes make."""

from __future__ import annotations

import re
from typing import Final

from remit.errors import Problem
from remit.policy.reading.faults import Fault
from remit.policy.reading.lines import in_quotes, value_at

__all__ = [
    "after_bracket",
    "after_quote",
    "block_text",
    "cut_by_comment",
    "escape",
    "formula_in_brackets",
    "half_open_range",
    "missing_comma",
    "needs_quotes",
    "open_quote",
    "quote_it",
    "runaway_quote",
    "sign",
]

_RANGE: Final = re.compile(r"[\[(][^\[\](),{}\n]{1,80}\.\.[^\[\](),{}\n]{1,80}[\])]")
_KEY: Final = re.compile(r"([A-Za-z_][\w.]*):(?= |$)", re.MULTILINE)
_QUOTED: Final = re.compile(r""" "[^"]*" | '[^']*' """, re.VERBOSE)


def open_quote(fault: Fault) -> Problem:
    quote = fault.lines.text[fault.begin : fault.begin + 1]
    inside = '`\\"` for a quote' if quote == '"' else "`''` for an apostrophe"
    hint = f"close it with `{quote}`; write {inside} that belongs to the text"
    end = fault.lines.extent(fault.lines.number(fault.begin))[1]
    return fault.problem("open-quote", "this quote is never closed", fault.begin, end, hint)


def cut_by_comment(fault: Fault) -> Problem | None:
    """``{say: You are guest #1}``: the bracket that closes it is, to YAML, part of a comment."""
    last, text = fault.last, fault.lines.text
    if last is None or not last.plain or last.end > fault.at:
        return None
    end = fault.lines.extent(fault.lines.number(last.end))[1]
    rest = text[last.end : max(last.end, end)]
    if not re.match(r"[ \t]+#\S", rest):
        return None
    at = last.end + rest.index("#")
    value = re.split(r"[],}]", rest)[0] if "flow" in fault.context else rest
    whole = " ".join(f"{text[last.start : last.end]}{value}".split())
    message = "YAML takes everything from `#` on for a comment"
    return fault.problem("comment", message, at, end, quote_it(whole))


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
    in_flow = "flow" in fault.context
    if last is None or last.style not in ("single", "double") or fault.char in ("]", "}", ":", "\n", ""):
        return None
    if not last.end <= fault.at or fault.lines.number(last.end) != fault.lines.number(fault.at):
        return None
    whole = value_at(fault.lines.text, last.start, in_brackets=in_flow)
    if fault.char == ",":
        return None if in_flow else _list_without_brackets(fault, last.start, whole)
    if in_flow and _KEY.match(fault.lines.text, fault.at):
        return missing_comma(fault, fault.at)
    message = "the value goes on after its closing quote"
    return fault.problem(
        "after-quote",
        message,
        fault.at,
        last.start + len(whole),
        _quote_all(whole, fault.lines.text[last.end : last.start + len(whole)]),
    )


def _quote_all(whole: str, rest: str) -> str:
    """Text that has quotes of its own around it wants others; a formula that begins with one wants them around all of it."""
    is_formula = re.match(r"\s*([-=<>!+*/]|(and|or|in|between)\b)", rest)
    inner = whole if is_formula or len(whole) < 3 or whole[0] != whole[-1] else whole[1:-1]
    return f"put the whole value in quotes: `{in_quotes(inner)}`"


def _list_without_brackets(fault: Fault, start: int, whole: str) -> Problem:
    message = "a list of several values stands in brackets"
    return fault.problem("after-quote", message, fault.at, start + len(whole), f"write `[{whole}]`, or put all of it in quotes")


def missing_comma(fault: Fault, at: int) -> Problem:
    """``{a: 1 b: 2}``, where ``b`` stands at ``at``."""
    found = _KEY.match(fault.lines.text, at)
    key = found[1] if found else ""
    hint = "put a comma before it, or quotes around the text that it belongs to"
    return fault.problem("comma", f"a comma is missing before `{key}:`", at, at + len(key) + 1, hint)


def after_bracket(fault: Fault) -> Problem | None:
    """``[1, 2][1]``, ``[a] and b``: YAML reads the list and then stumbles."""
    text, number = fault.lines.text, fault.lines.number(fault.at)
    line_start, _ = fault.lines.extent(number)
    before = text[line_start : fault.at].rstrip()
    if before[-1:] not in ("]", "}") or fault.char in ("]", "}", ",", ":", "", "\n"):
        return None
    start = line_start + _opening(before)
    whole = value_at(text, start, in_brackets="flow" in fault.context)
    message = f"the value goes on after `{before[-1]}`"
    return fault.problem("needs-quotes", message, fault.at, max(start + len(whole), fault.at + 1), quote_it(whole))


def _opening(text: str) -> int:
    """Where the bracket is opened that ``text`` ends with."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] in "]}") - (text[at] in "[{")
        if depth == 0:
            return at
    return 0


def needs_quotes(fault: Fault) -> Problem | None:
    sign = fault.char
    if not sign or sign not in "@`%>|&*!?\"'":
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
    words = lines.text[last.start : fault.at].rsplit(" ", 1)
    if fault.char == ":" and len(words) == 2 and _KEY.match(lines.text, fault.at - len(words[1])):
        return missing_comma(fault, fault.at - len(words[1]))
    sign = "a colon" if fault.char == ":" else f"`{fault.char}`"
    message = f"YAML cannot read {sign} inside a formula that stands in `{fault.brackets}`"
    return fault.problem("needs-quotes", message, last.start, last.start + len(whole), quote_it(whole))
