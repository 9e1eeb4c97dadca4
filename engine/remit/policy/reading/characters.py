"""Characters and lines that cannot stand in a policy, found before YAML is read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from remit.errors import Place
from remit.language.source import Document
from remit.policy.reading.problem_report import ProblemReport

__all__ = ["find_invisible", "find_long_line"]

# What YAML forbids, and what is forbidden here because it cannot be seen: line separators, marks that turn the direction of
# text around (with them a formula can read otherwise than it works), byte-order marks inside the text.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)"
)
_NAMED: Final = {
    "\r": "a carriage return without a line feed",
    "\x00": "a null character",
    "\ufeff": "a byte-order mark",
    "\u2028": "a line separator",
    "\u2029": "a paragraph separator",
    "\x85": "a next-line character",
}
_MOST_TOLD: Final = 20


def find_invisible(document: Document, report: ProblemReport) -> bool:
    """ProblemReport the first characters that cannot be seen; whether there are any."""
    found = False
    for count, match in enumerate(_INVISIBLE.finditer(document.text)):
        if count == _MOST_TOLD:
            break
        found = True
        char = match.group()
        what = _NAMED.get(char) or f"the invisible character U+{ord(char):04X}"
        hint = "delete it; retype the line if you cannot see it"
        if char == "\r":
            hint = "save the file with line feeds (LF or CRLF)"
        report.error("yaml/character", f"{what} cannot stand in a policy", _place_of(document, match.start()), hint)
    return found


def _place_of(document: Document, offset: int) -> Place:
    """The place of an invisible character, with a line that can be printed."""
    place = document.place(offset, offset + 1)
    return replace(place, text=_INVISIBLE.sub("\ufffd", place.text))


def find_long_line(document: Document, most: int, report: ProblemReport) -> bool:
    """ProblemReport a line that fills pages: it cannot be read, and would be repeated with every problem in it."""
    lines = document.text.split("\n")
    if max(map(len, lines)) <= most:
        return False
    for number, line in enumerate(lines, 1):
        if len(line) > most:
            message = f"this line has {len(line):,} characters; at most {most:,} are read"
            report.error(
                "yaml/too-long", message, Place(document.name, number, 1, 81, line[:80]), "break it into several lines"
            )
            return True
    return False
