"""What comes out: an outcome, and on demand everything a person wants to know about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import field, fields
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from remit.language.records import dataclass
from remit.language.values import Money

__all__ = ["Decision", "Detail", "Missing", "Offer", "Outcome", "Quantity", "Reason", "RemedyDetail", "Unlock"]

Outcome: TypeAlias = Literal["grant", "escalate", "deny", "ask"]

#: How much of a remedy: money, a count, or yes/no for an exception.
Quantity: TypeAlias = Money | int | bool


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Money) else list(value) if isinstance(value, tuple) else value


def _to_dict(self: Any) -> dict[str, Any]:
    """For JSON; money as text."""
    return {name: _plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class RemedyDetail:
    """One remedy. ``limit``: the most this employee may give by the rules and guardrails, never below ``owed`` and before
    caps. ``available``: what is left of it after caps. ``asked``: what was asked (zero or ``False`` where not). ``within``:
    whether that part could be granted. ``binding``: what holds ``available`` down (``cap:per-guest``, ``guardrail:repeat``), if
    anything. ``rule``/``owed_rule``: the rule that set the limit / what is owed."""

    limit: Quantity
    owed: Quantity
    available: Quantity
    asked: Quantity
    within: bool
    rule: str | None = None
    owed_rule: str | None = None
    binding: str | None = None

    to_dict = _to_dict


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that decided. ``id`` is the rule's, guardrail's or cap's; ``text`` is the author's words or remit's own."""

    kind: Literal["rule", "guardrail", "cap", "requirement", "discretion", "gap", "limit"]
    id: str
    text: str
    remedies: tuple[str, ...] = ()

    to_dict = _to_dict


@dataclass(frozen=True, slots=True)
class Offer:
    """What this employee can give now: the most of one remedy, caps included. ``owed`` is how much of it is the customer's
    right. ``on_request``: not to be offered unasked. ``left``: the cap that binds, in words."""

    remedy: str
    title: str
    amount: Quantity
    owed: Quantity
    on_request: bool = False
    left: str | None = None

    to_dict = _to_dict


@dataclass(frozen=True, slots=True)
class Unlock:
    """What would open more: a higher ``role`` (who may give ``amount`` of ``remedy``), discretion, a fact or evidence."""

    kind: Literal["role", "discretion", "fact", "evidence"]
    name: str
    remedy: str | None = None
    amount: Quantity | None = None
    text: str = ""

    to_dict = _to_dict


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not there: facts that can still change the outcome (in the order of the policy), evidence, the story."""

    facts: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    story: bool = False

    def __bool__(self) -> bool:
        return bool(self.facts or self.evidence or self.story)

    to_dict = _to_dict


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything about one decision, as plain frozen values. See :class:`Decision` for what each means."""

    outcome: Outcome
    policy: str
    version: str
    digest: str
    employee: str
    role: str
    case: str | None
    occurred: date | None
    asked: Mapping[str, Quantity]
    remedies: Mapping[str, RemedyDetail]
    reasons: tuple[Reason, ...]
    offers: tuple[Offer, ...]
    approver: str | None
    escalate_to: str | None
    unlocks: tuple[Unlock, ...]
    missing: Missing
    obligations: tuple[str, ...]
    say: tuple[str, ...]
    still_owed: Mapping[str, Quantity]
    charges: Mapping[str, Money | int]
    discretion: Money | None
    gap: bool
    balances: Mapping[str, Money | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in fields(self):
            if isinstance(value := getattr(self, each.name), Mapping):
                object.__setattr__(self, each.name, MappingProxyType(dict(value)))

    def __reduce__(self) -> tuple[Any, ...]:
        known = (getattr(self, each.name) for each in fields(self))
        return Detail, tuple(dict(value) if isinstance(value, Mapping) else value for value in known)


class Decision:
    """One decision. Nothing of it can be changed, its mappings included.

    ``outcome`` is there at once; the rest is worked out when it is first read, from values that were copied when the decision
    was taken (a request changed afterwards changes nothing).

    ``outcome``
        ``grant``, ``escalate``, ``deny`` or ``ask``.
    ``policy``, ``version``, ``digest``
        Which policy decided.
    ``employee``, ``role``, ``case``, ``occurred``, ``asked``
        Who asked what, as understood.
    ``remedies``
        Remedy to :class:`RemedyDetail`; ``limits`` and ``owed`` are short forms of it.
    ``reasons``
        What decided, most important first.
    ``offers``
        What this employee can give now, owed first: only what would be granted.
    ``approver``, ``escalate_to``
        The lowest role that could grant it, or ``None``; and to whom it goes: that role, or the policy's owner.
    ``unlocks``
        What would open more.
    ``missing``
        Facts, evidence or the story without which there is no final answer.
    ``obligations``
        Evidence that must be on file for this grant (XACML's word: what must be done along with the permission).
    ``say``
        Words to say to the customer.
    ``still_owed``
        What the customer is owed beyond what was asked.
    ``charges``
        Cap id to what a grant would take from it (money or a count).
    ``discretion``
        How much of the employee's discretion a grant would use.
    ``gap``
        True where no rule speaks of what was asked.
    """

    #: ``_seen`` is what the decision was taken on: first the function that makes the details from it, then whatever that needs.
    __slots__ = ("_detail", "_outcome", "_seen")

    _outcome: Outcome
    _seen: tuple[Any, ...]
    _detail: Detail

    @classmethod
    def of(cls, detail: Detail) -> Decision:
        """The decision that ``detail`` tells."""
        decision = cls()
        decision._outcome, decision._detail = detail.outcome, detail
        return decision

    @classmethod
    def lazily(cls, outcome: Outcome, make: Callable[[], Detail]) -> Decision:
        """The decision whose details ``make`` tells, when they are first read. It must give the same each time."""
        decision = cls()
        decision._outcome = outcome
        decision._seen = (lambda _: make(),)
        return decision

    @property
    def outcome(self) -> Outcome:
        return self._outcome

    @property
    def detail(self) -> Detail:
        """All of it as plain frozen values."""
        try:
            return self._detail
        except AttributeError:
            detail: Detail = self._seen[0](self._seen)
            self._detail = detail
            return detail

    @property
    def policy(self) -> str:
        return self.detail.policy

    @property
    def version(self) -> str:
        return self.detail.version

    @property
    def digest(self) -> str:
        return self.detail.digest

    @property
    def employee(self) -> str:
        return self.detail.employee

    @property
    def role(self) -> str:
        return self.detail.role

    @property
    def case(self) -> str | None:
        return self.detail.case

    @property
    def occurred(self) -> date | None:
        return self.detail.occurred

    @property
    def asked(self) -> Mapping[str, Quantity]:
        return self.detail.asked

    @property
    def remedies(self) -> Mapping[str, RemedyDetail]:
        return self.detail.remedies

    @property
    def limits(self) -> Mapping[str, Quantity]:
        return MappingProxyType({name: each.limit for name, each in self.detail.remedies.items()})

    @property
    def owed(self) -> Mapping[str, Quantity]:
        return MappingProxyType({name: each.owed for name, each in self.detail.remedies.items()})

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.detail.reasons

    @property
    def offers(self) -> tuple[Offer, ...]:
        return self.detail.offers

    @property
    def approver(self) -> str | None:
        return self.detail.approver

    @property
    def escalate_to(self) -> str | None:
        return self.detail.escalate_to

    @property
    def unlocks(self) -> tuple[Unlock, ...]:
        return self.detail.unlocks

    @property
    def missing(self) -> Missing:
        return self.detail.missing

    @property
    def obligations(self) -> tuple[str, ...]:
        return self.detail.obligations

    @property
    def say(self) -> tuple[str, ...]:
        return self.detail.say

    @property
    def still_owed(self) -> Mapping[str, Quantity]:
        return self.detail.still_owed

    @property
    def charges(self) -> Mapping[str, Money | int]:
        return self.detail.charges

    @property
    def discretion(self) -> Money | None:
        return self.detail.discretion

    @property
    def gap(self) -> bool:
        return self.detail.gap

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, as ``decision.schema.json`` says; money as text, dates as ISO 8601, keys in a fixed order."""
        d = self.detail
        return {
            "outcome": d.outcome,
            "policy": {"id": d.policy, "version": d.version, "digest": d.digest},
            "employee": {"id": d.employee, "role": d.role},
            "case": d.case,
            "occurred": d.occurred.isoformat() if d.occurred else None,
            "asked": {name: _plain(value) for name, value in d.asked.items()},
            "remedies": {name: each.to_dict() for name, each in d.remedies.items()},
            "reasons": [each.to_dict() for each in d.reasons],
            "offers": [each.to_dict() for each in d.offers],
            "approver": d.approver,
            "escalate_to": d.escalate_to,
            "unlocks": [each.to_dict() for each in d.unlocks],
            "missing": d.missing.to_dict(),
            "obligations": list(d.obligations),
            "say": list(d.say),
            "still_owed": {name: _plain(value) for name, value in d.still_owed.items()},
            "charges": {name: _plain(value) for name, value in d.charges.items()},
            "discretion": _plain(d.discretion),
            "balances": {name: _plain(value) for name, value in d.balances.items()},
            "gap": d.gap,
        }

    def to_json(self) -> str:
        """One line of JSON, byte for byte the same for the same decision."""
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decision) and (self is other or self.detail == other.detail)

    def __hash__(self) -> int:
        return hash((self.outcome, self.detail.policy, self.detail.employee, self.detail.case))

    def __repr__(self) -> str:
        return f"<Decision {self.outcome}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Decision.of, (self.detail,)
