"""The types of the language. A type is a frozen value; ``ANY`` is the type of what is only known when it runs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, TypeAlias

from remit.language.fast_dataclass import dataclass

__all__ = [
    "ANY",
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "DURATION",
    "FUNCTION",
    "INTEGER",
    "MONTHS",
    "NULL",
    "NUMBER",
    "TEXT",
    "TIME",
    "Kind",
    "Type",
    "choice",
    "context_of",
    "function_of",
    "list_of",
    "money",
    "range_of",
]

Kind: TypeAlias = Literal[
    "any",
    "null",
    "boolean",
    "number",
    "text",
    "choice",
    "money",
    "date",
    "time",
    "date-time",
    "duration",  # days and time
    "months",  # years and months
    "list",
    "range",
    "context",
    "function",
]


@dataclass(frozen=True, slots=True)
class Type:
    """One type.

    ``integer`` marks numbers that are always whole. ``choices`` are the words of a choice, in the order they were declared.
    ``currency`` is the ISO 4217 code of money. ``element`` is what a list or a range is made of, or what a function gives.
    ``entries`` are those of a context, or the parameters of a function: each a name and a type.
    """

    kind: Kind
    integer: bool = False
    choices: tuple[str, ...] = ()
    currency: str | None = None
    element: Type | None = None
    entries: tuple[tuple[str, Type], ...] = ()

    def __str__(self) -> str:
        """The name that a policy author would use."""
        match self.kind:
            case "money":
                return f"money in {self.currency}" if self.currency else "money"
            case "choice":
                return "choice of " + ", ".join(self.choices)
            case "number":
                return "integer" if self.integer else "number"
            case "list" | "range":
                return f"{self.kind} of {self.element}" if self.element and self.element.kind != "any" else self.kind
            case "context":
                return f"context of {', '.join(name for name, _ in self.entries)}" if self.entries else "context"
            case "months":
                return "duration in months"
            case "any":
                return "anything"
            case _:
                return self.kind


ANY = Type("any")
NULL = Type("null")
BOOLEAN = Type("boolean")
NUMBER = Type("number")
INTEGER = Type("number", integer=True)
TEXT = Type("text")
DATE = Type("date")
TIME = Type("time")
DATE_TIME = Type("date-time")
DURATION = Type("duration")
MONTHS = Type("months")
FUNCTION = Type("function")


def choice(words: tuple[str, ...]) -> Type:
    """A choice of ``words``."""
    return Type("choice", choices=words)


@lru_cache(64)
def money(currency: str | None) -> Type:
    """Money in ``currency``, an ISO 4217 code."""
    return Type("money", currency=currency)


def list_of(element: Type) -> Type:
    """A list of ``element``."""
    return Type("list", element=element)


def range_of(element: Type) -> Type:
    """A range with ends of type ``element``."""
    return Type("range", element=element)


def context_of(entries: Iterable[tuple[str, Type]]) -> Type:
    """A context with these entries."""
    return Type("context", entries=tuple(entries))


def function_of(parameters: Iterable[tuple[str, Type]], result: Type) -> Type:
    """A function of ``parameters`` that gives ``result``."""
    return Type("function", element=result, entries=tuple(parameters))
