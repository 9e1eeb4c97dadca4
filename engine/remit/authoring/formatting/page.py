"""The lines that are being written, and the comments at their ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["PageLine", "Page"]

#: Where comments at the ends of lines stand, as long as the lines leave room for them.
_COMMENT_COLUMN = 40
#: Comments of lines that differ more than this in length are not brought into one column.
_MOST_UNEVEN = 16


@dataclass(slots=True)
class PageLine:
    """``comment`` stands at the end. A line without text goes on with the comment above it, or is blank."""

    text: str
    comment: str | None = None

    @property
    def least_column(self) -> int:
        """The first column in which its comment can stand."""
        return max(_COMMENT_COLUMN, len(self.text) + 2) if self.text else 0


class Page:
    """Collects lines; knows where a blank line is wanted."""

    def __init__(self) -> None:
        self.lines: list[PageLine] = []
        self.no_blank = True  # at the top, below the head of a section, after a text that keeps its blank lines

    def add(self, line: PageLine) -> None:
        """The next line."""
        self.lines.append(line)
        self.no_blank = False

    def blank(self) -> None:
        """A blank line, unless there is one or none may be."""
        if not self.no_blank and self.lines[-1] != PageLine(""):
            self.lines.append(PageLine(""))

    def text(self) -> str:
        """The whole page."""
        out: list[str] = []
        for group in self._groups():
            columns = [line.least_column for line in group if line.text]
            together = max(columns, default=0)
            even = together - min(columns, default=0) <= _MOST_UNEVEN
            column = together
            for line in group:
                column = together if even else line.least_column or column
                out.append(line.text if line.comment is None else f"{line.text:{column}}{line.comment}".rstrip())
        return "\n".join(out) + "\n"

    def _groups(self) -> Iterator[list[PageLine]]:
        """Lines with comments that follow each other; all other lines alone."""
        group: list[PageLine] = []
        for line in self.lines:
            if line.comment is None:
                if group:
                    yield group
                yield [line]
                group = []
            else:
                group.append(line)
        if group:
            yield group
