"""``remit me``: an employee's own page. What they did, what is left of their budgets, what others said, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import click

from remit.cli.counter.news import sentence
from remit.cli.support.employee import employee_of
from remit.cli.support.ledger_session import ledger_option, open_ledger
from remit.cli.support.request_options import person_options
from remit.cli.support.request_words import day_of, login_name
from remit.cli.support.terminal import tell_json
from remit.language import words

if TYPE_CHECKING:
    from remit.decision.page.answer import AnswerPage, PageBlock, PageRow
    from remit.language.values import Money
    from remit.ledger.ledger import Ledger
    from remit.ledger.people.own_work import OwnBudget, OwnReview, OwnTask, OwnWork

__all__ = ["me", "page"]

_DAYS: Final = 30
#: How many rows a block has at most, so that the page fits a screen, and how long what somebody wrote is on it.
_MOST: Final = {"given": 4, "budgets": 4, "tasks": 3, "stories": 2, "others": 4}
_LONGEST: Final = 140


@click.command(short_help="Your own page: what you did, what is left, what others said.")
@click.option("--since", metavar="DAY", help="From this day on: 2026-07-01, yesterday. [the last 30 days]")
@person_options
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
@ledger_option
def me(since: str | None, employee: str | None, role: str | None, as_json: bool, ledger_url: str | None) -> None:
    """Show what you did in the last 30 days, what is left of your budgets, what became of what you sent up, and what others
    said of your decisions. It compares you with nobody.

    Where the ledger has a roster, it is the page of the person your login belongs to, and nobody else can ask for it.

    \b
    remit me
    remit me --since 2026-07-01 --json
    """
    from remit.ledger.people.own_work import own_work

    begin = _begin(since)
    with open_ledger(ledger_url, create=False) as ledger:
        mine = employee or login_name()
        if ledger.has_roster():
            who = employee_of(ledger, employee, role)
            mine, role = who["id"], who["role"]
        found = own_work(ledger, mine, role=role, since=begin)
        if as_json:
            tell_json(found.to_dict())
            return
        from remit.cli.support.prompt import show

        show(page(ledger, found, None if since is not None else _DAYS))


def _begin(since: str | None) -> datetime:
    """Midnight here, when the day begins."""
    try:
        day = date.today() - timedelta(_DAYS) if since is None else day_of(since, date.today(), "--since")
        return datetime.combine(day, time()).astimezone()
    except (OverflowError, ValueError):
        raise click.UsageError(f"--since: `{since}` is too far away.") from None


def page(ledger: Ledger, found: OwnWork, days: int | None) -> AnswerPage:
    """The page; ``days``: of the last so many."""
    from remit.decision.page.answer import AnswerPage, PageBlock, PageRow

    def block(heading: str, rows: Sequence[PageRow], most: int) -> Iterator[PageBlock]:
        more = [PageRow(f"... and {len(rows) - most} more, in `remit me --json`")] if len(rows) > most else []
        if rows:
            yield PageBlock(heading, (*rows[-most:], *more))

    def row(pair: tuple[str, str]) -> PageRow:
        return PageRow(*pair)

    given = [row((each.title, _given(each.times, each.total))) for each in found.given]
    said = [row(each) for each in _said(ledger, found)]
    stories = [row((f"{each.seq}", _short(each.words("story", reveal=True) or ""))) for each in found.stories]
    blocks = (
        *block("What you did", [row(each) for each in _did(found)], 8),
        *block("What you gave", given, _MOST["given"]),
        *block("What is left for you", [row(each) for each in _budgets(found.budgets)], _MOST["budgets"]),
        *block("What you sent up", [row(_fate(ledger, each)) for each in found.tasks], _MOST["tasks"]),
        *block("Your stories", stories, _MOST["stories"]),
        *block("What others said", said, _MOST["others"]),
    )
    when = f"the last {days} days" if days is not None else f"since {_day(found.since.date())}"
    decided = sum(found.counts[name] for name in ("given", "sent_up", "declined", "handed_over"))
    many = f": {decided} {words.plural('decision', decided)}" if decided else ""
    footer = "" if said else "Nobody has reviewed a decision of yours in this time."
    return AnswerPage(f"{found.employee}, {when}{many}", "heading", blocks, footer)


def _did(found: OwnWork) -> Iterator[tuple[str, str]]:
    counts = found.counts
    named = (
        ("given", "given"),
        ("sent_up", "sent up"),
        ("declined", "declined"),
        ("handed_over", "handed over"),
        ("answered", "answered for others"),
        ("taken_back", "taken back"),
        ("asked", "asked what is possible"),
    )
    shown = [(what, str(counts[name])) for name, what in named if counts[name]]
    yield from shown or [("nothing yet", "")]
    if found.backed:
        times = {1: "once", 2: "twice"}.get(found.backed, f"{found.backed} times")
        yield "safe", f"The policy backed you {times} when you said no."


def _given(times: int, total: Money | int) -> str:
    if isinstance(total, int) and total == times:
        return f"{times} {words.plural('time', times)}" if times > 1 else "once"
    much = words.quantity(total)
    return much if times == 1 else f"{much} in {times} grants"


def _budgets(budgets: Sequence[OwnBudget]) -> Iterator[tuple[str, str]]:
    several = len({each.policy for each in budgets}) > 1
    for each in budgets:
        balance = each.balance
        name = "your own discretion" if balance.name == "discretion" else words.name(balance.name.replace("-", " "))
        back = f"; some comes back on {_day(balance.until)}" if balance.until is not None else ""
        left = f"{words.quantity(balance.left)} of {words.quantity(balance.max)} left{back}"
        yield (f"{name} ({each.policy})" if several else name), left


def _fate(ledger: Ledger, each: OwnTask) -> tuple[str, str]:
    if each.answer is not None:
        return f"{each.task.seq}", _short(sentence(ledger, each.answer))
    to = "the policy's owner" if each.to.startswith("owner:") else words.a(words.name(each.to))
    return f"{each.task.seq}", f"Waits for {to} since {each.task.recorded.astimezone():%Y-%m-%d %H:%M}."


def _said(ledger: Ledger, found: OwnWork) -> Iterator[tuple[str, str]]:
    """What others said, each with what became of it; newest last."""
    rows = [(each.review.seq, _reviewed(ledger, each)) for each in found.reviews]
    rows += [(each.seq, _short(sentence(ledger, each))) for each in found.others]
    yield from ((f"{number}", text) for number, text in sorted(rows))


def _reviewed(ledger: Ledger, each: OwnReview) -> str:
    text = _short(sentence(ledger, each.review))
    if each.answer is not None:
        return f"{text} {_short(sentence(ledger, each.answer))}"
    if each.dispute is not None:
        return f"{text} You disputed it; the answer is still to come."
    return text


def _short(text: str) -> str:
    """What somebody wrote, on at most two lines or so; `remit why` has all of it."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3].rstrip()}..."


def _day(day: date) -> str:
    from remit.readings.numbers.definition import until_text

    return until_text(day).removeprefix(" until ")
