"""Writing a proposed change: both files or none, and only over the texts that it was made for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from remit.authoring.checks.check_run import check_file
from remit.authoring.formatting.formatted_files import replace_file
from remit.authoring.testing.case_reader import read_case_file
from remit.authoring.testing.case_run import Result, run_file
from remit.deciding.policy import Policy
from remit.errors import NotAllowed, Problem, RemitError
from remit.policy.loader import load_model
from remit.review.suggesting.suggestion import PolicyPatch

__all__ = ["Applied", "apply"]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a written change looks like: the ``problems`` that `remit check` finds in the policy and in its cases, and the
    ``results`` of all cases."""

    problems: tuple[Problem, ...]
    results: tuple[Result, ...]

    @property
    def failed(self) -> Sequence[Result]:
        """The cases that did not come out as they say."""
        return [each for each in self.results if not each.passed]


def apply(patch: PolicyPatch) -> Applied:
    """Write the patch, then check the policy and run its cases.

    Raises :class:`remit.errors.NotAllowed` where a file on disk is not the text that the patch was made for, and
    :class:`remit.errors.RemitError` where one cannot be written; nothing is written then.
    """
    _refuse_changed(patch)
    if patch.cases_after is None:
        replace_file(patch.file, patch.after.text)
    else:
        _write_cases(patch)
        try:
            replace_file(patch.file, patch.after.text)
        except RemitError:
            _take_back(patch)
            raise
    checked = check_file(patch.file)
    results: tuple[Result, ...] = ()
    problems = checked.problems
    if patch.cases_file.is_file():
        cases, more = read_case_file(patch.cases_file)
        problems += more
        results = tuple(run_file(Policy(load_model(patch.file)), cases, explain=False)) if cases is not None else ()
    return Applied(problems, results)


def _refuse_changed(patch: PolicyPatch) -> None:
    """Raises :class:`remit.errors.NotAllowed` where a text is not the one that the patch was made for."""
    data = patch.file.read_bytes() if patch.file.is_file() else b""
    if f"sha256:{sha256(data).hexdigest()}" != patch.before.digest:
        raise NotAllowed(f"`{patch.file}` was changed meanwhile; nothing was written. Run `remit suggest` again")
    if patch.cases_after is not None and _text(patch.cases_file) != patch.cases_before:
        raise NotAllowed(f"`{patch.cases_file}` was changed meanwhile; nothing was written. Run `remit suggest` again")


def _text(file: Path) -> str | None:
    return file.read_bytes().decode("utf-8", "replace") if file.exists() else None


def _write_cases(patch: PolicyPatch) -> None:
    assert patch.cases_after is not None
    if patch.cases_before is not None:
        replace_file(patch.cases_file, patch.cases_after)
        return
    try:
        with patch.cases_file.open("x", encoding="utf-8", newline="\n") as file:
            file.write(patch.cases_after)
    except OSError as error:
        raise RemitError(f"`{patch.cases_file}` cannot be written: {error.strerror or error}") from error


def _take_back(patch: PolicyPatch) -> None:
    with suppress(OSError, RemitError):
        if patch.cases_before is None:
            patch.cases_file.unlink()
        else:
            replace_file(patch.cases_file, patch.cases_before)
