"""The handbook and the coverage page: whole, self-contained, readable by machines that read to people."""

from __future__ import annotations

import re
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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.ids += [given["id"] or ""] if "id" in given else []
        self.targets += [(given["href"] or "")[1:]] if tag == "a" and (given.get("href") or "").startswith("#") else []
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
    assert "://" not in page
    return reader


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_handbooks_of_all_policies(path: Path) -> None:
    model = load(path).model
    page = handbook(document(model), model)
    read(page)
    for guardrail in model.guardrails:
        assert guardrail.say is None or escape(guardrail.say) in page


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
