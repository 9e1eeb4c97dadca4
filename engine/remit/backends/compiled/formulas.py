"""All formulas of a policy that count with facts, compiled together; and what must be settled before each can be used."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final, TypeAlias

from remit.backends.amounts import MOST
from remit.backends.compiled.arithmetic import OPEN, Unusual
from remit.backends.compiled.code import Code, NotCompiled, whole_amount
from remit.backends.compiled.domains import Domain
from remit.backends.compiled.expression import Compiler, Settled
from remit.backends.compiled.index import Index, amounts
from remit.backends.compiled.interpreted import counted_with
from remit.backends.compiled.needs import Analysis, outcomes
from remit.backends.reference import Scope
from remit.language.nodes import Node
from remit.policy.model import Model, Table

__all__ = ["CONDITION", "Counted", "Formulas"]

Facts: TypeAlias = tuple[Any, ...]

CONDITION: Final = "condition"
_MOST_BOUND: Final = 4096
_KINDS: Final[Mapping[str, str]] = {"money": "money", "count": "number", "exception": "boolean", CONDITION: "boolean"}


@dataclass(frozen=True, slots=True)
class Counted:
    """A compiled formula: the function of ``(F, S)``, what stands in ``S``, and the most it gives."""

    run: Callable[..., Any]
    settled: tuple[Settled, ...]
    most: int


class Formulas:
    """The formulas of one policy. ``facts`` are the names of ``F``. What is bound alike is one function."""

    def __init__(self, model: Model, domains: Mapping[str, Domain], analysis: Analysis, index: Index) -> None:
        self._model = model
        self._analysis = analysis
        self._bound: dict[tuple[Callable[..., Any], Facts], Callable[[Facts], Any]] = {}
        compiler = Compiler(model, domains, analysis)
        built: dict[tuple[Node, str], tuple[Code, ast.expr, tuple[Settled, ...]]] = {}
        for node, purpose in self._wanted(index):
            if (node, purpose) not in built and analysis.needs(node) is None:
                try:
                    code, settled = compiler.build(node)
                    built[node, purpose] = code, self._finished(code, purpose), settled
                except NotCompiled:
                    continue
        functions = compiler.link([tree for _, tree, _ in built.values()])
        self.facts = tuple(compiler.facts)
        self._counted = {
            key: Counted(run, settled, _most(code))
            for (key, (code, _, settled)), run in zip(built.items(), functions, strict=True)
        }

    def _wanted(self, index: Index) -> Iterator[tuple[Node, str]]:
        """Every formula, and what it is for: a kind of remedy, or a condition."""
        for node, remedy in amounts(self._model):
            yield self._analysis.folded(node), self._model.remedies[remedy].kind
        for clause in index.clauses:
            yield from ((node, CONDITION) for node in clause.counting)

    def _finished(self, code: Code, purpose: str) -> ast.expr:
        if code.kind != _KINDS[purpose] or (code.kind == "money" and code.currency != self._model.currency):
            raise NotCompiled
        if purpose == CONDITION:
            return code.tree
        return whole_amount(code, self._model.rounding if purpose == "money" else "down")

    def get(self, node: Node, purpose: str) -> Counted:
        """The compiled form of ``node``, which is folded. Raises :class:`Unusual` where it was not compiled."""
        found = self._counted.get((node, purpose))
        if found is None:
            raise Unusual
        return found

    def bind(self, counted: Counted, scope: Scope) -> Callable[[Facts], Any]:
        """The formula as a function of the facts only, its settled parts taken from ``scope``. What ``scope`` leaves open is
        :data:`OPEN`: the function raises :class:`Unusual` where it needs that."""
        if not counted.settled:
            return counted.run
        settled = self._settle(counted, scope)
        bound = self._bound.get((counted.run, settled))
        if bound is None:
            run = counted.run
            if len(self._bound) >= _MOST_BOUND:
                self._bound.clear()
            bound = self._bound[run, settled] = lambda facts: run(facts, settled)
        return bound

    def _settle(self, counted: Counted, scope: Scope) -> Facts:
        return tuple(self._part(each, scope) for each in counted.settled)

    def _part(self, settled: Settled, scope: Scope) -> Any:
        try:
            if settled.definition is not None:
                return self._chosen(settled, scope)
            return counted_with(scope.evaluate(settled.node), settled.kind, settled.currency)
        except Unusual:
            return OPEN

    def _chosen(self, settled: Settled, scope: Scope) -> int:
        """Which of the outcomes of a table is chosen."""
        assert settled.definition is not None
        nodes = [self._analysis.folded(each) for each in outcomes(settled.definition)]
        found = self._rows(settled.definition, scope)
        chosen = {settled.outcomes.index(nodes[row]) for row in found}
        if len(chosen) != 1:
            raise Unusual  # null, or several rows of a table that collects nothing
        return chosen.pop()

    def _rows(self, definition: Table, scope: Scope) -> list[int]:
        inputs = [scope.evaluate(tested.node) for tested in definition.inputs]
        matching = []
        for index, row in enumerate(definition.rows):
            held = [scope.test(test.node, value) for test, value in zip(row.tests, inputs, strict=True)]
            if any(each is False or each is None for each in held):
                continue
            if not all(each is True for each in held):
                raise Unusual
            matching.append(index)
        if definition.hit == "unique" and len(matching) > 1:
            raise Unusual
        if not matching and definition.otherwise is not None:
            return [len(definition.rows)]
        return matching[:1] if definition.hit == "first" else matching


def _most(code: Code) -> int:
    return MOST if code.most is None else max(0, ceil(code.most))
