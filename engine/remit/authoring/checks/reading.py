"""Which parts of a policy read which names."""

from __future__ import annotations

from collections.abc import Iterator

from remit.language.nodes import Name, Node, names_in
from remit.policy.model import Dated, Formula, Model, Table, Value

__all__ = ["names_read", "nodes_of", "nodes_of_value", "reads"]


def nodes_of_value(value: Value, *, outputs: bool = True) -> Iterator[Node]:
    """The expressions of a value; without ``outputs``, not what the rows of a table give."""
    match value.definition:
        case Formula(expression):
            yield expression.node
        case Table(inputs=inputs, rows=rows, otherwise=otherwise):
            yield from (each.node for each in inputs)
            for row in rows:
                yield from (test.node for test in row.tests)
                if outputs:
                    yield row.output.node
            if outputs and otherwise is not None:
                yield otherwise.node
        case Dated(entries=entries, by=by):
            yield Name(by)
            yield from (entry.node for _, entry in entries)


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
    """Whether ``node`` reads ``name``, itself or through values. Values never read each other in a circle."""
    found = names_in(node)
    if name in found:
        return True
    return any(
        reads(model, inner, name) for each in found if each in model.values for inner in nodes_of_value(model.values[each])
    )
