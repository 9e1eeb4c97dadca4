"""Regular expressions as the standard means them: XPath and XQuery Functions and Operators 3.1, 5.6 (flags ``s m i x q``).

They differ from Python's: classes can be subtracted (``[a-z-[aeiou]]``), ``\\i`` and ``\\c`` are XML names, ``\\p{L}`` are
Unicode categories and ``\\p{IsGreek}`` blocks, ``$`` is the very end, ``.`` stops at a carriage return too.

No pattern can stall a decision: see :mod:`remit.language.pattern.engines`. A pattern of more than :data:`MOST_PATTERN`
characters, or a text of more than :data:`MOST_TEXT`, gives null.

Why no library does this: the one well-kept package with linear time and ready-made wheels binds RE2, which has no references
back to groups, no subtraction of classes, no XML names or blocks, and no flags ``x`` and ``q`` as the standard means them. All
that reads and rewrites patterns here would have to stay in front of it, and only the matcher (``linear.py``, 200 lines) would
go, for a compiled dependency of every counter. ``re`` and ``regex`` backtrack: on the common subset ``re`` is what the tests
compare with.
"""

from __future__ import annotations

from remit.language.pattern.engines import MOST_PATTERN, MOST_TEXT, all_matches, problem, searcher
from remit.language.pattern.pattern_tree import PatternError
from remit.language.pattern.template import template

__all__ = ["MOST_PATTERN", "MOST_TEXT", "PatternError", "matches", "problem", "replace", "split"]


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
    position = 0
    for (start, end), groups in all_matches(search, text):
        out += (text[position:start], write(text, groups))
        position = end
    return "".join((*out, text[position:]))


def split(text: str, delimiter: str) -> list[str] | None:
    """The parts of ``text`` between the matches; ``None`` where the pattern is not valid or matches the empty text."""
    search = searcher(text, delimiter, "")
    if search is None or search("", 0) is not None:
        return None
    out: list[str] = []
    position = 0
    for (start, end), _ in all_matches(search, text):
        out.append(text[position:start])
        position = end
    return [*out, text[position:]]
