"""Checking files: what ``remit check`` does, without the printing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from remit.authoring.checks.catalogue import warnings
from remit.authoring.checks.fixing import difference, fixed
from remit.authoring.formatting.files import replace_file
from remit.errors import Problem
from remit.policy.loader import inspect_file, unreadable
from remit.policy.model import Model
from remit.policy.versions import overlapping

__all__ = ["Checked", "check_file", "overlaps"]


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
        return difference(str(self.file), self.before, self.model.text) if self.model and self.fixed else ""

    def save(self) -> None:
        """Write what was put right. Nothing is written where nothing was.

        Raises :class:`~remit.errors.RemitError` where the file cannot be written.
        """
        if self.model is not None and self.fixed:
            replace_file(self.file, self.model.text)


def check_file(file: Path, *, fix: bool = False) -> Checked:
    """Errors and warnings of one file, in reading order; with ``fix``, those that are left after what was put right."""
    try:
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
