"""All checks in one table, running them (what a comment switches off is left out), and the page of each
(``docs/checks/CATEGORY/NAME.md``), as the wheel carries it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from remit.authoring.checks import manners, repetition, switches, table_checks, usage
from remit.authoring.checks.check import Check, Finding, Subject
from remit.errors import Problem
from remit.language.checking.checker_codes import CODES as LANGUAGE_CODES
from remit.language.parsing.parser_codes import CODES as SYNTAX_CODES
from remit.policy.model import Model
from remit.policy.policy_codes import CODES as POLICY_CODES

__all__ = ["CHECKS", "known_codes", "page", "warnings"]

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
            *table_checks.CHECKS,
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


def known_codes() -> dict[str, str]:
    """Every code that can be told of a policy, with what it says in one line. Those of the checks have a page."""
    return {**SYNTAX_CODES, **LANGUAGE_CODES, **POLICY_CODES, **{check.code: check.summary for check in CHECKS}}


def page(code: str) -> str | None:
    """What there is to say of ``code``: the page of a check, one sentence for an error; ``None`` for what is no code."""
    if any(check.code == code for check in CHECKS):
        return (_folder() / f"{code}.md").read_text(encoding="utf-8")
    words = known_codes().get(code)
    return None if words is None else f"# {code}\n\nAn error: {words}. The policy cannot be used until it is put right.\n"


def _folder() -> Path:
    try:
        return Path(next(iter(import_module("remit.check_pages").__path__)))
    except ModuleNotFoundError:  # a checkout that is not installed
        import remit

        return Path(remit.__file__).resolve().parents[2] / "docs" / "checks"
