"""One thing that is compared: the limit, or what is owed, of one remedy, on the side that should be higher and on the other.

What both sides have cancels before the solver sees it: where nothing else can differ, a rule that both have never lifts one
above the other, so that only the changed rules are asked whether they give more than every rule of the other side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from remit.authoring.proving.change.policy_pair import PairDecided, PolicyPair, Side
from remit.core.authorities import Authority
from remit.core.term import Term
from remit.core.views import GuardrailView

__all__ = ["Aspect", "ChangeComparison", "Direction", "RuleAmount", "comparisons"]

#: ``limit``: what may be given; ``owed``: what the customer is owed.
Aspect: TypeAlias = Literal["limit", "owed"]
Direction: TypeAlias = Literal["wider", "narrower"]


@dataclass(frozen=True, slots=True)
class RuleAmount:
    """What rule ``number`` gives (``owed``: owes) where it holds."""

    number: int
    owed: bool
    holds: Term
    amount: Term

    @property
    def key(self) -> tuple[bool, Term, Term]:
        """What makes it the same as that of another policy."""
        return self.owed, self.holds, self.amount


class ChangeComparison:
    """Whether ``remedy`` is higher on the side ``high`` than on ``low``, for ``roles``, for whom the terms are the same."""

    def __init__(self, pair: PolicyPair, direction: Direction, aspect: Aspect, remedy: str, roles: tuple[str, ...]) -> None:
        self.pair = pair
        self.direction = direction
        self.aspect = aspect
        self.remedy = remedy
        self.roles = roles
        self.high: Side = "new" if direction == "wider" else "old"
        self.low: Side = "old" if direction == "wider" else "new"

    def known(self, side: Side) -> Authority:
        """The terms of one side."""
        return self.pair.authority(side, self.roles[0], self.remedy)

    def term(self, side: Side) -> Term:
        """The number that is compared."""
        return self.pair.terms.const(self._of(self.known(side)))

    def decided(self, side: Side, decided: PairDecided) -> int:
        """The same in one case, by the definition, in smallest units."""
        return int(self._of(decided.authority(side, self.remedy)))

    def _of(self, known: Authority) -> Any:
        return known.limit if self.aspect == "limit" else known.claim

    # Rules

    def amounts(self, side: Side) -> list[RuleAmount]:
        """What each rule gives or owes."""
        known = self.known(side)
        found = [*_entries(known.owed, owed=True)]
        return found if self.aspect == "owed" else [*found, *_entries(known.open, owed=False)]

    @cached_property
    def changed(self) -> list[RuleAmount]:
        """Those of the high side that the low one has not."""
        low = {each.key for each in self.amounts(self.low)}
        return [each for each in self.amounts(self.high) if each.key not in low]

    @cached_property
    def is_held_alike(self) -> bool:
        """Whether all that guardrails say is the same on both sides, in whatever order."""
        keys = [{self._key(side, each) for each in self._guardrails(side)} for side in (self.high, self.low)]
        return keys[0] == keys[1]

    def lifted(self, apart: Mapping[RuleAmount, Term]) -> Term:
        """The number of the high side, as far as rules reach it that can lift it above the low one; of those in ``apart`` only
        where the condition there is false."""
        T, known = self.pair.terms, self.known(self.high)
        every = self.changed if self.is_held_alike else self.amounts(self.high)
        kept = [(each, T.and_(each.holds, T.not_(apart.get(each, False)))) for each in every]
        owed, may = (
            T.best((holds, each.amount, each.number) for each, holds in kept if each.owed is is_owed)[0]
            for is_owed in (True, False)
        )
        if self.aspect == "owed":
            return T.ite(known.held_denies, 0, owed)
        return T.ite(known.is_blocked, T.ite(known.is_held, 0, owed), T.max(owed, T.min(may, known.ceiling)))

    # Guardrails

    @cached_property
    def lost(self) -> dict[int, Term]:
        """The guardrails of the low side that the high one has not, by their number, each with when it applies."""
        if self.is_held_alike:
            return {}
        high = {self._key(self.high, each) for each in self._guardrails(self.high)}
        return {each.number: each.holds for each in self._guardrails(self.low) if self._key(self.low, each) not in high}

    def _guardrails(self, side: Side) -> Iterator[GuardrailView]:
        """Those that touch what is compared."""
        meaning = self.pair.meanings[side]
        known, own = meaning.of(self.pair.rank(side, self.roles[0])), len(meaning.model.guardrails)
        for each in known.guardrails:
            effect, named = each.guardrail.effect, bool(each.guardrail.remedies)
            touches = self.remedy in each.limits if effect == "limit" else each.guardrail.covers(self.remedy)
            if self.aspect == "owed":
                touches = effect == "deny" and named and touches
            if each.number < own and touches:
                yield each

    def _key(self, side: Side, each: GuardrailView) -> object:
        T, rank = self.pair.terms, self.pair.rank(side, self.roles[0])
        most = None
        if each.guardrail.effect == "limit":
            most = T.max(0, *(amount for lowest, amount in each.limits[self.remedy] if lowest <= rank))
        return each.guardrail.effect != "limit", bool(each.guardrail.remedies), T.const(each.holds), most


def _entries(amount: Term, *, owed: bool) -> Iterator[RuleAmount]:
    """What the best of some amounts is the best of; nothing gives nothing."""
    if isinstance(amount, int) or amount.kind == "const":
        return
    node = amount.args[0]
    assert (amount.kind, node.kind) == ("amount", "best")
    for holds, best, number in zip(node.args[::2], node.args[1::2], node.value, strict=True):
        for each in best.args if best.kind == "max" else (best,):  # of one role and of those below
            yield RuleAmount(number, owed, holds, each)


def comparisons(pair: PolicyPair) -> Iterator[ChangeComparison]:
    """All that may differ, what customers are owed first; roles for which the same terms are compared are taken together."""
    aspects: tuple[Aspect, Aspect] = ("owed", "limit")
    directions: tuple[Direction, Direction] = ("wider", "narrower")
    for aspect in aspects:
        for remedy in pair.ground.remedies:
            for direction in directions:
                groups: dict[tuple[Term, ...], list[str]] = {}
                for role in pair.ground.roles:
                    alone = ChangeComparison(pair, direction, aspect, remedy, (role,))
                    lifted, low = alone.lifted({}), alone.term(alone.low)
                    if alone.term(alone.high) is not low and not (lifted.kind == "const" and lifted.value <= 0):
                        groups.setdefault((lifted, low), []).append(role)
                for roles in groups.values():
                    yield ChangeComparison(pair, direction, aspect, remedy, tuple(roles))
