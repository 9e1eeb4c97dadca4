"""From the key of a situation to its leaf."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from remit.backends import reference
from remit.backends.amounts import amount_of
from remit.backends.compiled.arithmetic import Unusual
from remit.backends.compiled.domains import ROLE, Dimension
from remit.backends.compiled.formulas import CONDITION, Formulas
from remit.backends.compiled.index import bits
from remit.backends.findings import KNOWN, Amount, Findings, GuardrailFinding, RequirementFinding, RuleFinding
from remit.backends.python import Compiled
from remit.backends.reference import Scope
from remit.decision.inputs import Inputs
from remit.decision.leaves import Count, Facts, Found, Leaf, Reading, Top, joint_caps, read
from remit.decision.reading import HOPING, SURE, authority
from remit.language.nodes import Node
from remit.language.values import Unknown
from remit.policy.model import Amounts, Condition, Guardrail, Rule

__all__ = ["GENERAL", "Situations"]

#: Situations that only the general path decides: no remedy has a top.
GENERAL: Final[Found] = ((), True, Leaf(None, None))  # type: ignore[arg-type]

_MOST_LEAVES: Final = 65_536
_MOST_SAME: Final = 8192
_MOST_BRANCHES: Final = 256


@dataclass(slots=True)
class _Counts:
    """Amounts that must be counted from the facts, by remedy."""

    may: dict[str, dict[Count, int]] = field(default_factory=dict)
    owed: dict[str, dict[Count, int]] = field(default_factory=dict)


class Situations:
    """The situations of one policy. ``leaves`` keeps those that were met, up to a bound; the front function shares it."""

    def __init__(self, compiled: Compiled, formulas: Formulas) -> None:
        self.leaves: dict[int, Found] = {}
        self._same: dict[tuple[Any, ...], Found] = {}
        self._compiled = compiled
        self.formulas = formulas
        self._model = compiled.model
        self._by_role = _reads_role(compiled)
        dimensions = compiled.index.dimensions.keys()
        every = range(len(compiled.index.clauses))
        #: By bit: the names that the rule, guardrail or requirement reads beyond the index, and those of its condition.
        self._reads = [compiled.beyond(bit) & dimensions for bit in every]
        self._conditions = [compiled.reads(bit) & dimensions for bit in every]

    def found(self, key: int) -> Found:
        """What the front function keeps of the situation with this key."""
        classes = self._compiled.index.decode(key)
        same = self._same_as(classes)
        found = self._same.get(same)
        if found is None:
            try:
                found = self._leaf(classes, {}).found()
            except Unusual:
                found = GENERAL
            _keep(self._same, same, found, _MOST_SAME)
        _keep(self.leaves, key, found, _MOST_LEAVES)
        return found

    def _same_as(self, classes: Mapping[str, int]) -> tuple[Any, ...]:
        """Equal for situations that come to the same: the same conditions hold or may hold, and what they give or leave open
        reads names of the same classes."""
        rank = classes[ROLE]
        names: set[str] = set()
        masks = []
        for at in range(rank, -1, -1) if self._by_role else (rank,):
            sure, maybe = self._compiled.index.match({**classes, ROLE: at} if self._by_role else classes)
            masks += [sure, maybe]
            for bit in bits(maybe):
                names |= self._reads[bit]
            for bit in bits(maybe & ~sure):
                names |= self._conditions[bit]
        return rank, *masks, *((name, classes[name]) for name in sorted(names))

    def _leaf(self, classes: Mapping[str, int], counted: Mapping[int, bool]) -> Leaf:
        """The leaf for these classes; ``counted`` says which conditions that must be counted hold."""
        model, rank = self._model, classes[ROLE]
        findings: dict[str, Findings] = {}
        counts, open_bits = _Counts(), dict[int, Scope]()
        for at in range(rank, -1, -1):
            if self._by_role or at == rank:
                scout = _Scout(self, {**classes, ROLE: at}, counted, model.ladder[: at + 1])
                latest = findings[model.ladder[at]] = scout.findings(counts)
                open_bits |= dict.fromkeys(scout.open_bits, scout.scope)
            else:
                findings[model.ladder[at]] = latest
        if open_bits:
            return self._branching(classes, counted, open_bits)
        return self._settled(findings, counts, model.ladder[rank])

    def _settled(self, findings: Mapping[str, Findings], counts: _Counts, role: str) -> Leaf:
        model, inputs = self._model, Inputs(employee="", role=role)
        sure = read(model, inputs, authority(model, findings.__getitem__, role, role, SURE), SURE, counts.may, counts.owed)
        hoping = None
        if any(_waits(each) for each in findings.values()):
            of = authority(model, findings.__getitem__, role, role, HOPING)
            hoping = read(model, inputs, of, HOPING, counts.may, counts.owed)
        requirements = findings[role].requirements
        return Leaf(
            model,
            sure,
            hoping,
            joint_caps(model, role),
            frozenset(name for each in requirements if not each.missing for name in each.requirement.evidence),
            [each for each in requirements if each.missing],
        )

    def _branching(self, classes: Mapping[str, int], counted: Mapping[int, bool], open_bits: Mapping[int, Scope]) -> Leaf:
        tests = {bit: self._condition(bit, scope) for bit, scope in open_bits.items()}
        branches: dict[tuple[bool, ...], Leaf] = {}

        def branch(facts: Facts) -> Leaf:
            held = tuple(all(test(facts) for test in each) for each in tests.values())
            leaf = branches.get(held)
            if leaf is None:
                leaf = self._leaf(classes, {**counted, **dict(zip(tests, held, strict=True))})
                if len(branches) >= _MOST_BRANCHES:
                    branches.clear()
                branches[held] = leaf
            return leaf

        nobody: list[Top] = [(0, 0, None, 0)] * len(self._model.remedies)
        return Leaf(self._model, Reading(nobody), branch=branch)

    def _condition(self, bit: int, scope: Scope) -> list[Any]:
        out = []
        for node in self._compiled.index.clauses[bit].counting:
            out.append(self.formulas.bind(self.formulas.get(node, CONDITION), scope))
        return out


class _Classes(Scope):
    """What the classes of a situation say of each name, as ``of`` reads them; what is not told apart is unknown."""

    def __init__(self, compiled: Compiled, classes: Mapping[str, int], of: Callable[[Dimension, int], Any]) -> None:
        self._model = compiled.model
        self._known = {}
        self._compiled = compiled
        self._classes = classes
        self._of = of

    def _value(self, name: str) -> Any:
        domain = self._compiled.domains.get(name)
        if domain is None:
            return super()._value(name)
        dim = self._compiled.index.dimensions.get(name)
        return domain.unknown if dim is None else self._of(dim, self._classes[name])


class _Scout:
    """Finds out what matches in one situation, for one role."""

    def __init__(self, of: Situations, classes: Mapping[str, int], counted: Mapping[int, bool], roles: Sequence[str]) -> None:
        self._of = of
        self._compiled = of._compiled
        self._model = of._model
        self._classes = classes
        self._counted = counted
        self._roles = roles
        self.open_bits: list[int] = []
        #: Samples of the classes: for what the classes settle.
        self.scope = _Classes(self._compiled, classes, _sampled)
        #: What can be said of all values of the classes: for what counts with the values.
        self._bounds = _Classes(self._compiled, classes, Dimension.within)

    def findings(self, counts: _Counts) -> Findings:
        rules: list[RuleFinding] = []
        guardrails: list[GuardrailFinding] = []
        requirements: list[RequirementFinding] = []
        sure, maybe = self._compiled.index.match(self._classes)
        for bit in bits(maybe):
            part = self._compiled.part(bit)
            missing = self._holds(bit, part.when, bool(sure >> bit & 1), null=not isinstance(part, Rule))
            if missing is None:
                continue
            if isinstance(part, Rule):
                constant = None if missing else self._compiled.constant(bit)
                rules.append(constant or self._rule(part, missing, counts))
            elif isinstance(part, Guardrail):
                guardrails.append(GuardrailFinding(part, missing, self._limits(part)))
            else:
                requirements.append(RequirementFinding(part, missing))
        return Findings(tuple(rules), tuple(guardrails), tuple(requirements))

    def _holds(self, bit: int, when: Condition | None, known: bool, *, null: bool) -> frozenset[str] | None:
        """The facts that the condition waits for (none: it holds), or ``None`` where it surely does not hold."""
        clause = self._compiled.index.clauses[bit]
        if clause.counting:
            return self._counting(bit, known)
        if known and clause.plain:
            return KNOWN
        holds, missing = reference.condition(self.scope, when, null=null)
        return missing if holds else None

    def _counting(self, bit: int, known: bool) -> frozenset[str] | None:
        clause = self._compiled.index.clauses[bit]
        settled = [self.scope.evaluate(node) for node in clause.settled]
        if any(each is False for each in settled):
            return None
        if not known or any(each is not True for each in settled):
            raise Unusual
        values = [self._value(node) for node in clause.counting]
        if any(each is False for each in values):
            return None
        if any(ROLE in self._compiled.analysis.reads(node) for node in clause.counting):
            raise Unusual
        if bit not in self._counted:
            self.open_bits.append(bit)
            return None
        return KNOWN if self._counted[bit] else None

    def _value(self, node: Node) -> Any:
        """The value as far as the situation tells it. Raises :class:`Unusual` where it hangs on a fact that is missing."""
        value = self._bounds.evaluate(node)
        if isinstance(value, Unknown) and any(self._is_missing(name) for name in value.missing):
            raise Unusual
        return value

    def _is_missing(self, name: str) -> bool:
        dim = self._compiled.index.dimensions.get(name)
        return dim is not None and isinstance(dim.samples[self._classes[name]], Unknown)

    def _rule(self, rule: Rule, missing: frozenset[str], counts: _Counts) -> RuleFinding:
        may: dict[str, dict[str, Amount]] = {}
        for remedy, amounts in rule.may.items():
            known = {}
            for role, each in amounts.items():
                own = role in self._roles
                amount = self._amount(remedy, each.node, missing, counts.may) if own else self._spoken(remedy, each.node)
                if amount is not None:
                    known[role] = amount
            if known:
                may[remedy] = known
        owed = {
            remedy: amount
            for remedy, each in rule.owed.items()
            if (amount := self._amount(remedy, each.node, missing, counts.owed)) is not None
        }
        return RuleFinding(rule, missing, may, owed)

    def _amount(self, remedy: str, node: Node, missing: frozenset[str], into: dict[str, dict[Count, int]]) -> Amount | None:
        """The amount if the situation settles it; otherwise how it is counted goes into ``into``."""
        folded, declared = self._compiled.analysis.folded(node), self._model.remedies[remedy]
        if self._compiled.analysis.needs(folded) is not None:
            return amount_of(self._model, declared, self.scope.evaluate(folded))
        if missing:
            raise Unusual
        value = self._value(folded)
        if not isinstance(value, Unknown):
            return amount_of(self._model, declared, value)
        counted = self._of.formulas.get(folded, declared.kind)
        into.setdefault(remedy, {})[self._of.formulas.bind(counted, self.scope)] = counted.most
        return None

    def _spoken(self, remedy: str, node: Node) -> Amount | None:
        """The amount of a higher role, of which it only matters whether there is one."""
        folded, declared = self._compiled.analysis.folded(node), self._model.remedies[remedy]
        if self._compiled.analysis.needs(folded) is not None:
            return amount_of(self._model, declared, self.scope.evaluate(folded))
        spoken = amount_of(self._model, declared, self._bounds.evaluate(folded))
        if spoken is not None and not spoken.said:
            raise Unusual
        return None if spoken is None else Amount(0, 0)

    def _limits(self, guardrail: Guardrail) -> dict[str, dict[str, Amount]]:
        return {remedy: self._ceilings(remedy, amounts) for remedy, amounts in guardrail.limits.items()}

    def _ceilings(self, remedy: str, amounts: Amounts) -> dict[str, Amount]:
        out = {}
        for role, each in amounts.items():
            folded = self._compiled.analysis.folded(each.node)
            if self._compiled.analysis.needs(folded) is None:
                raise Unusual
            out[role] = amount_of(self._model, self._model.remedies[remedy], self.scope.evaluate(folded)) or Amount(0, 0)
        return out


def _sampled(dim: Dimension, number: int) -> Any:
    return dim.samples[number] if dim.results or dim.whole else dim.within(number)


def _keep(memo: dict[Any, Found], key: Any, found: Found, most: int) -> None:
    if len(memo) >= most:
        memo.clear()
    memo[key] = found


def _waits(findings: Findings) -> bool:
    """Whether anything in ``findings``, requirements aside, hangs on missing facts."""
    amounts = [each for rule in findings.rules for by_role in rule.may.values() for each in by_role.values()]
    amounts += [each for rule in findings.rules for each in rule.owed.values()]
    amounts += [each for held in findings.guardrails for by_role in held.limits.values() for each in by_role.values()]
    return any(each.missing for each in amounts) or any(
        each.missing for of in (findings.rules, findings.guardrails) for each in of
    )


def _reads_role(compiled: Compiled) -> bool:
    """Whether any condition or amount reads ``employee.role``."""
    return any(ROLE in compiled.analysis.reads(node) for node in compiled.nodes())
