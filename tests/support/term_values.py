"""What a term comes to in one case, told as plainly as can be; calls are answered by the one who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from remit.core.terms import Term

__all__ = ["TermValues"]


class TermValues:
    """The values of terms, each worked out once; ``called`` says what a call gives."""

    def __init__(self, case: Mapping[str, Any], called: Callable[[Term], Any]) -> None:
        self.case = case
        self.called = called
        self._known: dict[Term, Any] = {}

    def of(self, term: Term) -> Any:
        """The value of ``term``."""
        if term not in self._known:
            self._known[term] = _value(term, self)
        return self._known[term]


def _value(term: Term, known: TermValues) -> Any:
    of, args = known.of, term.args
    match term.kind:
        case "const":
            return term.value
        case "var":
            return known.case[term.value]
        case "call":
            return known.called(term)
        case "sum":
            weights, total = term.value
            return total + sum(weight * of(each) for weight, each in zip(weights, args, strict=True))
        case "mul":
            return of(args[0]) * of(args[1])
        case "div":
            return of(args[0]) // term.value
        case "min" | "max":
            return (min if term.kind == "min" else max)(map(of, args))
        case "in":
            return of(args[0]) in term.value
        case "same":
            return of(args[0]) == of(args[1])
        case "and":
            return all(map(of, args))
        case "or":
            return any(map(of, args))
        case "not":
            return not of(args[0])
        case "ite":
            return of(args[1]) if of(args[0]) else of(args[2])
        case "pick":
            holds = [place for place, each in enumerate(args) if of(each)]
            return len(args) if term.value and len(holds) > 1 else holds[0] if holds else -1
        case "at":
            place = of(args[0])
            return of(args[-1]) if place == -1 else of(args[1 + place])
        case "look":
            return term.value[of(args[0])]
    raise ValueError(f"no value of the kind {term.kind}")
