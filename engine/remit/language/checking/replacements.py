"""What to write instead, where a value is of another type than the one that is needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from remit.language.checking.check_context import Checking
from remit.language.checking.type_rules import accepts, comparable, element_of
from remit.language.checking.type_words import a_type, any_of, bare, plural, quoted
from remit.language.nodes import Input, Literal, Name, Negate, Node, Path
from remit.language.text import literal
from remit.language.types import Kind, Type
from remit.language.values import Money, Months, plain

__all__ = ["NO_CONVERSION", "both", "constant", "instead", "is_zero", "mismatch", "mismatch_code"]

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
            return f"write {quoted(literal(literal(value)))}, in quotes" if wanted.kind == "text" else None
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
            return f"write {quoted(literal(number))}, in quotes"
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
        return f"write {quoted('@' + literal(known))}" if known else f"write it like {quoted('@' + literal(examples[kind]))}"
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


def _without_unit(text: str) -> str | None:
    """For a number with its unit, which are what a fact without one most likely counts."""
    found = re.fullmatch(r"([0-9.]+) (\w+?)s?", text)
    return f"write {quoted(found[1])} if you mean a number of {found[2]}s" if found else None


_CONVERSIONS: Final[dict[tuple[str, str], Callable[[str, Type], str]]] = {
    ("number", "money"): _money_of,
    ("money", "number"): _number_of_money,
    ("number", "duration"): lambda text, _: f"give it a unit: {quoted(f'{text} * 1 day')}",
    ("number", "months"): lambda text, _: f"give it a unit: {quoted(f'{text} * 1 month')}",
    ("duration", "number"): lambda text, _: _without_unit(text) or f"count its days: {quoted(f'{text} / 1 day')}",
    ("months", "number"): lambda text, _: _without_unit(text) or f"count its months: {quoted(f'{text} / 1 month')}",
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


#: What to do about two currencies.
NO_CONVERSION: Final = "remit never converts currencies: keep each amount in its own"

_CODES: Final[dict[frozenset[Kind], str]] = {
    frozenset(("money",)): "types/currencies",
    frozenset(("money", "number")): "types/money-and-number",
    frozenset(("duration", "number")): "types/duration-units",
    frozenset(("months", "number")): "types/duration-units",
    frozenset(("months", "duration")): "types/duration-units",
    frozenset(("date", "date-time")): "types/date-kinds",
    frozenset(("date", "time")): "types/date-kinds",
    frozenset(("date-time", "time")): "types/date-kinds",
    frozenset(("date", "text")): "types/date-kinds",
    frozenset(("date-time", "text")): "types/date-kinds",
    frozenset(("time", "text")): "types/date-kinds",
}


def mismatch_code(left: Type, right: Type, otherwise: str) -> str:
    """The code that says best why the two types do not go together."""
    return _CODES.get(frozenset((left.kind, right.kind)), otherwise)


def mismatch(checking: Checking, left: Node, right: Node, where: Node, why: str = "they cannot be compared") -> None:
    """Report that the two do not go together; a constant is underlined rather than the whole, for it is what can be changed."""
    constants = [] if _one_is_a_moment(left, right) else [node for node in (right, left) if constant(node) is not None]
    checking.report(
        mismatch_code(left.type, right.type, "types/comparison"),
        both(checking, left, right, why),
        constants[0] if len(constants) == 1 else where,
        _mismatch_hint(checking, left, right, constants),
    )


def both(checking: Checking, left: Node, right: Node, why: str) -> str:
    """What the two are, and ``why`` that is wrong, in a sentence."""
    if (left.type.kind, right.type.kind) == ("money", "money") and left.type.currency != right.type.currency:
        if constant(left) and constant(right):
            return f"{checking.name(left)} and {checking.name(right)} are in different currencies"
        return f"{checking.name(left)} is in {left.type.currency}, but {checking.name(right)} is in {right.type.currency}"
    if left.type.kind == right.type.kind == "context":
        return f"{checking.name(left)} and {checking.name(right)} have different entries: {why}"
    if left.type.kind == right.type.kind and a_type(left.type) == a_type(right.type):
        kind = "text" if left.type.kind == "text" else plural(left.type)
        return f"{checking.name(left)} and {checking.name(right)} are both {kind}: {why}"
    return f"{checking.name(left)} is {a_type(left.type)}, {checking.name(right)} is {a_type(right.type)}: {why}"


def _one_is_a_moment(left: Node, right: Node) -> bool:
    """A date beside a date and time: whichever is a constant, it is the other's day that was meant."""
    return {left.type.kind, right.type.kind} == {"date", "date-time"}


def _mismatch_hint(checking: Checking, left: Node, right: Node, constants: list[Node]) -> str | None:
    if left.type.kind == right.type.kind == "money":
        return _currency_hint(left, right)
    for one, other in ((left, right), (right, left)):
        if one.type.kind == "list" and other.type.kind != "list" and comparable(element_of(one.type), other.type):
            return _in_hint(checking, one, other)
    if _one_is_a_moment(left, right):
        return instead(checking, *((left, right.type) if left.type.kind == "date-time" else (right, left.type)))
    sides = [(right, left), (left, right)]
    hints = (instead(checking, one, other.type) for one, other in sides if not constants or one in constants)
    choice = next((node for node in (left, right) if node.type.kind == "choice"), None)
    of_choice = f"the choices are {any_of(choice.type.choices, 'and')}" if choice else None
    return next((hint for hint in hints if hint), of_choice)


def _in_hint(checking: Checking, listed: Node, item: Node) -> str:
    """How to ask whether a list holds an item."""
    texts = ["?" if isinstance(node, Input) else checking.text(node) for node in (listed, item)]
    asked = f"list contains(?, {texts[1]})" if isinstance(listed, Input) else f"{texts[1]} in {texts[0]}"
    return f"ask whether it is in the list: {quoted(asked)}"


def _currency_hint(left: Node, right: Node) -> str:
    for one, other in ((right, left), (left, right)):
        found = constant(one)
        if found and isinstance(found[0], Money) and constant(other) is None:
            return f"did you mean {quoted(f'{plain(found[0].amount)} {other.type.currency}')}? remit never converts currencies"
    return NO_CONVERSION
