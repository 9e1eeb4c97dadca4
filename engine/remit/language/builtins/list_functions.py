"""Functions on lists. Positions count from 1, and from the end where negative."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any, Final

from remit.language.builtins.addable import element, merged, whole
from remit.language.builtins.table import Builtin, Parameter, Signature
from remit.language.evaluating.relations import equal, key_of
from remit.language.types import ANY, BOOLEAN, FUNCTION, INTEGER, NUMBER, Type, list_of
from remit.language.values import Function, Unknown

__all__ = ["FUNCTIONS", "SUPERSEDED"]

_LIST: Final = list_of(ANY)


def _same_list(arguments: tuple[Type, ...]) -> Type:
    """The result has the elements of the first argument."""
    return list_of(element(arguments[0])) if arguments else _LIST


def _joined(arguments: tuple[Type, ...]) -> Type:
    """The result has the elements of all arguments."""
    return list_of(merged(map(element, arguments)))


def _grown(arguments: tuple[Type, ...]) -> Type:
    """The result has the elements of the first argument, and the last argument."""
    return list_of(merged((element(arguments[0]), *arguments[-1:]))) if arguments else _LIST


def _appended(arguments: tuple[Type, ...]) -> Type:
    """The result has the elements of the first argument, and all other arguments."""
    return list_of(merged((element(arguments[0]), *arguments[1:]))) if arguments else _LIST


def _flat(arguments: tuple[Type, ...]) -> Type:
    found = element(arguments[0]) if arguments else ANY
    while found.kind == "list":
        found = element(found)
    return list_of(found)


def _index(values: list[Any], position: Decimal) -> int | None:
    """The index of a position; ``None`` where there is none such."""
    at = whole(position)
    if at is None or not 1 <= abs(at) <= len(values):
        return None
    return at - 1 if at > 0 else len(values) + at


def _holds(values: list[Any], item: Any) -> bool:
    return any(equal(value, item) is True for value in values)


def _sublist(values: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    first = _index(values, start)
    if first is None:
        return None
    if length is None:
        return values[first:]
    count = whole(length)
    return values[first : first + count] if count is not None and 0 <= count <= len(values) - first else None


def _append(values: list[Any], *items: Any) -> list[Any]:
    return [*values, *items]


def _concatenate(*lists: list[Any]) -> list[Any]:
    return [item for each in lists for item in each]


def _insert(values: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    at = _index(values, position)
    return None if at is None else [*values[:at], item, *values[at:]]


def _remove(values: list[Any], position: Decimal) -> list[Any] | None:
    at = _index(values, position)
    return None if at is None else [*values[:at], *values[at + 1 :]]


def _replace(values: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    at = _index(values, Decimal(int(position)))
    return None if at is None else [*values[:at], item, *values[at + 1 :]]


def _replace_at_whole(values: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    """``list replace`` as it was up to the second meaning: null for a position that is not whole."""
    return None if whole(position) is None else _replace(values, position, item)


def _replace_matching(values: list[Any], match: Function, item: Any) -> Any:
    """Every element for which ``match``, which is given the element and the new one, is true."""
    found = [match(value, item) for value in values]
    if all(isinstance(each, bool) for each in found):
        return [item if each else value for value, each in zip(values, found, strict=True)]
    return next((each for each in found if isinstance(each, Unknown)), None)


class _NoOrder(Exception):
    """``precedes`` has given something else than true or false: the value of the whole."""


def _sort(values: list[Any], precedes: Function) -> Any:
    """By ``precedes``, which is given two elements. Elements of which neither precedes the other stay in their order."""

    def before(a: Any, b: Any) -> bool:
        found = precedes(a, b)
        if isinstance(found, bool):
            return found
        raise _NoOrder(found if isinstance(found, Unknown) else None)

    try:
        if len(values) == 1:
            before(values[0], values[0])
        return sorted(values, key=cmp_to_key(lambda a, b: -1 if before(a, b) else int(before(b, a))))
    except _NoOrder as found:
        return found.args[0]


def _reverse(values: list[Any]) -> list[Any]:
    return values[::-1]


def _index_of(values: list[Any], match: Any) -> list[Decimal]:
    return [Decimal(at) for at, value in enumerate(values, 1) if equal(value, match) is True]


def _distinct(values: list[Any]) -> list[Any]:
    first: dict[Hashable, Any] = {}
    for value in values:
        first.setdefault(key_of(value), value)
    return list(first.values())


def _union(*lists: list[Any]) -> list[Any]:
    return _distinct(_concatenate(*lists))


def _duplicates(values: list[Any]) -> list[Any]:
    seen: set[Hashable] = set()
    again: dict[Hashable, Any] = {}
    for value in values:
        key = key_of(value)
        if key in seen:
            again.setdefault(key, value)
        seen.add(key)
    return list(again.values())


def _flatten(values: list[Any]) -> list[Any]:
    out: list[Any] = []
    waiting = values[::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value[::-1])
        else:
            out.append(value)
    return out


def _of_list(body: Callable[..., Any], result: Any, *more: Parameter, variadic: bool = False) -> tuple[Signature, ...]:
    return (Signature((Parameter("list", _LIST), *more), result, body, variadic),)


_POSITION: Final = Parameter("position", NUMBER)
_NEW_ITEM: Final = Parameter("newItem")

FUNCTIONS: Final = (
    Builtin(
        "list contains",
        "Whether an element is in the list.",
        _of_list(_holds, BOOLEAN, Parameter("element")),
        (('list contains(["gold", "silver"], "gold")', "true"), ("list contains([1, null], null)", "true")),
    ),
    Builtin(
        "sublist",
        "Part of a list, from a position on, to its end or of a length.",
        _of_list(_sublist, _same_list, Parameter("start position", NUMBER), Parameter("length", NUMBER, optional=True)),
        (("sublist([4, 5, 6], 2)", "[5, 6]"), ("sublist([4, 5, 6], -3, 2)", "[4, 5]"), ("sublist([1], 2)", "null")),
    ),
    Builtin(
        "append",
        "The list with more elements at its end.",
        _of_list(_append, _appended, Parameter("item"), variadic=True),
        (("append([1], 2, 3)", "[1, 2, 3]"),),
    ),
    Builtin(
        "concatenate",
        "Lists one after the other.",
        (Signature((Parameter("list", _LIST),), _joined, _concatenate, variadic=True),),
        (("concatenate([1, 2], [2, 3])", "[1, 2, 2, 3]"),),
    ),
    Builtin(
        "insert before",
        "The list with a new element before the one at a position.",
        _of_list(_insert, _grown, _POSITION, _NEW_ITEM),
        (("insert before([1, 3], 2, 2)", "[1, 2, 3]"), ("insert before([1, 3], 0, 2)", "null")),
    ),
    Builtin(
        "remove",
        "The list without the element at a position.",
        _of_list(_remove, _same_list, _POSITION),
        (("remove([1, 2, 3], 2)", "[1, 3]"), ("remove([1, 2, 3], -1)", "[1, 2]")),
    ),
    Builtin(
        "list replace",
        "The list with another element at a position (cut to a whole number), or wherever a function is true.",
        (
            *_of_list(_replace, _grown, _POSITION, _NEW_ITEM),
            *_of_list(_replace_matching, _grown, Parameter("match", FUNCTION), _NEW_ITEM),
        ),
        (
            ("list replace([2, 4, 7], 3, 6)", "[2, 4, 6]"),
            ("list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", "[5, 5, 7]"),
        ),
    ),
    Builtin(
        "sort",
        "The list in the order that a function of two elements says: whether the first comes before the second.",
        _of_list(_sort, _same_list, Parameter("precedes", FUNCTION)),
        (("sort([3, 1, 4, 5, 2], function(x, y) x < y)", "[1, 2, 3, 4, 5]"),),
    ),
    Builtin("reverse", "The list from its end.", _of_list(_reverse, _same_list), (("reverse([1, 2, 3])", "[3, 2, 1]"),)),
    Builtin(
        "index of",
        "The positions at which an element stands.",
        _of_list(_index_of, list_of(INTEGER), Parameter("match")),
        (("index of([1, 2, 3, 2], 2)", "[2, 4]"), ("index of([1], 5)", "[]")),
    ),
    Builtin(
        "union",
        "The elements of all lists, each once.",
        (Signature((Parameter("list", _LIST),), _joined, _union, variadic=True),),
        (("union([1, 2], [2, 3])", "[1, 2, 3]"),),
    ),
    Builtin(
        "distinct values",
        "The elements of the list, each once.",
        _of_list(_distinct, _same_list),
        (("distinct values([1, 2, 3, 2, 1])", "[1, 2, 3]"),),
    ),
    Builtin(
        "duplicate values",
        "The elements that stand in the list more than once (not in the standard).",
        _of_list(_duplicates, _same_list),
        (("duplicate values([1, 2, 3, 2, 1])", "[2, 1]"),),
    ),
    Builtin(
        "flatten",
        "The elements of the list and of the lists in it, in one list.",
        _of_list(_flatten, _flat),
        (("flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]"),),
    ),
)

#: What functions did that do something else now.
SUPERSEDED: Final = (
    Builtin(
        "list replace",
        "",
        (
            *_of_list(_replace_at_whole, _grown, _POSITION, _NEW_ITEM),
            *_of_list(_replace_matching, _grown, Parameter("match", FUNCTION), _NEW_ITEM),
        ),
        (),
    ),
)
