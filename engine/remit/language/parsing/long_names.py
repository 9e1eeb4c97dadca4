"""Names of several tokens (``guest.tier``, ``date of birth``, ``a-b``): which is the longest that stands at a place?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from remit.language.lexer import Token, tokenize
from remit.language.suggestions import closest

__all__ = ["NameTable"]


class NameTable:
    """A set of names that can be found among tokens, however they are spaced."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._by_words: dict[tuple[str, ...], str] = {}
        self._lengths: dict[str, list[int]] = {}  #: of the names that begin with a word, the longest first
        for name in self._names:
            words = tuple(token.text for token in tokenize(name)[:-1])
            if words:
                self._by_words.setdefault(words, name)
        for length in sorted({len(words) for words in self._by_words}, reverse=True):
            for first in {words[0] for words in self._by_words if len(words) == length}:
                self._lengths.setdefault(first, []).append(length)

    @classmethod
    def of(cls, names: Collection[str]) -> NameTable:
        """The table of ``names``; the same names share one."""
        return _table(frozenset(names))

    def match(self, tokens: Sequence[Token], at: int, *, before: str | None = None) -> tuple[str, int] | None:
        """The longest name that starts at token ``at``, and the index after it; only one followed by ``before`` if given."""
        for length in self._lengths.get(tokens[at].text, ()):
            end = at + length
            if end >= len(tokens) or (before is not None and tokens[end].text != before):
                continue
            name = self._by_words.get(tuple([token.text for token in tokens[at:end]]))
            if name is not None:
                return name, end
        return None

    def near(self, text: str) -> str | None:
        """The name that ``text`` is most likely meant to be, if any is likely."""
        return closest(text, self._names)


@lru_cache(maxsize=64)
def _table(names: frozenset[str]) -> NameTable:
    return NameTable(names)
