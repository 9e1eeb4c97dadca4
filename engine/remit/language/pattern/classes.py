"""Sets of characters as sorted ranges of code points: Unicode categories and blocks, and the classes of XML Schema."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

__all__ = ["Chars", "block", "category", "complement", "escape", "spelled", "union"]

#: Sorted, disjoint ranges of code points, both ends included.
Chars: TypeAlias = tuple[tuple[int, int], ...]

_LAST: Final = sys.maxunicode
#: All that Unicode has assigned lies in these; the rest is ``Cn``, private use (``Co``) and surrogates (``Cs``).
_ASSIGNED: Final = (range(0x33480), range(0xE0000, 0xE01F0))
_PRIVATE: Final = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))

#: The general categories of Unicode: a group, and what may follow it.
_GROUPS: Final = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon"}
_CATEGORIES: Final = frozenset(group + kind for group, kinds in _GROUPS.items() for kind in ("", *kinds))

#: Blocks of Unicode under the names of XML Schema, of the scripts and signs that a policy may speak of.
_BLOCKS: Final[Mapping[str, tuple[int, int]]] = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "IPAExtensions": (0x0250, 0x02AF),
    "SpacingModifierLetters": (0x02B0, 0x02FF),
    "CombiningDiacriticalMarks": (0x0300, 0x036F),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Armenian": (0x0530, 0x058F),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
    "Syriac": (0x0700, 0x074F),
    "Thaana": (0x0780, 0x07BF),
    "Devanagari": (0x0900, 0x097F),
    "Bengali": (0x0980, 0x09FF),
    "Gurmukhi": (0x0A00, 0x0A7F),
    "Gujarati": (0x0A80, 0x0AFF),
    "Oriya": (0x0B00, 0x0B7F),
    "Tamil": (0x0B80, 0x0BFF),
    "Telugu": (0x0C00, 0x0C7F),
    "Kannada": (0x0C80, 0x0CFF),
    "Malayalam": (0x0D00, 0x0D7F),
    "Sinhala": (0x0D80, 0x0DFF),
    "Thai": (0x0E00, 0x0E7F),
    "Lao": (0x0E80, 0x0EFF),
    "Tibetan": (0x0F00, 0x0FFF),
    "Myanmar": (0x1000, 0x109F),
    "Georgian": (0x10A0, 0x10FF),
    "HangulJamo": (0x1100, 0x11FF),
    "Ethiopic": (0x1200, 0x137F),
    "Khmer": (0x1780, 0x17FF),
    "Mongolian": (0x1800, 0x18AF),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "SuperscriptsandSubscripts": (0x2070, 0x209F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "BoxDrawing": (0x2500, 0x257F),
    "BlockElements": (0x2580, 0x259F),
    "GeometricShapes": (0x25A0, 0x25FF),
    "MiscellaneousSymbols": (0x2600, 0x26FF),
    "Dingbats": (0x2700, 0x27BF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "Bopomofo": (0x3100, 0x312F),
    "HangulCompatibilityJamo": (0x3130, 0x318F),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7AF),
    "PrivateUse": (0xE000, 0xF8FF),
    "CJKCompatibilityIdeographs": (0xF900, 0xFAFF),
    "AlphabeticPresentationForms": (0xFB00, 0xFB4F),
    "ArabicPresentationForms-A": (0xFB50, 0xFDFF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
}


def union(*sets: Iterable[tuple[int, int]]) -> Chars:
    """All characters that are in any of the sets."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(pair for each in sets for pair in each):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return tuple(out)


def complement(chars: Chars) -> Chars:
    """All characters that are not in the set."""
    out: list[tuple[int, int]] = []
    start = 0
    for low, high in chars:
        if low > start:
            out.append((start, low - 1))
        start = high + 1
    if start <= _LAST:
        out.append((start, _LAST))
    return tuple(out)


def spelled(chars: Chars) -> str:
    """The inside of a Python character class."""
    return "".join(_point(low) if low == high else f"{_point(low)}-{_point(high)}" for low, high in chars)


def _point(code: int) -> str:
    char = chr(code)
    return char if code < 128 and char.isalnum() else f"\\U{code:08x}"


@lru_cache(maxsize=1)
def _by_category() -> dict[str, Chars]:
    found: dict[str, list[tuple[int, int]]] = {}
    for codes in _ASSIGNED:
        for low, high, name in _runs(codes):
            found.setdefault(name, []).append((low, high))
    out = {name: union(pairs) for name, pairs in found.items() if name not in ("Cn", "Co", "Cs")}
    out["Co"] = _PRIVATE
    out["Cs"] = ((0xD800, 0xDFFF),)
    out["Cn"] = complement(union(*out.values()))
    return out


def _runs(codes: range) -> Iterator[tuple[int, int, str]]:
    start, name = codes[0], unicodedata.category(chr(codes[0]))
    for code in codes[1:]:
        current = unicodedata.category(chr(code))
        if current != name:
            yield start, code - 1, name
            start, name = code, current
    yield start, codes[-1], name


@lru_cache(maxsize=64)
def category(name: str) -> Chars | None:
    """The characters of a general category (``Lu``) or a group of them (``L``)."""
    if name not in _CATEGORIES:
        return None
    return union(*(chars for each, chars in _by_category().items() if each.startswith(name)))


def block(name: str) -> Chars | None:
    """The characters of a block (``Cyrillic``)."""
    found = _BLOCKS.get(name)
    return None if found is None else (found,)


_SPACE: Final[Chars] = ((0x09, 0x0A), (0x0D, 0x0D), (0x20, 0x20))
#: Where a name may start, and what else may stand in it: XML 1.0, fifth edition, productions 4 and 4a.
_NAME_START: Final[Chars] = (
    (0x3A, 0x3A),
    (0x41, 0x5A),
    (0x5F, 0x5F),
    (0x61, 0x7A),
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x2FF),
    (0x370, 0x37D),
    (0x37F, 0x1FFF),
    (0x200C, 0x200D),
    (0x2070, 0x218F),
    (0x2C00, 0x2FEF),
    (0x3001, 0xD7FF),
    (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD),
    (0x10000, 0xEFFFF),
)
_NAME_MORE: Final[Chars] = ((0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))


@lru_cache(maxsize=16)
def escape(letter: str) -> Chars | None:
    """The characters of ``\\d \\s \\w \\i \\c`` (XML Schema: ``\\w`` is all but punctuation, separators and others)."""
    match letter:
        case "d":
            return category("Nd")
        case "s":
            return _SPACE
        case "w":
            return complement(union(category("P") or (), category("Z") or (), category("C") or ()))
        case "i":
            return _NAME_START
        case "c":
            return union(_NAME_START, _NAME_MORE)
        case "D" | "S" | "W" | "I" | "C":
            return complement(escape(letter.lower()) or ())
    return None
