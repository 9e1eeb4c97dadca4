"""The same case twice, as it is and as it is told, and what may be given in each by the definition."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from remit.authoring.lying.believed import Believed
from remit.authoring.proving.proof_cases import FIRST_DAY, LAST_DAY, ProofCase
from remit.authoring.proving.redecided import Redecided
from remit.authoring.thresholds import scope_at
from remit.core.alone import LargestAlone
from remit.core.views import PolicyView
from remit.errors import RequestError
from remit.language.values import Money

__all__ = ["LiePair", "LiePairs", "value_of", "with_value"]

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
        limit = int(self.redecided.authority(case, self.role, self.remedy).limit)
        if not self._asks:
            return limit

        def trial(amount: int) -> tuple[bool, int]:
            try:
                asking = replace(case, asked={self.remedy: amount})
                limit = int(self.redecided.authority(asking, self.role, self.remedy).limit)
            except RequestError:  # nobody can ask for that much, or for less than nothing
                return False, 0
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

    def everyday(self, pair: LiePair, least: int, keep: Collection[str] = ()) -> LiePair:
        """The pair with everyday values, and without facts that change neither amount, where it still gains ``least``; the
        facts to ``keep`` keep their values."""
        for name in (*self.model.facts, *self.model.facts):  # twice, as the first may wait for the last
            if name not in keep:
                pair = next(self._plainer(pair, name, least), pair)
        if "occurred" not in pair.differing:
            found = self.pair(replace(pair.true, occurred=None), replace(pair.told, occurred=None))
            if found is not None and (found.due, found.given) == (pair.due, pair.given):
                return found
        return pair

    # Without bounds

    def is_large(self, pair: LiePair, name: str, large: int) -> bool:
        """Whether a fact without a bound is so ``large`` on either side."""
        fact, sizes = self.model.facts[name], [_size(value_of(case, name)) for case in (pair.true, pair.told)]
        return any((size >= large and fact.high is None) or (-size >= large and fact.low is None) for size in sizes)

    def grows(self, pair: LiePair, name: str) -> bool:
        """Whether the pair gains less where the larger value of a fact is half as far from the usual one. Of a number that is
        taken for granted: half of no end is none, either."""
        if self.model.facts[name].type.kind != "date":
            return True
        usual, values = self.redecided.usual[name], [value_of(case, name) for case in (pair.true, pair.told)]
        largest = max(values, key=lambda each: abs(_size(each)))
        true, told = (usual + (each - usual) // 2 if each == largest else each for each in values)
        found = self.pair(with_value(pair.true, name, true), with_value(pair.told, name, told))
        return found is None or found.gain < pair.gain

    def modest(self, pair: LiePair, names: Collection[str]) -> LiePair | None:
        """The pair with an everyday value of these facts, or where it is about them, with ten times that on the larger side;
        ``None``, where it is then none."""
        true, told = pair.true, pair.told
        for name in names:
            usual = self.redecided.usual[name]
            more = _more(usual) if name in pair.differing else usual
            is_more = _size(value_of(told, name)) > _size(value_of(true, name))
            true, told = with_value(true, name, usual if is_more else more), with_value(told, name, more if is_more else usual)
        found = self.pair(true, told)
        return found if found is not None and found.gain >= 1 else None

    # Plainer values

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


def _size(value: Any) -> int:
    """How large a value is in its unit; a day and a duration as if each day were a million, as few are many."""
    match value:
        case Money(amount=amount):
            return int(amount)
        case Decimal() | int():
            return int(value)
        case timedelta():
            return value.days * 10**6
        case date():
            return 10**9 if value.toordinal() in (FIRST_DAY, LAST_DAY) else 0
    return 0


def _more(usual: Any) -> Any:
    match usual:
        case Money(amount=amount, currency=currency):
            return Money(max(amount, Decimal(1)) * 10, currency)
        case Decimal():
            return max(usual, Decimal(1)) * 10
        case timedelta():
            return usual * 10
        case date():
            return usual + timedelta(days=100)
    return usual


def value_of(case: ProofCase, name: str) -> Any:
    """What a case says of a fact, or on which day it ``occurred``; ``None`` where it does not."""
    return case.occurred if name == "occurred" else case.facts.get(name)


def with_value(case: ProofCase, name: str, value: Any) -> ProofCase:
    """The case with another value, or without the fact where that is ``None``."""
    if name == "occurred":
        return replace(case, occurred=value)
    rest = {each: known for each, known in case.facts.items() if each != name}
    return replace(case, facts=rest if value is None else {**case.facts, name: value})
