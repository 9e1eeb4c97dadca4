"""Calls of functions: of built-in ones, and of functions that are values."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final

from remit.errors import Problem
from remit.language.builtins import BUILTINS, UNSUPPORTED
from remit.language.lexer import Token
from remit.language.nodes import Call, Invocation, Literal, Node
from remit.language.parsing import missing_marks, wrong_operators
from remit.language.parsing.literals import Literals
from remit.language.parsing.long_names import NameTable

__all__ = ["FUNCTIONS", "Calls"]

FUNCTIONS: Final = NameTable((*BUILTINS, *UNSUPPORTED))


class Calls(Literals):
    """Reads calls."""

    @abstractmethod
    def expression(self, level: int = 0) -> Node:
        """Any expression whose operators bind at least as strongly as ``level``."""

    @abstractmethod
    def operand(self) -> Node:
        """One operand with its paths and filters."""

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
        arguments, names = self._arguments(function)
        return Call(function, arguments, names, span=self.since(start))

    def invocation(self, function: Node) -> Node:
        """A call of the value of ``function``."""
        arguments, names = self._arguments(self.source.text[slice(*function.span)])
        return Invocation(function, arguments, names, span=self.since(function.span[0]))

    def unknown_call(self, end: int) -> Node:
        """A call of something that is no function of the language; its name ends before the token with the index ``end``."""
        start = self.token.start
        self.move(end)
        span = self.since(start)
        name = " ".join(self.source.text[slice(*span)].split())
        if not self.untyped:
            message, hint = f"there is no function `{name}`", wrong_operators.function_hint(name, BUILTINS) or self._near(name)
            self.problems.append(Problem("names/unknown-function", message, self.source.place(span), hint=hint))
        self._arguments(name)
        return Literal(None, span=self.since(start))

    def _near(self, name: str) -> str | None:
        """The declared name that is meant: it may be that of a function."""
        near = self.names.near(name)
        return f"did you mean `{near}`?" if near else None

    def _arguments(self, function: str) -> tuple[tuple[Node, ...], tuple[str, ...] | None]:
        """The arguments of a call, and their names if they have some."""
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
        return tuple(arguments), tuple(names) or None

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
