"""The answer, told once: the JSON text of a decision, in the algebra of :mod:`remit.core.laws`.

The keys and their order are those of ``decision.schema.json``. What is fixed in a text is put together when the policy is read;
what the request decides is one piece of it. As in the laws, ``if`` is for what the policy says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from remit.core.laws import Part
from remit.core.reasons import Reasons
from remit.core.sentences import COVERED_BY_DISCRETION, MAY_GIVE, MAY_GIVE_UP_TO
from remit.core.texts import listed, quoted, spaced, unlock
from remit.core.views import INFINITE, Value
from remit.policy.model import Remedy
from remit.policy.phrases import BESIDE, question

__all__ = ["Answer"]

#: What the types of shown values are called in a decision, where that is something else.
_KINDS_SHOWN: Final = {"choice": "text"}


class Answer(Reasons):
    """The case, told."""

    # The answer

    def whole(self) -> Value:
        """The decision as one line of JSON."""
        A, model, request = self.A, self.model, self.request
        role = model.ladder[request.rank]
        own = f',"currency":{quoted(model.currency_code)}' if model.currencies else ""
        digest = f'"digest":{quoted(model.digest)}{own}'
        head = f'","policy":{{"id":{quoted(model.id)},"version":{quoted(model.version)},{digest}}},'
        return A.cat(
            *('{"outcome":"', self.outcome, head, '"employee":{"id":', A.quote(request.employee)),
            *(f',"role":{quoted(role)}}},"case":', A.quote(request.case), ',"occurred":', request.occurred),
            *(',"asked":{', A.listing(self._asked()), '},"remedies":{', self._remedies(), '},"reasons":['),
            *(A.listing(self.reasons()), '],"offers":[', A.listing(self._offers())),
            *("],", self._others(), '],"missing":', self._missing()),
            *(',"obligations":[', A.listing(self._needed(self.active)), '],"say":[', A.listing(self.say())),
            *('],"still_owed":{', A.listing(self._still_owed()), '},"charges":{', A.listing(self._charges())),
            *('},"discretion":', self._discretion_used(), ',"balances":{', request.balances, '},"gap":'),
            *(A.ite(self.gap, "true", "false"), self._age(), self._shown(), "}"),
        )

    def _shown(self) -> Value:
        """The values that the policy shows in every decision; nothing where it shows none."""
        pieces: list[Value] = []
        for name, title in self.model.shows.items():
            kind = _KINDS_SHOWN.get(of := self.model.values[name].type.kind, of)
            start = f'{{"name":{quoted(name)},"title":{quoted(title)},"type":{quoted(kind)},"value":'
            pieces += [f"{',' if pieces else ''}{start}", self.request.shown(name), "}"]
        return self.A.cat(',"shown":[', *pieces, "]") if pieces else ""

    def _age(self) -> Value:
        """Whether it was checked how old the incident is, where the policy says how old it may be."""
        if self.model.incidents is None:
            return ""
        return self.A.at(self.request.age, [f',"incident":"{word}"' for word in ("not checked", "within", "outside")], "")

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

    # The parts of the answer

    def _asked(self) -> Iterator[tuple[Value, None, Value]]:
        for name, remedy in self.model.remedies.items():
            asked = self.request.asked(name)
            yield self.A.lt(0, asked), None, self.A.cat(f"{quoted(name)}:", self.written(remedy, asked))

    def _remedies(self) -> Value:
        A, texts = self.A, self.texts
        pieces: list[Value] = []
        for part in self.sure.parts:
            remedy, authority = part.remedy, self.sure.authority(part.remedy.name)
            most, _ = self.available(remedy.name)
            rule = A.ite(A.le(authority.owed, authority.open), authority.rule, authority.owed_rule)
            received: Value = ""
            if self.policy.claims[remedy.name]:
                shown = A.cat(',"received":', self.written(remedy, authority.received))
                received = A.ite(self.was_received(authority), shown, "")
            pieces += [
                *(f'{"," if pieces else ""}{quoted(remedy.name)}:{{"limit":', self.written(remedy, authority.limit)),
                *(',"owed":', self.written(remedy, authority.claim), received),
                *(',"available":', self.written(remedy, most)),
                *(',"asked":', self.written(remedy, part.asked), ',"within":', A.ite(part.within, "true", "false")),
                *(',"rule":', A.at(rule, texts.rule_ids, "null"), ',"owed_rule":'),
                *(A.at(authority.owed_rule, texts.rule_ids, "null"), ',"binding":', self._binding(part), "}"),
            ]
        return A.cat(*pieces)

    def _binding(self, part: Part) -> Value:
        A, texts, authority = self.A, self.texts, self.sure.authority(part.remedy.name)
        _, cap = self.available(part.remedy.name)
        stops = [texts.guardrail_ids[each.number] for each in self.sure.stops]
        lowered = A.and_(A.le(0, authority.narrowed), A.lt(authority.ceiling, A.max(authority.open, authority.owed)))
        claims = self.policy.claims[part.remedy.name]
        claim = A.ite(self.was_received(authority), quoted(claims[0].name), "null") if claims else "null"
        narrowed = A.ite(lowered, A.at(authority.narrowed, texts.guardrail_ids, "null"), claim)
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
        for remedy, (given, _, _) in made:
            yield from self._together(remedy, given)

    def _together(self, remedy: Remedy, alone: Value) -> Iterator[tuple[Value, None, Value]]:
        """What cannot be given alone, with the first exception that makes it possible (law 10)."""
        A, found = self.A, alone
        asked_only = "true" if remedy.offer == "on_request" else "false"
        for beside in self.policy.companions.get(remedy.name, ()):
            most = self.request.alone(remedy.name, self.sure, beside)
            text = A.cat(
                *(f'{{"remedy":{quoted(remedy.name)},"title":{quoted(remedy.title)},"amount":', self.written(remedy, most)),
                *(',"owed":', self.written(remedy, 0), f',"on_request":{asked_only},"left":null,"with":{listed((beside,))}'),
                *(self._evidence({remedy.name: most, beside: 1}), "}"),
            )
            yield A.and_(A.not_(found), A.lt(0, most)), None, text
            found = A.or_(found, A.lt(0, most))

    def _offer(self, remedy: Remedy) -> tuple[Value, Value, Value]:
        A, due = self.A, self.sure.authority(remedy.name).due
        most, cap = self.available(remedy.name)
        caps = [A.cat('"', self.cap_left(each), '"') if remedy.name in each.counts else "null" for each in self.model.caps]
        asked_only = A.ite(A.lt(0, due), "false", "true") if remedy.offer == "on_request" else "false"
        text = A.cat(
            *(f'{{"remedy":{quoted(remedy.name)},"title":{quoted(remedy.title)},"amount":', self.written(remedy, most)),
            *(',"owed":', self.written(remedy, due), ',"on_request":', asked_only),
            *(',"left":', A.at(cap, caps, "null"), self._evidence({remedy.name: most}), "}"),
        )
        return A.lt(0, most), A.lt(0, due), text

    def _evidence(self, amounts: Mapping[str, Value]) -> Value:
        """What must be on file, and is not, for these amounts and nothing else to be granted (law 10)."""
        A, order = self.A, list(self.model.evidence)
        if self.policy.meaning < 2:
            return ""
        lacks = []
        for number, requirement in enumerate(self.model.requires):
            holds = self.request.requires(number, amounts)
            lacks += [(name, A.and_(holds, A.not_(self.request.on_file(name)))) for name in requirement.evidence]
        names = A.listing((holds, ("evidence", order.index(name)), quoted(name)) for name, holds in lacks)
        return A.ite(A.or_(*(holds for _, holds in lacks)), A.cat(',"evidence":[', names, "]"), "")

    def _still_owed(self) -> Iterator[tuple[Value, None, Value]]:
        A = self.A
        for name, remedy in self.model.remedies.items():
            rest = A.sub(self.sure.authority(name).due, self.request.asked(name))
            yield A.lt(0, rest), None, A.cat(f"{quoted(name)}:", self.written(remedy, rest))

    def _charges(self) -> Iterator[tuple[Value, None, Value]]:
        A = self.A
        for cap, taken in self.sure.charges:
            amount = A.cat('"', self.money(taken), '"') if cap.measure == "amount" else A.digits(taken)
            yield A.lt(0, taken), None, A.cat(f"{quoted(cap.id)}:", amount)

    def _discretion_used(self) -> Value:
        A, used = self.A, self.sure.discretion
        return A.ite(A.lt(0, used), A.cat('"', self.money(used), '"'), "null")

    def _needed(self, condition: Value, *, missing: bool = False) -> Iterator[tuple[Value, tuple[str, int], Value]]:
        A, order = self.A, list(self.model.evidence)
        for name, holds in self.needed:
            absent = A.not_(self.request.on_file(name)) if missing else True
            yield A.and_(condition, holds, absent), ("evidence", order.index(name)), quoted(name)

    def _missing(self) -> Value:
        A = self.A
        missing = [*self.missing, ("key", self.repeated)]
        facts = A.listing((holds, None, quoted(name)) for name, holds in missing)
        facts = A.ite(A.or_(*(holds for _, holds in missing)), facts, "")
        story = A.ite(A.and_(self.possible, self.hopeful.needs_story), "true", "false")
        evidence = A.listing(self._needed(self.possible, missing=True))
        asks = A.listing((holds, None, f"{quoted(name)}:{quoted(self._question(name))}") for name, holds in missing)
        some = A.or_(*(holds for _, holds in missing)) if self.policy.meaning > 1 else False
        asked = A.ite(some, A.cat('"questions":{', asks, "},"), "")
        return A.cat('{"facts":[', facts, "],", asked, '"evidence":[', evidence, '],"story":', story, "}")

    def _question(self, name: str) -> str:
        return question(self.model.facts[name]) if name in self.model.facts else BESIDE[name]

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
        text = quoted(COVERED_BY_DISCRETION.of(each=str(found.each), total=str(found.max), window=str(found.over)))
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
        start = A.at(more, [f'{{"kind":"role","name":{quoted(role)}' for role in roles], "")
        who = A.at(more, [quoted(spaced(role))[1:-1] for role in roles], "")
        amount = (f',"remedy":{quoted(remedy.name)},"amount":', self.written(remedy, limit), ',"text":"')
        text = MAY_GIVE.pieces(role=who, title=title)
        if remedy.kind != "exception":
            text = MAY_GIVE_UP_TO.pieces(role=who, what=A.cat(self.said(remedy, limit), f" {title}"))
        yield A.le(0, more), None, A.cat(start, *amount, *text, '"}')


def unlock_of(A: Any, kind: str, name: str, remedy: Remedy, amount: Value, text: Value) -> Value:
    """An unlock of an amount that the request decides."""
    start = f'{{"kind":"{kind}","name":{quoted(name)},"remedy":{quoted(remedy.name)},"amount":'
    return A.cat(start, amount, ',"text":', text, "}")
