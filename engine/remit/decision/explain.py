"""Why: the reasons of a decision, most important first, and the words to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from remit.decision.case import Case
from remit.decision.detail import Reason
from remit.decision.offers import cap_left
from remit.decision.quantities import as_quantity, in_words
from remit.decision.reading import HOPING, INFINITE
from remit.decision.verdict import Part, Verdict
from remit.policy.model import Guardrail, Rule

__all__ = ["reasons_for", "words_for"]


def reasons_for(case: Case) -> tuple[Reason, ...]:
    """What decided. For a refusal, what stands in the way comes first; the rules that gave most follow."""
    found: dict[tuple[str, str], Reason] = {}
    for reason in (*_obstacles(case), *_rules(case), *_requirements(case)):
        found.setdefault((reason.kind, reason.id), reason)
    return tuple(found.values())


def words_for(case: Case) -> tuple[str, ...]:
    """What to say to the customer: the words of the guardrails and caps that bind, and of the rules that gave."""
    asked = case.inputs.asked
    words: dict[str, None] = {}
    for guardrail in case.sure.authority.guardrails:
        if guardrail.say and _bears_on(case, guardrail) and _surely_applies(case, guardrail):
            words.setdefault(guardrail.say)
    surely_full = {cap.id for cap in case.bundle(HOPING).full_caps} if case.sure.full_caps else set()
    for cap in case.sure.full_caps:
        if cap.say and cap.id in surely_full:
            words.setdefault(cap.say)
    for name in asked or case.model.remedies:
        standing = case.sure.authority.standings[name]
        for rule_id in (standing.owed_rule, standing.rule):
            rule = _rule(case, rule_id)
            if rule is not None and rule.say and case.available[name][0]:
                words.setdefault(rule.say)
    return tuple(words)


def _obstacles(case: Case) -> Iterator[Reason]:
    for guardrail in sorted(case.sure.authority.guardrails, key=lambda each: _STRENGTH[each.effect]):
        if _bears_on(case, guardrail):
            yield Reason("guardrail", guardrail.id, _guardrail_text(case, guardrail), _remedies_of(guardrail))
    for cap in case.sure.full_caps:
        yield Reason("cap", cap.id, cap_left(case, cap), cap.counts)
    for part in case.sure.parts:
        narrowed = part.standing.narrowed_by is not None and part.asked > part.standing.ceiling
        if part.verdict < Verdict.GRANT and part.standing.blocked is None and not narrowed:
            yield _too_much(case, part)
    if not case.inputs.asked and case.gap:
        yield Reason("gap", "otherwise", "no rule of this policy speaks of this case")
    if case.sure.discretion:
        who = case.inputs.role.replace("_", " ")
        parts = tuple(part.remedy for part in case.sure.parts if part.excess)
        yield Reason("discretion", case.inputs.role, f"given at the {who}'s own discretion", parts)


def _too_much(case: Case, part: Part) -> Reason:
    """Why a part is beyond this employee: no rule speaks of it, or the limit."""
    remedy = case.model.remedies[part.remedy]
    if part.gap:
        text = f"no rule that applies here speaks of {remedy.title[:1].lower()}{remedy.title[1:]}"
        return Reason("gap", "otherwise", text, (part.remedy,))
    who = case.inputs.role.replace("_", " ")
    standing = part.standing
    limit = in_words(as_quantity(case.model, remedy, standing.limit))
    if remedy.kind == "exception" or not standing.limit:
        text = f"{remedy.title} is not {_article(who)} {who}'s to give here"
    else:
        asked = in_words(as_quantity(case.model, remedy, part.asked))
        text = f"{asked} is more than the {limit} that {_article(who)} {who} may give here"
    return Reason("limit", standing.rule or standing.owed_rule or "rules", text, (part.remedy,))


def _rules(case: Case) -> Iterator[Reason]:
    """The rules that set what is owed and the most that may be given, for what was asked (or for everything)."""
    for name in case.inputs.asked or case.model.remedies:
        standing = case.sure.authority.standings[name]
        for rule_id in (standing.owed_rule, standing.rule):
            rule = _rule(case, rule_id)
            if rule is not None:
                yield Reason("rule", rule.id, rule.because or "", tuple({**rule.owed, **rule.may}))


def _requirements(case: Case) -> Iterator[Reason]:
    if case.inputs.asked:
        for name in case.evidence[0]:
            yield Reason("requirement", name, f"{case.model.evidence[name].title} must be on file")


def _rule(case: Case, rule_id: str | None) -> Rule | None:
    return next((rule for rule in case.model.rules if rule.id == rule_id), None)


def _remedies_of(guardrail: Guardrail) -> tuple[str, ...]:
    return guardrail.remedies or tuple(guardrail.limits)


def _bears_on(case: Case, guardrail: Guardrail) -> bool:
    """Whether it has to do with what was asked: all of it, one of its remedies, or a limit that is really lower."""
    named = _remedies_of(guardrail)
    asked: Iterable[str] = case.inputs.asked or case.model.remedies
    if guardrail.effect == "limit":
        standings = case.sure.authority.standings
        return any(name in named and standings[name].ceiling < min(INFINITE, max(standings[name].open, 1)) for name in asked)
    return not named or any(name in named for name in asked)


def _surely_applies(case: Case, guardrail: Guardrail) -> bool:
    return any(each is guardrail for each in case.bundle(HOPING).authority.guardrails)


def _guardrail_text(case: Case, guardrail: Guardrail) -> str:
    if not _surely_applies(case, guardrail):
        why = f": {guardrail.because}" if guardrail.because else ""
        return f"`{guardrail.id}` may apply, depending on what is not known yet{why}"
    if guardrail.because:
        return guardrail.because
    if guardrail.effect == "escalate":
        to = (guardrail.to or "the next role").replace("_", " ")
        return f"this goes to {_article(to) + ' ' + to if guardrail.to else to}"
    return "this is not given in this case" if guardrail.effect == "deny" else "this is held down in this case"


def _article(word: str) -> str:
    return "an" if word[:1] in "aeiou" else "a"


_STRENGTH = {"deny": 0, "escalate": 1, "limit": 2}
