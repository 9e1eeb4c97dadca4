"""Constants that change by date: the rate of each year, say."""

from __future__ import annotations

from datetime import date
from typing import Final

from remit.language.checking.rules import join
from remit.language.checking.words import a_type
from remit.language.nodes import names_in
from remit.language.types import ANY, Type
from remit.policy.context import Context
from remit.policy.model import Dated, Expression
from remit.policy.reading.tree import YamlScalar
from remit.policy.shapes.collections import ListOf
from remit.policy.shapes.records import Fields, Key, Record
from remit.policy.shapes.scalars import Day
from remit.policy.shapes.words import FORMULA

__all__ = ["DATED", "read_dated"]

ENTRY: Final = Record(
    "a dated entry",
    (
        Key("from", Day(), "The first day on which it holds.", True, examples=("2026-04-01",)),
        Key("value", FORMULA, "What holds from then on, until the next entry.", True, examples=("9.98 GBP",)),
    ),
    "{from: 2026-04-01, value: 9.98 GBP}",
    "What holds from a day on.",
)
DATED: Final = ListOf(ENTRY, "a list of entries", "an entry", f"[{ENTRY.example}]")


def read_dated(fields: Fields, name: str, context: Context) -> tuple[Type, Dated] | None:
    """The type and the constant, or ``None`` after reporting what is wrong."""
    by = _chooser(fields, context)
    entries: list[tuple[date, Expression]] = []
    of: Type | None = None
    for entry in fields.get("dated"):
        found = _entry(entry, entries, context)
        if found is None:
            return None
        joined = found[1].node.type if of is None else join(of, found[1].node.type)
        if joined is None or of is None:
            of = of or joined
        if joined is None:
            message = f"this is {a_type(found[1].node.type)}, but the entries above are {a_type(of or ANY)}"
            context.report.error("policy/mixed-types", message, entry.at("value"), f"all entries of `{name}` are of one type")
            return None
        of = joined
        entries.append(found)
    return (of, Dated(tuple(entries), by)) if of is not None and by is not None else None


def _entry(entry: Fields, before: list[tuple[date, Expression]], context: Context) -> tuple[date, Expression] | None:
    day: date | None = entry.get("from")
    scalar: YamlScalar | None = entry.get("value")
    value = context.expressions.formula(scalar) if scalar else None
    if day is None or value is None:
        return None
    if before and day <= before[-1][0]:
        message = f"{day} is not after {before[-1][0]}, the day of the entry above"
        context.report.error("policy/dated-order", message, entry.at("from"), "put the entries in the order of their days")
        return None
    read = sorted(names_in(value.node))
    if read:
        message = f"a dated value is a constant, but this one reads `{read[0]}`"
        context.report.error(
            "policy/dated-constant", message, entry.at("value"), "put the formula into a value of its own that uses this one"
        )
        return None
    return day, value


def _chooser(fields: Fields, context: Context) -> str | None:
    scalar: YamlScalar | None = fields.get("by")
    if scalar is None:
        return None if fields.given("by") else "occurred"
    of = context.expressions.scope.get(scalar.text)
    if of is None:
        context.unknown_name(scalar)
        return None
    if of.kind not in ("date", "any"):
        message = f"`{scalar.text}` is {a_type(of)}; entries are chosen by a date"
        context.report.error("policy/dated-by", message, scalar, "name a fact of type `date`, or leave `by` out")
        return None
    return scalar.text
