"""Checks of rules that say nothing new."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from remit.authoring.checks.check import Check, Finding, on_model
from remit.core.distinctions import Distinctions
from remit.core.lowering.whole_amounts import Amount, amount_of
from remit.core.terms import Term, Terms
from remit.policy.model import Amounts, Model, Rule

__all__ = ["CHECKS"]


def _repeated(model: Model) -> Iterator[Finding]:
    seen: dict[object, Rule] = {}
    for rule in model.rules:
        first = seen.setdefault(_content(rule), rule)
        if first is not rule:
            yield Finding(f"rule `{rule.id}` says the same as `{first.id}`", rule.source, "leave one of them out")


def _content(rule: Rule) -> object:
    gives = frozenset((remedy, role, amount.node) for remedy, by in rule.may.items() for role, amount in by.items())
    owes = frozenset((remedy, amount.node) for remedy, amount in rule.owed.items())
    return None if rule.when is None else rule.when.node, gives, owes


def _covered(model: Model) -> Iterator[Finding]:
    rules = [_Meaning(model, reading, rule) for reading in [Distinctions(model)] for rule in model.rules]
    for index, rule in enumerate(rules):
        for other_index, other in enumerate(rules):
            if index == other_index or not other.covers(rule) or _content(other.rule) == _content(rule.rule):
                continue  # the same twice is told by `rules/repeated`
            if index < other_index and rule.covers(other):
                continue  # each covers the other: the later one is told
            yield Finding(
                f"rule `{rule.rule.id}` adds nothing: whenever it matches, `{other.rule.id}` does too and gives as much",
                rule.rule.source,
                "leave it out, give more, or narrow the other rule",
            )
            break


class _Meaning:
    """A rule as terms: when it holds, and what it gives."""

    def __init__(self, model: Model, reading: Distinctions, rule: Rule) -> None:
        self.rule = rule
        self.terms = reading.terms
        self.holds = reading.condition(None if rule.when is None else rule.when.node).yes
        self.owed = {name: amount_of(reading, model.remedies[name], each.node) for name, each in rule.owed.items()}
        self.may = {name: _by_rank(model, reading, name, amounts) for name, amounts in rule.may.items()}

    def covers(self, less: _Meaning) -> bool:
        """Whether this rule surely holds where ``less`` does, and gives as much."""
        return self._gives_as_much(less) and all(
            _never(self.terms.and_(less.holds, self.terms.not_(part)))
            for part in (self.holds.args if self.holds.kind == "and" else (self.holds,))
        )

    def _gives_as_much(self, less: _Meaning) -> bool:
        terms = self.terms
        if any(name not in self.owed or not _at_least(terms, self.owed[name], each) for name, each in less.owed.items()):
            return False
        for name, amounts in less.may.items():
            owed = [self.owed[name]] if name in self.owed else []
            for rank, amount in amounts.items():
                own = [each for lower, each in self.may.get(name, {}).items() if lower <= rank]
                if not any(_at_least(terms, each, amount) for each in (*own, *owed)):
                    return False
        return True


def _by_rank(model: Model, reading: Distinctions, remedy: str, amounts: Amounts) -> dict[int, Amount]:
    of = model.remedies[remedy]
    return {model.ladder.index(role): amount_of(reading, of, each.node) for role, each in amounts.items()}


def _at_least(terms: Terms, more: Amount, less: Amount) -> bool:
    return _never(terms.lt(more.low, less.low)) and _never(terms.and_(less.said, terms.not_(more.said)))


def _never(term: Term) -> bool:
    return term.kind == "const" and term.value is False


def _without_effect(model: Model) -> Iterator[Finding]:
    reading = Distinctions(model)
    for rule in model.rules:
        for remedy, amounts in rule.may.items():
            by_rank = _by_rank(model, reading, remedy, amounts)
            for role, (rank, amount) in zip(amounts, by_rank.items(), strict=True):
                idle = (each for each in by_rank if each < rank and _at_least(reading.terms, by_rank[each], amount))
                for lower in islice((model.ladder[each] for each in idle), 1):
                    given = f"what rule `{rule.id}` lets `{role}` give of `{remedy}`"
                    yield Finding(
                        f"{given} has no effect: `{lower}`, below, may give as much",
                        amounts[role].source,
                        "give the higher role more, or leave its amount out; every role has at least what a lower one has",
                    )


CHECKS = (
    Check("rules/repeated", "two rules that say the same", on_model(_repeated)),
    Check("rules/covered", "a rule that never gives more than another", on_model(_covered)),
    Check("rules/no-effect", "an amount for a role that a lower role has already", on_model(_without_effect)),
)
