"""What a lowered condition and a lowered value are, and what the parts of lowering need of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Protocol

from remit.core.lowering.opaque import Opaque
from remit.core.terms import Term, Terms
from remit.language.nodes import Node, names_in
from remit.policy.model import Model

__all__ = ["Blur", "Conditions", "Truth", "Values", "Whole", "evaluated"]


@dataclass(frozen=True, slots=True)
class Blur:
    """The language's value differs from a fraction by at most ``hair``, and not at all where ``sure``. It is rounded, and
    compared with what is exact, as the fraction is, unless it is ``loose`` (or ``hair`` is too large for that)."""

    hair: Fraction
    sure: Term
    loose: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """``number`` / ``over``, of ``unit`` (``number``, ``money``, ``day``, ``duration`` or ``months``), unless ``null``.
    ``exact`` is false for what the language cuts off after 34 digits; ``blur`` then says how far it is off, in proofs."""

    number: Term
    over: int
    unit: str
    null: Term
    exact: bool = True
    blur: Blur | None = None


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
    proofs: bool
    scope: Term
    given: Mapping[str, Term]

    def truth(self, node: Node, tested: Node | None = None) -> Truth:
        """A condition; ``tested`` is what its input stands for."""

    def missing(self, name: str) -> Term:
        """Whether a fact is missing."""


def evaluated(lowering: Conditions, of: Opaque, **sort: Any) -> Term:
    """A call of the evaluator, which is given what the node reads of a promise's amounts."""
    names = {name for node in (of.node, of.tested) if node is not None for name in names_in(node)}
    amounts = tuple(sorted(name for name in names & lowering.given.keys() if not name.startswith("asked.")))
    given = map(lowering.given.__getitem__, amounts)
    return lowering.terms.call(replace(of, amounts=amounts) if amounts else of, lowering.scope, *given, **sort)


class Values(Protocol):
    """The lowering of values, as that of tables needs it."""

    terms: Terms
    model: Model
    lowering: Conditions
    proofs: bool

    def of(self, node: Node, tested: Node | None = None) -> Whole:
        """The value of ``node``."""

    def aligned(self, *values: Whole) -> tuple[list[Term], int]:
        """The numbers over one denominator."""

    def either(self, condition: Term, yes: Whole, no: Whole) -> Whole:
        """One of the two."""
