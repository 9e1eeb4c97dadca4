"""The handbook and the coverage page: whole, self-contained, readable by machines that read to people."""

from __future__ import annotations

import re
import subprocess
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from remit.authoring.differences.declared import difference
from remit.authoring.differences.telling import markdown as differing
from remit.authoring.pages import coverage_page, handbook
from remit.authoring.show import document, markdown
from remit.authoring.testing.case_reader import read_case_file
from remit.authoring.testing.case_run import run_file
from remit.authoring.testing.coverage import measure
from remit.deciding.loading import load, loads, shipped
from remit.decision.page.translation import translated_model
from remit.language import words
from support.needs import needs
from support.plain_policy import policy

SHIPPED = sorted(path for path in shipped("hotel-guest-recovery").parent.glob("*.yaml") if not path.stem.endswith("_test"))
VOID = {"meta", "br", "link", "img"}


class Reader(HTMLParser):
    """Collects what a page is made of, and that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.headers_without_scope = 0
        self.loads: list[str] = []
        self.landmarks: list[tuple[str, str | None]] = []
        self.cells_without_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.ids += [given["id"] or ""] if "id" in given else []
        self.targets += [(given["href"] or "")[1:]] if tag == "a" and (given.get("href") or "").startswith("#") else []
        role = given.get("role") or ("region" if tag == "section" else tag)
        if role in ("main", "nav", "footer", "header", "aside", "region", "form"):
            self.landmarks.append((role, given.get("aria-label") or given.get("aria-labelledby")))
        self.cells_without_label += tag == "td" and not given.get("data-label")
        self.headers_without_scope += tag == "th" and "scope" not in given
        self.loads += [tag] if tag in ("script", "link", "img", "iframe") or "src" in given else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(reader.headings, reader.headings[1:], strict=False))
    assert len(set(reader.ids)) == len(reader.ids)
    assert set(reader.targets) <= set(reader.ids)
    assert reader.headers_without_scope == 0
    assert reader.loads == []
    assert len(set(reader.landmarks)) == len(reader.landmarks), "each landmark has a name of its own"
    assert reader.landmarks.count(("main", None)) == reader.landmarks.count(("footer", None)) == 1
    assert all(label for role, label in reader.landmarks if role == "region")
    assert reader.cells_without_label == 0, "in a narrow window, a cell says which column it is of"
    assert "://" not in page
    return reader


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_handbooks_of_all_policies(path: Path) -> None:
    model = load(path).model
    page = handbook(document(model), model)
    read(page)
    for name, fact in model.facts.items():
        assert f'{escape(fact.title or words.capital(words.name(name)))} <code class="name">{name}</code>' in page
    for guardrail in model.guardrails:
        assert guardrail.say is None or escape(guardrail.say) in page


def test_headings_that_are_alike_have_places_of_their_own() -> None:
    values = {"a_b": "1", "a__b": "2"}
    model = policy(facts={"c": {"type": "integer"}}, values=values, rules=[{"id": "r", "may": {"credit": "10 EUR"}}])
    reader = read(handbook(document(model), model))
    assert {"how-it-is-worked-out-a-b", "how-it-is-worked-out-a-b-2"} <= set(reader.ids)


def test_a_fact_that_is_true_by_itself_is_said_to_be_true() -> None:
    rule = {"id": "r", "when": "calm and not(late)", "may": {"credit": "10 EUR"}}
    deny = {"id": "g", "when": "guest.threatening", "then": "deny"}
    facts = {name: {"type": "boolean"} for name in ("calm", "late", "guest.threatening")}
    model = policy(facts=facts, rules=[rule], guardrails=[deny])
    page = handbook(document(model), model)
    assert ">Calm is true, and late is false<" in page
    assert ">Guest threatening is true<" in page


def test_conditions_call_facts_by_their_titles_and_nouns_keep_the_capital_of_their_language() -> None:
    text = """
policy: desk
title: {de: Kulanz, en: Goodwill}
languages: [de, en]
version: "1"
owner: us
currency: EUR
ladder: [agent, lead]
facts:
  guest.threatening: {type: boolean, title: {de: Drohungen, en: Threats made}}
  stay.nights: {type: integer, title: {de: Nächte, en: Nights}}
remedies: {credit: {type: money, title: {de: Gutschrift, en: Folio credit}}}
rules:
  - {id: r, because: {de: Lange, en: Long}, when: {stay.nights: "> 2"}, may: {credit: 10 EUR * stay.nights}}
guardrails:
  - {id: g, when: {guest.threatening: true}, then: {deny: [credit]}}
"""
    model = loads(text).model
    german, english = (handbook(document(each), each) for each in (model, translated_model(model, "en")))
    for said in ("N\u00e4chte is above 2.", "Drohungen: yes", "No Gutschrift"):
        assert said in german
    for said in ("Nights is above 2.", "Threats made: yes", "No folio credit"):
        assert said in english


@needs("chromium")
@pytest.mark.slow
@pytest.mark.parametrize("path", SHIPPED[::5], ids=lambda path: path.stem)
def test_nothing_is_wider_than_a_small_screen(path: Path, tmp_path: Path) -> None:
    model = load(path).model
    frame = f'<iframe srcdoc="{escape(handbook(document(model), model))}" style="width: 400px; border: 0"></iframe>'
    script = "onload = () => document.title = document.querySelector('iframe').contentDocument.documentElement.scrollWidth"
    (tmp_path / "frame.html").write_text(f"<!doctype html><title></title>{frame}<script>{script}</script>", encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={tmp_path}/data", "--dump-dom"]
    done = subprocess.run([*command, str(tmp_path / "frame.html")], capture_output=True, text=True, timeout=120, check=True)
    assert "<title>400</title>" in done.stdout


def test_what_an_author_writes_is_never_markup() -> None:
    text = shipped("hotel-guest-recovery").read_text(encoding="utf-8")
    odd = text.replace("title: Guest recovery at the front desk", 'title: "<script>alert(1)</script> & more"')
    model = loads(odd, "odd.yaml").model
    page = handbook(document(model), model)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


def test_the_coverage_page_marks_each_line() -> None:
    policy = load(shipped("hotel-guest-recovery"))
    cases, _ = read_case_file(shipped("hotel-guest-recovery").with_name("hotel-guest-recovery_test.yaml"))
    assert cases is not None
    results = list(run_file(policy, cases))
    whole, none = measure(policy.model, results), measure(policy.model, [])
    read(coverage_page(policy.model, whole))
    page = coverage_page(policy.model, none)
    read(page)
    assert "0 %: 0 of" in page
    assert page.count('class="gone"') > 10
    assert page.count('aria-label="not reached">\u2717<') == page.count('class="gone"'), "not by colour alone"
    assert coverage_page(policy.model, whole).count("\u2713<") == coverage_page(policy.model, whole).count('class="hit"') > 10
    assert coverage_page(policy.model, whole).count('class="gone"') == len(
        {item.place.line for item in whole.missed if item.place}
    )


def test_markdown_has_no_element_link_or_picture_of_a_policy() -> None:
    """Not in the handbook, and not in what a pull request shows of a difference."""
    evil = "<script>alert(1)</script> <!-- ![p](https://a.b/c) [x](javascript:1)"
    given = {"credit": {"type": "money", "title": evil}}
    fair = {"id": "r", "because": evil, "say": evil, "may": {"credit": "10 EUR"}}
    facts = {"n": {"type": "integer", "title": evil, "ask": evil}}
    old = policy(title=evil, owner=evil, facts=facts, remedies=given, rules=[fair])
    new = policy(title=f"{evil} 2", owner=evil, facts=facts, remedies=given, rules=[{**fair, "may": {"credit": "9 EUR"}}])
    for text in (markdown(document(old)), "\n".join(differing(difference(old, new)))):
        assert "&lt;script>" in text
        assert not re.search(r"<(?!br>)[a-z/!?]|\]\(", text)
