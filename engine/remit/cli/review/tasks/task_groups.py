"""The list of what waits: a line for each task, and one for several that are alike (the same policy, reason and remedies)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from remit.cli.review.tasks.task_words import about, asked_for, choice_name, reason_kind, when
from remit.cli.support.ledger_session import decision_of
from remit.cli.support.spoken import read, spoken
from remit.cli.support.terminal import width
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow, cells
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.language.values import Money

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.people.task_list import Task
    from remit.policy.model import Model

__all__ = ["MOST_SHOWN", "TaskGroup", "added", "grouped", "list_page", "together"]

#: How many entries of a list are shown at once: each takes two lines of 24.
MOST_SHOWN: Final = 8

#: From so many on, tasks that are alike share a line of the list.
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Tasks that are alike: what they have in common (``title``), and what they ask for together (``total``)."""

    tasks: tuple[Task, ...]
    title: str
    total: str

    @classmethod
    def of(cls, ledger: Ledger, tasks: Sequence[Task]) -> TaskGroup:
        """The group that these tasks make."""
        model = ledger.policy_of(tasks[0].entry).model
        decisions = [decision_of(task.entry) for task in tasks]
        _, told = spoken(), read(model)
        titles = (_.in_sentence(told.remedies[name].title, told.languages) for name in decisions[0].asked)
        advice = _("advice")
        title = f"{_.listing(titles) or advice}, {reason_kind(tasks[0], model)[1]}"
        facts = [task.entry.facts() for task in tasks]
        for name, fact in model.facts.items():  # what went wrong, where it is the same for all
            first = facts[0].get(name)
            if fact.type.kind == "choice" and not fact.personal and all(each.get(name) == first for each in facts):
                title += f", {choice_name(model, name, first)}" if first is not None else ""
        return cls(tuple(tasks), title, asked_for(model, together(decision.asked for decision in decisions)))

    @staticmethod
    def kind_of(task: Task, model: Model) -> tuple[Any, str]:
        """What must be the same for tasks to be alike, and the reason in words."""
        kind, said = reason_kind(task, model)
        asked = tuple(sorted(name for name, value in decision_of(task.entry).asked.items() if not words.nothing(value)))
        return (model.id, model.version, model.currency_code if model.currencies else "", task.entry.role, kind, asked), said


def grouped(ledger: Ledger, tasks: Sequence[Task]) -> list[Task | TaskGroup]:
    """The tasks in their order, those that are alike as one entry where the first of them was."""
    alike: dict[Any, list[Task]] = {}
    for task in tasks:
        model = ledger.policy_of(task.entry).model
        alike.setdefault(TaskGroup.kind_of(task, model)[0], []).append(task)
    return [several[0] if len(several) < _FEWEST else TaskGroup.of(ledger, several) for several in alike.values()]


def together(several: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What is asked for together; an exception is asked for or not."""
    parts: dict[str, list[Any]] = {}
    for asked in several:
        for name, value in asked.items():
            parts.setdefault(name, []).append(value)
    return {name: any(values) if isinstance(values[0], bool) else added(values) for name, values in parts.items()}


def added(values: Sequence[Any], *, subtract: bool = False) -> Any:
    sign = -1 if subtract else 1
    if isinstance(values[0], Money):
        return Money.from_minor(values[0].minor + sign * sum(each.minor for each in values[1:]), values[0].currency)
    return values[0] + sign * sum(values[1:])


def list_page(ledger: Ledger, entries: Sequence[Task | TaskGroup], first: int, headline: str, keys: str) -> AnswerPage:
    """A list from entry ``first`` on, as a page of at most 22 lines."""
    shown = entries[first : first + MOST_SHOWN]
    rows = tuple(_row(ledger, number, entry) for number, entry in enumerate(shown, first + 1))
    rest = len(entries) - first - len(rows)
    _ = spoken()
    footer = _("{keys}. {count} more: m.", keys=keys, count=rest) if rest else _("{what}.", what=keys)
    return AnswerPage(headline, "heading", (PageBlock(_("What waits"), rows, stacked=True),), footer)


def _row(ledger: Ledger, number: int, entry: Task | TaskGroup) -> PageRow:
    _, now = spoken(), datetime.now(UTC)
    if isinstance(entry, TaskGroup):
        late = sum(each.overdue for each in entry.tasks)
        oldest = min(entry.tasks, key=lambda each: each.since)
        more = _.plural("{count} overdue", "{count} overdue", late) if late else when(oldest, now)
        left = _("{number}. {count} tasks: {title}", number=number, count=len(entry.tasks), title=entry.title)
        return PageRow(_one(left), _one(_("{total} in all; {more}", total=entry.total, more=more), 6))
    model, decision = ledger.policy_of(entry.entry).model, decision_of(entry.entry)
    left = _(
        "{number}. {what} for {customer}, asked by {who}",
        number=number,
        what=asked_for(model, decision.asked),
        customer=about(entry, model, short=True),
        who=f"{entry.entry.employee} ({_.role(str(entry.entry.role))})",
    )
    right = _.clauses((f"#{entry.entry.seq}, {when(entry, now)}", reason_kind(entry, model)[1]))
    return PageRow(_one(left), _one(right, 6))


def _one(text: str, indent: int = 2) -> str:
    """As much of a text as fits on one line."""
    most = width() - indent
    if cells(text) <= most:
        return text
    while cells(text) > most - 4:
        text = text[:-1]
    return text.rstrip(" ,;") + " ..."
