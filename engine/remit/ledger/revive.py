"""A decision as it was recorded, made into a :class:`remit.Decision` again without deciding anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from remit.decision.decision import Decision
from remit.decision.detail import Detail, Missing, Offer, Reason, RemedyDetail, Unlock
from remit.ledger.facts import read_quantity

__all__ = ["revive"]


def revive(plain: Mapping[str, Any]) -> Decision:
    """The decision whose :meth:`remit.Decision.to_dict` is ``plain``."""
    amounts = _amounts
    return Decision.of(
        Detail(
            outcome=plain["outcome"],
            policy=plain["policy"]["id"],
            version=plain["policy"]["version"],
            digest=plain["policy"]["digest"],
            employee=plain["employee"]["id"],
            role=plain["employee"]["role"],
            case=plain["case"],
            occurred=date.fromisoformat(plain["occurred"]) if plain["occurred"] else None,
            asked=amounts(plain["asked"]),
            remedies={name: RemedyDetail(**_revived(each, _REMEDY)) for name, each in plain["remedies"].items()},
            reasons=tuple(Reason(**(each | {"remedies": tuple(each["remedies"])})) for each in plain["reasons"]),
            offers=tuple(Offer(**_revived(each, _OFFER)) for each in plain["offers"]),
            approver=plain["approver"],
            escalate_to=plain["escalate_to"],
            unlocks=tuple(Unlock(**_revived(each, _UNLOCK)) for each in plain["unlocks"]),
            missing=_missing(plain["missing"]),
            obligations=tuple(plain["obligations"]),
            say=tuple(plain["say"]),
            still_owed=amounts(plain["still_owed"]),
            charges=amounts(plain["charges"]),
            discretion=read_quantity(plain["discretion"]),
            gap=plain["gap"],
            balances=amounts(plain["balances"]),
        )
    )


_REMEDY = ("limit", "owed", "available", "asked")
_OFFER = ("amount", "owed")
_UNLOCK = ("amount",)


def _revived(plain: Mapping[str, Any], quantities: tuple[str, ...]) -> dict[str, Any]:
    return {name: read_quantity(value) if name in quantities else value for name, value in plain.items()}


def _amounts(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: read_quantity(value) for name, value in plain.items()}


def _missing(plain: Mapping[str, Any]) -> Missing:
    return Missing(tuple(plain["facts"]), tuple(plain["evidence"]), plain["story"])
