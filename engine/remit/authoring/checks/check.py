"""The shape of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from remit.errors import Place, Problem
from remit.language.source import Source
from remit.policy.model import Model

__all__ = ["Check", "Finding", "place_of"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found. ``fix`` is a replacement of a part of the file (start, end, new text), where it is safe."""

    message: str
    source: Source | None
    hint: str
    fix: tuple[int, int, str] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """``code`` is stable (``category/name``) and names its page ``docs/checks/category/name.md``."""

    code: str
    summary: str
    run: Callable[[Model], Iterator[Finding]]

    def problems(self, model: Model) -> Iterator[tuple[Problem, Finding]]:
        """What it finds in ``model``, as warnings."""
        for found in self.run(model):
            yield Problem(self.code, found.message, place_of(found.source), hint=found.hint, severity="warning"), found


def place_of(source: Source | None) -> Place | None:
    """Where ``source`` stands as a whole."""
    return None if source is None else source.place((0, len(source.text)))
