"""What to write instead, where a value is of another type than the one that is needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from remit.language.checking.context import Checking
from remit.language.checking.rules import accepts, element_of
from remit.language.checking.words import bare, quoted, spell
from remit.language.nodes import Literal, Name, Negate, Node, Path
from remit.language.types import Type
from remit.language.values import Money, Months, plain

__all__ = ["constant", "instead", "is_zero"]

_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")
_MONEY: Final = re.compile(r"[+-]?\d+(\.\d+)? ?[A-Z]{3}")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?.*")
_TIME: Final = re.compile(r"\d\d:\d\d(:\d\d)?")


def constant(node: Node) -> tuple[Any] | None:
    """The value of a literal, also behind a minus, in a tuple; ``None`` where ``node`` is no constant."""
    match node:
        case Literal(value=value):
            return (value,)
        case Negate(operand=Literal(value=Decimal() as number)):
            return (number.copy_negate(),)
        case Negate(operand=Literal(value=Money(amount=amount, currency=currency))):
            return (Money(amount.copy_negate(), currency),)
        case _:
            return None


def is_zero(node: Node) -> bool:
    """Whether ``node`` is a constant that nothing can be divided by."""
    found = constant(node)
    if found is None:
        return False
    value: Any = found[0]
    match value:
        case Money(amount=amount):
            return amount == 0
        case Months(months=months):
            return months == 0
        case timedelta():
            return not value
        case bool():
            return False
        case Decimal() | int():
            return value == 0
    return False


def instead(checking: Checking, node: Node, wanted: Type) -> str | None:
    """What to write for ``node``, which has its type, where ``wanted`` is needed; ``None`` where there is no good advice."""
    found = constant(node)
    if found is not None:
        advice = _constant_instead(found[0], wanted)
        if advice or isinstance(found[0], str) or wanted.kind == "text":
            return advice
    convert = _CONVERSIONS.get((node.type.kind, wanted.kind))
    if convert is not None:
        return convert(_operand(checking, node), wanted)
    if wanted.kind == "list" != node.type.kind and accepts(element_of(wanted), node.type) and checking.text(node):
        return f"put it in a list: `[{checking.text(node)}]`"
    return None


def _constant_instead(value: Any, wanted: Type) -> str | None:
    match value:
        case bool():
            return f"write {quoted(spell(spell(value)))}, in quotes" if wanted.kind == "text" else None
        case Decimal() | int():
            return _number_instead(plain(value), wanted)
        case str():
            return _text_instead(value.strip(), wanted)
        case Money(amount=amount):
            return f"write {quoted(plain(amount))}, without a currency" if wanted.kind == "number" else None
        case _:
            return None


def _number_instead(number: str, wanted: Type) -> str | None:
    match wanted.kind:
        case "money":
            return f"write {quoted(f'{number} {wanted.currency}')}" if wanted.currency else "write the currency: `30 EUR`"
        case "duration":
            return f"write the unit: {quoted(number + ' days')} or {quoted(number + ' hours')}"
        case "months":
            return f"write the unit: {quoted(number + ' months')} or {quoted(number + ' years')}"
        case "text":
            return f"write {quoted(spell(number))}, in quotes"
        case "boolean" if number in ("0", "1"):
            return f"write {quoted('true' if number == '1' else 'false')}"
        case _:
            return None


def _text_instead(text: str, wanted: Type) -> str | None:
    kind = wanted.kind
    if kind == "boolean" and text.lower() in ("true", "false", "yes", "no"):
        return f"write {quoted('true' if text.lower() in ('true', 'yes') else 'false')}, without quotes"
    if (kind == "number" and _NUMBER.fullmatch(text)) or (kind == "money" and _MONEY.fullmatch(text)):
        return f"write {quoted(text)}, without quotes"
    if kind == "money" and _NUMBER.fullmatch(text):
        return _number_instead(text, wanted)
    if kind in ("date", "date-time", "time"):
        patterns = {"date": _DATE, "date-time": _DATE_TIME, "time": _TIME}
        examples = {"date": "2026-01-31", "date-time": "2026-01-31T09:00:00", "time": "09:00:00"}
        known = text if patterns[kind].fullmatch(text) else None
        if kind == "time" and known and known.count(":") == 1:
            known += ":00"
        return f"write {quoted('@' + spell(known))}" if known else f"write it like {quoted('@' + spell(examples[kind]))}"
    if kind in ("duration", "months"):
        return "write a duration without quotes: " + ("`90 days`" if kind == "duration" else "`3 months`")
    return None


def _operand(checking: Checking, node: Node) -> str:
    """``node`` as part of a larger expression."""
    text = checking.text(node) or checking.input_name or "?"
    return text if isinstance(node, (Name, Path, Literal)) or not checking.text(node) else f"({text})"


def _money_of(text: str, wanted: Type) -> str:
    one = f"1 {wanted.currency or 'EUR'}"
    return f"make it money: {quoted(f'{text} * {one}')}"


def _number_of_money(text: str, wanted: Type) -> str:
    return f"divide it by money to get a number: {quoted(f'{text} / 1 EUR')}"


_CONVERSIONS: Final[dict[tuple[str, str], Callable[[str, Type], str]]] = {
    ("number", "money"): _money_of,
    ("money", "number"): _number_of_money,
    ("number", "duration"): lambda text, _: f"give it a unit: {quoted(f'{text} * 1 day')}",
    ("number", "months"): lambda text, _: f"give it a unit: {quoted(f'{text} * 1 month')}",
    ("duration", "number"): lambda text, _: f"count its days: {quoted(f'{text} / 1 day')}",
    ("months", "number"): lambda text, _: f"count its months: {quoted(f'{text} / 1 month')}",
    ("date-time", "date"): lambda text, _: f"take its day: {quoted(f'date({bare(text)})')}",
    ("date-time", "time"): lambda text, _: f"take its time: {quoted(f'time({bare(text)})')}",
    ("date", "date-time"): lambda text, _: f'add the time: `date and time({bare(text)}, @"00:00:00")`',
    ("text", "date"): lambda text, _: f"read it as a date: {quoted(f'date({bare(text)})')}",
    ("text", "number"): lambda text, _: f"read it as a number: {quoted(f'number({bare(text)})')}",
    ("number", "text"): lambda text, _: f"write it as text: {quoted(f'string({bare(text)})')}",
    ("money", "text"): lambda text, _: f"write it as text: {quoted(f'string({bare(text)})')}",
    ("date", "text"): lambda text, _: f"write it as text: {quoted(f'string({bare(text)})')}",
    ("date-time", "text"): lambda text, _: f"write it as text: {quoted(f'string({bare(text)})')}",
    ("time", "text"): lambda text, _: f"write it as text: {quoted(f'string({bare(text)})')}",
    ("boolean", "text"): lambda text, _: f"write it as text: {quoted(f'string({bare(text)})')}",
    ("duration", "months"): lambda *_: "a month has no fixed number of days: write months on both sides, as in `3 months`",
    ("months", "duration"): lambda *_: "a month has no fixed number of days: write days on both sides, as in `90 days`",
}
