"""One record in full, for people, and whether it is decided the same again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import click

from remit.cli.review.record_text import act_text, became, judged
from remit.cli.support import exits
from remit.cli.support.prompt import show
from remit.cli.support.spoken import error_text, language_spoken, owner_or_role, spoken
from remit.cli.support.terminal import tell
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow
from remit.errors import NotAllowed, RemitError
from remit.language.locales.messages import ENGLISH, Message
from remit.language.locales.record_words import kind_name
from remit.language.values import Money

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry

__all__ = ["print_record"]


def print_record(ledger: Ledger, entry: Entry, *, reveal: bool) -> int:
    """One record in full, and whether it is decided the same again; returns the exit code."""
    decision = entry.decision
    show(AnswerPage(_headline(entry), "heading", tuple(_about(ledger, entry, reveal))))
    if decision is None or entry.body.get("policy") is None:
        return exits.FINE
    from remit.decision.page.render import render

    click.echo()
    model = ledger.policy_of(entry).model
    show(render(decision, model, language=language_spoken(model)))
    click.echo()
    try:
        again = ledger.redecide(entry.id)
    except NotAllowed as error:
        tell(Message("Not decided again: {why}.", why=error_text(error)))
        return exits.FINE
    if again.same:
        tell(Message("Decided again from the policy in the ledger: the same, bit for bit."))
        return exits.FINE
    names = tuple(again.differences)
    tell(Message("Decided again from the policy in the ledger: it differs in {names}.", names=names))
    return exits.FAILED


def _headline(entry: Entry) -> str:
    _ = spoken()
    known = {"number": entry.seq, "kind": kind_name(entry.kind), "time": f"{entry.recorded.astimezone():%Y-%m-%d %H:%M:%S %Z}"}
    if not entry.employee:
        return _("Record {number}, {kind}: {time}", **known)
    who = f"{entry.employee} ({_.role(entry.role or '')})"
    return _("Record {number}, {kind}: {time} by {who}", **known, who=who)


def _about(ledger: Ledger, entry: Entry, reveal: bool) -> Iterator[PageBlock]:
    from remit.ledger.log.entry import WORDS

    _ = spoken()
    facts = entry.facts(reveal=reveal)
    others = [each for each in ledger.related(entry.id) if each.id != entry.id]
    record = [("id", entry.id), (_("case"), entry.case), (_("of"), entry.of)]
    said = ((_(_WORDS[name]), entry.words(name, reveal=reveal)) for name in WORDS)
    for heading, rows in (
        (_("The record"), [*_optional(*record), *_standing(entry)]),
        (_("What was known"), [PageRow(name, _plain(value)) for name, value in facts.items()]),
        (_("Where that comes from"), list(_origins(entry))),
        (_("What the ledger knew"), list(_read(entry, reveal))),
        (_("In their own words"), list(_optional(*said))),
        (_("What belongs to it"), [PageRow(f"{each.seq}", _said(each, reveal)) for each in others]),
    ):
        if rows:
            yield PageBlock(heading, tuple(rows))


#: What words of people are called that a record may hold.
_WORDS: Final[Mapping[str, Message]] = {
    "note": Message("note"),
    "reason": Message("reason"),
    "story": Message("story"),
}


def _said(entry: Entry, reveal: bool) -> str:
    """A record that belongs to another one: its kind, and of a review, a dispute and its answer what they say."""
    _, kind = spoken(), kind_name(entry.kind)
    if entry.kind == "outcome":
        return _("{what}: {words}", what=kind, words=became(entry.body))
    if entry.kind == "rate":
        return _("judged in a calibration, by {who}", who=entry.employee)
    if entry.kind not in ("review", "dispute", "answer"):
        return _.of(kind)
    shown = entry.words("note", reveal=reveal) or entry.words("reason", reveal=reveal)
    what = _("{kind}, by {who}", kind=kind, who=entry.employee)
    if entry.kind != "dispute":
        what = _("{kind}: {verdict}, by {who}", kind=kind, verdict=judged(entry.body), who=entry.employee)
    return _("{what}: {words}", what=what, words=shown) if shown else what


def _standing(entry: Entry) -> Iterator[PageRow]:
    """By what right it was done, and what somebody should look at."""
    _ = spoken()
    who = entry.body.get("employee") or {}
    source, acting = who.get("source"), who.get("acting")
    if acting is not None:
        known = {"because": acting["because"], "by": acting["by"]}
        said = _("acting: {because} (by leave of {by})", **known)
        if "for" in acting:
            said = _("acting for {who}: {because} (by leave of {by})", **known, who=acting["for"])
        yield PageRow(_("role"), said)
    elif source is not None:
        by_roster = source == "roster"
        yield PageRow(_("role"), _("by the roster") if by_roster else _("as they said: there was no roster"))
    body, decision = entry.body, entry.decision
    if entry.act:
        yield PageRow(_("done"), act_text(entry))
        if backed := entry.backed_by:
            told = _.plural(
                "The policy backed this: guardrail {names}",
                "The policy backed this: guardrails {names}",
                len(backed),
                names=tuple(backed),
            )
            yield PageRow(_("safe"), told)
    if entry.kind in ("review", "dispute"):
        yield PageRow(_("about"), _("what {who} did", who=body["reviewed"]["id"]))
    if entry.kind in ("review", "answer"):
        tags, shared = body.get("tags", ()), _("with the team") if body.get("shared") else None
        yield from _optional((_("verdict"), judged(body)), (_("tags"), ", ".join(tags)), (_("shared"), shared))
    if entry.kind == "permit":
        known = {"until": body["permits"]["until"], "key": body["permits"]["key"]}
        yield PageRow(_("permitted"), _("until {until}, with the key {key}; nothing is given by this record", **known))
    if entry.kind == "agree":
        yield PageRow(_("agreed"), _("nothing is given until enough have agreed"))
    if entry.kind == "approve" and decision is not None and decision.outcome != "grant":
        yield PageRow(_("given"), _("by the owner of the policy, beyond what it allows"))
    if entry.kind == "overdue":
        yield PageRow(_("for"), _("{who}: nobody has answered in time", who=owner_or_role(body["to"])))
    if entry.kind == "escalate":
        count = body.get("approvals", {}).get("count", 1)
        many_agree = _("{count} must agree", count=count) if count > 1 else None
        lacks = _.listing(body["missing"]) if "missing" in body else None
        wanted = ((_("wanted"), many_agree), (_("due"), body.get("due")), (_("to be known"), lacks))
        yield from _optional((_("for"), body["to"]), *wanted)
    if strange := entry.body.get("confusable"):
        told = _("{names}: written with letters of another alphabet that look like Latin ones", names=tuple(strange))
        yield PageRow(_("look closely"), told)


def _origins(entry: Entry) -> Iterator[PageRow]:
    _, request = spoken(), entry.body.get("request") or {}
    sources, filed = request.get("sources", {}), request.get("filed", {})
    for source, said in (("stated", _("somebody's word")), ("evidence", _("read from what is on file"))):
        names = [name for name, each in sources.items() if each == source]
        if names:
            yield PageRow(said, _.listing(names))
    for name, told in filed.items():
        where = _("filed by {who}", who=told["by"])
        if "reference" in told:
            where = _("filed by {who}, {reference}", who=told["by"], reference=told["reference"])
        yield PageRow(name, where)


def _read(entry: Entry, reveal: bool) -> Iterator[PageRow]:
    _, read = spoken(), entry.read(reveal=reveal)
    for name, balance in read.get("balances", {}).items():
        if "used" not in balance:
            yield PageRow(name, _unknown(balance))
        elif "until" in balance:
            known = {"amount": _plain(balance["used"]), "day": _plain(balance["until"])}
            yield PageRow(name, _("{amount} used, until {day}", **known))
        else:
            yield PageRow(name, _("{amount} used", amount=_plain(balance["used"])))
    personal = read.get("personal", {})
    for name, amount in personal.get("ceiling", {}).items():
        yield PageRow(_("ceiling"), _("at most {amount}", amount=_personal(name, amount)))
    for name, amount in personal.get("trust", {}).items():
        yield PageRow(_("trust"), _("trusted with {amount}", amount=_personal(name, amount)))
    if personal.get("own_account"):
        yield PageRow(_("own account"), _("yes"))
    for name, value in read.get("history", {}).items():
        yield PageRow(name, _unknown(value) if isinstance(value, dict) else _plain(value))


def _personal(name: str, amount: Any) -> str:
    return name if amount is True else f"{_plain(amount)} {name}"


def _unknown(said: dict[str, list[str]]) -> str:
    _ = spoken()
    return _("not known without {names}", names=tuple(said["missing"]))


def _optional(*pairs: tuple[str, str | None]) -> Iterator[PageRow]:
    for name, value in pairs:
        if value:
            yield PageRow(name, value)


def _plain(value: Any) -> str:
    """A value as the record has it; money and days as the language writes them."""
    _ = spoken()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, str) and _ is not ENGLISH:
        with suppress(ValueError, RemitError):
            if re.fullmatch(r"-?[\d.]+ [A-Z]{3}", value):
                return _.quantity(Money.of(value))
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                return _.day(date.fromisoformat(value))
    return str(value)
