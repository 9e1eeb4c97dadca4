"""Did you mean ...?"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["closest", "distance"]

#: Longer words are not looked for: nobody misspells a hundred letters, and the cost grows with the square.
_LONGEST = 100


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that ``word`` was most likely meant to be, or ``None`` where none is near.

    What differs only by case, spaces, ``_`` or ``-`` is nearest. Then come candidates within a third of the letters (each
    letter added, dropped, changed, or swapped with its neighbour is one). Last, a candidate that begins with ``word``, or whose
    part after the last dot is ``word`` or near it (``tier`` for ``guest.tier``), if there is only one.

    >>> closest("guest.teir", ["guest.tier", "guest.id"])
    'guest.tier'
    >>> closest("Guest.Tier", ["guest.tier", "guest.id"])
    'guest.tier'
    >>> closest("tier", ["guest.tier", "guest.id"])
    'guest.tier'
    >>> closest("weather", ["guest.tier", "guest.id"])
    """
    if not word or len(word) > _LONGEST:
        return None
    known = sorted(set(candidates))
    plain = _plain(word)
    for name in known:
        if _plain(name) == plain:
            return name
    found = [(apart, name) for name in known if (apart := _apart(word.casefold(), name.casefold())) is not None]
    return min(found)[1] if found else _by_part(word, known)


def _apart(word: str, name: str) -> int | None:
    """The distance, within a third of the letters in which they may differ: equal parts of dotted names do not count."""
    left, right = word.split("."), name.split(".")
    while len(left) > 1 and len(right) > 1 and left[0] == right[0]:
        left, right = left[1:], right[1:]
    while len(left) > 1 and len(right) > 1 and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    one, other = ".".join(left), ".".join(right)
    allowed = max(1, len(one) // 3)
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


def _by_part(word: str, known: list[str]) -> str | None:
    """The only candidate that begins with ``word``, or whose last part is ``word``, or nearly so."""
    last = word.rpartition(".")[2]
    begun = [name for name in known if len(word) > 2 and _plain(name).startswith(_plain(word))]
    same = [name for name in known if "." in name and _plain(name.rpartition(".")[2]) == _plain(last)]
    near = [name for name in known if "." in name and _apart(word.casefold(), name.rpartition(".")[2].casefold()) is not None]
    return next((names[0] for names in (begun, same, near) if len(names) == 1), None)
