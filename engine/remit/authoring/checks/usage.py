"""Checks of what is declared and never used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from remit.authoring.checks.check import Check, Finding, on_model
from remit.authoring.checks.edits import declared_key, role_on_ladder, section_key, without_entry
from remit.language.nodes import Literal, names_in, walk
from remit.policy.model import Model, Rule

__all__ = ["CHECKS"]


def _names_read(model: Model) -> set[str]:
    """The names that anything reads: conditions, amounts, values, caps, claims, histories, whose account it is, and what is
    shown."""
    used = {name for each in model.expressions() for name in names_in(each.node)}
    used.update(name for cap in model.caps for name in cap.per)
    used.update(name for claim in model.claims for name in claim.per)
    used.update(model.own_account)
    histories = [fact.history for fact in model.facts.values() if fact.history is not None]
    used.update(name for history in histories for name in history.per)
    used.update(history.fact for history in histories if history.fact is not None)
    used.update(model.shows)
    return used


def _unused_facts(model: Model) -> Iterator[Finding]:
    used = _names_read(model)
    for name, fact in model.facts.items():
        if name not in used and not fact.personal:  # what is personal may be there for the record alone
            yield Finding(f"nothing reads the fact `{name}`", fact.source, "use it, or leave it out: staff are asked for less")


def _unused_values(model: Model) -> Iterator[Finding]:
    used = _names_read(model)
    for name, value in model.values.items():
        if name not in used:
            fix = partial(without_entry, value.source if len(model.values) > 1 else section_key(model, "values"))
            yield Finding(f"nothing reads the value `{name}`", value.source, "use it, or leave it out", fix)


def _unused_remedies(model: Model) -> Iterator[Finding]:
    given = {remedy for rule in model.rules for remedy in (*rule.may, *rule.owed)}
    given.update(remedy for guardrail in model.guardrails for remedy in guardrail.most)
    never = (each for each in model.guardrails if each.effect == "deny" and each.when is None and each.say)
    given.update(remedy for guardrail in never for remedy in guardrail.remedies)  # it is there for what is said instead
    for name, remedy in model.remedies.items():
        if name not in given:
            yield Finding(
                f"no rule ever gives the remedy `{name}`",
                remedy.source,
                "let a rule give it under `may` or `owed`, or leave it out",
            )


def _unused_roles(model: Model) -> Iterator[Finding]:
    if not any(_gives_goodwill(rule) for rule in model.rules):
        return  # what is owed, or taken instead of it, is given by whoever is asked first
    named: set[str] = set()
    for rule in model.rules:
        named.update(role for amounts in rule.may.values() for role in amounts)
    for guardrail in model.guardrails:
        named.update(role for amounts in guardrail.limits.values() for role in amounts)
        named.update(() if guardrail.to is None else (guardrail.to,))
    named.update(role for cap in model.caps for role in cap.max)
    named.update(model.discretion)
    literals = (node for each in model.expressions() for node in walk(each.node) if isinstance(node, Literal))
    named.update(node.value for node in literals if isinstance(node.value, str))
    # The lowest role has what is given to all. The highest is who cases go up to, whether anything names it or not.
    for role in model.ladder[1:-1]:
        if role not in named:
            yield Finding(
                f"nothing tells the role `{role}` from the one below it",
                role_on_ladder(model, role),
                "give the role something of its own, or take it out of the ladder",
            )


def _gives_goodwill(rule: Rule) -> bool:
    owed = {amount.node for amount in rule.owed.values()}
    return any(amount.node not in owed for amounts in rule.may.values() for amount in amounts.values())


def _idle_caps(model: Model) -> Iterator[Finding]:
    given = {remedy for rule in model.rules for remedy in rule.may}
    for cap in model.caps:
        if not given.intersection(cap.counts):
            what = ", ".join(f"`{remedy}`" for remedy in cap.counts)
            yield Finding(
                f"nothing can ever count against the cap `{cap.id}`: no rule lets anybody give {what}",
                cap.source,
                "leave the cap out, or name other remedies under `counts`; what is owed is never counted",
            )


def _idle_evidence(model: Model) -> Iterator[Finding]:
    required = {name for requirement in model.requires for name in requirement.evidence}
    for name in model.evidence:
        if name not in required:
            yield Finding(
                f"nothing ever requires the evidence `{name}`",
                declared_key(model, "evidence", name),
                "require it, or leave it out",
            )


CHECKS = (
    Check("unused/fact", "a fact that nothing reads", on_model(_unused_facts)),
    Check("unused/value", "a value that nothing reads", on_model(_unused_values), fixes=True),
    Check("unused/remedy", "a remedy that no rule gives", on_model(_unused_remedies)),
    Check("unused/role", "a role of the ladder that nothing tells from the one below", on_model(_unused_roles)),
    Check("unused/cap", "a cap that nothing counts against", on_model(_idle_caps)),
    Check("unused/evidence", "evidence that nothing requires", on_model(_idle_evidence)),
)
