"""Deliberately broken policies: what the author is told, word for word."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from remit.errors import PolicyError, Problem
from remit.language import checker
from remit.policy.loader import inspect_model, read_model
from remit.policy.policy_codes import CODES
from support.golden import CASES, same_as

BROKEN = sorted((CASES / "policy" / "broken").glob("*.yaml"))
GOOD = CASES / "policy" / "good" / "front-desk.yaml"

#: Told of folders, of bytes, or of files too large to keep here; tested elsewhere.
NOT_HERE = {
    "policy/long-chain",
    "policy/not-found",
    "policy/overlap",
    "policy/too-many",
    "policy/too-many-files",
    "policy/too-many-formulas",
    "policy/too-many-problems",
    "policy/unreadable",
    "yaml/encoding",
    "yaml/syntax",
    "yaml/too-deep",
    "yaml/too-large",
    "yaml/too-long",
}


@cache
def problems_of(path: Path) -> tuple[Problem, ...]:
    return inspect_model(path.read_text(encoding="utf-8"), path.name)[1]


def test_there_are_many_and_the_policy_that_they_are_made_from_is_good() -> None:
    assert len(BROKEN) >= 100
    assert inspect_model(GOOD.read_text(encoding="utf-8"), GOOD.name)[1] == ()


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_what_the_author_is_told(path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        read_model(path.read_text(encoding="utf-8"), path.name)
    same_as(f"policy/broken/{path.stem}.txt", "\n".join(str(problem) for problem in caught.value.problems) + "\n")


#: Where what is told stands on a line that is right by itself: something is missing there, or it is right no longer.
TOLD_ELSEWHERE = {
    "discretion-without-money": "discretion itself is right, but no remedy is money any more",
    "duplicate-id": "the second of the two is told",
    "duplicate-key": "the second of the two is told; a role that is no longer on the ladder",
    "guardrails-missing": "what follows the line that is lost",
    "fact-renamed": "where the name is used",
    "role-renamed": "where the name is used",
    "rows-missing": "what follows the line that is lost",
    "shows-missing": "what follows the line that is lost",
    "table-missing": "what follows the line that is lost",
    "values-missing": "what follows the line that is lost",
    "missing-keys": "the first line of what lacks a key",
    "mixed-results": "the second type is told",
    "neither-may-nor-owed": "the first line of the rule",
    "no-currency": "where money is first met",
    "no-rules": "nothing stands behind `rules`",
}


@pytest.mark.parametrize("path", [path for path in BROKEN if path.stem not in TOLD_ELSEWHERE], ids=lambda path: path.stem)
def test_each_problem_points_at_a_line_that_was_changed(path: Path) -> None:
    """The lines of a broken policy that do not stand in the good one are the mistakes, and every problem is on one of them."""
    good = set(GOOD.read_text(encoding="utf-8").splitlines())
    for problem in problems_of(path):
        assert problem.place is not None
        assert problem.place.text not in good, str(problem)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_problems_are_in_reading_order_and_well_formed(path: Path) -> None:
    problems = problems_of(path)
    places = [(problem.place.line, problem.place.column) for problem in problems if problem.place]
    assert places == sorted(places)
    assert len(set(problems)) == len(problems)
    for problem in problems:
        assert re.fullmatch(r"[a-z]+/[a-z-]+", problem.code)
        assert problem.message[0] in "`" or problem.message[0].islower() or problem.message.startswith(("YAML", "20"))
        assert not problem.message.endswith(".")
        assert problem.message.count("`") % 2 == 0, problem.message
        for internal in ("None", "Yaml", "Decimal", "<class", "Traceback", "Type("):
            assert internal not in problem.message + (problem.hint or ""), problem.message


def test_every_code_of_a_policy_has_a_broken_policy() -> None:
    told = {problem.code for path in BROKEN for problem in problems_of(path)}
    assert set(CODES) - NOT_HERE - told == set()
    assert {code for code in told if not code.startswith("syntax/")} <= set(CODES) | set(checker.CODES)


def test_every_code_in_the_engine_is_listed() -> None:
    source = Path(__file__).parents[2] / "engine" / "remit" / "policy"
    texts = [path.read_text(encoding="utf-8") for path in source.rglob("*.py") if path.name != "codes.py"]
    used = {code for text in texts for code in re.findall(r'"((?:policy|yaml|names|types)/[a-z-]+)"', text)}
    used |= {
        f"yaml/{code}" for text in texts for code in re.findall(r'\.(?:problem|whole_line)\((?:number, )?"([a-z-]+)"', text)
    }
    used |= {"names/unknown-fact", "names/unknown-remedy", "names/unknown-role"}
    assert set(CODES) <= used <= {*CODES, *checker.CODES}


def test_several_mistakes_are_all_told() -> None:
    found = problems_of(CASES / "policy" / "broken" / "many-mistakes.yaml")
    assert len(found) == 12
    assert len({problem.place.line for problem in found if problem.place}) == 12


def test_after_a_hundred_problems_it_is_enough() -> None:
    text = GOOD.read_text(encoding="utf-8") + "".join(f"key_{number}: 1\n" for number in range(500))
    model, problems = inspect_model(text, "p.yaml")
    assert model is None
    assert len(problems) == 101
    assert problems[-1].code == "policy/too-many-problems"
