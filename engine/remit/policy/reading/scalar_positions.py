"""Where each character of a YAML scalar stands in its file.

A quoted scalar has escapes, a folded or literal one is spread over lines with indentation between them; an error inside it
must still be underlined where the author wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

__all__ = ["Style", "offsets_in"]

Style: TypeAlias = Literal["plain", "single", "double", "literal", "folded"]

#: YAML 1.1, 5.7: what stands after a backslash in double quotes. ``x``, ``u`` and ``U`` are followed by hexadecimal digits.
_ESCAPES: Final = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b", " ": " ",
    '"': '"', "'": "'", "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX_DIGITS: Final = {"x": 2, "u": 4, "U": 8}
_BLANK: Final = " \t\r\n"


def offsets_in(document: str, start: int, end: int, style: Style, text: str) -> Sequence[int]:
    """For each character of ``text`` its offset in ``document``, where the scalar is written from ``start`` to ``end``.

    Exact for all that is visible. Of the blanks that folding takes out or puts in, one nearby is named.
    """
    if style == "plain" and end - start == len(text):
        return range(start, end)
    if style in ("single", "double") and end - start == len(text) + 2 and "\n" not in text and "\\" not in document[start:end]:
        return range(start + 1, end - 1)
    return _aligned(list(_pieces(document, start, end, style)), text, start)


def _aligned(pieces: list[tuple[str, int]], text: str, start: int) -> list[int]:
    out: list[int] = []
    at, last = 0, len(pieces) - 1
    if last < 0:
        return [start] * len(text)
    for char in text:
        if char not in _BLANK:
            while at < last and pieces[at][0] != char:
                at += 1
        out.append(pieces[at][1])
        if at < last and (char not in _BLANK or pieces[at][0] in _BLANK):
            at += 1
    return out


def _pieces(document: str, start: int, end: int, style: Style) -> Iterator[tuple[str, int]]:
    """Each character that is written, escapes resolved, with its offset."""
    if style in ("literal", "folded"):
        header = document.find("\n", start, end)
        yield from _as_they_are(document, end if header < 0 else header + 1, end)
    elif style == "single":
        at = start + 1
        while at < end - 1:
            yield document[at], at
            at += 2 if document.startswith("''", at) else 1
    elif style == "double":
        yield from _unescaped(document, start + 1, end - 1)
    else:
        yield from _as_they_are(document, start, end)


def _as_they_are(document: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    return ((document[at], at) for at in range(start, end))


def _unescaped(document: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    at = start
    while at < end:
        char = document[at]
        if char != "\\":
            yield char, at
            at += 1
            continue
        letter = document[at + 1]
        digits = _HEX_DIGITS.get(letter)
        if digits:
            yield chr(int(document[at + 2 : at + 2 + digits], 16)), at
        elif letter in _ESCAPES:
            yield _ESCAPES[letter], at
        at += 2 + (digits or 0)  # a backslash before a line break joins the lines and stands for nothing
