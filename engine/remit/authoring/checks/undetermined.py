"""Checks that try cases: of what cannot be worked out for some, so that somebody else has to decide them (law 11), and of
promises that some break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any, Final, TypeAlias

from remit.authoring.boundaries import candidates, within
from remit.authoring.checks.check import Check, Finding, Subject, on_model
from remit.authoring.checks.edits import declared_key
from remit.authoring.differences.saying import goes_without_saying
from remit.authoring.thresholds import scope_at, usual_time
from remit.language.checking.nullability import nullable
from remit.language.nodes import Name, Node
from remit.language.values import Money
from remit.language.words import listing
from remit.language.words import value as in_words
from remit.policy.model import Fact, Guardrail, Model, Rule, Value
from remit.policy.trees import budget_of, nullable_values, reads
from remit.readings.numbers.causes import Cause, guardrail_cause, rule_cause, value_cause
from remit.readings.numbers.reference import Scope

__all__ = ["CHECKS"]

_Subject: TypeAlias = Rule | Guardrail | Value
_Values: TypeAlias = tuple[Any, ...]

_SOME_DAY: Final = date(2026, 7, 1)
#: A calendar that ends within so many days is told.
_SOON: Final = timedelta(days=90)
#: How many cases are tried for one rule or guardrail, and for all of them together.
_MOST_TRIES: Final = 2_000
_MOST_IN_ALL: Final = 20_000


def _calendars(subject: Subject) -> Iterator[Finding]:
    for name, calendar in subject.model.calendars.items():
        last = calendar.end - timedelta(days=1)
        if last < subject.today:
            message = f"the calendar `{name}` ended on {last}: what counts working days after that day cannot be worked out"
        elif last < subject.today + _SOON:
            message = f"the calendar `{name}` ends on {last}: soon, what counts working days cannot be worked out"
        else:
            continue
        where = declared_key(subject.model, "calendars", name)
        yield Finding(message, where, "add the days off of the next years, and move its `to`")


def _amounts(model: Model) -> Iterator[Finding]:
    tested = candidates(model)
    worth = {name: _worth(fact, tested[name]) for name, fact in model.facts.items()}
    told: set[Node] = set()
    subjects: list[_Subject] = [*model.rules, *model.guardrails, *(model.values[name] for name in model.shows)]
    subjects = [each for each in subjects if _may_fail(model, each)]
    tries = min(_MOST_TRIES, _MOST_IN_ALL // max(1, len(subjects)))
    for subject in subjects:
        found = _witness(model, subject, worth, tries)
        if found is not None and found[0].node not in told:
            cause, facts = found
            told.add(cause.node)
            what = type(subject).__name__.lower()
            name = subject.name if isinstance(subject, Value) else subject.id
            where = f", where {listing(f'`{name}` is {_said(value)}' for name, value in facts.items())}" if facts else ""
            yield Finding(
                f"{what} `{name}`: {cause.text}{where}",
                subject.source,
                _HINTS[isinstance(subject, Value)],
            )


#: What to do about a rule or guardrail, and about a value that is shown.
_HINTS: Final = (
    "say what holds then, with `if`, or keep this case out with `when`; else somebody else has to decide it",
    "say what holds then, with `if`; else the answer says that it cannot be worked out",
)


def _said(value: Any) -> str:
    return "empty" if value in ([], "") else in_words(value)


def _witness(model: Model, subject: _Subject, worth: Mapping[str, _Values], tries: int) -> tuple[Cause, dict[str, Any]] | None:
    """Facts for which something of ``subject`` cannot be worked out by the fault of an operation, only those that matter."""
    names = sorted({name for node in _nodes(subject) for name in reads(model, node)} & model.facts.keys())
    for facts in _cases({name: worth[name] for name in names}, tries):
        cause = _cause(model, subject, facts)
        if cause is not None and cause.kind == "operation":
            matter = [name for name in facts if name in reads(model, cause.node)]
            some = (name for name in matter if not _always(model, subject, cause, {**facts}, name, worth[name]))
            return cause, {name: facts[name] for name in some}
    return None


def _always(model: Model, subject: _Subject, cause: Cause, facts: Mapping[str, Any], name: str, values: _Values) -> bool:
    """Whether it is so whatever the fact ``name`` is."""
    found = (_cause(model, subject, {**facts, name: value}) for value in values)
    return all(each is not None and each.node == cause.node for each in found)


def _nodes(subject: _Subject) -> Iterator[Node]:
    if isinstance(subject, Value):
        yield Name(subject.name, type=subject.type)
        return
    if subject.when is not None:
        yield subject.when.node
    if isinstance(subject, Rule):
        yield from (amount.node for amounts in subject.may.values() for amount in amounts.values())
        yield from (amount.node for amount in subject.owed.values())
    else:
        yield from (amount.node for amounts in subject.limits.values() for amount in amounts.values())


def _may_fail(model: Model, subject: _Subject) -> bool:
    """Whether anything of it can have no value, as far as can be told without trying."""
    names = nullable_values(model)
    return any(nullable(node, names, budget=budget_of(model)) for node in _nodes(subject))


def _cause(model: Model, subject: _Subject, facts: Mapping[str, Any]) -> Cause | None:
    day = model.effective.start
    scope = scope_at(model, {"occurred": day, "requested": usual_time(model, day or _SOME_DAY), **facts})
    if isinstance(subject, Value):
        return value_cause(model, scope, subject.name) if scope[subject.name] is None else None
    if _fails(scope, subject) or any(_denies(scope, each) for each in model.guardrails if each is not subject):
        return None
    if isinstance(subject, Guardrail):
        return guardrail_cause(model, scope, subject)
    found = (rule_cause(model, scope, subject, remedy) for remedy in dict.fromkeys((*subject.may, *subject.owed)))
    return next((each for each in found if each is not None), None)


def _fails(scope: Scope, subject: Rule | Guardrail) -> bool:
    """Whether its condition is false, so that nothing else of it matters."""
    return subject.when is not None and scope.evaluate(subject.when.node) is False


def _denies(scope: Scope, guardrail: Guardrail) -> bool:
    """Whether a guardrail denies everything, so that nothing else matters."""
    if guardrail.effect != "deny" or guardrail.remedies:
        return False
    return guardrail.when is None or scope.evaluate(guardrail.when.node) is True


def _cases(options: Mapping[str, _Values], tries: int) -> Iterator[dict[str, Any]]:
    """All cases, or some by chance, the same every time, where they are too many."""
    count = 1
    for some in options.values():
        count *= len(some)
    if count <= tries:
        yield from (dict(zip(options, values, strict=True)) for values in product(*options.values()))
        return
    random = Random(0)
    for _ in range(tries):
        yield {name: random.choice(some) for name, some in options.items()}


def _worth(fact: Fact, tested: _Values) -> _Values:
    """Values of a fact to try: those that tests tell apart, and those that operations do not take."""
    kind, currency = fact.type.kind, fact.type.currency
    more: _Values = ()
    if kind == "number":
        more = (Decimal(0), Decimal(1), Decimal(-1), Decimal(1000))
    elif kind == "money" and currency:
        more = (Money(Decimal(0), currency), Money(Decimal(10), currency))
    elif kind == "text":
        more = ("", "ten")
    elif kind == "list":
        more = ([],)
    elif kind == "duration":
        more = (timedelta(0), timedelta(hours=1))
    known = (*tested, *(each for each in more if kind in ("text", "list") or within(fact, each)))
    return tuple({repr(each): each for each in known}.values()) or (None,)


def _promises(model: Model) -> Iterator[Finding]:
    if not model.promises:
        return
    from remit.authoring.proposing.counterexamples import Refuter
    from remit.deciding.policy import Policy

    refuter = Refuter(Policy(model))
    for promise in model.promises:
        found = refuter.refute(promise)
        if found is not None:
            told = {name: value for name, value in found.facts.items() if not goes_without_saying(model.facts.get(name), value)}
            amounts = listing(f"`{name}` is {in_words(value)}" for name, value in found.amounts.items())
            facts = listing(f"`{name}` is {_said(value)}" for name, value in told.items())
            where = f" where {facts}" if facts else ""
            message = f"the promise `{promise.id}` does not hold: {amounts or 'it is false'}{where}"
            yield Finding(message, promise.always.source, "change the promise, or the rule or guardrail that breaks it")


CHECKS = (
    Check("promises/broken", "a promise that does not hold in some case", on_model(_promises), severity="error"),
    Check("calendars/ending", "a calendar that has ended or ends soon", _calendars),
    Check("amounts/undetermined", "an amount or a condition that cannot be worked out for some cases", on_model(_amounts)),
)
