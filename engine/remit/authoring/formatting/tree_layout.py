"""The tree of a file, written anew: blocks by indentation, brackets with the author's line breaks, comments where they were."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from remit.authoring.formatting.columns import one_line
from remit.authoring.formatting.comments import Comment, find_comments
from remit.authoring.formatting.page import Page, PageLine
from remit.authoring.formatting.runs import dashes, entries_in_columns, items_in_columns
from remit.authoring.formatting.scalar_style import block_text, continued, written
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["lay_out"]

_INDENT: Final = 2
_DOCUMENT: Final = re.compile(r"^---(?=\s)", re.MULTILINE)

_Path: TypeAlias = tuple[str, ...]


def lay_out(text: str, root: YamlMap) -> str:
    """The file ``text``, whose tree is ``root``, in the one layout."""
    return _Layout(text, root).whole()


class _Layout:
    def __init__(self, text: str, root: YamlMap) -> None:
        self.text, self.root = text, root
        self.comments: Sequence[Comment] = find_comments(text, root)
        self.next = 0  # of the comments
        self.page = Page()
        self.line = ""  # that is being written

    def whole(self) -> str:
        begins = _DOCUMENT.search(self.text, 0, self.root.start)
        if begins:
            self._above(begins.start(), 0)
            self.line = "---"
            self._end_line(begins.start())
        if self.root.flow:
            self._above(self.root.start, 0)
            self._flow(self.root)
            self._end_line(self.root.end)
        else:
            self._map(self.root, 0, ())
        self._above(len(self.text), 0)
        return self.page.text()

    # -- comments, blank lines and the ends of lines

    def _above(self, offset: int, indent: int, least_column: int = 0) -> None:
        """The comments before ``offset``, as lines of their own, and the blank lines that the author has there. Stops at a
        comment that begins left of ``least_column``."""
        while (comment := self._pending(offset)) is not None:
            if comment.column < least_column:
                return
            self.next += 1
            if comment.alone and self._after_blank(comment.start):
                self.page.blank()
            self.page.add(PageLine(" " * indent + comment.text))
        if not least_column and offset < len(self.text) and self._after_blank(offset):
            self.page.blank()

    def _pending(self, offset: int) -> Comment | None:
        comment = self.comments[self.next] if self.next < len(self.comments) else None
        return comment if comment is not None and comment.start < offset else None

    def _after_blank(self, offset: int) -> bool:
        """Whether the line above the one that holds ``offset`` is blank."""
        end = self.text.rfind("\n", 0, offset)
        start = self.text.rfind("\n", 0, end) + 1 if end >= 0 else 0
        return end >= 0 and not self.text[start:end].strip()

    def _end_line(self, at: int, no_blank: bool = False) -> None:
        """The line is whole; the token before ``at`` was its last. Takes the comment that the author has behind that."""
        line, self.line = PageLine(self.line.rstrip(" ")), ""
        self.page.add(line)
        number = self.text.count("\n", 0, at)
        comment = self._pending(len(self.text))
        if comment is not None and not comment.alone and comment.line == number:
            line.comment = comment.text
            self.next += 1
            while (comment := self._pending(len(self.text))) is not None and comment.hanging:
                self.page.add(PageLine("", comment.text))
                self.next += 1
        self.page.no_blank = no_blank

    # -- blocks

    def _block(self, node: YamlMap | YamlList, indent: int, path: _Path, inline: bool = False) -> None:
        if isinstance(node, YamlMap):
            self._map(node, indent, path, inline)
        else:
            self._list(node, indent, path, inline)
            if not inline and node.end < len(self.text) and self._column(node) == self._column_at(node.end):
                return  # it stands as far left as what follows: a comment there belongs to what follows
        self._above(node.end, indent, least_column=max(1, self._column(node)))

    def _map(self, node: YamlMap, indent: int, path: _Path, inline: bool = False) -> None:
        entries = list(node.entries.values())
        texts = entries_in_columns(self.text, entries, indent, path)
        ends = [*(key.start for key, _ in entries[1:]), node.end]
        for number, (key, value) in enumerate(entries):
            if number and not path and not self._simple(entries[number - 1][1]):
                self.page.blank()
            if number or not inline:
                self._above(key.start, indent)
                self.line = " " * indent
            if number in texts:
                self.line += texts[number]
                self._end_line(value.end)
                continue
            self.line += written(key) + ":"
            if isinstance(value, YamlScalar) and value.empty:
                self._end_line(key.end)
                self._above(ends[number], indent + _INDENT, least_column=self._column(node) + 1)
            else:
                self._value(value, key.end, indent, self._column(node), (*path, key.text))

    def _simple(self, value: YamlNode) -> bool:
        return isinstance(value, YamlScalar) or value.flow

    def _value(self, value: YamlNode, after: int, indent: int, column: int, path: _Path) -> None:
        """What stands behind a colon."""
        if isinstance(value, YamlScalar) or value.flow:
            if self._pending(value.start):
                self._end_line(after, no_blank=True)
                self._above(value.start, indent + _INDENT)
                self.line = " " * (indent + _INDENT)
            else:
                self.line += " "
            self._leaf(value, indent, column)
        else:
            self._end_line(after, no_blank=True)
            self._block(value, indent + _INDENT, path)

    def _list(self, node: YamlList, indent: int, path: _Path, inline: bool = False) -> None:
        texts = items_in_columns(self.text, node, indent)
        for number, (dash, item) in enumerate(zip(dashes(self.text, node), node.items, strict=True)):
            if number or not inline:
                self._above(dash, indent)
                self.line = " " * indent
            self.line += "-"
            if isinstance(item, YamlScalar) and item.empty:
                self._end_line(dash)
                continue
            if self._pending(item.start):
                self._end_line(dash, no_blank=True)
                self._above(item.start, indent + _INDENT)
                self.line = " " * (indent + _INDENT)
                inline_item = self._simple(item)
            else:
                self.line += " "
                inline_item = True
            self._item(item, texts.get(number), inline_item, indent, self._column(node), path)

    def _item(self, item: YamlNode, text: str | None, inline: bool, indent: int, column: int, path: _Path) -> None:
        if text is not None:
            self.line += text
            self._end_line(item.end)
        elif isinstance(item, YamlScalar) or item.flow:
            self._leaf(item, indent, column)
        else:
            self.line = self.line if inline else ""
            self._block(item, indent + _INDENT, (*path, "-"), inline)

    def _column(self, node: YamlNode) -> int:
        return self._column_at(node.start)

    def _column_at(self, offset: int) -> int:
        return offset - (self.text.rfind("\n", 0, offset) + 1)

    # -- texts and brackets

    def _leaf(self, value: YamlNode, indent: int, column: int) -> None:
        """A text or brackets, from the end of the line that is being written on."""
        if not isinstance(value, YamlScalar):
            self._flow(value)
            self._end_line(value.end)
        elif value.style in ("literal", "folded"):
            self._long_text(value, indent, column)
        else:
            self._text(value, indent + _INDENT)
            self._end_line(value.end)

    def _text(self, scalar: YamlScalar, indent: int) -> None:
        if "\n" not in self.text[scalar.start : scalar.end]:
            self.line += written(scalar)
            return
        first, *rest = continued(scalar)
        self.line += first
        for each in rest:
            self.page.add(PageLine(self.line))
            self.line = " " * indent + each if each else ""

    def _long_text(self, scalar: YamlScalar, indent: int, column: int) -> None:
        header, deeper, lines = block_text(scalar, column)
        self.line += header
        self._end_line(scalar.start)
        inner = " " * (indent + (_INDENT if deeper is None else deeper))
        for each in lines:
            self.page.add(PageLine(inner + each if each else ""))
        self.page.no_blank = "+" in header

    def _flow(self, node: YamlMap | YamlList) -> None:
        """Brackets with the author's line breaks: below the first item where that stands behind the bracket, otherwise
        indented by two."""
        short = one_line(node)
        if short is not None:
            self.line += short
            return
        opened = len(self.line) - len(self.line.lstrip(" "))
        self.line += "{" if isinstance(node, YamlMap) else "["
        parts = list(_parts(node))
        inner = opened + _INDENT if parts and self._breaks(node.start, parts[0].start) else len(self.line)
        at = node.start
        for number, (part, nxt) in enumerate(pairwise([*parts, None])):
            assert part is not None
            self._go_on(at, part.start, inner, " " if number else "")
            at = self._part(part, node, inner)
            self.line += "," if nxt is not None else ""
        close = node.end - 1 if self.text[node.end - 1 : node.end] in ("]", "}") else at
        self._go_on(at, close, opened if inner == opened + _INDENT else inner - 1, "", comments_indent=inner)
        self.line += "}" if isinstance(node, YamlMap) else "]"

    def _part(self, part: YamlNode, node: YamlMap | YamlList, inner: int) -> int:
        """One item, or one key with its value; where it ends."""
        if isinstance(node, YamlMap):
            assert isinstance(part, YamlScalar)
            value = node.entries[part.text][1]
            self.line += written(part)
            if isinstance(value, YamlScalar) and value.empty:
                return part.end
            self.line += ":"
            if self._pending(value.start):
                self._go_on(part.end, value.start, inner + _INDENT, " ")
            else:
                self.line += " "
            part = value
        if isinstance(part, YamlScalar):
            self._text(part, inner + _INDENT)
        else:
            self._flow(part)
        return part.end

    def _breaks(self, start: int, end: int) -> bool:
        return "\n" in self.text[start:end]

    def _go_on(self, start: int, end: int, indent: int, otherwise: str, comments_indent: int | None = None) -> None:
        """From one part within brackets to the next: on a new line where the author has one."""
        if not self._breaks(start, end):
            self.line += otherwise
            return
        self._end_line(start)
        while (comment := self._pending(end)) is not None:
            self.next += 1
            self.page.add(PageLine(" " * (indent if comments_indent is None else comments_indent) + comment.text))
        self.line = " " * indent


def _parts(node: YamlMap | YamlList) -> Iterator[YamlNode]:
    if isinstance(node, YamlMap):
        yield from (key for key, _ in node.entries.values())
    else:
        yield from node.items
