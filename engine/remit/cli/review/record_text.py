"""Records of the ledger for people, as lines; and tasks on a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from remit.cli.support.spoken import owner_or_role, spoken
from remit.cli.support.terminal import columns, is_plain
from remit.language import words
from remit.language.locales.messages import Message

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.ledger.log.entry import Entry
    from remit.ledger.people.task_list import Task
    from remit.policy.model import Model

__all__ = ["became", "act_text", "judged", "line", "task_lines", "waited"]


def line(entry: Entry) -> str:
    """One record on one line: number, when, what, who, how much, which case."""
    when = entry.recorded.astimezone().strftime("%Y-%m-%d %H:%M")
    decision = entry.decision
    what = entry.kind if entry.kind != "decide" or decision is None else f"decide: {decision.outcome}"
    given = _given(decision) if decision is not None else _other(entry)
    who = " ".join(filter(None, (entry.employee, f"({words.name(entry.role)})" if entry.role else "")))
    case = f"  [{entry.case}]" if entry.case else ""
    strange = entry.body.get("confusable")
    look = f"  (look closely at {words.listing(strange)})" if strange else ""
    did = f"; {act_text(entry)}" if entry.act else ""
    return columns(f"{entry.seq:>6} ", f"{when} ", f"{what:<16}", f"{who:<24}", f"{given}{did}{case}{look}")


def act_text(entry: Entry) -> str:
    """What the employee did with the answer."""
    _ = spoken()
    if entry.act == "handed_over":
        return _("handed over to {who}", who=owner_or_role(entry.body["to"]))
    return _("declined") if entry.act == "declined" else str(entry.act)


def task_lines(task: Task, model: Model, *, reveal: bool) -> Iterator[str]:
    """A task that waits, on a few lines: what, who and which case; for whom, since when, which customer, what is missing."""
    yield line(task.entry)
    _, owner = spoken(), task.addressee == model.owner_role
    whom = _("for {who}", who=_.one(task.addressee))
    if owner:
        whom = _("for {owner}, who own the policy", owner=model.owner)
    facts = task.entry.facts(reveal=reveal)
    ids = [
        f"{words.name(name)} {facts[name]}" for name, fact in model.facts.items() if fact.is_id and facts.get(name) is not None
    ]
    lacks = _("still to be known: {names}", names=tuple(map(words.name, task.missing))) if task.missing else ""
    waiting = _("waiting {time}", time=waited(datetime.now(UTC) - task.since))
    signed = ""
    if task.agreed:
        signed = _.plural("{names} has agreed", "{names} have agreed", len(task.agreed), names=tuple(task.agreed))
    many = _("{count} must agree", count=task.count) if task.count > 1 and not owner else ""
    late = _("overdue") if task.overdue else ""
    parts = (task.entry.body["policy"]["id"], whom, waiting, late, many, signed, ", ".join(ids), lacks)
    said = _.clauses(filter(None, parts))
    yield from [said] if is_plain() else wrap(said, 80, initial_indent=" " * 8, subsequent_indent=" " * 8)


def waited(time: timedelta) -> str:
    """``2 days``, ``3 hours``, ``5 minutes``: in the largest unit of which there is one."""
    _ = spoken()
    for length in (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)):
        if time >= length:
            return _.duration(time // length * length)
    return _("less than a minute")


def _given(decision: Decision) -> str:
    _ = spoken()
    parts = [name if value is True else f"{name} {_.quantity(value)}" for name, value in decision.asked.items() if value]
    return ", ".join(parts) or _("what may be given?")


def _other(entry: Entry) -> str:
    """The record that this one answers, by its number; of a void, who gave what is taken back; what was published."""
    from remit.ledger.log.record_ids import seq_of

    body = entry.body
    if entry.kind == "publish":
        roster, policy = body.get("published"), body.get("policy") or {}
        return f"roster {roster['roster']} {roster['version']}" if roster else f"{policy.get('id')} {policy.get('version')}"
    if body.get("past"):
        policy = body.get("policy")
        return f"what {policy['id']} {policy['version']} counts of earlier records" if policy else "earlier cases, by customer"
    if entry.kind == "overdue":
        return f"of number {seq_of(entry.of or '')}, now for {owner_or_role(body['to'])}"
    if entry.kind == "outcome":
        return f"of number {seq_of(entry.of or '')}: {became(body)}"
    if entry.kind == "calibrate":
        chosen = body["calibration"]
        many, reviewers = len(chosen["records"]), words.listing(chosen["reviewers"])
        return f"{many} {words.plural('case', many)} for {reviewers}"
    if entry.kind == "rate":
        return f"number {seq_of(body['rated'])}, in calibration {seq_of(entry.of or '')}"
    if entry.kind in ("review", "answer"):
        return f"of number {seq_of(entry.of or '')}, {judged(body)}; about {body['reviewed']['id']}"
    giver = body.get("giver")
    mine = giver is not None and giver["id"] == entry.employee
    whose = f", {'their own' if mine else 'given by ' + giver['id']}" if giver is not None else ""
    return f"of number {seq_of(entry.of)}{whose}" if entry.of else ""


def became(body: Mapping[str, Any]) -> str:
    """What an outcome says: ``the customer stayed, satisfaction 4 of 5``."""
    _, parts = spoken(), list[str]()
    if "kept" in body:
        parts.append(_("the customer stayed") if body["kept"] else _("the customer left"))
    if "csat" in body:
        parts.append(_("satisfaction {score} of 5", score=body["csat"]))
    return ", ".join(parts)


def judged(body: Mapping[str, Any]) -> str:
    """The verdict of a review and what lies behind it, or the result of a dispute, in a few words."""
    from remit.ledger.quality.reviews import CAUSES, RESULTS

    _ = spoken()
    if body["kind"] == "answer":
        return _.of(RESULTS[body["result"]])
    verdict = _(_VERDICTS[body["verdict"]])
    return _("{verdict} ({cause})", verdict=verdict, cause=CAUSES[body["cause"]]) if "cause" in body else verdict


#: What a verdict is called.
_VERDICTS: Final[Mapping[str, Message]] = {
    "agree": Message("agree"),
    "praise": Message("praise"),
    "coach": Message("coach"),
    "policy": Message("policy"),
}
