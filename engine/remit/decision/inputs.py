"""Step 1 of a decision: the request is checked whole against the policy. All problems in one error, and no decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields, replace
from datetime import date, datetime
from typing import Any

from remit.core.views import UNCHECKED
from remit.decision.incident_age import incident_age, is_moment
from remit.decision.request import Request
from remit.decision.request_check import RequestCheck
from remit.errors import Problem, RequestError
from remit.language.fast_dataclass import dataclass
from remit.language.values import Unknown
from remit.language.words import shown
from remit.policy.model import Model

__all__ = ["Inputs", "check_request"]

_KEYS = tuple(each.name for each in fields(Request))


@dataclass(frozen=True, slots=True)
class Inputs:
    """A request that fits its policy. ``asked`` holds what is really asked, as whole numbers above 0, in the policy's order of
    remedies. ``facts`` holds every fact that is known, by its full name, defaults included. ``balances`` maps a cap's id, a
    claim's name or ``discretion`` to what is used of it; ``until`` to the day on which something of it comes back, where that
    is known. ``waiting`` maps a history fact that a ledger could not read to the facts that it is kept by and that are missing.
    ``row`` is the request as compiled code takes it (:mod:`remit.readings.code.requests`), where it was read so."""

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
    strict: bool = True,
) -> Inputs:
    """The request as the engine reads it. Raises :class:`remit.RequestError` with every problem, each with its path.

    ``strict`` is false for requests of old records, which may have ids and stories that are refused by now. ``requester`` is
    the role of the one who asked, where the employee answers what somebody else asked (an approval). ``request`` may be what
    this function gave for it before, without balances and history: the ledger has it checked before it locks anything, and
    then reads those. ``at`` is the moment of the decision.
    """
    check = RequestCheck(model, strict=strict)
    if isinstance(request, Inputs):
        return _completed(check, request, balances, history, requester, at)
    raw = request.to_dict() if isinstance(request, Request) else request
    if not isinstance(raw, Mapping):
        raise RequestError([Problem("request/type", f"a request is a mapping or a `remit.Request`, not {shown(raw)}")])
    check.keys(raw, _KEYS, "")
    employee, role = check.employee(raw.get("employee"))
    facts = check.facts(raw.get("facts"), raw.get("employee"), history)
    used, until = check.balances(balances)
    inputs = Inputs(
        employee=employee,
        role=role,
        asked=check.asked(raw.get("asked")),
        facts=facts,
        case=check.text(raw.get("case"), "case"),
        occurred=check.occurred(raw.get("occurred")),
        evidence=check.evidence(raw.get("evidence")),
        story=check.story(raw.get("story")),
        use_discretion=check.boolean(raw.get("use_discretion"), "use_discretion"),
        key=check.text(raw.get("key"), "key", 200),
        balances=used,
        until=until,
        requester=check.role(requester, "requester") if requester is not None else None,
        waiting=check.waiting,
    )
    inputs = _aged(check, inputs, at)
    check.refused_id(inputs.case, "case")
    if check.problems:
        raise RequestError(check.problems)
    return inputs


def _completed(check: RequestCheck, inputs: Inputs, balances: Any, history: Any, requester: str | None, at: Any) -> Inputs:
    """A request that was checked, with what was read since."""
    facts = {**inputs.facts}
    for name, value in check.history(history).items():
        facts[name] = check.fact(check.model.facts[name], value)
    used, until = check.balances(balances)
    asker = check.role(requester, "requester") if requester is not None else None
    inputs = _aged(check, inputs, at)
    if check.problems:
        raise RequestError(check.problems)
    known = {name: value for name, value in facts.items() if value is not None}
    return replace(inputs, facts=known, balances=used, until=until, requester=asker, waiting=check.waiting, row=None)


def _aged(check: RequestCheck, inputs: Inputs, at: Any) -> Inputs:
    """With how old the incident is at that moment."""
    if at is not None and not is_moment(at):
        check.wrong("type", "at", f"{shown(at)} is not a `datetime` with a time zone")
    elif at is not None and check.model.incidents is not None:
        return replace(inputs, age=incident_age(check.model, inputs.occurred, at))
    return inputs
