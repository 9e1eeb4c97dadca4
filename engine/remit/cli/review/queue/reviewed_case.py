"""One record as a reviewer sees it: what happened, for whom, what was known, what the policy said, and why it was drawn.

What other reviewers said of it is not shown: everybody comes to their own verdict first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from remit.cli.review.record_text import became
from remit.cli.review.tasks.task_screen import TaskLine, known_facts
from remit.cli.review.tasks.task_words import asked_for, customer_of
from remit.errors import RemitError
from remit.language import words

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry
    from remit.policy.model import Model
    from remit.review.drawing.draw import DrawnRecord
    from remit.review.rosters import Rosters

__all__ = ["case_of_record", "policy_line", "said_of_record", "site_of", "what_was_done"]

#: Kind, or act -> what was done with it.
_DONE: Final = {
    "grant": "{what} given",
    "hold": "{what} held",
    "settle": "{what} given",
    "escalate": "{what}, sent up to {to}",
    "approve": "{what} approved",
    "agree": "{what}: agreed, with others",
    "permit": "{what} permitted",
    "decline": "{what} declined",
    "void": "{what} taken back",
    "release": "{what} released",
    "declined": "{what} not given",
    "handed_over": "{what}, handed over to {to}",
    "review": "a review",
}
#: What the decision was, in a few words.
_OUTCOMES: Final = {
    "grant": "Within what the policy allows",
    "escalate": "For somebody above to decide",
    "deny": "Not allowed",
    "ask": "Not all was known",
}
#: How many cases of a customer are looked at.
_CASES: Final = 50
#: What followed, where it is no verdict.
_AFTER: Final = {
    "settle": "given",
    "release": "released",
    "void": "taken back",
    "agree": "agreed to",
    "permit": "permitted",
    "approve": "approved",
    "decline": "declined",
    "overdue": "overdue",
}


def what_was_done(ledger: Ledger, entry: Entry) -> str:
    """``50 EUR folio credit given``."""
    request = request_of(ledger, entry)
    model = ledger.policy_of(request).model
    what = asked_for(model, request.decision.asked) if request.decision is not None else "advice"
    if entry.kind == "void" and (part := entry.body.get("part")):
        titles = {name: words.in_sentence(model.remedies[name].title) for name in part}
        what = words.listing(titles[name] if amount is True else f"{amount} {titles[name]}" for name, amount in part.items())
    done = _DONE.get(entry.act or entry.kind, "{what}")
    return done.format(what=what, to=_addressee(str(entry.body.get("to"))))


def request_of(ledger: Ledger, entry: Entry) -> Entry:
    """The record that holds what was asked and decided: this one, or the one that it answers."""
    while entry.decision is None and entry.of is not None:
        entry = ledger.record(entry.of)
    return entry


def site_of(rosters: Rosters, entry: Entry) -> str | None:
    """Where somebody works who did something, by the roster that the record names."""
    digest = entry.body.get("roster")
    person = rosters.person(digest, str(entry.employee)) if digest is not None else None
    site = person.site if person is not None else entry.facts().get("employee.site")
    return site if isinstance(site, str) else None


def case_of_record(ledger: Ledger, rosters: Rosters, entry: Entry, *, is_agent: bool) -> Iterator[TaskLine]:
    """What there is to know about a record."""
    request = request_of(ledger, entry)
    model = ledger.policy_of(request).model
    agent = ", an AI agent" if is_agent else ""
    when = f"{entry.recorded.astimezone():%Y-%m-%d %H:%M}"
    who = ", ".join(filter(None, (f"{entry.employee} ({words.name(str(entry.role))})", site_of(rosters, entry))))
    yield TaskLine("By", f"{who}{agent}, {when}", "Who did it, in which role, where and when.")
    if request.seq != entry.seq or entry.body.get("requester"):
        asker = entry.body.get("requester") or request.body["employee"]
        label = "Given by" if entry.kind == "void" else "Asked by"
        yield TaskLine(label, f"{asker['id']} ({words.name(asker['role'])})", "Who dealt with the customer.")
    yield TaskLine("Customer", customer_of(request, model), "Whom it is for: the ids of the customer and of the case.")
    if earlier := _earlier(ledger, request):
        yield TaskLine("Earlier", earlier, "Their cases before this one, and how many since: `remit customer` shows all.")
    if told := known_facts(model, request.facts(reveal=True)):
        yield TaskLine("Known", told, "The facts that the decision is based on, assumed ones included.")
    if filed := (request.body.get("request") or {}).get("evidence"):
        titles = [words.in_sentence(model.evidence[name].title) if name in model.evidence else name for name in filed]
        yield TaskLine("On file", words.listing(titles), "The evidence that somebody says is on file.")
    for name, label in (("story", "Their words"), ("reason", "Reason"), ("note", "Note")):
        if text := entry.words(name, reveal=True) or (request.words(name, reveal=True) if name == "story" else None):
            yield TaskLine(label, text, "What the person who did it wrote about it.")
    related = ledger.related(entry.id)
    if after := _after(related, entry):
        yield TaskLine("Afterwards", after, "What became of it since. `w` shows the whole record.")
    if outcome := _outcome(related):
        yield TaskLine("Outcome", words.capital(outcome), "What became of the customer, where somebody recorded it.")


def policy_line(ledger: Ledger, entry: Entry) -> Iterator[TaskLine]:
    """What the policy said about it."""
    request = request_of(ledger, entry)
    if request.decision is not None:
        model = ledger.policy_of(request).model
        decision = request.decision
        said = ". ".join(filter(None, (_OUTCOMES[decision.outcome], _why(decision), _limits(decision, model))))
        yield TaskLine("The policy", f"{said}.", "What the policy said: the outcome, why, and how far this role could go.")


def said_of_record(ledger: Ledger, entry: Entry, drawn: DrawnRecord) -> Iterator[TaskLine]:
    """What the policy said about it, and why it was drawn."""
    yield from policy_line(ledger, entry)
    why = "Why you see it. It says where to look, not that something is wrong."
    yield TaskLine("Drawn", f"{words.capital(drawn.words)}.", why)


def _why(decision: Decision) -> str:
    """The reasons in words, each once."""
    told = (each.text.rstrip(".") for each in decision.reasons if each.kind not in ("near", "requirement"))
    return ". ".join(map(words.capital, dict.fromkeys(told)))


def _limits(decision: Decision, model: Model) -> str:
    """How far this role could go with what was asked."""
    told = []
    for name, part in decision.remedies.items():
        if words.nothing(part.asked) or model.remedies[name].kind == "exception":
            continue
        told.append(words.amount(model.remedies[name].title, part.available))
        if not words.nothing(part.owed):
            told[-1] += f" ({words.quantity(part.owed)} of it owed)"
    return f"Up to {words.listing(told)} was possible" if told else ""


def _after(related: Sequence[Entry], entry: Entry) -> str:
    """What followed from a record, but for verdicts."""
    told = []
    for each in related:
        if each.seq > entry.seq and each.kind in _AFTER:
            by = f" by {each.employee}" if each.employee else ""
            told.append(f"{_AFTER[each.kind]}{by} (record {each.seq})")
    return "; ".join(told)


def _earlier(ledger: Ledger, request: Entry) -> str:
    """The customer's cases before this one, in one line; nothing where it is not said who they are."""
    try:
        facts = request.facts(reveal=True)
        who = ledger.customer(ledger.policy_of(request), {"facts": facts, "case": request.case}, last=_CASES)
    except RemitError:
        return ""
    if who is None:
        return ""
    before = [each for each in who.cases if each.number < request.seq]
    since = sum(each.number > request.seq for each in who.cases)
    count = len(before) + who.count - len(who.cases)
    if not count:
        return f"none; {since} since" if since else "none"
    last = f", the last: {before[0].what} on {before[0].day}" if before else ""
    return f"{count} {words.plural('case', count)}{last}{f'; {since} more since' if since else ''}"


def _outcome(related: Sequence[Entry]) -> str:
    """What became of the customer, where somebody recorded it; of several outcomes the newest counts."""
    return next((became(each.body) for each in reversed(related) if each.kind == "outcome"), "")


def _addressee(to: str) -> str:
    return "the policy's owner" if to.startswith("owner:") else words.a(words.name(to))
