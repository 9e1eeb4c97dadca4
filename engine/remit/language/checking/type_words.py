"""Types in the words of a person who writes policies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from remit.language.types import Type
from remit.language.words import listing

__all__ = ["a_type", "any_of", "bare", "capped", "plural", "quoted"]

#: More words than this are not listed in a message.
_MANY = 8

_NAMES = {
    "any": "anything",
    "null": "null",
    "boolean": "true or false",
    "text": "text",
    "date": "a date",
    "time": "a time of day",
    "date-time": "a date and time",
    "duration": "a duration",
    "months": "a duration in months",
    "context": "a context",
    "function": "a function",
}

_PLURALS = {
    "any": "anything",
    "null": "nothing",
    "boolean": "true or false",
    "text": "texts",
    "choice": "choices",
    "date": "dates",
    "time": "times of day",
    "date-time": "dates with times",
    "duration": "durations",
    "months": "durations in months",
    "list": "lists",
    "context": "contexts",
    "function": "functions",
    "range": "ranges",
}


def a_type(of: Type, *, exact: bool = False) -> str:
    """What a value of the type is called in a sentence: ``a number``, ``money in EUR``, ``a list of dates``.

    ``exact`` also says that a number is whole and which words a choice has, as is right for what is needed; of what was
    written it would be noise.
    """
    match of.kind:
        case "choice":
            return "one of " + any_of(of.choices) if exact else "a choice"
        case "number":
            return "a whole number" if exact and of.integer else "a number"
        case "money":
            return plural(of)
        case "list" | "range":
            known = of.element is not None and of.element.kind not in ("any", "null")
            return f"a {of.kind} of {plural(of.element, exact=exact)}" if known and of.element else f"a {of.kind}"
        case _:
            return _NAMES[of.kind]


def plural(of: Type, *, exact: bool = False) -> str:
    """What several values of the type are called: ``numbers``, ``dates``."""
    match of.kind:
        case "number":
            return "whole numbers" if exact and of.integer else "numbers"
        case "money":
            return f"money in {of.currency}" if of.currency else "money"
        case _:
            return _PLURALS[of.kind]


def quoted(text: str) -> str:
    """What somebody wrote, in backticks."""
    return f"`{text}`"


def bare(text: str) -> str:
    """``text`` without parentheses that stand around all of it."""
    while text.startswith("(") and text.endswith(")") and _closes_last(text):
        text = text[1:-1].strip()
    return text


def _closes_last(text: str) -> bool:
    """Whether the parenthesis that opens ``text`` is closed by the one that ends it."""
    open_now = 0
    for at, char in enumerate(text):
        open_now += (char == "(") - (char == ")")
        if open_now == 0:
            return at == len(text) - 1
    return False


def capped(text: str, longest: int = 48) -> str:
    """``text`` on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 3].rstrip() + "..."


def any_of(words: Sequence[str] | Iterable[str], joiner: str = "or") -> str:
    """``` `a`, `b` or `c` ```; a long list is cut."""
    listed = [quoted(capped(word)) for word in words]
    if len(listed) > _MANY:
        return ", ".join(listed[:_MANY]) + f" and {len(listed) - _MANY} more"
    return listing(listed, joiner, comma=False)
