"""Disputes that wait for an answer: each is shown with what was done and what was said of it, and answered in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from remit.cli.counter.record_page import print_record
from remit.cli.review.queue.reviewed_case import site_of, what_was_done
from remit.cli.review.record_text import judged
from remit.cli.review.tasks.task_screen import TaskLine, screen
from remit.cli.support.prompt import Back, Quit, sentence, show
from remit.cli.support.terminal import width
from remit.errors import RemitError, one_line
from remit.language import words
from remit.ledger.quality.reviews import RESULTS
from remit.review.said_since import waiting_disputes

if TYPE_CHECKING:
    from remit.cli.support.prompt import Talk
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry
    from remit.ledger.quality.review_rights import ReviewRights
    from remit.review.rosters import Rosters

__all__ = ["DisputeDesk"]

_RESULTS: Final = {"a": "accepted", "p": "partly", "r": "rejected"}
_KEYS: Final = "a accept, p accept a part, r reject, s skip, w whole record, q quit"
_HELP: Final = (
    "a: they are right, and the verdict no longer counts. p: they are right in part. r: the verdict is right; that is not for "
    "the reviewer to say. s: leave it for another time. w: the whole record. You are asked why before anything goes on record."
)
_OWN: Final = "This is your own verdict: you may accept the dispute, or a part of it; somebody else may reject it."


class DisputeDesk:
    """Talks to somebody about the disputes that they may answer."""

    def __init__(self, ledger: Ledger, talk: Talk, rights: ReviewRights, rosters: Rosters) -> None:
        self.ledger, self.talk, self.rights, self.rosters = ledger, talk, rights, rosters
        self.answered = 0

    def run(self) -> None:
        """All of them, one after the other. Raises :class:`~remit.cli.support.prompt.Quit`."""
        found = list(waiting_disputes(self.ledger, self.rights))
        if not found:
            return
        click.echo()
        count = f"{len(found)} {words.plural('dispute', len(found))}"
        self.talk.say(f"{count} {'waits' if len(found) == 1 else 'wait'} for an answer, before you review.", bold=True)
        for number, each in enumerate(found, 1):
            self._one(each, f"{number} of {len(found)}")

    def _one(self, dispute: Entry, place: str) -> None:
        review = self.ledger.record(str(dispute.of))
        done = self.ledger.record(str(review.of))
        fresh = True
        while True:
            if fresh:
                self._show(dispute, review, done, place)
            typed = self.talk.line().casefold()
            fresh = typed == ""
            if typed in _RESULTS:
                if self._answer(dispute, review, _RESULTS[typed]):
                    return
            elif typed == "s":
                self.talk.say(f"Dispute {dispute.seq} still waits.")
                return
            elif typed == "q":
                raise Quit
            elif typed == "w":
                click.echo()
                print_record(self.ledger, done, reveal=True)
                click.echo()
                self.talk.say(_KEYS, dim=True)
            elif typed == "?":
                self.talk.say(_HELP)
            elif not fresh:
                self.talk.say(f"There is no `{one_line(typed)}` here. Type one of these: {_KEYS}.")

    def _show(self, dispute: Entry, review: Entry, done: Entry, place: str) -> None:
        site = site_of(self.rosters, done)
        who = ", ".join(filter(None, (f"{done.employee} ({words.name(str(done.role))})", site)))
        note = review.words("note", reveal=True)
        verdict = f"{judged(review.body)}, by {review.employee}" + (f": {note}" if note else "")
        case = [
            TaskLine("Record", f"{done.seq}: {what_was_done(self.ledger, done)}", "What was done."),
            TaskLine("By", f"{who}, {done.recorded.astimezone():%Y-%m-%d %H:%M}", "Who did it."),
            *([TaskLine("Their words", story)] if (story := done.words("story", reveal=True)) else []),
        ]
        said = [
            TaskLine("The verdict", verdict, "What the reviewer said."),
            TaskLine("The dispute", dispute.words("reason", reveal=True) or "", "What the employee says."),
        ]
        click.echo()
        headline = f"Dispute {dispute.seq} ({place}): {dispute.employee} disputes a verdict"
        show(screen(headline, case, said, "What was said", width()))
        click.echo()
        self.talk.say(_KEYS, dim=True)

    def _answer(self, dispute: Entry, review: Entry, result: str) -> bool:
        """Ask why, and put the answer on record; whether it is."""
        who = self.rights.answerer(dispute, result)
        if who is None:
            if result == "rejected" and self.rights.answerer(dispute) is not None:
                self.talk.say(_OWN)
                return False
            self.talk.say("It was answered in the meantime.")
            return True
        try:
            note = self.talk.ask(
                "Why? They will read it; it goes on record with Enter, and cannot be changed.",
                str,
                help_text="A sentence or two. < goes back to the dispute.",
                enter="back",
            )
        except Back:
            note = None
        if note is None:
            self.talk.say("Nothing was changed. The dispute waits.")
            return False
        try:
            entry = self.ledger.answer_dispute(dispute.id, result=result, employee=who, note=note)
        except RemitError as error:
            self.talk.say(f"{sentence(str(error))} The dispute waits.")
            return False
        self.answered += 1
        self.talk.say(f"Dispute {dispute.seq}: {RESULTS[result]}, on record as number {entry.seq}.", bold=True)
        return True
