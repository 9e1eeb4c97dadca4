"""A condition for people of any language: with signs where English has words, so that only a few words need a translation.

English has its own words for conditions (:mod:`remit.policy.phrases`), which are on record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from remit.language import words
from remit.language.locales.messages import Locale
from remit.language.nodes import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    If,
    In,
    Input,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    Or,
    Path,
    RangeLiteral,
    reads_input,
)

__all__ = ["Signs"]

_SIGNS: Final[Mapping[str, str]] = {
    "=": "=",
    "!=": "\u2260",
    "<": "<",
    "<=": "\u2264",
    ">": ">",
    ">=": "\u2265",
    "*": "\u00d7",
    "/": "/",
    "+": "+",
    "-": "\u2212",
    "**": "^",
}
_BINDING: Final[Mapping[str, int]] = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}


class Signs:
    """Says one expression, which was written as ``text``; ``titles`` are what names are called, and
    ``choices`` what the words of choices are."""

    def __init__(self, text: str, locale: Locale, titles: Mapping[str, str], choices: Mapping[str, str] | None = None) -> None:
        self.text, self._, self.titles, self.choices = text, locale, titles, choices or {}

    def of(self, node: Node, subject: str = "?") -> str:
        """``node``, in whose tests the input is ``subject``."""
        match node:
            case Literal(value=Decimal()) if (written := self.written(node)).endswith("%"):
                return self._.value(Decimal(written[:-1]) / 100)
            case Literal(value=str() as word) if node.type.kind == "choice" and word in self.choices:
                return self.choices[word]
            case Literal(value=constant):
                return self._.value(constant)
            case Input():
                return subject
            case Name(name=dotted):
                return self.titles.get(dotted) or words.name(dotted)
            case Negate(operand=operand):
                return f"\u2212{self.inner(operand, subject)}"
            case Compare(op=op, left=left, right=Literal(value=bool() as truth)) if op in ("=", "!="):
                return f"{self.of(left, subject)}: {self._.value(truth is (op == '='))}"
            case Compare(op=op, left=left, right=right):
                return f"{self.of(left, subject)} {_SIGNS[op]} {self.of(right, subject)}"
            case And(operands=operands):
                return self.joined(self._("and"), operands, subject)
            case Or(operands=operands):
                return self.joined(self._("or"), operands, subject)
            case Between(value=tested, low=low, high=high):
                return f"{self.of(low, subject)} \u2264 {self.of(tested, subject)} \u2264 {self.of(high, subject)}"
            case In(value=tested, tests=tests):
                return self.member(self.of(tested, subject), tests)
            case Arithmetic(op=op, left=left, right=right):
                return f"{self.factor(left, op, subject)} {_SIGNS[op]} {self.factor(right, op, subject)}"
            case If(condition=condition, yes=yes, no=no):
                parts = {"yes": self.of(yes, subject), "condition": self.of(condition, subject), "no": self.of(no, subject)}
                return self._("{yes} if {condition}, else {no}", **parts)
            case ListLiteral(items=items):
                return self._.listing([self.of(each, subject) for each in items], "or")
            case Call(function="not", arguments=(argument,)):
                if isinstance(argument, Name):
                    return f"{self.of(argument)}: {self._.value(False)}"
                return self._("not ({condition})", condition=self.of(argument, subject))
            case Call(names=None, function=function, arguments=arguments):
                return f"{function}({', '.join(self.of(each, subject) for each in arguments)})"
            case Path(source=source, name=part):
                return f"{self.of(source, subject)} {words.name(part)}"
        return f"`{self.written(node)}`"

    def written(self, node: Node) -> str:
        """What the author wrote."""
        start, end = node.span
        return self.text[start:end].strip() or self.text

    def inner(self, node: Node, subject: str) -> str:
        """A part of a whole, in brackets where it has parts itself."""
        said = self.of(node, subject)
        if isinstance(node, Name) and node.type.kind == "boolean":
            return f"{said}: {self._.value(True)}"
        return f"({said})" if isinstance(node, And | Or | Arithmetic | If) else said

    def joined(self, word: str, operands: Sequence[Node], subject: str) -> str:
        """Several with a word between them."""
        return f" {word} ".join(self.inner(each, subject) for each in operands)

    def factor(self, node: Node, op: str, subject: str) -> str:
        """A part of what is worked out."""
        said = self.of(node, subject)
        weaker = isinstance(node, Arithmetic) and _BINDING[node.op] <= _BINDING[op]
        return f"({said})" if weaker or isinstance(node, If | Compare | And | Or) else said

    def member(self, subject: str, tests: tuple[Node, ...]) -> str:
        """That ``subject`` is one of several values, within a range, or passes a test."""
        values = [each for each in tests if not isinstance(each, RangeLiteral) and not reads_input(each)]
        said = [f"{subject}: {self._.listing([self.of(each) for each in values], 'or')}"] if values else []
        others = (each for each in tests if each not in values)
        said += [self.range(each, subject) if isinstance(each, RangeLiteral) else self.of(each, subject) for each in others]
        word = self._("or")
        return f" {word} ".join(said)

    def range(self, node: RangeLiteral, subject: str) -> str:
        """That ``subject`` lies in a range."""
        after_low, before_high = (_SIGNS["<=" if closed else "<"] for closed in (node.low_closed, node.high_closed))
        low = f"{self.of(node.low)} {after_low} " if node.low is not None else ""
        high = f" {before_high} {self.of(node.high)}" if node.high is not None else ""
        return f"{low}{subject}{high}"
