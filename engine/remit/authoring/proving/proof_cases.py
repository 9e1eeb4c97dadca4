"""Between what a solver chooses and a case as people know it: the constants for a request, and the request that they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any, Final, Protocol

from remit.authoring.boundaries import candidates
from remit.authoring.thresholds import usual_time
from remit.core.lowering.opaque import Item, Native, Opaque, Outside
from remit.core.lowering.whole import LARGEST, Wholes
from remit.core.term import Term
from remit.decision.quantities import as_quantity
from remit.policy.model import Fact, Model
from remit.policy.trees import reads
from remit.readings.code.evaluator_calls import NativeScope, caller, native
from remit.readings.code.requests.native_values import known_value
from remit.readings.smt.encoding import Codes, EncodedCall, Encoding
from remit.readings.smt.script import FALSE, TRUE, Script, all_of, any_of, negated, number

__all__ = ["EMPLOYEE", "Deciding", "FIRST_DAY", "LAST_DAY", "ProofCase", "ProofFrame", "reader"]

#: The id of somebody of whom nothing else is said.
EMPLOYEE: Final = "e-1"
#: Lists of choices are tried in every combination up to so many words; of longer ones, some.
_MOST_WORDS: Final = 8
#: Days without declared bounds are looked at from 1900 to 2199.
FIRST_DAY: Final = date(1900, 1, 1).toordinal()
LAST_DAY: Final = date(2199, 12, 31).toordinal()
#: Codes of texts that no policy names stay below this.
_MOST_TEXTS: Final = 10**6


@dataclass(frozen=True, slots=True)
class ProofCase:
    """A complete request: the facts, the day of the incident, what is asked (in smallest units), and who asks."""

    facts: Mapping[str, Any]
    occurred: date | None = None
    asked: Mapping[str, int] = field(default_factory=dict)
    employee: str = EMPLOYEE
    #: Facts that make no difference, whatever they are.
    untold: frozenset[str] = frozenset()


class Deciding(Protocol):
    """What decides cases again, as far as a frame needs it."""

    @property
    def usual(self) -> Mapping[str, Any]:
        """An everyday value for every fact."""

    def refused(self, case: ProofCase) -> Sequence[str]:
        """The facts for which a case is no request: an id that is empty, say."""


class ProofFrame:
    """The constants for one request under one policy, in one script. ``asked`` are the remedies of which an amount is asked;
    ``apart`` are the facts that are its own, where all others are those of the frame ``beside``."""

    def __init__(
        self,
        script: Script,
        model: Model,
        wholes: Wholes,
        codes: Codes,
        *,
        asked: Sequence[str] = (),
        name: str = "",
        beside: ProofFrame | None = None,
        apart: frozenset[str] = frozenset(),
    ) -> None:
        self.script = script
        self.model = model
        self.encoding: Encoding = Encoding(script, self.variable, codes, self._has, model.calendars)
        #: The symbol of each variable that is read.
        self.symbols: dict[str, str] = {}
        #: What is tried instead of every value, by fact.
        self.tried: dict[str, tuple[Any, ...]] = {}
        self._wholes = wholes
        self._asked = frozenset(f"asked.{each}" for each in asked)
        self._name = name
        self._beside = beside
        self._apart = apart

    # From terms to constants

    def variable(self, term: Term) -> str:
        """The constant for a variable, with all that is declared of it."""
        name: str = term.value
        if self._beside is not None and name not in self._apart:
            return self._beside.variable(term)
        if name not in self.symbols:
            self.symbols[name] = self._declared(name, term)
        return self.symbols[name]

    def _declared(self, name: str, term: Term) -> str:
        if name.startswith("@") or (name.startswith("asked.") and name not in self._asked and name not in self.model.facts):
            return FALSE if term.sort == "b" else "0"  # nothing used, nothing told, nothing else asked
        # `$`: a fact may be called `distinct`, or another word of SMT-LIB
        symbol = self.script.declare(f"${name}{self._name}", "Bool" if term.sort == "b" else "Int")
        if term.sort == "i":
            low, high = self._ends(name, term)
            self.script.require(all_of((f"(>= {symbol} {number(low)})", f"(<= {symbol} {number(high)})")))
        elif term.sort == "s":
            self.script.require(self._among_texts(name, symbol))
            if name == "employee.id":
                self._require_others(symbol)
        elif term.sort == "x":
            self.tried[name] = self._worth(self.model.facts[name]) if name in self.model.facts else (None,)
            self.script.require(all_of((f"(>= {symbol} 0)", f"(< {symbol} {len(self.tried[name])})")))
        return symbol

    def _ends(self, name: str, term: Term) -> tuple[int, int]:
        assert term.low is not None  # as everything that counts is bounded
        assert term.high is not None
        fact = self.model.facts.get(name)
        if name != "occurred":
            if fact is None:
                return term.low, min(term.high, LARGEST)  # what is asked
            if fact.type.kind != "date":
                return term.low, term.high
            low = FIRST_DAY if fact.low is None else term.low
            return low, LAST_DAY if fact.high is None else term.high
        start, end = self.model.effective.start, self.model.effective.end
        return FIRST_DAY if start is None else start.toordinal(), LAST_DAY if end is None else end.toordinal() - 1

    def _among_texts(self, name: str, symbol: str) -> str:
        fact = self.model.facts.get(name)
        if fact is not None and fact.type.kind == "choice":
            return any_of(f"(= {symbol} {self.encoding.codes.code(word)})" for word in fact.type.choices)
        return all_of((f"(>= {symbol} 0)", f"(< {symbol} {_MOST_TEXTS})"))

    def _require_others(self, employee: str) -> None:
        """An id is not empty, and what somebody asks for is asked for others: accounts of their own go to somebody else."""
        self.script.require(negated(f"(= {employee} {self.encoding.codes.code('')})"))
        for name in self.model.own_account:
            self.script.require(negated(f"(= {employee} {self.variable(self._wholes.variable(name))})"))

    def _worth(self, fact: Fact) -> tuple[Any, ...]:
        of = fact.type.element
        if of is not None and of.kind == "choice":
            words = of.choices
            size = len(words) if len(words) <= _MOST_WORDS else 2
            return tuple([*some] for count in range(size + 1) for some in combinations(words, count))
        known: list[Any] = list(candidates(self.model)[fact.name]) or [None]
        if of is not None:
            known.append([])
        return tuple({repr(each): each for each in known}.values())

    def _has(self, term: Term, word: str) -> str:
        symbol = self.variable(term)
        owner = self if term.value in self.tried else self._beside
        tried = owner.tried.get(term.value, ()) if owner is not None else ()
        return any_of(f"(= {symbol} {place})" for place, each in enumerate(tried) if each is not None and word in each)

    def has_all(self, name: str) -> bool:
        """Whether every value that matters of a fact is tried: of a list of choices that is asked only what it contains."""
        fact = self.model.facts.get(name)
        of = fact.type.element if fact is not None else None
        read = any(name in self.read_by(call.term) for call in self.encoding.calls)
        return of is not None and of.kind == "choice" and len(of.choices) <= _MOST_WORDS and not read

    def read_by_calls(self) -> None:
        """Give everything that the evaluator reads a constant, so that what it says can be told of the case."""
        for call in self.encoding.calls:
            for name in self.read_by(call.term):
                try:
                    self.variable(self._wholes.variable(name))
                except Outside:
                    continue

    def read_by(self, term: Term) -> Iterator[str]:
        """The names that the evaluator reads to work out a call, in order."""
        of = _opaque(term)
        if of is not None:
            for node in (of.node, of.tested):
                if node is not None:
                    model = self.model_of(term)
                    yield from sorted(reads(model, node) - model.values.keys())

    def model_of(self, term: Term) -> Model:
        """The policy whose evaluator works ``term`` out."""
        return self.model

    # From constants to a case

    def natives(self, values: Mapping[str, int | bool]) -> dict[str, Any]:
        """The native values of what is read (:mod:`remit.readings.code.requests.native_values`)."""
        found = dict(self._beside.natives(values)) if self._beside is not None else {}
        for name, symbol in self.symbols.items():
            if symbol in values:
                found[name] = self._native(name, values[symbol])
        return found

    def _native(self, name: str, value: int | bool) -> Any:
        if name in self.tried:
            return self.tried[name][int(value)]
        fact = self.model.facts.get(name)
        if (fact is not None and fact.type.kind in ("text", "choice")) or name == "employee.id":
            texts = {code: text for text, code in self.encoding.codes.of.items()}
            return texts.get(int(value), f"other-{value}")
        return value

    def case(self, values: Mapping[str, int | bool], usual: Mapping[str, Any]) -> ProofCase:
        """The request that the values say; what nothing reads has its ``usual`` value."""
        known = self.natives(values)
        facts = {
            name: known_value(fact, known[name]) if name in known else usual.get(name)
            for name, fact in self.model.facts.items()
        }
        day = date.fromordinal(known["occurred"]) if "occurred" in known else None
        asked = {name: int(known[f"asked.{name}"]) for name in self.model.remedies if f"asked.{name}" in known}
        given = {name: value for name, value in facts.items() if value is not None}
        return ProofCase(given, day, asked, known.get("employee.id", EMPLOYEE))

    # What the evaluator says

    def lessons(self, values: Mapping[str, int | bool], by: Deciding) -> list[str]:
        """For each call of which the solver assumed something wrong: what it gives, for just the values that it reads here. Of
        a case that is no request: that the facts which are refused are something else."""
        out = [self._lesson(call, values, by.usual) for call in self.encoding.calls]
        refused = [self.symbol(name) for name in by.refused(self.case(values, by.usual))]
        return [
            *(each for each in out if each is not None),
            *(negated(_equal(each, values[each])) for each in refused if each in values),
        ]

    def _lesson(self, call: EncodedCall, values: Mapping[str, int | bool], usual: Mapping[str, Any]) -> str | None:
        if isinstance(call.term.value, Native):
            names: Sequence[str] = call.arguments
            found = native(self.model, call.term.value)(*(_valued(each, values) for each in names))
        else:
            names = [self.symbol(name) for name in self.read_by(call.term) if self.symbol(name)]
            names += call.arguments
            amounts = [_valued(each, values) for each in call.arguments]
            found = self._worked_out(call.term, amounts, values, usual)
        said = self._said(call, found)
        if _holds(said, values):
            return None
        here = all_of(_equal(each, values[each]) for each in names if each in values)
        return f"(=> {here} {all_of(f'(= {one} {other})' for one, other in said.items())})"

    def symbol(self, name: str) -> str:
        """The constant of what is called ``name``, or nothing."""
        own = self.symbols.get(name)
        return own or (self._beside.symbol(name) if self._beside is not None else "")

    def _worked_out(
        self, term: Term, amounts: Sequence[int], values: Mapping[str, int | bool], usual: Mapping[str, Any]
    ) -> Any:
        of, known, model = _opaque(term), self.natives(values), self.model_of(term)
        assert of is not None
        case = self.case(values, usual)
        row: dict[str, Any] = {f"asked.{name}": case.asked.get(name, 0) for name in self.model.remedies}
        row |= {name: known.get(name) for name in (*self.model.facts, "occurred")}
        row["employee.id"] = case.employee
        row["requested"] = usual_time(model, case.occurred)
        places, role = {name: place for place, name in enumerate(row)}, reader(term) or model.ladder[0]
        found = caller(model, of)(NativeScope(model, places, tuple(row.values()), role, **self._given(of, amounts)))
        return found[term.value.place] if isinstance(term.value, Item) else found

    def _given(self, of: Opaque, amounts: Sequence[int]) -> dict[str, Any]:
        """What a promise reads of what is given and owed."""
        found: dict[str, Any] = {}
        for name, amount in zip(of.amounts, amounts, strict=True):
            given = as_quantity(self.model, self.model.remedies[name.split(".")[1]], amount)
            found[name] = Decimal(given) if type(given) is int else given
        return found

    def _said(self, call: EncodedCall, found: Any) -> dict[str, str]:
        """What ``found`` comes to, by symbol."""
        if found is None and call.null is not None:
            return {call.null: "true"}
        value = str(bool(found)).lower() if call.term.sort == "b" else number(self._coded(found))
        return {call.value: value, **({} if call.null is None else {call.null: "false"})}

    def _coded(self, found: Any) -> int:
        return self.encoding.codes.code(found) if isinstance(found, str) else int(found or 0)


def reader(term: Term) -> str:
    """The role as which the evaluator reads, where that is part of the term: every other role reads another."""
    scope = term.args[0].args[0] if isinstance(term.value, Item) else term.args[0]
    return str(scope.value).partition(".")[2]


def _opaque(term: Term) -> Opaque | None:
    """The call of the evaluator that a term is, or is a part of."""
    of = term.args[0].value if isinstance(term.value, Item) and term.args else term.value
    return of if isinstance(of, Opaque) else None


def _valued(symbol: str, values: Mapping[str, int | bool]) -> int:
    if symbol in values or symbol in (TRUE, FALSE):
        return int(values.get(symbol, symbol == TRUE))
    return int(symbol.strip("()").replace("- ", "-"))


def _equal(symbol: str, value: int | bool) -> str:
    if isinstance(value, bool):
        return symbol if value else f"(not {symbol})"
    return f"(= {symbol} {number(value)})"


def _holds(said: Mapping[str, str], values: Mapping[str, int | bool]) -> bool:
    """Whether the solver assumed the same."""
    return all(
        symbol in values
        and values[symbol] == (text == "true" if text in ("true", "false") else int(text.strip("()").replace("- ", "-")))
        for symbol, text in said.items()
    )
