"""Syntax errors of indentation, colons, brackets and commas."""

from __future__ import annotations

import re
from typing import Final

from remit.errors import Problem
from remit.language.words import plural
from remit.policy.reading.faults import Fault
from remit.policy.reading.lines import in_quotes, value_at
from remit.policy.reading.quoting import quote_it

__all__ = [
    "brackets_left_open",
    "colon",
    "comma",
    "directive",
    "indentation",
    "list_on_line",
    "no_colon",
    "no_key",
    "stray_bracket",
    "tab",
    "unclear",
]

_PAIR: Final = re.compile(r"[a-z_]\w*(?:\.\w+)*: [^\s,{}]+")
#: ``key:value``, which YAML takes for one word.
_TIGHT: Final = re.compile(r"(?:- )*([\w.-]+):(\S.*)")


def tab(fault: Fault) -> Problem | None:
    number = fault.lines.number(fault.at)
    start, _ = fault.lines.extent(number, indented=True)
    indent = fault.lines.text[start : fault.at + 1]
    tab = indent.find("\t")
    if tab < 0 or indent.strip(" \t"):
        return None
    return fault.problem("tab", "a tab cannot indent a line", start + tab, start + tab + 1, "indent with spaces")


def colon(fault: Fault) -> Problem:
    lines, number = fault.lines, fault.lines.number(fault.at)
    start, _ = lines.extent(number)
    key, colon, _ = lines.text[start : fault.at].partition(": ")
    if colon:
        at = start + len(key) + 2
        at += len(lines.text[at:]) - len(lines.text[at:].lstrip(" "))
        whole = value_at(lines.text, at, in_brackets=False)
        message = f"the value of `{key.removeprefix('- ').strip()}` has a colon in it, which YAML takes for another key"
        hint = quote_it(whole)
        if _PAIR.fullmatch(whole):
            hint = f"put braces around a key and its value: `{{{whole}}}`; quotes around text: `{in_quotes(whole)}`"
        return fault.problem("colon", message, at, at + len(whole), hint)
    above = lines.above(number)
    return unclear(fault) if above is None else _colon_below(fault, number, above)


def _colon_below(fault: Fault, number: int, above: int) -> Problem:
    """The line ``number`` looks right by itself, but cannot stand under the line ``above``."""
    lines = fault.lines
    here, there = lines.column(number), lines.column(above)
    if here == there and _TIGHT.match(lines.text, lines.extent(above)[0]):
        return _line_without_colon(fault, above)
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


def no_colon(fault: Fault) -> Problem:
    return _line_without_colon(fault, fault.lines.number(fault.begin))


def _line_without_colon(fault: Fault, number: int) -> Problem:
    start, end = fault.lines.extent(number)
    text = fault.lines.text[start:end]
    if re.match(r"-[^\s-]", text):
        hint = f"put a space after the dash: `- {text[1:]}`"
        return fault.problem("missing-space", "there is no space after the dash", start, end, hint)
    tight = _TIGHT.match(text)
    if tight:
        hint = f"put a space after the colon: `{tight[1]}: {tight[2]}`"
        return fault.problem("missing-space", "there is no space after the colon", start, end, hint)
    hint = "write `key: value`; text that belongs to the line above must be indented further than its key"
    return fault.problem("missing-colon", "this line has no colon", start, end, hint)


def no_key(fault: Fault) -> Problem | None:
    start, _ = fault.lines.extent(fault.lines.number(fault.at))
    if fault.char != ":" or fault.lines.text[start : fault.at].rstrip().rstrip("{,-"):
        return None
    message = "there is no key before this colon"
    return fault.problem("key", message, fault.at, fault.at + 1, "write `key: value`, or put the text in quotes")


def stray_bracket(fault: Fault) -> Problem | None:
    if not fault.char or fault.char not in "]})":
        return None
    message = f"`{fault.char}` closes nothing that was opened"
    hint = "delete it, or put the value in quotes if it belongs to it"
    return fault.problem("bracket", message, fault.at, fault.at + 1, hint)


def indentation(fault: Fault) -> Problem | None:
    lines, number = fault.lines, fault.lines.number(fault.at)
    start, end = lines.extent(number)
    if fault.at != start:
        return None
    if re.match(r"-[^\s-]", lines.text[start:end]):
        return _line_without_colon(fault, number)
    here = lines.indent(number)
    item = lines.text.startswith("-", start)
    columns = lines.columns_above(number)
    if here in columns and not item and "collection" in fault.context:
        message = "this line stands among the items of a list, but does not begin with `- `"
        hint = "begin it with `- `, or indent it further so that it belongs to the item above"
        return fault.problem("indentation", message, start, end, hint)
    if here in columns and item:
        message = "a list item stands here among keys"
        hint = "indent it under the key that it belongs to; or is the line of that key missing above?"
        return fault.problem("indentation", message, start, end, hint)
    above = lines.above(number)
    before = None if above is None else lines.above(above)
    if above is not None and before is not None and lines.indent(above) < here == lines.indent(before):
        message = "this line is indented less than those around it"
        return fault.whole_line(above, "indentation", message, f"{_indented(here)}, as line {number + 1} is")
    fitting = sorted(sorted(columns, key=lambda column: abs(column - here))[:2])
    message = f"this line is {_spaces(here)}, which fits none of the lines above"
    hint = _indented(*fitting) if fitting else "check the lines above"
    if 0 in fitting and here:
        hint += "; or is the line of the section that it belongs to missing above?"
    return fault.problem("indentation", message, start, end, hint)


def _spaces(count: int) -> str:
    return "not indented" if count == 0 else f"indented by {count} {plural('space', count)}"


def _indented(*counts: int) -> str:
    by = " or ".join(str(count) for count in counts if count)
    spaces = f"indent it by {by} space{'' if by == '1' else 's'}"
    return spaces if 0 not in counts else "do not indent it" + (f", or {spaces}" if by else "")


def brackets_left_open(fault: Fault) -> Problem:
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


def comma(fault: Fault) -> Problem | None:
    if fault.char == ",":
        message, hint = "there is nothing before this comma", "delete it, or write the value"
        return fault.problem("comma", message, fault.at, fault.at + 1, hint)
    if fault.char == "-":
        hint = "inside `[ ]`, separate the items with commas"
        return fault.problem("comma", "an item inside `[ ]` cannot begin with `- `", fault.at, fault.at + 1, hint)
    return None


def list_on_line(fault: Fault) -> Problem:
    hint = "begin the list on the next line, or write it as `[a, b]`"
    end = fault.lines.extent(fault.lines.number(fault.at))[1]
    return fault.problem("list", "a list of lines with `- ` cannot begin on the line of its key", fault.at, end, hint)


def directive(fault: Fault) -> Problem:
    number = fault.lines.number(fault.begin)
    return fault.whole_line(number, "directive", "a line cannot begin with `%`", "indent it, or put it in quotes")


def unclear(fault: Fault) -> Problem:
    end = fault.lines.extent(fault.lines.number(fault.at))[1]
    hint = "check the quotes, the brackets and the indentation of this line and the one above"
    return fault.problem("syntax", "YAML cannot read on from here", fault.at, end, hint)
