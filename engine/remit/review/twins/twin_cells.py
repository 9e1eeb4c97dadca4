"""How a case was treated, as sums that can be added: a few numbers for each group in each stratum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import add, sub
from typing import Final, NamedTuple, TypeAlias

from remit.review.actions import Action
from remit.review.twins.like_cases import ANY, Key

__all__ = ["MEASURES", "Block", "Cell", "Measure", "Sums", "Worker", "added", "base_of", "gift_of", "shown_by"]

Sums: TypeAlias = list[int]


@dataclass(frozen=True, slots=True)
class Measure:
    """A way to look at how a case was treated. ``count``, ``total``, ``squares``, ``cubes`` are places in the sums of a cell;
    ``step`` is 1 for a rate. ``of_any``: it is compared in cases that are alike whatever was asked for."""

    name: str
    count: int
    total: int
    squares: int
    cubes: int
    step: int = 0
    of_any: bool = False


#: Something was given; it was sent up; the share of what was possible for the employee (in hundredths of a percent); the
#: amount of money (in smallest units).
MEASURES: Final = (
    Measure("given", 0, 1, 1, 1, 1, of_any=True),
    Measure("sent_up", 0, 2, 2, 2, 1),
    Measure("share", 3, 4, 5, 6),
    Measure("amount", 7, 8, 9, 10),
)
_PLACES: Final = 11


class Block(NamedTuple):
    """Which like cases: ``scope`` is the policy and its currency, ``site`` where they were dealt with."""

    scope: tuple[str, str]
    key: Key
    site: str | None

    @property
    def of_any(self) -> bool:
        """Whether its cases are alike whatever was asked for."""
        return self.key[2] == ANY


class Worker(NamedTuple):
    """Somebody who faces customers, as a group of their own."""

    id: str
    agent: bool


@dataclass(slots=True)
class Cell:
    """The cases of one group in one block: their sums, and the numbers of records that show how they were treated: the one
    with the ``most`` and the ``least`` given (share, amount, number), one ``refused`` and one ``sent`` up."""

    sums: Sums = field(default_factory=lambda: [0] * _PLACES)
    most: tuple[int, int, int] | None = None
    least: tuple[int, int, int] | None = None
    refused: int | None = None
    sent: int | None = None

    def join(self, other: Cell) -> None:
        """Take in those of another half of the log."""
        self.sums = added(self.sums, other.sums, 1)
        self.note(other.most, other.least, other.refused, other.sent)

    def note(
        self, most: tuple[int, int, int] | None, least: tuple[int, int, int] | None, refused: int | None, sent: int | None
    ) -> None:
        """Keep what shows more; of equals, the earlier record."""
        if most is not None and (self.most is None or _more(most) > _more(self.most)):
            self.most = most
        if least is not None and (self.least is None or least < self.least):
            self.least = least
        if refused is not None and (self.refused is None or refused < self.refused):
            self.refused = refused
        if sent is not None and (self.sent is None or sent < self.sent):
            self.sent = sent

    def forget(self, seq: int) -> None:
        """Show a record no more, because it was taken back."""
        self.most = None if self.most is not None and self.most[2] == seq else self.most
        self.least = None if self.least is not None and self.least[2] == seq else self.least


def _more(shown: tuple[int, int, int]) -> tuple[int, int, int]:
    share, amount, seq = shown
    return share, amount, -seq


def base_of(case: Action) -> Sums:
    """A case in which nothing is given yet."""
    out = [0] * _PLACES
    out[0] = 1
    out[2] = int(case.kind == "escalate" or case.act == "handed_over")
    out[3] = int(any(part.available for part in case.parts.values()))
    out[7] = int(any(part.unit for part in case.parts.values()))
    return out


def gift_of(case: Action, given: Mapping[str, int]) -> Sums:
    """What changes in the sums of a case when something is given in it."""
    out = [0] * _PLACES
    if not any(given.values()):
        return out
    out[1] = 1
    share, amount = _share(case, given), _amount(case, given)
    out[4:7] = share, share**2, share**3
    out[8:11] = amount, amount**2, amount**3
    return out


def _share(case: Action, given: Mapping[str, int]) -> int:
    """How much of what the employee could give was given, in hundredths of a percent; of a bundle, the mean of its parts."""
    shares = [min(10_000, 10_000 * given.get(name, 0) // part.available) for name, part in case.parts.items() if part.available]
    return sum(shares) // len(shares) if shares else 0


def _amount(case: Action, given: Mapping[str, int]) -> int:
    return sum(given.get(name, 0) for name, part in case.parts.items() if part.unit)


def added(mine: Sums, theirs: Sums, sign: int) -> Sums:
    """The sums with others added, or (``sign`` is -1) taken away."""
    return list(map(add if sign > 0 else sub, mine, theirs))


def shown_by(
    action: Action, plain: Sums
) -> tuple[tuple[int, int, int] | None, tuple[int, int, int] | None, int | None, int | None]:
    if plain[1]:
        told = plain[4], plain[8], action.seq
        return told, told, None, None
    return None, None, action.seq if action.act == "declined" else None, action.seq if plain[2] else None
