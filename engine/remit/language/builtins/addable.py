"""What the families share: amounts that can be added up (numbers, money, durations), whole numbers, types of results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from remit.language import temporal
from remit.language.builtins.table import Parameter, Result, Signature
from remit.language.types import ANY, DURATION, MONTHS, NUMBER, TEXT, Type, list_of
from remit.language.values import CONTEXT, Money, Months

__all__ = [
    "AMOUNTS",
    "MONEY",
    "Amount",
    "add",
    "as_text",
    "divide",
    "each_or_list",
    "element",
    "merged",
    "same",
    "total",
    "whole",
]

Amount: TypeAlias = Decimal | int | Money | timedelta | Months

#: Money of any one currency.
MONEY: Final = Type("money")
#: What can be added up.
AMOUNTS: Final = (NUMBER, MONEY, DURATION, MONTHS)


def add(a: Amount, b: Amount) -> Amount | None:
    """The sum of two of a kind; ``None`` for two currencies or two kinds."""
    match a, b:
        case (Decimal() | int(), Decimal() | int()):
            return CONTEXT.add(a, b)
        case (Money(), Money()):
            return Money(CONTEXT.add(a.amount, b.amount), a.currency) if a.currency == b.currency else None
        case (timedelta(), timedelta()) | (Months(), Months()):
            return temporal.add(a, b)  # type: ignore[return-value]  # two durations make a duration
    return None


def divide(a: Amount, count: int) -> Amount | None:
    """An amount in ``count`` equal parts."""
    match a:
        case Money():
            return Money(CONTEXT.divide(a.amount, count), a.currency)
        case timedelta() | Months():
            return temporal.divide(a, Decimal(count))
    return CONTEXT.divide(a, count)


def total(amounts: Iterable[Amount]) -> Amount | None:
    """All of them added up; ``None`` where there are none or they are not of a kind."""
    found: Amount | None = None
    for amount in amounts:
        found = amount if found is None else add(found, amount)
        if found is None:
            return None
    return CONTEXT.plus(found) if isinstance(found, (Decimal, int)) else found


def whole(number: Decimal | int) -> int | None:
    """A number as a count or a position; ``None`` where it has a fraction."""
    return int(number) if number == int(number) else None


def element(kind: Type) -> Type:
    """What a list is made of; anything else itself."""
    return (kind.element or ANY) if kind.kind == "list" else kind


def merged(types: Iterable[Type]) -> Type:
    """A type that has the values of all of them; nulls aside."""
    found = {each for each in types if each.kind != "null"}
    if len(found) == 1:
        return found.pop()
    kinds = {each.kind for each in found}
    if kinds == {"number"}:
        return NUMBER
    if kinds <= {"text", "choice"} and kinds:
        return TEXT
    if kinds == {"list"}:
        return list_of(merged(map(element, found)))
    return ANY


def same(arguments: tuple[Type, ...]) -> Type:
    """The result is one of the arguments, or one of the elements where an argument is a list."""
    return merged(map(element, arguments))


def each_or_list(
    kinds: Iterable[Type], body: Callable[[list[Any]], Any], result: Result, name: str = "n"
) -> tuple[Signature, ...]:
    """The two ways to call an aggregate, for each kind: with one list, or with the values themselves."""
    return tuple(
        signature
        for kind in kinds
        for signature in (
            Signature((Parameter("list", list_of(kind)),), result, body),
            Signature((Parameter(name, kind),), result, lambda *values: body(list(values)), variadic=True),
        )
    )


def as_text(value: str | None) -> str:
    """An optional text argument: absent and null are the empty text."""
    return value or ""
