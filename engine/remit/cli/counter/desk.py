"""The conversation at the counter: ask what matters, answer, and carry it out if the employee says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from remit.cli.support.ledger_session import Book, notice
from remit.cli.support.prompt import Talk, show
from remit.deciding.interview import Interview, Question, facts_named, to_ask
from remit.decision.giving import parse_bundle
from remit.decision.page.render import render
from remit.decision.page.translation import translated_model
from remit.decision.typed import choose
from remit.language import words

if TYPE_CHECKING:
    from remit.deciding.policy import Policy
    from remit.decision.decision import Decision

__all__ = ["converse"]


def converse(
    policy: Policy, book: Book, request: Mapping[str, Any], *, today: date, role_known: bool, language: str | None = None
) -> Decision:
    """Talk until there is an answer, and about what follows from it. Returns the last decision. ``language`` is that of the
    policy's texts."""
    return _Desk(policy, book, dict(request), today, language).run(role_known)


class _Desk:
    def __init__(self, policy: Policy, book: Book, request: dict[str, Any], today: date, language: str | None) -> None:
        self.policy, self.book, self.request, self.today = policy, book, request, today
        self.model, self.language = translated_model(policy.model, language), language
        self.talk = Talk()
        self.skipped = {name for name in self.model.facts if book.has_roster and name.startswith("employee.")}
        self.warned = False

    def run(self, role_known: bool) -> Decision:
        self.talk.say(self.model.title, bold=True)
        self.talk.say("Enter: I do not know; ?: help; Ctrl-C: leave.", dim=True)
        self._trouble()
        if not role_known and len(self.model.ladder) > 1:
            self._role()
        decision = self._answer()
        if not self.request["asked"] and decision.offers:
            asked = self._what_to_give()
            if not asked:
                return decision
            self.request["asked"] = asked
            decision = self._answer()
        return self._follow(decision)

    def _trouble(self) -> None:
        """Say once that the ledger cannot be used, and what that means."""
        if self.book.trouble is not None and not self.warned:
            self.warned = True
            click.echo()
            for line in notice(self.book.trouble, self.request["key"]):
                self.talk.say(line, bold=True)

    def _role(self) -> None:
        ladder = self.model.ladder
        role = self.talk.ask(
            "Who are you?",
            lambda text: choose(text, ladder),
            options=ladder,
            help_text="Your role decides how much you may give. Set REMIT_ROLE to be asked no more.",
            enter=words.name(ladder[0]),
        )
        if role is not None:
            self.request["employee"] = {**self.request["employee"], "role": role}

    def _answer(self) -> Decision:
        """Ask what is missing, decide, put it on record, show it."""
        interview = Interview(
            self.model,
            lambda request: self.book.preview(self.policy, request),
            self.request,
            today=self.today,
            recorded=self.book.recorded,
            unasked=self.skipped,
        )
        while (question := interview.next()) is not None:
            self._put(interview, question)
        self.request = interview.request
        self.skipped |= {each.question.name for each in interview.answers if each.value is None}
        self._on_file(interview.decision())
        decision, entry = self.book.decide(self.policy, self.request)
        self._trouble()
        self._show(decision)
        if entry is not None:
            self.talk.say(f"On record as number {entry.seq}.", dim=True)
        return decision

    def _show(self, decision: Decision) -> None:
        click.echo()
        questions = to_ask(self.model, decision, self.request, recorded=self.book.recorded)
        show(render(decision, self.policy.model, questions=questions, language=self.language))

    def _put(self, interview: Interview, question: Question) -> None:
        def take(text: str) -> bool:
            interview.answer(question, text)
            return True

        help_text = f"Please give {question.expects}. Enter if you do not know."
        if not self.talk.ask(question.text, take, options=question.choices, help_text=help_text, enter=question.unit):
            interview.skip(question)

    def _on_file(self, decision: Decision) -> None:
        """Evidence and the story, where only they stand between the employee and a grant."""
        if decision.missing.facts:
            return
        for name in decision.missing.evidence:
            known = self.model.evidence.get(name)
            title = words.in_sentence(known.title) if known else name
            if self.talk.yes(f"Is this on file: {title}?"):
                self.request["evidence"] = [*self.request["evidence"], name]
        if decision.missing.story:
            self._story()

    def _story(self) -> None:
        story = self.talk.ask("Why, in a sentence?", str, help_text="What happened, and why the rules fall short of it.")
        if story:
            self.request |= {"story": story, "use_discretion": True}

    def _what_to_give(self) -> dict[str, Any] | None:
        remedies = self.model.remedies
        example = ", ".join(name if each.kind == "exception" else f"{name} ..." for name, each in list(remedies.items())[:2])
        return self.talk.ask(
            "What do you give?",
            lambda text: parse_bundle(self.model, text),
            help_text=f"For example: {example}. Enter to give nothing now.",
            enter="nothing",
        )

    def _follow(self, decision: Decision) -> Decision:
        """What follows from the answer to what was asked: use discretion, carry it out, or send it up."""
        own = decision.outcome == "escalate" and any(each.kind == "discretion" for each in decision.unlocks)
        if own and self.talk.yes("Use your own discretion for it?"):
            self._story()
            if self.request["use_discretion"]:
                return self._follow(self._answer())
        if not self.book.recorded:
            return decision
        if decision.outcome == "grant" and self.talk.yes("Carry it out?"):
            return self._carry_out()
        if decision.outcome == "escalate" and self.talk.yes(f"Send it to {self._up(decision)}?"):
            return self._send_up()
        return decision

    def _up(self, decision: Decision) -> str:
        return f"the {words.name(decision.approver)}" if decision.approver else self.model.owner

    def _complete(self) -> None:
        """Ask who the customer is and what it is about, where whoever answers must know: they cannot ask."""
        interview = Interview(
            self.model, lambda request: self.book.preview(self.policy, request), self.request, today=self.today
        )
        for fact in facts_named(self.model, self.book.missing_to_answer(self.policy, self.request)):
            if (fact.is_id or fact.name == "case") and fact.weakest_source == "stated":
                self._put(interview, interview.about(fact))
        self.request = interview.request

    def _carry_out(self) -> Decision:
        self.request["key"] = self.request["key"] or uuid4().hex
        decision, entry = self.book.grant(self.policy, self.request)
        self._trouble()
        if entry is None:
            return decision
        if entry.granted:
            self.talk.say(f"Done. It is on record as number {entry.seq}.", bold=True)
        else:  # somebody else was faster: a cap is spent by now
            self._show(decision)
        return decision

    def _send_up(self) -> Decision:
        self._complete()
        decision, entry = self.book.escalate(self.policy, self.request)
        self._trouble()
        if entry is None:
            return decision
        if entry.kind == "escalate":
            to = str(entry.body["to"])
            whom = self.model.owner if to == self.model.owner_role else f"the {words.name(to)}"
            self.talk.say(f"Sent to {whom}. It is task number {entry.seq}.", bold=True)
        else:
            self._show(decision)
        return decision
