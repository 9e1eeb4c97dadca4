"""Requests for any policy: those that fit it, those that do not, and what a ledger may tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from remit.language.identities import is_plain_id
from remit.language.nodes import Literal
from remit.language.types import Type
from remit.language.values import Money, Months, minor_digits, plain
from remit.policy.model import Fact, Model, Remedy
from support.once import once_for_each
from support.values import values

__all__ = ["histories", "personals", "requests", "wrong_requests"]


@st.composite
def requests(draw: Any, model: Model, *, complete: bool | None = None) -> dict[str, Any]:
    """A request that fits ``model``. ``complete``: every fact is there (``None``: either)."""
    whole = draw(st.booleans()) if complete is None else complete
    known: dict[str, Any] = {}
    for name in model.facts:
        if whole or draw(st.integers(0, 3)):
            known[name] = draw(_facts(model)[name])
    for name in model.own_account:
        if draw(st.integers(0, 3)) == 0:
            known[name] = " E-17"  # the employee
    asked = {name: draw(_amounts(model)[name]) for name in model.remedies if draw(st.booleans())}
    employee = {"id": "e-17", "role": draw(st.sampled_from(model.ladder))}
    out: dict[str, Any] = {"employee": employee, "asked": asked, "facts": _arranged(draw, known)}
    optional: dict[str, Any] = {
        "case": "C-1",
        "occurred": draw(_day(model)).isoformat(),
        "evidence": draw(st.lists(st.sampled_from(list(model.evidence)), unique=True)) if model.evidence else [],
        "story": "They had a terrible night.",
        "key": "k-1",
        "use_discretion": draw(st.sampled_from([False, False, False, True])),
    }
    for name, value in optional.items():
        if draw(st.booleans()):
            out[name] = value
    if known and draw(st.integers(0, 3)) == 0:
        named = draw(st.sets(st.sampled_from(sorted(known))))
        kinds = ["stated", "system", *(["evidence"] if out.get("evidence") else [])]
        out["sources"] = {name: draw(st.sampled_from(kinds)) for name in sorted(named)}
    return out


@st.composite
def personals(draw: Any, model: Model) -> dict[str, Any]:
    """What may hold for one employee alone."""
    some = {
        key: {name: draw(_amounts(model)[name]) for name in model.remedies if draw(st.booleans())}
        for key in ("ceiling", "trust")
    }
    return {**some, "own_account": draw(st.sampled_from([False, False, False, True]))}


@st.composite
def histories(draw: Any, model: Model) -> dict[str, Any]:
    """What a ledger may tell of ``model``'s history facts; now and then something strange."""
    out: dict[str, Any] = {}
    for name, fact in model.facts.items():
        if fact.history is not None and draw(st.booleans()):
            out[name] = draw(_facts(model)[name] if draw(st.integers(0, 5)) else st.sampled_from(_STRANGE))
    if not draw(st.integers(0, 9)):
        out[draw(st.sampled_from(["nobody.knows", "guest.tier", "guest.id"]))] = draw(st.sampled_from(_STRANGE))
    return out


@st.composite
def wrong_requests(draw: Any, model: Model) -> Any:
    """A request with something wrong in it, or at least strange."""
    request = draw(requests(model))
    for _ in range(draw(st.integers(1, 2))):
        places = list(_places(request))
        holder, key = draw(st.sampled_from(places))
        change = draw(st.sampled_from(["replace", "replace", "replace", "remove", "add"]))
        if change == "replace":
            holder[key] = draw(st.sampled_from(_STRANGE))
        elif change == "remove":
            del holder[key]
        else:
            holder[draw(st.sampled_from(_STRANGE_KEYS))] = draw(st.sampled_from(_STRANGE))
    return request


class _Pretender:
    """Equal to a word, with the same hash, and yet no word."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __eq__(self, other: object) -> bool:
        return other == self.word

    def __hash__(self) -> int:
        return hash(self.word)

    def __repr__(self) -> str:
        return f"Pretender({self.word})"


_STRANGE: list[Any] = [
    *(None, True, False, 0, 1, 1.0, 3.0, -1, 10**40, 10**16, 2.5, float("nan"), float("inf")),
    *(Decimal("3"), Decimal("NaN"), Decimal("sNaN")),
    *("", "gold", "GOLD", "45", "45 EUR", "45.005 EUR", "45,00 EUR", "-5 EUR", "45 USD", " 45 EUR"),
    *("x" * 20_000, "\ud800", "\0"),
    *("true", "2026-07-01", "2026-02-30", "2019-07-01", date(2026, 7, 1), datetime(2026, 7, 1, 12, 0)),
    *(Money(Decimal(each), "EUR") for each in ("45", "NaN", "sNaN", "Infinity", "0.001", "-1")),
    *([], [1], ["note"], ["nonsense"], {}, {"kind": "noise"}, {"a": {"b": 1}}, ("noise",), {"note"}),
    *(b"gold", object(), _Pretender("gold"), _Pretender("45 EUR"), _Pretender("clerk"), lambda: 1),
    *("__import__('os').system('true')", "F[0]", "') or True or ('"),
    *(timedelta(hours=3), "3 hours", "PT3H"),
]
_STRANGE_KEYS: list[Any] = [
    "guest",
    "tier",
    "guest.tier",
    "",
    "x",
    "__class__",
    "kind",
    "role",
    "credit",
    "occurred",
    1,
    None,
    "incident.kind",
]


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in list(holder.items()):
        yield holder, key
        if isinstance(value, dict):
            yield from _places(value)


def _arranged(draw: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """Facts nested or dotted."""
    out: dict[str, Any] = {}
    dotted = draw(st.integers(0, 3)) == 0
    for name, value in known.items():
        if dotted and draw(st.booleans()):
            out[name] = value
            continue
        *groups, last = name.split(".")
        holder = out
        for group in groups:
            holder = holder.setdefault(group, {})
        holder[last] = value
    return out


@once_for_each
def _constants(model: Model) -> list[Any]:
    """Every constant in the policy, so that requests stand on its thresholds and beside them."""
    out: list[Any] = []
    seen = set()

    def collect(value: Any) -> None:
        if id(value) in seen:
            return
        seen.add(id(value))
        if isinstance(value, Literal):
            out.append(value.value)
        elif is_dataclass(value) and not isinstance(value, type):
            for each in fields(value):
                collect(getattr(value, each.name))
        elif isinstance(value, Mapping):
            for each in value.values():
                collect(each)
        elif isinstance(value, list | tuple):
            for each in value:
                collect(each)

    collect((model.rules, model.guardrails, model.requires, model.values))
    return out


@once_for_each
def _facts(model: Model) -> dict[str, st.SearchStrategy[Any]]:
    return {name: _fact(fact, _constants(model)) for name, fact in model.facts.items()}


def _fact(fact: Fact, constants: list[Any]) -> st.SearchStrategy[Any]:
    """Raw values of a fact, as JSON or Python would give them."""
    near = [each for constant in constants for each in _near(fact.type, constant) if _within(fact, each)]
    anywhere = values(fact.type) if fact.low is None and fact.high is None else _bounded(fact)
    if near:
        anywhere = st.one_of(st.sampled_from(near), st.sampled_from(near), anywhere)
    if fact.is_id:
        anywhere = anywhere.filter(is_plain_id)
    return anywhere.map(lambda value: _raw(fact.type, value))


def _bounded(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.type.kind == "money":
        low = fact.low.amount if fact.low is not None else Decimal(-1000)
        high = fact.high.amount if fact.high is not None else low + 10**7
        return st.integers(int(low * 100), int(high * 100)).map(lambda n: Money.from_minor(n, fact.type.currency or "EUR"))
    if fact.type.kind == "number":
        low = fact.low if fact.low is not None else Decimal(-1000)
        high = fact.high if fact.high is not None else low + 5000
        whole = st.integers(int(low), int(high)).map(Decimal)
        if fact.type.integer:
            return whole
        return whole | st.integers(int(low * 1000), int(high * 1000)).map(lambda n: Decimal(n).scaleb(-3))
    return values(fact.type).filter(lambda value: _within(fact, value))


def _near(of: Type, constant: Any) -> list[Any]:
    match of.kind, constant:
        case "number", Decimal():
            some = [constant, constant + 1, constant - 1] + ([] if of.integer else [constant + Decimal("0.5")])
            return [each for each in some if not of.integer or each == each.to_integral_value()]
        case "money", Money(amount=amount, currency=currency) if currency == of.currency:
            cent = Decimal(1).scaleb(-minor_digits(currency))
            return [Money(each, currency).rounded() for each in (amount, amount + cent, amount - cent, amount / 2)]
        case "text", str():
            return [constant, constant + "x"]
        case "date", date() if not isinstance(constant, datetime):
            return [constant, *(constant + timedelta(days=days) for days in (-1, 1) if date.min < constant < date.max)]
        case "duration", timedelta():
            return [constant, constant + timedelta(seconds=1), constant - timedelta(seconds=1)]
    return []


def _within(fact: Fact, value: Any) -> bool:
    plain_value, low, high = (each.amount if isinstance(each, Money) else each for each in (value, fact.low, fact.high))
    return (low is None or plain_value >= low) and (high is None or plain_value <= high)


def _raw(of: Type, value: Any) -> Any:
    match value:
        case bool() | str():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else value
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return f"PT{int(value.total_seconds())}S" if value >= timedelta(0) else f"-PT{-int(value.total_seconds())}S"
        case Money():
            return f"{plain(value.amount)} {value.currency}"
        case list():
            assert of.element is not None
            return [_raw(of.element, each) for each in value]
        case Months():
            return str(value)
    return value


@once_for_each
def _amounts(model: Model) -> dict[str, st.SearchStrategy[Any]]:
    return {name: _amount(model, remedy) for name, remedy in model.remedies.items()}


def _amount(model: Model, remedy: Remedy) -> st.SearchStrategy[Any]:
    if remedy.kind == "exception":
        return st.sampled_from([True, True, False])
    if remedy.kind == "count":
        return st.sampled_from([0, 1, 5, 100, 900, 901, 2000, 20000]) | st.integers(0, 3000)
    some = st.sampled_from([0, 1, 1500, 3000, 3001, 5000, 6000, 15000, 60000]) | st.integers(0, 40000)
    return some.map(lambda minor: str(Money.from_minor(minor, model.currency or "EUR")))


@once_for_each
def _day(model: Model) -> st.SearchStrategy[date]:
    start = model.effective.start or date(2020, 1, 1)
    end = model.effective.end or start + timedelta(days=4000)
    days = [each for each in _constants(model) if type(each) is date and start <= each < end]
    return st.dates(start, end - timedelta(days=1)) | st.sampled_from(days or [start])
