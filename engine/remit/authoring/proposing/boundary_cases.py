"""Cases beside boundaries: just below, at and just above, with something asked for of which that changes the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from typing import Any, Final

from remit.authoring.boundaries import boundaries
from remit.authoring.proposing.case_maker import CaseMaker, Proposal, size_of, summary
from remit.authoring.proposing.situations import Facts
from remit.authoring.tested import Boundary
from remit.authoring.thresholds import Threshold, thresholds
from remit.decision.detail import Quantity
from remit.policy.model import Clause, Guardrail, Rule

__all__ = ["BoundaryCases", "written_in"]


#: How many of the facts under which a rule or a guardrail holds are tried, each in how many sampled situations.
_HOLDING: Final = 3
_SAMPLES: Final = 12


class BoundaryCases:
    """Proposes them, with what ``maker`` knows by now."""

    def __init__(self, maker: CaseMaker) -> None:
        self.maker = maker
        self.model = maker.model
        owners: list[Rule | Guardrail] = [*self.model.rules, *self.model.guardrails]
        self.owners = {id(each.source): owner for owner in owners for each in written_in(owner)}
        self.done: set[str] = set()
        self.said: set[str] = set()

    def all(self) -> Iterator[Proposal]:
        """Those of every boundary: for each rule and guardrail in which it is written, where that decides."""
        written: list[Boundary | Threshold] = [*boundaries(self.model, everywhere=True)]
        for boundary in (*written, *thresholds(self.model, everywhere=True)):
            called, owner = boundary.called(), self.owners.get(id(boundary.source))
            if owner is not None or called not in self.done:
                again = f" ({owner.id})" if owner is not None and called in self.done else ""
                for each in self.for_boundary(boundary, owner, only=bool(again)):
                    self.done.add(called)
                    said = repr((each.facts, each.role, each.asked))
                    if said not in self.said:
                        self.said.add(said)
                        yield replace(each, name=f"{each.name}{again}")

    def for_boundary(self, boundary: Boundary | Threshold, owner: Rule | Guardrail | None, *, only: bool) -> Iterator[Proposal]:
        """Just below, at and just above, in the first situation in which it makes a difference, with something asked for of
        which it makes one: where ``owner`` decides and what is asked is within the limits, if there is such a situation;
        ``only`` there, or else anywhere."""
        beyond: list[Proposal] = []
        for bases, bundles in ((self.bases(owner), self.differing), (self.known(), self.sizable)):
            for points in chain.from_iterable(self.points(boundary, base) for base in bases):
                for role in self.model.ladder:
                    for asked in bundles(boundary, role, points):
                        answers = self.answers(boundary, role, points, asked)
                        if _makes_a_difference(boundary, answers):
                            is_own = owner is None or any(map(partial(_is_decided_by, owner), answers.values()))
                            if is_own and not (_asks(points) and any(map(_is_too_much, answers.values()))):
                                yield from self.maker.told_short([*answers.values()], keep=_moved(points))
                                return
                            if not beyond and (is_own or not only):
                                beyond = list(self.maker.told_short([*answers.values()], keep=_moved(points)))
        yield from beyond

    def bases(self, owner: Rule | Guardrail | None) -> Iterator[Facts]:
        """The situations in which a boundary is tried: those in which its ``owner`` holds, then what is known."""
        if owner is not None and owner.when is not None:
            situations = self.maker.situations
            for base in ({}, *situations.sampled(_SAMPLES, calm=True), *situations.sampled(_SAMPLES)):
                yield from ({**base, **facts} for facts in islice(situations.holding(owner.when), _HOLDING))
        yield from self.maker.bases()

    def known(self) -> Iterator[Facts]:
        """The situations of the cases so far, and the usual one."""
        yield from (*self.maker.found, self.maker.situations.usual)

    def points(self, boundary: Boundary | Threshold, base: Facts) -> Iterator[Mapping[str, Facts]]:
        """``base`` on each side of a boundary. What is asked is among these facts where the boundary is about that."""
        if isinstance(boundary, Threshold):
            yield from boundary.around({"occurred": self.maker.situations.day, **base})
        else:
            low, high = boundary.around
            values = {"just below": low, "at": boundary.value, "just above": high}
            yield {where: {**base, boundary.fact: boundary.held(value)} for where, value in values.items()}

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


def _is_decided_by(owner: Rule | Guardrail, proposal: Proposal) -> bool:
    return owner.id in [reason.id for reason in proposal.decision.reasons]


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
