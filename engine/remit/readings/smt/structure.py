"""What terms say by how they are made, without a solver: true somewhere, never both true, about different things, or never
less."""

from __future__ import annotations

from collections.abc import Iterator

from remit.core.regions import Region, Spans
from remit.core.term import Term, every_term

__all__ = ["are_apart", "are_unrelated", "never_less", "surely_possible"]

#: Terms are followed so deep.
_DEEPEST = 12


def are_apart(one: Term, other: Term) -> bool:
    """Whether two conditions are surely never both true: some value would have to lie in two regions without a point in
    common."""
    regions = dict(_regions(one))
    return any(of in regions and _without_a_point(regions[of], region) for of, region in _regions(other))


def _without_a_point(one: Region, other: Region) -> bool:
    both = one & other  # type: ignore[operator]
    return bool(both.empty)


def surely_possible(condition: Term) -> bool:
    """Whether a condition is surely true somewhere: each part is about a variable of its own, of which some value meets it."""
    parts = condition.args if condition.kind == "and" else (condition,)
    subjects = {_met_by_some(each) for each in parts}
    return bool(condition.value) if condition.kind == "const" else None not in subjects and len(subjects) == len(parts)


def _met_by_some(part: Term) -> Term | None:
    """The variable that a test is about, if a value surely meets it. How many texts are left when some are excluded is not
    known of a term: they may be all that a fact can be."""
    if part.kind == "in":
        region, of = part.value, part.args[0]
        known = region.meets(of.low, of.high) if isinstance(region, Spans) else not region.negated and region.words - {None}
        return of if of.kind == "var" and known else None
    of = part.args[0] if part.kind == "not" else part
    return of if of.kind == "var" else None


def are_unrelated(one: Term, other: Term) -> bool:
    """Whether what one says surely depends on nothing that the other depends on."""
    terms = [*every_term(one), *every_term(other)]
    if any(each.kind == "call" for each in terms):
        return False
    return not {*_variables(one)} & {*_variables(other)}


def _variables(term: Term) -> Iterator[Term]:
    return (each for each in every_term(term) if each.kind == "var")


def _regions(condition: Term) -> Iterator[tuple[Term, Region]]:
    parts = condition.args if condition.kind == "and" else (condition,)
    return ((each.args[0], each.value) for each in parts if each.kind == "in")


def never_less(high: Term, low: Term, deep: int = _DEEPEST) -> bool:
    """Whether ``high`` is surely at least ``low``: both are made alike, of parts of which that holds."""
    if high is low or (high.low is not None and low.high is not None and high.low >= low.high):
        return True
    if not deep:
        return False
    if high.kind == low.kind == "ite" and high.args[0] is low.args[0]:
        return all(never_less(one, other, deep - 1) for one, other in zip(high.args[1:], low.args[1:], strict=True))
    return _by_parts(high, low, deep - 1)


def _by_parts(high: Term, low: Term, deep: int) -> bool:
    if low.kind == "max":
        return all(never_less(high, each, deep) for each in low.args)
    if high.kind == "min":
        return all(never_less(each, low, deep) for each in high.args)
    if _node(high, "best") and _node(low, "best"):
        return _better(high, low, deep)
    if _node(high, "least") and _node(low, "least"):
        return _no_lower(high, low, deep)
    if high.kind == "max" and any(never_less(each, low, deep) for each in high.args):
        return True
    return low.kind == "min" and any(never_less(high, each, deep) for each in low.args)


def _node(term: Term, kind: str) -> bool:
    return term.kind == "amount" and term.args[0].kind == kind


def _better(high: Term, low: Term, deep: int) -> bool:
    """Each amount of ``low`` has one in ``high`` that is no less and counts in the same cases."""
    known: dict[Term, list[Term]] = {}
    for holds, amount in _pairs(high.args[0].args):
        known.setdefault(holds, []).append(amount)
    for holds, amount in _pairs(low.args[0].args):
        always = amount.high is not None and amount.high <= 0
        if not always and not any(never_less(each, amount, deep) for each in known.get(holds, ())):
            return False
    return True


def _no_lower(high: Term, low: Term, deep: int) -> bool:
    """Each amount of ``high`` has one in ``low`` that is no more and counts in the same cases."""
    known: dict[Term, list[Term]] = {}
    for holds, amount in _pairs(low.args[0].args[1:]):
        known.setdefault(holds, []).append(amount)
    start = low.args[0].args[0]
    if not never_less(high.args[0].args[0], start, deep):
        return False
    return all(
        never_less(amount, start, deep) or any(never_less(amount, each, deep) for each in known.get(holds, ()))
        for holds, amount in _pairs(high.args[0].args[1:])
    )


def _pairs(args: tuple[Term, ...]) -> Iterator[tuple[Term, Term]]:
    return zip(args[::2], args[1::2], strict=True)
