"""``discretion``: room to go beyond the rules, with a story."""

from __future__ import annotations

from typing import Final

from remit.policy.context import Context
from remit.policy.model import Discretion
from remit.policy.reading.tree import YamlScalar
from remit.policy.sections.keeping import read_window
from remit.policy.shapes.collections import MapOf
from remit.policy.shapes.records import Fields, Key, Record
from remit.policy.shapes.words import AMOUNT, NAME, WINDOW

__all__ = ["KEY", "read_discretion"]

ALLOWANCE: Final = Record(
    "an allowance",
    (
        Key("each", AMOUNT, "The most in one grant.", True, examples=("25 EUR",)),
        Key("max", AMOUNT, "The most in the whole window.", True, examples=("100 EUR",)),
        Key("over", WINDOW, "The window of time.", True, examples=("calendar month",)),
    ),
    "associate: {each: 25 EUR, max: 100 EUR, over: calendar month}",
    "How far one role may go beyond the rules, in money. A story is required; guardrails and caps still hold.",
)
KEY: Final = Key(
    "discretion",
    MapOf(NAME, ALLOWANCE, "a mapping of roles to allowances", ALLOWANCE.example),
    "By role: a personal allowance to do the right thing where the rules fall short.",
)


def read_discretion(policy: Fields, context: Context) -> dict[str, Discretion]:
    """The allowance of each role that has one, in the order of the ladder."""
    out: dict[str, Discretion] = {}
    for role, fields in policy.get("discretion") or []:
        if context.is_role(role) and fields is not None:
            found = _allowance(role, fields, context)
            out |= {role.text: found} if found else {}
    if out and not any(remedy.kind == "money" for remedy in context.remedies.values()) and not context.vague:
        message = "discretion adds to money remedies, and this policy has none"
        context.report.error(
            "policy/discretion", message, policy.key("discretion"), "delete it, or add a remedy of type `money`"
        )
    return {role: out[role] for role in context.ladder if role in out}


def _allowance(role: YamlScalar, fields: Fields, context: Context) -> Discretion | None:
    window: YamlScalar | None = fields.get("over")
    amounts = [context.amount(fields.get(key)) if fields.get(key) else None for key in ("each", "max")]
    each, most = amounts
    if each is None or most is None or window is None:
        return None
    if each.amount > most.amount:
        message = f"`each` is {each}, which is above `max`, {most}"
        context.report.error("policy/bounds", message, fields.at("each"), "swap them, or raise `max`")
    return Discretion(role.text, each, most, read_window(window))
