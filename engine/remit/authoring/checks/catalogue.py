"""All checks in one table, and running them: what a comment switches off is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from remit.authoring.checks import manners, repetition, switches, tables, usage
from remit.authoring.checks.check import Check, Finding, Subject
from remit.errors import Problem
from remit.policy.model import Model

__all__ = ["CHECKS", "warnings"]

#: Told about the comments themselves, after all other checks.
_UNKNOWN: Final = "comments/unknown-check"
_IDLE: Final = "comments/idle"


def _after_the_others(subject: Subject) -> Iterator[Finding]:
    return iter(())


CHECKS: Final[tuple[Check, ...]] = tuple(
    sorted(
        (
            *usage.CHECKS,
            *repetition.CHECKS,
            *tables.CHECKS,
            *manners.CHECKS,
            Check(_UNKNOWN, "a comment that switches off a check that there is not", _after_the_others),
            Check(_IDLE, "a comment that switches off what finds nothing", _after_the_others),
        ),
        key=lambda check: check.code,
    )
)
_CODES: Final = tuple(check.code for check in CHECKS)
_OTHERS: Final = tuple(code for code in _CODES if code not in (_UNKNOWN, _IDLE))


def warnings(model: Model) -> Iterator[tuple[Problem, Finding]]:
    """What the checks find in ``model``, in reading order, without what its comments switch off."""
    subject = Subject(model)
    found = [each for check in CHECKS for each in check.problems(subject)]
    comments = switches.switches_in(model.file, model.text)
    if comments:
        left, worked = switches.what_is_left(found, comments)
        told = Check(_UNKNOWN, "", lambda _: switches.unknown(comments, _CODES))
        idle = Check(_IDLE, "", lambda _: switches.idle(comments, worked, _OTHERS))
        found, _ = switches.what_is_left([*left, *told.problems(subject), *idle.problems(subject)], comments)
    yield from sorted(found, key=_where)


def _where(found: tuple[Problem, Finding]) -> tuple[int, int, str]:
    problem, _ = found
    return (problem.place.line, problem.place.column, problem.code) if problem.place else (0, 0, problem.code)
