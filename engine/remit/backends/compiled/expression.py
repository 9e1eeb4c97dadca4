"""Formulas that count, as Python syntax trees over the tuple ``F`` of facts and the tuple ``S`` of settled parts.

The code is built node by node; what the author wrote enters it only as constants (``ast.Constant``) and as places in the two
tuples. What is not built here or in
:mod:`remit.backends.compiled.operators` is evaluated by the reference, called from the code.

A settled part is a part of the formula that the classes of the facts settle (a table's row, a percentage by tier). It is worked
out by the reference evaluator when a combination of classes is met for the first time.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from remit.backends.compiled import arithmetic
from remit.backends.compiled.code import (
    Code,
    NotCompiled,
    all_of,
    either,
    fixed,
)
from remit.backends.compiled.domains import ROLE, Domain
from remit.backends.compiled.interpreted import interpreted
from remit.backends.compiled.needs import Analysis, outcomes
from remit.backends.compiled.operators import BUILDERS
from remit.backends.compiled.trees import with_input
from remit.language.nodes import (
    Input,
    Literal,
    Name,
    Node,
    walk,
)
from remit.language.types import Type
from remit.language.values import CONTEXT, Money, minor_digits
from remit.policy.model import Dated, Formula, Model, Table

__all__ = ["Compiler", "Settled"]


@dataclass(frozen=True, slots=True)
class Settled:
    """A place in ``S``: the value of ``node``, or, with ``definition``, which of its distinct ``outcomes`` is chosen
    (``len(outcomes)``: null)."""

    node: Node
    kind: str
    currency: str | None = None
    definition: Table | None = None
    outcomes: tuple[Node, ...] = ()


_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "add": arithmetic.add,
    "subtract": arithmetic.subtract,
    "multiply": arithmetic.multiply,
    "divide": arithmetic.divide,
    "negate": arithmetic.negate,
    "floor": arithmetic.floor,
    "ceiling": arithmetic.ceiling,
    "min": min,
    "max": max,
    "absolute": arithmetic.absolute,
    "unscaled": arithmetic.unscaled,
    "whole": arithmetic.whole,
}
#: Beyond this the reference takes over: code that is nested too deeply cannot be compiled.
_MOST_NODES: Final = 2000
_MOST_DEPTH: Final = 40
_MOST_OUTCOMES: Final = 40
#: No whole number in ``F`` is longer: what is asked is below ``10**15`` euros.
_FACT_DIGITS: Final = 17
#: What compiled code can hold. Values of other kinds only occur within what the reference evaluates.
_KINDS: Final = frozenset(("number", "money", "boolean", "text", "choice", "date", "duration"))


@dataclass(slots=True)
class Compiler:
    """Builds the formulas of one policy. ``facts`` gets the names that stand in ``F``, in the order in which they are met."""

    model: Model
    domains: Mapping[str, Domain]
    analysis: Analysis
    facts: list[str] = field(default_factory=list)
    _kept: list[Any] = field(default_factory=list)
    _interpreted: list[Callable[[tuple[Any, ...]], Any]] = field(default_factory=list)
    _settled: list[Settled] = field(default_factory=list)
    _nodes: int = 0
    _depth: int = 0

    def build(self, node: Node) -> tuple[Code, tuple[Settled, ...]]:
        """The code for ``node`` (which is folded) and its places in ``S``. Raises :class:`NotCompiled`."""
        self._settled, self._nodes, self._depth = [], 0, 0
        code = self.part(node)
        return code, tuple(self._settled)

    def link(self, codes: Sequence[ast.expr]) -> list[Callable[[tuple[Any, ...], tuple[Any, ...]], Any]]:
        """The functions for ``codes``, each of ``(F, S)``."""
        parameters = ast.arguments([], [ast.arg("F"), ast.arg("S")], None, [], [], None, [ast.Tuple([], ast.Load())])
        functions: list[ast.expr] = [ast.Lambda(parameters, each) for each in codes]
        whole = ast.fix_missing_locations(ast.Expression(ast.List(functions, ast.Load())))
        names = {**_FUNCTIONS, "K": tuple(self._kept), "I": tuple(self._interpreted), "__builtins__": {}}
        out: list[Callable[[tuple[Any, ...], tuple[Any, ...]], Any]] = eval(compile(whole, "<remit formulas>", "eval"), names)
        return out

    def folded(self, node: Node) -> Node:
        """``node`` with its constant parts worked out."""
        return self.analysis.folded(node)

    def part(self, node: Node) -> Code:
        """The code for a part of what is being built. Raises :class:`NotCompiled`."""
        self._nodes += 1
        if isinstance(node, Literal):
            return self._constant(node.value)
        if self.analysis.needs(node) is not None and not any(isinstance(each, Input) for each in walk(node)):
            return self._settle(node)
        if self._nodes > _MOST_NODES or self._depth >= _MOST_DEPTH:
            return self._interpret(node)
        self._depth += 1
        try:
            return self._name(node) if isinstance(node, Name) else BUILDERS[type(node)](self, node)
        except (NotCompiled, KeyError):
            return self._interpret(node)
        finally:
            self._depth -= 1

    def _interpret(self, node: Node) -> Code:
        """What is not built here is evaluated by the reference, within code that is."""
        of, names = self._type(node), sorted(self.analysis.reads(node))
        if of.kind not in _KINDS or ROLE in names or any(isinstance(each, Input) for each in walk(node)):
            raise NotCompiled
        reads = [(self._fact(name), self.domains[name]) for name in names]
        self._interpreted.append(interpreted(self.model, node, reads, of))
        call = ast.Call(_item("I", len(self._interpreted) - 1), [ast.Name("F", ast.Load())], [])
        return Code(call, of.kind, currency=of.currency)

    def _fact(self, name: str) -> int:
        """The place of ``name`` in ``F``."""
        if name not in self.facts:
            self.facts.append(name)
        return self.facts.index(name)

    def _constant(self, value: Any) -> Code:
        match value:
            case bool():
                return Code(ast.Constant(value), "boolean")
            case int() | Decimal():
                return self._number(Decimal(value), "number", None)
            case Money(amount=amount, currency=currency):
                return self._number(_minor(amount, currency), "money", currency)
            case str():
                return Code(ast.Constant(value), "text")
            case datetime():
                raise NotCompiled
            case date():
                return Code(self._keep(value), "date")
            case timedelta():
                return Code(self._keep(value), "duration")
            case _:
                raise NotCompiled

    def _number(self, value: Decimal, kind: str, currency: str | None) -> Code:
        return fixed(value, kind, currency) or Code(self._keep(value), kind, currency=currency, most=value)

    def _keep(self, value: Any) -> ast.expr:
        """A constant that has no literal in Python: it stands in the tuple ``K``."""
        self._kept.append(value)
        return _item("K", len(self._kept) - 1)

    def _settle(self, node: Node) -> Code:
        kind = self._type(node)
        if kind.kind not in _KINDS:
            raise NotCompiled
        return Code(self._place(Settled(node, kind.kind, kind.currency)), kind.kind, currency=kind.currency)

    def _place(self, settled: Settled) -> ast.expr:
        if settled not in self._settled:
            self._settled.append(settled)
        return _item("S", self._settled.index(settled))

    def _type(self, node: Node) -> Type:
        if node.type.kind != "any" or not isinstance(node, Name):
            return node.type
        if node.name in self.model.values:
            return self.model.values[node.name].type
        return self.model.facts[node.name].type if node.name in self.model.facts else node.type

    def _name(self, node: Name) -> Code:
        if node.name in self.model.values:
            return self._value(self.model.values[node.name].definition)
        domain = self.domains.get(node.name)
        if domain is None or domain.type not in _KINDS or node.name == ROLE:
            raise NotCompiled
        fact = self.model.facts.get(node.name)
        whole = domain.type == "money" or (fact.type.integer if fact is not None else domain.type == "number")
        high = domain.high.amount if isinstance(domain.high, Money) else domain.high
        most = _minor(high, domain.currency) if isinstance(high, Decimal) else None
        digits = _FACT_DIGITS if whole else 0
        return Code(_item("F", self._fact(node.name)), domain.type, digits, 0, domain.currency, most)

    def _value(self, definition: Formula | Table | Dated) -> Code:
        if isinstance(definition, Formula):
            return self.part(self.folded(definition.expression.node))
        if not isinstance(definition, Table) or definition.hit not in ("unique", "first", "any"):
            raise NotCompiled  # dated constants are settled, unless their day is not told apart
        if self.analysis.choice(definition) is None:
            return self._chain(definition)
        distinct = tuple(dict.fromkeys(self.folded(each) for each in outcomes(definition)))
        if len(distinct) > _MOST_OUTCOMES:
            raise NotCompiled
        place = self._place(Settled(Literal(None), "choice", None, definition, distinct))
        codes = [self.part(each) for each in distinct]
        out = codes[-1]
        if len(codes) == 1:  # whatever is chosen, it must be settled that something is
            out = replace(out, tree=ast.IfExp(ast.Compare(place, [ast.Eq()], [ast.Constant(0)]), out.tree, ast.Constant(None)))
        for index in range(len(codes) - 2, -1, -1):
            chosen = ast.Compare(place, [ast.Eq()], [ast.Constant(index)])
            out = either(chosen, codes[index], out)
        return out

    def _chain(self, definition: Table) -> Code:
        """A table whose rows must be tried one after another."""
        if definition.hit != "first" or definition.otherwise is None:
            raise NotCompiled
        if len(definition.rows) > _MOST_OUTCOMES:
            raise NotCompiled
        out = self.part(self.folded(definition.otherwise.node))
        for row in reversed(definition.rows):
            tests: list[ast.expr] = []
            for tested, test in zip(definition.inputs, row.tests, strict=True):
                whole = self.folded(with_input(self.folded(test.node), self.folded(tested.node)))
                if whole != Literal(True):
                    tests.append(self.boolean(whole))
            result = self.part(self.folded(row.output.node))
            out = either(all_of(tests).tree, result, out) if tests else result
        return out

    def boolean(self, node: Node) -> ast.expr:
        """The code for a part that is surely true or false. Raises :class:`NotCompiled`."""
        code = self.part(node)
        if code.kind != "boolean":
            raise NotCompiled
        return code.tree


def _minor(amount: Decimal, currency: str | None) -> Decimal:
    return CONTEXT.scaleb(amount, minor_digits(currency)) if currency else amount


def _item(tuple_name: str, index: int) -> ast.expr:
    return ast.Subscript(ast.Name(tuple_name, ast.Load()), ast.Constant(index), ast.Load())
