"""``history`` of a fact: what the ledger knows, as how often something happened or how much it adds up to."""

from __future__ import annotations

from collections.abc import Mapping
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
from remit.policy.shapes.word_forms import DOTTED, NAME, PER, WINDOW

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
    "grants": "Grants that were not taken back.",
    "voids": "How often a grant was taken back, by the employee who gave it or someone above them.",
    "cases": "Other cases that were recorded, each once, whatever was decided.",
    "requests": "Every time it was recorded that someone asked, whatever was decided.",
    "escalations": "Requests that were escalated.",
    "denials": "Decisions to deny.",
}

HISTORY: Final = Record(
    "a history",
    (
        Key("count", OneOf(COUNTED, "what a history counts"), "What to count."),
        Key(
            "sum",
            DOTTED,
            "A remedy: add up what was given of it. Or a whole number or an amount among the facts: add up what other cases "
            "stated, the latest statement of each.",
            examples=("credit", "trip.delay"),
        ),
        Key("of", NAME, "With `count`: only what was given, asked for or taken back of this remedy.", examples=("credit",)),
        Key("per", PER, "Look at records that agree in this fact, or in all of these.", True, examples=("guest.id",)),
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
            history = _history(written, fact, facts, context)
            if history is None:
                types[name.text] = ANY
            facts[name.text] = replace(fact, history=history, low=_from_nothing(fact))


def _from_nothing(fact: Fact) -> Any:
    """The lowest value of what a ledger counts or adds up: none of it, unless the author says otherwise."""
    if fact.low is not None or fact.type.kind not in ("number", "money"):
        return fact.low
    return Money(Decimal(0), fact.type.currency) if fact.type.currency else Decimal(0)


def _history(fields: Fields, fact: Fact, facts: Mapping[str, Fact], context: Context) -> History | None:
    per = read_keys(fields, context)
    window: YamlScalar | None = fields.get("over")
    summed: YamlScalar | None = fields.get("sum")
    of: YamlScalar | None = fields.get("of")
    stated = summed is not None and summed.text not in context.remedies and summed.text in facts
    if stated and summed:
        needed = _stated(facts[summed.text], summed, context)
    else:
        needed = _given(summed, context) if summed else INTEGER
    if needed is None or (of is not None and not _narrows(of, fields, context)):
        return None
    if "any" not in (fact.type.kind, needed.kind) and fact.type.kind != needed.kind:
        message = f"`{fact.name}` is {a_type(fact.type)}, but this history is {a_type(needed, exact=True)}"
        word = "integer" if needed.kind == "number" else "money"
        context.report.error("policy/history", message, fields.node, f"write `type: {word}`")
        return None
    if window is None or not per:
        return None
    name = summed.text if summed else None
    found = History(
        fields.get("count"),
        None if stated else name,
        per,
        read_window(window),
        of.text if of else None,
        name if stated else None,
    )
    if found.by_case and found.over.kind == "case":
        message = "this history counts other cases, so over one `case` it is always 0"
        context.report.error("policy/history", message, window, "write `over: 90 days`, or `over: lifetime`")
    return found


def _given(summed: YamlScalar, context: Context) -> Type | None:
    """The type of a sum of what was given of a remedy."""
    if "." in summed.text:
        context.is_fact(summed)  # it has none with this name
        return None
    if not context.is_remedy(summed):
        return None
    needed = context.amount_type(summed.text, whole=True)
    if needed.kind == "boolean":
        message = f"`{summed.text}` is an exception, which cannot be added up"
        hint = f"count how often it was given: `{{count: grants, of: {summed.text}, ...}}`"
        context.report.error("policy/history", message, summed, hint)
        return None
    return needed


def _stated(fact: Fact, summed: YamlScalar, context: Context) -> Type | None:
    """The type of a sum of what cases stated as a fact."""
    of, problem, hint = fact.type, "", ""
    if fact.name in context.histories:
        problem, hint = "is a history itself, which cannot be added up", "name a fact that requests state"
    elif fact.personal or fact.mask:
        kind = "personal" if fact.personal else "masked"
        problem = f"is {kind}, and what a ledger adds up can be neither hidden nor erased"
        hint = "count the cases instead: `count: cases`"
    elif of.kind not in ("any", "money") and not of.integer:
        problem = f"is {a_type(of)}; only whole numbers and money can be added up"
        hint = "write `type: integer`" if of.kind == "number" else "count the cases instead: `count: cases`"
    if problem:
        context.report.error("policy/history", f"`{fact.name}` {problem}", summed, hint)
        return None
    return of


def _narrows(of: YamlScalar, fields: Fields, context: Context) -> bool:
    """Whether ``of`` names a remedy, and there is something to count."""
    if fields.given("sum"):
        message = "`of` says what to count, and this history adds up"
        context.report.error("policy/history", message, fields.key("of"), "delete it, or write `count` in place of `sum`")
        return False
    return context.is_remedy(of)
