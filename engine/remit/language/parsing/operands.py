"""What operators work on: names, constants, calls, lists, ranges, parentheses; and what follows them: paths and filters."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Final

from remit.language.lexer import KEYWORDS, Token
from remit.language.nodes import (
    Compare,
    Filter,
    Input,
    ListLiteral,
    Literal,
    Name,
    Node,
    Path,
    RangeLiteral,
)
from remit.language.parsing import missing_marks, wrong_operands, wrong_operators
from remit.language.parsing.boxed_expressions import Boxed
from remit.language.parsing.call_phrases import FUNCTIONS
from remit.language.parsing.long_names import NameTable

__all__ = ["COMPARATORS", "SUM", "Operands"]

COMPARATORS: Final = frozenset(("<", "<=", ">", ">=", "=", "!="))

#: How strongly `+` binds.
SUM: Final = 4
#: What stands before a range such as `> 5` that has no parentheses around it: it is compared, or is part of a list or context.
_BEFORE_HALF_RANGE: Final = frozenset(("=", "!=", "[", ",", ":"))
#: Properties of values whose names have several words (DMN 1.4, table 65).
_PROPERTIES: Final = NameTable(("time offset", "start included", "end included"))
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_CLOSERS: Final = frozenset((")", "]", "["))
#: Words that begin a phrase if this follows: a name that is bound, or the parameters.
_PHRASES: Final = {"some": "name", "every": "name", "for": "name", "function": "symbol"}
#: Keywords that stand between operands, or end a phrase.
_BETWEEN: Final = frozenset(("and", "or", "then", "else", "satisfies", "return", "in", "between", "instance"))
#: Symbols that can begin an expression.
_STARTERS: Final = frozenset(("(", "[", "-", "@", "?", "]", "{"))


class Operands(Boxed):
    """Reads operands."""

    _range_ends = 0

    def operand(self) -> Node:
        """One operand with its paths and filters."""
        return self.postfix(self._primary())

    def _primary(self) -> Node:
        token = self.token
        match token.kind:
            case "number":
                return self._bare_word() or self.number()
            case "text":
                return self.text()
            case "name":
                return self._word(token)
            case "symbol":
                return self._symbol(token)
        return wrong_operands.operand(self)

    def _symbol(self, token: Token) -> Node:
        match token.text:
            case "(":
                return self._parenthesis()
            case "[":
                return self._list_or_range()
            case "]" if self._starts_expression(self.peek()):
                return self._reversed_range()
            case "@":
                return self.at_literal()
            case "?":
                self.advance()
                return Input(span=(token.start, token.end))
            case "{":
                return self.context()
            case "<" | "<=" | ">" | ">=" if self.before is not token and self.before.text in _BEFORE_HALF_RANGE:
                return self._half(token.start)
        return wrong_operands.operand(self)

    # Names

    def _word(self, token: Token) -> Node:
        called = FUNCTIONS.match(self.tokens, self.at, before="(")
        if called is not None:
            return self.call(*called)
        if self._begins_phrase(token):
            return self._keyword(token)
        found = self._name()
        if found is not None:
            return found
        return self._keyword(token) if token.text in KEYWORDS else self._unknown_name(token)

    def _begins_phrase(self, token: Token) -> bool:
        """Whether a keyword is one here: ``some x in xs``; a name may be called ``some`` too, as in ``some + 1``."""
        follow = self.peek()
        if token.text not in _PHRASES:
            return token.text == "if" or token.text in _CONSTANTS
        return (
            follow.kind == _PHRASES[token.text]
            and follow.text not in _BETWEEN
            and (follow.kind == "name" or follow.text == "(")
        )

    def _keyword(self, token: Token) -> Node:
        if token.text in _CONSTANTS:
            self.advance()
            return Literal(_CONSTANTS[token.text], span=(token.start, token.end))
        match token.text:
            case "if":
                return self.conditional()
            case "some" | "every":
                return self.quantified()
            case "for":
                return self.iteration()
            case "function":
                return self.definition()
        return wrong_operands.operand(self)

    @abstractmethod
    def conditional(self) -> Node:
        """``if a then b else c``"""

    @abstractmethod
    def quantified(self) -> Node:
        """``some x in xs satisfies x > 1``"""

    def _name(self) -> Node | None:
        """The longest known name here: one bound nearby before one that is declared, but for `item`, which nobody chose."""
        start = self.token.start
        bound = NameTable(self.locals).match(self.tokens, self.at) if self.locals else None
        known = self.names.match(self.tokens, self.at)
        if bound is not None:
            shadows = self.tokens[bound[1]].text == "." and bound[0] != "item"
            known = bound if known is None or bound[1] >= known[1] or shadows else known
        if known is None and self.keys:  # an entry of a context, in its filter
            known = NameTable(self.keys).match(self.tokens, self.at)
        if known is not None:
            self.move(known[1])
            return Name(known[0], span=self.since(start))
        return self._bare_word()

    def _bare_word(self) -> Node | None:
        """A choice word without quotes (``gold``, ``5-star``)."""
        start, word = self.token.start, self.words.match(self.tokens, self.at)
        if word is None:
            return None
        self.move(word[1])
        return Literal(word[0], span=self.since(start))

    def _unknown_name(self, token: Token) -> Node:
        """A name that nobody declared is still a name: that it is not known is told by the checker, or it is null."""
        mended = wrong_operands.word(self)
        if mended is not None:
            return mended
        ahead = 1
        while self.peek(ahead).kind == "name" and self.peek(ahead).text not in KEYWORDS:
            ahead += 1
        if self.peek(ahead).kind == "symbol" and self.peek(ahead).text == "(":
            return self.unknown_call(self.at + ahead)
        self.advance()
        return Name(token.text, span=(token.start, token.end))

    # What follows an operand

    def postfix(self, node: Node) -> Node:
        """``node`` with the paths, filters and arguments that follow it."""
        while self.token.kind == "symbol":
            if self.token.text == ".":
                node = self._path(node)
            elif self.token.text == "[" and not self._ends_range():
                node = self._filter(node)
            elif self.token.text == "(":
                node = self.invocation(node)
            else:
                break
        return node

    def _path(self, node: Node) -> Node:
        self.advance()
        tables = (_PROPERTIES, self.names, *([NameTable(self.keys)] if self.keys else ()))
        found = max((each for each in (table.match(self.tokens, self.at) for table in tables) if each), key=_end, default=None)
        if found is not None:
            self.move(found[1])
            return Path(node, found[0], span=self.since(node.span[0]))
        if self.token.kind != "name":
            self.fail("operand", "a name is missing after `.`")
        name = self.advance().text
        return Path(node, name, span=self.since(node.span[0]))

    def _filter(self, node: Node) -> Node:
        opening = self.advance()
        with self.scope("item"):
            condition = self.expression()
        self.close("]", opening)
        return Filter(node, condition, span=self.since(node.span[0]))

    # Parentheses, lists and ranges

    def _parenthesis(self) -> Node:
        opening = self.advance()
        if self.token.kind == "symbol" and self.token.text in COMPARATORS:
            return self._half_range(opening)
        if self.stands(")"):
            self.fail("operand", "there is nothing between `(` and `)`", (opening.start, self.token.end))
        node = self.expression()
        if self.stands(".."):
            return self.range_end(opening, node)
        self.close(")", opening)
        return replace(node, span=self.since(opening.start))

    def _half_range(self, opening: Token) -> Node:
        """``(> 5)``: all that is greater than five; in a policy ``(!= 5)`` is a test, no range."""
        half = self._half(opening.start)
        self.close(")", opening)
        return replace(half, span=self.since(opening.start))

    def _half(self, start: int) -> Node:
        """``> 5``, read as a value."""
        op = self.advance()
        end = self.expression(SUM)
        span = self.since(start)
        match op.text:
            case "=" | "!=" if self.untyped:
                return RangeLiteral(end, end, op.text == "=", op.text == "=", op.text, span=span)
            case "!=":
                return Compare("!=", Input(span=(op.start, op.start)), end, span=span)
            case "=":
                return RangeLiteral(end, end, True, True, span=span)
            case "<" | "<=":
                return RangeLiteral(None, end, False, op.text == "<=", span=span)
        return RangeLiteral(end, None, op.text == ">=", False, span=span)

    def _list_or_range(self) -> Node:
        opening = self.advance()
        items: list[Node] = []
        while not self.stands("]") or items:
            items.append(self.expression())
            if self.stands("..") and len(items) == 1:
                return self.range_end(opening, items[0])
            if not self.accept(","):
                break
            wrong_operators.grouped_number(self)
        self.close("]", opening)
        return ListLiteral(tuple(items), span=self.since(opening.start))

    def _reversed_range(self) -> Node:
        opening = self.advance()
        low = self.expression()
        if not self.stands(".."):
            self.fail("unclosed", "`]` closes nothing", (opening.start, opening.end), "remove it, or write `[` before")
        return self.range_end(opening, low)

    def range_end(self, opening: Token, low: Node) -> Node:
        """The rest of a range, from its two dots on."""
        self.advance()
        self._range_ends += 1
        high = self.expression()
        self._range_ends -= 1
        closing = self.token
        if closing.kind != "symbol" or closing.text not in _CLOSERS:
            missing_marks.unclosed(self, opening, "]")
        self.advance()
        return RangeLiteral(low, high, opening.text == "[", closing.text == "]", span=self.since(opening.start))

    def _ends_range(self) -> bool:
        """Whether ``[`` closes a range (``[1..5[``) rather than opens a filter: nothing that could filter follows."""
        return self._range_ends > 0 and not self._starts_expression(self.peek())

    def _starts_expression(self, token: Token) -> bool:
        if token.kind == "symbol":
            return token.text in _STARTERS - {"]"}
        if token.kind == "name":
            return token.text not in _BETWEEN
        return token.kind in ("number", "text")


def _end(found: tuple[str, int]) -> int:
    return found[1]
