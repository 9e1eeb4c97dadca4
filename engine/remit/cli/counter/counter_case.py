"""One customer's case at the counter: what is known, and what the employee does about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from remit.cli.support.ledger_session import Book, notice
from remit.cli.support.lookups import Lookups
from remit.cli.support.prompt import Back, Talk, show
from remit.deciding.answer_line import take_line
from remit.deciding.interview import Interview, Question, facts_named
from remit.decision.giving import parse_amount
from remit.decision.page.answer import PageRow
from remit.decision.page.page_words import fact_value
from remit.decision.page.render import render
from remit.decision.page.translation import locale_of, translated_model
from remit.decision.request import find_fact
from remit.errors import RequestError
from remit.language import words
from remit.language.locales.messages import Message

if TYPE_CHECKING:
    from remit.deciding.policy import Policy
    from remit.decision.decision import Decision
    from remit.ledger.log.entry import Entry

__all__ = ["CounterCase"]


class CounterCase:
    """What is known of a case (``interview``), and what is to be done about it (``act``: what to give, what is on file, the
    story). Every step that ends it returns the decision; ``None`` means that it is not over."""

    def __init__(
        self,
        policy: Policy,
        book: Book,
        request: Mapping[str, Any],
        today: date,
        language: str | None = None,
        lookups: Sequence[str] = (),
    ) -> None:
        self.policy, self.book, self.language, self.locale = policy, book, language, locale_of(policy.model, language)
        self.talk = Talk(self.locale)
        self._lookups, self._today = Lookups(lookups, self._results), today
        self.model = translated_model(policy.model, language)
        self.act = {name: request[name] for name in ("asked", "evidence", "story", "use_discretion")}
        #: Something that was to be given waits for what must be on file.
        self.waits_for_file = False
        by_roster = [name for name in self.model.facts if name.startswith("employee.")] if book.has_roster else []
        self.interview = Interview(
            self.model, self._preview, request, today=today, recorded=book.recorded, locale=language, unasked=by_roster
        )
        self._warned = False

    @property
    def request(self) -> dict[str, Any]:
        """The whole request, as it stands now."""
        return {**self.interview.request, **self.act}

    def decision(self) -> Decision:
        """What would be decided now; nothing is written."""
        return self._preview(self.interview.request)

    def _preview(self, request: Mapping[str, Any]) -> Decision:
        return self.book.preview(self.policy, {**request, **self.act})

    def warn(self) -> None:
        """Say once that the ledger cannot be used, and what that means."""
        if self.book.trouble is not None and not self._warned:
            self._warned = True
            click.echo()
            for line in notice(self.book.trouble, self.request["key"]):
                self.talk.say(line, bold=True)

    # What is known

    def ask_what_matters(self) -> None:
        """Ask until no answer would change anything that must be known now."""
        self._look_up()
        while questions := self.interview.together():
            self.put(*questions)
            self._look_up()

    def _look_up(self) -> None:
        if self._lookups.commands:
            self.interview.request = self._lookups(self.interview.request)

    def _results(self, command: str) -> dict[str, Any]:
        try:
            return self.book.look_up(self.model, {"facts": {}, "sources": {}}, [command])
        except click.UsageError as error:  # a question more is better than no answer
            self.talk.say(error.message)
            return {"facts": {}, "sources": {}}

    def put(self, question: Question, *beside: Question) -> bool:
        """One question, and those that may be answered on the same line. Enter is for the first of them. Going back takes back
        the answer before it, and gives ``False``."""

        def take(text: str) -> bool:
            for error in take_line(self.interview, (question, *beside), text):
                self.talk.refuse(error)
            return True

        asked = [(self._asked(each) if beside else each.text, each.choices) for each in (question, *beside)]
        enter = "" if beside else self._enter(question)
        try:
            known = self.talk.ask(
                asked[0][0], take, options=question.choices, help_text=question.help, enter=enter, beside=asked[1:]
            )
        except Back:
            if self.interview.back() is None:
                self.talk.say(Message("This is the first question."), indent="  ")
            return False
        if not known:
            self.interview.skip(question)
        return True

    def _enter(self, question: Question) -> str:
        """What Enter means, or what an answer is in."""
        default = question.fact.default
        return fact_value(question.fact, default, self.locale) if default is not None else question.unit

    def _asked(self, question: Question) -> str:
        """A question among others, with what an answer is in."""
        text, enter = self.locale.of(question.text), self.locale.of(self._enter(question))
        return f"{text} [{enter}]" if enter else text

    def _on_file(self, decision: Decision) -> Decision:
        """Ask for the evidence and the story, where only they are in the way of a grant."""
        before: Mapping[str, Any] | None = None
        while decision.outcome == "ask" and not decision.missing.facts and self.act != before:
            before = self.act
            for name in decision.missing.evidence:
                if self.talk.yes(Message("Is this on file: {evidence}?", evidence=self.evidence(name))):
                    self.act = {**self.act, "evidence": [*self.act["evidence"], name]}
            if decision.missing.story:
                self.tell_story()
            decision = self.decision()
        return decision

    def customer(self) -> list[str]:
        """Who the customer is, on a line or two: earlier cases, and what staff noted."""
        from remit.cli.counter.customers import first_lines

        return first_lines(self.book.customer(self.policy, self.request), self._today)

    def left(self, decision: Decision) -> list[PageRow]:
        """What is left of the budgets that bind, after what is asked for."""
        from remit.decision.page.budgets import binding, budget_rows

        known = self.book.balances(self.policy, self.request)
        found = binding(decision, self.policy.model, known)
        return list(budget_rows(found, self.model, decision, locale=self.locale))

    def knows_customer(self) -> bool:
        """Whether it is known who the customer is."""
        return any(find_fact(self.request["facts"], name) is not None for name in self.model.customer_facts)

    def note(self) -> None:
        """Note something about the customer, for whoever sees them next."""
        what = Message("What should whoever sees this customer next know?")
        help_text = Message(
            "One line, such as: likes a quiet room. It never counts in a decision, and goes when the person is erased."
        )

        def take(text: str) -> bool:
            return self.book.note(self.policy, self.request, text) is not None

        if self.talk.ask(what, take, help_text=help_text):
            self.talk.say(Message("Noted."), bold=True)

    def evidence(self, name: str) -> str:
        """A piece of evidence, inside a sentence."""
        known = self.model.evidence.get(name)
        return self.locale.in_sentence(known.title, self.model.languages) if known else words.name(name)

    def tell_story(self) -> bool:
        """Ask for the story of discretion; whether it was told."""
        help_text = Message("What happened, and why the rules fall short of it.")
        story = self.talk.ask(Message("Why, in a sentence?"), str, help_text=help_text)
        if story:
            self.act = {**self.act, "story": story, "use_discretion": True}
        return bool(story)

    def amount(self, remedy: str, text: str, enter: str) -> Any:
        """Ask how much of a remedy; ``None`` for Enter."""
        known = self.model.remedies[remedy]
        title = self.locale.in_sentence(known.title, self.model.languages)
        help_text = Message("Type how much {title}, or Enter for {enter}.", title=title, enter=enter)
        return self.talk.ask(text, lambda typed: parse_amount(self.model, known, typed), help_text=help_text, enter=enter)

    # What is done about it

    def give(self, asked: Mapping[str, Any]) -> Decision | None:
        """Give it if that can be done by now; else the next screen says what is in the way."""
        before, self.act = self.act, {**self.act, "asked": dict(asked)}
        if before["asked"] and before["asked"] != self.act["asked"]:  # the story was told for something else
            self.act |= {"story": None, "use_discretion": False}
        try:
            if not self._is_named():
                self.act = before
                return None
            self.ask_what_matters()
            decision = self._on_file(self.decision())
        except (Back, RequestError):
            self.act = before
            raise
        if decision.outcome == "ask" and not decision.missing.facts:
            needed = self.locale.listing(map(self.evidence, decision.missing.evidence))
            told = Message("Not given: it needs its story.")
            if needed:
                told = Message("Not given: this must be on file first: {evidence}.", evidence=needed)
            self.talk.say(told, bold=True)
            self.waits_for_file = True
            return None
        return self._carry_out(decision) if decision.outcome == "grant" else None

    def _is_named(self) -> bool:
        """Ask again for the ids that were left open, such as the number of a booking, where they must be known by now: what is
        owed for it is given once. Says what is needed where they are still not known."""
        while self.interview.once_named() is not None:
            open_ones = facts_named(self.model, self.decision().missing.facts)
            self.put(self.interview.about(open_ones[0]))
            if find_fact(self.request["facts"], open_ones[0].name) is None:
                self.talk.say(Message("Not given: this must be known first, so that it is given only once."), bold=True)
                return False
        return True

    def forget_wish(self) -> None:
        """Nothing in particular is asked for any more."""
        self.waits_for_file = False
        self.act = {**self.act, "asked": {}, "story": None, "use_discretion": False}

    def _carry_out(self, decision: Decision) -> Decision | None:
        if not self.book.recorded:
            show(render(decision, self.policy.model, language=self.language))
            return decision
        own, request = self.request["key"], self.request
        decision, entry = self.book.grant(self.policy, {**request, "key": own or uuid4().hex})
        self.warn()
        if entry is not None and not entry.granted:  # somebody else was faster: a cap is spent by now
            return None
        if entry is not None:
            given = self.locale.listing(self._given(name, value) for name, value in decision.asked.items())
            done = Message("Done: {what}. It is on record as number {number}.", what=given, number=entry.seq)
            self.talk.say(done, bold=True)
            self._still_owed(decision)
        return decision

    def _given(self, remedy: str, value: Any) -> str:
        title = self.locale.in_sentence(self.model.remedies[remedy].title, self.model.languages)
        return self.locale.amount(title, value)

    def _still_owed(self, decision: Decision) -> None:
        rest = {name: value for name, value in decision.still_owed.items() if not words.nothing(value)}
        if rest:
            still = self.locale.listing(self._given(name, value) for name, value in rest.items())
            self.talk.say(Message("Still owed: {what}.", what=still))

    def send_up(self) -> Decision | None:
        """Open a task for whoever can grant it, with all that they need to know."""
        if not self._complete():
            return None
        request = {**self.request, "key": self.request["key"] or uuid4().hex}  # without a key it could not be permitted
        decision, entry = self.book.escalate(self.policy, request)
        self.warn()
        if entry is not None and entry.kind != "escalate":
            return None
        if entry is not None:
            who = self._whom(str(entry.body["to"]))
            self.talk.say(Message("Sent to {who}. It is task number {number}.", who=who, number=entry.seq), bold=True)
            self.talk.say(Message("You will see the answer when you next open the counter."))
        return decision

    def _complete(self) -> bool:
        """Ask for all that whoever answers must know, because they cannot ask the customer: first who it is about. Each is
        asked once, and may stay open. False where somebody goes back: then nothing is sent."""
        asked: set[str] = set()
        while True:
            needed = facts_named(self.model, self.book.missing_to_answer(self.policy, self.request))
            open_ones = [fact for fact in needed if fact.weakest_source == "stated" and fact.name not in asked]
            if not open_ones:
                return True
            if not asked:
                click.echo()
                self.talk.say(Message("The person who answers needs this, too. Enter leaves it open."), dim=True)
            first = next((fact for fact in open_ones if fact.is_id or fact.name == "case"), open_ones[0])
            asked.add(first.name)
            if not self.put(self.interview.about(first)):
                return False

    def _whom(self, to: str) -> str:
        return self.model.owner if to == self.model.owner_role else Message("the {role}", role=self.locale.role(to))

    def decline(self) -> Decision:
        """Put on record that it was declined, and show the words to say."""
        return self._end("declined", Message("Declined"))

    def hand_over(self, to: str) -> Decision:
        """Put on record that somebody else looks after the customer from here."""
        return self._end("handed_over", Message("Handed over to {who}", who=self._whom(to)), to)

    def _end(self, act: str, told: str, to: str | None = None) -> Decision:
        decision, entry = self.book.decide(self.policy, self.request, act=act, to=to)
        self.warn()
        self._tell(told, entry)
        return decision

    def stop(self) -> Decision:
        """Nothing is given; what could have been is on record."""
        decision, entry = self.book.decide(self.policy, self.request)
        self.warn()
        self._tell(Message("Stopped. Nothing was given"), entry)
        return decision

    def _tell(self, what: str, entry: Entry | None) -> None:
        told = Message("{what}.", what=what)
        if entry is not None:
            told = Message("{what}; it is on record as number {number}.", what=what, number=entry.seq)
        self.talk.say(told, bold=True)
