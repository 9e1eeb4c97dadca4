"""Many conditions at once: columns of bit sets.

The conditions of many rules, or of a table's rows, mostly test the same few things. Each thing becomes a column: for every
class of its values that the conditions tell apart, the set of conditions that let it pass, as the bits of one number. Looking
up one set a column, and ``&``, gives those that hold. The key of a column is a term, so that a sum or a table's result is a
column like a fact. Conditions that test more than columns stay what they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from remit.core.regions import Region, Spans, Words, cuts_of, one_of, pieces, span
from remit.core.terms import Term, Terms
from remit.readings.code.shapes import Rows, rows_of

__all__ = ["BitColumn", "Found", "indexed"]

#: Fewer conditions are written out one by one.
_FEWEST: Final = 8
#: A whole number that can have so many values is looked up by its place, not by bisection.
_MOST_PLACES: Final = 256

#: A condition, and which of its occurrences in one choice this is: two rules may have the same condition.
Member: TypeAlias = tuple[Term, int]


@dataclass(frozen=True, eq=False)
class BitColumn:
    """The sets of one column. Words: ``by_word``, and ``other`` for the rest. Whole numbers: ``sets`` by place between
    ``cuts`` (or from ``first`` on, where there are few numbers); ``absent`` where the value is missing."""

    by_word: Mapping[Any, int] | None = None
    other: int = 0
    cuts: Sequence[int] = ()
    first: int | None = None
    sets: Sequence[int] = ()
    absent: int = 0


@dataclass(frozen=True, eq=False)
class Found:
    """A ``best`` over an index. ``members`` are its bits (0: all there are); ``rows`` say what each gives; ``leaves`` is how
    many terms they read. ``plain`` are the positions of the other entries: ``own`` of them have conditions that are not in the
    index, the rest, which are the bits ``late``, amounts that call the evaluator. ``numbers`` has the number of each
    position."""

    members: int
    rows: Rows
    leaves: int
    plain: tuple[int, ...]
    own: int
    late: int
    numbers: tuple[int, ...]


def indexed(terms: Terms, roots: Sequence[Term]) -> list[Term]:
    """The same roots, with choices among many conditions looked up in an index."""
    order = sorted(_reachable(roots), key=lambda each: each.number)
    rules = [each for each in order if each.kind == "best"]
    conditions = {each for best in rules for each in best.args[::2]}
    tests = [each for each in order if each.kind == "or" and len(each.args) >= _FEWEST and conditions & {*each.args}]
    family = _Family(terms, [*(best.args[::2] for best in rules), *(each.args for each in tests)])
    families: dict[Term, _Family] = dict.fromkeys((*rules, *tests), family) if family.bits else {}
    for each in order:
        if each.kind == "pick" and len(each.args) >= _FEWEST:
            own = _Family(terms, [each.args])
            if all(member in own.bits or _sure(member[0]) for member in _members(each.args)):
                families[each] = own
    return _rewritten(terms, order, roots, families)


def _sure(condition: Term) -> bool:
    return condition.kind == "const" and condition.value is True


def _members(conditions: Iterable[Term]) -> list[Member]:
    seen: Counter[Term] = Counter()
    out = []
    for each in conditions:
        out.append((each, seen[each]))
        seen[each] += 1
    return out


class _Family:
    """Conditions that share one index: ``bits`` has the bit of each that is in it."""

    def __init__(self, terms: Terms, groups: Sequence[Sequence[Term]]) -> None:
        self.terms = terms
        self.bits: dict[Member, int] = {}
        self.columns: dict[Term, dict[int, Region]] = {}
        members = list(dict.fromkeys(member for group in groups for member in _members(group)))
        parts = {condition: _parts(condition) for condition, _ in members}
        uses = Counter(column for condition, _ in members for column, _ in parts[condition] or ())
        for member in members:
            known = parts[member[0]]
            if known and all(uses[column] > 1 for column, _ in known):
                bit = self.bits[member] = len(self.bits)
                for column, region in known:
                    self.columns.setdefault(column, {})[bit] = region
        if len(self.bits) < _FEWEST:
            self.bits = {}
        self._mask: Term | None = None

    @property
    def size(self) -> int:
        """How many bits there are."""
        return len(self.bits)

    def mask(self, renewed: Mapping[Term, Term]) -> Term:
        """The term for the set of those that hold, made once."""
        if self._mask is None:
            columns = tuple(_column(term, regions, self.size) for term, regions in self.columns.items())
            keys = tuple(renewed.get(each, each) for each in self.columns)
            self._mask = self.terms.made("mask", keys, columns, "x")
        return self._mask


def _parts(condition: Term) -> list[tuple[Term, Region]] | None:
    """The condition as regions of columns, or ``None`` where it is more than that."""
    out: list[tuple[Term, Region]] = []
    for part in condition.args if condition.kind == "and" else (condition,):
        if part.kind == "in":
            out.append((part.args[0], part.value))
        elif part.kind == "var":
            out.append((part, one_of((True,))))
        elif part.kind == "not" and part.args[0].kind == "var":
            out.append((part.args[0], one_of((False,))))
        else:
            return None
    return out


def _column(term: Term, regions: Mapping[int, Region], size: int) -> BitColumn:
    """The sets of one column; a condition that does not test it is in all of them."""
    free = (1 << size) - 1
    for bit in regions:
        free ^= 1 << bit
    words = {bit: region for bit, region in regions.items() if isinstance(region, Words)}
    if words:
        return _word_column(words, free)
    reach = span(term.low, term.high).taking(True)
    spans = {bit: region & reach for bit, region in regions.items() if isinstance(region, Spans)}
    absent = free | sum(1 << bit for bit, region in spans.items() if region.missing)
    if not term.optional and term.low is not None and term.high is not None and term.high - term.low < _MOST_PLACES:
        cuts = list(range(term.low + 1, term.high + 1))
        return BitColumn(first=term.low, sets=_sets(spans, cuts, free), absent=absent)
    cuts = cuts_of(spans.values())
    return BitColumn(cuts=cuts, sets=_sets(spans, cuts, free), absent=absent)


def _word_column(regions: Mapping[int, Words], free: int) -> BitColumn:
    """Linear in the words that are written: those that a condition excludes are taken out of what it lets pass."""
    other = free
    lists: dict[Any, list[int]] = {}
    for bit, region in regions.items():
        if region.negated:
            other |= 1 << bit
        for word in region.words:
            lists.setdefault(word, []).append(bit)
    by_word = {}
    for word, bits in lists.items():
        found = other
        for bit in bits:
            found ^= 1 << bit
        by_word[word] = found
    return BitColumn(by_word=by_word, other=other)


def _sets(regions: Mapping[int, Spans], cuts: Sequence[int], free: int) -> list[int]:
    """In one sweep: each condition changes sides at the ends of its spans."""
    changes: list[list[int]] = [[] for _ in range(len(cuts) + 2)]
    for bit, region in regions.items():
        for run in pieces(region, cuts):
            changes[run.start].append(bit)
            changes[run.stop].append(bit)
    out, now = [], free
    for place in range(len(cuts) + 1):
        for bit in changes[place]:
            now ^= 1 << bit
        out.append(now)
    return out


# Rewriting


def _rewritten(terms: Terms, order: Sequence[Term], roots: Sequence[Term], families: Mapping[Term, _Family]) -> list[Term]:
    renewed: dict[Term, Term] = {}
    for term in order:
        args = tuple(renewed.get(each, each) for each in term.args)
        family = families.get(term)
        if family is not None:
            renewed[term] = _REWRITE[term.kind](terms, term, args, family, renewed)
        elif term.kind == "at":
            renewed[term] = _at(terms, term, args)
        elif any(new is not old for new, old in zip(args, term.args, strict=True)):
            renewed[term] = terms.renewed(term, args)
    return [renewed.get(each, each) for each in roots]


def _best(terms: Terms, term: Term, args: tuple[Term, ...], family: _Family, renewed: Mapping[Term, Term]) -> Term:
    entries = list(zip(_members(term.args[::2]), args[::2], args[1::2], term.value, strict=True))
    inside = {position: family.bits[member] for position, (member, *_) in enumerate(entries) if member in family.bits}
    rows, leaves, refused = rows_of({bit: (position, entries[position][2]) for position, bit in inside.items()}, family.size)
    own = [position for position in range(len(entries)) if position not in inside]
    plain = [*own, *sorted(refused)]
    members = sum(1 << bit for position, bit in inside.items() if position not in refused)
    if len(inside) - len(refused) < _FEWEST:
        return terms.renewed(term, args) if args != term.args else term
    mask = family.mask(renewed)
    tests = {position: terms.meets(mask, 1 << inside[position]) for position in refused}
    pairs = [each for position in plain for each in (tests.get(position, entries[position][1]), entries[position][2])]
    some = sum(1 << inside[position] for position in refused)
    numbers = (*term.value, -1)
    found = Found(0 if members == (1 << family.size) - 1 else members, rows, len(leaves), tuple(plain), len(own), some, numbers)
    return terms.made("found", (mask, *leaves, *pairs), found, "x")


def _or(terms: Terms, term: Term, args: tuple[Term, ...], family: _Family, renewed: Mapping[Term, Term]) -> Term:
    members = 0
    plain = []
    for each, new in zip(term.args, args, strict=True):
        bit = family.bits.get((each, 0))
        if bit is None:
            plain.append(new)
        else:
            members |= 1 << bit
    return terms.or_(terms.meets(family.mask(renewed), members), *plain) if members else terms.or_(*plain)


def _pick(terms: Terms, term: Term, args: tuple[Term, ...], family: _Family, renewed: Mapping[Term, Term]) -> Term:
    """Rows are bits in their order; one that always matches is in every set."""
    places = _members(term.args)
    last = len(places) if not _sure(term.args[-1]) else len(places) - 1
    if any(family.bits.get(member) != place for place, member in enumerate(places[:last])):
        return terms.renewed(term, args) if args != term.args else term
    made = terms.made("lowest", (family.mask(renewed),), (term.value, len(places), last), "i")
    made.low, made.high = term.low, term.high
    return made


def _at(terms: Terms, term: Term, args: tuple[Term, ...]) -> Term:
    """A choice among amounts that differ in their constants only, as rows."""
    place, *values = args
    rows, leaves, refused = rows_of(dict(enumerate(zip(range(len(values)), values, strict=True))), len(values))
    if refused:
        return terms.renewed(term, args) if args != term.args else term
    made = terms.made("row", (place, *leaves), rows, "i")
    made.low, made.high = term.low, term.high
    return made


_REWRITE: Final = {"best": _best, "or": _or, "pick": _pick}


def _reachable(roots: Sequence[Term]) -> set[Term]:
    seen: set[Term] = set()
    stack = list(roots)
    while stack:
        term = stack.pop()
        if term not in seen:
            seen.add(term)
            stack.extend(term.args)
    return seen
