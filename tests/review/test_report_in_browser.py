"""The report's page in a real browser: light, dark, narrow and on paper; it loads nothing, and can be read aloud."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remit.review.report.making import count
from remit.review.report.page.report_page import report_page
from support.made_actions import context, stream
from support.needs import needs

pytestmark = [pytest.mark.slow, needs("chromium")]

HOSTILE = (
    "<script>document.title='x'</script>",
    "<img src=http://example.invalid/x onerror=alert(1)>",
    "$x^2$",
    "e-4",
)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    names = (*HOSTILE, *(f"e-{number}" for number in range(5, 30)))
    file.write_text(report_page(count(stream(6_000, per_day=300, names=names), context(40))), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield found
        found.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 1100), ("light", 390)])
def test_it_is_shown_and_can_be_read(browser: Any, page_file: Path, tmp_path: Path, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    tab = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    requests, said = [], []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(page_file.as_uri())
    assert tab.title().startswith("Report, ")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width, "nothing is wider than the window"
    paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = tab.evaluate("getComputedStyle(document.querySelector('figure svg text')).fill")
    assert (paper, ink) == _COLOURS[scheme], "the charts follow the page"
    assert len(tab.screenshot(full_page=True, path=tmp_path / "report.png")) > 20_000
    tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = Axe().run(tab).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert requests == [page_file.as_uri()]
    assert said == []
    tab.close()


#: The paper and the ink of a chart's first label.
_COLOURS = {
    "light": ("rgb(253, 253, 251)", "rgb(91, 95, 105)"),
    "dark": ("rgb(23, 24, 27)", "rgb(167, 171, 181)"),
}


def test_it_is_printed(browser: Any, page_file: Path) -> None:
    tab = browser.new_page()
    tab.goto(page_file.as_uri())
    printed = tab.pdf(format="A4")
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") >= 3
    tab.emulate_media(media="print")
    assert not tab.locator("nav").is_visible()
    tab.close()
