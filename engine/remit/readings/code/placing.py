"""Where each term is worked out: in the innermost block that all who use it see.

A branch of ``ite``, a later operand of ``and`` and ``or``, an amount of ``best`` and a text of a ``listing`` each open a
block, which runs only if it must. Cheap texts that only blocks use are written in each of them instead. What is used once, and
needs no statement, is written where it is used and has no name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from remit.core.lowering.opaque import CauseText, Helper, Item, NearestText, Opaque
from remit.core.term import every_term
from remit.core.terms import Term
from remit.readings.code.higher import Higher

__all__ = ["CodeBlock", "Placement", "operands"]

#: Kinds that are statements.
_STATEMENTS: Final = frozenset(("best", "least", "pick", "listing", "found", "lowest", "row", "at", "tested"))
#: Kinds that are written again rather than worked out where nobody may need them.
_CHEAP: Final = frozenset(("cat", "money", "digits", "quote", "look", "meets"))
#: More than this is not written again.
_MOST_AGAIN: Final = 16
#: Kinds whose operands are read more than once.
_REPEATING: Final = frozenset(("min", "max", "money", "lowest", "found", "row", "at"))


class CodeBlock:
    """A stretch of code that runs as a whole."""

    __slots__ = ("depth", "parent", "terms")

    depth: int

    def __init__(self, parent: CodeBlock | None) -> None:
        self.parent = parent
        self.depth = 0 if parent is None else parent.depth + 1
        self.terms: list[Term] = []


def common(a: CodeBlock, b: CodeBlock) -> CodeBlock:
    """The innermost block around both."""
    while a is not b:
        if a.depth < b.depth:
            a, b = b, a
        assert a.parent is not None
        a = a.parent
    return a


def operands(term: Term) -> Iterator[tuple[Term, int]]:
    """The arguments of ``term`` with the number of the block that each opens (0: none)."""
    args = term.args
    match term.kind:
        case "ite":
            yield from zip(args, (0, 1, 2), strict=True)
        case "and" | "or" | "at":
            yield from ((each, place) for place, each in enumerate(args))
        case "pick" if not term.value:
            yield from ((each, place) for place, each in enumerate(args))
        case "best":
            yield from ((each, place if place % 2 else 0) for place, each in enumerate(args))
        case "found":
            eager = 1 + term.value.leaves
            yield from ((each, place if place >= eager and (place - eager) % 2 else 0) for place, each in enumerate(args))
        case "least":
            yield from ((each, place if place % 2 == 0 else 0) for place, each in enumerate(args))
        case "listing":
            yield from ((each, place if place % 3 == 2 else 0) for place, each in enumerate(args))
        case _:
            yield from ((each, 0) for each in args)


class Placement:
    """Where the terms below ``roots`` go."""

    def __init__(self, roots: Sequence[Term]) -> None:
        self.root = CodeBlock(None)
        self.blocks: dict[tuple[Term, int, int], CodeBlock] = {}
        self.named: set[Term] = set()
        self.copied: set[Term] = set()
        self._uses: Counter[Term] = Counter()
        self._forced: set[Term] = set()
        self._askings: dict[Term, int] = {}
        order = self._place(roots)
        self._name(order)

    def block(self, term: Term, number: int) -> CodeBlock:
        """The block that this operand of ``term`` opens."""
        return self._opened[term, number]

    def _place(self, roots: Sequence[Term]) -> list[Term]:
        terms = reachable(roots)
        terms.sort(key=lambda each: -each.number)
        wants: dict[Term, list[CodeBlock]] = {each: [self.root] for each in roots}
        self._opened: dict[tuple[Term, int], CodeBlock] = {}
        self._places: dict[Term, CodeBlock] = {}
        for term in terms:
            places = wants.pop(term)
            place = places[0]
            for other in places[1:]:
                place = common(place, other)
            users = [place]
            if self._again(term, hoisted=not any(place is each for each in places)):
                self.copied.add(term)
                users = places
            self._places[term] = place
            self._want(term, users, wants)
        terms.reverse()
        return terms

    def _again(self, term: Term, *, hoisted: bool) -> bool:
        """Whether it is rather written at each use: a text that would else be made where nobody may need it; and what is
        hardly more than calls of the evaluator, which keeps what it gave."""
        text = term.kind in _CHEAP or isinstance(term.value, Helper | CauseText | NearestText) or is_late(term)
        return (text and hoisted) or 0 < self._asking(term) <= _MOST_AGAIN

    def _asking(self, term: Term) -> int:
        """How much is written again of what asks the evaluator; 0 where it does not ask."""
        if term not in self._askings:
            size = 0
            if term.kind == "call":
                size = int(isinstance(term.value, (Opaque, Item)) and not is_late(term))
            elif term.kind in ("in", "ite", "and", "or", "not"):
                sizes = [self._asking(each) for each in term.args]
                size = sum(each if 0 < each <= _MOST_AGAIN else 1 for each in sizes) + 1 if any(sizes) else 0
            self._askings[term] = size
        return self._askings[term]

    def _want(self, term: Term, users: Sequence[CodeBlock], wants: dict[Term, list[CodeBlock]]) -> None:
        before = users[0]
        for each, number in operands(term):
            if each.kind == "const":
                continue
            self._uses[each] += len(users)
            if number and term not in self.copied:
                chained = term.kind in ("and", "or", "pick")
                before = self._opened[term, number] = CodeBlock(before if chained else users[0])
                wants.setdefault(each, []).append(before)
            else:
                wants.setdefault(each, []).extend(users)
            if (term.kind in _REPEATING and not number) or (term.kind in ("in", "mask") and each.optional):
                self._forced.add(each)

    def _name(self, order: Sequence[Term]) -> None:
        filled: set[CodeBlock] = set()
        for term in order:
            if term.kind == "const" or term in self.copied:
                continue
            branches = (self._opened.get((term, number)) for _, number in operands(term) if number)
            must = (
                term.kind in _STATEMENTS
                or self._uses[term] > 1
                or term in self._forced
                or any(each in filled for each in branches)
            )
            if must:
                self.named.add(term)
                place = self._places[term]
                place.terms.append(term)
                filled.add(place)


def is_late(term: Term) -> bool:
    """Whether it is part of what a function for a higher role gives, which is called where it is first needed."""
    return term.kind == "call" and isinstance(term.value, Item) and isinstance(term.args[0].value, Higher)


def reachable(roots: Sequence[Term]) -> list[Term]:
    """All terms below ``roots`` but constants."""
    return [term for term in every_term(*roots) if term.kind != "const"]
