"""A policy as Python functions: one for each role and question, made when it is first needed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from json.encoder import encode_basestring
from typing import Any, Final, Literal, TypeAlias

from remit.core.lowering.lowered import Lowered, TermRequest
from remit.core.lowering.opaque import (
    AloneAmount,
    AloneRequirement,
    CauseText,
    Helper,
    Item,
    Native,
    NearestText,
    Opaque,
    ShownText,
)
from remit.core.terms import Term
from remit.core.views import RequirementView
from remit.language.nodes import names_in
from remit.policy.model import Model
from remit.policy.reading.collector import collector_paused
from remit.readings.code import python_syntax as py
from remit.readings.code.beside import Beside
from remit.readings.code.emit import Emitter
from remit.readings.code.evaluator_calls import NativeScope, Scopes, caller, native, teller
from remit.readings.code.higher import CompiledAnswer, Higher, higher_roots
from remit.readings.code.index import Rests, indexed
from remit.readings.code.missing_facts import Functions, Incomplete
from remit.readings.code.placing import Placement
from remit.readings.code.requests.value_row import HEADER, layout
from remit.readings.numbers.causes import PossibleCauses
from remit.readings.numbers.definition import balances_text, until_text
from remit.readings.numbers.shown_values import shown_text

__all__ = ["Program", "Question"]

#: ``whole``: the decision as JSON. ``brief``: the outcome, then the limits, then what is owed, remedy by remedy. Both give
#: ``None`` where a fact that the policy reads is missing. The others are for such requests: see
#: :class:`remit.readings.code.missing_facts.Functions`; the outcome of a ``partial brief`` is ``None`` where what is missing
#: matters.
Question: TypeAlias = Literal[
    "whole",
    "brief",
    "partial brief",
    "told",
    "waits",
    "verdict",
    "offers",
    "higher",
    "partial higher",
    "trial",
    "partial trial",
]
Function: TypeAlias = Callable[..., Any]

#: What the functions take.
_ARGUMENTS: Final[Mapping[Question, Sequence[str]]] = {
    "whole": ("v",),
    "brief": ("v",),
    "partial brief": ("v", "k"),
    "told": ("v", "k", "given", "missing", "openers"),
    "waits": ("v", "k"),
    "higher": ("v",),
    "trial": ("v",),
    "partial trial": ("v", "k", "xw", "nw", "xn", "nn"),
    "partial higher": ("v", "k"),
    "verdict": ("v", "k", "xw", "nw", "xn", "nn"),
    "offers": ("v", "k", "xw", "nw", "xn", "nn"),
}


class Program(Beside):
    """One model, compiled piece by piece."""

    def __init__(self, model: Model) -> None:
        super().__init__(model, layout(model))
        self._lowered: dict[bool, Lowered] = {}
        self._functions: dict[tuple[Question, int, int, bool], Function] = {}
        self.higher_made: dict[tuple[Higher, bool], Function] = {}
        self._wanted: dict[tuple[Higher, bool], None] = {}  # those that compiled functions call
        self._rests: dict[Term, Function] = {}
        self._untried: list[tuple[Rests, list[Function | None]]] = []
        self._callers: dict[Term, Callable[..., Any]] = {}
        self._causes = PossibleCauses(model)
        self._read = [self._places[name] for name in _names_read(model)]

    def function(self, question: Question, rank: int, asker: int, *, personal: bool = False) -> Function:
        """The function for a role (that answers what the role ``asker`` asked); ``personal`` for an employee who has a ceiling
        or trust of their own."""
        key = question, rank, asker, personal
        found = self._functions.get(key)
        if found is None:
            with self._lock, collector_paused():
                found = self._functions.get(key) or self._made(question, rank, asker, personal=personal)
                self._functions[key] = found
        return found

    def incomplete(self, values: tuple[Any, ...], rank: int, asker: int) -> Incomplete:
        """A request with facts missing, or that somebody else asked."""
        questions: tuple[Question, ...] = ("told", "waits", "verdict", "offers")
        personal = values[HEADER.index("personal")] is not None
        made = Functions(*(partial(self._asked, each, rank, asker, personal) for each in questions))
        first = len(HEADER)
        active = any(values[first : first + len(self.model.remedies)])
        return Incomplete(made, values, self.scopes(values), active=active)

    def _asked(self, question: Question, rank: int, asker: int, personal: bool, *given: Any) -> Any:
        return self.function(question, rank, asker, personal=personal)(*given)

    def scopes(self, values: tuple[Any, ...]) -> Scopes:
        """What the functions for requests with facts missing call the evaluator with."""
        return Scopes(self.model, self._places, values)

    def _made(self, question: Question, rank: int, asker: int, *, personal: bool) -> Function:
        lowered = self._lower(partial=question not in ("whole", "brief"))
        request = TermRequest(lowered, rank, asker, personal=personal)
        return self._compiled(question, self.model.ladder[rank], lowered, self._roots(lowered, question, request))

    def _lower(self, *, partial: bool) -> Lowered:
        lowered = self._lowered.get(partial)
        if lowered is None:
            lowered = self._lowered[partial] = Lowered(self.model, by_role=self.texts.policy.by_role, partial=partial)
        return lowered

    def higher(self, of: Higher, *, partial: bool) -> Function:
        """The function that tells what a higher role could do."""
        key = of, partial
        found = self.higher_made.get(key)
        if found is None:
            with self._lock, collector_paused():
                found = self.higher_made.get(key)
                if found is None:
                    lowered = self._lower(partial=partial)
                    roots = higher_roots(lowered, self.texts.policy, of)
                    question: Question = "partial higher" if partial else "higher"
                    found = self.higher_made[key] = self._compiled(question, self.model.ladder[of.rank], lowered, roots)
        return found

    def warm(self) -> None:
        """Compile what any request needs, for every role."""
        for rank in range(len(self.model.ladder)):
            for question in ("whole", "brief", "told", "partial brief"):
                self.function(question, rank, rank)
        self._why_not.prepare()
        for of, missing in tuple(self._wanted):
            self.higher(of, partial=missing)
        for rests, tests in self._untried:
            tests[:] = [None if term is None else self._rests.get(term) or self._rest(term) for term in rests.tests]
        self._untried.clear()

    def _roots(self, lowered: Lowered, question: Question, request: TermRequest) -> list[Any]:
        T, needs = lowered.terms, lowered.role(request.rank).requirements
        views = (lowered.asked, lowered.asked) if question in ("verdict", "offers") else lowered.views
        case = CompiledAnswer(T, self.texts, request, *views, needs)
        match question:
            case "whole":
                return [case.whole()]
            case "told":
                return [T.ite(T.or_(T.var("@given", "b"), case.settled), self._open(lowered, request, needs), T.const(None))]
            case "waits":
                lacking = [T.ite(lacks, each.waits, 0) for each, lacks in case.lacking()]
                return [lowered.waits(request.rank), T.bits(*lacking)]
            case "verdict":
                return [case.sure.verdict]
            case "offers":
                return [*(case.available(name)[0] for name in self.model.remedies), case.sure.idle]
        outcome = T.ite(case.settled, case.outcome, T.const(None)) if question == "partial brief" else case.outcome
        authorities = [case.sure.authority(name) for name in self.model.remedies]
        return [outcome, *(each.limit for each in authorities), *(each.claim for each in authorities)]

    def _open(self, lowered: Lowered, request: TermRequest, needs: Sequence[RequirementView]) -> Any:
        """The answer with the facts that are said to be missing and to open more."""
        T = lowered.terms
        bits = lowered.role(request.rank).lowering.bit
        missing, openers = (
            [(name, T.meets(T.var(which), bits(name))) for name in (*self.model.facts, "occurred")]
            for which in ("@missing", "@openers")
        )
        return CompiledAnswer(T, self.texts, request, *lowered.views, needs, missing, openers).whole()

    def _compiled(self, question: Question, role: str, lowered: Lowered, roots: Sequence[Any]) -> Function:
        terms = indexed(lowered.terms, list(map(_as_term, roots)))
        namespace: dict[str, Any] = {"bisect": bisect_right, "quote": encode_basestring}
        plan = Placement(terms)
        emitter = Emitter(plan, self._leaf(namespace, _ARGUMENTS[question]), namespace, self._tests)
        body = emitter.block(plan.root)
        values = [emitter.value(each) for each in terms]
        answer = values[0] if len(values) == 1 else py.row(values)
        if question in ("whole", "brief") and self._read:
            body = [py.when(self._lacking(), [py.give(py.constant(None))]), *body]
        name = _identifier(f"{question} for {role}")
        made: Function = py.function(name, _ARGUMENTS[question], [*body, py.give(answer)], namespace)
        return made

    def _tests(self, rests: Rests) -> list[Function | None]:
        """The functions of what conditions of an index test besides, each compiled when it is first called."""
        out: list[Function | None] = []

        def late(bit: int, term: Term) -> Function:
            def first(values: tuple[Any, ...]) -> Any:
                function = out[bit] = self._rests.get(term) or self._rest(term)
                return function(values)

            return first

        out += [None if term is None else late(bit, term) for bit, term in enumerate(rests.tests)]
        self._untried.append((rests, out))
        return out

    def _rest(self, term: Term) -> Function:
        namespace: dict[str, Any] = {"bisect": bisect_right}
        plan = Placement([term])
        emitter = Emitter(plan, self._leaf(namespace, ("v",)), namespace, self._tests)
        body = emitter.block(plan.root)
        made: Function = py.function("rest", ("v",), [*body, py.give(emitter.value(term))], namespace)
        self._rests[term] = made
        return made

    def _lacking(self) -> py.Expression:
        """Whether a fact that the policy reads is missing."""
        places = (py.item(py.name("v"), py.constant(place)) for place in self._read)
        return py.any_of([py.compare(each, "is", py.constant(None)) for each in places])

    def _leaf(
        self, namespace: dict[str, Any], arguments_of: Sequence[str]
    ) -> Callable[[Term, Sequence[py.Expression]], py.Expression]:
        """Variables are places of the row of values; calls are functions of the namespace."""

        names: dict[int, str] = {}
        balances = self.model.balances  # the last places of a row
        used = {name: number - len(balances) for number, name in enumerate(balances)}

        def known(value: Any) -> str:
            if id(value) not in names:
                names[id(value)] = called = f"F{len(namespace)}"
                namespace[called] = value
            return names[id(value)]

        def place(name: str) -> int:
            if name.startswith("@used."):
                return used[name.removeprefix("@used.")]
            return HEADER.index(name[1:]) if name.startswith("@") else self._places[name]

        def leaf(term: Term, arguments: Sequence[py.Expression]) -> py.Expression:
            if term.kind == "var":
                if term.value in _PARAMETERS:
                    return py.name(term.value[1:])
                if term.value.startswith("@scope"):
                    return self._scope(term.value[7:], "k" in arguments_of, known)
                return py.item(py.name("v"), py.constant(place(term.value)))
            match term.value:
                case Opaque():
                    return py.call(known(self._caller(term)), *arguments)
                case AloneAmount():
                    favour = [name for name in arguments_of if name in ("xw", "nw", "xn", "nn")]
                    return py.call(known(self._alone(term.value, partial="k" in arguments_of)), *map(py.name, ("v", *favour)))
                case AloneRequirement():
                    return py.call(known(self._alone_requirement(term.value)), *arguments)
                case CauseText(number, remedy):
                    subject = self.model.rules[number] if remedy else self.model.guardrails[number]
                    text = self._causes.only(subject, remedy)
                    return py.call(known(teller(self.model, term.value)), *arguments) if text is None else py.constant(text)
                case NearestText(remedies, rank):
                    return py.call(known(self._near(remedies, rank)), py.name("v"))
                case ShownText(name):
                    return py.call(known(partial(shown_text, self.model)), *arguments, py.constant(name))
                case Native():
                    return py.call(known(native(self.model, term.value)), *arguments)
                case Higher():
                    called = self._late(term.value, namespace, partial="k" in arguments_of)
                    return py.call(called, *map(py.name, arguments_of[:2]))
                case Item(number):
                    return py.item(arguments[0], py.constant(number))
                case Helper(name, argument):
                    return py.call(known(self._helper(name, argument)), *arguments)
            raise AssertionError(term)

        return leaf

    def _late(self, of: Higher, namespace: dict[str, Any], *, partial: bool) -> str:
        """The name of a higher role's function, which is compiled when it is first called."""
        called = f"H{of.rank}_{int(of.hopeful)}_{of.asker}"
        self._wanted[of, partial] = None

        def first(*given: Any) -> Any:
            namespace[called] = function = self.higher(of, partial=partial)
            return function(*given)

        namespace[called] = first
        return called

    def _caller(self, term: Term) -> Callable[..., Any]:
        """One function for each call, so that what it gave is found again."""
        if term not in self._callers:
            self._callers[term] = caller(self.model, term.value)
        return self._callers[term]

    def _scope(self, role: str, kept: bool, known: Callable[[Any], str]) -> py.Expression:
        """The scope of a role: made here, or kept beside the values."""
        if kept:
            return py.method(py.name("k"), "of", py.constant(role) if role else py.item(py.name("v"), py.constant(0)))
        model, places = self.model, self._places
        return py.call(known(lambda values: NativeScope(model, places, values, role or values[0])), py.name("v"))

    def _helper(self, name: str, argument: str) -> Callable[[Any], str]:
        helpers: Mapping[str, Callable[[Any], str]] = {
            "day": _day,
            "balances": lambda given: balances_text(self.texts, given) if given else "",
            "until": lambda days: until_text(days.get(argument)) if days else "",
        }
        return helpers[name]


#: Arguments that terms read by name; no fact can have these names, as facts are told apart by a place of their own.
_PARAMETERS: Final = frozenset(("@given", "@missing", "@openers"))


def _names_read(model: Model) -> list[str]:
    """The facts (and ``occurred``) that any condition or amount reads, in the order of the policy."""
    names = frozenset[str]().union(*(names_in(each.node) for each in model.expressions()))
    return [name for name in (*model.facts, "occurred") if name in names]


def _as_term(value: Any) -> Term:
    assert isinstance(value, Term), value
    return value


def _day(ordinal: int | None) -> str:
    return "null" if ordinal is None else f'"{date.fromordinal(ordinal).isoformat()}"'


def _identifier(name: str) -> str:
    return "".join(each if each.isidentifier() else "_" for each in name)
