"""The index: from the classes of the facts to the conditions that hold, without looking at the others.

Every rule, guardrail and requirement has one bit. For each class of each name there is a mask of the conditions that surely
hold as far as that name goes, and one of those that may; the conjunction over all names leaves the few that need a closer look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from remit.backends.compiled.domains import ROLE, Dimension, Domain, Need, dimension
from remit.backends.compiled.needs import Analysis
from remit.backends.compiled.trees import conjuncts
from remit.language.nodes import Literal, Node
from remit.policy.model import Condition, Model

__all__ = ["Clause", "Index", "bits"]


@dataclass(slots=True)
class Clause:
    """One condition. ``tests`` are the parts that the index answers; ``settled`` those that the classes settle but only
    together; ``counting`` those that need the values themselves. ``never``: it surely does not hold."""

    tests: list[Need] = field(default_factory=list)
    settled: list[Node] = field(default_factory=list)
    counting: list[Node] = field(default_factory=list)
    never: bool = False

    @property
    def plain(self) -> bool:
        """Whether the masks say all there is to say."""
        return not self.settled and not self.counting


class Index:
    """The classes of every name, and the masks. ``clauses`` are in the order of rules, guardrails, requirements."""

    def __init__(self, model: Model, domains: Mapping[str, Domain], analysis: Analysis) -> None:
        self.model = model
        self.analysis = analysis
        self.clauses = [_clause(each, analysis) for each in _conditions(model)]
        needs = {Need(ROLE, None)}
        for clause in self.clauses:
            needs.update(clause.tests)
            for node in (*clause.settled, *clause.counting):
                needs |= analysis.parts(node)
        for node, _ in amounts(model):
            needs |= analysis.parts(analysis.folded(node))
        self.dimensions = _dimensions(model, domains, needs, self._counted())
        self.size = _strides(self.dimensions.values())
        self._sure: dict[str, list[int]] = {}
        self._maybe: dict[str, list[int]] = {}
        self._mask()

    def _counted(self) -> Iterator[str]:
        """The names whose very values are counted with."""
        counting = [node for clause in self.clauses for node in clause.counting]
        for node in (*counting, *(node for node, _ in amounts(self.model))):
            folded = self.analysis.folded(node)
            if self.analysis.needs(folded) is None:
                yield from self.analysis.reads(folded)

    def _mask(self) -> None:
        everything = (1 << len(self.clauses)) - 1
        for bit, clause in enumerate(self.clauses):
            if clause.never:
                everything &= ~(1 << bit)
        by_name: dict[str, list[tuple[int, Need]]] = defaultdict(list)
        for bit, clause in enumerate(self.clauses):
            for test in clause.tests:
                by_name[test.name].append((bit, test))
        self._everything = everything
        for name, found in by_name.items():
            dim = self.dimensions[name]
            sure, maybe = [everything] * len(dim.samples), [everything] * len(dim.samples)
            for bit, test in found:
                assert test.test is not None
                for each, result in enumerate(dim.results[test.test]):
                    if result is not True:
                        sure[each] &= ~(1 << bit)
                    if result is False:
                        maybe[each] &= ~(1 << bit)
            self._sure[name], self._maybe[name] = sure, maybe

    def match(self, classes: Mapping[str, int]) -> tuple[int, int]:
        """The conditions that surely hold as far as the index goes, and those that may (they include the sure ones)."""
        sure = maybe = self._everything
        for name, masks in self._sure.items():
            at = classes[name]
            sure &= masks[at]
            maybe &= self._maybe[name][at]
        return sure, maybe

    def classes(self, values: Mapping[str, Any]) -> dict[str, int]:
        """The class of each indexed name; what is not in ``values`` is missing."""
        return {name: dim.class_of(values.get(name)) for name, dim in self.dimensions.items()}

    def decode(self, key: int) -> dict[str, int]:
        """The classes that add up to ``key``."""
        return {name: key // dim.stride % len(dim.samples) for name, dim in self.dimensions.items()}


def bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def amounts(model: Model) -> Iterator[tuple[Node, str]]:
    """Every expression that says how much, and of what remedy."""
    for rule in model.rules:
        for remedy, by_role in rule.may.items():
            yield from ((each.node, remedy) for each in by_role.values())
        yield from ((each.node, remedy) for remedy, each in rule.owed.items())
    for guardrail in model.guardrails:
        for remedy, limits in guardrail.limits.items():
            yield from ((each.node, remedy) for each in limits.values())


def _conditions(model: Model) -> Iterator[Condition | None]:
    yield from (rule.when for rule in model.rules)
    yield from (guardrail.when for guardrail in model.guardrails)
    yield from (requirement.when for requirement in model.requires)


def _clause(when: Condition | None, analysis: Analysis) -> Clause:
    out = Clause()
    for part in conjuncts(analysis.folded(when.node)) if when is not None else ():
        if isinstance(part, Literal) and isinstance(part.value, bool):
            out.never = out.never or not part.value
            continue
        test = analysis.test_of(part)
        if test is not None:
            out.tests.append(test)
        elif analysis.needs(part) is not None:
            out.settled.append(part)
        else:
            out.counting.append(part)
    return out


def _dimensions(
    model: Model, domains: Mapping[str, Domain], needs: Iterable[Need], counted: Iterable[str]
) -> dict[str, Dimension]:
    """The dimensions, in the order of the policy. What is only counted with still has one, to tell whether it is missing."""
    by_name: dict[str, list[Need]] = defaultdict(list)
    for need in needs:
        by_name[need.name].append(need)
    for name in counted:
        if domains[name].optional and domains[name].default is None:
            by_name[name] += []
    return {
        name: dimension(domain, _ordered(by_name[name]), model.calendars) for name, domain in domains.items() if name in by_name
    }


def _ordered(needs: Sequence[Need]) -> list[Need]:
    """In an order that does not hang on hashing, so that two processes build the same index."""
    return sorted(needs, key=lambda need: repr(need.test))


def _strides(dimensions: Iterable[Dimension]) -> int:
    """Give each dimension its place in the key. What has only one class takes no place."""
    size = 1
    for each in dimensions:
        each.stride = size
        size *= len(each.samples)
    return size
