"""What changed between two policies that a proof about limits and what is owed does not cover.

Caps, claims, discretion, evidence and approvals bound or delay what may be given, and some facts, roles and remedies are only
in one of the two. Nothing is called equal where any of that differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from remit.authoring.differences.changes import Change, ChangeDetail, ChangePart, Difference
from remit.authoring.differences.policy_comparison import sense
from remit.authoring.proving.change.policy_pair import SIDES, PolicyPair, Side
from remit.core.term import Term
from remit.policy.model import Fact, Model, Remedy

__all__ = ["NotCovered", "not_covered"]


@dataclass(frozen=True, slots=True)
class NotCovered:
    """Something of the section ``heading`` that changed, in words, and whether more, or less, may be given by it."""

    heading: str
    told: str
    may_widen: bool = True
    may_narrow: bool = True


def not_covered(pair: PolicyPair, difference: Difference) -> tuple[NotCovered, ...]:
    """All of it; ``difference`` is what changed in what the two declare."""
    parts = {part.name: part for part in difference.parts}
    found = [*_head(parts.get("policy"), pair)]
    found += _guardrails(pair)
    for name in _OVER_TIME:
        part = parts.get(name)
        found += _part(part) if part is not None else ()
        if part is None and _said(pair.models["old"], name) != _said(pair.models["new"], name):
            found.append(NotCovered("Other", f"something in `{name}`"))
    found += _remedies(pair)
    found += _facts(pair)
    return tuple(found)


#: Sections of which terms say nothing.
_OVER_TIME: Final = ("claims", "caps", "discretion", "requires", "approvals", "calendars")
#: Of the head of a policy, what decides nothing or is a part of every amount.
_DECIDES_NOTHING: Final = ("title", "version", "owner", "rounding")
#: In these sections, what is added narrows and what is removed widens.
_BOUNDS: Final = ("claims", "requires", "approvals")


def _said(model: Model, name: str) -> object:
    """A section, as far as it decides anything."""
    match name:
        case "caps":
            return sorted((replace(each, say=None) for each in model.caps), key=lambda each: each.id)
        case "claims":
            return sorted(model.claims, key=lambda each: each.name)
        case "requires" | "approvals":
            known: tuple[Any, ...] = getattr(model, name)
            return Counter(repr((replace(each, when=None), sense(each.when))) for each in known)
        case "discretion":
            return dict(model.discretion)
    return dict(model.calendars)


def _head(part: ChangePart | None, pair: PolicyPair) -> Iterator[NotCovered]:
    for change in part.changes if part is not None else ():
        if change.name == "who decides":
            old, new = (pair.models[side].ladder for side in SIDES)
            same = [each for each in old if each in new] == [each for each in new if each in old]
            widens, narrows = not same or not {*new} <= {*old}, not same or not {*old} <= {*new}
            yield NotCovered("The policy", _words(change), widens, narrows)
        elif change.name == "a case that no rule covers":
            yield NotCovered("The policy", _words(change), pair.models["new"].otherwise == "escalate", True)
        elif change.name not in _DECIDES_NOTHING:
            yield NotCovered("The policy", _words(change))


def _part(part: ChangePart) -> Iterator[NotCovered]:
    for change in part.changes:
        if part.name in ("caps", "claims") and any(each.label == "name" for each in change.details):
            yield NotCovered(part.heading, _words(change))  # what a ledger counts under the old name is not counted any more
            continue
        ways = {each.direction for each in change.details if each.label not in ("say", "because", "name")}
        ways = ways or {change.direction}
        if part.name in _BOUNDS and change.kind in ("added", "removed"):
            ways = {"less generous" if change.kind == "added" else "more generous"}
        if not (part.name == "caps" and all(each.label == "say" for each in change.details) and change.details):
            widens, narrows = ways != {"less generous"}, ways != {"more generous"}
            yield NotCovered(part.heading, _words(change), widens, narrows)


def _words(change: Change) -> str:
    """A change in one line."""
    if len(change.details) == 1 and change.details[0].label == change.name:
        return _detail(change.details[0])
    mark = {"added": " (new)", "removed": " (gone)"}.get(change.kind, "")
    parts = [_detail(each) for each in change.details] if change.kind in ("changed", "renamed") else []
    said = "; ".join(parts or [each for each in (change.about,) if each])
    return f"{change.name}{mark}" + (f": {said}" if said else "")


def _detail(each: ChangeDetail) -> str:
    return f"{each.label}: {each.before or 'none'} -> {each.after or 'none'}"


def _guardrails(pair: PolicyPair) -> Iterator[NotCovered]:
    """Guardrails that deny or escalate in one only: limits show whether something may be given at once, and not who decides
    what may not."""
    stops = {side: _stops(pair, side) for side in SIDES}
    others: dict[Side, Side] = {"old": "new", "new": "old"}
    for side in SIDES:
        for key, (name, effect, most) in stops[side].items():
            if key not in stops[others[side]]:
                told = f"guardrail `{name}` of the {side} policy: who decides where it {_EFFECTS[effect]}"
                denies, old = effect == "deny", side == "old"
                yield NotCovered("What comes before all rules", told, denies if old else most, most if old else denies)


_EFFECTS: Final = {"deny": "denies", "escalate": "escalates"}


def _stops(pair: PolicyPair, side: Side) -> dict[object, tuple[str, str, bool]]:
    meaning, out = pair.meanings[side], dict[object, tuple[str, str, bool]]()
    for role in pair.ground.roles if meaning.policy.by_role else pair.ground.roles[:1]:
        for each in meaning.lowered.views[0].guardrails(pair.rank(side, role)):
            of = each.guardrail
            if of.effect != "limit":
                most = tuple(sorted((name, id(amount)) for name, amount in each.most.items()))
                holds: Term = pair.terms.const(each.holds)
                by = role if meaning.policy.by_role else ""
                out[by, of.effect, of.to, frozenset(of.remedies), holds, most] = of.id, of.effect, bool(of.most)
    return out


def _remedies(pair: PolicyPair) -> Iterator[NotCovered]:
    old, new = (pair.models[side].remedies for side in SIDES)
    for name in dict.fromkeys((*new, *old)):
        if name not in old or name not in new:
            mark = "new" if name in new else "gone"
            yield NotCovered("What can be given", f"{name} ({mark})", name in new, name in old)
        elif _decides(old[name]) != _decides(new[name]):
            yield NotCovered("What can be given", f"{name}: its kind or its cost")


def _decides(remedy: Remedy) -> object:
    return remedy.kind, remedy.cost


def _facts(pair: PolicyPair) -> Iterator[NotCovered]:
    """Facts that one does not ask, and of others that what the two accept or assume is not the same."""
    heading, (old, new) = "What is asked", (pair.models[side].facts for side in SIDES)
    both = pair.ground.joint.facts
    for name in dict.fromkeys((*new, *old)):
        if name not in old or name not in new:
            yield NotCovered(heading, f"{name} ({'new' if name in new else 'no longer asked'})", False, name in new)
            continue
        was, now = old[name], new[name]
        if _accepts(was) != _accepts(now):
            all_old, all_new = (_accepts(each) == _accepts(both[name]) for each in (was, now))
            yield NotCovered(heading, f"{name}: which values are accepted", not all_new, not all_old)
        if _assumes(was) != _assumes(now):
            yield NotCovered(heading, f"{name}: where it comes from, or what holds where it is not given")


def _accepts(fact: Fact) -> object:
    of = fact.type.element or fact.type
    return fact.low, fact.high, frozenset(of.choices), replace(of, choices=())


def _assumes(fact: Fact) -> object:
    bare = replace(fact, low=None, high=None, type=replace(fact.type, choices=(), element=None))
    above = None if fact.above is None else ""  # whatever is said of it
    return replace(bare, title=None, ask=None, unit=None, personal=False, mask=False, source=None, above=above)
