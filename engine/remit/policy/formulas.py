"""The formulas of a policy: expressions, conditions, and values with their tables and dated constants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import date
from typing import Literal, TypeAlias

from remit.language.fast_dataclass import dataclass
from remit.language.nodes import And, Name, Node
from remit.language.source import Source
from remit.language.types import Type

__all__ = ["Clause", "Condition", "Dated", "Expression", "Formula", "HitPolicy", "Row", "Table", "Value"]


@dataclass(frozen=True, slots=True)
class Expression:
    """A typed tree and the text that it was read from."""

    node: Node
    source: Source = field(compare=False, repr=False)

    @property
    def text(self) -> str:
        """What the author wrote."""
        return self.source.text


@dataclass(frozen=True, slots=True)
class Clause:
    """An expression and what it is for. ``source``: where it is written (``None``: it is implied, as the day that chooses among
    dated constants). ``tested``: what the input of a test in a table stands for."""

    node: Node
    source: Source | None
    kind: Literal["condition", "amount", "limit", "formula", "input", "cell", "otherwise", "entry", "promise"]
    tested: Node | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """When something applies.

    ``node`` is the whole condition as one boolean expression. ``tests`` are its parts as they were written in the mapping
    form, each the name tested and a unary test over ``Input()``; ``rest`` is what was written as an expression (or ``None``).
    ``node`` is their conjunction.
    """

    node: Node
    tests: tuple[tuple[str, Expression], ...] = ()
    rest: Expression | None = None

    def expressions(self) -> Iterator[Clause]:
        """Its parts as they are written; in those of the mapping form, the name tested is put in."""
        if self.rest is not None:
            yield Clause(self.rest.node, self.rest.source, "condition")
        joined = len(self.tests) > 1 or self.rest is not None
        nodes = self.node.operands if joined and isinstance(self.node, And) else (self.node,)
        yield from (Clause(node, test.source, "condition") for node, (_, test) in zip(nodes, self.tests, strict=False))


HitPolicy: TypeAlias = Literal[
    "unique", "first", "any", "priority", "collect sum", "collect min", "collect max", "collect count"
]


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of a decision table: a unary test per input (over ``Input()``) and the output."""

    tests: tuple[Expression, ...]
    output: Expression


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table (DMN 1.4, chapter 8). ``priorities`` are output texts, most important first (hit policy priority).

    ``otherwise`` is the value when no row matches; without one that is null (for ``collect count`` it is 0).
    """

    inputs: tuple[Expression, ...]
    hit: HitPolicy
    rows: tuple[Row, ...]
    otherwise: Expression | None = None
    priorities: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """A constant that changes by date: each entry holds from its day on, until the next. Before the first it is null.

    ``by`` is the name whose date chooses (``occurred`` unless the author says otherwise).
    """

    entries: tuple[tuple[date, Expression], ...]
    by: str = "occurred"


@dataclass(frozen=True, slots=True)
class Formula:
    """A value that is one expression."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Value:
    """A named step. ``definition`` may read facts and values defined before or after it, never itself (no circles)."""

    name: str
    type: Type
    definition: Formula | Table | Dated
    source: Source | None = field(default=None, compare=False, repr=False)

    def expressions(self) -> Iterator[Clause]:
        """All that the definition is made of."""
        match self.definition:
            case Formula(expression):
                yield Clause(expression.node, expression.source, "formula")
            case Dated(entries, by):
                yield Clause(Name(by), None, "input")
                yield from (Clause(each.node, each.source, "entry") for _, each in entries)
            case Table(inputs=inputs, rows=rows, otherwise=otherwise):
                yield from (Clause(each.node, each.source, "input") for each in inputs)
                for row in rows:
                    for test, on in zip(row.tests, inputs, strict=True):
                        yield Clause(test.node, test.source, "cell", on.node)
                    yield Clause(row.output.node, row.output.source, "cell")
                if otherwise is not None:
                    yield Clause(otherwise.node, otherwise.source, "otherwise")
