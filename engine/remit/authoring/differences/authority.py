"""What changed in what people may do: rules, guardrails, caps, discretion, evidence, promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from remit.authoring.differences.changes import Change, ChangeDetail, Direction, Kind
from remit.authoring.differences.policy_comparison import amounts, condition, direction, pairs, said, sense, text, unordered
from remit.authoring.show import effect
from remit.language import words
from remit.language.values import Money
from remit.policy import phrases
from remit.policy.model import Amounts, Approval, Cap, Claim, Guardrail, Model, Requirement, Rule

__all__ = ["approvals", "caps", "discretion", "guardrails", "may", "owed", "promises", "requires"]

#: What holds when its condition does, and has no name of its own.
_When: TypeAlias = Requirement | Approval


def owed(old: Model, new: Model) -> Iterator[Change]:
    """Rules, as far as they say what the customer is owed."""
    return _rules(old, new, rights=True)


def may(old: Model, new: Model) -> Iterator[Change]:
    """Rules, as far as they say what may be given."""
    return _rules(old, new, rights=False)


def _rules(old: Model, new: Model, *, rights: bool) -> Iterator[Change]:
    def speaks(rule: Rule | None) -> bool:
        return rule is not None and bool(rule.owed if rights else rule.may)

    olds, news = ({rule.id: rule for rule in model.rules} for model in (old, new))
    for name, before, after, was in pairs(olds, news, _content, lambda rule: rule.because):
        rule = after or before
        assert rule is not None
        if not (speaks(before) or speaks(after)):
            continue
        if before is None or after is None or not (speaks(before) and speaks(after)):
            came = after is not None and speaks(after)
            told = after if came else before
            assert told is not None
            details = tuple(_whole(new if came else old, told, rights=rights, came=came))
            way: Direction = "more generous" if came else "less generous"
            yield Change("added" if came else "removed", name, told.because or "", details, way)
            continue
        details = tuple(_rule(old, new, before, after, rights=rights))
        if was:
            yield Change("renamed", name, rule.because or "", (ChangeDetail("name", was, name), *details))
        elif details:
            yield Change("changed", name, rule.because or "", details)


def _content(rule: Rule) -> object:
    return rule.when, rule.may, rule.owed


def _whole(model: Model, rule: Rule, *, rights: bool, came: bool) -> Iterator[ChangeDetail]:
    def one(label: str, what: str) -> ChangeDetail:
        return ChangeDetail(label, None if came else what, what if came else None)

    yield one("when", phrases.condition(rule.when))
    if rights:
        for remedy, amount in rule.owed.items():
            yield one(model.remedies[remedy].title, phrases.formula(amount))
    else:
        for remedy, given in rule.may.items():
            for role, amount in given.items():
                who = "" if set(given) == {model.ladder[0]} else f", {words.name(role)}"
                yield one(model.remedies[remedy].title + who, phrases.formula(amount))


def _rule(old: Model, new: Model, before: Rule, after: Rule, *, rights: bool) -> Iterator[ChangeDetail]:
    yield from condition(before.when, after.when)
    remedies = {**old.remedies, **new.remedies}
    if rights:
        for remedy in dict.fromkeys([*after.owed, *before.owed]):
            was, now = before.owed.get(remedy), after.owed.get(remedy)
            if was != now:
                yield ChangeDetail(remedies[remedy].title, said(was), said(now), direction(was, now))
    else:
        for remedy in dict.fromkeys([*after.may, *before.may]):
            ladders = old.ladder, new.ladder
            was_, now_ = before.may.get(remedy, {}), after.may.get(remedy, {})
            if was_ != now_:
                found = list(amounts(remedies[remedy].title, was_, now_, ladders))
                yield from found or [ChangeDetail(remedies[remedy].title, _by_name(was_), _by_name(now_))]
    yield from text("because", before.because, after.because)
    yield from text("say", before.say, after.say)


def _by_name(given: Amounts) -> str:
    """Roles that are named though they have what the one below has: the same authority, written otherwise."""
    return ", ".join(f"{words.name(role)} {phrases.formula(amount)}" for role, amount in given.items())


def guardrails(old: Model, new: Model) -> Iterator[Change]:
    """Guardrails."""
    olds, news = ({each.id: each for each in model.guardrails} for model in (old, new))

    def content(each: Guardrail) -> object:
        return replace(each, id="", because=None, say=None)

    for name, before, after, was in pairs(olds, news, content, lambda each: each.say):
        if before is None or after is None:
            each, model = (after, new) if after else (before, old)
            assert each is not None
            came = after is not None
            values = (("when", phrases.condition(each.when)), ("what happens", effect(model, each)), ("say", each.say or ""))
            details = tuple(
                ChangeDetail(label, None if came else what, what if came else None) for label, what in values if what
            )
            way: Direction = "less generous" if came else "more generous"
            yield Change("added" if came else "removed", name, each.because or "", details, way)
            continue
        found = [*condition(before.when, after.when), *text("what happens", effect(old, before), effect(new, after))]
        for remedy in dict.fromkeys([*after.limits, *before.limits]):
            limits = before.limits.get(remedy, {}), after.limits.get(remedy, {})
            if not found and limits[0] != limits[1]:
                title = {**old.remedies, **new.remedies}[remedy].title
                told = amounts(title, *limits, (old.ladder, new.ladder))
                found += [one if one.before and one.after else replace(one, direction=None) for one in told]
        found += [*text("because", before.because, after.because), *text("say", before.say, after.say)]
        if was:
            found.insert(0, ChangeDetail("name", was, name))
        if found:
            yield Change("renamed" if was else "changed", name, after.because or after.say or "", tuple(found))


def caps(old: Model, new: Model) -> Iterator[Change]:
    """Caps over time."""
    olds, news = ({cap.id: cap for cap in model.caps} for model in (old, new))
    for name, before, after, was in pairs(olds, news, lambda cap: replace(cap, id="", say=None)):
        if before is None or after is None:
            cap, model = (after, new) if after else (before, old)
            assert cap is not None
            way: Direction = "less generous" if after else "more generous"
            yield Change("added" if after else "removed", name, _cap(model, cap), (), way)
            continue
        found = [ChangeDetail("name", was, name)] if was else []
        found += text("for each", _keys(before), _keys(after))
        found += text("in", str(before.over), str(after.over))
        found += text("counts", _counted(old, before), _counted(new, after))
        found += text("measured in", before.measure, after.measure)
        found += text("shared as", before.shared, after.shared)
        was_in, now_in = ("all currencies" if each.together else "its own currency" for each in (before, after))
        found += text("counts what is given in", was_in, now_in)
        if before.max != after.max:
            found += _most(before, after)
        found += text("say", before.say, after.say)
        if found:
            yield Change("renamed" if was else "changed", name, _cap(new, after), tuple(found))


def claims(old: Model, new: Model) -> Iterator[Change]:
    """What tells one claim from another."""
    olds, news = ({claim.name: claim for claim in model.claims} for model in (old, new))
    for name, before, after, _ in pairs(olds, news):
        was, now = _claim(old, before), _claim(new, after)
        if was != now:
            yield Change(
                "added" if before is None else "removed" if after is None else "changed",
                name,
                "",
                tuple(text("paid once", was, now)),
            )


def _claim(model: Model, claim: Claim | None) -> str | None:
    if claim is None:
        return None
    what = words.listing(words.in_sentence(model.remedies[name].title) for name in claim.remedies)
    shared = f", shared as {claim.shared}" if claim.shared else ""
    return f"{what} for each {words.listing(map(words.name, claim.per))}{shared}"


def _cap(model: Model, cap: Cap) -> str:
    most = ", ".join(
        f"{_limit(cap, limit)}{'' if len(cap.max) == 1 else f' ({words.name(role)})'}" for role, limit in cap.max.items()
    )
    shared = f", shared as {cap.shared}" if cap.shared else ""
    return f"at most {most} for each {_keys(cap)} in {cap.over}, counting {_counted(model, cap)}{shared}"


def _keys(cap: Cap) -> str:
    return words.listing(words.name(key) for key in cap.per)


def _counted(model: Model, cap: Cap) -> str:
    return words.listing(words.in_sentence(model.remedies[name].title) for name in cap.counts)


def _limit(cap: Cap, limit: object) -> str:
    return f"{words.value(limit)}{'' if cap.measure == 'amount' else f' {cap.measure}'}"


def _most(before: Cap, after: Cap) -> Iterator[ChangeDetail]:
    alone = len(before.max) == len(after.max) == 1
    for role in [None] if alone else dict.fromkeys([*after.max, *before.max]):
        was, now = (next(iter(cap.max.values())) if role is None else cap.max.get(role) for cap in (before, after))
        if was != now:
            way: Direction | None = None
            if was is not None and now is not None and before.measure == after.measure:
                way = _way(was, now)
            label = "at most" if role is None else f"at most, {words.name(role)}"
            limits = (None if was is None else _limit(before, was)), (None if now is None else _limit(after, now))
            yield ChangeDetail(label, *limits, way)


def _way(was: object, now: object) -> Direction | None:
    before, after = (each.amount if isinstance(each, Money) else each for each in (was, now))
    return "more generous" if after > before else "less generous"  # type: ignore[operator]


def discretion(old: Model, new: Model) -> Iterator[Change]:
    """What people may give beyond the rules."""
    for name, before, after, _ in pairs(old.discretion, new.discretion):
        role = words.name(name)
        if before is None or after is None:
            each = after or before
            assert each is not None
            about = f"{words.quantity(each.each)} at a time, {words.quantity(each.max)} in {each.over}"
            yield Change("added" if after else "removed", role, about, (), "more generous" if after else "less generous")
            continue
        found = []
        for label, was, now in (("at a time", before.each, after.each), ("at most", before.max, after.max)):
            if was != now:
                found.append(ChangeDetail(label, words.quantity(was), words.quantity(now), _way(was, now)))
        found += text("in", str(before.over), str(after.over))
        if found:
            yield Change("changed", role, "", tuple(found))


def requires(old: Model, new: Model) -> Iterator[Change]:
    """What must be on file first."""
    told = ({_case(each): (each, _evidence(model, each)) for each in model.requires} for model in (old, new))
    yield from _by_case("needs", *told)


def approvals(old: Model, new: Model) -> Iterator[Change]:
    """Who must agree to what goes up, and how fast."""
    told = ({_case(each): (each, phrases.approval(each)) for each in model.approvals} for model in (old, new))
    yield from _by_case("agreed by", *told)


def _by_case(label: str, old: Mapping[str, tuple[_When, str]], new: Mapping[str, tuple[_When, str]]) -> Iterator[Change]:
    """What is said for other cases than before, or says something else; cases that mean the same are the same."""
    for name, before, after, _ in pairs(old, new, lambda each: sense(each[0].when)):
        was, now = (each[1] if each is not None else None for each in (before, after))
        if was != now:
            kind: Kind = "added" if before is None else "removed" if after is None else "changed"
            yield Change(kind, name, "", (ChangeDetail(label, was, now),))


def _case(each: _When) -> str:
    return words.capital(phrases.condition(each.when))


def _evidence(model: Model, each: Requirement) -> str:
    return words.listing(words.in_sentence(model.evidence[name].title) for name in each.evidence)


def promises(old: Model, new: Model) -> Iterator[Change]:
    """What always holds."""
    olds, news = ({each.id: each for each in model.promises} for model in (old, new))
    for name, before, after, was in pairs(olds, news, lambda each: unordered(each.always.node)):
        if before is None or after is None:
            each = after or before
            assert each is not None
            yield Change("added" if after else "removed", name, words.capital(phrases.formula(each.always)))
            continue
        found = [ChangeDetail("name", was, name)] if was else []
        if unordered(before.always.node) != unordered(after.always.node):
            told = list(text("in every case", said(before.always), said(after.always)))
            found += told or text("in every case", before.always.text, after.always.text)
        found += text("because", before.because, after.because)
        if found:
            yield Change("renamed" if was else "changed", name, "", tuple(found))
