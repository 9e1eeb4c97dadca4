"""Tools to compare two policies part by part: pairs of the same id, conditions, amounts by role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from remit.authoring.differences.changes import ChangeDetail, Direction
from remit.language import words
from remit.language.nodes import And, Call, Compare, In, Literal, Node, Or
from remit.language.values import Money
from remit.policy import phrases
from remit.policy.model import Amounts, Condition, Expression

__all__ = ["amounts", "by_role", "condition", "direction", "pairs", "said", "sense", "text", "unordered"]

T = TypeVar("T")

_TURNED: Final = {">": "<", ">=": "<="}


def pairs(
    old: Mapping[str, T], new: Mapping[str, T], *contents: Callable[[T], Any]
) -> Iterator[tuple[str, T | None, T | None, str | None]]:
    """The new ones in their order and then those that are gone: name, old, new, and the old name where that changed.
    ``contents`` are what makes two the same under another name, the surest first; ``None`` is like nothing."""
    gone = [name for name in old if name not in new]
    renamed: dict[str, str] = {}
    for content in contents:
        for name in new:
            is_new = name not in old and name not in renamed and content(new[name]) is not None
            same = next((each for each in gone if is_new and content(old[each]) == content(new[name])), None)
            if same is not None:
                gone.remove(same)
                renamed[name] = same
    for name, value in new.items():
        before = renamed.get(name)
        yield name, old[before] if before else old.get(name), value, before
    for name in gone:
        yield name, old[name], None, None


def text(label: str, old: str | None, new: str | None, direction: Direction | None = None) -> Iterator[ChangeDetail]:
    """A detail where the two differ."""
    if old != new:
        yield ChangeDetail(label, old or None, new or None, direction)


def condition(old: Condition | None, new: Condition | None) -> Iterator[ChangeDetail]:
    """How the conditions differ, test by test. The order of what is joined by `and` or `or` is no difference."""
    if sense(old) == sense(new):
        return
    before, after = dict(_tests(old)), dict(_tests(new))
    for key in dict.fromkeys([*after, *before]):
        if key not in before:
            yield ChangeDetail("only if", None, after[key], "in fewer cases")
        elif key not in after:
            yield ChangeDetail("only if", before[key], None, "in more cases")
        elif before[key] != after[key]:
            yield ChangeDetail("when", before[key], after[key])
    if before == after:  # in words there is no difference: show what the author wrote
        yield ChangeDetail("when", _written(old), _written(new))


def sense(when: Condition | None) -> object:
    """Equal for conditions that say the same, in whatever order."""
    return None if when is None else unordered(when.node)


def unordered(node: Node) -> object:
    """What ``node`` says, whatever the order of its parts where that never matters: ``3 <= x`` is ``x >= 3``."""
    match node:
        case Compare(op, left, right):
            sides = unordered(left), unordered(right)
            if op in _TURNED:
                return Compare, _TURNED[op], sides[::-1]
            return Compare, op, sides if op in _TURNED.values() else frozenset(sides)
        case Call("not", (inner,)):
            return Call, "not", unordered(inner)
        case And(operands=parts) | Or(operands=parts):
            return type(node), frozenset(unordered(part) for part in parts)
        case In(value, tests):
            return In, value, frozenset(tests)
        case _:
            return node


def _tests(when: Condition | None) -> Iterator[tuple[str, str]]:
    if when is not None:
        for tested, each in when.tests:
            yield tested, phrases.unary(each, words.name(tested)) or "always"
        if when.rest is not None:
            yield "", phrases.formula(when.rest)


def _written(when: Condition | None) -> str:
    if when is None:
        return "always"
    return " and ".join([*(f"{tested}: {each.text}" for tested, each in when.tests), *([when.rest.text] if when.rest else [])])


def said(expression: Expression | None) -> str | None:
    """A formula in words."""
    return None if expression is None else phrases.formula(expression)


def direction(old: Expression | None, new: Expression | None) -> Direction | None:
    """For amounts that are constants, whether there is more or less of it; nothing counts as zero."""
    before, after = _constant(old), _constant(new)
    if before is None or after is None or before == after:
        return None
    return "more generous" if after > before else "less generous"


def _constant(expression: Expression | None) -> Decimal | None:
    if expression is None:
        return Decimal(0)
    value = expression.node.value if isinstance(expression.node, Literal) else None
    if isinstance(value, Money):
        return value.amount
    return Decimal(value) if isinstance(value, (bool, int, Decimal)) else None


def by_role(amounts: Amounts, ladder: Sequence[str]) -> Mapping[str, Expression | None]:
    """What each role has: its own, or else that of the nearest role below."""
    out: dict[str, Expression | None] = {}
    at: Expression | None = None
    for role in ladder:
        at = amounts.get(role, at)
        out[role] = at
    return out


def amounts(title: str, old: Amounts, new: Amounts, ladders: tuple[Sequence[str], Sequence[str]]) -> Iterator[ChangeDetail]:
    """What each role has of a remedy, before and after; roles that have the same are told together."""
    before, after = by_role(old, ladders[0]), by_role(new, ladders[1])
    groups: list[tuple[list[str], Expression | None, Expression | None]] = []
    for role in dict.fromkeys([*ladders[1], *ladders[0]]):
        was, now = before.get(role), after.get(role)
        if groups and groups[-1][1:] == (was, now):
            groups[-1][0].append(role)
        else:
            groups.append(([role], was, now))
    told = [(roles, was, now) for roles, was, now in groups if was != now]
    for roles, was, now in told:
        who = "" if len(groups) == 1 else f", {_who(roles, ladders[1])}"
        yield ChangeDetail(title + who, said(was), said(now), direction(was, now))


def _who(roles: Iterable[str], ladder: Sequence[str]) -> str:
    named = list(roles)
    if len(named) > 1 and named[-1] == ladder[-1]:
        return f"{words.name(named[0])} and above"
    return words.listing(words.name(role) for role in named)
