"""Text to tree: FEEL expressions and unary tests (DMN 1.4, 10.3.1.2), with remit's money, percent and plain durations.

The parser collects what is wrong: mistakes whose meaning is plain are noted and read on; the first that cannot be read ends
it. Whether names exist and types fit is the checker's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from remit.errors import ExpressionError, Problem
from remit.language.nodes import Call, Compare, In, Input, Literal, Node, Or, levels, reads_input
from remit.language.parsing import wrong_operands, wrong_operators
from remit.language.parsing.cursor import Stop
from remit.language.parsing.operators import ExpressionParser
from remit.language.source import Source

__all__ = ["MAX_LENGTH", "MAX_LEVELS", "parse_expression", "parse_unary_tests"]

#: The longest text that is read, in characters.
MAX_LENGTH: Final = 20_000
#: How many levels a tree may have, so that whatever walks it by recursion stays well within Python's own limit.
MAX_LEVELS: Final = 150


def parse_expression(source: Source, names: Collection[str] = (), *, untyped: bool = False) -> Node:
    """The tree of one expression.

    ``names`` are the full names that may stand in it (``guest.tier``, ``date of birth``): the longest that fits is taken. A
    name that is not among them is read up to its first dot. ``untyped``: what has no meaning (a call of a function that does
    not exist, or ``@`` before something else than a date, a time or a duration) is null, as the standard says, and no
    problem. Raises :class:`~remit.errors.ExpressionError` with all problems.

    >>> parse_expression(Source("guest.nights > 2"), ["guest.nights"])
    Compare(op='>', left=Name(name='guest.nights'), right=Literal(value=Decimal('2')))
    """
    return _read(source, names, (), _Parser.whole_expression, untyped)


def parse_unary_tests(
    source: Source, names: Collection[str] = (), *, words: Collection[str] = (), untyped: bool = False
) -> Node:
    """The tree of unary tests, as one condition on :class:`~remit.language.nodes.Input`.

    ``words`` are choice words that may stand without quotes; ``untyped`` as for :func:`parse_expression`. Raises
    :class:`~remit.errors.ExpressionError` with all problems.

    >>> parse_unary_tests(Source("[2..4)"))
    In(value=Input(), tests=(RangeLiteral(low=Literal(value=Decimal('2')), high=Literal(value=Decimal('4')), \
low_closed=True, high_closed=False, operator=''),))
    >>> parse_unary_tests(Source("gold"), words=["silver", "gold"])
    Compare(op='=', left=Input(), right=Literal(value='gold'))
    """
    return _read(source, names, words, _Parser.whole_tests, untyped)


class _Parser(ExpressionParser):
    """Reads a whole text."""

    def whole_expression(self) -> Node:
        """One expression and nothing else."""
        node = self.expression()
        self._end()
        return node

    def whole_tests(self) -> Node:
        """``-``, or tests, or ``not(`` tests ``)``."""
        if self.stands("-") and self.peek().kind == "end":
            token = self.advance()
            return Literal(True, span=(token.start, token.end))
        negated = self._negated_tests() if self.stands("not") and self.peek().text == "(" else None
        return negated or self._tests()

    def _negated_tests(self) -> Node | None:
        """``not(a, b)``, if that is all there is: otherwise it is a function in a condition on ``?``."""
        opening, problems = self.at, len(self.problems)
        token = self.advance()
        parenthesis = self.advance()
        tests = self._alternatives()
        self.close(")", parenthesis)
        if self.token.kind == "end":
            return Call("not", (_either(tests),), span=self.since(token.start))
        self.move(opening)
        del self.problems[problems:]
        return None

    def _tests(self) -> Node:
        tests = self._alternatives()
        self._end()
        return _either(tests)

    def _alternatives(self) -> tuple[Node, ...]:
        out = [self._alternative()]
        while self.accept(","):
            wrong_operators.grouped_number(self)
            out.append(self._alternative())
        return tuple(out)

    def _alternative(self) -> Node:
        wrong_operands.skip_in(self)
        wrong_operands.name_input(self)
        test = self.test()
        wrong_operands.check_test(self, test)
        return _on_input(test)

    def _end(self) -> None:
        if self.token.kind != "end":
            wrong_operators.trailing(self)


def _either(tests: tuple[Node, ...]) -> Node:
    return tests[0] if len(tests) == 1 else Or(tests, span=(tests[0].span[0], tests[-1].span[1]))


def _on_input(test: Node) -> Node:
    """The test as a condition on the input: a condition stays, a value is what the input has to be (or be in)."""
    if reads_input(test):
        return test
    asked = Input(span=(test.span[0], test.span[0]))
    return Compare("=", asked, test, span=test.span) if isinstance(test, Literal) else In(asked, (test,), span=test.span)


def _read(
    source: Source, names: Collection[str], words: Collection[str], read: Callable[[_Parser], Node], untyped: bool
) -> Node:
    if len(source.text) > MAX_LENGTH:
        raise ExpressionError(
            [
                Problem(
                    "syntax/too-long",
                    f"this is {len(source.text):,} characters long, more than {MAX_LENGTH:,}",
                    source.place((0, 1)),
                    hint="split it into several named values",
                )
            ]
        )
    parser = _Parser(source, names, words, untyped=untyped)
    try:
        node = read(parser)
    except Stop:
        pass
    except RecursionError:
        parser.too_deep()
    else:
        if levels(node) > MAX_LEVELS:
            parser.too_deep()
        if not parser.problems:
            return node
    raise ExpressionError(sorted(parser.problems, key=_reading_order))


def _reading_order(problem: Problem) -> tuple[int, int]:
    return (problem.place.line, problem.place.column) if problem.place else (0, 0)
