"""Terms: what folds, what is known of bounds, and what is compiled come to the same as plain numbers, for every kind."""
# ruff: noqa: N802, N803 - `T` and `A` are algebras, as in the engine

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from remit.core.regions import at_least, at_most, one_of, span
from remit.core.terms import Term, Terms
from support.graphs import Graph, Node, compiled
from support.operations import OPERATIONS, graphs
from support.trials import trials


def check_bounds(graph: Graph, node: Node) -> None:
    """What is known of the term holds in every case."""
    term = graph.terms.const(node.term)
    for value in node.values:
        if term.kind == "const":
            assert (type(term.value), term.value) == (type(value), value)
        assert term.sort in {int: "ix", bool: "b", str: "s"}[type(value)]
        if term.sort == "i":
            assert term.low is None or term.low <= value, (term, term.low, value)
            assert term.high is None or value <= term.high, (term, term.high, value)


@pytest.mark.parametrize("kind", OPERATIONS)
@trials(25)
@given(data=st.data())
def test_every_kind_comes_to_what_the_definition_says(kind: str, data: st.DataObject) -> None:
    graph, nodes = data.draw(graphs(kind))
    roots = [graph.terms.const(each.term) for each in nodes]
    note("\n".join(map(repr, roots)))
    for node in nodes:
        check_bounds(graph, node)
    together = compiled(roots)
    for number, case in enumerate(graph.cases):
        expected = [node.values[number] for node in nodes]
        found = together(case)
        assert list(found) == expected
        assert [type(each) for each in found] == [type(each) for each in expected]
    alone = compiled(roots[-1:])  # in other places than where much is shared
    assert [alone(case)[0] for case in graph.cases] == list(nodes[-1].values)


# What must fold, so that nothing is worked out that is known


@pytest.fixture
def T() -> Terms:
    return Terms()


def known(term: Term) -> Any:
    assert term.kind == "const", term
    return term.value


def test_equal_terms_are_one(T: Terms) -> None:
    x, y = T.var("x"), T.var("y")
    assert T.add(x, y, 1) is T.add(1, y, x)
    assert T.sub(T.add(x, y), y) is x
    assert T.mul(x, y) is T.mul(y, x)
    assert T.scale(2, T.add(x, 3)) is T.add(x, 6, x)
    assert known(T.sub(x, x)) == 0
    assert T.lt(x, y) is T.not_(T.le(y, x))


def test_bounds_decide(T: Terms) -> None:
    x, y = T.var("x", "i", 0, 10), T.var("y", "i", 11, None)
    assert T.max(x, 0) is x is T.min(x, y)
    assert T.max(x, y, 3) is y
    assert known(T.lt(x, y)) is True
    assert known(T.le(y, x)) is False
    assert known(T.eq(x, y)) is False
    assert T.best([(True, T.scale(-1, x), 7)]) == (T.const(0), T.const(-1))
    assert T.least(x, [(T.var("b", "b"), y, 7)]) == (x, T.const(-1))


def test_tests_of_one_thing_become_one(T: Terms) -> None:
    x, s = T.var("x"), T.var("s", "s")
    assert T.and_(T.lt(3, x), T.lt(x, 7)) is T.inside(x, span(4, 6))
    assert known(T.and_(T.lt(x, 3), T.lt(7, x))) is False
    assert known(T.or_(T.lt(x, 7), T.lt(3, x))) is True
    assert T.or_(T.eq(s, "a"), T.eq(s, "b")) is T.inside(s, one_of("ab"))
    assert known(T.and_(T.eq(s, "a"), T.eq(s, "b"))) is False
    assert T.lt(T.add(T.scale(3, x), 1), 8) is T.le(x, 2)


def test_opposites_cancel(T: Terms) -> None:
    b, c = T.var("b", "b"), T.var("c", "b")
    assert T.not_(T.not_(b)) is b
    assert known(T.or_(b, c, T.not_(b))) is True
    assert known(T.and_(b, c, T.not_(b))) is False
    assert T.ite(T.not_(b), 1, 2) is T.ite(b, 2, 1)
    assert T.ite(b, True, False) is b
    assert T.ite(b, c, c) is c


def test_what_is_missing_is_not_known_to_be_anything(T: Terms) -> None:
    x = T.var("x", "i", 0, 10, optional=True)
    inside = T.inside(x, span(0, 10))
    assert inside.kind == "in"
    assert known(T.inside(x, span(0, 10).taking(True))) is True
    assert known(T.inside(x, at_least(11))) is False
    assert T.inside(x, at_least(11).taking(True)).kind == "in"
    assert T.not_(inside) is T.inside(x, (at_most(-1) | at_least(11)).taking(True))


def test_texts_join(T: Terms) -> None:
    s = T.var("s", "s")
    assert T.cat("a", T.cat("b", s), "", T.cat("c", "d")) is T.cat("ab", s, "cd")
    assert known(T.cat(T.money(1250, 2, "EUR"), " ", T.digits(3))) == "12.50 EUR 3"
    assert T.listing([(True, None, s), (False, None, "x"), (True, ("g", 1), "y")]) is T.cat(s, ",y")
    assert known(T.listing([(False, None, s)])) == ""


def test_true_and_one_stay_apart(T: Terms) -> None:
    """Python takes them for the same, also as keys and within tuples."""
    assert T.const(True) is not T.const(1)
    place = T.pick([T.var("b", "b"), T.var("c", "b")])
    numbers, truths = T.at(place, [1, 0], 0), T.at(place, [True, False], False)
    assert (numbers.sort, truths.sort) == ("i", "b")
    number, truth, text = compiled([numbers, truths, T.digits(numbers)])({"b": True, "c": True})
    assert (type(number), type(truth), text) == (int, bool, "1")


def test_a_place_of_which_nothing_is_known_may_be_none(T: Terms) -> None:
    place = T.var("place")
    (found,) = compiled([T.at(place, ["a", "a"], "none")])({"place": -1})
    assert found == "none"


def test_a_branch_that_is_not_taken_is_not_worked_out(T: Terms) -> None:
    """What is outside the kinds may be dear."""
    calls: list[str] = []

    def call(said: str) -> Any:
        def function() -> int:
            calls.append(said)
            return len(calls)

        return T.call(function, sort="i")

    b, c = T.var("b", "b"), T.var("c", "b")
    roots = [
        T.ite(b, T.add(call("yes"), 1), T.add(call("no"), 1)),
        T.and_(c, T.lt(call("and"), 5)),
        T.or_(c, T.lt(call("or"), 5)),
        T.best([(b, call("best b"), 0), (c, call("best c"), 1)])[0],
        T.listing([(b, None, T.digits(call("text b"))), (c, None, T.digits(call("text c")))]),
    ]
    compiled(roots)({"b": True, "c": False})
    assert sorted(calls) == ["best b", "or", "text b", "yes"]
    calls.clear()
    compiled(roots)({"b": False, "c": True})
    assert sorted(calls) == ["and", "best c", "no", "text c"]


def test_what_is_used_twice_is_worked_out_once(T: Terms) -> None:
    calls: list[int] = []
    once = T.call(lambda: calls.append(1) or 4, sort="i")
    b = T.var("b", "b")
    roots = [T.ite(b, T.add(once, 1), T.mul(once, once)), T.add(once, T.var("x")), T.and_(b, T.lt(once, 9))]
    assert compiled(roots)({"b": True, "x": 1}) == (5, 5, True)
    assert calls == [1]


@pytest.mark.parametrize("count", [2, 40, 400])
def test_long_rows_of_anything_can_be_compiled(T: Terms, count: int) -> None:
    some = [T.var(f"b{number}", "b") for number in range(count)]
    x = T.var("x")
    amounts = [T.add(T.scale(number + 2, x), number) for number in range(count)]
    roots = [
        T.or_(*(T.not_(T.and_(b, T.lt(amount, number))) for number, (b, amount) in enumerate(zip(some, amounts, strict=True)))),
        T.best(zip(some, amounts, range(count), strict=True))[1],
        T.at(T.pick(some), amounts, 7),
        T.listing(
            (b, ("g", number % 7), T.digits(amount)) for number, (b, amount) in enumerate(zip(some, amounts, strict=True))
        ),
    ]
    case = {"x": 1, **{f"b{number}": number == count - 1 for number in range(count)}}
    last = 2 * count
    assert compiled(roots)(case) == (True, count - 1, last, str(last))
