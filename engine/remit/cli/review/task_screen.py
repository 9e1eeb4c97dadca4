"""A task that waits, for the person who answers it: one screen that says all they need, and the line that stands for it in a
list. Nothing here asks or answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from remit.cli.support.record_text import waited
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow, cells, wrap
from remit.language import words
from remit.language.fast_dataclass import dataclass

if TYPE_CHECKING:
    from remit.decision.detail import Reason
    from remit.ledger.log.entry import Entry
    from remit.ledger.people.answers import ApprovalPreview
    from remit.ledger.people.task_list import Task
    from remit.policy.model import Fact, Model

__all__ = [
    "TaskLine",
    "about",
    "asked_for",
    "case_lines",
    "budget_lines",
    "reason_kind",
    "customer_of",
    "known_facts",
    "screen",
    "verdict",
    "when",
]

#: Lines of a screen of 24 that are left for a page, above the keys and the prompt.
_HEIGHT: Final = 20
_CASE: Final = "The case"


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One line of a screen: what it is called, what it says, and what that means, for those who ask."""

    label: str
    text: str
    meaning: str = ""


def asked_for(model: Model, asked: Mapping[str, Any]) -> str:
    """``45 EUR folio credit and late checkout``."""
    given = {name: value for name, value in asked.items() if not words.nothing(value)}
    return words.listing(words.amount(model.remedies[name].title, value) for name, value in given.items()) or "advice"


def when(task: Task, now: datetime) -> str:
    """``waiting 3 hours, due in 20 minutes``."""
    since = f"waiting {waited(now - task.since)}"
    if task.due is None:
        return since
    late = now - task.due
    return f"{since}, {f'overdue by {waited(late)}' if late > timedelta() else f'due in {waited(-late)}'}"


def about(task: Task, model: Model, *, short: bool = False) -> str:
    """Which customer and which case, by their ids; ``short``: without what these are called."""
    return customer_of(task.entry, model, short=short)


def customer_of(entry: Entry, model: Model, *, short: bool = False) -> str:
    """The same, of any record with a request."""
    facts = entry.facts(reveal=True)
    ids = [name for name, fact in model.facts.items() if fact.is_id and not fact.mask and not name.startswith("employee.")]
    known = {words.name(name): facts[name] for name in ids if facts.get(name) is not None}
    known |= {"case": entry.case} if entry.case else {}
    told = [str(value) if short else f"{name} {value}" for name, value in known.items()]
    return ", ".join(told) or ("a customer not known yet" if short else "not known yet")


def reason_kind(task: Task, model: Model) -> tuple[str, str]:
    """What kind of reason sent a task up, to put like with like, and how that is said of several."""
    assert task.entry.decision is not None
    role = words.a(words.name(str(task.entry.role)))
    for reason in task.entry.decision.reasons:
        said = _OF_SEVERAL.get(reason.kind)
        if said is not None:
            return f"{reason.kind} {reason.id}", said.format(role=role, id=reason.id)
    return "other", "for other reasons"


#: What sent several tasks up, by the kind of reason.
_OF_SEVERAL: Final[Mapping[str, str]] = {
    "limit": "above {role}'s limit",
    "cap": "more than is left of `{id}`",
    "guardrail": "sent up by `{id}`",
    "gap": "no rule covers them",
    "claim": "more than is left of the claim",
    "undetermined": "`{id}` cannot be worked out",
}

#: Reasons that say why it may be given, or what else would be needed; not why it was sent up.
_NOT_WHY: Final = frozenset(("rule", "requirement", "near", "trust"))


def _why(reasons: Sequence[Reason]) -> str:
    """Why it was escalated, in words."""
    return "; ".join(
        reason.text
        if reason.kind not in ("guardrail", "cap") or reason.text.startswith(reason.id)
        else f"{reason.id}: {reason.text}"
        for reason in reasons
        if reason.kind not in _NOT_WHY
    )


def case_lines(
    task: Task, model: Model, facts: Mapping[str, Any], evidence: Sequence[str], lacks: str, earlier: str = ""
) -> Iterator[TaskLine]:
    """What there is to know about a task. ``facts`` and ``evidence`` are what its approver has added; ``lacks`` is what is
    still to be known, and ``earlier`` what is known of the customer."""
    entry, now = task.entry, datetime.now(UTC)
    assert entry.decision is not None
    who = f"{entry.employee} ({words.name(str(entry.role))})"
    read = entry.facts(reveal=True)
    site = f", {read['employee.site']}" if read.get("employee.site") else ""
    yield TaskLine("Asked by", f"{who}{site}", "Who asked, in which role and where. Nobody answers their own request.")
    yield TaskLine("Customer", about(task, model), "Whom it is for: the ids of the customer and of the case.")
    if earlier:
        yield TaskLine("Earlier", earlier, "Earlier cases of this customer, and the newest note: `remit customer` shows all.")
    why = _why(entry.decision.reasons)
    yield TaskLine("Why you", why or "Somebody above must agree", "Why the policy sent it to somebody above.")
    if story := entry.words("story", reveal=True):
        yield TaskLine("Their words", story, "What the person who asked wrote about it.")
    if told := known_facts(model, read, facts):
        yield TaskLine("Known", told, "The facts that the decision is based on, assumed ones included.")
    filed = [_title(model, name) for name in dict.fromkeys((*entry.body["request"]["evidence"], *evidence))]
    yield TaskLine("On file", words.listing(filed) or "nothing", "The evidence that somebody says is on file.")
    due = f"; due {_moment(task.due)}" if task.due is not None else ""
    waiting = f"{words.capital(when(task, now))} (sent {_moment(task.since)}{due})"
    yield TaskLine("Since", waiting, "When it was sent, and when it is due. After that it goes to the next role, too.")
    if task.count > 1:
        agreed = words.listing(task.agreed) or "nobody yet"
        yield TaskLine(
            "Agreed", f"{agreed}; {task.count} people must agree", "Who has agreed. The last one's approval gives it."
        )
    if lacks:
        yield TaskLine("Not known", lacks, "What must be known or on file before it can be given. `a` asks for it.")


def known_facts(model: Model, read: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> str:
    """The facts that a decision ``read``, and ``more``, in a row; without the ids."""
    known = {name: value for name, value in {**read, **(more or {})}.items() if value is not None}
    return ", ".join(
        f"{words.name(name)} {_said(model.facts[name], value)}" for name, value in known.items() if _is_shown(model, name, read)
    )


def _is_shown(model: Model, name: str, read: Mapping[str, Any]) -> bool:
    """Whether a fact belongs among what is known: not an id that is shown above, nor what is known of the employee."""
    return name in model.facts and not (model.facts[name].is_id and name in read) and not name.startswith("employee.")


def budget_lines(seen: ApprovalPreview) -> Iterator[TaskLine]:
    """What is left now, and would be left after, of every cap that it counts against; first those that are not enough."""

    def is_enough(name: str) -> bool:
        after = seen.left_after(name)
        return after is None or not _below_zero(after)

    for name in sorted(seen.balances, key=is_enough):
        balance = seen.balances[name]
        charge, after = seen.charge(name), seen.left_after(name)
        if balance.left is None:
            lacks = words.listing(map(words.name, balance.missing))
            yield TaskLine(name, f"not known until we have the {lacks}", "A budget that is kept by what is not known yet.")
        elif charge is not None:
            of = f"of {words.quantity(balance.max)} {_over(balance.over)}"
            text = f"{words.quantity(balance.left)} left, {words.quantity(after)} after, {of}"
            if not is_enough(name):
                text = f"{words.quantity(balance.left)} left, {of}: not enough for {words.quantity(charge)}"
            yield TaskLine(name, text, "A budget of the policy: what is left of it for you, before and after your answer.")


def verdict(seen: ApprovalPreview, model: Model, name: str) -> str:
    """What approving would do, and where it is not possible, why not and the most they could give."""
    if seen.kind == "approve":
        return "Your approval gives it."
    if seen.kind == "agree":
        return "Your approval counts; somebody else must agree, too, before it is given."
    missing = seen.decision.missing
    if missing.facts or missing.evidence or missing.story:
        return "It can be given once the rest is known: `a` asks for it."
    why = str(seen.in_the_way).replace(f"{name} cannot approve it", "You cannot approve this", 1)
    alone = [offer for offer in seen.decision.offers if not offer.beside]
    wanted = [name for name, value in seen.decision.asked.items() if not words.nothing(value)]
    most = words.listing(_most(model, offer.remedy, offer.amount) for offer in alone if offer.remedy in wanted)
    if most:
        return f"{why}. You may give {most}; `o` shows what else."
    return f"{why}. {'You may give something else: `o` shows what.' if alone else 'There is nothing that you may give.'}"


def screen(
    headline: str, case: Sequence[TaskLine], doing: Sequence[TaskLine], doing_heading: str, width: int, taken: int = 0
) -> AnswerPage:
    """A task as a page of at most 20 lines, less those that are ``taken``; what does not fit is cut, and `?` shows it."""
    doing = list(doing)
    while True:
        limits = [1] * (len(case) + len(doing))
        page = _page(headline, case, doing, doing_heading, width, limits)
        if _height(page, width) <= _HEIGHT - taken or len(doing) < 3:
            break
        doing = [*doing[:-2], doing[-1]]  # the last budget; what it comes to stays
    for most in (2, 3, 6):
        for number in range(len(limits)):
            tried = [most if at == number else limit for at, limit in enumerate(limits)]
            larger = _page(headline, case, doing, doing_heading, width, tried)
            if _height(larger, width) <= _HEIGHT - taken:
                page, limits = larger, tried
    return page


def _page(
    headline: str, case: Sequence[TaskLine], doing: Sequence[TaskLine], heading: str, width: int, limits: Sequence[int]
) -> AnswerPage:
    """The page with so many lines for each of its rows."""
    left = max(cells(line.label) for line in (*case, *doing))

    def row(line: TaskLine, most: int) -> PageRow:
        if not line.label:
            return PageRow(line.text)
        return PageRow(f"{line.label}{' ' * (left - cells(line.label))}", _cut(line, most, width - left - 4))

    first = [row(line, most) for line, most in zip(case, limits[: len(case)], strict=True)]
    second = [row(line, most) for line, most in zip(doing, limits[len(case) :], strict=True)]
    return AnswerPage(headline, "heading", (PageBlock(_CASE, tuple(first)), PageBlock(heading, tuple(second))))


def _cut(line: TaskLine, most: int, width: int) -> str:
    """The text of a line in so many lines; where it was longer, how to see all of it."""
    if len(wrap(line.text, width)) <= most:
        return line.text
    more = f" ... (? {line.label.lower()})"
    parts = line.text.split(" ")
    while len(parts) > 1 and len(wrap(" ".join(parts) + more, width)) > most:
        parts.pop()
    return " ".join(parts) + more


def _height(page: AnswerPage, width: int) -> int:
    return page.paint(width).count("\n") + 1


def _most(model: Model, remedy: str, amount: Any) -> str:
    said = words.amount(model.remedies[remedy].title, amount)
    return said if amount is True else f"up to {said}"


def _title(model: Model, evidence: str) -> str:
    known = model.evidence.get(evidence)
    return words.in_sentence(known.title) if known else words.name(evidence)


def _said(fact: Fact, value: Any) -> str:
    """The value of a fact, as a record has it."""
    if fact.mask:
        return "(hidden)"
    if isinstance(value, list | tuple):
        return words.listing(_said(fact, each) for each in value)
    if isinstance(value, str):
        return value.replace("_", " ") if (fact.type.element or fact.type).kind == "choice" else value
    return words.value(value)


def _over(over: str) -> str:
    return "in all" if over == "lifetime" else f"per {over}"


def _below_zero(amount: Any) -> bool:
    return bool((amount if isinstance(amount, int) else amount.minor) < 0)


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at is not None else ""
