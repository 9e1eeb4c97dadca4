"""Outcomes counted by something: whether customers were kept, and how content they were. Of several outcomes of one decision
the newest counts."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from remit.review.actions import Action
from remit.review.estimates import Moments

__all__ = ["OutcomeTallies", "OutcomeTally"]

K = TypeVar("K", bound=Hashable)
#: So many outcomes are remembered for a later one of the same decision, which counts instead.
_REMEMBERED: Final = 20_000


@dataclass(slots=True)
class OutcomeTally:
    """Of ``of`` customers ``kept`` were kept; ``csat`` is how often each value was said."""

    kept: int = 0
    of: int = 0
    csat: Counter[int] = field(default_factory=Counter)

    def count(self, action: Action, times: int) -> None:
        """Count an outcome, or (-1) count it no more."""
        if action.kept is not None:
            self.of += times
            self.kept += times * action.kept
        if action.csat is not None:
            self.csat[action.csat] += times

    @property
    def moments(self) -> Moments:
        """Those of what was said."""
        out = Moments()
        for value, count in sorted(self.csat.items()):
            if count > 0:
                out = out.join(Moments(count, float(value), 0.0))
        return out


class OutcomeTallies(Generic[K]):
    """A tally for each key."""

    def __init__(self) -> None:
        self.by_key: defaultdict[K, OutcomeTally] = defaultdict(OutcomeTally)
        self._newest: OrderedDict[str, tuple[K, Action]] = OrderedDict()

    def add(self, key: K, action: Action) -> None:
        """Count the outcome of a decision."""
        of = action.of or action.id
        earlier = self._newest.pop(of, None)
        if earlier is not None:
            self.by_key[earlier[0]].count(earlier[1], -1)
        self.by_key[key].count(action, 1)
        self._newest[of] = key, action
        if len(self._newest) > _REMEMBERED:
            self._newest.popitem(last=False)
