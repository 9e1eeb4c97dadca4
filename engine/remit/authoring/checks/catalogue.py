"""All checks in one table, and running them: what a comment switches off is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.authoring.checks import manners, tables, usage
from remit.authoring.checks.check import Check, Finding
from remit.errors import Problem
from remit.policy.model import Model

__all__ = ["CHECKS", "warnings"]

CHECKS: Final[tuple[Check, ...]] = tuple(sorted((*usage.CHECKS, *tables.CHECKS, *manners.CHECKS), key=lambda check: check.code))

#: ``# remit: off tables/gap`` at the end of a line, or on a line of its own for the next; without a line, for the file.
_OFF: Final = re.compile(r"#\s*remit:\s*off(?P<file>-file)?\s+(?P<codes>[a-z\-/, ]+)")


def warnings(model: Model) -> Iterator[tuple[Problem, Finding]]:
    """What the checks find in ``model``, in reading order, without what its comments switch off."""
    off = _switched_off(model.text)
    found = [each for check in CHECKS for each in check.problems(model)]
    for problem, finding in sorted(found, key=_where):
        line = problem.place.line if problem.place else 0
        if problem.code not in off.get(0, ()) and problem.code not in off.get(line, ()):
            yield problem, finding


def _where(found: tuple[Problem, Finding]) -> tuple[int, int]:
    place = found[0].place
    return (place.line, place.column) if place else (0, 0)


def _switched_off(text: str) -> dict[int, set[str]]:
    """Line to the codes that are switched off there; line 0 stands for the whole file."""
    out: dict[int, set[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _OFF.search(line)
        if match is not None:
            codes = set(re.split(r"[,\s]+", match["codes"].strip()))
            own_line = line.lstrip().startswith("#")
            out.setdefault(0 if match["file"] else number + own_line, set()).update(codes)
    return out
