"""A decision for people. The first line is the answer in words; then what is owed, what may be given, what to say, who can do
more, and last the reasons.

Written to be read at a counter with the customer standing there: no line makes a person think about the program, and nothing
is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from remit.decision.decision import Decision
from remit.decision.detail import Offer, Shown, Unlock
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow, Tone
from remit.decision.page.fuller_words import opening_rules, role_named, told_discretion, told_reason
from remit.decision.page.page_words import PageWords, Supply
from remit.decision.page.ranking import ranked
from remit.language import words
from remit.language.locales.messages import ENGLISH, Locale, Sentence
from remit.policy.model import Fact, Model
from remit.policy.phrases import question

__all__ = ["Supply", "Telling", "render"]

_TONES: dict[str, Tone] = {"grant": "good", "escalate": "wait", "deny": "stop", "ask": "ask"}

#: More than this does not go into one sentence: it becomes a list.
_IN_A_SENTENCE = 3


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
    the tag of the language in which the page is read (:func:`remit.decision.page.translation.locale_of`).

    >>> print(render(policy.decide(request), policy.model).paint())      # doctest: +SKIP
    Yes. You may give this: 30 EUR folio credit.
    """
    locale = ENGLISH
    if language is not None or model.languages:
        from remit.decision.page.translation import locale_of, translated, translated_model  # most read one language

        locale = locale_of(model, language)
        decision, model = translated(decision, model, language), translated_model(model, language)
        questions = None if questions is None else [model.facts.get(each.name, each) for each in questions]
    page = Telling(decision, model, supply, questions, locale)
    page.balances, page.given = balances, given
    tone: Tone = "stop" if page.is_refused else _TONES[decision.outcome]
    return AnswerPage(page.headline(), tone, tuple(page.blocks()), page.footer())


class Telling(PageWords):
    """The phrases and blocks that tell of one decision; its texts are in the language of ``model``."""

    balances: Mapping[str, Mapping[str, Any]] | None = None
    given = False

    def __init__(
        self,
        decision: Decision,
        model: Model,
        supply: Supply | None = None,
        questions: Sequence[Fact] | None = None,
        locale: Locale = ENGLISH,
    ) -> None:
        super().__init__(model, supply, locale)
        self.decision = decision
        self.questions = [(fact.name, locale.of(question(fact))) for fact in questions or ()]
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
                return self._may_give("also")
            case "escalate":
                return self.refused() if self.is_refused else self._escalated()
            case "deny":
                start = self._("This cannot be given: {what}.", what=self.bundle()) if self.asked else ""
                rest = self._may_give("" if self.due or not self.asked else "instead") if self.decision.offers else ""
                return f"{start} {rest}".strip() or self.refused()
            case _:
                return self._asks()

    @cached_property
    def is_refused(self) -> bool:
        """Whether a guardrail denies all that a rule gives: whatever is asked for is denied, though the answer to nothing in
        particular goes to the owner."""
        denying = {f"guardrail:{each.id}" for each in self.model.guardrails if each.effect == "deny"}
        bare, details = self.model.otherwise == "deny", self.decision.remedies.values()
        refused = all(each.binding in denying or (bare and each.rule is None) for each in details)
        return refused and not self.asked and self.decision.outcome == "escalate"

    def refused(self) -> str:
        """That nothing is given."""
        if any(each.kind == "guardrail" for each in self.decision.reasons):
            return self._("Nothing is given in this case. You are right to say so: the policy stands behind you.")
        return self._("Nothing is owed here, and the rules give nothing.")

    def bundle(self) -> str:
        return self._.listing(self.amount(name, value) for name, value in self.asked.items())

    def _granted(self) -> str:
        own = self.decision.discretion
        if own is None or not own.amount:
            return self._("Yes. You may give this: {what}.", what=self.bundle())
        said = self._.quantity(own)
        return self._(
            "Yes. You may give this: {what}, {amount} of it from your own discretion.", what=self.bundle(), amount=said
        )

    def _may_give(self, also: str) -> str:
        """``Give what is owed: ... You may also give ...``; what is too much for a sentence stands below."""
        said = []
        if self.due:
            what = self._.listing(self.owed(offer) for offer in self.due)
            few = len(self.due) <= _IN_A_SENTENCE
            said.append(
                self._("Give what is owed: {what}.", what=what) if few else self._("Give what is owed, as listed here.")
            )
        if self.free:
            what = self._.listing(map(self.offer, self.free), "or" if also == "instead" else "and")
            what = what if len(self.free) <= _IN_A_SENTENCE else self._("what is listed here")
            if also == "instead":
                said.append(self._("You may instead give {what}.", what=what))
            elif also and self.due:
                said.append(self._("You may also give {what}.", what=what))
            else:
                said.append(self._("You may give {what}.", what=what))
        elif not self.due:
            said.append(self._("There is nothing to offer unasked; what the customer may ask for is listed here."))
        return " ".join(said)

    def _escalated(self) -> str:
        approver, what = self.decision.approver, self.bundle()
        beyond = {name for name in self.asked if not self.decision.remedies[name].within}
        claims = (each.text for each in self.decision.reasons if each.kind == "claim" and beyond.intersection(each.remedies))
        claim = next(claims, None)
        if approver is None:
            if claim is not None:
                more = self._("This is more than is left of it: {what}.", what=what)
                start = f"{words.capital(claim)}. {more}"
            elif what:
                start = self._("No role can approve this: {what}.", what=what)
            else:
                start = self._("No role can settle this.")
            to = self._("It goes to {owner}, who own the policy.", owner=self.model.owner)
            if some := role_named(self.decision, self.model):
                role, most = self._.role(some[0].name), self._.listing(map(self.unlock, some))
                start = self._("This one is for the {role}, who may give {most}.", role=role, most=most) + f" {start}"
            return f"{start} {to}"
        if what:
            return words.capital(self._("{who} can approve this: {what}.", who=self.who(approver), what=what))
        return self._("This one is for the {role}. Bring them in now.", role=self._.role(approver))

    def _asks(self) -> str:
        missing = self.decision.missing
        if missing.facts:
            if len(self.questions) == 1:
                return self._("One question first: {question}", question=self.questions[0][1])
            if self.questions:
                return self._("No answer yet: {count} things must be known first.", count=len(self.questions))
            return self._("No answer yet: more must be known first.")
        what = self.bundle() if self.asked else self._("this")
        on_file = self._.listing(map(self.evidence, missing.evidence))
        if missing.story and on_file:
            return self._(
                "You may give {what} once you have told why, and this is on file: {evidence}.", what=what, evidence=on_file
            )
        if missing.story:
            return self._("You may give {what} once you have told why.", what=what)
        return self._("You may give {what} once this is on file: {evidence}.", what=what, evidence=on_file)

    # The blocks

    def blocks(self) -> Iterator[PageBlock]:
        yield from _block(self._("To be answered"), self.needed(), stacked=self.supply is not None)
        if not self.due_told:
            yield from _block(self._("Owed to the customer"), self.owed_rows())
        if not (self.decision.outcome == "grant" and self.asked):
            own = self._("You may give now") if self.decision.outcome == "grant" else self._("On your own you may give now")
            if not self.free_told:
                yield from _block(own, map(self.offer_row, self.free))
            yield from _block(
                self._("Only if the customer asks"),
                map(self.offer_row, (o for o in self.offers if o.on_request and not o.beside)),
            )
            yield from _block(self._("Only together"), map(self.together, (o for o in self.offers if o.beside)))
        yield from _block(self._("What is left"), self.budgets())
        yield from _block(self._("In this case"), map(self.shown, self.decision.shown))
        yield from _block(self._("More may be open once you know"), self.opened(), stacked=self.supply is not None)
        yield from _block(self._("To be on file"), self.to_file(), stacked=self.supply is not None)
        yield from _block(self._("Say"), map(PageRow, self.decision.say), spoken=True)
        if not self.decision.missing.facts:  # until they are known, this would only be what is feared
            yield from _block(self._("Who can do more"), self.more())
            yield from _block(self._("Why"), self.why())

    def needed(self) -> Iterator[PageRow]:
        for name, text in self.questions:
            yield PageRow(text, self.supplied("fact", name) if self.supply else self.source(name))

    def opened(self) -> Iterator[PageRow]:
        """Facts that would not change the answer, but would open other things to give."""
        if self.decision.outcome in ("escalate", "deny"):
            for each in self.decision.unlocks:
                if each.kind == "fact" and each.name in self.model.facts and self.model.facts[each.name].history is None:
                    yield PageRow(self.question(each.name), self.supplied("fact", each.name))

    def still_open(self) -> dict[str, str]:
        """What is owed beyond what is being granted."""
        if self.decision.outcome != "grant" or not self.asked:
            return {}
        return {name: self._.quantity(rest) for name, rest in self.decision.still_owed.items() if not words.nothing(rest)}

    def owed_rows(self) -> Iterator[PageRow]:
        rest = self.still_open()
        for name, detail in self.decision.remedies.items():
            if words.nothing(detail.owed):
                continue
            remedy = self.model.remedies[name]
            all_of_it = "" if remedy.kind == "exception" else self._.quantity(detail.owed)
            if name not in rest:
                yield PageRow(remedy.title, all_of_it)
            elif not all_of_it:
                yield PageRow(remedy.title, self._("still open"))
            elif rest[name] == all_of_it:
                yield PageRow(remedy.title, self._("{amount}, still open", amount=all_of_it))
            else:
                some = self._("{amount}, of which {rest} is still open", amount=all_of_it, rest=rest[name])
                yield PageRow(remedy.title, some)

    def condition(self, offer: Offer) -> str:
        """What an offer hangs on: the cap that binds, and what must be on file."""
        on_file = self._.listing(map(self.evidence, offer.evidence))
        needs = self._("with {evidence} on file", evidence=on_file) if on_file else ""
        return "; ".join(filter(None, (offer.left if self.balances is None else None, needs)))

    def offer_row(self, offer: Offer) -> PageRow:
        left = self.condition(offer)
        if offer.amount is True:
            return PageRow(offer.title, left)
        most = self._("up to {amount}", amount=self._.quantity(offer.amount))
        return PageRow(offer.title, most + (f" ({left})" if left else ""))

    def together(self, offer: Offer) -> PageRow:
        row = self.offer_row(offer)
        beside = self._.listing(self.inside(self.model.remedies[name].title) for name in offer.beside)
        together = self._("with {titles}", titles=beside)
        return PageRow(row.left, f"{row.right}, {together}".removeprefix(", "))

    def budgets(self) -> Iterator[PageRow]:
        """What is left of the caps and the discretion that bind; a cap that the page tells of elsewhere is not repeated."""
        if self.balances is None:
            return iter(())
        from remit.decision.page.budgets import binding, budget_rows  # only where a ledger counts

        told = {each.id for each in self.decision.reasons if each.kind == "cap" and not self.decision.missing.facts}
        found = [each for each in binding(self.decision, self.model, self.balances, given=self.given) if each.name not in told]
        found = [each for each in found if not set(each.missing).intersection(name for name, _ in self.questions)]
        return budget_rows(found, self.model, self.decision, given=self.given, locale=self._)

    def shown(self, each: Shown) -> PageRow:
        if each.missing:
            return PageRow(
                each.title, self._("not known yet: {questions}", questions=" ".join(map(self.question, each.missing)))
            )
        if each.value is None:
            return PageRow(each.title, each.cause or "")
        return PageRow(each.title, each.value if each.type == "text" else self._.value(each.value))

    def to_file(self) -> Iterator[PageRow]:
        missing = self.decision.missing
        open_ones = self.decision.obligations if self.decision.outcome == "escalate" else missing.evidence
        for name in open_ones:
            waiting = name in missing.evidence
            yield PageRow(words.capital(self.evidence(name)), self.supplied("evidence", name) if waiting else "")
        if missing.story:
            yield PageRow(self._("Why you give more than the rules say"), self.supplied("story", ""))

    def more(self) -> Iterator[PageRow]:
        by_role: dict[str, list[Unlock]] = {}
        for unlock in self.decision.unlocks:
            if unlock.kind == "discretion":
                yield PageRow(self._("You"), told_discretion(unlock, self.decision, self.model, self._))
            elif unlock.kind == "role":
                by_role.setdefault(unlock.name, []).append(unlock)
        for name, unlocks in by_role.items():
            yield PageRow(words.capital(self.who(name)), self._.listing(map(self.unlock, unlocks)))

    def why(self) -> Iterator[PageRow]:
        for reason in self.decision.reasons:
            hidden = reason.kind == "requirement" or (reason.kind == "rule" and self.decision.outcome == "deny")
            if not hidden:
                name = self._(_REASONS[reason.kind]) if reason.kind in _REASONS else reason.id
                told = told_reason(reason, self.decision, self.model, self._)
                yield PageRow(name, words.capital(told.removeprefix(f"{reason.id}: ")))
                yield from (PageRow(*each) for each in opening_rules(reason, self.decision, self.model, self._))

    def footer(self) -> str:
        decision = self.decision
        day = f", {self._.day(decision.occurred)}" if decision.occurred else ""
        return f"{decision.policy} {decision.version}, {self._.role(decision.role)}{day}"


#: What stands before a reason that has no name of its own.
_REASONS = {
    "limit": Sentence("Your limit"),
    "gap": Sentence("No rule"),
    "discretion": Sentence("Discretion"),
    "claim": Sentence("Claim"),
}


def _block(
    heading: str, rows: Iterator[PageRow] | Sequence[PageRow], *, spoken: bool = False, stacked: bool = False
) -> Iterator[PageBlock]:
    found = tuple(rows)
    if found:
        yield PageBlock(heading, found, spoken=spoken, stacked=stacked)
