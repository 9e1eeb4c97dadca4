"""What the roles above could do, by functions of their own.

The next role is worked out in place: wherever something is refused, it is looked at. The others are called only where that one
is not enough. So a role's function does not grow with the ladder above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from remit.core.laws import Bundle
from remit.core.lowering.lowered import Lowered, TermRequest
from remit.core.lowering.opaque import Item
from remit.core.tell import Answer
from remit.core.terms import Term
from remit.core.views import PolicyView, Value

__all__ = ["CompiledAnswer", "Higher", "higher_roots"]


class Higher(NamedTuple):
    """The function of the role of ``rank`` under one view: whether it could grant what is asked, then for each remedy its limit
    and what of it is owed. ``asker`` is the lowest role that meets the same guardrails there as the one who asked."""

    rank: int
    hopeful: bool
    asker: int


def higher_roots(lowered: Lowered, policy: PolicyView, of: Higher) -> list[Term]:
    """What the function gives."""
    # As the lowest role sees it: the requester's own discretion and caps say nothing of somebody above.
    request = TermRequest(lowered, 0, of.asker)
    bundle = Bundle(lowered.terms, policy, request, lowered.views[of.hopeful], of.rank)
    shares = [amount for name in policy.remedies for amount in bundle.share(name)]
    return [lowered.terms.const(each) for each in (bundle.grantable, *shares)]


class CompiledAnswer(Answer):
    """An answer that calls for what roles beyond the next one could do."""

    def bundle(self, rank: int, *, hopeful: bool = False) -> Bundle:
        if rank <= self.request.rank + 1:
            return super().bundle(rank, hopeful=hopeful)
        hopeful = hopeful and self.views[0] is not self.views[1]
        return Called(self.A, self.policy, self.request, self.views[hopeful], rank, hopeful)


class Called(Bundle):
    """The bundle of a higher role, as its function gives it."""

    def __init__(self, A: Any, policy: PolicyView, request: Any, view: Any, rank: int, hopeful: bool) -> None:
        super().__init__(A, policy, request, view, rank)
        self._row = A.call(Higher(rank, hopeful, self._lowest(request.asker)))
        self.grantable = A.call(Item(0), self._row, sort="b")

    def _lowest(self, asker: int) -> int:
        """The lowest role that the guardrails here bind as they bind requests of ``asker``."""
        if self.policy.by_role and any(self.policy.sends(each, self.rank, asker) for each in self.model.guardrails):
            return asker  # what was sent is for the role that asked to say
        bound = self._bound(asker)
        return next(each for each in range(asker + 1) if self._bound(each) == bound)

    def _bound(self, asker: int) -> Sequence[tuple[bool, bool]]:
        policy, rank = self.policy, self.rank
        return [(policy.binds(each, rank, asker), policy.sends(each, rank, asker)) for each in self.model.guardrails]

    def share(self, remedy: str) -> tuple[Value, Value]:
        sent = any(each.to is not None and each.covers(remedy) for each in self.model.guardrails)
        if not sent and not any(remedy in rule.may or remedy in rule.owed for rule in self.model.rules):
            return 0, 0
        place = 1 + 2 * self.policy.remedies.index(remedy)
        limit, due = (self.A.call(Item(number), self._row, sort="i", low=0) for number in (place, place + 1))
        return limit, due
