"""Commands for those who look after decisions: ``log``, ``tasks``, ``approve``, ``decline``."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import click

from remit.cli.support import exits
from remit.cli.support.employee import employee_of, may_answer
from remit.cli.support.ledger_session import decision_of, ledger_option, open_ledger, record_id
from remit.cli.support.policy_lookup import today_in
from remit.cli.support.request_words import Given, asked_from, day_of, facts_from, length_of, person_options
from remit.cli.support.terminal import tell, tell_json
from remit.errors import NotAllowed, NotGranted
from remit.language import words

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry
    from remit.ledger.people.task_list import Task

__all__ = ["approve", "decline", "log", "tasks"]

_REVEAL = click.option("--reveal", is_flag=True, help="Show personal and masked facts too.")
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON Lines: one record a line.")
_KINDS = (
    "decide",
    "grant",
    "hold",
    "settle",
    "release",
    "void",
    "escalate",
    "overdue",
    "agree",
    "permit",
    "approve",
    "decline",
    "review",
    "dispute",
    "answer",
    "erase",
    "publish",
    "migrate",
    "note",
)


@click.command(short_help="What was decided: the newest records, or those you look for.")
@click.option("--policy", help="Only decisions of this policy (its name).")
@click.option("--employee", help="Only by this employee.")
@click.option("--case", help="Only of this case.")
@click.option("--outcome", type=click.Choice(list(exits.OUTCOMES)), help="Only with this outcome.")
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    metavar="KIND",
    multiple=True,
    help=f"Only records of this kind: {', '.join(_KINDS)}. Again for each.",
)
@click.option("--fact", multiple=True, metavar="NAME=VALUE", help="Only where this was known. Again for each.")
@click.option("--since", metavar="DAY", help="From this day on: 2026-07-01, today, yesterday.")
@click.option("--until", metavar="DAY", help="Up to and with this day.")
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="How many, the newest.")
@click.option("--all", "everything", is_flag=True, help="All of them, oldest first.")
@click.option("--follow", is_flag=True, help="Go on with new records as they come, until Ctrl-C.")
@_REVEAL
@_JSON
@ledger_option
def log(last: int, everything: bool, follow: bool, reveal: bool, as_json: bool, ledger_url: str | None, **wanted: Any) -> None:
    """Show what is on record, oldest first: the newest 20, or as many as --last says.

    \b
    remit log --employee e-17 --since yesterday
    remit log --outcome escalate --json | jq .case
    """
    found = _filter(**wanted)
    with open_ledger(ledger_url, create=False) as ledger:
        seen = ledger.head().size if follow else 0  # before anything is read: what comes meanwhile is shown too
        if everything:
            shown = ledger.records(**found)
        else:
            shown = iter(list(ledger.records(newest_first=True, limit=last, **found))[::-1])
        for entry in shown:
            seen = max(seen, entry.seq)
            _print(entry, reveal, as_json)
        if follow:
            for entry in ledger.follow(after=seen, **found):
                _print(entry, reveal, as_json)


def _filter(
    fact: tuple[str, ...], kind: tuple[str, ...], since: str | None, until: str | None, **simple: Any
) -> dict[str, Any]:
    """The options as :meth:`remit.Ledger.records` wants them. Raises ``click.UsageError`` with all that are wrong."""
    wrong = [f"--fact: `{text}` is not NAME=VALUE." for text in fact if not text.partition("=")[0] or "=" not in text]
    begin, end = _midnight(since, "--since", 0, wrong), _midnight(until, "--until", 1, wrong)
    if begin and end and begin >= end:
        wrong.append("--since is a day after --until.")
    wrong += [f"--{name} is empty." for name, value in simple.items() if value == ""]
    if wrong:
        raise click.UsageError("\n       ".join(wrong))
    facts = dict(text.split("=", 1) for text in fact)
    return {**simple, "kind": kind or None, "facts": facts or None, "since": begin, "until": end}


def _midnight(text: str | None, option: str, days: int, wrong: list[str]) -> datetime | None:
    """Midnight here, when the day begins, or so many days later; what is wrong is added to ``wrong``."""
    if text is None:
        return None
    try:
        return datetime.combine(day_of(text, date.today(), option) + timedelta(days), time()).astimezone()
    except click.BadParameter as error:
        wrong.append(f"{option}: {error.message}")
    except (OverflowError, ValueError):
        wrong.append(f"{option}: `{text}` is too far away.")
    return None


def _print(entry: Entry, reveal: bool, as_json: bool) -> None:
    if as_json:
        tell_json(entry.to_dict(reveal=reveal))
    else:
        from remit.cli.support.record_text import line

        tell(line(entry))


@click.command(short_help="What waits for an answer from above.")
@click.option("--role", envvar="REMIT_ROLE", help="Only those that this role may answer. [REMIT_ROLE]")
@click.option("--overdue", is_flag=True, help="Only those that have waited too long.")
@_REVEAL
@_JSON
@ledger_option
def tasks(role: str | None, overdue: bool, reveal: bool, as_json: bool, ledger_url: str | None) -> None:
    """Show what was sent up and waits for an answer, oldest first. Where the ledger has a roster, what you may answer.

    \b
    remit tasks --role supervisor
    """
    with open_ledger(ledger_url, create=False) as ledger:
        waiting = ledger.tasks(role=role)
        if role is None and ledger.has_roster():
            waiting = [task for task in waiting if may_answer(ledger, task)]
        waiting = [task for task in waiting if task.overdue or not overdue]
        for task in waiting:
            _print_task(ledger, task, reveal, as_json)
        if not waiting and not as_json:
            tell("Nothing waits.", err=True)


def _print_task(ledger: Ledger, task: Task, reveal: bool, as_json: bool) -> None:
    if as_json:
        _print(task.entry, reveal, as_json)
    else:
        from remit.cli.support.record_text import task_lines

        for each in task_lines(task, ledger.policy_of(task.entry).model, reveal=reveal):
            tell(each)


@click.command(short_help="Approve a task: as asked, less, or something else.")
@click.argument("task")
@person_options
@click.option("--give", multiple=True, metavar="REMEDY[=AMOUNT]", help="Give this instead of what was asked. Again for each.")
@click.option("--fact", multiple=True, metavar="NAME=VALUE", help="What was not known when it was sent up. Again for each.")
@click.option("--evidence", multiple=True, metavar="NAME", help="What is on file by now. Again for each.")
@click.option("--story", help="Why you give more than the rules say; uses your own discretion.")
@click.option("--permit", metavar="TIME", help="Permit it for so long (90 min, 4 h) instead of giving it.")
@click.option("--key", help="Makes it count once, however often it is sent.")
@ledger_option
def approve(
    task: str,
    employee: str | None,
    role: str | None,
    give: tuple[str, ...],
    fact: tuple[str, ...],
    evidence: tuple[str, ...],
    story: str | None,
    permit: str | None,
    key: str | None,
    ledger_url: str | None,
) -> int:
    """Approve TASK (its id or its number), by your own authority and caps. Nobody approves what they asked themselves. What
    goes to the policy's owner is approved by them: --role owner:NAME.

    \b
    remit approve 14 --role supervisor --employee s-2
    remit approve 14 --role supervisor --employee s-2 --give credit=60EUR --fact stay.id=s-9

    With --permit nothing is given yet: whoever asked gives it, by asking again for exactly the same with the key that it
    was sent up with, once, before the time is over.

    Leaves with 0 when it is given; else the answer says what is in the way, nothing is on record, and the task stays open.
    """
    from remit.cli.counter.staff import print_decision

    with open_ledger(ledger_url, create=False) as ledger:
        found = ledger.record(record_id(ledger, task))
        if found.kind != "escalate":
            raise NotAllowed(f"{found.id} is {words.a(found.kind)}, not a task")
        model = ledger.policy_of(found).model
        facts = facts_from(model, fact, today_in(model.timezone))
        try:
            entry = ledger.approve(
                found.id,
                employee=employee_of(ledger, employee, role, model.id, (*model.ladder, model.owner_role), found.body["to"]),
                asked=asked_from(model, Given(give=give)) if give else None,
                facts=facts,
                sources=dict.fromkeys((name for name in facts if name in model.facts), "stated"),
                evidence=evidence,
                story=story,
                use_discretion=story is not None,
                give=permit is None,
                until=None if permit is None else datetime.now(UTC) + length_of(permit, "--permit"),
                key=key,
            )
        except NotGranted as error:
            granted = error.decision.outcome == "grant"  # by their own authority, but the policy wants somebody else
            code = exits.OUTCOMES["escalate"] if granted else print_decision(error.decision, None, model, {}, as_json=False)
            tell(f"Not approved: {error}. The task stays open.")
            return code
        decision = decision_of(entry)
        if entry.kind == "agree":
            count = found.body["approvals"]["count"]
            tell(f"Agreed, on record as number {entry.seq}. It is given when {count} have agreed; somebody else must, too.")
            return exits.OUTCOMES["escalate"]
        if entry.kind == "permit":
            until = datetime.fromisoformat(entry.body["permits"]["until"]).astimezone()
            tell(f"Permitted until {until:%Y-%m-%d %H:%M}, on record as number {entry.seq}. Nothing is given yet:")
            tell(f"{found.employee} asks again for the same, with the key {entry.body['permits']['key']}.")
            return exits.FINE
        if decision.outcome == "grant":
            return print_decision(decision, entry, model, {}, as_json=False)
        given = words.listing(words.amount(model.remedies[name].title, value) for name, value in decision.asked.items())
        tell(f"Approved by the owner of the policy: {given}.")
        tell(f"Given, and on record as number {entry.seq}")
        return exits.FINE


@click.command(short_help="Decline a task, with the reason.")
@click.argument("task")
@click.option("--reason", required=True, help="Why not; the one who asked will read it.")
@person_options
@click.option("--key", help="Makes it count once, however often it is sent.")
@ledger_option
def decline(task: str, reason: str, employee: str | None, role: str | None, key: str | None, ledger_url: str | None) -> None:
    """Decline TASK (its id or its number). Whoever could approve it may."""
    with open_ledger(ledger_url, create=False) as ledger:
        found = ledger.record(record_id(ledger, task))
        who = employee_of(ledger, employee, role, (found.body.get("policy") or {}).get("id"), to=found.body.get("to"))
        entry = ledger.decline(found.id, employee=who, reason=reason, key=key)
        tell(f"Declined, and on record as number {entry.seq}, {entry.id}")
