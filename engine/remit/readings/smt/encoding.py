"""Terms as SMT-LIB: a fold, written so that a question stays flat.

What is nested costs: that a limit is above 100 EUR must not become the maximum of 500 amounts compared with 100 EUR, but "some
rule holds, and its amount is above 100 EUR". So a comparison is pushed through ``best``, ``least``, ``min``, ``max`` and
choices down to amounts, and only an amount that is needed as a number gets a name and the few sentences that say what it is.

Text is a code: words that the policy knows have the first ones, so every other code is some other text. What the evaluator
alone works out is a constant that the solver may choose (:attr:`Encoding.calls`): what is proved holds all the same, and a
case that is found is looked at by the definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from remit.core.lowering.opaque import Item, Native
from remit.core.regions import Region, Words
from remit.core.term import Term
from remit.language.calendars import Calendar
from remit.readings.smt.calendar_months import moved_by_months
from remit.readings.smt.flat_comparisons import FlatComparisons
from remit.readings.smt.script import FALSE, TRUE, Script, SmtSort, all_of, any_of, conditional, negated, number
from remit.readings.smt.working_days import working_days_after, working_days_between

__all__ = ["Codes", "EncodedCall", "Encoding"]


@dataclass(frozen=True, slots=True)
class EncodedCall:
    """A call of the evaluator as the solver sees it: its value, whether it has none (``None``: it always has one), and its
    arguments."""

    term: Term
    value: str
    null: str | None
    arguments: tuple[str, ...]


@dataclass(slots=True)
class Codes:
    """A number for each text that a policy knows; one table for all parts of a question."""

    of: dict[str, int] = field(default_factory=dict)

    def code(self, text: str) -> int:
        """The number of ``text``."""
        return self.of.setdefault(text, len(self.of))


class Encoding(FlatComparisons):
    """Encodes terms into one script. ``variable`` says which constant a variable is, and declares it; two encodings in one
    script, with the same :class:`Codes`, can so speak of two cases."""

    def __init__(
        self,
        script: Script,
        variable: Callable[[Term], str],
        codes: Codes,
        has: Callable[[Term, str], str],
        calendars: Mapping[str, Calendar] = MappingProxyType({}),
    ) -> None:
        super().__init__(script)
        self._calendars = calendars
        self.codes = codes
        self.calls: list[EncodedCall] = []
        self._variable = variable
        self._has = has
        self._known: dict[Term, str] = {}
        self._nulls: dict[Term, str] = {}
        self._places: dict[Term, list[str]] = {}

    # Truth values

    def truth(self, term: Term) -> str:
        """A truth value as text."""
        return self._kept(term, "Bool", self._truth)

    def _kept(self, term: Term, sort: SmtSort, make: Callable[[Term], str]) -> str:
        found = self._known.get(term)
        if found is None:
            found = self._known[term] = self.script.define(make(term), sort)
        return found

    def _truth(self, term: Term) -> str:
        args = term.args
        match term.kind:
            case "const":
                return TRUE if term.value else FALSE
            case "var":
                return self._variable(term)
            case "and":
                return all_of(map(self.truth, args))
            case "or":
                return any_of(map(self.truth, args))
            case "not":
                return negated(self.truth(args[0]))
            case "ite":
                condition, yes, no = map(self.truth, args)
                return conditional(condition, yes, no)
            case "in":
                return self._inside(args[0], term.value)
            case "same":
                return f"(= {self.value(args[0])} {self.value(args[1])})"
            case "has":
                return self._has(args[0], term.value)
            case "at":
                return any_of(self._picked(term))
            case "look":
                chosen = zip(self.places_among(args[0], len(term.value)), term.value, strict=True)
                return any_of(place for place, each in chosen if each)
            case "call":
                return self._call(term, "Bool")
        raise ValueError(f"no truth value of the kind {term.kind}")

    def _picked(self, term: Term) -> Iterator[str]:
        for place, each in zip(self.places_among(term.args[0], len(term.args) - 1), term.args[1:], strict=True):
            yield all_of((place, self.truth(each)))

    def _inside(self, of: Term, region: Region) -> str:
        if isinstance(region, Words):
            return self._among(of, region)
        inside = any_of(
            all_of(
                (
                    TRUE if low is None else self.at_least([(1, of)], low),
                    TRUE if high is None else self.at_least([(-1, of)], -high),
                )
            )
            for low, high in region.spans
        )
        null = self.null(of)
        return conditional(null, TRUE if region.missing else FALSE, inside)

    def _among(self, of: Term, region: Words) -> str:
        words = sorted(each for each in region.words if isinstance(each, str))
        if of.sort == "b":
            truth = self.truth(of)
            found = any_of(truth if each else negated(truth) for each in region.words if isinstance(each, bool))
        else:
            value = self.value(of)
            found = any_of(f"(= {value} {self.codes.code(each)})" for each in words)
        null = self.null(of)
        inside = negated(found) if region.negated else found
        return conditional(null, TRUE if None in region else FALSE, inside)

    def null(self, term: Term) -> str:
        """Whether a call has no value. All facts are there: nothing else is null."""
        if term.kind != "call" or not term.optional:
            return FALSE
        self.value(term)
        return self._nulls[term]

    # Numbers and texts

    def value(self, term: Term) -> str:
        """A whole number, or the code of a text."""
        return self._kept(term, "Int", self._value)

    def _value(self, term: Term) -> str:
        args = term.args
        match term.kind:
            case "const":
                return number(self.codes.code(term.value) if isinstance(term.value, str) else int(term.value))
            case "var":
                return self._variable(term)
            case "sum":
                weights, total = term.value
                parts = [
                    self.value(each) if weight == 1 else f"(* {number(weight)} {self.value(each)})"
                    for weight, each in zip(weights, args, strict=True)
                ]
                return f"(+ {' '.join(parts)} {number(total)})" if total or len(parts) == 1 else f"(+ {' '.join(parts)})"
            case "mul":
                return f"(* {self.value(args[0])} {self.value(args[1])})"
            case "div":  # rounds down for a divisor above 0, as terms do
                return f"(div {self.value(args[0])} {term.value})"
            case "min" | "max" | "amount":
                return self._extreme(term)
            case "ite":
                return conditional(self.truth(args[0]), self.value(args[1]), self.value(args[2]))
            case "at":
                return self._chain(self.places_among(args[0], len(args) - 1), [self.value(each) for each in args[1:]])
            case "look":
                words = (self.codes.code(each) if isinstance(each, str) else int(each) for each in term.value)
                return self._chain(self.places_among(args[0], len(term.value)), list(map(number, words)))
            case "pick":
                places = self.places(term)
                return self._chain(places, [*(str(place) for place in range(len(places) - 1)), number(-1)])
            case "winner":
                return self._winner(term)
            case "call":
                return self._call(term, "Int")
        raise ValueError(f"no number of the kind {term.kind}")

    def _chain(self, places: Sequence[str], values: Sequence[str]) -> str:
        found = values[-1]
        for place, each in zip(reversed(places[:-1]), reversed(values[:-1]), strict=True):
            found = self.script.define(conditional(place, each, found), "Int")
        return found

    def _extreme(self, term: Term) -> str:
        """A number that is at least (at most) each that holds, and is one of them."""
        branches = self.branches(term)
        assert branches is not None
        highest, entries = branches
        found, known = self.script.fresh("Int", "x"), [(holds, self.value(each)) for holds, each in entries]
        relation = ">=" if highest else "<="
        for holds, each in known:
            self.script.require(any_of((negated(holds), f"({relation} {found} {each})")))
        self.script.require(any_of(all_of((holds, f"(= {found} {each})")) for holds, each in known))
        return found

    def _winner(self, term: Term) -> str:
        """The number of the first that has the amount; -1 where none has."""
        node = term.args[0]
        amount = self.value(_amount_of(node))
        pairs = node.args if node.kind == "best" else node.args[1:]
        start = "0" if node.kind == "best" else self.value(node.args[0])
        found = number(-1)
        entries = list(zip(pairs[::2], pairs[1::2], node.value, strict=True))
        for holds, each, which in reversed(entries):
            has = all_of((self.truth(holds), f"(= {self.value(each)} {amount})"))
            found = self.script.define(conditional(has, number(which), found), "Int")
        return conditional(f"(= {amount} {start})", number(-1), found)

    def places(self, term: Term) -> list[str]:
        """For each place that a number can be, whether it is that; the last is for -1."""
        if term not in self._places:
            self._places[term] = self._places_of(term)
        return self._places[term]

    def _places_of(self, term: Term) -> list[str]:
        if term.kind != "pick":
            value, high = self.value(term), term.high
            assert high is not None
            return [*(f"(= {value} {place})" for place in range(high + 1)), f"(= {value} {number(-1)})"]
        holds = list(map(self.truth, term.args))
        before = self._none_before(holds)
        none = self.script.define(all_of((before[-1], negated(holds[-1]))), "Bool")
        if not term.value:
            return [*(self.script.define(all_of(pair), "Bool") for pair in zip(holds, before, strict=True)), none]
        after = list(reversed(self._none_before(list(reversed(holds)))))
        alone = [self.script.define(all_of(each), "Bool") for each in zip(holds, before, after, strict=True)]
        several = self.script.define(all_of((negated(none), negated(any_of(alone)))), "Bool")
        return [*alone, several, none]

    def _none_before(self, holds: Sequence[str]) -> list[str]:
        found = [TRUE]
        for each in holds[:-1]:
            found.append(self.script.define(all_of((found[-1], negated(each))), "Bool"))
        return found

    # What the evaluator works out

    def _call(self, term: Term, sort: SmtSort) -> str:
        value = self.script.fresh(sort, "call")
        null = self.script.fresh("Bool", "null") if term.optional else None
        self._nulls[term] = null or FALSE
        if sort == "Int":
            if term.low is not None:
                self.script.require(f"(>= {value} {number(term.low)})")
            if term.high is not None:
                self.script.require(f"(<= {value} {number(term.high)})")
        known = term.args
        if isinstance(term.value, Item) and term.args[0].kind == "call":
            if len(term.args) > 1:
                self._bracketed(value, *term.args[1:])
            known = term.args[0].args
        arguments = tuple(self._argument(each) for each in known if each.sort in ("i", "s", "b"))
        self.calls.append(EncodedCall(term, value, null, arguments))
        if isinstance(term.value, Native) and null is not None:
            self._native(term.value, value, null, *arguments)
        return value

    def _native(self, of: Native, value: str, null: str, first: str, second: str) -> None:
        """What a function of days gives, exactly."""
        calendar = self._calendars.get(of.calendar)
        if of.kind == "months":
            self.script.require(moved_by_months(self.script, first, second, value, null))
        elif calendar is not None:
            says = working_days_between if of.kind == "working days" else working_days_after
            self.script.require(says(self.script, calendar, first, second, value, null))

    def _argument(self, term: Term) -> str:
        return self.truth(term) if term.sort == "b" else self.value(term)

    def _bracketed(self, value: str, low: Term, high: Term, where: Term) -> None:
        """What is known of it: where it has a value, the lowest and the highest."""
        above, below = self.at_least([(-1, low)], 0, f"(- {value})"), self.at_least([(1, high)], 0, value)
        self.script.require(any_of((negated(self.truth(where)), all_of((above, below)))))


def _amount_of(node: Term) -> Term:
    """The amount that goes with a winner."""
    made = Term()
    made.kind, made.args, made.value, made.sort = "amount", (node,), None, "i"
    made.low = made.high = None
    made.optional, made.number = False, -1
    return made
