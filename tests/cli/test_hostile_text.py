"""Names and words that try to write lines of their own, colours, or text that reads backwards: people see one line, plain."""

import json
from pathlib import Path

import pytest

import remit
from remit.errors import Problem, one_line
from remit.language import identities
from support.command import run

#: What an attacker writes into whatever they may write.
EVIL = {
    "a line": "x\r\n     9  2026-01-01 00:00  grant  boss  credit 999 EUR",
    "a colour": "x\x1b[31mred\x1b[0m",
    "the cursor": "x\x1b[2K\x1b[1A\x08\x08",
    "right to left": "x\u202eRUE 01\u2066y",
    "hidden": "x\u200b\u200d\ufeff\u00ady",
    "other lines": "x\u2028y\u2029z\x85\x0b\x0c",
}
POLICY = """
policy: bar
title: {title}
version: "1"
owner: bar-owner
ladder: [waiter, manager]
facts:
  guest.id: {{type: text}}
  level: {{type: integer, default: 1, ask: {title}}}
remedies:
  drink: {{type: exception, title: {title}}}
rules:
  - {{id: small, because: {title}, may: {{drink: true}}}}
guardrails:
  - {{id: angry, when: {{level: 3}}, then: deny, say: {title}}}
  - {{id: far, when: {{level: 2}}, then: escalate, say: {title}, because: {title}}}
"""


@pytest.fixture(params=EVIL.values(), ids=EVIL)
def evil(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def clean(text: str) -> bool:
    """One line for each line that remit wrote, and no control or formatting character."""
    return all(line == one_line(line) for line in text.split("\n"))


def test_one_line_is_one_line(evil: str) -> None:
    assert len(one_line(evil).splitlines()) == 1
    assert one_line(evil).isprintable()
    assert one_line("Caf\u00e9 \u5ba2 \U0001f600 1\u00a0000") == "Caf\u00e9 \u5ba2 \U0001f600 1\u00a0000"


@pytest.mark.slow
def test_what_people_read_is_plain_and_what_programs_read_is_exact(
    home: Path, tmp_path: Path, evil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such ids are refused by now; records from before may have them."""
    monkeypatch.setattr(identities, "_hides", lambda char: False)
    policy, db = tmp_path / "bar.yaml", tmp_path / "bar.db"
    policy.write_text(POLICY.format(title=json.dumps(evil)), encoding="utf-8")
    loaded = remit.load(policy)
    with remit.open_ledger(db) as ledger:
        asked = {
            "employee": {"id": evil, "role": "waiter"},
            "asked": {"drink": True},
            "facts": {"guest.id": evil},
            "case": evil,
            "story": f"A story: {evil}",
        }
        grant = ledger.grant(loaded, {**asked, "key": evil})
        ledger.escalate(loaded, {**asked, "facts": {"guest.id": evil, "level": 2}})
        ledger.void(grant.id, employee=asked["employee"], reason=evil)
        review = ledger.review(grant.id, verdict="praise", employee={"id": f"{evil}m", "role": "manager"}, note=evil)
        dispute = ledger.dispute(review.id, employee=asked["employee"], text=evil)
        ledger.answer_dispute(dispute.id, result="accepted", employee={"id": "m-2", "role": "manager"}, note=evil)
    options = ["--role", "waiter", "--fact", f"guest.id={evil}", "--ledger", str(db), "--case", "C-1", "--employee", "e-1"]
    give = ["--give", "drink"]
    for command, code, lines in (
        (["log", "--ledger", str(db)], 0, 6),
        (["tasks", "--ledger", str(db)], 0, 2),
        (["why", "1", "--reveal", "--ledger", str(db)], 0, None),
        (["why", "2", "--reveal", "--ledger", str(db)], 0, None),
        (["why", "3", "--reveal", "--ledger", str(db)], 0, None),
        (["why", "4", "--reveal", "--ledger", str(db)], 0, None),
        (["why", "5", "--reveal", "--ledger", str(db)], 0, None),
        (["me", "--employee", evil, "--ledger", str(db)], 0, None),
        (["ask", str(policy), *options], 0, None),
        (["ask", str(policy), *options, *give, "--fact", "level=2"], 3, None),
        (["grant", str(policy), *options, *give, "--fact", "level=3"], 5, None),
        (["grant", str(policy), *options, *give, "--fact", f"level={evil}"], 4, None),
        (["grant", str(policy), *options, "--give", f"drink={evil}"], 4, None),
        (["ask", str(policy), *options, "--case", evil, "--employee", evil], 4, None),
        (["ask", str(policy), *options, "--evidence", evil], 2, None),
        (["void", evil, "--reason", evil, "--role", "waiter", "--ledger", str(db)], 2, None),
        (["void", "2", "--reason", evil, "--role", "waiter", "--employee", evil, "--ledger", str(db)], 4, None),
        (["approve", "2", "--role", "manager", "--employee", evil, "--ledger", str(db)], 4, None),
        (["log", "--since", evil, "--ledger", str(db)], 2, None),
        (["show", str(policy)], 0, None),
        (["check", str(policy)], None, None),
    ):
        done = run(home, *command)
        assert code in (None, done.code), (command, done)
        assert clean(done.out + done.err), (command, done)
        assert lines in (None, len(done.out.splitlines())), (command, done)
        if command[0] != "void" and code == 0:
            assert "x" in done.out
    first = json.loads(run(home, "log", "--json", "--ledger", str(db)).out.split("\n")[0])
    assert (first["employee"]["id"], first["case"], first["key"]) == (evil, evil, evil)
    assert first["request"]["facts"]["guest.id"] == evil


@pytest.mark.slow
def test_names_of_files_are_plain_in_what_authors_read(home: Path, tmp_path: Path, evil: str) -> None:
    path = tmp_path / f"{evil.replace('/', '')}.yaml"
    path.write_text(POLICY.format(title='"Bar"').lstrip(), encoding="utf-8")
    for command in (["cases", "--write"], ["coverage"], ["mutate"], ["test"], ["fmt", "--check"], ["fmt"], ["cases"]):
        done = run(home, *command, str(path))
        told = done.err if command == ["cases"] else done.out + done.err  # it prints the cases themselves, exactly
        assert done.code in (0, 1, 4), (command, done)  # 4: a policy cannot be named so in its cases
        assert clean(told), (command, done)
        assert evil not in told


def test_a_problem_is_told_in_lines_of_its_own(evil: str) -> None:
    told = str(Problem("request/value", f"`{evil}` is wrong", path=f"facts.{evil}", hint=f"write {evil}"))
    assert all(line.startswith("  ") for line in told.split("\n")[1:]), "only remit begins a line"
    assert clean(told)
    assert Problem("x/y", evil).to_dict()["message"] == evil


STEERING = "x\x9b2J\x7f\u202ey\u2028\U000e0001z"


def test_json_steers_no_terminal_and_says_the_same(home: Path, tmp_path: Path) -> None:
    """C1 controls, directions and hidden characters are escapes in all that is printed as JSON."""
    policy, db = tmp_path / "bar.yaml", tmp_path / "bar.db"
    policy.write_text(POLICY.format(title="Bar"), encoding="utf-8")
    request = {"employee": {"id": "e-1", "role": "waiter"}, "asked": {"drink": True}, "facts": {"guest.id": "g-1"}}
    request |= {"story": f"It rained: {STEERING}", "case": "C-1"}
    with remit.open_ledger(db) as ledger:
        ledger.grant(remit.load(policy), request)
    record = run(home, "log", "--json", "--reveal", "--ledger", str(db)).out
    wrong = run(home, "decide", str(policy), stdin=json.dumps({**request, "asked": {STEERING: True}})).out
    value = run(home, "feel", json.dumps(STEERING)).out
    for text in (record, wrong, value):
        assert clean(text), text
        assert "\\u009b2J\\u007f\\u202ey\\u2028\\udb40\\udc01z" in text
    assert json.loads(record)["story"] == request["story"]
    assert any(STEERING in str(each.get(key)) for each in json.loads(wrong)["error"]["problems"] for key in each)
    assert json.loads(value) == STEERING
