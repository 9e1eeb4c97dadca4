"""Self-contained HTML pages: the handbook of a policy, and what its cases reach. Light and dark, printable, no script, nothing
loaded from anywhere; headings, landmarks and table headers are real, so that a screen reader can walk through them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from importlib.resources import files

from remit.authoring.show import Section, Sheet
from remit.authoring.testing.coverage import Coverage, CoverageItem
from remit.policy.model import Model

__all__ = ["coverage_page", "handbook"]


def handbook(sheet: Sheet, model: Model) -> str:
    """The policy as a handbook for staff and managers."""
    body = [
        f"<h1>{escape(sheet.title)}</h1>",
        '<dl class="about">',
        *(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in sheet.about),
        "</dl>",
        '<nav aria-label="On this page"><ul>',
        *(f'<li><a href="#{_anchor(each.heading)}">{escape(each.heading)}</a></li>' for each in sheet.sections),
        "</ul></nav>",
    ]
    for section in sheet.sections:
        body += [f'<section aria-labelledby="{_anchor(section.heading)}">', *_section(section, 2), "</section>"]
    footer = f"{model.id}, version {model.version}, {model.digest}"
    return _page(sheet.title, body, footer)


def _section(section: Section, level: int) -> Iterator[str]:
    anchor = f' id="{_anchor(section.heading)}"' if level == 2 else ""
    yield f"<h{level}{anchor}>{escape(section.heading)}</h{level}>"
    yield from (f'<p class="lead">{_text(text)}</p>' for text in section.lead)
    if section.columns:
        yield f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(section.heading)}"><table><thead><tr>'
        yield "".join(f'<th scope="col">{escape(column)}</th>' for column in section.columns)
        yield "</tr></thead><tbody>"
        for first, *rest in section.rows:
            cells = "".join(f"<td>{_text(cell)}</td>" for cell in rest)
            yield f'<tr><th scope="row">{_text(first)}</th>{cells}</tr>'
        yield "</tbody></table></div>"
    yield from (f"<p>{_text(text)}</p>" for text in section.notes)
    for part in section.parts:
        yield '<section class="part">'
        yield from _section(part, min(level + 1, 4))
        yield "</section>"


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
        body += ["<h2>Reached by no case</h2>", '<div class="scroll"><table><thead><tr>']
        body += ['<th scope="col">Line</th><th scope="col">What</th></tr></thead><tbody>']
        for item in coverage.missed:
            line = f'<a href="#line-{item.place.line}">{item.place.line}</a>' if item.place else ""
            body.append(f'<tr><th scope="row">{line}</th><td class="missed">{escape(f"{item.kind} {item.name}")}</td></tr>')
        body.append("</tbody></table></div>")
    body += ["<h2>The policy</h2>", f'<pre class="source" tabindex="0">{"".join(_lines(model, coverage))}</pre>']
    return _page(f"{model.title}: coverage", body, f"{model.id}, version {model.version}, {model.digest}")


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
        yield f'<code id="line-{number}" class="{kind}"{title}><span class="no">{number}</span>{escape(text or " ")}</code>'


def _page(title: str, body: list[str], footer: str) -> str:
    style = files("remit.authoring").joinpath("pages.css").read_text(encoding="utf-8")
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>\n{style}</style></head>",
            '<body><a class="skip" href="#main">To the text</a><main id="main" class="page">',
            *body,
            f"<footer><p>{escape(footer)}</p></footer>",
            "</main></body></html>",
            "",
        ]
    )


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
