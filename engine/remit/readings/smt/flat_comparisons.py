"""Comparisons that stay flat: pushed through ``best``, ``least``, ``min``, ``max`` and choices down to single amounts.

That a limit is above 100 EUR must not become the maximum of 500 amounts compared with 100 EUR, but "some rule holds, and its
amount is above 100 EUR": at 500 rules that takes a fiftieth of the time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final, TypeAlias

from remit.core.term import Term
from remit.readings.smt.script import FALSE, TRUE, Script, all_of, any_of, negated, number

__all__ = ["FlatComparisons"]

#: A weighted sum of terms.
_Parts: TypeAlias = Sequence[tuple[int, Term]]

#: A comparison with more amounts than this on its two sides together is not multiplied out.
_MOST_PAIRS: Final = 2_000


class FlatComparisons(ABC):
    """The part of :class:`remit.readings.smt.encoding.Encoding` that compares."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self._sizes: dict[Term, int] = {}

    @abstractmethod
    def truth(self, term: Term) -> str:
        """A truth value as text."""

    @abstractmethod
    def value(self, term: Term) -> str:
        """A whole number, or the code of a text."""

    @abstractmethod
    def places(self, term: Term) -> list[str]:
        """For each place that a number can be, whether it is that; the last is for -1."""

    def places_among(self, term: Term, count: int) -> list[str]:
        """The same for a choice among ``count`` values: none after a condition that always holds is ever chosen."""
        *places, none = self.places(term)
        return [*places, *[FALSE] * (count - 1 - len(places)), none]

    def at_least(self, parts: _Parts, least: int, beside: str = "") -> str:
        """Whether a weighted sum is at least ``least``, or ``least`` and the number ``beside``."""
        found, total = _expanded(parts)
        pairs = 1
        for _, term in found:
            pairs *= self._size(term)
        if pairs > _MOST_PAIRS:
            largest = max(range(len(found)), key=lambda place: self._size(found[place][1]))
            push = {largest}
        else:
            push = {place for place, (_, term) in enumerate(found) if self._size(term) > 1}
        return self.script.define(self._pushed(found, push, least - total, beside), "Bool")

    def _pushed(self, parts: _Parts, push: set[int], least: int, beside: str) -> str:
        """The comparison with the choices at the places ``push`` resolved, one after another."""
        if not push:
            return self._linear(parts, least, beside)
        place = min(push)
        weight, term = parts[place]
        rest = [each for other, each in enumerate(parts) if other != place]
        others = {other - 1 if other > place else other for other in push if other != place}

        def chosen(each: Term) -> str:
            inner, total = _expanded([(weight, each)])
            more = {len(rest) + other for other, (_, part) in enumerate(inner) if self._size(part) > 1}
            return self._pushed([*rest, *inner], others | more, least - total, beside)

        branches = self.branches(term)
        if branches is None:
            return all_of(
                any_of((negated(holds), self.script.define(chosen(each), "Bool"))) for holds, each in self._cases(term)
            )
        highest, entries = branches
        if highest == (weight > 0):
            return any_of(all_of((holds, self.script.define(chosen(each), "Bool"))) for holds, each in entries)
        return all_of(any_of((negated(holds), self.script.define(chosen(each), "Bool"))) for holds, each in entries)

    def branches(self, term: Term) -> tuple[bool, list[tuple[str, Term]]] | None:
        """Whether the highest of those that hold counts (else the lowest), and these."""
        if term.kind in ("min", "max"):
            return term.kind == "max", [(TRUE, each) for each in term.args]
        if term.kind != "amount":
            return None
        node = term.args[0]
        start = () if node.kind == "best" else (node.args[0],)
        pairs = node.args[len(start) :]
        entries = [(self.truth(holds), amount) for holds, amount in zip(pairs[::2], pairs[1::2], strict=True)]
        if node.kind == "best":
            return True, [(TRUE, _nothing(term)), *entries]
        return False, [*((TRUE, each) for each in start), *entries]

    def _cases(self, term: Term) -> list[tuple[str, Term]]:
        """The values of a choice, each with when it is that."""
        if term.kind == "ite":
            condition = self.truth(term.args[0])
            return [(condition, term.args[1]), (negated(condition), term.args[2])]
        return list(zip(self.places_among(term.args[0], len(term.args) - 1), term.args[1:], strict=True))

    def _size(self, term: Term) -> int:
        """How many amounts a comparison with ``term`` comes to; 1 for one that is compared as it is."""
        if term not in self._sizes:
            inner: Sequence[Term] = ()
            if term.kind in ("min", "max"):
                inner = term.args
            elif term.kind == "amount":
                inner = term.args[0].args[1::2] if term.args[0].kind == "best" else term.args[0].args[::2]
            elif term.kind in ("ite", "at") and any(self._size(each) > 1 for each in term.args[1:]):
                inner = term.args[1:]
            elif term.kind == "sum" and term.args:
                inner = ()
            self._sizes[term] = max(2, sum(map(self._size, inner))) if inner else 1
        return self._sizes[term]

    def _linear(self, parts: _Parts, least: int, beside: str) -> str:
        weights: dict[str, int] = {}
        total = 0
        for weight, term in parts:
            if term.kind == "const":
                total += weight * term.value
            else:
                value = self.value(term)
                weights[value] = weights.get(value, 0) + weight
        left = [each if weight == 1 else f"(* {number(weight)} {each})" for each, weight in weights.items() if weight]
        right = number(least - total) if not beside else f"(+ {number(least - total)} {beside})"
        if not left and not beside:
            return TRUE if total >= least else FALSE
        added = left[0] if len(left) == 1 else f"(+ {' '.join(left)})" if left else "0"
        return f"(>= {added} {right})"


def _expanded(parts: _Parts) -> tuple[list[tuple[int, Term]], int]:
    """Without sums inside, and the constants apart; the weights of one term joined."""
    weights: dict[Term, int] = {}
    total, queue = 0, list(parts)
    while queue:
        weight, term = queue.pop(0)
        if term.kind == "const":
            total += weight * term.value
        elif term.kind == "sum":
            inner, more = term.value
            total += weight * more
            queue += [(weight * each, arg) for each, arg in zip(inner, term.args, strict=True)]
        else:
            weights[term] = weights.get(term, 0) + weight
    return [(weight, term) for term, weight in weights.items() if weight], total


def _nothing(like: Term) -> Term:
    """The constant 0, which a ``best`` is at least."""
    zero = Term()
    zero.kind, zero.args, zero.value, zero.sort = "const", (), 0, "i"
    zero.low = zero.high = 0
    zero.optional, zero.number = False, -1
    return zero
