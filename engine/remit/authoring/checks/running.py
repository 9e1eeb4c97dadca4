"""Checking files: what ``remit check`` does, without the printing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from remit.authoring.checks.catalogue import warnings
from remit.authoring.checks.fixing import difference, fixed
from remit.errors import Problem
from remit.policy.loader import inspect_file, unreadable
from remit.policy.model import Model
from remit.policy.reading.reader import LIMITS
from remit.policy.versions import overlapping

__all__ = ["Checked", "check_file", "overlaps", "policies_in"]


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
        """Write what was put right. Nothing is written where nothing was."""
        if self.model is not None and self.fixed:
            self.file.write_bytes(self.model.text.encode("utf-8"))


def policies_in(path: Path) -> Iterator[Path]:
    """``path`` itself, or the policies in a folder and below: no test files, nothing hidden, no YAML of other programs.

    More is looked at than is loaded from a folder: a file without a line ``policy:`` may be a policy with a misspelt key.
    """
    if path.is_file():
        yield path
        return
    for each in sorted((*path.rglob("*.yaml"), *path.rglob("*.yml"))):
        hidden = any(part.startswith(".") for part in each.relative_to(path).parts)
        if not hidden and not each.stem.endswith("_test") and each.is_file() and _may_be_policy(each):
            yield each


_KEYS: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?[\"']?(policy|ladder|facts|remedies|rules|guardrails|caps)[\"']?[ \t]*:", re.MULTILINE
)


def _may_be_policy(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            keys = set(_KEYS.findall(file.read(LIMITS.size_bytes)))
    except OSError:
        return True  # it may be one: reading it says why it cannot be
    return b"policy" in keys or len(keys) > 1


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
