"""``instance of``: the names of types (DMN 1.4, table 47 and 10.3.2.9), and remit's money."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from remit.language.evaluating.relations import kind_of
from remit.language.values import Range

__all__ = ["TYPE_NAMES", "is_instance"]

#: Names of types, and the kinds of value that are of them.
TYPE_NAMES: Final[Mapping[str, str]] = {
    "number": "number",
    "string": "text",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date-time",
    "days and time duration": "duration",
    "years and months duration": "months",
    "list": "list",
    "range": "range",
    "context": "context",
    "money": "money",
    "Null": "null",
}
_Test: TypeAlias = Callable[[Any], bool]


def is_instance(value: Any, type_name: str) -> bool | None:
    """Whether ``value`` is of the type; ``None`` for a name that is no type. Null is an instance of ``Null`` only, but may
    stand in place of an item or an entry of any type."""
    test = _test(type_name)
    if test is None:
        return None
    return type_name == "Null" if value is None else test(value)


@lru_cache(maxsize=256)
def _test(type_name: str) -> _Test | None:
    if type_name == "Any":
        return lambda value: value is not None
    kind = TYPE_NAMES.get(type_name)
    if kind is not None:
        return lambda value: kind_of(value) == kind
    outer, _, inner = type_name.partition("<")
    if outer == "function":
        return lambda value: False  # there are no functions among the values
    if not inner.endswith(">") or outer not in ("list", "range", "context"):
        return None
    return _entries(inner[:-1]) if outer == "context" else _parts(outer, inner[:-1])


def _parts(kind: str, inner: str) -> _Test | None:
    """Of a list whose items, or a range whose ends, are of one type."""
    part = _test(inner)
    if part is None:
        return None

    def test(value: Any) -> bool:
        if kind_of(value) != kind:
            return False
        parts = (value.low, value.high) if isinstance(value, Range) else value
        return all(each is None or part(each) for each in parts)

    return test


def _entries(inner: str) -> _Test | None:
    """Of a context that has at least these entries."""
    wanted = {name.strip(): _test(type_name.strip()) for name, _, type_name in map(_split_entry, _split(inner))}
    if None in wanted.values():
        return None

    def test(value: Any) -> bool:
        if not isinstance(value, Mapping):
            return False
        return all(
            name in value and (value[name] is None or (each is not None and each(value[name]))) for name, each in wanted.items()
        )

    return test


def _split_entry(entry: str) -> tuple[str, str, str]:
    return entry.partition(":")


def _split(inner: str) -> list[str]:
    """The parts between commas that are not within further angle brackets."""
    parts, depth = [""], 0
    for char in inner:
        depth += (char == "<") - (char == ">")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part.strip()]
