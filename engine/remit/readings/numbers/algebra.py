"""The algebra of the laws on plain numbers, truth values and texts: the definition. Each operation is what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring
from typing import Any

from remit.language.words import money_text

__all__ = ["NUMBERS", "Numbers"]


class Numbers:
    """See :class:`remit.core.terms.Terms`, whose methods these are."""

    def add(self, *values: int) -> int:
        return sum(values)

    def sub(self, a: int, b: int) -> int:
        return a - b

    def scale(self, factor: int, value: int) -> int:
        return factor * value

    def div(self, value: int, by: int) -> int:
        return value // by

    def min(self, *values: int) -> int:
        return min(values)

    def max(self, *values: int) -> int:
        return max(values)

    def lt(self, a: int, b: int) -> bool:
        return a < b

    def le(self, a: int, b: int) -> bool:
        return a <= b

    def eq(self, a: Any, b: Any) -> bool:
        return bool(a == b)

    def and_(self, *values: bool) -> bool:
        return all(values)

    def or_(self, *values: bool) -> bool:
        return any(values)

    def not_(self, value: bool) -> bool:
        return not value

    def ite(self, condition: bool, yes: Any, no: Any) -> Any:
        return yes if condition else no

    def best(self, entries: Iterable[tuple[bool, int, int]]) -> tuple[int, int]:
        most, found = 0, -1
        for holds, amount, number in entries:
            if holds and amount > most:
                most, found = amount, number
        return most, found

    def least(self, start: int, entries: Iterable[tuple[bool, int, int]]) -> tuple[int, int]:
        least, found = start, -1
        for holds, amount, number in entries:
            if holds and amount < least:
                least, found = amount, number
        return least, found

    def pick(self, conditions: Sequence[bool]) -> int:
        return next((place for place, holds in enumerate(conditions) if holds), -1)

    def at(self, number: int, values: Sequence[Any], other: Any) -> Any:
        return other if number == -1 else values[number]

    def cat(self, *parts: str) -> str:
        return "".join(parts)

    def money(self, amount: int, digits: int, currency: str) -> str:
        return money_text(amount, digits, currency)

    def digits(self, amount: int) -> str:
        return str(amount)

    def quote(self, text: str | None) -> str:
        return "null" if text is None else encode_basestring(text)

    def listing(self, pieces: Iterable[tuple[bool, tuple[str, Any] | None, str]]) -> str:
        said: set[tuple[str, Any]] = set()
        out = []
        for holds, key, text in pieces:
            if holds and key not in said:
                out.append(text)
                if key is not None:
                    said.add(key)
        return ",".join(out)


#: It has no state.
NUMBERS = Numbers()
