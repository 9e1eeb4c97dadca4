"""``remit me``: an employee's own page. What they did, what is left of their budgets, what others said, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from remit.cli.counter.news import sentence
from remit.cli.support.employee import employee_of
from remit.cli.support.ledger_session import ledger_option, open_ledger
from remit.cli.support.request_options import person_options, spoken_option
from remit.cli.support.request_words import day_of, login_name
from remit.cli.support.spoken import owner_or_role, read, speak, spoken
from remit.cli.support.terminal import tell_json
from remit.language import words
from remit.language.locales.messages import Message

if TYPE_CHECKING:
    from remit.decision.page.answer import AnswerPage, PageBlock, PageRow
    from remit.ledger.ledger import Ledger
    from remit.ledger.people.own_work import GivenRemedy, OwnBudget, OwnReview, OwnTask, OwnWork
    from remit.policy.model import Model

__all__ = ["me", "page"]

_DAYS: Final = 30
#: How many rows a block has at most, so that the page fits a screen, and how long what somebody wrote is on it.
_MOST: Final = {"given": 4, "budgets": 4, "tasks": 3, "stories": 2, "others": 4}
_LONGEST: Final = 140


@click.command(short_help="Your own page: what you did, what is left, what others said.")
@click.option("--since", metavar="DAY", help="From this day on: 2026-07-01, yesterday. [the last 30 days]")
@person_options
@spoken_option
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

        speak(*_policies(ledger, found))
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

    _ = spoken()

    def block(heading: str, rows: Sequence[PageRow], most: int) -> Iterator[PageBlock]:
        hidden = len(rows) - most
        more = [PageRow(_("... and {count} more, in `remit me --json`", count=hidden))] if hidden > 0 else []
        if rows:
            yield PageBlock(heading, (*rows[-most:], *more))

    def row(pair: tuple[str, str]) -> PageRow:
        return PageRow(*pair)

    said = [row(each) for each in _said(ledger, found)]
    stories = [row((f"{each.seq}", _short(each.words("story", reveal=True) or ""))) for each in found.stories]
    blocks = (
        *block(_("What you did"), [row(each) for each in _did(found)], 8),
        *block(_("What you gave"), [row(_given(each)) for each in found.given], _MOST["given"]),
        *block(_("What is left for you"), [row(each) for each in _budgets(found.budgets)], _MOST["budgets"]),
        *block(_("What you sent up"), [row(_fate(ledger, each)) for each in found.tasks], _MOST["tasks"]),
        *block(_("Your stories"), stories, _MOST["stories"]),
        *block(_("What others said"), said, _MOST["others"]),
    )
    footer = "" if said else _("Nobody has reviewed a decision of yours in this time.")
    return AnswerPage(_headline(found, days), "heading", blocks, footer)


def _headline(found: OwnWork, days: int | None) -> str:
    """Who, since when, and how many decisions."""
    _ = spoken()
    decided = sum(found.counts[name] for name in ("given", "sent_up", "declined", "handed_over"))
    known: dict[str, Any] = {"employee": found.employee, "days": days, "day": found.since.date()}
    if days is None:
        if not decided:
            return _("{employee}, since {day}", **known)
        return _.plural(
            "{employee}, since {day}: {count} decision", "{employee}, since {day}: {count} decisions", decided, **known
        )
    if not decided:
        return _("{employee}, the last {days} days", **known)
    return _.plural(
        "{employee}, the last {days} days: {count} decision",
        "{employee}, the last {days} days: {count} decisions",
        decided,
        **known,
    )


#: What is counted, in the order of the page.
_DID: Final = {
    "given": Message("given"),
    "sent_up": Message("sent up"),
    "declined": Message("declined"),
    "handed_over": Message("handed over"),
    "answered": Message("answered for others"),
    "taken_back": Message("taken back"),
    "asked": Message("asked what is possible"),
}


def _did(found: OwnWork) -> Iterator[tuple[str, str]]:
    _ = spoken()
    shown = [(_(what), str(found.counts[name])) for name, what in _DID.items() if found.counts[name]]
    yield from shown or [(_("nothing yet"), "")]
    match found.backed:
        case 0:
            return
        case 1:
            yield _("safe"), _("The policy backed you once when you said no.")
        case 2:
            yield _("safe"), _("The policy backed you twice when you said no.")
        case count:
            yield _("safe"), _("The policy backed you {count} times when you said no.", count=count)


def _given(each: GivenRemedy) -> tuple[str, str]:
    _, times = spoken(), each.times
    title = read(each.model).remedies[each.remedy].title
    if isinstance(each.total, int) and each.total == times:
        return title, _("{count} times", count=times) if times > 1 else _("once")
    amount = _.quantity(each.total)
    return title, amount if times == 1 else _("{amount} in {count} grants", amount=amount, count=times)


def _budgets(budgets: Sequence[OwnBudget]) -> Iterator[tuple[str, str]]:
    _ = spoken()
    several = len({each.policy for each in budgets}) > 1
    for each in budgets:
        balance = each.balance
        own = balance.name == "discretion"
        name = _("your own discretion") if own else words.name(balance.name.replace("-", " "))
        known = {"left": _.quantity(balance.left), "total": _.quantity(balance.max)}
        left = _("{left} of {total} left", **known)
        if balance.until is not None:
            left = _("{left} of {total} left; some comes back on {day}", **known, day=balance.until)
        yield (f"{name} ({each.policy})" if several else name), left


def _fate(ledger: Ledger, each: OwnTask) -> tuple[str, str]:
    _ = spoken()
    if each.answer is not None:
        return f"{each.task.seq}", _short(sentence(ledger, each.answer))
    waits = _("Waits for {who} since {time}.", who=owner_or_role(each.to), time=each.task.recorded)
    return f"{each.task.seq}", waits


def _said(ledger: Ledger, found: OwnWork) -> Iterator[tuple[str, str]]:
    """What others said, each with what became of it; newest last."""
    rows = [(each.review.seq, _reviewed(ledger, each)) for each in found.reviews]
    rows += [(each.seq, _short(sentence(ledger, each))) for each in found.others]
    yield from ((f"{number}", text) for number, text in sorted(rows))


def _reviewed(ledger: Ledger, each: OwnReview) -> str:
    text, _ = _short(sentence(ledger, each.review)), spoken()
    if each.answer is not None:
        return f"{text} {_short(sentence(ledger, each.answer))}"
    if each.dispute is not None:
        waits = _("You disputed it; the answer is still to come.")
        return f"{text} {waits}"
    return text


def _policies(ledger: Ledger, found: OwnWork) -> list[Model]:
    """The policies that the page is about: they say in which language it is read."""
    asked = (each.task for each in found.tasks)
    known = [*(each.model for each in found.given), *(each.model for each in found.budgets)]
    return [*known, *(ledger.policy_of(each).model for each in asked)]


def _short(text: str) -> str:
    """What somebody wrote, on at most two lines or so; `remit why` has all of it."""
    text = " ".join(text.split(None if text.isascii() else " "))  # a no-break space stays
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3].rstrip()}..."
