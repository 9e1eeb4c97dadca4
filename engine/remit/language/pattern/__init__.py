"""Regular expressions as the standard means them: XPath and XQuery Functions and Operators 3.1, 5.6 (flags ``s m i x q``).

They differ from Python's: classes can be subtracted (``[a-z-[aeiou]]``), ``\\i`` and ``\\c`` are XML names, ``\\p{L}`` are
Unicode categories and ``\\p{IsGreek}`` blocks, ``$`` is the very end, ``.`` stops at a carriage return too.

No pattern can stall a decision: see :mod:`remit.language.pattern.engines`. A pattern of more than :data:`MOST_PATTERN`
characters, or a text of more than :data:`MOST_TEXT`, gives null, and so does finding so many matches that it takes too long.

Why no library does this: the one well-kept package with linear time and ready-made wheels binds RE2, which has no references
back to groups, no subtraction of classes, no XML names or blocks, and no flags ``x`` and ``q`` as the standard means them. All
that reads and rewrites patterns here would have to stay in front of it, and only the matcher (``linear.py``, 200 lines) would
go, for a compiled dependency of every counter. ``re`` and ``regex`` backtrack: on the common subset ``re`` is what the tests
compare with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from remit.language.pattern.engines import MOST_PATTERN, MOST_TEXT, all_matches, problem, searcher, work
from remit.language.pattern.pattern_tree import Groups, PatternError

__all__ = ["MOST_PATTERN", "MOST_TEXT", "PatternError", "matches", "problem", "replace", "split", "work"]


def matches(text: str, pattern: str, flags: str = "") -> bool | None:
    """Whether any part of ``text`` matches; ``None`` where the pattern or a flag is not valid."""
    search = searcher(text, pattern, flags)
    return None if search is None else search(text, 0) is not None


def replace(text: str, pattern: str, replacement: str, flags: str = "") -> str | None:
    """``text`` with every match replaced; ``$1`` in the replacement is a group, ``$0`` the match, ``\\$`` a dollar.

    ``None`` where the pattern, a flag or the replacement is not valid, or the pattern matches the empty text.
    """
    search = searcher(text, pattern, flags)
    write = template(replacement, plain="q" in flags)
    if search is None or write is None or search("", 0) is not None:
        return None
    out: list[str] = []
    position, size = 0, len(text)
    try:
        for (start, end), groups in all_matches(search, text):
            out += (text[position:start], write(text, groups))
            size += len(out[-1])
            if size > _MOST_RESULT:
                return None
            position = end
    except PatternError:
        return None
    return "".join((*out, text[position:]))


def split(text: str, delimiter: str) -> list[str] | None:
    """The parts of ``text`` between the matches; ``None`` where the pattern is not valid or matches the empty text."""
    search = searcher(text, delimiter, "")
    if search is None or search("", 0) is not None:
        return None
    out: list[str] = []
    position = 0
    try:
        for (start, end), _ in all_matches(search, text):
            out.append(text[position:start])
            position = end
    except PatternError:
        return None
    return [*out, text[position:]]


#: No text that is longer, in characters, is put together: it might not fit into memory.
_MOST_RESULT: Final = 1_000_000
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
    return lambda text, groups: _filled(parts, text, groups)


def _filled(parts: list[str | int], text: str, groups: Groups) -> str:
    """All of them; of what is too long in any case, only as much as shows it."""
    out: list[str] = []
    size = 0
    for part in parts:
        out.append(_fill(part, text, groups))
        size += len(out[-1])
        if size > _MOST_RESULT:
            break
    return "".join(out)


def _fill(part: str | int, text: str, groups: Groups) -> str:
    """A number beyond the last group is the longest group number that it starts with, then plain digits."""
    if isinstance(part, str):
        return part
    number, rest = str(part), ""
    while int(number) >= len(groups) and len(number) > 1:
        number, rest = number[:-1], number[-1] + rest
    span = groups[int(number)] if int(number) < len(groups) else None
    return (text[span[0] : span[1]] if span else "") + rest
