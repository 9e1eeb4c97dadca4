"""Comments that switch a check off: at the end of a line, on a line of its own for the next, or for the whole file.

``# remit: off tables/gap``, ``# remit: off unused/fact, unused/value`` and ``# remit: off-file reasons/missing``; words after
`` - `` or in parentheses say why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from remit.authoring.checks.check import Finding
from remit.errors import Problem
from remit.language.source import Document, Source
from remit.language.suggestions import closest

__all__ = ["Switch", "idle", "switches_in", "unknown", "what_is_left"]

_OFF: Final = re.compile(r"(?:^|\s)#\s*remit:\s*off(?P<file>-file)?\s+(?P<codes>[a-z-]+/[a-z-]+(?:[\s,]+[a-z-]+/[a-z-]+)*)")
_CODE: Final = re.compile(r"[a-z-]+/[a-z-]+")


@dataclass(frozen=True, slots=True)
class Switch:
    """One code switched off on ``line`` (0: everywhere); ``source`` is where the comment names it."""

    code: str
    line: int
    source: Source

    def covers(self, problem: Problem) -> bool:
        """Whether ``problem`` is of this kind and at this place."""
        return problem.code == self.code and (self.line == 0 or (problem.place is not None and problem.place.line == self.line))


def switches_in(name: str, text: str) -> tuple[Switch, ...]:
    """What the comments of a file switch off."""
    if "remit:" not in text:
        return ()
    document = Document(name, text.removeprefix("\ufeff"))
    lines = document.text.split("\n")
    out, offset = [], 0
    for number, line in enumerate(lines, 1):
        match = _OFF.search(line)
        for each in _CODE.finditer(line, *match.span("codes")) if match is not None else ():
            assert match is not None
            at = 0 if match["file"] else _next(lines, number) if line.lstrip().startswith("#") else number
            out.append(Switch(each[0], at, Source(each[0], document, range(offset + each.start(), offset + each.end()))))
        offset += len(line) + 1
    return tuple(out)


def _next(lines: Sequence[str], number: int) -> int:
    """The first line after ``number`` that is not a comment and not empty."""
    for index in range(number, len(lines)):
        if lines[index].strip() and not lines[index].lstrip().startswith("#"):
            return index + 1
    return number + 1


def what_is_left(
    found: Sequence[tuple[Problem, Finding]], switches: Sequence[Switch]
) -> tuple[list[tuple[Problem, Finding]], set[Switch]]:
    """The findings that nothing switches off, and the switches that did something."""
    left, worked = [], set()
    for problem, finding in found:
        covering = {switch for switch in switches if switch.covers(problem)}
        worked |= covering
        if not covering:
            left.append((problem, finding))
    return left, worked


def unknown(switches: Sequence[Switch], codes: Sequence[str]) -> Iterator[Finding]:
    """Switches that name no check."""
    for switch in switches:
        if switch.code not in codes:
            near = closest(switch.code, codes)
            hint = f"did you mean `{near}`?" if near else "`remit check --explain` lists the checks"
            yield Finding(f"there is no check `{switch.code}`", switch.source, hint)


def idle(switches: Sequence[Switch], worked: set[Switch], codes: Sequence[str]) -> Iterator[Finding]:
    """Switches for which there is nothing to switch off."""
    for switch in switches:
        if switch.code in codes and switch not in worked:
            where = "in this file" if switch.line == 0 else f"on line {switch.line}"
            message = f"`{switch.code}` is switched off, but finds nothing {where}"
            yield Finding(message, switch.source, "leave the comment out, or put it on the line that is told")
