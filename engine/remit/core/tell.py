"""The answer, told once: the JSON text of a decision, in the algebra of :mod:`remit.core.laws`.

The keys and their order are those of ``decision.schema.json``. What is fixed in a text is put together when the policy is read;
what the request decides is one piece of it. As in the laws, ``if`` is for what the policy says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from remit.core.case import DecisionCase
from remit.core.laws import Part
from remit.core.texts import article, listed, may_stand, quoted, reason, spaced, stands, unlock
from remit.core.views import INFINITE, Value
from remit.language.values import minor_digits
from remit.policy.model import Cap, Guardrail, Remedy

__all__ = ["Answer"]


class Answer(DecisionCase):
    """The case, told."""

    # The answer

    def whole(self) -> Value:
        """The decision as one line of JSON."""
        A, model, request = self.A, self.model, self.request
        role = model.ladder[request.rank]
        head = f'","policy":{{"id":{quoted(model.id)},"version":{quoted(model.version)},"digest":{quoted(model.digest)}}},'
        return A.cat(
            *('{"outcome":"', self.outcome, head, '"employee":{"id":', A.quote(request.employee)),
            *(f',"role":{quoted(role)}}},"case":', A.quote(request.case), ',"occurred":', request.occurred),
            *(',"asked":{', A.listing(self._asked()), '},"remedies":{', self._remedies(), '},"reasons":['),
            *(A.listing(self._reasons()), '],"offers":[', A.listing(self._offers())),
            *("],", self._others(), '],"missing":', self._missing()),
            *(',"obligations":[', A.listing(self._needed(self.active)), '],"say":[', A.listing(self._say())),
            *('],"still_owed":{', A.listing(self._still_owed()), '},"charges":{', A.listing(self._charges())),
            *('},"discretion":', self._discretion_used(), ',"balances":{', request.balances, '},"gap":'),
            *(A.ite(self.gap, "true", "false"), "}"),
        )

    def _others(self) -> Value:
        """Who else can, and what would open more: nothing of that where all that was asked is granted."""
        A, model = self.A, self.model
        roles = [quoted(each) for each in model.ladder[self.request.rank + 1 :]]
        owner = quoted(f"owner:{model.owner}")
        nobody = '"approver":null,"escalate_to":null'
        somebody = A.cat(
            *('"approver":', A.at(self.approver, roles, "null"), ',"escalate_to":', A.at(self.approver, roles, owner))
        )
        more = A.cat(A.ite(self.escalates, somebody, nobody), ',"unlocks":[', A.listing(self._unlocks()))
        return A.ite(A.and_(self.active, self.grants), f'{nobody},"unlocks":[', more)

    # Amounts

    def said(self, remedy: Remedy, amount: Value) -> Value:
        """An amount in a sentence."""
        return self._money(amount) if remedy.kind == "money" else self.A.digits(amount)

    def written(self, remedy: Remedy, amount: Value) -> Value:
        """An amount as JSON."""
        A = self.A
        if remedy.kind == "exception":
            return A.ite(A.lt(0, amount), "true", "false")
        return A.cat('"', self._money(amount), '"') if remedy.kind == "money" else A.digits(amount)

    def _money(self, amount: Value) -> Value:
        currency = self.model.currency_code
        return self.A.money(amount, minor_digits(currency), currency)

    def _cap_words(self, cap: Cap, amount: Value) -> Value:
        A = self.A
        if cap.measure == "grants":
            return A.cat(A.digits(amount), A.ite(A.eq(amount, 1), " grant", " grants"))
        return self._money(amount) if cap.measure == "amount" else A.digits(amount)

    def _cap_left(self, cap: Cap) -> Value:
        """``per-guest: 120 EUR of 600 EUR left until 3 December``, inside JSON."""
        A = self.A
        total = self._cap_words(cap, self.policy.cap_limit(cap, self.request.rank))
        left = A.cat(self._cap_words(cap, self.sure.left(cap)), " of ", total, " left", self.request.until(cap.id))
        return A.cat(f"{quoted(cap.id)[1:-1]}: ", self.request.left_text(cap, total, left))

    # The parts of the answer

    def _asked(self) -> Iterator[tuple[Value, None, Value]]:
        for name, remedy in self.model.remedies.items():
            asked = self.request.asked(name)
            yield self.A.lt(0, asked), None, self.A.cat(f"{quoted(name)}:", self.written(remedy, asked))

    def _remedies(self) -> Value:
        A, texts = self.A, self.texts
        pieces: list[Value] = []
        for part in self.sure.parts:
            remedy, authority = part.remedy, part.authority
            most, _ = self.available(remedy.name)
            rule = A.ite(A.le(authority.owed, authority.open), authority.rule, authority.owed_rule)
            pieces += [
                *(f'{"," if pieces else ""}{quoted(remedy.name)}:{{"limit":', self.written(remedy, authority.limit)),
                *(',"owed":', self.written(remedy, authority.claim), ',"available":', self.written(remedy, most)),
                *(',"asked":', self.written(remedy, part.asked), ',"within":', A.ite(part.within, "true", "false")),
                *(',"rule":', A.at(rule, texts.rule_ids, "null"), ',"owed_rule":'),
                *(A.at(authority.owed_rule, texts.rule_ids, "null"), ',"binding":', self._binding(part), "}"),
            ]
        return A.cat(*pieces)

    def _binding(self, part: Part) -> Value:
        A, texts, authority = self.A, self.texts, part.authority
        _, cap = self.available(part.remedy.name)
        stops = [texts.guardrail_ids[each.number] for each in self.sure.stops]
        lowered = A.and_(A.le(0, authority.narrowed), A.lt(authority.ceiling, A.max(authority.open, authority.owed)))
        narrowed = A.ite(lowered, A.at(authority.narrowed, texts.guardrail_ids, "null"), "null")
        blocked = A.ite(authority.is_blocked, A.at(authority.blocked, stops, "null"), narrowed)
        return A.ite(A.le(0, cap), A.at(cap, texts.cap_ids, "null"), blocked)

    def _offers(self) -> Iterator[tuple[Value, None, Value]]:
        """Owed first, then what may be offered unasked, then what may not."""
        A = self.A
        made = [(remedy, self._offer(remedy)) for remedy in self.model.remedies.values()]
        for _, (given, due, text) in made:
            yield A.and_(given, due), None, text
        for kind in ("always", "on_request"):
            for remedy, (given, due, text) in made:
                if remedy.offer == kind:
                    yield A.and_(given, A.not_(due)), None, text

    def _offer(self, remedy: Remedy) -> tuple[Value, Value, Value]:
        A, due = self.A, self.sure.authority(remedy.name).due
        most, cap = self.available(remedy.name)
        caps = [A.cat('"', self._cap_left(each), '"') if remedy.name in each.counts else "null" for each in self.model.caps]
        asked_only = A.ite(A.lt(0, due), "false", "true") if remedy.offer == "on_request" else "false"
        text = A.cat(
            *(f'{{"remedy":{quoted(remedy.name)},"title":{quoted(remedy.title)},"amount":', self.written(remedy, most)),
            *(',"owed":', self.written(remedy, due), ',"on_request":', asked_only),
            *(',"left":', A.at(cap, caps, "null"), "}"),
        )
        return A.lt(0, most), A.lt(0, due), text

    def _still_owed(self) -> Iterator[tuple[Value, None, Value]]:
        A = self.A
        for name, remedy in self.model.remedies.items():
            rest = A.sub(self.sure.authority(name).due, self.request.asked(name))
            yield A.lt(0, rest), None, A.cat(f"{quoted(name)}:", self.written(remedy, rest))

    def _charges(self) -> Iterator[tuple[Value, None, Value]]:
        A = self.A
        for cap, taken in self.sure.charges:
            amount = A.cat('"', self._money(taken), '"') if cap.measure == "amount" else A.digits(taken)
            yield A.lt(0, taken), None, A.cat(f"{quoted(cap.id)}:", amount)

    def _discretion_used(self) -> Value:
        A, used = self.A, self.sure.discretion
        return A.ite(A.lt(0, used), A.cat('"', self._money(used), '"'), "null")

    def _needed(self, condition: Value, *, missing: bool = False) -> Iterator[tuple[Value, tuple[str, int], Value]]:
        A, order = self.A, list(self.model.evidence)
        for name, holds in self.needed:
            absent = A.not_(self.request.on_file(name)) if missing else True
            yield A.and_(condition, holds, absent), ("evidence", order.index(name)), quoted(name)

    def _missing(self) -> Value:
        A = self.A
        facts = A.listing((holds, None, quoted(name)) for name, holds in self.missing)
        facts = A.ite(A.or_(*(holds for _, holds in self.missing)), facts, "")
        story = A.ite(A.and_(self.possible, self.hopeful.needs_story), "true", "false")
        evidence = A.listing(self._needed(self.possible, missing=True))
        return A.cat('{"facts":[', facts, '],"evidence":[', evidence, '],"story":', story, "}")

    # Why

    def _reasons(self) -> Iterator[tuple[Value, tuple[str, Value] | None, Value]]:
        """What decided. For a refusal, what stands in the way comes first; the rules that gave most follow."""
        yield from self._guardrails()
        for cap, full in self.sure.full:
            start, end = f'{{"kind":"cap","id":{quoted(cap.id)},"text":"', f'","remedies":{listed(cap.counts)}}}'
            yield full, None, self.A.cat(start, self._cap_left(cap), end)
        for part in self.sure.parts:
            yield from self._too_much(part)
        silent = quoted("no rule of this policy speaks of this case")
        yield self.A.and_(self.A.not_(self.active), self.gap), None, reason("gap", quoted("otherwise"), silent, ())
        yield from self._own_discretion()
        for name in self.model.remedies:
            authority = self.sure.authority(name)
            for number in (authority.owed_rule, authority.rule):
                shown = self.A.and_(self.concerns(name), self.A.le(0, number))
                yield shown, ("rule", number), self.A.at(number, self.texts.rule_reasons, "")
        for name, holds in self.needed:
            title = f"{self.model.evidence[name].title} must be on file"
            key = "requirement", list(self.model.evidence).index(name)
            yield self.A.and_(self.active, holds), key, reason("requirement", quoted(name), quoted(title), ())

    def _guardrails(self) -> Iterator[tuple[Value, None, Value]]:
        limits = [each for each in self.sure.guardrails if each.guardrail.effect == "limit"]
        surely = {each.number: each.holds for each in self.hopeful.guardrails}
        for each in (*self.sure.stops, *limits):
            guardrail = each.guardrail
            texts = (quoted(stands(guardrail)), quoted(may_stand(guardrail)))
            named = guardrail.remedies or tuple(guardrail.limits)
            sure, maybe = (reason("guardrail", quoted(guardrail.id), text, named) for text in texts)
            holds = self.A.and_(each.holds, self._bears_on(guardrail))
            known = self.hopeful is self.sure
            yield holds, None, sure if known else self.A.ite(surely[each.number], sure, maybe)

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
        """Why a part is beyond this employee: no rule covers it, or the limit."""
        A, remedy, authority = self.A, part.remedy, part.authority
        narrowed = A.and_(A.le(0, authority.narrowed), A.lt(authority.ceiling, part.asked))
        shown = A.and_(A.not_(part.within), A.not_(authority.is_blocked), A.not_(narrowed))
        title = f"{remedy.title[:1].lower()}{remedy.title[1:]}"
        gap = reason("gap", quoted("otherwise"), quoted(f"no rule that applies here speaks of {title}"), (remedy.name,))
        yield A.and_(shown, part.gap), ("gap", 0), gap
        who = spaced(self.model.ladder[self.request.rank])
        text: Value = quoted(f"{remedy.title} is not {article(who)} {who}'s to give here")[1:-1]
        if remedy.kind != "exception":
            tail = quoted(f" that {article(who)} {who} may give here")[1:-1]
            limit = A.cat(self.said(remedy, part.asked), " is more than the ", self.said(remedy, authority.limit), tail)
            text = A.ite(A.lt(0, authority.limit), limit, text)
        number = A.ite(A.le(0, authority.rule), authority.rule, authority.owed_rule)
        start = A.cat('{"kind":"limit","id":', A.at(number, self.texts.rule_ids, '"rules"'), ',"text":"')
        whole = A.cat(start, text, f'","remedies":{listed((remedy.name,))}}}')
        yield A.and_(shown, A.not_(part.gap)), ("limit", number), whole

    def _own_discretion(self) -> Iterator[tuple[Value, None, Value]]:
        if self.policy.discretion(self.request.rank) is None:
            return
        A, role = self.A, self.model.ladder[self.request.rank]
        text = quoted(f"given at the {spaced(role)}'s own discretion")
        parts = (part for part in self.sure.parts if part.remedy.kind == "money")
        names = A.listing((A.lt(0, part.excess), None, quoted(part.remedy.name)) for part in parts)
        start = f'{{"kind":"discretion","id":{quoted(role)},"text":{text},"remedies":['
        yield A.lt(0, self.sure.discretion), None, A.cat(start, names, "]}")

    def _say(self) -> Iterator[tuple[Value, tuple[str, Value], Value]]:
        """The words of the guardrails and caps that bind, and of the rules that gave."""
        A, says = self.A, self.texts.says
        surely = {each.number: each.holds for each in self.hopeful.guardrails}
        for each in self.sure.guardrails:
            words = each.guardrail.say
            if words:
                holds = A.and_(each.holds, surely[each.number], self._bears_on(each.guardrail))
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

    # What would open more

    def _unlocks(self) -> Iterator[tuple[Value, tuple[str, Any] | None, Value]]:
        A = self.A
        order = {name: place for place, name in enumerate((*self.model.facts, "occurred", "case"))}
        refused = A.not_(self.grants)
        facts = (*self.missing, *((name, A.and_(holds, refused)) for name, holds in self.openers))
        asks = {name: self.model.facts[name].ask or "" if name in self.model.facts else "" for name, _ in facts}
        texts = {name: unlock("fact", name, "null", "null", quoted(ask)) for name, ask in asks.items()}
        known = A.listing((holds, ("fact", order[name]), texts[name]) for name, holds in facts)
        some, more = (A.or_(*(holds for _, holds in each)) for each in (self.missing, self.openers))
        yield A.or_(some, A.and_(more, refused)), None, known
        for name, holds in self.needed:
            absent = A.and_(self.possible, holds, A.not_(self.request.on_file(name)))
            key = "evidence", list(self.model.evidence).index(name)
            yield absent, key, unlock("evidence", name, "null", "null", quoted(self.model.evidence[name].title))
        yield from self._unused_discretion()
        for part in self.sure.parts:
            yield from self._higher_role(part)

    def _unused_discretion(self) -> Iterator[tuple[Value, None, Value]]:
        """The employee's own room beyond the rules, where it would cover what was asked and has not been used."""
        A, sure, role = self.A, self.sure, self.model.ladder[self.request.rank]
        found = self.policy.discretion(self.request.rank)
        if found is None:
            return
        short = [(part, A.not_(part.within)) for part in sure.parts]
        beyond = (A.and_(lacks, A.not_(part.stretch)) for part, lacks in short)
        needed = A.and_(A.lt(0, sure.wanted), A.le(sure.wanted, sure.room))
        full = A.or_(*(full for _, full in sure.full), *beyond)
        covers = A.and_(self.escalates, A.not_(self.request.use_discretion), needed, A.not_(full))
        text = quoted(f"your own discretion covers it ({found.each} at a time, {found.max} per {found.over}); tell the story")
        for part, lacks in short:
            if part.remedy.kind == "money":
                amount = self.written(part.remedy, part.asked)
                yield A.and_(covers, lacks), None, unlock_of(A, "discretion", role, part.remedy, amount, text)

    def _higher_role(self, part: Part) -> Iterator[tuple[Value, None, Value]]:
        """The lowest role above that may surely give more, and how much."""
        A, remedy = self.A, part.remedy
        own, _ = self.available(remedy.name)
        above = range(self.request.rank + 1, len(self.model.ladder))
        limits = [self.bundle(rank).share(remedy.name)[0] for rank in above]
        wanted = A.or_(A.not_(part.within), A.not_(self.active))
        first = A.pick([A.and_(A.lt(own, limit), A.lt(limit, INFINITE)) for limit in limits]) if limits else -1
        more = A.ite(wanted, first, -1)
        roles, title = [self.model.ladder[rank] for rank in above], quoted(remedy.title)[1:-1]
        limit = A.at(more, limits, 0)
        up_to = title if remedy.kind == "exception" else A.cat("up to ", self.said(remedy, limit), f" {title}")
        start = A.at(more, [f'{{"kind":"role","name":{quoted(role)}' for role in roles], "")
        who = A.at(more, [quoted(spaced(role))[1:-1] for role in roles], "")
        amount = (f',"remedy":{quoted(remedy.name)},"amount":', self.written(remedy, limit), ',"text":"')
        yield A.le(0, more), None, A.cat(start, *amount, who, " may give ", up_to, '"}')


def unlock_of(A: Any, kind: str, name: str, remedy: Remedy, amount: Value, text: Value) -> Value:
    """An unlock of an amount that the request decides."""
    start = f'{{"kind":"{kind}","name":{quoted(name)},"remedy":{quoted(remedy.name)},"amount":'
    return A.cat(start, amount, ',"text":', text, "}")
