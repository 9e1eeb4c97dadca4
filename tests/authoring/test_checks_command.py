"""``remit check``: what it prints in each format, its exit codes, ``--fix`` and ``--diff``, ``--explain``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.authoring.checks.catalogue import CHECKS, warnings
from remit.authoring.checks.check_run import fixed
from remit.authoring.checks.reporting import REPORTERS, CheckReport
from remit.deciding.policy import Policy
from remit.errors import Place, Problem
from remit.policy.loader import inspect_model, load_model, read_model
from support.command import ROOT, run
from support.golden import CASES, same_as
from support.sarif import problems_of
from support.trials import trials

EXAMPLES = CASES / "checks"
FIXABLE = [check for check in CHECKS if check.fixes]


REGION = ("locations", 0, "physicalLocation", "region")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy with an error, one with two kinds of warning, and one that is well."""
    gap, cap = (EXAMPLES / "tables" / "gap" / "bad.yaml").read_text(), (EXAMPLES / "unused" / "cap" / "bad.yaml").read_text()
    (tmp_path / "a-broken.yaml").write_text(cap.replace("policy: counter", "policy: broken").replace("20 EUR", "20 USD"))
    (tmp_path / "b-warned.yaml").write_text(
        gap.replace("policy: counter", "policy: warned").replace("    because", "    # because")
    )
    (tmp_path / "c-well.yaml").write_text((EXAMPLES / "unused" / "cap" / "good.yaml").read_text())
    return tmp_path


def test_a_broken_promise_is_an_error_of_a_valid_policy(home: Path) -> None:
    for name, code in (("bad", 1), ("good", 0)):
        assert run(home, "check", str(EXAMPLES / "promises" / "broken" / f"{name}.yaml")).code == code


@pytest.mark.parametrize("form", ["human", "json", "github", "sarif"])
def test_every_format(home: Path, folder: Path, form: str) -> None:
    done = run(home, "check", ".", "--format", form, cwd=folder)
    assert done.code == 4
    text = (done.err if form == "human" else done.out).replace('"version": "0.1.0"', '"version": "X"')
    same_as(f"checks/formats/{form}.txt", text)


def test_warnings_alone_fail_only_a_strict_run(home: Path, folder: Path) -> None:
    warned = str(folder / "b-warned.yaml")
    assert run(home, "check", warned).code == 0
    done = run(home, "check", warned, "--strict")
    assert done.code == 1
    assert done.err.endswith("2 warnings\n")
    assert run(home, "check", str(folder / "c-well.yaml"), "--strict").code == 0
    assert run(home, "check", str(folder), "--strict").code == 4


def test_two_versions_that_hold_on_the_same_day(home: Path, folder: Path) -> None:
    text = (folder / "c-well.yaml").read_text()
    (folder / "a-broken.yaml").write_text(text.replace('version: "1"', 'version: "2"'))
    done = run(home, "check", str(folder))
    assert done.code == 4
    assert "[policy/overlap]" in done.err


def test_sarif_is_sarif() -> None:
    place = Place("rules/a b.yaml", 3, 5, 9, "    x: 1")
    problems = [
        Problem("tables/gap", "a gap", place, hint="close it", severity="warning"),
        Problem("yaml/empty", "nothing in it"),
        Problem("tables/gap", "another", Place("/tmp/ü.yaml", 1, 1, 2, "x"), severity="warning"),
    ]
    log = json.loads(REPORTERS["sarif"](CheckReport(problems, 2)))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (only,) = log["runs"]
    rules = only["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["tables/gap", "yaml/empty"]
    assert all(rule["shortDescription"]["text"] for rule in rules)
    for result, problem in zip(only["results"], problems, strict=True):
        check_result(result, problem, rules)
    uris = [location_of(result) for result in only["results"] if "locations" in result]
    assert uris == ["rules/a%20b.yaml", "file:///tmp/%C3%BC.yaml"]


BROKEN = sorted((CASES / "policy" / "broken").glob("*.yaml"))
BAD = sorted((CASES / "checks").glob("*/*/bad.yaml"))


def log_of(path: Path) -> Any:
    """What SARIF says of a file: its errors, or else its warnings."""
    model, problems = inspect_model(path.read_text(encoding="utf-8"), str(path))
    return json.loads(REPORTERS["sarif"](CheckReport(problems if model is None else [each for each, _ in warnings(model)], 1)))


def test_sarif_of_everything_that_can_be_found_is_as_its_schema_says() -> None:
    codes = set()
    assert len(BAD) == len(CHECKS)
    for path in (*BROKEN, *BAD):
        log = log_of(path)
        assert problems_of(log) == [], path.name
        codes |= {result["ruleId"] for result in log["runs"][0]["results"]}
    assert {check.code for check in CHECKS} < codes
    assert problems_of(json.loads(REPORTERS["sarif"](CheckReport([], 1)))) == []


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("version",), "2.0.0"),
        (("runs", 0, "tool", "driver", "name"), None),
        (("runs", 0, "columnKind"), "bytes"),
        (("runs", 0, "results", 0, "message"), {}),
        (("runs", 0, "results", 0, "level"), "fatal"),
        (("runs", 0, "results", 0, "ruleIndex"), 7),
        (("runs", 0, "results", 0, "help"), "unheard of"),
        (("runs", 0, "results", 0, *REGION, "startLine"), 0),
        (("runs", 0, "results", 0, *REGION, "startColumn"), 0),
        (("runs", 0, "results", 0, *REGION, "endColumn"), 1),
        (("runs", 0, "results", 0, *REGION[:-1], "artifactLocation", "uri"), "a b.yaml"),
    ],
    ids=lambda each: str(each[-1]) if isinstance(each, tuple) else "",
)
def test_what_is_no_sarif_is_seen(at: tuple[Any, ...], value: Any) -> None:
    log = log_of(BROKEN[0])
    *way, last = at
    part = log
    for step in way:
        part = part[step]
    part[last] = value
    if value is None:
        del part[last]
    assert problems_of(log)


def test_files_below_the_working_directory_are_named_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = [str(tmp_path / "rules" / "a:b.yaml"), "./rules/../c.yaml", f"{tmp_path}-other/d.yaml"]
    problems = [Problem("yaml/empty", "nothing in it", Place(file, 1, 1, 2, "x")) for file in files]
    log = json.loads(REPORTERS["sarif"](CheckReport(problems, 3)))
    assert problems_of(log) == []
    uris = [location_of(result) for result in log["runs"][0]["results"]]
    assert uris == ["rules/a%3Ab.yaml", "c.yaml", Path(files[2]).as_uri()]


def check_result(result: dict[str, Any], problem: Problem, rules: list[dict[str, Any]]) -> None:
    """What section 3.27 of SARIF 2.1.0 asks of a result."""
    assert set(result) <= {"ruleId", "ruleIndex", "level", "message", "locations"}
    assert result["level"] in ("error", "warning")
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == problem.code
    assert problem.message in result["message"]["text"]
    if problem.place is not None:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert 1 <= region["startColumn"] < region["endColumn"]
        assert region["startLine"] == problem.place.line


def location_of(result: dict[str, Any]) -> str:
    return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


@pytest.mark.parametrize("check", FIXABLE, ids=lambda check: check.code)
def test_what_can_be_fixed_is_fixed_once_and_for_all(home: Path, tmp_path: Path, check: Any) -> None:
    bad = EXAMPLES / check.code / "bad.yaml"
    file = tmp_path / "policy.yaml"
    file.write_bytes(bad.read_bytes())
    shown = run(home, "check", "policy.yaml", "--diff", cwd=tmp_path)
    assert file.read_bytes() == bad.read_bytes()
    same_as(f"checks/{check.code}/fix.diff", "\n".join(line for line in shown.out.split("\n") if line[:1] in "+-@ ") + "\n")
    done = run(home, "check", str(file), "--fix", "--strict")
    assert (done.code, done.err) == (0, "")
    assert "1 problem fixed" in done.out
    after = file.read_bytes()
    assert run(home, "check", str(file), "--fix").code == 0
    assert file.read_bytes() == after


@pytest.mark.parametrize("check", [check for check in CHECKS if not check.fixes], ids=lambda check: check.code)
def test_what_cannot_be_fixed_is_left_alone(check: Any) -> None:
    model = load_model(EXAMPLES / check.code / "bad.yaml")
    after, done = fixed(model)
    assert (after.text, done) == (model.text, [])


CRAMMED = """\
policy: crammed
title: All at once
version: "1"
owner: service
effective: {from: 2026-01-01}
currency: EUR
ladder: [agent, manager]
facts:
  kind: {type: choice, of: [late, broken], ask: "What went wrong?"}
  hours: {type: integer, min: 0, max: 50}
  guest.id:     # who it is
    type: text
  guest.name: {ask: "Their name?", type: text}
  email: {type: text}
remedies:
  credit: {type: money, title: Credit}
values:
  left_over: kind = "late"
  # stays
  reads_it: >-
    if left_over
      then 1 else 2
  amount:
    table:
      inputs: [kind, hours]
      hit: first
      rows:
        - [late, "> 60", 99 EUR]
        - [late, ">= 1", 10 EUR]   # first
        - [late, ">= 3", 25 EUR]
        - ["-", "-", 5 EUR]
        - [broken, "-", 5 EUR]
rules:
  - {id: by-table, because: As it is., may: {credit: amount}}
requires:
  - {when: 'guest.name != "" and guest.id != "" and email != ""', evidence: [note]}
"""


@pytest.mark.parametrize("text", [CRAMMED, CRAMMED.replace("\n", "\r\n"), "\ufeff" + CRAMMED], ids=["plain", "crlf", "bom"])
def test_everything_is_fixed_together(text: str) -> None:
    after, done = fixed(read_model(text))
    assert sorted(problem.code for problem in done) == [
        *["facts/not-personal"] * 3,
        *["tables/unreachable-row"] * 3,
        *["unused/value"] * 2,
    ]
    assert list(warnings(after)) == []
    same_as("checks/formats/fixed.yaml", after.text.removeprefix("\ufeff").replace("\r\n", "\n"))
    assert after.text.count("\r\n") == (after.text.count("\n") if "\r" in text else 0)
    assert after.text.startswith("\ufeff") == text.startswith("\ufeff")
    assert fixed(after) == (after, [])


@trials(60)
@given(st.sampled_from(["late", "broken"]), st.integers(0, 50), st.integers(0, 120))
def test_no_decision_changes_by_a_fix(kind: str, hours: int, asked: int) -> None:
    before, after = Policy(read_model(CRAMMED)), Policy(fixed(read_model(CRAMMED))[0])
    request = {
        "employee": {"id": "e", "role": "agent"},
        "facts": {"kind": kind, "hours": hours, "guest.id": "g", "guest.name": "n", "email": "e"},
        "asked": {"credit": f"{asked} EUR"},
        "evidence": ["note"],
        "occurred": "2026-02-01",
    }
    one, other = (policy.decide(request).to_dict() for policy in (before, after))
    assert one["policy"].pop("digest") != other["policy"].pop("digest")
    assert one == other


@pytest.mark.parametrize("check", [CHECKS[0], CHECKS[-1]], ids=lambda check: check.code)
def test_explain_prints_the_page(home: Path, check: Any) -> None:
    done = run(home, "check", "--explain", check.code)
    assert done.code == 0
    assert done.out == (ROOT / "docs" / "checks" / f"{check.code}.md").read_text()


def test_explain_knows_errors_and_what_was_meant(home: Path) -> None:
    assert "a key that is there twice" in run(home, "check", "--explain", "yaml/duplicate-key").out
    done = run(home, "check", "--explain", "tables/gop")
    assert done.code == 2
    assert "Did you mean `tables/gap`?" in done.err


def test_colours_are_for_terminals(home: Path, folder: Path) -> None:
    plain = run(home, "check", str(folder)).err
    assert "\x1b" not in plain
    coloured = run(home, "check", str(folder), env={"FORCE_COLOR": "1"}).err
    assert "\x1b[33m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_folder_may_hold_the_yaml_of_other_programs(home: Path, folder: Path) -> None:
    (folder / "compose.yaml").write_text("services: {}\nrules: []\n")
    (folder / "b-warned_test.yaml").write_text("cases: []\n")
    (folder / ".hidden.yaml").write_text("policy: hidden\n")
    assert "of 3 policies" in run(home, "check", str(folder)).err
    text = (folder / "c-well.yaml").read_text()
    (folder / "misspelt.yaml").write_text(text.replace("policy:", "polcy:"))
    done = run(home, "check", str(folder))
    assert "of 4 policies" in done.err
    assert "did you mean `policy`?" in done.err
