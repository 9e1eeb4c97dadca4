"""What terms say of each other without a solver is so for every value of what they read."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from remit.core.regions import Spans, one_of
from remit.core.term import Term
from remit.core.terms import Terms
from remit.readings.smt.structure import are_apart, are_unrelated, never_less, surely_possible
from support.folding import folded

#: What is read, with all of its values.
VALUES = {"x": range(-2, 3), "y": range(3), "p": (False, True), "q": (False, True)}


def made(make: Terms, chance: Random, deep: int) -> Term:
    """A whole number."""
    x, y = make.var("x", "i", -2, 2), make.var("y", "i", 0, 2)
    if not deep:
        return chance.choice([x, y, make.const(chance.randrange(-2, 4)), make.add(x, y)])
    one, other = made(make, chance, deep - 1), made(make, chance, deep - 1)
    p, q = make.var("p", "b"), make.var("q", "b")
    holds, also = chance.choice([p, q, make.and_(p, q)]), chance.choice([p, q])
    return chance.choice(
        [
            make.min(one, other),
            make.max(one, other),
            make.ite(holds, one, other),
            make.best([(holds, one, 0), (also, other, 1)])[0],
            make.least(one, [(holds, other, 0), (also, make.add(one, 1), 1)])[0],
        ]
    )


@pytest.mark.parametrize("seed", range(20))
def test_never_less_is_true(seed: int) -> None:
    chance, claimed = Random(seed), 0
    for _ in range(60):
        make = Terms()
        low = made(make, chance, 2)
        high = chance.choice([made(make, chance, 2), make.max(low, made(make, chance, 1)), low])
        if never_less(high, low):
            claimed += 1
            for values in product(*VALUES.values()):
                known = dict(zip(VALUES, values, strict=True))
                assert folded(high, known) >= folded(low, known)
    assert claimed > 5


def test_a_higher_role_has_the_rules_of_the_lower_ones() -> None:
    make = Terms()
    p, q, x = make.var("p", "b"), make.var("q", "b"), make.var("x", "i", 0, 50)
    low = make.best([(p, 10, 0), (q, make.min(x, 20), 1)])[0]
    high = make.best([(q, make.max(make.min(x, 20), make.min(x, 40)), 1), (p, 10, 0)])[0]
    assert never_less(high, low)
    assert not never_less(low, high)
    ceiling = make.least(100, [(p, 15, 0)])[0]
    assert never_less(make.min(high, ceiling), make.min(low, ceiling))
    assert not never_less(make.min(high, ceiling), low)


def test_conditions_without_a_point_in_common_are_apart() -> None:
    make = Terms()
    x, y = make.var("x", "i", 0, 9), make.var("y", "i", 0, 9)
    few, many, p = make.le(x, 3), make.lt(4, x), make.var("p", "b")
    assert are_apart(make.and_(few, p), make.and_(many, make.le(y, 3)))
    assert not are_apart(make.and_(few, p), make.le(x, 2))
    assert not are_apart(make.or_(few, p), many)


def test_texts_that_are_excluded_may_be_all_there_are() -> None:
    make = Terms()
    kind, more = make.var("kind", "s"), make.var("n", "i", 1, 5, optional=True)
    assert surely_possible(make.inside(kind, one_of(["late", "lost"])))
    assert not surely_possible(make.inside(kind, ~one_of(["late", "lost"])))
    assert surely_possible(make.inside(more, Spans(((3, None),))))
    assert not surely_possible(make.inside(more, Spans(((6, None),), missing=True)))


def condition(make: Terms, chance: Random) -> Term:
    """A conjunction of plain tests, some of them of the same thing, and sometimes of something else."""
    x, y, p, q = make.var("x", "i", -2, 2), make.var("y", "i", 0, 2), make.var("p", "b"), make.var("q", "b")
    plain = [make.le(x, 0), make.lt(0, x), make.le(1, y), make.le(y, 0), p, make.not_(p), q]
    more = [make.or_(p, q), make.lt(x, y), make.lt(make.add(x, y), 4)]
    return make.and_(
        *(chance.choice([*plain, *more] if chance.random() < 0.3 else plain) for _ in range(chance.randrange(1, 4)))
    )


def test_what_is_surely_possible_is_true_somewhere_and_what_is_unrelated_meets_freely() -> None:
    chance, possible, unrelated = Random(5), 0, 0
    every = [dict(zip(VALUES, values, strict=True)) for values in product(*VALUES.values())]
    for _ in range(400):
        make = Terms()
        one, other = condition(make, chance), condition(make, chance)
        met = [(bool(folded(one, known)), bool(folded(other, known))) for known in every]
        if surely_possible(one):
            possible += 1
            assert any(mine for mine, _ in met)
        if are_unrelated(one, other):
            unrelated += 1
            assert set(met) == set(product({mine for mine, _ in met}, {theirs for _, theirs in met}))
    assert possible > 50
    assert unrelated > 50
