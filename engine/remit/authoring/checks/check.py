"""The shape of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from remit.authoring.checks.boxes import Grid, grid_of
from remit.errors import Problem
from remit.language.source import Source, place_of
from remit.policy.model import Model, Table

__all__ = ["Check", "Edit", "Finding", "Subject", "on_model"]


class Subject:
    """What is checked: a policy, the day of today, and its tables as boxes (worked out once, for all checks that need them)."""

    def __init__(self, model: Model, today: date) -> None:
        self.model = model
        self.today = today

    @cached_property
    def tables(self) -> tuple[tuple[str, Table, Grid], ...]:
        """The decision tables by the name of their value, without those that cannot be read as boxes."""
        tables = ((name, value.definition) for name, value in self.model.values.items() if isinstance(value.definition, Table))
        grids = ((name, table, grid_of(self.model, table)) for name, table in tables)
        return tuple((name, table, grid) for name, table, grid in grids if grid is not None)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the file: ``text`` instead of what stands from ``start`` to ``end`` (offsets in the document)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found. ``fix`` is what would put it right, where that cannot change any decision."""

    message: str
    source: Source | None
    hint: str
    fix: Callable[[], Edit | None] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """``code`` is stable (``category/name``) and names its page ``docs/checks/category/name.md``. ``fixes``: some of what it
    finds ``--fix`` can put right."""

    code: str
    summary: str
    run: Callable[[Subject], Iterator[Finding]]
    fixes: bool = False
    severity: Literal["error", "warning"] = "warning"

    def problems(self, subject: Subject) -> Iterator[tuple[Problem, Finding]]:
        """What it finds in ``subject``, as warnings, or as errors of a policy that can be used."""
        for found in self.run(subject):
            yield Problem(self.code, found.message, place_of(found.source), hint=found.hint, severity=self.severity), found


def on_model(run: Callable[[Model], Iterator[Finding]]) -> Callable[[Subject], Iterator[Finding]]:
    """A check that needs the model only."""
    return lambda subject: run(subject.model)
