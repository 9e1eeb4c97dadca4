"""``remit ask`` and ``remit grant`` without a terminal: options in, an answer and an exit code out."""

import json
import subprocess
import sys

import jsonschema
import pytest

from remit.cli.support import exits
from support.command import ROOT, environment, run

HOTEL = "hotel-guest-recovery"
NOISE = ["--fact", "incident.kind=noise", "--fact", "incident.severity=3"]
KNOWN = [*NOISE, "--fact", "guest.id=g-1", "--fact", "stay.id=s-1"]


def test_a_plain_answer_at_once(home):
    done = run(home, "ask", HOTEL, *KNOWN, "--give", "credit=25EUR")
    assert done.code == 0
    assert done.out.splitlines()[0] == "Yes. You may give this: 25 EUR folio credit."
    assert "On record" in done.out or "on record as number 1" in done.out


@pytest.mark.parametrize(
    ("code", "options"),
    [
        (0, [*KNOWN, "--give", "credit=25EUR"]),
        (3, [*KNOWN, "--give", "credit=90EUR"]),
        (5, [*KNOWN, "--fact", "guest.threatening=yes", "--give", "credit=25EUR"]),
        (6, ["--give", "credit=25EUR"]),
    ],
)
def test_the_exit_code_is_the_outcome(home, code, options):
    assert run(home, "ask", HOTEL, *options).code == code


def test_json_is_one_line_with_the_decision_and_its_record(home):
    done = run(home, "ask", HOTEL, *KNOWN, "--give", "credit=25EUR", "--give", "late_checkout", "--json")
    decision = json.loads(done.out)
    assert done.out.count("\n") == 1
    assert decision["outcome"] == "grant"
    assert decision["asked"] == {"credit": "25 EUR", "late_checkout": True}
    assert decision["record"]["number"] == 1


def test_what_is_missing_is_told_with_the_options_that_give_it(home):
    done = run(home, "ask", HOTEL, *NOISE, "--give", "credit=25EUR")
    assert done.code == 6
    assert "--fact guest.id=... (a text)" in done.out  # the ledger counts by it
    assert "guest.recoveries" not in done.out  # and reads this itself


def test_all_unknown_names_are_told_at_once_with_what_was_meant(home):
    done = run(
        home, "ask", HOTEL, "--fact", "incident.knd=noise", "--give", "kredit=4", "--role", "superviser", "--evidence", "nots"
    )
    assert done.code == 2
    assert done.out == ""
    for meant in ("incident.kind", "credit", "supervisor", "note"):
        assert f"did you mean `{meant}`?" in done.err


def test_wrong_options_and_wrong_values_are_told_together(home):
    wrong = ["--fact", "incident.knd=noise", "--fact", "incident.severity=9", "--fact", "guest.tier", "--give", "credit=x"]
    wrong += ["--occurred", "soon", "--role", "bos", "--evidence", "nots", "--give", "late_checkout", "--give", "late_checkout"]
    for command in ("ask", "grant"):
        done = run(home, command, HOTEL, *wrong)
        assert done.code == 2
        assert done.err.split("Error: ")[1] == (
            "`guest.tier` is not NAME=VALUE.\n"
            "       the policy has no fact `incident.knd`; did you mean `incident.kind`?\n"
            "       remedy `late_checkout` is given twice.\n"
            "       the policy has no role `bos`; there are associate, supervisor, duty_manager, general_manager.\n"
            "       the policy has no evidence `nots`; did you mean `note`?\n"
            "       --occurred: `soon` is not a day such as 20 November, yesterday or 2026-07-01.\n"
            "       asked.credit: `x` is not an amount such as `45 EUR`.\n"
            "       facts.incident.severity: `9` is not a whole number from 1 to 5.\n"
        )


def test_all_bad_values_are_told_at_once(home):
    done = run(home, "ask", HOTEL, "--fact", "incident.severity=9", "--fact", "stay.nightly_rate=9 USD", "--give", "credit=x")
    assert done.code == 4
    assert "`9` is not a whole number from 1 to 5" in done.err
    assert "`9 USD` is not an amount in EUR" in done.err
    assert "`x` is not an amount" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["aks", HOTEL], "Did you mean `ask`?"),
        (["ask", "hotel-gest-recovery"], "Did you mean `hotel-guest-recovery`?"),
        (["ask", "rules/nothing.yaml"], "there is no file or folder `rules/nothing.yaml`"),
        (["ask", HOTEL, "--fact", "incident.kind"], "`incident.kind` is not NAME=VALUE"),
        (["ask", HOTEL, "--fact", "a=1", "--fact", "a=2"], "fact `a` is given twice"),
        (["ask", HOTEL, "--occurred", "soon"], "`soon` is not a day such as"),
        (["ask", HOTEL, "--evidnce", "note"], "--evidence"),
        (["grant", HOTEL], "what do you give?"),
        (["ask"], "one that comes with remit: "),
    ],
)
def test_usage_errors_say_what_to_do(home, arguments, words):
    done = run(home, *arguments)
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_broken_policy_is_told_with_its_line(home, tmp_path):
    policy = tmp_path / "broken.yaml"
    policy.write_text((ROOT / "rules" / f"{HOTEL}.yaml").read_text().replace("{credit: 30 EUR,", "{credid: 30 EUR,"))
    done = run(home, "ask", str(policy))
    assert done.code == 4
    assert "did you mean `credit`?" in done.err
    assert "^^^^^^" in done.err


def test_the_day_of_the_incident_chooses_the_version(home, tmp_path):
    text = (ROOT / "rules" / f"{HOTEL}.yaml").read_text()
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "new.yaml").write_text(text)
    assert 'version: "2026.2"' in text
    assert "effective: {from: 2026-06-01}" in text
    old = text.replace('version: "2026.2"', 'version: "2026.1"')
    old = old.replace("effective: {from: 2026-06-01}", "effective: {from: 2026-01-01, to: 2026-06-01}")
    (folder / "old.yaml").write_text(old.replace("{credit: 30 EUR, points", "{credit: 20 EUR, points"))
    published = run(home, "publish", str(folder), "--by", "ana")
    assert "hotel-guest-recovery 2026.1 is published" in published.out
    ask = ["ask", str(folder), *KNOWN, "--json", "--occurred"]
    assert json.loads(run(home, *ask, "2026-05-31").out)["policy"]["version"] == "2026.1"
    assert json.loads(run(home, *ask, "2026-06-01").out)["policy"]["version"] == "2026.2"
    done = run(home, *ask, "2025-12-31")
    assert done.code == 4
    assert "2025-12-31" in done.err


def test_the_environment_says_who_and_where(home, tmp_path):
    env = {
        "REMIT_POLICY": HOTEL,
        "REMIT_ROLE": "supervisor",
        "REMIT_EMPLOYEE": "e-17",
        "REMIT_LEDGER": str(tmp_path / "desk" / "here.db"),
    }
    done = run(home, "ask", *KNOWN, "--json", env=env)
    assert json.loads(done.out)["employee"] == {"id": "e-17", "role": "supervisor"}
    assert (tmp_path / "desk" / "here.db").exists()
    assert not (home / "data").exists()


def test_no_ledger_writes_nothing(home):
    done = run(home, "ask", HOTEL, *NOISE, "--fact", "guest.recoveries=0", "--fact", "guest.tier=none", "--no-ledger")
    assert done.code == 0
    assert "record" not in done.out
    assert not (home / "data").exists()


def test_force_color_colours_a_pipe_and_no_color_wins(home):
    ask = ["ask", HOTEL, *KNOWN, "--give", "credit=25EUR"]
    assert "\x1b[1;32m" in run(home, *ask, env={"FORCE_COLOR": "1"}).out
    assert "\x1b" not in run(home, *ask, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).out
    assert "\x1b" not in run(home, *ask, env={"FORCE_COLOR": "0"}).out


def test_columns_decides_how_wide_it_is(home):
    done = run(home, "ask", HOTEL, *KNOWN, env={"COLUMNS": "50"})
    assert max(map(len, done.out.splitlines()[:-1])) <= 50


def test_the_same_key_grants_once(home):
    grant = ["grant", HOTEL, *KNOWN, "--give", "credit=25EUR", "--key", "k-1", "--json"]
    first, again = run(home, *grant), run(home, *grant)
    assert json.loads(first.out)["record"] == json.loads(again.out)["record"]
    other = run(home, "grant", HOTEL, *KNOWN, "--give", "credit=26EUR", "--key", "k-1")
    assert other.code == 4
    assert "Traceback" not in other.err


def test_a_file_that_is_no_ledger(home, tmp_path):
    (tmp_path / "remit.db").write_text("This is not a database, whatever its name says. " * 50)
    done = run(home, "ask", HOTEL, *KNOWN, env={"REMIT_LEDGER": str(tmp_path / "remit.db")})
    assert done.code == 7
    assert "Traceback" not in done.err
    assert "remit.db is damaged or not a ledger" in done.out


def test_the_json_is_what_the_schema_says(home):
    schema = json.loads((ROOT / "engine" / "remit" / "decision" / "decision.schema.json").read_text())
    for options in ([*KNOWN, "--give", "credit=25EUR"], [*KNOWN], ["--give", "credit=90EUR"]):
        jsonschema.validate(json.loads(run(home, "ask", HOTEL, *options, "--json").out), schema)


def test_a_policy_by_path_without_its_ending(home):
    assert run(home, "ask", "rules/hotel-guest-recovery", *KNOWN, "--give", "credit=25EUR").code == 0


def test_a_fault_of_remits_own_says_so_and_how_to_tell_of_it(capsys, monkeypatch):
    monkeypatch.delenv("REMIT_DEBUG", raising=False)
    assert exits.tell_fault(ZeroDivisionError("of nothing")) == 1
    told = capsys.readouterr().err
    assert "this is a fault in remit, not in what you typed (ZeroDivisionError: of nothing)" in told
    assert "REMIT_DEBUG=1" in told
    assert "Traceback" not in told
    monkeypatch.setenv("REMIT_DEBUG", "1")
    exits.tell_fault(ZeroDivisionError("of nothing"))
    assert "ZeroDivisionError: of nothing" in capsys.readouterr().err


def test_from_a_checkout_that_is_not_installed(home):
    """The launcher needs only the dependencies: no installed remit, no installed rules."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    done = subprocess.run(
        [sys.executable, "-S", str(ROOT / "cli.py"), "ask", HOTEL, "--fact", "incident.kind=injury", "--no-ledger"],
        env={**environment(home), "PYTHONPATH": packages},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout.startswith("This one is for the duty manager.")


def test_a_python_without_the_dependencies_is_told_what_to_install(home):
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "cli.py"), "ask", HOTEL],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "remit: click is not installed here\n  help: python -m pip install .\n"


def test_another_language_is_read_and_not_recorded(home):
    policy = str(ROOT / "tests" / "cases" / "cli" / "policies" / "ticket-waivers.yaml")
    options = ["ask", policy, "--role", "agent", "--fact", "booking.paid=100EUR", "--fact", "customer.angry=yes"]
    give = ["--give", "waiver=10EUR"]
    english, german = run(home, *options, *give), run(home, *options, *give, "--language", "de-AT")
    assert "“Ich hole gern meine Vorgesetzte dazu.”" in german.out
    assert "“I will get my supervisor for you.”" in english.out
    assert "Umbuchungsgebühr" in run(home, *options, *give, env={"REMIT_LANGUAGE": "de"}).out
    assert "I will get my supervisor for you." in run(home, *options, *give, "--language", "de", "--json").out
    assert "Umbuchungsgebühr" in run(home, "show", policy, "--language", "de").out
