"""``remit report``: the options, the forms, and what is said of wrong ones."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from support.command import run

SHORT = ("--role", "associate", "--fact", "incident.kind=noise", "--fact", "incident.severity=3", "--fact", "guest.tier=gold")


@pytest.fixture
def used(home: Path) -> Path:
    for number in range(3):
        facts = ("--fact", f"guest.id=g-{number}", "--fact", f"stay.id=s-{number}")
        given = ("--case", f"C-{number}", "--give", "credit=25EUR", "--employee", f"e-{number % 2}")
        assert run(home, "grant", "hotel-guest-recovery", *given, *SHORT, *facts).code == 0
    return home


def test_the_page(used: Path) -> None:
    ran = run(used, "report")
    assert ran.code == 0, ran.err
    assert "3 contacts with customers." in ran.out
    assert "because no --since was given" in ran.out
    assert "Folio credit  3      75 EUR" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    assert ran.err == ""


def test_as_json_and_for_one_employee(used: Path) -> None:
    whole = json.loads(run(used, "report", "--json", "--since", "today").out)
    assert whole["contacts"]["total"] == 3
    one = json.loads(run(used, "report", "--json", "--since", "today", "--employee", "e-1").out)
    assert (one["contacts"]["total"], one["employee"]) == (1, "e-1")
    assert "unused_rules" in whole["policy"]["policies"][0]
    assert "unused_rules" not in one["policy"]["policies"][0]  # others may have used them
    none = json.loads(run(used, "report", "--json", "--policy", "parcel-claims").out)
    assert none["records"] == 0


def test_as_a_page_of_html(used: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    ran = run(used, "report", "--html", str(file))
    assert ran.code == 0, ran.err
    assert ran.out == f"Written to {file}: 4 records\n" or ran.out == f"Written to {file}: 3 records\n"
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")
    missing = run(used, "report", "--html", str(tmp_path / "nowhere" / "report.html"))
    assert missing.code == 1
    assert "nowhere" in missing.err


def test_plainly(used: Path) -> None:
    out = run(used, "--plain", "report").out
    assert "Remedy: Folio credit; Times: 3; Given: 75 EUR" in out
    assert "\u2500" not in out


def test_nothing_was_decided(used: Path) -> None:
    yesterday = (date.today() - timedelta(1)).isoformat()
    assert "Nothing was decided in this time." in run(used, "report", "--until", yesterday).out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--since", "today", "--until", "yesterday"), ["--since is a day after --until."]),
        (("--until", "2020-01-01"), ["--until is more than 30 days ago: add --since."]),
        (
            ("--since", "soon", "--until", "9999-12-31", "--site", ""),
            ["--since: `soon`", "`9999-12-31` is still to come", "--site is empty"],
        ),
    ],
)
def test_all_that_is_wrong_is_said(used: Path, args: tuple[str, ...], words: list[str]) -> None:
    ran = run(used, "report", *args)
    assert ran.code == 2
    for each in words:
        assert each in ran.err, ran.err
