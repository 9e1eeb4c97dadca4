"""Terms mean the same to a solver as they do worked out kind by kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest

from remit.core.regions import Spans, at_most, one_of, span
from remit.core.term import Term
from remit.core.terms import Terms
from remit.readings.smt.encoding import Codes, Encoding
from remit.readings.smt.script import Script, negated, number
from remit.readings.smt.solver import Solver
from support.folding import folded
from support.second_opinion import said_by_cvc5

WORDS = ("late", "lost", "some other text")


class Question:
    """A script in which each variable is one constant."""

    def __init__(self) -> None:
        self.script, self.codes = Script(), Codes()
        self._known: dict[Term, str] = {}
        self.encoding = Encoding(self.script, self.variable, self.codes, lambda term, word: "false")

    def variable(self, term: Term) -> str:
        if term not in self._known:
            self._known[term] = self.script.declare(term.value, "Bool" if term.sort == "b" else "Int")
        return self._known[term]

    def constant(self, value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        return number(self.codes.code(value) if isinstance(value, str) else value)

    def differs(self, terms: Mapping[Term, Any], values: Mapping[Term, Any]) -> str:
        """A script that asks whether any of the terms is other than it should be, where its variables have these values."""
        wrong = []
        for term, value in terms.items():
            encoded = self.encoding.truth(term) if term.sort == "b" else self.encoding.value(term)
            wrong.append(negated(f"(= {encoded} {self.constant(value)})"))
        for variable, value in values.items():
            self.script.require(f"(= {self.variable(variable)} {self.constant(value)})")
        return f"(set-logic ALL)\n{self.script.text}(assert (or false {' '.join(wrong)}))\n(check-sat)\n"


class Made:
    """Random terms over a few variables."""

    def __init__(self, seed: int) -> None:
        self.make, self.chance = Terms(), Random(seed)
        make = self.make
        self.numbers = [make.var("x", "i", -9, 9), make.var("y", "i", 0, 4), make.var("odd name", "i", -3, 3)]
        self.truths = [make.var("p", "b"), make.var("q", "b")]
        self.texts = [make.var("kind", "s"), make.var("note", "s")]

    def values(self) -> dict[Term, Any]:
        found: dict[Term, Any] = {each: self.chance.randint(each.low or 0, each.high or 0) for each in self.numbers}
        found |= {each: self.chance.random() < 0.5 for each in self.truths}
        return found | {each: self.chance.choice(WORDS) for each in self.texts}

    def number(self, deep: int) -> Term:
        make, chance = self.make, self.chance
        if deep == 0:
            return chance.choice([*self.numbers, make.const(chance.randint(-4, 4))])
        a, b, c = (self.number(deep - 1) for _ in range(3))
        p, q = self.truth(deep - 1), self.truth(deep - 1)
        many = [self.number(0) for _ in range(10)]
        unique = chance.random() < 0.5
        place = make.pick([p, q, self.truth(deep - 1)], unique=unique)
        match chance.randrange(12):
            case 0:
                return make.add(a, b, chance.randint(-3, 3))
            case 1:
                return make.sub(a, make.scale(chance.randint(-3, 3), b))
            case 2:
                return make.mul(a, b)
            case 3:
                return make.div(a, chance.choice([2, 3, 7]))
            case 4:
                return make.min(a, b, c)
            case 5:
                return make.max(a, b, c)
            case 6:
                return make.ite(p, a, b)
            case 7:
                return make.best([(p, a, 4), (q, b, 2), (p, c, 7)])[chance.randrange(2)]
            case 8:
                return make.least(a, [(p, b, 4), (q, c, 2)])[chance.randrange(2)]
            case 9:
                return place
            case 10:
                return make.at(make.pick([self.truth(0) for _ in range(9)] + [p, q], unique=False), [*many, a], b)
        return make.at(place, [3, -1, 4, *([9] if unique else [])], 7)

    def truth(self, deep: int) -> Term:
        make, chance = self.make, self.chance
        if deep == 0:
            return chance.choice(self.truths)
        p, q = self.truth(deep - 1), self.truth(deep - 1)
        match chance.randrange(8):
            case 0:
                return make.and_(p, q)
            case 1:
                return make.or_(p, make.not_(q))
            case 2:
                return make.le(self.number(deep - 1), self.number(deep - 1))
            case 3:
                return make.lt(self.number(deep - 1), chance.randint(-3, 3))
            case 4:
                return make.inside(self.number(deep - 1), chance.choice([span(-2, 3), at_most(0), Spans(((-5, -2), (1, 1)))]))
            case 5:
                return make.inside(chance.choice(self.texts), chance.choice([one_of(WORDS[:1]), ~one_of(WORDS[:2])]))
            case 6:
                return make.ite(p, q, self.truth(0))
        return make.eq(self.texts[0], self.texts[1])


def questions(seed: int) -> Iterator[str]:
    """Scripts that nothing meets if terms are encoded well."""
    for deep in (1, 2, 3):
        made, question = Made(100 * seed + deep), Question()
        values = made.values()
        known = {each.value: value for each, value in values.items()}
        terms = [made.number(deep) for _ in range(12)] + [made.truth(deep) for _ in range(12)]
        yield question.differs({each: folded(each, known) for each in terms}, values)


def answer(script: str) -> str:
    with Solver(120) as solver:
        return solver.check(script.removesuffix("(check-sat)\n"))


@pytest.mark.parametrize("seed", range(12))
def test_every_kind_of_term_has_the_value_that_it_is_worked_out_to(seed: int) -> None:
    for script in questions(seed):
        assert answer(script) == "unsat", script
        assert said_by_cvc5(script) == "unsat", script


def test_all_kinds_are_tried() -> None:
    seen: set[str] = set()
    for seed in range(12):
        for deep in (1, 2, 3):
            made = Made(100 * seed + deep)
            made.values()
            queue = [made.number(deep) for _ in range(12)] + [made.truth(deep) for _ in range(12)]
            while queue:
                term = queue.pop()
                seen.add(term.kind)
                queue += term.args
    assert seen >= {
        *("const", "var", "sum", "mul", "div", "min", "max", "in", "same", "and", "or", "not", "ite"),
        *("best", "least", "amount", "winner", "pick", "at", "look"),
    }


def test_a_wrong_value_is_noticed() -> None:
    made = Made(1)
    x = made.numbers[0]
    assert answer(Question().differs({made.make.div(x, 2): -3}, {x: -7})) == "sat"
    assert answer(Question().differs({made.make.div(x, 2): -4}, {x: -7})) == "unsat"


@pytest.mark.parametrize("weight", [1, -1, 3])
def test_a_flat_comparison_is_the_nested_one(weight: int) -> None:
    """The comparison that is pushed down to single amounts, against one with the amount as a number."""
    for seed in range(8):
        made, question = Made(seed), Question()
        make = made.make
        nested = make.min(make.best([(made.truth(1), made.number(1), n) for n in range(3)])[0], make.max(made.number(1), 2))
        beside = make.least(5, [(made.truth(1), made.number(1), 0)])[0]
        encoding = question.encoding
        flat = encoding.at_least([(weight, nested), (1, beside)], 2)
        plain = f"(>= (+ (* {number(weight)} {encoding.value(nested)}) {encoding.value(beside)}) 2)"
        assert answer(f"{question.script.text}(assert (not (= {flat} {plain})))\n") == "unsat"


def test_a_row_after_one_that_always_matches_is_never_chosen() -> None:
    made, question = Made(0), Question()
    make, (p, q) = made.make, made.truths
    place = make.pick([p, make.const(True), q])
    chosen = {
        make.at(place, [3, 4, 5], 7): 4,
        make.at(place, list("abc"), "d"): "b",
        make.eq(make.at(place, [1, 2, 1], 9), 2): True,
    }
    assert answer(question.differs(chosen, {p: False, q: True})) == "unsat"


def test_texts_that_no_policy_names_differ() -> None:
    codes = Codes()
    assert [codes.code(each) for each in ("a", "b", "a", "")] == [0, 1, 0, 2]
