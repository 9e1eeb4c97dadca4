"""``remedies``: what can be given."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from remit.policy.load_context import Context
from remit.policy.model import Remedy
from remit.policy.reading.yaml_tree import YamlScalar, spot
from remit.policy.sections.reserved_names import is_reserved
from remit.policy.shapes.collections import MapOf
from remit.policy.shapes.local_text import LocalText
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import OneOf, Pattern
from remit.policy.shapes.word_forms import AMOUNT, NAME

__all__ = ["KEY", "read_remedies"]

_KINDS: Final = OneOf(
    {
        "money": "An amount of money: a credit, a refund, a compensation.",
        "count": "So many of something: points, nights, gigabytes.",
        "exception": "A rule that is waived, yes or no: a late checkout, a fee not charged.",
    },
    "a kind of remedy",
    {
        "boolean": "exception",
        "bool": "exception",
        "waiver": "exception",
        "cash": "money",
        "amount": "money",
        "credit": "money",
        "number": "count",
        "integer": "count",
        "points": "count",
        "units": "count",
    },
)

_SHARE: Final = Pattern(
    "a percentage from 0% to 100%",
    r"(?:100|[0-9]{1,2}(?:\.[0-9]{1,2})?)%",
    "write it with its sign and at most two decimals: `30%`, `12.5%`",
    "30%",
)

REMEDY: Final = Record(
    "a remedy",
    (
        Key("type", _KINDS, "What kind of thing it is.", True, examples=("money",)),
        Key(
            "title",
            LocalText(example="Folio credit", longest=200),
            "What it is called when it is offered.",
            examples=("Folio credit",),
        ),
        Key(
            "cost",
            AMOUNT,
            "What one unit, or the exception, costs the company. Caps in money count it at this.",
            examples=("0.006 EUR", "20 EUR"),
        ),
        Key(
            "borne",
            _SHARE,
            "How much of the value of money, or of `cost`, the company bears itself. For the order of offers and for reports "
            "only: caps count `cost`, and no decision depends on it.",
            default="100%",
            examples=("30%",),
        ),
        Key(
            "offer",
            OneOf(
                {
                    "always": "It is offered wherever it may be given.",
                    "on_request": "It may be given when the customer asks for it, and is not offered unasked.",
                },
                "a way to offer",
            ),
            "Whether staff offer it of their own accord.",
            default="always",
        ),
    ),
    "credit: {type: money, title: Folio credit}",
    "Something that can be given to a customer.",
)

KEY: Final = Key(
    "remedies",
    MapOf(NAME, REMEDY, "a mapping of names to remedies", REMEDY.example, least=1, most=200),
    "What can be given. In formulas, `asked.NAME` is how much of it is asked for.",
    required=True,
    examples=("{credit: {type: money, title: Folio credit}}",),
)


def read_remedies(policy: Fields, context: Context) -> dict[str, Remedy]:
    """The remedies by name. One whose type is wrong is known by name only; nothing is said of its amounts."""
    out: dict[str, Remedy] = {}
    for name, fields in policy.get("remedies") or []:
        if not is_reserved(name, "remedy", context.report):
            out[name.text] = _remedy(name, fields, context)
    return out


def _remedy(name: YamlScalar, fields: Fields | None, context: Context) -> Remedy:
    title = name.text.replace("_", " ").capitalize()
    kind = fields.get("type") if fields else None
    if fields is None or kind is None:
        context.vague.add(name.text)
        return Remedy(name.text, "exception", title)
    if kind == "money":
        context.money_type(fields.at("type"))
    written: YamlScalar | None = fields.get("cost")
    cost = context.amount(written, is_rate=True) if written else None
    if written and kind == "money":
        message = "`cost` is for counts and exceptions; money costs what it is"
        context.report.error("policy/cost", message, fields.key("cost"), "delete it")
    return Remedy(
        name.text,
        kind,
        context.words(fields, "title") or title,
        cost,
        fields.get("offer") or "always",
        spot(name),
        _borne(kind, fields, context),
    )


def _borne(kind: str, fields: Fields, context: Context) -> Decimal:
    """The share that the company bears: of the value of money, or else of ``cost``, which must be there."""
    written: YamlScalar | None = fields.get("borne")
    if written is None:
        return Decimal(1)
    if kind != "money" and not fields.given("cost"):
        message = f"`borne` is a share of `cost`, which is missing for a remedy of type `{kind}`"
        context.report.error("policy/needs-key", message, fields.key("borne"), "add `cost`, or delete `borne`")
    return Decimal(written.text.removesuffix("%")).scaleb(-2)
