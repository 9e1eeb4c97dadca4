"""What an employee asks, as a service app or the command says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from datetime import date
from typing import Any, NamedTuple

from remit.language.fast_dataclass import dataclass

__all__ = ["Personal", "Request", "Used", "find_fact", "key_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. A plain mapping of the same shape is accepted wherever a request is.

    ``employee``: ``{"id": "e-17", "role": "associate"}``. ``asked``: remedy to amount: money as ``"45 EUR"`` or
    :class:`remit.Money`, counts as ``int``, exceptions as ``True``; empty to ask "what can I do?". ``facts``: nested or dotted.
    ``sources``: where facts come from that no system gave: fact to ``"stated"`` or ``"evidence"`` (``"system"`` is what all
    others are). ``case``: the case's number. ``occurred``: the day of the incident, a ``date`` or ``"2026-07-01"``.
    ``evidence``: what is on file, by name, or as ``{"name": "photo", "by": "e-3", "reference": "DOC-12"}``: who filed it (the
    employee, where that is not said), and where it is. ``use_discretion``: to go beyond the rules, and ``story``: why.
    ``key``: makes a grant idempotent. ``currency``: in which the request is, where the policy is in several and no amount says
    it.
    """

    employee: Mapping[str, str]
    asked: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    case: str | None = None
    occurred: date | str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    evidence: Sequence[str | Mapping[str, str]] = ()
    story: str | None = None
    use_discretion: bool = False
    key: str | None = None
    currency: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The plain mapping of the same shape."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """What holds for one employee and nobody else; a plain mapping of the same shape will do.

    ``ceiling`` and ``trust`` map remedies to amounts, written as in ``Request.asked``. A ceiling is a limit on goodwill below
    that of the role. Trust is what the employee may give wherever any rule covers the remedy; guardrails and caps still hold.
    ``own_account``: the customer is the employee, or somebody close to them.
    """

    ceiling: Mapping[str, Any] = field(default_factory=dict)
    trust: Mapping[str, Any] = field(default_factory=dict)
    own_account: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The plain mapping of the same shape."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


class Used(NamedTuple):
    """What is used of a cap or of the discretion, as a ledger counts it: smallest units of the currency, or a count; and the
    day on which something of it comes back, where that is known."""

    amount: int
    until: date | None


def find_fact(facts: Mapping[str, Any], name: str) -> Any:
    """What ``facts``, nested or dotted, say of ``name``; ``None`` where that is nothing.

    >>> find_fact({"stay.room": {"number": 12}, "stay": {"id": "s-1"}}, "stay.room.number")
    12
    """
    found = facts.get(name)
    if found is not None or "." not in name:
        return found
    for at, letter in enumerate(name):
        if letter == "." and isinstance(group := facts.get(name[:at]), Mapping):
            found = find_fact(group, name[at + 1 :])
            if found is not None:
                return found
    return None


def key_text(key: object) -> object:
    """A key of a mapping; a text that is more than a text (a member of an ``Enum``) is the text."""
    return str.__str__(key) if isinstance(key, str) else key
