"""All formulas of a policy that count with facts, compiled together; and what must be settled before each can be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any, TypeAlias

from remit.backends.amounts import MOST, ROUNDINGS
from remit.backends.compiled.arithmetic import Unusual, standard
from remit.backends.compiled.domains import Domain
from remit.backends.compiled.expression import Code, Compiler, NotCompiled, Settled
from remit.backends.compiled.index import Index, amounts
from remit.backends.compiled.needs import Analysis, outcomes
from remit.backends.compiled.trees import with_input
from remit.backends.reference import Scope
from remit.language.nodes import Node
from remit.language.values import CONTEXT, Money, minor_digits
from remit.policy.model import Dated, Model, Remedy, Table

__all__ = ["Counted", "Formulas"]

Facts: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A compiled formula: the function of ``(F, S)``, what stands in ``S``, what it gives, and the names it counts with."""

    run: Callable[[Facts, Facts], Any]
    settled: tuple[Settled, ...]
    kind: str
    currency: str | None
    names: frozenset[str]


class Formulas:
    """The formulas of one policy. ``facts`` are the names of ``F``; :meth:`get` gives ``None`` for what was not compiled."""

    def __init__(self, model: Model, domains: Mapping[str, Domain], analysis: Analysis, index: Index) -> None:
        self._model = model
        self._analysis = analysis
        compiler = Compiler(model, domains, analysis)
        built: dict[Node, tuple[Code, tuple[Settled, ...]]] = {}
        for node in (*amounts(model), *(each for clause in index.clauses for each in clause.counting)):
            folded = analysis.folded(node)
            if folded not in built and analysis.needs(folded) is None:
                try:
                    built[folded] = compiler.build(folded)
                except NotCompiled:
                    continue
        functions = compiler.link([code for code, _ in built.values()])
        self.facts = tuple(compiler.facts)
        self._counted = {
            node: Counted(run, settled, code.kind, code.currency, analysis.reads(node))
            for (node, (code, settled)), run in zip(built.items(), functions, strict=True)
        }

    def get(self, node: Node) -> Counted | None:
        """The compiled form of ``node``, which is folded."""
        return self._counted.get(node)

    def condition(self, counted: Counted, scope: Scope) -> Callable[[Facts], bool]:
        """The formula as a condition, its settled parts taken from ``scope``. Raises :class:`Unusual`."""
        run, settled = counted.run, self._settle(counted, scope)
        if counted.kind != "boolean":
            raise Unusual
        return lambda facts: bool(run(facts, settled))

    def amount(self, counted: Counted, scope: Scope, remedy: Remedy) -> Callable[[Facts], int]:
        """The formula as an amount of ``remedy``. Raises :class:`Unusual`."""
        run, settled = counted.run, self._settle(counted, scope)
        wanted = {"money": "money", "count": "number", "exception": "boolean"}[remedy.kind]
        if counted.kind != wanted or (wanted == "money" and counted.currency != self._model.currency):
            raise Unusual
        if wanted == "boolean":
            return lambda facts: int(run(facts, settled))
        rounding = ROUNDINGS[self._model.rounding] if wanted == "money" else ROUND_FLOOR

        def amount(facts: Facts) -> int:
            value = run(facts, settled)
            if type(value) is not int:
                value = int(value.to_integral_value(rounding=rounding))
            return 0 if value < 0 else value if value < MOST else MOST

        return amount

    def _settle(self, counted: Counted, scope: Scope) -> Facts:
        return tuple(self._chosen(each, scope) if each.definition else _plain(each, scope) for each in counted.settled)

    def _chosen(self, settled: Settled, scope: Scope) -> int:
        """Which of the outcomes of a table or of dated constants is chosen."""
        assert settled.definition is not None
        nodes = [self._analysis.folded(each) for each in outcomes(settled.definition)]
        found = self._rows(settled.definition, scope)
        chosen = {settled.outcomes.index(nodes[row]) for row in found}
        if len(chosen) != 1:
            raise Unusual  # null, or several rows of a table that collects nothing
        return chosen.pop()

    def _rows(self, definition: Table | Dated, scope: Scope) -> list[int]:
        if isinstance(definition, Dated):
            day = scope[definition.by]
            return [row for row, (start, _) in enumerate(definition.entries) if start <= day][-1:]
        matching = []
        for index, row in enumerate(definition.rows):
            held = [
                scope.evaluate(self._analysis.folded(with_input(test.node, tested.node)))
                for tested, test in zip(definition.inputs, row.tests, strict=True)
            ]
            if any(not isinstance(each, bool) and each is not None for each in held):
                raise Unusual
            if all(each is True for each in held):
                matching.append(index)
        if definition.hit == "unique" and len(matching) > 1:
            raise Unusual
        if not matching and definition.otherwise is not None:
            return [len(definition.rows)]
        return matching[:1] if definition.hit == "first" else matching


def _plain(settled: Settled, scope: Scope) -> Any:
    """The value of a settled part, as compiled formulas count with it."""
    value = scope.evaluate(settled.node)
    match value:
        case bool() if settled.kind == "boolean":
            return value
        case Decimal() | int() if settled.kind == "number" and not isinstance(value, bool):
            return standard(Decimal(value))
        case Money(amount=amount, currency=currency) if settled.kind == "money":
            return standard(CONTEXT.scaleb(amount, minor_digits(currency)))
        case _:
            raise Unusual
