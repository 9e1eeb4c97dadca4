"""A task that waits, for the person who answers it: one screen that says all they need, and the line that stands for it in a
list. Nothing here asks or answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from remit.cli.review.tasks.task_words import about, evidence_title, fact_name, in_the_way, reason_text, when
from remit.cli.support.spoken import amount as amount_of
from remit.cli.support.spoken import in_language, read, spoken
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow, cells, wrap
from remit.decision.page.fuller_words import told_reason
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.language.locales.messages import Message
from remit.language.locales.window_words import window
from remit.ledger.people.agreeing import CANNOT_APPROVE

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.ledger.people.answers import ApprovalPreview
    from remit.ledger.people.task_list import Task
    from remit.policy.model import Fact, Model

__all__ = ["TaskLine", "budget_lines", "case_lines", "known_facts", "screen", "verdict"]

#: Lines of a screen of 24 that are left for a page, above the keys and the prompt.
_HEIGHT: Final = 20


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One line of a screen: what it is called, what it says, and what that means, for those who ask."""

    label: str
    text: str
    meaning: str = ""


#: Reasons that say why it may be given, or what else would be needed; not why it was sent up.
_NOT_WHY: Final = frozenset(("rule", "requirement", "near", "trust"))


def _why(decision: Decision, model: Model) -> str:
    """Why it was escalated, in words."""
    told = ((each, told_reason(each, decision, model, spoken())) for each in decision.reasons if each.kind not in _NOT_WHY)
    return "; ".join(
        text if each.kind not in ("guardrail", "cap") or text.startswith(each.id) else f"{each.id}: {text}"
        for each, text in told
    )


def case_lines(
    task: Task, model: Model, facts: Mapping[str, Any], evidence: Sequence[str], lacks: str, earlier: str = ""
) -> Iterator[TaskLine]:
    """What there is to know about a task. ``facts`` and ``evidence`` are what its approver has added; ``lacks`` is what is
    still to be known, and ``earlier`` what is known of the customer."""
    _, entry, now = spoken(), task.entry, datetime.now(UTC)
    assert entry.decision is not None
    who = f"{entry.employee} ({_.role(str(entry.role))})"
    read_facts = entry.facts(reveal=True)
    site = f", {read_facts['employee.site']}" if read_facts.get("employee.site") else ""
    told = _("Who asked, in which role and where. Nobody answers their own request.")
    yield TaskLine(_("Asked by"), f"{who}{site}", told)
    yield TaskLine(_("Customer"), about(task, model), _("Whom it is for: the ids of the customer and of the case."))
    if earlier:
        told = _("Earlier cases of this customer, and the newest note: `remit customer` shows all.")
        yield TaskLine(_("Earlier"), earlier, told)
    why = _why(in_language(entry.decision, model), read(model))
    yield TaskLine(_("Why you"), why or _("Somebody above must agree"), _("Why the policy sent it to somebody above."))
    if story := entry.words("story", reveal=True):
        yield TaskLine(_("Their words"), story, _("What the person who asked wrote about it."))
    if said := known_facts(model, read_facts, facts):
        yield TaskLine(_("Known"), said, _("The facts that the decision is based on, assumed ones included."))
    filed = [evidence_title(model, name) for name in dict.fromkeys((*entry.body["request"]["evidence"], *evidence))]
    yield TaskLine(_("On file"), _.listing(filed) or _("nothing"), _("The evidence that somebody says is on file."))
    told = _("When it was sent, and when it is due. After that it goes to the next role, too.")
    yield TaskLine(_("Since"), _since(task, now), told)
    if task.count > 1:
        agreed = _.listing(task.agreed) or _("nobody yet")
        several = _("{names}; {count} people must agree", names=agreed, count=task.count)
        yield TaskLine(_("Agreed"), several, _("Who has agreed. The last one's approval gives it."))
    if lacks:
        told = _("What must be known or on file before it can be given. `a` asks for it.")
        yield TaskLine(_("Not known"), lacks, told)


def _since(task: Task, now: datetime) -> str:
    """How long it has waited, and when it was sent and is due."""
    _ = spoken()
    known = {"waiting": words.capital(when(task, now)), "sent": task.since, "due": task.due}
    if task.due is None:
        return _("{waiting} (sent {sent})", **known)
    return _("{waiting} (sent {sent}; due {due})", **known)


def known_facts(model: Model, recorded: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> str:
    """The facts that a decision read (``recorded``), and ``more``, in a row; without the ids."""
    known = {name: value for name, value in {**recorded, **(more or {})}.items() if value is not None}
    shown = {name: value for name, value in known.items() if _is_shown(model, name, recorded)}
    return ", ".join(f"{fact_name(model, name)} {_said(read(model).facts[name], value)}" for name, value in shown.items())


def _is_shown(model: Model, name: str, read: Mapping[str, Any]) -> bool:
    """Whether a fact belongs among what is known: not an id that is shown above, nor what is known of the employee."""
    return name in model.facts and not (model.facts[name].is_id and name in read) and not name.startswith("employee.")


def budget_lines(seen: ApprovalPreview) -> Iterator[TaskLine]:
    """What is left now, and would be left after, of every cap that it counts against; first those that are not enough."""
    _ = spoken()

    def is_enough(name: str) -> bool:
        after = seen.left_after(name)
        return after is None or not _below_zero(after)

    for name in sorted(seen.balances, key=is_enough):
        balance = seen.balances[name]
        charge, after = seen.charge(name), seen.left_after(name)
        if balance.left is None:
            lacks = tuple(map(words.name, balance.missing))
            told = _("A budget that is kept by what is not known yet.")
            yield TaskLine(name, _("not known until we have the {names}", names=lacks), told)
        elif charge is not None:
            known = {"left": _.quantity(balance.left), "total": _.quantity(balance.max), "window": _over(balance.over)}
            text = _("{left} left, {after} after, of {total} {window}", **known, after=_.quantity(after))
            if not is_enough(name):
                text = _("{left} left, of {total} {window}: not enough for {charge}", **known, charge=_.quantity(charge))
            yield TaskLine(name, text, _("A budget of the policy: what is left of it for you, before and after your answer."))


def verdict(seen: ApprovalPreview, model: Model, name: str) -> str:
    """What approving would do, and where it is not possible, why not and the most they could give."""
    _ = spoken()
    if seen.kind == "approve":
        return _("Your approval gives it.")
    if seen.kind == "agree":
        return _("Your approval counts; somebody else must agree, too, before it is given.")
    missing = seen.decision.missing
    if missing.facts or missing.evidence or missing.story:
        return _("It can be given once the rest is known: `a` asks for it.")
    why = _cannot(seen, model, name)
    alone = [offer for offer in seen.decision.offers if not offer.beside]
    wanted = [name for name, value in seen.decision.asked.items() if not words.nothing(value)]
    most = _.listing(_most(model, offer.remedy, offer.amount) for offer in alone if offer.remedy in wanted)
    if most:
        return _("{why}. You may give {most}; `o` shows what else.", why=why, most=most)
    if alone:
        return _("{why}. You may give something else: `o` shows what.", why=why)
    return _("{why}. There is nothing that you may give.", why=why)


def _cannot(seen: ApprovalPreview, model: Model, name: str) -> str:
    """Why they cannot approve it, told to them: the ledger tells it of them."""
    _, told = spoken(), seen.in_the_way
    if isinstance(told, Message) and told.template == CANNOT_APPROVE and told.values["who"] == name:
        return _("You cannot approve this: {why}", why=reason_text(told.values["why"], seen.decision, model))
    return in_the_way(told or "", seen.decision, model)


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
    _, left = spoken(), max(cells(line.label) for line in (*case, *doing))

    def row(line: TaskLine, most: int) -> PageRow:
        if not line.label:
            return PageRow(line.text)
        return PageRow(f"{line.label}{' ' * (left - cells(line.label))}", _cut(line, most, width - left - 4))

    first = [row(line, most) for line, most in zip(case, limits[: len(case)], strict=True)]
    second = [row(line, most) for line, most in zip(doing, limits[len(case) :], strict=True)]
    return AnswerPage(headline, "heading", (PageBlock(_("The case"), tuple(first)), PageBlock(heading, tuple(second))))


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
    _, said = spoken(), amount_of(model, remedy, amount)
    return said if amount is True else _("up to {what}", what=said)


def _said(fact: Fact, value: Any) -> str:
    """The value of a fact, as a record has it."""
    _ = spoken()
    if fact.mask:
        return _("(hidden)")
    if isinstance(value, list | tuple):
        return _.listing(_said(fact, each) for each in value)
    if isinstance(value, str):
        return fact.called(value).replace("_", " ") if (fact.type.element or fact.type).kind == "choice" else _.of(value)
    return _.value(value)


def _over(over: str) -> str:
    """Within what time a budget is kept, after an amount: ``per 30 days``."""
    _ = spoken()
    return _("in all") if over == "lifetime" else _("per {window}", window=window(over))


def _below_zero(amount: Any) -> bool:
    return bool((amount if isinstance(amount, int) else amount.minor) < 0)
