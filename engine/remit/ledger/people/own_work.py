"""What an employee did in a time, what is left of their budgets, and what others said of it: the figures of `remit me`.

All of it is found by the employee's own records and by what answers them, so it costs the same in a long log as in a short one.
Nothing here compares one employee with another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from remit.errors import RemitError
from remit.language.fast_dataclass import dataclass
from remit.language.values import Money
from remit.ledger.caps.balances import Balance
from remit.ledger.log.entry import Entry
from remit.ledger.log.record_ids import seq_of
from remit.ledger.recorded_facts import whole

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.policy.model import Model

__all__ = ["GivenRemedy", "OwnBudget", "OwnReview", "OwnTask", "OwnWork", "own_work"]

#: Kind -> what the employee did. A decision that nothing followed is a question, unless the record says what they did.
_DID = {"grant": "given", "settle": "given", "escalate": "sent_up", "void": "taken_back"} | dict.fromkeys(
    ("approve", "permit", "decline", "agree"), "answered"
)
_FATES = ("approve", "permit", "decline")


@dataclass(frozen=True, slots=True)
class GivenRemedy:
    """A remedy that was given, ``times`` so often, less what was taken back: ``total`` is money or a count, and of an exception
    how often."""

    title: str
    times: int
    total: Money | int
    remedy: str
    #: The policy that it was given under, in which others read its title.
    model: Model = field(compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; money as text."""
        return {"title": self.title, "times": self.times, "total": _plain(self.total)}


@dataclass(frozen=True, slots=True)
class OwnBudget:
    """What is left of a cap that is kept for the employee, or of their discretion, under one policy."""

    policy: str
    balance: Balance
    model: Model = field(compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; money as text."""
        return {"policy": self.policy, **self.balance.to_dict()}


@dataclass(frozen=True, slots=True)
class OwnTask:
    """What was sent up, to whom (a role or ``owner:NAME``), and the record that answered it; ``None`` while it waits."""

    task: Entry
    to: str
    answer: Entry | None


@dataclass(frozen=True, slots=True)
class OwnReview:
    """A review of what the employee did, their dispute of it, and the answer."""

    review: Entry
    dispute: Entry | None = None
    answer: Entry | None = None


@dataclass(frozen=True, slots=True)
class OwnWork:
    """What an employee did from ``since`` on. ``counts``: how often they ``asked``, had ``given``, ``sent_up``, ``declined``,
    ``handed_over``, ``taken_back`` and ``answered`` what others sent up; ``backed``: in how many of those that they declined
    or handed over a guardrail denied what was asked. ``stories`` are the records in which they told one."""

    employee: str
    since: datetime
    counts: Mapping[str, int]
    backed: int = 0
    given: tuple[GivenRemedy, ...] = ()
    budgets: tuple[OwnBudget, ...] = ()
    tasks: tuple[OwnTask, ...] = ()
    stories: tuple[Entry, ...] = ()
    reviews: tuple[OwnReview, ...] = ()
    #: What else others did with it: disputes of the employee's own reviews, and grants of theirs that were taken back.
    others: tuple[Entry, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """For JSON, with the words that people wrote for this employee to read."""
        return {
            "employee": self.employee,
            "since": self.since.isoformat(),
            "counts": dict(self.counts),
            "backed": self.backed,
            "given": [each.to_dict() for each in self.given],
            "budgets": [each.to_dict() for each in self.budgets],
            "tasks": [
                {"number": each.task.seq, "to": each.to, "answer": _said(each.answer) if each.answer else None}
                for each in self.tasks
            ],
            "stories": [{"number": each.seq, "story": each.words("story", reveal=True)} for each in self.stories],
            "reviews": [
                {
                    **_said(each.review),
                    "dispute": _said(each.dispute) if each.dispute else None,
                    "answer": _said(each.answer) if each.answer else None,
                }
                for each in self.reviews
            ],
            "others": [_said(each) for each in self.others],
        }


def own_work(ledger: Ledger, employee: str, *, role: str | None, since: datetime) -> OwnWork:
    """What an employee did, or others answered to it, from ``since`` on. ``role`` is the one in which their budgets are read;
    where it is left out, or on no ladder, that of their newest record."""
    mine = list(ledger.records(employee=employee, since=since))
    replies = ledger.replies(employee, since=since)
    counts = Counter(did for entry in mine if (did := _did(entry)))
    backed = sum(1 for entry in mine if entry.act is not None and entry.backed_by)
    return OwnWork(
        employee,
        since,
        {name: counts[name] for name in ("asked", "given", "sent_up", "declined", "handed_over", "taken_back", "answered")},
        backed,
        tuple(_given(ledger, mine, replies)),
        tuple(_budgets(ledger, mine, employee, role)),
        tuple(_tasks(ledger, mine, replies)),
        tuple(entry for entry in mine if entry.kind != "decide" and "story" in entry.opened),
        tuple(_reviews(ledger, mine, replies)),
        tuple(entry for entry in replies if entry.kind in ("dispute", "void")),
    )


def _did(entry: Entry) -> str | None:
    if entry.kind == "decide":
        return entry.act or "asked"
    return _DID.get(entry.kind)


def _given(ledger: Ledger, mine: Sequence[Entry], replies: Sequence[Entry]) -> Iterator[GivenRemedy]:
    """What was given by remedy, less what was taken back of it since, by them or by others."""
    amounts: dict[str, dict[str, int]] = {}
    policies: dict[str, Entry] = {}
    for entry in mine:
        if entry.kind in ("grant", "settle"):
            said = entry.body["given"] if entry.kind == "settle" else entry.body["decision"]["asked"]
            target = entry.id if entry.kind == "grant" else str(entry.of)  # a void names the hold
            amounts[target] = {name: whole(each) for name, each in said.items()}
            policies[target] = entry
    for entry in (*mine, *replies):
        if entry.kind == "void" and entry.of in amounts:
            part = entry.body.get("part")
            for name, amount in list(amounts[entry.of].items()):
                amounts[entry.of][name] = amount - whole(part.get(name, 0)) if part is not None else 0
    totals: dict[tuple[str, str, str], list[int]] = {}
    known: dict[tuple[str, str, str], tuple[str, Model]] = {}
    for target, each in amounts.items():
        model = ledger.policy_of(policies[target]).model
        for name, amount in each.items():
            if amount:
                remedy = model.remedies[name]
                unit = model.currency_code if remedy.kind == "money" else ""
                totals.setdefault((model.id, remedy.title, unit), []).append(amount)
                known[model.id, remedy.title, unit] = name, model
    for which, found in sorted(totals.items()):
        _, title, unit = which
        yield GivenRemedy(title, len(found), Money.from_minor(sum(found), unit) if unit else sum(found), *known[which])


def _budgets(ledger: Ledger, mine: Sequence[Entry], employee: str, role: str | None) -> Iterator[OwnBudget]:
    """What is left of the caps that are kept for the employee alone, under each policy that they used: by the text, and in the
    currency, of their newest decision under it."""
    newest = {entry.body["policy"]["id"]: entry for entry in mine if "decision" in entry.body}
    for policy_id, entry in newest.items():
        policy = ledger.policy_of(entry)
        who = {"id": employee, "role": role if role in policy.model.ladder else entry.role}
        asked = {"employee": who, "asked": {}, "facts": {}, "currency": entry.body["policy"].get("currency")}
        try:
            found = ledger.balances(policy, asked)
        except RemitError:  # they have no role under this policy any more
            continue
        for balance in found.values():
            if balance.left is not None and (balance.name == "discretion" or "employee.id" in balance.key):
                yield OwnBudget(policy_id, balance, policy.model)


def _tasks(ledger: Ledger, mine: Sequence[Entry], replies: Sequence[Entry]) -> Iterator[OwnTask]:
    """What was sent up or answered in the time."""
    sent = {entry.id: entry for entry in mine if entry.kind == "escalate"}
    answers = {str(entry.of): entry for entry in replies if entry.kind in _FATES}
    for task_id in answers.keys() - sent.keys():
        earlier = ledger.record(task_id)
        if earlier.kind == "escalate":
            sent[task_id] = earlier
    for task_id in sorted(sent):  # ids sort in the order of the log
        yield OwnTask(sent[task_id], str(sent[task_id].body["to"]), answers.get(task_id))


def _reviews(ledger: Ledger, mine: Sequence[Entry], replies: Sequence[Entry]) -> Iterator[OwnReview]:
    """What was reviewed, or answered of disputes, in the time."""
    reviews = {entry.id: entry for entry in replies if entry.kind == "review"}
    disputes = {str(entry.of): entry for entry in mine if entry.kind == "dispute"}
    answers = {str(entry.of): entry for entry in replies if entry.kind == "answer"}
    for dispute_id in answers.keys() - {entry.id for entry in disputes.values()}:
        earlier = ledger.record(dispute_id)
        disputes[str(earlier.of)] = earlier
    for review_id in sorted({*reviews, *disputes}):
        dispute = disputes.get(review_id)
        answer = answers.get(dispute.id) if dispute is not None else None
        yield OwnReview(reviews.get(review_id) or ledger.record(review_id), dispute, answer)


def _said(entry: Entry) -> dict[str, Any]:
    """What somebody said, with their words."""
    names = ("verdict", "cause", "tags", "result", "shared")
    out = {"number": entry.seq, "kind": entry.kind, "of": seq_of(entry.of or ""), "by": entry.employee}
    out |= {name: entry.body[name] for name in names if name in entry.body}
    return out | {name: text for name in ("note", "reason") if (text := entry.words(name, reveal=True)) is not None}


def _plain(value: Money | int | date) -> Any:
    return value if isinstance(value, int) else str(value)
