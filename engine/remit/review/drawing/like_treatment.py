"""How like cases were treated so far, for the draw: a case is compared with those before it, in one pass and bounded memory.

Cases are alike where the same policy decided for the same role and all facts that the policy reads are the same, of those with
few values: choices, yes or no, and whole numbers of a short range. Others (a price, a day) set how much may be given, and vary.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from remit.language import words
from remit.language.nodes import Name, walk
from remit.language.values import Money
from remit.policy.model import Fact, Model
from remit.review.estimates import Moments

if TYPE_CHECKING:
    from remit.review.actions import Action

__all__ = ["LikeTreatment", "Newest", "said_amount"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

#: How many groups of like cases, and how many employees, are remembered.
_MOST: Final = 20_000
#: Like cases that there must have been before one is compared with them.
_FEWEST: Final = 20
#: Grants of an employee that there must have been before these are compared with what others give.
_GRANTS: Final = 30
#: What nearly all like cases have in common: nine of ten.
_NEARLY_ALL: Final = 0.9
#: An amount is far off at three standard deviations above the mean and twice the mean, or at a third of the mean; an employee
#: is far off who gives so many times what others give in like cases, or the reciprocal of it.
_DEVIATIONS, _TIMES, _PART, _EMPLOYEE = 3.0, 2.0, 3.0, 1.5
#: A whole number has few values where its range is at most so long.
_SHORT: Final = 10


class Newest(OrderedDict[K, V], Generic[K, V]):
    """A mapping that makes what is missing, and forgets what was not asked for longest."""

    def __init__(self, make: Callable[[], V], most: int) -> None:
        super().__init__()
        self._make, self._most = make, most

    def at(self, key: K) -> V:
        """The value of a key, made where there is none."""
        if key in self:
            self.move_to_end(key)
            return self[key]
        found = self[key] = self._make()
        if len(self) > self._most:
            self.popitem(last=False)
        return found


@dataclass(slots=True)
class _Treated:
    """How often like cases got something, and how often they did not."""

    given: int = 0
    refused: int = 0

    @property
    def count(self) -> int:
        return self.given + self.refused


@dataclass(slots=True)
class LikeTreatment:
    """What like cases got. :meth:`compare` says how one differs from those before it, and counts it."""

    model_of: Callable[[str], Model]
    _reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _treated: Newest[Hashable, _Treated] = field(default_factory=lambda: Newest(_Treated, _MOST))
    _amounts: Newest[Hashable, Moments] = field(default_factory=lambda: Newest(Moments, _MOST))
    _employees: Newest[str, Moments] = field(default_factory=lambda: Newest(Moments, _MOST))

    def compare(self, action: Action) -> tuple[str, float] | None:
        """How ``action`` differs from like cases before it, in words, and how much (1 and more); ``None`` where it does not, or
        there is too little to say."""
        if action.actor is None or action.digest is None:
            return None
        refused = _is_refusal(action)
        given = any(action.given.values()) and action.kind in ("grant", "approve")
        if not (refused or given):
            return None
        case = (action.actor.role, *self._case(action))
        found = [self._treatment(case, refused)]
        if given:
            found += [self._amount(action, case, name, amount) for name, amount in action.given.items() if amount]
            found.append(self._employee(action))
        return max((each for each in found if each is not None), key=lambda each: each[1], default=None)

    def _case(self, action: Action) -> tuple[Hashable, ...]:
        assert action.digest is not None
        if action.digest not in self._reads:
            self._reads[action.digest] = _read_facts(self.model_of(action.digest))
        target = action.target if action.kind == "decline" and action.target is not None else action
        facts = tuple([_plain(target.facts.get(name)) for name in self._reads[action.digest]])
        return action.policy, action.currency, facts

    def _treatment(self, case: tuple[Hashable, ...], refused: bool) -> tuple[str, float] | None:
        """Refused where nearly all got something, or given something where nearly all were refused."""
        before = self._treated.at(case[1:])
        others, count = (before.given if refused else before.refused), before.count
        before.refused += refused
        before.given += not refused
        if count < _FEWEST or others < _NEARLY_ALL * count:
            return None
        most = f"{others} of {count} like cases before it"
        told = f"refused, where {most} got something" if refused else f"given, where {most} got nothing"
        return told, 1 / (1 - others / (count + 1))

    def _amount(self, action: Action, case: tuple[Hashable, ...], remedy: str, amount: int) -> tuple[str, float] | None:
        """Far more, or far less, than like cases got of a remedy."""
        known = self._amounts.at((*case, remedy))
        count, mean, deviation = known.count, known.mean, sqrt(known.variance)
        known.add(amount)
        if count < _FEWEST or mean <= 0:
            return None
        assert action.actor is not None
        if not known_exception(self.model_of(str(action.digest)), remedy):
            self._employees.at(action.actor.id).add(amount / mean)
        more = amount > _TIMES * mean and amount > mean + _DEVIATIONS * deviation
        less = amount * _PART < mean and amount < mean - deviation
        if not (more or less):
            return None
        model = self.model_of(str(action.digest))
        usual = said_amount(model, action, remedy, round(mean))
        what = said_amount(model, action, remedy, amount)
        return f"{what}, where {count} like cases got {usual} on average", amount / mean if more else mean / amount

    def _employee(self, action: Action) -> tuple[str, float] | None:
        """What somebody gives, as a part of what others give in like cases: 1 where it is the same."""
        assert action.actor is not None
        own = self._employees.get(action.actor.id)
        if own is None or own.count < _GRANTS or 1 / _EMPLOYEE <= own.mean <= _EMPLOYEE:
            return None
        told = f"{action.actor.id} gives {own.mean:.1f} times what others give in like cases ({own.count} grants)"
        return told, max(own.mean, 1 / own.mean)


def known_exception(model: Model, remedy: str) -> bool:
    """Whether a remedy is given or not, and never more or less of it."""
    return remedy in model.remedies and model.remedies[remedy].kind == "exception"


def said_amount(model: Model, action: Action, remedy: str, amount: int) -> str:
    """``30 EUR folio credit``: an amount in smallest units, as it is said in a sentence."""
    known = model.remedies[remedy]
    code = model.currency_code if action.currency is None else action.currency
    value: Money | int = Money.from_minor(amount, code) if known.kind == "money" else amount
    return words.amount(known.title, True if known.kind == "exception" else value)


def _is_refusal(action: Action) -> bool:
    """Whether somebody said no although the policy let it be given."""
    return action.kind == "decline" or (action.act == "declined" and action.outcome == "grant")


def _read_facts(model: Model) -> tuple[str, ...]:
    """The facts of few values that the policy reads anywhere, in the order of the policy."""
    nodes = (each for clause in model.expressions() for each in walk(clause.node))
    read = {node.name for node in nodes if isinstance(node, Name)}
    return tuple(name for name, fact in model.facts.items() if name in read and not fact.personal and _few(fact))


def _few(fact: Fact) -> bool:
    if fact.type.kind in ("choice", "boolean"):
        return True
    short = fact.low is not None and fact.high is not None
    return fact.type.integer and short and fact.high - fact.low < _SHORT


def _plain(value: object) -> Hashable:
    return tuple(map(str, value)) if isinstance(value, list) else str(value)
