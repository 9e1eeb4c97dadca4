"""Many conditions at once: columns of bit sets.

The conditions of many rules, or of a table's rows, mostly test the same few things. Each thing becomes a column: for every
class of its values that the conditions tell apart, the set of conditions that let it pass, as the bits of one number. Looking
up one set a column, and ``&``, gives those that hold. The key of a column is a term, so that a sum or a table's result is a
column like a fact. Conditions that test more than columns stay what they are, but where there are many that test something
of their own, they are found by what they share, and the rest is tested of those that are found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from remit.core.regions import Region, Spans, Words, cuts_of, one_of, pieces, span
from remit.core.term import every_term
from remit.core.terms import Term, Terms
from remit.readings.code.shapes import Rows, rows_of

__all__ = ["BitColumn", "Found", "Rests", "indexed"]

#: Fewer conditions are written out one by one.
_FEWEST: Final = 8
#: Fewer conditions with a test of their own are written out one by one.
_FEWEST_APART: Final = 32
#: A whole number that can have so many values is looked up by its place, not by bisection.
_MOST_PLACES: Final = 256

#: What fewer than one condition in so many tests is no column.
_RARE: Final = 64
#: The kinds of term that a test of its own consists of, and how many terms.
_TESTED: Final = frozenset(("const", "var", "in", "and", "or", "not", "same"))
_MOST_TESTED: Final = 24

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
    order = sorted(set(every_term(*roots)), key=lambda each: each.number)
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
    """Conditions that share one index: ``bits`` has the bit of each that is in it, ``rests`` what else it tests."""

    def __init__(self, terms: Terms, groups: Sequence[Sequence[Term]]) -> None:
        self.terms = terms
        self.bits: dict[Member, int] = {}
        self.rests: dict[int, Term] = {}
        self.columns: dict[Term, dict[int, Region]] = {}
        members = list(dict.fromkeys(member for group in groups for member in _members(group)))
        parts = {condition: [(part, _region(part)) for part in _parts(condition)] for condition, _ in members}
        uses = Counter(region[0] for condition, _ in members for _, region in parts[condition] if region)
        columns = {term for term, count in uses.items() if count > max(1, len(members) // _RARE)}
        shared = {each: [region for _, region in known if region and region[0] in columns] for each, known in parts.items()}
        apart = {
            each: [part for part, region in known if not region or region[0] not in columns] for each, known in parts.items()
        }
        several = sum(bool(shared[each] and _testable(apart[each])) for each, _ in members) >= _FEWEST_APART
        for member in members:
            condition = member[0]
            if shared[condition] and (not apart[condition] or (several and _testable(apart[condition]))):
                bit = self.bits[member] = len(self.bits)
                for column, region in shared[condition]:
                    self.columns.setdefault(column, {})[bit] = region
                if apart[condition]:
                    self.rests[bit] = terms.and_(*apart[condition])
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
            if self.rests:
                self._mask = self.terms.made("tested", (self._mask,), Rests(self.rests, self.size), "x")
        return self._mask


class Rests:
    """What else the conditions of an index test: ``tests`` by bit, ``bits`` those that have any."""

    def __init__(self, tests: Mapping[int, Term], size: int) -> None:
        self.tests = [tests.get(bit) for bit in range(size)]
        self.bits = sum(1 << bit for bit in tests)


def _parts(condition: Term) -> tuple[Term, ...]:
    return condition.args if condition.kind == "and" else (condition,)


def _region(part: Term) -> tuple[Term, Region] | None:
    """A part of a condition as a region of a column, or ``None`` where it is more than that."""
    if part.kind == "in":
        return part.args[0], part.value
    if part.kind == "var":
        return part, one_of((True,))
    if part.kind == "not" and part.args[0].kind == "var":
        return part.args[0], one_of((False,))
    return None


def _testable(parts: Iterable[Term]) -> bool:
    """Whether the parts read nothing but facts, and little."""
    seen: set[Term] = set()
    stack = list(parts)
    while stack:
        term = stack.pop()
        if term not in seen:
            seen.add(term)
            stack.extend(term.args)
        if len(seen) > _MOST_TESTED or term.kind not in _TESTED or (term.kind == "var" and term.value.startswith("@")):
            return False
    return True


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
