"""Commands about decisions that were taken: ``review``, ``dispute``, ``answer``."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import click

from remit.cli.review.queue.draw_options import DrawWish, draw_options
from remit.cli.support import exits
from remit.cli.support.employee import employee_of
from remit.cli.support.ledger_session import ledger_option, open_ledger, record_id
from remit.cli.support.request_options import person_options, spoken_option
from remit.cli.support.spoken import speak_of, spoken
from remit.cli.support.terminal import interactive, tell
from remit.language.locales.messages import Alternatives, Message

__all__ = ["CAUSES", "VERDICTS", "answer", "dispute", "review"]

#: As :mod:`remit.ledger.quality.reviews` has them, which a list of commands does not wait for.
VERDICTS = ("agree", "praise", "coach", "policy")
CAUSES = (
    "too_much",
    "too_little",
    "needless_escalation",
    "lack_of_authority",
    "unlike_treatment",
    "wrong_facts",
    "repeat_claims",
    "no_rule",
)
_KEY = click.option("--key", help="Idempotency key: retries with it count once.")


def _policy_of(body: dict[str, object]) -> str | None:
    """The policy under which somebody acts on a record."""
    policy = body.get("policy")
    return str(policy["id"]) if isinstance(policy, dict) else None


@click.command(short_help="Review decisions: a queue of those worth a look, or one that you name.")
@click.argument("record", required=False)
@click.option("--verdict", type=click.Choice(VERDICTS), help="What you think of it.")
@click.option("--note", help="In your own words; the employee reads it. Required to coach.")
@click.option(
    "--cause",
    type=click.Choice(CAUSES),
    metavar="CAUSE",
    help=f"What lies behind it, to coach or to change the policy: {', '.join(CAUSES)}.",
)
@click.option(
    "--tag", multiple=True, metavar="WORD", help="A word to find it by; it is in the log, so name nobody. Repeatable."
)
@click.option("--share", is_flag=True, help="The team may read the praise, and the story that belongs to it.")
@draw_options
@person_options
@spoken_option
@_KEY
@ledger_option
def review(
    record: str | None,
    verdict: str | None,
    note: str | None,
    cause: str | None,
    tag: tuple[str, ...],
    share: bool,
    employee: str | None,
    role: str | None,
    key: str | None,
    ledger_url: str | None,
    **wish: Any,
) -> int:
    """Review RECORD (its id or its number): what somebody decided, gave, took back or sent up. Without RECORD, review what was
    drawn for you: a third at random, the rest where a look is most worth it, each with the reason why.

    At a terminal, disputes that wait for an answer come first, then one case after another; one letter and Enter is a verdict.
    Elsewhere, and with --list or --json, it prints what was drawn and asks nothing.

    Anyone above the employee may, and nobody reviews what they did themselves. The employee finds it with `remit me`; praise
    is also shown when they next start at the counter. It changes no decision and no budget.

    \b
    remit review
    remit review --list --since 2026-07-01 --site harbour
    remit review --stories
    remit review 12 --verdict praise --note "You calmed them, and gave just enough."
    remit review 14 --verdict policy --cause lack_of_authority
    """
    if record is None:
        from remit.cli.review.queue.draw_list import open_queue, refuse_options

        refuse_options({"verdict": verdict, "note": note, "cause": cause, "tag": tag, "share": share, "key": key})
        with open_ledger(ledger_url, create=False) as ledger:
            return open_queue(ledger, DrawWish(employee, role, **wish))
    options = Alternatives(VERDICTS)
    missing = Message("what do you think of it? Add --verdict, with {options}.", options=options)
    if verdict is None and not interactive():
        raise click.UsageError(missing)
    with open_ledger(ledger_url, create=False) as ledger:
        found = ledger.record(record_id(ledger, record))
        speak_of(ledger, found)
        who = employee_of(ledger, employee, role, _policy_of(found.body))
        given: dict[str, Any] = {"verdict": verdict, "cause": cause, "note": note, "tags": tag, "shared": share}
        if interactive() and (verdict is None or (verdict == "coach" and note is None)):
            given = _asked_for(given, missing)
        entry = ledger.review(found.id, employee=who, key=key, **given)
        tell(Message("Reviewed, and on record as number {number}", number=entry.seq))
        return exits.FINE


def _asked_for(given: dict[str, Any], missing: Message) -> dict[str, Any]:
    """A review with what it still needs, asked for at the terminal; what was given by option is kept."""
    from remit.cli.review.queue.verdict_form import VerdictDraft, ask_coaching, fill_in
    from remit.cli.support.prompt import Back, Quit, Talk, ask_for
    from remit.decision.typed import choose

    talk = Talk(spoken())
    draft = VerdictDraft(given["verdict"], given["cause"], given["note"], given["tags"], given["shared"])
    help_text = Message(
        "agree: it was right. praise: it was good. coach: say what you would have done. policy: the policy should change."
    )
    try:
        while draft.verdict is None:
            verdict = ask_for(
                Message("What do you think of it?"),
                lambda text: choose(text, VERDICTS),
                missing=missing,
                options=VERDICTS,
                help_text=help_text,
            )
            with suppress(Back):
                fill_in(talk, draft, verdict)  # what was given by option is what Enter means
        if draft.verdict == "coach" and draft.note is None:
            ask_coaching(talk, draft)
    except (Back, Quit):
        raise click.Abort from None
    draft.shared = draft.shared or given["shared"]
    return draft.given()


@click.command(short_help="Say what is wrong with a review of your decision, once.")
@click.argument("review")
@click.option("--because", required=True, help="What the reviewer did not know, or got wrong.")
@person_options
@spoken_option
@_KEY
@ledger_option
def dispute(review: str, because: str, employee: str | None, role: str | None, key: str | None, ledger_url: str | None) -> None:
    """Dispute REVIEW (its id or its number) of something that you did. Somebody above you answers, and you read the answer
    with `remit me`. Nobody else can dispute it for you.

    \b
    remit dispute 14 --because "They had waited for three hours by then."
    """
    with open_ledger(ledger_url, create=False) as ledger:
        found = ledger.record(record_id(ledger, review))
        speak_of(ledger, found)
        who = employee_of(ledger, employee, role, _policy_of(found.body))
        entry = ledger.dispute(found.id, employee=who, text=because, key=key)
        tell(Message("Disputed, and on record as number {number}. Somebody above you will answer.", number=entry.seq))


@click.command(short_help="Answer a dispute: accept it, accept a part of it, or reject it.")
@click.argument("dispute")
@click.option("--accept", "result", flag_value="accepted", help="They are right: the verdict no longer counts.")
@click.option("--partly", "result", flag_value="partly", help="They are right in part.")
@click.option("--reject", "result", flag_value="rejected", help="The verdict is right. Not for the reviewer to say.")
@click.option("--note", required=True, help="Why; the employee reads it.")
@person_options
@spoken_option
@_KEY
@ledger_option
def answer(
    dispute: str,
    result: str | None,
    note: str,
    employee: str | None,
    role: str | None,
    key: str | None,
    ledger_url: str | None,
) -> None:
    """Answer DISPUTE (its id or its number). Anyone above the employee may; the reviewer may accept it, and leaves it to
    somebody else to reject it.

    \b
    remit answer 15 --accept --note "I did not know about the wait."
    """
    if result is None:
        raise click.UsageError(Message("what is the answer? Add --accept, --partly or --reject."))
    with open_ledger(ledger_url, create=False) as ledger:
        found = ledger.record(record_id(ledger, dispute))
        speak_of(ledger, found)
        who = employee_of(ledger, employee, role, _policy_of(found.body))
        entry = ledger.answer_dispute(found.id, result=result, employee=who, note=note, key=key)
        tell(Message("Answered, and on record as number {number}", number=entry.seq))
