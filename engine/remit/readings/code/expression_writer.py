"""From terms to Python expressions, as syntax trees. An author's words are only ever constants in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from remit.core.regions import Region, Spans, Words
from remit.core.terms import Term
from remit.readings.code import python_syntax as py
from remit.readings.code.higher import Higher
from remit.readings.code.index import BitColumn
from remit.readings.code.placing import Placement

__all__ = ["ExpressionWriter", "Leaf", "name_of"]

#: Gives the expression for a variable or a call, by its arguments.
Leaf: TypeAlias = Callable[[Term, Sequence[py.Expression]], py.Expression]

#: More spans than this are looked up by bisection.
_MOST_SPANS: Final = 3


class ExpressionWriter:
    """Writes the expressions of one function. ``leaf`` gives the expression for a variable or a call; constants that are no
    plain literals go into ``namespace``."""

    def __init__(self, plan: Placement, leaf: Leaf, namespace: dict[str, Any]) -> None:
        self.plan = plan
        self.leaf = leaf
        self.namespace = namespace
        self._shared: dict[tuple[int, str], str] = {}

    def shared(self, value: Any) -> py.Expression:
        """A value as a name of the namespace."""
        key = id(value), type(value).__name__
        if key not in self._shared:
            self._shared[key] = f"K{len(self.namespace)}"
            self.namespace[self._shared[key]] = value
        return py.name(self._shared[key])

    def known(self, value: Any) -> py.Expression:
        """A new value as a name of the namespace."""
        called = f"K{len(self.namespace)}"
        self.namespace[called] = value
        return py.name(called)

    # ExpressionWriter

    def value(self, term: Term) -> py.Expression:
        """The term where it is used."""
        if term.kind == "const":
            return py.constant(term.value)
        if term in self.plan.named:
            late = isinstance(term.value, Higher)
            return py.filled(name_of(term), self.expression(term)) if late else py.name(name_of(term))
        return self.expression(term)

    def expression(self, term: Term) -> py.Expression:
        """The term written out."""
        return _EXPRESSIONS[term.kind](self, term)

    def _leaf(self, term: Term) -> py.Expression:
        return self.leaf(term, [self.value(each) for each in term.args])

    def _sum(self, term: Term) -> py.Expression:
        weights, total = term.value
        pairs = sorted(zip(weights, term.args, strict=True), key=lambda pair: pair[0] < 0)
        out: py.Expression | None = None
        for weight, each in pairs:
            size = abs(weight)
            value = self.value(each) if size == 1 else py.binary(py.constant(size), "*", self.value(each))
            if out is None:
                out = value if weight > 0 else py.negative(value)
            else:
                out = py.binary(out, "+" if weight > 0 else "-", value)
        assert out is not None
        if total:
            out = py.binary(out, "+" if total > 0 else "-", py.constant(abs(total)))
        return out

    def _mul(self, term: Term) -> py.Expression:
        return py.binary(self.value(term.args[0]), "*", self.value(term.args[1]))

    def _div(self, term: Term) -> py.Expression:
        return py.binary(self.value(term.args[0]), "//", py.constant(term.value))

    def _extreme(self, term: Term) -> py.Expression:
        op = "<" if term.kind == "min" else ">"
        values = [self.value(each) for each in term.args]
        if len(values) > 2:
            return py.call(term.kind, *values)
        return py.choose(py.compare(values[0], op, values[1]), values[0], values[1])

    def _in(self, term: Term) -> py.Expression:
        return self.test(term.args[0], self.value(term.args[0]), term.value)

    def test(self, of: Term, value: py.Expression, region: Region) -> py.Expression:
        """Whether ``value``, which is ``of``, lies in the region."""
        if isinstance(region, Words):
            return self._word_test(of, value, region)
        if of.kind == "sum" and not of.optional and len(region.spans) == 1:
            found = self._difference(of, region)
            if found is not None:
                return found
        inner = self._span_test(of, value, region)
        if not of.optional:
            return inner
        if not region.spans:
            return py.compare(value, "is" if region.missing else "is not", py.constant(None))
        if region.missing:
            return py.any_of([py.compare(value, "is", py.constant(None)), inner])
        whole = region.covers(of.low, of.high)
        there = py.compare(value, "is not", py.constant(None))
        return there if whole else py.all_of([there, inner])

    def _difference(self, of: Term, region: Spans) -> py.Expression | None:
        """``a < b`` for what is ``b - a >= 1``."""
        (weights, total), ((low, high),) = of.value, region.spans
        if weights not in ((1, -1), (-1, 1)) or total:
            return None
        a, b = (self.value(each) for each in (of.args if weights[0] == 1 else of.args[::-1]))
        op = {(1, None): ">", (0, None): ">=", (None, 0): "<=", (None, -1): "<", (0, 0): "=="}.get((low, high))
        return None if op is None else py.compare(a, op, b)

    def _span_test(self, of: Term, value: py.Expression, region: Spans) -> py.Expression:
        spans = [each for each in region.spans if Spans((each,)).meets(of.low, of.high)]
        if len(spans) > _MOST_SPANS:
            ends = [end for low, high in region.spans for end in (low, None if high is None else high + 1) if end is not None]
            odd = py.binary(py.call("bisect", self.known(ends), value), "&", py.constant(1))
            return py.compare(odd, "==", py.constant(0 if region.spans[0][0] is None else 1))
        tests = []
        for low, high in spans:
            low = None if low is not None and of.low is not None and low <= of.low else low
            high = None if high is not None and of.high is not None and high >= of.high else high
            if low == high and low is not None:
                tests.append(py.compare(value, "==", py.constant(low)))
            elif low is None and high is not None:
                tests.append(py.compare(value, "<=", py.constant(high)))
            elif high is None and low is not None:
                tests.append(py.compare(value, ">=", py.constant(low)))
            elif low is not None and high is not None:
                tests.append(py.compare(py.constant(low), "<=", value, "<=", py.constant(high)))
            else:
                return py.constant(True)
        return py.any_of(tests) if tests else py.constant(False)

    def _word_test(self, of: Term, value: py.Expression, region: Words) -> py.Expression:
        words = region.words
        if len(words) == 1:
            (word,) = words
            if word is None or isinstance(word, bool):
                return py.compare(value, "is not" if region.negated else "is", py.constant(word))
            return py.compare(value, "!=" if region.negated else "==", py.constant(word))
        return py.compare(value, "not in" if region.negated else "in", self.known(words))

    def _same(self, term: Term) -> py.Expression:
        return py.compare(self.value(term.args[0]), "==", self.value(term.args[1]))

    def _join(self, term: Term) -> py.Expression:
        parts = [self.value(each) for each in term.args]
        return py.all_of(parts) if term.kind == "and" else py.any_of(parts)

    def _not(self, term: Term) -> py.Expression:
        return py.negation(self.value(term.args[0]))

    def _ite(self, term: Term) -> py.Expression:
        return py.choose(*(self.value(each) for each in term.args))

    def _has(self, term: Term) -> py.Expression:
        members = self.value(term.args[0])
        if term.args[0].optional:
            members = py.any_of([members, py.row([])])
        return py.compare(py.constant(term.value), "in", members)

    def _amount(self, term: Term) -> py.Expression:
        return py.name(f"{name_of(term.args[0])}a")

    def _winner(self, term: Term) -> py.Expression:
        return py.name(f"{name_of(term.args[0])}w")

    def _look(self, term: Term) -> py.Expression:
        return py.item(self.shared(term.value), self.value(term.args[0]))

    def _cat(self, term: Term) -> py.Expression:
        return py.text([each.value if each.kind == "const" else self.value(each) for each in term.args])

    def _money(self, term: Term) -> py.Expression:
        digits, currency = term.value
        amount = self.value(term.args[0])
        if not digits:
            return py.text([amount, f" {currency}"])
        unit = py.constant(10**digits)
        whole, rest = py.binary(amount, "//", unit), py.binary(amount, "%", unit)
        cents = py.padded(rest, digits)
        return py.choose(rest, py.text([whole, ".", cents, f" {currency}"]), py.text([whole, f" {currency}"]))

    def _digits(self, term: Term) -> py.Expression:
        return py.text([self.value(term.args[0])])

    def _quote(self, term: Term) -> py.Expression:
        of = term.args[0]
        value = self.value(of)
        if not of.optional:
            return py.call("quote", value)
        return py.choose(py.compare(value, "is", py.constant(None)), py.constant("null"), py.call("quote", value))

    def _bits(self, term: Term) -> py.Expression:
        out = self.value(term.args[0])
        for each in term.args[1:]:
            out = py.binary(out, "|", self.value(each))
        return out

    def _favours(self, term: Term) -> py.Expression:
        """Whether the facts meet some, or do not: see :class:`remit.readings.code.missing_facts.Favour`."""
        meeting, negated = ("xw", "nw") if term.value else ("xn", "nn")
        met = py.compare(py.binary(self.value(term.args[0]), "&", py.name(meeting)), "!=", py.constant(0))
        return py.compare(met, "!=", py.name(negated))

    def _mask(self, term: Term) -> py.Expression:
        """The bits of the conditions that hold."""
        out: py.Expression | None = None
        for key, column in zip(term.args, term.value, strict=True):
            found = self._column(key, column)
            out = found if out is None else py.binary(out, "&", found)
        assert out is not None
        return out

    def _column(self, key: Term, column: BitColumn) -> py.Expression:
        value = self.value(key)
        if column.by_word is not None:
            if key.sort == "b" and not key.optional:
                yes, no = (column.by_word.get(each, column.other) for each in (True, False))
                return py.choose(value, self.known(yes), self.known(no))
            return py.method(self.known(column.by_word), "get", value, self.known(column.other))
        if column.first is not None:
            place = py.binary(value, "-", py.constant(column.first)) if column.first else value
            return py.item(self.known(tuple(column.sets)), place)
        found = py.item(self.known(tuple(column.sets)), py.call("bisect", self.known(column.cuts), value))
        if not key.optional:
            return found
        return py.choose(py.compare(value, "is", py.constant(None)), self.known(column.absent), found)

    def _meets(self, term: Term) -> py.Expression:
        return py.compare(py.binary(self.value(term.args[0]), "&", self.known(term.value)), "!=", py.constant(0))


def name_of(term: Term) -> str:
    """The name of a term in the code."""
    return f"t{term.number}"


_EXPRESSIONS: Final[Mapping[str, Callable[[ExpressionWriter, Term], py.Expression]]] = {
    "var": ExpressionWriter._leaf,
    "call": ExpressionWriter._leaf,
    "sum": ExpressionWriter._sum,
    "mul": ExpressionWriter._mul,
    "div": ExpressionWriter._div,
    "min": ExpressionWriter._extreme,
    "max": ExpressionWriter._extreme,
    "in": ExpressionWriter._in,
    "same": ExpressionWriter._same,
    "and": ExpressionWriter._join,
    "or": ExpressionWriter._join,
    "not": ExpressionWriter._not,
    "ite": ExpressionWriter._ite,
    "has": ExpressionWriter._has,
    "amount": ExpressionWriter._amount,
    "winner": ExpressionWriter._winner,
    "look": ExpressionWriter._look,
    "cat": ExpressionWriter._cat,
    "money": ExpressionWriter._money,
    "digits": ExpressionWriter._digits,
    "quote": ExpressionWriter._quote,
    "mask": ExpressionWriter._mask,
    "bits": ExpressionWriter._bits,
    "favours": ExpressionWriter._favours,
    "meets": ExpressionWriter._meets,
}
