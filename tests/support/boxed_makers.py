"""Makers of contexts, ``for`` and functions: what a formula may have under ``values`` only."""

from __future__ import annotations

from remit.language.types import BOOLEAN, DATE, INTEGER, NUMBER, TEXT, Type, list_of
from support.writer import EUR, Maker, Writer

__all__ = ["BOXED"]

#: Types that a parameter can be declared with. (Amounts in the scope are in two currencies: no parameter is `money`.)
_DECLARED = {"number": NUMBER, "string": TEXT, "boolean": BOOLEAN, "date": DATE, "list<number>": list_of(NUMBER)}


def _without_choices(maker: Maker) -> Maker:
    """A text in there is not held against the words of a choice."""
    return lambda w, of, depth: w.leaf(of) if "choice" in str(of) else maker(w, of, depth)


def entry(w: Writer, of: Type, depth: int) -> str:
    other = w.pick([INTEGER, EUR, DATE])
    first = w.write(other, depth)
    last = w.bound("first", other, lambda: w.write(of, depth))
    return w.pick([f"{{first: {first}, last: {last}}}.last", f'get value({{first: {first}, last: {last}}}, "last")'])


def called(w: Writer, of: Type, depth: int) -> str:
    name = w.pick(_DECLARED)
    body = w.untested(lambda: w.bound("given", _DECLARED[name], lambda: w.write(of, depth)))
    argument = w.write(_DECLARED[name], depth)
    call = w.pick([f"({argument})", f"(given: {argument})"])
    return w.pick([f"(function(given: {name}) {body}){call}", f"{{f: function(given: {name}) {body}, r: f{call}}}.r"])


def each(w: Writer, of: Type, depth: int) -> str:
    assert of.element is not None
    source = w.pick([INTEGER, EUR, DATE])
    element = of.element
    result = w.bound("each", source, lambda: w.write(element, depth))
    over = w.pick(["[1..3]", "[1..stay.nights]"]) if source == INTEGER else w.write(list_of(source), depth)
    return f"for each in {over} return {result}"


def folded(w: Writer, of: Type, depth: int) -> str:
    assert of.element is not None
    first = w.write(of.element, depth)
    return f"for each in [1..3] return if partial = [] then {first} else partial[-1]"


def sorted_list(w: Writer, of: Type, depth: int) -> str:
    assert of.element is not None
    element = of.element
    body = w.bound("a", element, lambda: w.bound("b", element, lambda: w.write(BOOLEAN, depth)))
    order = w.pick([f"function(a, b) {body}", "function(a, b) a < b"] if element.kind in ("number", "money") else [body])
    return w.call("sort", w.write(of, depth), order if order.startswith("function") else f"function(a, b) {body}")


def replaced_items(w: Writer, of: Type, depth: int) -> str:
    assert of.element is not None
    element = of.element
    body = w.bound("item", element, lambda: w.write(BOOLEAN, depth))
    return w.call("list replace", w.write(of, depth), f"function(item, new) {body}", w.write(element, depth))


def chosen_entries(w: Writer, of: Type, depth: int) -> str:
    assert of.element is not None
    element = of.element
    rows = [f"{{size: {w.write(INTEGER, depth)}, what: {w.write(element, depth)}}}" for _ in range(2)]
    return f"[{', '.join(rows)}][size > {w.part(INTEGER, depth)}].what"


_OF_LISTS: tuple[Maker, ...] = (each, each, folded, sorted_list, replaced_items, chosen_entries)
#: What can be made of each kind; those of ``any`` can be of every kind.
BOXED: dict[str, tuple[Maker, ...]] = {
    "any": tuple(map(_without_choices, (entry, called))),
    "list": tuple(map(_without_choices, _OF_LISTS)),
}
