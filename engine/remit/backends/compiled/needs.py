"""What a decision must know of each name so that an expression has one value: the analysis behind the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from remit.backends.compiled.domains import Domain, Need
from remit.backends.compiled.trees import compares, fold, with_input, words_of
from remit.language.nodes import (
    And,
    Between,
    Call,
    Compare,
    In,
    Input,
    Literal,
    Name,
    Node,
    Or,
    children,
    names_in,
)
from remit.policy.model import Dated, Formula, Model, Table
from remit.policy.trees import nodes_of_value

__all__ = ["Analysis", "outcomes"]

_TESTS = (And, Or, Between, Compare, In, Call, Name)


class Analysis:
    """Answers, for expressions of one policy, by which classes of facts they are settled, and which names they read."""

    def __init__(self, model: Model, domains: Mapping[str, Domain]) -> None:
        self._model = model
        self._domains = domains
        self._values: dict[str, frozenset[Need] | None] = {}
        self._reads: dict[str, frozenset[str]] = {}
        self._parts: dict[str, frozenset[Need]] = {}
        self._folded: dict[int, tuple[Node, Node]] = {}

    def folded(self, node: Node) -> Node:
        """``node`` with its constant parts worked out; the same object each time."""
        found = self._folded.get(id(node))
        if found is None:
            found = self._folded[id(node)] = (node, fold(node, self._model.calendars))
        return found[1]

    def reads(self, node: Node) -> frozenset[str]:
        """The names of facts (and other inputs) that ``node`` reads, also through values of the policy."""
        out: set[str] = set()
        for name in names_in(node):
            if name in self._model.values:
                out |= self._value_reads(name)
            elif name in self._domains:  # not an item of a filter
                out.add(name)
        return frozenset(out)

    def _value_reads(self, name: str) -> frozenset[str]:
        if name not in self._reads:
            nodes = nodes_of_value(self._model.values[name])
            self._reads[name] = frozenset[str]().union(*(self.reads(each) for each in nodes))
        return self._reads[name]

    def needs(self, node: Node) -> frozenset[Need] | None:
        """What settles ``node`` (which is folded), or ``None`` where it counts with a value that is not told apart."""
        if isinstance(node, Literal | Input):
            return frozenset()
        test = self.test_of(node)
        if test is not None:
            return frozenset((test,))
        if isinstance(node, Name):
            return self._name(node.name)
        return self._all(children(node))

    def test_of(self, node: Node) -> Need | None:
        """``node`` as a test of one single name, where it is one."""
        if not isinstance(node, _TESTS):
            return None
        names = names_in(node)
        if len(names) != 1:
            return None
        (name,) = names
        domain = self._domains.get(name)
        if domain is None or domain.kind == "opaque":
            return None
        if domain.kind == "finite":
            return Need(name, node)
        if isinstance(node, Name) or not compares(node):
            return None
        if domain.kind == "text" and words_of(node) is None:
            return None
        return Need(name, node)

    def _name(self, name: str) -> frozenset[Need] | None:
        if name in self._model.values:
            if name not in self._values:
                self._values[name] = self._value(name)
            return self._values[name]
        domain = self._domains.get(name)
        return frozenset((Need(name, None),)) if domain is not None and domain.kind == "finite" else None

    def _value(self, name: str) -> frozenset[Need] | None:
        definition = self._model.values[name].definition
        settled = self.choice(definition) if not isinstance(definition, Formula) else frozenset[Need]()
        rest = self._all(self.folded(each) for each in outcomes(definition))
        return None if settled is None or rest is None else settled | rest

    def choice(self, definition: Table | Dated) -> frozenset[Need] | None:
        """What settles which rows of a table match, or which entry is in force."""
        if isinstance(definition, Dated):
            by = Name(definition.by)
            return self._all(Compare(">=", by, Literal(start)) for start, _ in definition.entries)
        return self._all(self._tests(definition))

    def _tests(self, table: Table) -> Iterator[Node]:
        """Every cell of ``table`` as a test of its own."""
        for row in table.rows:
            for tested, test in zip(table.inputs, row.tests, strict=True):
                yield self.folded(with_input(self.folded(test.node), self.folded(tested.node)))

    def parts(self, node: Node) -> frozenset[Need]:
        """What settles those parts of ``node`` that can be settled where the whole cannot: the rest is counted each time."""
        whole = self.needs(node)
        if whole is not None:
            return whole
        if isinstance(node, Name) and node.name in self._model.values:
            return self._value_parts(node.name)
        return frozenset[Need]().union(*(self.parts(child) for child in children(node)))

    def _value_parts(self, name: str) -> frozenset[Need]:
        if name not in self._parts:
            definition = self._model.values[name].definition
            chosen = None if isinstance(definition, Formula) else self.choice(definition)
            rest = (self.parts(self.folded(each)) for each in outcomes(definition))
            self._parts[name] = (chosen or frozenset[Need]()).union(*rest)
        return self._parts[name]

    def _all(self, nodes: Iterable[Node]) -> frozenset[Need] | None:
        out: frozenset[Need] = frozenset()
        for node in nodes:
            needs = self.needs(node)
            if needs is None:
                return None
            out |= needs
        return out


def outcomes(definition: Formula | Table | Dated) -> list[Node]:
    """The expressions that give the value, one of which is chosen (or several, where a table collects)."""
    match definition:
        case Formula():
            return [definition.expression.node]
        case Dated():
            return [entry.node for _, entry in definition.entries]
        case Table():
            ends = [definition.otherwise.node] if definition.otherwise is not None else []
            return [*(row.output.node for row in definition.rows), *ends]
