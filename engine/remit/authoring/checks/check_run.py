"""Checking files, and putting right what can be without changing a decision: ``remit check --fix``, without the printing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from remit.authoring.checks.catalogue import warnings
from remit.authoring.checks.check import Edit
from remit.authoring.formatting.formatted_files import replace_file
from remit.errors import Problem
from remit.ledger.people.roster_file import inspect_roster, is_roster
from remit.policy.loader import inspect_file, inspect_model, unreadable
from remit.policy.model import Model
from remit.policy.versions import overlapping

__all__ = ["Checked", "check_file", "fixed", "overlaps"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A file and what was found in it: ``model`` is ``None`` where it is no valid policy. ``before`` is its text as it was;
    ``fixed`` and ``fixable`` count what was, and what could be, put right."""

    file: Path
    model: Model | None
    problems: tuple[Problem, ...]
    before: str = ""
    fixed: int = 0
    fixable: int = 0

    @property
    def difference(self) -> str:
        """What was put right, as a unified diff."""
        return _difference(str(self.file), self.before, self.model.text) if self.model and self.fixed else ""

    def save(self) -> None:
        """Write what was put right. Nothing is written where nothing was.

        Raises :class:`~remit.errors.RemitError` where the file cannot be written.
        """
        if self.model is not None and self.fixed:
            replace_file(self.file, self.model.text)


def check_file(file: Path, *, fix: bool = False) -> Checked:
    """Errors and warnings of one file, a policy or a roster, in reading order; with ``fix``, those that are left after what
    was put right."""
    try:
        if is_roster(file):
            return Checked(file, None, inspect_roster(file))
        model, problems = inspect_file(file)
    except OSError as error:
        return Checked(file, None, (unreadable(file, error),))
    if model is None:
        return Checked(file, None, problems)
    before, done = model.text, 0
    if fix:
        model, put_right = fixed(model)
        done = len(put_right)
    found = list(warnings(model))
    told = (*problems, *(problem for problem, _ in found))
    return Checked(file, model, told, before, done, sum(finding.fix is not None for _, finding in found))


def overlaps(models: Iterable[Model]) -> list[Problem]:
    """Versions of one policy that hold on the same day."""
    return list(overlapping(models))


#: Each round fixes at least one finding; a file with more is fixed by running it again.
_MOST_ROUNDS = 200


def fixed(model: Model) -> tuple[Model, list[Problem]]:
    """``model`` (and its text) with all put right that can safely be, and what was found there.

    A change after which the policy would no longer load, or after which the finding would still be there, is not made.
    """
    done: list[Problem] = []
    refused: set[tuple[str, str]] = set()
    for _ in range(_MOST_ROUNDS):
        wanted = [(problem, finding.fix()) for problem, finding in warnings(model) if finding.fix is not None]
        edits = [(problem, edit) for problem, edit in wanted if edit and (problem.code, problem.message) not in refused]
        if not edits:
            break
        after = _loaded(model, [edit for _, edit in _apart(edits)])
        if after is not None:
            done += [problem for problem, _ in _apart(edits)]
            model = after
            continue
        problem, edit = edits[0]
        after = _loaded(model, [edit])
        if after is None:
            refused.add((problem.code, problem.message))
        else:
            done.append(problem)
            model = after
    return model, done


def _apart(edits: Iterable[tuple[Problem, Edit]]) -> list[tuple[Problem, Edit]]:
    """Those that do not touch the same characters, in the order of the file."""
    out: list[tuple[Problem, Edit]] = []
    for problem, edit in sorted(edits, key=lambda each: (each[1].start, each[1].end)):
        if not out or edit.start >= out[-1][1].end:
            out.append((problem, edit))
    return out


def _loaded(model: Model, edits: list[Edit]) -> Model | None:
    """The policy after ``edits``, if it is still one and there is less to fix."""
    mark = "\ufeff" if model.text.startswith("\ufeff") else ""
    text = model.text.removeprefix("\ufeff")
    for edit in reversed(edits):
        text = text[: edit.start] + edit.text + text[edit.end :]
    after, _ = inspect_model(mark + text, model.file)
    return after if after is not None and _count(after) < _count(model) else None


def _count(model: Model) -> int:
    return sum(finding.fix is not None for _, finding in warnings(model))


def _difference(file: str, before: str, after: str) -> str:
    """What would change, as a unified diff."""
    import difflib

    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), file, file)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
