"""What ``remit check`` prints: for people, for programs, for GitHub, and as SARIF for code scanning."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from remit.authoring.checks.catalogue import known_codes
from remit.errors import Problem
from remit.language.words import plural

__all__ = ["REPORTERS", "CheckReport", "summary"]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was found in ``files`` (how many were looked at). ``fixed``: what was put right; ``fixable``: how many of the
    problems ``--fix`` would put right."""

    problems: Sequence[Problem]
    files: int
    fixed: int = 0
    fixable: int = 0

    def count(self, severity: str) -> int:
        """How many problems are errors, or warnings."""
        return sum(problem.severity == severity for problem in self.problems)


def _number(count: int, one: str) -> str:
    return f"{count:,} {plural(one, count)}"


def summary(report: CheckReport) -> str:
    """One line: how much was looked at, and what was found."""
    policies = "1 policy" if report.files == 1 else f"{report.files:,} policies"
    fixed = f"; {_number(report.fixed, 'problem')} fixed" if report.fixed else ""
    if not report.problems:
        return f"{policies} checked, all is well{fixed}"
    kinds = [_number(report.count(each), each) for each in ("error", "warning") if report.count(each)]
    bad = len({problem.place.file for problem in report.problems if problem.place}) or 1
    where = f" in {bad:,} of {policies}" if report.files > 1 else ""
    fixable = f"; --fix puts {report.fixable:,} right" if report.fixable else ""
    return f"{' and '.join(kinds)}{where}{fixed}{fixable}"


def human(report: CheckReport) -> str:
    """Each problem with its line, what is wrong underlined, and what to do."""
    return "\n".join([*(f"{problem}\n" for problem in report.problems), summary(report), ""])


def as_json(report: CheckReport) -> str:
    """A list of objects; see :meth:`remit.errors.Problem.to_dict`."""
    return json.dumps([problem.to_dict() for problem in report.problems], ensure_ascii=False, indent=2) + "\n"


def github(report: CheckReport) -> str:
    """Annotations of a pull request: "workflow commands for GitHub Actions"."""
    return "".join(_annotation(problem) + "\n" for problem in report.problems)


def _annotation(problem: Problem) -> str:
    place = problem.place
    parts = {"title": problem.code}
    if place is not None:
        where = {"file": place.file, "line": str(place.line), "col": str(place.column), "endColumn": str(place.end_column)}
        parts = {**where, **parts}
    text = problem.message + (f"\nhelp: {problem.hint}" if problem.hint else "")
    properties = ",".join(key + "=" + _escaped(value, ":,") for key, value in parts.items())
    return f"::{problem.severity} {properties}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    for char in f"%\r\n{more}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def sarif(report: CheckReport) -> str:
    """SARIF 2.1.0 (OASIS), as code scanning services read it."""
    summaries = known_codes()
    codes = sorted({problem.code for problem in report.problems})
    run = {
        "tool": {"driver": {"name": "remit", "version": _version(), "rules": [_rule(code, summaries) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes) for problem in report.problems],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def _version() -> str:
    from remit import __version__

    return __version__


def _rule(code: str, summaries: Mapping[str, str]) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code, "name": "".join(part.title() for part in code.replace("/", "-").split("-"))}
    if code in summaries:
        rule["shortDescription"] = {"text": summaries[code]}
    return rule


def _result(problem: Problem, codes: Sequence[str]) -> dict[str, Any]:
    text = problem.message + (f"\n{problem.hint}" if problem.hint else "")
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": problem.severity,
        "message": {"text": text},
    }
    place = problem.place
    if place is not None:
        region = {"startLine": place.line, "startColumn": place.column, "endColumn": place.end_column}
        where = {"artifactLocation": {"uri": _uri(place.file)}, "region": region}
        result["locations"] = [{"physicalLocation": where}]
    return result


def _uri(file: str) -> str:
    """The path from the working directory where the file is below it, for that is how code scanning knows it."""
    from urllib.parse import quote

    path, here = PurePath(os.path.normpath(file)), PurePath(os.getcwd())
    if path.is_absolute() and path.is_relative_to(here):
        path = path.relative_to(here)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


#: Format -> what prints it.
REPORTERS: Final[Mapping[str, Callable[[CheckReport], str]]] = {
    "human": human,
    "json": as_json,
    "github": github,
    "sarif": sarif,
}
