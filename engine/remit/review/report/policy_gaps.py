"""Where the policy does not fit what happens: cases that no rule covers, and rules and guardrails that decided nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from remit.authoring.show import Section
from remit.language import words
from remit.policy.model import Fact
from remit.review.actions import Action
from remit.review.report.figure import BRIEF, Chart, Context, as_share, number, percent, rate, rows_of

__all__ = ["PolicyFit", "PolicyFitFigures"]

#: A fact with more whole numbers than these between its bounds says too little about what recurs.
_MOST_NUMBERS: Final = 20
#: So many of the facts that recur in gaps are named.
_RECURRING: Final = 5
#: So many rules that decided nothing are named in a sentence.
_NAMED: Final = 4


@dataclass(frozen=True, slots=True)
class PolicyFitFigures:
    """By policy: ``decisions``, how many of them were gaps, and which facts recur in these (name, value, how often in gaps,
    how often in all); and the ``rules`` and ``guardrails`` of the text that decided last which decided nothing in the time.
    ``whole`` is false where only a part of the actions was read, which does not tell what nobody used."""

    policies: tuple[PolicyFitLine, ...]
    whole: bool

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"policies": [each.to_dict(self.whole) for each in self.policies]}

    def headlines(self) -> Iterator[str]:
        """Gaps, and how much was not used."""
        total, gaps = sum(each.decisions for each in self.policies), sum(each.gaps for each in self.policies)
        if gaps:
            yield f"No rule covered {rate(gaps, total)} of what was decided."
        unused = [name for each in self.policies for name in (*each.rules, *each.guardrails)]
        if self.whole and unused:
            noun = "rule or guardrail" if len(unused) == 1 else "rules and guardrails"
            more = [f"{len(unused) - _NAMED} more"] if len(unused) > _NAMED else []
            yield f"{len(unused)} {noun} decided nothing in this time: {words.listing([*unused[:_NAMED], *more])}."

    def sections(self, rows: int) -> Iterator[Section]:
        """What recurs in gaps, and what nobody used."""
        table = [
            (each.policy, f"{name} = {value}", f"{number(count)} of {number(each.gaps)}", percent(all_ / each.decisions))
            for each in self.policies
            for name, value, count, all_ in each.recurring
        ]
        if table:
            shown, more = rows_of(table, rows)
            yield Section("Cases that no rule covers", ("Policy", "Known", "In gaps", "In all cases"), shown, more)
        unused = [
            (each.policy, kind, name)
            for each in self.policies
            for kind, names in (("rule", each.rules), ("guardrail", each.guardrails))
            for name in names
        ]
        if self.whole and unused and rows > BRIEF:
            shown, more = rows_of(unused, rows)
            notes = (*more, "A guardrail may be there for what is rare.")
            yield Section("Rules and guardrails that decided nothing", ("Policy", "Kind", "Name"), shown, notes)

    def charts(self) -> Iterator[Chart]:
        """None: tables say it."""
        return iter(())


@dataclass(frozen=True, slots=True)
class PolicyFitLine:
    """That of one policy."""

    policy: str
    decisions: int
    gaps: int
    recurring: tuple[tuple[str, str, int, int], ...]
    rules: tuple[str, ...]
    guardrails: tuple[str, ...]

    def to_dict(self, whole: bool) -> dict[str, Any]:
        """For JSON."""
        facts = [
            {"fact": name, "value": value, "in_gaps": count, "in_all": all_} for name, value, count, all_ in self.recurring
        ]
        out: dict[str, Any] = {"policy": self.policy, "gaps": as_share(self.gaps, self.decisions), "recurring": facts}
        return out | ({"unused_rules": list(self.rules), "unused_guardrails": list(self.guardrails)} if whole else {})


class _Policy:
    """What is counted of one policy."""

    def __init__(self) -> None:
        self.decisions = self.gaps = 0
        self.used: set[tuple[str, str]] = set()
        self.digest: str | None = None
        self.named: tuple[str, ...] = ()
        self.all: Counter[tuple[str, Any]] = Counter()
        self.in_gaps: Counter[tuple[str, Any]] = Counter()


class PolicyFit:
    """The fold. Of facts only those with few values are counted: choices, yes or no, and small numbers; none that are
    personal."""

    kinds: ClassVar[frozenset[str]] = frozenset(("grant", "hold", "escalate", "decide", "approve"))

    def __init__(self, context: Context) -> None:
        self._costs = context.costs
        self._whole = context.scope.is_everybody
        self._policies: defaultdict[str, _Policy] = defaultdict(_Policy)

    def add(self, action: Action) -> None:
        """Count an action."""
        if action.policy is None:
            return
        policy = self._policies[action.policy]
        used = policy.used
        for part in action.parts.values():
            if part.rule is not None:
                used.add(("rule", part.rule))
            if part.owed_rule is not None:
                used.add(("rule", part.owed_rule))
        for reason in action.reasons:
            used.add(reason)
        if action.digest != policy.digest:
            policy.digest = action.digest
            model = self._costs.model(action.digest)
            policy.named = tuple(name for name, fact in model.facts.items() if _has_few(fact)) if model is not None else ()
        if action.kind == "approve" or not action.parts:
            return
        facts = action.facts
        known = [(name, facts[name]) for name in policy.named if name in facts]
        policy.decisions += 1
        policy.all.update(known)
        if action.gap:
            policy.gaps += 1
            policy.in_gaps.update(known)

    def result(self) -> PolicyFitFigures:
        """What was found."""
        return PolicyFitFigures(tuple(self._line(*each) for each in sorted(self._policies.items())), self._whole)

    def _line(self, name: str, found: _Policy) -> PolicyFitLine:
        model = self._costs.model(found.digest)
        rules = tuple(each.id for each in model.rules if ("rule", each.id) not in found.used) if model else ()
        guardrails = tuple(each.id for each in model.guardrails if ("guardrail", each.id) not in found.used) if model else ()
        recurring = sorted(
            (key for key in found.in_gaps if _recurs(found, key)),
            key=lambda key: (-found.in_gaps[key] / found.gaps * found.decisions / found.all[key], key[0], str(key[1])),
        )
        facts = tuple((*_said(key), found.in_gaps[key], found.all[key]) for key in recurring[:_RECURRING])
        return PolicyFitLine(name, found.decisions, found.gaps, facts, rules, guardrails)


def _recurs(found: _Policy, key: tuple[str, Any]) -> bool:
    """Whether it is there in every fifth gap at least, and clearly more often than in other cases."""
    count = found.in_gaps[key]
    return count * 5 >= found.gaps and count * found.decisions > 1.2 * found.all[key] * found.gaps


def _said(key: tuple[str, Any]) -> tuple[str, str]:
    name, value = key
    return name, ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _has_few(fact: Fact) -> bool:
    if fact.personal or fact.mask or fact.is_id or fact.history is not None:
        return False
    if fact.type.kind == "boolean" or fact.type.choices:
        return True
    if not fact.type.integer or fact.low is None or fact.high is None:
        return False
    return bool(fact.high - fact.low < _MOST_NUMBERS)
