"""Graphs of terms, each node beside the values that it has by definition, and the function that is compiled from some."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

from hypothesis import strategies as st

from remit.core.regions import Region
from remit.core.terms import Term, Terms
from remit.readings.code import python_syntax as py
from remit.readings.code.emit import Emitter
from remit.readings.code.index import Rests, indexed
from remit.readings.code.placing import Placement
from remit.readings.numbers.algebra import Numbers

__all__ = ["CASES", "WORDS", "Graph", "Node", "compiled"]

#: The variables: sort, lowest, highest, and whether it may be missing.
_VARIABLES: Mapping[str, tuple[str, int | None, int | None, bool]] = {
    "few": ("i", 0, 3, False),
    "some": ("i", -6, 9, False),
    "any": ("i", None, None, False),
    "least": ("i", 2, None, False),
    "yes": ("b", None, None, False),
    "no": ("b", None, None, False),
    "maybe": ("b", None, None, False),
    "word": ("s", None, None, False),
    "other": ("s", None, None, False),
    "lost": ("i", -4, 5, True),
    "lost far": ("i", None, None, True),
    "lost word": ("s", None, None, True),
    "lost truth": ("b", None, None, True),
    "set": ("x", None, None, False),
    "facts": ("f", None, None, False),
}
WORDS = ("", "a", "b", 'say "so"\n', "{0}")


def _values(name: str) -> st.SearchStrategy[Any]:
    sort, low, high, optional = _VARIABLES[name]
    some = {
        "i": st.integers(-30 if low is None else low, 30 if high is None else high),
        "b": st.booleans(),
        "s": st.sampled_from(WORDS),
        "x": st.frozensets(st.sampled_from(("a", "b"))),
        "f": st.integers(0, 15),
    }[sort]
    return st.none() | some if optional else some


#: What the variables are in one case.
CASES = st.fixed_dictionaries({name: _values(name) for name in _VARIABLES})


class Plain(Numbers):
    """The definition, with what the laws themselves do not use."""

    def mul(self, a: int, b: int) -> int:
        return a * b

    def inside(self, value: Any, region: Region) -> bool:
        return value in region

    def has(self, members: frozenset[str], word: str) -> bool:
        return word in members

    def pick(self, conditions: Sequence[bool], *, unique: bool = False) -> int:
        if unique and sum(conditions) > 1:
            return len(conditions)
        return super().pick(conditions)

    def bits(self, *values: int) -> int:
        found = 0
        for each in values:
            found |= each
        return found

    def meets(self, value: int, bits: int) -> bool:
        return value & bits != 0

    def call(self, function: Any, *args: Any, **_: Any) -> Any:
        return function(*args)


PLAIN = Plain()


@dataclass(frozen=True)
class Node:
    """A term, or a plain constant, and its values in the cases."""

    term: Any
    values: tuple[Any, ...]


class Graph:
    """Nodes by sort. A variable that may be missing has a sort of its own: few things take it."""

    def __init__(self, cases: Sequence[Mapping[str, Any]]) -> None:
        self.terms = Terms()
        self.cases = cases
        self.nodes: dict[str, list[Node]] = {}
        for name, (sort, low, high, optional) in _VARIABLES.items():
            var = self.terms.var(name, "x" if sort == "f" else sort, low, high, optional=optional)
            self._put(f"{sort}?" if optional else sort, Node(var, tuple(case[name] for case in cases)))

    def _put(self, sort: str, node: Node) -> Node:
        self.nodes.setdefault(sort, []).append(node)
        return node

    def make(self, sort: str, function: Callable[..., Any], operands: Sequence[Node]) -> Node:
        """``function`` in both algebras."""
        term = function(self.terms, *(each.term for each in operands))
        values = [function(PLAIN, *(each.values[number] for each in operands)) for number in range(len(self.cases))]
        return self._put(sort, Node(term, tuple(values)))


def compiled(roots: Sequence[Term], terms: Terms | None = None) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """The function that works out ``roots`` from a case; with ``terms``, many conditions are looked up in an index."""
    if terms is not None:
        roots = indexed(terms, roots)
    namespace: dict[str, Any] = {"bisect": bisect_right, "quote": encode_basestring}

    def leaf(term: Term, arguments: Sequence[py.Expression]) -> py.Expression:
        if term.kind == "var":
            return py.item(py.name("v"), py.constant(term.value))
        namespace[f"F{len(namespace)}"] = term.value
        return py.call(f"F{len(namespace) - 1}", *arguments)

    def tests(rests: Rests) -> list[Callable[[Mapping[str, Any]], bool] | None]:
        functions = [None if each is None else compiled([each]) for each in rests.tests]
        return [None if each is None else lambda case, function=each: function(case)[0] for each in functions]  # type: ignore[misc]

    plan = Placement(roots)
    emitter = Emitter(plan, leaf, namespace, tests)
    body = emitter.block(plan.root)
    answer = py.row([emitter.value(each) for each in roots])
    made: Callable[[Mapping[str, Any]], tuple[Any, ...]] = py.function("f", ["v"], [*body, py.give(answer)], namespace)
    return made
