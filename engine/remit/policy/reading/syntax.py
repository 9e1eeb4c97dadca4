"""YAML's own syntax errors, told to the person who wrote the file.

The YAML library says ``mapping values are not allowed in this context``; a policy author needs to hear which line lost its
indentation, or which formula wants quotes. Each kind of error is one small function; the table at the end says which.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from remit.errors import Problem
from remit.language.source import Document
from remit.policy.reading.lines import Lines, in_quotes, value_at
from remit.policy.reading.tree import YamlScalar

__all__ = ["Reading", "explain"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the reading came: the last scalar before the error is often the one to blame."""

    document: Document
    last: YamlScalar | None


@dataclass(frozen=True, slots=True)
class _Fault:
    """What the YAML library complains about: at which offset, and where the thing begins that it was reading."""

    lines: Lines
    last: YamlScalar | None
    at: int
    begin: int
    context: str

    @property
    def char(self) -> str:
        return self.lines.text[self.at : self.at + 1]

    @property
    def brackets(self) -> str:
        """Those of the list or mapping that was being read."""
        return "[]" if self.lines.text[self.begin : self.begin + 1] == "[" else "{}"

    def problem(self, code: str, message: str, start: int, end: int, hint: str) -> Problem:
        return Problem(f"yaml/{code}", message, self.lines.document.place(start, end), hint=hint)

    def whole_line(self, number: int, code: str, message: str, hint: str) -> Problem:
        start, end = self.lines.extent(number)
        return self.problem(code, message, start, end, hint)


_RANGE: Final = re.compile(r"[\[(][^\[\](),{}\n]{1,80}\.\.[^\[\](),{}\n]{1,80}[\])]")
_QUOTED: Final = re.compile(r""" "[^"]*" | '[^']*' """, re.VERBOSE)


def explain(reading: Reading, error: Any) -> Problem:
    """The problem that ``error``, an exception of the YAML library, stands for."""
    lines = Lines(reading.document)
    mark = getattr(error, "problem_mark", None)
    begin = getattr(error, "context_mark", None)
    at = min(mark.index, len(lines.text)) if mark else 0
    context, said = (str(getattr(error, name, "") or "") for name in ("context", "problem"))
    fault = _Fault(lines, reading.last, at, begin.index if begin else at, context)
    for in_context, in_problem, tell in _CASES:
        if in_context in context and in_problem in said:
            found = tell(fault)
            if found is not None:
                return found
    return _unclear(fault)


def _tab(fault: _Fault) -> Problem | None:
    number = fault.lines.number(fault.at)
    start, _ = fault.lines.extent(number, indented=True)
    indent = fault.lines.text[start : fault.at + 1]
    tab = indent.find("\t")
    if tab < 0 or indent.strip(" \t"):
        return None
    return fault.problem("tab", "a tab cannot indent a line", start + tab, start + tab + 1, "indent with spaces")


def _open_quote(fault: _Fault) -> Problem:
    quote = fault.lines.text[fault.begin : fault.begin + 1]
    inside = '`\\"` for a quote' if quote == '"' else "`''` for an apostrophe"
    hint = f"close it with `{quote}`; write {inside} that belongs to the text"
    end = fault.lines.extent(fault.lines.number(fault.begin))[1]
    return fault.problem("open-quote", "this quote is never closed", fault.begin, end, hint)


def _escape(fault: _Fault) -> Problem:
    start = fault.lines.text.rfind("\\", 0, fault.at + 1)
    written = fault.lines.text[start : start + 2]
    hint = "write `\\\\` for a backslash, or put the text in single quotes"
    return fault.problem("escape", f"`{written}` means nothing inside double quotes", start, start + 2, hint)


def _runaway_quote(fault: _Fault) -> Problem | None:
    last = fault.last
    if last is None or last.style not in ("single", "double") or last.end > fault.at:
        return None
    first, end = fault.lines.number(last.start), fault.lines.number(last.end)
    if first == end or end != fault.lines.number(fault.at):
        return None
    message = f"this quote closes only on line {end + 1}, and the text goes on after it"
    hint = f"is the closing quote missing on line {first + 1}?"
    return fault.problem("open-quote", message, last.start, fault.lines.extent(first)[1], hint)


def _after_quote(fault: _Fault) -> Problem | None:
    last = fault.last
    if last is None or last.style not in ("single", "double") or fault.char in "]},:\n":
        return None
    if not last.end <= fault.at or fault.lines.number(last.end) != fault.lines.number(fault.at):
        return None
    whole = value_at(fault.lines.text, last.start, in_brackets="flow" in fault.context)
    message = "the value goes on after its closing quote"
    hint = f"put the whole value in quotes: `{in_quotes(whole)}`"
    return fault.problem("after-quote", message, fault.at, last.start + len(whole), hint)


def _needs_quotes(fault: _Fault) -> Problem | None:
    sign = fault.char
    if not sign or sign not in "@`%>|&*!\"'":
        return None
    whole = value_at(fault.lines.text, fault.at, in_brackets=fault.lines.in_brackets(fault.at))
    message = "a value cannot begin with a backtick" if sign == "`" else f"a value cannot begin with `{sign}` here"
    return fault.problem("needs-quotes", message, fault.at, fault.at + len(whole), _quote_it(whole))


def _quote_it(whole: str) -> str:
    return "put it in quotes" if "`" in whole else f"put it in quotes: `{in_quotes(whole)}`"


def _block_text(fault: _Fault) -> Problem:
    sign = fault.lines.text[fault.begin : fault.begin + 1]
    whole = value_at(fault.lines.text, fault.begin, in_brackets=False)
    message = f"a value that begins with `{sign}` is the start of a long text in YAML"
    hint = _quote_it(whole)
    return fault.problem("needs-quotes", message, fault.begin, fault.begin + len(whole), hint)


def _sign(fault: _Fault) -> Problem:
    whole = value_at(fault.lines.text, fault.begin, in_brackets=fault.lines.in_brackets(fault.begin))
    message = f"a value that begins with `{whole[:1]}` has a meaning of its own in YAML"
    hint = _quote_it(whole)
    return fault.problem("needs-quotes", message, fault.begin, fault.begin + len(whole), hint)


def _colon(fault: _Fault) -> Problem:
    lines, number = fault.lines, fault.lines.number(fault.at)
    start, _ = lines.extent(number)
    key, colon, _ = lines.text[start : fault.at].partition(": ")
    if colon:
        at = start + len(key) + 2
        at += len(lines.text[at:]) - len(lines.text[at:].lstrip(" "))
        whole = value_at(lines.text, at, in_brackets=False)
        message = f"the value of `{key.removeprefix('- ').strip()}` has a colon in it, which YAML takes for another key"
        return fault.problem("colon", message, at, at + len(whole), _quote_it(whole))
    above = lines.above(number)
    return _unclear(fault) if above is None else _colon_below(fault, number, above)


def _colon_below(fault: _Fault, number: int, above: int) -> Problem:
    """The line ``number`` looks right by itself, but cannot stand under the line ``above``."""
    lines = fault.lines
    here, there = lines.column(number), lines.column(above)
    if here == there and not lines.has_colon(above):
        head = lines.owner(number)
        if head is None or not lines.has_colon(head):
            return _line_without_colon(fault, above)
        message = f"this line is read as part of the text that begins on line {head + 1}, and its colon as another key"
        hint = "put the whole text in quotes, or indent this line as its key should be"
        return fault.whole_line(number, "colon", message, hint)
    message = f"this line is indented further than line {above + 1}, which already has its value"
    hint = f"let it begin below the key of line {above + 1}: {_indented(there)}"
    return fault.whole_line(number, "indentation", message, hint)


def _no_colon(fault: _Fault) -> Problem:
    return _line_without_colon(fault, fault.lines.number(fault.begin))


def _line_without_colon(fault: _Fault, number: int) -> Problem:
    start, end = fault.lines.extent(number)
    tight = re.match(r"(?:- )*([\w.-]+):(\S.*)", fault.lines.text[start:end])
    if tight:
        hint = f"put a space after the colon: `{tight[1]}: {tight[2]}`"
        return fault.problem("missing-space", "there is no space after the colon", start, end, hint)
    hint = "write `key: value`; text that belongs to the line above must be indented further than its key"
    return fault.problem("missing-colon", "this line has no colon", start, end, hint)


def _stray_bracket(fault: _Fault) -> Problem | None:
    if not fault.char or fault.char not in "]})":
        return None
    message = f"`{fault.char}` closes nothing that was opened"
    hint = "delete it, or put the value in quotes if it belongs to it"
    return fault.problem("bracket", message, fault.at, fault.at + 1, hint)


def _indentation(fault: _Fault) -> Problem | None:
    lines, number = fault.lines, fault.lines.number(fault.at)
    start, end = lines.extent(number)
    if fault.at != start:
        return None
    here = lines.indent(number)
    item = lines.text.startswith("-", start)
    columns = lines.columns_above(number)
    if here in columns and not item and "collection" in fault.context:
        message = "this line stands among the items of a list, but does not begin with `- `"
        hint = "begin it with `- `, or indent it further so that it belongs to the item above"
        return fault.problem("indentation", message, start, end, hint)
    if here in columns and item:
        message = "a list item stands here among keys"
        return fault.problem("indentation", message, start, end, "indent it under the key that it belongs to")
    fitting = sorted(sorted(columns, key=lambda column: abs(column - here))[:2])
    message = f"this line is {_spaces(here)}, which fits none of the lines above"
    hint = _indented(*fitting) if fitting else "check the lines above"
    return fault.problem("indentation", message, start, end, hint)


def _spaces(count: int) -> str:
    return "not indented" if count == 0 else f"indented by {count} space{'s' if count > 1 else ''}"


def _indented(*counts: int) -> str:
    by = " or ".join(str(count) for count in counts if count)
    spaces = f"indent it by {by} space{'' if by == '1' else 's'}"
    return spaces if 0 not in counts else "do not indent it" + (f", or {spaces}" if by else "")


def _range(fault: _Fault) -> Problem | None:
    """``[1..2)``, or ``(1..2]`` inside brackets: YAML counts their brackets as its own."""
    lines = fault.lines
    for number in sorted({lines.number(fault.begin), lines.number(fault.at)}):
        start, end = lines.extent(number)
        line = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), lines.text[start:end])
        for found in _RANGE.finditer(line):
            if found[0].startswith("[") != found[0].endswith("]"):
                at = start + found.start()
                message = f"YAML cannot read the range `{found[0]}` without quotes"
                return fault.problem("needs-quotes", message, at, at + len(found[0]), _quote_it(found[0]))
    return None


def _formula_in_brackets(fault: _Fault) -> Problem | None:
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
    return fault.problem("needs-quotes", message, last.start, last.start + len(whole), _quote_it(whole))


def _brackets(fault: _Fault) -> Problem:
    opening, closing = fault.brackets[0], fault.brackets[1]
    number = fault.lines.number(fault.begin)
    if fault.at >= len(fault.lines.text) or fault.lines.number(fault.at) != number:
        end = fault.lines.extent(number)[1]
        message = f"`{opening}` is opened here and never closed"
        return fault.problem("bracket", message, fault.begin, end, f"close it with `{closing}`")
    if fault.char in ("]", "}"):
        message = f"`{opening}` is opened here, but `{fault.char}` closes it"
        return fault.problem("bracket", message, fault.begin, fault.at + 1, f"close it with `{closing}`")
    hint = "put a comma between two values, and quotes around a formula"
    return fault.problem("comma", "a comma or a quote is missing here", fault.at, fault.at + 1, hint)


def _comma(fault: _Fault) -> Problem | None:
    if fault.char == ",":
        message, hint = "there is nothing before this comma", "delete it, or write the value"
        return fault.problem("comma", message, fault.at, fault.at + 1, hint)
    if fault.char == "-":
        hint = "inside `[ ]`, separate the items with commas"
        return fault.problem("comma", "an item inside `[ ]` cannot begin with `- `", fault.at, fault.at + 1, hint)
    return None


def _list_on_line(fault: _Fault) -> Problem:
    hint = "begin the list on the next line, or write it as `[a, b]`"
    end = fault.lines.extent(fault.lines.number(fault.at))[1]
    return fault.problem("list", "a list of lines with `- ` cannot begin on the line of its key", fault.at, end, hint)


def _directive(fault: _Fault) -> Problem:
    number = fault.lines.number(fault.begin)
    return fault.whole_line(number, "directive", "a line cannot begin with `%`", "indent it, or put it in quotes")


def _unclear(fault: _Fault) -> Problem:
    end = fault.lines.extent(fault.lines.number(fault.at))[1]
    hint = "check the quotes, the brackets and the indentation of this line and the one above"
    return fault.problem("syntax", "YAML cannot read on from here", fault.at, end, hint)


#: What must stand in the context and in the problem that the YAML library reports, and who explains it. The first that has
#: something to say is taken. Both of PyYAML's parsers (in C and in Python) are covered; their words differ a little.
_CASES: Final[tuple[tuple[str, str, Callable[[_Fault], Problem | None]], ...]] = (
    ("", "cannot start any token", _tab),
    ("", "tab character", _tab),
    ("quoted scalar", "unexpected end of stream", _open_quote),
    ("quoted scalar", "unexpected document", _open_quote),
    ("quoted scalar", "", _escape),
    ("block scalar", "", _block_text),
    ("anchor", "", _sign),
    ("alias", "", _sign),
    ("tag", "", _sign),
    ("directive", "", _directive),
    ("", "expected", _runaway_quote),
    ("while parsing a", "", _after_quote),
    ("", "cannot start any token", _needs_quotes),
    ("", "mapping values are not allowed", _colon),
    ("simple key", "", _no_colon),
    ("", "sequence entries are not allowed", _list_on_line),
    ("", "expected", _range),
    ("flow", "',' or", _formula_in_brackets),
    ("flow", "',' or", _brackets),
    ("", "node content", _comma),
    ("", "expected", _stray_bracket),
    ("", "expected", _indentation),
)
