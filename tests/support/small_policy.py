"""Small policies with a bit of everything, for the laws: few facts with few values, so that generated cases collide often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

__all__ = ["FACTS", "LADDER", "caps", "full_facts", "policies", "requests", "text_of"]

LADDER = ("clerk", "senior", "manager")
FACTS: Mapping[str, Any] = {
    "tier": {"type": "choice", "of": ["none", "gold"]},
    "kind": {"type": "choice", "of": ["late", "lost", "rude"]},
    "level": {"type": "integer", "min": 1, "max": 4},
    "price": {"type": "money", "min": "0 EUR", "max": "100 EUR"},
    "hurt": {"type": "boolean"},
}
_REMEDIES = {
    "credit": {"type": "money", "title": "Credit"},
    "points": {"type": "count", "title": "Points", "cost": "0.50 EUR"},
    "upgrade": {"type": "exception", "title": "Upgrade", "cost": "20 EUR"},
}


def _some(parts: Mapping[str, SearchStrategy[Any]]) -> SearchStrategy[dict[str, Any]]:
    """One of ``parts`` or more; nothing that was drawn is thrown away."""
    names = st.lists(st.sampled_from(list(parts)), min_size=1, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: parts[name] for name in parts if name in chosen}))


_TESTS = _some(
    {
        "tier": st.sampled_from(["none", "gold"]),
        "kind": st.sampled_from(["late", ["late", "lost"], "not(rude)"]),
        "level": st.sampled_from([">= 2", "< 3", "[2..3]", "(1..4)", "4"]),
        "price": st.sampled_from([">= 10 EUR", "< 50 EUR", "[10 EUR..50 EUR)"]),
        "hurt": st.booleans(),
    }
)
_FORMULAS = st.sampled_from(
    [
        'tier = "gold" or level > 2',
        "price * level >= 100 EUR",
        "not(hurt) and price > 0 EUR",
        "if hurt then level >= 3 else price > 20 EUR",
        "asked.credit > 30 EUR",
        "asked.upgrade",
        "asked.points * 2 > level * 20",
        "asked.credit + price > 60 EUR",
        "asked.credit + asked.points * 0.10 EUR <= price",
        "10 / (level - 1) > 4",
    ]
)
_WHEN = st.one_of(_TESTS, _FORMULAS, st.tuples(_TESTS, _FORMULAS).map(list))
_CREDIT = st.sampled_from(
    [
        "0 EUR",
        "10 EUR",
        "30 EUR",
        "55.50 EUR",
        "price",
        "price * 25%",
        "min(price * level, 80 EUR)",
        "price / (level - 1)",
        "table",
    ]
)
_POINTS = st.sampled_from([0, 5, 20, "level * 10", 'if tier = "gold" then 40 else 5'])
_UPGRADE = st.sampled_from([True, "level >= 3", 'tier = "gold"'])
_AMOUNTS = {"credit": _CREDIT, "points": _POINTS, "upgrade": _UPGRADE}


def _by_role(amount: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.one_of(amount, st.dictionaries(st.sampled_from(LADDER), amount, min_size=1))


_GIVEN = _some({"may": _some({name: _by_role(amount) for name, amount in _AMOUNTS.items()}), "owed": _some(_AMOUNTS)})
_RULE = st.builds(
    lambda rule, given: {**rule, **given},
    st.fixed_dictionaries(
        {"because": st.just("It is fair.")},
        optional={"when": _WHEN, "say": st.sampled_from(["With pleasure.", "Here you are."])},
    ),
    _GIVEN,
)
_NAMED = st.lists(st.sampled_from(tuple(_REMEDIES)), min_size=1, unique=True)
_THEN = st.one_of(
    st.sampled_from(["deny", "escalate"]),
    st.fixed_dictionaries({"deny": _NAMED}),
    st.fixed_dictionaries({"escalate": _NAMED}),
    st.fixed_dictionaries({"limit": _some({"credit": st.sampled_from(["0 EUR", "20 EUR", "price"]), "points": st.just(10)})}),
)
_MOST = _some(
    {
        "credit": st.sampled_from(["25 EUR", "price", "price / (level - 1)"]),
        "points": st.just(15),
        "upgrade": st.sampled_from([True, "10 / (level - 1) > 2"]),
    }
)


def _sent(guardrail: dict[str, Any]) -> dict[str, Any]:
    """Without ``to`` where nothing is escalated, and with ``most`` for what is sent to somebody only."""
    then, most = guardrail["then"], guardrail.get("most", {})
    dropped = {"most"} if "escalate" in then else {"most", "to"}
    named = then["escalate"] if isinstance(then, dict) and "escalate" in then else list(most)
    most = {name: amount for name, amount in most.items() if name in named and not dropped - {"most"} and "to" in guardrail}
    kept = {key: value for key, value in guardrail.items() if key not in dropped}
    return {**kept, "most": most} if most else kept


_GUARDRAIL = st.fixed_dictionaries(
    {"when": _WHEN, "then": _THEN, "say": st.just("I cannot do that.")},
    optional={"to": st.sampled_from(LADDER[1:]), "most": _MOST},
).map(_sent)
_CAP = st.fixed_dictionaries(
    {
        "per": st.sampled_from(["employee.id", "tier"]),
        "over": st.sampled_from(["lifetime", "90 days", "calendar month"]),
        "max": st.sampled_from(["40 EUR", "2 grants", "30 units", {"clerk": "15 EUR", "senior": "100 EUR"}]),
    }
)
_EVERYTHING = st.fixed_dictionaries(
    {"rules": st.lists(_RULE, min_size=1, max_size=4), "otherwise": st.sampled_from(["escalate", "deny"])},
    optional={
        "guardrails": st.lists(_GUARDRAIL, max_size=3),
        "caps": st.lists(_CAP, max_size=2),
        "discretion": st.just({"clerk": {"each": "15 EUR", "max": "40 EUR", "over": "calendar month"}}),
        "requires": st.just(
            [{"when": "asked.credit > 20 EUR", "evidence": ["note"]}, {"when": {"hurt": True}, "evidence": ["report"]}]
        ),
        "rounding": st.sampled_from(["half up", "down", "half even"]),
    },
)


# The writer in C where there is one: a law writes a policy for each of its examples.
class _NoAliases(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, data: Any) -> bool:
        return True


def text_of(policy: Mapping[str, Any]) -> str:
    """The policy as YAML."""
    whole: dict[str, Any] = {
        "policy": "small",
        "title": "Small",
        "version": "1",
        "owner": "tests",
        "currency": "EUR",
        "ladder": list(LADDER),
        "facts": dict(FACTS),
        "remedies": _REMEDIES,
        "values": {
            "table": {
                "table": {
                    "inputs": ["kind", "level"],
                    "hit": "first",
                    "rows": [["late", "[2..4]", "price"], [["late", "lost"], "-", "12 EUR"], ["-", ">= 4", "price / 3"]],
                }
            }
        },
        **policy,
    }
    for section, prefix in (("rules", "r"), ("guardrails", "g"), ("caps", "c")):
        whole[section] = [{"id": f"{prefix}{index}", **each} for index, each in enumerate(policy.get(section, ()))]
    whole = {name: value for name, value in whole.items() if value not in ([], {})}
    return yaml.dump(whole, Dumper=_NoAliases, sort_keys=False, allow_unicode=True)


def caps() -> SearchStrategy[list[dict[str, Any]]]:
    """One cap or two, for a policy that must have some."""
    return st.lists(_CAP, min_size=1, max_size=2)


def policies() -> SearchStrategy[dict[str, Any]]:
    """Policies as plain data, without ids (see :func:`text_of`)."""
    return _EVERYTHING


_MONEY = st.integers(0, 10000).map(lambda cents: f"{cents / 100:.2f} EUR")
_VALUES: Mapping[str, SearchStrategy[Any]] = {
    "tier": st.sampled_from(["none", "gold"]),
    "kind": st.sampled_from(["late", "lost", "rude"]),
    "level": st.integers(1, 4),
    "price": st.one_of(st.sampled_from(["0 EUR", "10 EUR", "50 EUR", "33.33 EUR"]), _MONEY),
    "hurt": st.booleans(),
}


def full_facts() -> SearchStrategy[dict[str, Any]]:
    """Every fact."""
    return st.fixed_dictionaries(dict(_VALUES))


_ASKED = {
    "credit": st.one_of(st.sampled_from(["10 EUR", "25 EUR", "30 EUR", "60 EUR"]), _MONEY),
    "points": st.integers(0, 50),
    "upgrade": st.booleans(),
}


def requests(
    facts: SearchStrategy[dict[str, Any]] | None = None, *, idle: bool = True, roles: tuple[str, ...] = LADDER
) -> SearchStrategy[dict[str, Any]]:
    """Requests that fit :data:`FACTS`, from one of ``roles``; by default any of the facts may be missing.

    Unless ``idle``, something is asked for (of which the amount may be nothing).
    """
    return st.fixed_dictionaries(
        {
            "employee": st.sampled_from(roles).map(lambda role: {"id": "e-1", "role": role}),
            "asked": st.fixed_dictionaries({}, optional=_ASKED) if idle else _some(_ASKED),
            "facts": facts if facts is not None else st.fixed_dictionaries({}, optional=dict(_VALUES)),
        },
        optional={
            "evidence": st.lists(st.sampled_from(["note", "report"]), unique=True),
            "use_discretion": st.booleans(),
            "story": st.just("She had waited for an hour."),
        },
    )
