"""``calibrate``: several reviewers judge the same cases without seeing each other's verdicts; and ``outcome``: what became of a
customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import click

from remit.cli.review.reviewing import CAUSES, VERDICTS
from remit.cli.support.employee import employee_of
from remit.cli.support.ledger_session import ledger_option, open_ledger, record_id
from remit.cli.support.prompt import show
from remit.cli.support.request_options import person_options
from remit.cli.support.terminal import tell, tell_json

if TYPE_CHECKING:
    from remit.ledger import Calibration, Ledger
    from remit.review.agreement import Agreement

__all__ = ["calibrate"]

_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@click.group(short_help="Judge the same cases as others, without seeing their verdicts.")
def calibrate() -> None:
    """Several reviewers judge the same cases before a deadline. Nobody sees another's verdict on a case before giving their
    own; afterwards the table says how far they agree, and on which cases they do not. These verdicts are for the reviewers:
    the employees do not see them.

    \b
    remit calibrate start 12 40 57 --reviewer s-1 --reviewer s-2 --days 5
    remit calibrate list
    remit calibrate rate 101
    remit calibrate show 101
    """


@calibrate.command(short_help="Choose the cases, the reviewers and the deadline.")
@click.argument("records", nargs=-1, required=True)
@click.option("--reviewer", multiple=True, required=True, metavar="ID", help="Who judges them. Repeatable; at least two.")
@click.option("--days", type=click.IntRange(1, 365), default=7, show_default=True, help="How many days they have, from today.")
@click.option("--title", help="What it is about. It stands apart from the log.")
@person_options
@ledger_option
def start(
    records: tuple[str, ...],
    reviewer: tuple[str, ...],
    days: int,
    title: str | None,
    employee: str | None,
    role: str | None,
    ledger_url: str | None,
) -> None:
    """Have RECORDS (ids or numbers) judged by several reviewers. You may start it where you may review each of them."""
    deadline = datetime.combine(date.today() + timedelta(days=days + 1), time()).astimezone()  # the end of the last day
    with open_ledger(ledger_url, create=False) as ledger:
        chosen = [record_id(ledger, each) for each in records]
        who = employee_of(ledger, employee, role, _policy_of(ledger.record(chosen[0]).body))
        entry = ledger.calibrate(chosen, reviewers=reviewer, until=deadline, employee=who, title=title)
        tell(f"Started, and on record as number {entry.seq}. Each reviewer now runs: remit calibrate rate {entry.seq}")


@calibrate.command("list", short_help="What waits for you.")
@_JSON
@person_options
@ledger_option
def list_(as_json: bool, employee: str | None, role: str | None, ledger_url: str | None) -> None:
    """The calibrations of the last year in which you take part, the newest first."""
    with open_ledger(ledger_url, create=False) as ledger:
        who = employee_of(ledger, employee, role, None)
        found = ledger.calibrations(employee=who)
        for each in found:
            waiting = len(each.waiting_for(who["id"]))
            if as_json:
                tell_json({"number": each.seq, "title": each.title, "until": each.until.isoformat(), "waiting": waiting})
                continue
            state = "closed" if each.is_closed else f"{waiting} of {len(each.records)} wait for you"
            tell(f"{each.seq:>6}  until {each.until.astimezone():%Y-%m-%d %H:%M}  {state}  {each.title or ''}".rstrip())
        if not found and not as_json:
            tell("You take part in no calibration.")


@calibrate.command(short_help="Judge what waits for you, one case after another.")
@click.argument("calibration")
@click.argument("record", required=False)
@click.option("--verdict", type=click.Choice(VERDICTS), help="What you think of RECORD. Without it you are asked.")
@click.option("--note", help="In your own words. Required to coach.")
@click.option(
    "--cause", type=click.Choice(CAUSES), metavar="CAUSE", help="What lies behind it, to coach or to change the policy."
)
@person_options
@ledger_option
def rate(
    calibration: str,
    record: str | None,
    verdict: str | None,
    note: str | None,
    cause: str | None,
    employee: str | None,
    role: str | None,
    ledger_url: str | None,
) -> None:
    """Judge the cases of CALIBRATION (its number): all that wait for you, or RECORD alone.

    \b
    remit calibrate rate 101
    remit calibrate rate 101 12 --verdict agree
    """
    with open_ledger(ledger_url, create=False) as ledger:
        name = record_id(ledger, calibration)
        who = employee_of(ledger, employee, role, None)
        if record is not None and verdict is not None:
            entry = ledger.rate(name, record_id(ledger, record), verdict=verdict, employee=who, note=note, cause=cause)
            tell(f"Judged, and on record as number {entry.seq}")
            return
        if verdict is not None or note is not None or cause is not None:
            raise click.UsageError("which record? Name it, or leave the verdict out to be asked.")
        from remit.cli.review.rating_desk import judge

        found = ledger.calibration(name, employee=who)
        waiting = found.waiting_for(who["id"])
        if record is not None:
            waiting = tuple(each for each in waiting if each == record_id(ledger, record))
        judge(ledger, found, waiting, who)


@calibrate.command("show", short_help="The verdicts, as far as they are open to you, and how far you agree.")
@click.argument("calibration")
@_JSON
@person_options
@ledger_option
def show_(calibration: str, as_json: bool, employee: str | None, role: str | None, ledger_url: str | None) -> None:
    """The verdicts of CALIBRATION (its number), as far as they are open to you: each case that you have judged, and all of them
    once it is closed. Then also how far the reviewers agree beyond chance."""
    from remit.review.agreement import agreement_of

    with open_ledger(ledger_url, create=False) as ledger:
        who = employee_of(ledger, employee, role, None)
        found = ledger.calibration(record_id(ledger, calibration), employee=who)
        agreement = agreement_of(found) if found.is_closed else None
        if as_json:
            tell_json(_plain(ledger, found, agreement))
            return
        show(_page(ledger, found, agreement))


def _policy_of(body: Mapping[str, Any]) -> str | None:
    policy = body.get("policy")
    return str(policy["id"]) if isinstance(policy, dict) else None


def _numbers(ledger: Ledger, found: Calibration) -> dict[str, int]:
    return {record: ledger.record(record).seq for record in found.records}


def _plain(ledger: Ledger, found: Calibration, agreement: Agreement | None) -> dict[str, Any]:
    numbers = _numbers(ledger, found)
    out: dict[str, Any] = {
        "number": found.seq,
        "title": found.title,
        "until": found.until.isoformat(),
        "closed": found.is_closed,
        "ratings": [
            {
                "record": numbers[each.record],
                "reviewer": each.reviewer,
                "verdict": each.verdict,
                "cause": each.cause,
                "note": each.note,
            }
            for each in found.ratings
        ],
    }
    if agreement is not None:
        kappa = agreement.kappa.to_dict() if agreement.kappa is not None else None
        split = [numbers[each] for each in agreement.split]
        out["agreement"] = {"cases": agreement.cases, "same": agreement.same, "kappa": kappa, "split": split}
    return out


def _page(ledger: Ledger, found: Calibration, agreement: Agreement | None) -> Any:
    from remit.decision.page.answer import AnswerPage, PageBlock, PageRow

    numbers = _numbers(ledger, found)
    blocks = [
        PageBlock(
            f"Record {numbers[record]}",
            tuple(
                PageRow(each.reviewer, "has judged it" if each.verdict is None else _said(each.verdict, each.cause, each.note))
                for each in found.ratings
                if each.record == record
            )
            or (PageRow("", "nobody has judged it yet"),),
        )
        for record in found.records
    ]
    if agreement is not None:
        blocks.append(PageBlock("Agreement", tuple(PageRow("", text) for text in _agreeing(numbers, agreement))))
    state = "closed" if found.is_closed else f"open until {found.until.astimezone():%Y-%m-%d %H:%M}"
    title = f": {found.title}" if found.title else ""
    return AnswerPage(f"Calibration {found.seq}{title} ({state})", "heading", tuple(blocks))


def _said(verdict: str, cause: str | None, note: str | None) -> str:
    from remit.ledger.quality.reviews import CAUSES as IN_WORDS

    return verdict + (f" ({IN_WORDS[cause]})" if cause else "") + (f": {note}" if note else "")


def _agreeing(numbers: Mapping[str, int], agreement: Agreement) -> Iterator[str]:
    from remit.language import words
    from remit.review.agreement import LEAST, in_words

    if agreement.same is None:
        yield "No case was judged by all who took part, so there is nothing to compare."
    else:
        cases = f"{agreement.cases} {words.plural('case', agreement.cases)}"
        yield f"{agreement.same:.0%} of the pairs of verdicts are alike, on {cases}."
    if agreement.kappa is not None:
        kappa, name = agreement.kappa, "Cohen's" if len(agreement.reviewers) == 2 else "Fleiss'"
        yield (
            f"{name} kappa is {kappa.estimate:.2f} (95% interval {kappa.low:.2f} to {kappa.high:.2f}): "
            f"{in_words(kappa.estimate)} beyond chance."
        )
    elif agreement.same is not None and agreement.cases < LEAST:
        yield f"With fewer than {LEAST} cases that all have judged, kappa would say nothing."
    elif agreement.same is not None:
        yield "Everybody always gave the same verdict: there is no chance to compare it with."
    if agreement.left_out:
        yield f"{agreement.left_out} {words.plural('case', agreement.left_out)} that only some have judged are left out."
    if agreement.split:
        yield f"Talk about record {words.listing(str(numbers[each]) for each in agreement.split[:5])}: there you differ most."
