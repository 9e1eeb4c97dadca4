"""Steps 3 to 5 of a decision (docs/decisions.md): what rules, guardrails and claims leave of each remedy.

Said in an algebra, as all of :mod:`remit.core.laws`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from remit.core.views import INFINITE, OUTSIDE, GuardrailView, PolicyView, RequestView, UndeterminedView, Value, View
from remit.language.fast_dataclass import dataclass

__all__ = ["Authorities", "Authority"]


@dataclass(slots=True)
class Authority:
    """One remedy for one role under one view.

    ``open`` is what the rules give, ``owed`` what the customer is due, ``ruled`` whether any rule that holds covers the
    remedy, ``spoken`` whether one does or a guardrail lets this role agree to it, ``undetermined`` whether one would but for
    what cannot be worked out (law 11). ``ceiling`` is the lowest limit of a guardrail. ``sent_up`` is whether a guardrail
    escalates the remedy. ``blocked`` is the place, among :attr:`Bundle.stops`, of the guardrail that denies or escalates it
    (deny first); ``held`` is about those that name the remedy, which hold what is owed too (law 4).

    ``due`` is what is owed and may be handed over now; ``claim`` what is owed, whoever hands it over; ``free`` the most that
    may be given where nothing denies or escalates it; ``limit`` the most that may be given. ``received`` is what the claim
    has had of it, where anything of it is owed: all amounts here are what is left of a total (law 9). ``trusted`` is whether
    the employee may give more than the rules say, because of the trust that was put in them; ``agreed`` is the number of the
    guardrail that lets this role agree to more than they say, or -1.
    """

    open: Value
    rule: Value
    owed: Value
    owed_rule: Value
    spoken: Value
    ruled: Value
    undetermined: Value
    ceiling: Value
    narrowed: Value
    blocked: Value
    blocked_denies: Value
    sent_up: Value
    is_blocked: Value
    is_held: Value
    held_denies: Value
    due: Value
    claim: Value
    free: Value
    limit: Value
    received: Value
    trusted: Value
    agreed: Value


class Authorities:
    """What the role of ``rank`` may give of each remedy, under one view."""

    def __init__(self, A: Any, policy: PolicyView, request: RequestView, view: View, rank: int) -> None:
        self.A = A
        self.policy = policy
        self.model = policy.model
        self.request = request
        self.view = view
        self.rank = rank
        #: What an employee may personally give more or less says nothing of anybody else.
        self.is_personal = request.is_personal and rank == request.rank
        self._authorities: dict[str, Authority] = {}

    @cached_property
    def guardrails(self) -> list[GuardrailView]:
        """Those that bind this role."""
        every = list(self.view.guardrails(self.rank))
        if self.model.incidents is not None:
            outside = self.A.eq(self.request.age, OUTSIDE)
            every.append(GuardrailView(len(self.model.guardrails), self.policy.implied.too_old, outside, {}))
        bound = [each for each in every if self.policy.binds(each.guardrail, self.rank, self.request.asker)]
        return [*bound, *self._personal()]

    def _personal(self) -> Iterator[GuardrailView]:
        """What binds this employee alone, also as an approver: accounts of their own go up, and their ceiling is a limit. And
        what binds everybody: a value above the highest of its fact."""
        implied, first = self.policy.implied, len(self.model.guardrails)
        if self.model.own_account and self.rank == self.request.rank:
            yield GuardrailView(first + 1, implied.own_account, self.request.own_account, {})
        if self.is_personal:
            limits = {name: [(self.rank, self.request.ceiling(name))] for name in self.policy.remedies}
            yield GuardrailView(first + 2, implied.ceiling, True, limits)
        for number, each in enumerate(implied.beyond, first + 3):  # nobody on the ladder is asked to guess
            yield GuardrailView(number, each, self.request.beyond(each.id), {})

    @cached_property
    def stops(self) -> list[GuardrailView]:
        """Those that deny, then those that escalate."""
        effects = ("deny", "escalate")
        return [each for effect in effects for each in self.guardrails if each.guardrail.effect == effect]

    # Steps 3 and 4: rules, guardrails

    def authority(self, remedy: str) -> Authority:
        """How things are for one remedy alone, made once."""
        found = self._authorities.get(remedy)
        if found is None:
            found = self._authorities[remedy] = self.authority_beside(remedy, {})
        return found

    def share(self, remedy: str) -> tuple[Value, Value]:
        """The limit of one remedy, and what of it is owed and may be handed over now."""
        authority = self.authority(remedy)
        return authority.limit, authority.due

    def authority_beside(self, remedy: str, beside: Mapping[str, Value]) -> Authority:
        """The same where other parts of the bundle take something, too: ``beside`` is what they take of each claim that
        they share with ``remedy``."""
        A = self.A
        had = {claim.name: A.add(self.view.used(claim.name), beside.get(claim.name, 0)) for claim in self.policy.claims[remedy]}
        received = self._received(remedy, had)
        (open_, rule), (owed, owed_rule), spoken = self._widened(remedy, had)
        ceiling, narrowed = self._ceiling(remedy, received)
        trusted: Value = False
        if self.is_personal:
            trust = A.ite(spoken, self.request.trust(remedy), 0)
            trusted, open_ = A.lt(A.max(open_, owed), A.min(trust, ceiling)), A.max(open_, trust)
        ruled, (sent, agreed, covered) = spoken, self._sent(remedy, spoken)
        agreed, open_, spoken = A.ite(A.lt(A.max(open_, owed), sent), agreed, -1), A.max(open_, sent), A.or_(spoken, covered)
        open_ = self._rest(open_, received)
        stops = [(place, each) for place, each in enumerate(self.stops) if each.guardrail.covers(remedy)]
        held = [each for _, each in stops if each.guardrail.remedies]
        is_blocked, is_held = A.or_(*(each.holds for _, each in stops)), A.or_(*(each.holds for each in held))
        blocked_denies, held_denies = self._deny(each for _, each in stops), self._deny(held)
        first = A.pick([each.holds for _, each in stops]) if stops else -1
        due, free = A.ite(is_held, 0, owed), A.max(owed, A.min(open_, ceiling))
        return Authority(
            open=open_,
            rule=rule,
            owed=owed,
            owed_rule=owed_rule,
            spoken=spoken,
            ruled=ruled,
            undetermined=self.undetermined(remedy),
            ceiling=ceiling,
            narrowed=narrowed,
            blocked=A.at(first, [place for place, _ in stops], -1) if stops else first,
            blocked_denies=blocked_denies,
            sent_up=A.or_(*(each.holds for _, each in stops if each.guardrail.effect == "escalate")),
            is_blocked=is_blocked,
            is_held=is_held,
            held_denies=held_denies,
            due=due,
            claim=A.ite(held_denies, 0, owed),
            free=free,
            limit=A.ite(is_blocked, due, free),
            received=received,
            trusted=trusted,
            agreed=agreed,
        )

    def _sent(self, remedy: str, spoken: Value) -> tuple[Value, Value, Value]:
        """What guardrails that sent ``remedy`` to this role or a lower one let it agree to, the number of the one that gives
        most, and whether any sent it: what its ``most`` says, else an exception of which no rule speaks."""
        A, entries, covered = self.A, [], []
        for each in self.senders(remedy):
            if remedy in each.most:
                entries.append((each.sends, each.most[remedy], each.number))
            elif self.model.remedies[remedy].kind == "exception":
                entries.append((A.and_(each.sends, A.not_(spoken)), 1, each.number))
            else:
                continue
            covered.append(each.sends)
        amount, number = A.best(entries)
        return amount, number, A.or_(*covered)

    def senders(self, remedy: str) -> list[GuardrailView]:
        """The guardrails that may have sent ``remedy`` here: as whoever asked meets them."""
        known = self.view.guardrails(self.request.asker)
        sent = (each for each in known if self.policy.sends(each.guardrail, self.rank, self.request.asker))
        return [each for each in sent if each.guardrail.covers(remedy)]

    # What cannot be worked out (law 11)

    @cached_property
    def undetermined_rules(self) -> list[UndeterminedView]:
        """The rules that may not say what they give, to this role or a lower one, whose authority it has."""
        ranks = range(self.rank, -1, -1) if self.policy.by_role else (self.rank,)
        return [each for rank in ranks for each in self.view.undetermined(rank)]

    def undetermined(self, remedy: str) -> Value:
        """Whether a rule for ``remedy`` cannot say whether it holds, or what it gives, or a guardrail whether it sent it."""
        known = (each.remedies[remedy] for each in self.undetermined_rules if remedy in each.remedies)
        return self.A.or_(*(fails for fails, _ in known), *(each.undetermined for each in self.senders(remedy)))

    def _deny(self, guardrails: Iterable[GuardrailView]) -> Value:
        """Whether any of them denies. One that only counts as applying stops what is asked, and somebody else decides."""
        A = self.A
        denying = (each for each in guardrails if each.guardrail.effect == "deny")
        return A.or_(*(A.and_(each.holds, A.not_(each.undetermined)) for each in denying))

    # Step 5: a claim is paid once (law 9)

    def _received(self, remedy: str, had: Mapping[str, Value]) -> Value:
        """What was received of ``remedy`` under the claims by which any of it is owed, whoever is asked; 0 where it is not
        owed: then only caps bound how often it is given."""
        A, claims = self.A, self.policy.claims[remedy]
        if not claims:
            return 0
        views = [each for rules in self.view.rules(len(self.model.ladder) - 1) for each in rules]
        known = [each for each in views if remedy in each.claims]
        owing = (A.or_(*(each.claims[remedy] for each in known if each.rule.id in claim.rules)) for claim in claims)
        return A.max(*(A.ite(owed, had[claim.name], 0) for claim, owed in zip(claims, owing, strict=True)))

    def _rest(self, amount: Value, received: Value) -> Value:
        """What is left of a total."""
        return self.A.max(0, self.A.sub(amount, received))

    def _widened(self, remedy: str, had: Mapping[str, Value]) -> tuple[tuple[Value, Value], tuple[Value, Value], Value]:
        """Law 1: the most generous rule counts, and a role has at least what every lower role has. Of what a rule owes, its
        claim ``had`` a part already."""
        A = self.A
        taken = {rule: had[claim.name] for claim in self.policy.claims[remedy] for rule in claim.rules}
        may, owed, spoken = [], [], []
        for rank, rules in zip(range(self.rank, -1, -1), self.view.rules(self.rank), strict=False):
            for each in rules:
                if remedy in each.may:
                    amounts = each.may[remedy]
                    mine = [amount for lowest, amount, _ in amounts if lowest <= rank]
                    if mine:
                        may.append((each.holds, A.max(*mine), each.number))
                    spoken.append(A.and_(each.holds, A.or_(*(said for *_, said in amounts))))
                if remedy in each.owed:
                    amount, said = each.owed[remedy]
                    owed.append((each.holds, self._rest(amount, taken.get(each.rule.id, 0)), each.number))
                    spoken.append(A.and_(each.holds, said))
        return A.best(may), A.best(owed), A.or_(*spoken)

    def _ceiling(self, remedy: str, received: Value) -> tuple[Value, Value]:
        """The lowest limit, and the number of the guardrail that sets it. A guardrail that lists no role as low as this one
        gives it nothing."""
        A, entries = self.A, []
        for each in self.guardrails:
            if remedy in each.limits:
                mine = [amount for lowest, amount in each.limits[remedy] if lowest <= self.rank]
                entries.append((each.holds, A.max(0, *mine), each.number))
        if not entries:
            return INFINITE, -1
        least, number = A.least(INFINITE, entries)
        return self._rest(least, received), number
