"""``values``: named steps. Each is a formula, a decision table or a constant that changes by date.

``shows`` names those of them that every decision shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from remit.language.checking.type_rules import join
from remit.language.checking.type_words import a_type
from remit.language.nodes import names_in
from remit.language.suggestions import closest
from remit.language.types import ANY, Type
from remit.policy.load_context import Context, Typing
from remit.policy.model import Dated, Expression, Fact, Formula, Table, Value
from remit.policy.reading.yaml_tree import YamlScalar, spot
from remit.policy.sections.reserved_names import is_reserved
from remit.policy.sections.table_section import TABLE, read_table
from remit.policy.shapes.collections import ByKind, ListOf, MapOf
from remit.policy.shapes.local_text import LocalText
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import Day, FormulaShape
from remit.policy.shapes.word_forms import DOTTED, FORMULA

__all__ = ["DATED", "KEY", "SHOWS_KEY", "declare_values", "read_dated", "read_shows", "read_values"]

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


_BY: Final = Key(
    "by", DOTTED, "The fact whose date chooses; the day of the incident unless said otherwise.", default="occurred"
)
STEP: Final = Record(
    "a value",
    (
        Key("table", TABLE, "A decision table: rows of tests, each with what it gives."),
        Key("dated", DATED, "A constant that changes: each entry holds from its day on."),
        _BY,
    ),
    "dated: [{from: 2026-01-01, value: 30 EUR}]",
    "A named step: a decision table, or a constant that changes by date.",
    one_of=("table", "dated"),
    unless="; or put quotes around it, if it is a formula that gives a context",
    needs={"by": "dated"},
)
KEY: Final = Key(
    "values",
    MapOf(
        DOTTED,
        ByKind(
            "a formula, a `table` or `dated` entries",
            scalar=FormulaShape(example="stay.nightly_rate * 2"),
            mapping=STEP,
            hint="write a formula, or `table:` with its rows on the lines below",
        ),
        "a mapping of names to formulas",
        "half_rate: stay.nightly_rate * 50%",
    ),
    "Named steps, which formulas and conditions may use. The order does not matter.",
)

SHOWS_KEY: Final = Key(
    "shows",
    MapOf(
        DOTTED,
        LocalText(example="Fee for the change", longest=200),
        "a mapping of values to what they are called",
        "change_fee: Fee for the change",
        most=20,
    ),
    "Values that every decision shows beside what may be given (what the customer pays, for one), with their titles.",
    examples=("{change_fee: Fee for the change}",),
)

#: What a decision can hold as plain JSON.
_SHOWN: Final = frozenset(("boolean", "number", "text", "choice", "money", "date", "time", "date-time", "duration", "months"))


def declare_values(policy: Fields, context: Context, facts: dict[str, Type]) -> list[tuple[YamlScalar, Any]]:
    """The values whose names may be taken, as written."""
    out = []
    for name, written in policy.get("values") or []:
        if is_reserved(name, "value", context.report):
            continue
        if name.text in facts:
            message = f"`{name.text}` is a fact already, so no value can be called that"
            context.report.error("policy/duplicate", message, name, "choose another name")
        else:
            out.append((name, written))
    return out


def read_values(declared: list[tuple[YamlScalar, Any]], context: Context) -> dict[str, Value]:
    """The values in the order of the file; the scope of ``context`` learns their types."""
    order = _Order({name.text: (name, written) for name, written in declared}, context)
    for name, _ in declared:
        order.settle(name.text)
    return {name.text: order.values[name.text] for name, _ in declared if name.text in order.values}


def read_shows(policy: Fields, context: Context, values: Mapping[str, Value], facts: Mapping[str, Fact]) -> dict[str, str]:
    """The values that decisions show, with their titles. Decisions are on record, so none of it may be personal or masked."""
    out: dict[str, str] = {}
    declared = {name.text for name, _ in policy.get("values") or []}
    hidden = {name: "personal" if fact.personal else "masked" for name, fact in facts.items() if fact.personal or fact.mask}
    for name, title in policy.get("shows") or []:
        found = values.get(name.text)
        if name.text not in declared:
            meant = closest(name.text, declared)
            hint = f"did you mean `{meant}`?" if meant else "declare it under `values`"
            if name.text in facts:
                hint = f"`{name.text}` is a fact: to show it, declare a value for it under `values`"
            context.report.error("names/unknown-value", f"there is no value `{name.text}`", name, hint)
        elif found is not None and _is_shown(found, name, context):
            read = sorted(_facts_below(name.text, values) & hidden.keys())
            if read:
                message = f"`{name.text}` reads `{read[0]}`, which is {hidden[read[0]]}; what a decision shows is on record"
                hint = "work it out from other facts, or leave it out of `shows`"
                context.report.error("policy/shown", message, name, hint)
            out[name.text] = context.own_words(title, name) or ""
    return out


def _is_shown(value: Value, name: YamlScalar, context: Context) -> bool:
    if value.type.kind in _SHOWN:
        return True
    if value.type.kind == "any" and len(context.report):
        return False  # what it reads has problems of its own
    message = f"`{name.text}` is {a_type(value.type)}, which a decision does not show"
    context.report.error("policy/shown", message, name, "show one amount, number, day, text or truth value at a time")
    return False


def _facts_below(name: str, values: Mapping[str, Value]) -> set[str]:
    """The facts that a value is worked out from, through other values too."""
    seen, waiting = {name}, [name]
    while waiting:
        found = values.get(waiting.pop())
        for each in found.expressions() if found is not None else ():
            waiting += names_in(each.node) - seen
            seen |= names_in(each.node)
    return seen


def _typing(name: YamlScalar, written: Any, context: Context) -> Typing[Value]:
    """One value. Yields the names that it reads before it needs their types."""
    definition: tuple[Type, Formula | Table | Dated] | None = None
    if isinstance(written, YamlScalar):
        definition = yield from _formula(written, context)
    elif isinstance(written, Fields) and written.get("table") is not None:
        definition = yield from read_table(written.get("table"), name.text, context)
    elif isinstance(written, Fields) and written.get("dated") is not None:
        definition = read_dated(written, name.text, context)
    return Value(name.text, *definition, spot(name)) if definition else None


def _formula(scalar: YamlScalar, context: Context) -> Typing[tuple[Type, Formula]]:
    source = scalar.source()
    node = context.expressions.parsed(scalar, source)
    if node is None:
        return None
    yield names_in(node)
    found = context.expressions.checked(scalar, source, node, is_value=True)
    return (found.node.type, Formula(found)) if found else None


class _Order:
    """Works values out one after the other: what a value reads comes first. Without recursion, since a chain of values may be
    as long as a file allows."""

    def __init__(self, written: dict[str, tuple[YamlScalar, Any]], context: Context) -> None:
        self.written, self.context = written, context
        self.values: dict[str, Value] = {}
        self._done: set[str] = set()
        self._open: dict[str, tuple[Typing[Value], list[str]]] = {}

    def settle(self, first: str) -> None:
        """Work out ``first`` and all that it reads."""
        self._begin(first)
        while self._open:
            name, (typing, waiting_for) = next(reversed(self._open.items()))
            if waiting_for:
                self._begin(waiting_for.pop())
                continue
            try:
                waiting_for += sorted(next(typing) & self.written.keys(), reverse=True)
            except StopIteration as result:
                del self._open[name]
                self._end(name, result.value)

    def _begin(self, name: str) -> None:
        if name in self._open:
            self._circle(name)
        elif name not in self._done:
            self._open[name] = (_typing(*self.written[name], self.context), [])

    def _end(self, name: str, value: Value | None) -> None:
        if name not in self._done:
            self._done.add(name)
            if value:
                self.values[name] = value
            nodes = (each.node for each in value.expressions()) if value else ()
            self.context.expressions.learn(name, value.type if value else ANY, nodes)

    def _circle(self, name: str) -> None:
        """``name`` is needed while it is being worked out. All that lies between is of no known type."""
        chain = [*self._open]
        circle = chain[chain.index(name) :]
        told = self._done.issuperset(circle)
        for each in circle:
            self._end(each, None)
        if told:
            return
        if len(circle) == 1:
            message = f"`{name}` is worked out from itself"
        else:
            message = " needs ".join(_shortened([*circle, name])) + ": they go round in a circle"
        self.context.report.error(
            "policy/circle", message, self.written[name][0], "let one of them be worked out from facts alone"
        )


def _shortened(circle: list[str]) -> list[str]:
    names = [f"`{name}`" for name in circle]
    return names if len(names) <= 6 else [*names[:4], "...", names[-1]]
