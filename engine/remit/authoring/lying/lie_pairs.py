"""The same case twice, as it is and as it is told, and what may be given in each by the definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from remit.authoring.lying.believed import Believed
from remit.authoring.proving.proof_cases import ProofCase
from remit.authoring.proving.redecided import Redecided
from remit.authoring.thresholds import scope_at
from remit.core.alone import LargestAlone
from remit.core.views import PolicyView
from remit.errors import RequestError

__all__ = ["LiePair", "LiePairs"]

#: So many amounts are tried where it depends on what is asked how much may be given.
_MOST_TRIALS = 200


@dataclass(frozen=True, slots=True)
class LiePair:
    """``true`` is how it is, ``told`` is what is said; ``due`` is the most that may be given for the truth, ``given`` the most
    for the lie, in smallest units. ``differing`` are the names of what is told otherwise."""

    true: ProofCase
    told: ProofCase
    due: int
    given: int
    differing: tuple[str, ...]

    @property
    def gain(self) -> int:
        """How much more the lie gives."""
        return self.given - self.due


class LiePairs:
    """Pairs of cases for one remedy and role, ``known`` being what can be lied about."""

    def __init__(self, redecided: Redecided, policy: PolicyView, remedy: str, role: str, known: Believed) -> None:
        self.redecided = redecided
        self.model = redecided.model
        self.remedy = remedy
        self.role = role
        self.known = known
        self._asks = remedy in policy.reads_asked
        self._alone = LargestAlone(self.model, _MOST_TRIALS)

    def pair(self, true: ProofCase, told: ProofCase) -> LiePair | None:
        """The pair, if it is a lie that anyone can tell, and both cases can be decided."""
        differing = tuple(name for name in self.known if value_of(true, name) != value_of(told, name))
        for name in differing:
            keys = self.known[name]
            if keys and not any(each in differing for each in keys):
                return None  # nobody else's past is told
        try:
            return LiePair(true, told, self.most(true), self.most(told), differing)
        except RequestError:
            return None

    def most(self, case: ProofCase) -> int:
        """The most that may be given in a case, by the definition, in smallest units. Raises :class:`remit.RequestError`."""
        if not self._asks:
            return int(self.redecided.authority(case, self.role, self.remedy).limit)

        def trial(amount: int) -> tuple[bool, int]:
            asking = replace(case, asked={self.remedy: amount})
            limit = int(self.redecided.authority(asking, self.role, self.remedy).limit)
            return amount <= limit, limit

        scope = scope_at(self.model, {"occurred": case.occurred or self.redecided.situations.day, **case.facts})
        return self._alone.of(self.remedy, scope, trial)

    # Told short

    def fewer(self, pair: LiePair, least: int) -> LiePair:
        """The pair with fewer facts that differ, where that still gains ``least``."""
        for name in reversed(pair.differing):  # a history before the id that it is kept by
            for true, told in (
                (with_value(pair.true, name, value_of(pair.told, name)), pair.told),
                (pair.true, with_value(pair.told, name, value_of(pair.true, name))),
            ):
                found = self.pair(true, told)
                if found is not None and found.gain >= least and len(found.differing) < len(pair.differing):
                    pair = found
                    break
        return pair

    def everyday(self, pair: LiePair, least: int) -> LiePair:
        """The pair with everyday values, and without facts that change neither amount, where it still gains ``least``."""
        for name in self.model.facts:
            pair = next(self._plainer(pair, name, least), pair)
        if "occurred" not in pair.differing:
            found = self.pair(replace(pair.true, occurred=None), replace(pair.told, occurred=None))
            if found is not None and (found.due, found.given) == (pair.due, pair.given):
                return found
        return pair

    def _plainer(self, pair: LiePair, name: str, least: int) -> Iterator[LiePair]:
        if name in pair.differing:
            yield from self._plainer_lie(pair, name, least)
            return
        found = self.pair(with_value(pair.true, name, None), with_value(pair.told, name, None))
        if found is not None and (found.due, found.given) == (pair.due, pair.given):
            yield found
        if name in pair.true.facts:
            for value in self.redecided.plainer(name, pair.true.facts[name]):
                found = self.pair(with_value(pair.true, name, value), with_value(pair.told, name, value))
                if found is not None and found.gain >= least:
                    yield found

    def _plainer_lie(self, pair: LiePair, name: str, least: int) -> Iterator[LiePair]:
        """With a plainer lie about ``name``, and then a plainer truth."""
        for value in (*self._plain(pair.told, name), None):
            found = pair if value is None else self._still(pair.true, with_value(pair.told, name, value), name, least)
            if found is None:
                continue
            for truth in self._plain(found.true, name):
                plainer = self._still(with_value(found.true, name, truth), found.told, name, least)
                if plainer is not None:
                    yield plainer
            yield found

    def _still(self, true: ProofCase, told: ProofCase, name: str, least: int) -> LiePair | None:
        found = self.pair(true, told)
        return found if found is not None and found.gain >= least and name in found.differing else None

    def _plain(self, case: ProofCase, name: str) -> Sequence[Any]:
        if name not in case.facts:
            return ()
        fact, now = self.model.facts[name], case.facts[name]
        if fact.type.kind == "text":
            return [each for each in (*self.redecided.plainer(name, now), "x-1", "x-2") if each != now]
        return list(self.redecided.plainer(name, now))


def value_of(case: ProofCase, name: str) -> Any:
    """What a case says of a fact, or on which day it ``occurred``; ``None`` where it does not."""
    return case.occurred if name == "occurred" else case.facts.get(name)


def with_value(case: ProofCase, name: str, value: Any) -> ProofCase:
    """The case with another value, or without the fact where that is ``None``."""
    if name == "occurred":
        return replace(case, occurred=value)
    rest = {each: known for each, known in case.facts.items() if each != name}
    return replace(case, facts=rest if value is None else {**case.facts, name: value})
