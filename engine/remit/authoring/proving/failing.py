"""Nothing can fail: every amount and every condition can be worked out in every case that is not denied anyway (law 11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from remit.authoring.proving.proof_cases import ProofCase
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover, because
from remit.authoring.proving.question import FoundCase, Open, Proved
from remit.authoring.thresholds import scope_at
from remit.core.lowering.opaque import Native
from remit.core.term import Term
from remit.core.views import UndeterminedView
from remit.errors import RequestError
from remit.language.source import Source, place_of
from remit.policy.model import Guardrail, Rule
from remit.readings.numbers.causes import Cause, guardrail_cause, rule_cause
from remit.readings.numbers.reference import Scope

__all__ = ["failing"]


def failing(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each rule and guardrail of which something may fail, as far as can be told without looking."""
    for each in _rules(prover):
        yield lambda each=each: _rule(prover, each)  # type: ignore[misc]
    for number, guardrail in enumerate(prover.model.guardrails):
        fails = _guardrail_fails(prover, number)
        if fails.kind != "const":
            yield lambda guardrail=guardrail, fails=fails: _guardrail(prover, guardrail, fails)  # type: ignore[misc]


def _rules(prover: Prover) -> list[UndeterminedView]:
    view, found = prover.meaning.lowered.views[0], {}
    for rank in range(len(prover.model.ladder)) if prover.meaning.policy.by_role else (0,):
        found.update({each.number: each for each in view.undetermined(rank) if each.number not in found})
    return list(found.values())


def _rule(prover: Prover, view: UndeterminedView) -> ProofResult:
    T, rule = prover.terms, view.rule
    found = [
        T.and_(fails, T.not_(prover.meaning.authority(0, remedy).blocked_denies))
        for remedy, (fails, _) in view.remedies.items()
    ]

    def cause(case: ProofCase) -> Cause | None:
        scope = _scope(prover, case)
        if rule.when is not None and scope.evaluate(rule.when.node) not in (True, None):
            return None
        for remedy in view.remedies:
            if not _denied(prover, case, remedy):
                why = rule_cause(prover.model, scope, rule, remedy)
                if why is not None:
                    return why
        return None

    return _result(prover, rule, T.or_(*found), cause)


def _guardrail_fails(prover: Prover, number: int) -> Term:
    T = prover.terms
    each = next(each for each in prover.meaning.lowered.views[0].guardrails(0) if each.number == number)
    nulls = (null for some in each.null_limits.values() for _, null in some)
    fails = T.or_(each.undetermined, T.and_(each.holds, T.or_(*nulls)))
    covered = [name for name in prover.model.remedies if each.guardrail.covers(name) or name in each.limits]
    denied = T.and_(*(prover.meaning.authority(0, name).blocked_denies for name in covered))
    return T.and_(fails, T.not_(denied))


def _guardrail(prover: Prover, guardrail: Guardrail, fails: Term) -> ProofResult:
    def cause(case: ProofCase) -> Cause | None:
        names = [name for name in prover.model.remedies if guardrail.covers(name) or name in guardrail.limits]
        if all(_denied(prover, case, name) for name in names):
            return None
        scope = _scope(prover, case)
        if guardrail.when is not None and scope.evaluate(guardrail.when.node) not in (True, None):
            return None
        return guardrail_cause(prover.model, scope, guardrail)

    return _result(prover, guardrail, fails, cause)


def _result(prover: Prover, subject: Rule | Guardrail, fails: Term, cause: Callable[[ProofCase], Cause | None]) -> ProofResult:
    kind = type(subject).__name__.lower()
    source: Source | None = subject.source
    result = ProofResult(
        "fails", subject.id, f"{kind} `{subject.id}` can be worked out in every case", "open", place=place_of(source)
    )

    def confirms(case: ProofCase) -> bool:
        try:
            return cause(case) is not None
        except RequestError:
            return False

    match prover.seek(fails, confirms, asked=tuple(prover.model.remedies), within_calendars=True):
        case Proved():
            return result.ending("proved", _calendars(prover, fails))
        case FoundCase(case):
            why = cause(case)
            assert why is not None
            told = [f"{why.text}: {prover.situation(case)}"]
            return result.ending("refuted", told, {"facts": prover.facts(case), "cause": why.text})
        case Open() as answer:
            return result.ending("open", because(answer))


def _calendars(prover: Prover, term: Term) -> list[str]:
    """The calendars within which that is so."""
    found: dict[str, None] = {}
    seen, queue = set[Term](), [term]
    while queue:
        each = queue.pop()
        if each not in seen:
            seen.add(each)
            queue += each.args
            if isinstance(each.value, Native) and each.value.calendar:
                found[each.value.calendar] = None
    calendars = ((name, prover.model.calendars[name]) for name in found)
    return [f"for days of the calendar `{name}`, from {of.start} to {of.end - timedelta(days=1)}" for name, of in calendars]


def _denied(prover: Prover, case: ProofCase, remedy: str) -> bool:
    return bool(prover.redecided.authority(case, prover.model.ladder[0], remedy).blocked_denies)


def _scope(prover: Prover, case: ProofCase) -> Scope:
    day = case.occurred or prover.redecided.situations.day
    return scope_at(prover.model, {"occurred": day, "employee.id": case.employee, **case.facts})
