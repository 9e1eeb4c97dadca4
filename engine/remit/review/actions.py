"""What was done, as figures count it: each record of the log read once, in order, into a small value.

Every figure of a review is a fold over these. A record of 4 kB becomes an action of a few hundred bytes, amounts are whole
numbers of the smallest unit, the site comes from the roster that the record names, and an answer carries what it answers.
Nothing personal is in it: a customer is the keyed token by which the ledger counts them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from remit.errors import NotFound
from remit.ledger.caps.statements import RECORDED
from remit.ledger.recorded_facts import whole
from remit.review.rosters import Rosters

if TYPE_CHECKING:
    from remit.ledger.people.people_reader import PeopleReader

__all__ = ["Action", "Actor", "AskedRemedy", "action_of", "read_actions"]

#: How many actions are kept at hand for what answers them; an older one is read from the ledger again.
_AT_HAND: Final = 20_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NONE: Final[Mapping[str, Any]] = {}
#: The kinds that give something. What a hold gives is counted when it is settled.
_GIVES: Final = frozenset(("grant", "approve", "settle"))
#: The kinds that are read together with the record that they answer.
_ANSWERS: Final = frozenset(
    ("settle", "release", "void", "agree", "permit", "approve", "decline", "overdue", "review", "dispute", "answer", "outcome")
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: ``role`` as they acted. ``site``, ``manager`` and ``agent`` (an AI agent, not a person) come from the
    roster, or, where there is none, the site from the fact ``employee.site``."""

    id: str
    role: str
    site: str | None = None
    manager: str | None = None
    agent: bool = False


@dataclass(frozen=True, slots=True)
class AskedRemedy:
    """One remedy of a decision. Amounts are whole numbers of its smallest unit (cents, points; an exception is 1 or 0):
    what was ``asked``, the ``limit`` of the role, what was ``available`` after caps and guardrails, and what is ``owed``.
    ``unit`` is the currency, or nothing. ``rule`` set the limit, ``binding`` (a cap, guardrail, ...) what was available."""

    asked: int
    limit: int
    available: int
    owed: int
    unit: str = ""
    rule: str | None = None
    owed_rule: str | None = None
    binding: str | None = None

    @property
    def on_limit(self) -> bool:
        """Whether all that was possible beyond what is owed was asked for."""
        return self.owed < self.asked == self.available


@dataclass(frozen=True, slots=True)
class Action:
    """One record as figures read it.

    ``at`` is when it was recorded, in microseconds since 1970 (UTC). ``parts`` are the remedies that were asked for. ``given``
    is what this record gives (a grant, an approval, a settled hold), and of a void what it takes back, by remedy, in
    smallest units; ``discretion`` is how much of their own allowance the employee used. ``reasons`` are pairs of kind and id.
    ``customer`` is the ledger's token for the customer. ``unreferenced`` is the evidence that somebody says is on file, without
    a reference by which it could be found. ``kept`` (the customer stayed) and ``csat`` (from 1 to 5) are what an outcome says.
    ``target`` is the action that this one answers: the task approved, the grant voided, the decision reviewed.
    """

    seq: int
    id: str
    kind: str
    at: int
    actor: Actor | None
    policy: str | None = None
    version: str | None = None
    digest: str | None = None
    currency: str | None = None
    case: str | None = None
    customer: str | None = None
    requester: Actor | None = None
    outcome: str | None = None
    gap: bool = False
    discretion: int = 0
    act: str | None = None
    to: str | None = None
    parts: Mapping[str, AskedRemedy] = field(default_factory=dict)
    given: Mapping[str, int] = field(default_factory=dict)
    reasons: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    occurred: str | None = None
    verdict: str | None = None
    cause: str | None = None
    result: str | None = None
    kept: bool | None = None
    csat: int | None = None
    of: str | None = None
    target: Action | None = None
    unreferenced: tuple[str, ...] = ()

    @property
    def moment(self) -> datetime:
        """When it was recorded, in UTC."""
        return _EPOCH + timedelta(microseconds=self.at)

    @property
    def day(self) -> date:
        """The day on which it was recorded, in UTC."""
        return self.moment.date()

    @property
    def ends_contact(self) -> bool:
        """Whether an employee dealt with a customer by it: gave, sent up, declined or handed over; a question does not."""
        return self.kind in ("grant", "hold", "escalate") or self.act is not None

    @property
    def asker(self) -> Actor | None:
        """Who faced the customer: of an approval whoever asked for it, else who did it."""
        return self.requester or self.actor


def action_of(body: Mapping[str, Any], rosters: Rosters, target: Action | None = None) -> Action:
    """The action of a record; ``body`` is that of :class:`remit.ledger.Entry`, and ``target`` the action that it answers."""
    kind, decision, policy = body["kind"], body.get("decision"), body.get("policy") or _NONE
    request = body.get("request") or _NONE
    facts = request.get("facts", _NONE)
    digest = body.get("roster")
    requester = body.get("requester")
    parts = _parts(decision) if decision is not None else _NONE
    return Action(
        seq=body["seq"],
        id=body["id"],
        kind=kind,
        at=_micros(body["recorded"]),
        actor=_actor(body.get("employee"), digest, rosters, facts),
        policy=policy.get("id"),
        version=policy.get("version"),
        digest=policy.get("digest"),
        currency=policy.get("currency"),
        case=body.get("case"),
        customer=_customer(body.get("charges", ())) or (target.customer if target is not None else None),
        requester=_actor(requester, digest, rosters, facts) if requester else None,
        outcome=decision["outcome"] if decision is not None else None,
        gap=decision is not None and decision["gap"],
        discretion=_whole(decision["discretion"]) if decision is not None else 0,
        act=body.get("act"),
        to=body.get("to"),
        parts=parts,
        given=_given(body, kind, parts, target),
        reasons=tuple([(each["kind"], each["id"]) for each in decision["reasons"]]) if decision is not None else (),
        facts={**facts, **_history(body)},
        occurred=body.get("occurred"),
        verdict=body.get("verdict"),
        cause=body.get("cause"),
        result=body.get("result"),
        kept=body.get("kept"),
        csat=body.get("csat"),
        of=body.get("of"),
        target=target,
        unreferenced=tuple([name for name, said in request.get("filed", _NONE).items() if "reference" not in said]),
    )


def read_actions(ledger: PeopleReader, **wanted: Any) -> Iterator[Action]:
    """The actions of a ledger in the order of its log, in bounded memory; ``wanted`` as for :meth:`remit.Ledger.records`. An
    answer carries its target also where that lies before ``since``. Raises :class:`remit.errors.LedgerCorrupt`."""
    rosters = Rosters(ledger)
    at_hand = OrderedDict[str, Action]()

    def target_of(body: Mapping[str, Any]) -> Action | None:
        found = at_hand.get(body["of"])
        if found is None:
            try:
                earlier = ledger.record(body["of"]).body
            except NotFound:
                return None  # the void of a note that was erased, and the like
            found = action_of(earlier, rosters, target_of(earlier) if _answers(earlier) else None)
            if found.kind == "hold":  # what it gave in the end is what its settlement says
                settled = (each.body for each in ledger.related(found.id) if each.kind == "settle" and each.of == found.id)
                found = next((replace(found, given=action_of(each, rosters).given) for each in settled), found)
        return found

    for entry in ledger.records(**wanted):
        body = entry.body
        found = action_of(body, rosters, target_of(body) if _answers(body) else None)
        at_hand[found.id] = replace(found, target=None) if found.target is not None and found.kind != "settle" else found
        if found.kind == "settle" and found.target is not None and found.target.id in at_hand:
            at_hand[found.target.id] = replace(at_hand[found.target.id], given=found.given)  # a void names the hold
        if len(at_hand) > _AT_HAND:
            at_hand.popitem(last=False)
        yield found


def _answers(body: Mapping[str, Any]) -> bool:
    return body["kind"] in _ANSWERS and body.get("of") is not None


def _actor(who: Mapping[str, Any] | None, digest: str | None, rosters: Rosters, facts: Mapping[str, Any]) -> Actor | None:
    if who is None:
        return None
    person = rosters.person(digest, who["id"]) if digest is not None else None
    if person is None:
        site = facts.get("employee.site")
        return Actor(who["id"], who["role"], site if isinstance(site, str) else None)
    return Actor(who["id"], who["role"], person.site, person.manager, person.agent)


def _parts(decision: Mapping[str, Any]) -> dict[str, AskedRemedy]:
    out = {}
    for name, asked in decision["asked"].items():
        said = decision["remedies"][name]
        unit = asked[-3:] if isinstance(asked, str) else ""
        out[name] = AskedRemedy(
            _whole(asked),
            _whole(said["limit"]),
            _whole(said["available"]),
            _whole(said["owed"]),
            unit,
            said["rule"],
            said["owed_rule"],
            said["binding"],
        )
    return out


def _history(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was read from the ledger as facts; not what stands apart."""
    read = (body.get("read") or _NONE).get("history") or _NONE
    return {name: value for name, value in read.items() if not isinstance(value, Mapping)}


def _given(body: Mapping[str, Any], kind: str, parts: Mapping[str, AskedRemedy], target: Action | None) -> Mapping[str, int]:
    if kind == "settle":
        return {name: _whole(amount) for name, amount in body["given"].items()}
    if kind == "void" and target is not None:
        part = body.get("part")
        return {name: _whole(amount) for name, amount in part.items()} if part is not None else target.given
    return {name: part.asked for name, part in parts.items()} if kind in _GIVES else _NONE


def _customer(charges: Any) -> str | None:
    for each in charges:
        if each["kind"] == RECORDED:
            return str(each["series"])
    return None


@lru_cache(maxsize=4096)
def _micros(text: str) -> int:
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)


def _whole(quantity: Any) -> int:
    return _money(quantity) if isinstance(quantity, str) else int(quantity or 0)


@lru_cache(maxsize=65_536)
def _money(text: str) -> int:
    return whole(text)
