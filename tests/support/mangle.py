"""The same YAML in a worse layout: other indentation, spaces, quotes, blank lines; and comments wherever they can stand.

Writes plain data, so that what it makes has the meaning of the data and nothing of anyone's layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["Mangler"]

_PLAIN = re.compile(r"[A-Za-z][\w .-]*|\d+(\.\d+)? [A-Z]{3}")


class Mangler:
    """``pick(n)`` gives a number below ``n``; every decision about the layout is made with it."""

    def __init__(self, pick: Callable[[int], int]) -> None:
        self.pick = pick
        self.comments: list[str] = []
        self.after_text = False  # a text in lines of its own would swallow a comment that stands as deep

    def text(self, data: dict[str, Any]) -> str:
        """The whole file."""
        head = "".join(self.own_lines(0))
        return head + "\n".join(self.block(data, self.pick(3))) + "\n" * self.pick(4)

    def block(self, data: Any, indent: int) -> Iterator[str]:
        """A mapping or a list in lines of its own."""
        pad = " " * indent
        if isinstance(data, dict):
            for key, value in data.items():
                yield from self.apart(indent)
                yield from self.value(f"{pad}{self.scalar(key)}{' ' * (self.pick(4) == 0)}:", value, indent, may_stay=True)
        else:
            for item in data:
                yield from self.apart(indent)
                yield from self.value(f"{pad}-", item, indent, may_stay=False)

    def value(self, before: str, value: Any, indent: int, *, may_stay: bool) -> Iterator[str]:
        if isinstance(value, (dict, list)) and value and self.pick(3):
            yield before + self.end()
            stays = may_stay and isinstance(value, list) and self.pick(2)
            yield from self.block(value, indent if stays else indent + 1 + self.pick(5))
        elif isinstance(value, (dict, list)):
            yield f"{before} {' ' * self.pick(3)}{self.flow(value, indent + 1)}{self.end()}"
        elif isinstance(value, str) and self.pick(8) == 0 and _PLAIN.fullmatch(value):
            style = "|>"[self.pick(2)] + "-"
            yield f"{before} {style}{self.end()}"
            yield " " * (indent + 1 + self.pick(3)) + value
            self.after_text = True
        elif self.pick(8) == 0:
            yield before + self.end()
            yield f"{' ' * (indent + 1 + self.pick(3))}{self.scalar(value)}{self.end()}"
        else:
            yield f"{before} {' ' * self.pick(3)}{self.scalar(value)}{self.end()}"

    def flow(self, data: Any, indent: int) -> str:
        if isinstance(data, dict):
            inside = [f"{self.scalar(key)}: {' ' * self.pick(2)}{self.flow(each, indent)}" for key, each in data.items()]
            return "{" + self.listed(inside, indent) + "}"
        if isinstance(data, list):
            return "[" + self.listed([self.flow(each, indent) for each in data], indent) + "]"
        return self.scalar(data, flow=True)

    def listed(self, parts: list[str], indent: int) -> str:
        out = self.gap(indent)
        for number, part in enumerate(parts):
            comma = "," if number < len(parts) - 1 else ",,"[: self.pick(2)]
            out += part + " " * self.pick(2) + comma + (self.gap(indent) if comma else "")
        return out + (self.gap(indent) if parts else "")

    def gap(self, indent: int) -> str:
        """White space between the parts of brackets."""
        if self.pick(8):
            return " " * self.pick(3)
        return self.end() + "\n" + "".join(self.own_lines(indent)) + " " * (indent + self.pick(6))

    def scalar(self, value: Any, *, flow: bool = False) -> str:
        if not isinstance(value, str):
            return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)
        if _PLAIN.fullmatch(value) and not re.search(r"\s$", value) and self.pick(3):
            return value
        if self.pick(2):
            return "'" + value.replace("'", "''") + "'"
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def apart(self, indent: int) -> Iterator[str]:
        """Blank lines and comments before an entry."""
        blank = "" if self.after_text else " " * self.pick(3)  # white space as deep as a text would be part of it
        yield from [blank] * (self.pick(3) if self.pick(3) == 0 else 0)
        yield from (line.rstrip("\n") for line in self.own_lines(indent))

    def own_lines(self, indent: int) -> Iterator[str]:
        while self.pick(7) == 0:
            yield " " * self.pick(indent + (1 if self.after_text else 4)) + self.comment() + "\n" * (1 + self.pick(2))
        self.after_text = False

    def end(self) -> str:
        return " " * (1 + self.pick(3)) + self.comment() if self.pick(6) == 0 else " " * self.pick(2)

    def comment(self) -> str:
        self.comments.append(f"#{' ' * self.pick(2)}note {len(self.comments)}" + " {[: '\""[: self.pick(6)].rstrip())
        return self.comments[-1]
