"""Where an expression came from: maps a position in its text to file, line and column."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import TypeAlias

from remit.errors import Place
from remit.language.fast_dataclass import dataclass

__all__ = ["Document", "Source", "Span", "Translation", "place_of"]

#: Half-open range of character offsets in a source's text.
Span: TypeAlias = tuple[int, int]


class Document:
    """A whole file: its name and its text."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        found = self.text.find("\n")
        while found >= 0:
            starts.append(found + 1)
            found = self.text.find("\n", found + 1)
        return starts

    def place(self, start: int, end: int) -> Place:
        """The place of ``text[start:end]``; what runs over several lines is underlined to the end of its first."""
        start = max(0, min(start, len(self.text)))
        row = bisect_right(self._starts, start) - 1
        first = self._starts[row]
        last = self._starts[row + 1] - 1 if row + 1 < len(self._starts) else len(self.text)
        line = self.text[first:last].rstrip("\r")
        end_column = max(start + 1, min(end, first + len(line))) - first + 1
        return Place(self.name, row + 1, start - first + 1, end_column, line)


class Source:
    """The text of one expression.

    ``offsets`` says, for every character of ``text``, at which offset of the document it stands (a quoted or folded YAML
    scalar is not contiguous in its file). Without a document the text is its own.
    """

    __slots__ = ("document", "offsets", "text")

    def __init__(self, text: str, document: Document | None = None, offsets: Sequence[int] | None = None) -> None:
        self.text = text
        self.document = document or Document("expression", text)
        self.offsets = offsets

    def place(self, span: Span) -> Place:
        """Where ``text[span[0]:span[1]]`` stands."""
        start, end = span
        offsets = self.offsets
        if offsets is None:
            return self.document.place(start, end)
        if not offsets:
            return self.document.place(0, 0)
        first = offsets[min(start, len(offsets) - 1)] + (1 if start >= len(offsets) else 0)
        last = offsets[min(max(end, 1), len(offsets)) - 1] + 1
        return self.document.place(first, max(last, first))


@dataclass(frozen=True, slots=True)
class Translation:
    """A text for people in the first language of its policy (``own``), and what it is in ``others``, by their tags."""

    own: str
    others: Mapping[str, str]
    source: Source | None = field(default=None, compare=False, repr=False)


def place_of(source: Source | None) -> Place | None:
    """Where ``source`` stands as a whole."""
    return None if source is None else source.place((0, len(source.text)))
