"""``remit prove``: each kind of statement holds and does not, what is remembered, and what it leaves with."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from remit.authoring.proving.proof_memory import ProofMemory
from remit.authoring.proving.proof_run import STANDARD, prove
from remit.deciding.loading import loads
from support.command import run

POLICY = """
policy: desk
title: Desk
version: "1"
owner: us
currency: EUR
ladder: [clerk, boss]
facts:
  kind: {type: choice, of: [noise, dirt, walked]}
  nights: {type: integer, min: 0, max: 9}
  rate: {type: money, min: 0 EUR, max: 500 EUR}
remedies:
  credit: {type: money, title: Credit}
values:
  share:
    table:
      inputs: [nights]
      hit: first
      rows:
        - ["<= 2", 10%]
        - ["> 2", 20%]
rules:
  - id: gesture
    because: A small thing
    when: {kind: noise}
    may: {credit: {clerk: 20 EUR, boss: 50 EUR}}
  - id: dirty
    because: A dirty room
    when: {kind: dirt}
    may: {credit: rate * share}
  - id: walked
    because: No room
    when: {kind: walked}
    owed: {credit: rate}
guardrails:
  - id: long
    when: nights > 8
    then: {limit: {credit: 60 EUR}}
    say: Please ask the boss.
claim: {per: case}
promises:
  - {id: clerks-stay-small, always: 'kind = "walked" or limit.credit.clerk <= 100 EUR'}
otherwise: escalate
"""

#: What is changed, the kind of statement that then does not hold, what it is about, and what is said of it.
FAULTS = {
    "a promise of one cent less": (
        ("limit.credit.clerk <= 100 EUR", "limit.credit.clerk <= 99.99 EUR"),
        ("promise", "clerks-stay-small", "`limit.credit.clerk` is 100 EUR, by rule `dirty` (line 27)"),
    ),
    "a boss who may give less": (("boss: 50 EUR", "boss: 10 EUR"), None),
    "a limit for the boss alone": (
        ("limit: {credit: 60 EUR}", "limit: {credit: {clerk: 60 EUR, boss: 5 EUR}}"),
        None,
    ),
    "a guardrail that names the clerk only": (
        ("then: {limit: {credit: 60 EUR}}", "then: {limit: {credit: {clerk: 60 EUR}}}"),
        None,
    ),
    "a division by what may be 0": (
        ("may: {credit: rate * share}", "may: {credit: rate / nights}"),
        ("fails", "dirty", "`rate / nights` cannot be worked out: a division by zero: Kind dirt, nights 0"),
    ),
    "a row that never counts": (
        ('- ["> 2", 20%]', '- ["> 2", 20%]\n        - ["[5..7]", 30%]'),
        ("dead", "share", "row 3 of `share` (line 22) never counts"),
    ),
    "a condition that contradicts itself": (
        ("when: nights > 8", "when: nights > 8 and nights < 3"),
        ("dead", "long", "guardrail `long` never applies: its condition contradicts itself or the types of its facts"),
    ),
    "a rule for none of the choices": (
        ("when: {kind: dirt}", "when: {kind: 'not(noise, dirt, walked)'}"),
        ("dead", "dirty", "rule `dirty` never holds: its condition contradicts itself or the types of its facts"),
    ),
    "a limit that lowers nothing": (
        ("limit: {credit: 60 EUR}", "limit: {credit: 600 EUR}"),
        ("dead", "long", "guardrail `long` never lowers anything: the rules never give more"),
    ),
    "a rule that another one covers": (
        (
            "may: {credit: rate * share}",
            "may: {credit: rate * share}\n  - {id: more, because: x, when: {kind: dirt}, may: {credit: rate * 20%}}",
        ),
        ("dead", "dirty", "rule `dirty` is subsumed: wherever it holds, other rules give at least as much to the same roles"),
    ),
}


def results(text: str) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    return {(each.code, each.of): (each.verdict, each.told) for each, _ in prove(loads(text).model)}


def test_a_good_policy_is_proved() -> None:
    found = results(POLICY)
    assert {verdict for verdict, _ in found.values()} == {"proved"}
    assert {code for code, _ in found} == {*STANDARD}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_with_a_case(name: str) -> None:
    (old, new), found = FAULTS[name]
    assert old in POLICY
    known = {key: each for key, each in results(POLICY.replace(old, new)).items() if each[0] != "proved"}
    if found is None:
        assert not known
    else:
        code, of, told = found
        assert known[code, of][0] == "refuted"
        assert told in known[code, of][1]


def test_what_is_settled_is_remembered_for_the_text_and_no_other(tmp_path: Path) -> None:
    memory, model = ProofMemory(tmp_path / "proofs"), loads(POLICY).model
    first = [each for each, _ in prove(model, memory=memory)]
    assert memory.results(model, list(STANDARD)) == first
    other = loads(POLICY.replace("100 EUR", "99 EUR")).model
    assert memory.results(other, ["promise"]) is None
    assert [each.verdict for each, _ in prove(other, ["promise"], memory=memory)] == ["refuted"]
    for entry in (tmp_path / "proofs").iterdir():
        entry.write_text("{")
    assert memory.results(model, ["promise"]) is None  # what cannot be read is proved again


def test_what_is_open_is_not_remembered(tmp_path: Path) -> None:
    memory, model = ProofMemory(tmp_path), loads(POLICY).model
    found = [each for each, _ in prove(model, ["promise"], seconds=1e-6, memory=memory)]
    assert [each.verdict for each in found] == ["open"]
    assert found[0].told == ("not proved: no answer in 1e-06 s",)
    assert memory.results(model, ["promise"]) is None


def test_the_command(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "desk.yaml"
    file.write_text(POLICY)
    done = run(home, "prove", str(file))
    assert (done.code, done.err) == (0, "")
    assert "✓ `clerks-stay-small`" in done.out
    assert "proved (of the text" in " ".join(
        run(home, "show", str(file), env={"XDG_CACHE_HOME": str(home / "cache")}).out.split()
    )
    file.write_text(POLICY.replace("100 EUR", "99 EUR"))
    done = run(home, "prove", str(file), "--only", "promise", "--format", "json")
    assert done.code == 1
    plain = json.loads(done.out)[0]["results"][0]
    assert (plain["verdict"], plain["facts"]["kind"], plain["line"]) == ("refuted", "dirt", 42)
    file.write_text(POLICY.replace("rate * share", "rates"))
    assert run(home, "prove", str(file)).code == 4


def test_what_a_lie_can_gain_is_told_and_held_to_a_bound(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "desk.yaml"
    file.write_text(POLICY)
    done = run(home, "prove", str(file), "--only", "promise", "--lies")
    assert done.code == 0
    assert (
        "What a false statement can gain\n  Credit\n    • Anyone who is told a lie can be led to give 500 EUR more" in done.out
    )
    done = run(home, "prove", str(file), "--only", "promise", "--max-lie", "499.99EUR")
    assert (done.code, "this is more than 499.99 EUR" in done.out) == (1, True)
    assert run(home, "prove", str(file), "--only", "promise", "--max-lie", "500EUR").code == 0
    file.write_text(
        POLICY.replace("of: [noise, dirt, walked]", "of: [noise, dirt, walked], source: system").replace(
            "max: 500 EUR", "max: 500 EUR, source: system"
        )
    )
    done = run(home, "prove", str(file), "--only", "promise", "--max-lie", "100EUR")
    assert done.code == 0, done.out
    done = run(home, "prove", str(file), "--max-lie", "lots")
    assert (done.code, "is not an amount of money" in done.err) == (2, True)
    done = run(home, "prove", str(file), "--max-lie", "50 USD")
    assert (done.code, "no policy here is in USD" in done.err) == (2, True)


def test_the_most_over_time_is_told_with_the_requests_that_reach_it(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "desk.yaml"
    capped = POLICY.replace(
        "claim: {per: case}",
        "caps:\n  - {id: month, per: employee.id, counts: [credit], max: 130 EUR, over: 30 days}\nclaim: {per: case}",
    )
    file.write_text(capped)
    asked = ("--only", "promise", "--exposure", "employee", "--role", "clerk", "--days", "60", "--format", "json")
    done = run(home, "prove", str(file), *asked)
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)[0]["results"][-1]
    assert (found["code"], found["status"], found["most"]) == ("exposure", "exact", "260 EUR")
    assert sum(Decimal(step["asked"]["credit"].split(" ")[0]) for step in found["steps"]) == 260
    done = run(home, "prove", str(file), "--exposure", "customer", "--role", "owner")
    assert (done.code, "its roles are `clerk`, `boss`" in done.err) == (2, True)


def test_facts_may_have_the_names_that_solvers_use() -> None:
    text = POLICY.replace("nights", "distinct").replace("rate", "let")
    assert {verdict for verdict, _ in results(text).values()} == {"proved"}


ROLES = """
policy: roles
title: Roles
version: "1"
owner: us
currency: EUR
ladder: [a, b]
facts:
  n: {type: integer, min: 0, max: 3}
  tier: {type: choice, of: [gold, silver]}
remedies:
  credit: {type: money, title: Credit}
values:
  most:
    table:
      inputs: [tier]
      hit: unique
      rows:
        - [gold, 500 EUR]
rules:
  - {id: all, because: So., may: {credit: 10 EUR}}
  - {id: owed, because: So., when: 'employee.role = "b" and n = 1', owed: {credit: 50 EUR}}
claim: {per: case}
promises:
  - {id: it, always: 'PROMISE'}
"""


@pytest.mark.parametrize(
    ("promise", "told"),
    [
        ('employee.role != "b" or limit.credit.b <= 5 EUR', "it does not hold: Usually, a b asks"),
        ('employee.role = "a" or owed.credit <= 0 EUR', "it does not hold: N 1, a b asks"),
        ("owed.credit <= 0 EUR", "it does not hold: N 1, a b asks"),
        ("limit.credit.a <= most", "it cannot be worked out: Tier silver, an a asks"),
    ],
)
def test_a_promise_holds_for_everybody_who_asks_and_can_be_worked_out(promise: str, told: str) -> None:
    verdict, lines = results(ROLES.replace("PROMISE", promise))["promise", "it"]
    assert (verdict, lines[0]) == ("refuted", told)


def test_a_fact_is_left_out_only_where_every_value_of_it_shows_the_same() -> None:
    text = ROLES.replace("  - {id: owed, because: So., when: 'employee.role = \"b\" and n = 1', owed: {credit: 50 EUR}}\n", "")
    text = text.replace("{id: all, because: So., may", "{id: all, because: So., when: 'tier = \"gold\" or n > 1', may").replace(
        "PROMISE", "limit.credit.a > 0 EUR"
    )
    (found,) = [each for each, _ in prove(loads(text).model, ["promise"])]
    assert found.told[0] == "it does not hold: N 0, tier silver"
    assert found.details["facts"] == {"n": 0, "tier": "silver"}


def test_a_cap_may_be_less_than_one_grant(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "desk.yaml"
    cap = "caps:\n  - {id: month, per: employee.id, counts: [credit], max: 15 EUR, over: 30 days}\nclaim: {per: case}"
    file.write_text(POLICY.replace("claim: {per: case}", cap))
    asked = ("--only", "promise", "--exposure", "employee", "--role", "clerk", "--days", "10", "--format", "json")
    found = json.loads(run(home, "prove", str(file), *asked).out)[0]["results"][-1]
    assert (found["status"], found["most"]) == ("exact", "15 EUR")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--seconds", "nan"), "is no number of seconds"),
        (("--max-lie", "-5EUR"), "is less than nothing"),
        (("--days", "30"), "go with --exposure"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(POLICY)
    done = run(tmp_path / "home", "prove", str(file), *options)
    assert (done.code, said in done.err) == (2, True), done.err


ASKED = """
policy: asked
title: Asked
version: "1"
owner: us
currency: EUR
ladder: [clerk, boss]
facts:
  guest.id: {type: text, personal: true}
  hours: {type: number, min: 0}
remedies:
  credit: {type: money, title: Credit}
  voucher: {type: money, title: A voucher}
  worked: {type: count, title: Hours back}
rules:
  - {id: small, because: So., may: {credit: 5 EUR, voucher: 10 EUR}}
  - {id: both, because: So., when: asked.voucher > 2 EUR, may: {credit: 50 EUR}}
  - {id: nobody, because: So., when: 'guest.id = "" or guest.id = " "', may: {credit: 70 EUR}}
  - {id: time, because: So., may: {worked: hours}}
guardrails:
  - id: boss
    when: 'employee.role = "boss" and asked.credit > 4 EUR'
    then: {limit: {credit: 3 EUR}}
    say: I keep to small things.
caps:
  - {id: c, per: guest.id, counts: [credit, voucher], max: 100 EUR, over: 90 days}
"""


def test_what_is_asked_and_what_is_no_request_are_part_of_every_case() -> None:
    found = {(each.code, each.of): each for each, _ in prove(loads(ASKED).model)}
    # an id is never empty, so nobody gets 70 EUR; 50 EUR go together with the least voucher that opens them
    assert found["edge", "credit.clerk"].says == "credit: a clerk may give 50 EUR together with 2.01 EUR of a voucher at once"
    assert found["edge", "voucher.clerk"].says == "a voucher: a clerk may give 10 EUR at once"
    assert found["edge", "worked.clerk"].says == "hours back: a clerk may give as much as `hours` allows at once"
    assert found["ladder", "credit"].verdict == "refuted"  # where more is asked, the boss may give less
    assert found["ladder", "voucher"].verdict == "proved"


def test_nothing_is_remembered_when_the_code_that_proves_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, model = ProofMemory(tmp_path), loads(POLICY).model
    assert [each.verdict for each, _ in prove(model, ["promise"], memory=memory)] == ["proved"]
    assert memory.results(model, ["promise"]) is not None
    monkeypatch.setattr("remit.authoring.proving.proof_memory.newest_source", lambda *folders: 1)
    assert memory.results(model, ["promise"]) is None
