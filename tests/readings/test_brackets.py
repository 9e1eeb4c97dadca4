"""Brackets, for proofs: what the definition gives always lies within them, and what terms decide of it is right."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from remit.core.lowering.lowering import Lowering
from remit.core.lowering.opaque import Item, Opaque
from remit.core.lowering.roundings import FUNCTIONS
from remit.core.lowering.whole import LARGEST
from remit.core.lowering.whole_amounts import Amount, amount_of
from remit.core.terms import Term, Terms
from remit.errors import PolicyError
from remit.policy.loader import read_model
from remit.policy.model import Model
from remit.readings.code.evaluator_calls import NativeScope, caller
from remit.readings.numbers.number_amounts import whole
from support.folding import TermValues
from support.trials import trials

POLICY = """
policy: brackets
title: Brackets
version: "1"
owner: nobody
currency: EUR
rounding: {rounding}
ladder: [clerk]
facts:
  x: {{type: number}}
  n: {{type: integer, min: -50, max: 50}}
  price: {{type: money, min: 0 EUR}}
  back: {{type: money}}
remedies: {{credit: {{type: money, title: Credit}}, points: {{type: count, title: Points}}}}
values:
  journey:
    table:
      inputs: [n]
      hit: first
      rows: [["< -20", price], ["[-20..0)", price / 10], ["[0..9)", price / 130], ["[9..20)", back / 464], ["20", 7 EUR]]
  share:
    table:
      inputs: [x]
      hit: unique
      rows: [["< 0", 25%], ["[0..100)", 100%], [">= 100", 1 / 3]]
rules: [{{id: one, because: So., may: {{credit: '{credit}', points: '{points}'}}}}]
"""


class _Writer:
    """Writes amounts, numbers and conditions, in which quotients are reckoned with."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw

    def pick(self, *options: str) -> str:
        return str(self.draw(st.sampled_from(options)))

    def amount(self, depth: int) -> str:
        if not depth:
            return self.pick("price", "back", "journey", "price / 464", "back / 7", "4 EUR", "0.01 EUR")
        one, other, number = self.amount(depth - 1), self.amount(depth - 1), self.number(depth - 1)
        function, places = self.pick(*FUNCTIONS), self.pick("0", "1", "2", "4", "-1")
        return self.pick(
            f"({one}) / {self.pick('3', '7', '30', '464', '0.3', '8')}",
            f"({one}) * ({number})",
            f"({number}) * ({one})",
            f"({one}) {self.pick('+', '-')} ({other})",
            f"{self.pick('min', 'max')}({one}, {other})",
            f"{function}({one}, {places})",
            f"abs({one})",
            f"(if {self.condition(depth - 1)} then {one} else {other})",
        )

    def number(self, depth: int) -> str:
        if not depth:
            return self.pick("x", "n", "share", "n / 3", "x / 7", "2", "0.3", "12.5%", "200%")
        one, other, function = self.number(depth - 1), self.number(depth - 1), self.pick(*FUNCTIONS)
        return self.pick(
            f"({one}) / {self.pick('3', '7', '0.7', '40')}",
            f"({one}) * ({other})",
            f"({one}) {self.pick('+', '-')} ({other})",
            f"{function}({one}, {self.pick('0', '2', '-1')})",
            f"(if {self.condition(depth - 1)} then {one} else {other})",
        )

    def condition(self, depth: int) -> str:
        compared = self.pick("<", "<=", ">", ">=", "=", "!=")
        same = self.pick("price / 3 * 3", "price / 7 * 7", "price * 1.0")
        return self.pick(
            f"{self.amount(depth)} {compared} {self.amount(depth)}",
            f"{self.number(depth)} {compared} {self.number(depth)}",
            f"{same} {compared} price",
        )


@st.composite
def formulas(draw: Any) -> dict[str, str]:
    writer, depth = _Writer(draw), draw(st.integers(1, 3))
    rounding = writer.pick("half up", "half down", "half even", "up", "down")
    return {"rounding": rounding, "credit": writer.amount(depth), "points": writer.number(depth)}


def _near(low: int) -> st.SearchStrategy[int]:
    """Multiples of what is divided by, others right beside them, and the largest there are."""
    some = st.builds(
        lambda times, by, beside: times * by + beside,
        st.integers(-20, 20),
        st.sampled_from([1, 3, 7, 100, 464, 46_400, 1_000_000, 3_000_000]),
        st.integers(-1, 1),
    )
    return (some | st.integers(-(10**7), 10**7) | st.sampled_from([LARGEST, -LARGEST])).map(
        lambda each: each if low else abs(each)
    )


CASES = st.fixed_dictionaries({"x": _near(-1), "n": st.integers(-50, 50), "price": _near(0), "back": _near(-1)})


class _Reckoned:
    """What terms say of an amount in one case, where the evaluator answers all calls; and each bracket on the way."""

    def __init__(self, model: Model, case: dict[str, int]) -> None:
        self.model = model
        self.case = case
        self.scope = NativeScope(model, {name: place for place, name in enumerate(case)}, tuple(case.values()), "clerk")
        self.worth = TermValues(case, self.called).of
        #: The lowest, the real and the highest value of each call that has a bracket.
        self.brackets: list[tuple[int, int, int]] = []

    def called(self, term: Term) -> Any:
        if isinstance(term.value, Opaque):
            return caller(self.model, term.value)(self.scope)
        assert isinstance(term.value, Item)
        found = self.called(term.args[0])[term.value.place]
        if len(term.args) > 1:
            low, high, where = map(self.worth, term.args[1:])
            if where:
                self.brackets.append((low, found, high))
                assert low <= found <= high
                assert term.low is None or term.low <= found
                assert term.high is None or found <= term.high
        return found


def lowered(model: Model, remedy: str) -> Amount:
    node = model.rules[0].may[remedy]["clerk"].node
    return amount_of(Lowering(Terms(), model, "clerk", partial=False, proofs=True), model.remedies[remedy], node)


def check(text: dict[str, str], case: dict[str, int]) -> list[tuple[int, int, int]]:
    try:
        model = read_model(POLICY.format(**text), "brackets.yaml")
    except PolicyError:
        reject()  # what is plainly never above nothing, or always null
    reckoned = _Reckoned(model, case)
    for remedy in model.remedies:
        amount = lowered(model, remedy)
        node = model.rules[0].may[remedy]["clerk"].node
        expected = whole(model, model.remedies[remedy], reckoned.scope.evaluate(node))
        assert reckoned.worth(amount.said) == (expected is not None)
        assert reckoned.worth(amount.low) == (expected or 0)
        for each in (amount.low, amount.said):
            _all_brackets(reckoned, each)
    return reckoned.brackets


def _all_brackets(reckoned: _Reckoned, term: Term) -> None:
    """Those in branches that do not count, too: the solver is told them all the same."""
    waiting, seen = [term], set[Term]()
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting += each.args
            if each.kind == "call" and isinstance(each.value, Item):
                reckoned.called(each)


@trials(400)
@given(formulas(), CASES)
def test_the_definition_lies_within_the_bracket(text: dict[str, str], case: dict[str, int]) -> None:
    check(text, case)


@pytest.mark.parametrize("rounding", ["half up", "half down", "half even", "up", "down"])
@trials(60)
@given(case=CASES)
def test_usual_amounts_have_narrow_brackets(rounding: str, case: dict[str, int]) -> None:
    """One unit wide where the real value may be on either side of a whole one, and else none at all."""
    text = {"rounding": rounding, "credit": "max(5 EUR, price / 464 * share)", "points": "n / 3 * 7"}
    for low, _, high in check(text, {**case, "n": 3}):
        assert high - low <= 1
    for low, _, high in check({**text, "credit": "price / 464 * 25%"}, {**case, "n": 1, "price": 46_400 * 4 * 9 + 100}):
        assert low == high


@trials(60)
@given(CASES)
def test_where_nothing_was_cut_off_there_is_no_bracket(case: dict[str, int]) -> None:
    text = {"rounding": "up", "credit": "journey * 25%", "points": "n"}
    check(text, {**case, "n": -30, "x": 5})
    model = read_model(POLICY.format(**text), "brackets.yaml")
    amount, without = lowered(model, "credit").low, _Reckoned(model, {**case, "n": -30, "x": 5})
    assert without.worth(amount) == -(-case["price"] // 4)
    assert without.brackets == []


def test_a_formula_without_quotients_is_no_call_at_all() -> None:
    model = read_model(POLICY.format(rounding="up", credit="price * 12.5%", points="n * 3"), "brackets.yaml")
    assert "Opaque" not in repr(lowered(model, "credit").low)
    compiled = Lowering(Terms(), model, "clerk", partial=False)
    for remedy in model.remedies:
        node = model.rules[0].may[remedy]["clerk"].node
        assert repr(amount_of(compiled, model.remedies[remedy], node)) == repr(lowered(model, remedy))
