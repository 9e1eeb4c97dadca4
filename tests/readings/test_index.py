"""Many conditions at once: what is looked up in an index is what is found one by one, ties and all."""
# ruff: noqa: N803, N806 - `T` and `A` are algebras, as in the engine

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from remit.core.regions import one_of, points, span
from remit.core.terms import Terms
from remit.readings.code.index import indexed
from remit.readings.code.placing import reachable
from support.graphs import CASES, WORDS, Graph, Node, compiled
from support.trials import trials

_ENDS = st.none() | st.integers(-4, 9)


@st.composite
def passing(draw: Any) -> tuple[str, Any]:
    """The name of a variable, and a region for it."""
    name = draw(st.sampled_from(("few", "some", "any", "word", "lost", "lost word", "yes", "maybe")))
    if name in ("yes", "maybe"):
        return name, one_of((draw(st.booleans()),))
    if "word" in name:
        region: Any = one_of(draw(st.sets(st.sampled_from(WORDS), min_size=1, max_size=3)))
        region = ~region if draw(st.integers(0, 3)) == 0 else region
        return name, region.taking(name.startswith("lost") and draw(st.booleans()))
    region = draw(st.one_of(st.builds(span, _ENDS, _ENDS), st.sets(st.integers(-4, 9)).map(lambda some: points(sorted(some)))))
    return name, region.taking(name.startswith("lost") and draw(st.booleans()))


#: A condition: tests of variables, and now and then something that no index holds.
_CONDITIONS = st.tuples(st.lists(passing(), min_size=1, max_size=3), st.integers(0, 7).map(lambda n: n == 0))
#: An amount: its shape, and two numbers; often as much as another one.
_AMOUNTS = st.tuples(st.sampled_from((0, 0, 0, *range(7))), st.sampled_from((2, 3, 4)) | st.integers(-3, 6), st.integers(1, 9))


def condition(graph: Graph, written: Any) -> Node:
    parts, more = written
    names = [name for name, _ in parts]
    operands = [variable(graph, name) for name in (*names, "few", "some")]

    def made(A: Any, *xs: Any) -> Any:
        parts_hold = [A.inside(x, region) for x, (_, region) in zip(xs, parts, strict=False)]
        return A.and_(*parts_hold, *([A.lt(xs[-2], xs[-1])] if more else []))

    return graph.make("b", made, operands)


def variable(graph: Graph, name: str) -> Node:
    return next(node for nodes in graph.nodes.values() for node in nodes if getattr(node.term, "value", None) == name)


def amount(graph: Graph, written: Any) -> Node:
    shape, a, b = written
    shapes: list[Any] = [
        lambda A, x, y: A.add(a, 0),
        lambda A, x, y: A.scale(b, x),
        lambda A, x, y: A.add(A.scale(a, x), A.scale(b, y), a),
        lambda A, x, y: A.min(A.scale(b, x), a, y),
        lambda A, x, y: A.max(A.div(A.add(A.scale(a, x), 1), b), A.mul(x, y)),
        lambda A, x, y: A.ite(A.lt(x, a), b, A.sub(y, a)),
        lambda A, x, y: A.call(_dear, x, y, sort="i"),
    ]
    return graph.make("i", shapes[shape], [variable(graph, "some"), variable(graph, "few")])


def _dear(x: int, y: int) -> int:
    return x * y - 1


@trials(60)
@given(
    st.lists(CASES, min_size=8, max_size=8),
    st.lists(_CONDITIONS, min_size=8, max_size=24),
    st.lists(st.tuples(st.integers(0, 30), _AMOUNTS), min_size=8, max_size=26),
    st.booleans(),
)
def test_an_index_finds_what_is_found_one_by_one(cases: Any, written: Any, gives: Any, unique: bool) -> None:
    graph = Graph(cases)
    conditions = [condition(graph, each) for each in written]
    amounts = [amount(graph, each) for _, each in gives]
    chosen = [conditions[number % len(conditions)] for number, _ in gives]  # a condition may be that of several rules
    count = len(chosen)
    more: dict[str, bool] = {"unique": True} if unique else {}

    def entries(xs: Any) -> Any:
        return list(zip(xs[:count], xs[count:], range(count), strict=True))

    def among(A: Any, *xs: Any) -> Any:
        return A.at(A.pick(xs[: len(conditions)], **({} if unique else more)), xs[len(conditions) : -1], xs[-1])

    nodes = [
        graph.make("i", lambda A, *xs: A.best(entries(xs))[0], [*chosen, *amounts]),
        graph.make("i", lambda A, *xs: A.best(entries(xs))[1], [*chosen, *amounts]),
        graph.make("i", lambda A, *xs: A.best(entries(xs)[::-1])[1], [*chosen, *amounts]),
        graph.make("b", lambda A, *xs: A.or_(*xs), chosen),
        graph.make("i", lambda A, *xs: A.pick(xs, **more), conditions),
        graph.make("i", among, [*conditions, *(amounts[n % count] for n in range(len(conditions) + 1))]),
    ]
    roots = [graph.terms.const(each.term) for each in nodes]
    note("\n".join(map(repr, roots)))
    looked_up, one_by_one = compiled(roots, graph.terms), compiled(roots)
    for number, case in enumerate(cases):
        expected = [node.values[number] for node in nodes]
        assert list(looked_up(case)) == expected
        assert list(one_by_one(case)) == expected


@pytest.mark.parametrize(("count", "used"), [(7, False), (8, True), (400, True)])
def test_where_there_are_many_conditions_an_index_is_used(count: int, used: bool) -> None:
    """So that the test above is one of the index, and that whoever has many rules does not wait for each of them."""
    graph = Graph([])
    T = graph.terms
    x, word = T.var("any"), T.var("word", "s")
    found = T.best((T.and_(T.le(n, x), T.eq(word, "ab"[n % 2])), T.scale(n + 1, x), n) for n in range(count))
    kinds = {each.args[0].kind for each in indexed(T, list(found))}
    assert kinds == ({"found"} if used else {"best"})
    assert compiled(list(found), T)({"any": count, "word": "a"}) == ((count - 1 + count % 2) * count, count - 2 + count % 2)


@trials(40)
@given(st.lists(CASES, min_size=4, max_size=4), st.integers(30, 80), st.integers(0, 2**32))
def test_what_each_condition_tests_of_its_own_is_tested_where_it_is_found(cases: Any, count: int, seed: int) -> None:
    """Many rules that share one test, each with another of its own: a fact that no other rule reads, or a sum of facts."""
    chance = random.Random(seed)
    filled = [{**case, **{f"own_{n}": chance.choice((None, 0, 5, 9)) for n in range(count)}} for case in cases]
    T = Terms()
    word = T.var("word", "s")
    kinds = "abc"
    owns = [T.var(f"own_{n}", "i", 0, 9, optional=True) for n in range(count)]
    tests = [T.inside(own, span(chance.choice((1, 6)), 9).taking(chance.random() < 0.5)) for own in owns]
    conditions = [T.and_(T.eq(word, kinds[n % 3]), T.or_(each, tests[n - 1])) for n, each in enumerate(tests)]
    roots = [*T.best(zip(conditions, range(1, count + 1), range(count), strict=True)), T.or_(*conditions)]
    kept = indexed(T, roots)
    assert any(each.kind == "tested" for each in reachable(kept)) == (count >= 32)
    looked_up, one_by_one = compiled(roots, T), compiled(roots)
    for case in filled:
        assert looked_up(case) == one_by_one(case)
