"""The queue of somebody who answers tasks: a list, one task after the other, each answered with one key, or several at once.

Every line is typed and ended with Enter, so that nothing depends on a screen that is drawn: it can be read aloud. No key leaves
without a word, and none but an answer changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from remit.cli.review.tasks.queue_words import (
    ALL,
    CLOSING,
    GROUP_KEYS,
    KEYS,
    LIST_KEYS,
    leaving,
    list_help,
    task_help,
    waiting_for_you,
)
from remit.cli.review.tasks.task_batch import answer_all
from remit.cli.review.tasks.task_groups import MOST_SHOWN, TaskGroup, grouped, list_page
from remit.cli.review.tasks.task_questions import NOTHING
from remit.cli.review.tasks.task_reply import TaskReply
from remit.cli.review.tasks.task_screen import screen
from remit.cli.review.tasks.task_words import asked_for
from remit.cli.support import exits
from remit.cli.support.employee import answering
from remit.cli.support.prompt import Back, Quit, Talk, show
from remit.cli.support.spoken import error_text, speak
from remit.cli.support.terminal import width
from remit.decision.page.answer import wrap
from remit.decision.typed import choose
from remit.errors import NotAllowed, RemitError, RequestError
from remit.language import words
from remit.language.identities import identity
from remit.language.locales.messages import Message
from remit.language.locales.record_words import a_kind

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.people.task_list import Task

__all__ = ["TaskQueue"]


class TaskQueue:
    """Talks to somebody who answers tasks. ``employee`` and ``role`` are who they say they are; a roster knows better."""

    def __init__(self, ledger: Ledger, employee: str | None, role: str | None, *, overdue: bool = False) -> None:
        self.ledger, self.employee, self.role, self.only_overdue = ledger, employee, role, overdue
        self.talk = Talk(speak(*(ledger.policy_of(each.entry).model for each in ledger.tasks())))
        self._ = self.talk.locale
        self.answered = 0
        #: What became of the last task: it is said on the screen of the next one.
        self.news: list[str] = []
        self._own = 0

    def run(self, task_id: str | None = None) -> int:
        """From the list, or from one task, until they leave; returns the exit code."""
        try:
            if self.role is None and not self.ledger.has_roster() and not self._ask_role():
                return exits.FINE
            self._from(task_id)
        except Quit:
            pass
        except (click.Abort, KeyboardInterrupt):
            click.echo()
            self._leave()
            return exits.LEFT
        self._leave()
        return exits.FINE

    def _from(self, task_id: str | None) -> None:
        if task_id is not None:
            found = next((each for each in self._waiting() if each.id == task_id), None)
            if found is None:
                self._not_open(task_id)
            else:
                self._go_through([found], self._waiting)
        while waiting := self._waiting():
            self._list(waiting)

    def _tell_news(self) -> int:
        """Say what became of the last task, and leave a line; how many lines of the screen that takes."""
        lines = sum(len(wrap(each, width())) for each in self.news) + bool(self.news)
        for each in self.news:
            self.talk.say(each, bold=True)
        self.news = []
        click.echo()
        return lines

    def _leave(self) -> None:
        """What was done, and what is left."""
        self._tell_news()
        left = len(self._waiting()) if self.role is not None or self.ledger.has_roster() else 0
        told = leaving(self.answered, left, self._own)
        self.talk.say(" ".join(told))

    # Who, and what waits

    def _ask_role(self) -> bool:
        """In which role they answer, where no roster says it: one of those for whom something waits."""
        waiting = self.ledger.tasks()
        models = [self.ledger.policy_of(each.entry).model for each in waiting]
        known = dict.fromkeys(role for model in models for role in (*model.ladder[1:], model.owner_role))
        roles = [role for role in known if any(self.ledger.may_answer(each, role) for each in waiting)]
        if not roles:
            return True
        self.role = self.talk.ask(
            Message("In which role do you answer?"),
            lambda text: choose(text, roles),
            options=roles,
            help_text=Message("Your role decides what you may give. Set REMIT_ROLE, and you are not asked."),
        )
        if self.role is None:
            self.talk.say(Message("Without a role, nothing can be answered. Say it here, with --role, or in REMIT_ROLE."))
        return self.role is not None

    def _waiting(self) -> list[Task]:
        """What they may answer: overdue first, then what is due first, then the oldest."""
        found = []
        self._own = 0
        for task in self.ledger.tasks():
            who = answering(self.ledger, task, self.employee, self.role)
            if who is None or (self.only_overdue and not task.overdue):
                continue
            me = identity(who["id"])
            if identity(str(task.entry.employee)) == me:
                self._own += 1
            elif me not in map(identity, task.agreed):
                found.append(task)
        return sorted(found, key=_order)

    # The list

    def _list(self, waiting: list[Task]) -> None:
        """Show the list, and do what is typed."""
        entries = grouped(self.ledger, waiting)
        first = 0
        self._show_list(entries, waiting, first)
        while True:
            typed = self.talk.line(self._("Task (Enter: the first) > "))
            low = typed.casefold()
            if low == "q":
                raise Quit
            if low == "m" and first + MOST_SHOWN < len(entries):
                first += MOST_SHOWN
            elif low == "?":
                show(list_help())
                continue
            elif (found := self._picked(typed, entries, waiting, first)) is not None:
                self._open(found)
                return
            elif low != "b":
                self.talk.say(
                    Message("There is no `{typed}` here. Type a number from the list, such as 1, or q to quit.", typed=typed)
                )
                continue
            self._show_list(entries, waiting, first)

    def _picked(
        self, typed: str, entries: Sequence[Task | TaskGroup], waiting: list[Task], first: int
    ) -> Task | TaskGroup | None:
        if typed == "":
            return entries[first] if first < len(entries) else None
        if typed.startswith("#"):
            return next((each for each in waiting if str(each.entry.seq) == typed[1:].strip()), None)
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
        return entries[number - 1] if 1 <= number <= len(entries) else None

    def _show_list(self, entries: Sequence[Task | TaskGroup], waiting: list[Task], first: int) -> None:
        late = sum(each.overdue for each in waiting)
        self._tell_news()
        show(list_page(self.ledger, entries, first, waiting_for_you(len(waiting), late, self._own), self._(LIST_KEYS)))

    def _open(self, entry: Task | TaskGroup) -> None:
        if isinstance(entry, TaskGroup):
            self._group(entry)
        else:
            self._go_through([entry], self._waiting)

    def _group(self, group: TaskGroup) -> None:
        """Several that are alike: each by itself, or all at once."""
        _, ids, first = self._, {each.id for each in group.tasks}, 0

        def waiting() -> list[Task]:
            return [each for each in self._waiting() if each.id in ids]

        fresh = True
        while tasks := waiting():
            if fresh:
                group = TaskGroup.of(self.ledger, tasks)
                headline = _.plural(
                    "{count} task: {title}; {total} in all.",
                    "{count} tasks: {title}; {total} in all.",
                    len(tasks),
                    title=group.title,
                    total=group.total,
                )
                self._tell_news()
                show(list_page(self.ledger, tasks, first, headline, _(GROUP_KEYS)))
            typed = self.talk.line(_("All, or which one? > "))
            low, fresh = typed.casefold(), True
            if low == "q":
                raise Quit
            if low == "b":
                return
            if low == "m" and len(tasks) > MOST_SHOWN:
                first = first + MOST_SHOWN if first + MOST_SHOWN < len(tasks) else 0
            elif low in (*ALL, "d"):
                try:
                    self.answered += answer_all(self.talk, self._replies(tasks), decline=low == "d")
                except Back:
                    self.talk.say(Message("Nothing was changed."))
                self.talk.line(_("Enter: go on > "))
            elif (found := self._picked(typed, tasks, tasks, first)) is not None:
                assert not isinstance(found, TaskGroup)
                self._go_through([found], waiting)
            else:
                fresh = False
                keys = Message("{what}.", what=GROUP_KEYS)
                self.talk.say(keys if typed == "?" else Message("There is no `{typed}` here. {keys}", typed=typed, keys=keys))

    def _replies(self, tasks: Sequence[Task]) -> Iterator[TaskReply]:
        for task in tasks:
            who = answering(self.ledger, task, self.employee, self.role)
            if who is not None:
                yield TaskReply(self.ledger, self.talk, task, who)

    # One task

    def _go_through(self, start: Sequence[Task], waiting: Callable[[], list[Task]]) -> None:
        """One task after the other, from ``start`` on, until there is none or they go back to the list."""
        passed: set[str] = set()
        task: Task | None = start[0]
        while task is not None:
            if not self._one_task(task, waiting()):
                return
            passed.add(task.id)
            left, before = waiting(), _order(task)
            following = [each for each in left if each.id not in passed]
            task = next((each for each in following if _order(each) > before), following[0] if following else None)
            if task is None and left:
                self.news.append(self._("That was the last one. Back to the list."))

    def _one_task(self, task: Task, waiting: Sequence[Task]) -> bool:
        """Show a task and do what is typed, until it is answered or left; whether to go on to the next."""
        at = next((number for number, each in enumerate(waiting, 1) if each.id == task.id), None)
        who = answering(self.ledger, task, self.employee, self.role)
        if at is None or who is None:
            self._not_open(task.id)
            return True
        reply = TaskReply(self.ledger, self.talk, task, who)
        headline = self._(
            "Task {number} ({at} of {count}): {what}",
            number=task.entry.seq,
            at=at,
            count=len(waiting),
            what=asked_for(reply.model, reply.asked_first),
        )
        keys = {
            "a": reply.approve,
            "l": reply.less,
            "o": reply.other,
            "p": reply.permit,
            "d": reply.decline,
        }
        fresh = True
        while True:
            if fresh:
                doing, heading = reply.doing()
                show(screen(headline, reply.case(), doing, heading, width(), self._tell_news()))
                click.echo()
                self.talk.say(KEYS, dim=True)
            typed = self.talk.line()
            low = typed.casefold()
            fresh = False
            try:
                if low == "q":
                    raise Quit
                if low in ("n", "b"):
                    return low == "n"
                if typed == "?":
                    show(task_help())
                elif typed.startswith("?"):
                    self._explain(reply, typed[1:].strip())
                elif typed == "":
                    fresh = True
                else:
                    done = keys[low]() if low in keys else reply.typed(typed)
                    if done is not None:
                        self.answered += 1
                        self.news = done
                        return True
            except Back:
                self.talk.say(NOTHING)
            except RequestError as error:
                self._stays_open(error)
            except NotAllowed as error:
                if reply.closed() is not None:
                    self._not_open(task.id)
                    return True
                self._stays_open(error)
            except RemitError as error:
                self.talk.say(Message("{why}. Try again, or go on with n.", why=words.capital(error_text(error))))

    def _stays_open(self, error: RemitError) -> None:
        self.talk.say(Message("{why}. The task stays open.", why=words.capital(error_text(error))))

    def _explain(self, reply: TaskReply, wanted: str) -> None:
        """All of a line of the screen, and what it means."""
        lines = [*reply.case(), *(each for each in reply.doing()[0] if each.label)]
        try:
            label = choose(wanted, [each.label for each in lines])
        except ValueError:
            names = tuple(each.label for each in lines)
            self.talk.say(Message("There is no line `{typed}`. There are {names}.", typed=wanted, names=names))
            return
        found = next(each for each in lines if each.label == label)
        self.talk.say(Message("{what}: {words}", what=found.label, words=found.text))
        self.talk.say(found.meaning, dim=True)

    def _not_open(self, task_id: str) -> None:
        """Say what became of a task that cannot be answered here."""
        entry = self.ledger.record(task_id)
        done = next((each for each in self.ledger.related(task_id) if each.of == task_id and each.kind in CLOSING), None)
        if done is not None:
            known = {"number": entry.seq, "who": done.employee, "record": done.seq}
            self.talk.say(Message(CLOSING[done.kind], **known), bold=True)
        elif entry.kind != "escalate":
            what = Message("Record {number} is {kind}, not a task.", number=entry.seq, kind=a_kind(entry.kind))
            self.talk.say(what, bold=True)
        else:
            self.talk.say(Message("Task {number} is not yours to answer.", number=entry.seq), bold=True)


def _order(task: Task) -> tuple[bool, datetime, int]:
    """Overdue first, then what is due first, then the oldest."""
    return not task.overdue, task.due or datetime.max.replace(tzinfo=UTC), task.entry.seq
