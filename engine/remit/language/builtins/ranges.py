"""How points and ranges lie to each other (DMN 1.4, table 78; J. Allen's interval algebra).

A range that is open to infinity ends beyond every point; two such ends are equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from remit.language.builtins.table import Builtin, Parameter, Signature
from remit.language.evaluating import relations
from remit.language.fast_dataclass import dataclass
from remit.language.types import ANY, BOOLEAN, Type, range_of
from remit.language.values import Range

__all__ = ["FUNCTIONS"]


class _Incomparable(Exception):
    """Two ends have no order: the relation is null."""


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a range. ``beyond`` is -1 or 1 where it is open to infinity on that side."""

    value: Any
    included: bool
    beyond: int = 0


def _start(span: Range) -> _End:
    return _End(span.low, span.low_closed, -1 if span.low is None else 0)


def _end(span: Range) -> _End:
    return _End(span.high, span.high_closed, 1 if span.high is None else 0)


def _point(value: Any) -> _End:
    return _End(value, included=True)


def _order(a: _End, b: _End) -> int:
    """Negative where ``a`` comes first, 0 where they are at one place; raises :class:`_Incomparable`."""
    if a.beyond or b.beyond:
        return a.beyond - b.beyond
    before = relations.compare("<", a.value, b.value)
    if before is None:
        raise _Incomparable
    return -1 if before else 1 if relations.compare(">", a.value, b.value) else 0


def _before_ends(a: _End, b: _End) -> bool:
    """All up to the end ``a`` comes before all from the start ``b`` on."""
    order = _order(a, b)
    return order < 0 or (order == 0 and not (a.included and b.included))


def _reaches(a: _End, b: _End) -> bool:
    return not _before_ends(a, b)


def _starts_no_later(a: _End, b: _End) -> bool:
    order = _order(a, b)
    return order < 0 or (order == 0 and (a.included or not b.included))


def _ends_no_earlier(a: _End, b: _End) -> bool:
    order = _order(a, b)
    return order > 0 or (order == 0 and (a.included or not b.included))


def _same_end(a: _End, b: _End) -> bool:
    return _order(a, b) == 0 and a.included == b.included


def _before(a: Range, b: Range) -> bool:
    return _before_ends(_end(a), _start(b))


def _meets(a: Range, b: Range) -> bool:
    first, second = _end(a), _start(b)
    return _order(first, second) == 0 and first.included and second.included


def _overlaps(a: Range, b: Range) -> bool:
    return _reaches(_end(a), _start(b)) and _reaches(_end(b), _start(a))


def _overlaps_before(a: Range, b: Range) -> bool:
    return not _starts_no_later(_start(b), _start(a)) and _reaches(_end(a), _start(b)) and _ends_no_earlier(_end(b), _end(a))


def _finishes(a: Range, b: Range) -> bool:
    return _same_end(_end(a), _end(b)) and _starts_no_later(_start(b), _start(a))


def _starts(a: Range, b: Range) -> bool:
    return _same_end(_start(a), _start(b)) and _ends_no_earlier(_end(b), _end(a))


def _during(a: Range, b: Range) -> bool:
    return _starts_no_later(_start(b), _start(a)) and _ends_no_earlier(_end(b), _end(a))


def _coincides(a: Range, b: Range) -> bool:
    return _same_end(_start(a), _start(b)) and _same_end(_end(a), _end(b))


_Relation: TypeAlias = Callable[[Range, Range], bool]


def _finishes_at(point: Any, span: Range) -> bool:
    return _same_end(_point(point), _end(span))


def _starts_at(point: Any, span: Range) -> bool:
    return _same_end(_point(point), _start(span))


def _swapped(relation: _Relation) -> _Relation:
    return lambda a, b: relation(b, a)


def _nullable(relation: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    """The relation, null where ends have no order."""

    def body(a: Any, b: Any) -> bool | None:
        if any(isinstance(each, Range) and each.operator == "!=" for each in (a, b)):
            return None  # all but one value: that is two ranges
        try:
            return relation(a, b)
        except _Incomparable:
            return None

    return body


def _on_points(relation: _Relation) -> Callable[[Any, Any], bool]:
    """A relation of ranges, for points too: a point is the range from it to it."""

    def body(a: Any, b: Any) -> bool:
        if a is None or b is None:
            raise _Incomparable
        return relation(_spread(a), _spread(b))

    return body


def _spread(value: Any) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


_RANGE: Final = range_of(ANY)


def _pair(first: tuple[str, Type], second: tuple[str, Type], relation: Callable[[Any, Any], bool]) -> Signature:
    return Signature((Parameter(*first), Parameter(*second)), BOOLEAN, _nullable(relation))


def _ranges(relation: _Relation) -> Signature:
    return _pair(("range1", _RANGE), ("range2", _RANGE), relation)


def _point_and_range(relation: Callable[[Any, Any], bool]) -> Signature:
    return _pair(("point", ANY), ("range", _RANGE), relation)


def _range_and_point(relation: Callable[[Any, Any], bool]) -> Signature:
    return _pair(("range", _RANGE), ("point", ANY), relation)


def _points(relation: _Relation) -> Signature:
    return _pair(("point1", ANY), ("point2", ANY), _on_points(relation))


def _everywhere(relation: _Relation) -> tuple[Signature, ...]:
    spread = _on_points(relation)
    return (_ranges(relation), _point_and_range(spread), _range_and_point(spread), _points(relation))


FUNCTIONS: Final = (
    Builtin(
        "before",
        "Whether a point or range lies wholly before another.",
        _everywhere(_before),
        (("before(1, [2..5])", "true"), ("before([1..5), [5..10])", "true"), ("before([1..5], [5..10])", "false")),
    ),
    Builtin(
        "after",
        "Whether a point or range lies wholly after another.",
        _everywhere(_swapped(_before)),
        (("after([6..9], 5)", "true"), ('after(@"2026-02-01", @"2026-01-31")', "true")),
    ),
    Builtin(
        "meets",
        "Whether a range ends at the point where another starts, both including it.",
        (_ranges(_meets),),
        (("meets([1..5], [5..10])", "true"), ("meets([1..5), [5..10])", "false")),
    ),
    Builtin(
        "met by",
        "Whether a range starts at the point where another ends, both including it.",
        (_ranges(_swapped(_meets)),),
        (("met by([5..10], [1..5])", "true"),),
    ),
    Builtin(
        "overlaps",
        "Whether two ranges have a point in common.",
        (_ranges(_overlaps),),
        (("overlaps([1..5], [3..8])", "true"), ("overlaps([1..5], (5..8])", "false")),
    ),
    Builtin(
        "overlaps before",
        "Whether a range starts before another and ends within it.",
        (_ranges(_overlaps_before),),
        (("overlaps before([1..5], [3..8])", "true"), ("overlaps before([3..8], [1..5])", "false")),
    ),
    Builtin(
        "overlaps after",
        "Whether a range starts within another and ends after it.",
        (_ranges(_swapped(_overlaps_before)),),
        (("overlaps after([3..8], [1..5])", "true"),),
    ),
    Builtin(
        "finishes",
        "Whether a point is the end of a range, or a range lies in another and ends with it.",
        (_ranges(_finishes), _point_and_range(_finishes_at)),
        (("finishes(10, [1..10])", "true"), ("finishes([5..10], [1..10])", "true"), ("finishes(10, [1..10))", "false")),
    ),
    Builtin(
        "finished by",
        "The other way round: whether a range ends with a point or with a range in it.",
        (_ranges(_swapped(_finishes)), _range_and_point(lambda span, point: _finishes_at(point, span))),
        (("finished by([1..10], 10)", "true"),),
    ),
    Builtin(
        "includes",
        "Whether a range includes a point or another range.",
        (_ranges(_swapped(_during)), _range_and_point(_on_points(_swapped(_during)))),
        (("includes([1..10], 5)", "true"), ("includes([1..10], [4..6])", "true"), ("includes((1..10], 1)", "false")),
    ),
    Builtin(
        "during",
        "Whether a point or range lies within a range.",
        (_ranges(_during), _point_and_range(_on_points(_during))),
        (("during(5, [1..10])", "true"), ("during([1..10], (1..10))", "false")),
    ),
    Builtin(
        "starts",
        "Whether a point is the start of a range, or a range lies in another and starts with it.",
        (_ranges(_starts), _point_and_range(_starts_at)),
        (("starts(1, [1..10])", "true"), ("starts([1..5], [1..10])", "true"), ("starts((1..5], [1..10])", "false")),
    ),
    Builtin(
        "started by",
        "The other way round: whether a range starts with a point or with a range in it.",
        (_ranges(_swapped(_starts)), _range_and_point(lambda span, point: _starts_at(point, span))),
        (("started by([1..10], [1..5])", "true"),),
    ),
    Builtin(
        "coincides",
        "Whether two points or two ranges are the same.",
        (_ranges(_coincides), _points(_coincides)),
        (("coincides([1..5], [1..5])", "true"), ("coincides((1..5), [1..5])", "false"), ("coincides(5, 5)", "true")),
    ),
)
