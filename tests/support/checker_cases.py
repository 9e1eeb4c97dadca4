"""Reads the golden texts of the checker: `### title`, options such as `@input NAME`, an expression, `---`, what is said.

``PYTHONPATH=tests python -m support.checker_cases`` writes what is said now into the files: read the difference aloud.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from remit.language.checker import check
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.source import Source
from remit.language.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DURATION,
    INTEGER,
    MONTHS,
    NUMBER,
    TEXT,
    TIME,
    Type,
    choice,
    list_of,
    money,
)

__all__ = ["CASES", "Case", "cases_of", "declared", "said", "type_named"]

CASES = Path(__file__).parent.parent / "cases" / "checker"

_PLAIN = {
    "text": TEXT,
    "boolean": BOOLEAN,
    "integer": INTEGER,
    "number": NUMBER,
    "date": DATE,
    "time": TIME,
    "date-time": DATE_TIME,
    "duration": DURATION,
    "months": MONTHS,
}


def type_named(words: str) -> Type:
    """``money in EUR``, ``choice of a, b``, ``list of text``."""
    first, _, rest = words.partition(" ")
    match first:
        case "money":
            return money(rest.removeprefix("in "))
        case "choice":
            return choice(tuple(word.strip() for word in rest.removeprefix("of ").split(",")))
        case "list":
            return list_of(type_named(rest.removeprefix("of ")))
    return _PLAIN[words]


def declared() -> dict[str, Type]:
    """The facts that all cases share."""
    read = yaml.safe_load((CASES / "facts.yaml").read_text(encoding="utf-8"))
    return {name: type_named(words) for name, words in read.items()}


@dataclass(frozen=True)
class Case:
    """One expression and what is said about it."""

    title: str
    text: str
    says: str
    options: tuple[tuple[str, str], ...] = ()


def cases_of(path: Path) -> Iterator[Case]:
    """All cases of one file."""
    for block in path.read_text(encoding="utf-8").split("### ")[1:]:
        head, _, says = block.partition("\n---\n")
        title, *lines = head.split("\n")
        options = [line[1:].partition(" ") for line in lines if line.startswith("@") and not line.startswith('@"')]
        text = "\n".join(line for line in lines if not line.startswith("@") or line.startswith('@"')).strip("\n")
        yield Case(title, text, says.strip("\n"), tuple((name, value) for name, _, value in options))


def said(case: Case) -> str:
    """What the checker says about a case, all problems one after the other."""
    options, scope = dict(case.options), declared()
    source = Source(case.text)
    tested, expected = options.get("input"), options.get("expect")
    of = scope[tested] if tested else None
    tree = parse_unary_tests(source, scope, words=of.choices) if of else parse_expression(source, scope)
    _, problems = check(
        tree,
        source,
        scope,
        expect=type_named(expected) if expected else None,
        input=of,
        input_name=tested,
        calendars=["england", "scotland"],
    )
    return "\n".join(map(str, problems))


def rewrite(path: Path) -> None:
    """Put what is said now into the cases of one file."""
    blocks = []
    for case in cases_of(path):
        options = [f"@{name} {value}" for name, value in case.options]
        blocks.append("\n".join([f"### {case.title}", *options, case.text, "---", said(case), ""]))
    path.write_text("\n".join(blocks), encoding="utf-8")


if __name__ == "__main__":
    for each in sorted(CASES.glob("*.txt")):
        rewrite(each)
