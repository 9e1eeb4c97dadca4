"""``report``: what the decisions of a time add up to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.support import exits
from remit.cli.support.ledger_session import ledger_option, open_ledger
from remit.cli.support.request_words import day_of, midnight_of
from remit.cli.support.terminal import Progress, tell, tell_json

if TYPE_CHECKING:
    from remit.review.report.making import Report

__all__ = ["report"]

#: So many days, where --since is left out.
_DAYS = 30


@click.command(short_help="What decisions add up to: escalations, spending, limits, gaps, and who is worth a look.")
@click.option("--since", metavar="DAY", help=f"From this day on: 2026-07-01, today, yesterday. [{_DAYS} days ago]")
@click.option("--until", metavar="DAY", help="Up to and with this day. [today]")
@click.option("--policy", help="Only decisions of this policy (its name).")
@click.option("--site", help="Only at this site of the roster.")
@click.option("--employee", help="Only what this employee was asked for.")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it to FILE as one HTML page with charts, which needs nothing else. Needs the extra `report`.",
)
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON.")
@ledger_option
def report(
    since: str | None,
    until: str | None,
    policy: str | None,
    site: str | None,
    employee: str | None,
    html: Path | None,
    as_json: bool,
    ledger_url: str | None,
) -> int:
    """Show what the decisions of a time add up to. Shares come with the interval that holds the true one with 95%.

    Employees are compared by like cases and listed by id. Somebody who is worth a look may be a star or a leak: look at the
    cases, and ask, before you judge.

    \b
    remit report
    remit report --since 2026-01-01 --html report.html
    """
    from remit.language.words import grouped, plural

    begin, end = _times(since, until, {"--policy": policy, "--site": site, "--employee": employee})
    from remit.review.report.figure import ReportScope
    from remit.review.report.making import read_report

    if html is not None:
        from remit.review.report.page.plots import refuse_missing

        refuse_missing()  # before a million records are read
    with open_ledger(ledger_url, create=False) as ledger, Progress("Read", unit="records") as progress:
        scope = ReportScope(policy, site, employee)
        found = read_report(ledger, since=begin, until=end, scope=scope, progress=progress.reach)
    how = f"the last {_DAYS} days, because no --since was given" if since is None else None
    if html is not None:
        _write(html, found, how)
    if as_json:
        tell_json(found.to_dict(), indent=2)
    elif html is None:
        from remit.cli.support.terminal_tables import print_sheet
        from remit.review.report.page.report_sheet import report_sheet

        print_sheet(report_sheet(found, how=how))
        tell("")
        tell("More of it, with charts: remit report --html FILE")
    else:
        tell(f"Written to {html}: {grouped(found.records)} {plural('record', found.records)}")
    return exits.FINE


def _write(file: Path, found: Report, how: str | None) -> None:
    from remit import __version__
    from remit.review.report.page.report_page import report_page

    file.write_text(report_page(found, how=how, version=__version__), encoding="utf-8")


def _times(since: str | None, until: str | None, named: dict[str, str | None]) -> tuple[datetime, datetime | None]:
    """When the time begins, and ends (``None``: now). Raises ``click.UsageError`` with all that is wrong."""
    wrong = [f"{option} is empty." for option, value in named.items() if value == ""]
    first = _day(since, "--since", wrong) or date.today() - timedelta(_DAYS)
    last = _day(until, "--until", wrong)
    if not wrong and last is not None and first > last:
        wrong.append(
            "--since is a day after --until." if since is not None else f"--until is more than {_DAYS} days ago: add --since."
        )
    if wrong:
        raise click.UsageError("\n       ".join(wrong))
    end = None if last is None or last >= date.today() else _midnight(last + timedelta(1))
    return _midnight(first), end


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()


def _day(text: str | None, option: str, wrong: list[str]) -> date | None:
    """The day that was typed; what is wrong with it is added to ``wrong``."""
    if text is None:
        return None
    try:
        day = day_of(text, date.today(), option)
        midnight_of(text, option)
        midnight_of(text, option, days=1)
    except click.BadParameter as error:
        wrong.append(f"{option}: {error.message}")
    else:
        return day
    return None
