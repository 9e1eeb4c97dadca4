"""From the Model to terms: what conditions and formulas mean, once for each role that conditions read, or once for all.

A condition becomes a ``Truth``: whether it is true, whether it is false, and whether it is unknown; where it is none of these,
it is null. A value becomes a ``Whole``: a whole number over a fixed denominator, and whether it is null. What is outside the
kinds of terms is one call of the evaluator: a whole condition, amount, text or whole number.

``partial``: any fact may be missing. A fact compared with constants is then a test that a missing value passes or not, as its
declared bounds decide; anything else that reads a missing fact is left to the evaluator, which knows bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from remit.core.opaque import NO, OPEN, YES, Item, Opaque, Outside
from remit.core.quantity import Truth, Whole
from remit.core.regions import Region, Spans, Words, one_of
from remit.core.terms import Term, Terms
from remit.core.whole import Wholes
from remit.language.nodes import (
    And,
    Between,
    Call,
    Compare,
    If,
    In,
    Input,
    ListLiteral,
    Literal,
    Name,
    Node,
    Or,
    RangeLiteral,
    names_in,
    reads_input,
)
from remit.policy.model import Dated, Formula, Model

__all__ = ["Lowering"]


class Lowering:
    """The meaning of one model, for one role or (``role`` is ``None``) for all."""

    def __init__(self, terms: Terms, model: Model, role: str | None, *, partial: bool) -> None:
        self.terms = terms
        self.model = model
        self.role = role
        self.partial = partial
        #: What the evaluator reads, as this role.
        self.scope = terms.var("@scope" if role is None else f"@scope.{role}", "x")
        self._reads: dict[str, frozenset[str]] = {}
        self._truths: dict[tuple[int, int], tuple[Truth, Node, Node | None]] = {}
        self._value_truths: dict[str, Truth] = {}
        self._values: dict[str, Any] = {}

    @cached_property
    def wholes(self) -> Wholes:
        """The lowering of values."""
        return Wholes(self)

    # Names

    def reads(self, node: Node | None) -> frozenset[str]:
        """The facts (and ``occurred``) that a node reads, through values too."""
        if node is None:
            return frozenset()
        return frozenset[str]().union(*map(self._reads_of, names_in(node)))

    def _reads_of(self, name: str) -> frozenset[str]:
        if name in self.model.facts or name == "occurred":
            return frozenset((name,))
        if name not in self.model.values:
            return frozenset()
        if name not in self._reads:
            self._reads[name] = frozenset()
            value = self.model.values[name]
            found = frozenset((value.definition.by,)) if isinstance(value.definition, Dated) else frozenset[str]()
            nodes = (self.reads(each.node) for each in value.expressions())
            self._reads[name] = found.union(*nodes)
        return self._reads[name]

    def present(self, node: Node | None, tested: Node | None = None) -> Term:
        """Whether all facts that are read are known."""
        if not self.partial:
            return self.terms.const(True)
        names = sorted(self.reads(node) | self.reads(tested))
        return self.terms.and_(*(self.terms.not_(self.missing(name)) for name in names))

    def missing(self, name: str) -> Term:
        """Whether a fact is missing."""
        var = self.wholes.variable(name)
        region: Region = Spans((), missing=True) if var.sort == "i" else one_of((None,))
        return self.terms.inside(var, region) if var.optional else self.terms.const(False)

    # Conditions

    def condition(self, node: Node | None) -> Truth:
        """A whole condition; none at all is true."""
        return self._constant(True) if node is None else self.truth(node)

    def truth(self, node: Node, tested: Node | None = None) -> Truth:
        """A condition; ``tested`` is what its input stands for."""
        key = id(node), id(tested)
        if key not in self._truths:
            self._truths[key] = self._truth(node, tested), node, tested  # the nodes are kept: their ids are keys
        return self._truths[key][0]

    def _truth(self, node: Node, tested: Node | None) -> Truth:
        match node:
            case Literal(value=bool() as value):
                return self._constant(value)
            case And(operands=operands):
                return self.all_of([self.truth(each, tested) for each in operands])
            case Or(operands=operands):
                return self.any_of([self.truth(each, tested) for each in operands])
            case Call(function="not", arguments=(only,)):
                return self.negation(self.truth(only, tested))
            case In(value=value, tests=tests):
                if isinstance(value, Input) and tested is not None:
                    value = tested
                elif reads_input(value) or self.kind(value, tested) not in _TESTED:
                    return self._settled(node, tested, _outside)
                return self.any_of([self._passes(value, test, tested) for test in tests])
            case Between(value=value, low=low, high=high):
                above = self._compared(Compare(">=", value, low), tested)
                return self.all_of([above, self._compared(Compare("<=", value, high), tested)])
            case Compare():
                return self._compared(node, tested)
            case Name(name=name) if name in self.model.values:
                definition = self.model.values[name].definition
                if isinstance(definition, Formula):
                    return self.truth(definition.expression.node)
        return self._settled(node, tested, lambda: self._native(node, tested))

    def _constant(self, value: bool) -> Truth:
        true, false, none = self.terms.const(True), self.terms.const(False), self.terms.const(0)
        return Truth(true, false, false, none) if value else Truth(false, true, false, none)

    def all_of(self, parts: Sequence[Truth]) -> Truth:
        """Conjunction: false if a part is, unknown if then a part is, true if all are."""
        T = self.terms
        yes = T.and_(*(each.yes for each in parts))
        if all(self._plain(each) for each in parts):
            return self._certain(yes)
        no = T.or_(*(each.no for each in parts))
        waits = T.bits(*(T.ite(each.open, each.waits, 0) for each in parts))
        return Truth(yes, no, T.and_(T.not_(no), T.or_(*(each.open for each in parts))), waits)

    def any_of(self, parts: Sequence[Truth]) -> Truth:
        """Disjunction."""
        return self.negation(self.all_of([self.negation(each) for each in parts]))

    def negation(self, part: Truth) -> Truth:
        """``not``."""
        return Truth(part.no, part.yes, part.open, part.waits)

    def _plain(self, part: Truth) -> bool:
        return part.no is self.terms.not_(part.yes)

    def _certain(self, yes: Term) -> Truth:
        return self._known(yes, self.terms.not_(yes))

    def _settled(self, node: Node, tested: Node | None, native: Callable[[], Truth]) -> Truth:
        """``native`` where all that is read is known, else what the evaluator says."""
        T = self.terms
        try:
            found: Truth | None = native()
        except Outside:
            found = None
        known = self.present(node, tested)
        if found is not None and known.kind == "const":
            return found
        if not self.partial:
            code = T.call(Opaque("truth", node, tested), self.scope, sort="i", low=NO, high=OPEN)
            return self._known(T.eq(code, YES), T.eq(code, NO))
        call = T.call(Opaque("open truth", node, tested), self.scope)
        code = T.call(Item(0), call, sort="i", low=NO, high=OPEN)
        says = Truth(T.eq(code, YES), T.eq(code, NO), T.eq(code, OPEN), T.call(Item(1), call, sort="i", low=0))
        if found is None:
            return says
        yes, no = T.ite(known, found.yes, says.yes), T.ite(known, found.no, says.no)
        return Truth(yes, no, T.and_(T.not_(known), says.open), says.waits)

    def _known(self, yes: Term, no: Term) -> Truth:
        """A condition that waits for nothing."""
        return Truth(yes, no, self.terms.const(False), self.terms.const(0))

    def bit(self, name: str) -> int:
        """The bit of a fact (or of ``occurred``) among those that something waits for."""
        return 1 << [*self.model.facts, "occurred"].index(name)

    def _native(self, node: Node, tested: Node | None) -> Truth:
        """A condition that reads only what is known."""
        T = self.terms
        match node:
            case Input() if tested is not None:
                return self.truth(tested)
            case Name(name=name) if name in self.model.values:
                return self._value_truth(name)
            case Name(name=name):
                var = self.wholes.variable(name)
                if var.sort == "b":
                    return self._known(T.inside(var, one_of((True,))), T.inside(var, one_of((False,))))
                if name.startswith("asked."):
                    return self._certain(T.lt(0, var))
            case If(condition=condition, yes=yes, no=no):
                chosen, one, other = (self.truth(each, tested) for each in (condition, yes, no))
                return self._known(T.ite(chosen.yes, one.yes, other.yes), T.ite(chosen.yes, one.no, other.no))
        raise Outside

    def _value_truth(self, name: str) -> Truth:
        """A value that is true or false."""
        definition = self.model.values[name].definition
        if isinstance(definition, Formula):
            return self.truth(definition.expression.node)
        if name not in self._value_truths:
            T = self.terms
            place, outputs = self.wholes.tables.choice(name)
            truths = [self.truth(each.node) if each is not None else None for each in outputs]
            yes = [T.const(False) if each is None else each.yes for each in truths]
            no = [T.const(False) if each is None else each.no for each in truths]
            self._value_truths[name] = self._known(self.wholes.at(place, yes), self.wholes.at(place, no))
        return self._value_truths[name]

    # Tests

    def _passes(self, value: Node, test: Node, tested: Node | None) -> Truth:
        """Whether ``value`` meets one test of an ``in``."""
        match test:
            case RangeLiteral(low=low, high=high):
                above = [Compare(">=" if test.low_closed else ">", value, low)] if low is not None else []
                below = [Compare("<=" if test.high_closed else "<", value, high)] if high is not None else []
                return self.all_of([self._compared(each, tested) for each in (*above, *below)])
            case _ if reads_input(test):
                return self.truth(test, value if not isinstance(value, Input) else tested)
            case ListLiteral(items=items):
                among = self.any_of([self._passes(value, item, tested) for item in items])
                no = self.terms.and_(self.terms.not_(among.yes), self.terms.not_(among.open))
                return Truth(among.yes, no, among.open, among.waits)
            case Literal(value=None | bool()):
                return self._compared(Compare("=", value, test), tested)
            case _ if test.type.kind in _SCALAR:
                return self._compared(Compare("=", value, test), tested)
        return self._settled(In(value, (test,)), tested, _outside)

    def _compared(self, node: Compare, tested: Node | None) -> Truth:
        simple = self._simple(node, tested)
        return simple or self._settled(node, tested, lambda: self._comparison(node, tested))

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
        )

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
            return self._certain(same if op == "=" else T.not_(same))
        if kinds == {"boolean"}:
            return self._same_truth(op, self.truth(node.left, tested), self.truth(node.right, tested))
        a, b = self.wholes.of(node.left, tested), self.wholes.of(node.right, tested)
        if a.unit != b.unit:
            raise Outside
        test = self._comparison_of(op, a, b)
        if op in ("=", "!="):
            same = test if op == "=" else T.not_(test)
            same = T.or_(T.and_(T.not_(a.null), T.not_(b.null), same), T.and_(a.null, b.null))
            return self._certain(same if op == "=" else T.not_(same))
        there = T.and_(T.not_(a.null), T.not_(b.null))
        if there.kind == "const" and there.value:
            return self._certain(test)
        return self._known(T.and_(there, test), T.and_(there, T.not_(test)))

    def _same_truth(self, op: str, left: Truth, right: Truth) -> Truth:
        """Equality of truth values, where neither is null."""
        if op not in ("=", "!=") or not self._plain(left) or not self._plain(right):
            raise Outside
        T = self.terms
        same = T.ite(left.yes, right.yes, right.no)
        return self._certain(same if op == "=" else T.not_(same))

    def _comparison_of(self, op: str, a: Whole, b: Whole) -> Term:
        if not (a.exact or b.exact):
            raise Outside
        return _OPERATORS[op](self.terms, self.terms.scale(b.over, a.number), self.terms.scale(a.over, b.number))

    def kind(self, node: Node, tested: Node | None) -> str:
        """The kind of a value."""
        if isinstance(node, Input) and tested is not None:
            return self.kind(tested, None)
        if isinstance(node, Literal) and node.value is None:
            return "null"
        return node.type.kind


def _outside() -> Truth:
    raise Outside


def _decided(var: Term, passing: Region) -> tuple[bool, bool]:
    """Whether a missing value surely passes, and whether it surely does not, by the declared bounds alone."""
    if isinstance(passing, Words):
        return False, False
    bounded = var.low is not None or var.high is not None
    low, high = (var.low, var.high) if bounded else (None, None)
    return passing.covers(low, high), not passing.meets(low, high)


_SCALAR: Final = frozenset(("number", "text", "choice", "money", "date", "duration"))
_TESTED: Final = _SCALAR | {"boolean"}
_WORDS: Final = frozenset(("text", "choice"))
_TURNED: Final = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPERATORS: Final[Mapping[str, Callable[[Terms, Term, Term], Term]]] = {
    "=": lambda T, a, b: T.eq(a, b),
    "!=": lambda T, a, b: T.not_(T.eq(a, b)),
    "<": lambda T, a, b: T.lt(a, b),
    "<=": lambda T, a, b: T.le(a, b),
    ">": lambda T, a, b: T.lt(b, a),
    ">=": lambda T, a, b: T.le(b, a),
}
