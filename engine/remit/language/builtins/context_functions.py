"""Functions on contexts (DMN 1.4, 10.3.4.12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from remit.language.builtins.table import Builtin, Parameter, Signature
from remit.language.types import ANY, TEXT, Type, list_of

__all__ = ["CONTEXT_TYPE", "FUNCTIONS"]

_Entries: TypeAlias = Mapping[str, Any]

#: Any context.
CONTEXT_TYPE: Final = Type("context")


def _get_value(entries: _Entries, key: str) -> Any:
    return entries.get(key)


def _get_entries(entries: _Entries) -> list[Any]:
    return [{"key": key, "value": value} for key, value in entries.items()]


def _context(entries: list[_Entries]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for entry in entries:
        key = entry.get("key")
        if not isinstance(key, str) or "value" not in entry or key in found:
            return None
        found[key] = entry["value"]
    return found


def _put(entries: _Entries, key: str, value: Any) -> dict[str, Any]:
    return {**entries, key: value}


def _put_deep(entries: Any, keys: list[str], value: Any) -> dict[str, Any] | None:
    if not keys or not isinstance(entries, Mapping):
        return None
    if len(keys) > 1:
        value = _put_deep(entries.get(keys[0]), keys[1:], value)
        if value is None:
            return None
    return _put(entries, keys[0], value)


def _merge(contexts: list[_Entries]) -> dict[str, Any]:
    return {key: value for each in contexts for key, value in each.items()}


_OF: Final = Parameter("m", CONTEXT_TYPE)
_VALUE: Final = Parameter("value")

FUNCTIONS: Final = (
    Builtin(
        "get value",
        "The value of the entry of this name; null where there is none.",
        (Signature((_OF, Parameter("key", TEXT)), ANY, _get_value),),
        (('get value({key1: "value1"}, "key1")', '"value1"'), ('get value({key1: "value1"}, "other")', "null")),
    ),
    Builtin(
        "get entries",
        "The entries, in their order, each as a context of its `key` and its `value`.",
        (Signature((_OF,), list_of(CONTEXT_TYPE), _get_entries),),
        (("get entries({a: 1, b: 2})", '[{key: "a", value: 1}, {key: "b", value: 2}]'),),
    ),
    Builtin(
        "context",
        "The context of these entries: the opposite of `get entries`. Each `key` can only be there once.",
        (Signature((Parameter("entries", list_of(CONTEXT_TYPE)),), CONTEXT_TYPE, _context),),
        (
            ('context([{key: "a", value: 1}, {key: "b", value: 2}])', "{a: 1, b: 2}"),
            ('context([{key: "a", value: 1}, {key: "b"}])', "null"),
        ),
    ),
    Builtin(
        "context put",
        "The context with an entry added or changed; with a list of names, an entry of an entry.",
        (
            Signature((Parameter("context", CONTEXT_TYPE), Parameter("key", TEXT), _VALUE), CONTEXT_TYPE, _put),
            Signature((Parameter("context", CONTEXT_TYPE), Parameter("keys", list_of(TEXT)), _VALUE), CONTEXT_TYPE, _put_deep),
        ),
        (
            ('context put({x: 1}, "y", 2)', "{x: 1, y: 2}"),
            ('context put({x: 1, y: {a: 0}}, ["y", "a"], 2)', "{x: 1, y: {a: 2}}"),
        ),
    ),
    Builtin(
        "context merge",
        "The entries of several contexts in one; the last of a name counts.",
        (Signature((Parameter("contexts", list_of(CONTEXT_TYPE)),), CONTEXT_TYPE, _merge),),
        (("context merge([{x: 1, y: 0}, {y: 2}])", "{x: 1, y: 2}"),),
    ),
)
