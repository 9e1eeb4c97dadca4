"""Hypothesis strategies for whole policies and for requests.

``policies()`` gives the text of a policy that uses any of the language's features. ``requests(model)`` gives requests for any
loaded policy, its own thresholds among the values: complete or with facts missing, nested or dotted, right in every part;
``wrong_requests(model)`` gives requests in which something is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from remit.errors import PolicyError
from remit.language.nodes import Literal
from remit.language.types import BOOLEAN, DATE, DATE_TIME, DURATION, INTEGER, NUMBER, TEXT, TIME, Type, choice, list_of, money
from remit.language.values import Money, Months, minor_digits, plain
from remit.policy.loader import read_model
from remit.policy.model import Fact, Model, Remedy
from support.expressions import expressions
from support.values import values

__all__ = ["histories", "policies", "requests", "wrong_requests"]

ROLES = ("clerk", "lead", "chief")
KINDS = ("noise", "dirt", "walked", "injury")
TIERS = ("none", "silver", "gold", "diamond")
EUR = money("EUR")

FACTS: Mapping[str, Mapping[str, Any]] = {
    "guest.id": {"type": "text"},
    "guest.tier": {"type": "choice", "of": list(TIERS)},
    "guest.vip": {"type": "boolean", "default": False},
    "incident.kind": {"type": "choice", "of": list(KINDS)},
    "incident.severity": {"type": "integer", "min": 1, "max": 5},
    "stay.nights": {"type": "integer", "min": 1},
    "stay.rate": {"type": "money", "min": "0 EUR"},
    "stay.city": {"type": "text"},
    "distance": {"type": "number", "min": 0},
    "bought": {"type": "date"},
    "waited": {"type": "duration"},
    "seen": {"type": "date-time"},
    "opens": {"type": "time"},
    "tags": {"type": "list of text"},
    "deep.down.under": {"type": "boolean"},
    "employee.tenure": {"type": "integer", "min": 0, "max": 40},
    "guest.recoveries": {"type": "integer", "history": {"count": "grants", "per": "guest.id", "over": "90 days"}},
}
SCOPE: Mapping[str, Type] = {
    "guest.tier": choice(TIERS),
    "guest.vip": BOOLEAN,
    "incident.kind": choice(KINDS),
    "incident.severity": INTEGER,
    "stay.nights": INTEGER,
    "stay.rate": EUR,
    "stay.city": TEXT,
    "distance": NUMBER,
    "bought": DATE,
    "waited": DURATION,
    "seen": DATE_TIME,
    "opens": TIME,
    "tags": list_of(TEXT),
    "deep.down.under": BOOLEAN,
    "employee.tenure": INTEGER,
    "guest.recoveries": INTEGER,
    "occurred": DATE,
    "asked.credit": EUR,
    "asked.points": NUMBER,
}
REMEDIES: Mapping[str, Mapping[str, Any]] = {
    "credit": {"type": "money", "title": "Credit"},
    "points": {"type": "count", "title": "Points", "cost": "0.006 EUR"},
    "upgrade": {"type": "exception", "title": "Upgrade", "cost": "45 EUR"},
}
_OF_REMEDY: Mapping[str, Type] = {"credit": EUR, "points": INTEGER, "upgrade": BOOLEAN}


@st.composite
def policies(draw: Any, *, wild: bool = True) -> str:
    """The text of a policy that loads. ``wild``: formulas of every kind, not only those that authors commonly write."""
    text = _Policy(draw, wild).text()
    try:
        read_model(text, "generated.yaml")
    except PolicyError:
        reject()  # a formula that is well typed and yet makes no sense here, such as an amount below nothing
    return text


class _Policy:
    """Draws one policy, section by section."""

    def __init__(self, draw: Any, wild: bool) -> None:
        self.draw = draw
        self.wild = wild
        self.scope = dict(SCOPE)

    def text(self) -> str:
        sections: dict[str, Any] = {
            "policy": "generated",
            "title": "Generated",
            "version": "1",
            "owner": "nobody",
            "effective": {"from": "2020-01-01"},
            "currency": "EUR",
            "rounding": self.pick(["half up", "half even", "down", "up"]),
            "ladder": list(ROLES),
            "facts": dict(FACTS),
            "remedies": dict(REMEDIES),
        }
        values = {f"step{number}": self.value(number) for number in range(self.number(0, 3))}
        rules = [self.rule(number) for number in range(self.number(1, 6))]
        guardrails = [self.guardrail(number) for number in range(self.number(0, 3))]
        requires = [self.requirement() for _ in range(self.number(0, 2))]
        optional = {
            "values": values,
            "rules": rules,
            "guardrails": guardrails,
            "caps": self.caps(),
            "requires": requires,
            "otherwise": self.pick(["escalate", "deny"]),
        }
        if self.chance(3):
            sections["discretion"] = {"clerk": {"each": "10 EUR", "max": "50 EUR", "over": "calendar month"}}
        sections |= {name: section for name, section in optional.items() if section}
        return "".join(f"{name}: {json.dumps(section)}\n" for name, section in sections.items())

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))  # type: ignore[no-any-return]

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def chance(self, of: int) -> bool:
        """True one time in ``of``."""
        return self.number(1, of) == 1

    def when(self) -> Any:
        """A condition: mostly tests of single facts, as authors write them."""
        if self.chance(6):
            return None
        if self.wild and self.chance(4):
            return self.draw(expressions(self.scope, BOOLEAN, depth=2))
        if self.chance(4):
            return self.pick(
                [
                    "stay.rate * stay.nights > 200 EUR",
                    'guest.tier = "gold" or incident.severity >= 4',
                    "asked.credit > stay.rate",
                    "not(guest.vip) and distance / 2 > 100",
                    "occurred - bought <= 30 days",
                    'incident.kind in ("noise", "dirt") and stay.nights between 2 and 4',
                ]
            )
        tests = {name: self.test(name) for name in self.draw(st.sets(st.sampled_from(list(_TESTS)), min_size=1, max_size=3))}
        if self.chance(3):
            return [tests, self.pick(["asked.credit > 30 EUR", "asked.points >= 100", 'employee.role = "clerk"'])]
        return tests

    def test(self, name: str) -> Any:
        return self.pick(_TESTS[name])

    def formula(self, of: Type) -> Any:
        """A formula of type ``of``."""
        if self.wild and self.chance(4):
            return self.draw(expressions(self.scope, of, depth=2))
        steps = [name for name, each in self.scope.items() if name.startswith("step") and each == of]
        if steps and self.chance(2):
            return self.pick(steps)
        numbers = [name for name, each in self.scope.items() if name.startswith("step") and each.kind == "number"]
        if of == EUR and numbers and self.chance(3):
            return f"min(stay.rate * {self.pick(numbers)}, {self.number(1, 400)} EUR)"
        return self.pick(_FORMULAS[of.kind])

    def value(self, number: int) -> Any:
        of = self.pick([EUR, INTEGER, NUMBER, BOOLEAN])
        written = self.pick([self.table, self.table, self.dated, self.formula])(of)
        self.scope[f"step{number}"] = of
        return written

    def dated(self, of: Type) -> Any:
        constants = {"money": ["9.98 EUR", "10.34 EUR"], "number": [2, 3], "boolean": [True, False]}[of.kind]
        days = ["2021-04-01", "2026-06-15"]
        return {"dated": [{"from": day, "value": each} for day, each in zip(days, constants, strict=True)]}

    def table(self, of: Type) -> Any:
        names = self.draw(st.lists(st.sampled_from(list(_TESTS)), min_size=1, max_size=2, unique=True))
        hit = self.pick(["first", "first", "unique", "any", "priority"])
        if of.kind in ("number", "money"):
            hit = self.pick([hit, hit, "collect sum", "collect min", "collect max"])
        if of == INTEGER:
            hit = self.pick([hit, hit, "collect count"])
        rows = [[*(self.cell(name) for name in names), self.formula(of)] for _ in range(self.number(1, 4))]
        out: dict[str, Any] = {"inputs": names, "hit": hit, "rows": rows}
        if hit == "priority":
            out["priorities"] = list({json.dumps(row[-1]): row[-1] for row in reversed(rows)}.values())
        if self.chance(2) and hit != "collect count":
            out["otherwise"] = self.formula(of)
        return {"table": out}

    def cell(self, name: str) -> Any:
        return "-" if self.chance(4) else self.test(name)

    def amounts(self, remedy: str) -> Any:
        of = _OF_REMEDY[remedy]
        if self.chance(2):
            return self.formula(of)
        roles = self.draw(st.lists(st.sampled_from(ROLES), min_size=1, unique=True))
        return {role: self.formula(of) for role in ROLES if role in roles}

    def some_remedies(self) -> list[str]:
        return self.draw(st.lists(st.sampled_from(list(REMEDIES)), min_size=1, unique=True))  # type: ignore[no-any-return]

    def rule(self, number: int) -> dict[str, Any]:
        out: dict[str, Any] = {"id": f"rule-{number}", "because": f"Because {number}.", "when": self.when()}
        if self.chance(3):
            out["owed"] = {remedy: self.formula(_OF_REMEDY[remedy]) for remedy in self.some_remedies()}
        if "owed" not in out or self.chance(2):
            out["may"] = {remedy: self.amounts(remedy) for remedy in self.some_remedies()}
        return {name: each for name, each in out.items() if each is not None}

    def guardrail(self, number: int) -> dict[str, Any]:
        then: Any = self.pick(["deny", "escalate", "deny some", "escalate some", "limit"])
        out: dict[str, Any] = {"id": f"guard-{number}", "say": f"Words {number}.", "when": self.when()}
        if then.endswith("escalate") and self.chance(2):
            out["to"] = self.pick(ROLES[1:])
        if then.endswith(" some"):
            then = {then.split()[0]: self.some_remedies()}
        if then == "limit":
            then = {"limit": {remedy: self.amounts(remedy) for remedy in self.some_remedies()}}
        out["then"] = then
        return {name: each for name, each in out.items() if each is not None}

    def requirement(self) -> dict[str, Any]:
        evidence = self.pick([["note"], ["photo"], ["note", "photo"]])
        when = self.when()
        return {"evidence": evidence} if when is None else {"when": when, "evidence": evidence}

    def caps(self) -> list[Any]:
        every = [
            {"id": "per-guest", "per": "guest.id", "over": "90 days", "max": "60 EUR"},
            {"id": "often", "per": "guest.id", "over": "lifetime", "max": "2 grants", "counts": ["credit", "upgrade"]},
            {
                "id": "units",
                "per": "employee.id",
                "over": "calendar month",
                "max": {"clerk": 900, "chief": 5000},
                "counts": ["points"],
            },
        ]
        return [each for each in every if self.chance(3)]


_TESTS: Mapping[str, list[Any]] = {
    "guest.tier": ["gold", ["silver", "gold"], "not(none)", "none"],
    "guest.vip": [True, False],
    "incident.kind": [["noise", "dirt"], "walked", "not(injury)", "injury", "noise"],
    "incident.severity": [">= 3", "[2..4]", "< 2", "(1..4)", 5, "not(3)", [1, 3]],
    "stay.nights": [">= 2", "[2..7)", 1],
    "stay.rate": [">= 100 EUR", "< 99.50 EUR", "(80 EUR..120 EUR]", "100 EUR"],
    "stay.city": ['"Paris", "Rome"', '"Rome"'],
    "distance": ["<= 1500", "> 1500", "(1500..3500]", 12.5],
    "bought": ['>= @"2026-01-01"', '< @"2026-06-15"'],
    "waited": [">= 2 hours", "< 30 minutes"],
    "deep.down.under": [True, False],
    "employee.tenure": [">= 5", "< 20", "[3..7]"],
    "guest.recoveries": [">= 3", "0"],
    "occurred": ['>= @"2026-07-01"'],
}
_FORMULAS: Mapping[str, list[Any]] = {
    "money": [
        "30 EUR",
        "12.34 EUR",
        "0 EUR",
        "stay.rate",
        "stay.rate * 50%",
        "min(stay.rate * stay.nights, 150 EUR)",
        "stay.rate / 3",
        "max(10 EUR, stay.rate - 20 EUR)",
        "if incident.severity > 3 then 80 EUR else 15 EUR",
        "if stay.nights > 2 then stay.rate else 25 EUR",
        "stay.rate * incident.severity / stay.nights",
        "10 EUR - stay.rate",
    ],
    "number": [
        "0",
        "5",
        "2000",
        "incident.severity",
        "stay.nights * 100",
        'if guest.tier = "gold" then 900 else 100',
        "stay.nights + incident.severity",
    ],
    "boolean": ["true", "false", "incident.severity >= 4", "stay.nights > 2", "stay.rate > 100 EUR"],
}


@st.composite
def requests(draw: Any, model: Model, *, complete: bool | None = None) -> dict[str, Any]:
    """A request that fits ``model``. ``complete``: every fact is there (``None``: either)."""
    whole = draw(st.booleans()) if complete is None else complete
    known: dict[str, Any] = {}
    for name, fact in model.facts.items():
        if whole or draw(st.integers(0, 3)):
            known[name] = draw(_fact(fact, _constants(model)))
    asked = {name: draw(_amount(model, remedy)) for name, remedy in model.remedies.items() if draw(st.booleans())}
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
    return out


@st.composite
def histories(draw: Any, model: Model) -> dict[str, Any]:
    """What a ledger may tell of ``model``'s history facts; now and then something strange."""
    out: dict[str, Any] = {}
    for name, fact in model.facts.items():
        if fact.history is not None and draw(st.booleans()):
            out[name] = draw(_fact(fact, _constants(model)) if draw(st.integers(0, 5)) else st.sampled_from(_STRANGE))
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


def _fact(fact: Fact, constants: list[Any]) -> st.SearchStrategy[Any]:
    """Raw values of a fact, as JSON or Python would give them."""
    near = [each for constant in constants for each in _near(fact.type, constant)]
    chosen = values(fact.type) if not near else st.one_of(st.sampled_from(near), st.sampled_from(near), values(fact.type))
    return (
        chosen.filter(lambda value: _within(fact, value)).map(lambda value: _raw(fact.type, value))
        if near or (fact.low is None and fact.high is None)
        else _bounded(fact)
    )


def _bounded(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.type.kind == "money":
        low = fact.low.amount if fact.low is not None else Decimal(-1000)
        high = fact.high.amount if fact.high is not None else low + 1000
        return st.integers(int(low * 100), int(high * 100)).map(lambda n: str(Money.from_minor(n, fact.type.currency or "EUR")))
    if fact.type.kind == "number":
        low = int(fact.low) if fact.low is not None else -1000
        high = int(fact.high) if fact.high is not None else low + 5000
        return st.integers(low, high)
    return values(fact.type).filter(lambda value: _within(fact, value)).map(lambda value: _raw(fact.type, value))


def _near(of: Type, constant: Any) -> list[Any]:
    match of.kind, constant:
        case "number", Decimal():
            some = [constant, constant + 1, constant - 1] + ([] if of.integer else [constant + Decimal("0.5")])
            return [each for each in some if not of.integer or each == each.to_integral_value()]
        case "money", Money(amount=amount, currency=currency) if currency == of.currency:
            cent = Decimal(1).scaleb(-minor_digits(currency))
            return [Money(each, currency) for each in (amount, amount + cent, amount - cent, amount / 2)]
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


def _amount(model: Model, remedy: Remedy) -> st.SearchStrategy[Any]:
    if remedy.kind == "exception":
        return st.sampled_from([True, True, False])
    if remedy.kind == "count":
        return st.sampled_from([0, 1, 5, 100, 900, 901, 2000, 20000]) | st.integers(0, 3000)
    some = st.sampled_from([0, 1, 1500, 3000, 3001, 5000, 6000, 15000, 60000]) | st.integers(0, 40000)
    return some.map(lambda minor: str(Money.from_minor(minor, model.currency or "EUR")))


def _day(model: Model) -> st.SearchStrategy[date]:
    start = model.effective.start or date(2020, 1, 1)
    end = model.effective.end or start + timedelta(days=4000)
    days = [each for each in _constants(model) if type(each) is date and start <= each < end]
    return st.dates(start, end - timedelta(days=1)) | st.sampled_from(days or [start])
