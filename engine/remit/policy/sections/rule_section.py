"""``rules``: what widens authority; and ``claim``: what is owed under one claim is paid once (docs/decisions.md, law 9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from remit.policy.load_context import Context
from remit.policy.model import Claim, Rule
from remit.policy.reading.yaml_tree import YamlScalar, spot
from remit.policy.sections.condition_section import read_condition
from remit.policy.sections.given_amounts import BY_ROLE, FLAT, read_amount, read_amounts
from remit.policy.sections.histories import read_keys
from remit.policy.sections.reserved_names import unique
from remit.policy.shapes.collections import ListOf
from remit.policy.shapes.local_text import LocalText
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.word_forms import ID, PER, WHEN

__all__ = ["CLAIM_KEY", "KEY", "Naming", "read_claims", "read_rules"]

CLAIM: Final = Record(
    "a claim",
    (
        Key(
            "per",
            PER,
            "What tells one claim from another: facts such as the booking and the flight, or `case`, the number of the case. "
            "Left out in a rule, that of the policy; left out there, the case.",
            examples=("[booking.id, flight.number]", "order.id", "case"),
        ),
        Key(
            "shared",
            ID,
            "A name under which all money is one total, across remedies (cash or voucher) and across policies.",
            examples=("delayed-flight",),
        ),
    ),
    "claim: {per: [booking.id, flight.number]}",
    "What is owed for one incident is paid once. What a claim has received is taken off what it is still owed.",
    any_of=("per", "shared"),
)

CLAIM_KEY: Final = Key(
    "claim",
    CLAIM,
    "What names the claim of a customer. What is owed under one claim is paid once. Left out, the case names it.",
    examples=("{per: [booking.id, flight.number]}",),
)

RULE_CLAIM: Final = Key(
    "claim",
    CLAIM,
    "What names the claim under this rule, where it is not that of the policy. What it may give is a total of the claim, too.",
    examples=("{per: [account.id, visit.day]}", "{shared: delayed-flight}"),
)

RULE: Final = Record(
    "a rule",
    (
        Key("id", ID, "The name of the rule, by which decisions and tests refer to it.", True, examples=("bad-night",)),
        Key(
            "because",
            LocalText(example="Anyone puts a small thing right at once."),
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
        RULE_CLAIM,
        Key("say", LocalText(example="I will put this right."), "Words to say to the customer."),
    ),
    "{id: small-gesture, may: {credit: 30 EUR}}",
    "A rule widens authority. Of all that match, the most generous counts; their order does not matter.",
    any_of=("may", "owed"),
    elsewhere={"then": "guardrails"},
)

KEY: Final = Key(
    "rules",
    ListOf(RULE, "a list of rules", "a rule", f"- {RULE.example}", most=10_000),
    "What may be given, when. Rules widen: of all that match, the most generous counts.",
    required=True,
)


#: How a policy or a rule names its claim: the facts, or the case (nothing where it leaves that open); and the shared name.
Naming = tuple[tuple[str, ...], str | None]

_CASE: Final = ("case",)


def read_rules(policy: Fields, context: Context) -> tuple[tuple[Rule, ...], list[Naming | None]]:
    """The rules in the order of the file, and how each names its claim."""
    found = list(unique(policy.get("rules") or [], "rules", context.report))
    return tuple(_rule(fields, name, context) for fields, name in found), [_claim_of(each, context) for each, _ in found]


def _rule(fields: Fields, name: str, context: Context) -> Rule:
    owed = {remedy.text: read_amount(remedy, amount, context) for remedy, amount in fields.get("owed") or []}
    return Rule(
        name,
        context.words(fields, "because"),
        read_condition(fields, context),
        read_amounts(fields.get("may"), context),
        {remedy: amount for remedy, amount in owed.items() if amount},
        context.words(fields, "say"),
        spot(fields.at("id")),
    )


def _claim_of(rule: Fields, context: Context) -> Naming | None:
    """The claim that a rule names, or ``None`` where it leaves that to the policy."""
    written: Fields | None = rule.get("claim")
    return None if written is None else _naming(written, context)


def read_claims(policy: Fields, context: Context, rules: Sequence[Rule], own: Sequence[Naming | None]) -> tuple[Claim, ...]:
    """The claims of a policy, in the order of its remedies. ``own`` has the claim that each of ``rules`` names, or ``None``."""
    written: Fields | None = policy.get("claim")
    per, shared = _naming(written, context) if written is not None else ((), None)
    per = per or _CASE
    found: dict[str, dict[Naming, list[str]]] = {name: {} for name in context.remedies}
    for rule, named in zip(rules, own, strict=True):
        naming = (per, shared) if named is None else (named[0] or per, named[1])
        for remedy in rule.owed if named is None else {**rule.owed, **rule.may}:
            if remedy in found:
                found[remedy].setdefault(naming, []).append(rule.id)
    return tuple(_joined(_each(found), context))


def _naming(claim: Fields, context: Context) -> Naming:
    shared: YamlScalar | None = claim.get("shared")
    name = shared.text if shared is not None else None
    keys = claim.get("per")
    if keys is None:
        return (), name
    if isinstance(keys, YamlScalar) and keys.text == "case" and "case" not in context.facts:
        return _CASE, name
    for scalar in [keys] if isinstance(keys, YamlScalar) else keys:
        if scalar.text.startswith("employee."):
            message = f"`{scalar.text}` says who gives; with it, each employee could pay the same claim once more"
            hint = "name what the customer comes with: the booking, the order, the account and the day"
            context.report.error("policy/claim", message, scalar, hint)
    return read_keys(claim, context), name


def _each(found: dict[str, dict[Naming, list[str]]]) -> Iterator[Claim]:
    """One claim for each remedy and each way of naming it."""
    for remedy, namings in found.items():
        for (per, shared), rules in namings.items():
            name = f"claim.{remedy}" if len(namings) == 1 else f"claim.{min(rules)}.{remedy}"
            yield Claim(name, per, (remedy,), frozenset(rules), shared)


def _joined(claims: Iterator[Claim], context: Context) -> Iterator[Claim]:
    """All money under one shared name and with the same facts is one claim."""
    pools: dict[Naming, list[Claim]] = {}
    for claim in claims:
        if claim.shared is None or context.remedies[claim.remedies[0]].kind != "money":
            yield claim
        else:
            pools.setdefault((claim.per, claim.shared), []).append(claim)
    for number, ((per, shared), pool) in enumerate(pools.items()):
        again = sum(1 for _, other in list(pools)[:number] if other == shared)
        name = f"shared.{shared}" + (f".{again + 1}" if again else "")
        rules = frozenset[str]().union(*(claim.rules for claim in pool))
        yield Claim(name, per, tuple(claim.remedies[0] for claim in pool), rules, shared)
