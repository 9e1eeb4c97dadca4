"""Which parts of a policy read which names."""

from __future__ import annotations

from collections.abc import Iterator

from remit.language.nodes import Node, names_in
from remit.policy.model import Model
from remit.policy.trees import nodes_of_value

__all__ = ["names_read", "nodes_of", "reads"]


def nodes_of(model: Model) -> Iterator[Node]:
    """Every expression of the policy, condition by condition and amount by amount."""
    rules, guardrails, requires = model.rules, model.guardrails, model.requires
    for when in (*(each.when for each in rules), *(each.when for each in guardrails), *(each.when for each in requires)):
        if when is not None:
            yield when.node
    for rule in model.rules:
        for amounts in (*rule.may.values(), rule.owed):
            yield from (amount.node for amount in amounts.values())
    for guardrail in model.guardrails:
        for amounts in guardrail.limits.values():
            yield from (amount.node for amount in amounts.values())
    for value in model.values.values():
        yield from nodes_of_value(value)
    yield from (promise.always.node for promise in model.promises)


def names_read(model: Model) -> set[str]:
    """The names that anything reads: conditions, amounts, values, caps and histories."""
    used: set[str] = set()
    for root in nodes_of(model):
        used |= names_in(root)
    for cap in model.caps:
        used.update(cap.per)
    for fact in model.facts.values():
        if fact.history is not None:
            used.update(fact.history.per)
    return used


def reads(model: Model, node: Node, name: str) -> bool:
    """Whether ``node`` reads ``name``, itself or through values."""
    waiting, seen = list(names_in(node)), set[str]()
    while waiting:
        read = waiting.pop()
        if read == name:
            return True
        if read in model.values and read not in seen:
            seen.add(read)
            waiting += (each for inner in nodes_of_value(model.values[read]) for each in names_in(inner))
    return False
