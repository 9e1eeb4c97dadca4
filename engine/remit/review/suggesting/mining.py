"""From a ledger to proposed changes: the evidence is counted, the text is changed, and the change is tried on what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from remit.authoring.testing.casefile import test_file_of
from remit.deciding.policy import Policy
from remit.errors import NotAllowed, NotFound, RemitError
from remit.language import words
from remit.ledger.log.redeciding import redecide
from remit.policy.model import Model, Rule
from remit.policy.reading.yaml_reader import decode
from remit.review.actions import Action, action_of, read_actions
from remit.review.rosters import Rosters
from remit.review.suggesting.added_cases import NewLimit, add_cases, stale_cases
from remit.review.suggesting.guardrail_patterns import guardrail_patterns
from remit.review.suggesting.handover_features import Feature
from remit.review.suggesting.handovers import KINDS_READ, HandOver, handovers_of
from remit.review.suggesting.patterns import MOST, ApprovalPattern, patterns, rows_of
from remit.review.suggesting.policy_edits import EditedPolicy, new_rule, new_version, raised
from remit.review.suggesting.recorded_cost import ASKED_IN, Costing, Trial
from remit.review.suggesting.round_amounts import covering, step_of
from remit.review.suggesting.suggestion import PolicyPatch, Suggestion

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger

__all__ = ["newest_digest", "suggest", "suggestions_from"]

#: A limit that covers less of what was approved is not worth a change.
_LEAST_COVERED: Final = 0.5
#: So many recorded requests are tried as examples of the new cases.
_EXAMPLES: Final = 5


def newest_digest(ledger: Ledger, policy: str) -> str:
    """The digest of the newest text of a policy that a ledger goes by: what was published last, or else what was used first.
    Raises :class:`remit.errors.NotFound` where it has none."""
    known = ledger.policy_versions(policy)
    if not known:
        raise NotFound(f"the ledger has no record of `{policy}`, so that there is nothing to learn from")
    return known[-1][1]


def suggest(ledger: Ledger, model: Model, file: Path, *, since: datetime | None = None, most: int = MOST) -> list[Suggestion]:
    """At most ``most`` changes of the policy ``model``, which was read from ``file``, those first that would have saved most
    hand-overs; from what was sent up since ``since`` (all, where it is left out).

    Raises :class:`remit.errors.NotAllowed` where the ledger goes by another text than the file, which a patch would not fit.
    """
    newest = newest_digest(ledger, model.id)
    if newest != model.digest:
        there = ledger.policy(newest).model.version
        raise NotAllowed(
            f"`{file}` is version {model.version} of `{model.id}`, and the desks use version {there} with another text, so "
            "that a change would not fit; publish the file first (`remit publish`), or use the one that was published"
        )
    actions = read_actions(ledger, policy=model.id, kind=KINDS_READ, since=since)
    found = list(_under(ledger, model, handovers_of(actions)))
    taken = [version for version, _ in ledger.policy_versions(model.id)]
    made = suggestions_from(model, found, file, taken, most)
    made = _with_costs(ledger, model, found, made, since)
    ordered = sorted(made, key=lambda each: (-each.saves, -each.evidence.count, each.title))[:most]
    return [replace(each, number=number) for number, each in enumerate(ordered, 1)]


def suggestions_from(
    model: Model, handovers: Sequence[HandOver], file: Path, taken: Sequence[str] = (), most: int = MOST
) -> list[Suggestion]:
    """The changes that hand-overs under ``model`` speak for, without their cost. ``taken`` are versions that are in use."""
    out: list[Suggestion] = []
    for each in model.each:
        own = [one for one in handovers if not model.currencies or one.task.currency == each.currency]
        out += [_suggestion(each, found, file, taken) for found in patterns(each, rows_of(each, own), most, len(model.each))]
        out += guardrail_patterns(each, own)
    return out


def _under(ledger: Ledger, model: Model, handovers: Sequence[HandOver]) -> Iterator[HandOver]:
    """The hand-overs as the text of today has them: what it gives already, or denies, is no evidence about it."""
    policy, rosters = ledger.policy(model.digest), Rosters(ledger)
    for each in handovers:
        if each.task.digest == model.digest:
            yield each
            continue
        try:
            entry = ledger.record(each.task.id)
            today = policy.for_request({"currency": each.task.currency, "occurred": entry.body["occurred"]})
            decision = redecide(entry, today).decision
        except RemitError:  # its facts were erased, or are not those of today's text
            continue
        if decision.outcome == "escalate":
            task = action_of({**entry.body, "decision": decision.to_dict()}, rosters)
            yield replace(each, task=task)


def _with_costs(
    ledger: Ledger, model: Model, handovers: Sequence[HandOver], made: Sequence[Suggestion], since: datetime | None
) -> list[Suggestion]:
    """Each with what its patch would have cost on the recorded history."""
    patched = [(each, each.patch) for each in made if each.patch is not None]
    trials = [Trial(Policy(patch.after), _lowest(each), each.remedy, each.rule) for each, patch in patched]
    costing = Costing(ledger.policy(model.digest), trials, handovers)
    if trials:
        for entry in ledger.records(policy=model.id, kind=ASKED_IN, outcome="escalate", since=since):
            costing.take(entry)
    costs = dict(zip((id(each) for each, _ in patched), costing.costs(), strict=True))
    return [replace(each, cost=costs.get(id(each))) for each in made]


def _lowest(each: Suggestion) -> str:
    """The lowest role that a change can touch: what a table gives may be any role's."""
    return each.model.ladder[0] if each.patch is not None and each.patch.before.values != each.patch.after.values else each.role


def _suggestion(model: Model, found: ApprovalPattern, file: Path, taken: Sequence[str]) -> Suggestion:
    remedy, role = found.remedy, found.role
    approved = [row for row in found.rows if row.success]
    limit = max(row.limit for row in found.rows)
    owns = [own for row in approved if (own := row.handover.own_limit(remedy)) is not None]
    given = [row.handover.given[remedy] for row in approved]
    amount, covers = covering(given, step_of(model, remedy), min(owns, default=None))
    rule = _rule(model, found.where)
    whole = Suggestion(
        kind="gap" if found.is_gap else "limit",
        title="",
        evidence=found.evidence,
        model=model,
        role=role,
        remedy=remedy,
        rule=rule.id if rule is not None else None,
        where={each.name: each.test for each in found.where if each.kind != "rule"},
        limit=limit,
    )
    whole = replace(whole, title=_title(whole, found.where, amount))
    if amount <= limit or covers < _LEAST_COVERED:
        shown = words.amount(model.remedies[remedy].title, whole.quantity(min(owns, default=0)))
        why = f"in some of these cases those who approved may themselves give no more than {shown}"
        return replace(whole, title=_title(whole, found.where, None), refused=why)
    whole = replace(whole, proposed=amount, covers=covers)
    try:
        edited = _edited(model, found, rule, amount, new_version(model, taken))
    except NotAllowed as error:
        return replace(whole, refused=str(error))
    examples = [row.handover.task for row in approved[:_EXAMPLES]]
    return replace(whole, rule=edited.rule, patch=_patch(model, edited, file, examples, whole, amount))


def _rule(model: Model, where: Sequence[Feature]) -> Rule | None:
    return next((each for each in model.rules if where and where[0].kind == "rule" and each.id == where[0].name), None)


def _edited(model: Model, found: ApprovalPattern, rule: Rule | None, amount: int, version: str) -> EditedPolicy:
    if rule is None:
        return new_rule(model, found.where, found.role, found.remedy, amount, version)
    return raised(model, rule, found.role, found.remedy, amount, version, found.where[0].row)


def _patch(
    model: Model, edited: EditedPolicy, file: Path, examples: Sequence[Action], whole: Suggestion, amount: int
) -> PolicyPatch:
    cases_file = test_file_of(file)
    text = decode(cases_file.read_bytes(), str(cases_file))[0] if cases_file.is_file() else None
    unreadable = text is None and cases_file.exists()
    after, limit = edited.model, NewLimit(whole.role, whole.remedy, edited.rule, amount)
    added = None if unreadable else add_cases(after, cases_file, text, examples, limit)
    stale = stale_cases(model, after, cases_file, text)
    names = added.names if added is not None else ()
    return PolicyPatch(model, after, file, cases_file, text, added.text if added else None, names, tuple(stale))


def _title(whole: Suggestion, where: Sequence[Feature], amount: int | None) -> str:
    """What is proposed, in one sentence."""
    model, remedy = whole.model, whole.remedy
    title, who = model.remedies[remedy].title, words.the(model.ladder, whole.role)
    in_case = f" where {words.listing(map(_said, where))}" if where and where[0].kind != "rule" else ""
    if amount is None:
        under = f" under `{whole.rule}`" if whole.rule is not None else in_case
        return f"Look at how much {words.in_sentence(title)} {who} may give{under}"
    given = words.amount(title, whole.quantity(amount))
    if whole.rule is not None:
        now = f", now {words.quantity(whole.quantity(whole.limit))}" if whole.limit else ""
        return f"Let {who} give {given} under `{whole.rule}`{now}"
    return f"Add a rule: {who} may give {given}{in_case}"


def _said(each: Feature) -> str:
    name = words.name(each.name)
    if each.kind == "threshold":
        return f"{name} is {each.value} or more"
    return f"{name} is {words.show_value(each.value)}"
