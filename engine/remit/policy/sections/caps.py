"""``caps``: bounds over time, kept by the ledger."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from remit.language.values import Money
from remit.policy.load_context import Context
from remit.policy.model import Cap, Discretion, Remedy, Window
from remit.policy.reading.yaml_tree import YamlScalar, spot
from remit.policy.sections.histories import read_keys, read_window
from remit.policy.sections.reserved_names import unique
from remit.policy.shapes.collections import ByKind, ListOf, MapOf
from remit.policy.shapes.local_text import LocalText
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import Pattern
from remit.policy.shapes.word_forms import AMOUNT, ID, NAME, PER, WINDOW

__all__ = ["DISCRETION_KEY", "KEY", "read_caps", "read_discretion"]

Measure: TypeAlias = Literal["amount", "units", "grants"]

#: What each measure is called in messages.
_IN: Final[dict[Measure, str]] = {"amount": "money", "units": "units", "grants": "grants"}

#: The id under which the ledger keeps what is spent of an employee's discretion.
_DISCRETION: Final = "discretion"

_MOST: Final = Pattern(
    "an amount, or a number of grants or units",
    r"[0-9]{1,18}(?:\.[0-9]{1,9})? ?(?:[A-Z]{3}|grants?|units?)?",
    "write `600 EUR`, `4 grants` or `20000 units`",
    "600 EUR",
    numbers=True,
    by_currency=True,
)
CAP: Final = Record(
    "a cap",
    (
        Key(
            "id",
            ID,
            "The name of the cap. What is used of it is kept under this name, across versions.",
            True,
            examples=("per-guest",),
        ),
        Key(
            "per",
            PER,
            "Who or what has a balance of its own: a fact, `employee.id`, or a list of these. Without it, "
            "there is one balance for all.",
            examples=("guest.id", "[guest.id, incident.kind]"),
        ),
        Key(
            "over",
            WINDOW,
            "The time over which it counts.",
            True,
            examples=("90 days", "calendar month", "calendar year from april", "case", "lifetime"),
        ),
        Key(
            "max",
            ByKind(
                "an amount, or a mapping of roles to amounts",
                scalar=_MOST,
                mapping=MapOf(NAME, _MOST, "a mapping of roles to amounts", "{associate: 500 EUR}", least=1),
                hint="write `600 EUR`, `4 grants`, `20000 units`, or one of these for each role",
            ),
            "The most: an amount of money, `grants` or `units`. By role, each also holds for the roles above, until the next.",
            True,
            examples=("600 EUR", "4 grants", "{associate: 500 EUR, supervisor: 2000 EUR}"),
        ),
        Key(
            "counts",
            ListOf(NAME, "a list of remedies", "a remedy", "[credit]"),
            "The remedies that count. Left out, all that can be counted so.",
            examples=("[credit]",),
        ),
        Key(
            "shared",
            ID,
            "A name under which caps of several policies count together; all have the same `per`, `over` and measure.",
            examples=("guest-budget",),
        ),
        Key(
            "say",
            LocalText(example="That is all we can do this month."),
            "Words to say to the customer when the cap is reached.",
        ),
    ),
    "{id: per-guest, per: guest.id, over: 90 days, max: 4 grants}",
    "A bound over time, across all staff. What is owed is never charged to it.",
)

KEY: Final = Key(
    "caps",
    ListOf(CAP, "a list of caps", "a cap", f"- {CAP.example}"),
    "Bounds over time, held by the ledger.",
)


def read_caps(policy: Fields, context: Context) -> tuple[Cap, ...]:
    """The caps in the order of the file."""
    found = []
    shared: dict[str, str] = {}
    for fields, name in unique(policy.get("caps") or [], "caps", context.report):
        found.append(_cap(fields, name, context))
        scalar: YamlScalar | None = fields.get("shared")
        if scalar is not None and (other := shared.setdefault(scalar.text, name)) != name:
            message = f"`{other}` and `{name}` are both shared as `{scalar.text}`, and would count every grant twice"
            hint = "let one cap count for both, or give one of them another shared name"
            context.report.error("policy/shared-cap", message, scalar, hint)
    return tuple(cap for cap in found if cap)


def _cap(fields: Fields, name: str, context: Context) -> Cap | None:
    if name == _DISCRETION:
        message = "a cap cannot be called `discretion`: the ledger keeps discretion under that name"
        context.report.error("policy/reserved-name", message, fields.at("id"), "choose another name")
    window: YamlScalar | None = fields.get("over")
    per = read_keys(fields, context)
    most = _most(fields, context)
    if most is None:
        _counted(fields, context)
        return None
    measure, limits, together = most
    counts = _counts(fields, measure, context)
    over = read_window(window) if window else Window("lifetime")
    shared: YamlScalar | None = fields.get("shared")
    source, say = spot(fields.at("id")), context.words(fields, "say")
    cap = Cap(name, per, over, measure, limits, counts, say, source, shared.text if shared is not None else None)
    if measure != "amount" or not together:
        return cap
    of_all = {role: most for role, most in limits.items() if isinstance(most, Money)}
    return replace(cap, together=of_all).at(context.rates[-1], context.currency or "")


def _most(fields: Fields, context: Context) -> tuple[Measure, dict[str, Money | Decimal], bool] | None:
    """The measure, the maximum of each role, and whether it is for all currencies together."""
    written: Any = fields.get("max")
    if written is None:
        return None
    if isinstance(written, YamlScalar):
        one, together = _limit(written, context), context.counts_together(written)
        return (one[0], dict.fromkeys(context.ladder[:1], one[1]), together) if one else None
    found = [(role, amount, _limit(amount, context)) for role, amount in written if context.is_role(role) and amount]
    ways = {context.counts_together(amount) for _, amount, _ in found}
    if len(ways) > 1:
        message = "some of these maximums are by currency, and the others count all currencies together"
        context.report.error("policy/cap-measure", message, fields.at("max"), "write all of them the same way")
        return None
    measure: Measure | None = None
    limits: dict[str, Money | Decimal] = {}
    for role, amount, limit in found:
        if limit is None:
            return None
        if measure not in (None, limit[0]):
            message = f"`{amount.text}` is a maximum in {_IN[limit[0]]}, but those before it are in {_IN[measure or limit[0]]}"
            context.report.error(
                "policy/cap-measure", message, amount, "measure all roles of one cap alike; make two caps otherwise"
            )
            return None
        measure, limits[role.text] = limit
    if context.ladder and limits and context.ladder[0] not in limits:
        message = f"the cap says nothing for `{context.ladder[0]}`, the lowest role"
        hint = f"add `{context.ladder[0]}: ...`; each amount holds for the roles above it too"
        context.report.error("policy/cap-roles", message, fields.at("max"), hint)
    return (measure, {role: limits[role] for role in context.ladder if role in limits}, ways == {True}) if measure else None


def _limit(scalar: YamlScalar, context: Context) -> tuple[Measure, Money | Decimal] | None:
    number = scalar.text.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ")
    unit = scalar.text[len(number) :].strip().removesuffix("s")
    if unit.isupper():
        money = context.amount(scalar, together=context.counts_together(scalar), over_time=True)
        return ("amount", money) if money else None
    if unit == "grant" and "." in number:
        context.report.error(
            "policy/cap-measure", f"`{scalar.text}` is not a whole number of grants", scalar, "write `4 grants`"
        )
        return None
    return ("grants" if unit == "grant" else "units"), Decimal(number)


def _counted(fields: Fields, context: Context) -> list[YamlScalar]:
    known = [remedy for remedy in fields.get("counts") or [] if context.is_remedy(remedy)]
    seen: set[str] = set()
    for remedy in known:
        if remedy.text in seen:
            context.report.error("policy/duplicate", f"`{remedy.text}` is there twice", remedy, "delete one of them")
        seen.add(remedy.text)
    return known


def _counts(fields: Fields, measure: Measure, context: Context) -> tuple[str, ...]:
    """The remedies under ``counts``, or all that the measure can count."""
    if fields.given("counts"):
        return tuple(dict.fromkeys(each.text for each in _counted(fields, context) if _can_count(each, measure, context)))
    found = tuple(name for name, remedy in context.remedies.items() if not _obstacle(remedy, measure))
    if not found and context.remedies:
        hint = (
            "write an amount such as `600 EUR`, or `4 grants`"
            if measure == "units"
            else "write `4 grants`, or give a remedy its `cost`"
        )
        context.report.error(
            "policy/cap-counts", f"no remedy of this policy can be counted in {_IN[measure]}", fields.at("max"), hint
        )
    return found


def _can_count(scalar: YamlScalar, measure: Measure, context: Context) -> bool:
    remedy = context.remedies.get(scalar.text)
    if remedy is None or scalar.text in context.vague:
        return False
    obstacle = _obstacle(remedy, measure)
    if obstacle:
        message = f"`{scalar.text}` {obstacle[0]}, so a cap in {_IN[measure]} cannot count it"
        context.report.error("policy/cap-counts", message, scalar, obstacle[1])
    return not obstacle


def _obstacle(remedy: Remedy, measure: Measure) -> tuple[str, str] | None:
    """Why a cap with this measure cannot count ``remedy``, and what to do."""
    if measure == "amount" and remedy.kind != "money" and remedy.cost is None:
        return "has no cost", f"give `{remedy.name}` a `cost`, or count `grants`"
    if measure == "units" and remedy.kind != "count":
        what = "money" if remedy.kind == "money" else "an exception"
        return f"is {what}", "write the maximum as an amount such as `600 EUR`, or as `4 grants`"
    return None


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
DISCRETION_KEY: Final = Key(
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
    written = [amount for key in ("each", "max") if (amount := fields.get(key))]
    together = context.counts_together(*written)
    amounts = [context.amount(amount, together=together, over_time=True) for amount in written]
    if len(amounts) < 2 or window is None or amounts[0] is None or amounts[1] is None:
        return None
    each, most = amounts[0], amounts[1]
    if each.amount > most.amount:
        message = f"`each` is {each}, which is above `max`, {most}"
        context.report.error("policy/bounds", message, fields.at("each"), "swap them, or raise `max`")
    found = Discretion(role.text, each, most, read_window(window))
    return replace(found, together=(each, most)).at(context.rates[-1], context.currency or "") if together else found
