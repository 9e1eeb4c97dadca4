"""Checks of what is declared and never used, or said twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remit.authoring.checks.check import Check, Finding
from remit.language.nodes import Literal, Name, Node, walk
from remit.language.source import Document, Source
from remit.policy.model import Condition, Dated, Formula, Model, Rule, Table

__all__ = ["CHECKS", "nodes_of"]


def nodes_of(model: Model) -> Iterator[Node]:
    """Every expression of the policy, condition by condition and amount by amount."""
    for when in (
        *(rule.when for rule in model.rules),
        *(guardrail.when for guardrail in model.guardrails),
        *(requirement.when for requirement in model.requires),
    ):
        if when is not None:
            yield when.node
    for rule in model.rules:
        for amounts in (*rule.may.values(), rule.owed):
            yield from (amount.node for amount in amounts.values())
    for guardrail in model.guardrails:
        for amounts in guardrail.limits.values():
            yield from (amount.node for amount in amounts.values())
    for value in model.values.values():
        match value.definition:
            case Formula(expression):
                yield expression.node
            case Table(inputs=inputs, rows=rows, otherwise=otherwise):
                yield from (each.node for each in inputs)
                for row in rows:
                    yield from (test.node for test in row.tests)
                    yield row.output.node
                if otherwise is not None:
                    yield otherwise.node
            case Dated(entries=entries, by=by):
                yield Name(by)
                yield from (entry.node for _, entry in entries)
    yield from (promise.always.node for promise in model.promises)


def _names(model: Model) -> set[str]:
    used = {node.name for root in nodes_of(model) for node in walk(root) if isinstance(node, Name)}
    for cap in model.caps:
        used.update(cap.per)
    for fact in model.facts.values():
        if fact.history is not None:
            used.update(fact.history.per)
    return used


def _unused_facts(model: Model) -> Iterator[Finding]:
    used = _names(model)
    for name, fact in model.facts.items():
        if name not in used and not fact.personal:
            yield Finding(f"nothing reads the fact `{name}`", fact.source, "leave it out, or use it")


def _unused_values(model: Model) -> Iterator[Finding]:
    used = _names(model)
    for name, value in model.values.items():
        if name not in used:
            yield Finding(f"nothing reads the value `{name}`", value.source, "leave it out, or use it")


def _repeated(model: Model) -> Iterator[Finding]:
    seen: dict[object, Rule] = {}
    for rule in model.rules:
        gives = tuple((remedy, role, amount.node) for remedy, amounts in rule.may.items() for role, amount in amounts.items())
        owes = tuple((remedy, amount.node) for remedy, amount in rule.owed.items())
        key = (_condition(rule.when), gives, owes)
        first = seen.setdefault(key, rule)
        if first is not rule:
            yield Finding(f"rule `{rule.id}` says the same as `{first.id}`", rule.source, "leave one of them out")


def _condition(when: Condition | None) -> Node | None:
    return None if when is None else when.node


def _unused_roles(model: Model) -> Iterator[Finding]:
    if not any(rule.may for rule in model.rules):
        return  # what is owed is owed by whoever is asked first
    named: set[str] = set()
    for rule in model.rules:
        named.update(role for amounts in rule.may.values() for role in amounts)
    for guardrail in model.guardrails:
        named.update(role for amounts in guardrail.limits.values() for role in amounts)
        named.update(() if guardrail.to is None else (guardrail.to,))
    named.update(role for cap in model.caps for role in cap.max)
    named.update(model.discretion)
    literals = (node for root in nodes_of(model) for node in walk(root) if isinstance(node, Literal))
    words = {node.value for node in literals if isinstance(node.value, str)}
    for role in model.ladder[1:-1]:
        if role not in named and role not in words:
            yield Finding(
                f"the policy never tells `{role}` from the role below it",
                _in_ladder(model, role),
                "give the role something of its own, or take it out of the ladder",
            )


def _in_ladder(model: Model, role: str) -> Source | None:
    """Where the ladder names ``role``."""
    found = re.search(rf"^ladder:[^\n]*(?:\n[ \t-][^\n]*)*?\b({re.escape(role)})\b", model.text, re.MULTILINE)
    return Source(role, Document(model.file, model.text), range(*found.span(1))) if found else None


def _idle_caps(model: Model) -> Iterator[Finding]:
    given = {remedy for rule in model.rules for remedy in rule.may}
    for cap in model.caps:
        if not given.intersection(cap.counts):
            yield Finding(
                f"nothing can ever count against the cap `{cap.id}`: no rule lets anybody give {', '.join(cap.counts)}",
                cap.source,
                "leave the cap out, or name other remedies under `counts`",
            )


CHECKS = (
    Check("unused/fact", "a fact that nothing reads", _unused_facts),
    Check("unused/value", "a value that nothing reads", _unused_values),
    Check("unused/role", "a role of the ladder that nothing tells from the one below", _unused_roles),
    Check("unused/cap", "a cap that nothing counts against", _idle_caps),
    Check("rules/repeated", "two rules that say the same", _repeated),
)
