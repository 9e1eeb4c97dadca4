"""All checks in one table, running them, and the page of each (``docs/checks/CATEGORY/NAME.md``), as the wheel carries it.

What a comment switches off is left out: a comment at the end of a line, on a line of its own for the next, or for the whole
file. ``# remit: off tables/gap``, ``# remit: off unused/fact, unused/value`` and ``# remit: off-file reasons/missing``; words
after `` - `` or in parentheses say why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Final

from remit.authoring.checks import manners, repetition, table_checks, undetermined, usage, written_texts
from remit.authoring.checks.check import Check, Finding, Subject
from remit.errors import Problem
from remit.language.checking.checker_codes import CODES as LANGUAGE_CODES
from remit.language.parsing.parser_codes import CODES as SYNTAX_CODES
from remit.language.source import Document, Source
from remit.language.suggestions import closest
from remit.ledger.people.roster_file import CODES as ROSTER_CODES
from remit.policy.model import Model
from remit.policy.policy_codes import CODES as POLICY_CODES
from remit.policy.reading.yaml_reader import read_yaml
from remit.policy.reading.yaml_tree import YamlMap, YamlScalar
from remit.policy.shapes.by_currency import problems_together

__all__ = ["CHECKS", "error_example", "known_codes", "page", "warnings"]

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
            *undetermined.CHECKS,
            *written_texts.CHECKS,
            Check(_UNKNOWN, "a comment that switches off a check that there is not", _after_the_others),
            Check(_IDLE, "a comment that switches off what finds nothing", _after_the_others),
        ),
        key=lambda check: check.code,
    )
)
_CODES: Final = tuple(check.code for check in CHECKS)
_OTHERS: Final = tuple(code for code in _CODES if code not in (_UNKNOWN, _IDLE))


def warnings(model: Model, today: date | None = None) -> Iterator[tuple[Problem, Finding]]:
    """What the checks find in ``model`` on this day, in reading order, without what its comments switch off."""
    found = _in_each_currency(model, today or date.today())
    comments = switches_in(model.file, model.text)
    if comments:
        left, worked = what_is_left(found, comments)
        subject = Subject(model, today or date.today())
        strange = Check(_UNKNOWN, "", lambda _: unknown(comments, _CODES))
        useless = Check(_IDLE, "", lambda _: idle(comments, worked, _OTHERS))
        found, _ = what_is_left([*left, *strange.problems(subject), *useless.problems(subject)], comments)
    yield from sorted(found, key=_where)


def _in_each_currency(model: Model, today: date) -> list[tuple[Problem, Finding]]:
    each = {}
    for one in model.each:
        subject = Subject(one, today)
        each[one.currency_code] = [found for check in CHECKS for found in check.problems(subject)]
    if len(each) == 1:
        return each[model.currency_code]
    told = problems_together({code: [problem for problem, _ in found] for code, found in each.items()})
    findings = {(problem.code, problem.place): finding for found in each.values() for problem, finding in found}
    return [(problem, findings[problem.code, problem.place]) for problem in told]


def _where(found: tuple[Problem, Finding]) -> tuple[int, int, str]:
    problem, _ = found
    return (problem.place.line, problem.place.column, problem.code) if problem.place else (0, 0, problem.code)


def known_codes() -> dict[str, str]:
    """Every code that can be told of a policy or a roster, with what it says in one line."""
    return {**SYNTAX_CODES, **LANGUAGE_CODES, **POLICY_CODES, **ROSTER_CODES, **{check.code: check.summary for check in CHECKS}}


def page(code: str) -> str | None:
    """What there is to say of ``code``: the page of a check; of an error what it is, an example and its fix; ``None`` for
    what is no code."""
    if any(check.code == code for check in CHECKS):
        return (_folder() / f"{code}.md").read_text(encoding="utf-8")
    words = known_codes().get(code)
    if words is None:
        return None
    wrong, right = error_example(code)
    what = "roster" if code in ROSTER_CODES else "policy"
    parts = [f"# {code}", f"An error: {words}. The {what} cannot be used until it is fixed."]
    parts += ["## Wrong", f"```yaml\n{wrong}\n```", "## Right", f"```yaml\n{right}\n```"]
    return "\n\n".join(parts) + "\n"


def error_example(code: str) -> tuple[str, str]:
    """What brings the error ``code`` about, and the same put right."""
    text = files("remit.authoring.checks").joinpath("error_examples.yaml").read_text(encoding="utf-8")
    root, _ = read_yaml(text, "error_examples.yaml")
    found = None if root is None else root.get(code)
    assert isinstance(found, YamlMap)
    wrong, right = found.get("wrong"), found.get("right")
    assert isinstance(wrong, YamlScalar)
    assert isinstance(right, YamlScalar)
    return wrong.text, right.text


def _folder() -> Path:
    try:
        return Path(next(iter(import_module("remit.check_pages").__path__)))
    except ModuleNotFoundError:  # a checkout that is not installed
        import remit

        return Path(remit.__file__).resolve().parents[2] / "docs" / "checks"
