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
from types import MappingProxyType
from typing import Any, Final

from remit.core.lowering.comparisons import Comparisons
from remit.core.lowering.opaque import NO, OPEN, YES, Item, Opaque, Outside
from remit.core.lowering.quantity import Truth, evaluated
from remit.core.lowering.whole import Wholes
from remit.core.regions import Region, Spans, one_of
from remit.core.terms import Term, Terms
from remit.language.nodes import (
    And,
    Between,
    Call,
    Compare,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    If,
    In,
    Input,
    Invocation,
    ListLiteral,
    Literal,
    Name,
    Node,
    Or,
    Quantified,
    RangeLiteral,
    children,
    names_in,
    reads_input,
)
from remit.policy.model import Expression, Formula, Model, Row, Table
from remit.policy.trees import nullable_values

__all__ = ["Lowering"]


class Lowering(Comparisons):
    """The meaning of one model, for one role or (``role`` is ``None``) for all."""

    #: The kinds of values that terms compare.
    scalar: frozenset[str] = frozenset(("number", "text", "choice", "money", "date", "duration"))

    def __init__(
        self,
        terms: Terms,
        model: Model,
        role: str | None,
        *,
        partial: bool,
        given: Mapping[str, Term] = MappingProxyType({}),
        distinct: str = "",
        proofs: bool = False,
    ) -> None:
        self.terms = terms
        #: Whether values may be off by a hair (:mod:`remit.core.lowering.brackets`).
        self.proofs = proofs
        #: What is asked, where it is something else than what the request asks; and the amounts that a promise reads.
        self.given = given
        self.model = model
        self.role = role
        self.partial = partial
        #: What the evaluator reads, as this role.
        self.scope = terms.var(f"@scope{distinct}" if role is None else f"@scope{distinct}.{role}", "x")
        self._reads: dict[str, frozenset[str]] = {}
        self._truths: dict[tuple[int, int], tuple[Truth, Node, Node | None]] = {}
        self._value_truths: dict[str, Truth] = {}
        self._present: dict[tuple[int, int], tuple[Term, Node, Node | None]] = {}
        self._values_present: dict[str, Term] = {}
        self._values: dict[str, Any] = {}

    @cached_property
    def nullable_names(self) -> frozenset[str]:
        """The named values that may be null though all facts are known."""
        return nullable_values(self.model)

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
            found = (self.reads(each.node) for each in self.model.values[name].expressions())
            self._reads[name] = frozenset[str]().union(*found)
        return self._reads[name]

    def present(self, node: Node | None, tested: Node | None = None) -> Term:
        """Whether enough is known for the value of ``node``: of an ``if``, the branch that counts; of a table, the row."""
        if not self.partial or node is None:
            return self.terms.const(True)
        key = id(node), id(tested)
        if key not in self._present:
            self._present[key] = self._present_of(node, tested), node, tested
        return self._present[key][0]

    def _present_of(self, node: Node, tested: Node | None) -> Term:
        T = self.terms
        match node:
            case Input() if tested is not None:
                return self.present(tested)
            case Name(name=name) if name in self.model.values:
                return self._value_present(name)
            case Name(name=name):
                return T.not_(self.missing(name)) if name in self.reads(node) else T.const(True)
            case If(condition=condition, yes=yes, no=no):
                chosen = self.truth(condition, tested)
                branch = T.ite(chosen.yes, self.present(yes, tested), self.present(no, tested))
                return T.and_(T.not_(chosen.open), branch)
            case Quantified() | Filter() | For() | ContextLiteral() | FunctionLiteral() | Invocation():
                return self._all_present(node)
        return T.and_(*(self.present(each, tested) for each in children(node)))

    def _all_present(self, node: Node) -> Term:
        return self.terms.and_(*(self.terms.not_(self.missing(name)) for name in sorted(self.reads(node))))

    def _value_present(self, name: str) -> Term:
        T = self.terms
        if name in self._values_present:
            return self._values_present[name]
        match self.model.values[name].definition:
            case Formula(expression):
                found = self.present(expression.node)
            case Table(hit="unique", rows=rows, inputs=inputs, otherwise=otherwise) if len(rows) <= _MOST_ROWS:
                found = T.const(True) if otherwise is None else self.present(otherwise.node)
                wholes = [self._row(row, inputs) for row in rows]
                for row, whole in zip(reversed(rows), reversed(wholes), strict=True):
                    found = T.ite(whole.yes, self.present(row.output.node), found)
                found = T.and_(*(T.not_(whole.open) for whole in wholes), found)
            case Table(hit="first", rows=rows, inputs=inputs, otherwise=otherwise) if len(rows) <= _MOST_ROWS:
                found = T.const(True) if otherwise is None else self.present(otherwise.node)
                for row in reversed(rows):
                    whole = self._row(row, inputs)
                    known = T.and_(T.not_(whole.open), self.present(row.output.node))
                    found = T.ite(T.or_(whole.yes, whole.open), known, found)
            case _:
                found = self._all_present(Name(name))
        self._values_present[name] = found
        return found

    def _row(self, row: Row, inputs: Sequence[Expression]) -> Truth:
        """Whether a row of a table matches."""
        return self.all_of([self.truth(test.node, on.node) for test, on in zip(row.tests, inputs, strict=True)])

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
                elif reads_input(value) or self.kind(value, tested) not in (*self.scalar, "boolean"):
                    return self.settled(node, tested, _outside)
                return self.any_of([self._passes(value, test, tested) for test in tests])
            case Between(value=value, low=low, high=high):
                above = self.compared(Compare(">=", value, low), tested)
                return self.all_of([above, self.compared(Compare("<=", value, high), tested)])
            case Compare():
                return self.compared(node, tested)
            case Name(name=name) if name in self.model.values:
                definition = self.model.values[name].definition
                if isinstance(definition, Formula):
                    return self.truth(definition.expression.node)
            case Name(name=name) if name in self.model.facts and self.wholes.variable(name).sort == "b":
                var = self.wholes.variable(name)
                yes, no = self.terms.inside(var, one_of((True,))), self.terms.inside(var, one_of((False,)))
                return Truth(yes, no, self.missing(name), self.terms.const(self.bit(name)), nullable=False)
        return self.settled(node, tested, lambda: self._native(node, tested))

    def _constant(self, value: bool) -> Truth:
        true, false, none = self.terms.const(True), self.terms.const(False), self.terms.const(0)
        return Truth(*((true, false) if value else (false, true)), false, none, nullable=False)

    def all_of(self, parts: Sequence[Truth]) -> Truth:
        """Conjunction: false if a part is, unknown if then a part is, true if all are."""
        T = self.terms
        yes = T.and_(*(each.yes for each in parts))
        if all(self._plain(each) for each in parts):
            return self.certain(yes)
        no = T.or_(*(each.no for each in parts))
        waits = T.bits(*(T.ite(each.open, each.waits, 0) for each in parts))
        open_ = T.and_(T.not_(no), T.or_(*(each.open for each in parts)))
        return Truth(yes, no, open_, waits, any(each.nullable for each in parts))

    def any_of(self, parts: Sequence[Truth]) -> Truth:
        """Disjunction."""
        return self.negation(self.all_of([self.negation(each) for each in parts]))

    def negation(self, part: Truth) -> Truth:
        """``not``."""
        return Truth(part.no, part.yes, part.open, part.waits, part.nullable)

    def _plain(self, part: Truth) -> bool:
        return part.no is self.terms.not_(part.yes)

    def settled(self, node: Node, tested: Node | None, native: Callable[[], Truth]) -> Truth:
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
            return self.asked_evaluator(node, tested)
        call = T.call(Opaque("open truth", node, tested), self.scope)
        code = T.call(Item(0), call, sort="i", low=NO, high=OPEN)
        says = Truth(T.eq(code, YES), T.eq(code, NO), T.eq(code, OPEN), T.call(Item(1), call, sort="i", low=0))
        if found is None:
            return says
        yes, no = T.ite(known, found.yes, says.yes), T.ite(known, found.no, says.no)
        return Truth(yes, no, T.and_(T.not_(known), says.open), says.waits)

    def asked_evaluator(self, node: Node, tested: Node | None) -> Truth:
        """What the evaluator says of a condition that reads only what is known."""
        code = evaluated(self, Opaque("truth", node, tested), sort="i", low=NO, high=OPEN)
        return self.known(self.terms.eq(code, YES), self.terms.eq(code, NO))

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
                    return self.known(T.inside(var, one_of((True,))), T.inside(var, one_of((False,))))
                if name.startswith("asked."):
                    return self.certain(T.lt(0, var))
            case Call(function="list contains", arguments=(Name(name=name), Literal(value=str() as word))):
                if name in self.model.facts and self._lists_words(name):
                    return self.certain(T.has(self.wholes.variable(name), word))
            case If(condition=condition, yes=yes, no=no):
                chosen, one, other = (self.truth(each, tested) for each in (condition, yes, no))
                return self.known(T.ite(chosen.yes, one.yes, other.yes), T.ite(chosen.yes, one.no, other.no))
        raise Outside

    def _lists_words(self, name: str) -> bool:
        of = self.model.facts[name].type.element
        return of is not None and of.kind in ("text", "choice")

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
            self._value_truths[name] = self.known(self.wholes.at(place, yes), self.wholes.at(place, no))
        return self._value_truths[name]

    # Tests

    def _passes(self, value: Node, test: Node, tested: Node | None) -> Truth:
        """Whether ``value`` meets one test of an ``in``."""
        match test:
            case RangeLiteral(low=low, high=high):
                above = [Compare(">=" if test.low_closed else ">", value, low)] if low is not None else []
                below = [Compare("<=" if test.high_closed else "<", value, high)] if high is not None else []
                return self.all_of([self.compared(each, tested) for each in (*above, *below)])
            case _ if reads_input(test):
                return self.truth(test, value if not isinstance(value, Input) else tested)
            case ListLiteral(items=items):
                among = self.any_of([self._passes(value, item, tested) for item in items])
                no = self.terms.and_(self.terms.not_(among.yes), self.terms.not_(among.open))
                return Truth(among.yes, no, among.open, among.waits, nullable=False)
            case Literal(value=None | bool()):
                return self.compared(Compare("=", value, test), tested)
            case _ if test.type.kind in self.scalar:
                return self.compared(Compare("=", value, test), tested)
        return self.settled(In(value, (test,)), tested, _outside)


def _outside() -> Truth:
    raise Outside


#: Of larger tables, all that is tested must be known.
_MOST_ROWS: Final = 30
