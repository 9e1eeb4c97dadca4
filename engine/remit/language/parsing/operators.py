"""Operators, conditions and quantifiers, by precedence (DMN 1.4, 10.3.1.2: the order of the grammar's rules)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from remit.language.nodes import (
    And,
    Arithmetic,
    Between,
    Compare,
    If,
    In,
    Input,
    InstanceOf,
    Literal,
    Negate,
    Node,
    Or,
    Quantified,
    RangeLiteral,
)
from remit.language.parsing import mending, missing_marks, wrong_operators
from remit.language.parsing.cursor import Stop
from remit.language.parsing.long_names import NameTable
from remit.language.parsing.operands import COMPARATORS, SUM, Operands
from remit.language.values import CONTEXT, Money, Months

__all__ = ["MAX_DEPTH", "ExpressionParser"]

#: How deeply expressions may be nested.
MAX_DEPTH: Final = 100

_OR, _AND, _COMPARISON, _SUM, _PRODUCT, _POWER, _SIGN, _INSTANCE = 1, 2, 3, SUM, 5, 6, 7, 8


class ExpressionParser(Operands):
    """Reads expressions."""

    _depth = 0

    def expression(self, level: int = 0) -> Node:
        """The longest expression here whose operators all bind at least as strongly as ``level``."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self.too_deep()
            raise Stop
        node = self.continued(self._signed(), level)
        self._depth -= 1
        return node

    def too_deep(self) -> None:
        """Note that the whole is nested too deeply."""
        self.note("too-deep", "this is nested too deeply", self.here, "split it into several named values")

    def continued(self, node: Node, level: int) -> Node:
        """``node`` and the operators that follow it."""
        while True:
            token = self.token
            rule = _INFIX.get(token.text) if token.kind in ("symbol", "name") else None
            if rule is None:
                if mending.mend(self):
                    continue
                return node
            if rule.level < level:
                return node
            node = rule.read(self, node)

    def _signed(self) -> Node:
        if not self.stands("-"):
            return self.operand()
        sign = self.advance()
        if self.token.kind == "number":  # the sign is part of the number: `-1 instance of number`, `-2 ** 2`
            return self.postfix(_negative(self.number(), sign.start))
        operand = self.expression(_SIGN)
        return Negate(operand, span=self.since(sign.start))

    # Operators; each is called with the operator at hand

    def _arithmetic(self, left: Node) -> Node:
        op: Any = self.advance().text
        right = self.expression(_INFIX[op].level + 1)
        return Arithmetic(op, left, right, span=self.since(left.span[0]))

    def _comparison(self, left: Node) -> Node:
        op: Any = self.advance().text
        right = self.expression(_SUM)
        if op[0] in "<>" and self.token.text in ("<", "<=", ">", ">=") and self.token.kind == "symbol":
            wrong_operators.chained(self)
        return Compare(op, left, right, span=self.since(left.span[0]))

    def _and(self, left: Node) -> Node:
        return And(self._operands("and", left), span=self.since(left.span[0]))

    def _or(self, left: Node) -> Node:
        return Or(self._operands("or", left), span=self.since(left.span[0]))

    def _operands(self, word: str, left: Node) -> tuple[Node, ...]:
        out = [left]
        while self.accept(word):
            wrong_operators.lone_comparison(self)
            out.append(self.expression(_INFIX[word].level + 1))
        return tuple(out)

    def _between(self, left: Node) -> Node:
        self.advance()
        low = self.expression(_SUM)
        if not self.accept("and"):
            self.fail("between", "`between` needs two ends with `and` between them", hint="write `x between 1 and 5`")
        high = self.expression(_SUM)
        return Between(left, low, high, span=self.since(left.span[0]))

    def _instance(self, left: Node) -> Node:
        self.advance()
        if not self.accept("of"):
            self.fail("operator", "`of` is missing after `instance`", hint="write `x instance of number`")
        return InstanceOf(left, self.type_name(), span=self.since(left.span[0]))

    def type_name(self) -> str:
        """``number``, ``days and time duration``, ``list<number>``, ``context<a: number>``, ``function<number> -> text``."""
        found = _TYPES.match(self.tokens, self.at)
        if found is not None:
            self.move(found[1])
            return found[0]
        if self.token.kind != "name":
            self.fail("operand", "a type is missing after `instance of`", hint="write `x instance of number`")
        name = self.advance().text
        while self.stands("."):
            self.advance()
            name += "." + self.advance().text
        if self.token.text == "<>":
            self.advance()
            name += "<>"
        elif self.stands("<"):
            name += f"<{', '.join(self._type_arguments())}>"
        if self.token.text == "->":
            self.advance()
            name += "->" + self.type_name()
        return name

    def _type_arguments(self) -> Iterator[str]:
        opening = self.advance()
        while True:
            name = self.parameter()
            yield f"{name}: {self.type_name()}" if name else self.type_name()
            if not self.accept(","):
                break
        self.close(">", opening)

    # ``in``

    def _in(self, left: Node) -> Node:
        self.advance()
        tests = self._tests_in_parentheses() if self.stands("(") else (self.test(_SUM),)
        if len(tests) == 1 and self.stands(".."):
            tests = (wrong_operators.bare_range(self, tests[0], lambda: self.expression(4)),)
        return In(left, tests, span=self.since(left.span[0]))

    def _tests_in_parentheses(self) -> tuple[Node, ...]:
        opening = self.advance()
        tests = [self.test()]
        if self.stands(".."):
            return (self.continued(self.postfix(self.range_end(opening, tests[0])), _SUM),)
        while self.accept(","):
            tests.append(self.test())
        self.close(")", opening)
        if len(tests) == 1 and not (isinstance(tests[0], Compare) and isinstance(tests[0].left, Input)):
            only = replace(tests[0], span=self.since(opening.start))
            return (self.continued(self.postfix(only), _SUM),)
        return tuple(tests)

    def test(self, level: int = 0) -> Node:
        """One positive unary test: ``< 5``, ``[1..5]``, a value, or a condition on ``?``."""
        token = self.token
        if token.kind == "bad":
            mending.mend(self)
            token = self.token
        if token.kind != "symbol" or token.text not in COMPARATORS:
            return self.expression(level)
        op: Any = self.advance().text
        right = self.expression(_SUM)
        return Compare(op, Input(span=(token.start, token.start)), right, span=self.since(token.start))

    # Conditions and quantifiers

    def conditional(self) -> Node:
        """``if a then b else c``"""
        word = self.advance()
        missing_marks.if_as_function(self, word)
        condition = self.expression()
        if not self.accept("then"):
            missing_marks.missing_branch(self, word, "then")
        yes = self.expression()
        if not self.accept("else"):
            missing_marks.missing_branch(self, word, "else")
        no = self.expression()
        return If(condition, yes, no, span=self.since(word.start))

    def quantified(self) -> Node:
        """``some x in xs satisfies x > 1``"""
        word = self.advance()
        kind: Any = word.text
        with self.scope():
            bindings = self.bindings("satisfies")
            condition = self.expression()
        return Quantified(kind, bindings, condition, span=self.since(word.start))

    def bindings(self, last: str) -> tuple[tuple[str, Node], ...]:
        """``x in xs, y in ys`` up to and including the keyword ``last``; the names stay bound in the current scope."""
        out: list[tuple[str, Node]] = []
        while True:
            name = self._bound_name(last)
            start = self.token.start
            source = self.expression()
            if self.accept(".."):
                source = RangeLiteral(source, self.expression(), True, True, span=self.since(start))
            out.append((name, source))
            self.locals.append(name)
            if not self.accept(","):
                break
        if not self.accept(last):
            missing_marks.missing_word(self, last, last)
        return tuple(out)

    def _bound_name(self, last: str) -> str:
        first = self.at
        while self.token.kind == "name" and not self.stands("in"):
            self.advance()
        name = " ".join(token.text for token in self.tokens[first : self.at])
        if not name:
            self.fail("operand", "a name is missing here", hint=missing_marks.LOOPS[last])
        if not self.accept("in"):
            missing_marks.missing_word(self, "in", last)
        return name


#: Types whose names have several words.
_TYPES: Final = NameTable(("days and time duration", "years and months duration", "date and time"))
#: The constants that begin with a number, each with its opposite.
_NEGATIVE: Final[dict[type, Callable[[Any], Any]]] = {
    Decimal: CONTEXT.minus,
    Money: lambda value: Money(CONTEXT.minus(value.amount), value.currency),
    timedelta: lambda value: -value,
    Months: lambda value: Months(-value.months),
}


def _negative(number: Literal, start: int) -> Literal:
    return Literal(_NEGATIVE[type(number.value)](number.value), span=(start, number.span[1]))


class _Infix(NamedTuple):
    """An operator that stands between (or after) its operands: how strongly it binds, and what reads it."""

    level: int
    read: Callable[[ExpressionParser, Node], Node]


_INFIX: Final[dict[str, _Infix]] = {
    "or": _Infix(_OR, ExpressionParser._or),
    "and": _Infix(_AND, ExpressionParser._and),
    **{op: _Infix(_COMPARISON, ExpressionParser._comparison) for op in COMPARATORS},
    "between": _Infix(_COMPARISON, ExpressionParser._between),
    "in": _Infix(_COMPARISON, ExpressionParser._in),
    "+": _Infix(_SUM, ExpressionParser._arithmetic),
    "-": _Infix(_SUM, ExpressionParser._arithmetic),
    "*": _Infix(_PRODUCT, ExpressionParser._arithmetic),
    "/": _Infix(_PRODUCT, ExpressionParser._arithmetic),
    "**": _Infix(_POWER, ExpressionParser._arithmetic),
    "instance": _Infix(_INSTANCE, ExpressionParser._instance),
}
