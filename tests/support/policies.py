"""Hypothesis strategies for whole policies and for requests.

``policies()`` gives the text of a policy that uses any of the language's features. ``requests(model)`` gives requests for any
loaded policy, its own thresholds among the values: complete or with facts missing, nested or dotted, right in every part;
``wrong_requests(model)`` gives requests in which something is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from remit.errors import PolicyError
from remit.language.types import BOOLEAN, DATE, DATE_TIME, DURATION, INTEGER, NUMBER, TEXT, TIME, Type, choice, list_of, money
from remit.policy.loader import read_model
from support.expressions import expressions

__all__ = ["policies"]

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
    "cash": {"type": "money", "title": "Cash"},
    "upgrade": {"type": "exception", "title": "Upgrade", "cost": "45 EUR"},
}
_OF_REMEDY: Mapping[str, Type] = {"credit": EUR, "cash": EUR, "points": INTEGER, "upgrade": BOOLEAN}


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
        self.timed = self.chance(3)
        if self.timed:
            self.scope["requested"] = DATE_TIME

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
            "remedies": {name: self.remedy(each) for name, each in REMEDIES.items()},
        }
        values = {f"step{number}": self.value(number) for number in range(self.number(0, 3))}
        shows = self.shows(values)
        rules = [self.rule(number) for number in range(self.number(1, 6))]
        guardrails = [self.guardrail(number) for number in range(self.number(0, 3))]
        requires = [self.requirement() for _ in range(self.number(0, 2))]
        optional = {
            "values": values,
            "shows": shows,
            "rules": rules,
            "guardrails": guardrails,
            "caps": self.caps(),
            "requires": requires,
            "otherwise": self.pick(["escalate", "deny"]),
        }
        if self.chance(3):
            sections["claim"] = self.claim()
        if self.chance(3):
            sections["own_account"] = "guest.id"
        if self.chance(3):
            name = self.pick(each for each in FACTS if "history" not in FACTS[each])
            sections["facts"][name] = {**FACTS[name], "source": self.pick(["system", "evidence", "stated"])}
        if self.chance(3):
            sections["timezone"] = self.pick(["America/Los_Angeles", "Europe/Paris", "Pacific/Apia"])
        if self.chance(4):
            sections["incidents"] = {"within": self.pick(["90 days", "1 year"])}
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
            return self.draw(expressions(self.scope, BOOLEAN, depth=2, boxed=False))
        if self.timed and self.chance(3):
            return self.pick(_TIMED)
        if self.chance(4):
            return self.pick(
                [
                    "stay.rate * stay.nights > 200 EUR",
                    'guest.tier = "gold" or incident.severity >= 4',
                    "asked.credit > stay.rate",
                    "round half up(stay.rate / 3, 0) <= asked.credit or modulo(distance, 2) < 1",
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
            return self.draw(expressions(self.scope, of, depth=2, boxed=False))
        steps = [name for name, each in self.scope.items() if name.startswith("step") and each == of]
        if steps and self.chance(2):
            return self.pick(steps)
        numbers = [name for name, each in self.scope.items() if name.startswith("step") and each.kind == "number"]
        if of == EUR and numbers and self.chance(3):
            return f"min(stay.rate * {self.pick(numbers)}, {self.number(1, 400)} EUR)"
        return self.pick(_FORMULAS[of.kind])

    def boxed(self, of: Type) -> Any:
        """A formula that only a value can have."""
        if self.wild and self.chance(2):
            return self.draw(expressions(self.scope, of, depth=2))
        return self.pick(_BOXED[of.kind])

    def remedy(self, declared: Mapping[str, Any]) -> dict[str, Any]:
        return {**declared, **({"borne": self.pick(["0%", "12.5%", "100%"])} if self.chance(5) else {})}

    def value(self, number: int) -> Any:
        of = self.pick([EUR, INTEGER, NUMBER, BOOLEAN])
        written = self.pick([self.table, self.table, self.dated, self.formula, self.boxed])(of)
        self.scope[f"step{number}"] = of
        return written

    def shows(self, values: dict[str, Any]) -> dict[str, str]:
        """Some of the values, and one that nothing else reads."""
        if self.chance(2):
            return {}
        of = self.pick([EUR, NUMBER, BOOLEAN, TEXT, DATE, DURATION, DATE_TIME, TIME, choice(TIERS)])
        written = self.draw(expressions(self.scope, of, depth=2 if self.wild else 1))
        rest = "stay.rate / 3 - asked.credit"
        values["only_shown"] = self.pick([written, rest, f'if employee.role = "clerk" then {rest} else 0 EUR'])
        return {name: f'What "{name}" comes to' for name in values if name == "only_shown" or self.chance(2)}

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
        if self.chance(5):
            out["claim"] = self.claim()
        return {name: each for name, each in out.items() if each is not None}

    def claim(self) -> dict[str, Any]:
        claim = {"per": self.pick(["guest.id", "case", ["guest.id", "incident.kind"]])}
        return self.pick([claim, {**claim, "shared": "one"}, {"shared": "one"}])  # type: ignore[no-any-return]

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
#: Conditions on the time of the request.
_TIMED = (
    "requested - seen <= 24 hours",
    "requested.hour < 6 or requested.weekday > 5",
    "date(requested) > occurred + 30 days",
    'requested >= @"2026-07-01T12:00:00Z" and guest.vip',
    'not(requested = null) and guest.tier = "gold"',
)
#: Contexts, `for` and functions.
_BOXED = {
    "money": [
        "{base: stay.rate, twice: base * 2}.twice",
        "(function(n: number) stay.rate * n)(stay.nights)",
        "sum(for n in 1..stay.nights return stay.rate)",
        "sort([stay.rate, 30 EUR, 60 EUR], function(a, b) a > b)[1]",
        "[{least: 3, part: 50 EUR}, {least: 0, part: 20 EUR}][least <= incident.severity].part[1]",
    ],
    "number": [
        "{n: stay.nights}.n",
        "count(for n in 1..stay.nights return n)",
        '(function(tier: string, n: number) if tier = "gold" then 3 else 1)(guest.tier, stay.nights)',
        "(for n in 0..3 return if n = 0 then 1 else n * partial[-1])[-1]",
    ],
    "boolean": [
        '{is gold: guest.tier = "gold"}.is gold',
        "(function(n: number) n > 2)(stay.nights)",
        "list contains(for n in 1..stay.nights return n * 2, 4)",
    ],
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
        "round half up(stay.rate * 12.5%, 1)",
        "round half down(10 EUR - stay.rate / 3, 0)",
        "round down(stay.rate, -1) + round up(stay.rate / 7, 0)",
        "abs(30 EUR - stay.rate)",
    ],
    "number": [
        "0",
        "5",
        "2000",
        "incident.severity",
        "stay.nights * 100",
        'if guest.tier = "gold" then 900 else 100',
        "stay.nights + incident.severity",
        "ceiling(stay.nights * 1.5) - floor(incident.severity / 2)",
        "round half up(stay.nights / 3, 0) + modulo(stay.nights, 7)",
    ],
    "boolean": ["true", "false", "incident.severity >= 4", "stay.nights > 2", "stay.rate > 100 EUR"],
}
