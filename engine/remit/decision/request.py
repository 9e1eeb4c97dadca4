"""What an employee asks, as a service app or the command says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from datetime import date
from typing import Any

from remit.language.records import dataclass

__all__ = ["Request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. A plain mapping of the same shape is accepted wherever a request is.

    ``employee``: ``{"id": "e-17", "role": "associate"}``. ``asked``: remedy to amount: money as ``"45 EUR"`` or
    :class:`remit.Money`, counts as ``int``, exceptions as ``True``; empty to ask "what can I do?". ``facts``: nested or dotted.
    ``occurred``: the day of the incident, a ``date`` or ``"2026-07-01"``. ``evidence``: what is on file. ``story``: why
    discretion is used. ``key``: makes a grant idempotent.
    """

    employee: Mapping[str, str]
    asked: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    case: str | None = None
    occurred: date | str | None = None
    evidence: Sequence[str] = ()
    story: str | None = None
    use_discretion: bool = False
    key: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The plain mapping of the same shape."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
