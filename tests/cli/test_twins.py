"""``remit twins`` as a reviewer runs it: the page, the figures, the JSON, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import remit
from remit.ledger.people.roster_file import read_roster
from support.command import run
from support.desk import Clock
from support.golden import same_as
from support.ledgers import new_ledger
from support.like_years import shop

ROSTER = """
roster: shops
version: "1"
timezone: UTC
staff:
  - {id: c-1, role: clerk, site: harbour}
  - {id: c-2, role: clerk, site: harbour}
  - {id: bot-1, role: clerk, site: harbour, agent: true}
  - {id: m-1, role: manager, publishes: true, owns: [shop]}
"""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clerks and an AI agent at one site. The agent gives half of what people give, and all give half to one origin."""
    folder = tmp_path_factory.mktemp("twins")
    with new_ledger("sqlite", folder, clock=Clock()) as opened:
        opened.publish(read_roster(ROSTER), by="m-1")
        opened.publish(shop(), by="m-1")
        for number in range(180):
            who, origin = ("c-1", "c-2", "bot-1")[number % 3], ("north", "south")[number // 3 % 2]
            amount = (20 + number % 5) * (1 if who != "bot-1" else 0.5) * (1 if origin == "north" else 0.5)
            facts = {
                "case.kind": "late",
                "case.level": 1 + number % 5,
                "order.id": f"o-{number}",
                "customer.id": f"k-{number}",
                "customer.origin": "overseas" if number in (5, 6) else origin,
                "customer.language": ("en", "de")[number // 6 % 2],
            }
            opened.grant(shop(), {"employee": {"id": who}, "asked": {"credit": f"{amount:.2f} EUR"}, "facts": facts})
        return Path(opened.name.removeprefix("sqlite:///"))


def twins(home: Path, ledger: Path, *args: str, plain: bool = False) -> str:
    done = run(home, *(["--plain"] if plain else []), "twins", "--ledger", str(ledger), *args)
    assert (done.code, done.err) == (0, "")
    return done.out


def test_the_page(home: Path, ledger: Path) -> None:
    page = twins(home, ledger, "--figures")
    assert max(map(len, page.splitlines())) <= 80
    same_as("cli/twins/page.txt", page)


def test_plainly_a_paragraph_is_a_line(home: Path, ledger: Path) -> None:
    page = twins(home, ledger, "--figures", plain=True)
    same_as("cli/twins/plain.txt", page)
    assert "  " not in page


def test_one_who_looks_at_the_two_cases_finds_what_differs(home: Path, ledger: Path) -> None:
    found = json.loads(twins(home, ledger, "--json", "--by", "agent"))
    (finding,) = found["findings"]
    assert (finding["by"], finding["group"]) == ("agent", "AI agents")
    own, other = (run(home, "why", str(seq), "--ledger", str(ledger)).out for seq in finding["example"])
    assert "bot-1" in own
    assert "bot-1" not in other
    with remit.open_ledger(ledger) as opened:
        records = {entry.seq: entry.body for entry in opened.records()}
    given = [remit.Money.of(records[seq]["decision"]["asked"]["credit"]).minor for seq in finding["example"]]
    assert given[0] < given[1]


def test_personal_facts_need_consent_and_small_groups_are_never_shown(home: Path, ledger: Path) -> None:
    refused = run(home, "twins", "--ledger", str(ledger), "--by", "customer.origin")
    assert refused.code != 0
    assert refused.err == "remit: `customer.origin` is personal; add --reveal to compare by it\n"
    assert "north" not in twins(home, ledger, "--json")
    page = twins(home, ledger, "--by", "customer.origin", "--reveal", "--figures")
    same_as("cli/twins/revealed.txt", page)
    whole = page + twins(home, ledger, "--by", "customer.origin", "--reveal", "--json")
    assert "south" in whole
    assert "overseas" not in whole
    assert "1 group by customer.origin has fewer than 10 customers and is not shown." in " ".join(page.split())


def test_options(home: Path, ledger: Path) -> None:
    assert "no cases" in twins(home, ledger, "--since", "today")
    assert json.loads(twins(home, ledger, "--policy", "shop", "--json"))["cases"] == 180
    assert json.loads(twins(home, ledger, "--json", "--at-least", "90"))["findings"] == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--by", "customer.langage"), "--by: no policy declares `customer.langage`; did you mean `customer.language`?"),
        (("--by", "sites", "--by", "x"), "no policy declares `sites`; did you mean `site`?; no policy declares `x`"),
        (("--policy", "shops"), "there are no cases under `shops`"),
        (("--since", "soon"), "soon"),
        (("--at-least", "0"), "0 is not in the range"),
    ],
)
def test_what_is_wrong_is_said(home: Path, ledger: Path, args: tuple[str, ...], said: str) -> None:
    done = run(home, "twins", "--ledger", str(ledger), *args)
    assert done.code != 0
    assert said in " ".join(done.err.split())
