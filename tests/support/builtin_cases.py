"""Cases of the built-in functions: text files of ``expression => expected``, under the name of each function in brackets."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from remit.language.calendars import Calendar
from remit.language.evaluating import evaluator
from remit.language.evaluating.relations import equal
from remit.language.parser import parse_expression
from remit.language.source import Source
from remit.language.text import literal

__all__ = ["OFFICE", "Case", "cases", "evaluated", "same"]

_FOLDER: Final = Path(__file__).parent.parent / "cases" / "builtins"

OFFICE: Final = Calendar(
    "office",
    frozenset(date(year, month, day) for year in (2026, 2027) for month, day in ((12, 25), (1, 1), (4, 6))),
    date(2026, 1, 1),
    date(2028, 1, 1),
)


class Case(NamedTuple):
    """One line of a file."""

    function: str
    expression: str
    expected: str


@cache
def cases() -> tuple[Case, ...]:
    """All cases of all files."""
    return tuple(case for path in sorted(_FOLDER.glob("*.txt")) for case in _read(path))


def _read(path: Path) -> list[Case]:
    out: list[Case] = []
    function = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("["):
            function = line.strip("[]")
        elif line and not line.startswith("#"):
            expression, arrow, expected = line.rpartition(" => ")
            assert arrow, f"{path.name}:{number} has no `=>`"
            out.append(Case(function, expression, expected))
    return out


def evaluated(expression: str) -> Any:
    """The value of an expression, with the calendar ``office``."""
    return evaluator.evaluate(parse_expression(Source(expression)), {}, calendars={"office": OFFICE})


def same(got: Any, wanted: Any) -> bool:
    """Equal, and written alike: 1.50 EUR is not 1.5 EUR, a time with a zone is not its instant elsewhere."""
    return (got is None and wanted is None) or (equal(got, wanted) is True and literal(got) == literal(wanted))
