"""A decision for people. The first line is the answer in words; then what is owed, what may be given, what to say, who can do
more, and last the reasons.

Written to be read at a counter with the customer standing there: no line makes a person think about the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

from remit.decision import words
from remit.decision.answer import Answer, Block, Row, Tone
from remit.decision.decision import Decision, Offer, Quantity, Unlock
from remit.policy.model import Fact, Model

__all__ = ["Supply", "question", "render"]

_TONES: dict[str, Tone] = {"grant": "good", "escalate": "wait", "deny": "stop", "ask": "ask"}


#: How something that is missing can be given: called with what it is and its name.
Supply: TypeAlias = Callable[[Literal["fact", "evidence", "story"], str], str]


def render(decision: Decision, model: Model, *, supply: Supply | None = None) -> Answer:
    """``decision``, taken under ``model``, as a page of text.

    ``supply`` tells for what is missing how it can be given (an option of a command, a field of a form); without it only the
    question is shown.

    >>> print(render(policy.decide(request), policy.model).paint())      # doctest: +SKIP
    Yes. You may give this: 30 EUR folio credit.
    """
    page = _Page(decision, model, supply)
    return Answer(page.headline(), _TONES[decision.outcome], tuple(page.blocks()), page.footer())


class _Page:
    def __init__(self, decision: Decision, model: Model, supply: Supply | None) -> None:
        self.decision, self.model, self.supply = decision, model, supply
        self.asked = {name: value for name, value in decision.asked.items() if not words.nothing(value)}
        self.open = [offer for offer in decision.offers if not offer.on_request]

    # The headline

    def headline(self) -> str:
        match self.decision.outcome, bool(self.asked):
            case "grant", True:
                return self._granted()
            case "escalate", _:
                return self._escalated()
            case "deny", True:
                return f"This cannot be given: {self.bundle()}.{self._instead()}"
            case "ask", _:
                return self._asks()
            case _:
                return self._may_give()

    def bundle(self) -> str:
        return words.listing(words.spoken(self.model.remedies[name], value) for name, value in self.asked.items())

    def _granted(self) -> str:
        own = self.decision.discretion
        tail = f", {words.quantity(own)} of it from your own discretion" if own is not None and own.amount else ""
        return f"Yes. You may give this: {self.bundle()}{tail}."

    def _escalated(self) -> str:
        approver, what = self.decision.approver, self.bundle()
        if approver is None:
            start = f"Nobody on the ladder can approve this: {what}." if what else "Nobody on the ladder can settle this."
            return f"{start} It goes to {self.model.owner}, who own the policy."
        who = words.the(self.model, approver)
        return f"{words.capital(who)} can approve this: {what}." if what else f"This one is for {who}. Bring them in now."

    def _instead(self) -> str:
        return f" You may give {words.listing(map(self.offer, self.open), 'or')} instead." if self.open else ""

    def _asks(self) -> str:
        missing = self.decision.missing
        if missing.facts:
            questions = [self.question(name) for name in missing.facts]
            if len(questions) == 1:
                return f"One question first: {questions[0]}"
            return f"{len(questions)} questions first, then you have your answer."
        what = self.bundle() or "this"
        needs = [words.listing(map(self.evidence, missing.evidence)) + " is on file"] if missing.evidence else []
        needs += ["you have told why"] if missing.story else []
        return f"You may give {what} as soon as {words.listing(needs)}."

    def _may_give(self) -> str:
        if self.open:
            return f"You may give now: {words.listing(map(self.offer, self.open))}."
        if self.decision.offers:
            return f"You may give, if the customer asks for it: {words.listing(map(self.offer, self.decision.offers))}."
        return "There is nothing to give here on your own."

    # The blocks

    def blocks(self) -> Iterator[Block]:
        for heading, rows in (
            ("To be answered", self.needed()),
            ("Owed to the customer", self.owed()),
            (self._offers_heading(), self.offers()),
            ("Only if the customer asks", self.on_request()),
            ("Put on file", self.to_file()),
        ):
            if found := tuple(rows):
                yield Block(heading, found)
        if self.decision.say:
            yield Block("Say", tuple(Row(line) for line in self.decision.say), spoken=True)
        for heading, rows in (("More is open", self.more()), ("Why", self.why())):
            if found := tuple(rows):
                yield Block(heading, found)

    def needed(self) -> Iterator[Row]:
        missing = self.decision.missing
        for name in missing.facts:
            yield Row(self.question(name), self.supply("fact", name) if self.supply else "")

    def owed(self) -> Iterator[Row]:
        for name, detail in self.decision.remedies.items():
            if words.nothing(detail.owed):
                continue
            remedy = self.model.remedies[name]
            due = "" if remedy.kind == "exception" else words.quantity(detail.owed)
            more = self.decision.still_owed.get(name)
            if self.asked and more is not None and not words.nothing(more):
                due = (
                    f"{due}, of which {words.quantity(more)} is not in this yet"
                    if due and more != detail.owed
                    else f"{due} not given yet"
                )
            yield Row(remedy.title, due.strip())

    def _offers_heading(self) -> str:
        return "You may give now" if self.decision.outcome == "grant" else "On your own you may give now"

    def offers(self) -> Iterator[Row]:
        if self.decision.outcome == "grant" and self.asked:
            return
        for offer in self.open:
            if offer.amount != offer.owed:
                yield self._offer_row(offer)

    def on_request(self) -> Iterator[Row]:
        if self.decision.outcome == "grant" and self.asked:
            return
        for offer in self.decision.offers:
            if offer.on_request:
                yield self._offer_row(offer)

    def _offer_row(self, offer: Offer) -> Row:
        left = offer.left or ""
        if offer.amount is True:
            return Row(offer.title, left)
        return Row(offer.title, f"up to {words.quantity(offer.amount)}" + (f" ({left})" if left else ""))

    def to_file(self) -> Iterator[Row]:
        for name in self.decision.obligations:
            waiting = name in self.decision.missing.evidence
            how = self.supply("evidence", name) if self.supply and waiting else "not there yet" if waiting else ""
            yield Row(words.capital(self.evidence(name)), how)
        if self.decision.missing.story:
            yield Row("Why you give more than the rules say", self.supply("story", "") if self.supply else "not told yet")

    def more(self) -> Iterator[Row]:
        by_role: dict[str, list[Unlock]] = {}
        others: list[Row] = []
        for unlock in self.decision.unlocks:
            if unlock.kind == "role":
                by_role.setdefault(unlock.name, []).append(unlock)
            elif unlock.text and unlock.kind != "fact":
                others.append(Row(words.capital(unlock.text)))
        for name, unlocks in by_role.items():
            yield Row(words.capital(words.the(self.model, name)), words.listing(map(self.unlock, unlocks)))
        yield from others

    def why(self) -> Iterator[Row]:
        for reason in self.decision.reasons:
            yield Row(reason.id, reason.text)

    def footer(self) -> str:
        decision = self.decision
        day = f", {decision.occurred.isoformat()}" if decision.occurred else ""
        return f"{decision.policy} {decision.version}, {words.role(decision.role)}{day}"

    # Phrases

    def question(self, name: str) -> str:
        fact = self.model.facts.get(name)
        return question(fact) if fact else "On which day did it happen?"

    def evidence(self, name: str) -> str:
        known = self.model.evidence.get(name)
        return words.in_sentence(known.title) if known else name.replace("_", " ")

    def offer(self, offer: Offer) -> str:
        remedy = self.model.remedies[offer.remedy]
        what = words.spoken(remedy, offer.amount)
        if words.nothing(offer.owed):
            return what if remedy.kind == "exception" else f"up to {what}"
        if offer.owed == offer.amount:
            return f"{what}, which is owed"
        return f"up to {what}, of which {words.quantity(offer.owed)} is owed"

    def unlock(self, unlock: Unlock) -> str:
        if unlock.remedy is None or unlock.amount is None:
            return unlock.text
        remedy = self.model.remedies[unlock.remedy]
        amount: Quantity = unlock.amount
        return words.spoken(remedy, amount) if remedy.kind == "exception" else f"up to {words.spoken(remedy, amount)}"


def question(fact: Fact) -> str:
    """What to ask for a fact: the author's words, or its name as a question.

    ``stay.nights`` without words of its own is asked as ``stay nights?``, with its unit where it has one.
    """
    if fact.ask:
        return fact.ask
    unit = f" in {fact.unit}" if fact.unit else ""
    return f"{words.capital(fact.name.replace('.', ' ').replace('_', ' '))}{unit}?"
