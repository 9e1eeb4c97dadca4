"""What a solver is told of moves by months is true of every day; with working days, it is enough to prove what follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from remit.core.lowering.opaque import Native
from remit.language.calendars import Calendar
from remit.language.temporal.months import shift
from remit.policy.loader import read_model
from remit.policy.model import Model
from remit.readings.code.evaluator_calls import native
from remit.readings.smt.native_axioms import NativeAxioms, _moves
from remit.readings.smt.script import Script, number
from remit.readings.smt.solver import Solver

START = date(2026, 12, 7)
OFFICE = Calendar("office", frozenset((date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1))), START, date(2027, 1, 15))
CALENDARS = {"office": OFFICE}
DAYS = range(START.toordinal() - 4, date(2027, 1, 15).toordinal() + 4)
_LAST = date.max.toordinal()


class _Said:
    """The sentences that were written, as functions of what the constants are."""

    def __init__(self, script: Script) -> None:
        self.defined: list[tuple[str, Callable[[Mapping[str, Any]], Any]]] = []
        self.stated: list[tuple[str, Callable[[Mapping[str, Any]], Any]]] = []
        for line in script.lines:
            if made := re.fullmatch(r"\(define-fun (\S+) \(\) \w+ (.*)\)", line):
                self.defined.append((made[1], _function(made[2])))
            elif said := re.fullmatch(r"\(assert (.*)\)", line):
                self.stated.append((line, _function(said[1])))

    def check(self, known: dict[str, Any]) -> None:
        known = dict(known)
        for name, function in self.defined:
            known[name] = function(known)
        for line, function in self.stated:
            assert function(known), (line, known)


def _function(text: str) -> Callable[[Mapping[str, Any]], Any]:
    """A sentence in SMT-LIB as a Python function."""
    parts = re.findall(r"[()]|[^\s()]+", text)
    code = eval(f"lambda v: {_python(parts)}")
    assert not parts
    return code  # type: ignore[no-any-return]


def _python(parts: list[str]) -> str:
    head = parts.pop(0)
    if head != "(":
        return head if head.isdecimal() else head.title() if head in ("true", "false") else f"v[{head!r}]"
    operator, args = parts.pop(0), []
    while parts[0] != ")":
        args.append(_python(parts))
    parts.pop(0)
    if operator == "not":
        return f"(not {args[0]})"
    if operator == "-" and len(args) == 1:
        return f"(-{args[0]})"
    return f"({f' {_OPERATORS.get(operator, operator)} '.join(args)})"


_OPERATORS = {"=": "=="}


@pytest.fixture(scope="module")
def model() -> Model:
    base = read_model(
        "policy: p\ntitle: P\nversion: '1'\nowner: us\ncurrency: EUR\nladder: [clerk]\nfacts: {n: {type: integer}}\n"
        "remedies: {credit: {type: money, title: Credit}}\nrules: [{id: one, because: So., may: {credit: 1 EUR}}]\n",
        "p.yaml",
    )
    return replace(base, calendars=CALENDARS)


def told(of: Native, names: tuple[str, str], script: Script, axioms: NativeAxioms, mark: str = "") -> None:
    axioms.say(of, CALENDARS.get(of.calendar), f"f{mark}", f"null{mark}", names)


def given(of: Native, model: Model, first: int, second: int, mark: str = "") -> dict[str, Any]:
    found = native(model, of)(first, second)
    return {f"f{mark}": 7 if found is None else found, f"null{mark}": found is None}


_EDGES = [*range(1, 800), *range(_LAST - 800, _LAST + 1), *range(date(1999, 11, 1).toordinal(), date(2001, 5, 1).toordinal())]


@pytest.mark.parametrize("by", ["n", *map(number, (-1200, -13, -12, -2, -1, 0, 1, 2, 6, 12, 13, 25, 1200))])
def test_months(by: str, model: Model) -> None:
    of, script = Native("months"), Script()
    told(of, ("a", by), script, NativeAxioms(script))
    said = _Said(script)
    numbers = (-1200, -25, -13, -12, -3, -2, -1, 0, 1, 2, 3, 6, 11, 12, 13, 25, 1200)
    for a, n in product((0, *_EDGES), numbers):
        if by in ("n", number(n)):
            said.check({"a": a, "n": n, **given(of, model, a, n)})


def test_a_later_day_moved_by_more_months_is_later(model: Model) -> None:
    of, script = Native("months"), Script()
    axioms = NativeAxioms(script)
    told(of, ("a", "n"), script, axioms)
    told(of, ("b", "m"), script, axioms, "2")
    said = _Said(script)
    around = range(date(2027, 12, 20).toordinal(), date(2028, 3, 5).toordinal(), 3)
    for a, n, b, m in product(around, (-13, -1, 0, 1, 2), around, (-1, 0, 1, 12)):
        said.check({"a": a, "n": n, "b": b, "m": m, **given(of, model, a, n), **given(of, model, b, m, "2")})


@pytest.mark.parametrize("months", [-25, -12, -1, 0, 1, 2, 6, 12, 600])
def test_the_most_that_months_move_is_reached(months: int) -> None:
    """Neither bound is wider than it must be."""
    day, gone = date(1999, 1, 1), set[int]()
    while day < date(2403, 1, 1):
        moved = shift(day, months)
        assert moved is not None
        gone.add((moved - day).days)
        day += timedelta(days=1)
    assert (min(gone), max(gone)) == _moves(months)


@pytest.mark.parametrize(
    ("calls", "never"),
    [
        # ten working days are at most 19 days, and at least 12
        ([(Native("add working days", "office"), ("a", "10"))], "(> f (+ a 19))"),
        ([(Native("add working days", "office"), ("a", "10"))], "(< f (+ a 12))"),
        # that day is ten working days away
        (
            [(Native("add working days", "office"), ("a", "10")), (Native("working days", "office"), ("a", "f"))],
            "(and (not null2) (distinct f2 10))",
        ),
        ([(Native("months"), ("a", "1"))], "(or (< f (+ a 28)) (> f (+ a 31)))"),
        ([(Native("months"), ("a", "1")), (Native("months"), ("b", "1"))], "(and (not null2) (<= a b) (> f f2))"),
    ],
)
def test_it_is_enough_to_prove(calls: list[tuple[Native, tuple[str, str]]], never: str) -> None:
    script = Script()
    axioms = NativeAxioms(script)
    for name in ("a", "b", "f", "f2"):
        script.declare(name, "Int")
    for name in ("null", "null2"):
        script.declare(name, "Bool")
    script.require(f"(and (>= a {DAYS[0]}) (<= a {DAYS[-1]}) (>= b {DAYS[0]}) (<= b {DAYS[-1]}))")
    for (of, names), mark in zip(calls, ("", "2"), strict=False):
        told(of, names, script, axioms, mark)
    with Solver(20) as solver:
        assert solver.check(script.text + "(assert (not null))\n") == "sat"
        assert solver.check(f"(assert {never})\n") == "unsat"
