"""The whole algebra on terms: choices and texts, too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from remit.core.logic import Logic, sort_of
from remit.core.term import Term
from remit.language.words import money_text

__all__ = ["Term", "Terms"]

#: A choice among more values is a term of its own, not a chain of ``ite``.
_MOST_BRANCHES: Final = 8


class Terms(Logic):
    """Makes terms. Its methods are the algebra in which :mod:`remit.core.laws` and :mod:`remit.core.tell` are written."""

    # Choices

    def best(self, entries: Iterable[tuple[Any, Any, int]]) -> tuple[Term, Term]:
        """Law 1: the greatest amount among (holds, amount, number) that hold, at least 0, and the number of the first that has
        it, or -1."""
        kept: list[tuple[Term, Term, int]] = []
        for holds, amount, number in entries:
            condition, value = self.const(holds), self.const(amount)
            never = (condition.kind == "const" and not condition.value) or (value.high is not None and value.high <= 0)
            if not never:
                kept.append((condition, value, number))
        if not kept:
            return self.const(0), self.const(-1)
        node = self._make("best", _flat(kept), tuple(number for *_, number in kept), "x")
        return self._make("amount", (node,)), self._make("winner", (node,))

    def least(self, start: Any, entries: Iterable[tuple[Any, Any, int]]) -> tuple[Term, Term]:
        """The least amount among those that hold and ``start``, and the number of the first that has it, or -1."""
        first = self.const(start)
        kept: list[tuple[Term, Term, int]] = []
        for holds, amount, number in entries:
            condition, value = self.const(holds), self.const(amount)
            never = (condition.kind == "const" and not condition.value) or (
                first.high is not None and value.low is not None and value.low >= first.high
            )
            if not never:
                kept.append((condition, value, number))
        if not kept:
            return first, self.const(-1)
        node = self._make("least", (first, *_flat(kept)), tuple(number for *_, number in kept), "x")
        return self._make("amount", (node,)), self._make("winner", (node,))

    def pick(self, conditions: Sequence[Any], *, unique: bool = False) -> Term:
        """The place of the first that holds, or -1; ``unique``: their count where several hold."""
        known = tuple(map(self.const, conditions))
        if not unique:
            for place, each in enumerate(known):
                if each.kind == "const" and each.value:
                    known = known[: place + 1]
                    break
        if all(each.kind == "const" and not each.value for each in known):
            return self.const(-1)
        if known[0].kind == "const" and known[0].value and not unique:
            return self.const(0)
        return self._make("pick", known, unique)

    def at(self, number: Any, values: Sequence[Any], other: Any) -> Term:
        """``values[number]``; ``other`` for -1."""
        place = self.const(number)
        if place.kind == "const":
            return self.const(other if place.value == -1 else values[place.value])
        if not any(isinstance(each, Term) for each in (*values, other)):
            return self._looked_up(place, (*values, other))
        found = self.const(other)
        if len(values) > _MOST_BRANCHES and found.sort == "i":
            return self._make("at", (place, *map(self.const, values), found), None, "i")
        for index in range(len(values) - 1, -1, -1):
            found = self.ite(self.eq(place, index), values[index], found)
        return found

    def _looked_up(self, place: Term, values: tuple[Any, ...]) -> Term:
        low, high = (
            -1 if place.low is None else max(-1, place.low),
            len(values) - 2 if place.high is None else min(place.high, len(values) - 2),
        )
        reached = {values[index] for index in range(low, high + 1)}
        if len(reached) == 1:
            return self.const(reached.pop())
        made = self._make("look", (place,), values, sort_of(values[-1]))
        if made.sort == "i":
            made.low, made.high = min(reached), max(reached)
        return made

    def call(self, function: Any, *args: Any, sort: str = "x", low: int | None = None, high: int | None = None) -> Term:
        """``function(*args)``: anything outside these kinds."""
        made = self._make("call", tuple(map(self.const, args)), function, sort)
        made.low, made.high = low, high
        return made

    # Text

    def cat(self, *parts: Any) -> Term:
        """Texts one after another."""
        kept: list[Term] = []
        for part in map(self.const, parts):
            for each in part.args if part.kind == "cat" else (part,):
                if kept and each.kind == "const" and kept[-1].kind == "const":
                    kept[-1] = self.const(kept[-1].value + each.value)
                elif each.kind != "const" or each.value:
                    kept.append(each)
        if not kept:
            return self.const("")
        return kept[0] if len(kept) == 1 else self._make("cat", tuple(kept))

    def money(self, amount: Any, digits: int, currency: str) -> Term:
        """``12.50 EUR``."""
        term = self.const(amount)
        if term.kind == "const":
            return self.const(money_text(term.value, digits, currency))
        return self._make("money", (term,), (digits, currency))

    def digits(self, amount: Any) -> Term:
        """``1250``."""
        term = self.const(amount)
        return self.const(str(term.value)) if term.kind == "const" else self._make("digits", (term,))

    def quote(self, text: Any) -> Term:
        """A text as JSON has it."""
        return self._make("quote", (self.const(text),))

    def listing(self, pieces: Iterable[tuple[Any, tuple[str, Any] | None, Any]]) -> Term:
        """The texts of (holds, key, text) that hold, with commas between them; of those with the same key the first. A key is
        a group and a number."""
        kept: list[Term] = []
        groups: list[str | None] = []
        for holds, key, text in pieces:
            condition = self.const(holds)
            if condition.kind == "const" and not condition.value:
                continue
            group, number = key or (None, 0)
            kept += [condition, self.const(number), self.const(text)]
            groups.append(group)
        alone = all(group is None or groups.count(group) == 1 for group in groups)
        if not kept:
            return self.const("")
        if len(groups) == 1:
            return self.ite(kept[0], kept[2], "")
        if alone and all(each.kind == "const" for each in kept[::3]):
            return self.cat(*_commas(kept[2::3]))
        return self._make("listing", tuple(kept), tuple(groups))


def _commas(texts: Sequence[Term]) -> list[Any]:
    out: list[Any] = []
    for text in texts:
        out += [",", text]
    return out[1:]


def _flat(entries: Iterable[tuple[Term, Term, int]]) -> tuple[Term, ...]:
    return tuple(each for holds, amount, _ in entries for each in (holds, amount))
