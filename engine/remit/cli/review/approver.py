"""Commands for the approver: ``tasks``, ``approve``, ``decline``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from remit.cli.support import exits
from remit.cli.support.employee import answering, employee_of
from remit.cli.support.ledger_session import decision_of, ledger_option, open_ledger, record_id
from remit.cli.support.policy_lookup import today_in
from remit.cli.support.request_options import Given, person_options, spoken_option
from remit.cli.support.request_words import asked_from, facts_from, length_of
from remit.cli.support.spoken import amounts, language_spoken, speak, speak_of
from remit.cli.support.terminal import interactive, tell, tell_json
from remit.errors import NotAllowed, NotGranted
from remit.language.locales.messages import Message
from remit.language.locales.record_words import a_kind

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.people.task_list import Task

__all__ = ["approve", "decline", "tasks"]


@click.command(short_help="Answer what waits for you: a queue at a terminal, or a list.")
@click.argument("task", required=False)
@person_options
@click.option("--overdue", is_flag=True, help="Only those that have waited too long.")
@click.option("--list", "as_list", is_flag=True, help="Print the list, and ask nothing.")
@click.option("--reveal", is_flag=True, help="Show personal and masked facts in the list.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: one task a line.")
@spoken_option
@ledger_option
def tasks(
    task: str | None,
    employee: str | None,
    role: str | None,
    overdue: bool,
    as_list: bool,
    reveal: bool,
    as_json: bool,
    ledger_url: str | None,
) -> int:
    """Answer what waits for you. With TASK (its id or its number), begin with that one.

    At a terminal it shows the tasks that you may answer, and opens one after the other: who asks, for which customer, what and
    why, and what approving would leave of each budget. One letter and Enter answers it. Elsewhere, and with --list or --json,
    it prints the tasks, oldest first, and asks nothing.

    \b
    remit tasks
    remit tasks --list --role supervisor
    """
    with open_ledger(ledger_url, create=False) as ledger:
        wanted = record_id(ledger, task) if task is not None else None
        if interactive() and not (as_list or as_json):
            from remit.cli.review.tasks.task_queue import TaskQueue

            return TaskQueue(ledger, employee, role, overdue=overdue).run(wanted)
        waiting = ledger.tasks(role=role)
        if role is None and ledger.has_roster():
            waiting = [each for each in waiting if answering(ledger, each, employee, None) is not None]
        waiting = [each for each in waiting if (each.overdue or not overdue) and wanted in (None, each.id)]
        speak(*(ledger.policy_of(each.entry).model for each in waiting))
        for each in waiting:
            _print_task(ledger, each, reveal, as_json)
        if not waiting and not as_json:
            tell(Message("Nothing waits.") if wanted is None else Message("This task does not wait for you."), err=True)
        return exits.FINE


def _print_task(ledger: Ledger, task: Task, reveal: bool, as_json: bool) -> None:
    if as_json:
        tell_json(task.entry.to_dict(reveal=reveal))
    else:
        from remit.cli.review.record_text import task_lines

        for each in task_lines(task, ledger.policy_of(task.entry).model, reveal=reveal):
            tell(each)


@click.command(short_help="Approve a task: as asked, less, or something else.")
@click.argument("task")
@person_options
@click.option("--give", multiple=True, metavar="REMEDY[=AMOUNT]", help="Give this instead of what was asked. Repeatable.")
@click.option("--fact", multiple=True, metavar="NAME=VALUE", help="What was not known when it was escalated. Repeatable.")
@click.option("--evidence", multiple=True, metavar="NAME", help="What is on file by now. Repeatable.")
@click.option("--story", help="Why you give more than the rules say; uses your own discretion.")
@click.option("--permit", metavar="TIME", help="Permit it for this long (90 min, 4 h) instead of giving it.")
@spoken_option
@click.option("--key", help="Idempotency key: retries with it count once.")
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
    """Approve TASK (its id or its number), by your own authority and caps. Nobody approves their own request. What
    is for the policy's owner is approved by the owner: --role owner:NAME.

    \b
    remit approve 14 --role supervisor --employee s-2
    remit approve 14 --role supervisor --employee s-2 --give credit=60EUR --fact stay.id=s-9

    With --permit nothing is given yet: the person who asked gives it, once, before the time is over, at the counter or with
    `remit grant --permitted TASK`.

    Exits with 0 when it is given. Otherwise the answer says what is in the way, nothing is on record, and the task stays open.
    """
    from remit.cli.counter.staff import print_decision

    with open_ledger(ledger_url, create=False) as ledger:
        found = ledger.record(record_id(ledger, task))
        if found.kind != "escalate":
            raise NotAllowed(Message("{record} is {kind}, not a task", record=found.id, kind=a_kind(found.kind)))
        model = ledger.policy_of(found).model
        language = language_spoken(model)
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
            from remit.cli.review.tasks.task_words import in_the_way

            granted = error.decision.outcome == "grant"  # by their own authority, but the policy wants somebody else
            code = exits.OUTCOMES["escalate"]
            if not granted:
                code = print_decision(error.decision, None, model, {}, as_json=False, language=language)
            tell(Message("Not approved: {why}. The task stays open.", why=in_the_way(error.args[0], error.decision, model)))
            return code
        decision = decision_of(entry)
        if entry.kind == "agree":
            known = {"number": entry.seq, "count": found.body["approvals"]["count"]}
            tell(
                Message(
                    "Agreed, on record as number {number}. It is given when {count} have agreed; somebody else must, too.",
                    **known,
                )
            )
            return exits.OUTCOMES["escalate"]
        if entry.kind == "permit":
            until = datetime.fromisoformat(entry.body["permits"]["until"])
            tell(
                Message(
                    "Permitted until {until}, on record as number {number}. Nothing is given yet:",
                    until=until,
                    number=entry.seq,
                )
            )
            known = {"who": found.employee, "number": found.seq}
            tell(Message("{who} can give it at the counter, or with `remit grant --permitted {number}`.", **known))
            return exits.FINE
        if decision.outcome == "grant":
            return print_decision(decision, entry, model, {}, as_json=False, language=language)
        tell(Message("Approved by the owner of the policy: {what}.", what=amounts(model, decision.asked)))
        tell(Message("Given, and on record as number {number}", number=entry.seq))
        return exits.FINE


@click.command(short_help="Decline a task, with the reason.")
@click.argument("task")
@click.option("--reason", required=True, help="Why not. The person who asked will read it.")
@person_options
@spoken_option
@click.option("--key", help="Idempotency key: retries with it count once.")
@ledger_option
def decline(task: str, reason: str, employee: str | None, role: str | None, key: str | None, ledger_url: str | None) -> None:
    """Decline TASK (its id or its number). Anyone who could approve it may."""
    with open_ledger(ledger_url, create=False) as ledger:
        found = ledger.record(record_id(ledger, task))
        speak_of(ledger, found)
        who = employee_of(ledger, employee, role, (found.body.get("policy") or {}).get("id"), to=found.body.get("to"))
        entry = ledger.decline(found.id, employee=who, reason=reason, key=key)
        tell(Message("Declined, and on record as number {number}, {record}", number=entry.seq, record=entry.id))
