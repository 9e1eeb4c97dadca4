"""``guardrails``: what narrows authority, after the rules."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, Literal

from remit.policy.load_context import Context
from remit.policy.model import Expression, Guardrail
from remit.policy.reading.yaml_tree import YamlNode, YamlScalar, spot
from remit.policy.sections.condition_section import read_condition
from remit.policy.sections.given_amounts import BY_ROLE, FLAT, read_amount, read_amounts
from remit.policy.sections.reserved_names import unique
from remit.policy.shapes.collections import ByKind, ListOf, Located
from remit.policy.shapes.local_text import LocalText
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import OneOf
from remit.policy.shapes.word_forms import ID, NAME, WHEN

__all__ = ["KEY", "read_guardrails"]

_REMEDIES: Final = ListOf(NAME, "a list of remedies", "a remedy", "[credit]")
THEN: Final = Record(
    "an effect",
    (
        Key("deny", _REMEDIES, "Nothing of these remedies may be given, not even what would be owed.", examples=("[credit]",)),
        Key("escalate", _REMEDIES, "These remedies go up to someone else.", examples=("[credit]",)),
        Key("limit", BY_ROLE, "No more than this of each remedy. What is owed stays.", examples=("{credit: 0 EUR}",)),
    ),
    "then: {deny: [credit]}",
    "What a guardrail does, and to which remedies.",
    one_of=("deny", "escalate", "limit"),
)
GUARDRAIL: Final = Record(
    "a guardrail",
    (
        Key("id", ID, "The name of the guardrail, by which decisions and tests refer to it.", True, examples=("injury",)),
        Key(
            "when",
            WHEN,
            "When it holds; always, if left out. A missing fact that may make it hold counts as if it did.",
            examples=("{incident.kind: injury}",),
        ),
        Key(
            "then",
            Located(
                ByKind(
                    "`deny`, `escalate`, or a mapping such as `{limit: {credit: 0 EUR}}`",
                    scalar=OneOf(
                        {
                            "deny": "Nothing may be given, except what is owed.",
                            "escalate": "Everything goes up to someone else.",
                        },
                        "an effect of a guardrail",
                        {
                            "refuse": "deny",
                            "forbid": "deny",
                            "block": "deny",
                            "approve": "escalate",
                            "approval": "escalate",
                            "limit": "{limit: {credit: 0 EUR}}",
                        },
                        {
                            r"escalate to (?:the )?(\w+)": r"write `then: escalate`, and `to: \1` as a key of its own",
                            r"escalate to .*": "write `then: escalate`, and the role in a key of its own, `to`",
                            r"(deny|escalate) (\w+)": r"write `then: {\1: [\2]}`",
                            r"limit (\w+) (?:to )?([0-9.]+(?: \w+)?)": r"write `then: {limit: {\1: \2}}`",
                        },
                    ),
                    mapping=THEN,
                    hint="write `deny`, `escalate`, `{deny: [credit]}` or `{limit: {credit: 0 EUR}}`",
                )
            ),
            "What it does.",
            True,
            examples=("escalate", "{deny: [credit]}", "{limit: {credit: 0 EUR}}"),
        ),
        Key(
            "to",
            NAME,
            "The role that an escalation goes to; without it, the lowest above the employee that could grant.",
            examples=("duty_manager",),
        ),
        Key(
            "most",
            FLAT,
            "What the role in `to`, and those above it, may agree to when a lower role asks, also where no rule gives as much. "
            "Without it they may agree to what the rules give them, and to an exception of which no rule speaks.",
            examples=("{credit: 300 EUR}",),
        ),
        Key("say", LocalText(example="I want my manager to look after you personally."), "Words to say to the customer."),
        Key("because", LocalText(example="An injury needs someone with authority."), "Why: staff read it with the decision."),
    ),
    "{id: injury, when: {incident.kind: injury}, then: escalate}",
    "A guardrail narrows authority, after the rules: deny beats escalate beats limit.",
)

KEY: Final = Key(
    "guardrails",
    ListOf(GUARDRAIL, "a list of guardrails", "a guardrail", f"- {GUARDRAIL.example}"),
    "What must not be given, or must go up. Guardrails narrow what the rules have opened.",
)


def read_guardrails(policy: Fields, context: Context) -> tuple[Guardrail, ...]:
    """The guardrails in the order of the file."""
    found = unique(policy.get("guardrails") or [], "guardrails", context.report)
    return tuple(_guardrail(fields, name, context) for fields, name in found)


def _guardrail(fields: Fields, name: str, context: Context) -> Guardrail:
    effect, remedies, limits = _effect(fields, context)
    most = _most(fields, effect, remedies, context)
    told = fields.get("then") is None or fields.get("then")[1] is None
    return Guardrail(
        name,
        context.words(fields, "because"),
        read_condition(fields, context),
        effect,
        remedies,
        None if told else _goes_to(fields, effect, context),
        limits,
        context.words(fields, "say"),
        spot(fields.at("id")),
        most,
    )


def _most(fields: Fields, effect: str, remedies: Collection[str], context: Context) -> dict[str, Expression]:
    """What the role that it goes to may agree to."""
    out: dict[str, Expression] = {}
    if fields.given("most") and (effect != "escalate" or not fields.given("to")):
        message = "`most` says what the role in `to` may agree to; this guardrail sends nothing to a role"
        context.report.error("policy/most", message, fields.key("most"), "write `then: escalate` and `to`, or delete it")
    for remedy, amount in fields.get("most") or []:
        if remedies and context.is_remedy(remedy) and remedy.text not in remedies:
            context.report.error(
                "policy/most",
                f"this guardrail does not hold for `{remedy.text}`",
                remedy,
                "delete it, or name it in `then` too",
            )
        found = read_amount(remedy, amount, context)
        if found is not None:
            out[remedy.text] = found
    return out


def _effect(fields: Fields, context: Context) -> tuple[Literal["deny", "escalate", "limit"], tuple[str, ...], dict[str, Any]]:
    _, then = fields.get("then") or (None, None)
    if isinstance(then, Fields):
        if then.given("limit"):
            limits = read_amounts(then.get("limit"), context)
            return "limit", tuple(limits), limits
        effect: Literal["deny", "escalate"] = "deny" if then.given("deny") else "escalate"
        return effect, _remedies(then.get(effect) or [], context), {}
    return ("escalate" if then == "escalate" else "deny"), (), {}


def _remedies(scalars: list[YamlScalar], context: Context) -> tuple[str, ...]:
    out: dict[str, None] = {}
    for scalar in scalars:
        if context.is_remedy(scalar):
            if scalar.text in out:
                context.report.error("policy/duplicate", f"`{scalar.text}` is there twice", scalar, "delete one of them")
            out[scalar.text] = None
    return tuple(out)


def _goes_to(fields: Fields, effect: str, context: Context) -> str | None:
    role: YamlScalar | None = fields.get("to")
    if role is None or not context.is_role(role):
        return None
    key: YamlNode = fields.key("to")
    if effect != "escalate":
        context.report.error("policy/to", f"`to` is for `then: escalate`; this guardrail has `{effect}`", key, "delete it")
    elif context.ladder and role.text == context.ladder[0]:
        message = f"`{role.text}` is the lowest role, so nobody would have to escalate"
        higher = f"; above it are {', '.join(f'`{each}`' for each in context.ladder[1:4])}" if len(context.ladder) > 1 else ""
        context.report.error("policy/to", message, role, f"name a higher role{higher}")
    return role.text
