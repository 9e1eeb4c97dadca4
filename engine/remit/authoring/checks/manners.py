"""Checks of what people are told, and of what a person would look at twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from remit.authoring.checks.check import Check, Finding
from remit.language.nodes import Literal, walk
from remit.language.values import Money
from remit.policy.model import Expression, Model

__all__ = ["CHECKS"]

#: How many times the middle amount of its kind an amount has to be to surprise.
_SURPRISING = 100

_PERSONAL = re.compile(
    r"(^|[._])(email|e_mail|phone|mobile|address|postcode|zip|birth|birthday|date_of_birth|passport|iban|ssn|surname|"
    r"(guest|customer|client|passenger|patient|member|caller|person|policyholder|account_holder)\.(id|name))$"
)


def _no_words(model: Model) -> Iterator[Finding]:
    for guardrail in model.guardrails:
        if guardrail.effect != "limit" and not guardrail.say:
            yield Finding(
                f"guardrail `{guardrail.id}` leaves the employee without words for the customer",
                guardrail.source,
                "add `say:` with a sentence that one can say aloud",
            )


def _no_reason(model: Model) -> Iterator[Finding]:
    for rule in model.rules:
        if not rule.because:
            yield Finding(f"rule `{rule.id}` does not say why", rule.source, "add `because:` with one sentence")
    for guardrail in model.guardrails:
        if guardrail.effect == "limit" and not guardrail.because and not guardrail.say:
            yield Finding(f"the limit `{guardrail.id}` does not say why", guardrail.source, "add `because:`")


def _surprising(model: Model) -> Iterator[Finding]:
    by_remedy: dict[str, list[tuple[Decimal, str, Expression]]] = {}
    for rule in model.rules:
        amounts = [(name, amount) for name, roles in rule.may.items() for amount in roles.values()]
        for name, amount in (*amounts, *rule.owed.items()):
            for node in walk(amount.node):
                if isinstance(node, Literal) and isinstance(node.value, Money) and node.value.amount > 0:
                    by_remedy.setdefault(name, []).append((node.value.amount, str(node.value), amount))
    for name, found in by_remedy.items():
        middle = median(amount for amount, _, _ in found)
        for size, text, expression in found:
            if len(found) >= 3 and size >= _SURPRISING * middle:
                yield Finding(
                    f"{text} is at least {_SURPRISING} times what the policy usually gives of `{name}`",
                    expression.source,
                    "is there a zero too many? if it is meant, switch this check off on this line",
                )


def _personal(model: Model) -> Iterator[Finding]:
    for name, fact in model.facts.items():
        if not fact.personal and _PERSONAL.search(name):
            yield Finding(
                f"`{name}` looks like something about a person and is not marked",
                fact.source,
                "add `personal: true`; then it can be erased for one person while the record still verifies",
            )


CHECKS = (
    Check("guardrails/no-words", "a guardrail without words to say", _no_words),
    Check("reasons/missing", "a rule or a limit without a reason", _no_reason),
    Check("amounts/surprising", "an amount of surprising size", _surprising),
    Check("facts/not-personal", "a fact about a person that is not marked", _personal),
)
