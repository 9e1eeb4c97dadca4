"""What fits with what: pure functions on types, and the table of arithmetic.

Sources: DMN 1.4, 10.3.2.13 (equality and ordering), tables 45 to 55 (arithmetic), table 65 (properties). Money is remit's own:
it adds to money of its currency, scales by a number, and divides by money into a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from remit.language.temporal import PROPERTIES
from remit.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DURATION,
    INTEGER,
    MONTHS,
    NULL,
    NUMBER,
    TEXT,
    TIME,
    Kind,
    Type,
    choice,
    context_of,
    list_of,
    money,
    range_of,
)
from remit.language.values import Money, Months, Range

__all__ = [
    "ORDERED",
    "accepts",
    "arithmetic",
    "comparable",
    "element_of",
    "is_open",
    "join",
    "join_all",
    "properties",
    "type_of",
]

#: Kinds whose values are one before the other. Text has an order in FEEL, but in a policy it is a mistake ("10" < "9").
ORDERED: Final[frozenset[Kind]] = frozenset(("number", "money", "date", "time", "date-time", "duration", "months"))


def type_of(value: Any) -> Type:
    """The type of a constant."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case Decimal():
            return INTEGER if value.is_finite() and value == value.to_integral_value() else NUMBER
        case str():
            return TEXT
        case Money():
            return money(value.currency)
        case datetime():
            return DATE_TIME
        case date():
            return DATE
        case time():
            return TIME
        case timedelta():
            return DURATION
        case Months():
            return MONTHS
        case list():
            return list_of(join_all([type_of(item) for item in value]))
        case Range():
            return range_of(join_all([type_of(end) for end in (value.low, value.high)]))
        case Mapping():
            return context_of((name, type_of(entry)) for name, entry in value.items())
        case _:
            return ANY


def join(left: Type, right: Type) -> Type | None:
    """The type of a value that is of either type; ``None`` where no type holds both.

    Null joins with everything; an integer and a number are a number; two choices are a choice of all their words; a choice
    and text are text.
    """
    if left == right or right.kind == "null":
        return left
    if left.kind == "null":
        return right
    if "any" in (left.kind, right.kind):
        return ANY
    if _plain(left) != _plain(right):
        return None
    match left.kind:
        case "number":
            return NUMBER
        case "money":
            return _join_money(left, right)
        case "choice" if right.kind == "choice":
            return choice(tuple(dict.fromkeys(left.choices + right.choices)))
        case "text" | "choice":
            return TEXT
        case "list" | "range":
            element = join(element_of(left), element_of(right))
            return None if element is None else Type(left.kind, element=element)
        case "context":
            return _join_contexts(dict(left.entries), dict(right.entries))
        case "function":
            return None  # two functions may need different values
        case _:
            return left


def _join_contexts(left: Mapping[str, Type], right: Mapping[str, Type]) -> Type | None:
    """Both have the same entries: one that is not known of could hide a name in a filter."""
    joined = [(name, join(of, right[name])) for name, of in left.items() if name in right]
    known = [(name, of) for name, of in joined if of is not None]
    return context_of(known) if len(known) == len(left) == len(right) else None


def join_all(types: Iterable[Type]) -> Type:
    """The type of values that are of any of ``types``: null's where there are none, ``ANY`` where no type holds all."""
    out = NULL
    for each in types:
        out = join(out, each) or ANY
    return out


def _join_money(left: Type, right: Type) -> Type | None:
    if None in (left.currency, right.currency):
        return Type("money")
    return None if left.currency != right.currency else left


def _plain(of: Type) -> Kind:
    return "text" if of.kind == "choice" else of.kind


def element_of(of: Type) -> Type:
    """What a list or a range is made of."""
    return of.element or ANY


def is_open(of: Type) -> bool:
    """Whether the type, or that of its elements, is only known when it runs."""
    return of.kind == "any" or (of.element is not None and is_open(of.element)) or any(is_open(each) for _, each in of.entries)


def accepts(expected: Type, actual: Type) -> bool:
    """Whether a value of type ``actual`` may stand where ``expected`` is needed. Null may stand anywhere."""
    if "any" in (expected.kind, actual.kind) or actual.kind == "null":
        return True
    match expected.kind:
        case "number":
            return actual.kind == "number" and (actual.integer or not expected.integer)
        case "money":
            return actual.kind == "money" and (expected.currency in (None, actual.currency) or actual.currency is None)
        case "text":
            return actual.kind in ("text", "choice")
        case "choice":
            return actual.kind == "choice" and set(actual.choices) <= set(expected.choices)
        case "list" | "range":
            return actual.kind == expected.kind and accepts(element_of(expected), element_of(actual))
        case "context":
            wanted, entries = dict(expected.entries), dict(actual.entries)
            if actual.kind != expected.kind or (wanted and wanted.keys() != entries.keys()):
                return False
            return all(accepts(of, entries[name]) for name, of in wanted.items())
        case "function":
            return actual.kind == expected.kind and (not expected.entries or _takes(expected, actual))
        case _:
            return actual.kind == expected.kind


def _takes(expected: Type, actual: Type) -> bool:
    """Whether a function takes all that ``expected`` is given, and gives what it gives."""
    pairs = zip(actual.entries, expected.entries, strict=False)
    return (
        len(actual.entries) == len(expected.entries)
        and all(accepts(own, given) for (_, own), (_, given) in pairs)
        and accepts(element_of(expected), element_of(actual))
    )


def comparable(left: Type, right: Type) -> bool:
    """Whether ``=`` between the two can be anything but null. Null is equal, or not, to everything."""
    return join(left, right) is not None


def properties(of: Type) -> Mapping[str, Type]:
    """The properties of a value of this type, or the entries of a context, each with its type; of a list of contexts, lists."""
    if of.kind == "list" and element_of(of).kind == "context":
        return {name: list_of(each) for name, each in element_of(of).entries}
    if of.kind == "context":
        return dict(of.entries)
    known = PROPERTIES.get(of.kind, {})
    return {name: element_of(of) if each.kind == "any" else each for name, each in known.items()}


def _sums() -> dict[tuple[str, Kind, Kind], Type]:
    out: dict[tuple[str, Kind, Kind], Type] = {("+", "text", "text"): TEXT}
    for op in "+-":
        out[op, "duration", "duration"] = DURATION
        out[op, "months", "months"] = MONTHS
        for point in (DATE, DATE_TIME):
            out[op, point.kind, "duration"] = out[op, point.kind, "months"] = point
        out[op, "time", "duration"] = TIME
    for point in (DATE, DATE_TIME):
        out["+", "duration", point.kind] = out["+", "months", point.kind] = point
    out["+", "duration", "time"] = TIME
    for each in (DATE, DATE_TIME, TIME):
        out["-", each.kind, each.kind] = DURATION
    return out


def _scalings() -> dict[tuple[str, Kind, Kind], Type]:
    out: dict[tuple[str, Kind, Kind], Type] = {}
    for length in (DURATION, MONTHS):
        out["*", length.kind, "number"] = out["*", "number", length.kind] = out["/", length.kind, "number"] = length
        out["/", length.kind, length.kind] = NUMBER
    out["/", "money", "money"] = out["/", "number", "number"] = out["**", "number", "number"] = NUMBER
    return out


_ARITHMETIC: Final = {**_sums(), **_scalings()}


def arithmetic(op: str, left: Type, right: Type) -> Type | None:
    """The type of ``left op right``; ``None`` where that means nothing."""
    kinds = (_plain(left), _plain(right))
    if kinds == ("number", "number") and op in ("+", "-", "*"):
        return INTEGER if left.integer and right.integer else NUMBER
    if kinds == ("money", "money") and op in ("+", "-", "/"):
        same = _join_money(left, right)
        return NUMBER if same and op == "/" else same
    if op in ("*", "/") and kinds == ("money", "number"):
        return left
    if op == "*" and kinds == ("number", "money"):
        return right
    return _ARITHMETIC.get((op, *kinds))
