"""Calls of functions, and the constructs of the standard that remit does not have."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final

from remit.errors import Problem
from remit.language.builtins import BUILTINS, UNSUPPORTED
from remit.language.lexer import Token
from remit.language.nodes import Call, Literal, Node
from remit.language.parsing import missing_marks, wrong_operators
from remit.language.parsing.literals import Literals
from remit.language.parsing.long_names import NameTable
from remit.language.source import Span

__all__ = ["FUNCTIONS", "Calls"]

FUNCTIONS: Final = NameTable((*BUILTINS, *UNSUPPORTED))
_OPEN: Final = {"(": ")", "[": "]", "{": "}"}


class Calls(Literals):
    """Reads calls."""

    @abstractmethod
    def expression(self, level: int = 0) -> Node:
        """Any expression whose operators bind at least as strongly as ``level``."""

    @abstractmethod
    def operand(self) -> Node:
        """One operand with its paths and filters."""

    @abstractmethod
    def bindings(self, last: str) -> tuple[tuple[str, Node], ...]:
        """``x in xs, y in ys`` up to and including the keyword ``last``; the names stay bound in the current scope."""

    def call(self, function: str, end: int) -> Node:
        """A call of ``function``, whose name ends before the token with the index ``end``."""
        start = self.token.start
        self.move(end)
        name_span = self.since(start)
        if function in UNSUPPORTED:
            self.problems.append(
                Problem(
                    "syntax/unsupported",
                    f"remit has no function `{function}`",
                    self.source.place(name_span),
                    hint=UNSUPPORTED[function],
                )
            )
        return self._arguments(function, start)

    def unknown_call(self, end: int) -> Node:
        """A call of something that is no function of the language; its name ends before the token with the index ``end``."""
        start = self.token.start
        self.move(end)
        span = self.since(start)
        name = " ".join(self.source.text[slice(*span)].split())
        self.problems.append(
            Problem(
                "names/unknown-function",
                f"there is no function `{name}`",
                self.source.place(span),
                hint=wrong_operators.function_hint(name, BUILTINS),
            )
        )
        self._arguments(name, start)
        return Literal(None, span=self.since(start))

    def _arguments(self, function: str, start: int) -> Node:
        opening = self.advance()
        arguments: list[Node] = []
        names: list[str] = []
        while not self.stands(")") or arguments:
            name = self.parameter()
            if name is not None:
                names.append(name)
            argument = self.expression()
            if bool(names) != (name is not None) or (names and len(names) != len(arguments) + 1):
                self.note(
                    "arguments",
                    f"`{function}` has arguments with names and arguments without",
                    argument.span,
                    "name all of them, or none",
                )
                names = []
            arguments.append(argument)
            if not self.accept(","):
                break
            wrong_operators.decimal_comma(self, function)
        self.close(")", opening)
        return Call(function, tuple(arguments), tuple(names) or None, span=self.since(start))

    def parameter(self) -> str | None:
        """``grouping separator:`` before an argument."""
        ahead = 0
        while self.peek(ahead).kind == "name":
            ahead += 1
        if ahead == 0 or self.peek(ahead).text != ":" or self.peek(ahead).kind != "symbol":
            return None
        name = " ".join(token.text for token in self.tokens[self.at : self.at + ahead])
        self.move(self.at + ahead + 1)
        return name

    def close(self, closing: str, opening: Token) -> None:
        """Step over ``closing``, which ends what ``opening`` began."""
        if not self.accept(closing):
            missing_marks.unclosed(self, opening, closing)

    # What the standard has and remit has not

    def _unsupported(self, what: str, span: Span, hint: str) -> Node:
        self.note("unsupported", f"{what} are not supported", span, hint)
        return Literal(None, span=self.since(span[0]))

    def context(self) -> Node:
        """``{a: 1}``"""
        opening = self.token
        self._skip_group()
        return self._unsupported(
            "contexts `{ }`", (opening.start, self.before.end), "use dotted names such as `guest.tier`, or separate values"
        )

    def iteration(self) -> Node:
        """``for x in xs return y``"""
        word = self.advance()
        with self.scope():
            self.bindings("return")
            self.expression()
        return self._unsupported(
            "`for` loops",
            (word.start, word.end),
            "use a filter `list[item > 2]`, `some` or `every`, or a function on lists such as `sum`",
        )

    def definition(self) -> Node:
        """``function(x) x + 1``, ``function(x) external {...}``"""
        word = self.advance()
        if self.stands("("):
            self._skip_group()
        external = self.accept("external")
        if self.stands("{"):
            self._skip_group()
        elif not external and self.token.kind != "end":
            self.expression()
        return self._unsupported(
            "external functions" if external else "function definitions",
            (word.start, word.end),
            "write the formula where it is needed, or declare it under `values`",
        )

    def _skip_group(self) -> None:
        """Step over everything up to the bracket that closes the current one."""
        opening, waiting = self.token, [_OPEN[self.token.text]]
        self.advance()
        while waiting:
            token = self.token
            if token.kind == "end":
                missing_marks.unclosed(self, opening, waiting[0])
            if token.kind == "symbol" and token.text in _OPEN:
                waiting.append(_OPEN[token.text])
            elif token.kind == "symbol" and token.text == waiting[-1]:
                waiting.pop()
            self.advance()
