"""Where the parser stands in the tokens, and the problems it has met."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NoReturn

from remit.errors import Problem
from remit.language.lexer import Token, TokenKind, tokenize
from remit.language.parsing.long_names import NameTable
from remit.language.source import Source, Span

__all__ = ["Cursor", "Stop", "show", "span_of", "yaml_hint"]


class Stop(Exception):
    """The text cannot be read any further; what is wrong has been noted."""


class Cursor:
    """A position in the tokens of one source.

    ``names`` are those that are known; ``words`` are choice words that may stand bare; ``locals`` are the names bound by what
    is being read (``some x in ...``, ``item``); ``keys`` are the names of the entries of all contexts read so far.
    """

    def __init__(
        self, source: Source, names: Collection[str] = (), words: Collection[str] = (), *, untyped: bool = False
    ) -> None:
        self.source = source
        #: Whether what has no meaning is null, and no problem.
        self.untyped = untyped
        self.names = NameTable.of(names)
        self.words = NameTable.of(words)
        self.locals: list[str] = []
        self.keys: list[str] = []
        self.tokens = tokenize(source.text)
        self.at = 0
        self.token = self.tokens[0]
        self.problems: list[Problem] = []

    def advance(self) -> Token:
        """Step over the current token, and return it."""
        token = self.token
        if token.kind != "end":
            self.move(self.at + 1)
        return token

    def move(self, at: int) -> None:
        """Go to the token with this index."""
        self.at = at
        self.token = self.tokens[at]

    def peek(self, ahead: int = 1) -> Token:
        """The token so many after the current one (the last one where there are no more)."""
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def stands(self, text: str) -> bool:
        """Whether the current token is this symbol or keyword."""
        token = self.token
        return token.text == text and (token.kind == "symbol" or token.kind == "name")

    def accept(self, text: str) -> bool:
        """Step over the symbol or keyword if it stands here."""
        if not self.stands(text):
            return False
        self.advance()
        return True

    @contextmanager
    def scope(self, *names: str) -> Iterator[None]:
        """Within it, ``names`` are bound; those bound within it are forgotten after it."""
        size = len(self.locals)
        self.locals.extend(names)
        yield
        del self.locals[size:]

    @property
    def before(self) -> Token:
        """The token just passed."""
        return self.tokens[max(self.at - 1, 0)]

    @property
    def here(self) -> Span:
        """The span of the current token; just behind the last one at the end of the text."""
        token = self.token
        return (token.start, token.end) if token.kind != "end" else (self.before.end, self.before.end + 1)

    def replace(self, text: str, *, tokens: int = 1) -> None:
        """Read so many tokens from the current one on as if the symbol or keyword ``text`` stood there."""
        last = self.tokens[self.at + tokens - 1]
        kind: TokenKind = "name" if text[0].isalpha() else "symbol"
        self.tokens[self.at : self.at + tokens] = [Token(kind, text, self.token.start, last.end)]
        self.move(self.at)

    def since(self, start: int) -> Span:
        """The span from the offset ``start`` to the end of the token just passed."""
        return start, max(start, self.before.end)

    def note(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        """Note a problem after which reading can go on."""
        self.problems.append(Problem(f"syntax/{code}", message, self.source.place(span), hint=hint))

    def note_if_typed(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        """Note that something has no meaning; in an untyped expression it is null."""
        if not self.untyped:
            self.note(code, message, span, hint)

    def fail(self, code: str, message: str, span: Span | None = None, hint: str | None = None) -> NoReturn:
        """Note a problem after which reading cannot go on."""
        self.note(code, message, span or self.here, hint)
        raise Stop


def show(token: Token) -> str:
    """The token as messages show it."""
    return f"`{token.text}`"


def span_of(token: Token) -> Span:
    """Where the token stands."""
    return token.start, token.end


def yaml_hint(p: Cursor) -> str | None:
    """Inside YAML, a formula without quotes may have been cut off."""
    offsets, text = p.source.offsets, p.source.document.text
    if not offsets or text[max(offsets[0] - 1, 0)] in "\"'":
        return None
    return "YAML may have cut this formula at a comma, a colon or a `#`: put all of it in quotes"
