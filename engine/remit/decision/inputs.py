"""Step 1 of a decision: the request is checked whole against the policy. All problems in one error, and no decision."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from remit.decision.quantities import read_amount, read_used
from remit.decision.request import Request, Used, key_text
from remit.errors import Problem, RequestError
from remit.language.fast_dataclass import dataclass
from remit.language.suggestions import closest
from remit.language.values import Unknown
from remit.language.words import show_value, shown
from remit.policy.fact_values import TRUE_OR_FALSE, TRUTH_TEXT, read_fact, refused
from remit.policy.model import Fact, Model

__all__ = ["Inputs", "check_request"]

_KEYS = tuple(each.name for each in fields(Request))
_MAX_TEXT = 10_000
_MOST_PROBLEMS = 100
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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
) -> Inputs:
    """The request as the engine reads it. Raises :class:`remit.RequestError` with every problem, each with its path.

    ``requester`` is the role of the one who asked, where the employee answers what somebody else asked (an approval).
    ``request`` may be what this function gave for it before, without balances and history: the ledger has it checked before it
    locks anything, and then reads those.
    """
    check = _Check(model)
    if isinstance(request, Inputs):
        return check.completed(request, balances, history, requester)
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
        story=check.text(raw.get("story"), "story"),
        use_discretion=check.boolean(raw.get("use_discretion"), "use_discretion"),
        key=check.text(raw.get("key"), "key", 200),
        balances=used,
        until=until,
        requester=check.role(requester, "requester") if requester is not None else None,
        waiting=check.waiting,
    )
    if check.problems:
        raise RequestError(check.problems)
    return inputs


class _Check:
    """Collects problems; every method gives a value that fits, or a stand-in after noting what is wrong."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.problems: list[Problem] = []
        self.told: Mapping[str, Any] = {}  # what a ledger knows, by the name of the fact

    def completed(self, inputs: Inputs, balances: Any, history: Any, requester: str | None) -> Inputs:
        """A request that was checked, with what was read since."""
        facts = {**inputs.facts}
        for name, value in self.history(history).items():
            facts[name] = self.fact(self.model.facts[name], value)
        used, until = self.balances(balances)
        asker = self.role(requester, "requester") if requester is not None else None
        if self.problems:
            raise RequestError(self.problems)
        known = {name: value for name, value in facts.items() if value is not None}
        return replace(inputs, facts=known, balances=used, until=until, requester=asker, waiting=self.waiting, row=None)

    @property
    def waiting(self) -> dict[str, frozenset[str]]:
        """The history facts that a ledger could not read, and what they wait for."""
        return {name: value.missing for name, value in self.told.items() if isinstance(value, Unknown)}

    def wrong(self, code: str, path: str, message: str, hint: str | None = None) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(f"request/{code}", message, path=path, hint=hint))

    def unknown(self, code: str, path: str, what: str, name: object, known: Sequence[str]) -> None:
        if len(self.problems) >= _MOST_PROBLEMS:
            return  # nobody reads more, and looking for what was meant takes time
        path = show_value(path)
        near = closest(str(name), known)
        hint = f"did you mean `{near}`?" if near else f"known: {', '.join(known)}" if 0 < len(known) <= 12 else None
        self.wrong(code, path, f"unknown {what} `{show_value(name)}`", hint)

    def keys(self, raw: Mapping[str, Any], known: Sequence[str], path: str) -> None:
        for key in raw:
            if key not in known:
                self.unknown("unknown-key", _join(path, key), "key", key, known)

    def mapping(self, raw: Any, path: str) -> Mapping[str, Any]:
        if raw is None:
            return {}
        if isinstance(raw, Mapping):
            return raw
        self.wrong("type", path, f"`{path}` must be a mapping, not {shown(raw)}")
        return {}

    def text(self, raw: Any, path: str, limit: int = _MAX_TEXT) -> str | None:
        if raw is None:
            return None
        if not isinstance(raw, str):
            quotes = "; write it in quotes" if isinstance(raw, int | float | Decimal) else ""
            self.wrong("type", path, f"{shown(raw)} is not text{quotes}")
        elif len(raw) > limit:
            self.wrong("type", path, f"`{path}` is longer than {limit} characters")
        elif raw.strip():
            return raw
        return None

    def boolean(self, raw: Any, path: str) -> bool:
        if not isinstance(raw, bool) and raw is not None:
            self.wrong("type", path, str(refused(raw, TRUE_OR_FALSE, TRUTH_TEXT)))
        return raw is True

    def employee(self, raw: Any) -> tuple[str, str]:
        """Id and role."""
        if not isinstance(raw, Mapping):
            what = "`employee` is missing" if raw is None else f"`employee` must be a mapping, not {shown(raw)}"
            self.wrong(
                "missing" if raw is None else "type",
                "employee",
                what,
                f'write {{"id": "e-17", "role": "{self.model.ladder[0]}"}}',
            )
            return "", self.model.ladder[0]
        return self.name(raw.get("id"), "employee.id"), self.role(raw.get("role"), "employee.role")

    def name(self, raw: Any, path: str) -> str:
        """Text that must be there."""
        if raw is None:
            self.wrong("missing", path, f"`{path}` is missing")
        elif not isinstance(raw, str) or not raw.strip():
            self.wrong("type", path, f"{shown(raw)} is not {'an id' if path.endswith('.id') else 'a role'}, which is text")
        elif len(raw) > _MAX_TEXT:
            self.wrong("type", path, f"`{path}` is longer than {_MAX_TEXT} characters")
        else:
            return raw
        return ""

    def role(self, raw: Any, path: str) -> str:
        value, ladder = self.name(raw, path), self.model.ladder
        if value and value not in ladder:
            self.unknown("unknown-role", path, "role", value, ladder)
        return value if value in ladder else ladder[0]

    def asked(self, raw: Any) -> dict[str, int]:
        given = self.mapping(raw, "asked")
        for name in given:
            if name not in self.model.remedies:
                self.unknown("unknown-remedy", f"asked.{name}", "remedy", name, tuple(self.model.remedies))
        out = {}
        for name, remedy in self.model.remedies.items():
            if given.get(name) is None:
                continue
            try:
                amount = read_amount(self.model, remedy, given[name])
            except ValueError as error:
                self.wrong("amount", f"asked.{name}", str(error))
            else:
                if amount:
                    out[name] = amount
        return out

    def occurred(self, raw: Any) -> date | None:
        day, effective, model = self.day(raw, "occurred"), self.model.effective, self.model
        if day is not None and not effective.covers(day):
            until = f" until {effective.end} (exclusive)" if effective.end else ""
            since = f" from {effective.start}" if effective.start else ""
            self.wrong(
                "not-in-force",
                "occurred",
                f"version {model.version} of `{model.id}` is in force{since}{until}, and the incident was on {day}",
                "choose the version of the policy that was in force on that day",
            )
        return day

    def day(self, raw: Any, path: str) -> date | None:
        if raw is None:
            return None
        value = raw
        if isinstance(raw, str) and _DAY.fullmatch(raw):
            with suppress(ValueError):
                value = date.fromisoformat(raw)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.wrong("type", path, f"{shown(raw)} is not a day such as `2026-07-01`")
        return None

    def evidence(self, raw: Any) -> frozenset[str]:
        if raw is None:
            return frozenset()
        if isinstance(raw, str) or not isinstance(raw, Sequence | set | frozenset):
            self.wrong("type", "evidence", f"`evidence` must be a list of names, not {shown(raw)}")
            return frozenset()
        for name in raw:
            if not isinstance(name, str):
                self.wrong("type", "evidence", f"{shown(name)} is not the name of a piece of evidence")
            elif name not in self.model.evidence:
                self.unknown("unknown-evidence", "evidence", "evidence", name, tuple(self.model.evidence))
        return frozenset(name for name in raw if isinstance(name, str))

    def balances(self, raw: Mapping[str, Any] | None) -> tuple[dict[str, int | Unknown], dict[str, date]]:
        units = self.model.balances
        out: dict[str, int | Unknown] = {}
        until: dict[str, date] = {}
        for name, value in self.mapping(raw, "balances").items():
            path = f"balances.{name}"
            if name not in units:
                self.unknown("unknown-cap", path, "cap or claim" if self.model.claims else "cap", name, tuple(units))
                continue
            if isinstance(value, Mapping):
                self.keys(value, ("used", "until"), path)
                back = self.day(value.get("until"), f"{path}.until")
                if back is not None:
                    until[name] = back
                if value.get("used") is None:
                    self.wrong("missing", f"{path}.used", f"`{path}.used` is missing")
                    continue
                value = value["used"]
            if isinstance(value, Unknown | Used):  # from a ledger, which counts right
                out[name] = value.amount if isinstance(value, Used) else value
                until |= {name: value.until} if isinstance(value, Used) and value.until is not None else {}
                continue
            try:
                out[name] = read_used(self.model, units[name], value)
            except ValueError as error:
                self.wrong("value", path, str(error))
        return out, until

    def facts(self, raw: Any, employee: Any, history: Any) -> dict[str, Any]:
        declared = self.model.facts
        given: dict[str, Any] = {}
        self.flatten(self.mapping(raw, "facts"), "", given)
        if isinstance(employee, Mapping):
            more = {f"employee.{key_text(key)}": value for key, value in employee.items() if key not in ("id", "role")}
            self.flatten(more, "", given)
        given |= self.history(history)
        out = {}
        for name, fact in declared.items():
            value = self.fact(fact, given.get(name))
            if value is not None:
                out[name] = value
        return out

    def history(self, raw: Any) -> dict[str, Any]:
        """Values of history facts, as they came."""
        declared, out = self.model.facts, {}
        self.told = self.mapping(raw, "history")
        for name, value in self.told.items():
            if name not in declared or declared[name].history is None:
                known = [each for each, fact in declared.items() if fact.history]
                self.unknown("unknown-fact", f"history.{name}", "history fact", name, known)
            else:
                out[name] = value
        return out

    def flatten(self, raw: Mapping[str, Any], prefix: str, into: dict[str, Any]) -> None:
        declared = self.model.facts
        for key, value in raw.items():
            name = f"{prefix}{key_text(key)}"
            if name in declared:
                if into.get(name) is not None and value is not None:
                    self.wrong("twice", f"facts.{name}", f"`{name}` is given twice, once nested and once dotted")
                into[name] = value
            elif any(each.startswith(f"{name}.") for each in declared):
                if isinstance(value, Mapping):
                    self.flatten(value, f"{name}.", into)
                elif value is not None:
                    self.wrong(
                        "type", f"facts.{name}", f"`{name}` is a group of facts, not a fact, and cannot be {shown(value)}"
                    )
            else:
                self.unknown("unknown-fact", f"facts.{name}", "fact", name, tuple(declared))

    def fact(self, fact: Fact, raw: Any) -> Any:
        if raw is None:
            return fact.default
        if isinstance(raw, Unknown):
            return None
        try:
            return read_fact(fact, raw)
        except ValueError as error:
            self.wrong("fact", f"{'history' if fact.name in self.told else 'facts'}.{fact.name}", str(error))
            return None


def _join(path: str, key: object) -> str:
    return f"{path}.{show_value(key)}" if path else show_value(key)
