"""Comparisons as terms: tests of whole numbers in regions, and equality of texts and truth values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from remit.core.lowering.brackets import size_of
from remit.core.lowering.opaque import Outside
from remit.core.lowering.quantity import Truth, Whole
from remit.core.lowering.reckoning import MOST_CUT
from remit.core.lowering.whole import Wholes
from remit.core.regions import Region, Spans, Words, one_of
from remit.core.terms import Term, Terms
from remit.language.nodes import Compare, Input, Literal, Name, Node
from remit.policy.model import Model

__all__ = ["Comparisons"]


class Comparisons(ABC):
    """The part of :class:`remit.core.lowering.lowering.Lowering` that compares."""

    terms: Terms
    model: Model
    partial: bool

    @property
    @abstractmethod
    def wholes(self) -> Wholes:
        """The lowering of values."""

    @abstractmethod
    def truth(self, node: Node, tested: Node | None = None) -> Truth:
        """A condition; ``tested`` is what its input stands for."""

    @abstractmethod
    def settled(self, node: Node, tested: Node | None, native: Callable[[], Truth]) -> Truth:
        """``native`` where all that is read is known, else what the evaluator says."""

    @abstractmethod
    def asked_evaluator(self, node: Node, tested: Node | None) -> Truth:
        """What the evaluator says of a condition that reads only what is known."""

    @abstractmethod
    def missing(self, name: str) -> Term:
        """Whether a fact is missing."""

    @abstractmethod
    def present(self, node: Node | None, tested: Node | None = None) -> Term:
        """Whether enough is known for the value of ``node``."""

    @abstractmethod
    def reads(self, node: Node | None) -> frozenset[str]:
        """The facts that a node reads."""

    @abstractmethod
    def bit(self, name: str) -> int:
        """The bit of a fact among those that something waits for."""

    def certain(self, yes: Term) -> Truth:
        return replace(self.known(yes, self.terms.not_(yes)), nullable=False)

    def known(self, yes: Term, no: Term) -> Truth:
        """A condition that waits for nothing."""
        return Truth(yes, no, self.terms.const(False), self.terms.const(0))

    def compared(self, node: Compare, tested: Node | None) -> Truth:
        right = node.right.value if isinstance(node.right, Literal) else None
        if isinstance(right, bool) and node.op in ("=", "!=") and self.kind(node.left, tested) == "boolean":
            return self._is(node, tested, right)
        simple = self._simple(node, tested)
        whole = simple or self.settled(node, tested, lambda: self._comparison(node, tested))
        return simple or self._bounded(node, tested, whole) or whole

    def _is(self, node: Compare, tested: Node | None, value: bool) -> Truth:
        """Whether a condition is true, or is false; null is neither."""
        left = tested if isinstance(node.left, Input) and tested is not None else node.left
        of = self.truth(left)
        yes = of.yes if value else of.no
        no = self.terms.and_(self.terms.not_(yes), self.terms.not_(of.open))
        return Truth(*((yes, no) if node.op == "=" else (no, yes)), of.open, of.waits, nullable=False)

    def _simple(self, node: Compare, tested: Node | None) -> Truth | None:
        """A fact compared with a constant: exact where the fact is missing too."""
        left, right = node.left, node.right
        op: str = node.op
        left = tested if isinstance(left, Input) and tested is not None else left
        if isinstance(left, Literal) and isinstance(right, Name):
            left, right, op = right, left, _TURNED[op]
        if not self.partial or not isinstance(left, Name) or not isinstance(right, Literal) or right.value is None:
            return None
        if left.name not in self.model.facts and left.name != "occurred":
            return None
        try:
            passing = self._region(left, op, right)
        except Outside:
            return None
        var = self.wholes.variable(left.name)
        sure_yes, sure_no = _decided(var, passing)
        return Truth(
            self.terms.inside(var, passing.taking(sure_yes)),
            self.terms.inside(var, (~passing).taking(sure_no)),
            self.missing(left.name) if not sure_yes and not sure_no else self.terms.const(False),
            self.terms.const(self.bit(left.name)),
            nullable=False,
        )

    def _bounded(self, node: Compare, tested: Node | None, else_: Truth) -> Truth | None:
        """A fact compared with what is known: where the fact is missing, its declared bounds may decide."""
        left, right = node.left, node.right
        op: str = node.op
        left = tested if isinstance(left, Input) and tested is not None else left
        if isinstance(right, Name) and right.name in self.model.facts:
            left, right, op = right, left, _TURNED[op]
        if not self.partial or not isinstance(left, Name) or left.name not in self.model.facts:
            return None
        if self.model.facts[left.name].type.kind not in _ORDERED or left.name in self.reads(right):
            return None
        try:
            other = self.wholes.of(right, tested)
            low, high = self.wholes.ends(left.name)
            if other.unit != self.wholes.of(left).unit:
                return None
            yes, no = self._decided_by(op, low, high, other)
        except Outside:
            return None
        T, missing = self.terms, self.missing(left.name)
        lone = T.and_(missing, self.present(right, tested))
        waits = T.ite(lone, self.bit(left.name), else_.waits)
        open_ = T.ite(lone, T.and_(T.not_(yes), T.not_(no)), else_.open)
        return Truth(T.ite(lone, yes, else_.yes), T.ite(lone, no, else_.no), open_, waits)

    def _decided_by(self, op: str, low: Whole | None, high: Whole | None, other: Whole) -> tuple[Term, Term]:
        """Whether ``x op other`` is surely true, and surely false, of all x from ``low`` to ``high``; neither if null."""
        T, there = self.terms, self.terms.not_(other.null)

        def holds(which: str, end: Whole | None) -> Term:
            return T.const(False) if end is None else T.and_(there, self._comparison_of(which, end, other))

        match op:
            case "<" | "<=":
                return holds(op, high), holds(">=" if op == "<" else ">", low)
            case ">" | ">=":
                return holds(op, low), holds("<=" if op == ">" else "<", high)
        apart = T.or_(holds("<", high), holds(">", low))
        same = T.and_(holds("=", low), holds("=", high))
        return (same, apart) if op == "=" else (apart, same)

    def _region(self, left: Name, op: str, right: Literal) -> Region:
        """The values of the fact that pass."""
        fact = self.wholes.variable(left.name)
        if fact.sort == "i":
            test = self._comparison_of(op, self.wholes.fact(left.name, fact), self.wholes.of(right))
            if test.kind == "in" and test.args[0] is fact:
                region: Region = test.value
                return region
            if test.kind == "const":
                return ~Spans(()) if test.value else Spans(())
        elif op in ("=", "!=") and isinstance(right.value, (str, bool)) and fact.sort in ("s", "b"):
            words = one_of((right.value,))
            return words if op == "=" else ~words
        raise Outside

    def _comparison(self, node: Compare, tested: Node | None) -> Truth:
        """A comparison of what is known."""
        T, op = self.terms, node.op
        kinds = {self.kind(node.left, tested), self.kind(node.right, tested)}
        if kinds <= _WORDS or "null" in kinds:
            left, right = (self.wholes.text(each, tested) for each in (node.left, node.right))
            if op not in ("=", "!="):
                raise Outside
            both = T.and_(T.not_(left[1]), T.not_(right[1]), T.eq(left[0], right[0]))
            same = T.or_(both, T.and_(left[1], right[1]))
            return self.certain(same if op == "=" else T.not_(same))
        if kinds == {"boolean"}:
            return self._same_truth(op, self.truth(node.left, tested), self.truth(node.right, tested))
        a, b = self.wholes.of(node.left, tested), self.wholes.of(node.right, tested)
        if a.unit != b.unit:
            raise Outside
        found, decided = self._values_compared(op, a, b), self.wholes.decided(a, b)
        if decided.kind == "const" and decided.value:
            return found
        says = self.asked_evaluator(node, tested)
        return self.known(T.ite(decided, found.yes, says.yes), T.ite(decided, found.no, says.no))

    def _values_compared(self, op: str, a: Whole, b: Whole) -> Truth:
        T, test = self.terms, self._comparison_of(op, a, b)
        if op in ("=", "!="):
            same = test if op == "=" else T.not_(test)
            same = T.or_(T.and_(T.not_(a.null), T.not_(b.null), same), T.and_(a.null, b.null))
            return self.certain(same if op == "=" else T.not_(same))
        there = T.and_(T.not_(a.null), T.not_(b.null))
        if there.kind == "const" and there.value:
            return self.certain(test)
        return self.known(T.and_(there, test), T.and_(there, T.not_(test)))

    def _same_truth(self, op: str, left: Truth, right: Truth) -> Truth:
        """Equality of truth values; null is equal to null."""
        if op not in ("=", "!="):
            raise Outside
        T = self.terms
        nulls = (T.and_(T.not_(each.yes), T.not_(each.no)) for each in (left, right))
        same = T.or_(T.and_(left.yes, right.yes), T.and_(left.no, right.no), T.and_(*nulls))
        return self.certain(same if op == "=" else T.not_(same))

    def _comparison_of(self, op: str, a: Whole, b: Whole) -> Term:
        blurred = a.blur is not None or b.blur is not None  # then it is asked where they are far enough apart
        if not (blurred or a.exact or b.exact):
            raise Outside
        if not (blurred or (a.exact and b.exact)) and max(_sizes(a, b)) >= MOST_CUT:
            raise Outside
        return _OPERATORS[op](self.terms, self.terms.scale(b.over, a.number), self.terms.scale(a.over, b.number))

    def kind(self, node: Node, tested: Node | None) -> str:
        """The kind of a value."""
        if isinstance(node, Input) and tested is not None:
            return self.kind(tested, None)
        if isinstance(node, Literal) and node.value is None:
            return "null"
        return node.type.kind


def _sizes(a: Whole, b: Whole) -> tuple[int, int]:
    """How large the two are over one denominator."""
    return size_of(a.number) * b.over, size_of(b.number) * a.over


def _decided(var: Term, passing: Region) -> tuple[bool, bool]:
    """Whether a missing value surely passes, and whether it surely does not, by the declared bounds alone."""
    if isinstance(passing, Words):
        return False, False
    bounded = var.low is not None or var.high is not None
    low, high = (var.low, var.high) if bounded else (None, None)
    return passing.covers(low, high), not passing.meets(low, high)


_WORDS: Final = frozenset(("text", "choice"))
#: Kinds of facts that bounds say something of.
_ORDERED: Final = frozenset(("number", "money", "date", "duration"))
_TURNED: Final = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPERATORS: Final[Mapping[str, Callable[[Terms, Term, Term], Term]]] = {
    "=": lambda T, a, b: T.eq(a, b),
    "!=": lambda T, a, b: T.not_(T.eq(a, b)),
    "<": lambda T, a, b: T.lt(a, b),
    "<=": lambda T, a, b: T.le(a, b),
    ">": lambda T, a, b: T.lt(b, a),
    ">=": lambda T, a, b: T.le(b, a),
}
