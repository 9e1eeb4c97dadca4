"""A page of text for people: a headline, and blocks of rows below it; painted plain or with colours, to any width.

Nothing here knows what a decision is. Colours are plain ANSI codes, so that nothing needs to be imported to show them.
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

from remit.errors import one_line
from remit.language.fast_dataclass import dataclass

__all__ = ["GLUE", "AnswerPage", "PageBlock", "PageRow", "cells", "wrap"]

Tone = Literal["good", "wait", "stop", "ask", "quiet", "heading"]

_CODES: Final[dict[Tone, str]] = {
    "good": "1;32",
    "wait": "1;33",
    "stop": "1;31",
    "ask": "1;36",
    "quiet": "2",
    "heading": "1",
}

#: A space at which no line is broken.
GLUE: Final = "\N{NO-BREAK SPACE}"

#: The left column of a block is at most this wide; what is longer runs on and the right column starts below it.
_LEFT = 34


@dataclass(frozen=True, slots=True)
class PageRow:
    """One thing: ``left`` names it, ``right`` tells of it (empty where ``left`` says all)."""

    left: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class PageBlock:
    """Rows that belong together under a heading. ``spoken`` rows are words to say aloud and stand in quotation marks;
    ``stacked`` rows have their right part below the left one. A ``beside`` block has its heading to the left of its rows, and
    such blocks follow each other closely. Without a
    heading, rows follow what was before."""

    heading: str
    rows: tuple[PageRow, ...]
    spoken: bool = False
    stacked: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """The page. ``headline`` is the answer in words; ``footer`` says on what ground it stands."""

    headline: str
    tone: Tone
    blocks: tuple[PageBlock, ...] = ()
    footer: str = ""

    def paint(self, width: int = 80, *, colour: bool = False) -> str:
        """The page as text without a newline at its end; every line is at most ``width`` cells wide where words allow."""
        brush = _Brush(width, colour)
        brush.wrapped(self.headline, self.tone)
        label = max((cells(block.heading) for block in self.blocks if block.beside), default=0)
        for before, block in zip((None, *self.blocks), self.blocks, strict=False):
            if block.heading and not (block.beside and before is not None and before.beside):
                brush.lines.append("")
            if block.beside:
                brush.beside(block, label)
                continue
            if block.heading:
                brush.wrapped(block.heading, "heading")
            brush.rows(block)
        if self.footer:
            brush.lines.append("")
            brush.wrapped(self.footer, "quiet")
        return "\n".join(brush.lines)

    def plain(self) -> str:
        """The page for screen readers and pipes, without a newline at its end: each thing on one line, however long that is,
        with nothing aligned and no marks that would be read out."""
        lines = [_sentence(self.headline)]
        for before, block in zip((None, *self.blocks), self.blocks, strict=False):
            named = block.beside or block.spoken
            if block.heading and not (named and before is not None and (before.beside or before.spoken)):
                lines.append("")
            if block.heading and not named:
                lines.append(_named(block.heading, ""))
            for row in block.rows:
                said = _named(row.left, row.right) if row.right else _sentence(row.left)
                lines.append(_named(block.heading, said) if named and block.heading else said)
        lines += ["", _sentence(self.footer)] if self.footer else []
        return "\n".join(lines)


def _sentence(text: str) -> str:
    return " ".join(one_line(text).replace(GLUE, " ").split())


def _named(name: str, text: str) -> str:
    """``name: text``; a name that is a sentence needs no colon."""
    name = _sentence(name)
    return f"{name}{'' if name[-1:] in '.?!:' else ':'} {_sentence(text)}".rstrip()


class _Brush:
    def __init__(self, width: int, colour: bool) -> None:
        self.width, self.colour = width, colour
        self.lines: list[str] = []

    def wrapped(self, text: str, tone: Tone, indent: str = "", hang: str = "") -> None:
        for line in wrap(text, self.width, indent, hang):
            self.lines.append(f"\x1b[{_CODES[tone]}m{line}\x1b[0m" if self.colour else line)

    def beside(self, block: PageBlock, label: int) -> None:
        """The heading in bold, and to the right of it the rows, each as one sentence."""
        indent = " " * (label + 2)
        for number, row in enumerate(block.rows):
            text = f"\u201c{row.left}\u201d" if block.spoken else ": ".join(filter(None, (row.left, row.right)))
            lines = wrap(text, self.width, indent, indent)
            if number == 0:
                heading = f"\x1b[{_CODES['heading']}m{block.heading}\x1b[0m" if self.colour else block.heading
                lines[0] = f"{heading}{' ' * (label + 2 - cells(block.heading))}{lines[0][len(indent) :]}"
            self.lines += lines

    def rows(self, block: PageBlock) -> None:
        if block.spoken:
            for row in block.rows:
                self.lines += wrap(f"\u201c{row.left}\u201d", self.width, "  ", "   ")
            return
        if block.stacked:
            for row in block.rows:
                self.lines += wrap(row.left, self.width, "  ", "  ")
                self.lines += wrap(row.right, self.width, "      ", "      ") if row.right else []
            return
        left = min(max((cells(row.left) for row in block.rows if row.right), default=0), _LEFT, self.width // 2)
        for row in block.rows:
            self.row(row, left)

    def row(self, row: PageRow, left: int) -> None:
        pad = " " * (left + 4)
        if not row.right:
            self.lines += wrap(row.left, self.width, "  ", "    ")
        elif cells(row.left) > left:
            self.lines += wrap(row.left, self.width, "  ", "  ")
            self.lines += wrap(row.right, self.width, pad, pad)
        else:
            label = one_line(row.left)
            self.lines += wrap(row.right, self.width, f"  {label}{' ' * (left - cells(label))}  ", pad)


def wrap(text: str, width: int, indent: str = "", hang: str = "") -> list[str]:
    """``text`` in lines of at most ``width`` cells, where its words allow; the first begins with ``indent``, the others with
    ``hang``. What is glued by a no-break space stays together.

    >>> wrap("one two three", 9, "", "  ")
    ['one two', '  three']
    """
    most = max(width, cells(indent) + 10, cells(hang) + 10)
    lines, line, begun = [], indent, False
    for word in filter(None, one_line(text).split(" ")):
        if begun and cells(line) + 1 + cells(word) > most:
            lines.append(line)
            line, begun = hang, False
        line += f" {word}" if begun else word
        begun = True
    return [each.replace(GLUE, " ").rstrip() for each in (*lines, line)]


def cells(text: str) -> int:
    """How wide a text stands in a terminal: wide East Asian characters take two cells, combining marks none.

    >>> cells("caf\\u00e9"), cells("\\u5ba2")
    (4, 2)
    """
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
