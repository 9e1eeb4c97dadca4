"""What changed in what a policy declares: its head, its facts, remedies, evidence and calendars."""

from __future__ import annotations

from collections.abc import Iterator

from remit.authoring import phrases
from remit.authoring.differences.changes import Change, Detail
from remit.authoring.differences.comparing import pairs, text
from remit.authoring.show import about_fact
from remit.decision import words
from remit.decision.render import question
from remit.language.values import Money
from remit.policy.model import Effective, Fact, Model, Remedy

__all__ = ["calendars", "evidence", "facts", "header", "remedies"]

_HEAD = ("id", "title", "version", "owner", "timezone", "currency", "rounding")
_LABELS = {"id": "name", "timezone": "time zone"}
_OTHERWISE = {"escalate": "goes up", "deny": "is denied"}


def header(old: Model, new: Model) -> Iterator[Change]:
    """Version, dates, owner, ladder, and what happens where no rule speaks."""
    found: list[Detail] = []
    for name in _HEAD:
        was, now = getattr(old, name), getattr(new, name)
        found += text(_LABELS.get(name, name), was, now)
    found += text("for incidents", _period(old.effective), _period(new.effective))
    found += text("who decides", _ladder(old), _ladder(new))
    found += text("a case that no rule covers", _OTHERWISE[old.otherwise], _OTHERWISE[new.otherwise])
    for each in found:
        yield Change("changed", each.label, "", (each,))


def _ladder(model: Model) -> str:
    return " < ".join(words.role(role) for role in model.ladder)


def _period(effective: Effective) -> str:
    since = f"from {effective.start}" if effective.start else "from the beginning"
    return since + (f" to before {effective.end}" if effective.end else "")


def facts(old: Model, new: Model) -> Iterator[Change]:
    """Facts that are asked for."""
    for name, before, after, was in pairs(old.facts, new.facts, _same_fact):
        label = phrases.name(name)
        if before is None or after is None:
            fact = after or before
            assert fact is not None
            yield Change("added" if after else "removed", label, f"{question(fact)} ({about_fact(fact)})")
            continue
        found = [Detail("name", phrases.name(was), label)] if was else []
        found += _fact(before, after)
        if found:
            yield Change("renamed" if was else "changed", label, "", tuple(found))


def _same_fact(fact: Fact) -> object:
    """What shows that a fact was only renamed: its question. Without one it is not known."""
    return (fact.type, fact.ask, fact.low, fact.high) if fact.ask else None


def _fact(old: Fact, new: Fact) -> Iterator[Detail]:
    if old.type.kind == new.type.kind == "choice":
        yield from (Detail("choice", None, phrases.value(each)) for each in new.type.choices if each not in old.type.choices)
        yield from (Detail("choice", phrases.value(each), None) for each in old.type.choices if each not in new.type.choices)
        yield from text("unless told otherwise", _default(old), _default(new))
        yield from text("personal", _yes(old.personal), _yes(new.personal))
    else:
        yield from text("answer", about_fact(old), about_fact(new))
    yield from text("question", old.ask, new.ask)
    yield from text("title", old.title, new.title)
    yield from text("masked", _yes(old.mask), _yes(new.mask))


def _default(fact: Fact) -> str | None:
    return None if fact.default is None else phrases.value(fact.default)


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
        found = [Detail("name", was, name)] if was else []
        found += text("title", before.title, after.title)
        found += text("kind", before.kind, after.kind)
        found += text("cost", _cost(before.cost), _cost(after.cost))
        found += text("offered", _offered(before), _offered(after))
        if found:
            yield Change("renamed" if was else "changed", name, after.title, tuple(found))


def _remedy(remedy: Remedy) -> str:
    cost = f", costs {_cost(remedy.cost)}" if remedy.cost else ""
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
            yield Change("added" if after else "removed", phrases.name(name), each.title)
        elif before != after:
            yield Change("changed", phrases.name(name), "", tuple(text("title", before.title, after.title)))


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
            found += [Detail("holiday", None, str(day)) for day in sorted(after.holidays - before.holidays)]
            found += [Detail("holiday", str(day), None) for day in sorted(before.holidays - after.holidays)]
            found += text("weekend", _days(before.weekend), _days(after.weekend))
            yield Change("changed", name, "", tuple(found))


def _days(weekend: frozenset[int]) -> str:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return words.listing(names[day - 1] for day in sorted(weekend)) or "none"
