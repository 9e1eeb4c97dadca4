"""An answer to one task: what it would do is shown, then it is approved, as asked or otherwise, permitted or declined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from remit.cli.counter.customers import first_lines
from remit.cli.review.task_questions import NOTHING, TaskQuestions, ask_reason, goes_back
from remit.cli.review.task_screen import TaskLine, about, asked_for, budget_lines, case_lines, verdict
from remit.cli.support.ledger_session import decision_of
from remit.cli.support.policy_lookup import today_in
from remit.cli.support.request_words import length_of
from remit.decision.giving import parse_amount, parse_bundle
from remit.errors import NotGranted, RemitError
from remit.language import words
from remit.ledger.recorded_facts import whole

if TYPE_CHECKING:
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
        role = str(self.who["role"])
        heading = f"If you approve, as {'the owner of the policy' if role == self.model.owner_role else words.name(role)}"
        try:
            seen = self.preview()
        except RemitError as error:
            return [TaskLine("", f"{words.capital(str(error))}.")], heading
        lines = list(budget_lines(seen))
        none = [] if lines else [TaskLine("", "It counts against no budget.")]
        return [*lines, *none, TaskLine("", verdict(seen, self.model, str(self.who["id"])))], heading

    def closed(self) -> Entry | None:
        """The record that answered it, where there is one by now."""
        related = self.ledger.related(self.task.id)
        return next((each for each in related if each.of == self.task.id and each.kind in _CLOSING), None)

    # The answers: each gives what became of it, to be said; ``None``: the task is still open

    def approve(self, asked: Mapping[str, Any] | None = None) -> Done:
        """Approve what was asked for, or something else."""
        seen = self.complete(asked)
        return None if seen is None else self.give(seen, asked)

    def give(self, seen: ApprovalPreview, asked: Mapping[str, Any] | None) -> Done:
        """Approve it on record, and say what became of it."""
        try:
            entry = self.ledger.approve(self.task.id, asked=asked, **self.given())
        except NotGranted as error:  # somebody else was faster with a budget
            self.talk.say(f"Not given: {error}. The task stays open.", bold=True)
            return None
        given = asked_for(self.model, decision_of(entry).asked)
        if entry.kind == "agree":
            return [f"Agreed: {given}. Record {entry.seq}. It is given when somebody else agrees, too."]
        left = [f"{name} {words.quantity(seen.left_after(name))}" for name in seen.balances if seen.charge(name) is not None]
        budgets = [f"Left of your budgets: {words.listing(left)}."] if left else []
        return [f"Approved: {given}. Record {entry.seq}.", *budgets]

    def less(self) -> Done:
        """Ask how much, and give that."""
        return self._instead("How much instead?", "An amount, such as 20, or a remedy with its amount. Enter: nothing changes.")

    def other(self) -> Done:
        """Show what they may give instead, and give what they choose."""
        seen = self.preview()
        offers = [offer for offer in seen.decision.offers if not offer.beside]
        if not offers:
            self.talk.say("There is nothing that you may give instead.")
            return None
        self.talk.say("You may give:")
        for offer in offers:
            most = "" if offer.amount is True else f", up to {words.quantity(offer.amount)}"
            needs = f" (with {words.listing(map(self.title, offer.evidence))} on file)" if offer.evidence else ""
            self.talk.say(f"{offer.remedy}: {offer.title}{most}{needs}", indent="  ")
        return self._instead("What instead?", "A remedy, with its amount where it has one. Enter: nothing changes.")

    def _instead(self, asks: str, help_text: str) -> Done:
        asked = self.talk.ask(
            asks, lambda text: {} if goes_back(text) else self._parsed(text), help_text=help_text, enter="go back"
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
            self.talk.say(f"`{text}` is no key and no amount, so nothing was changed. ? says what each key does.")
            return None
        said, first = asked_for(self.model, asked), asked_for(self.model, self.asked_first)
        if not self.talk.yes(f"Give {said}, instead of {first}?"):
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
            raise ValueError("that is nothing; to give nothing, decline it with d")
        return found

    def _confirmed_more(self, asked: Mapping[str, Any]) -> bool:
        """Whether they mean it, where it is more than was asked for."""
        first = {name: whole(value) for name, value in self.asked_first.items()}
        more = [name for name, value in asked.items() if name in first and whole(value) > first[name]]
        if not more:
            return True
        return self.talk.yes(f"That is more than was asked for ({asked_for(self.model, self.asked_first)}). Give it?")

    def permit(self) -> Done:
        """Ask for how long, and permit it."""
        if "grant_digest" not in self.task.entry.body:
            self.talk.say(
                "This was sent up without a key, so nobody could use a permission for it. Approve it instead, with a."
            )
            return None
        until = self.talk.ask(
            "For how long?",
            _length,
            help_text="A length of time, such as 90 min or 4 h. Enter: nothing changes.",
            enter="nothing",
        )
        if until is None:
            self.talk.say(NOTHING)
            return None
        if self.complete(None) is None:
            return None
        try:
            entry = self.ledger.approve(self.task.id, **self.given(), give=False, until=datetime.now(UTC) + until)
        except NotGranted as error:
            self.talk.say(f"Not permitted: {error}. The task stays open.", bold=True)
            return None
        if entry.kind == "agree":
            return [f"Agreed. Record {entry.seq}. It is permitted when somebody else agrees, too."]
        end = datetime.fromisoformat(entry.body["permits"]["until"]).astimezone()
        return [
            f"Permitted until {end:%Y-%m-%d %H:%M}. Record {entry.seq}. Nothing is given yet.",
            f"{self.task.entry.employee} asks again for the same, with the key {entry.body['permits']['key']}.",
        ]

    def decline(self) -> Done:
        """Ask why, and decline it."""
        reason = ask_reason(self.talk, self.reasons())
        if reason is None:
            self.talk.say(NOTHING)
            return None
        entry = self.ledger.decline(self.task.id, employee=self.who, reason=reason)
        return [f"Declined. Record {entry.seq}. {self.task.entry.employee} will read your reason."]

    def reasons(self) -> list[str]:
        """What the policy says to customers and staff in such a case."""
        said = list(decision_of(self.task.entry).say)
        try:
            decision = self.preview().decision
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
        raise ValueError(error.message.rstrip(".")) from None
