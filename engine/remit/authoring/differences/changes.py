"""What is told of a difference: parts with headings, changes in them, and their details as before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

__all__ = ["Change", "ChangeDetail", "Difference", "Direction", "Example", "Examples", "Kind", "ChangeLine", "ChangePart"]

#: For the customer (amounts, guardrails, caps), or in how many cases something applies.
Direction: TypeAlias = Literal["more generous", "less generous", "in more cases", "in fewer cases"]
Kind: TypeAlias = Literal["added", "removed", "changed", "renamed"]


@dataclass(frozen=True, slots=True)
class ChangeDetail:
    """One thing about it. ``before`` is ``None`` where it is new, ``after`` where it is gone."""

    label: str
    before: str | None
    after: str | None
    direction: Direction | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is there in only one of them, or says something else. ``about`` is what it is for."""

    kind: Kind
    name: str
    about: str = ""
    details: tuple[ChangeDetail, ...] = ()
    direction: Direction | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        details = [each.to_dict() for each in self.details]
        return {"kind": self.kind, "name": self.name, "about": self.about, "direction": self.direction, "details": details}


@dataclass(frozen=True, slots=True)
class ChangePart:
    """Changes of one sort. ``name`` is the section of the file."""

    name: str
    heading: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What differs in one situation. ``who`` has it; ``before`` and ``after`` are in words."""

    who: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Example:
    """One situation, in words and by the facts that matter in it, and what differs in it. ``given`` are all its facts, and
    ``day`` the day of the incident, with which it can be tried again."""

    situation: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[ChangeLine, ...]
    given: tuple[tuple[str, Any], ...]
    day: date


@dataclass(frozen=True, slots=True)
class Examples:
    """``differing`` of the ``tried`` situations differ; ``shown`` are some of them that say different things."""

    tried: int
    differing: int
    shown: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Between ``old`` and ``new``, two titles with versions. ``examples`` are not a proof; ``None`` where none were sought."""

    old: str
    new: str
    parts: tuple[ChangePart, ...]
    examples: Examples | None = None

    @property
    def changed(self) -> bool:
        """Whether the two say different things."""
        return bool(self.parts)

    def changes(self) -> Iterator[tuple[ChangePart, Change]]:
        """Every change with its part."""
        return ((part, change) for part in self.parts for change in part.changes)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        out: dict[str, Any] = {"changed": self.changed, "old": self.old, "new": self.new}
        out["changes"] = [{"section": part.name, **change.to_dict()} for part, change in self.changes()]
        if self.examples is not None:
            shown = [
                {
                    "situation": each.situation,
                    "facts": dict(each.facts),
                    "differs": [{name: getattr(line, name) for name in ChangeLine.__slots__} for line in each.lines],
                }
                for each in self.examples.shown
            ]
            out["examples"] = {"tried": self.examples.tried, "differing": self.examples.differing, "shown": shown}
        return out
