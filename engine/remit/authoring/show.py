"""A policy as a person reads it: headings, sentences and tables, taken from the checked model.

:func:`document` makes the one structure; the terminal and Markdown are two ways to print it, and others can be added beside
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from remit.decision.typed import expected
from remit.language import words
from remit.language.values import Money
from remit.policy import phrases
from remit.policy.model import (
    Amounts,
    Approval,
    Cap,
    Dated,
    Effective,
    Expression,
    Fact,
    Formula,
    Guardrail,
    Model,
    Requirement,
    Rule,
    Table,
    Value,
)
from remit.policy.phrases import about_history, accounts, claims, question, titles_of

__all__ = ["Sheet", "Section", "about_fact", "accounts", "age", "claims", "document", "effect", "markdown", "period", "plain"]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and a table where ``columns`` are given; then what belongs below the same heading.

    ``lead`` stands before the table, ``notes`` after it.
    """

    heading: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    parts: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole policy for people."""

    title: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def document(model: Model, proofs: Mapping[str, str] = MappingProxyType({})) -> Sheet:
    """The policy that ``model`` holds, for people. ``proofs``: what is known of its promises, by their ids."""
    parts = (
        _owed(model),
        _may(model),
        _guardrails(model),
        _claims(model),
        _caps(model),
        _discretion(model),
        _evidence(model),
        _approvals(model),
        _shows(model),
        *(_value(each, titles_of(model)) for each in model.values.values()),
        _questions(model),
        _promises(model, proofs),
    )
    return Sheet(model.title, tuple(_about(model)), tuple(section for section in parts if section is not None))


def markdown(sheet: Sheet) -> str:
    """The document as Markdown, without a newline at its end."""
    lines = [f"# {plain(sheet.title)}", "", *(f"- **{plain(label)}:** {plain(text)}" for label, text in sheet.about)]
    for section in sheet.sections:
        lines += _markdown(section, "##")
    return "\n".join(lines)


def _markdown(section: Section, marks: str) -> Iterator[str]:
    yield from ("", f"{marks} {plain(section.heading)}")
    for text in section.lead:
        yield from ("", plain(text))
    if section.columns:
        yield from ("", _cells(section.columns), _cells(["---"] * len(section.columns)), *map(_cells, section.rows))
    for text in section.notes:
        yield from ("", plain(text))
    for part in section.parts:
        yield from _markdown(part, f"{marks}#")


def _cells(cells: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(plain(cell).replace("|", "\\|").replace("\n", "<br>") for cell in cells) + " |"


def plain(text: str) -> str:
    """``text`` as Markdown that makes no element of HTML, no link and no picture of it.

    >>> plain("a <script> and [a link](https://example.org), if 1 < 2")
    'a &lt;script> and [a link]\\\\(https://example.org), if 1 < 2'
    """
    return _LINK.sub(r"]\\(", _ELEMENT.sub("&lt;", text))


_ELEMENT: Final = re.compile("<(?=[A-Za-z/!?])")
_LINK: Final = re.compile(r"\]\(")


def _about(model: Model) -> Iterator[tuple[str, str]]:
    yield "Policy", f"{model.id}, version {model.version}"
    yield "Owner", model.owner
    yield "For incidents", f"{period(model.effective)}{age(model)}"
    yield "Who decides", " < ".join(words.name(role) for role in model.ladder)
    if model.currency:
        others = f", one of {words.listing(model.currencies)}" if model.currencies else ""
        yield "Currency", model.currency + others + (f", rounded {model.rounding}" if model.rounding != "half up" else "")
    for each in model.rates:
        yield f"Rates {f'from {each.start}' if each.start else 'from the beginning'}", phrases.rates(model, each)
    if model.claims:
        yield "A claim, paid once", claims(model)
    if model.own_account:
        yield "An account of one's own", f"goes up: {accounts(model)}"
    if model.roster:
        yield "Roster", "required"
    missing = "goes up and is logged as a gap" if model.otherwise == "escalate" else "is denied"
    yield "A case that no rule covers", missing


def period(effective: Effective) -> str:
    """The days of the incidents that a policy is for."""
    since = f"from {effective.start}" if effective.start else "from the beginning"
    return since + (f" to before {effective.end}" if effective.end else "")


def age(model: Model) -> str:
    """How old an incident may be."""
    return f", at most {model.incidents.within} old" if model.incidents is not None else ""


def _titles(model: Model, remedies: Iterable[str]) -> str:
    return words.listing(words.in_sentence(model.remedies[name].title, model.languages) for name in remedies)


def _when(model: Model, each: Rule | Guardrail | Requirement | Approval) -> str:
    return phrases.condition(each.when, titles_of(model))


def _said(model: Model, each: Expression) -> str:
    return phrases.formula(each, titles_of(model))


def _owed(model: Model) -> Section | None:
    parts = []
    for rule in model.rules:
        rows = tuple((model.remedies[remedy].title, _said(model, amount)) for remedy, amount in rule.owed.items())
        if rows:
            parts.append(_situation(rule.because, _when(model, rule), ("What", "How much"), rows))
    lead = ("What is owed is never held back by a limit or a cap.",)
    return Section("What the customer is owed", lead=lead, parts=tuple(parts)) if parts else None


def _may(model: Model) -> Section | None:
    parts = []
    for rule in model.rules:
        named = [role for role in model.ladder if any(role in amounts for amounts in rule.may.values())]
        titles = titles_of(model)
        given = rule.may.items()
        rows = tuple((model.remedies[name].title, *_by_role(amounts, named, titles)) for name, amounts in given)
        if rows:
            columns = ("What", *_reach(model.ladder, named))
            parts.append(_situation(rule.because, _when(model, rule), columns, rows))
    asked_for = _titles(model, (name for name, each in model.remedies.items() if each.offer == "on_request"))
    lead = ["Of all that apply, the most generous counts."]
    if asked_for:
        lead.append(f"Only if the customer asks: {asked_for}.")
    lead.append(phrases.borne(model))
    return Section("What may be given, up to", lead=tuple(filter(None, lead)), parts=tuple(parts)) if parts else None


def _situation(because: str | None, when: str, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Section:
    said = words.capital(when)
    return Section(because or said, columns, rows, lead=(f"When: {said}.",) if because and when != "always" else ())


def _reach(ladder: tuple[str, ...], named: list[str]) -> Iterator[str]:
    """For each role that is named, whom it stands for: those up to the next that is named."""
    for role, following in zip(named, [*named[1:], None], strict=True):
        covered = ladder[ladder.index(role) : ladder.index(following) if following else None]
        last = "" if len(covered) == 1 else " and above" if following is None else f" to {words.name(covered[-1])}"
        yield "Everyone" if len(covered) == len(ladder) else words.capital(words.name(role)) + last


def _by_role(amounts: Amounts, named: list[str], titles: Mapping[str, str]) -> Iterator[str]:
    said = "\u2013"
    for role in named:
        said = phrases.formula(amounts[role], titles) if role in amounts else said
        yield said


def _guardrails(model: Model) -> Section | None:
    rows = tuple((_because(each.because, _when(model, each)), effect(model, each), each.say or "") for each in model.guardrails)
    return Section("What comes before all rules", ("When", "What happens", "Say"), rows) if rows else None


def _because(because: str | None, when: str) -> str:
    return f"{words.capital(when)}.\n{because}" if because else words.capital(when)


def effect(model: Model, each: Guardrail) -> str:
    """What a guardrail does, as a sentence without a period."""
    what = _titles(model, each.remedies)
    if each.effect == "deny":
        return f"No {what}" if what else "Nothing is given"
    if each.effect == "escalate":
        go = "go" if len(each.remedies) > 1 else "goes"
        told = f"{words.capital(what or 'everything')} {go} to the {words.name(each.to) if each.to else 'next role'}"
        titles = {name: words.in_sentence(model.remedies[name].title, model.languages) for name in each.most}
        most = words.listing(f"{titles[name]} up to {_said(model, amount)}" for name, amount in each.most.items())
        return f"{told}, who may agree to {most}" if most else told
    limits = []
    for remedy, amounts in each.limits.items():
        each_said = ((role, _said(model, amount)) for role, amount in amounts.items())
        said = [said if len(amounts) == 1 else f"{said} ({words.name(role)})" for role, said in each_said]
        limits.append(f"{words.in_sentence(model.remedies[remedy].title, model.languages)} at most {', '.join(said)}")
    return words.capital(words.listing(limits))


def _most(cap: Cap, role: str) -> str:
    most = cap.max[role]
    if cap.measure != "amount":
        return f"{words.quantity(most)} {cap.measure.removesuffix('s') if most == 1 else cap.measure}"
    if not cap.together:
        return words.quantity(most)
    of_all = cap.together[role]
    here = "" if isinstance(most, Money) and most.currency == of_all.currency else f" (now {words.quantity(most)})"
    return f"{words.quantity(of_all)} in all currencies{here}"


def _caps(model: Model) -> Section | None:
    rows = []
    for cap in model.caps:
        most = ", ".join(f"{_most(cap, role)}{'' if len(cap.max) == 1 else f' ({words.name(role)})'}" for role in cap.max)
        counted = _titles(model, cap.counts)
        counted += f"; with all caps shared as {cap.shared}" if cap.shared else ""
        each = words.listing(words.name(key) for key in cap.per) or "all together"
        rows.append((cap.id, each, most, str(cap.over), counted))
    return Section("Caps over time", ("Cap", "For each", "At most", "In", "Counts"), tuple(rows)) if rows else None


def _claims(model: Model) -> Section | None:
    rows = tuple(
        (
            words.capital(_titles(model, claim.remedies)),
            words.listing(map(words.name, claim.per)),
        )
        for claim in model.claims
    )
    notes = ("What a claim has received is taken off what it is still owed.",)
    return Section("Paid once", ("What is owed", "For each"), rows, notes) if rows else None


def _discretion(model: Model) -> Section | None:
    rows = tuple(
        (words.capital(words.name(role)), words.quantity(each.each), words.quantity(each.max), str(each.over))
        for role, each in model.discretion.items()
    )
    notes = ("Beyond the rules, when the case needs it; the story is told with it.",)
    return Section("Own discretion", ("Who", "At a time", "At most", "In"), rows, notes) if rows else None


def _evidence(model: Model) -> Section | None:
    rows = tuple(
        (
            words.capital(_when(model, each)),
            words.listing(words.in_sentence(model.evidence[name].title, model.languages) for name in each.evidence),
        )
        for each in model.requires
    )
    return Section("What must be on file first", ("When", "What"), rows) if rows else None


def _approvals(model: Model) -> Section | None:
    rows = tuple((words.capital(_when(model, each)), phrases.approval(each)) for each in model.approvals)
    return Section("Who must agree to what goes up", ("When", "Who"), rows) if rows else None


def _shows(model: Model) -> Section | None:
    rows = tuple((title, words.name(name)) for name, title in model.shows.items())
    return Section("What every answer shows", ("What", "Worked out as"), rows) if rows else None


def _value(value: Value, titles: Mapping[str, str]) -> Section:
    heading = f"How it is worked out: {words.name(value.name)}"
    match value.definition:
        case Formula(expression=expression):
            return Section(heading, notes=(words.capital(phrases.formula(expression, titles)),))
        case Dated(entries=entries, by=by):
            rows = tuple((day.isoformat(), phrases.formula(each, titles)) for day, each in entries)
            return Section(heading, (f"From ({words.name(by)})", "It is"), rows)
        case Table() as table:
            return _table(heading, table, titles)


def _table(heading: str, table: Table, titles: Mapping[str, str]) -> Section:
    rows = [
        (*(phrases.unary(each, titles=titles) for each in row.tests), phrases.formula(row.output, titles)) for row in table.rows
    ]
    if table.otherwise is not None:
        rows.append(
            (*("otherwise" if not at else "" for at in range(len(table.inputs))), phrases.formula(table.otherwise, titles))
        )
    columns = (*(words.capital(phrases.formula(each, titles)) for each in table.inputs), "It is")
    return Section(heading, columns, tuple(rows), (phrases.HIT_POLICIES[table.hit],))


def _questions(model: Model) -> Section:
    rows = tuple((fact.name, question(fact) if fact.history is None else "", about_fact(fact)) for fact in model.facts.values())
    return Section("What is asked", ("Fact", "Question", "Answer"), rows)


def about_fact(fact: Fact) -> str:
    """What an answer to the question looks like, and what is special about it."""
    if fact.history is not None:
        return f"read from the ledger: {about_history(fact.history)}"
    notes = [expected(fact).replace("_", " ")]
    if fact.default is not None:
        notes.append(f"{'no' if fact.default is False else words.value(fact.default)} unless told otherwise")
    if fact.weakest_source != "stated":
        notes.append(f"from {'a system' if fact.weakest_source == 'system' else 'what is on file'}")
    notes += ["personal"] if fact.personal else []
    return "; ".join(notes)


def _promises(model: Model, proofs: Mapping[str, str]) -> Section | None:
    rows = ((each.id, _because(each.because, _said(model, each.always))) for each in model.promises)
    whole = tuple((*row, proofs.get(row[0], "not yet proved")) for row in rows)
    return Section("Promises", ("Promise", "In every case", "Status"), whole) if whole else None
