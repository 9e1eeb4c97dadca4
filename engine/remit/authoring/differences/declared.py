"""What changed in what a policy declares: its head, its facts, remedies, evidence and calendars."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from remit.authoring.differences import authority, working
from remit.authoring.differences.changes import Change, ChangeDetail, ChangePart, Difference
from remit.authoring.differences.policy_comparison import pairs, sense, text, unordered
from remit.authoring.show import about_fact, age, period
from remit.language import words
from remit.language.values import Money
from remit.policy import phrases
from remit.policy.model import Fact, Model, Remedy
from remit.policy.phrases import accounts, question

__all__ = ["calendars", "difference", "evidence", "facts", "header", "remedies", "shows", "texts"]

_HEAD = ("id", "title", "version", "owner", "timezone", "currency", "rounding")
_LABELS = {"id": "name", "timezone": "time zone"}
_OTHERWISE = {"escalate": "goes up", "deny": "is denied"}


def header(old: Model, new: Model) -> Iterator[Change]:
    """Version, dates, owner, ladder, and what happens where no rule speaks."""
    found: list[ChangeDetail] = []
    for name in _HEAD:
        was, now = getattr(old, name), getattr(new, name)
        found += text(_LABELS.get(name, name), was, now)
    found += text("currencies", words.listing(old.currencies) or None, words.listing(new.currencies) or None)
    found += text("rates", _rates(old), _rates(new))
    found += text("for incidents", f"{period(old.effective)}{age(old)}", f"{period(new.effective)}{age(new)}")
    found += text("an account of one's own", accounts(old) or None, accounts(new) or None)
    found += text("a roster", "required" if old.roster else None, "required" if new.roster else None)
    found += text("who decides", _ladder(old), _ladder(new))
    found += text("a case that no rule covers", _OTHERWISE[old.otherwise], _OTHERWISE[new.otherwise])
    for each in found:
        yield Change("changed", each.label, "", (each,))


def _rates(model: Model) -> str | None:
    told = (f"{f'from {each.start}: ' if each.start else ''}{phrases.rates(model, each)}" for each in model.rates)
    return "; ".join(told) or None


def _ladder(model: Model) -> str:
    return " < ".join(words.name(role) for role in model.ladder)


def facts(old: Model, new: Model) -> Iterator[Change]:
    """Facts that are asked for."""
    for name, before, after, was in pairs(old.facts, new.facts, _same_fact):
        label = words.name(name)
        if before is None or after is None:
            fact = after or before
            assert fact is not None
            yield Change("added" if after else "removed", label, f"{question(fact)} ({about_fact(fact)})")
            continue
        found = [ChangeDetail("name", words.name(was), label)] if was else []
        found += _fact(before, after)
        if found:
            yield Change("renamed" if was else "changed", label, "", tuple(found))


def _same_fact(fact: Fact) -> object:
    """What shows that a fact was only renamed: its question. Without one it is not known."""
    return (fact.type, fact.ask, fact.low, fact.high) if fact.ask else None


def _fact(old: Fact, new: Fact) -> Iterator[ChangeDetail]:
    if old.type.kind == new.type.kind == "choice":
        yield from (
            ChangeDetail("choice", None, words.value(each)) for each in new.type.choices if each not in old.type.choices
        )
        yield from (
            ChangeDetail("choice", words.value(each), None) for each in old.type.choices if each not in new.type.choices
        )
        yield from text("unless told otherwise", _default(old), _default(new))
        yield from text("source", old.weakest_source, new.weakest_source)
        yield from text("personal", _yes(old.personal), _yes(new.personal))
    else:
        yield from text("answer", about_fact(old), about_fact(new))
    yield from text("question", old.ask, new.ask)
    yield from text("title", old.title, new.title)
    yield from text("masked", _yes(old.mask), _yes(new.mask))


def _default(fact: Fact) -> str | None:
    return None if fact.default is None else words.value(fact.default)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def remedies(old: Model, new: Model) -> Iterator[Change]:
    """What can be given."""
    for name, before, after, was in pairs(old.remedies, new.remedies, lambda each: (each.kind, each.title, each.cost)):
        if before is None or after is None:
            remedy = after or before
            assert remedy is not None
            yield Change("added" if after else "removed", name, f"{remedy.title} ({_remedy(remedy)})")
            continue
        found = [ChangeDetail("name", was, name)] if was else []
        found += text("title", before.title, after.title)
        found += text("kind", before.kind, after.kind)
        found += text("cost", _cost(before.cost), _cost(after.cost))
        found += text("borne by the company (changes no decision)", words.percent(before.borne), words.percent(after.borne))
        found += text("offered", _offered(before), _offered(after))
        if found:
            yield Change("renamed" if was else "changed", name, after.title, tuple(found))


def _remedy(remedy: Remedy) -> str:
    cost = f", costs {_cost(remedy.cost)}" if remedy.cost else ""
    cost += f", of which the company bears {words.percent(remedy.borne)}" if remedy.borne != 1 else ""
    return f"{remedy.kind}{cost}{'' if remedy.offer == 'always' else ', only if the customer asks'}"


def _cost(cost: Money | None) -> str | None:
    return None if cost is None else words.quantity(cost)


def _offered(remedy: Remedy) -> str:
    return "always" if remedy.offer == "always" else "only if the customer asks"


def evidence(old: Model, new: Model) -> Iterator[Change]:
    """Kinds of evidence."""
    for name, before, after, _ in pairs(old.evidence, new.evidence):
        if before is None or after is None:
            each = after or before
            assert each is not None
            yield Change("added" if after else "removed", words.name(name), each.title)
        elif before != after:
            yield Change("changed", words.name(name), "", tuple(text("title", before.title, after.title)))


def shows(old: Model, new: Model) -> Iterator[Change]:
    """What every decision shows."""
    for name, before, after, _ in pairs(old.shows, new.shows):
        if before is None or after is None:
            yield Change("added" if after is not None else "removed", words.name(name), after or before or "")
        elif before != after:
            yield Change("changed", words.name(name), "", tuple(text("title", before, after)))


def texts(old: Model, new: Model) -> Iterator[Change]:
    """The languages, and translations of texts that are in both."""
    if old.languages != new.languages:
        yield Change("changed", "languages", "", tuple(text("in", words.listing(old.languages), words.listing(new.languages))))
    before = {each.own: each.others for each in old.texts}
    for each in new.texts:
        was = before.get(each.own, each.others)
        found = [detail for tag in new.languages for detail in text(tag, was.get(tag), each.others.get(tag))]
        if found:
            yield Change("changed", f'"{each.own}"', "", tuple(found))


def calendars(old: Model, new: Model) -> Iterator[Change]:
    """Holiday calendars, day by day."""
    for name, before, after, _ in pairs(old.calendars, new.calendars):
        if before is None or after is None:
            each = after or before
            assert each is not None
            yield Change(
                "added" if after else "removed", name, f"{len(each.holidays)} holidays from {each.start} to {each.end}"
            )
        elif before != after:
            found = [*text("from", str(before.start), str(after.start)), *text("to before", str(before.end), str(after.end))]
            found += [ChangeDetail("holiday", None, str(day)) for day in sorted(after.holidays - before.holidays)]
            found += [ChangeDetail("holiday", str(day), None) for day in sorted(before.holidays - after.holidays)]
            found += text("weekend", _days(before.weekend), _days(after.weekend))
            yield Change("changed", name, "", tuple(found))


def _days(weekend: frozenset[int]) -> str:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return words.listing(names[day - 1] for day in sorted(weekend)) or "none"


_Compare: TypeAlias = Callable[[Model, Model], Iterator[Change]]

#: Section -> its heading and what finds its changes; what touches customers' rights comes first.
_PARTS: Final[Mapping[str, tuple[str, _Compare]]] = {
    "policy": ("The policy", header),
    "owed": ("What the customer is owed", authority.owed),
    "may": ("What may be given", authority.may),
    "guardrails": ("What comes before all rules", authority.guardrails),
    "claims": ("What is paid once", authority.claims),
    "caps": ("Caps over time", authority.caps),
    "discretion": ("Own discretion", authority.discretion),
    "requires": ("What must be on file first", authority.requires),
    "approvals": ("Who must agree", authority.approvals),
    "values": ("How amounts are worked out", working.values),
    "shows": ("What every answer shows", shows),
    "promises": ("Promises", authority.promises),
    "remedies": ("What can be given", remedies),
    "facts": ("What is asked", facts),
    "evidence": ("Evidence", evidence),
    "texts": ("Languages", texts),
    "calendars": ("Calendars", calendars),
}


def difference(old: Model, new: Model) -> Difference:
    """What changed from ``old`` to ``new``, without examples (see :func:`remit.authoring.differences.examples.examples`).

    Two policies that mean the same have no parts, however they are written.
    """
    parts = []
    for name, (heading, compare) in _PARTS.items():
        changes = tuple(compare(old, new))
        if changes:
            parts.append(ChangePart(name, heading, changes))
    if not parts and _sense(old) != _sense(new):
        parts.append(
            ChangePart("other", "Other", (Change("changed", "something", "the order of entries, or how they are written"),))
        )
    return Difference(_called(old), _called(new), tuple(parts))


def _sense(model: Model) -> object:
    """Equal for policies that say the same. The order of rules, of caps and within conditions never matters."""
    rules = {rule.id: (replace(rule, when=None), sense(rule.when)) for rule in model.rules}
    guardrails = [(replace(each, when=None), sense(each.when)) for each in model.guardrails]
    requires = [(replace(each, when=None), sense(each.when)) for each in model.requires]
    approvals = [(replace(each, when=None), sense(each.when)) for each in model.approvals]
    promises = [(each.id, each.because, unordered(each.always.node)) for each in model.promises]
    caps = {cap.id: cap for cap in model.caps}
    rest = replace(model, digest="", rules=(), guardrails=(), requires=(), approvals=(), promises=(), caps=())
    return rest, rules, guardrails, requires, approvals, promises, caps


def _called(model: Model) -> str:
    return f"{model.title}, {model.id} {model.version}"
