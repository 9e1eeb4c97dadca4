"""Nothing is dead: every rule holds in some case and gives something there that no other gives, every guardrail applies in
some, every limit lowers something, every row of a table counts in some, and something counts against every cap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TypeAlias

from remit.authoring.proving.proof_cases import ProofFrame
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover, because
from remit.authoring.proving.question import Inquiry, Open, Proved
from remit.authoring.proving.statements.dead_caps import dead_caps
from remit.core.authorities import Authority
from remit.core.lowering.opaque import Outside
from remit.core.term import Term
from remit.core.views import GuardrailView, RuleView
from remit.errors import Place
from remit.language.source import place_of
from remit.policy.model import Table
from remit.readings.smt.script import FALSE, TRUE, all_of, any_of, negated
from remit.readings.smt.solver import SolverFailure
from remit.readings.smt.structure import are_apart, are_unrelated, surely_possible

__all__ = ["dead_parts"]

#: A rule, and the rank of the role that meets it so; ``None`` where all roles do.
_Met: TypeAlias = tuple[RuleView, int | None]


def dead_parts(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each rule, guardrail, table and cap."""
    ranks = prover.meaning.ranks
    met = [_met(prover, rank) for rank in ranks]
    for number in range(len(prover.model.rules)):
        yield partial(_rule, prover, met, number)
    for number in range(len(prover.model.guardrails)):
        views = [prover.meaning.lowered.views[0].guardrails(rank)[number] for rank in ranks]
        yield partial(_guardrail, prover, views)
    for name, value in prover.model.values.items():
        if isinstance(value.definition, Table):
            yield partial(_table, prover, name, value.definition)
    yield from dead_caps(prover)


def _met(prover: Prover, rank: int) -> list[_Met]:
    """The rules as the role of ``rank`` meets them and, where that differs, as each lower role does, each with that rank."""
    by_role, views = prover.meaning.policy.by_role, prover.meaning.lowered.views[0].rules(rank)
    lower = zip(range(rank, -1, -1), views, strict=False)
    return [(each, own if by_role else None) for own, some in lower for each in some]


def _rule(prover: Prover, views: list[list[_Met]], number: int) -> ProofResult:
    T, rule = prover.terms, prover.model.rules[number]
    says = f"rule `{rule.id}` gives something in some case that no other rule gives"
    result = ProofResult("dead", rule.id, says, "open", place=place_of(rule.source))
    mine = [each for some in views for each, _ in some if each.number == number]
    most, beside = [], []
    for some in views:
        me = next(each for each in some if each[0].number == number)
        # Most rules are about other cases: what never holds together needs no comparison.
        others = [each for each in some if each[0].number != number and not are_apart(me[0].holds, each[0].holds)]
        most += [_most(prover, me, others, remedy) for remedy in dict.fromkeys((*rule.may, *rule.owed))]
        beside.append(others)
    more = [*chain(*most)]
    alone = [T.and_(each.holds, T.not_(_spoken(prover, each, beside))) for each in mine]
    verdict = prover.exists(T.or_(*(T.and_(gives, T.not_(denied)) for gives, denied in more), *alone))
    if verdict is None:
        return result.ending("proved")
    if isinstance(verdict, Open):
        return result.ending("open", because(verdict))
    if not any(surely_possible(each.holds) for each in mine) and _never(prover, T.or_(*(each.holds for each in mine))):
        told = f"rule `{rule.id}` never holds: its condition contradicts itself or the types of its facts"
    elif all(_denied_apart(prover, *each) for each in more) or _never(prover, T.or_(*(gives for gives, _ in more))):
        told = f"rule `{rule.id}` is subsumed: wherever it holds, other rules give at least as much to the same roles"
    else:
        told = f"rule `{rule.id}` never counts: wherever it gives more than other rules, a guardrail denies it"
    return result.ending("refuted", [told])


def _most(prover: Prover, met: _Met, others: list[_Met], remedy: str) -> Iterator[tuple[Term, Term]]:
    """For some roles whether this rule gives more of a remedy than every other, or owes more; and whether that is denied."""
    T, (me, own) = prover.terms, met
    owed = [(each, each.owed[remedy][0]) for each, _ in others if remedy in each.owed]
    for rank in {lowest for lowest, *_ in me.may.get(remedy, ())} if own is None else {own}:
        mine = _amount(prover, met, remedy, rank)
        given = [(each[0], _amount(prover, each, remedy, rank)) for each in others]
        rest = (T.and_(each.holds, T.le(mine, amount)) for each, amount in (*given, *owed))
        more = T.and_(me.holds, T.lt(0, mine), *(T.not_(each) for each in rest))
        yield more, T.and_(*(each.blocked_denies for each in _told(prover, rank, remedy)))
    if remedy in me.owed:
        mine = me.owed[remedy][0]
        rest = (T.and_(each.holds, T.le(mine, amount)) for each, amount in owed)
        more = T.and_(me.holds, T.lt(0, mine), *(T.not_(each) for each in rest))
        yield more, T.and_(*(each.held_denies for each in _told(prover, 0, remedy)))


def _denied_apart(prover: Prover, gives: Term, denied: Term) -> bool:
    """Whether what is never given because it is denied would never be given without that either."""
    return surely_possible(prover.terms.not_(denied)) and are_unrelated(gives, denied)


def _told(prover: Prover, rank: int, remedy: str) -> Iterator[Authority]:
    """What the role of ``rank`` and, where they may be told something else, the higher ones may give."""
    ranks = range(rank, len(prover.model.ladder)) if prover.meaning.policy.by_role else (rank,)
    return (prover.meaning.authority(each, remedy) for each in ranks)


def _amount(prover: Prover, met: _Met, remedy: str, rank: int) -> Term:
    """What a rule gives to the role of ``rank``, or to the lower one that meets it."""
    view, own = met
    most = rank if own is None else own
    return prover.terms.max(0, *(amount for lowest, amount, _ in view.may.get(remedy, ()) if lowest <= most))


def _spoken(prover: Prover, me: RuleView, views: list[list[_Met]]) -> Term:
    """Whether other rules cover all that this one covers, or it is denied: one that gives nothing may be there so that the case
    is no gap."""
    T, names = prover.terms, {*me.may, *me.owed}
    others = [each for some in views for each, _ in some if each.number != me.number]
    covers = (T.or_(*(each.holds for each in others if name in each.may or name in each.owed)) for name in names)
    denied = (T.and_(*(each.blocked_denies for each in _told(prover, 0, name))) for name in names)
    return T.and_(*(T.or_(*each) for each in zip(covers, denied, strict=True)))


def _guardrail(prover: Prover, views: list[GuardrailView]) -> ProofResult:
    T, guardrail = prover.terms, views[0].guardrail
    result = ProofResult(
        "dead", guardrail.id, f"guardrail `{guardrail.id}` applies in some case", "open", place=place_of(guardrail.source)
    )
    if _never(prover, T.or_(*(each.holds for each in views))):
        told = f"guardrail `{guardrail.id}` never applies: its condition contradicts itself or the types of its facts"
        return result.ending("refuted", [told])
    if guardrail.effect != "limit":
        return result.ending("proved")
    lowers = list[Term]()
    for view in views:
        for remedy, limits in view.limits.items():
            for rank in range(len(prover.model.ladder)):
                known = prover.meaning.authority(rank, remedy)
                most = T.max(0, *(amount for lowest, amount in limits if lowest <= rank))
                lowers.append(T.and_(view.holds, T.lt(most, T.max(known.open, known.owed))))
    open_ = None
    for each in lowers:  # one after another: most often the first will do
        verdict = prover.exists(each)
        if verdict is None:
            return result.ending("proved")
        open_ = verdict if isinstance(verdict, Open) else open_
    if open_ is not None:
        return result.ending("open", because(open_))
    return result.ending("refuted", [f"guardrail `{guardrail.id}` never lowers anything: the rules never give more"])


def _never(prover: Prover, term: Term) -> bool:
    return isinstance(prover.exists(term), Proved)


def _table(prover: Prover, name: str, table: Table) -> ProofResult:
    says = f"every row of the table `{name}` counts in some case"
    result = ProofResult("dead", name, says, "open")
    frame = prover.frame(*prover.model.remedies)
    try:
        by_rank = [_places(prover, frame, name, table, rank) for rank in prover.meaning.ranks]
    except Outside:
        return result.ending("open", ["not proved: only the evaluator works it out"])
    places = [any_of(each) for each in zip(*by_rank, strict=True)]
    question = prover.plain_question(frame, TRUE)
    dead, open_ = [], ""
    try:
        with Inquiry(question, prover.seconds) as inquiry:
            for number, each in enumerate(places):
                answer = Proved() if each == FALSE else inquiry.seek(inquiry.step(each))
                if isinstance(answer, Proved):
                    dead.append(number)
                elif isinstance(answer, Open):
                    open_ = answer.reason
    except SolverFailure as failure:
        open_ = str(failure)
    if dead:
        told = [f"row {number + 1} of `{name}`{_line(table, number)} never counts" for number in dead]
        found = result.ending("refuted", told, {"rows": [number + 1 for number in dead]})
        return replace(found, place=_row_place(table, dead[0]))
    return result.ending("open", [f"not proved: {open_}"]) if open_ else result.ending("proved")


def _places(prover: Prover, frame: ProofFrame, name: str, table: Table, rank: int) -> list[str]:
    """For each row whether it counts when the role of ``rank`` reads the table: with hit policy ``first``, no row before it
    matches. Raises :class:`remit.core.lowering.opaque.Outside`."""
    tables = prover.meaning.lowered.role(rank).lowering.wholes.tables
    holds = list(map(frame.encoding.truth, tables.row_conditions(table, table.rows)))
    if table.hit != "first":
        return holds
    places, none = [], TRUE
    for each in holds:
        places.append(all_of((none, each)))
        none = frame.script.define(all_of((none, negated(each))), "Bool")
    return places


def _line(table: Table, number: int) -> str:
    place = _row_place(table, number)
    return f" (line {place.line})" if place is not None else ""


def _row_place(table: Table, number: int) -> Place | None:
    tests = table.rows[number].tests
    return place_of(tests[0].source) if tests else None
