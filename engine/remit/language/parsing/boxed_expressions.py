"""Contexts, ``for`` and function literals (DMN 1.4, 10.3.1.2, rules 44 and 53 to 59)."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final

from remit.language.lexer import KEYWORDS
from remit.language.nodes import ContextLiteral, For, FunctionLiteral, Literal, Node
from remit.language.parsing.call_phrases import Calls
from remit.language.parsing.literals import unescape

__all__ = ["Boxed"]

#: What a name may have beside letters and digits (rule 30).
_NAME_SYMBOLS: Final = frozenset((".", "/", "-", "'", "+", "*", "**"))
_CONTEXT_HINT: Final = "write `{name: value}`"


class Boxed(Calls):
    """Reads contexts, ``for`` and function literals."""

    @abstractmethod
    def bindings(self, last: str) -> tuple[tuple[str, Node], ...]:
        """``x in xs, y in ys`` up to and including the keyword ``last``; the names stay bound in the current scope."""

    @abstractmethod
    def type_name(self) -> str:
        """``number``, ``days and time duration``, ``list<number>``, ``context<a: number>``, ``function<number> -> text``."""

    def context(self) -> Node:
        """``{a: 1, "b c": a + 1}``; later entries may read earlier ones."""
        opening = self.advance()
        entries: list[tuple[str, Node]] = []
        with self.scope():
            while not self.stands("}") or entries:
                name = self._key()
                entries.append((name, self.expression()))
                self.locals.append(name)
                self.keys.append(name)
                if not self.accept(","):
                    break
        self.close("}", opening)
        return ContextLiteral(tuple(entries), span=self.since(opening.start))

    def _key(self) -> str:
        """A name or a text, and the colon after it."""
        first = self.token
        if first.kind == "text":
            self.advance()
            name = unescape(first.text[1:-1])
        else:
            while self.token.kind in ("name", "number") or self.token.text in _NAME_SYMBOLS:
                self.advance()
            name = " ".join(self.source.text[first.start : self.before.end].split()) if self.token is not first else ""
            if not name:
                self.fail("operand", "the name of an entry is missing here", hint=_CONTEXT_HINT)
        if not self.accept(":"):
            self.fail("operand", f"the entry `{name}` has no value", (first.start, self.before.end), _CONTEXT_HINT)
        return name

    def iteration(self) -> Node:
        """``for x in xs return y``"""
        word = self.advance()
        with self.scope():
            bindings = self.bindings("return")
            self.locals.append("partial")
            result = self.expression()
        return For(bindings, result, span=self.since(word.start))

    def definition(self) -> Node:
        """``function(x, y: number) x + y``"""
        word = self.advance()
        opening = self.token
        if not self.accept("("):
            self.fail("operand", "`(` is missing after `function`", hint="write `function(x) x + 1`")
        parameters: list[tuple[str, str | None]] = []
        while not self.stands(")") or parameters:
            parameters.append((self._parameter_name(), self.type_name() if self.accept(":") else None))
            if not self.accept(","):
                break
        self.close(")", opening)
        with self.scope(*(name for name, _ in parameters)):
            if self.stands("external"):
                return self._external(word.start)
            return FunctionLiteral(tuple(parameters), self.expression(), span=self.since(word.start))

    def _parameter_name(self) -> str:
        first = self.token
        while self.token.kind == "name":
            self.advance()
        if self.token is first or first.text in KEYWORDS - {"some", "every", "for", "function"}:
            self.fail("operand", "the name of a parameter is missing here", hint="write `function(x) x + 1`")
        return " ".join(self.source.text[first.start : self.before.end].split())

    def _external(self, start: int) -> Node:
        word = self.advance()
        self.expression()
        self.note(
            "unsupported",
            "external functions are not supported",
            (word.start, word.end),
            "write the formula itself: `function(x) x + 1`",
        )
        return Literal(None, span=self.since(start))
