"""The report as a sheet: what it is about, the headlines, then tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from remit.authoring.show import Section, Sheet
from remit.language import words
from remit.review.report.figure import number
from remit.review.report.making import Report

__all__ = ["FEW_ROWS", "headlines", "report_sheet", "title_of"]

#: So many rows of each table fit a terminal.
FEW_ROWS: Final = 3


def title_of(report: Report) -> str:
    """The title with the days that it is about."""
    return f"Report, {_days(report)}"


def report_sheet(report: Report, *, rows: int = FEW_ROWS, how: str | None = None) -> Sheet:
    """The report in tables of at most so many ``rows``; ``how`` says why it is about this time."""
    glance = Section(
        "At a glance",
        notes=tuple(headlines(report)) or ("Nothing was decided in this time. --since and --until choose another one.",),
    )
    sections = [section for each in report.figures.values() for section in each.sections(rows)] if report.records else []
    # How things are counted belongs to the end, where nobody has to read past it.
    sections.sort(key=lambda section: not section.columns)
    return Sheet(title_of(report), tuple(_about(report, how)), (glance, *sections))


def headlines(report: Report) -> Iterator[str]:
    """The most important of every figure."""
    if report.records:
        for each in report.figures.values():
            yield from each.headlines()


def _about(report: Report, how: str | None) -> Iterator[tuple[str, str]]:
    if how is not None:
        yield "Time", how
    yield "Records", number(report.records)
    named = {"Policy": report.scope.policy, "Site": report.scope.site, "Employee": report.scope.employee}
    yield from ((label, value) for label, value in named.items() if value is not None)


def _days(report: Report) -> str:
    """The days, the last one included, by the clock of this computer."""
    first, end = report.period.since.astimezone(), report.period.until.astimezone()
    last = max(first, end - timedelta(microseconds=1))
    begin, until = words.long_day(first.date()), words.long_day(last.date())
    return begin if begin == until else f"{begin} to {until}"
