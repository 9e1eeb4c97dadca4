"""Words of a choice: a text in quotes takes the type of the choice that it is held against, if it is one of its words."""

from __future__ import annotations

from typing import Final

from remit.language.checking.check_context import Checking, failed, typed
from remit.language.checking.type_rules import element_of, join, join_all
from remit.language.checking.type_words import any_of, quoted
from remit.language.nodes import Call, Filter, If, ListLiteral, Literal, Node
from remit.language.suggestions import closest
from remit.language.text import literal
from remit.language.types import ANY, Type, list_of

__all__ = ["adapt", "impossible"]

#: Functions whose result is made of the items of their arguments.
_HAND_ON: Final = frozenset(
    (
        "append",
        "concatenate",
        "distinct values",
        "duplicate values",
        "insert before",
        "list replace",
        "remove",
        "reverse",
        "sublist",
        "union",
    )
)


def adapt(checking: Checking, node: Node, wanted: Type, owner: Node | None = None) -> Node:
    """``node`` where ``wanted`` is expected: its text literals become words of the choice ``wanted`` (or of a list of them).

    A literal that is not one of the words is reported, and has type ``ANY`` afterwards. ``owner`` is what has the choice.
    """
    match node:
        case Literal(value=str() as word) if wanted.kind == "choice":
            if word in wanted.choices:
                return typed(node, wanted)
            _report_word(checking, node, word, wanted, owner)
            return failed(node)
        case If() if _holds_choice(wanted) and node.type.kind != "any":
            yes, no = adapt(checking, node.yes, wanted, owner), adapt(checking, node.no, wanted, owner)
            return typed(node, join(yes.type, no.type) or ANY, yes=yes, no=no)
        case ListLiteral() if wanted.kind == "list" and wanted.element and _holds_choice(wanted.element):
            items = tuple(adapt(checking, item, wanted.element, owner) for item in node.items)
            return typed(node, list_of(join_all(item.type for item in items)), items=items)
        case Filter() if _holds_choice(wanted) and node.type.kind != "any":
            picks = node.condition.type.kind == "number"
            source = adapt(checking, node.source, list_of(wanted) if picks else wanted, owner)
            return typed(node, element_of(source.type) if picks else source.type, source=source)
        case Call() if node.function in _HAND_ON and _holds_choice(wanted) and node.type.kind == "list":
            return _adapt_call(checking, node, wanted, owner)
        case _:
            return node


def _adapt_call(checking: Checking, node: Call, wanted: Type, owner: Node | None) -> Node:
    """A call that hands on the items of its arguments: each is a list like ``wanted``, an item of it, or a position."""
    deep = _depth(wanted)
    parts = tuple(
        adapt(checking, each, wanted if _depth(each.type) == deep else element_of(wanted), owner) for each in node.arguments
    )
    lists = [
        each.type if _depth(each.type) == deep else list_of(each.type)
        for each in parts
        if each.type.kind not in ("number", "function")
    ]
    return typed(node, join_all(lists), arguments=parts)


def _depth(of: Type) -> int:
    return 1 + _depth(element_of(of)) if of.kind == "list" else 0


def _holds_choice(of: Type) -> bool:
    return of.kind == "choice" or (of.kind == "list" and of.element is not None and _holds_choice(of.element))


def _report_word(checking: Checking, node: Node, word: str, wanted: Type, owner: Node | None) -> None:
    meant = closest(word, wanted.choices)
    hint = f"did you mean {quoted(literal(meant))}?" if meant else f"the choices are {any_of(wanted.choices, 'and')}"
    of = f"the choices of {checking.name(owner)}" if owner else "the choices"
    checking.report("types/impossible-choice", f"{quoted(literal(word))} is not one of {of}", node, hint)


def impossible(checking: Checking, left: Node, right: Node, where: Node) -> bool:
    """Report two choices that have no word in common; whether they have none."""
    if "choice" not in (left.type.kind, right.type.kind) or left.type.kind != right.type.kind:
        return False
    if set(left.type.choices) & set(right.type.choices):
        return False
    message = f"{checking.name(left)} and {checking.name(right)} have no word in common: they are never equal"
    checking.report(
        "types/impossible-choice",
        message,
        where,
        f"{checking.name(left)} is {any_of(left.type.choices)}; {checking.name(right)} is {any_of(right.type.choices)}",
    )
    return True
