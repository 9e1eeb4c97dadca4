"""Of whom an exposure is, and what bounds that over time: caps, discretion, claims, and what the policy reads from history.

What is kept by something that the subject does not fix bounds one grant at a time: the next grant takes another employee,
another case, another stay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from remit.core.views import PolicyView
from remit.policy.model import Claim, Fact, Model, Window

__all__ = ["CASE", "Bound", "Gate", "ExposureSubject", "Who", "bounds_of", "gate_of", "is_fixed_claim", "subject_of"]

Who: TypeAlias = Literal["customer", "case", "employee", "site"]

#: The case among the facts that something is kept by.
CASE: Final = "case"


@dataclass(frozen=True, slots=True)
class ExposureSubject:
    """``fixed`` are the facts, ``case`` and ``employee.id`` that are the same in every grant. ``employees`` is how many of the
    role may take part, each with a balance of their own; ``None``: any number, so that no balance of theirs binds."""

    who: Who
    fixed: frozenset[str]
    employees: int | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """At most ``most`` in each ``window``, of what ``counts``: ``amount`` (smallest units, other remedies at their cost),
    ``units``, ``grants``, or ``discretion`` (what goes beyond the rules, in smallest units). There is one balance for each
    employee where it is ``by_employee``, and for each value of the facts in ``split``. Where it is not ``fixed``, every grant
    finds a new balance."""

    name: str
    window: Window
    most: int
    measure: Literal["amount", "units", "grants", "discretion"]
    counts: tuple[str, ...]
    by_employee: bool = False
    split: tuple[str, ...] = ()
    fixed: bool = True


@dataclass(frozen=True, slots=True)
class Gate:
    """What the policy reads of its own past: a history fact. ``counts`` are the remedies of which it counts grants, or,
    where it is a sum, of which it adds up what was given. Where it is not ``fixed``, it is 0 at every grant."""

    fact: str
    window: Window
    counts: tuple[str, ...]
    is_sum: bool
    fixed: bool


def subject_of(model: Model, who: Who, keys: Collection[str] | None, employees: int | None) -> ExposureSubject:
    """``keys`` are the facts that say who it is; where they are left out: of a customer, those of ``own_account`` or else
    personal ids; of a case, the case and all ids; of a site, the facts of that name. Raises ``ValueError``."""
    if employees is not None and employees < 1:
        raise ValueError("`employees` is how many employees take part: 1 or more")
    ids = [name for name, fact in model.facts.items() if fact.is_id]
    sites = [name for name in model.facts if "site" in name.split(".")]
    usual: Mapping[Who, Collection[str]] = {
        "customer": model.customer_facts,
        "case": (*ids, CASE),
        "employee": ("employee.id",),
        "site": sites,
    }
    if who not in usual:
        raise ValueError(f"`{who}` is none of {', '.join(usual)}")
    fixed = frozenset(usual[who] if keys is None else keys)
    if who == "employee":
        return ExposureSubject(who, fixed | {"employee.id"}, 1)
    return ExposureSubject(who, fixed, employees)


def bounds_of(model: Model, role: str, subject: ExposureSubject) -> list[Bound]:
    """The caps and the discretion of ``role``."""
    view, rank = PolicyView.of(model), model.ladder.index(role)
    out = []
    for cap in model.caps:
        by_employee, split, fixed = _keys(model, _per(cap.per, cap.over), subject)
        most = view.cap_limit(cap, rank)
        out.append(Bound(cap.id, cap.over, most, cap.measure, cap.counts, by_employee, split, fixed))
    found = view.discretion(rank)
    if found is not None:
        money = tuple(name for name, remedy in model.remedies.items() if remedy.kind == "money")
        by_employee, split, fixed = _keys(model, ("employee.id",), subject)
        out.append(Bound("discretion", found.over, found.max.minor, "discretion", money, by_employee, split, fixed))
    return out


def gate_of(model: Model, fact: Fact, subject: ExposureSubject) -> Gate:
    """What ``fact`` reads of the past. Raises ``ValueError`` where that is not grants, or kept by what is not followed."""
    history = fact.history
    if history is None:
        raise ValueError(f"`{fact.name}` is not read from the ledger")
    if history.fact is not None or history.count not in (None, "grants"):
        what = history.count or f"what was stated of {history.fact}"
        raise ValueError(f"`{fact.name}` counts {what}; only grants and sums of what was given are followed")
    by_employee, split, fixed = _keys(model, _per(history.per, history.over), subject)
    if fixed and (split or (by_employee and subject.employees != 1)):
        raise ValueError(f"`{fact.name}` is kept by {', '.join(history.per)}; that is not followed")
    counts = tuple(model.remedies) if history.sum is None and history.of is None else (history.sum or history.of or "",)
    return Gate(fact.name, history.over, counts, history.sum is not None, fixed)


def is_fixed_claim(model: Model, claim: Claim, subject: ExposureSubject) -> bool:
    """Whether every grant of the subject is under the same claim (of the same kind of incident)."""
    return _keys(model, claim.per, subject)[2]


def _per(per: tuple[str, ...], over: Window) -> tuple[str, ...]:
    return (*per, CASE) if over.kind == "case" else per


def _keys(model: Model, per: tuple[str, ...], subject: ExposureSubject) -> tuple[bool, tuple[str, ...], bool]:
    """Whether each employee has a balance, the facts by whose values balances differ, and whether it is ``fixed``."""
    by_employee = "employee.id" in per and subject.employees is not None
    rest = [name for name in per if name not in subject.fixed and name not in ("employee.role", "employee.id")]
    free = "employee.id" in per and subject.employees is None
    free = free or any(name == CASE or model.facts[name].is_id for name in rest)
    split = tuple(name for name in rest if name != CASE and not model.facts[name].is_id)
    return by_employee, split, not free


def value_of(facts: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    """What tells balances apart."""
    return tuple(str(facts.get(name)) for name in names)
