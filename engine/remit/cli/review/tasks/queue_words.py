"""What the queue of tasks says: its keys, what waits, and what became of a task."""

from __future__ import annotations

from typing import Final

from remit.cli.support.spoken import spoken
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow
from remit.language.locales.messages import Message, Sentence

__all__ = ["ALL", "CLOSING", "GROUP_KEYS", "KEYS", "LIST_KEYS", "leaving", "list_help", "task_help", "waiting_for_you"]

#: How people say that they mean all tasks.
ALL: Final = ("all", "alle", "todas", "todos", "toutes", "tous")

#: What can be typed at several tasks that are alike, at the list, and at one task.
GROUP_KEYS: Final = Message("Type all to approve all of them, d to decline all, a number to open one, b or q")
LIST_KEYS: Final = Message("Type a number to open one, ? for help, or q to quit")
KEYS: Final = Message("a approve, l less, o other remedy, p permit, d decline, n next, b back to the list, ? help, q quit")
#: What each key does at one task.
_HELP: Final = (
    ("a", Message("Approve what is asked. What is still to be known is asked first.")),
    ("l", Message("Give less. `30` and `credit 30` do the same at once.")),
    ("o", Message("Give something else instead: what you may give is listed.")),
    ("p", Message("Permit it for a time, instead of giving it: the person who asked gives it.")),
    ("d", Message("Decline it, with the reason. They will read it.")),
    ("n", Message("Leave it, and go on to the next.")),
    ("b", Message("Back to the list. The task stays open.")),
    (Message("? known"), Message("All of a line, and what it means; so for every line: `? per-stay`.")),
    ("q", Message("Quit. What is not answered stays open.")),
)

#: What closes a task, in words.
CLOSING: Final = {
    "approve": Sentence("Task {number} has been answered already: approved by {who}, record {record}."),
    "permit": Sentence("Task {number} has been answered already: permitted by {who}, record {record}."),
    "decline": Sentence("Task {number} has been answered already: declined by {who}, record {record}."),
}


def waiting_for_you(count: int, late: int, own: int) -> str:
    """How many tasks wait, how many of them are overdue, and how many wait for somebody else."""
    _ = spoken()
    parts = [_.plural("{count} task waits for you", "{count} tasks wait for you", count)]
    if late:
        parts.append(_.plural("{count} overdue", "{count} overdue", late))
    if own:
        parts.append(
            _.plural("{count} more of your own, for somebody else", "{count} more of your own, for somebody else", own)
        )
    return _("{what}.", what=_.clauses(parts))


def leaving(answered: int, left: int, own: int) -> list[str]:
    """What was done, and what is left, in sentences."""
    _ = spoken()
    told = []
    if answered:
        told.append(_.plural("You answered {count} task.", "You answered {count} tasks.", answered))
    elif left:
        told.append(_("Nothing was answered."))
    if left:
        told.append(_.plural("{count} still waits for you.", "{count} still wait for you.", left))
    else:
        told.append(_("Nothing else waits for you.") if answered else _("Nothing waits for you."))
    if own:
        told.append(
            _.plural("{count} of your own waits for somebody else.", "{count} of your own wait for somebody else.", own)
        )
    return told


def list_help() -> AnswerPage:
    """What each key of the list does."""
    _ = spoken()
    rows = (
        PageRow("1", _("Open number 1 of the list. Enter opens the first.")),
        PageRow("#14", _("Open the task that is number 14 in the record.")),
        PageRow("m", _("Show more of the list.")),
        PageRow("q", _("Quit. What is not answered stays open.")),
    )
    told = _("Overdue tasks come first, then what is due first, then the oldest. Tasks for the same reason share a line.")
    return AnswerPage(told, "heading", (PageBlock(_("Keys, each with Enter"), rows),))


def task_help() -> AnswerPage:
    """What each key does at one task."""
    _ = spoken()
    rows = tuple(PageRow(_.of(key), _(text)) for key, text in _HELP)
    return AnswerPage(_("What you can type"), "heading", (PageBlock(_("Each with Enter"), rows),))
