"""When two ids are the same: one rule for all that caps, claims, histories and approvals are kept by; and what is a story.

Ids are compared as trimmed, case-folded text in Unicode's normal form NFKC (UAX #15), with any run of blanks as one. The
spelling that was given is what is recorded. Two customers may share a balance by that, but nobody gets a second one by another
spelling: merging too much blocks, it never pays twice.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from remit.language.locales.messages import Message

__all__ = ["LATIN", "has_words", "identity", "is_plain_id", "latin", "refuse_id"]

#: Cyrillic and Greek letters, and the Latin ones that they look like.
LATIN: Final = dict(
    zip(
        "аеорсухіѕјһԁԛԝАВЕКМНОРСТУХІЅЈ" + "οανρικυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",  # noqa: RUF001 - they are what this is about
        "aeopcyxisjhdqwABEKMHOPCTYXISJ" + "oavpikuxABEZHIKMNOPTYX",
        strict=True,
    )
)

#: Characters that show nothing though their category does not say so: fillers, joiners, blanks of other scripts.
_BLANKS: Final = frozenset(map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)))
_SELECTORS: Final = frozenset(map(chr, (*range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_INVISIBLE: Final = _BLANKS | _SELECTORS
_WORD: Final = re.compile(r"[^\W\d_]{2}")
#: Control characters, formats (zero-width ones among them), and separators of lines.
_CATEGORIES: Final = frozenset(("Cc", "Cf", "Zl", "Zp"))


def identity(text: str) -> str:
    """What ``text`` is compared by.

    >>> identity(" Ren\\u0065\\u0301\\u00a0 B ") == identity("REN\\u00c9 b")
    True
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(text.lower().split())


def latin(text: str) -> str:
    """``text`` as it would read if its letters that look like Latin ones were these, where it then is all ASCII; else ``text``.

    >>> latin("\u0435-17"), latin("\u0410\u043d\u043d\u0430") == "\u0410\u043d\u043d\u0430"
    ('e-17', True)
    """
    plain = "".join(LATIN.get(char, char) for char in text)
    return plain if plain.isascii() else text


def is_plain_id(text: str) -> bool:
    """Whether ``text`` can be an id: something to see, and nothing that is not to be seen."""
    return ((text.isascii() and text.isprintable()) or not any(map(_hides, text))) and not text.isspace() and text != ""


def refuse_id(text: str) -> None:
    """Raises ``ValueError``, in words for a person, where ``text`` cannot be an id."""
    if is_plain_id(text):
        return
    hidden = next((char for char in text if _hides(char)), None)
    if hidden is None:
        raise ValueError(Message("an id is empty here: leave it out where it is not known"))
    name = unicodedata.name(hidden, "a control character").lower()
    raise ValueError(
        Message(
            "an id has a character in it that cannot be seen (U+{code}, {name}): type it again without",
            code=f"{ord(hidden):04X}",
            name=name,
        )
    )


def has_words(text: str) -> bool:
    """Whether somebody said something: two letters in a row at least.

    >>> has_words("He was cold."), has_words("..."), has_words("x 1"), has_words("\u51b7\u3048\u305f")
    (True, False, False, True)
    """
    return _WORD.search(text) is not None


def _hides(char: str) -> bool:
    return unicodedata.category(char) in _CATEGORIES or char in _INVISIBLE
