"""The report of a real ledger: what it reads, what it says, and that it says it safely."""

from __future__ import annotations

import re
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import remit
from remit.cli.support.terminal_tables import print_sheet
from remit.errors import MissingExtra
from remit.ledger.people.roster_file import read_roster
from remit.review.report.making import Report, count, read_report
from remit.review.report.page.plots import drawn, refuse_missing
from remit.review.report.page.report_page import report_page
from remit.review.report.page.report_sheet import report_sheet
from remit.review.report.run_out import RunOutFigures
from remit.review.report.spending import SpendingFigures
from remit.review.report.staff_figures import StaffFigures
from support import hotel_year
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.golden import same_as
from support.ledgers import new_ledger
from support.made_actions import context, stream
from support.staff import roster_text

SINCE = datetime(2026, 6, 15, 12, tzinfo=UTC)
HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "$x^2$ &amp; \u202eRUE", "</svg></style><b>")


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-07-03T12:00:00+00:00")


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[remit.Ledger]:
    with new_ledger("sqlite", tmp_path, clock=clock) as found:
        found.publish(read_roster(roster_text()), by="m-1")
        found.publish(desk(), by="m-1")
        yield found


def some_days(ledger: remit.Ledger, clock: Clock) -> None:
    """A few days at the desk: grants, a void, tasks that are approved, declined and left waiting, a refusal that is overturned,
    a review with a dispute, and outcomes."""
    grants = []
    for number in range(8):
        clock.go(hours=5)
        asked = {"credit": f"{10 + 5 * number} EUR"} if number % 2 else {"points": 500}
        who = {"employee": "e-1", "role": "associate"} if number % 3 else {"employee": "s-1", "role": "supervisor"}
        wanted = request(None, f"g-{number % 5}", **who, asked=asked, case=f"C-{number}")
        grants.append(ledger.grant(desk(), wanted))
    ledger.void(grants[3].id, employee=SUPERVISOR, reason="Twice.")
    for number, answer in enumerate(("approve", "decline", "wait"), 20):
        clock.go(hours=1)
        task = ledger.escalate(desk(), request("60 EUR", f"g-{number}", case=f"C-{number}"))
        clock.go(minutes=40)
        if answer == "approve":
            ledger.approve(task.id, employee=MANAGER)
        elif answer == "decline":
            ledger.decline(task.id, employee=MANAGER, reason="Not this time.")
    ledger.decide(desk(), request("10 EUR", "g-30", case="C-30"), act="declined")
    clock.go(days=1)
    ledger.grant(desk(), request("10 EUR", "g-30", "s-1", "supervisor", case="C-30"))
    review = ledger.review(grants[1].id, verdict="coach", cause="too_much", note="Less.", employee=SUPERVISOR)
    dispute = ledger.dispute(review.id, employee={"id": "e-1"}, text="They had waited.")
    ledger.answer_dispute(dispute.id, result="partly", employee=MANAGER, note="So they had.")
    for entry, kept in ((grants[1], True), (grants[5], False), (grants[5], True)):
        ledger.outcome(entry.id, employee=MANAGER, kept=kept, csat=4)


def report_of(ledger: remit.Ledger, clock: Clock, **options: object) -> Report:
    return read_report(ledger, since=SINCE, now=clock.now, **options)  # type: ignore[arg-type]


def test_the_page_in_a_terminal(
    ledger: remit.Ledger, clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    some_days(ledger, clock)
    for name in ("NO_COLOR", "COLUMNS"):
        monkeypatch.setenv(name, {"NO_COLOR": "1", "COLUMNS": "80"}[name])
    print_sheet(report_sheet(report_of(ledger, clock), how="the last 30 days"))
    shown = capsys.readouterr().out
    same_as("review/report.txt", re.sub(r"\b[0-9a-f]{10}\b", "TOKEN", shown))
    assert max(map(len, shown.splitlines())) <= 80
    monkeypatch.setenv("REMIT_PLAIN", "1")
    print_sheet(report_sheet(report_of(ledger, clock)))
    plain = capsys.readouterr().out
    assert "What stood in the way: Cap desk-day; Times: 3; Share: 100%" in plain
    assert "\u2500" not in plain


def test_the_page_as_html(ledger: remit.Ledger, clock: Clock) -> None:
    some_days(ledger, clock)
    page = report_page(report_of(ledger, clock), how="the last 30 days", version="0")
    without = re.sub(r"<svg.*?</svg>", "<svg/>", page, flags=re.DOTALL)  # drawn a little differently by every matplotlib
    same_as("review/report.html", re.sub(r"\b[0-9a-f]{10}\b", "TOKEN", without))
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert page.count("<svg") == page.count("<details>") == page.count("<title id=")


def test_two_full_screens_hold_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    report = count(iter(hotel_year.actions(3, 1_000)), context(700))
    print_sheet(report_sheet(report))
    assert len(capsys.readouterr().out.splitlines()) <= 96


def test_a_voided_hold_gives_nothing(ledger: remit.Ledger, clock: Clock) -> None:
    hold = ledger.hold(desk(), request("40 EUR", case="C-1"), lasts=timedelta(hours=1))
    ledger.settle(hold.id, employee={"id": "e-1"}, given={"credit": "30 EUR"})
    found = report_of(ledger, clock).figures["spending"]
    assert isinstance(found, SpendingFigures)
    assert [(each.name, each.goodwill) for each in found.by_remedy] == [("credit", 3000)]
    ledger.void(hold.id, employee=SUPERVISOR, reason="Not needed.")
    found = report_of(ledger, clock).figures["spending"]
    assert isinstance(found, SpendingFigures)
    assert [(each.goodwill, each.taken_back) for each in found.by_remedy] == [(0, 1)]


def test_costs_are_those_of_the_policy(ledger: remit.Ledger, clock: Clock) -> None:
    ledger.grant(desk(), request("10 EUR", asked={"points": 1500, "late": True}))
    found = report_of(ledger, clock).figures["spending"]
    assert isinstance(found, SpendingFigures)
    assert {each.name: each.goodwill_cost for each in found.by_remedy} == {"credit": 1000, "points": 1500, "late": 2000}
    assert [each.goodwill_cost for each in found.by_policy] == [4500]
    assert {each.name: each.on_limit for each in found.by_rule} == {"gesture": 0}  # an exception is all or nothing


def test_since_is_in_and_until_is_out(ledger: remit.Ledger, clock: Clock) -> None:
    for case in ("C-1", "C-2", "C-3"):
        ledger.grant(desk(), request("10 EUR", case=case))
        clock.go(days=1)
    start = Clock("2026-07-03T12:00:00+00:00").now
    report = read_report(ledger, since=start + timedelta(days=1), until=start + timedelta(days=2), now=clock.now)
    assert report.records == 1
    assert report.figures["budgets"] == RunOutFigures((), 0, known=False)


def test_a_budget_runs_out_at_the_present_pace(tmp_path: Path) -> None:
    caps = "\n  - {id: house-month, over: calendar month, max: 300 EUR, counts: [credit]}\n"
    clock = Clock("2026-07-01T08:00:00+00:00")
    with new_ledger("sqlite", tmp_path, clock=clock) as ledger:
        policy = desk(caps)
        for day in range(10):
            clock.set(f"2026-07-{day + 1:02} 10:00")
            ledger.grant(policy, request("20 EUR", f"g-{day}"))
        report = read_report(ledger, since=SINCE, now=clock.now)
    (line,) = report.figures["budgets"].to_dict()["budgets"]
    assert (line["used"], line["max"], line["employee"]) == ("200 EUR", "300 EUR", None)
    assert (line["runs_out"], line["renewed"]) == ("2026-07-15", "2026-08-01")


def test_rules_and_guardrails_that_nobody_used(ledger: remit.Ledger, clock: Clock) -> None:
    ledger.grant(desk(), request("10 EUR"))
    (line,) = report_of(ledger, clock).to_dict()["policy"]["policies"]
    assert line["unused_rules"] == ["walked"]
    assert line["unused_guardrails"] == ["injury", "regular", "threats"]
    ledger.decide(desk(), request("10 EUR", facts={"level": 3}))
    (line,) = report_of(ledger, clock).to_dict()["policy"]["policies"]
    assert line["unused_guardrails"] == ["injury", "regular"]


def test_nobody_is_named_who_is_a_customer(ledger: remit.Ledger, clock: Clock) -> None:
    ledger.grant(desk(), request("10 EUR", "guest-of-honour", facts={"guest.name": "Ada Lovelace"}))
    report = report_of(ledger, clock)
    for text in (report_page(report), str(report.to_dict())):
        assert "guest-of-honour" not in text
        assert "Lovelace" not in text


def test_hostile_names_stay_text() -> None:
    report = count(stream(2_000, per_day=100, names=HOSTILE), context(40))
    page = report_page(report)
    for bad in ("<script", "<img", "<b>", "\u202e"):
        assert bad not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=re.escape("remit[report]")):
        refuse_missing()


def test_every_chart_is_drawn_in_the_page_s_colours() -> None:
    report = count(iter(hotel_year.actions(3, 1_000)), context(700))
    charts = [chart for each in report.figures.values() for chart in each.charts()]
    assert {chart.kind for chart in charts} >= {"bars", "line"}
    for number, chart in enumerate(charts):
        svg = drawn(chart, f"c{number}")
        assert "var(--accent)" in svg
        assert not set(re.findall(r"#[0-9a-f]{6}\b", svg)) - {"#000000", "#ffffff"}
        assert svg == drawn(chart, f"c{number}")  # the same page each time


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_planted_is_found_and_nobody_else(seed: int) -> None:
    def figures(plants: tuple[str, ...]) -> tuple[StaffFigures, Report]:
        report = count(iter(hotel_year.actions(seed, 20_000, plants)), context(700))
        found = report.figures["employees"]
        assert isinstance(found, StaffFigures)
        return found, report

    found, report = figures(hotel_year.ALL)
    said = {each.id: each.said for each in found.notable}
    year = hotel_year.year
    assert said == {
        year.LEAK: "gives more",
        year.STAR: "escalates less often",
        year.LOOPER: "has more taken back",
    }
    assert [each.id for each in found.notable] == sorted(said)
    (leak,) = (each for each in found.notable if each.id == year.LEAK)
    assert leak.few is not None
    assert leak.few > 0.5
    assert [each["employee"] for each in report.to_dict()["taken_back"]["by_employee"] if each["loops"] >= 3] == [year.LOOPER]
    nobody, _ = figures(())
    assert not nobody.notable


@pytest.mark.slow
def test_memory_does_not_grow_with_the_log() -> None:
    def peak(records: int) -> int:
        tracemalloc.start()
        report = count(stream(records, per_day=4_000), context(400))
        assert report.records == records
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    # A week of contacts is kept, and the two thousand heaviest customers: both are full after 60,000 records.
    few, many = peak(60_000), peak(200_000)
    assert many < 1.25 * few
    assert many < 80 * 2**20


def test_what_is_counted_is_what_the_ledger_has(ledger: remit.Ledger, clock: Clock) -> None:
    some_days(ledger, clock)
    seen: list[int] = []
    report = report_of(ledger, clock, progress=seen.append)
    assert report.records == sum(1 for _ in ledger.records(since=SINCE))
    plain = report.to_dict()
    assert plain["reviews"]["results"] == {"accepted": 0, "partly": 1, "rejected": 0}
    assert plain["overrides"]["overturned"]["count"] == 1
    assert plain["escalations"]["fates"]["waiting"]["count"] == 1
    assert sum(band["kept"]["count"] for band in plain["outcomes"]["bands"]) == 2  # the newest counts
    assert sum(band["kept"]["of"] for band in plain["outcomes"]["bands"]) == 2
