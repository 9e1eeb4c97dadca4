"""Terms of whole numbers and truth values, which fold themselves: what is known is worked out, and what cannot matter is left
out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd
from typing import Any, Final

from remit.core.regions import Region, Words, at_least, one_of, points, span
from remit.core.term import BOUNDS, Term

__all__ = ["Logic", "sort_of"]

_SORTS: Final = {
    **dict.fromkeys(("sum", "mul", "div", "min", "max", "amount", "winner", "pick", "bits"), "i"),
    **dict.fromkeys(("in", "same", "and", "or", "not", "has", "meets", "favours"), "b"),
    **dict.fromkeys(("cat", "money", "digits", "quote", "listing"), "s"),
}
_CONST_SORTS: Final[dict[type, str]] = {bool: "b", int: "i", str: "s"}


def sort_of(value: Any) -> str:
    """The sort of a constant."""
    return _CONST_SORTS.get(type(value), "x")


class Logic:
    """Makes terms of whole numbers and truth values. Its methods take terms and plain Python constants alike."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Term] = {}

    # Leaves

    def const(self, value: Any) -> Term:
        """A constant; a term stays what it is."""
        if isinstance(value, Term):
            return value
        return self._make("const", (), value, sort_of(value))

    def var(
        self, name: str, sort: str = "i", low: int | None = None, high: int | None = None, *, optional: bool = False
    ) -> Term:
        """A variable. ``low`` and ``high`` bound it when it is there; ``optional``: it may be missing."""
        made = self._make("var", (), name, sort)
        made.low, made.high, made.optional = low, high, optional
        return made

    def _make(self, kind: str, args: tuple[Term, ...], value: Any = None, sort: str | None = None) -> Term:
        sort = sort or _SORTS[kind]
        key = (kind, sort, value, type(value), *map(id, args))
        found = self._known.get(key)
        if found is None:
            found = Term()
            found.kind, found.args, found.value, found.sort = kind, args, value, sort
            found.number, found.optional = len(self._known), False
            found.low, found.high = BOUNDS[kind](found) if kind in BOUNDS else (None, None)
            self._known[key] = found
        return found

    def made(self, kind: str, args: tuple[Term, ...], value: Any, sort: str) -> Term:
        """A term of a kind that only one reading knows."""
        return self._make(kind, args, value, sort)

    def renewed(self, term: Term, args: tuple[Term, ...]) -> Term:
        """The same kind of term with other arguments; nothing is folded."""
        made = self._make(term.kind, args, term.value, term.sort)
        made.low, made.high, made.optional = term.low, term.high, term.optional
        return made

    # Whole numbers

    def add(self, *terms: Any) -> Term:
        """The sum."""
        return self._sum([(1, self.const(each)) for each in terms])

    def sub(self, a: Any, b: Any) -> Term:
        """``a - b``."""
        return self._sum([(1, self.const(a)), (-1, self.const(b))])

    def scale(self, factor: int, term: Any) -> Term:
        """``factor * term``."""
        return self._sum([(factor, self.const(term))])

    def _sum(self, parts: Iterable[tuple[int, Term]]) -> Term:
        weights: dict[Term, int] = {}
        total = 0
        for factor, term in parts:
            if term.kind == "const":
                total += factor * term.value
                continue
            inner, more = (
                (zip(term.value[0], term.args, strict=True), term.value[1]) if term.kind == "sum" else (((1, term),), 0)
            )
            total += factor * more
            for weight, each in inner:
                weights[each] = weights.get(each, 0) + factor * weight
        kept = [(weight, each) for each, weight in weights.items() if weight]
        if not kept:
            return self.const(total)
        if len(kept) == 1 and kept[0][0] == 1 and not total:
            return kept[0][1]
        kept.sort(key=lambda pair: pair[1].number)
        return self._make("sum", tuple(each for _, each in kept), (tuple(weight for weight, _ in kept), total))

    def mul(self, a: Any, b: Any) -> Term:
        """``a * b``."""
        a, b = self.const(a), self.const(b)
        if a.kind == "const":
            return self.scale(a.value, b)
        if b.kind == "const":
            return self.scale(b.value, a)
        return self._make("mul", (a, b) if a.number <= b.number else (b, a))

    def div(self, a: Any, by: int) -> Term:
        """``a // by``, rounded down; ``by`` is above 0."""
        of = self.const(a)
        if by == 1:
            return of
        return self.const(of.value // by) if of.kind == "const" else self._make("div", (of,), by)

    def min(self, *terms: Any) -> Term:
        """The least."""
        return self._extreme("min", terms)

    def max(self, *terms: Any) -> Term:
        """The greatest."""
        return self._extreme("max", terms)

    def _extreme(self, kind: str, terms: Sequence[Any]) -> Term:
        kept: list[Term] = []
        for each in dict.fromkeys(map(self.const, terms)):
            if not any(_beats(kind, other, each) for other in kept):
                kept = [*(other for other in kept if not _beats(kind, each, other)), each]
        return kept[0] if len(kept) == 1 else self._make(kind, tuple(kept))

    def lt(self, a: Any, b: Any) -> Term:
        """``a < b``."""
        return self.inside(self.sub(b, a), at_least(1))

    def le(self, a: Any, b: Any) -> Term:
        """``a <= b``."""
        return self.inside(self.sub(b, a), at_least(0))

    def eq(self, a: Any, b: Any) -> Term:
        """``a = b``, of whole numbers or texts."""
        a, b = self.const(a), self.const(b)
        if a.sort == "i" and b.sort == "i":
            return self.inside(self.sub(a, b), span(0, 0))
        if a is b:
            return self.const(True)
        if b.kind == "const":
            return self.inside(a, one_of((b.value,)))
        if a.kind == "const":
            return self.inside(b, one_of((a.value,)))
        return self._make("same", (a, b))

    # Truth

    def inside(self, term: Any, region: Region) -> Term:
        """Whether ``term`` lies in ``region``."""
        term = self.const(term)
        if region.empty or region.full:
            return self.const(region.full)
        if term.kind == "const":
            return self.const(term.value in region)
        if isinstance(region, Words):
            return self._among(term, region)
        if term.kind == "sum":
            weights, total = term.value
            common = gcd(*weights) * (1 if weights[0] > 0 else -1)
            if total or common != 1:
                parts = [(weight // common, each) for weight, each in zip(weights, term.args, strict=True)]
                return self.inside(self._sum(parts), region.shifted(total).divided(common))
        if not term.optional:
            region = region.taking(False)
        if region.covers(term.low, term.high) and (region.missing or not term.optional):
            return self.const(True)
        if not region.meets(term.low, term.high) and not (region.missing and term.optional):
            return self.const(False)
        return self._parted(term, region) or self._make("in", (term,), region)

    def _among(self, term: Term, region: Words) -> Term:
        if not term.optional:
            region = region.taking(False)
        if term.sort == "b" and not term.optional:
            yes, no = True in region, False in region
            if yes == no:
                return self.const(yes)
            return term if yes else self.not_(term)
        if region.empty or (region | one_of((None,))).full:
            return self.const(not region.empty) if not term.optional else self._make("in", (term,), region)
        return self._parted(term, region) or self._make("in", (term,), region)

    def _parted(self, term: Term, region: Region) -> Term | None:
        """A test of a choice among constants as a test of what chooses."""
        if term.kind == "look":
            last = len(term.value) - 1
            good = sorted(-1 if place == last else place for place, each in enumerate(term.value) if each in region)
            return self.inside(term.args[0], points(good))
        if term.kind == "ite" and _settled(term):
            condition, yes, no = term.args
            return self.ite(condition, self.inside(yes, region), self.inside(no, region))
        return None

    def and_(self, *terms: Any) -> Term:
        """All of them."""
        return self._join("and", terms)

    def or_(self, *terms: Any) -> Term:
        """Any of them."""
        return self._join("or", terms)

    def _join(self, kind: str, terms: Sequence[Any]) -> Term:
        decisive = kind == "or"
        kept: dict[Term, None] = {}
        tests: dict[Term, tuple[Term, Region]] = {}
        masks: dict[Term, int] = {}
        queue = list(map(self.const, reversed(terms)))
        while queue:
            term = queue.pop()
            if term.kind == "const":
                if term.value is decisive:
                    return self.const(decisive)
            elif term.kind == kind:
                queue.extend(reversed(term.args))
            elif decisive and term.kind == "meets":
                masks[term.args[0]] = masks.get(term.args[0], 0) | term.value
            elif term.kind == "in":
                of = term.args[0]
                if of in tests:
                    before, region = tests[of]
                    both = self.inside(of, region | term.value if decisive else region & term.value)
                    if both.kind == "const" or both.kind != "in" or both.args[0] is not of:
                        kept.pop(before, None)
                        del tests[of]
                        queue.append(both)
                    else:
                        kept = {both if each is before else each: None for each in kept}
                        tests[of] = both, both.value
                else:
                    tests[of] = term, term.value
                    kept[term] = None
            else:
                kept[term] = None
        kept |= dict.fromkeys(self.meets(of, bits) for of, bits in masks.items())
        for term in kept:
            if term.kind == "not" and term.args[0] in kept:
                return self.const(decisive)
        if not kept:
            return self.const(not decisive)
        return next(iter(kept)) if len(kept) == 1 else self._make(kind, tuple(kept))

    def not_(self, term: Any) -> Term:
        """The opposite."""
        of = self.const(term)
        match of.kind:
            case "const":
                return self.const(not of.value)
            case "not":
                return of.args[0]
            case "in":
                return self.inside(of.args[0], ~of.value)
            case "and" | "or" if all(each.kind in ("in", "not", "var") for each in of.args):
                return self._join("or" if of.kind == "and" else "and", [self.not_(each) for each in of.args])
        return self._make("not", (of,))

    def ite(self, condition: Any, yes: Any, no: Any) -> Term:
        """``yes`` if ``condition`` else ``no``."""
        test, one, other = self.const(condition), self.const(yes), self.const(no)
        if test.kind == "const":
            return one if test.value else other
        if one is other:
            return one
        if test.kind == "not":
            test, one, other = test.args[0], other, one
        if one.sort == "b":
            if one.kind == "const":
                return self.or_(test, other) if one.value else self.and_(self.not_(test), other)
            if other.kind == "const":
                return self.or_(self.not_(test), one) if other.value else self.and_(test, one)
        return self._make("ite", (test, one, other), None, other.sort if one.sort == "x" else one.sort)

    def bits(self, *terms: Any) -> Term:
        """The bits that are set in any of them."""
        known = dict.fromkeys(each for each in map(self.const, terms) if each.kind != "const" or each.value)
        sure = [each for each in known if each.kind == "const"]
        if len(sure) > 1:
            known = dict.fromkeys((*(each for each in known if each not in sure), self.const(_either(sure))))
        if len(known) < 2:
            return next(iter(known), self.const(0))
        return self._make("bits", tuple(known))

    def meets(self, term: Any, bits: int) -> Term:
        """Whether it has any of ``bits``."""
        return self._make("meets", (self.const(term),), bits)

    def favours(self, waits: Term, *, widens: bool) -> Term:
        """Whether a piece that waits for these facts is read in the customer's favour."""
        return self._make("favours", (waits,), widens)

    def has(self, members: Any, word: str) -> Term:
        """Whether the set ``members`` has ``word``."""
        return self._make("has", (members,), word)


def _beats(kind: str, one: Term, other: Term) -> bool:
    """Whether ``other`` can never be more extreme than ``one``."""
    if kind == "max":
        return one.low is not None and other.high is not None and one.low >= other.high
    return one.high is not None and other.low is not None and one.high <= other.low


def _settled(term: Term) -> bool:
    """Whether conditions choose among constants."""
    return term.kind == "const" or (term.kind == "ite" and all(map(_settled, term.args[1:])))


def _either(constants: Iterable[Term]) -> int:
    found = 0
    for each in constants:
        found |= each.value
    return found
