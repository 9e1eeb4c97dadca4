"""``history`` of a fact: what the ledger knows, as how many grants there were or how much was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from remit.language.checking.type_words import a_type
from remit.language.types import ANY, INTEGER, Type
from remit.language.values import Money
from remit.policy.load_context import Context
from remit.policy.model import Fact, History, Window
from remit.policy.reading.yaml_tree import YamlScalar
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import OneOf
from remit.policy.shapes.word_forms import NAME, PER, WINDOW

__all__ = ["HISTORY", "read_histories", "read_keys", "read_window"]

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def read_window(scalar: YamlScalar) -> Window:
    """The window that ``scalar`` says, whose form was checked."""
    text = scalar.text
    if text == "lifetime":
        return Window("lifetime", text=text)
    if text == "case":
        return Window("case", text=text)
    first, second, *rest = text.split()
    unit: Any = second.removesuffix("s")
    if first == "calendar":
        return Window("calendar", unit=unit, start_month=_MONTHS.index(rest[1]) + 1 if rest else 1, text=text)
    return Window("rolling", length=timedelta(**{f"{unit}s": int(first)}), text=text)


def read_keys(fields: Fields, context: Context) -> tuple[str, ...]:
    """The names under ``per``, each known and fit to tell one balance from another."""
    written = fields.get("per")
    scalars: list[YamlScalar] = [written] if isinstance(written, YamlScalar) else written or []
    out: dict[str, None] = {}
    for scalar in scalars:
        if not context.is_key(scalar):
            continue
        if scalar.text in out:
            context.report.error("policy/duplicate", f"`{scalar.text}` is there twice", scalar, "delete one of them")
        _is_fit(scalar, context)
        out[scalar.text] = None
    return tuple(out)


def _is_fit(scalar: YamlScalar, context: Context) -> None:
    of = context.facts.get(scalar.text)
    what = "a history" if scalar.text in context.histories else "a list" if of and of.kind == "list" else None
    if what:
        message = f"`{scalar.text}` is {what}; nothing can be kept by it"
        context.report.error("policy/per", message, scalar, "name a fact that says who or what: an id, a place, a choice")


COUNTED: Final = {
    "grants": "How many grants there were and stayed.",
    "voids": "How often a grant was taken back, by whoever gave it or by somebody above them.",
}

HISTORY: Final = Record(
    "a history",
    (
        Key("count", OneOf(COUNTED, "what a history counts"), "Count the grants, or how often one was taken back."),
        Key("sum", NAME, "Add up what was given of this remedy.", examples=("credit",)),
        Key("per", PER, "Look at grants that agree in this fact, or in all of these.", True, examples=("guest.id",)),
        Key("over", WINDOW, "How far back to look.", True, examples=("90 days",)),
    ),
    "history: {count: grants, per: guest.id, over: 90 days}",
    "A fact that is read from the ledger.",
    one_of=("count", "sum"),
)


def read_histories(policy: Fields, context: Context, facts: dict[str, Fact], types: dict[str, Type]) -> None:
    """Give the facts that the ledger knows their history; where that does not fit the fact, its type is not known."""
    for name, fields in policy.get("facts") or []:
        written: Fields | None = fields.get("history") if fields else None
        fact = facts.get(name.text)
        if written is not None and fact is not None:
            history = _history(written, fact, context)
            if history is None:
                types[name.text] = ANY
            facts[name.text] = replace(fact, history=history, low=_from_nothing(fact))


def _from_nothing(fact: Fact) -> Any:
    """The lowest value of what a ledger counts or adds up: none of it, unless the author says otherwise."""
    if fact.low is not None or fact.type.kind not in ("number", "money"):
        return fact.low
    return Money(Decimal(0), fact.type.currency) if fact.type.currency else Decimal(0)


def _history(fields: Fields, fact: Fact, context: Context) -> History | None:
    per = read_keys(fields, context)
    window: YamlScalar | None = fields.get("over")
    summed: YamlScalar | None = fields.get("sum")
    if summed is not None and not context.is_remedy(summed):
        return None
    needed = context.amount_type(summed.text, whole=True) if summed else INTEGER
    if summed and needed.kind == "boolean":
        message = f"`{summed.text}` is an exception, which cannot be added up"
        context.report.error("policy/history", message, summed, "count the grants: `count: grants`")
    elif "any" not in (fact.type.kind, needed.kind) and fact.type.kind != needed.kind:
        message = f"`{fact.name}` is {a_type(fact.type)}, but this history is {a_type(needed, exact=True)}"
        word = "integer" if needed.kind == "number" else "money"
        context.report.error("policy/history", message, fields.node, f"write `type: {word}`")
        return None
    if window is None or not per:
        return None
    return History(fields.get("count"), summed.text if summed else None, per, read_window(window))
