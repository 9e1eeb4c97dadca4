"""The queue of a reviewer at a terminal: disputes that wait, then one case after the other, each judged with one key.

Every line is typed and ended with Enter, so that it can be read aloud. A verdict goes on record with the next answer, not
before: until then `b` takes it back. What is on record cannot be changed, and the screen says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from remit.cli.counter.record_page import print_record
from remit.cli.review.queue.dispute_desk import DisputeDesk
from remit.cli.review.queue.draw_list import drawn_headline
from remit.cli.review.queue.draw_options import DrawWish
from remit.cli.review.queue.reviewed_case import case_of_record, said_of_record, what_was_done
from remit.cli.review.queue.verdict_form import VerdictDraft, fill_in
from remit.cli.review.tasks.task_screen import TaskLine, screen
from remit.cli.support import exits
from remit.cli.support.prompt import Back, Quit, Talk, sentence, show
from remit.cli.support.terminal import width
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow, wrap
from remit.decision.typed import choose
from remit.errors import NotAllowed, RemitError, one_line
from remit.language import words
from remit.review.rosters import Rosters

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry
    from remit.ledger.quality.review_rights import ReviewRights
    from remit.review.drawing.draw import DrawnRecord

__all__ = ["ReviewQueue"]

_VERDICTS: Final = {"a": "agree", "p": "praise", "c": "coach", "o": "policy"}
_KEYS: Final = "a agree, p praise, c coach, o policy should change, s skip, b back, w whole record, ? help, q quit"
_END_KEYS: Final = "Enter puts it on record and ends, b goes back to it > "
_HELP: Final = (
    PageRow("a", "You would have done the same."),
    PageRow("p", "Praise it. It asks for a note, and whether the team may read it."),
    PageRow("c", "Something to talk about. A note is needed; they will read it."),
    PageRow("o", "The policy should change, not the employee."),
    PageRow("s", "Skip it: no verdict."),
    PageRow("b", "Back to the case before. A verdict that is not on record yet can be changed."),
    PageRow("w", "The whole record, as `remit why` shows it, with what others said."),
    PageRow("a sentence", "It is kept as your note on this case; then choose a verdict."),
    PageRow("? known", "All of a line, and what it means; so for every line: `? drawn`."),
    PageRow("Enter", "Show the case again, or go on where you have a verdict already."),
    PageRow("q", "Quit. Your last verdict goes on record, and the rest stays for another time."),
)


class ReviewQueue:
    """Talks to somebody who reviews, as ``wish`` says who and what."""

    def __init__(self, ledger: Ledger, wish: DrawWish) -> None:
        self.ledger, self.wish = ledger, wish
        self.talk = Talk()
        self.rosters = Rosters(ledger)
        self.records: tuple[DrawnRecord, ...] = ()
        self.at = 0
        self.drafts: dict[int, VerdictDraft] = {}
        self.written: dict[int, int] = {}
        self.skipped: set[int] = set()
        #: The case with a verdict that is not on record yet.
        self.pending: int | None = None
        self.news: list[str] = []
        self.answered = 0
        self._rights: ReviewRights | None = None

    def run(self) -> int:
        """Until they leave, or all was looked at; returns the exit code."""
        try:
            role = self._ask_role()
            if role is None and self.wish.role is None and not self.ledger.has_roster():
                return exits.FINE
            self._rights = self.wish.rights(self.ledger, role)
            desk = DisputeDesk(self.ledger, self.talk, self._rights, self.rosters)
            try:
                desk.run()
            finally:
                self.answered = desk.answered
            self._go_through()
        except Quit:
            self._leave()
        except (click.Abort, KeyboardInterrupt):
            click.echo()
            self._leave()
            return exits.LEFT
        else:
            self._leave()
        return exits.FINE

    def _ask_role(self) -> str | None:
        """In which role they review, where nothing says it: one of the newest policy, but the lowest."""
        if self.wish.role is not None or self.ledger.has_roster():
            return None
        newest = next((each for each in self.ledger.records(newest_first=True) if each.body.get("policy")), None)
        if newest is None:
            self.talk.say("There is nothing on record yet.")
            return None
        model = self.ledger.policy_of(newest).model
        roles = [*model.ladder[1:], model.owner_role]
        help_text = "You review what people in lower roles did. Set REMIT_ROLE, and you are not asked."
        role = self.talk.ask(
            "In which role do you review?", lambda text: choose(text, roles), options=roles, help_text=help_text
        )
        if role is None:
            self.talk.say("Without a role, nothing can be reviewed. Say it here, with --role, or in REMIT_ROLE.")
        return role

    # One case after the other

    def _go_through(self) -> None:
        assert self._rights is not None
        drawn = self.wish.draw(self.ledger, self._rights)
        self.records = drawn.records
        self.news.append(drawn_headline(drawn, self.wish))
        while self.at < len(self.records) or self._ends():
            self._one_case()

    def _ends(self) -> bool:
        """At the end: whether to go back once more, to the verdict that is not on record yet."""
        while self.pending is not None:
            self._tell_news()
            typed = self.talk.line(_END_KEYS).casefold()
            if typed in ("", "q"):
                return False
            if typed == "b":
                self.at = self.pending
                return True
            self.news.append(f"There is no `{typed}` here. Enter ends, and b goes back to your last verdict.")
        return False

    def _one_case(self) -> None:
        """Show a case and do what is typed, until they go on."""
        here, drawn = self.at, self.records[self.at]
        entry = self.ledger.record(drawn.id)
        fresh = True
        while self.at == here:
            if fresh:
                self._show(entry, drawn)
            typed = self.talk.line()
            fresh = self._take(typed, entry, drawn)

    def _show(self, entry: Entry, drawn: DrawnRecord) -> None:
        headline = f"Record {entry.seq} ({self.at + 1} of {len(self.records)}): {what_was_done(self.ledger, entry)}"
        case, said = self._lines(entry, drawn)
        taken = self._tell_news()
        note = self._so_far()
        taken += len(wrap(note, width())) if note else 0
        show(screen(headline, case, said, "What the policy said, and why you see it", width(), taken))
        click.echo()
        if note:
            self.talk.say(note, bold=True)
        self.talk.say(_KEYS, dim=True)

    def _lines(self, entry: Entry, drawn: DrawnRecord) -> tuple[list[TaskLine], list[TaskLine]]:
        case = list(case_of_record(self.ledger, self.rosters, entry, is_agent=drawn.agent))
        return case, list(said_of_record(self.ledger, entry, drawn))

    def _so_far(self) -> str:
        """What they have said of this case."""
        if self.at in self.written:
            return f"Your verdict is on record as number {self.written[self.at]}, and cannot be changed."
        draft = self.drafts.get(self.at)
        if draft is not None and draft.verdict is not None:
            return f"Your verdict, not on record yet: {draft.told()}. Enter keeps it."
        return f"Your note: \u201c{draft.note}\u201d" if draft is not None and draft.note else ""

    def _take(self, typed: str, entry: Entry, drawn: DrawnRecord) -> bool:
        """Do what was typed; whether to show the case again."""
        low = typed.casefold()
        if low in _VERDICTS:
            return self._judge(_VERDICTS[low])
        if typed == "":
            self._go_on()
            return True
        if low == "s":
            self._skip()
        elif low == "b":
            return self._back()
        elif low == "q":
            if self._may_leave():
                raise Quit
        elif low == "w":
            click.echo()
            print_record(self.ledger, entry, reveal=True)
            click.echo()
            self.talk.say(_KEYS, dim=True)
        elif typed == "?":
            show(AnswerPage("What you can type", "heading", (PageBlock("Each with Enter", _HELP),)))
        elif typed.startswith("?"):
            self._explain(typed[1:].strip(), entry, drawn)
        elif " " in typed:
            self._keep_note(typed)
        else:
            self.talk.say(f"There is no `{one_line(typed)}` here. Type one of these: {_KEYS}.")
        return False

    def _judge(self, verdict: str) -> bool:
        if self.at in self.written:
            self.talk.say(self._so_far())
            return False
        draft = self.drafts.setdefault(self.at, VerdictDraft())
        try:
            fill_in(self.talk, draft, verdict)
        except Back:
            self.talk.say("Back to the case. What you typed is kept.")
            return False
        except Quit:
            if self._may_leave():
                raise
            return False
        if self.pending != self.at:
            self._write()
        self.pending = self.at
        self.skipped.discard(self.at)
        self.news.append(
            f"Record {self.records[self.at].seq}: {draft.verdict}. b takes it back; your next answer puts it on record."
        )
        self.at += 1
        return True

    def _go_on(self) -> None:
        """To the next case, where this one has a verdict or was skipped."""
        if self.at in self.written or self.at in self.skipped or self.pending == self.at:
            self.at += 1

    def _skip(self) -> None:
        if self.at in self.written:
            self.at += 1
            return
        if self.pending == self.at:
            self.pending = None
            self.drafts[self.at].verdict = None
        else:
            self._write()
        self.skipped.add(self.at)
        self.news.append(f"Record {self.records[self.at].seq}: skipped.")
        self.at += 1

    def _back(self) -> bool:
        if self.at == 0:
            self.talk.say("This is the first case. q quits.")
            return False
        self.at -= 1
        return True

    def _keep_note(self, typed: str) -> None:
        if self.at in self.written:
            self.talk.say(self._so_far())
            return
        self.drafts.setdefault(self.at, VerdictDraft()).note = typed
        self.talk.say("Kept as your note on this case. Which verdict: a agree, p praise, c coach, or o policy should change?")

    def _may_leave(self) -> bool:
        """Whether to leave, although something was typed that belongs to no verdict yet."""
        draft = self.drafts.get(self.at)
        if draft is None or draft.verdict is not None or not draft.is_started or self.at in self.written:
            return True
        try:
            return self.talk.yes("What you typed about this case has no verdict yet, and is lost. Quit?")
        except (Back, Quit):
            return False

    def _explain(self, wanted: str, entry: Entry, drawn: DrawnRecord) -> None:
        """All of a line of the screen, and what it means."""
        case, said = self._lines(entry, drawn)
        try:
            label = choose(wanted, [each.label for each in (*case, *said)])
        except ValueError:
            self.talk.say(f"There is no line `{wanted}`. There are {words.listing(each.label for each in (*case, *said))}.")
            return
        found = next(each for each in (*case, *said) if each.label == label)
        self.talk.say(f"{found.label}: {found.text}")
        self.talk.say(found.meaning, dim=True)

    # The record

    def _write(self) -> None:
        """Put the verdict that waits on record, and say so."""
        if self.pending is None:
            return
        at, self.pending = self.pending, None
        drawn, draft = self.records[at], self.drafts[at]
        try:
            assert self._rights is not None
            who = self._rights.reviewer(self.ledger.record(drawn.id))
            if who is None:
                raise NotAllowed("it was reviewed in the meantime, or is not yours to review any more")
            entry = self.ledger.review(drawn.id, employee=who, **draft.given(drawn.tag))
        except RemitError as error:
            draft.verdict = None
            self.news.append(f"Record {drawn.seq}: your verdict is not on record. {sentence(str(error))}")
            return
        self.written[at] = entry.seq
        self.news.append(f"Record {drawn.seq}: {draft.verdict}, on record as number {entry.seq}.")

    def _tell_news(self) -> int:
        """Say what became of the last answers, and leave a line; how many lines of the screen that takes."""
        lines = sum(len(wrap(each, width())) for each in self.news) + bool(self.news)
        for each in self.news:
            self.talk.say(each, bold=True)
        self.news = []
        click.echo()
        return lines

    def _leave(self) -> None:
        """Put the last verdict on record; say what was done, and what is left."""
        self._write()
        self._tell_news()
        done, skipped = len(self.written), len(self.skipped - self.written.keys())
        parts = [f"{self.answered} {words.plural('dispute', self.answered)} answered"] if self.answered else []
        parts += [f"{done} {words.plural('record', done)} reviewed"] if done else []
        parts += [f"{skipped} skipped"] if skipped else []
        left = len(self.records) - done - skipped
        rest = f" {left} of this draw {'is' if left == 1 else 'are'} left; `remit review` goes on." if left else ""
        self.talk.say(f"{words.capital(words.listing(parts)) or 'Nothing was reviewed'}.{rest}")
