"""A proposed change in words, for a terminal: what, why, what it would have cost, what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from remit.authoring.differences.declared import difference
from remit.authoring.differences.telling import human
from remit.language import words
from remit.review.suggesting.recorded_cost import RecordedCost
from remit.review.suggesting.suggestion import Suggestion

__all__ = ["NOT_SIMULATED", "about_cases", "changed", "nothing_found", "told"]

#: What the cost on the recorded history leaves out.
NOT_SIMULATED = (
    "Each request was decided again with the balances and the history that it read then. That what is given at once counts "
    "against later requests, and that people may ask for more once they may give more, is not simulated."
)


def nothing_found(policy: str) -> str:
    """That there is nothing to propose."""
    return f"Nothing to suggest for `{policy}`: nothing is approved so regularly, and so often, that the policy should give it."


def told(suggestion: Suggestion) -> Iterator[str]:
    """Paragraphs, the first with its number; all but the first are about it."""
    yield f"{suggestion.number}. {suggestion.title}."
    yield _counted(suggestion)
    yield _share(suggestion)
    if suggestion.covers is not None and suggestion.covers < 1:
        yield f"The new limit covers {_percent(suggestion.covers)} of these approvals."
    if suggestion.refused is not None:
        yield f"No patch: {suggestion.refused}."
    if suggestion.cost is not None:
        yield from _cost(suggestion, suggestion.cost)


def changed(suggestion: Suggestion) -> list[str]:
    """What its patch changes, as lines; none where there is no patch."""
    patch = suggestion.patch
    if patch is None:
        return []
    found = difference(patch.before, patch.after)
    return human(replace(found, parts=tuple(part for part in found.parts if part.name != "policy")))


def about_cases(suggestion: Suggestion) -> Iterator[str]:
    """What its patch does to the cases."""
    patch = suggestion.patch
    if patch is None:
        return
    if not patch.cases:
        yield f"No cases are added to {patch.cases_file.name}: none that were tried come out as they should beside those there."
    if patch.stale:
        names = words.listing(f"`{name}`" for name in patch.stale)
        these = "This case expects" if len(patch.stale) == 1 else "These cases expect"
        yield f"{these} what the policy says today, and should be changed with it: {names}."


def _counted(suggestion: Suggestion) -> str:
    seen = suggestion.evidence
    less = f", {seen.less} with less" if seen.less else ""
    people = f"{_many(seen.employees, 'employee')} for {_many(seen.customers, 'customer')}"
    records = words.listing(map(str, seen.examples))
    examples = f" Records {records} are examples (`remit why {seen.examples[0]}`)." if len(seen.examples) > 1 else ""
    return (
        f"Sent up {words.grouped(seen.count)} times by {people}, and answered by {_many(seen.approvers, 'approver')}: "
        f"{words.grouped(seen.unchanged)} approved as asked{less}, {words.grouped(seen.refused)} not approved.{examples}"
    )


def _share(suggestion: Suggestion) -> str:
    seen, elsewhere = suggestion.evidence.share, suggestion.evidence.elsewhere
    interval = f"({_percent(seen.low)} to {_percent(seen.high)})"
    said = f"In the end more than the limit was given in {_percent(seen.estimate)} of them {interval}."
    if suggestion.kind == "guardrail":
        return said
    if elsewhere is None:
        return f"{said} There is too little else to compare it with."
    return f"{said} Of everything else that was sent up, in {_percent(elsewhere.estimate)}."


def _cost(suggestion: Suggestion, cost: RecordedCost) -> Iterator[str]:
    found = f"On the recorded history, {_many(cost.saved, 'request')} would not have been sent up."
    if cost.saved:
        found += f" {_sums(suggestion, cost.given)} would have been given without asking."
        found += f" Approved anyway: {_sums(suggestion, cost.approved)}."
        found += f" Declined or reduced then, which is the extra cost: {_sums(suggestion, cost.extra)}."
        if any(cost.open.values()):
            found += f" Not answered yet: {_sums(suggestion, cost.open)}."
    yield found
    if cost.looked_up:
        tried = f"{_many(cost.looked_up, 'request')} that {'was' if cost.looked_up == 1 else 'were'} tried but not sent up"
        why = "many were given in part, or sent up later"
        yield f"{tried} would have been granted, too. The extra cost leaves them out: {why}."
    if cost.unread:
        yield f"{_many(cost.unread, 'request')} could not be decided again: facts were erased, or the policy had others then."


def _sums(suggestion: Suggestion, amounts: Mapping[str, int]) -> str:
    return words.listing(_sum(suggestion, remedy, amount) for remedy, amount in amounts.items()) or "nothing"


def _sum(suggestion: Suggestion, remedy: str, amount: int) -> str:
    title, kind = suggestion.model.remedies[remedy].title, suggestion.model.remedies[remedy].kind
    if kind == "exception":
        return f"{words.in_sentence(title)} {_many(amount, 'time')}"
    return words.amount(title, suggestion.quantity(amount, remedy))


def _many(count: int, noun: str) -> str:
    return f"{words.grouped(count)} {words.plural(noun, count)}"


def _percent(share: float) -> str:
    return words.percent(Decimal(round(share, 2)).quantize(Decimal("0.01")))
