"""What is wrong with a request, each problem with its path; and its parts, read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from remit.decision.quantities import read_amount, read_used
from remit.decision.request import Personal, Used, key_text
from remit.decision.request_currency import refused_currency
from remit.errors import Problem
from remit.language.identities import has_words, refuse_id
from remit.language.locales.messages import Message
from remit.language.suggestions import closest
from remit.language.values import Unknown
from remit.language.words import show_value, shown
from remit.policy.fact_values import TRUE_OR_FALSE, TRUTH_TEXT, AboveHighest, read_fact, refused
from remit.policy.model import Fact, Model

__all__ = ["SOURCES", "RequestCheck"]

#: From the weakest to the strongest.
SOURCES: Final = ("stated", "evidence", "system")

_MAX_TEXT = 10_000
_MOST_PROBLEMS = 100
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class RequestCheck:
    """Collects problems; every method gives a value that fits, or a stand-in after noting what is wrong."""

    def __init__(self, model: Model, *, strict: bool = True) -> None:
        self.model = model
        self.strict = strict
        self.problems: list[Problem] = []
        self.told: Mapping[str, Any] = {}  # what a ledger knows, by the name of the fact
        self.beyond: dict[str, Any] = {}  # values above the highest of their facts

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

    def story(self, raw: Any) -> str | None:
        story = self.text(raw, "story")
        if story is not None and self.strict and not has_words(story):
            told = Message("{typed} is no story", typed=shown(story))
            self.wrong("story", "story", told, Message("say in a sentence what happened"))
        return story

    def boolean(self, raw: Any, path: str) -> bool:
        if not isinstance(raw, bool) and raw is not None:
            self.wrong("type", path, str(refused(raw, TRUE_OR_FALSE, TRUTH_TEXT)))
        return raw is True

    def currency(self, raw: Any) -> None:
        """Notes where a request states another currency than the policy's."""
        own = self.model.currency
        if raw is not None and raw != own:
            self.problems.append(refused_currency(raw, () if own is None else (own,)))

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
            self.refused_id(raw, path)
            return raw
        return ""

    def refused_id(self, raw: str | None, path: str) -> None:
        """Notes what keeps ``raw`` from being an id."""
        if not self.strict:
            return
        try:
            refuse_id(raw or "-")
        except ValueError as error:
            self.wrong("id", path, error.args[0])

    def role(self, raw: Any, path: str) -> str:
        value, ladder = self.name(raw, path), self.model.ladder
        if value and value not in ladder:
            self.unknown("unknown-role", path, "role", value, ladder)
        return value if value in ladder else ladder[0]

    def asked(self, raw: Any) -> dict[str, int]:
        return {name: amount for name, amount in self.amounts(raw, "asked").items() if amount}

    def amounts(self, raw: Any, path: str) -> dict[str, int]:
        """Amounts by remedy, in the order of the policy."""
        given = self.mapping(raw, path)
        for name in given:
            if name not in self.model.remedies:
                self.unknown("unknown-remedy", f"{path}.{name}", "remedy", name, tuple(self.model.remedies))
        out = {}
        for name, remedy in self.model.remedies.items():
            if given.get(name) is None:
                continue
            try:
                out[name] = read_amount(self.model, remedy, given[name])
            except ValueError as error:
                self.wrong("amount", f"{path}.{name}", str(error))
        return out

    def personal(self, raw: Any) -> tuple[dict[str, int], dict[str, int], bool]:
        """Ceiling, trust, and whether the account is the employee's own."""
        given = self.mapping(raw.to_dict() if isinstance(raw, Personal) else raw, "personal")
        self.keys(given, tuple(each.name for each in fields(Personal)), "personal")
        ceiling, trust = (self.amounts(given.get(name), f"personal.{name}") for name in ("ceiling", "trust"))
        return ceiling, trust, self.boolean(given.get("own_account"), "personal.own_account")

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

    def evidence(self, raw: Any) -> dict[str, Mapping[str, str]]:
        """What is on file, and what is said of who filed it and where it is."""
        if raw is None:
            return {}
        if isinstance(raw, str | Mapping) or not isinstance(raw, Sequence | set | frozenset):
            self.wrong("type", "evidence", f"`evidence` must be a list of names, not {shown(raw)}")
            return {}
        found: dict[str, Mapping[str, str]] = {}
        for each in raw:
            told = each if isinstance(each, Mapping) else {"name": each}
            self.keys(told, ("name", "by", "reference"), "evidence")
            name = told.get("name")
            if not isinstance(name, str):
                self.wrong("type", "evidence", f"{shown(name)} is not the name of a piece of evidence")
            elif name not in self.model.evidence:
                self.unknown("unknown-evidence", "evidence", "evidence", name, tuple(self.model.evidence))
            else:
                said = {key: self.text(told.get(key), f"evidence.{name}.{key}") for key in ("by", "reference")}
                self.refused_id(said["by"], f"evidence.{name}.by")
                found[name] = {key: value for key, value in said.items() if value is not None}
        return found

    def sources(self, raw: Any, facts: Mapping[str, Any], *, filed: bool) -> dict[str, str]:
        """Where the facts come from that no system gave. ``filed``: there is a document that they can come from."""
        given: dict[str, Any] = {}
        self.flatten(self.mapping(raw, "sources"), "", given, "sources")
        out = {}
        for name, source in given.items():
            path = f"sources.{name}"
            if source not in SOURCES:
                self.unknown("unknown-source", path, "source", source, SOURCES)
            elif source == "evidence" and not filed:
                self.wrong("source", path, f"`{name}` is read from evidence, and none is on file", "name it in `evidence`")
            elif source != "system" and name in facts:
                out[name] = source
        return out

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

    def flatten(self, raw: Mapping[str, Any], prefix: str, into: dict[str, Any], path: str = "facts") -> None:
        declared = self.model.facts
        for key, value in raw.items():
            name = f"{prefix}{key_text(key)}"
            if name in declared:
                if into.get(name) is not None and value is not None:
                    self.wrong("twice", f"{path}.{name}", f"`{name}` is given twice, once nested and once dotted")
                into[name] = value
            elif any(each.startswith(f"{name}.") for each in declared):
                if isinstance(value, Mapping):
                    self.flatten(value, f"{name}.", into, path)
                elif value is not None:
                    self.wrong(
                        "type", f"{path}.{name}", f"`{name}` is a group of facts, not a fact, and cannot be {shown(value)}"
                    )
            else:
                self.unknown("unknown-fact", f"{path}.{name}", "fact", name, tuple(declared))

    def fact(self, fact: Fact, raw: Any) -> Any:
        if raw is None:
            return fact.default
        if isinstance(raw, Unknown):
            return None
        try:
            return read_fact(fact, raw, strict=self.strict)
        except AboveHighest as error:
            if fact.above is not None and not isinstance(error.value, list):
                self.beyond[fact.name] = error.value
                return fact.high
            self.wrong("fact", f"{'history' if fact.name in self.told else 'facts'}.{fact.name}", str(error))
            return None
        except ValueError as error:
            self.wrong("fact", f"{'history' if fact.name in self.told else 'facts'}.{fact.name}", str(error))
            return None


def _join(path: str, key: object) -> str:
    return f"{path}.{show_value(key)}" if path else show_value(key)
