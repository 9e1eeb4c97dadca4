"""The replacement of ``replace``: plain text in which ``$1`` is a group, ``$0`` the match, ``\\$`` and ``\\\\`` themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from remit.language.pattern.pattern_tree import Groups

__all__ = ["template"]

#: A group, an escape, plain text; whatever else there is, is a mistake.
_PART: Final = re.compile(r"\$(?P<group>[0-9]{1,9})|\\(?P<escaped>[\\$])|(?P<plain>[^$\\]+)")


def template(replacement: str, *, plain: bool = False) -> Callable[[str, Groups], str] | None:
    """What to write for a match, given the text and the groups; ``None`` where a ``$`` or ``\\`` stands alone."""
    if plain:
        return lambda text, groups: replacement
    parts: list[str | int] = []
    position = 0
    while position < len(replacement):
        found = _PART.match(replacement, position)
        if found is None:
            return None
        position = found.end()
        group = found["group"]
        parts.append(found["escaped"] or found["plain"] if group is None else int(group))
    return lambda text, groups: "".join(_fill(part, text, groups) for part in parts)


def _fill(part: str | int, text: str, groups: Groups) -> str:
    """A number beyond the last group is the longest group number that it starts with, then plain digits."""
    if isinstance(part, str):
        return part
    number, rest = str(part), ""
    while int(number) >= len(groups) and len(number) > 1:
        number, rest = number[:-1], number[-1] + rest
    span = groups[int(number)] if int(number) < len(groups) else None
    return (text[span[0] : span[1]] if span else "") + rest
