"""What caps, histories and discretion are kept by: keys (``per: guest.id``) and windows (``90 days``, ``calendar month``)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from remit.policy.context import Context
from remit.policy.model import Window
from remit.policy.reading.tree import YamlScalar
from remit.policy.shapes.records import Fields

__all__ = ["read_keys", "read_window"]

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
