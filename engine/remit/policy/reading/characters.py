"""Characters and lines that cannot be in a policy, found before YAML is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from unicodedata import category
from unicodedata import name as name_of

from remit.errors import Place
from remit.language.source import Document
from remit.policy.reading.problem_report import ProblemReport

__all__ = ["Run", "find_invisible", "find_long_line", "named", "strange_blanks", "with_spaces"]

#: From one offset to another.
Run = tuple[int, int]

# What YAML forbids, and what is forbidden here because it cannot be seen: line separators, marks that turn the direction of
# text around (with them a formula can read otherwise than it works), byte-order marks inside the text.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)"
)
#: Characters of no width: a name that holds one equals no other that looks the same.
_NO_WIDTH: Final = re.compile("[\u00ad\u034f\u115f\u1160\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\uffa0]")
#: Joiners and marks of direction: Persian, Hindi or Hebrew, and emoji that are made of several, cannot be written without them.
_JOINERS: Final = re.compile("[\u061c\u200c-\u200f]")
_NAMED: Final = {
    "\r": "a carriage return without a line feed",
    "\x00": "a null character",
    "\ufeff": "a byte-order mark",
    "\x85": "a next-line character",
}
_MOST_TOLD: Final = 20

#: Blanks that look like a space and are text to YAML.
_BLANKS: Final = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BLANK: Final = re.compile(f"[{_BLANKS}]+")
#: What comes before the text of a line: indentation, dashes, a key with its colon; or all of a line that has no text.
_LAYOUT: Final = re.compile(
    rf"[ {_BLANKS}]*(?=#|$)|(?:[ {_BLANKS}]*-[ {_BLANKS}]+)*(?:[ {_BLANKS}]*[\w.]+:(?:[ {_BLANKS}]+|$))?"
)


def named(char: str) -> str:
    """A character by its number and its name in Unicode: ``U+00A0 (no-break space)``."""
    name = name_of(char, "").lower()
    return f"U+{ord(char):04X}" + (f" ({name})" if name else "")


def find_invisible(document: Document, report: ProblemReport) -> bool:
    """Report the first characters that cannot be seen; whether there are any."""
    found = sorted(_invisible(document.text, report.is_stored))[:_MOST_TOLD]
    for at in found:
        char = document.text[at]
        what = _NAMED.get(char) or f"the invisible character {named(char)}"
        hint = "delete it; retype the line if you cannot see it"
        if char == "\r":
            hint = "save the file with line feeds (LF or CRLF)"
        report.error("yaml/character", f"{what} cannot be in a policy", _place_of(document, at), hint)
    return bool(found)


def _invisible(text: str, is_stored: bool) -> Iterator[int]:
    yield from (match.start() for match in _INVISIBLE.finditer(text))
    if is_stored or text.isascii():
        return
    yield from (match.start() for match in _NO_WIDTH.finditer(text))
    for match in _JOINERS.finditer(text):
        at = match.start()
        line = text[text.rfind("\n", 0, at) + 1 : text.find("\n", at) if "\n" in text[at:] else None]
        if not any(category(char) in ("Lo", "So") for char in line):
            yield at


def _place_of(document: Document, offset: int) -> Place:
    """The place of an invisible character, with a line that can be printed."""
    place = document.place(offset, offset + 1)
    text = place.text
    for hidden in (_INVISIBLE, _NO_WIDTH, _JOINERS):
        text = hidden.sub("\ufffd", text)
    return replace(place, text=text)


def strange_blanks(text: str) -> list[Run]:
    """Where blanks that are no spaces indent a line, or follow a dash or the colon of a key."""
    if text.isascii() or not _BLANK.search(text):
        return []
    found, start = [], 0
    for line in text.split("\n"):
        layout = _LAYOUT.match(line)
        if layout is not None:
            found += [(start + each.start(), start + each.end()) for each in _BLANK.finditer(layout[0])]
        start += len(line) + 1
    return found


def with_spaces(text: str, runs: list[Run]) -> str:
    """``text`` with a space for each character of ``runs``, so that every offset stays as it is."""
    pieces, last = [], 0
    for start, end in runs:
        pieces += [text[last:start], " " * (end - start)]
        last = end
    return "".join([*pieces, text[last:]])


def find_long_line(document: Document, most: int, report: ProblemReport) -> bool:
    """Report a line that fills pages: it cannot be read, and would be repeated with every problem in it."""
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
