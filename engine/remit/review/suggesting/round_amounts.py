"""How much a changed limit should be: the smallest round amount that covers most of what was approved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd
from typing import Final

from remit.language.nodes import Literal, walk
from remit.language.values import Money, minor_digits
from remit.policy.model import Amounts, Model

__all__ = ["COVERED", "covering", "step_of"]

#: The share of what was approved that a proposed limit covers, where the approvers' own limits allow it.
COVERED: Final = 0.8
#: A step is at most this part of the amount that it rounds.
_FINEST: Final = 4


def step_of(model: Model, remedy: str) -> int:
    """In what steps the policy's own amounts of ``remedy`` are, in smallest units: 1, 2 or 5 with zeros.

    From 30, 150 and 600 EUR it is 10 EUR, because all of them are whole tens.
    """
    found = gcd(*_constants(model, remedy))
    if not found:
        kind = model.remedies[remedy].kind
        return int(10 ** minor_digits(model.currency_code)) if kind == "money" else 1
    return next(step for step in _steps(found) if found % step == 0)


def covering(amounts: Sequence[int], step: int, most: int | None = None, share: float = COVERED) -> tuple[int, float]:
    """The smallest whole number of steps that covers ``share`` of ``amounts``, or the largest not above ``most``; and the
    share that it covers. Where the step is coarse beside the amount, a finer one is taken.

    >>> covering([31, 35, 40, 42, 90], 10), covering([31, 35, 40, 42, 90], 10, most=39)
    ((50, 0.8), (30, 0.0))
    """
    ordered = sorted(amounts)
    needed = ordered[max(0, -int(-len(ordered) * share // 1) - 1)]
    fine = next(each for each in _steps(step) if each * _FINEST <= needed or each == 1)
    wanted = -(-needed // fine) * fine
    if most is not None and wanted > most:
        wanted = most // fine * fine
    return wanted, sum(each <= wanted for each in ordered) / len(ordered)


def _steps(most: int) -> Iterator[int]:
    """1, 2 and 5 with zeros, from the largest that is not above ``most`` down to 1."""
    for zeros in range(len(str(most)) - 1, -1, -1):
        yield from (each * 10**zeros for each in (5, 2, 1) if each * 10**zeros <= most)


def _constants(model: Model, remedy: str) -> Iterator[int]:
    """The amounts of ``remedy`` that rules and limits name, in smallest units."""
    named: list[Amounts] = [rule.may[remedy] for rule in model.rules if remedy in rule.may]
    named += [each.limits[remedy] for each in model.guardrails if remedy in each.limits]
    for amounts in named:
        for expression in amounts.values():
            for node in walk(expression.node):
                if isinstance(node, Literal) and isinstance(node.value, Money):
                    yield node.value.minor
                elif node is expression.node and isinstance(node, Literal) and not isinstance(node.value, bool):
                    yield int(node.value) if node.value is not None else 0
