"""Makers of conditions and of unary tests."""

from __future__ import annotations

from hypothesis import strategies as st

from remit.language.types import BOOLEAN, INTEGER, TEXT, Type, list_of
from support.writer import ORDERED, TYPES, Maker, Writer, types

__all__ = ["CONDITIONS", "write_tests"]

_RELATIONS = (
    *((name, first, last) for name in ("before", "after") for first in ("point", "range") for last in ("point", "range")),
    *((name, "range", last) for name in ("includes", "started by", "finished by") for last in ("point", "range")),
    *((name, first, "range") for name in ("during", "starts", "finishes") for first in ("point", "range")),
    *((name, "range", "range") for name in ("meets", "met by", "overlaps", "overlaps before", "overlaps after")),
    *(("coincides", shape, shape) for shape in ("point", "range")),
)


def compare(w: Writer, _: Type, depth: int) -> str:
    of = w.pick(ORDERED)
    return f"{w.part(of, depth)} {w.pick(['<', '<=', '>', '>=', '=', '!='])} {w.part(of, depth)}"


def equal(w: Writer, _: Type, depth: int) -> str:
    of = w.draw(types())
    other = w.pick(["null", w.part(of, depth)])
    return f"{w.part(of, depth)} {w.pick(['=', '!='])} {other}"


def logic(w: Writer, _: Type, depth: int) -> str:
    word = w.pick(["and", "or"])
    return f" {word} ".join(w.part(BOOLEAN, depth) for _ in range(w.draw(st.integers(2, 3))))


def negation(w: Writer, _: Type, depth: int) -> str:
    return f"not({w.write(BOOLEAN, depth)})"


def between(w: Writer, _: Type, depth: int) -> str:
    of = w.pick(ORDERED)
    low, high = w.ends(of)
    return f"{w.part(of, depth)} between {low} and {high}"


def membership(w: Writer, _: Type, depth: int) -> str:
    of = w.pick(TYPES)
    tests = w.untested(lambda: _tests_for(w, of, depth))
    return f"{w.part(of, depth)} in {w.pick(['({})', '[{}]']).format(tests)}"


def list_membership(w: Writer, _: Type, depth: int) -> str:
    of = w.pick(TYPES)
    return f"{w.part(of, depth)} in {w.untested(lambda: w.part(list_of(of), depth))}"


def quantified(w: Writer, _: Type, depth: int) -> str:
    of = w.pick(TYPES)
    source = w.write(list_of(of), depth)
    condition = w.bound("each", of, lambda: w.write(BOOLEAN, depth))
    return f"{w.pick(['some', 'every'])} each in {source} satisfies {condition}"


def list_contains(w: Writer, _: Type, depth: int) -> str:
    of = w.pick(TYPES)
    return w.call("list contains", w.write(list_of(of), depth), w.write(of, depth))


def text_test(w: Writer, _: Type, depth: int) -> str:
    return w.call(w.pick(["contains", "starts with", "ends with"]), w.write(TEXT, depth), w.write(TEXT, depth))


def relation(w: Writer, _: Type, depth: int) -> str:
    of = w.pick([each for each in ORDERED if w.names(each)])
    name, first, last = w.pick(_RELATIONS)
    start = w.range(of) if first == "range" else w.pick(w.names(of))  # no constant, lest it be plainly null
    return w.call(name, start, w.range(of) if last == "range" else w.write(of, depth))


def odd_or_even(w: Writer, _: Type, depth: int) -> str:
    return w.call(w.pick(["odd", "even"]), w.write(INTEGER, depth))


def instance(w: Writer, _: Type, depth: int) -> str:
    kinds = ["number", "string", "boolean", "date", "time", "date and time", "days and time duration"]
    return f"{w.part(w.pick(TYPES), depth)} instance of {w.pick(kinds)}"


def _tests_for(w: Writer, of: Type, depth: int) -> str:
    """Tests as they stand in ``in ( )``: values, ranges, comparisons."""
    return ", ".join(_test(w, of, depth, bare=False) for _ in range(w.draw(st.integers(1, 3))))


def write_tests(w: Writer, of: Type, depth: int) -> str:
    """A whole cell."""
    kind = w.draw(st.integers(0, 5))
    if kind == 0:
        return "-"
    tests = ", ".join(_test(w, of, depth, bare=True) for _ in range(w.draw(st.integers(1, 3))))
    return f"not({tests})" if kind == 1 else tests


def _test(w: Writer, of: Type, depth: int, *, bare: bool) -> str:
    options = ["value", "list"]
    if of in ORDERED:
        options += ["range", "range"] + (["comparison", "comparison"] if bare else [])
    if bare:
        options.append("condition")
    match w.pick(options):
        case "range":
            return w.range(of)
        case "comparison":
            return f"{w.pick(['<', '<=', '>', '>='])} {w.part(of, depth - 1)}"
        case "condition":
            return w.bound("?", of, lambda: f"? = {w.part(of, depth)}")
        case "list" if of.kind != "list":
            return w.leaf(list_of(of))
    return w.pick(of.choices) if bare and of.kind == "choice" else w.leaf(of)


CONDITIONS: tuple[Maker, ...] = (
    compare,
    compare,
    equal,
    logic,
    logic,
    negation,
    between,
    membership,
    membership,
    list_membership,
    quantified,
    list_contains,
    text_test,
    odd_or_even,
    relation,
    relation,
    instance,
)
