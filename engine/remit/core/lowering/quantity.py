"""What a lowered condition and a lowered value are, and what the parts of lowering need of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from remit.core.terms import Term, Terms
from remit.language.nodes import Node
from remit.policy.model import Model

__all__ = ["Conditions", "Truth", "Values", "Whole"]


@dataclass(frozen=True, slots=True)
class Whole:
    """``number`` / ``over``, of ``unit`` (``number``, ``money``, ``day``, ``duration`` or ``months``), unless ``null``.
    ``exact`` is false for what the language cuts off after 34 digits."""

    number: Term
    over: int
    unit: str
    null: Term
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition. Where nothing is missing, ``open`` is never true; null is none of the three, and one that is not
    ``nullable`` is never null. ``waits`` has the bits of the facts that an open one waits for (:meth:`Conditions.bit`)."""

    yes: Term
    no: Term
    open: Term
    waits: Term
    nullable: bool = True

    def null(self, terms: Terms) -> Term:
        """Whether it has no value."""
        none = (terms.not_(each) for each in (self.yes, self.no, self.open))
        return terms.and_(*none) if self.nullable else terms.const(False)


class Conditions(Protocol):
    """The lowering of conditions, as that of values needs it."""

    terms: Terms
    model: Model
    role: str | None
    partial: bool
    scope: Term
    given: Mapping[str, Term]

    def truth(self, node: Node, tested: Node | None = None) -> Truth:
        """A condition; ``tested`` is what its input stands for."""

    def missing(self, name: str) -> Term:
        """Whether a fact is missing."""


class Values(Protocol):
    """The lowering of values, as that of tables needs it."""

    terms: Terms
    model: Model
    lowering: Conditions

    def of(self, node: Node, tested: Node | None = None) -> Whole:
        """The value of ``node``."""

    def aligned(self, *values: Whole) -> tuple[list[Term], int]:
        """The numbers over one denominator."""

    def either(self, condition: Term, yes: Whole, no: Whole) -> Whole:
        """One of the two."""
