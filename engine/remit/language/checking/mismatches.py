"""How two values that do not go together are told of."""

from __future__ import annotations

from typing import Final

from remit.language.checking.context import Checking
from remit.language.checking.hints import constant, instead
from remit.language.checking.rules import comparable, element_of
from remit.language.checking.words import a_type, any_of, plural, quoted
from remit.language.nodes import Input, Node
from remit.language.types import Kind, Type
from remit.language.values import Money, plain

__all__ = ["NO_CONVERSION", "both", "mismatch", "mismatch_code"]

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
