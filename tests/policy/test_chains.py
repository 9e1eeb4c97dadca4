"""Values that are worked out one from the other: too long a chain is told, and the longest that is not works everywhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from remit.deciding.compiled import Compiled
from remit.errors import PolicyError
from remit.policy.loader import inspect_model, load_model
from support.command import run

_POLICY = """\
policy: chain
title: A chain
version: "1"
owner: ops
currency: EUR
ladder: [clerk, boss]
facts:
  n: {{type: integer, min: 0, max: 9}}
  k: {{type: choice, of: [a, b]}}
remedies:
  credit: {{type: money, title: Credit}}
values:
{values}
rules:
  - id: one
    because: Whoever asks gets something.
    when: "{last} >= 0"
    may: {{credit: {{clerk: "{last} * 1 EUR", boss: 100 EUR}}}}
guardrails:
  - id: most
    when: "{last} > 100000"
    then: deny
    say: That is too much.
"""

_CASES = """\
policy: chain.yaml
defaults:
  employee: {id: e-1, role: clerk}
  occurred: 2026-01-01
cases:
  - name: a
    given: {n: 3, k: a}
    asked: {credit: 1 EUR}
    expect: {outcome: grant}
"""

#: Each step, given the name of the value before.
_STEPS: dict[str, Callable[[str], str]] = {
    "sums": lambda before: f"'{before} + 1'",
    "twice": lambda before: f"'min({before}, {before})'",
    "names": lambda before: f"'{before}'",
    "choices": lambda before: f"'if {before} > 3 then {before} + 1 else {before} + 2'",
    "tables": lambda before: (
        f"{{table: {{inputs: ['{before}', k], hit: first, rows: [['> 3', a, '{before} + 1'], ['-', '-', '{before}']]}}}}"
    ),
    "conditions": lambda before: f"'if k = \"a\" and ({before} > 3 or {before} = 2) then 1 else 0'",
    "lists": lambda before: f"'if 1 in ({before}, 2) then 3 else 4'",
    "quantifiers": lambda before: f"'if some x in [1, 2] satisfies x > {before} then 3 else 4'",
}


def chain(step: str, count: int, first: str = "n") -> str:
    values = [f"  v0: {first}", *(f"  v{at}: {_STEPS[step](f'v{at - 1}')}" for at in range(1, count + 1))]
    return _POLICY.format(values="\n".join(values), last=f"v{count}")


@cache
def longest(step: str, first: str = "n") -> int:
    return next(count for count in range(1, 200) if inspect_model(chain(step, count + 1, first))[1])


@pytest.mark.parametrize("count", [200, 900])
@pytest.mark.parametrize("step", ["sums", "twice", "names"])
def test_a_chain_that_is_too_long_is_told_once_where_it_goes_too_far(step: str, count: int) -> None:
    text = chain(step, count)
    model, problems = inspect_model(text, "chain.yaml")
    assert model is None
    (problem,) = problems
    assert problem.code == "policy/long-chain"
    assert problem.place is not None
    assert f"v{problem.place.line - 13}: " in problem.place.text
    assert "fewer steps" in (problem.hint or "")
    assert longest(step) + 2 >= problem.place.line - 13 > longest(step)  # the rule adds a level of its own


def test_ten_thousand_values_in_one_chain() -> None:
    with pytest.raises(PolicyError) as caught:
        inspect_or_raise(chain("sums", 10_000))
    assert caught.value.problems[0].code in ("policy/long-chain", "policy/too-many")


def inspect_or_raise(text: str) -> None:
    _, problems = inspect_model(text)
    if problems:
        raise PolicyError(problems)


def test_a_condition_counts_with_the_values_that_it_reads() -> None:
    count = longest("names")
    text = chain("names", count).replace(f'when: "v{count} >= 0"', f'when: "{"not(" * 60}v{count} >= 0{")" * 60}"')
    (problem,) = inspect_model(text)[1]
    assert problem.code == "policy/long-chain"
    assert problem.place is not None
    assert "not(not(" in problem.place.text


@pytest.mark.parametrize("step", sorted(_STEPS))
def test_the_longest_chain_is_decided_also_by_who_has_called_from_far_down(step: str, tmp_path: Path) -> None:
    path = tmp_path / "chain.yaml"
    path.write_text(chain(step, longest(step)), encoding="utf-8")

    def decided(facts: dict[str, object], frames: int) -> str:
        if frames:
            return decided(facts, frames - 1)
        request = {"employee": {"id": "e-1", "role": "clerk"}, "asked": {"credit": "3 EUR"}, "facts": facts}
        compiled = Compiled(load_model(path))
        briefly, whole = (compiled.decide({**request, "occurred": "2026-01-01"}) for _ in range(2))
        assert briefly.outcome == whole.detail.outcome
        return briefly.outcome

    assert sys.getrecursionlimit() <= 1000
    outcomes = [decided(facts, 300) for facts in ({}, {"n": 3}, {"k": "a"}, {"n": 3, "k": "b"})]
    assert outcomes[-1] in ("grant", "escalate")


@pytest.mark.slow
@pytest.mark.parametrize("step", ["tables", "twice", "lists"])
def test_every_command_takes_the_longest_chain(step: str, tmp_path: Path) -> None:
    path = tmp_path / "chain.yaml"
    path.write_text(chain(step, longest(step)), encoding="utf-8")
    (tmp_path / "chain_test.yaml").write_text(_CASES, encoding="utf-8")
    for command in ("check", "show", "fmt", "test", "coverage", "mutate", "cases", "diff", "ask"):
        more = {"diff": [str(path)], "ask": ["--role", "clerk", "--fact", "n=3"]}.get(command, [])
        ran = run(tmp_path, command, str(path), *more)
        assert ran.code in (0, 1, 3, 5, 6), (command, ran)
        assert "Traceback" not in ran.err, (command, ran)
        assert "ecursion" not in ran.out + ran.err, (command, ran)
