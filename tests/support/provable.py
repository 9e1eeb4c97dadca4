"""Small policies that use all that proofs cover, with every request that can be made under them: few enough to decide them all.

The same policies come from Hypothesis, which makes a failing one small, and from a seeded ``random.Random``, which makes
thousands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from random import Random
from typing import Any

from remit.policy.model import Model

__all__ = ["LADDER", "ProvablePolicies", "Space", "provable_text"]

LADDER = ("clerk", "lead", "chief")
#: Facts are left out until there are no more cases.
_MOST_CASES = 120

#: Facts, each with the values that tell all its values apart in these policies.
_FACTS: Mapping[str, tuple[Mapping[str, Any], Sequence[Any]]] = {
    "kind": ({"type": "choice", "of": ["late", "lost", "rude"]}, ["late", "lost", "rude"]),
    "hurt": ({"type": "boolean"}, [True, False]),
    "vip": ({"type": "boolean", "default": False}, [True, False]),
    "level": ({"type": "integer", "min": 0, "max": 4}, range(5)),
    "offset": ({"type": "integer", "min": -3, "max": 2}, range(-3, 3)),
    "share": ({"type": "integer", "min": 1, "max": 3, "default": 2}, range(1, 4)),
    "price": ({"type": "money", "min": "0 JPY", "max": "6 JPY"}, [f"{n} JPY" for n in range(7)]),
    "fee": ({"type": "money", "min": "3 JPY", "max": "5 JPY"}, [f"{n} JPY" for n in range(3, 6)]),
    "note": ({"type": "text"}, ["ab", "abc", "bc", "", "zz", "late", "lost", "rude"]),
    "bought": ({"type": "date", "min": "2026-01-01", "max": "2026-01-05"}, [f"2026-01-0{n}" for n in range(1, 6)]),
    "tags": (
        {"type": "list of choice", "of": ["new", "big"]},
        [list(some) for count in range(3) for some in combinations(["new", "big"], count)],
    ),
}
_REMEDIES = {
    "credit": {"type": "money", "title": "Credit"},
    "points": {"type": "count", "title": "Points", "cost": "1 JPY"},
    "upgrade": {"type": "exception", "title": "Upgrade", "cost": "20 JPY"},
}
_CALENDARS = {"office": {"from": "2025-12-01", "to": "2026-03-01", "holidays": ["2026-01-01"]}}

_TESTS: Mapping[str, Sequence[Any]] = {
    "kind": ["late", ["late", "lost"], "not(rude)"],
    "hurt": [True, False],
    "vip": [True, False],
    "level": [">= 2", "< 3", "[1..3]", "(0..3)", 4, [0, 4], "not(2)"],
    "offset": ["< 0", ">= -1", "[-2..1)"],
    "share": ["> 1", 3],
    "price": [">= 3 JPY", "< 5 JPY", "(1 JPY..4 JPY]", "0 JPY"],
    "fee": ["> 3 JPY", "[4 JPY..5 JPY]"],
    "note": ['"ab"', '"ab", "bc"', 'not("ab")'],
    "bought": ['>= @"2026-01-03"', '< @"2026-01-02"'],
    "employee.role": ["clerk", "not(clerk)", ["lead", "chief"]],
}
#: Conditions, each after the facts that it reads.
_CONDITIONS: Sequence[tuple[str, str]] = (
    ("price level", "price * level >= 8 JPY"),
    ("price fee", "price - fee > 0 JPY"),
    ("level offset", "level * offset < -2"),
    ("offset", "floor(offset / 2) = -1"),
    ("level", "12 / level > 5"),
    ("kind level", 'kind = "late" and level > 2 or kind = "lost"'),
    ("hurt level", "if hurt then level >= 3 else level < 2"),
    ("hurt vip", "not(hurt) and not(vip)"),
    ("note", 'starts with(note, "ab")'),
    ("note", 'contains(note, "c") or note = "zz"'),
    ("note kind", "note = kind"),
    ("bought", 'add working days(bought, 2, "office") > @"2026-01-06"'),
    ("bought", 'working days between(@"2026-01-01", bought, "office") >= 2'),
    ("bought", '@"2026-01-05" - bought > 2 days'),
    ("tags", 'list contains(tags, "new") and not(list contains(tags, "big"))'),
    ("level share", "modulo(level, share) = 1"),
    ("", 'employee.role = "clerk"'),
    ("level", 'employee.role != "chief" or 12 / level > 5'),
    ("asked.credit", "asked.credit > 3 JPY"),
    ("asked.points level", "asked.points > level"),
    ("asked.credit price", "asked.credit + 1 JPY > price"),
    ("asked.upgrade", "asked.upgrade"),
)
#: So many of them, from the first on, read facts alone.
_PLAIN = 16
#: Formulas by what they come to, each after the facts that it reads.
_FORMULAS: Mapping[str, Sequence[tuple[str, Any]]] = {
    "money": (
        ("", "0 JPY"),
        ("", "3 JPY"),
        ("", "7 JPY"),
        ("price", "price"),
        ("price", "price * 50%"),
        ("price", "price / 3"),
        ("price level", "min(price * level, 9 JPY)"),
        ("price fee", "max(price - fee, 1 JPY)"),
        ("price fee", "price - fee"),
        ("price level", "price / level"),
        ("fee share", "fee / share"),
        ("fee offset", "fee * offset / 4"),
        ("price fee offset", "max(2 JPY, min(price, fee) * -1, offset * 1 JPY)"),
        ("price hurt", "if hurt then price else 2 JPY"),
        ("fee level share", "fee * level * share / 7"),
        ("price asked.credit", "asked.credit * 50% + price"),
    ),
    "number": (
        ("", "0"),
        ("", "4"),
        ("level", "level * 2"),
        ("level offset", "level * offset"),
        ("level offset", "floor(level / 3) + offset"),
        ("level share", "ceiling(level / share)"),
        ("offset", "if offset < 0 then 3 else 1"),
        ("level", "max(level, 2) - min(level, 1)"),
    ),
    "boolean": (("", "true"), ("level", "level >= 3"), ("hurt", "hurt"), ("price", "price > 2 JPY")),
}
_OF_REMEDY = {"credit": "money", "points": "number", "upgrade": "boolean"}
_HITS = ("first", "first", "unique", "any", "priority", "collect sum", "collect min", "collect max")


@dataclass(frozen=True)
class Space:
    """Every complete request that can be made."""

    facts: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, model: Model) -> Space:
        """Of a policy that was made here."""
        return cls({name: _FACTS[name][1] for name in model.facts})

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for values in product(*self.facts.values()):
            yield dict(zip(self.facts, values, strict=True))


class ProvablePolicies:
    """Draws policies. ``number`` gives a whole number between two, both included."""

    def __init__(self, number: Callable[[int, int], int]) -> None:
        self.number = number

    @classmethod
    def seeded(cls, seed: int) -> ProvablePolicies:
        """The same policy for the same number."""
        return cls(Random(seed).randint)

    def text(self) -> str:
        """One policy."""
        self.facts = self._some(list(_FACTS), 2, 4)
        while prod(len(_FACTS[name][1]) for name in self.facts) > _MOST_CASES:
            self.facts.pop()
        self.values: dict[str, str] = {}
        self.remedies = self._some(list(_REMEDIES), 1, 2)
        values: dict[str, Any] = {}
        for number in range(self.number(0, 2)):
            of = self._pick(["money", "money", "number"])
            values[f"step{number}"] = self._table(of) if self._chance(2) else self._formula(of)
            self.values[f"step{number}"] = of
        sections: dict[str, Any] = {
            "policy": "provable",
            "title": "Provable",
            "version": "1",
            "owner": "tests",
            "currency": "JPY",
            "rounding": self._pick(["half up", "half even", "down", "up"]),
            "ladder": list(LADDER),
            "calendars": _CALENDARS,
            "facts": {name: _FACTS[name][0] for name in self.facts},
            "remedies": {name: _REMEDIES[name] for name in self.remedies},
            "values": values,
            "rules": [self._rule(number) for number in range(self.number(1, 4))],
            "guardrails": [self._guardrail(number) for number in range(self.number(0, 2))],
            "promises": [self._promise(number) for number in range(self.number(1, 2))],
            "otherwise": self._pick(["escalate", "deny"]),
        }
        if self._chance(3):
            sections["claim"] = {"per": "case"}
        return "".join(f"{name}: {json.dumps(section)}\n" for name, section in sections.items() if section not in ({}, []))

    def _pick(self, options: Sequence[Any]) -> Any:
        return options[self.number(0, len(options) - 1)]

    def _chance(self, of: int) -> bool:
        return self.number(1, of) == 1

    def _some(self, names: list[str], low: int, high: int) -> list[str]:
        left, found = list(names), []
        for _ in range(self.number(low, min(high, len(left)))):
            found.append(left.pop(self.number(0, len(left) - 1)))
        return [name for name in names if name in found]

    def _known(self, options: Sequence[tuple[str, Any]]) -> list[Any]:
        known = {*self.facts, *(f"asked.{name}" for name in self.remedies)}
        return [each for names, each in options if set(names.split()) <= known]

    def _test(self, name: str) -> Any:
        return self._pick(_TESTS[name])

    def _condition(self) -> str:
        found: str = self._pick(
            [*self._known(_CONDITIONS), *(f"{name} > 2" for name, of in self.values.items() if of == "number")]
        )
        return found

    def _when(self) -> Any:
        names = [name for name in self.facts if name in _TESTS]
        if not names or self._chance(2):
            return self._condition()
        tests = {name: self._test(name) for name in self._some(names, 1, 2)}
        return [tests, self._condition()] if self._chance(4) else tests

    def _formula(self, of: str) -> Any:
        names = [name for name, each in self.values.items() if each == of]
        return self._pick(names) if names and self._chance(2) else self._pick(self._known(_FORMULAS[of]))

    def _table(self, of: str) -> Any:
        names = [name for name in self.facts if name in _TESTS]
        if not names or self._chance(6):
            names.append("employee.role")
        names = self._some(names, 1, 2)
        rows = [
            [*("-" if self._chance(4) else self._test(name) for name in names), self._formula(of)]
            for _ in range(self.number(1, 3))
        ]
        hit = self._pick(_HITS)
        table: dict[str, Any] = {"inputs": names, "hit": hit, "rows": rows}
        if hit == "priority":
            table["priorities"] = list(dict.fromkeys(row[-1] for row in reversed(rows)))
        if self._chance(2):
            table["otherwise"] = self._formula(of)
        return {"table": table}

    def _by_role(self, remedy: str) -> Any:
        of = _OF_REMEDY[remedy]
        if self._chance(2):
            return self._formula(of)
        return {role: self._formula(of) for role in self._some(list(LADDER), 1, 3)}

    def _rule(self, number: int) -> dict[str, Any]:
        rule: dict[str, Any] = {"id": f"r{number}", "because": "It is fair."}
        if not self._chance(5):
            rule["when"] = self._when()
        if self._chance(3):
            rule["owed"] = {name: self._formula(_OF_REMEDY[name]) for name in self._some(self.remedies, 1, 2)}
        if "owed" not in rule or self._chance(2):
            rule["may"] = {name: self._by_role(name) for name in self._some(self.remedies, 1, 2)}
        return rule

    def _guardrail(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = {"id": f"g{number}", "when": self._when(), "say": "I ask a colleague."}
        effect = self._pick(["deny", "escalate", "limit", "limit"])
        if effect == "limit":
            found["then"] = {"limit": {name: self._by_role(name) for name in self._some(self.remedies, 1, 2)}}
        else:
            found["then"] = {effect: self._some(self.remedies, 1, 2)} if self._chance(2) else effect
        if effect == "escalate" and self._chance(2):
            found["to"] = self._pick(LADDER[1:])
        return found

    def _promise(self, number: int) -> dict[str, Any]:
        remedy, role, other = self._pick(self.remedies), self._pick(LADDER), self._pick(LADDER)
        limit, owed = f"limit.{remedy}.{role}", f"owed.{remedy}"
        if remedy == "upgrade":
            said = self._pick([f"not({limit})", limit, f"{limit} or not({owed})", f"{limit} or not(limit.upgrade.{other})"])
        else:
            unit = " JPY" if remedy == "credit" else ""
            amount = f"{self.number(0, 9)}{unit}"
            same = [f"{limit} >= {owed}", f"{limit} <= limit.{remedy}.{other}", f"{limit} + {owed} <= 9{unit}"]
            of = [name for name in self.facts if name in ("price", "fee") and remedy == "credit"]
            facts = [f"{limit} <= {name} * 2" for name in of]
            said = self._pick([f"{limit} <= {amount}", f"{limit} >= {amount}", f"{owed} <= {amount}", *same, *facts])
        if self._chance(3):
            said = f"({self._pick(self._known(_CONDITIONS[:_PLAIN]) or ['true'])}) or {said}"
        return {"id": f"p{number}", "always": said}


def provable_text(seed: int) -> str:
    """The policy of this number; it may not load (an amount below nothing, for one)."""
    return ProvablePolicies.seeded(seed).text()
