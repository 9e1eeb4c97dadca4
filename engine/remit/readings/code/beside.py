"""What compiled answers ask for beside: the nearest rules, and amounts of a remedy that are tried one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, TypeAlias

from remit.core.alone import LargestAlone
from remit.core.laws import Bundle
from remit.core.lowering.lowered import Lowered, TermRequest
from remit.core.lowering.opaque import AloneAmount, AloneRequirement
from remit.core.terms import Term
from remit.core.texts import Texts
from remit.core.views import PolicyView
from remit.language.nodes import Node
from remit.policy.model import Model, Rule
from remit.policy.reading.collector import collector_paused
from remit.readings.code.evaluator_calls import NativeScope, Scopes
from remit.readings.code.index import indexed
from remit.readings.code.missing_facts import HOPEFUL, SURE
from remit.readings.code.near_index import IndexedWhyNot
from remit.readings.code.requests.value_row import HEADER
from remit.readings.numbers.reference import condition

__all__ = ["Beside"]

Function: TypeAlias = Callable[..., Any]


class Beside(ABC):
    """The part of :class:`remit.readings.code.program.Program` that answers such questions, each when it is first asked."""

    def __init__(self, model: Model, places: Mapping[str, int]) -> None:
        self.model = model
        self.texts = Texts(PolicyView.of(model))
        self._places = places
        self._why_not = IndexedWhyNot(self.texts.policy, places, self)
        self._largest = LargestAlone(model, self.texts.policy.budget.trials)
        self._trials: dict[tuple[AloneAmount, bool], Function] = {}
        self._lock = Lock()

    @abstractmethod
    def scopes(self, values: tuple[Any, ...]) -> Scopes:
        """What the functions for requests with facts missing call the evaluator with."""

    @abstractmethod
    def _lower(self, *, partial: bool) -> Lowered: ...

    @abstractmethod
    def _compiled(self, question: Any, role: str, lowered: Lowered, roots: Sequence[Any]) -> Function: ...

    @abstractmethod
    def _rest(self, term: Term) -> Function: ...

    def _alone(self, of: AloneAmount, *, partial: bool) -> Callable[..., int]:
        """Tries amounts of a remedy (:mod:`remit.core.alone`), by a compiled function."""
        first, discretion = len(HEADER), HEADER.index("use_discretion")
        last, place = first + len(self.model.remedies), self._places[f"asked.{of.remedy}"]
        beside = None if of.beside is None else self._places[f"asked.{of.beside}"]
        reading: tuple[Any, ...] = {"sure": SURE, "hopeful": HOPEFUL}.get(of.reads, ())

        def largest(values: tuple[Any, ...], *favour: Any) -> int:
            function = self._trial(of, partial=partial)
            nothing = (*values[:first], *(0 for _ in self.model.remedies), *values[last:])
            nothing = (*nothing[:discretion], False, *nothing[discretion + 1 :])

            def trial(amount: int) -> tuple[bool, int]:
                row = (*nothing[:place], amount, *nothing[place + 1 :])
                if beside is not None:
                    row = (*row[:beside], 1, *row[beside + 1 :])
                found: tuple[bool, int] = function(row, self.scopes(row), *(favour or reading)) if partial else function(row)
                return found

            scope = NativeScope(self.model, self._places, nothing, values[0])
            return self._largest.of(of.remedy, scope, trial)

        return largest

    def _alone_requirement(self, of: AloneRequirement) -> Callable[..., bool]:
        """Evaluates a condition that terms do not say."""
        first, when = len(HEADER), self.model.requires[of.number].when
        last, places = first + len(self.model.remedies), [self._places[f"asked.{name}"] for name in of.remedies]

        def required(scope: NativeScope, *amounts: int) -> bool:
            row = [*scope.row[:first], *(0 for _ in self.model.remedies), *scope.row[last:]]
            for place, amount in zip(places, amounts, strict=True):
                row[place] = amount
            holds, missing = condition(NativeScope(self.model, self._places, tuple(row), scope["employee.role"]), when)
            return holds is not False and not missing

        return required

    def _trial(self, of: AloneAmount, *, partial: bool) -> Function:
        """The function that says whether the amount in a row is granted, and how much is left when it is asked."""
        key = replace(of, reads="", beside=None), partial
        with self._lock, collector_paused():
            made = self._trials.get(key)
            if made is None:
                lowered = self._lower(partial=partial)
                request = TermRequest(lowered, of.rank, of.asker, personal=of.personal)
                view = lowered.asked if partial else lowered.views[0]
                taken = Bundle(lowered.terms, self.texts.policy, request, view, of.rank)
                roots = [lowered.terms.const(each) for each in (taken.grantable, taken.left_of(of.remedy)[0])]
                question = "partial trial" if partial else "trial"
                made = self._trials[key] = self._compiled(question, self.model.ladder[of.rank], lowered, roots)
        return made

    def _function_of(self, lowered: Lowered, term: Term) -> Function:
        return self._rest(indexed(lowered.terms, [term])[0])

    def holds(self, node: Node, rank: int) -> Function:
        """As :class:`remit.readings.code.near_index.CompiledParts`."""
        with self._lock:
            lowered = self._lower(partial=False)
            lowering = lowered.role(rank).lowering
            places = [self._places[name] for name in lowering.reads(node)]
            known = self._function_of(lowered, lowered.terms.ite(lowering.truth(node).yes, 1, 0))
        unknown: list[Callable[[tuple[Any, ...]], int]] = []  # made when a fact is missing

        def holding(values: tuple[Any, ...]) -> int:
            if all(values[place] is not None for place in places):
                found: int = known(values)
                return found
            if not unknown:
                unknown.append(self._open_truth(node, rank))
            return unknown[0](values)

        return holding

    def _open_truth(self, node: Node, rank: int) -> Function:
        with self._lock:
            lowered = self._lower(partial=True)
            truth = lowered.role(rank).lowering.truth(node)
            return self._function_of(lowered, lowered.terms.ite(truth.open, -1, lowered.terms.ite(truth.yes, 1, 0)))

    def gives(self, rule: Rule, remedy: str, rank: int) -> Function:
        """As :class:`remit.readings.code.near_index.CompiledParts`."""
        with self._lock:
            lowered = self._lower(partial=True)
            found = lowered.role(rank).rules[self.model.rules.index(rule)]
            amounts = [amount.low for lowest, amount in found.may.get(remedy, ()) if lowest <= rank]
            most = lowered.terms.max(0, *amounts, *([found.owed[remedy].low] if remedy in found.owed else []))
            if most.kind == "const":
                return lambda values: most.value
            return self._function_of(lowered, most)

    def _near(self, remedies: Sequence[str], rank: int) -> Callable[[tuple[Any, ...]], str]:
        told = self._why_not.told
        return lambda values: told(remedies, rank, values)
