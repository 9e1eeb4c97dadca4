"""``--fix``: the changes that cannot change a decision, made in the text of a policy."""

from __future__ import annotations

from collections.abc import Iterable

from remit.authoring.checks.catalogue import warnings
from remit.authoring.checks.check import Edit
from remit.errors import Problem
from remit.policy.loader import inspect_model
from remit.policy.model import Model

__all__ = ["difference", "fixed"]

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


def difference(file: str, before: str, after: str) -> str:
    """What would change, as a unified diff."""
    import difflib

    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), file, file)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
