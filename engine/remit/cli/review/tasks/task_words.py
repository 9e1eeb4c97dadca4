"""A task in a sentence: what is asked for, for whom, since when and why; and what is in the way of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from remit.cli.review.record_text import waited
from remit.cli.support.spoken import amounts, in_language, read, spoken
from remit.language import words
from remit.language.locales.messages import ENGLISH, Message, Sentence
from remit.ledger.people.agreeing import CANNOT_APPROVE

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.ledger.log.entry import Entry
    from remit.ledger.people.task_list import Task
    from remit.policy.model import Model

__all__ = [
    "about",
    "asked_for",
    "choice_name",
    "customer_of",
    "evidence_title",
    "fact_name",
    "in_the_way",
    "reason_kind",
    "reason_text",
    "when",
]


def asked_for(model: Model, asked: Mapping[str, Any]) -> str:
    """``45 EUR folio credit and late checkout``."""
    _ = spoken()
    return amounts(model, asked) or _("advice")


def when(task: Task, now: datetime) -> str:
    """``waiting 3 hours, due in 20 minutes``."""
    _, time = spoken(), waited(now - task.since)
    if task.due is None:
        return _("waiting {time}", time=time)
    late = now - task.due
    if late > timedelta():
        return _("waiting {time}, overdue by {late}", time=time, late=waited(late))
    return _("waiting {time}, due in {rest}", time=time, rest=waited(-late))


def about(task: Task, model: Model, *, short: bool = False) -> str:
    """Which customer and which case, by their ids; ``short``: without what these are called."""
    return customer_of(task.entry, model, short=short)


def customer_of(entry: Entry, model: Model, *, short: bool = False) -> str:
    """The same, of any record with a request."""
    _, facts = spoken(), entry.facts(reveal=True)
    ids = [name for name, fact in model.facts.items() if fact.is_id and not fact.mask and not name.startswith("employee.")]
    known = {fact_name(model, name): facts[name] for name in ids if facts.get(name) is not None}
    known |= {_("case"): entry.case} if entry.case else {}
    told = [str(value) if short else f"{name} {value}" for name, value in known.items()]
    return ", ".join(told) or (_("a customer not known yet") if short else _("not known yet"))


def reason_kind(task: Task, model: Model) -> tuple[str, str]:
    """What kind of reason sent a task up, to put like with like, and how that is said of several."""
    assert task.entry.decision is not None
    _, role = spoken(), str(task.entry.role)
    for reason in task.entry.decision.reasons:
        said = _OF_SEVERAL.get(reason.kind)
        if said is not None:
            return f"{reason.kind} {reason.id}", _(said, role=_.one(role), id=reason.id)
    return "other", _("for other reasons")


#: What sent several tasks up, by the kind of reason.
_OF_SEVERAL: Final[Mapping[str, Sentence]] = {
    "limit": Sentence("above {role}'s limit"),
    "cap": Sentence("more than is left of `{id}`"),
    "guardrail": Sentence("sent up by `{id}`"),
    "gap": Sentence("no rule covers them"),
    "claim": Sentence("more than is left of the claim"),
    "undetermined": Sentence("`{id}` cannot be worked out"),
}


def in_the_way(told: str, decision: Decision, model: Model) -> str:
    """Why something was not approved, with the reason of the ``decision`` in the language that is spoken; without a period."""
    _ = spoken()
    if isinstance(told, Message) and told.template == CANNOT_APPROVE:
        return _(CANNOT_APPROVE, who=told.values["who"], why=reason_text(told.values["why"], decision, model)).rstrip(".")
    return _.of(told)


def reason_text(why: str, decision: Decision, model: Model) -> str:
    """A reason of a decision, or of the ledger's own."""
    read_so = zip(decision.reasons, in_language(decision, model).reasons, strict=True)
    return next((other.text for own, other in read_so if own.text == why), spoken().of(why))


def evidence_title(model: Model, evidence: str) -> str:
    """A piece of evidence inside a sentence."""
    told = read(model)
    known = told.evidence.get(evidence)
    return spoken().in_sentence(known.title, told.languages) if known else words.name(evidence)


def fact_name(model: Model, name: str) -> str:
    """What a fact is called: in another language by its title, where it has one."""
    known = read(model).facts.get(name)
    title = known.title if known is not None and spoken() is not ENGLISH else None
    return title or words.name(name)


def choice_name(model: Model, name: str, value: Any) -> str:
    """What a value of a choice is called."""
    word, told = str(value), read(model)
    fact = told.facts.get(name)
    if fact is None or word not in fact.choice_titles:
        return words.name(word)
    return spoken().in_sentence(fact.called(word), told.languages)
