"""What a backend finds out about a policy and some facts, for one role: which conditions hold and what they are worth.

Amounts are whole numbers: smallest units of the currency for money, units for counts, 1 or 0 for exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from remit.language.fast_dataclass import dataclass
from remit.policy.model import Guardrail, Requirement, Rule

__all__ = ["KNOWN", "FoundAmount", "Findings", "GuardrailFinding", "RequirementFinding", "RuleFinding", "UndeterminedFinding"]

KNOWN: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FoundAmount:
    """What something is worth: surely at least ``low``, surely at most ``high`` (``None``: no bound is known), and the facts
    that would settle it. A known amount has ``low == high`` and nothing missing. ``said`` is false where it may still turn out
    to be null, and then the rule says nothing of the remedy."""

    low: int
    high: int | None
    missing: frozenset[str] = KNOWN
    said: bool = True


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """A rule that matches (``missing`` is empty) or may match, depending on the facts in ``missing``.

    ``number`` is its place in the policy. ``may[remedy][role]`` has the roles that the rule names (those above have at least as
    much); ``owed[remedy]``.
    """

    number: int
    rule: Rule
    missing: frozenset[str]
    may: Mapping[str, Mapping[str, FoundAmount]]
    owed: Mapping[str, FoundAmount]


@dataclass(frozen=True, slots=True)
class GuardrailFinding:
    """A guardrail that applies (``missing`` is empty) or may apply. ``cause`` says what of it cannot be worked out:
    its condition (``null``), or limits of these roles."""

    number: int
    guardrail: Guardrail
    missing: frozenset[str]
    limits: Mapping[str, Mapping[str, FoundAmount]]
    most: Mapping[str, FoundAmount]
    cause: str = ""
    null: bool = False
    null_limits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UndeterminedFinding:
    """A rule of which something cannot be worked out though all facts are known: by remedy, what. ``missing`` is as in
    :class:`RuleFinding`."""

    number: int
    rule: Rule
    missing: frozenset[str]
    causes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RequirementFinding:
    """A requirement that holds (``missing`` is empty) or may hold."""

    requirement: Requirement
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that matches or may match, in the order of the policy. What surely does not match is left out."""

    rules: tuple[RuleFinding, ...]
    guardrails: tuple[GuardrailFinding, ...]
    requirements: tuple[RequirementFinding, ...]
    undetermined: tuple[UndeterminedFinding, ...] = ()
