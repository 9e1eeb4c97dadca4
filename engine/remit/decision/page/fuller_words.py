"""What the page says more fully than the record, whose sentences stay as they are: on what it depends whether a guardrail
applies, which rules would give something, what of an amount is left to discretion, and which role comes first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from remit.core.sentences import COVERED_BY_DISCRETION, MAY_APPLY, MAY_APPLY_BECAUSE, ONLY_WHERE
from remit.decision.decision import Decision
from remit.decision.detail import Reason, Unlock
from remit.language import words
from remit.language.locales.messages import ENGLISH, Locale
from remit.language.locales.window_words import window
from remit.language.values import Money
from remit.policy.model import Guardrail, Model, Rule
from remit.policy.phrases import BESIDE, parts, question

__all__ = ["opening_rules", "role_named", "told_discretion", "told_reason"]

#: More questions than these do not go into one sentence: then the facts are named.
_IN_A_SENTENCE: Final = 2
#: Where more rules than these give something, none of them is near.
_FEW: Final = 2


def told_reason(reason: Reason, decision: Decision, model: Model, locale: Locale = ENGLISH) -> str:
    """The text of a ``reason`` of ``decision`` as people read it; both are in the language of ``model`` and of ``locale``.

    >>> told_reason(reason, decision, model)      # doctest: +SKIP
    '`injury` may apply, depending on this: What went wrong?'
    """
    found = next((each for each in model.guardrails if each.id == reason.id), None) if reason.kind == "guardrail" else None
    if found is None:
        return reason.text
    because = found.because
    if reason.text != (locale(MAY_APPLY_BECAUSE, id=found.id, because=because) if because else locale(MAY_APPLY, id=found.id)):
        return reason.text
    names = list(_unknown(found, decision, model))
    if not names:
        return reason.text
    asked = " ".join(_question(name, model, locale) for name in names)
    if len(names) > _IN_A_SENTENCE:
        asked = locale.listing(_name(name, model, locale) for name in names) + "."
    if because:
        why = because.rstrip(". ")
        return locale("`{id}` may apply: {because}. It depends on this: {questions}", id=found.id, because=why, questions=asked)
    return locale("`{id}` may apply, depending on this: {questions}", id=found.id, questions=asked)


def _unknown(guardrail: Guardrail, decision: Decision, model: Model) -> Iterator[str]:
    """The facts that it depends on and that are not known, in the order of the policy. The decision says which are missing or
    would open more; where the guardrail reads one fact only, it is that one."""
    from remit.policy.trees import reads  # only where something may apply

    assert guardrail.when is not None  # what holds always does not depend on anything
    found = {name for clause in guardrail.when.expressions() for name in reads(model, clause.node)}
    read = [name for name in (*model.facts, *BESIDE) if name in found]
    open_ones = {*decision.missing.facts, *(each.name for each in decision.unlocks if each.kind == "fact")}
    yield from read if len(read) == 1 else (name for name in read if name in open_ones)


def _question(name: str, model: Model, locale: Locale) -> str:
    return locale.of(question(model.facts[name]) if name in model.facts else BESIDE[name])


def _name(name: str, model: Model, locale: Locale) -> str:
    title = model.facts[name].title if name in model.facts else None
    return locale.in_sentence(title, model.languages) if title else words.name(name)


def opening_rules(of: Reason, decision: Decision, model: Model, locale: Locale = ENGLISH) -> Iterator[tuple[str, str]]:
    """Where no rule covers what is asked, and the record names none that comes near: the rules that would give it to this role,
    where there are few, each by its id and with its whole condition."""
    named = {name for each in decision.reasons if each.kind == "near" for name in each.remedies}
    if of.kind != "gap" or len(of.remedies) != 1 or named.intersection(of.remedies):
        return
    roles = model.ladder[: model.ladder.index(decision.role) + 1] if decision.role in model.ladder else model.ladder
    (remedy,) = of.remedies
    rules = [each for each in model.rules if remedy in each.owed or not each.may.get(remedy, {}).keys().isdisjoint(roles)]
    if len(rules) > _FEW:
        return
    for rule in rules:
        if rule.when is not None:
            because = rule.because.rstrip(". ") if rule.because else words.name(rule.id)
            told = locale(ONLY_WHERE, because=because, condition=_condition(rule, model, locale))
            yield rule.id, words.capital(told.removeprefix(f"{rule.id}: "))


def _condition(rule: Rule, model: Model, locale: Locale) -> str:
    assert rule.when is not None  # only rules with one are told
    if locale is ENGLISH:
        return ", and ".join(said for _, said in parts(rule.when))
    from remit.decision.page.recorded import Recorded  # most read English

    return Recorded(model, model, locale, str).condition(rule.when)


def told_discretion(unlock: Unlock, decision: Decision, model: Model, locale: Locale = ENGLISH) -> str:
    """That somebody's own discretion covers what was asked, and how much of it: what is beyond the rules. Both are in the
    language of ``model`` and of ``locale``."""
    ladder, name = model.ladder, unlock.remedy
    below = ladder[: ladder.index(decision.role) + 1] if decision.role in ladder else ()
    own = next((model.discretion[role] for role in reversed(below) if role in model.discretion), None)
    if own is None or name is None:
        return unlock.text
    known = {"each": locale.quantity(own.each), "total": locale.quantity(own.max), "window": locale(window(str(own.over)))}
    asked, limit = unlock.amount, decision.remedies[name].limit
    if unlock.text != locale(COVERED_BY_DISCRETION, **known) or not isinstance(asked, Money) or not isinstance(limit, Money):
        return unlock.text
    beyond = locale.quantity(Money.from_minor(asked.minor - limit.minor, asked.currency))
    return locale(
        "your own discretion covers the {beyond} beyond the rules ({each} at a time, {total} per {window}); tell the story",
        beyond=beyond,
        **known,
    )


def role_named(decision: Decision, model: Model) -> list[Unlock]:
    """What the role to which a guardrail sends a case may give of what is asked; nothing where none does. No role may give all
    of it where the case goes to the policy's owner, and still the customer is promised that role."""
    sure = {each.id for each in decision.reasons if each.kind == "guardrail" and not each.text.startswith(f"`{each.id}`")}
    named = {each.to for each in model.guardrails if each.id in sure}
    return [each for each in decision.unlocks if each.kind == "role" and each.name in named and each.remedy in decision.asked]
