"""Checks of rules that say nothing new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from remit.authoring.boundaries import bare
from remit.authoring.checks.cells import column_of
from remit.authoring.checks.check import Check, Finding, on_model
from remit.language.nodes import And, Literal, Name, Node
from remit.policy.model import Amounts, Condition, Model, Rule

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
    rules = model.rules
    for index, rule in enumerate(rules):
        for other_index, other in enumerate(rules):
            if index == other_index or not _covers(model, other, rule) or _content(other) == _content(rule):
                continue  # the same twice is told by `rules/repeated`
            if index < other_index and _covers(model, rule, other):
                continue  # each covers the other: the later one is told
            yield Finding(
                f"rule `{rule.id}` adds nothing: whenever it matches, `{other.id}` does too and gives as much",
                rule.source,
                "leave it out, give more, or narrow the other rule",
            )
            break


def _covers(model: Model, more: Rule, less: Rule) -> bool:
    return _gives_as_much(model, more, less) and _matches_whenever(model, more.when, less.when)


def _gives_as_much(model: Model, more: Rule, less: Rule) -> bool:
    """Whether each amount of ``less`` is surely within one of ``more``."""
    for remedy, amount in less.owed.items():
        if remedy not in more.owed or not _at_least(more.owed[remedy].node, amount.node):
            return False
    for remedy, amounts in less.may.items():
        owed = [more.owed[remedy].node] if remedy in more.owed else []
        for role, amount in amounts.items():
            own = [each.node for lower, each in more.may.get(remedy, {}).items() if _rank(model, lower) <= _rank(model, role)]
            if not any(_at_least(each, amount.node) for each in (*own, *owed)):
                return False
    return True


def _rank(model: Model, role: str) -> int:
    return model.ladder.index(role)


def _at_least(more: Node, less: Node) -> bool:
    if more == less:
        return True
    values = [bare(node.value) for node in (more, less) if isinstance(node, Literal)]
    if len(values) < 2:
        return False
    if all(isinstance(value, bool) for value in values):
        return bool(values[0] >= values[1])
    return all(isinstance(value, Decimal) for value in values) and bool(values[0] >= values[1])


def _matches_whenever(model: Model, wide: Condition | None, narrow: Condition | None) -> bool:
    """Whether ``wide`` surely holds where ``narrow`` does: each of its tests follows from one of the other's."""
    if wide is None:
        return True
    if narrow is None:
        return False
    parts = set(_parts(narrow.node))
    tests = {name: test.node for name, test in narrow.tests}
    for name, test in wide.tests:
        if name not in tests or not _accepts_all(model, name, test.node, tests[name]):
            return False
    return wide.rest is None or all(part in parts for part in _parts(wide.rest.node))


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, And):
        for operand in node.operands:
            yield from _parts(operand)
    else:
        yield node


def _accepts_all(model: Model, name: str, wide: Node, narrow: Node) -> bool:
    if wide == narrow:
        return True
    fact = model.facts.get(name)
    kind = fact.type if fact is not None else model.values[name].type if name in model.values else None
    column = column_of(name, Name(name, type=kind), fact, (wide, narrow)) if kind is not None else None
    return column is not None and not column.accepted(narrow) & ~column.accepted(wide)


def _without_effect(model: Model) -> Iterator[Finding]:
    for rule in model.rules:
        for remedy, amounts in rule.may.items():
            for role, lower in _idle_roles(model, amounts):
                yield Finding(
                    f"what rule `{rule.id}` lets `{role}` give of `{remedy}` has no effect: `{lower}`, below, may give as much",
                    amounts[role].source,
                    "give the higher role more, or leave its amount out; every role has at least what a lower one has",
                )


def _idle_roles(model: Model, amounts: Amounts) -> Iterator[tuple[str, str]]:
    known: Mapping[str, Any] = {role: amount.node for role, amount in amounts.items()}
    for role in known:
        for lower in known:
            if _rank(model, lower) < _rank(model, role) and _at_least(known[lower], known[role]):
                yield role, lower
                break


CHECKS = (
    Check("rules/repeated", "two rules that say the same", on_model(_repeated)),
    Check("rules/covered", "a rule that never gives more than another", on_model(_covered)),
    Check("rules/no-effect", "an amount for a role that a lower role has already", on_model(_without_effect)),
)
