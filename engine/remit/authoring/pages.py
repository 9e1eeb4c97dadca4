"""Self-contained HTML pages: the handbook of a policy, and what its cases reach. Light and dark, printable, no script, nothing
loaded from anywhere; headings, landmarks and table headers are real, so that a screen reader can walk through them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Final

from remit.authoring.show import Section, Sheet
from remit.authoring.testing.coverage import Coverage, CoverageItem
from remit.language import words
from remit.policy.model import Model

__all__ = ["anchors_of", "coverage_page", "handbook", "html_page", "html_section", "html_table"]


def handbook(sheet: Sheet, model: Model) -> str:
    """The policy as a handbook for staff and managers."""
    anchors = anchors_of(section.heading for section in sheet.sections)
    body = [
        f"<h1>{escape(sheet.title)}</h1>",
        '<dl class="about">',
        *(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in sheet.about),
        "</dl>",
        '<nav aria-label="On this page"><ul>',
        *(
            f'<li><a href="#{anchor}">{escape(each.heading)}</a></li>'
            for anchor, each in zip(anchors, sheet.sections, strict=True)
        ),
        "</ul></nav>",
    ]
    labels = {name: fact.title or words.capital(words.name(name)) for name, fact in model.facts.items()}
    for anchor, section in zip(anchors, sheet.sections, strict=True):
        body += [f'<section aria-labelledby="{anchor}">', *html_section(section, 2, labels, anchor=anchor), "</section>"]
    footer = f"{model.id}, version {model.version}, {model.digest}"
    return html_page(sheet.title, body, footer)


def html_section(section: Section, level: int, labels: Mapping[str, str] = {}, *, anchor: str = "") -> Iterator[str]:
    """A section below a heading of ``level``, whose id is ``anchor``; ``labels`` are what people call a fact, by its name."""
    named = f' id="{anchor}"' if anchor else ""
    yield f"<h{level}{named}>{escape(section.heading)}</h{level}>"
    yield from (f'<p class="lead">{_text(text)}</p>' for text in section.lead)
    if section.columns:
        yield from html_table(section.columns, [[_label(first, labels), *map(_text, rest)] for first, *rest in section.rows])
    yield from (f"<p>{_text(text)}</p>" for text in section.notes)
    for part in section.parts:
        yield '<div class="part">'
        yield from html_section(part, min(level + 1, 4), labels)
        yield "</div>"


def _label(text: str, labels: Mapping[str, str]) -> str:
    """A fact by what people call it, with its name beside it; anything else as it is."""
    return _text(text) if text not in labels else f'{_text(labels[text])} <code class="name">{_text(text)}</code>'


def html_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of HTML cells, the first of each row its header. In a narrow window each row becomes a list of its cells with
    their columns' names; the roles say to a screen reader that it is a table still."""
    yield '<table role="table"><thead role="rowgroup"><tr role="row">'
    yield "".join(f'<th role="columnheader" scope="col">{escape(column)}</th>' for column in columns)
    yield '</tr></thead><tbody role="rowgroup">'
    for first, *rest in rows:
        named = zip(columns[1:], rest, strict=True)
        cells = "".join(f'<td role="cell" data-label="{escape(column)}">{cell}</td>' for column, cell in named)
        yield f'<tr role="row"><th role="rowheader" scope="row">{first}</th>{cells}</tr>'
    yield "</tbody></table>"


def coverage_page(model: Model, coverage: Coverage) -> str:
    """What the cases reach, line by line."""
    share = int(100 * coverage.share)
    reached = len(coverage.items) - len(coverage.missed)
    body = [
        f"<h1>{escape(model.title)}: what its cases reach</h1>",
        f"<p>{share} %: {reached} of {len(coverage.items)} rules, guardrails, rows, caps and boundaries.</p>",
        f'<div class="bar" role="img" aria-label="{share} percent"><span style="width:{share}%"></span></div>',
    ]
    if coverage.missed:
        body.append("<h2>Reached by no case</h2>")
        body += html_table(("Line", "What"), map(_missed, coverage.missed))
    legend = f"{_HIT} reached by a case; {_GONE} reached by no case, or only in part; other lines cannot be reached by cases."
    body += ["<h2>The policy</h2>", f'<p class="lead">{legend}</p>']
    body.append('<pre class="source" tabindex="0" role="group" aria-label="The policy, line by line">')
    body[-1] += "".join(_lines(model, coverage)) + "</pre>"
    return html_page(f"{model.title}: coverage", body, f"{model.id}, version {model.version}, {model.digest}")


def _missed(item: CoverageItem) -> tuple[str, str]:
    line = f'<a href="#line-{item.place.line}">{item.place.line}</a>' if item.place else "\u2013"
    return line, escape(f"{item.kind} {item.name}")


#: What is said by colour is said by these as well.
_HIT: Final = "\u2713"
_GONE: Final = "\u2717"
_MARKS: Final = {
    "hit": f'<span class="mark" role="img" aria-label="reached">{_HIT}</span>',
    "gone": f'<span class="mark" role="img" aria-label="not reached">{_GONE}</span>',
    "": '<span class="mark"></span>',
}


def _lines(model: Model, coverage: Coverage) -> Iterator[str]:
    by_line: dict[int, list[CoverageItem]] = defaultdict(list)
    for item in coverage.items:
        if item.place is not None:
            by_line[item.place.line].append(item)
    for number, text in enumerate(model.text.splitlines(), 1):
        items = by_line.get(number, [])
        missed = [item for item in items if not coverage.reached[item]]
        kind = "gone" if missed else "hit" if items else ""
        told = "; ".join(f"{item.kind} {item.name}: {coverage.reached[item] or 'no'} cases" for item in items)
        title = f' title="{escape(told)}"' if told else ""
        begin = f'<code id="line-{number}" class="{kind}"{title}><span class="no">{number}</span>{_MARKS[kind]}'
        yield f"{begin}{escape(text or ' ')}</code>"


def html_page(title: str, body: list[str], footer: str) -> str:
    """A whole page of HTML, with the style that all pages share."""
    style = files("remit.authoring").joinpath("pages.css").read_text(encoding="utf-8")
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
            # Nothing is loaded from anywhere, also where a text has found a way to ask for it.
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{escape(title)}</title>",
            f"<style>\n{style}</style></head>",
            '<body><a class="skip" href="#main">To the text</a><main id="main" class="page">',
            *body,
            f'</main><footer class="page"><p>{escape(footer)}</p></footer>',
            "</body></html>",
            "",
        ]
    )


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def anchors_of(headings: Iterable[str]) -> list[str]:
    """An id for each heading, none of them twice."""
    out: list[str] = []
    for heading in headings:
        anchor = re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-") or "section"
        out.append(anchor if anchor not in out else f"{anchor}-{len(out)}")
    return out
