"""What terms do not say: calls of the evaluator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from remit.language.nodes import Node

__all__ = [
    "NO",
    "NULL",
    "OPEN",
    "YES",
    "AloneAmount",
    "AloneRequirement",
    "CauseText",
    "Helper",
    "Item",
    "Native",
    "NearestText",
    "Opaque",
    "Outside",
    "ShownText",
]

#: What the evaluator says of a condition.
NO, YES, NULL, OPEN = range(4)


class Outside(Exception):
    """A value or condition that terms do not say."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A call of the evaluator. ``truth`` gives one of the constants above; ``open truth`` that and the bits of the facts that
    it waits for; ``whole`` and ``text`` the value or ``None``; ``parts`` how many ``over`` parts of a unit (or of a smallest
    unit of money) a number is; ``amount`` (of ``remedy``) the lowest, the highest, whether it says anything, whether it may,
    and the bits. ``tested`` is what the input of a unary test stands for. ``amounts`` are the names of what else it is given:
    what a promise reads of what is given and owed."""

    kind: Literal["truth", "open truth", "whole", "parts", "text", "amount"]
    node: Node
    tested: Node | None = None
    remedy: str = ""
    over: int = 1
    amounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CauseText:
    """Why the rule (for ``remedy``) or the guardrail (where that is empty) of this number cannot be worked out, in words."""

    number: int
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class NearestText:
    """The rules that nearly let the role of ``rank`` give ``remedies``, as reasons in JSON, each after a comma."""

    remedies: tuple[str, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Helper:
    """A text or a value that a function of the reading makes from a variable."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class ShownText:
    """The value of this name, which the decision shows, as JSON."""

    name: str


@dataclass(frozen=True, slots=True)
class AloneAmount:
    """The most of ``remedy`` that would be granted alone, or together with the exception ``beside``, to the role of ``rank``
    (on what the role ``asker`` asked), under the view that ``reads`` so."""

    remedy: str
    reads: str
    rank: int
    asker: int
    personal: bool
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class AloneRequirement:
    """Whether the requirement of this number surely holds where only so much of these remedies is asked."""

    number: int
    remedies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Native:
    """A small function of whole numbers, ``None`` where it has no value. ``months``: a day moved by so many months. ``working
    days``: how many there are after a first day up to a last, on ``calendar``. ``add working days``:
    the day so many of them after another."""

    kind: Literal["months", "working days", "add working days"]
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A part of what a call gave. In a proof, its lowest and highest value may follow the call as arguments, and where they
    are that."""

    place: int
