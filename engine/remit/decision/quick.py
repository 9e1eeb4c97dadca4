"""The fast way to the same decisions: see :mod:`remit.backends.python` for the idea.

A plain and complete request is decided by one generated function, which calls nothing here once its situation has been met.
Everything else takes the general path: the request is checked part by part, and the findings of the index go through the
definition (:class:`remit.decision.case.Case`). Details are always told by the definition, when somebody reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from remit.backends.compiled.arithmetic import Unusual, standard
from remit.backends.compiled.domains import ROLE
from remit.backends.compiled.formulas import Formulas
from remit.backends.compiled.front import UNUSUAL, Asking, Front, Item, build
from remit.backends.compiled.lookup import Lookup
from remit.backends.compiled.readers import Memo, fact_reader, minor_of, reader
from remit.backends.findings import Findings
from remit.backends.python import Compiled
from remit.decision.case import Case
from remit.decision.decision import Amounts, Decision
from remit.decision.detail import Detail, Quantity
from remit.decision.engine import tell
from remit.decision.inputs import Inputs, check_request
from remit.decision.quantities import read_amount
from remit.decision.request import Request
from remit.decision.situations import Situations
from remit.language.values import Money
from remit.policy.facts import read_fact
from remit.policy.model import Fact, Model, Remedy

__all__ = ["Quick"]

_MOST_COUNT: Final = 10**15


class Quick:
    """One policy, ready to decide. ``decide(request, *, balances=None, history=None)`` is as
    :meth:`remit.decision.policy.Policy.decide`; :meth:`find` as :func:`remit.backends.reference.find`. It is the
    :class:`remit.decision.decision.Source` of its decisions."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.compiled = Compiled(model)
        self.find = self.compiled.find
        formulas = Formulas(model, self.compiled.domains, self.compiled.analysis, self.compiled.index)
        self.situations = Situations(self.compiled, formulas)
        self.decide = self.general if _ambiguous(model) else build(self._front(formulas.facts))

    def general(
        self,
        request: Request | Mapping[str, Any] | Inputs,
        *,
        balances: Mapping[str, Any] | None = None,
        history: Mapping[str, Any] | None = None,
        requester: str | None = None,
    ) -> Decision:
        """Any request, right or wrong. Raises :class:`remit.RequestError`."""
        inputs = check_request(self.model, request, balances=balances, history=history, requester=requester)
        case = self._case(inputs)
        return Decision.lazily(case.outcome, lambda: tell(case))

    def _case(self, inputs: Inputs) -> Case:
        def find(role: str) -> Findings:
            return self.compiled.find(
                inputs.facts, employee=inputs.employee, role=role, asked=inputs.asked, occurred=inputs.occurred
            )

        return Case(self.model, inputs, find if self.compiled.by_role else _once(find))

    def amounts(self, what: Amounts, seen: tuple[Any, ...], /) -> Mapping[str, Quantity] | None:
        """The limits, or what is owed, in a decision that the front function took, unless only the definition can tell."""
        try:
            found: Mapping[str, Quantity] = seen[1].amounts(what, seen[2])
        except UNUSUAL:
            return None
        return found

    def detail(self, seen: tuple[Any, ...], /) -> Detail:
        """The details of a decision that the front function took; see :data:`remit.backends.compiled.templates.SEEN`."""
        _, _, _, employee, role, asked, (case, occurred, evidence, story, key), *raw = seen
        given = asked if isinstance(asked, dict) else {asked[0]: asked[1]}
        facts = {}
        for fact, value in zip(self.model.facts.values(), raw, strict=True):
            known = fact.default if value is None else read_fact(fact, value)
            if known is not None:
                facts[fact.name] = known
        inputs = Inputs(
            employee=employee,
            role=role,
            asked={name: given[number] for number, name in enumerate(self.model.remedies) if number in given},
            facts=facts,
            case=case or None,
            occurred=date.fromisoformat(occurred) if isinstance(occurred, str) else occurred,
            evidence=evidence,
            story=story or None,
            key=key or None,
        )
        return tell(self._case(inputs))

    def _front(self, counted: Sequence[str]) -> Front:
        model, index = self.model, self.compiled.index
        roles = index.dimensions[ROLE]
        asked = {name: self._asking(remedy) for name, remedy in model.remedies.items()}
        nothing = sum(
            dim.class_of(_NOTHING[dim.domain.type](dim.domain)) * dim.stride
            for name, dim in index.dimensions.items()
            if name.startswith("asked.") and name not in model.facts
        )
        return Front(
            items=[self._item(fact, fact.name in counted) for fact in model.facts.values()],
            asked=asked,
            roles={role: roles.class_of(role) * roles.stride + nothing for role in model.ladder},
            employee=self._lookup("employee.id"),
            occurred=self._lookup("occurred"),
            counted=counted,
            joint=any(len(cap.counts) > 1 and cap.measure != "grants" for cap in model.caps),
            leaves=self.situations.leaves,
            leaf=self.situations.found,
            evidence=self._evidence,
            general=self.general,
            source=self,
            decision=Decision,
        )

    def _item(self, fact: Fact, counted: bool) -> Item:
        optional = fact.default is not None or fact.history is not None
        lookup = Lookup(
            self.compiled.domains[fact.name],
            self.compiled.index.dimensions.get(fact.name),
            fact_reader(fact),
            fact.type.integer,
            _standard(fact.default) if counted else None,
        )
        return Item(fact.name, lookup, optional, counted, fact.history is not None)

    def _lookup(self, name: str) -> Lookup:
        read = reader(self._occurred) if name == "occurred" else None
        return Lookup(self.compiled.domains[name], self.compiled.index.dimensions.get(name), read)

    def _occurred(self, raw: Any) -> date:
        day = date.fromisoformat(raw) if isinstance(raw, str) and len(raw) == 10 and raw[4] == raw[7] == "-" else raw
        if not isinstance(day, date) or isinstance(day, datetime) or not self.model.effective.covers(day):
            raise Unusual
        return day

    def _asking(self, remedy: Remedy) -> Asking:
        name = f"asked.{remedy.name}"
        dimension = self.compiled.index.dimensions.get(name)
        lookup = Lookup(self.compiled.domains[name], dimension, integer=True) if dimension is not None else None
        if remedy.kind == "exception":
            return Asking(bool, {False: 0, True: 1}, lookup)
        if remedy.kind == "money":
            return Asking(str, Memo(reader(lambda raw: read_amount(self.model, remedy, raw))), lookup)
        return Asking(int, _Counts(), lookup)

    def _evidence(self, raw: Any) -> frozenset[str]:
        if type(raw) not in (list, tuple, set, frozenset):
            raise Unusual
        for name in raw:
            if type(name) is not str or name not in self.model.evidence:
                raise Unusual
        return frozenset(raw)


def _once(find: Callable[[str], Findings]) -> Callable[[str], Findings]:
    """``find`` for a policy that reads nothing of the role: what it finds for one role holds for all."""
    found: list[Findings] = []

    def find_once(role: str) -> Findings:
        if not found:
            found.append(find(role))
        return found[0]

    return find_once


class _Counts(dict[int, int]):
    """Counts that can be asked for, which are what they are; ``counts[n]`` raises for others. It stays empty."""

    def __missing__(self, count: int) -> int:
        if not 0 <= count < _MOST_COUNT:
            raise Unusual
        return count


_NOTHING: Final[Mapping[str, Any]] = {
    "boolean": lambda domain: False,
    "number": lambda domain: 0,
    "money": lambda domain: Money.from_minor(0, domain.currency or "XXX"),
}


def _standard(value: Any) -> Any:
    """A default in the form that compiled formulas count with."""
    if isinstance(value, Money):
        return minor_of(value)
    return value if value is None or isinstance(value, bool | str | date) or not hasattr(value, "as_tuple") else standard(value)


def _ambiguous(model: Model) -> bool:
    """Whether a fact's name is also the name of a group of facts: such requests are left to the general path."""
    return any(other.startswith(f"{name}.") for name in model.facts for other in model.facts)
