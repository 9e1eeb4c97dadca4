"""Why a decision came out as it did, and the words that go with it, in the algebra of :mod:`remit.core.laws`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.core.authorities import Authority
from remit.core.case import DecisionCase
from remit.core.laws import Part
from remit.core.sentences import (
    ALREADY_GIVEN,
    BEYOND_LIMIT,
    CAP_LEFT,
    GIVEN_BY_DISCRETION,
    MAY_APPLY_UNKNOWN,
    NO_RULE,
    NO_RULE_FOR,
    NOT_THEIRS,
    NOT_YOURS,
    ON_FILE,
    ONE_CLAIM,
    OWN_LIMIT,
    TRUSTED_WITH,
    TRUSTED_WITH_UP_TO,
)
from remit.core.texts import listed, may_stand, quoted, reason, someone, spaced, stands
from remit.core.views import INFINITE, GuardrailView, Value
from remit.language.values import minor_digits
from remit.language.words import in_sentence, listing
from remit.policy.model import Cap, Claim, Guardrail, Remedy

__all__ = ["Reasons"]


class Reasons(DecisionCase):
    """The reasons of a case, and what to say."""

    # Amounts

    def said(self, remedy: Remedy, amount: Value) -> Value:
        """An amount in a sentence."""
        return self.money(amount) if remedy.kind == "money" else self.A.digits(amount)

    def written(self, remedy: Remedy, amount: Value) -> Value:
        """An amount as JSON."""
        A = self.A
        if remedy.kind == "exception":
            return A.ite(A.lt(0, amount), "true", "false")
        return A.cat('"', self.money(amount), '"') if remedy.kind == "money" else A.digits(amount)

    def money(self, amount: Value) -> Value:
        currency = self.model.currency_code
        return self.A.money(amount, minor_digits(currency), currency)

    def _cap_words(self, cap: Cap, amount: Value) -> Value:
        A = self.A
        if cap.measure == "grants":
            return A.cat(A.digits(amount), A.ite(A.eq(amount, 1), " grant", " grants"))
        return self.money(amount) if cap.measure == "amount" else A.digits(amount)

    def cap_left(self, cap: Cap) -> Value:
        """``per-guest: 120 EUR of 600 EUR left until 3 December``, inside JSON."""
        A = self.A
        total = self._cap_words(cap, self.policy.cap_limit(cap, self.request.rank))
        left, name = self._cap_words(cap, self.sure.left(cap)), quoted(cap.id)[1:-1]
        known = A.cat(*CAP_LEFT.pieces(id=name, left=left, total=total, until=self.request.until(cap.id)))
        return self.request.left_text(cap, total, known)

    def was_received(self, authority: Authority) -> Value:
        """Whether the claim has had something, and it is known how much."""
        return self.A.and_(self.A.lt(0, authority.received), self.A.lt(authority.received, INFINITE))

    # Why

    def reasons(self) -> Iterator[tuple[Value, tuple[str, Value] | None, Value]]:
        """What decided. For a refusal, what stands in the way comes first; the rules that gave most follow."""
        A, nothing = self.A, self.A.not_(self.active)
        yield from self._guardrails()
        for cap, full in self.sure.full:
            start, end = f'{{"kind":"cap","id":{quoted(cap.id)},"text":"', f'","remedies":{listed(cap.counts)}}}'
            yield full, None, self.A.cat(start, self.cap_left(cap), end)
        for name, claims in self.policy.claims.items():
            if claims:
                yield from self._already(self.model.remedies[name], claims)
        for part in self.sure.parts:
            yield from self._too_much(part)
        for name in self.model.remedies:
            yield from ((A.and_(nothing, fails), key, text) for fails, key, text in self._undetermined_rules(name))
        silent = quoted(NO_RULE)
        bare = A.and_(nothing, self.gap)
        nearest = self.request.nearest(self.policy.remedies, bare)
        yield bare, None, A.cat(reason("gap", quoted("otherwise"), silent, ()), nearest)
        yield from self._own_discretion()
        for name in self.model.remedies:
            authority = self.sure.authority(name)
            if any(self.policy.sends(each, self.sure.rank, self.request.asker) for each in self.model.guardrails):
                shown = A.and_(self.concerns(name), A.le(0, authority.agreed), A.not_(authority.is_blocked))
                yield shown, ("agreed", authority.agreed), A.at(authority.agreed, self.texts.guardrail_reasons, "")
            if self.sure.is_personal:
                yield self._trusted(self.model.remedies[name], authority)
            for number in (authority.owed_rule, authority.rule):
                shown = self.A.and_(self.concerns(name), self.A.le(0, number))
                yield shown, ("rule", number), self.A.at(number, self.texts.rule_reasons, "")
        for name, holds in self.needed:
            title = ON_FILE.of(title=self.model.evidence[name].title)
            key = "requirement", list(self.model.evidence).index(name)
            yield self.A.and_(self.active, holds), key, reason("requirement", quoted(name), quoted(title), ())

    def _guardrails(self) -> Iterator[tuple[Value, None, Value]]:
        limits = [each for each in self.sure.guardrails if each.guardrail.effect == "limit"]
        surely = {each.number: each.holds for each in self.hopeful.guardrails}
        for each in (*self.sure.stops, *limits):
            guardrail = each.guardrail
            if guardrail is self.policy.implied.ceiling:
                yield from self._ceilings(each.number)
                continue
            texts = (quoted(stands(guardrail)), quoted(may_stand(guardrail)))
            named = guardrail.remedies or tuple(guardrail.limits)
            sure, maybe = (reason("guardrail", quoted(guardrail.id), text, named) for text in texts)
            holds = self.A.and_(each.holds, self._bears_on(guardrail))
            told = sure if self.hopeful is self.sure else self.A.ite(surely[each.number], sure, maybe)
            yield holds, None, self.A.ite(self._unsaid(each), self._undetermined_guardrail(each, named), told)

    def _unsaid(self, of: GuardrailView) -> Value:
        """Whether a guardrail, or what it leaves of a remedy that this is about, cannot be worked out."""
        A, rank, nulls = self.A, self.request.rank, []
        for name, some in of.null_limits.items():
            null = A.or_(*(null for lowest, null in some if lowest <= rank))
            nulls.append(A.and_(self.concerns(name), null))
        return A.or_(of.undetermined, *nulls)

    def _undetermined_guardrail(self, of: GuardrailView, remedies: Sequence[str]) -> Value:
        """That a guardrail counts as applying because it cannot be worked out (law 11)."""
        A, name = self.A, quoted(of.guardrail.id)
        text = A.quote(A.cat(*MAY_APPLY_UNKNOWN.pieces(id=of.guardrail.id, cause=of.cause)))
        return A.cat(f'{{"kind":"guardrail","id":{name},"text":', text, f',"remedies":{listed(remedies)}}}')

    def _undetermined_rules(self, remedy: str) -> Iterator[tuple[Value, tuple[str, int], Value]]:
        """The rules for ``remedy`` that cannot be worked out, and why (law 11)."""
        A = self.A
        for each in self.sure.undetermined_rules:
            if remedy in each.remedies:
                fails, cause = each.remedies[remedy]
                start = f'{{"kind":"undetermined","id":{quoted(each.rule.id)},"text":'
                text = A.cat(start, A.quote(cause), f',"remedies":{listed({**each.rule.owed, **each.rule.may})}}}')
                yield fails, ("undetermined", each.number), text

    def _bears_on(self, guardrail: Guardrail) -> Value:
        """Whether it has to do with what was asked: all of it, one of its remedies, or a limit that is really lower."""
        A = self.A
        if guardrail.effect == "limit":
            authorities = {name: self.sure.authority(name) for name in guardrail.limits}
            return A.or_(
                *(A.and_(self.concerns(name), A.lt(each.ceiling, A.max(each.open, 1))) for name, each in authorities.items())
            )
        return A.or_(*map(self.concerns, guardrail.remedies)) if guardrail.remedies else True

    def _too_much(self, part: Part) -> Iterator[tuple[Value, tuple[str, Value], Value]]:
        """Why a part is beyond this employee: no rule covers it, a rule cannot be worked out, or the limit."""
        A, remedy, authority = self.A, part.remedy, part.authority
        lower = A.lt(authority.ceiling, A.max(authority.open, 1))  # or else no guardrail is a reason (`_bears_on`)
        narrowed = A.and_(A.le(0, authority.narrowed), lower, A.lt(authority.ceiling, part.asked))
        spent = A.and_(self.was_received(self.sure.authority(remedy.name)), A.eq(authority.limit, 0))  # the claim says it all
        shown = A.and_(A.not_(part.within), A.not_(authority.is_blocked), A.not_(narrowed), A.not_(spent))
        for claim in self.policy.claims[remedy.name]:
            if len(claim.remedies) > 1:
                alone = A.le(part.asked, self.sure.authority(remedy.name).limit)
                names = listing(in_sentence(self.model.remedies[name].title) for name in claim.remedies)
                joint = quoted(ONE_CLAIM.of(titles=names))
                yield A.and_(shown, alone), ("claim", claim.name), reason("claim", quoted(claim.name), joint, claim.remedies)
                shown = A.and_(shown, A.not_(alone))
        title = f"{remedy.title[:1].lower()}{remedy.title[1:]}"
        gap = reason("gap", quoted("otherwise"), quoted(NO_RULE_FOR.of(title=title)), (remedy.name,))
        bare = A.and_(shown, part.gap)
        nearest = self.request.nearest((remedy.name,), bare)
        yield bare, ("gap", self.policy.remedies.index(remedy.name) if self.policy.meaning > 1 else 0), A.cat(gap, nearest)
        yield from ((A.and_(shown, fails), key, told) for fails, key, told in self._undetermined_rules(remedy.name))
        for each in self.sure.senders(remedy.name):
            told = self._undetermined_guardrail(each, each.guardrail.remedies)
            yield A.and_(shown, each.undetermined), ("sent", each.number), told
        shown = A.and_(shown, A.or_(authority.spoken, A.not_(authority.undetermined)))
        who = quoted(someone(spaced(self.model.ladder[self.request.rank])))[1:-1]
        text: Value = NOT_THEIRS.of(title=quoted(remedy.title)[1:-1], who=who)
        if remedy.kind != "exception":
            asked, most = self.said(remedy, part.asked), self.said(remedy, authority.limit)
            text = A.ite(A.lt(0, authority.limit), A.cat(*BEYOND_LIMIT.pieces(asked=asked, limit=most, who=who)), text)
        number = A.ite(A.le(0, authority.rule), authority.rule, authority.owed_rule)
        start = A.cat('{"kind":"limit","id":', A.at(number, self.texts.rule_ids, '"rules"'), ',"text":"')
        whole = A.cat(start, text, f'","remedies":{listed((remedy.name,))}}}')
        yield A.and_(shown, A.not_(part.gap)), ("limit", number), whole

    def _already(self, remedy: Remedy, claims: Sequence[Claim]) -> Iterator[tuple[Value, None, Value]]:
        """What the claim has received (law 9)."""
        A, authority = self.A, self.sure.authority(remedy.name)
        title = quoted(f"{remedy.title[:1].lower()}{remedy.title[1:]}")[1:-1]
        amount = self.said(remedy, authority.received)
        if len(claims[0].remedies) == 1:
            amount = title if remedy.kind == "exception" else A.cat(amount, f" {title}")
        start = f'{{"kind":"claim","id":{quoted(claims[0].name)},"text":"'
        shown = A.and_(self.concerns(remedy.name), self.was_received(authority))
        yield shown, None, A.cat(start, *ALREADY_GIVEN.pieces(what=amount), f'","remedies":{listed((remedy.name,))}}}')

    def _ceilings(self, number: int) -> Iterator[tuple[Value, None, Value]]:
        """The employee's own limits, where they are what holds a remedy down."""
        A = self.A
        for name, remedy in self.model.remedies.items():
            authority, title = self.sure.authority(name), quoted(in_sentence(remedy.title))[1:-1]
            amount = self.said(remedy, self.request.ceiling(name))
            start = '{"kind":"guardrail","id":"ceiling","text":"'
            own = NOT_YOURS.of(title=title)
            if remedy.kind != "exception":
                own = A.cat(*OWN_LIMIT.pieces(title=title, amount=amount))
            shown = A.and_(
                self.concerns(name), A.eq(authority.narrowed, number), A.lt(authority.ceiling, A.max(authority.open, 1))
            )
            yield shown, None, A.cat(start, own, f'","remedies":{listed((name,))}}}')

    def _trusted(self, remedy: Remedy, authority: Authority) -> tuple[Value, None, Value]:
        """That the employee may give more than the rules say."""
        A, title = self.A, quoted(in_sentence(remedy.title))[1:-1]
        amount = self.said(remedy, self.request.trust(remedy.name))
        whole = TRUSTED_WITH.of(title=title)
        if remedy.kind != "exception":
            whole = A.cat(*TRUSTED_WITH_UP_TO.pieces(title=title, amount=amount))
        start = f'{{"kind":"trust","id":{quoted(remedy.name)},"text":"'
        shown = A.and_(self.concerns(remedy.name), authority.trusted, A.not_(authority.is_blocked))
        return shown, None, A.cat(start, whole, f'","remedies":{listed((remedy.name,))}}}')

    def _own_discretion(self) -> Iterator[tuple[Value, None, Value]]:
        if self.policy.discretion(self.request.rank) is None:
            return
        A, role = self.A, self.model.ladder[self.request.rank]
        text = quoted(GIVEN_BY_DISCRETION.of(role=spaced(role)))
        parts = (part for part in self.sure.parts if part.remedy.kind == "money")
        names = A.listing((A.lt(0, part.excess), None, quoted(part.remedy.name)) for part in parts)
        start = f'{{"kind":"discretion","id":{quoted(role)},"text":{text},"remedies":['
        yield A.lt(0, self.sure.discretion), None, A.cat(start, names, "]}")

    def say(self) -> Iterator[tuple[Value, tuple[str, Value], Value]]:
        """The words of the guardrails and caps that bind, and of the rules that gave."""
        A, says = self.A, self.texts.says
        surely = {each.number: each.holds for each in self.hopeful.guardrails}
        for each in self.sure.guardrails:
            words = each.guardrail.say
            if words:
                sure = A.and_(surely[each.number], A.not_(self._unsaid(each)))
                holds = A.and_(each.holds, sure, self._bears_on(each.guardrail))
                yield holds, ("say", says[words]), quoted(words)
        for (cap, full), (_, too) in zip(self.sure.full, self.hopeful.full, strict=True):
            if cap.say:
                yield A.and_(full, too), ("say", says[cap.say]), quoted(cap.say)
        if not any(rule.say for rule in self.model.rules):
            return
        texts = tuple(map(quoted, says))
        for name in self.model.remedies:
            authority, (most, _) = self.sure.authority(name), self.available(name)
            for rule in (authority.owed_rule, authority.rule):
                number = A.at(rule, self.texts.rule_says, -1)
                shown = A.and_(self.concerns(name), A.lt(0, most), A.le(0, number))
                yield shown, ("say", number), A.at(number, texts, "")
