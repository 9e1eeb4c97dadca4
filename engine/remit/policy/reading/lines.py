"""The lines of a file, as the explanations of syntax errors need them."""

from __future__ import annotations

import re

from remit.language.source import Document

__all__ = ["Lines", "in_quotes", "value_at"]


class Lines:
    """Lines are numbered from 0 here; offsets are in the document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self._lines = document.text.split("\n")
        self._starts: list[int] = []
        at = 0
        for line in self._lines:
            self._starts.append(at)
            at += len(line) + 1

    def number(self, offset: int) -> int:
        """The line in which ``offset`` lies."""
        return self.document.place(offset, offset).line - 1

    def extent(self, number: int, *, indented: bool = False) -> tuple[int, int]:
        """From the first visible character of a line (or its very start, if ``indented``) to its last."""
        line, start = self._lines[number], self._starts[number]
        skipped = 0 if indented else len(line) - len(line.lstrip())
        return start + skipped, start + max(skipped, len(line.rstrip()))

    def indent(self, number: int) -> int:
        """How many spaces a line begins with."""
        line = self._lines[number]
        return len(line) - len(line.lstrip(" "))

    def column(self, number: int) -> int:
        """Where the key of a line begins: behind the ``- `` of an item."""
        return self._columns(number)[-1]

    def above(self, number: int) -> int | None:
        """The next line above that says something (not blank, not a comment)."""
        for each in range(number - 1, -1, -1):
            if self._says_something(each):
                return each
        return None

    def has_colon(self, number: int) -> bool:
        """Whether the line holds a key."""
        line = self._lines[number].partition(" #")[0].rstrip()
        return ": " in line or line.endswith(":")

    def owner(self, number: int) -> int | None:
        """The next line above that is indented less."""
        for each in range(number - 1, -1, -1):
            if self._says_something(each) and self.indent(each) < self.indent(number):
                return each
        return None

    def columns_above(self, number: int) -> set[int]:
        """The columns in which a line may begin here: those of the blocks that are open above it."""
        out: set[int] = set()
        limit = None
        for each in range(number - 1, -1, -1):
            if not self._says_something(each):
                continue
            for column in reversed(self._columns(each)):
                if limit is None or column < limit:
                    out.add(column)
                    limit = column
            if limit == 0:
                break
        return out

    def in_brackets(self, offset: int) -> bool:
        """Whether ``offset`` stands inside ``{ }`` or ``[ ]`` that were opened on its line."""
        before = self.text[self._starts[self.number(offset)] : offset]
        before = re.sub(r""""[^"]*"|'[^']*'""", "", before)
        return before.count("{") + before.count("[") > before.count("}") + before.count("]")

    def _columns(self, number: int) -> list[int]:
        """Where the parts of a line begin: ``  - id: x`` has the item in column 2 and its keys in column 4."""
        columns = [self.indent(number)]
        rest = self._lines[number].lstrip(" ")
        while rest.startswith("- "):
            inner = rest[1:].lstrip(" ")
            columns.append(columns[-1] + len(rest) - len(inner))
            rest = inner
        return columns

    def _says_something(self, number: int) -> bool:
        line = self._lines[number].strip()
        return bool(line) and not line.startswith("#")


def value_at(text: str, start: int, *, in_brackets: bool) -> str:
    """What the author most likely meant as one value, from ``start`` on: up to a comment or the end of the line, or, inside
    ``{ }`` or ``[ ]``, to the comma or bracket that ends it."""
    end = text.find("\n", start)
    rest = text[start : end if end >= 0 else len(text)].rstrip()
    depth, quote = 0, ""
    for index, char in enumerate(rest):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "#" and index and rest[index - 1] in " \t":
            return rest[:index].rstrip()
        elif in_brackets:
            depth += (char in "([{") - (char in ")]}")
            if depth < 0 or (char == "," and depth == 0):
                return rest[:index].rstrip()
    return rest


def in_quotes(value: str) -> str:
    """``value`` as a quoted YAML scalar, in the quotes that need no escapes."""
    if '"' not in value and "\\" not in value:
        return f'"{value}"'
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
