"""Steps 6 to 9 of a decision (docs/decisions.md), written once, as those in :mod:`remit.core.authorities` are.

Everything here is said in an algebra ``A``. :class:`remit.readings.numbers.Numbers` works it out at once, which is the
definition; :class:`remit.core.terms.Terms` makes a graph of it, which the other readings fold. So nothing here may ask for the
Python type of a value, or branch on one: ``if`` is for what the policy says, ``A.ite`` for what the request says.

Where facts are missing, a case has two views: the *sure* one takes nothing open in the customer's favour, the *hopeful* one
everything. Where all is known they are the same object.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import gcd
from typing import Any

from remit.core.authorities import Authorities, Authority
from remit.core.views import DENY, ESCALATE, GRANT, INFINITE, WAIT, PolicyView, RequestView, Value, View
from remit.language.fast_dataclass import dataclass
from remit.language.values import minor_digits
from remit.policy.model import Cap, Model, Remedy

__all__ = ["Bundle", "Part", "charge"]


@dataclass(slots=True)
class Part:
    """One remedy of the bundle. ``over``: beyond the limit; ``stretch``: only discretion could cover it; ``excess``: by how
    much; ``denied`` and ``refused`` (denied or escalated) before discretion; ``within``: it could be granted."""

    remedy: Remedy
    asked: Value
    active: Value
    authority: Authority
    over: Value
    gap: Value
    denied: Value
    refused: Value
    stretch: Value
    excess: Value
    within: Value = None


class Bundle(Authorities):
    """The bundle that is asked for, taken as the role of ``rank`` under one view."""

    def __init__(self, A: Any, policy: PolicyView, request: RequestView, view: View, rank: int) -> None:
        super().__init__(A, policy, request, view, rank)
        self.own = rank == request.rank

    # Step 6: caps

    def used(self, cap: Cap) -> Value:
        """What is used of ``cap``. What the asker used of a cap of their own says nothing of somebody else."""
        return self.view.used(cap.id) if self.own or "employee.id" not in cap.per else 0

    def left(self, cap: Cap) -> Value:
        """What is left of ``cap``."""
        return self.A.max(0, self.A.sub(self.policy.cap_limit(cap, self.rank), self.used(cap)))

    def available(self, remedy: str, of: Bundle | None = None) -> tuple[Value, Value]:
        """The most of ``remedy`` alone that could be granted now, and the number of the cap that holds it down. ``of``: whose
        authority counts (the caps are this bundle's)."""
        most, binding = self.left_of(remedy, of)
        if of is not None or remedy not in self.policy.reads_asked:
            return most, binding
        found = self.request.alone(remedy, self)
        return found, self.A.ite(self.A.eq(found, most), binding, -1)

    def left_of(self, remedy: str, of: Bundle | None = None) -> tuple[Value, Value]:
        """The same, when as much is asked as is asked."""
        A, (limit, due) = self.A, (of or self).share(remedy)
        goodwill = A.sub(limit, due)
        caps = [(number, cap) for number, cap in enumerate(self.model.caps) if remedy in cap.counts]
        entries = [(True, self._room(cap, self.model.remedies[remedy]), number) for number, cap in caps]
        least, binding = A.least(goodwill, entries)
        return A.add(due, least), binding

    def _room(self, cap: Cap, remedy: Remedy) -> Value:
        """The largest amount of ``remedy`` that takes no more than is left of ``cap``."""
        A, left = self.A, self.left(cap)
        if cap.measure == "grants":
            return A.ite(A.lt(0, left), INFINITE, 0)
        if cap.measure == "units" or remedy.kind == "money":
            return left
        if remedy.kind == "exception":
            return A.ite(A.le(cost(A, remedy, 1), left), 1, 0)
        each, over = minor_cost(remedy)  # the charge is rounded half up
        if not each:
            return INFINITE
        return A.div(A.sub(A.scale(2 * over, left), 1 - over), 2 * each)

    # Steps 7 to 9: the bundle

    @cached_property
    def active(self) -> Value:
        """Whether anything is asked."""
        return self.A.or_(*(self.A.lt(0, self.request.asked(name)) for name in self.policy.remedies))

    @cached_property
    def raw_parts(self) -> list[Part]:
        """The parts before discretion."""
        return [self._part(self.model.remedies[name]) for name in self.policy.remedies]

    def _part(self, remedy: Remedy) -> Part:
        A, asked = self.A, self.request.asked(remedy.name)
        beside = self._beside(remedy)
        authority = self.authority_beside(remedy.name, beside) if beside else self.authority(remedy.name)
        active = A.lt(0, asked)
        over, due = A.and_(active, A.lt(authority.free, asked)), A.le(asked, authority.owed)
        stopped = A.and_(active, A.ite(due, authority.is_held, authority.is_blocked))
        denied = A.and_(active, A.ite(due, authority.held_denies, authority.blocked_denies))
        gap = A.and_(over, A.not_(authority.spoken), A.not_(authority.undetermined))
        covered: Value = True  # where nothing is given that no rule covers, discretion adds to what a rule gives
        if self.model.otherwise == "deny":
            denied = A.or_(denied, A.and_(gap, A.not_(self._before_otherwise(authority.sent_up))))
            covered = authority.ruled
        stretch, excess = False, 0
        if remedy.kind == "money":
            covered = A.and_(covered, A.lt(authority.agreed, 0))  # what a guardrail lets them agree to is the most
            stretch = A.and_(over, A.not_(stopped), A.not_(denied), covered, A.le(asked, authority.ceiling))
            excess = A.ite(stretch, A.sub(asked, authority.free), 0)
        return Part(remedy, asked, active, authority, over, gap, denied, A.or_(stopped, over), stretch, excess)

    def _beside(self, remedy: Remedy) -> dict[str, Value]:
        """What the other parts take of each claim that they share with ``remedy``."""
        return {
            claim.name: self.A.add(0, *(self.request.asked(name) for name in claim.remedies if name != remedy.name))
            for claim in self.policy.claims[remedy.name]
            if len(claim.remedies) > 1
        }

    @cached_property
    def wanted(self) -> Value:
        """How much discretion the bundle needs."""
        return self.A.add(0, *(part.excess for part in self.raw_parts if part.remedy.kind == "money"))

    @cached_property
    def room(self) -> Value:
        """How much of the discretion can still be used in one grant."""
        found = self.policy.discretion(self.rank)
        if found is None:
            return 0
        A = self.A
        return A.min(found.each.minor, A.max(0, A.sub(found.max.minor, self.view.used("discretion"))))

    @cached_property
    def stretched(self) -> Value:
        """Whether discretion covers what goes beyond the limits; the requester's only serves the requester."""
        if not self.own or self.policy.discretion(self.rank) is None:
            return False
        A = self.A
        return A.and_(self.request.use_discretion, A.lt(0, self.wanted), A.le(self.wanted, self.room))

    @cached_property
    def discretion(self) -> Value:
        """How much discretion is used."""
        return self.A.ite(self.stretched, self.wanted, 0)

    @cached_property
    def needs_story(self) -> Value:
        """Whether discretion is used without the story."""
        return self.A.and_(self.stretched, self.A.not_(self.request.story))

    @cached_property
    def parts(self) -> list[Part]:
        """The parts, with discretion."""
        A = self.A
        for part in self.raw_parts:
            part.within = A.not_(A.and_(part.refused, A.not_(A.and_(part.stretch, self.stretched))))
        return self.raw_parts

    @cached_property
    def charges(self) -> list[tuple[Cap, Value]]:
        """What the bundle takes from each cap (law 4: what is owed is not counted)."""
        A = self.A
        goodwill = {part.remedy.name: A.sub(part.asked, part.authority.due) for part in self.raw_parts}
        return [(cap, charge(A, self.model, cap, goodwill)) for cap in self.model.caps]

    @cached_property
    def full(self) -> list[tuple[Cap, Value]]:
        """Whether the bundle takes more from each cap than is left."""
        return [(cap, self.A.lt(self.left(cap), taken)) for cap, taken in self.charges]

    @cached_property
    def denied(self) -> Value:
        """Whether a part is denied."""
        return self.A.or_(*(part.denied for part in self.raw_parts))

    @cached_property
    def stopped(self) -> Value:
        """Whether a part or a cap stands in the way."""
        A = self.A
        return A.or_(*(A.not_(part.within) for part in self.parts), *(full for _, full in self.full))

    @cached_property
    def verdict(self) -> Value:
        """The verdict on the bundle: that of its worst part or cap."""
        A = self.A
        return A.ite(self.stopped, A.ite(self.denied, DENY, ESCALATE), A.ite(self.needs_story, WAIT, GRANT))

    @cached_property
    def grantable(self) -> Value:
        """Whether the verdict is ``GRANT``."""
        return self.A.and_(self.A.not_(self.stopped), self.A.not_(self.needs_story))

    @cached_property
    def silent(self) -> Value:
        """Whether no rule that holds covers anything, and none would but for what cannot be worked out."""
        A, each = self.A, [self.authority(name) for name in self.policy.remedies]
        return A.not_(A.or_(*(one.spoken for one in each), *(one.undetermined for one in each)))

    def gives(self, caps: Bundle) -> Value:
        """Whether there is anything to give, with the caps of ``caps``."""
        return self.A.or_(*(self.A.lt(0, caps.available(name, self)[0]) for name in self.policy.remedies))

    def _before_otherwise(self, sent: Value) -> Value:
        """Whether a guardrail sends it to somebody else: that goes before ``otherwise``."""
        return sent if self.policy.meaning > 1 else False

    @cached_property
    def idle(self) -> Value:
        """The verdict on asking for nothing: whether there is anything to offer, or what stands in the way."""
        A = self.A
        barred = [self._deny(each for each in self.guardrails if not each.guardrail.remedies)]
        if self.model.otherwise == "deny":
            goes_up = A.or_(*(each.holds for each in self.stops if each.guardrail.effect == "escalate"))
            barred.append(A.and_(self.silent, A.not_(self._before_otherwise(goes_up))))
        return A.ite(self.gives(self), GRANT, A.ite(A.or_(*barred), DENY, ESCALATE))


# What a grant takes from a cap


def charge(A: Any, model: Model, cap: Cap, given: Mapping[str, Value]) -> Value:
    """What giving these amounts (of goodwill: beyond what is owed) takes from ``cap``.

    By grants: 1 if anything counted is given. By units: the sum of counts. By amount: money as it is, other remedies at their
    cost, rounded half up to the smallest unit.
    """
    counted = [(model.remedies[name], given[name]) for name in cap.counts if name in given]
    if cap.measure == "grants":
        return A.ite(A.or_(*(A.lt(0, amount) for _, amount in counted)), 1, 0)
    taken = [(amount, amount if cap.measure == "units" else cost(A, remedy, amount)) for remedy, amount in counted]
    return A.add(0, *(A.ite(A.lt(0, amount), each, 0) for amount, each in taken))


def cost(A: Any, remedy: Remedy, amount: Value) -> Value:
    """What an amount of a remedy costs the company, in smallest units."""
    if remedy.kind == "money":
        return amount
    each, over = minor_cost(remedy)
    return A.div(A.add(A.scale(2 * each, amount), over), 2 * over)


def minor_cost(remedy: Remedy) -> tuple[int, int]:
    """What one unit costs, in smallest units of the currency: a fraction in lowest terms."""
    assert remedy.cost is not None  # the loader demands a cost where a cap counts it
    whole, over = remedy.cost.amount.as_integer_ratio()
    whole *= 10 ** minor_digits(remedy.cost.currency)
    common = gcd(whole, over)
    return whole // common, over // common
