"""remit: what a frontline employee may give, right now, without asking anyone.

>>> import remit
>>> policy = remit.load("rules/hotel-guest-recovery.yaml")
>>> request = {"employee": {"id": "e-17", "role": "associate"}, "asked": {"late_checkout": True},
...            "facts": {"incident": {"kind": "noise", "severity": 3}}}
>>> policy.decide(request, history={"guest.recoveries": 0}).outcome
'grant'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remit import feel
    from remit.deciding.loading import load, load_folder, loads, shipped
    from remit.deciding.policy import Policy
    from remit.deciding.policyset import PolicySet
    from remit.decision.decision import Decision
    from remit.decision.detail import Offer, Reason
    from remit.decision.request import Request
    from remit.errors import ExpressionError, LedgerError, PolicyError, Problem, RemitError, RequestError
    from remit.language.values import Money
    from remit.ledger import Ledger, open_ledger
    from remit.ledger.people.roster import Roster
    from remit.ledger.people.roster_file import load_roster
    from remit.schemas import schema

__all__ = [
    "Decision",
    "ExpressionError",
    "Ledger",
    "LedgerError",
    "Money",
    "Offer",
    "Policy",
    "PolicyError",
    "PolicySet",
    "Problem",
    "Reason",
    "RemitError",
    "Request",
    "RequestError",
    "Roster",
    "__version__",
    "feel",
    "load",
    "load_folder",
    "load_roster",
    "loads",
    "open_ledger",
    "schema",
    "shipped",
]

#: Where each public name stands. Loaded when first used: a counter command that needs no ledger never pays for one.
_HOMES = {
    "Decision": "remit.decision.decision",
    "ExpressionError": "remit.errors",
    "Ledger": "remit.ledger",
    "LedgerError": "remit.errors",
    "Money": "remit.language.values",
    "Offer": "remit.decision.detail",
    "Policy": "remit.deciding.policy",
    "PolicyError": "remit.errors",
    "PolicySet": "remit.deciding.policyset",
    "Problem": "remit.errors",
    "Reason": "remit.decision.detail",
    "RemitError": "remit.errors",
    "Request": "remit.decision.request",
    "RequestError": "remit.errors",
    "Roster": "remit.ledger.people.roster",
    "load": "remit.deciding.loading",
    "load_folder": "remit.deciding.loading",
    "load_roster": "remit.ledger.people.roster_file",
    "loads": "remit.deciding.loading",
    "open_ledger": "remit.ledger",
    "schema": "remit.schemas",
    "shipped": "remit.deciding.loading",
}

#: The engine's version, as records keep it.
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "feel":
        return import_module("remit.feel")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module `remit` has no attribute `{name}`")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
