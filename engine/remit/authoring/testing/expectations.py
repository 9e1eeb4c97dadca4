"""What was expected against what came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from remit.authoring.testing.casefile import Expectation
from remit.decision.decision import Decision
from remit.decision.detail import Quantity
from remit.decision.quantities import as_cap_quantity, as_quantity, read_amount, read_used
from remit.language.values import Money
from remit.policy.fact_values import read_value
from remit.policy.model import Model

__all__ = ["Mismatch", "compare"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that was not met, in words. ``name`` is what was looked at (``limits.credit``)."""

    name: str
    expected: str
    got: str
    expectation: Expectation


def compare(model: Model, decision: Decision, expect: Iterable[Expectation]) -> tuple[Mismatch, ...]:
    """Everything that differs; empty where all is well."""
    out: list[Mismatch] = []
    for each in expect:
        for name, expected, got in _COMPARISONS[each.name](model, decision, each.value):
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


def _outcome(model: Model, decision: Decision, value: Any) -> _Pairs:
    yield "", value, decision.outcome


def _approver(model: Model, decision: Decision, value: Any) -> _Pairs:
    yield "", None if value in (None, "none") else value, decision.approver


def _gap(model: Model, decision: Decision, value: Any) -> _Pairs:
    yield "", value, decision.gap


def _quantities(read: Callable[[Decision], Mapping[str, Quantity]]) -> Callable[[Model, Decision, Any], _Pairs]:
    def pairs(model: Model, decision: Decision, value: Any) -> _Pairs:
        got = read(decision)
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


def _shown(model: Model, decision: Decision, value: Any) -> _Pairs:
    got = {each.name: each.value for each in decision.shown}
    for name, wanted in _entries(value):
        if name not in got:
            yield name, wanted, "not shown by the policy"
            continue
        try:
            yield name, wanted if wanted is None else read_value(model.values[name].type, wanted), got[name]
        except ValueError as error:
            yield name, str(error), got[name]


def _charges(model: Model, decision: Decision, value: Any) -> _Pairs:
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
        yield name, wanted, decision.charges.get(name, as_cap_quantity(model, cap, 0))


def _reasons(among: bool) -> Callable[[Model, Decision, Any], _Pairs]:
    def pairs(model: Model, decision: Decision, value: Any) -> _Pairs:
        found = [reason.id for reason in decision.reasons]
        for wanted in _listed(value):
            if (wanted in found) != among:
                yield "", wanted if among else f"not {wanted}", found

    return pairs


def _exactly(read: Callable[[Decision], Iterable[str]]) -> Callable[[Model, Decision, Any], _Pairs]:
    def pairs(model: Model, decision: Decision, value: Any) -> _Pairs:
        yield "", tuple(sorted(_listed(value))), tuple(sorted(read(decision)))

    return pairs


def _say_words(model: Model, decision: Decision, value: Any) -> _Pairs:
    words = {
        **{rule.id: rule.say for rule in model.rules},
        **{guardrail.id: guardrail.say for guardrail in model.guardrails},
        **{cap.id: cap.say for cap in model.caps},
    }
    for wanted in _listed(value):
        if (words.get(wanted) or wanted) not in decision.say:
            yield "", words.get(wanted) or wanted, list(decision.say)
    if not _listed(value):
        yield "", (), decision.say


def _discretion(model: Model, decision: Decision, value: Any) -> _Pairs:
    wanted: Any = value
    if isinstance(value, str):
        try:
            wanted = Money.of(value)
        except ValueError as error:
            wanted = str(error)
    yield "", wanted, decision.discretion


def _entries(value: Any) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, Mapping) else (("", value),)


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


_COMPARISONS: Final[Mapping[str, Callable[[Model, Decision, Any], _Pairs]]] = {
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
    "say": _say_words,
    "discretion": _discretion,
    "charges": _charges,
    "gap": _gap,
    "shown": _shown,
}
