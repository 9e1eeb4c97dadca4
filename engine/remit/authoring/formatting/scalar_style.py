"""How one text is written: its quotes, and its lines where it has several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.policy.reading.yaml_tree import YamlScalar

__all__ = ["block_text", "continued", "written"]

_ONLY_ESCAPED_QUOTES: Final = re.compile(r'(?:[^\\]|\\")*')
_HEADER: Final = re.compile(r"[|>][-+0-9]*")


def written(scalar: YamlScalar) -> str:
    """A text of one line. Double quotes, or single ones where that spares escapes; what has no quotes gets none, and what has
    some keeps some: a reader may take ``30`` and ``"30"`` for different things."""
    source = scalar.document.text[scalar.start : scalar.end]
    if scalar.style == "single" and not re.search(r'["\\]', scalar.text):
        return f'"{scalar.text}"'
    escapes_quotes = scalar.style == "double" and '"' in scalar.text and _ONLY_ESCAPED_QUOTES.fullmatch(source[1:-1])
    if escapes_quotes and "'" not in scalar.text:
        return f"'{scalar.text}'"
    return source


def continued(scalar: YamlScalar) -> Iterator[str]:
    """The lines of a text that runs over several, without the white space that YAML folds away."""
    lines = scalar.document.text[scalar.start : scalar.end].split("\n")
    for number, line in enumerate(lines):
        kept = line.lstrip(" \t") if number else line
        yield kept if number == len(lines) - 1 else _without_end(kept, scalar)


def _without_end(line: str, scalar: YamlScalar) -> str:
    bare = line.rstrip(" \t")
    slashes = len(bare) - len(bare.rstrip("\\"))
    return line if scalar.style == "double" and slashes % 2 and bare != line else bare


def block_text(scalar: YamlScalar, parent_column: int) -> tuple[str, int | None, list[str]]:
    """A literal or folded text: its first line, how many columns its lines stand within their parent if it says so, and the
    lines without their indentation. ``parent_column`` is where the parent begins."""
    head, *lines = scalar.document.text[scalar.start : scalar.end].split("\n")
    found = _HEADER.match(head)
    assert found is not None
    digits = re.search(r"\d", found[0])
    deeper = int(digits[0]) if digits else None
    if deeper is not None:
        indent = parent_column + deeper
    else:
        indent = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")), 0)
    lines = [line[indent:] for line in lines]
    if lines and not lines[-1]:
        lines.pop()  # what follows the last line break
    if "+" not in found[0]:
        while lines and not lines[-1]:
            lines.pop()
    return found[0], deeper, lines
