"""Did you mean ...?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from heapq import nsmallest

from remit.language.fast_dataclass import dataclass

__all__ = ["closest", "distance"]

#: Longer words are not looked for: nobody misspells a hundred letters, and the cost grows with the square.
_LONGEST = 100
#: How many candidates are compared letter by letter.
_FEW = 50


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that ``word`` was most likely meant to be, or ``None`` where none is near.

    What differs only by case, spaces, ``_`` or ``-``, or by the order of its dotted parts, is nearest. Then come candidates
    within a third of the letters (each letter added, dropped, changed, or swapped with its neighbour is one). Last, a candidate
    that begins with ``word``, or whose part after the last dot is ``word`` or near it (``tier`` for ``guest.tier``), if there
    is only one.

    >>> closest("guest.teir", ["guest.tier", "guest.id"])
    'guest.tier'
    >>> closest("Guest.Tier", ["guest.tier", "guest.id"])
    'guest.tier'
    >>> closest("tier", ["guest.tier", "guest.id"])
    'guest.tier'
    >>> closest("weather", ["guest.tier", "guest.id"])
    """
    return _closest(word, frozenset(candidates)) if word and len(word) <= _LONGEST else None


@lru_cache(maxsize=1024)
def _closest(word: str, candidates: frozenset[str]) -> str | None:
    known = _index(candidates)
    same = known.plain.get(_plain(word))
    if same is not None:
        return same
    parts = sorted(word.split("."))
    swapped = [name for name, _ in known.letters if len(parts) > 1 and sorted(name.split(".")) == parts]
    if len(swapped) == 1:
        return swapped[0]
    folded = word.casefold()
    best, limit = None, _LONGEST
    for name in known.likely(folded):
        apart = _apart(folded, name.casefold(), limit)
        if apart is not None:
            best, limit = name, apart - 1
    return best or _by_part(word, known)


@dataclass(frozen=True, slots=True)
class _Index:
    """Candidates, in order: by what is left of them without case and separators, and with the letters that they have."""

    plain: dict[str, str]
    letters: tuple[tuple[str, int], ...]

    def likely(self, word: str) -> list[str]:
        """The candidates that are worth a look: those that differ from ``word`` in the fewest letters, and in length."""
        letters, most = _letters(word), 2 * max(1, len(word) // 3)
        near = [
            (apart, abs(len(name) - len(word)), name)
            for name, mask in self.letters
            if (apart := (letters ^ mask).bit_count()) <= most
        ]
        return [name for *_, name in nsmallest(_FEW, near)]


@lru_cache(maxsize=32)
def _index(candidates: frozenset[str]) -> _Index:
    names = sorted(candidates)
    letters = tuple((name, _letters(name.casefold())) for name in names)
    return _Index({_plain(name): name for name in reversed(names)}, letters)


def _letters(word: str) -> int:
    """The set of letters of ``word``, as bits: each letter that only one of two words has costs at least half a change."""
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) & 63)
    return bits


def _apart(word: str, name: str, limit: int = _LONGEST) -> int | None:
    """The distance, if within ``limit`` and a third of the letters in which they may differ: equal parts of dotted names do
    not count."""
    left, right = word.split("."), name.split(".")
    while len(left) > 1 and len(right) > 1 and left[0] == right[0]:
        left, right = left[1:], right[1:]
    while len(left) > 1 and len(right) > 1 and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    one, other = ".".join(left), ".".join(right)
    allowed = min(limit, max(1, len(one) // 3))
    if min(len(one), len(other)) < 2 or abs(len(one) - len(other)) > allowed:
        return None
    return distance(one, other, allowed)


def distance(left: str, right: str, limit: int) -> int | None:
    """How many letters must be added, dropped, changed or swapped with a neighbour to make ``right`` out of ``left``;
    ``None`` where more than ``limit`` (optimal string alignment).

    >>> distance("teir", "tier", 2)
    1
    >>> distance("abc", "xyz", 2)
    """
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        before, previous, row = row, before, [i]
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return None
    return row[-1] if row[-1] <= limit else None


def _plain(word: str) -> str:
    return "".join(char for char in word.casefold() if char not in " _-")


def _by_part(word: str, known: _Index) -> str | None:
    """The only candidate that begins with ``word``, or whose last part is ``word``, or nearly so."""
    plain, last = _plain(word), _plain(word.rpartition(".")[2])
    dotted = [(name, name.rpartition(".")[2]) for name, _ in known.letters if "." in name]
    begun = [name for left, name in known.plain.items() if len(word) > 2 and left.startswith(plain)]
    same = [name for name, end in dotted if _plain(end) == last]
    some = dotted if len(dotted) <= _FEW else []  # among many, a misspelt last part alone says too little
    near = [name for name, end in some if _apart(word.casefold(), end.casefold()) is not None]
    return next((names[0] for names in (begun, same, near) if len(names) == 1), None)
