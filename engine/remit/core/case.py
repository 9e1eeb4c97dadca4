"""One request under one policy, in both views: what comes out, and who could do more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from remit.core.laws import Bundle
from remit.core.texts import Texts
from remit.core.views import ESCALATE, GRANT, RequirementView, Told, Value, View
from remit.policy.model import REPEATS

__all__ = ["DecisionCase"]

#: By verdict, where nothing is asked.
_OUTCOMES = ("deny", "escalate", "ask", "grant")


class DecisionCase:
    """One request under one policy: its two views, and the answer.

    ``missing`` are the facts that can still change the answer, in order, each with whether it does; ``openers`` those without
    which less can be offered. ``requirements`` are those of the asker.
    """

    def __init__(
        self,
        A: Any,
        texts: Texts,
        request: Told,
        sure: View,
        hopeful: View,
        requirements: Sequence[RequirementView],
        missing: Sequence[tuple[str, Value]] = (),
        openers: Sequence[tuple[str, Value]] = (),
    ) -> None:
        self.A = A
        self.texts = texts
        self.policy = texts.policy
        self.model = self.policy.model
        self.request = request
        self.views = sure, hopeful
        self.requirements = requirements
        self.missing = missing
        self.openers = openers
        self._bundles: dict[tuple[bool, int], Bundle] = {}

    def bundle(self, rank: int, *, hopeful: bool = False) -> Bundle:
        """The bundle as the role of ``rank`` takes it, made once."""
        hopeful = hopeful and self.views[0] is not self.views[1]
        found = self._bundles.get((hopeful, rank))
        if found is None:
            found = Bundle(self.A, self.policy, self.request, self.views[hopeful], rank)
            self._bundles[hopeful, rank] = found
        return found

    @cached_property
    def sure(self) -> Bundle:
        """The asker's own, with nothing open read in the customer's favour."""
        return self.bundle(self.request.rank)

    @cached_property
    def hopeful(self) -> Bundle:
        """The asker's own, with everything open read in the customer's favour."""
        return self.bundle(self.request.rank, hopeful=True)

    # What comes out

    @cached_property
    def active(self) -> Value:
        """Whether anything is asked."""
        return self.sure.active

    def concerns(self, remedy: str) -> Value:
        """Whether the answer is about this remedy: it is asked, or nothing is."""
        return self.A.or_(self.A.lt(0, self.request.asked(remedy)), self.A.not_(self.active))

    @cached_property
    def possible(self) -> Value:
        """Whether what is asked could be granted if only evidence and story were there."""
        return self.A.and_(self.active, self.A.not_(self.hopeful.stopped))

    @cached_property
    def needed(self) -> list[tuple[str, Value]]:
        """The evidence that is surely required, requirement by requirement; names may occur twice."""
        return [(name, each.holds) for each in self.requirements for name in each.requirement.evidence]

    @cached_property
    def repeated(self) -> Value:
        """Whether the same was given a moment ago and could be given again: then only a key tells the two apart."""
        return self.A.and_(self.possible, self.A.lt(0, self.views[0].used(REPEATS)))

    @cached_property
    def waits(self) -> Value:
        """Whether facts, evidence, the story or a key are missing."""
        A = self.A
        evidence = (A.and_(holds, A.not_(self.request.on_file(name))) for name, holds in self.needed)
        return A.or_(
            self.repeated,
            *(holds for _, holds in self.missing),
            A.and_(self.possible, A.or_(self.hopeful.needs_story, *evidence)),
        )

    @cached_property
    def verdict(self) -> Value:
        """The verdict that is told where nothing is missing."""
        return self.A.ite(self.active, self.sure.verdict, self.sure.idle)

    @cached_property
    def outcome(self) -> Value:
        """``grant``, ``escalate``, ``deny`` or ``ask``."""
        A, sure = self.A, self.sure
        asked = A.ite(sure.stopped, A.ite(sure.denied, "deny", "escalate"), A.ite(sure.needs_story, "ask", "grant"))
        idle = A.at(sure.idle, _OUTCOMES, "")
        return A.ite(self.waits, "ask", A.ite(self.active, asked, idle))

    @cached_property
    def escalates(self) -> Value:
        """Whether the outcome is ``escalate``."""
        A = self.A
        asked = A.and_(self.sure.stopped, A.not_(self.sure.denied))
        return A.and_(A.not_(self.waits), A.ite(self.active, asked, A.eq(self.sure.idle, ESCALATE)))

    @cached_property
    def grants(self) -> Value:
        """Whether the outcome is ``grant``."""
        return self.A.and_(self.A.not_(self.waits), self.A.eq(self.verdict, GRANT))

    @cached_property
    def approver(self) -> Value:
        """The place, among the roles above, of the lowest that could grant it; -1 where none could."""
        A, above = self.A, range(self.request.rank + 1, len(self.model.ladder))
        could = []
        for rank in above:
            taken = self.bundle(rank, hopeful=True)
            could.append(A.ite(self.active, taken.grantable, taken.gives(self.hopeful)))
        return A.pick(could) if could else -1

    @cached_property
    def gap(self) -> Value:
        """Whether no rule, not even one that may match, covers something that was asked (or anything at all)."""
        A = self.A
        return A.ite(self.active, A.or_(*(part.gap for part in self.hopeful.raw_parts)), self.hopeful.silent)

    @cached_property
    def settled(self) -> Value:
        """Whether the two views tell the same, so that no missing fact matters: the verdict, the evidence and, unless it is a
        grant, all that can be offered."""
        A, names = self.A, self.policy.remedies
        offers = A.and_(*(A.eq(self.sure.available(name)[0], self.hopeful.available(name)[0]) for name in names))
        same = A.and_(A.eq(self.sure.verdict, self.hopeful.verdict), A.or_(self.grants, offers))
        asked = A.and_(same, A.not_(A.and_(self.possible, A.or_(*(lacks for _, lacks in self.lacking())))))
        return A.ite(self.active, asked, A.and_(offers, A.eq(self.sure.idle, self.hopeful.idle)))

    def lacking(self) -> list[tuple[RequirementView, Value]]:
        """The requirements that may hold, each with whether it asks for more than is surely needed or on file."""
        A = self.A
        surely = {name: A.or_(*(holds for other, holds in self.needed if other == name)) for name, _ in self.needed}
        return [
            (each, A.and_(each.open, A.not_(A.or_(self.request.on_file(name), surely[name]))))
            for each in self.requirements
            for name in each.requirement.evidence
        ]

    def available(self, remedy: str) -> tuple[Value, Value]:
        """The most of it that could surely be granted now, and the number of the cap that holds it down."""
        return self.sure.available(remedy)
