"""Answering several tasks at once: after one confirmation, each by itself and in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from remit.cli.review.tasks.task_groups import added, together
from remit.cli.review.tasks.task_questions import ask_reason
from remit.cli.review.tasks.task_reply import TaskReply
from remit.cli.review.tasks.task_words import asked_for, in_the_way
from remit.cli.support.spoken import error_text, spoken
from remit.errors import NotGranted, RemitError
from remit.language.locales.messages import Message
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
    if reason is None or not talk.yes(Message("Decline all {count} tasks, with this reason?", count=len(replies))):
        talk.say(Message("Nothing was changed."))
        return 0
    done = 0
    for reply in replies:
        try:
            entry = reply.ledger.decline(reply.task.id, employee=reply.who, reason=reason)
        except RemitError as error:
            talk.say(_became(reply, error))
        else:
            done += 1
            known = {"number": reply.task.entry.seq, "record": entry.seq}
            talk.say(Message("Task {number}: declined, record {record}.", **known))
    return done


def _approve_all(talk: Talk, replies: list[TaskReply]) -> int:
    _ask_evidence(talk, replies)
    ready: list[tuple[TaskReply, ApprovalPreview]] = []
    for reply in replies:
        number = reply.task.entry.seq
        try:
            seen = reply.preview()
        except RemitError as error:
            talk.say(_became(reply, error))
            continue
        known: dict[str, Any] = {"number": number, "what": str(reply)}
        if seen.kind is None:
            lacks = reply.lacks(seen)
            why: str = Message("{names} must be known first", names=lacks)
            if not lacks:
                why = in_the_way(seen.in_the_way or "", seen.decision, reply.model)
            talk.say(Message("Task {number}: {what}. Left out: {why}. Open it by itself.", **known, why=why))
        else:
            talk.say(Message("Task {number}: {what}.", **known))
            ready.append((reply, seen))
    if not ready:
        talk.say(Message("None of them can be approved like this. Nothing was changed."))
        return 0
    for line in _budgets([seen for _, seen in ready]):
        talk.say(line)
    total = asked_for(ready[0][0].model, together(reply.asked_first for reply, _ in ready))
    sure = Message.plural(
        "Approve {count} task, {total} in all?", "Approve {count} tasks, {total} in all?", len(ready), total=total
    )
    if not talk.yes(sure):
        talk.say(Message("Nothing was changed."))
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
            why = in_the_way(error.args[0], error.decision, reply.model)
            talk.say(Message("Task {number}: not given: {why}.", number=number, why=why), bold=True)
            if rest:
                stopped = Message.plural(
                    "Stopped here. {count} more was not answered.", "Stopped here. {count} more were not answered.", rest
                )
                talk.say(stopped, bold=True)
            return done
        except RemitError as error:
            talk.say(_became(reply, error))
            continue
        done += 1
        known = {"number": number, "record": entry.seq}
        told = Message("Task {number}: approved, record {record}.", **known)
        if entry.kind == "agree":
            told = Message("Task {number}: agreed; somebody else must agree, too, record {record}.", **known)
        talk.say(told)
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
        known = {"evidence": several[0].title(name), "count": len(several), "all": len(replies)}
        sure = Message("Is this on file for {count} of the {all}: {evidence}?", **known)
        if len(several) == len(replies):
            sure = Message("Is this on file for each of them: {evidence}?", evidence=known["evidence"])
        if talk.yes(sure):
            for reply in several:
                reply.evidence.append(name)


def _budgets(seen: Sequence[ApprovalPreview]) -> list[str]:
    """What all of them together would do to each budget that more than one of them counts against."""
    _, left = spoken(), dict[Any, Any]()
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
            known = {"name": which[0], "left": _.quantity(left[which])}
            if enough:
                out.append(_("{name}: {left} left now, {after} after.", **known, after=_.quantity(after)))
            else:
                out.append(_("{name}: {left} left now, not enough for {charge}.", **known, charge=_.quantity(total)))
    return out


def _became(reply: TaskReply, error: RemitError) -> str:
    """Why it was not answered: somebody else did, or what the ledger says."""
    _, number, done = spoken(), reply.task.entry.seq, reply.closed()
    if done is not None:
        known = {"number": number, "who": done.employee, "record": done.seq}
        return _("Task {number}: answered already, by {who} (record {record}).", **known)
    return _("Task {number}: not answered: {why}.", number=number, why=error_text(error))
