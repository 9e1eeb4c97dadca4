"""The largest single grants that are found by trying: the values at which the policy changes its mind, in sampled situations.

They are decided by the policy, so that what they reach can be reached. That nothing is larger is not proved by trying.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from remit.authoring.boundaries import within
from remit.authoring.exposure.grant_kinds import GrantKind, GrantPart, LargestGrant, stretch_of
from remit.authoring.exposure.grant_trial import GrantTrial, whole
from remit.authoring.exposure.proved_grants import history_ranges
from remit.authoring.proposing.situations import Situations
from remit.deciding.policy import Policy
from remit.errors import RequestError

__all__ = ["largest_tried"]

#: In how many situations it is tried beside those that are made for each rule.
_SAMPLES: Final = 150
#: How often all facts are gone through.
_ROUNDS: Final = 4
#: In how many discretion is tried.
_WITH_DISCRETION: Final = 12


@dataclass
class _Best:
    amount: int
    facts: Mapping[str, Any]


def largest_tried(policy: Policy, role: str) -> dict[str, list[LargestGrant]]:
    """For each remedy the largest grants of ``role`` beyond what is owed that were found, one for each range of history."""
    trial, situations = GrantTrial(policy, role), Situations(policy.model)
    every = [trial.facts_of(facts) for facts in _situations(situations)]
    out: dict[str, list[LargestGrant]] = {name: [] for name in policy.model.remedies}
    for history in history_ranges(policy.model):
        best = {name: _Best(0, every[0]) for name in out}
        for facts in every:
            for name, amount in _given(trial, facts, history):
                if amount > best[name].amount:
                    best[name] = _Best(amount, facts)
        for name, found in best.items():
            if found.amount and policy.model.remedies[name].kind != "exception":
                found = _climbed(trial, situations, name, found, history)
            reached = _with_discretion(trial, name, found, every, history)
            out[name].append(LargestGrant(name, role, found.amount, found.facts, history, reached))
    return out


def _climbed(
    trial: GrantTrial, situations: Situations, remedy: str, best: _Best, history: Mapping[str, tuple[int, int | None]]
) -> _Best:
    """A case from which no other value of one fact gives more. Values that give as much are taken, too: several facts may have
    to grow together."""
    first = best
    for _ in range(_ROUNDS):
        before = best.amount
        for name in best.facts:
            fact = trial.model.facts[name]
            sizes = [trial.money(10**power) for power in (0, 5, 6, 7, 8)] if fact.type.kind == "money" else []
            for value in (*situations.worth[name], *(each for each in sizes if within(fact, each))):
                facts = {**best.facts, name: value}
                amount = dict(_given(trial, facts, history)).get(remedy, 0)
                if amount >= best.amount:
                    best = _Best(amount, facts)
        if best.amount == before:
            break
    return best if best.amount > first.amount else first  # the more usual case


def _with_discretion(
    trial: GrantTrial,
    name: str,
    found: _Best,
    every: Sequence[Mapping[str, Any]],
    history: Mapping[str, tuple[int, int | None]],
) -> int:
    """The most with discretion, in the case that is the largest without it, and in some others."""
    reached = found.amount
    for facts in (found.facts, *every[:_WITH_DISCRETION]):
        amount = dict(_given(trial, facts, history)).get(name, 0)
        owed = whole(trial.decide(facts, history, {}).owed[name])
        kind = GrantKind(trial.role, facts, history, {name: GrantPart(amount)}, {name: owed} if owed else {})
        reached = max(reached, amount + stretch_of(trial, kind, name))
    return reached


def _situations(situations: Situations) -> Iterator[Mapping[str, Any]]:
    model = situations.model
    yield situations.usual
    for rule in model.rules:
        yield situations.only(rule, situations.usual)
    yield from situations.sampled(_SAMPLES, calm=True)
    yield from situations.sampled(_SAMPLES)


def _given(
    trial: GrantTrial, facts: Mapping[str, Any], history: Mapping[str, tuple[int, int | None]]
) -> Sequence[tuple[str, int]]:
    """What is offered of each remedy alone beyond what is owed."""
    try:
        decision = trial.decide(facts, history, {})
    except RequestError:
        return ()
    owed = {name: whole(amount) for name, amount in decision.owed.items()}
    return [(each.remedy, whole(each.amount) - owed[each.remedy]) for each in decision.offers if not each.beside]
