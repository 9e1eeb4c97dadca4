"""The commands under a policy in several currencies: which one is meant, and what is said where that is not clear."""

import json

import pytest
import yaml

from support.command import REMIT, Terminal, environment, run
from support.golden import CASES, same_as

SHORES = CASES / "currencies" / "two-shores.yaml"
ASK = ("ask", str(SHORES), "--no-ledger", "--role", "agent", "--fact", "stay.id=s-1", "--fact", "delay=1")


@pytest.mark.parametrize(
    ("options", "variables", "told"),
    [
        (("--give", "credit=20USD", "--fact", "stay.rate=90"), {}, "20 USD credit"),
        (("--fact", "stay.rate=90usd"), {}, "You may give up to 30 USD credit"),
        (("--currency", "jpy", "--fact", "stay.rate=9000"), {}, "You may give up to 4000 JPY credit"),
        (("--fact", "stay.rate=90"), {"REMIT_CURRENCY": "EUR"}, "You may give up to 25 EUR credit"),
        (("--fact", "stay.rate=90USD", "--case", "desk-EUR"), {}, "You may give up to 30 USD credit"),
    ],
)
def test_the_currency_is_stated_or_that_of_an_amount(home, options, variables, told):
    done = run(home, *ASK, *options, env=variables)
    assert (done.code, done.err) == (0, "")
    assert told in done.out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--fact", "stay.rate=90"), "in which currency? Add --currency EUR, --currency USD, or --currency JPY, or set "),
        (("--currency", "GBP"), "`two-shores` is not in GBP; it is in EUR, USD, JPY."),
        (("--give", "credit=10EUR", "--fact", "stay.rate=90USD"), "there are amounts in EUR and USD, and a request is in one"),
    ],
)  # fmt: skip
def test_which_currency_is_never_guessed(home, options, told):
    done = run(home, *ASK, *options)
    assert done.code == 2
    assert told in done.err


def test_the_variable_says_nothing_to_a_policy_in_one_currency(home):
    for command in (("show", "hotel-guest-recovery"), ("ask", "hotel-guest-recovery", "--no-ledger")):
        assert run(home, *command, env={"REMIT_CURRENCY": "USD"}).code in (0, 6)
        stated = run(home, *command, "--currency", "USD")
        assert (stated.code, "`hotel-guest-recovery` is not in USD; it is in EUR." in stated.err) == (2, True)


def test_at_a_terminal_it_is_asked(home):
    with Terminal([*REMIT, *ASK], environment(home)) as terminal:
        terminal.answer("In which currency?", "2")
        terminal.answer("What is the stay rate?", "80")
        terminal.expect("Credit  up to 30 USD")


def test_what_is_on_record_is_read_in_its_currency(home):
    given = run(home, "grant", *ASK[1:2], *ASK[3:], "--fact", "stay.rate=9000JPY", "--give", "credit=1500JPY")
    assert given.code == 0, given.err
    why = run(home, "why", "1").out
    assert "1500 JPY credit" in why
    assert "Decided again from the policy in the ledger: the same" in why
    voided = run(home, "void", "1", "--reason", "It was another guest", "--part", "credit=500", "--role", "agent")
    assert voided.code == 0, voided.err
    assert run(home, "ledger", "verify", "--thorough", "--decide").code == 0


def test_requests_in_several_currencies_are_decided_one_after_the_other(home):
    facts = {"stay.id": "s-1", "delay": 1}
    lines = [
        {"employee": {"id": "e", "role": "agent"}, "occurred": "2026-07-02", "facts": facts, **more}
        for more in ({"asked": {"credit": "5 USD"}}, {"currency": "JPY"}, {})
    ]
    done = run(home, "decide", str(SHORES), stdin="".join(f"{json.dumps(each)}\n" for each in lines))
    first, second, third = map(json.loads, done.out.splitlines())
    assert (first["policy"]["currency"], second["policy"]["currency"]) == ("USD", "JPY")
    assert third["error"]["problems"][0]["message"] == "in which currency: EUR, USD or JPY?"


def test_proposed_cases_pass_in_every_currency(tmp_path, home):
    policy = tmp_path / "two-shores.yaml"
    policy.write_text(SHORES.read_text())
    every = {"policy": "two-shores.yaml", "cases": []}
    for code in ("EUR", "USD", "JPY"):
        found = yaml.safe_load(run(home, "cases", str(policy), "--currency", code).out)
        day = found["defaults"]["occurred"]
        every["cases"] += [{**found["defaults"], "occurred": str(each.pop("occurred", day)), **each} for each in found["cases"]]
        assert {each["currency"] for each in found["cases"]} == {code}
    (tmp_path / "two-shores_test.yaml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in every.items()))
    tested = run(home, "test", str(policy))
    assert tested.code == 0, tested.out
    coverage = run(home, "coverage", str(policy), "--format", "json")
    missed = {each["name"] for each in json.loads(coverage.out)[0]["items"] if not each["cases"]}
    assert missed == {"agent"}, "the discretion, which no case is proposed for"


def test_a_case_in_the_wrong_currency_fails_by_its_own_amounts(tmp_path, home):
    (tmp_path / "two-shores.yaml").write_text(SHORES.read_text())
    case = {
        "name": "in dollars",
        "employee": {"id": "e-1", "role": "agent"},
        "occurred": "2026-07-02",
        "given": {"stay.id": "s-1", "delay": 0, "stay.rate": "90 USD"},
        "asked": {"credit": "20 USD"},
        "expect": {"outcome": "grant", "limits": {"credit": "25 USD"}},
    }
    (tmp_path / "two-shores_test.yaml").write_text(yaml.safe_dump({"cases": [case]}))
    failed = run(home, "test", str(tmp_path / "two-shores.yaml"))
    assert failed.code == 1
    assert "30 USD" in failed.out


def test_a_mutation_in_another_currency_is_noticed(tmp_path, home):
    """Cases in euros alone notice no change of an amount in dollars."""
    policy = tmp_path / "two-shores.yaml"
    policy.write_text(SHORES.read_text())
    run(home, "cases", str(policy), "--currency", "EUR", "--write")
    assert "`30 USD` became" in run(home, "mutate", str(policy)).out


def test_a_difference_says_in_which_currency(tmp_path, home):
    new = tmp_path / "new.yaml"
    new.write_text(SHORES.read_text().replace("USD: 30 USD", "USD: 31 USD").replace("max: 60 EUR", "max: 66 EUR"))
    found = run(home, "diff", str(SHORES), str(new), "--examples", "0")
    assert found.code == 1
    same_as("currencies/diff.txt", found.out)
    assert (
        run(home, "diff", str(SHORES), str(SHORES)).out == "Guest recovery on both shores, two-shores 1: nothing has changed\n"
    )
    one = json.loads(run(home, "diff", str(SHORES), str(new), "--format", "json", "--currency", "USD").out)
    every = json.loads(run(home, "diff", str(SHORES), str(new), "--format", "json").out)
    assert one["changed"]
    assert [each["changed"] for each in every["currencies"]] == [True, True, True]


def test_show_is_in_one_currency_and_says_what_counts_all(home):
    for code in ("EUR", "JPY"):
        same_as(f"currencies/show-{code}.txt", run(home, "show", str(SHORES), "--currency", code).out)


def test_check_says_in_which_currency(tmp_path, home):
    policy = tmp_path / "two-shores.yaml"
    policy.write_text(SHORES.read_text().replace("USD: 30 USD", "USD: 30 USD * delay / 0"))
    found = run(home, "check", "two-shores.yaml", cwd=tmp_path)
    same_as("currencies/check.txt", found.out + found.err)
