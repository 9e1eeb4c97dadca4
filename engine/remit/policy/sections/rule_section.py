"""``rules``: what widens authority."""

from __future__ import annotations

from typing import Final

from remit.policy.load_context import Context
from remit.policy.model import Rule
from remit.policy.reading.yaml_tree import spot
from remit.policy.sections.condition_section import read_condition
from remit.policy.sections.given_amounts import BY_ROLE, FLAT, read_amount, read_amounts
from remit.policy.sections.reserved_names import unique
from remit.policy.shapes.collections import ListOf
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import Text
from remit.policy.shapes.word_forms import ID, WHEN

__all__ = ["KEY", "read_rules"]

RULE: Final = Record(
    "a rule",
    (
        Key("id", ID, "The name of the rule, by which decisions and tests refer to it.", True, examples=("bad-night",)),
        Key(
            "because",
            Text(example="Anyone puts a small thing right at once."),
            "Why: staff read it with the decision.",
            examples=("Anyone at the desk puts a small thing right at once.",),
        ),
        Key(
            "when",
            WHEN,
            "When it matches; always, if left out. Tests by name, a formula, or a list of these that must all hold.",
            examples=("{guest.tier: gold}", "stay.nights > 2"),
        ),
        Key(
            "may",
            BY_ROLE,
            "The most that may be given of each remedy: for everyone, or by role (and all above it).",
            examples=("{credit: 30 EUR}", "{credit: {associate: 30 EUR, supervisor: 150 EUR}}"),
        ),
        Key(
            "owed",
            FLAT,
            "What the customer is entitled to: never less, and not charged to any cap.",
            examples=("{credit: stay.nightly_rate}",),
        ),
        Key("say", Text(example="I will put this right."), "Words to say to the customer."),
    ),
    "{id: small-gesture, may: {credit: 30 EUR}}",
    "A rule widens authority. Of all that match, the most generous counts; their order does not matter.",
    any_of=("may", "owed"),
)

KEY: Final = Key(
    "rules",
    ListOf(RULE, "a list of rules", "a rule", f"- {RULE.example}", most=10_000),
    "What may be given, when. Rules widen: of all that match, the most generous counts.",
    required=True,
)


def read_rules(policy: Fields, context: Context) -> tuple[Rule, ...]:
    """The rules in the order of the file."""
    return tuple(_rule(fields, name, context) for fields, name in unique(policy.get("rules") or [], "rules", context.report))


def _rule(fields: Fields, name: str, context: Context) -> Rule:
    owed = {remedy.text: read_amount(remedy, amount, context) for remedy, amount in fields.get("owed") or []}
    return Rule(
        name,
        fields.get("because"),
        read_condition(fields, context),
        read_amounts(fields.get("may"), context),
        {remedy: amount for remedy, amount in owed.items() if amount},
        fields.get("say"),
        spot(fields.at("id")),
    )
