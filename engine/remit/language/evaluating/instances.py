"""``instance of``: the names of types and what conforms to them (DMN 1.4, 10.3.2.9 and table 47), and remit's money."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from remit.language.evaluating.relations import kind_of
from remit.language.values import Function, Range

__all__ = ["TYPE_NAMES", "is_instance", "type_parts"]

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
    "function": "function",
    "money": "money",
    "Null": "null",
}
#: A type that has been read (:func:`type_parts`).
_Shape: TypeAlias = tuple[Any, ...]
_ANY: Final[_Shape] = ("Any",)


def is_instance(value: Any, type_name: str) -> bool | None:
    """Whether ``value`` is of the type; ``None`` for a name that is no type. Null is an instance of ``Null`` only, but may
    stand in place of an item or an entry of any type."""
    shape = _read(type_name)
    if shape is None:
        return None
    return shape == ("Null",) if value is None else _is_of(value, shape)


def type_parts(type_name: str) -> tuple[Any, ...] | None:
    """A type as its name and what is in the angle brackets: types; types by the names of entries; or the types of parameters
    and of what a function gives. ``None`` where there is no such type, or it does not say what a list or the like holds."""
    return _read(type_name)


def _is_of(value: Any, shape: _Shape) -> bool:
    kind, *inner = shape
    if kind == "Any":
        return True
    if kind_of(value) != TYPE_NAMES[kind]:
        return False
    if not inner:
        return True
    match value:
        case Range():
            return _may_be(value.low, inner[0]) and _may_be(value.high, inner[0])
        case list():
            return all(_may_be(item, inner[0]) for item in value)
        case Function():
            return _gives(value, *inner)
    return all(name in value and _may_be(value[name], of) for name, of in inner[0])


def _may_be(value: Any, shape: _Shape) -> bool:
    return value is None or _is_of(value, shape)


def _gives(function: Function, parameters: tuple[_Shape, ...], result: _Shape) -> bool:
    """Whether it takes values of these types and gives one of ``result``. What it gives is only known where that does not
    depend on what it is given."""
    own = [_read(name or "Any") for _, name in function.parameters]
    if len(own) != len(parameters) or not all(of and _conforms(given, of) for given, of in zip(parameters, own, strict=True)):
        return False
    known = function.result()
    return result == _ANY or (known is not None and _may_be(known[0], result))


def _conforms(one: _Shape, other: _Shape) -> bool:
    """Whether each value of type ``one`` is of type ``other`` (10.3.2.9.2)."""
    if other == _ANY or one in (other, ("Null",)):
        return True
    if one[0] != other[0] or len(one) == 1 or len(other) == 1:
        return False
    match one[0]:
        case "context":
            entries = dict(one[1])
            return all(name in entries and _conforms(entries[name], of) for name, of in other[1])
        case "function":
            parameters = len(one[1]) == len(other[1]) and all(map(_conforms, other[1], one[1]))
            return parameters and _conforms(one[2], other[2])
    return _conforms(one[1], other[1])


@lru_cache(maxsize=256)
def _read(type_name: str) -> _Shape | None:
    name = type_name.strip()
    if name == "Any" or name in _PLAIN:
        return (name,)
    outer, _, rest = name.partition("<")
    if outer == "function":
        return _function(rest)
    if not rest.endswith(">"):
        return None
    parts = _split(rest[:-1])
    if outer == "context":
        return _entries(parts)
    inner = _read(parts[0]) if outer in ("list", "range") and len(parts) == 1 else None
    return inner and (outer, inner)


_PLAIN: Final = TYPE_NAMES.keys() - {"list", "range", "context", "function"}


def _entries(parts: list[str]) -> _Shape | None:
    entries = tuple((name.strip(), _read(of)) for name, _, of in (part.partition(":") for part in parts))
    return ("context", entries) if entries and all(of for _, of in entries) else None


def _function(rest: str) -> _Shape | None:
    """``number, string>->boolean``"""
    end = _closing(rest)
    before, after = rest[:end], rest[end + 1 :].strip()
    parameters, result = tuple(map(_read, _split(before))), _read(after.removeprefix("->"))
    return ("function", parameters, result) if after.startswith("->") and result and all(parameters) else None


def _closing(text: str) -> int:
    """Where the angle bracket is closed that was opened before ``text``."""
    depth = 1
    for at, char in enumerate(text):
        depth += (char == "<") - (char == ">" and text[at - 1 : at] != "-")
        if not depth:
            return at
    return len(text)


def _split(inner: str) -> list[str]:
    """The parts between commas that are not within further angle brackets."""
    parts, depth = [""], 0
    for at, char in enumerate(inner):
        depth += (char == "<") - (char == ">" and inner[at - 1 : at] != "-")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part.strip()]
