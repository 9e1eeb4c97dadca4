"""Steps 3 and 4 of a decision: what the rules give one role, and what the guardrails leave of it.

Where facts are missing, the same findings can be read in several ways. A :data:`Hope` decides, for each piece that is not
settled, whether it is read in the customer's favour; reading everything favourably and everything unfavourably bounds what can
still come out, and reading it favourably in all but one fact shows whether that fact matters (law 5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TypeAlias

from remit.backends.findings import Amount, Findings
from remit.language.records import dataclass
from remit.policy.model import Guardrail, Model

__all__ = ["HOPING", "INFINITE", "SURE", "Authority", "Hope", "Standing", "authority"]

#: Larger than any amount: no bound is known.
INFINITE = 10**30

#: ``hope(missing, widens)``: whether a piece that waits for the facts in ``missing`` is read in the customer's favour.
#: ``widens`` is true for rules, false for what narrows.
Hope: TypeAlias = Callable[[frozenset[str], bool], bool]


def SURE(missing: frozenset[str], widens: bool) -> bool:  # noqa: N802 - a constant that happens to be a function
    """Nothing that is not settled counts in the customer's favour."""
    return False


def HOPING(missing: frozenset[str], widens: bool) -> bool:  # noqa: N802
    """Everything that is not settled turns out in the customer's favour."""
    return True


@dataclass(slots=True)
class Standing:
    """One remedy for one role under one reading.

    ``open`` is what the rules give, ``owed`` what the customer is due; ``ceiling`` the narrowest limit of a guardrail.
    ``blocked`` is the guardrail that denies or escalates the remedy, deny first; ``held`` is the one among those that name the
    remedy, which hold what is owed as well (law 4). ``spoken`` is whether any matching rule speaks of the remedy.
    """

    open: int = 0
    owed: int = 0
    ceiling: int = INFINITE
    spoken: bool = False
    rule: str | None = None
    owed_rule: str | None = None
    narrowed_by: Guardrail | None = None
    blocked: Guardrail | None = None
    held: Guardrail | None = None

    @property
    def due(self) -> int:
        """What is owed and may be handed over at once: a guardrail that names the remedy holds it back."""
        return 0 if self.held else self.owed

    @property
    def claim(self) -> int:
        """What is owed, by whomever it is handed over: a guardrail that names the remedy and denies it takes that away."""
        return 0 if self.held is not None and self.held.effect == "deny" else self.owed

    @property
    def free(self) -> int:
        """The most that may be given where nothing denies or escalates it: what the rules give within the ceiling of the
        guardrails, never below what is owed."""
        return max(self.owed, min(self.open, self.ceiling))

    @property
    def limit(self) -> int:
        """The most that may be given by rules and guardrails, never below what is due."""
        return self.due if self.blocked else self.free


@dataclass(slots=True)
class Authority:
    """All remedies for one role under one reading, and the guardrails that bind it as a whole."""

    standings: dict[str, Standing]
    guardrails: list[Guardrail] = field(default_factory=list)


def _value(amount: Amount, hope: Hope, widens: bool) -> int:
    if amount.missing and hope(amount.missing, widens):
        return INFINITE if amount.high is None else amount.high
    return amount.low


def _said(amount: Amount, hope: Hope) -> bool:
    return amount.said or hope(amount.missing, True)


def _best(amounts: Mapping[str, Amount], roles: tuple[str, ...], hope: Hope) -> int:
    return max((_value(amounts[role], hope, True) for role in roles if role in amounts), default=0)


def _widen(standings: dict[str, Standing], findings: Findings, roles: tuple[str, ...], hope: Hope) -> None:
    for found in findings.rules:
        if found.missing and not hope(found.missing, True):
            continue
        for remedy, amounts in found.may.items():
            standing, best = standings[remedy], _best(amounts, roles, hope)
            standing.spoken = standing.spoken or any(_said(amount, hope) for amount in amounts.values())
            if best > standing.open:
                standing.open, standing.rule = best, found.rule.id
        for remedy, amount in found.owed.items():
            standing, due = standings[remedy], _value(amount, hope, True)
            standing.spoken = standing.spoken or _said(amount, hope)
            if due > standing.owed:
                standing.owed, standing.owed_rule = due, found.rule.id


def _binds(model: Model, guardrail: Guardrail, role: str, requester: str) -> bool:
    """Whether an ``escalate`` holds ``role`` back: not those it goes to, nor, without ``to``, anybody above the requester."""
    rank = model.ladder.index
    if guardrail.effect != "escalate":
        return True
    return rank(role) < rank(guardrail.to) if guardrail.to is not None else rank(role) <= rank(requester)


def _narrow(model: Model, into: Authority, findings: Findings, role: str, requester: str, hope: Hope) -> None:
    for found in findings.guardrails:
        guardrail = found.guardrail
        if not _binds(model, guardrail, role, requester) or (found.missing and hope(found.missing, False)):
            continue
        into.guardrails.append(guardrail)
        if guardrail.effect == "limit":
            _limit(model, into, found.limits, guardrail, role, hope)
            continue
        for remedy in guardrail.remedies or into.standings:
            standing = into.standings[remedy]
            standing.blocked = _stronger(standing.blocked, guardrail)
            if guardrail.remedies:
                standing.held = _stronger(standing.held, guardrail)


def _stronger(first: Guardrail | None, second: Guardrail) -> Guardrail:
    """Deny beats escalate; of equals, the one that stands first in the policy."""
    return second if first is None or (first.effect == "escalate" and second.effect == "deny") else first


def _limit(
    model: Model,
    into: Authority,
    limits: Mapping[str, Mapping[str, Amount]],
    guardrail: Guardrail,
    role: str,
    hope: Hope,
) -> None:
    for remedy, amounts in limits.items():
        ceiling = 0
        for each in model.ladder[: model.ladder.index(role) + 1]:
            if each in amounts:
                ceiling = max(ceiling, _value(amounts[each], hope, False))
        standing = into.standings[remedy]
        if ceiling < standing.ceiling:
            standing.ceiling, standing.narrowed_by = ceiling, guardrail


def authority(model: Model, find: Callable[[str], Findings], role: str, requester: str, hope: Hope) -> Authority:
    """What ``role`` may do about a request of ``requester`` (a role too: the employee's own, or lower).

    ``find`` gives the findings for a role; a role has at least what every lower role has (law 1), also where conditions read
    ``employee.role``.
    """
    into = Authority({remedy: Standing() for remedy in model.remedies})
    seen: list[Findings] = []
    for index in range(model.ladder.index(role), -1, -1):
        findings = find(model.ladder[index])
        if any(findings is each for each in seen):
            continue
        seen.append(findings)
        _widen(into.standings, findings, model.ladder[: index + 1], hope)
    _narrow(model, into, find(role), role, requester, hope)
    return into
