"""What comes out: an outcome, and everything a person wants to know about it, each worked out when it is first read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeAlias, cast

from remit.decision.decoding import decode_decision
from remit.decision.detail import Detail, Missing, Offer, Outcome, Quantity, Reason, RemedyDetail, Shown, Unlock
from remit.language.values import Money

__all__ = ["Brief", "Decision", "DecisionSource"]

#: The outcome first, then what the source makes of it.
Brief: TypeAlias = Sequence[Any]


class DecisionSource(Protocol):
    """Takes decisions. ``seen`` is what one was taken on: nothing that anyone can change."""

    def whole(self, seen: Any, /) -> str:
        """The decision as one line of JSON."""

    def brief(self, seen: Any, /) -> Brief | None:
        """Its outcome and amounts, where there is a shorter way to them."""

    def amounts(self, brief: Brief, what: Literal["limits", "owed"], /) -> Mapping[str, Quantity]:
        """The amounts in a brief, by remedy."""


#: What the JSON of a decision begins with.
_START = '{"outcome":"'


class Decision:
    """One decision. Nothing of it can be changed, its mappings included.

    ``outcome`` is there at once; the rest is worked out when it is first read, from values that were copied when the decision
    was taken (a request changed afterwards changes nothing).

    ``outcome``
        ``grant``, ``escalate``, ``deny`` or ``ask``.
    ``policy``, ``version``, ``digest``, ``currency``
        Which policy decided; and in which currency, where it is in several.
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
    ``shown``
        The values that the policy shows in every decision (:class:`Shown`), in its order: what the customer pays, for one.
    """

    __slots__ = ("_brief", "_detail", "_seen", "_source", "_text")

    _source: DecisionSource
    _seen: Any
    _text: str | None
    _brief: Brief | None
    _detail: Detail | None

    @classmethod
    def by(cls, source: DecisionSource, seen: Any) -> Decision:
        """The decision that ``source`` takes on ``seen``, when something of it is first read."""
        decision = cls()
        decision._source = source
        decision._seen = seen
        decision._text = decision._brief = decision._detail = None
        return decision

    @classmethod
    def from_json(cls, text: str) -> Decision:
        """The decision whose :meth:`to_json` is ``text``. Nothing is decided, and nothing is checked."""
        decision = cls.by(_RECORDED, text)
        decision._text = text
        return decision

    @classmethod
    def of(cls, detail: Detail) -> Decision:
        """The decision that ``detail`` tells."""
        return cls.from_json(json.dumps(detail.to_dict(), ensure_ascii=False, separators=(",", ":")))

    @property
    def outcome(self) -> Outcome:
        text = self._text
        if text is None:
            brief = self._brief
            if brief is None:
                brief = self._brief = self._source.brief(self._seen)
            if brief is not None:
                return cast(Outcome, brief[0])
            text = self.to_json()
        start = len(_START)
        return cast(Outcome, text[start : text.index('"', start)])

    @property
    def detail(self) -> Detail:
        """All of it as plain frozen values."""
        if self._detail is None:
            self._detail = decode_decision(self.to_dict())
        return self._detail

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
    def currency(self) -> str | None:
        return self.detail.currency

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
        return self._amounts("limits") or MappingProxyType({name: each.limit for name, each in self.detail.remedies.items()})

    @property
    def owed(self) -> Mapping[str, Quantity]:
        return self._amounts("owed") or MappingProxyType({name: each.owed for name, each in self.detail.remedies.items()})

    def _amounts(self, what: Literal["limits", "owed"]) -> Mapping[str, Quantity] | None:
        if self._brief is None and self._detail is None:
            self._brief = self._source.brief(self._seen)
        return None if self._brief is None else self._source.amounts(self._brief, what)

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

    @property
    def shown(self) -> tuple[Shown, ...]:
        return self.detail.shown

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, as ``decision.schema.json`` says; money as text, dates as ISO 8601, keys in a fixed order."""
        found: dict[str, Any] = json.loads(self.to_json())
        return found

    def to_json(self) -> str:
        """One line of JSON, byte for byte the same for the same decision."""
        text = self._text
        if text is None:
            text = self._text = self._source.whole(self._seen)
        return text

    def short(self) -> dict[str, Any]:
        """What a program or a model needs to act on it, in less than 1,000 bytes of JSON (UTF-8,
        ``ensure_ascii=False``): see
        :func:`remit.decision.page.short.short`."""
        from remit.decision.page.short import short  # most who decide do without

        return short(self)

    def __eq__(self, other: object) -> bool:
        """Whether both say the same; the order of keys is no part of that (a record keeps them sorted)."""
        if not isinstance(other, Decision):
            return False
        return self is other or self.to_json() == other.to_json() or self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.outcome, self.digest, self.employee, self.case))

    def __repr__(self) -> str:
        return f"<Decision {self.outcome}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Decision.from_json, (self.to_json(),)


class _Recorded:
    """Tells what it was told."""

    def whole(self, seen: str, /) -> str:
        return seen

    def brief(self, seen: str, /) -> None:
        return None

    def amounts(self, brief: Brief, what: str, /) -> Mapping[str, Quantity]:
        raise AssertionError  # there is no brief


_RECORDED = _Recorded()
