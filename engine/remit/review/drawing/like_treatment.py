"""How like cases were treated so far, for the draw: a case is compared with those before it, in one pass and bounded memory.

Cases are alike where the same policy decided for the same role and all facts that the policy reads are the same, of those with
few values: choices, yes or no, and whole numbers of a short range. Others (a price, a day) set how much may be given, and vary.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Final, TypeAlias

from remit.language import words
from remit.language.nodes import Name, walk
from remit.language.values import Money
from remit.policy.model import Fact, Model
from remit.review.drawing.newest import Newest
from remit.review.estimates import Moments

if TYPE_CHECKING:
    from remit.review.actions import Action

__all__ = ["Found", "LikeTreatment", "known_exception", "said_amount"]

#: What was found, in words, and how much it weighs among what was found for the same reason (1 is usual).
Found: TypeAlias = tuple[str, float]

#: How many groups of like cases, and how many employees and groups of customers, are remembered.
_MOST: Final = 20_000
#: Like cases that there must have been before one is compared with them.
_FEWEST: Final = 20
#: What nearly all like cases have in common: nine of ten.
_NEARLY_ALL: Final = 0.9
#: An amount is far off at three standard deviations above the mean and twice the mean, or at a third of the mean.
_DEVIATIONS, _TIMES, _PART = 3.0, 2.0, 3.0
#: An employee or a group is far off at so many standard errors, and so many times (or the reciprocal of it): four, because all
#: of them are looked at again with each case.
_ERRORS, _EMPLOYEE, _GROUP = 4.0, 1.3, 1.25
#: Grants, or cases, of an employee or a group that there must have been before.
_CASES: Final = 20
#: A whole number has few values where its range is at most so long.
_SHORT: Final = 10


@dataclass(slots=True)
class _Treated:
    """How often like cases got something, and how often they did not."""

    given: int = 0
    refused: int = 0

    @property
    def count(self) -> int:
        return self.given + self.refused


@dataclass(slots=True)
class _Treatment:
    """How an employee, or a group of customers, compares with like cases: ``ratios`` are amounts as a part of what like cases
    got on average; ``refused`` so many of ``count``, where like cases let ``expected`` be refused."""

    ratios: Moments = field(default_factory=Moments)
    count: int = 0
    refused: int = 0
    expected: float = 0.0

    def amounts(self, times: float) -> float | None:
        """How many times what like cases get is given, where that is far off."""
        mean, count = self.ratios.mean, self.ratios.count
        error = sqrt(self.ratios.variance / count) if count else 0.0
        far = count >= _CASES and abs(mean - 1) > _ERRORS * error and not 1 / times <= mean <= times
        return mean if far else None

    def is_refused_often(self) -> bool:
        """Whether far more is refused than in like cases. The root of a count varies by a half, however high the count is:
        F. J. Anscombe, "The transformation of Poisson, binomial and negative-binomial data", Biometrika 35 (1948), 246-254."""
        return self.count >= _CASES and 2 * (sqrt(self.refused) - sqrt(self.expected)) > _ERRORS


@dataclass(slots=True)
class _Case:
    """One case as it is compared: ``ratios`` are what was given as a part of what like cases got, and ``chance`` how often like
    cases are refused; nothing, where there were too few."""

    refused: bool
    ratios: list[float] = field(default_factory=list)
    chance: float | None = None

    def count_in(self, group: _Treatment) -> None:
        for each in self.ratios:
            group.ratios.add(each)
        if self.chance is not None:
            group.count += 1
            group.refused += self.refused
            group.expected += self.chance


@dataclass(slots=True)
class LikeTreatment:
    """What like cases got. :meth:`compare` says how one differs from those before it, and counts it."""

    model_of: Callable[[str], Model]
    _facts: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    _treated: Newest[Hashable, _Treated] = field(default_factory=lambda: Newest(_Treated, _MOST))
    _amounts: Newest[Hashable, Moments] = field(default_factory=lambda: Newest(Moments, _MOST))
    _groups: Newest[Hashable, _Treatment] = field(default_factory=lambda: Newest(_Treatment, _MOST))

    def compare(self, action: Action) -> dict[str, Found]:
        """How ``action`` differs from like cases before it: ``unlike``, the case itself; ``employee``, who treats like cases
        otherwise than others do; ``group``, customers who are treated otherwise by what the policy does not read. Nothing,
        where there is too little to say."""
        refused = _is_refusal(action)
        given = any(action.given.values()) and action.kind in ("grant", "approve")
        if action.actor is None or action.digest is None or not (refused or given):
            return {}
        if action.digest not in self._facts:
            self._facts[action.digest] = _facts_of(self.model_of(action.digest))
        facts = action.target.facts if action.kind == "decline" and action.target is not None else action.facts
        read, unread = self._facts[action.digest]
        answers = action.kind in ("approve", "decline")  # a task is asked of somebody else than the case was
        alike = answers, action.policy, action.currency, tuple([_plain(facts.get(name)) for name in read])
        case = _Case(refused)
        found = [self._treatment(alike, case)]
        found += [self._amount(action, (action.actor.role, *alike), case, *each) for each in action.given.items() if given]
        out = {}
        if told := max((each for each in found if each is not None), key=lambda each: each[1], default=None):
            out["unlike"] = told
        if told := self._employee(action.actor.id, case):
            out["employee"] = told
        groups = [(name, facts[name]) for name in unread if facts.get(name) is not None]
        if told := max(self._customers(groups, action.actor.site, case), key=lambda each: each[1], default=None):
            out["group"] = told
        return out

    def _treatment(self, alike: Hashable, case: _Case) -> Found | None:
        """Refused where nearly all got something, or given something where nearly all were refused."""
        before = self._treated.at(alike)
        others, count = (before.given if case.refused else before.refused), before.count
        if count >= _FEWEST:
            case.chance = (before.refused + 0.5) / (count + 1)
        before.refused += case.refused
        before.given += not case.refused
        if count < _FEWEST or others < _NEARLY_ALL * count:
            return None
        most = f"{others} of {count} like cases before it"
        told = f"refused, where {most} got something" if case.refused else f"given, where {most} got nothing"
        return told, 1 / (1 - others / (count + 1))

    def _amount(self, action: Action, alike: tuple[Hashable, ...], case: _Case, remedy: str, amount: int) -> Found | None:
        """Far more, or far less, than like cases got of a remedy."""
        model = self.model_of(str(action.digest))
        if not amount or known_exception(model, remedy):
            return None
        known = self._amounts.at((*alike, remedy))
        count, mean, deviation = known.count, known.mean, sqrt(known.variance)
        known.add(amount)
        if count < _FEWEST:
            return None
        case.ratios.append(amount / mean)
        more = amount > _TIMES * mean and amount > mean + _DEVIATIONS * deviation
        less = amount * _PART < mean and amount < mean - deviation
        if not (more or less):
            return None
        what, usual = (said_amount(model, action, remedy, each) for each in (amount, round(mean)))
        return f"{what}, where {count} like cases got {usual} on average", amount / mean if more else mean / amount

    def _employee(self, employee: str, case: _Case) -> Found | None:
        """Somebody who gives or refuses far more, or far less, than others in like cases."""
        known = self._groups.at(("employee", employee))
        case.count_in(known)
        mean = known.amounts(_EMPLOYEE)
        if mean is not None and case.ratios:
            told = f"{employee} gives {mean:.1f} times what others give in like cases ({known.ratios.count} grants)"
            return told, max(mean, 1 / mean)
        if case.refused and known.is_refused_often():
            return f"{employee}: {_refuses(known)}", known.refused / known.expected
        return None

    def _customers(self, groups: list[tuple[str, object]], site: str | None, case: _Case) -> Iterator[Found]:
        """Customers who get far less, or more, than others in like cases, in all or at one site, by facts that the policy does
        not read."""
        for name, value in groups:
            for where in dict.fromkeys((site, None)):
                known = self._groups.at((where, name, _plain(value)))
                case.count_in(known)
                who = f"{words.name(name)} {_said(value)}{f' at {where}' if where is not None else ''}"
                mean = known.amounts(_GROUP)
                if mean is not None and any((each < 1) == (mean < 1) for each in case.ratios):
                    told = f"{who}: gets {mean:.1f} times what others get in like cases ({known.ratios.count} grants)"
                    yield told, max(mean, 1 / mean)
                if case.refused and known.is_refused_often():
                    yield f"{who}: {_refuses(known)}", known.refused / known.expected


def _refuses(known: _Treatment) -> str:
    return f"refused in {known.refused} of {known.count} cases, where it is {known.expected:.0f} in like cases"


def known_exception(model: Model, remedy: str) -> bool:
    """Whether a remedy is given or not, and never more or less of it."""
    return model.remedies[remedy].kind == "exception"


def said_amount(model: Model, action: Action, remedy: str, amount: int) -> str:
    """``30 EUR folio credit``: an amount in smallest units, as it is said in a sentence."""
    known = model.remedies[remedy]
    code = model.currency_code if action.currency is None else action.currency
    value: Money | int = Money.from_minor(amount, code) if known.kind == "money" else amount
    return words.amount(known.title, True if known.kind == "exception" else value)


def _is_refusal(action: Action) -> bool:
    """Whether somebody said no although the policy let it be given."""
    return action.kind == "decline" or (action.act == "declined" and action.outcome == "grant")


def _facts_of(model: Model) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The facts of few values that the policy reads anywhere, and those that it does not read, in the order of the policy."""
    nodes = (each for clause in model.expressions() for each in walk(clause.node))
    read = {node.name for node in nodes if isinstance(node, Name)}
    few = [name for name, fact in model.facts.items() if not fact.personal and not fact.mask and _few(fact)]
    return tuple(name for name in few if name in read), tuple(name for name in few if name not in read)


def _few(fact: Fact) -> bool:
    if fact.type.kind in ("choice", "boolean"):
        return True
    short = fact.low is not None and fact.high is not None
    return fact.type.integer and short and fact.high - fact.low < _SHORT


def _plain(value: object) -> Hashable:
    return tuple(map(str, value)) if isinstance(value, list) else str(value)


def _said(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).replace("_", " ")
