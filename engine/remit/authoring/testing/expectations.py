"""What was expected against what came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from remit.authoring.testing.casefile import Expectation
from remit.decision.decision import Decision
from remit.decision.detail import Quantity
from remit.decision.inputs import check_request
from remit.decision.quantities import as_cap_quantity, as_quantity, read_amount, read_used
from remit.language import words
from remit.language.values import Money
from remit.ledger.people import agreeing
from remit.policy.fact_values import read_value
from remit.policy.model import Model

__all__ = ["Mismatch", "Taken", "compare", "parts_of_approval"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that was not met, in words. ``name`` is what was looked at (``limits.credit``)."""

    name: str
    expected: str
    got: str
    expectation: Expectation


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision that a case led to, and what it was taken on."""

    decision: Decision
    request: Mapping[str, Any]
    balances: Mapping[str, Any] | None
    history: Mapping[str, Any] | None
    at: datetime | None = None


def compare(model: Model, taken: Taken, expect: Iterable[Expectation]) -> tuple[Mismatch, ...]:
    """Everything that differs; empty where all is well."""
    out: list[Mismatch] = []
    for each in expect:
        for name, expected, got in _COMPARISONS[each.name](model, taken, each.value):
            if expected != got:
                out.append(Mismatch(".".join(part for part in (each.name, name) if part), _say(expected), _say(got), each))
    return tuple(out)


_Pairs = Iterable[tuple[str, Any, Any]]


def _say(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list | set | frozenset):
        return ", ".join(str(each) for each in value) or "none"
    return str(value)


def _outcome(model: Model, taken: Taken, value: Any) -> _Pairs:
    yield "", value, taken.decision.outcome


def _approver(model: Model, taken: Taken, value: Any) -> _Pairs:
    yield "", None if value in (None, "none") else value, taken.decision.approver


def _gap(model: Model, taken: Taken, value: Any) -> _Pairs:
    yield "", value, taken.decision.gap


def _quantities(read: Callable[[Decision], Mapping[str, Quantity]]) -> Callable[[Model, Taken, Any], _Pairs]:
    def pairs(model: Model, taken: Taken, value: Any) -> _Pairs:
        got = read(taken.decision)
        for name, amount in _entries(value):
            remedy = model.remedies.get(name)
            if remedy is None:
                yield name, amount, "no such remedy"
                continue
            try:
                wanted: Any = as_quantity(model, remedy, read_amount(model, remedy, amount))
            except ValueError as error:
                wanted = str(error)
            yield name, wanted, got.get(name, as_quantity(model, remedy, 0))

    return pairs


def _shown(model: Model, taken: Taken, value: Any) -> _Pairs:
    got = {each.name: each.value for each in taken.decision.shown}
    for name, wanted in _entries(value):
        if name not in got:
            yield name, wanted, "not shown by the policy"
            continue
        try:
            yield name, wanted if wanted is None else read_value(model.values[name].type, wanted), got[name]
        except ValueError as error:
            yield name, str(error), got[name]


def _charges(model: Model, taken: Taken, value: Any) -> _Pairs:
    caps = {cap.id: cap for cap in model.caps}
    for name, amount in _entries(value):
        cap = caps.get(name)
        if cap is None:
            yield name, amount, "no such cap"
            continue
        try:
            wanted: Any = as_cap_quantity(model, cap, read_used(model, model.balances[name], amount))
        except ValueError as error:
            wanted = str(error)
        yield name, wanted, taken.decision.charges.get(name, as_cap_quantity(model, cap, 0))


def _reasons(among: bool) -> Callable[[Model, Taken, Any], _Pairs]:
    def pairs(model: Model, taken: Taken, value: Any) -> _Pairs:
        found = [reason.id for reason in taken.decision.reasons]
        for wanted in _listed(value):
            if (wanted in found) != among:
                yield "", wanted if among else f"not {wanted}", found

    return pairs


def _exactly(read: Callable[[Decision], Iterable[str]]) -> Callable[[Model, Taken, Any], _Pairs]:
    def pairs(model: Model, taken: Taken, value: Any) -> _Pairs:
        yield "", tuple(sorted(_listed(value))), tuple(sorted(read(taken.decision)))

    return pairs


def _say_words(model: Model, taken: Taken, value: Any) -> _Pairs:
    words = {
        **{rule.id: rule.say for rule in model.rules},
        **{guardrail.id: guardrail.say for guardrail in model.guardrails},
        **{cap.id: cap.say for cap in model.caps},
    }
    for wanted in _listed(value):
        if (words.get(wanted) or wanted) not in taken.decision.say:
            yield "", words.get(wanted) or wanted, list(taken.decision.say)
    if not _listed(value):
        yield "", (), taken.decision.say


def _discretion(model: Model, taken: Taken, value: Any) -> _Pairs:
    wanted: Any = value
    if isinstance(value, str):
        try:
            wanted = Money.of(value)
        except ValueError as error:
            wanted = str(error)
    yield "", wanted, taken.decision.discretion


def _approvals(model: Model, taken: Taken, value: Any) -> _Pairs:
    inputs = check_request(model, taken.request, balances=taken.balances, history=taken.history, at=taken.at)
    got = parts_of_approval(agreeing.wanted(model, inputs, {}))
    for name, each in _entries(value if isinstance(value, Mapping) else {"count": value}):
        wanted = _length(str(each)) if name == "within" else each
        yield name, None if wanted == "none" else wanted, got.get(name, "no such part of an approval")


def parts_of_approval(want: agreeing.Wanted) -> dict[str, Any]:
    """Who must agree, as a case expects it."""
    return {"count": want.count, "by": want.by, "within": None if want.within is None else words.duration(want.within)}


def _length(text: str) -> str:
    """``24 hours`` as remit says it: ``1 day``."""
    number, _, unit = text.partition(" ")
    unit = unit.removesuffix("s")
    if not number.isdecimal() or unit not in ("minute", "hour", "day"):
        return text
    return words.duration(timedelta(**{f"{unit}s": int(number)}))


def _entries(value: Any) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, Mapping) else (("", value),)


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


_COMPARISONS: Final[Mapping[str, Callable[[Model, Taken, Any], _Pairs]]] = {
    "outcome": _outcome,
    "limits": _quantities(lambda decision: decision.limits),
    "owed": _quantities(lambda decision: decision.owed),
    "available": _quantities(lambda decision: {name: each.available for name, each in decision.remedies.items()}),
    "offers": _quantities(lambda decision: {each.remedy: each.amount for each in decision.offers if not each.beside}),
    "still_owed": _quantities(lambda decision: decision.still_owed),
    "reasons": _reasons(True),
    "not_reasons": _reasons(False),
    "missing": _exactly(lambda decision: decision.missing.facts),
    "evidence": _exactly(lambda decision: decision.missing.evidence),
    "obligations": _exactly(lambda decision: decision.obligations),
    "approver": _approver,
    "approvals": _approvals,
    "say": _say_words,
    "discretion": _discretion,
    "charges": _charges,
    "gap": _gap,
    "shown": _shown,
}
