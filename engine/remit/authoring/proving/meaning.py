"""A policy as what statements are made of: terms of complete requests, in which no fact is missing.

A request that leaves facts out never gets more than one of its completions does (law 5), so what is proved of complete requests
bounds those, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from remit.core.authorities import Authority
from remit.core.laws import Bundle
from remit.core.lowering.lowered import Lowered, TermRequest
from remit.core.lowering.lowering import Lowering
from remit.core.terms import Term, Terms
from remit.core.views import PolicyView, RuleView
from remit.language.nodes import names_in
from remit.policy.model import Model, Promise
from remit.policy.trees import reads

__all__ = ["Meaning"]


class Meaning:
    """One policy in terms. Two policies that are compared share ``terms``; ``distinct`` then marks one of them."""

    def __init__(self, model: Model, terms: Terms | None = None, distinct: str = "") -> None:
        self.model = model
        self.policy = PolicyView.of(model)
        self.lowered = Lowered(model, by_role=self.policy.by_role, partial=False, terms=terms, distinct=distinct, proofs=True)
        self.terms = self.lowered.terms
        self._bundles: dict[int, Bundle] = {}

    @property
    def ranks(self) -> Sequence[int]:
        """The ranks whose conditions may differ."""
        return range(len(self.model.ladder)) if self.policy.by_role else (0,)

    def of(self, rank: int) -> Bundle:
        """What the role of ``rank`` may give when it asks itself, and what becomes of what is asked."""
        if rank not in self._bundles:
            request, view = TermRequest(self.lowered, rank, rank), self.lowered.views[0]
            self._bundles[rank] = Bundle(self.terms, self.policy, request, view, rank)
        return self._bundles[rank]

    def authority(self, rank: int, remedy: str) -> Authority:
        """The same of one remedy."""
        return self.of(rank).authority(remedy)

    def rules(self, rank: int) -> Iterator[RuleView]:
        """The rules as the role of ``rank`` meets them, and then as each lower role does, where that differs."""
        for some in self.lowered.views[0].rules(rank):
            yield from some

    def amounts(self, asker: int) -> Mapping[str, Term]:
        """What promises read when the role of rank ``asker`` asks: ``limit.REMEDY.ROLE`` and ``owed.REMEDY``, in smallest
        units; of an exception whether it may be given."""
        out: dict[str, Term] = {}
        for name, remedy in self.model.remedies.items():
            made = {f"limit.{name}.{role}": self.authority(rank, name).limit for rank, role in enumerate(self.model.ladder)}
            made[f"owed.{name}"] = self.authority(asker, name).claim
            for each, term in made.items():
                out[each] = self.terms.lt(0, term) if remedy.kind == "exception" else self.terms.const(term)
        return MappingProxyType(out)

    def promise(self, promise: Promise) -> Term:
        """Whether a promise does not hold for some role that asks: it is false, or cannot be worked out."""
        return self.terms.or_(*(self._broken(promise, rank) for rank in self.askers(promise)))

    def askers(self, promise: Promise) -> Sequence[int]:
        """The ranks of the roles that may be told something else."""
        read = "employee.role" in reads(self.model, promise.always.node)
        return range(len(self.model.ladder)) if self.policy.by_role or read else (0,)

    def _broken(self, promise: Promise, rank: int) -> Term:
        names = names_in(promise.always.node)
        given = {name: term for name, term in self.amounts(rank).items() if name in names}
        lowering = Lowering(
            self.terms,
            self.model,
            self.model.ladder[rank] if len(self.askers(promise)) > 1 else None,
            partial=False,
            given=MappingProxyType(given),
            distinct=self.lowered.distinct,
            proofs=True,
        )
        truth = lowering.truth(promise.always.node)
        return self.terms.or_(truth.no, truth.null(self.terms))
