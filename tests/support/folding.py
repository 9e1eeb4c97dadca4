"""The number reading of a term: what it comes to where its variables have values, worked out kind by kind; calls are answered
by the one who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from remit.core.term import Term

__all__ = ["TermValues", "folded"]


class TermValues:
    """The values of terms in one case, each worked out once; ``called`` says what a call gives."""

    def __init__(self, case: Mapping[str, Any], called: Callable[[Term], Any]) -> None:
        self.case = case
        self.called = called
        self._known: dict[Term, Any] = {}

    def of(self, term: Term) -> Any:
        """The value of ``term``."""
        if term not in self._known:
            self._known[term] = self.called(term) if term.kind == "call" else _value(term, self.case, self.of)
        return self._known[term]


def folded(term: Term, values: Mapping[str, Any]) -> Any:
    """The value of ``term``, in which nothing is called."""
    return TermValues(values, lambda call: _value(call, values, None)).of(term)


def _value(term: Term, values: Mapping[str, Any], of: Any) -> Any:
    args = term.args
    match term.kind:
        case "const":
            return term.value
        case "var":
            return values[term.value]
        case "sum":
            weights, total = term.value
            return sum(weight * of(each) for weight, each in zip(weights, args, strict=True)) + total
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
        case "amount" | "winner":
            return _best(term, of)
        case "pick":
            holding = [place for place, each in enumerate(args) if of(each)]
            several = term.value and len(holding) > 1
            return len(args) if several else holding[0] if holding else -1
        case "at":
            return of(args[1:][of(args[0])])
        case "look":
            return term.value[of(args[0])]
    raise ValueError(term.kind)


def _best(term: Term, of: Any) -> int:
    node = term.args[0]
    pairs = node.args if node.kind == "best" else node.args[1:]
    start = 0 if node.kind == "best" else of(node.args[0])
    entries = [
        (of(amount), number) for holds, amount, number in zip(pairs[::2], pairs[1::2], node.value, strict=True) if of(holds)
    ]
    extreme = max if node.kind == "best" else min
    found: int = extreme([start, *(amount for amount, _ in entries)])
    if term.kind == "amount":
        return found
    return next((number for amount, number in entries if amount == found), -1) if found != start else -1
