"""Answering several tasks at once: after one confirmation, each by itself and in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from remit.cli.review.task_groups import added, together
from remit.cli.review.task_questions import ask_reason
from remit.cli.review.task_reply import TaskReply
from remit.cli.review.task_screen import asked_for
from remit.errors import NotGranted, RemitError
from remit.language import words
from remit.language.values import Money

if TYPE_CHECKING:
    from remit.cli.support.prompt import Talk
    from remit.ledger.people.answers import ApprovalPreview

__all__ = ["answer_all"]


def answer_all(talk: Talk, replies: Iterable[TaskReply], *, decline: bool) -> int:
    """Answer several at once, after one confirmation, each by itself and in order; how many were answered."""
    every = list(replies)
    return _decline_all(talk, every) if decline else _approve_all(talk, every)


def _decline_all(talk: Talk, replies: list[TaskReply]) -> int:
    reason = ask_reason(talk, replies[0].reasons())
    if reason is None or not talk.yes(f"Decline all {len(replies)} tasks, with this reason?"):
        talk.say("Nothing was changed.")
        return 0
    done = 0
    for reply in replies:
        try:
            entry = reply.ledger.decline(reply.task.id, employee=reply.who, reason=reason)
        except RemitError as error:
            talk.say(f"Task {reply.task.entry.seq}: {_became(reply, error)}")
        else:
            done += 1
            talk.say(f"Task {reply.task.entry.seq}: declined, record {entry.seq}.")
    return done


def _approve_all(talk: Talk, replies: list[TaskReply]) -> int:
    _ask_evidence(talk, replies)
    ready: list[tuple[TaskReply, ApprovalPreview]] = []
    for reply in replies:
        number = reply.task.entry.seq
        try:
            seen = reply.preview()
        except RemitError as error:
            talk.say(f"Task {number}: {_became(reply, error)}")
            continue
        if seen.kind is None:
            lacks = reply.lacks(seen)
            why = f"{lacks} must be known first" if lacks else str(seen.in_the_way)
            talk.say(f"Task {number}: {reply}. Left out: {why}. Open it by itself.")
        else:
            talk.say(f"Task {number}: {reply}.")
            ready.append((reply, seen))
    if not ready:
        talk.say("None of them can be approved like this. Nothing was changed.")
        return 0
    for line in _budgets([seen for _, seen in ready]):
        talk.say(line)
    total = asked_for(ready[0][0].model, together(reply.asked_first for reply, _ in ready))
    if not talk.yes(f"Approve {len(ready)} {words.plural('task', len(ready))}, {total} in all?"):
        talk.say("Nothing was changed.")
        return 0
    return _give_all(talk, ready)


def _give_all(talk: Talk, ready: Sequence[tuple[TaskReply, ApprovalPreview]]) -> int:
    done = 0
    for at, (reply, _) in enumerate(ready):
        number = reply.task.entry.seq
        try:
            entry = reply.ledger.approve(reply.task.id, **reply.given())
        except NotGranted as error:
            rest = len(ready) - at - 1
            talk.say(f"Task {number}: not given: {error}.", bold=True)
            if rest:
                talk.say(f"Stopped here. {rest} more {'was' if rest == 1 else 'were'} not answered.", bold=True)
            return done
        except RemitError as error:
            talk.say(f"Task {number}: {_became(reply, error)}")
            continue
        done += 1
        what = "agreed; somebody else must agree, too" if entry.kind == "agree" else "approved"
        talk.say(f"Task {number}: {what}, record {entry.seq}.")
    return done


def _ask_evidence(talk: Talk, replies: Sequence[TaskReply]) -> None:
    """Ask once for what each of them lacks on file, where it is the same for several."""
    lacking: dict[str, list[TaskReply]] = {}
    for reply in replies:
        try:
            names = reply.unfiled(reply.preview())
        except RemitError:
            continue
        for name in names:
            lacking.setdefault(name, []).append(reply)
    for name, several in lacking.items():
        which = "each of them" if len(several) == len(replies) else f"{len(several)} of the {len(replies)}"
        if talk.yes(f"Is this on file for {which}: {several[0].title(name)}?"):
            for reply in several:
                reply.evidence.append(name)


def _budgets(seen: Sequence[ApprovalPreview]) -> list[str]:
    """What all of them together would do to each budget that more than one of them counts against."""
    left: dict[Any, Any] = {}
    taken: dict[Any, list[Any]] = {}
    for each in seen:
        for name, balance in each.balances.items():
            charge = each.charge(name)
            if charge is not None and balance.left is not None:
                which = (name, tuple(sorted((key, str(value)) for key, value in balance.key.items())))
                left[which] = balance.left
                taken.setdefault(which, []).append(charge)
    out = []
    for which, charges in taken.items():
        if len(charges) > 1:
            total = added(charges)
            after = added([left[which], total], subtract=True)
            enough = after.minor >= 0 if isinstance(after, Money) else after >= 0
            said = f"{words.quantity(after)} after" if enough else f"not enough for {words.quantity(total)}"
            out.append(f"{which[0]}: {words.quantity(left[which])} left now, {said}.")
    return out


def _became(reply: TaskReply, error: RemitError) -> str:
    """Why it was not answered: somebody else did, or what the ledger says."""
    done = reply.closed()
    return f"answered already, by {done.employee} (record {done.seq})." if done is not None else f"not answered: {error}."
