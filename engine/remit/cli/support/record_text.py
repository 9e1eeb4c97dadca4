"""Records of the ledger for people: one in full, or many as lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from remit.cli.support import exits
from remit.cli.support.prompt import show
from remit.cli.support.terminal import columns, is_plain, tell
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow
from remit.errors import NotAllowed
from remit.language import words

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry
    from remit.ledger.people.task_list import Task
    from remit.policy.model import Model

__all__ = ["judged", "line", "print_record", "task_lines", "waited"]


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
    did = f"; {_act(entry)}" if entry.act else ""
    return columns(f"{entry.seq:>6} ", f"{when} ", f"{what:<16}", f"{who:<24}", f"{given}{did}{case}{look}")


def _act(entry: Entry) -> str:
    """What the employee did with the answer."""
    return f"handed over to {_addressee(entry.body['to'])}" if entry.act == "handed_over" else str(entry.act)


def task_lines(task: Task, model: Model, *, reveal: bool) -> Iterator[str]:
    """A task that waits, on a few lines: what, who and which case; for whom, since when, which customer, what is missing."""
    yield line(task.entry)
    owner = task.addressee == model.owner_role
    whom = f"{model.owner}, who own the policy" if owner else words.a(words.name(task.addressee))
    facts = task.entry.facts(reveal=reveal)
    ids = [
        f"{words.name(name)} {facts[name]}" for name, fact in model.facts.items() if fact.is_id and facts.get(name) is not None
    ]
    lacks = f"still to be known: {words.listing(map(words.name, task.missing))}" if task.missing else ""
    waiting = f"waiting {waited(datetime.now(UTC) - task.since)}"
    signed = f"{words.listing(task.agreed)} {'has' if len(task.agreed) == 1 else 'have'} agreed" if task.agreed else ""
    many = f"{task.count} must agree" if task.count > 1 and not owner else ""
    late = "overdue" if task.overdue else ""
    parts = (task.entry.body["policy"]["id"], f"for {whom}", waiting, late, many, signed, ", ".join(ids), lacks)
    said = "; ".join(filter(None, parts))
    yield from [said] if is_plain() else wrap(said, 80, initial_indent=" " * 8, subsequent_indent=" " * 8)


def _addressee(to: str) -> str:
    return "the policy's owner" if to.startswith("owner:") else words.a(words.name(to))


def waited(time: timedelta) -> str:
    """``2 days``, ``3 hours``, ``5 minutes``: in the largest unit of which there is one."""
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if time >= length:
            return f"{time // length} {words.plural(unit, time // length)}"
    return "less than a minute"


def _given(decision: Decision) -> str:
    parts = [name if value is True else f"{name} {words.quantity(value)}" for name, value in decision.asked.items() if value]
    return ", ".join(parts) or "what may be given?"


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
        return f"of number {seq_of(entry.of or '')}, now for {_addressee(body['to'])}"
    if entry.kind in ("review", "answer"):
        return f"of number {seq_of(entry.of or '')}, {judged(body)}; about {body['reviewed']['id']}"
    giver = body.get("giver")
    mine = giver is not None and giver["id"] == entry.employee
    whose = f", {'their own' if mine else 'given by ' + giver['id']}" if giver is not None else ""
    return f"of number {seq_of(entry.of)}{whose}" if entry.of else ""


def print_record(ledger: Ledger, entry: Entry, *, reveal: bool) -> int:
    """One record in full, and whether it is decided the same again; returns the exit code."""
    decision = entry.decision
    show(AnswerPage(_headline(entry), "heading", tuple(_about(ledger, entry, reveal))))
    if decision is None or entry.body.get("policy") is None:
        return exits.FINE
    from remit.decision.page.render import render

    click.echo()
    show(render(decision, ledger.policy_of(entry).model))
    click.echo()
    try:
        again = ledger.redecide(entry.id)
    except NotAllowed as error:
        tell(f"Not decided again: {error}.")
        return exits.FINE
    if again.same:
        tell("Decided again from the policy in the ledger: the same, bit for bit.")
        return exits.FINE
    tell(f"Decided again from the policy in the ledger: it differs in {words.listing(again.differences)}.")
    return exits.FAILED


def _headline(entry: Entry) -> str:
    who = f" by {entry.employee} ({words.name(entry.role or '')})" if entry.employee else ""
    return f"Record {entry.seq}, {entry.kind}: {entry.recorded.astimezone():%Y-%m-%d %H:%M:%S %Z}{who}"


def _about(ledger: Ledger, entry: Entry, reveal: bool) -> Iterator[PageBlock]:
    from remit.ledger.log.entry import WORDS

    facts = entry.facts(reveal=reveal)
    others = [each for each in ledger.related(entry.id) if each.id != entry.id]
    for heading, rows in (
        ("The record", [PageRow("id", entry.id), *_optional(("case", entry.case), ("of", entry.of)), *_standing(entry)]),
        ("What was known", [PageRow(name, _plain(value)) for name, value in facts.items()]),
        ("Where that comes from", list(_origins(entry))),
        ("What the ledger knew", list(_read(entry, reveal))),
        ("In their own words", list(_optional(*((name, entry.words(name, reveal=reveal)) for name in WORDS)))),
        ("What belongs to it", [PageRow(f"{each.seq}", _said(each, reveal)) for each in others]),
    ):
        if rows:
            yield PageBlock(heading, tuple(rows))


def _said(entry: Entry, reveal: bool) -> str:
    """A record that belongs to another one: its kind, and of a review, a dispute and its answer what they say."""
    body = entry.body
    if entry.kind not in ("review", "dispute", "answer"):
        return entry.kind
    shown = entry.words("note", reveal=reveal) or entry.words("reason", reveal=reveal)
    what = f"{entry.kind}: {judged(body)}" if entry.kind != "dispute" else entry.kind
    return f"{what}, by {entry.employee}" + (f": {shown}" if shown else "")


def judged(body: Mapping[str, Any]) -> str:
    """The verdict of a review and what lies behind it, or the result of a dispute, in a few words."""
    from remit.ledger.quality.reviews import CAUSES, RESULTS

    if body["kind"] == "answer":
        return RESULTS[body["result"]]
    return str(body["verdict"]) + (f" ({CAUSES[body['cause']]})" if "cause" in body else "")


def _standing(entry: Entry) -> Iterator[PageRow]:
    """By what right it was done, and what somebody should look at."""
    who = entry.body.get("employee") or {}
    source, acting = who.get("source"), who.get("acting")
    if acting is not None:
        whom = f" for {acting['for']}" if "for" in acting else ""
        yield PageRow("role", f"acting{whom}: {acting['because']} (by leave of {acting['by']})")
    elif source is not None:
        yield PageRow("role", "by the roster" if source == "roster" else "as they said: there was no roster")
    body, decision = entry.body, entry.decision
    if entry.act:
        yield PageRow("done", _act(entry))
        if backed := entry.backed_by:
            yield PageRow("safe", f"The policy backed this: {words.plural('guardrail', len(backed))} {words.listing(backed)}")
    if entry.kind in ("review", "dispute"):
        yield PageRow("about", f"what {body['reviewed']['id']} did")
    if entry.kind in ("review", "answer"):
        tags, shared = body.get("tags", ()), "with the team" if body.get("shared") else None
        yield from _optional(("verdict", judged(body)), ("tags", ", ".join(tags)), ("shared", shared))
    if entry.kind == "permit":
        permits = body["permits"]
        yield PageRow("permitted", f"until {permits['until']}, with the key {permits['key']}; nothing is given by this record")
    if entry.kind == "agree":
        yield PageRow("agreed", "nothing is given until enough have agreed")
    if entry.kind == "approve" and decision is not None and decision.outcome != "grant":
        yield PageRow("given", "by the owner of the policy, beyond what it allows")
    if entry.kind == "overdue":
        yield PageRow("for", f"{_addressee(body['to'])}: nobody has answered in time")
    if entry.kind == "escalate":
        wants = body.get("approvals", {})
        many = f"{wants['count']} must agree" if wants.get("count", 1) > 1 else None
        lacks = words.listing(body["missing"]) if "missing" in body else None
        yield from _optional(("for", body["to"]), ("wanted", many), ("due", body.get("due")), ("to be known", lacks))
    if strange := entry.body.get("confusable"):
        yield PageRow(
            "look closely", f"{words.listing(strange)}: written with letters of another alphabet that look like Latin ones"
        )


def _origins(entry: Entry) -> Iterator[PageRow]:
    request = entry.body.get("request") or {}
    sources, filed = request.get("sources", {}), request.get("filed", {})
    for source, said in (("stated", "somebody's word"), ("evidence", "read from what is on file")):
        names = [name for name, each in sources.items() if each == source]
        if names:
            yield PageRow(said, words.listing(names))
    for name, told in filed.items():
        yield PageRow(name, f"filed by {told['by']}" + (f", {told['reference']}" if "reference" in told else ""))


def _read(entry: Entry, reveal: bool) -> Iterator[PageRow]:
    read = entry.read(reveal=reveal)
    for name, balance in read.get("balances", {}).items():
        if "used" in balance:
            until = f", until {balance['until']}" if "until" in balance else ""
            yield PageRow(name, f"{_plain(balance['used'])} used{until}")
        else:
            yield PageRow(name, _unknown(balance))
    personal = read.get("personal", {})
    for key, said in (("ceiling", "at most"), ("trust", "trusted with")):
        for name, amount in personal.get(key, {}).items():
            yield PageRow(key, f"{said} {name if amount is True else f'{_plain(amount)} {name}'}")
    if personal.get("own_account"):
        yield PageRow("own account", "yes")
    for name, value in read.get("history", {}).items():
        yield PageRow(name, _unknown(value) if isinstance(value, dict) else _plain(value))


def _unknown(said: dict[str, list[str]]) -> str:
    return f"not known without {words.listing(said['missing'])}"


def _optional(*pairs: tuple[str, str | None]) -> Iterator[PageRow]:
    for name, value in pairs:
        if value:
            yield PageRow(name, value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)
