"""From the JSON of a decision back to its values. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from remit.decision.detail import Detail, Missing, Offer, Reason, RemedyDetail, Shown, Unlock
from remit.language.types import Type
from remit.language.values import Money
from remit.policy.fact_values import read_value

__all__ = ["decode_decision", "read_quantity"]


def decode_decision(plain: Mapping[str, Any]) -> Detail:
    """Everything about the decision whose :meth:`remit.Decision.to_dict` is ``plain``."""
    return Detail(
        outcome=plain["outcome"],
        policy=plain["policy"]["id"],
        version=plain["policy"]["version"],
        digest=plain["policy"]["digest"],
        currency=plain["policy"].get("currency"),
        employee=plain["employee"]["id"],
        role=plain["employee"]["role"],
        case=plain["case"],
        occurred=date.fromisoformat(plain["occurred"]) if plain["occurred"] else None,
        asked=_amounts(plain["asked"]),
        remedies={name: RemedyDetail(**_decoded(each, _REMEDY)) for name, each in plain["remedies"].items()},
        reasons=tuple(Reason(**(each | {"remedies": tuple(each["remedies"])})) for each in plain["reasons"]),
        offers=tuple(map(_offer, plain["offers"])),
        approver=plain["approver"],
        escalate_to=plain["escalate_to"],
        unlocks=tuple(Unlock(**_decoded(each, _UNLOCK)) for each in plain["unlocks"]),
        missing=_missing(plain["missing"]),
        obligations=tuple(plain["obligations"]),
        say=tuple(plain["say"]),
        still_owed=_amounts(plain["still_owed"]),
        charges=_amounts(plain["charges"]),
        discretion=read_quantity(plain["discretion"]),
        gap=plain["gap"],
        balances=_amounts(plain["balances"]),
        incident=plain.get("incident"),
        shown=tuple(map(_shown, plain.get("shown", ()))),
    )


def _offer(plain: Mapping[str, Any]) -> Offer:
    known = {name: value for name, value in plain.items() if name not in ("with", "evidence")}
    beside, evidence = (tuple(plain.get(name, ())) for name in ("with", "evidence"))
    return Offer(**_decoded(known, _OFFER), beside=beside, evidence=evidence)


def _shown(plain: Mapping[str, Any]) -> Shown:
    value, kind = plain["value"], plain["type"]
    if kind in ("money", "number") and value is not None:
        value = Money.of(value) if kind == "money" else Decimal(value)
    elif kind not in ("boolean", "text") and value is not None:
        value = read_value(Type(kind), value)
    return Shown(**{**plain, "value": value, "missing": tuple(plain.get("missing", ()))})


def read_quantity(value: Any) -> Any:
    """An amount as JSON has it: text is money, and numbers and yes or no are themselves."""
    return Money.of(value) if isinstance(value, str) else value


_REMEDY = ("limit", "owed", "received", "available", "asked")
_OFFER = ("amount", "owed")
_UNLOCK = ("amount",)


def _decoded(plain: Mapping[str, Any], quantities: tuple[str, ...]) -> dict[str, Any]:
    return {name: read_quantity(value) if name in quantities else value for name, value in plain.items()}


def _amounts(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: read_quantity(value) for name, value in plain.items()}


def _missing(plain: Mapping[str, Any]) -> Missing:
    return Missing(tuple(plain["facts"]), tuple(plain["evidence"]), plain["story"], plain.get("questions", {}))
