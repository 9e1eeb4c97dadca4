"""The report as one self-contained HTML page: nothing is loaded, nothing is a script, and every chart has its numbers as a
table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape

from remit.authoring.pages import anchors_of, html_page, html_section, html_table
from remit.authoring.show import Section
from remit.errors import one_line
from remit.review.report.figure import Chart
from remit.review.report.making import Report
from remit.review.report.page.plots import drawn, told
from remit.review.report.page.report_sheet import report_sheet

__all__ = ["report_page"]

#: A table of a page has at most so many rows; the rest is in the JSON.
_ROWS = 500


def report_page(report: Report, *, how: str | None = None, version: str = "") -> str:
    """The page. Raises :class:`remit.MissingExtra` where nothing draws."""
    sheet = report_sheet(report, rows=_ROWS, how=how)
    title = one_line(sheet.title)
    charts = [chart for each in report.figures.values() for chart in each.charts()] if report.records else []
    glance, *sections = sheet.sections
    headings = [glance.heading, *(["Charts"] if charts else []), *(section.heading for section in sections)]
    anchors = anchors_of(headings)
    body = [
        f"<h1>{escape(title)}</h1>",
        '<dl class="about">',
        *(f"<dt>{escape(label)}</dt><dd>{escape(one_line(text))}</dd>" for label, text in sheet.about),
        "</dl>",
        '<nav aria-label="On this page"><ul>',
        *(
            f'<li><a href="#{anchor}">{escape(one_line(heading))}</a></li>'
            for heading, anchor in zip(headings, anchors, strict=True)
        ),
        "</ul></nav>",
        f'<section aria-labelledby="{anchors[0]}"><h2 id="{anchors[0]}">{glance.heading}</h2><ul>',
        *(f"<li>{escape(one_line(line))}</li>" for line in glance.notes),
        "</ul></section>",
    ]
    if charts:
        body += [f'<section aria-labelledby="{anchors[1]}"><h2 id="{anchors[1]}">Charts</h2>']
        for number, chart in enumerate(charts, 1):
            body += _figure(chart, f"chart-{number}")
        body.append("</section>")
    for section, anchor in zip(sections, anchors[len(anchors) - len(sections) :], strict=True):
        body += [f'<section aria-labelledby="{anchor}">', *html_section(_clean(section), 2, anchor=anchor), "</section>"]
    return html_page(title, body, f"Made by remit {version}".strip())


def _clean(section: Section) -> Section:
    """Without characters that are not seen, or that turn what follows around."""
    return replace(
        section,
        heading=one_line(section.heading),
        rows=tuple(tuple(map(one_line, row)) for row in section.rows),
        notes=tuple(map(one_line, section.notes)),
    )


def _figure(chart: Chart, name: str) -> Iterator[str]:
    yield f'<figure class="chart"><figcaption><h3>{escape(one_line(chart.title))}</h3>'
    yield f"<p>{escape(one_line(chart.about))}</p></figcaption>"
    yield drawn(chart, name)
    yield f"<details><summary>The numbers of: {escape(one_line(chart.title))}</summary>"
    what = {"share": "Share"}.get(chart.unit, chart.unit.capitalize() if chart.unit.islower() else chart.unit) or "Value"
    columns = ["What", what, *(("From", "To") if chart.low else ())]
    rows = []
    for place, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True)):
        interval = (told(chart, chart.low[place]), told(chart, chart.high[place])) if chart.low else ()
        mark = " (worth a look)" if place in chart.marked else ""
        rows.append([escape(one_line(label) + mark), escape(told(chart, value)), *map(escape, interval)])
    yield from html_table(columns, rows)
    yield "</details></figure>"
