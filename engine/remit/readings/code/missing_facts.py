"""Decisions with facts missing: which of them matter (law 5), and which would open more (law 6).

The same questions as in the definition, :class:`remit.readings.numbers.definition.NumberCase`, asked of compiled functions: the
answer under a reading of what is open, again and again with one fact read the other way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple

from remit.core.views import WAIT
from remit.readings.code.evaluator_calls import Scopes

__all__ = ["HOPEFUL", "SURE", "Functions", "Incomplete", "Favour"]


class Favour(NamedTuple):
    """Whether a piece that waits for some facts is read in the customer's favour: if they meet ``wide`` (or, ``not_wide``, do
    not), where the piece widens; the same with ``narrow``, where it narrows. Facts are bits."""

    wide: int
    not_wide: bool
    narrow: int
    not_narrow: bool


SURE: Final = Favour(0, False, 0, False)
HOPEFUL: Final = Favour(0, True, 0, True)
#: Only what narrows is read favourably.
_BASE: Final = Favour(0, False, 0, True)


def _without(fact: int) -> Favour:
    return Favour(fact, True, fact, True)


def _only(fact: int) -> Favour:
    return Favour(fact, False, 0, True)


class Functions(NamedTuple):
    """What is compiled for a role. ``told`` takes the values, the scopes, whether the facts are given, those that are missing
    and those that open more, and gives ``None`` where they are not given and matter. ``waits`` gives the facts that anything
    hangs on, and those that more evidence hangs on. ``verdict`` and ``offers`` give the answer under a reading."""

    told: Callable[..., str | None]
    waits: Callable[..., tuple[int, int]]
    verdict: Callable[..., int]
    offers: Callable[..., tuple[int, ...]]


class Incomplete:
    """One request with facts missing."""

    def __init__(self, functions: Functions, values: tuple[Any, ...], scopes: Scopes, *, active: bool) -> None:
        self._functions = functions
        self._values = values
        self._scopes = scopes
        self._active = active

    def told(self) -> str:
        """The decision as JSON."""
        given = self._values, self._scopes
        text = self._functions.told(*given, False, 0, 0)
        if text is None:
            text = self._functions.told(*given, True, self.missing, self.openers)
            assert text is not None
        return text

    @cached_property
    def _waits(self) -> tuple[int, int]:
        return self._functions.waits(self._values, self._scopes)

    def _verdict(self, reading: Favour) -> int:
        return self._functions.verdict(self._values, self._scopes, *reading)

    def _offers(self, reading: Favour) -> tuple[int, ...]:
        return self._functions.offers(self._values, self._scopes, *reading)

    def _answer(self, reading: Favour) -> object:
        """What is compared between readings. The last of the offers is the verdict on asking for nothing."""
        return self._verdict(reading) if self._active else self._offers(reading)

    @property
    def missing(self) -> int:
        """The facts that can still change the outcome or the evidence."""
        waits, evidence = self._waits
        out = self._facts_that_matter(waits) if waits else 0
        if self._active and evidence and self._verdict(HOPEFUL) >= WAIT:
            out |= evidence
        return out

    def _facts_that_matter(self, waits: int) -> int:
        best = self._answer(HOPEFUL)
        if best == self._answer(SURE):
            return 0
        base = self._answer(_BASE)
        out = 0
        for fact in _facts(waits):
            if self._answer(_without(fact)) != best or self._answer(_only(fact)) != base:
                out |= fact
        return out or waits

    @property
    def openers(self) -> int:
        """The facts without which less can be offered than if all of them turned out well."""
        waits, _ = self._waits
        best = self._offers(HOPEFUL)[:-1] if waits else ()
        if best == (self._offers(SURE)[:-1] if waits else ()):
            return 0
        return sum(fact for fact in _facts(waits) if self._offers(_without(fact))[:-1] != best)

    @property
    def is_promising(self) -> bool:
        """Whether what was asked could be granted, or more could be offered, if all that is missing turned out well."""
        if self._active:
            return self._verdict(HOPEFUL) >= WAIT
        return self._offers(HOPEFUL)[:-1] != self._offers(SURE)[:-1]

    def still_useful(self, unknown: int) -> int:
        """The missing facts that can change the answer although those in ``unknown`` stay unknown: as
        :meth:`remit.readings.numbers.definition.NumberCase.still_useful`."""
        waits, _ = self._waits
        best = self._answer(_without(unknown)) if waits else None
        if not waits or best == self._answer(SURE):
            return 0
        others = waits & ~unknown
        return sum(fact for fact in _facts(others) if self._answer(_without(unknown | fact)) != best) or others


def _facts(bits: int) -> Iterator[int]:
    while bits:
        fact = bits & -bits
        bits ^= fact
        yield fact
