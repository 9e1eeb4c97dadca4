"""Checks of what people are told, and of what a person would look at twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Final

from remit.authoring.checks.check import Check, Finding, on_model
from remit.authoring.checks.edits import fact_node, marked_personal
from remit.language.nodes import Literal, Node, walk
from remit.language.values import Money
from remit.language.words import listing
from remit.policy.model import Dated, Expression, Model, Table

__all__ = ["CHECKS"]

#: How many times the middle amount of its kind an amount has to be to surprise, and of how many.
_SURPRISING: Final = 100
_FEWEST: Final = 3

_PERSONAL: Final = re.compile(
    r"(^|[._])((e_?)?mail|phone|mobile|(home_|street_)?address|postcode|zip(_code)?|birth(day|_date)?|date_of_birth|dob|"
    r"passport|iban|ssn|(first_|last_|full_|sur)name|"
    r"(guest|customer|client|passenger|patient|member|caller|person|policyholder|account_holder)[._](id|name|number))$"
)


def _no_words(model: Model) -> Iterator[Finding]:
    for guardrail in model.guardrails:
        if guardrail.effect != "limit" and not guardrail.say:
            yield Finding(
                f"guardrail `{guardrail.id}` leaves the employee without words for the customer",
                guardrail.source,
                "add `say:` with a sentence that can be said aloud",
            )


def _untranslated(model: Model) -> Iterator[Finding]:
    for text in model.texts:
        lacking = [f"`{tag}`" for tag in model.languages[1:] if tag not in text.others]
        if lacking:
            message = f"this text is not there in {listing(lacking)}"
            first = model.languages[0]
            hint = f"write `{{{first}: ..., {lacking[0][1:-1]}: ...}}`; until then it is read in `{first}`"
            yield Finding(message, text.source, hint)


def _no_reason(model: Model) -> Iterator[Finding]:
    for rule in model.rules:
        if not rule.because:
            yield Finding(f"rule `{rule.id}` does not say why", rule.source, "add `because:` with one sentence")
    for guardrail in model.guardrails:
        if guardrail.effect == "limit" and not guardrail.because and not guardrail.say:
            hint = "add `because:` with one sentence, or `say:` with words for the customer"
            yield Finding(f"the limit `{guardrail.id}` does not say why", guardrail.source, hint)


def _surprising(model: Model) -> Iterator[Finding]:
    for what, expressions in _kinds_of_amount(model):
        found = [(size, text, expression) for expression in expressions for size, text in _sizes(expression.node)]
        if len(found) < _FEWEST:
            continue
        middle = sorted(size for size, _, _ in found)[len(found) // 2]
        for size, text, expression in found:
            if size >= _SURPRISING * middle:
                yield Finding(
                    f"{text} is {size / middle:,.0f} times the middle amount of {what}",
                    expression.source,
                    "is there a zero too many? if it is meant, switch this check off on this line",
                )


def _kinds_of_amount(model: Model) -> Iterator[tuple[str, list[Expression]]]:
    """Amounts that are of one kind, so that they should be of one size."""
    for remedy in model.remedies:
        given = [amount for rule in model.rules for amount in rule.may.get(remedy, {}).values()]
        owed = [rule.owed[remedy] for rule in model.rules if remedy in rule.owed]
        yield f"what the rules give of `{remedy}`", [*given, *owed]
    for name, value in model.values.items():
        match value.definition:
            case Table(rows=rows):
                yield f"`{name}`", [row.output for row in rows]
            case Dated(entries=entries):
                yield f"`{name}`", [entry for _, entry in entries]


def _sizes(node: Node) -> Iterator[tuple[Decimal, str]]:
    """The amounts of money that an expression names, and a plain number where it is nothing else."""
    for each in walk(node):
        if isinstance(each, Literal) and isinstance(each.value, Money) and each.value.amount > 0:
            yield each.value.amount, str(each.value)
    if isinstance(node, Literal) and isinstance(node.value, Decimal) and node.value > 0:
        yield node.value, f"{node.value:,f}"


def _personal(model: Model) -> Iterator[Finding]:
    for name, fact in model.facts.items():
        if fact.personal or not _PERSONAL.search(name):
            continue
        written = fact_node(model, name)
        if written is not None and written.get("personal") is not None:
            continue  # the author says that it is not
        yield Finding(
            f"`{name}` looks like something about a person and is not marked",
            fact.source,
            "add `personal: true`, so that it can be erased for one person; or `personal: false`, if it is about nobody",
            None if written is None else partial(marked_personal, written),
        )


CHECKS = (
    Check("texts/untranslated", "a text that is not there in one of the policy's languages", on_model(_untranslated)),
    Check("guardrails/no-words", "a guardrail without words to say", on_model(_no_words)),
    Check("reasons/missing", "a rule or a limit without a reason", on_model(_no_reason)),
    Check("amounts/surprising", "an amount of surprising size", on_model(_surprising)),
    Check("facts/not-personal", "a fact about a person that is not marked", on_model(_personal), fixes=True),
)
