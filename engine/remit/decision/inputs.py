"""Step 1 of a decision: the request is checked whole against the policy. All problems in one error, and no decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields, replace
from datetime import date, datetime
from typing import Any

from remit.core.views import UNCHECKED
from remit.decision.incident_age import incident_age, is_moment, request_time
from remit.decision.request import Personal, Request
from remit.decision.request_check import SOURCES, RequestCheck
from remit.decision.request_currency import CHECKED_ELSEWHERE
from remit.errors import Problem, RequestError
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity
from remit.language.values import Unknown
from remit.language.words import shown
from remit.policy.model import Model

__all__ = ["Inputs", "check_request", "owns_account"]

_KEYS = tuple(each.name for each in fields(Request))


@dataclass(frozen=True, slots=True)
class Inputs:
    """A request that fits its policy. ``asked`` holds what is really asked, as whole numbers above 0, in the policy's order of
    remedies. ``facts`` holds every fact that is known, by its full name, defaults included. ``balances`` maps a cap's id, a
    claim's name or ``discretion`` to what is used of it; ``until`` to the day on which something of it comes back, where that
    is known. ``waiting`` maps a history fact that a ledger could not read to the facts that it is kept by and that are missing.
    ``ceiling`` and ``trust`` are the employee's own (:class:`remit.decision.request.Personal`), and ``own_account`` is whether
    the account is theirs. ``requested`` is the time of the request, where the policy reads it. ``currency`` is
    the one it is in, where the policy is in several. ``beyond`` has the values above
    the highest of their facts, which ``facts`` has as the highest. ``sources`` are those of facts that no system gave,
    ``doubted`` the facts whose source is weaker than the policy wants, so that they do not count, and ``filed`` who filed what,
    and where it is. ``row`` is the request as compiled code takes it (:mod:`remit.readings.code.requests`), where it was read
    so."""

    employee: str
    role: str
    asked: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    case: str | None = None
    occurred: date | None = None
    evidence: frozenset[str] = frozenset()
    story: str | None = None
    use_discretion: bool = False
    key: str | None = None
    balances: Mapping[str, int | Unknown] = field(default_factory=dict)
    until: Mapping[str, date] = field(default_factory=dict)
    requester: str | None = None
    waiting: Mapping[str, frozenset[str]] = field(default_factory=dict)
    age: int = UNCHECKED
    ceiling: Mapping[str, int] = field(default_factory=dict)
    trust: Mapping[str, int] = field(default_factory=dict)
    own_account: bool = False
    requested: datetime | None = None
    currency: str | None = None
    beyond: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    doubted: Mapping[str, Any] = field(default_factory=dict)
    filed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    row: tuple[Any, ...] | None = field(default=None, compare=False)

    @property
    def asker(self) -> str:
        """The role of the one who asked: the employee's own, unless they answer what somebody else asked."""
        return self.requester or self.role


def check_request(
    model: Model,
    request: Request | Mapping[str, Any] | Inputs,
    *,
    balances: Mapping[str, Any] | None = None,
    history: Mapping[str, Any] | None = None,
    requester: str | None = None,
    at: datetime | None = None,
    personal: Personal | Mapping[str, Any] | None = None,
    strict: bool = True,
) -> Inputs:
    """The request as the engine reads it. Raises :class:`remit.RequestError` with every problem, each with its path.

    ``strict`` is false for requests of old records, which may have ids and stories that are refused by now. ``requester`` is
    the role of the one who asked, where the employee answers what somebody else asked (an approval). ``request`` may be what
    this function gave for it before, without balances and history: the ledger has it checked before it locks anything, and
    then reads those. ``at`` is the moment of the decision, ``personal`` what holds for this employee alone.
    """
    check = RequestCheck(model, strict=strict)
    own = check.personal(personal)
    if isinstance(request, Inputs):
        if request.currency != model.in_one_of_several:
            raise ValueError(CHECKED_ELSEWHERE)
        return _completed(check, request, balances, history, requester, at, own)
    raw = request.to_dict() if isinstance(request, Request) else request
    if not isinstance(raw, Mapping):
        raise RequestError([Problem("request/type", f"a request is a mapping or a `remit.Request`, not {shown(raw)}")])
    check.keys(raw, _KEYS, "")
    employee, role = check.employee(raw.get("employee"))
    facts = check.facts(raw.get("facts"), raw.get("employee"), history)
    used, until = check.balances(balances)
    filed = check.evidence(raw.get("evidence"))
    sources = check.sources(raw.get("sources"), facts, filed=bool(filed))
    counted, doubted = _by_source(model, facts, sources)
    inputs = Inputs(
        employee=employee,
        role=role,
        asked=check.asked(raw.get("asked")),
        facts=counted,
        case=check.text(raw.get("case"), "case"),
        occurred=check.occurred(raw.get("occurred")),
        evidence=frozenset(filed),
        story=check.story(raw.get("story")),
        use_discretion=check.boolean(raw.get("use_discretion"), "use_discretion"),
        key=check.text(raw.get("key"), "key", 200),
        balances=used,
        until=until,
        requester=check.role(requester, "requester") if requester is not None else None,
        waiting=check.waiting,
        beyond=check.beyond,
        sources=sources,
        doubted=doubted,
        currency=model.in_one_of_several,
        filed={name: told for name, told in filed.items() if told},
    )
    inputs = _personal(check, _aged(check, inputs, at), own)
    check.refused_id(inputs.case, "case")
    check.currency(raw.get("currency"))
    if check.problems:
        raise RequestError(check.problems)
    return inputs


def _completed(
    check: RequestCheck, inputs: Inputs, balances: Any, history: Any, requester: str | None, at: Any, own: Any
) -> Inputs:
    """A request that was checked, with what was read since."""
    facts = {**inputs.facts}
    for name, value in check.history(history).items():
        facts[name] = check.fact(check.model.facts[name], value)
    used, until = check.balances(balances)
    asker = check.role(requester, "requester") if requester is not None else None
    inputs = _personal(check, _aged(check, inputs, at), own)
    if check.problems:
        raise RequestError(check.problems)
    known = {name: value for name, value in facts.items() if value is not None}
    beyond = {**inputs.beyond, **check.beyond}
    return replace(
        inputs, facts=known, beyond=beyond, balances=used, until=until, requester=asker, waiting=check.waiting, row=None
    )


def _by_source(model: Model, facts: Mapping[str, Any], sources: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts that count, and those whose source is weaker than the policy wants: these are not known, or what they are by
    default (law 12)."""
    counted, doubted = dict(facts), {}
    for name, source in sources.items():
        fact = model.facts[name]
        if SOURCES.index(source) < SOURCES.index(fact.weakest_source):
            doubted[name] = counted.pop(name)
            if fact.default is not None:
                counted[name] = fact.default
    return counted, doubted


def owns_account(model: Model, employee: str, facts: Mapping[str, Any]) -> bool:
    """Whether a fact that says whose account it is names the employee."""
    known = (facts.get(name) for name in model.own_account)
    return any(each is not None and identity(each) == identity(employee) for each in known)


def _personal(check: RequestCheck, inputs: Inputs, own: tuple[Mapping[str, int], Mapping[str, int], bool]) -> Inputs:
    """With what holds for this employee alone."""
    ceiling, trust, own_account = own
    said = {**inputs.facts, **inputs.doubted}  # what is only said counts against whoever says it
    own_account = own_account or owns_account(check.model, inputs.employee, said)
    if not (ceiling or trust or own_account):
        return inputs
    return replace(inputs, ceiling=ceiling, trust=trust, own_account=own_account)


def _aged(check: RequestCheck, inputs: Inputs, at: Any) -> Inputs:
    """With how old the incident is at that moment, and that moment. An old record has it by the clocks of its time."""
    if at is not None and not is_moment(at):
        check.wrong("type", "at", f"{shown(at)} is not a `datetime` with a time zone")
    elif at is not None and (check.model.incidents is not None or check.model.reads_requested):
        requested = request_time(check.model, at) if check.strict else at
        known = requested if check.model.reads_requested else None
        return replace(inputs, age=incident_age(check.model, inputs.occurred, at), requested=known)
    return inputs
