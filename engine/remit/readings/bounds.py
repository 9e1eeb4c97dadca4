"""How much a policy can give at the least and at the most, from the declared bounds of its facts alone.

A reading of the terms in one file: each term knows the lowest and highest whole number that it can be
(:mod:`remit.core.term`). The bounds hold for every complete request as long as nothing was received under a
claim; they need not be reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from remit.core.lowering.lowered import Lowered, TermRequest
from remit.core.tell import Answer
from remit.core.term import Term
from remit.core.texts import Texts
from remit.core.views import PolicyView
from remit.policy.model import Model

__all__ = ["TermBounds", "bounds"]


@dataclass(frozen=True, slots=True)
class TermBounds:
    """The lowest and highest limit, and amount owed: smallest units of money, units of counts, 0 or 1 for
    exceptions; ``None`` where nothing bounds it."""

    limit: tuple[int | None, int | None]
    owed: tuple[int | None, int | None]


def bounds(model: Model) -> Mapping[tuple[str, str], TermBounds]:
    """By role and remedy.

    >>> import remit
    >>> found = bounds(remit.load(remit.shipped("hotel-guest-recovery")).model)
    >>> found["associate", "points"].limit
    (0, 20000)
    """
    model = replace(model, claims=())  # before anything is received under one
    policy = PolicyView.of(model)
    lowered = Lowered(model, by_role=policy.by_role, partial=False)
    texts = Texts(policy)
    out = {}
    for rank, role in enumerate(model.ladder):
        case = Answer(lowered.terms, texts, TermRequest(lowered, rank, rank), *lowered.views, lowered.role(rank).requirements)
        for remedy in model.remedies:
            authority = case.sure.authority(remedy)
            limit, owed = (lowered.terms.const(each) for each in (authority.limit, authority.claim))
            out[role, remedy] = TermBounds(_of(limit), _of(owed))
    return out


def _of(term: Term) -> tuple[int | None, int | None]:
    return term.low, term.high
