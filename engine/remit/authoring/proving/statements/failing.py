"""Nothing can fail: every amount and every condition can be worked out in every case that is not denied anyway (law 11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from remit.authoring.proving.proof_cases import ProofCase
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover, because
from remit.authoring.proving.question import FoundCase, Open, Proved
from remit.authoring.thresholds import scope_at
from remit.core.lowering.opaque import Native
from remit.core.term import Term, every_term
from remit.decision.quantities import as_quantity
from remit.errors import RequestError
from remit.language import words
from remit.language.source import Source, place_of
from remit.policy.model import Guardrail, Rule
from remit.readings.numbers.causes import Cause, guardrail_cause, rule_cause
from remit.readings.numbers.reference import Scope

__all__ = ["failing"]


def failing(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each rule and guardrail of which something may fail, as far as can be told without looking."""
    views = prover.meaning.lowered.views[0]
    ranks = prover.meaning.ranks
    found = {each.number: each.rule for rank in ranks for each in views.undetermined(rank)}
    for rule in (found[number] for number in sorted(found)):
        yield partial(_rule, prover, rule)
    for number, guardrail in enumerate(prover.model.guardrails):
        fails = prover.terms.or_(*(_guardrail_fails(prover, number, rank) for rank in ranks))
        if fails.kind != "const" or fails.value:
            yield partial(_guardrail, prover, guardrail, fails)


def _rule(prover: Prover, rule: Rule) -> ProofResult:
    T, found = prover.terms, []
    for rank in prover.meaning.ranks:
        for view in prover.meaning.lowered.views[0].undetermined(rank):
            if view.rule is rule:
                denied = {name: prover.meaning.authority(rank, name).blocked_denies for name in view.remedies}
                found += [T.and_(fails, T.not_(denied[name])) for name, (fails, _) in view.remedies.items()]

    def cause(case: ProofCase, role: str) -> Cause | None:
        scope = _scope(prover, case, role)
        if rule.when is not None and scope.evaluate(rule.when.node) not in (True, None):
            return None
        for remedy in dict.fromkeys((*rule.may, *rule.owed)):
            if not _denied(prover, case, role, remedy):
                why = rule_cause(prover.model, scope, rule, remedy)
                if why is not None:
                    return why
        return None

    return _result(prover, rule, T.or_(*found), cause)


def _guardrail_fails(prover: Prover, number: int, rank: int) -> Term:
    T = prover.terms
    each = next(each for each in prover.meaning.lowered.views[0].guardrails(rank) if each.number == number)
    nulls = (null for some in each.null_limits.values() for _, null in some)
    fails = T.or_(each.undetermined, T.and_(each.holds, T.or_(*nulls)))
    covered = [name for name in prover.model.remedies if each.guardrail.covers(name) or name in each.limits]
    denied = T.and_(*(prover.meaning.authority(rank, name).blocked_denies for name in covered))
    return T.and_(fails, T.not_(denied))


def _guardrail(prover: Prover, guardrail: Guardrail, fails: Term) -> ProofResult:
    def cause(case: ProofCase, role: str) -> Cause | None:
        names = [name for name in prover.model.remedies if guardrail.covers(name) or name in guardrail.limits]
        if all(_denied(prover, case, role, name) for name in names):
            return None
        scope = _scope(prover, case, role)
        if guardrail.when is not None and scope.evaluate(guardrail.when.node) not in (True, None):
            return None
        return guardrail_cause(prover.model, scope, guardrail)

    return _result(prover, guardrail, fails, cause)


def _result(
    prover: Prover, subject: Rule | Guardrail, fails: Term, cause: Callable[[ProofCase, str], Cause | None]
) -> ProofResult:
    kind = type(subject).__name__.lower()
    source: Source | None = subject.source
    result = ProofResult(
        "fails", subject.id, f"{kind} `{subject.id}` can be worked out in every case", "open", place=place_of(source)
    )

    def why(case: ProofCase) -> tuple[Cause, str] | None:
        """The cause for the lowest role that meets one."""
        try:
            found = ((cause(case, role), role) for role in (prover.model.ladder[rank] for rank in prover.meaning.ranks))
            return next(((each, role) for each, role in found if each is not None), None)
        except RequestError:
            return None

    match prover.seek(fails, lambda case: why(case) is not None, asked=tuple(prover.model.remedies), within_calendars=True):
        case Proved():
            return result.ending("proved", _calendars(prover, fails))
        case FoundCase(case):
            known = why(case)
            assert known is not None
            each, role = known
            asks = f", {words.name(role)} asks" if len(prover.meaning.ranks) > 1 else ""
            told = [f"{each.text}: {prover.situation(case)}{asks}"]
            return result.ending("refuted", told, {"facts": prover.facts(case), "cause": each.text})
        case Open() as answer:
            return result.ending("open", because(answer))


def _calendars(prover: Prover, term: Term) -> list[str]:
    """The calendars within which that is so."""
    natives = [each.value for each in every_term(term) if isinstance(each.value, Native)]
    found = sorted({each.calendar for each in natives if each.calendar})
    calendars = ((name, prover.model.calendars[name]) for name in found)
    return [f"for days of the calendar `{name}`, from {of.start} to {of.end - timedelta(days=1)}" for name, of in calendars]


def _denied(prover: Prover, case: ProofCase, role: str, remedy: str) -> bool:
    return bool(prover.redecided.authority(case, role, remedy).blocked_denies)


def _scope(prover: Prover, case: ProofCase, role: str) -> Scope:
    asked = {f"asked.{name}": as_quantity(prover.model, prover.model.remedies[name], each) for name, each in case.asked.items()}
    who = {"employee.id": case.employee, "employee.role": role, "occurred": case.occurred or prover.redecided.situations.day}
    return scope_at(prover.model, {**who, **asked, **case.facts})
