"""The cases that two policies both accept, so that they can be compared at all.

The facts of both get the bounds and choices that both accept: the terms of the two are then about the same variables, and
what folds by the bounds of one folds so for the other. Incidents of every day on which either is in force are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from remit.language.types import Type
from remit.language.values import Money
from remit.policy.model import Effective, Fact, Model

__all__ = ["CommonGround", "common_ground"]


@dataclass(frozen=True, slots=True)
class CommonGround:
    """``old`` and ``new`` with the facts of both aligned, and ``joint``, which has the facts and remedies of both. ``roles``
    and ``remedies`` are those that both have. ``obstacles`` say why nothing can be compared, where that is so."""

    old: Model
    new: Model
    joint: Model
    roles: tuple[str, ...]
    remedies: tuple[str, ...]
    obstacles: tuple[str, ...]

    @property
    def evaluates_alike(self) -> bool:
        """Whether the evaluator finds the same in both for the same expression."""
        old, new = self.old, self.new
        settings = ((each.values, each.calendars, each.currency, each.rounding, each.timezone) for each in (old, new))
        return next(settings) == next(settings) and old.remedies.keys() == new.remedies.keys()


def common_ground(old: Model, new: Model) -> CommonGround:
    """What the two have in common."""
    obstacles = [*_obstacles(old, new)]
    facts, found = {}, [name for name in new.facts if name in old.facts]
    for name in found:
        both = _both(old.facts[name], new.facts[name])
        if isinstance(both, str):
            obstacles.append(both)
        else:
            facts[name] = both
    effective = _either(old.effective, new.effective)
    aligned = tuple(
        replace(model, facts={name: _with(fact, facts.get(name)) for name, fact in model.facts.items()}, effective=effective)
        for model in (old, new)
    )
    joint = replace(
        aligned[1],
        facts={**aligned[0].facts, **aligned[1].facts},
        remedies={**old.remedies, **new.remedies},
        calendars={**old.calendars, **new.calendars},
    )
    roles = tuple(role for role in new.ladder if role in old.ladder)
    remedies = tuple(name for name in new.remedies if name in old.remedies)
    return CommonGround(aligned[0], aligned[1], joint, roles, remedies, tuple(obstacles))


def _obstacles(old: Model, new: Model) -> Iterator[str]:
    if old.currency != new.currency:
        yield f"they are in different currencies: {old.currency or 'none'} and {new.currency or 'none'}"
    for name, remedy in new.remedies.items():
        was = old.remedies.get(name)
        if was is not None and was.kind != remedy.kind:
            yield f"the remedy `{name}` was a {was.kind} and is a {remedy.kind}"
    if not any(role in old.ladder for role in new.ladder):
        yield "no role is in both"


def _both(old: Fact, new: Fact) -> Fact | str:
    """The fact with what both accept of it, or why there is nothing that both do."""
    of = _type(old.type, new.type)
    if of is None:
        return f"the fact `{new.name}` was another kind of value: {old.type}, now {new.type}"
    if (of.kind == "choice" and not of.choices) or (of.element and of.element.kind == "choice" and not of.element.choices):
        return f"no choice of the fact `{new.name}` is in both"
    low, high = _end(max, old.low, new.low), _end(min, old.high, new.high)
    if low is not None and high is not None and _number(low) > _number(high):
        return f"no value of the fact `{new.name}` is accepted by both"
    return replace(new, type=of, low=low, high=high)


def _type(old: Type, new: Type) -> Type | None:
    if old.element is not None and new.element is not None:
        of = _type(old.element, new.element)
        return None if of is None or old.kind != new.kind else replace(new, element=of)
    if replace(old, choices=()) != replace(new, choices=()):
        return None
    return replace(new, choices=tuple(word for word in new.choices if word in old.choices))


def _end(of: Any, *ends: Any) -> Any:
    known = [each for each in ends if each is not None]
    return of(known, key=_number) if known else None


def _number(end: Any) -> Any:
    return end.amount if isinstance(end, Money) else end


def _with(fact: Fact, both: Fact | None) -> Fact:
    return fact if both is None else replace(fact, type=both.type, low=both.low, high=both.high)


def _either(old: Effective, new: Effective) -> Effective:
    """From the first day to the last on which either is in force."""

    def end(of: Any, *ends: date | None) -> date | None:
        return None if None in ends else of(ends)

    return Effective(end(min, old.start, new.start), end(max, old.end, new.end))
