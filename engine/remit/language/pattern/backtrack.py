"""A pattern on Python's own engine: the tree written in Python's syntax."""

from __future__ import annotations

import re

from remit.language.pattern.classes import spelled
from remit.language.pattern.pattern_tree import (
    Class,
    Either,
    End,
    Expression,
    Group,
    Groups,
    PatternError,
    PatternRow,
    Reference,
    Repeat,
    Search,
    Start,
    Tree,
)

__all__ = ["class_text", "compile_tree"]


def compile_tree(tree: Tree) -> Search:
    """A search for the pattern."""
    try:
        compiled = re.compile(_text(tree.root, tree.lines), re.IGNORECASE if tree.ignore_case else 0)
    except (re.error, OverflowError, RecursionError) as error:  # not known to happen: the tree is a subset of what re takes
        raise PatternError(str(error)) from error

    def search(text: str, position: int) -> Groups | None:
        found = compiled.search(text, position)
        if found is None:
            return None
        return [None if found.start(group) < 0 else found.span(group) for group in range(tree.groups + 1)]

    return search


def class_text(node: Class) -> str:
    """A class as a piece of a Python pattern that matches one character."""
    if not node.chars:
        text = "[\\s\\S]" if node.negated else "[^\\s\\S]"
    else:
        text = f"[{'^' if node.negated else ''}{spelled(node.chars)}]"
    return f"(?!{class_text(node.without)}){text}" if node.without else text


def _text(node: Expression, lines: bool) -> str:
    match node:
        case Class():
            return class_text(node)
        case Start():
            return r"(?:\A|(?<=\n)(?!\Z))" if lines else r"\A"
        case End():
            return r"(?=\n|\Z)" if lines else r"\Z"
        case Reference(group=group):
            return f"(?({group})\\{group}|)"
        case Group(inner=inner):
            return f"({_text(inner, lines)})"
        case PatternRow(parts=parts):
            return "".join(_text(part, lines) for part in parts)
        case Either(options=options):
            return f"(?:{'|'.join(_text(option, lines) for option in options)})"
        case Repeat():
            return f"(?:{_text(node.inner, lines)}){_count(node)}{'?' if node.lazy else ''}"


def _count(node: Repeat) -> str:
    return f"{{{node.least},{'' if node.most is None else node.most}}}"
