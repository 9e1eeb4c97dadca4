"""What comes out: an outcome, and on demand everything a person wants to know about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeAlias

from remit.decision.detail import Detail, Missing, Offer, Outcome, Quantity, Reason, RemedyDetail, Unlock, plain
from remit.language.records import dataclass
from remit.language.values import Money

__all__ = ["Amounts", "Decision", "Source"]

Amounts: TypeAlias = Literal["limits", "owed"]


class Source(Protocol):
    """Tells more of a decision, from what it was taken on."""

    def detail(self, seen: tuple[Any, ...], /) -> Detail:
        """Everything."""

    def amounts(self, what: Amounts, seen: tuple[Any, ...], /) -> Mapping[str, Quantity] | None:
        """The limits, or what is owed, by remedy, where there is a shorter way to them than the details."""


@dataclass(frozen=True, slots=True)
class _Late:
    """Details that ``make`` tells."""

    make: Callable[[], Detail]

    def detail(self, seen: tuple[Any, ...], /) -> Detail:
        return self.make()

    def amounts(self, what: Amounts, seen: tuple[Any, ...], /) -> Mapping[str, Quantity] | None:
        return None


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
        Remedy to :class:`RemedyDetail`; ``limits`` and ``owed`` are short forms of it, and much cheaper to read.
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

    #: ``_seen`` is what the decision was taken on: first the :class:`Source` that tells the rest from it, then whatever that
    #: needs.
    __slots__ = ("_detail", "_outcome", "_seen")

    _outcome: Outcome
    _seen: tuple[Any, ...]
    _detail: Detail

    @classmethod
    def of(cls, detail: Detail) -> Decision:
        """The decision that ``detail`` tells."""
        decision = cls()
        decision._outcome, decision._detail = detail.outcome, detail
        decision._seen = (_Late(lambda: detail),)
        return decision

    @classmethod
    def lazily(cls, outcome: Outcome, make: Callable[[], Detail]) -> Decision:
        """The decision whose details ``make`` tells, when they are first read. It must give the same each time."""
        decision = cls()
        decision._outcome = outcome
        decision._seen = (_Late(make),)
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
            detail: Detail = self._seen[0].detail(self._seen)
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
        short = self._seen[0].amounts("limits", self._seen)
        return short or MappingProxyType({name: each.limit for name, each in self.detail.remedies.items()})

    @property
    def owed(self) -> Mapping[str, Quantity]:
        short = self._seen[0].amounts("owed", self._seen)
        return short or MappingProxyType({name: each.owed for name, each in self.detail.remedies.items()})

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
            "asked": {name: plain(value) for name, value in d.asked.items()},
            "remedies": {name: each.to_dict() for name, each in d.remedies.items()},
            "reasons": [each.to_dict() for each in d.reasons],
            "offers": [each.to_dict() for each in d.offers],
            "approver": d.approver,
            "escalate_to": d.escalate_to,
            "unlocks": [each.to_dict() for each in d.unlocks],
            "missing": d.missing.to_dict(),
            "obligations": list(d.obligations),
            "say": list(d.say),
            "still_owed": {name: plain(value) for name, value in d.still_owed.items()},
            "charges": {name: plain(value) for name, value in d.charges.items()},
            "discretion": plain(d.discretion),
            "balances": {name: plain(value) for name, value in d.balances.items()},
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
