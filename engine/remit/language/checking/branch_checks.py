"""Conditions, branches and ``instance of``."""

from __future__ import annotations

from typing import Final

from remit.language.checking.check_context import Checking, failed, typed
from remit.language.checking.replacements import constant, instead
from remit.language.checking.type_rules import join
from remit.language.checking.type_words import a_type, quoted
from remit.language.evaluating.instances import TYPE_NAMES, type_parts
from remit.language.nodes import And, If, InstanceOf, Node, Or
from remit.language.suggestions import closest
from remit.language.types import BOOLEAN

__all__ = ["TYPE_WORDS", "check_if", "check_instance", "check_logic", "condition"]

#: What facts are declared with -> what the standard calls it.
TYPE_WORDS: Final = {
    "text": "string",
    "choice": "string",
    "integer": "number",
    "date-time": "date and time",
    "duration": "days and time duration",
    "months": "years and months duration",
}


def condition(checking: Checking, node: Node, what: str = "a condition") -> bool:
    """Whether ``node`` is true or false (or null); if not, that is reported."""
    if node.type.kind in ("boolean", "any", "null"):
        return True
    hint = instead(checking, node, BOOLEAN) if constant(node) is not None else _condition_hint(checking, node)
    message = f"{what} must be true or false, but {checking.name(node)} is {a_type(node.type)}"
    checking.report("types/condition", message, node, hint)
    return False


def _condition_hint(checking: Checking, node: Node) -> str | None:
    text = checking.text(node)
    if not text:
        return None
    match node.type.kind:
        case "number" | "money" | "duration" | "months":
            zeros = {"money": f"0 {node.type.currency or 'EUR'}", "duration": "0 days", "months": "0 months"}
            return f"compare it with something: `{text} > {zeros.get(node.type.kind, '0')}`"
        case "choice":
            return f'compare it with a word: `{text} = "{node.type.choices[0]}"`' if node.type.choices else None
        case "list":
            return f"ask how many it holds: `count({text}) > 0`"
        case "date" | "date-time" | "time":
            examples = {"date": "2026-01-31", "date-time": "2026-01-31T09:00:00", "time": "09:00:00"}
            return f'compare it with another: `{text} >= @"{examples[node.type.kind]}"`'
        case "text":
            return f'compare it with a text: `{text} = "..."`'
        case _:
            return None


def check_logic(checking: Checking, node: And | Or) -> Node:
    """``and`` and ``or`` join conditions."""
    operands = tuple(checking.infer(operand) for operand in node.operands)
    word = "and" if isinstance(node, And) else "or"
    fine = [condition(checking, operand, f"each side of `{word}`") for operand in operands]
    return typed(node, BOOLEAN, operands=operands) if all(fine) else failed(node, operands=operands)


def check_if(checking: Checking, node: If) -> Node:
    """The condition is true or false, and both branches are of one type."""
    test, yes, no = (checking.infer(part) for part in (node.condition, node.yes, node.no))
    condition(checking, test, "what follows `if`")
    parts = {"condition": test, "yes": yes, "no": no}
    result = join(yes.type, no.type)
    if result is not None:
        return typed(node, result, **parts)
    message = f"`then` gives {a_type(yes.type)}, but `else` gives {a_type(no.type)}"
    checking.report("types/branches", message, _unlike(yes, no) or node, _branch_hint(checking, yes, no))
    return failed(node, **parts)


def _unlike(yes: Node, no: Node) -> Node | None:
    """The branch that is the easier to change: the constant one, or else the last."""
    return yes if constant(yes) is not None and constant(no) is None else no


def _branch_hint(checking: Checking, yes: Node, no: Node) -> str:
    if yes.type.kind == no.type.kind == "money":
        return "both branches must be in one currency"
    changed, kept = (yes, no) if _unlike(yes, no) is yes else (no, yes)
    advice = instead(checking, changed, kept.type) if constant(changed) is not None else None
    return advice or "both branches must be of one type"


def check_instance(checking: Checking, node: InstanceOf) -> Node:
    """``instance of`` asks of any value; the type must be one of the standard's, or ``money``."""
    value = checking.infer(node.value)
    name = f"{node.type_name}<Any>" if node.type_name in ("list", "range") else node.type_name
    if type_parts(name):
        return typed(node, BOOLEAN, value=value, type_name=name)
    meant = TYPE_WORDS.get(node.type_name) or closest(node.type_name, TYPE_NAMES)
    hint = f"did you mean {quoted(meant)}?" if meant else f"the types are {', '.join(map(quoted, TYPE_NAMES))}"
    where = (max(node.span[0], node.span[1] - len(node.type_name)), node.span[1])
    checking.report("names/unknown-type", f"there is no type {quoted(node.type_name)}", where, hint)
    return failed(node, value=value)
