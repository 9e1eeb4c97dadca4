"""``remit check``, ``show``, ``feel`` and ``calendar``."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from remit.authoring.industries import INDUSTRIES, industry_in
from support.command import REMIT, ROOT, Terminal, environment, run
from support.golden import CASES, same_as

HOTEL = ROOT / "rules" / "hotel-guest-recovery.yaml"


@pytest.fixture
def broken(tmp_path):
    """A policy with three mistakes, and one that is well, in a folder."""
    folder = tmp_path / "policies"
    folder.mkdir()
    text = HOTEL.read_text()
    (folder / "well.yaml").write_text(text)
    text = text.replace("guest.tier: [gold, diamond]", "guest.teir: [gold, diamond]")
    text = text.replace("to: duty_manager", "to: duty_manger").replace(
        "min(stay.nightly_rate * ruined_nights, 150 EUR)", "150 USD"
    )
    (folder / "broken.yaml").write_text(text.replace("policy: hotel-guest-recovery", "policy: broken"))
    return folder


def test_all_problems_of_all_files(home, broken):
    done = run(home, "check", str(broken))
    assert done.code == 4
    for meant in ("guest.tier", "duty_manager"):
        assert f"did you mean `{meant}`?" in done.err
    assert "USD" in done.err
    assert "in 1 of 2 policies" in done.err
    assert done.out == ""


def test_json(home, broken):
    done = run(home, "check", str(broken), "--format", "json")
    found = json.loads(done.out)
    assert done.code == 4
    assert {each["file"] for each in found} == {str(broken / "broken.yaml")}
    assert all(each["line"] > 0 and each["code"] and each["message"] for each in found)


def test_annotations_of_a_pull_request(home, broken):
    done = run(home, "check", str(broken), "--format", "github")
    assert done.code == 4
    lines = done.out.splitlines()
    assert all(line.startswith("::error file=") for line in lines)
    assert any("title=" in line and "%0Ahelp: did you mean `guest.tier`?" in line for line in lines)


def test_what_is_well(home):
    done = run(home, "check", str(HOTEL))
    assert (done.code, done.err) == (0, "")
    assert "all is well" in done.out
    assert run(home, "check", str(HOTEL), "--format", "json").out == "[]\n"


def test_nothing_to_check(home, tmp_path):
    done = run(home, "check", str(tmp_path))
    assert done.code == 2
    assert "there is no policy in" in done.err


@pytest.mark.parametrize("data", [b"\xff\xfe", b"", b"- a\n- b\n", b"a: &x [*x]\n", b"\x00", b"a: [\n" * 2000])
def test_no_file_makes_a_traceback(home, tmp_path, data):
    (tmp_path / "bad.yaml").write_bytes(data)
    for command in ("check", "show", "ask"):
        done = run(home, command, str(tmp_path / "bad.yaml"))
        assert done.code == 4
        assert "Traceback" not in done.err
        assert "fault" not in done.err


@pytest.mark.parametrize("name", ["hotel-guest-recovery", "eu-air-passenger-rights"])
def test_show(home, name):
    done = run(home, "show", str(CASES / "cli" / "policies" / f"{name}.yaml"), env={"COLUMNS": "100"})
    same_as(f"cli/show/{name}.txt", done.out)


@pytest.mark.parametrize("name", ["hotel-guest-recovery", "eu-air-passenger-rights"])
def test_show_as_markdown(home, name):
    done = run(home, "show", str(CASES / "cli" / "policies" / f"{name}.yaml"), "--markdown")
    same_as(f"cli/show/{name}.md", done.out)


def test_show_says_what_the_company_bears(home):
    policy = home / "desk.yaml"
    policy.write_text(
        'policy: desk\ntitle: Desk\nversion: "1"\nowner: us\ncurrency: EUR\nladder: [clerk]\nremedies:\n'
        "  credit: {type: money, borne: 30%}\n  late_checkout: {type: exception, cost: 20 EUR, borne: 0%}\n"
        "rules: [{id: any, may: {credit: 3 EUR, late_checkout: true}}]\n"
    )
    done = run(home, "show", str(policy), "--markdown")
    said = "The company bears 30% of credit and 0% of late checkout."
    assert f"{said} This orders offers and changes no decision; caps count the full cost." in done.out


def test_show_at_a_terminal_and_in_ascii(home):
    with Terminal([*REMIT, "show", "hotel-guest-recovery"], environment(home), columns=90) as terminal:
        code, text = terminal.finish()
        assert code == 0
        assert max(map(len, text.splitlines())) <= 90
        assert b"\x1b[" in terminal.raw
    plain = run(home, "show", "hotel-guest-recovery", env={"PYTHONIOENCODING": "ascii"})
    assert plain.code == 0
    assert plain.out.isascii()
    assert "\x1b" not in plain.out


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("30 EUR * 25%", "7.50 EUR"),
        ("stay.nights * 2 > 5", "true"),
        ('tier in ("gold", "diamond")', "true"),
        ("since + 90 days", '@"2026-04-01"'),
        ("stay.rate * stay.nights", "540 EUR"),
        ("sum([0.1, 0.2])", "0.3"),
        ("missing", "null"),
    ],
)
def test_feel(home, tmp_path, expression, value):
    (tmp_path / "facts.yaml").write_text("stay:\n  nights: 3\n  rate: 180 EUR\ntier: gold\nsince: 2026-01-01\n")
    if "rate" in expression:
        expression = expression.replace("stay.rate", "180 EUR")
    done = run(home, "feel", expression, "--context", str(tmp_path / "facts.yaml"))
    assert (done.code, done.out) == (1 if value == "null" else 0, value + "\n")


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["-2 ** 2"], "4"),
        (["-5 EUR"], "-5 EUR"),
        (["-(1 + 2)"], "-3"),
        (["--7"], "7"),
        (["-.5"], "-0.5"),
        (["--", "-5 EUR"], "-5 EUR"),
        (["--", "--7"], "7"),
        (["-nights", "--context", "-"], "-3"),
        (["--context", "-", "-nights * 2"], "-6"),
        (["--context=-", "-nights"], "-3"),
    ],
)
def test_feel_takes_an_expression_that_begins_with_a_minus(home, arguments, value):
    done = run(home, "feel", *arguments, stdin="nights: 3\n")
    assert (done.code, done.out, done.err) == (0, value + "\n", "")


def test_feel_still_knows_its_options(home):
    assert "Evaluate a FEEL EXPRESSION" in run(home, "feel", "-h").out
    wrong = run(home, "feel", "--contxt", "facts.yaml", "1")
    assert wrong.code == 2
    assert "--context" in wrong.err


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("2 * (10 / (nights - 3))", "`10 / (nights - 3)` is null: a division by zero"),
        ("30 EUR + 5 USD", "`30 EUR + 5 USD` is null: `30 EUR` and `5 USD` are in different currencies"),
        ("nihgts + 1", "`nihgts` is null: there is no such name"),
        ("stay.rooms", "`stay.rooms` is null: `stay` is a context: it has no `rooms`"),
        ("foo(1)", "`foo(1)` is null: there is no function `foo`"),
        ('@"yesterday"', '`@"yesterday"` is null: `"yesterday"` is not a date, a time, a date-time or a duration'),
        ("[1, 2][nights]", "`[1, 2][nights]` is null: the list has no such item"),
        ("max([]) + 1", "`max([])` is null: the list is empty"),
        (
            'if nights > 2 then date("2026-02-30") else 1',
            '`date("2026-02-30")` is null: `"2026-02-30"` cannot be read as a date',
        ),
        ("some n in 1..20000 satisfies n = 3", "the range has no whole numbers or days, or more than 10,000"),
        ("count(for a in 1..1000, b in 1..1000 return a) > 0", "it takes too many steps"),
        ("(function(x: number) x)(1, 2)", "is null: `function(x: number) x` takes 1 value, but 2 are given"),
        ("null", "`null` is null"),
    ],
)
def test_feel_says_why_a_result_is_null(home, expression, why):
    done = run(home, "feel", expression, "--context", "-", stdin="nights: 3\nstay: {room: 12}\n")
    assert (done.code, done.out) == (1, "null\n")
    assert done.err.strip().endswith(why)


def test_feel_reads_json_exactly(home, tmp_path):
    (tmp_path / "facts.json").write_text('{"a": 0.1, "b": {"c": [1, 2]}}')
    assert run(home, "feel", "a * 3 + b.c[2]", "--context", str(tmp_path / "facts.json")).out == "2.3\n"


def test_feel_says_where_it_is_wrong(home):
    done = run(home, "feel", "1 + ")
    assert done.code == 4
    assert "  1 | 1 +" in done.err


def test_calendar(home, tmp_path):
    done = run(home, "calendar", "GB-ENG", "2025", "2026")
    assert done.code == 0
    assert "- 2025-12-25   # Christmas Day" in done.out
    policy = tmp_path / "policy.yaml"
    policy.write_text(HOTEL.read_text() + "\n" + done.out)
    assert run(home, "check", str(policy)).code == 0
    wrong = run(home, "calendar", "GB-ENGLAND", "2025", "2026")
    assert wrong.code == 2
    assert "the parts of GB are ENG" in wrong.err


def test_schemas_for_editors_and_contracts(home):
    printed = run(home, "schema", "policy")
    assert json.loads(printed.out)["$id"] == "urn:remit:policy:1"
    where = Path(run(home, "schema", "policy", "--path").out.strip())
    assert where.read_text(encoding="utf-8") == printed.out
    wrong = run(home, "schema", "polcy")
    assert wrong.code == 2
    assert "policy" in wrong.err


@pytest.mark.parametrize(("text", "words"), [("", "is empty"), ("# nothing", "is empty"), ("[1, 2]", "is no mapping of names")])
def test_feel_says_what_a_context_must_hold(home, tmp_path, text, words):
    (tmp_path / "context.yaml").write_text(text)
    for file in [str(tmp_path / "context.yaml"), *([] if text else ["/dev/null"])]:
        done = run(home, "feel", "stay.nights", "--context", file)
        assert done.code == 4
        assert words in done.err
        assert "write names and values, such as `stay.nights: 3`" in done.err
        assert "policy" not in done.err


@pytest.mark.slow
@pytest.mark.parametrize("industry", INDUSTRIES)
def test_new_and_then_all_is_well(home, tmp_path, industry):
    made = run(home, "new", "mine", "--industry", industry, cwd=tmp_path)
    assert made.code == 0
    assert sorted(each.name for each in tmp_path.glob("mine*")) == ["mine.yaml", "mine_test.yaml"]
    for command in (["check", "--strict"], ["test"], ["fmt", "--check"], ["coverage", "--fail-under", "100"]):
        done = run(home, *command, "mine.yaml", cwd=tmp_path)
        assert done.code == 0, (command, done)
    again = run(home, "new", "mine.yaml", cwd=tmp_path)
    assert again.code == 2
    assert "mine.yaml is there already" in again.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["mine.txt"], "a policy's file ends in `.yaml`"),
        (["\u00e9.yaml"], "words of plain letters"),
        (["my policy.yaml"], "words of plain letters"),
        (["nowhere/mine.yaml"], "there is no folder `nowhere`"),
        (["mine", "--amounts", "a,b,c"], "`a` is not an amount"),
        (["mine", "--amounts", "NaN,20,30"], "amounts are above zero and below 1,000,000,000"),
        (["mine", "--amounts", "10,20,1e30"], "amounts are above zero and below 1,000,000,000"),
        (["mine", "--amounts", "30,20,10"], "amounts grow with the ladder"),
        (["mine", "--amounts", "10.555,20,30"], "`10.555` is finer than the smallest unit of EUR"),
        (["mine", "--currency", "JPY", "--amounts", "10.5,20,30"], "`10.5` is finer than the smallest unit of JPY"),
        (["mine", "--roles", "a,b"], "2 roles need 2 amounts"),
        (["mine", "--roles", "a,\u00e9", "--amounts", "1,2"], "single words of plain letters"),
        (["mine", "--currency", "euros"], "write its three letters"),
    ],
)
def test_new_says_what_does_not_fit_and_writes_nothing(home, tmp_path, options, words):
    more = ["--amounts", "1,2,3"] if "--roles" in options and "--amounts" not in options else []
    done = run(home, "new", *options, *more, cwd=tmp_path)
    assert done.code == 2
    assert words in done.err
    assert [each for each in tmp_path.iterdir() if each.name != "home"] == []


def test_there_is_a_starter_for_every_industry_of_the_rules():
    rows = (ROOT / "rules" / "README.md").read_text(encoding="utf-8").splitlines()
    named = {row.split("|")[2].strip() for row in rows if row.startswith("| [")}
    assert len(named) == len(INDUSTRIES)
    assert {industry_in(each) for each in named} == set(INDUSTRIES)


def test_new_goes_by_the_name_of_the_file_and_never_guesses(home, tmp_path):
    assert run(home, "new", "airline", cwd=tmp_path).code == 0
    lines = (tmp_path / "airline.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("# A starter for airline:")
    for file, name in (("airline.yaml", "policy"), ("airline_test.yaml", "cases")):
        first = (tmp_path / file).read_text(encoding="utf-8").partition("\n")[0]
        assert first == f"# yaml-language-server: $schema={name}.schema.json"
    telecom = run(home, "new", "telecom-xyz", cwd=tmp_path)
    assert "with the words of the industry `telecom`" in telecom.out
    assert "remit schema policy > policy.schema.json" in telecom.out
    typo = run(home, "new", "airlnie", cwd=tmp_path)
    assert (typo.code, "Did you mean `--industry airline`?" in typo.err) == (2, True)
    for options in (["bakery"], ["mine", "--industry", "bakery"]):
        done = run(home, "new", *options, cwd=tmp_path)
        assert done.code == 2
        assert "insurance" in done.err
        assert not (tmp_path / f"{options[0]}.yaml").exists()


def test_only_the_cases_that_are_named(home, tmp_path):
    names = ("small", "Small and late", "large")
    cases = "".join(f"  - {{name: {name}, asked: {{points: 1}}, expect: {{outcome: grant}}}}\n" for name in names)
    (tmp_path / "hotel.yaml").write_text(HOTEL.read_text(encoding="utf-8"), encoding="utf-8")
    head = "defaults: {employee: {id: e-1, role: associate}}\ncases:\n"
    (tmp_path / "hotel_test.yaml").write_text(head + cases, encoding="utf-8")

    def ran(*only: str) -> list[str]:
        done = run(home, "test", "hotel.yaml", "--format", "json", *(f"--only={each}" for each in only), cwd=tmp_path)
        return [each["name"] for each in json.loads(done.out)]

    assert ran() == list(names)
    assert ran("small") == ["small"]
    assert ran("smal") == ["small", "Small and late"]
    assert ran("LATE", "large") == ["Small and late", "large"]
    done = run(home, "test", "hotel.yaml", "--only", "lagre", cwd=tmp_path)
    assert done.code == 2
    assert "no case has `lagre` in its name. Did you mean `large`?" in done.err


def test_a_policy_through_a_pipe(home, tmp_path):
    text = HOTEL.read_text(encoding="utf-8")
    broken = text.replace("ladder:", "laddr:")
    for source in ("-", "/dev/stdin"):
        assert run(home, "check", source, stdin=text).out == "1 policy checked, all is well\n"
        done = run(home, "check", source, stdin=broken)
        assert done.code == 4
        assert done.err.startswith("standard input:")
        shown = run(home, "show", "--markdown", source, stdin=text)
        assert shown.out == run(home, "show", "--markdown", str(HOTEL)).out
        assert run(home, "fmt", source, stdin=text).out == text
        assert run(home, "cases", "--write", source, stdin=text).out.startswith("policy: hotel-guest-recovery.yaml\n")
        assert run(home, "diff", str(HOTEL), source, stdin=text).code == 0
        assert "give a file" in run(home, "test", source, stdin=text).err
        assert "--diff shows what it would change" in run(home, "check", "--fix", source, stdin=text).err
        published = run(home, "publish", source, "--by", "me", stdin=text)
        assert published.code == 0, published
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["/bin/sh", "-c", f"cat {HOTEL} > {pipe}"]):
        asked = run(home, "ask", str(pipe), "--role", "associate", "--no-ledger", "--json")
    assert asked.code in (0, 6), asked
    assert list(tmp_path.glob("*_test.yaml")) == []


def test_names_stay_whole_in_a_narrow_window(home):
    shown = run(home, "show", "bank-fee-courtesy", env={"COLUMNS": "60"}).out
    assert "one-relationship" in shown
    assert "1 grants" not in shown
    assert max(map(len, shown.splitlines())) <= 60


def test_new_asks_again_for_what_does_not_fit(home, tmp_path):
    with Terminal([*REMIT, "new", "mine"], environment(home), cwd=tmp_path) as terminal:
        for question, text in [
            ("Line of business", "hotell"),
            ("Line of business", "airline"),
            ("Currency", "EURO"),
            ("its three letters", "gbp"),
            ("Roles", "agent,agent"),
            ("each named once", "agent,lead"),
            ("How much each", "60,30"),
            ("grow with the ladder", "30,60"),
            ("Who answers", ""),
        ]:
            terminal.expect(question)
            terminal.expect("]: ")
            terminal.type(text)
        code, shown = terminal.finish()
    assert code == 0, shown
    assert run(home, "check", "--strict", "mine.yaml", cwd=tmp_path).code == 0
    written = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    assert "ladder: [agent, lead]" in written
    assert "60 GBP" in written


def test_watching_goes_on_through_every_edit(home, tmp_path):
    for each in (ROOT / "rules").glob("bank-fee-courtesy*.yaml"):
        shutil.copy(each, tmp_path)
    policy, cases = tmp_path / "bank-fee-courtesy.yaml", tmp_path / "bank-fee-courtesy_test.yaml"
    good, good_cases = policy.read_text(), cases.read_text()
    with Terminal([*REMIT, "test", str(tmp_path), "--watch"], environment(home)) as terminal:
        terminal.expect("all passed")
        terminal.expect("watching")
        policy.write_text(good.replace("ladder:", "laddr:"))
        terminal.expect("1 problem of its own")
        policy.unlink()
        terminal.expect("cannot be read")
        cases.unlink()
        terminal.expect("there are no cases")
        policy.write_text(good)
        cases.write_text(good_cases)
        terminal.expect("all passed")
        terminal.type("\x03", enter=False)
        code, shown = terminal.finish()
    assert code == 0
    assert "Traceback" not in shown
