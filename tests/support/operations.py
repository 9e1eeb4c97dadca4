"""For every kind of term, an operation at random; and graphs of them."""
# ruff: noqa: N803 - `T` and `A` are algebras, as in the engine

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from remit.core.regions import Spans, Words, points, span
from support.graphs import CASES, WORDS, Graph, Node

__all__ = ["OPERATIONS", "graphs"]

_NUMBERS = st.integers(-7, 12)


def _constant(draw: Any, sort: str) -> Any:
    return draw({"i": _NUMBERS, "b": st.booleans(), "s": st.sampled_from(WORDS)}[sort])


def _operand(draw: Any, graph: Graph, sort: str) -> Node:
    if sort in "ibs" and not draw(st.integers(0, 5)):
        value = _constant(draw, sort)
        return Node(value, (value,) * len(graph.cases))
    nodes = graph.nodes[sort]
    return nodes[-1 - draw(st.integers(0, len(nodes) - 1))]  # the last ones first


#: Draws an operation: the sorts that it takes, the sort that it gives, and what it does in an algebra.
Drawn = tuple[str, str, Callable[..., Any]]


def _regions(draw: Any) -> Spans:
    kind = draw(st.integers(0, 2))
    if kind == 0:
        return span(draw(st.none() | _NUMBERS), draw(st.none() | _NUMBERS))
    found = points(sorted(draw(st.sets(_NUMBERS, min_size=2, max_size=9))))
    return found if kind == 1 else ~found


def _some_words(draw: Any, sort: str) -> Words:
    known = (*WORDS, None) if sort == "s" else (True, False, None)
    return Words(draw(st.frozensets(st.sampled_from(known), max_size=3)), draw(st.booleans()))


def _many(draw: Any, sort: str, low: int = 1, high: int = 4) -> str:
    return sort * draw(st.integers(low, high))


def _fold(name: str, sort: str, given: str, low: int = 1) -> Callable[[Any], Drawn]:
    return lambda draw: (_many(draw, given, low), sort, lambda A, *xs: getattr(A, name)(*xs))


def _fixed(name: str, given: str, sort: str) -> Callable[[Any], Drawn]:
    return lambda draw: (given, sort, lambda A, *xs: getattr(A, name)(*xs))


def _with(name: str, given: str, sort: str, *more: st.SearchStrategy[Any]) -> Callable[[Any], Drawn]:
    def drawn(draw: Any) -> Drawn:
        known = [draw(each) for each in more]
        return given, sort, lambda A, *xs: getattr(A, name)(*xs, *known)

    return drawn


def _scale(draw: Any) -> Drawn:
    by = draw(st.integers(-4, 4))
    return "i", "i", lambda A, x: A.scale(by, x)


def _ite(draw: Any) -> Drawn:
    sort = draw(st.sampled_from("iibs"))
    return f"b{sort}{sort}", sort, lambda A, *xs: A.ite(*xs)


def _inside(sort: str, missing: bool = False) -> Callable[[Any], Drawn]:
    def drawn(draw: Any) -> Drawn:
        region = _regions(draw).taking(missing and draw(st.booleans())) if sort == "i" else _some_words(draw, sort)
        return f"{sort}?" if missing else sort, "b", lambda A, x: A.inside(x, region)

    return drawn


def _guarded(draw: Any) -> Drawn:
    """What is missing counts as nothing."""
    return "i?", "i", lambda A, x: A.ite(A.inside(x, Spans((), missing=True)), 0, x)


def _entries(draw: Any) -> tuple[str, list[int]]:
    numbers = draw(st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True))
    return "bi" * len(numbers), numbers


def _triples(xs: Sequence[Any], numbers: Sequence[int]) -> list[tuple[Any, Any, int]]:
    return list(zip(xs[::2], xs[1::2], numbers, strict=True))


def _best(place: int) -> Callable[[Any], Drawn]:
    def drawn(draw: Any) -> Drawn:
        given, numbers = _entries(draw)
        return given, "i", lambda A, *xs: A.best(_triples(xs, numbers))[place]

    return drawn


def _least(place: int) -> Callable[[Any], Drawn]:
    def drawn(draw: Any) -> Drawn:
        given, numbers = _entries(draw)
        return "i" + given, "i", lambda A, x, *xs: A.least(x, _triples(xs, numbers))[place]

    return drawn


def _pick(draw: Any) -> Drawn:
    unique = draw(st.booleans())
    return _many(draw, "b"), "i", lambda A, *xs: A.pick(xs, **({"unique": True} if unique else {}))


def _at(draw: Any) -> Drawn:
    """Constants at a place that is picked, or at none."""
    sort, count, unique = draw(st.sampled_from("iibs")), draw(st.integers(1, 3)), draw(st.booleans())
    values = [_constant(draw, sort) for _ in range(count + 2)]
    more = {"unique": True} if unique else {}
    return "b" * (count + 1), sort, lambda A, b, *xs: A.at(A.ite(b, A.pick(xs, **more), -1), values[:-1], values[-1])


def _at_worked_out(draw: Any) -> Drawn:
    """As :func:`_at`, of what is worked out."""
    sort, count = draw(st.sampled_from("iibs")), draw(st.integers(1, 3))
    given = "b" * count + sort * (count + 1)
    return given, sort, lambda A, *xs: A.at(A.pick(xs[:count]), xs[count:-1], xs[-1])


def _call(draw: Any) -> Drawn:
    return "ib", "i", lambda A, x, b: A.call(_outside, x, b, sort="i", low=-1, high=9)


def _outside(number: int, flag: bool) -> int:
    return number % 10 if flag else -1


def _bits(draw: Any) -> Drawn:
    """With constants among them, which are put together."""
    more = draw(st.lists(st.integers(0, 15), max_size=3))
    return _many(draw, "f", 0), "f", lambda A, *xs: A.bits(*more, *xs)


def _listing(draw: Any) -> Drawn:
    groups = draw(st.lists(st.sampled_from((None, "a", "b")), min_size=1, max_size=4))
    numbers = [draw(st.integers(0, 2)) for _ in groups]
    counted = draw(st.booleans())  # by a number that is only known later

    def made(A: Any, *xs: Any) -> Any:
        rest = iter(zip(xs[::3], xs[1::3], xs[2::3], strict=True))
        pieces = []
        for group, number, (holds, counts, text) in zip(groups, numbers, rest, strict=True):
            pieces.append((holds, None if group is None else (group, counts if counted else number), text))
        return A.listing(pieces)

    return "bis" * len(groups), "s", made


#: By kind of term.
OPERATIONS: Mapping[str, Callable[[Any], Drawn]] = {
    "sum": _fold("add", "i", "i"),
    "difference": _fixed("sub", "ii", "i"),
    "scale": _scale,
    "mul": _fixed("mul", "ii", "i"),
    "div": _with("div", "i", "i", st.integers(1, 5)),
    "min": _fold("min", "i", "i"),
    "max": _fold("max", "i", "i"),
    "lt": _fixed("lt", "ii", "b"),
    "le": _fixed("le", "ii", "b"),
    "eq": _fixed("eq", "ii", "b"),
    "same": _fixed("eq", "ss", "b"),
    "in spans": _inside("i"),
    "in words": _inside("s"),
    "in truths": _inside("b"),
    "missing in spans": _inside("i", missing=True),
    "missing in words": _inside("s", missing=True),
    "missing in truths": _inside("b", missing=True),
    "and": _fold("and_", "b", "b", 0),
    "or": _fold("or_", "b", "b", 0),
    "not": _fixed("not_", "b", "b"),
    "ite": _ite,
    "guarded": _guarded,
    "has": _with("has", "x", "b", st.sampled_from(("a", "b"))),
    "best": _best(0),
    "best winner": _best(1),
    "least": _least(0),
    "least winner": _least(1),
    "pick": _pick,
    "look": _at,
    "at": _at_worked_out,
    "call": _call,
    "bits": _bits,
    "meets": _with("meets", "f", "b", st.integers(1, 15)),
    "cat": _fold("cat", "s", "s"),
    "money": _with("money", "i", "s", st.sampled_from((0, 2, 3)), st.just("EUR")),
    "digits": _fixed("digits", "i", "s"),
    "quote": _fixed("quote", "s", "s"),
    "missing quote": lambda draw: ("s?", "s", lambda A, x: A.quote(x)),
    "listing": _listing,
}


def _small(node: Node) -> bool:
    return all(not isinstance(x, int) or abs(x) < 10**9 for x in node.values) and all(
        not isinstance(x, str) or len(x) < 200 for x in node.values
    )


def _sorts(given: str) -> list[str]:
    return [given] if given.endswith("?") else list(given)


@st.composite
def graphs(draw: Any, kind: str) -> tuple[Graph, list[Node]]:
    """A graph and some of its nodes, an operation ``kind`` among the last ones and something that uses it."""
    graph = Graph(draw(st.lists(CASES, min_size=3, max_size=3)))
    kinds = [*draw(st.lists(st.sampled_from(list(OPERATIONS)), max_size=8)), kind]
    kinds += draw(st.lists(st.sampled_from(list(OPERATIONS)), max_size=4))
    made: list[Node] = []
    for each in kinds:
        given, sort, function = OPERATIONS[each](draw)
        operands = [_operand(draw, graph, one) for one in _sorts(given)]
        if all(map(_small, operands)):
            made.append(graph.make(sort, function, operands))
    return graph, made
