"""The tree that the reader makes of a YAML file: three kinds of node, each with its place.

Scalars keep the literal text; nothing is guessed about what it means (``no`` is the text ``no``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from remit.errors import Place
from remit.language.source import Document, Source
from remit.policy.reading.scalar_positions import Style, offsets_in

__all__ = ["YamlList", "YamlMap", "YamlNode", "YamlScalar", "spot"]


@dataclass(slots=True, eq=False)
class YamlScalar:
    """A piece of text. ``start`` and ``end`` are offsets in the document, quotes included. ``broken``: what is wrong with it
    was told already, and what it should say is not known. ``by_currency``: it is that of one currency of several."""

    text: str
    style: Style
    start: int
    end: int
    document: Document = field(repr=False)
    broken: bool = False
    by_currency: bool = False

    kind: Literal["scalar"] = field(default="scalar", init=False, repr=False)

    @property
    def plain(self) -> bool:
        """Whether it was written without quotes."""
        return self.style == "plain"

    @property
    def empty(self) -> bool:
        """Whether nothing was written at all (``title:``)."""
        return not self.text and self.style == "plain"

    def source(self) -> Source:
        """The text as the source of an expression, with the place of each character."""
        return Source(self.text, self.document, offsets_in(self.document.text, self.start, self.end, self.style, self.text))

    def place(self) -> Place:
        """Where it stands."""
        return self.document.place(self.start, self.end)


@dataclass(slots=True, eq=False)
class YamlList:
    """A list. ``flow`` is ``[a, b]``, otherwise it is lines that begin with ``-``."""

    items: list[YamlNode]
    flow: bool
    start: int
    end: int
    document: Document = field(repr=False)

    kind: Literal["list"] = field(default="list", init=False, repr=False)

    def place(self) -> Place:
        """Where it begins."""
        return self.document.place(self.start, self.end)

    def __iter__(self) -> Iterator[YamlNode]:
        return iter(self.items)


@dataclass(slots=True, eq=False)
class YamlMap:
    """A mapping. Keys are unique; ``entries`` keeps their order."""

    entries: dict[str, tuple[YamlScalar, YamlNode]]
    flow: bool
    start: int
    end: int
    document: Document = field(repr=False)

    kind: Literal["mapping"] = field(default="mapping", init=False, repr=False)

    def place(self) -> Place:
        """Where it begins: its first key, or the whole where it is written with braces."""
        if self.flow or not self.entries:
            return self.document.place(self.start, self.end)
        return next(iter(self.entries.values()))[0].place()

    def get(self, key: str) -> YamlNode | None:
        """The value of ``key``, if it is there."""
        entry = self.entries.get(key)
        return entry[1] if entry else None

    def key(self, key: str) -> YamlScalar | None:
        """The key itself, with its place."""
        entry = self.entries.get(key)
        return entry[0] if entry else None


YamlNode: TypeAlias = YamlScalar | YamlList | YamlMap


def spot(node: YamlNode) -> Source:
    """Where ``node`` begins, as a source (what the model keeps to point at things later)."""
    if isinstance(node, YamlScalar):
        return node.source()
    text = node.document.text[node.start : node.end].partition("\n")[0].rstrip()
    return Source(text, node.document, range(node.start, node.start + len(text)))
