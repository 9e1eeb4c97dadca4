"""How large a list or text that an expression makes may be; a larger one is null. So values that double come to an end."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import inf
from typing import Any, Final

from remit.language.evaluating.budget import CHARACTERS_OF_FACTS, longest
from remit.language.nodes import Arithmetic, Call, If, Input, ListLiteral, Literal, Name, Node, Path

__all__ = ["MOST_CHARACTERS", "MOST_ITEMS", "is_too_large", "may_be_too_large", "would_be_too_long"]

#: The items of a list or the entries of a context, with those of the lists and contexts in it.
MOST_ITEMS: Final = 10_000
#: The characters of a text.
MOST_CHARACTERS: Final = 100_000

_NESTS: Final = (list, dict)
#: Kinds that are written in as many characters as a text in facts has, or fewer.
_SHORT: Final = frozenset(("boolean", "number", "money", "date", "time", "date-time", "duration", "months", "null"))


def is_too_large(value: Any) -> bool:
    """Whether an expression may not make ``value``.

    >>> is_too_large("a" * 100_000), is_too_large("a" * 100_001), is_too_large([[1] * 5_000, [2] * 5_000])
    (False, True, True)
    """
    if isinstance(value, str):
        return len(value) > MOST_CHARACTERS
    if not isinstance(value, _NESTS):
        return False
    count, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        count += len(each)
        if count > MOST_ITEMS:
            return True
        waiting += (item for item in (each if isinstance(each, list) else each.values()) if isinstance(item, _NESTS))
    return False


def would_be_too_long(function: str, arguments: Sequence[Any]) -> bool:
    """Whether a text is far too long, said before it is made: it might not fit into memory."""
    if function not in ("string", "string join") or not arguments:
        return False
    between = len(arguments[1]) if len(arguments) > 1 and isinstance(arguments[1], str) else 0
    total = between * len(arguments[0]) if isinstance(arguments[0], list) else 0
    waiting = list(arguments[:1])
    while waiting and total <= 2 * MOST_CHARACTERS + between:
        match waiting.pop():
            case str() as text:
                total += len(text)
            case list() as items:
                total += len(items) if function == "string" else 0
                waiting += items
            case dict() as entries:
                total += sum(map(len, entries))
                waiting += entries.values()
            case Decimal() as number if number.is_finite():
                total += abs(number.adjusted())
    return total > 2 * MOST_CHARACTERS + between


def may_be_too_large(node: Node) -> bool:
    """Whether some values make the list or text that ``node`` makes too large, and so null. ``False`` is a promise as long as
    no name in it is of a list or text that is longer than those of facts."""
    if not isinstance(node, Arithmetic | Call | ListLiteral):
        return False
    if node.type.kind == "list":
        return _items(node) > MOST_ITEMS
    return node.type.kind == "text" and _characters(node) > MOST_CHARACTERS


def _items(node: Node) -> float:
    """The most items of a list, with those of the lists in it."""
    match node:
        case ListLiteral(items=items):
            return len(items) + sum(_items(each) for each in items if each.type.kind == "list")
        case If(yes=yes, no=no):
            return max(_items(yes), _items(no))
        case Call(function="flatten", arguments=(only,)) if not isinstance(only, ListLiteral):
            inner = only.type.element
            return longest(only) if inner is not None and inner.kind not in ("list", "any") else inf
        case Call(function=function, arguments=arguments) if function != "split":
            return sum(_items(each) if each.type.kind == "list" else 1 for each in arguments)
    return longest(node)


def _characters(node: Node) -> float:
    """The most characters of a text, or of another value as text."""
    match node:
        case Literal(value=str() as text):
            return len(text)
        case Arithmetic(left=left, right=right) if node.type.kind == "text":
            return _characters(left) + _characters(right)
        case If(yes=yes, no=no):
            return max(_characters(yes), _characters(no))
        case Call(function="string", arguments=(only,)):
            return _characters(only)
        case Call(function="string join", arguments=(ListLiteral(items=items), *between)):
            return sum(map(_characters, items)) + len(items) * sum(map(_characters, between))
        case Call(function="string join", arguments=(texts, *between)):
            return longest(texts) * (CHARACTERS_OF_FACTS + sum(map(_characters, between)))
        case Call(function="substring" | "substring before" | "substring after", arguments=(text, *_)):
            return _characters(text)
        case Call(function="upper case" | "lower case", arguments=(text,)):
            return 3 * _characters(text)
        case Input() | Name() | Path() if node.type.kind in ("text", "choice"):
            return CHARACTERS_OF_FACTS
    return CHARACTERS_OF_FACTS if node.type.kind in _SHORT else inf
