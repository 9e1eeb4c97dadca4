"""The most of one remedy that would be granted alone (law 10), for policies whose conditions or amounts read what is asked.

Elsewhere it follows from limits and caps. Here, what may be given depends on how much is asked, so amounts are tried: those at
which a test of what is asked changes, what the rules give at each of them, and, between the largest that would be granted and
the next, by halving. Each trial is a decision on that amount and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, Protocol

from remit.language.nodes import Between, Compare, In, Input, ListLiteral, Literal, Name, Node, RangeLiteral, names_in, walk
from remit.language.values import Money
from remit.policy.model import Clause, Condition, Expression, Model, Rule
from remit.policy.trees import Reads, replaced

__all__ = ["AskedScope", "LargestAlone", "asking_guardrails", "companions", "reads_asked"]

#: No amount is larger.
_LARGEST: Final = 10**24
#: So far apart are two amounts between which a difference is taken to be linear, and no end is looked for further above.
_FAR: Final = 2**40


class AskedScope(Protocol):
    """What a request says."""

    def evaluate(self, node: Node) -> Any:
        """The value of an expression."""


def reads_asked(model: Model) -> frozenset[str]:
    """The remedies of which it depends on what is asked how much may be given."""
    asks = _Asks(model)
    out: set[str] = set()
    for rule in model.rules:
        out.update(name for name in {**rule.may, **rule.owed} if asks.any(rule.when, *_amounts(rule, name)))
    for guardrail in model.guardrails:
        limits = (each for by_role in guardrail.limits.values() for each in by_role.values())
        if asks.any(guardrail.when, *guardrail.most.values(), *limits):
            out.update(guardrail.remedies or guardrail.limits or model.remedies)
    return frozenset(out)


def companions(model: Model) -> Mapping[str, tuple[str, ...]]:
    """By remedy, the exceptions with which together it may be given though it may not be alone: those that its rules read."""
    reads = Reads(model)
    out: dict[str, dict[str, None]] = {}
    for rule in model.rules:
        for name in {**rule.may, **rule.owed}:
            nodes = [each.node for each in (rule.when, *_amounts(rule, name)) if each is not None]
            asked = {each for node in nodes for each in reads(node)}
            others = (each for each in model.remedies if each != name and f"asked.{each}" in asked)
            out.setdefault(name, {}).update(dict.fromkeys(each for each in others if model.remedies[each].kind == "exception"))
    return {name: tuple(others) for name, others in out.items() if others}


def asking_guardrails(model: Model, remedy: str) -> tuple[int, ...] | None:
    """The numbers of the guardrails for ``remedy`` whose conditions read what is asked; ``None`` where anything else of it
    does, so that its limit is not known either."""
    asks = _Asks(model)
    for rule in model.rules:
        amounts = _amounts(rule, remedy)
        if amounts and asks.any(rule.when, *amounts):
            return None
    found = []
    for number, each in enumerate(model.guardrails):
        if each.covers(remedy) or remedy in each.limits:
            if asks.any(*each.limits.get(remedy, {}).values(), *each.most.values()):
                return None
            if asks.any(each.when):
                if each.effect == "limit" or (each.to is not None and remedy in each.most):
                    return None
                found.append(number)
    return tuple(found)


def _amounts(rule: Rule, remedy: str) -> list[Expression]:
    return [*rule.may.get(remedy, {}).values(), *([rule.owed[remedy]] if remedy in rule.owed else [])]


class _Asks:
    """Says what reads amounts that are asked for."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._reads = Reads(model)

    def any(self, *of: Condition | Expression | None) -> bool:
        """Whether one of these does."""
        names = (name for each in of if each is not None for name in self._reads(each.node))
        return any(name.startswith("asked.") and name not in self.model.facts for name in names)


class LargestAlone:
    """Finds it, for one policy."""

    def __init__(self, model: Model, trials: int) -> None:
        self.model = model
        #: No more amounts of one remedy are tried.
        self._most_trials = trials
        self._compared = {name: tuple(_compared(model, name)) for name in model.remedies}

    def of(self, remedy: str, scope: AskedScope, trial: Callable[[int], tuple[bool, int]]) -> int:
        """The largest amount of ``remedy``, in whole units, that ``trial`` grants: it says of an amount whether that is granted
        alone, and how much rules, guardrails and caps leave when that much is asked. ``scope`` is that of the request with
        nothing asked."""
        if self.model.remedies[remedy].kind == "exception":
            return int(trial(1)[0])
        known: dict[int, tuple[bool, int]] = {}

        def at(amount: int) -> tuple[bool, int]:
            if amount not in known:
                known[amount] = trial(amount) if len(known) < self._most_trials else (False, 0)
            return known[amount]

        amounts = {at(0)[1], at(_FAR)[1], *self._turning(remedy, scope)}
        amounts |= {at(each)[1] for each in sorted(amounts)}
        wanted = sorted(each for each in {1, *amounts} if 0 < each <= _LARGEST)
        best = max((each for each in wanted if at(each)[0]), default=0)
        above = next((each for each in wanted if each > best), None) or _refused_above(best, at)
        while best and above and above - best > 1:
            middle = (best + above) // 2
            best, above = (middle, above) if at(middle)[0] else (best, middle)
        return best if above else max(amount for amount, (granted, _) in known.items() if granted)

    def _turning(self, remedy: str, scope: AskedScope) -> Iterator[int]:
        """The amounts at which comparisons with what is asked turn, and their neighbours: exact where both sides are linear in
        it."""
        for left, right in self._compared[remedy]:
            try:
                at_none, at_far = (self._difference(remedy, left, right, amount, scope) for amount in (0, _FAR))
                turn = int(-at_none * _FAR / (at_far - at_none))
            except (ArithmeticError, TypeError, ValueError):
                continue  # no value, or the same whatever is asked
            yield from (turn - 1, turn, turn + 1)

    def _difference(self, remedy: str, left: Node, right: Node, amount: int, scope: AskedScope) -> Decimal:
        of = self.model.remedies[remedy]
        asked = Money.from_minor(amount, self.model.currency_code) if of.kind == "money" else Decimal(amount)
        name = f"asked.{remedy}"
        of_type = next(
            node.type for side in (left, right) for node in walk(side) if isinstance(node, Name) and node.name == name
        )
        known = {name: Literal(asked, type=of_type)}
        first, second = (scope.evaluate(replaced(each, known)) for each in (left, right))
        if isinstance(first, Money) and isinstance(second, Money):
            return first.amount - second.amount
        if isinstance(first, Decimal) and isinstance(second, Decimal):
            return first - second
        raise TypeError("neither amounts nor numbers")


def _refused_above(best: int, at: Callable[[int], tuple[bool, int]]) -> int | None:
    """An amount above ``best`` that is refused; ``None`` where there seems to be no end."""
    step = 1
    while step < _FAR:
        if not at(best + step)[0]:
            return best + step
        step *= 2
    return None


def _compared(model: Model, remedy: str) -> Iterator[tuple[Node, Node]]:
    """The two sides of each comparison that reads how much of ``remedy`` is asked."""
    for sides in dict.fromkeys(pair for each in model.expressions() for pair in _in_clause(each)):
        if any(f"asked.{remedy}" in names_in(side) for side in sides):
            yield sides


def _in_clause(clause: Clause) -> Iterator[tuple[Node, Node]]:
    """What is compared with what; of a unary test, ``?`` is what it tests."""
    tested = clause.tested

    def side(node: Node) -> Node:
        return tested if isinstance(node, Input) and tested is not None else node

    for node in walk(clause.node):
        match node:
            case Compare(left=left, right=right):
                yield side(left), side(right)
            case Between(value=value, low=low, high=high):
                yield from ((side(value), each) for each in (low, high))
            case In(value=value, tests=tests):
                yield from ((side(value), end) for test in tests for end in _ends(test))


def _ends(test: Node) -> Iterator[Node]:
    match test:
        case RangeLiteral(low=low, high=high):
            yield from (each for each in (low, high) if each is not None)
        case ListLiteral(items=items):
            for each in items:
                yield from _ends(each)
        case Compare(left=Input(), right=right):
            yield right
        case _ if not any(isinstance(each, Input) for each in walk(test)):
            yield test
