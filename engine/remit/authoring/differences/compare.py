"""Two checked policies to their difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from remit.authoring.differences import authority, declared, working
from remit.authoring.differences.changes import Change, Difference, Part
from remit.authoring.differences.comparing import sense, unordered
from remit.policy.model import Model

__all__ = ["difference"]

_Compare: TypeAlias = Callable[[Model, Model], Iterator[Change]]

#: Section -> its heading and what finds its changes; what touches customers' rights comes first.
_PARTS: Final[Mapping[str, tuple[str, _Compare]]] = {
    "policy": ("The policy", declared.header),
    "owed": ("What the customer is owed", authority.owed),
    "may": ("What may be given", authority.may),
    "guardrails": ("What comes before all rules", authority.guardrails),
    "caps": ("Caps over time", authority.caps),
    "discretion": ("Own discretion", authority.discretion),
    "requires": ("What must be on file first", authority.requires),
    "values": ("How amounts are worked out", working.values),
    "promises": ("What always holds", authority.promises),
    "remedies": ("What can be given", declared.remedies),
    "facts": ("What is asked", declared.facts),
    "evidence": ("Evidence", declared.evidence),
    "calendars": ("Calendars", declared.calendars),
}


def difference(old: Model, new: Model) -> Difference:
    """What changed from ``old`` to ``new``, without examples (see :func:`remit.authoring.differences.examples.examples`).

    Two policies that mean the same have no parts, however they are written.
    """
    parts = []
    for name, (heading, compare) in _PARTS.items():
        changes = tuple(compare(old, new))
        if changes:
            parts.append(Part(name, heading, changes))
    if not parts and _sense(old) != _sense(new):
        parts.append(Part("other", "Other", (Change("changed", "something", "the order of entries, or how they are written"),)))
    return Difference(_called(old), _called(new), tuple(parts))


def _sense(model: Model) -> object:
    """Equal for policies that say the same. The order of rules, of caps and within conditions never matters."""
    rules = {rule.id: (replace(rule, when=None), sense(rule.when)) for rule in model.rules}
    guardrails = [(replace(each, when=None), sense(each.when)) for each in model.guardrails]
    requires = [(replace(each, when=None), sense(each.when)) for each in model.requires]
    promises = [(each.id, each.because, unordered(each.always.node)) for each in model.promises]
    caps = {cap.id: cap for cap in model.caps}
    rest = replace(model, digest="", rules=(), guardrails=(), requires=(), promises=(), caps=())
    return rest, rules, guardrails, requires, promises, caps


def _called(model: Model) -> str:
    return f"{model.title}, {model.id} {model.version}"
