"""An answer to one task: what it would do is shown, then it is approved, as asked or otherwise, permitted or declined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from remit.cli.counter.customers import first_lines
from remit.cli.review.tasks.task_questions import NOTHING, TaskQuestions, ask_reason, goes_back
from remit.cli.review.tasks.task_screen import TaskLine, budget_lines, case_lines, verdict
from remit.cli.review.tasks.task_words import about, asked_for, in_the_way
from remit.cli.support.ledger_session import decision_of
from remit.cli.support.policy_lookup import today_in
from remit.cli.support.request_words import length_of
from remit.cli.support.spoken import error_text, in_language, spoken
from remit.decision.giving import parse_amount, parse_bundle
from remit.decision.quantities import as_quantity
from remit.errors import NotGranted, RemitError
from remit.language import words
from remit.language.locales.messages import Message
from remit.ledger.recorded_facts import whole

if TYPE_CHECKING:
    from remit.decision.detail import Offer
    from remit.ledger.log.entry import Entry
    from remit.ledger.people.answers import ApprovalPreview

__all__ = ["TaskReply"]

_CLOSING: Final = ("approve", "permit", "decline")

#: What became of a task, in sentences; ``None`` where it is still open.
Done: TypeAlias = list[str] | None

#: More words to decline with are not offered.
_MOST_WORDS: Final = 4


class TaskReply(TaskQuestions):
    """The answer of somebody to a task."""

    # What is shown

    def case(self) -> list[TaskLine]:
        """The lines that say what it is about."""
        try:
            lacks = self.lacks(self.preview())
        except RemitError:
            lacks = ""
        return list(case_lines(self.task, self.model, self.facts, self.evidence, lacks, self._earlier()))

    def _earlier(self) -> str:
        """What is known of the customer beside this task; nothing where it is not said who it is."""
        entry, today = self.task.entry, today_in(self.model.timezone)
        try:
            who = self.ledger.customer(self.policy, {"facts": entry.facts(reveal=True), "case": entry.case})
        except RemitError:
            return ""
        if who is not None and entry.case is None:  # or else it would be an earlier case of itself
            others = tuple(case for case in who.cases if case.number != entry.seq)
            who = replace(who, cases=others, count=who.count - (len(who.cases) - len(others)))
        return " ".join(first_lines(who, today))

    def doing(self) -> tuple[list[TaskLine], str]:
        """The lines that say what approving would do, and their heading."""
        _, role = spoken(), str(self.who["role"])
        heading = _("If you approve, as {role}", role=_.role(role))
        if role == self.model.owner_role:
            heading = _("If you approve, as the owner of the policy")
        if not self.asked_first:
            return [TaskLine("", _("Nothing particular was asked for. `o` lists what you may give."))], heading
        try:
            seen = self.preview()
        except RemitError as error:
            return [TaskLine("", _("{what}.", what=words.capital(error_text(error))))], heading
        lines = list(budget_lines(seen))
        none = [] if lines else [TaskLine("", _("It counts against no budget."))]
        return [*lines, *none, TaskLine("", verdict(seen, self.model, str(self.who["id"])))], heading

    def closed(self) -> Entry | None:
        """The record that answered it, where there is one by now."""
        related = self.ledger.related(self.task.id)
        return next((each for each in related if each.of == self.task.id and each.kind in _CLOSING), None)

    # The answers: each gives what became of it, to be said; ``None``: the task is still open

    def approve(self, asked: Mapping[str, Any] | None = None) -> Done:
        """Approve what was asked for, or something else."""
        if not (asked or self.asked_first):
            return self.other()
        seen = self.complete(asked)
        return None if seen is None else self.give(seen, asked)

    def give(self, seen: ApprovalPreview, asked: Mapping[str, Any] | None) -> Done:
        """Approve it on record, and say what became of it."""
        try:
            entry = self.ledger.approve(self.task.id, asked=asked, **self.given())
        except NotGranted as error:  # somebody else was faster with a budget
            why = in_the_way(error.args[0], error.decision, self.model)
            self.talk.say(Message("Not given: {why}. The task stays open.", why=why), bold=True)
            return None
        given = asked_for(self.model, decision_of(entry).asked)
        _, known = spoken(), {"what": given, "number": entry.seq}
        if entry.kind == "agree":
            return [_("Agreed: {what}. Record {number}. It is given when somebody else agrees, too.", **known)]
        left = [f"{name} {_.quantity(seen.left_after(name))}" for name in seen.balances if seen.charge(name) is not None]
        budgets = [_("Left of your budgets: {budgets}.", budgets=_.listing(left))] if left else []
        return [_("Approved: {what}. Record {number}.", **known), *budgets]

    def less(self) -> Done:
        """Ask how much, and give that."""
        help_text = Message("An amount, such as 20, or a remedy with its amount. Enter: nothing changes.")
        return self._instead(Message("How much instead?"), help_text)

    def other(self) -> Done:
        """Show what they may give instead, and give what they choose."""
        seen = self.preview(None if self.asked_first else self._least())
        offers = [offer for offer in seen.decision.offers if not offer.beside]
        if not offers:
            self.talk.say(Message("There is nothing that you may give instead."))
            return None
        self.talk.say(Message("You may give:"))
        for offer in in_language(seen.decision, self.model).offers:
            if not offer.beside:
                self.talk.say(self._offered(offer), indent="  ")
        help_text = Message("A remedy, with its amount where it has one. Enter: nothing changes.")
        return self._instead(Message("What instead?"), help_text)

    def _offered(self, offer: Offer) -> str:
        """A line of what they may give."""
        _ = spoken()
        said = _("{what}: {words}", what=offer.remedy, words=offer.title)
        if offer.amount is not True:
            said = _("{what}, up to {amount}", what=said, amount=_.quantity(offer.amount))
        needed = _.listing(map(self.title, offer.evidence))
        return _("{what} (with {evidence} on file)", what=said, evidence=needed) if needed else said

    def _least(self) -> dict[str, Any]:
        """The least that can be asked for: what they may give does not depend on it."""
        remedy = next(iter(self.model.remedies.values()))
        return {remedy.name: as_quantity(self.model, remedy, 1)}

    def _instead(self, asks: str, help_text: str) -> Done:
        asked = self.talk.ask(
            asks, lambda text: {} if goes_back(text) else self._parsed(text), help_text=help_text, enter=Message("go back")
        )
        if not asked or not self._confirmed_more(asked):
            self.talk.say(NOTHING)
            return None
        return self.approve(asked)

    def typed(self, text: str) -> Done:
        """What was typed where a key was expected: an amount to give instead, which is confirmed."""
        try:
            asked = self._parsed(text)
        except ValueError:
            told = Message("`{typed}` is no key and no amount, so nothing was changed. ? says what each key does.", typed=text)
            self.talk.say(told)
            return None
        said, first = asked_for(self.model, asked), asked_for(self.model, self.asked_first)
        sure = Message("Give {what}?", what=said)
        if self.asked_first:
            sure = Message("Give {what}, instead of {asked}?", what=said, asked=first)
        if not self.talk.yes(sure):
            self.talk.say(NOTHING)
            return None
        return self.approve(asked)

    def _parsed(self, text: str) -> dict[str, Any]:
        """``30`` of what was asked for, or ``credit 30``. Raises ``ValueError``."""
        counted = [name for name in self.asked_first if self.model.remedies[name].kind != "exception"]
        if len(counted) == 1 and not text[:1].isalpha():
            try:
                found = {counted[0]: parse_amount(self.model, self.model.remedies[counted[0]], text)}
            except ValueError:
                found = parse_bundle(self.model, text)
        else:
            found = parse_bundle(self.model, text)
        if not asked_for(self.model, found) or not any(not words.nothing(value) for value in found.values()):
            raise ValueError(Message("that is nothing; to give nothing, decline it with d"))
        return found

    def _confirmed_more(self, asked: Mapping[str, Any]) -> bool:
        """Whether they mean it, where it is more than was asked for."""
        first = {name: whole(value) for name, value in self.asked_first.items()}
        more = [name for name, value in asked.items() if name in first and whole(value) > first[name]]
        if not more:
            return True
        asked_first = asked_for(self.model, self.asked_first)
        return self.talk.yes(Message("That is more than was asked for ({asked}). Give it?", asked=asked_first))

    def permit(self) -> Done:
        """Ask for how long, and permit it."""
        if "grant_digest" not in self.task.entry.body:
            self.talk.say(
                Message("This was sent up without a key, so nobody could use a permission for it. Approve it instead, with a.")
            )
            return None
        until = self.talk.ask(
            Message("For how long?"),
            _length,
            help_text=Message("A length of time, such as 90 min or 4 h. Enter: nothing changes."),
            enter=Message("nothing"),
        )
        if until is None:
            self.talk.say(NOTHING)
            return None
        if self.complete(None) is None:
            return None
        try:
            entry = self.ledger.approve(self.task.id, **self.given(), give=False, until=datetime.now(UTC) + until)
        except NotGranted as error:
            why = in_the_way(error.args[0], error.decision, self.model)
            self.talk.say(Message("Not permitted: {why}. The task stays open.", why=why), bold=True)
            return None
        _ = spoken()
        if entry.kind == "agree":
            return [_("Agreed. Record {number}. It is permitted when somebody else agrees, too.", number=entry.seq)]
        permits, who = entry.body["permits"], self.task.entry.employee
        end = datetime.fromisoformat(permits["until"])
        return [
            _("Permitted until {until}. Record {number}. Nothing is given yet.", until=end, number=entry.seq),
            _(
                "{who} can give it at the counter, or with `remit grant --permitted {number}`.",
                who=who,
                number=self.task.entry.seq,
            ),
        ]

    def decline(self) -> Done:
        """Ask why, and decline it."""
        reason = ask_reason(self.talk, self.reasons())
        if reason is None:
            self.talk.say(NOTHING)
            return None
        entry = self.ledger.decline(self.task.id, employee=self.who, reason=reason)
        _, who = spoken(), self.task.entry.employee
        return [_("Declined. Record {number}. {who} will read your reason.", number=entry.seq, who=who)]

    def reasons(self) -> list[str]:
        """What the policy says to customers and staff in such a case."""
        said = list(in_language(decision_of(self.task.entry), self.model).say)
        try:
            decision = in_language(self.preview().decision, self.model)
        except RemitError:
            return said[:_MOST_WORDS]
        said += [*decision.say, *(words.capital(each.text) for each in decision.reasons if each.kind == "guardrail")]
        return list(dict.fromkeys(said))[:_MOST_WORDS]

    def __str__(self) -> str:
        return f"{asked_for(self.model, self.asked_first)}, {about(self.task, self.model)}"


def _length(text: str) -> timedelta:
    try:
        return length_of(text, "--permit")
    except click.BadParameter as error:
        raise ValueError(error.message) from None
