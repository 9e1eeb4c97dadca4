"""What a decision is made of: plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from remit.language.fast_dataclass import dataclass
from remit.language.text import string
from remit.language.values import SAFE_IN_JSON, Money

__all__ = [
    "Detail",
    "IncidentAge",
    "Missing",
    "Offer",
    "Outcome",
    "Quantity",
    "Reason",
    "RemedyDetail",
    "Shown",
    "Unlock",
    "plain",
]

Outcome: TypeAlias = Literal["grant", "escalate", "deny", "ask"]

#: Whether an incident is one that its policy still covers.
IncidentAge: TypeAlias = Literal["not checked", "within", "outside"]

#: How much of a remedy: money, a count, or yes/no for an exception.
Quantity: TypeAlias = Money | int | bool


def plain(value: Any) -> Any:
    """``value`` for JSON: money as text."""
    return str(value) if isinstance(value, Money) else list(value) if isinstance(value, tuple) else value


def _to_dict(self: Any) -> dict[str, Any]:
    """For JSON; money as text."""
    return {name: value if type(value := getattr(self, name)) in _ATOMS else plain(value) for name in self.__slots__}


_ATOMS: Final = frozenset((str, int, bool, type(None)))


@dataclass(frozen=True, slots=True)
class RemedyDetail:
    """One remedy. ``limit``: the most this employee may give by the rules and guardrails, never below ``owed`` and before
    caps. ``available``: what is left of it after caps. ``asked``: what was asked (zero or ``False`` where not). ``within``:
    whether that part could be granted. ``binding``: what holds ``available`` down (``cap:per-guest``, ``guardrail:repeat``), if
    anything. ``rule``/``owed_rule``: the rule that set the limit / what is owed. ``received``: what the claim has had of it
    already (``None``: nothing); ``limit`` and ``owed`` are what is left beyond it."""

    limit: Quantity
    owed: Quantity
    available: Quantity
    asked: Quantity
    within: bool
    rule: str | None = None
    owed_rule: str | None = None
    binding: str | None = None
    received: Quantity | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON; money as text. What was ``received`` is there only where something was."""
        plain_values = _to_dict(self)
        if self.received is None:
            del plain_values["received"]
        return plain_values


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that decided: its ``kind``, and the ``id`` of the rule, guardrail or cap. ``text`` is the author's words or
    remit's own; ``remedies`` are those it is about."""

    kind: Literal[
        "rule", "guardrail", "cap", "requirement", "discretion", "gap", "near", "limit", "claim", "trust", "undetermined"
    ]
    id: str
    text: str
    remedies: tuple[str, ...] = ()

    to_dict = _to_dict


@dataclass(frozen=True, slots=True)
class Offer:
    """What this employee can give now: ``amount`` is the most of one ``remedy``, caps included, and ``title`` its name for
    people. ``owed`` is how much of it is the customer's right. ``on_request``: not to be offered unasked. ``left``: the cap
    that binds, in words. ``beside``: it cannot be given alone, but together with these exceptions. ``evidence``: what must be
    on file for it, and is not yet."""

    remedy: str
    title: str
    amount: Quantity
    owed: Quantity
    on_request: bool = False
    left: str | None = None
    beside: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For JSON; money as text. ``beside`` is called ``with`` there; it and ``evidence`` only where there is any."""
        plain_values = _to_dict(self)
        more = {"with": plain_values.pop("beside"), "evidence": plain_values.pop("evidence")}
        return {**plain_values, **{name: names for name, names in more.items() if names}}


@dataclass(frozen=True, slots=True)
class Unlock:
    """What would open more: by ``kind``, a higher role, discretion, a fact or evidence of this ``name``; ``amount`` of
    ``remedy`` is what it would open, where that is known; ``text`` says it in words."""

    kind: Literal["role", "discretion", "fact", "evidence"]
    name: str
    remedy: str | None = None
    amount: Quantity | None = None
    text: str = ""

    to_dict = _to_dict


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that the policy shows in every decision, such as what the customer pays: its ``name`` and ``title``, its ``type``
    (``money``, ``number``, ``text``, ``boolean``, ``date``, ``time``, ``date-time``, ``duration`` or ``months``), and the
    ``value``, ``None`` where there is none: while facts are ``missing``, or for the ``cause``, in words."""

    name: str
    title: str
    type: str
    value: Any
    missing: tuple[str, ...] = ()
    cause: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON; whole numbers as numbers, all else as text. ``missing`` and ``cause`` only where there are any."""
        more = {"missing": list(self.missing), "cause": self.cause}
        known = {"name": self.name, "title": self.title, "type": self.type, "value": _as_json(self.value)}
        return {**known, **{name: each for name, each in more.items() if each}}


def _as_json(value: Any) -> Any:
    """As a decision has it (:mod:`remit.readings.numbers.shown_values`)."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal) and value == (whole := int(value)) and abs(whole) < SAFE_IN_JSON:
        return whole
    return string(value)


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not there: ``facts`` that can still change the outcome (in the order of the policy), ``evidence``, the
    ``story``. ``questions`` says by fact what to ask a person for it."""

    facts: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    story: bool = False
    questions: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.facts or self.evidence or self.story)

    def to_dict(self) -> dict[str, Any]:
        """For JSON. There are ``questions`` only where facts are missing."""
        asked = {"questions": dict(self.questions)} if self.questions else {}
        return {"facts": list(self.facts), **asked, "evidence": list(self.evidence), "story": self.story}


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
    incident: IncidentAge | None = None
    shown: tuple[Shown, ...] = ()
    currency: str | None = None

    def __post_init__(self) -> None:
        for name in _MAPPINGS:
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[Any, ...]:
        known = ((name, getattr(self, name)) for name in self.__slots__)
        return Detail, tuple(dict(value) if name in _MAPPINGS else value for name, value in known)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, in the order of ``decision.schema.json``."""
        return {
            "outcome": self.outcome,
            "policy": {
                "id": self.policy,
                "version": self.version,
                "digest": self.digest,
                **({} if self.currency is None else {"currency": self.currency}),
            },
            "employee": {"id": self.employee, "role": self.role},
            "case": self.case,
            "occurred": self.occurred.isoformat() if self.occurred else None,
            "asked": {name: plain(value) for name, value in self.asked.items()},
            "remedies": {name: each.to_dict() for name, each in self.remedies.items()},
            "reasons": [each.to_dict() for each in self.reasons],
            "offers": [each.to_dict() for each in self.offers],
            "approver": self.approver,
            "escalate_to": self.escalate_to,
            "unlocks": [each.to_dict() for each in self.unlocks],
            "missing": self.missing.to_dict(),
            "obligations": list(self.obligations),
            "say": list(self.say),
            "still_owed": {name: plain(value) for name, value in self.still_owed.items()},
            "charges": {name: plain(value) for name, value in self.charges.items()},
            "discretion": plain(self.discretion),
            "balances": {name: plain(value) for name, value in self.balances.items()},
            "gap": self.gap,
            **({} if self.incident is None else {"incident": self.incident}),
            **({"shown": [each.to_dict() for each in self.shown]} if self.shown else {}),
        }


_MAPPINGS: Final = ("asked", "remedies", "still_owed", "charges", "balances")
