"""The comments of a YAML file, in order, with what their place means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from remit.policy.reading.yaml_tree import YamlMap, YamlNode, YamlScalar

__all__ = ["Comment", "find_comments"]

_COMMENT: Final = re.compile(r"#[^\n]*")
_BLOCK_HEADER: Final = re.compile(r"[|>][-+0-9]*")


@dataclass(frozen=True, slots=True)
class Comment:
    """``alone``: nothing stands before it on its line. ``hanging``: it goes on with the comment at the end of the line above,
    in the same column."""

    text: str
    start: int
    line: int
    column: int
    alone: bool
    hanging: bool = False


def find_comments(text: str, root: YamlNode) -> tuple[Comment, ...]:
    """Every comment of the file ``text``, whose tree is ``root``."""
    out: list[Comment] = []
    for start, end in _between(text, root):
        for found in _COMMENT.finditer(text, start, end):
            begin = text.rfind("\n", 0, found.start()) + 1
            line, column = text.count("\n", 0, begin), found.start() - begin
            alone = not text[begin : found.start()].strip()
            above = out[-1] if out else None
            hanging = alone and above is not None and _hangs(above, line, column)
            out.append(Comment(found[0].rstrip(), found.start(), line, column, alone, hanging))
    return tuple(out)


def _hangs(above: Comment, line: int, column: int) -> bool:
    return above.line == line - 1 and above.column == column and (above.hanging or not above.alone)


def _between(text: str, root: YamlNode) -> Iterator[tuple[int, int]]:
    """The stretches of the file that belong to no text: in them ``#`` begins a comment."""
    at = 0
    for scalar in _scalars(root):
        yield at, scalar.start
        if scalar.style in ("literal", "folded"):
            header = _BLOCK_HEADER.match(text, scalar.start)
            line_end = text.find("\n", scalar.start, scalar.end)
            yield (header.end() if header else scalar.start), (scalar.end if line_end < 0 else line_end)
        at = scalar.end
    yield at, len(text)


def _scalars(node: YamlNode) -> Iterator[YamlScalar]:
    if isinstance(node, YamlScalar):
        yield node
    elif isinstance(node, YamlMap):
        for key, value in node.entries.values():
            yield key
            yield from _scalars(value)
    else:
        for item in node.items:
            yield from _scalars(item)
