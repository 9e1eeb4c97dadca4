"""What can be given now, what is still owed, and what would open more (law 6: every no carries a yes)."""

from __future__ import annotations

from collections.abc import Iterator

from remit.decision.case import Case
from remit.decision.detail import Offer, Quantity, RemedyDetail, Unlock
from remit.decision.quantities import as_quantity, cap_limit, cap_words, in_words
from remit.decision.reading import INFINITE, SURE, Standing, authority
from remit.decision.verdict import Verdict, allowance, left_of
from remit.language.values import Money, Unknown
from remit.policy.model import Cap

__all__ = ["cap_left", "offers_for", "remedy_details", "still_owed", "unlocks_for"]


def remedy_details(case: Case) -> dict[str, RemedyDetail]:
    """Every remedy of the policy, as it stands for this employee."""
    parts = {part.remedy: part for part in case.sure.parts}
    out = {}
    for name, remedy in case.model.remedies.items():
        standing = case.sure.authority.standings[name]
        most, cap = case.available[name]
        part = parts.get(name)
        out[name] = RemedyDetail(
            limit=as_quantity(case.model, remedy, standing.limit),
            owed=as_quantity(case.model, remedy, standing.claim),
            available=as_quantity(case.model, remedy, most),
            asked=as_quantity(case.model, remedy, case.inputs.asked.get(name, 0)),
            within=part is None or part.verdict is Verdict.GRANT,
            rule=standing.rule if standing.open >= standing.owed else standing.owed_rule,
            owed_rule=standing.owed_rule,
            binding=_binding(standing, cap),
        )
    return out


def _binding(standing: Standing, cap: Cap | None) -> str | None:
    if cap is not None:
        return f"cap:{cap.id}"
    if standing.blocked is not None:
        return f"guardrail:{standing.blocked.id}"
    if standing.narrowed_by is not None and standing.ceiling < max(standing.open, standing.owed):
        return f"guardrail:{standing.narrowed_by.id}"
    return None


def offers_for(case: Case) -> tuple[Offer, ...]:
    """The most of each remedy that would be granted now, on its own: owed first, then what may be offered unasked."""
    offers = []
    for name, remedy in case.model.remedies.items():
        standing = case.sure.authority.standings[name]
        most, cap = case.available[name]
        if not most:
            continue
        offers.append(
            Offer(
                remedy=name,
                title=remedy.title,
                amount=as_quantity(case.model, remedy, most),
                owed=as_quantity(case.model, remedy, standing.due),
                on_request=remedy.offer == "on_request" and not standing.due,
                left=cap_left(case, cap) if cap is not None else None,
            )
        )
    return tuple(sorted(offers, key=lambda offer: (not _is_due(offer), offer.on_request)))


def _is_due(offer: Offer) -> bool:
    return bool(offer.owed.amount if isinstance(offer.owed, Money) else offer.owed)


def cap_left(case: Case, cap: Cap) -> str:
    """``per-guest: 120 EUR of 600 EUR left until 3 December``."""
    total = cap_limit(case.model, cap, case.inputs.role)
    used = case.inputs.balances.get(cap.id)
    if isinstance(used, Unknown):
        waits = ", ".join(sorted(used.missing)) or "the ledger"
        return f"{cap.id}: what is left of {cap_words(case.model, cap, total)} is not known without {waits}"
    left = left_of(case.model, cap, case.inputs.role, case.inputs, SURE)
    until = case.inputs.until.get(cap.id)
    when = f" until {until.day} {until:%B %Y}" if until else ""
    return f"{cap.id}: {cap_words(case.model, cap, left)} of {cap_words(case.model, cap, total)} left{when}"


def still_owed(case: Case) -> dict[str, Quantity]:
    """What the customer is owed beyond what was asked; a request below it is granted as asked (step 8)."""
    out = {}
    for name, standing in case.sure.authority.standings.items():
        rest = standing.due - case.inputs.asked.get(name, 0)
        if rest > 0:
            out[name] = as_quantity(case.model, case.model.remedies[name], rest)
    return out


def unlocks_for(case: Case) -> tuple[Unlock, ...]:
    """What would open more than the employee can give now."""
    facts = dict.fromkeys((*case.missing.facts, *(case.openers if case.outcome != "grant" else ())))
    return (
        *(Unlock("fact", name, text=case.model.facts[name].ask or "" if name in case.model.facts else "") for name in facts),
        *(Unlock("evidence", name, text=case.model.evidence[name].title) for name in case.missing.evidence),
        *_discretion(case),
        *_roles(case),
    )


def _discretion(case: Case) -> Iterator[Unlock]:
    """The employee's own room beyond the rules, where it would cover what was asked and has not been used."""
    if case.inputs.use_discretion or case.outcome != "escalate":
        return
    short = [part for part in case.sure.parts if part.verdict < Verdict.GRANT]
    needed = sum(part.excess for part in short)
    found, room = allowance(case.model, case.inputs.role, case.inputs, SURE)
    if found is None or not needed or needed > room or case.sure.full_caps or any(not part.excess for part in short):
        return
    text = f"your own discretion covers it ({found.each} at a time, {found.max} per {found.over}); tell the story"
    for part in short:
        remedy = case.model.remedies[part.remedy]
        yield Unlock("discretion", case.inputs.role, part.remedy, as_quantity(case.model, remedy, part.asked), text)


def _roles(case: Case) -> Iterator[Unlock]:
    """For each remedy asked (or every remedy), the lowest role above that may surely give more, and how much."""
    model, ladder = case.model, case.model.ladder
    above = ladder[ladder.index(case.inputs.role) + 1 :]
    wanted = (
        [part.remedy for part in case.sure.parts if part.verdict < Verdict.GRANT] if case.inputs.asked else list(model.remedies)
    )
    for name in wanted:
        own = case.available[name][0]
        for role in above:
            standing = authority(model, case.find, role, case.inputs.asker, SURE).standings[name]
            if own < standing.limit < INFINITE:
                amount, remedy = as_quantity(model, model.remedies[name], standing.limit), model.remedies[name]
                text = f"{role.replace('_', ' ')} may give {_up_to(amount, remedy.title)}"
                yield Unlock("role", role, name, amount, text)
                break


def _up_to(amount: Quantity, title: str) -> str:
    return title if isinstance(amount, bool) else f"up to {in_words(amount)} {title}"
