"""Cases beside boundaries: just below, at and just above, with something asked for of which that changes the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import Any, Final

from remit.authoring.boundaries import boundaries
from remit.authoring.proposing.case_maker import CaseMaker, Proposal, size_of, summary
from remit.authoring.proposing.situations import Facts
from remit.authoring.tested import Boundary
from remit.authoring.thresholds import Threshold, thresholds
from remit.decision.detail import Quantity
from remit.policy.model import Clause, Guardrail, Model, Rule
from remit.policy.trees import Reads

__all__ = ["BoundaryCases", "written_in"]


#: How many of the facts under which a rule or a guardrail holds are tried, and in how many sampled situations.
_HOLDING: Final = 3
_CALM: Final = 12
_SAMPLES: Final = 36


@dataclass(frozen=True, slots=True)
class ClauseOwner:
    """The rule or guardrail (``owner``) in which an expression counts; ``is_amount``: as what it gives, not as its when."""

    owner: Rule | Guardrail
    is_amount: bool

    def decides(self, answers: Iterable[Proposal]) -> bool:
        """Whether it decides on some side of a boundary: on each, where it is about an amount."""
        return (all if self.is_amount else any)(self.owner.id in [one.id for one in each.decision.reasons] for each in answers)


class BoundaryCases:
    """Proposes them, with what ``maker`` knows by now."""

    def __init__(self, maker: CaseMaker) -> None:
        self.maker = maker
        self.model = maker.model
        self.places = _places(self.model)
        self.holding: dict[str, tuple[Facts, ...]] = {}
        self.done: set[str] = set()
        self.said: set[str] = set()

    def all(self) -> Iterator[Proposal]:
        """Those of every boundary: for each rule and guardrail in which it is written, where that decides."""
        written: list[Boundary | Threshold] = [*boundaries(self.model, everywhere=True)]
        for boundary in (*written, *thresholds(self.model, everywhere=True)):
            called = boundary.called()
            place = self.places.get(id(boundary.source))
            again = place is not None and called in self.done
            if place is not None or called not in self.done:
                for each in self.for_boundary(boundary, place, only=again):
                    self.done.add(called)
                    said = repr((each.facts, each.role, each.asked))
                    if said not in self.said:
                        self.said.add(said)
                        yield replace(each, name=f"{each.name} ({place.owner.id})") if again and place else each

    def for_boundary(self, boundary: Boundary | Threshold, place: ClauseOwner | None, *, only: bool) -> Iterator[Proposal]:
        """Just below, at and just above, in the first situation in which it makes a difference, with something asked for of
        which it makes one: where the rule or guardrail decides and what is asked is within the limits, if there is such a
        situation; ``only`` there, or else anywhere."""
        beyond: list[Proposal] = []
        day = self.maker.situations.day
        for bases, bundles in ((self.bases(place), self.differing), (self.known(), self.sizable)):
            for points in chain.from_iterable(boundary.around_point({"occurred": day, **base}) for base in bases):
                for role in self.model.ladder:
                    for asked in bundles(boundary, role, points):
                        answers = self.answers(boundary, role, points, asked)
                        if _makes_a_difference(boundary, answers):
                            is_own = place is None or place.decides(answers.values())
                            if is_own and not (_asks(points) and any(map(_is_too_much, answers.values()))):
                                yield from self.maker.told_short([*answers.values()], keep=_moved(points))
                                return
                            if not beyond and (is_own or not only):
                                beyond = list(self.maker.told_short([*answers.values()], keep=_moved(points)))
        yield from beyond

    def bases(self, place: ClauseOwner | None) -> Iterator[Facts]:
        """The situations in which a boundary is tried: those in which its rule or guardrail holds, then what is known."""
        if place is not None and place.owner.when is not None:
            if place.owner.id not in self.holding:
                found = self.maker.situations.holding(place.owner.when)
                self.holding[place.owner.id] = tuple(islice(found, _HOLDING))
            holding = self.holding[place.owner.id]
            yield from holding
            for at, base in enumerate(self.sampled if holding else ()):
                yield self.maker.situations.only(place.owner, {**base, **holding[at % len(holding)]})
            for rule in self.model.rules if not holding else ():  # it goes by what is asked, where a rule gives something
                yield from (self.maker.situations.only(rule, base) for base in self.sampled)
        yield from self.known()
        yield from self.sampled

    @cached_property
    def sampled(self) -> tuple[Facts, ...]:
        """Situations of all sorts."""
        situations = self.maker.situations
        return (*situations.sampled(_CALM, calm=True), *situations.sampled(_SAMPLES))

    def known(self) -> Iterator[Facts]:
        """The situations of the cases so far, and the usual one."""
        yield from (*self.maker.found, self.maker.situations.usual)

    def answers(
        self, boundary: Boundary | Threshold, role: str, points: Mapping[str, Facts], asked: Mapping[str, Any]
    ) -> Mapping[str, Proposal]:
        """What is answered at each point that a request can have."""
        found: dict[str, Proposal] = {}
        for where, point in points.items():
            facts = {name: value for name, value in point.items() if name in self.model.facts or name == "occurred"}
            wanted = {name.removeprefix("asked."): value for name, value in point.items() if name not in facts}
            name, about = boundary.called(where), boundary.fact
            proposal = self.maker.proposal(name, about, facts, role, {**asked, **wanted}, proven=not wanted)
            if proposal is not None:
                found[where] = proposal
        return found

    def differing(
        self, boundary: Boundary | Threshold, role: str, points: Mapping[str, Facts]
    ) -> Iterator[Mapping[str, Quantity]]:
        """What to ask for where the boundary changes what may be given: as much as there is of it on the better side. Beside
        what a boundary of what is asked for is about: nothing, or a little of something else."""
        if _asks(points):
            yield {}
            yield from ({name: self.maker.little(name)} for name in self.model.remedies if name not in _asks(points))
            return
        answers = self.answers(boundary, role, points, {})
        if _makes_a_difference(boundary, answers):
            for name in self.model.remedies:
                limits = [each.decision.remedies[name].limit for each in answers.values()]
                if len(set(limits)) > 1:
                    yield {name: max(limits, key=size_of)}
            yield from self.sizable(boundary, role, points)
            yield {}

    def sizable(
        self, boundary: Boundary | Threshold, role: str, points: Mapping[str, Facts]
    ) -> Iterator[Mapping[str, Quantity]]:
        """What to ask for where the boundary changes what becomes of a request: as much as there is of each remedy, or a
        little where there is nothing."""
        if not _asks(points):
            at = self.answers(boundary, role, points, {}).get("at")
            limits = {} if at is None else {name: each.limit for name, each in at.decision.remedies.items()}
            for name, limit in limits.items():
                yield {name: limit if size_of(limit) else self.maker.little(name)}


def written_in(owner: Rule | Guardrail) -> Iterator[Clause]:
    """The condition and the amounts of a rule or a guardrail."""
    if owner.when is not None:
        yield from owner.when.expressions()
    given = (*owner.may.values(), owner.owed) if isinstance(owner, Rule) else (*owner.limits.values(), owner.most)
    yield from (Clause(each.node, each.source, "amount") for amounts in given for each in amounts.values())


def _places(model: Model) -> Mapping[int, ClauseOwner]:
    """Where each expression counts, by the identity of its source: in the rule or guardrail in which it is written, or in the
    first that reads the value that it is a part of."""
    reads, out, readers = Reads(model), dict[int, ClauseOwner](), dict[str, ClauseOwner]()
    owners: list[Rule | Guardrail] = [*model.rules, *model.guardrails]
    for owner in owners:
        for clause in written_in(owner):
            place = out[id(clause.source)] = ClauseOwner(owner, clause.kind == "amount")
            for name in reads(clause.node) & model.values.keys():
                readers.setdefault(name, place)
    for name in model.values.keys() & readers.keys():
        out.update((id(clause.source), readers[name]) for clause in model.values[name].expressions())
    return out


def _makes_a_difference(boundary: Boundary | Threshold, answers: Mapping[str, Proposal]) -> bool:
    """Whether the answer changes where the boundary says that it does."""

    def beside(where: str) -> bool:
        return where in answers and "at" in answers and summary(answers[where]) != summary(answers["at"])

    below, above = beside("just below"), beside("just above")
    return {"below": below, "above": above, "both": below or above}[boundary.side]


def _asks(points: Mapping[str, Facts]) -> frozenset[str]:
    """The remedies of which the points say how much is asked."""
    return frozenset(name.removeprefix("asked.") for point in points.values() for name in point if name.startswith("asked."))


def _moved(points: Mapping[str, Facts]) -> frozenset[str]:
    """The facts in which the points differ."""
    first, *others = points.values()
    return frozenset(name for point in others for name in point if point[name] != first.get(name))


def _is_too_much(proposal: Proposal) -> bool:
    """Whether more is asked for than the limit, which tells nothing of what else the amount is compared with."""
    return any(reason.kind == "limit" for reason in proposal.decision.reasons)
