"""A decision for people. The first line is the answer in words; then what is owed, what may be given, what to say, who can do
more, and last the reasons.

Written to be read at a counter with the customer standing there: no line makes a person think about the program, and nothing
is said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from remit.decision.decision import Decision
from remit.decision.detail import Offer, Quantity, Reason, Shown, Unlock
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow, Tone
from remit.decision.page.ranking import ranked
from remit.language import words
from remit.policy.model import Fact, Model
from remit.policy.phrases import BESIDE, question

__all__ = ["Supply", "Telling", "render"]

_TONES: dict[str, Tone] = {"grant": "good", "escalate": "wait", "deny": "stop", "ask": "ask"}

#: More than this does not go into one sentence: it becomes a list.
_IN_A_SENTENCE = 3

#: How something that is missing can be given: called with what it is and its name.
Supply: TypeAlias = Callable[[Literal["fact", "evidence", "story"], str], str]


def render(
    decision: Decision,
    model: Model,
    *,
    supply: Supply | None = None,
    questions: Sequence[Fact] | None = None,
    balances: Mapping[str, Mapping[str, Any]] | None = None,
    given: bool = False,
    language: str | None = None,
) -> AnswerPage:
    """``decision``, taken under ``model``, as a page of text.

    ``supply`` tells for what is missing how it can be given (an option of a command, a field of a form); without it only the
    question is shown. ``questions`` are the facts to ask for, where they are others than those that are missing
    (:func:`remit.deciding.interview.to_ask`). ``balances`` are those that were read for it
    (:mod:`remit.decision.page.budgets`), and ``given`` says whether what was granted has been given already. ``language`` is
    the tag of the language in which the texts of the policy are read, where it has them in several
    (:mod:`remit.decision.page.translation`).

    >>> print(render(policy.decide(request), policy.model).paint())      # doctest: +SKIP
    Yes. You may give this: 30 EUR folio credit.
    """
    if language is not None and model.languages:
        from remit.decision.page.translation import translated, translated_model  # most policies have one language

        decision, model = translated(decision, model, language), translated_model(model, language)
        questions = None if questions is None else [model.facts.get(each.name, each) for each in questions]
    page = Telling(decision, model, supply, questions)
    page.balances, page.given = balances, given
    return AnswerPage(page.headline(), _TONES[decision.outcome], tuple(page.blocks()), page.footer())


class Telling:
    """The phrases and blocks that tell of one decision; its texts are in the language of ``model``."""

    balances: Mapping[str, Mapping[str, Any]] | None = None
    given = False

    def __init__(self, decision: Decision, model: Model, supply: Supply | None, questions: Sequence[Fact] | None) -> None:
        self.decision, self.model, self.supply = decision, model, supply
        self.questions = [(fact.name, question(fact)) for fact in questions or ()]
        if questions is None:
            self.questions = [(name, self.question(name)) for name in decision.missing.facts]
        self.asked = {name: value for name, value in decision.asked.items() if not words.nothing(value)}
        self.due = [offer for offer in decision.offers if not words.nothing(offer.owed)]
        self.offers = ranked(decision, model)
        alone = [offer for offer in self.offers if not offer.beside]
        self.free = [offer for offer in alone if offer.amount != offer.owed and not offer.on_request]
        # What the first line says in full is not repeated below it.
        told = decision.outcome in ("grant", "deny")
        self.due_told = told and not self.still_open() and len(self.due) <= _IN_A_SENTENCE
        self.free_told = told and len(self.free) <= _IN_A_SENTENCE and not any(offer.left for offer in self.free)

    # The headline

    def headline(self) -> str:
        match self.decision.outcome:
            case "grant" if self.asked:
                return self._granted()
            case "grant":
                return self._may_give("also ")
            case "escalate":
                return self._escalated()
            case "deny":
                start = f"This cannot be given: {self.bundle()}." if self.asked else ""
                rest = self._may_give("" if self.due or not self.asked else "instead ") if self.decision.offers else ""
                return f"{start} {rest}".strip() or "There is nothing to give in this case."
            case _:
                return self._asks()

    def bundle(self) -> str:
        return words.listing(self.amount(name, value) for name, value in self.asked.items())

    def _granted(self) -> str:
        own = self.decision.discretion
        tail = f", {words.quantity(own)} of it from your own discretion" if own is not None and own.amount else ""
        return f"Yes. You may give this: {self.bundle()}{tail}."

    def _may_give(self, also: str) -> str:
        """``Give what is owed: ... You may also give ...``; what is too much for a sentence stands below."""
        said = []
        if self.due:
            what = words.listing(self.owed(offer) for offer in self.due)
            said.append(f"Give what is owed{f': {what}' if len(self.due) <= _IN_A_SENTENCE else ', as listed here'}.")
        if self.free:
            what = words.listing(map(self.offer, self.free), "or" if also == "instead " else "and")
            also = also if self.due or also == "instead " else ""
            shown = what if len(self.free) <= _IN_A_SENTENCE else "what is listed here"
            said.append(f"You may {also}give {shown}.")
        elif not self.due:
            said.append("There is nothing to offer unasked; what the customer may ask for is listed here.")
        return " ".join(said)

    def _escalated(self) -> str:
        approver, what = self.decision.approver, self.bundle()
        beyond = {name for name in self.asked if not self.decision.remedies[name].within}
        claims = (each.text for each in self.decision.reasons if each.kind == "claim" and beyond.intersection(each.remedies))
        claim = next(claims, None)
        if approver is None and claim is not None:
            told = f"{words.capital(claim)}. This is more than is left of it: {what}."
            return f"{told} It goes to {self.model.owner}, who own the policy."
        if approver is None:
            start = f"Nobody on the ladder can approve this: {what}." if what else "Nobody on the ladder can settle this."
            return f"{start} It goes to {self.model.owner}, who own the policy."
        if what:
            return f"{words.capital(words.the(self.model.ladder, approver))} can approve this: {what}."
        return f"This one is for the {words.name(approver)}. Bring them in now."

    def _asks(self) -> str:
        missing = self.decision.missing
        if missing.facts:
            if len(self.questions) == 1:
                return f"One question first: {self.questions[0][1]}"
            if self.questions:
                return f"No answer yet: {len(self.questions)} things must be known first."
            return "No answer yet: more must be known first."
        start = f"You may give {self.bundle()}" if self.asked else "You may give this"
        on_file = words.listing(map(self.evidence, missing.evidence))
        if missing.story:
            return f"{start} once you have told why{f', and this is on file: {on_file}' if on_file else ''}."
        return f"{start} once this is on file: {on_file}."

    # The blocks

    def blocks(self) -> Iterator[PageBlock]:
        yield from _block("To be answered", self.needed(), stacked=self.supply is not None)
        if not self.due_told:
            yield from _block("Owed to the customer", self.owed_rows())
        if not (self.decision.outcome == "grant" and self.asked):
            own = "You may give now" if self.decision.outcome == "grant" else "On your own you may give now"
            if not self.free_told:
                yield from _block(own, map(self.offer_row, self.free))
            yield from _block(
                "Only if the customer asks",
                map(self.offer_row, (o for o in self.offers if o.on_request and not o.beside)),
            )
            yield from _block("Only together", map(self.together, (o for o in self.offers if o.beside)))
        yield from _block("What is left", self.budgets())
        yield from _block("In this case", map(self.shown, self.decision.shown))
        yield from _block("More may be open once you know", self.opened(), stacked=self.supply is not None)
        yield from _block("To be on file", self.to_file(), stacked=self.supply is not None)
        yield from _block("Say", map(PageRow, self.decision.say), spoken=True)
        if not self.decision.missing.facts:  # until they are known, this would only be what is feared
            yield from _block("Who can do more", self.more())
            yield from _block("Why", self.why())

    def needed(self) -> Iterator[PageRow]:
        for name, text in self.questions:
            yield PageRow(text, self.supply("fact", name) if self.supply else self.source(name))

    def opened(self) -> Iterator[PageRow]:
        """Facts that would not change the answer, but would open other things to give."""
        if self.decision.outcome in ("escalate", "deny"):
            for each in self.decision.unlocks:
                if each.kind == "fact" and each.name in self.model.facts and self.model.facts[each.name].history is None:
                    yield PageRow(question(self.model.facts[each.name]), self.supply("fact", each.name) if self.supply else "")

    def still_open(self) -> dict[str, str]:
        """What is owed beyond what is being granted."""
        if self.decision.outcome != "grant" or not self.asked:
            return {}
        return {name: words.quantity(rest) for name, rest in self.decision.still_owed.items() if not words.nothing(rest)}

    def owed_rows(self) -> Iterator[PageRow]:
        rest = self.still_open()
        for name, detail in self.decision.remedies.items():
            if words.nothing(detail.owed):
                continue
            remedy = self.model.remedies[name]
            all_of_it = "" if remedy.kind == "exception" else words.quantity(detail.owed)
            if name not in rest:
                yield PageRow(remedy.title, all_of_it)
            elif not all_of_it or rest[name] == all_of_it:
                yield PageRow(remedy.title, f"{all_of_it}, still open".removeprefix(", "))
            else:
                yield PageRow(remedy.title, f"{all_of_it}, of which {rest[name]} is still open")

    def offer_row(self, offer: Offer) -> PageRow:
        needs = f"with {words.listing(map(self.evidence, offer.evidence))} on file" if offer.evidence else ""
        left = "; ".join(filter(None, (offer.left if self.balances is None else None, needs)))
        if offer.amount is True:
            return PageRow(offer.title, left)
        return PageRow(offer.title, f"up to {words.quantity(offer.amount)}" + (f" ({left})" if left else ""))

    def together(self, offer: Offer) -> PageRow:
        row = self.offer_row(offer)
        beside = words.listing(self.inside(self.model.remedies[name].title) for name in offer.beside)
        return PageRow(row.left, f"{row.right}, with {beside}".removeprefix(", "))

    def budgets(self) -> Iterator[PageRow]:
        """What is left of the caps and the discretion that bind; a cap that the page tells of elsewhere is not repeated."""
        if self.balances is None:
            return iter(())
        from remit.decision.page.budgets import binding, budget_rows  # only where a ledger counts

        told = {each.id for each in self.decision.reasons if each.kind == "cap" and not self.decision.missing.facts}
        found = [each for each in binding(self.decision, self.model, self.balances, given=self.given) if each.name not in told]
        found = [each for each in found if not set(each.missing).intersection(name for name, _ in self.questions)]
        return budget_rows(found, self.model, self.decision, given=self.given)

    def shown(self, each: Shown) -> PageRow:
        if each.missing:
            return PageRow(each.title, f"not known yet: {' '.join(map(self.question, each.missing))}")
        if each.value is None:
            return PageRow(each.title, each.cause or "")
        return PageRow(each.title, each.value if each.type == "text" else words.value(each.value))

    def to_file(self) -> Iterator[PageRow]:
        missing = self.decision.missing
        open_ones = self.decision.obligations if self.decision.outcome == "escalate" else missing.evidence
        for name in open_ones:
            waiting = name in missing.evidence and self.supply is not None
            yield PageRow(words.capital(self.evidence(name)), self.supply("evidence", name) if waiting and self.supply else "")
        if missing.story:
            yield PageRow("Why you give more than the rules say", self.supply("story", "") if self.supply else "")

    def more(self) -> Iterator[PageRow]:
        by_role: dict[str, list[Unlock]] = {}
        for unlock in self.decision.unlocks:
            if unlock.kind == "discretion":
                yield PageRow("You", unlock.text)
            elif unlock.kind == "role":
                by_role.setdefault(unlock.name, []).append(unlock)
        for name, unlocks in by_role.items():
            yield PageRow(words.capital(words.the(self.model.ladder, name)), words.listing(map(self.unlock, unlocks)))

    def why(self) -> Iterator[PageRow]:
        for reason in self.decision.reasons:
            hidden = reason.kind == "requirement" or (reason.kind == "rule" and self.decision.outcome == "deny")
            if not hidden:
                yield PageRow(_REASONS.get(reason.kind, reason.id), _without_name(reason))

    def footer(self) -> str:
        decision = self.decision
        day = f", {decision.occurred.isoformat()}" if decision.occurred else ""
        return f"{decision.policy} {decision.version}, {words.name(decision.role)}{day}"

    # Phrases

    def inside(self, title: str) -> str:
        """A title inside a sentence."""
        return words.in_sentence(title, self.model.languages)

    def amount(self, remedy: str, value: Quantity) -> str:
        """An amount of a remedy inside a sentence; of an exception only what it is."""
        title = self.inside(self.model.remedies[remedy].title)
        return title if isinstance(value, bool) else f"{words.quantity(value)} {title}"

    def question(self, name: str) -> str:
        fact = self.model.facts.get(name)
        return question(fact) if fact else BESIDE[name]

    def source(self, name: str) -> str:
        """What is wanted of where a fact comes from."""
        fact = self.model.facts.get(name)
        return _SOURCES.get(fact.weakest_source, "") if fact else ""

    def evidence(self, name: str) -> str:
        known = self.model.evidence.get(name)
        return self.inside(known.title) if known else words.name(name)

    def owed(self, offer: Offer) -> str:
        return self.amount(offer.remedy, offer.owed)

    def offer(self, offer: Offer) -> str:
        remedy = self.model.remedies[offer.remedy]
        what = self.amount(offer.remedy, offer.amount)
        total = " in all" if not words.nothing(offer.owed) else ""
        return what if remedy.kind == "exception" else f"up to {what}{total}"

    def unlock(self, unlock: Unlock) -> str:
        if unlock.remedy is None or unlock.amount is None:
            return unlock.text
        remedy = self.model.remedies[unlock.remedy]
        said = self.amount(unlock.remedy, unlock.amount)
        return said if remedy.kind == "exception" else f"up to {said}"


#: What stands before a reason that has no name of its own.
_REASONS = {"limit": "Your limit", "gap": "No rule", "discretion": "Discretion", "claim": "Claim"}

#: What stands beside a question that somebody's word does not answer.
_SOURCES = {"system": "a system must say it", "evidence": "it must be read from what is on file"}


def _block(
    heading: str, rows: Iterator[PageRow] | Sequence[PageRow], *, spoken: bool = False, stacked: bool = False
) -> Iterator[PageBlock]:
    found = tuple(rows)
    if found:
        yield PageBlock(heading, found, spoken=spoken, stacked=stacked)


def _without_name(reason: Reason) -> str:
    return words.capital(reason.text.removeprefix(f"{reason.id}: "))
