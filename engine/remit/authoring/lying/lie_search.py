"""The largest gain of a lie for one remedy and role, and the plainest pair of cases that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from remit.authoring.lying.believed import Believed, believed
from remit.authoring.lying.lie_pairs import LiePair, LiePairs, with_value
from remit.authoring.lying.lie_question import LieQuestion, variables
from remit.authoring.proving.climbing import Largest, climb
from remit.authoring.proving.prover import Prover
from remit.authoring.proving.question import Disagreement, FoundCase, Inquiry
from remit.authoring.proving.statements.edges import UNBOUNDED
from remit.readings.smt.script import number
from remit.readings.smt.solver import SolverFailure

__all__ = ["FoundLie", "LieSearch"]

#: Where a gain has no end, it grows with facts from here on; else only what is as large as it can be says so.
_LARGE: Final = 10**5
_LARGEST: Final = 10**8
#: So many times more is tried where a gain is looked for from below.
_STEP: Final = 10
#: A policy with so many rules is asked about each side alone first.
_MANY: Final = 40
_DEPENDS: Final = "how much may be given depends on how much is asked"


@dataclass(frozen=True, slots=True)
class FoundLie:
    """``largest`` is how far it was climbed; its ``shown`` is told short, and is everyday where the gain has no bound: it then
    grows with the facts ``unbounded``."""

    largest: Largest[LiePair]
    unbounded: tuple[str, ...] = ()

    @property
    def is_unbounded(self) -> bool:
        """Whether the gain has no bound of its own."""
        return self.largest.reached >= UNBOUNDED or bool(self.unbounded)


class LieSearch:
    """Looks for it. ``known`` is what can be lied about and matters here; ids where a history of theirs does."""

    def __init__(self, prover: Prover, remedy: str, rank: int) -> None:
        self.prover = prover
        self.remedy = remedy
        self.role = prover.model.ladder[rank]
        self.limit = prover.meaning.authority(rank, remedy).limit
        self.known = self._that_matters()
        self.pairs = LiePairs(prover.redecided, prover.meaning.policy, remedy, self.role, self.known)

    def _that_matters(self) -> Believed:
        frame = self.prover.frame(self.remedy)
        frame.encoding.at_least([(1, self.limit)], 1)
        for each in variables(self.limit):
            frame.variable(each)
        frame.read_by_calls()
        every = believed(self.prover.model)
        read = {name for name in every if name in frame.symbols}
        read |= {key for name in read for key in every[name]}
        return {name: keys for name, keys in every.items() if name in read}

    def largest(self) -> FoundLie:
        """The largest gain. Raises :class:`remit.authoring.proving.question.Disagreement`."""
        if not self.known or self.limit.high == 0:
            return FoundLie(Largest(0, 0, None))
        asks, found = self._climbed()
        if found.shown is None:
            return FoundLie(found)
        pair = self._fewest(asks, self.pairs.fewer(found.shown, found.reached), found.reached)
        has_end = found.reached < UNBOUNDED
        plain = self.pairs.everyday(pair, found.reached) if has_end else pair
        unbounded = tuple(self._unbounded(plain, _LARGEST if has_end else _LARGE))
        if unbounded or not has_end:
            pair = self._about(pair, unbounded)
            modest = self.pairs.modest(pair, unbounded)
            plain = self.pairs.everyday(modest or pair, 1, unbounded if modest else ())
            for name in () if modest else unbounded:
                plain = self.pairs.modest(plain, (name,)) or plain
        return FoundLie(replace(found, shown=plain), unbounded)

    # Climbing

    def _climbed(self) -> tuple[LieQuestion, Largest[LiePair]]:
        """How far it was climbed. Where what the truth is given was thought too little, it is asked again with that amount."""
        ceiling = UNBOUNDED if self.limit.high is None else min(self.limit.high, UNBOUNDED)
        if self.prover.model.remedies[self.remedy].kind == "exception":
            ceiling = 1
        amounts: Sequence[int] = ()
        while True:
            asks = LieQuestion(self.prover, self.pairs, self.limit, amounts)
            try:
                found = self._by_sides(asks, ceiling) if self._is_large() else self._climb(asks, ceiling)
                return asks, found if found.exact or found.reached else self._from_below(asks, found)
            except Disagreement:
                if self.remedy not in self.prover.meaning.policy.reads_asked:
                    raise
                learnt = asks.learnt()
                if learnt is None:
                    return asks, Largest(0, ceiling, None, _DEPENDS)
                amounts = learnt

    def _climb(self, asks: LieQuestion, ceiling: int) -> Largest[LiePair]:
        return climb(asks.question, asks.gain, ceiling, _gain, self.prover.seconds)

    def _is_large(self) -> bool:
        """Whether so many amounts are compared that two cases at once take long."""
        asks = self.remedy in self.prover.meaning.policy.reads_asked
        return (
            not asks and len(self.prover.model.rules) >= _MANY and self.prover.model.remedies[self.remedy].kind != "exception"
        )

    def _by_sides(self, asks: LieQuestion, ceiling: int) -> Largest[LiePair]:
        """First the least that any truth is given, and what a lie gains over a truth that is given that little. No lie gains
        more than the difference to the most that is given at all; only if it is less, it is asked for over any truth."""
        seconds, gain = self.prover.seconds, asks.gain
        highest = 2 * UNBOUNDED if self.limit.high is None else min(self.limit.high, 2 * UNBOUNDED)
        room = climb(asks.room(highest), gain, highest, lambda found: found, seconds)
        above = min(ceiling, room.at_most)
        found = climb(asks.beside(highest - room.reached), gain, above, _gain, seconds)
        if found.reached < above:
            grant = climb(asks.grant(), gain, highest, lambda given: min(given, highest), seconds)
            above = max(found.reached, min(above, grant.at_most - (highest - room.at_most)))
            return climb(asks.question, gain, above, _gain, seconds, found)
        return replace(found, at_most=found.reached)

    def _from_below(self, asks: LieQuestion, found: Largest[LiePair]) -> Largest[LiePair]:
        """What can be reached where the ceiling is out of sight: a little first, and then ever more."""
        aim = 1
        while aim <= found.at_most:
            more = self._climb(asks, aim)
            if more.shown is None:
                break
            found, aim = Largest(more.reached, found.at_most, more.shown, found.reason), more.reached * _STEP
        return found

    def _fewest(self, asks: LieQuestion, pair: LiePair, least: int) -> LiePair:
        """The pair in which the fewest facts differ, as far as that can be found in time."""
        try:
            return self._fewer(asks, pair, least)
        except SolverFailure:
            return pair  # it is a lie all the same
        except Disagreement:
            learnt = asks.learnt()
            if learnt is None:
                return pair
            return self._fewest(LieQuestion(self.prover, self.pairs, self.limit, learnt), pair, least)

    def _fewer(self, asks: LieQuestion, pair: LiePair, least: int) -> LiePair:
        with Inquiry(asks.question, self.prover.seconds) as inquiry:
            enough = inquiry.step(f"(>= {asks.gain} {number(least)})")
            while len(pair.differing) > 1:
                fewer = inquiry.step(asks.at_most_differ(len(pair.differing) - 1))
                answer = inquiry.seek(enough, fewer)
                if not isinstance(answer, FoundCase) or len(answer.shown.differing) >= len(pair.differing):
                    return pair
                pair = self.pairs.fewer(answer.shown, least)
        return pair

    # Without bounds

    def _unbounded(self, pair: LiePair, large: int) -> Sequence[str]:
        """The facts without a highest value that the gain grows with, if it has no bound of its own: with an everyday value,
        each would bound it."""
        facts = self.prover.model.facts
        every = [name for name in facts if self.pairs.is_large(pair, name, large) and self.pairs.grows(pair, name)]
        modest = {name: self.pairs.modest(pair, (name,)) for name in every}
        alone = [name for name, each in modest.items() if each is None or each.gain <= pair.gain // 2]
        return alone or every

    def _about(self, pair: LiePair, unbounded: Sequence[str]) -> LiePair:
        """The pair, or one that is about nothing but a fact that the gain grows with, where that can be lied about."""
        for name in unbounded:
            if name in self.known:
                usual = with_value(pair.told, name, self.prover.redecided.usual[name])
                found = self.pairs.pair(usual, pair.told)
                if found is not None and found.gain > pair.gain // 2:
                    return found
        return pair


def _gain(pair: LiePair) -> int:
    return min(pair.gain, UNBOUNDED)
