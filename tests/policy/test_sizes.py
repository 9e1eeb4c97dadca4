"""Large policies load, and reading one twice as large takes twice as many steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml

from remit.policy.loader import inspect_model
from remit.policy.model import Model, Table
from support.hostile import big_policy
from support.steps import steps

_WORDS = [f"w{number}" for number in range(100)]
_HEAD = f"""\
policy: large
title: Large
version: "1"
owner: ops
currency: EUR
ladder: [clerk, boss]
facts:
  kind: {{type: choice, of: [{", ".join(_WORDS)}]}}
  n: {{type: integer, min: 0, max: 1000000}}
  price: {{type: money, min: 0 EUR, max: 1000000 EUR}}
remedies:
  credit: {{type: money, title: Credit}}
"""


def table(rows: int, output: str = "{}%") -> str:
    """A table of a choice, an integer range and a money range. Hardly two of its cells are the same."""
    lines = [_HEAD, "values:\n  share:\n    table:\n      inputs: [kind, n, price]\n      hit: first\n      rows:\n"]
    for row in range(rows):
        low, amount = row * 37 % 99_991, row * 61 % 9_973
        cells = f'{_WORDS[row % 100]}, "[{low}..{low + row % 90 + 1}]", "[{amount} EUR..{amount + row % 900 + 1} EUR)"'
        lines.append(f"        - [{cells}, {output.format(row * 7 % 100)}]\n")
    share = "price * share" if "%" in output else "share"
    lines.append(f"rules:\n  - {{id: one, may: {{credit: {share}}}}}\n")
    return "".join(lines)


def rules(count: int) -> str:
    """Rules with three tests each, an amount for one role and a formula for the other."""
    lines = [_HEAD, "rules:\n"]
    for rule in range(count):
        low, amount = rule * 37 % 99_991, rule * 61 % 9_973
        lines.append(
            f"  - id: rule-{rule}\n"
            f"    because: A reason for rule {rule} that people read.\n"
            f'    when: {{kind: {_WORDS[rule % 100]}, n: "[{low}..{low + rule % 90 + 1}]", price: ">= {amount} EUR"}}\n'
            f'    may: {{credit: {{clerk: {rule % 97 + 1} EUR, boss: "price * {rule % 53 + 1}%"}}}}\n'
        )
    return "".join(lines)


def facts(count: int) -> str:
    """A rule for each fact."""
    more = "".join(f"  guest.f{number}: {{type: integer, min: 0, max: 9}}\n" for number in range(count))
    lines = "".join(f"  - {{id: r{n}, when: guest.f{n} > {n % 9}, may: {{credit: {n + 1} EUR}}}}\n" for n in range(count))
    return _HEAD.replace("remedies:", f"{more}remedies:") + "rules:\n" + lines


def roles_and_remedies(count: int) -> str:
    """As many roles as remedies, and an amount of each remedy for each role."""
    roles = [f"role_{number}" for number in range(count)]
    remedies = [f"remedy_{number}" for number in range(count)]
    head = _HEAD.replace("[clerk, boss]", f"[{', '.join(roles)}]").replace("  credit:", "  remedy_0:")
    amounts = "".join(
        f"      {remedy}: {{" + ", ".join(f"{role}: {at + 1} EUR" for at, role in enumerate(roles)) + "}\n"
        for remedy in remedies
    )
    more = "".join(f"  {remedy}: {{type: money}}\n" for remedy in remedies[1:])
    return f"{head}{more}rules:\n  - id: all\n    may:\n{amounts}"


def rows_of(model: Model) -> int:
    definition = model.values["share"].definition
    assert isinstance(definition, Table)
    return len(definition.rows)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "size", "count"),
    [
        pytest.param(table(10_000), rows_of, 10_000, id="rows of shares"),
        pytest.param(table(10_000, "{}.50 EUR"), rows_of, 10_000, id="rows of amounts"),
        pytest.param(rules(10_000), lambda model: len(model.rules), 10_000, id="rules"),
        pytest.param(big_policy(10_000), lambda model: len(model.rules), 10_000, id="rules over 35 facts"),
        pytest.param(facts(500), lambda model: len(model.facts) - 3, 500, id="facts"),
        pytest.param(roles_and_remedies(50), lambda model: len(model.ladder), 50, id="roles"),
        pytest.param(roles_and_remedies(50), lambda model: len(model.remedies), 50, id="remedies"),
    ],
)
def test_it_loads(text: str, size: Callable[[Model], int], count: int) -> None:
    model, problems = inspect_model(text)
    assert model is not None, problems
    assert size(model) == count


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(table, id="rows of shares"),
        pytest.param(lambda count: table(count, "{}.50 EUR"), id="rows of amounts"),
        pytest.param(rules, id="rules"),
        pytest.param(big_policy, id="rules over 35 facts"),
        pytest.param(lambda count: facts(count // 4), id="facts"),
    ],
)
def test_twice_as_much_takes_twice_the_steps(make: Callable[[int], str]) -> None:
    small, middle, large = (steps(lambda size=size: inspect_model(make(size))) for size in (500, 1_000, 2_000))  # type: ignore[misc]
    assert large - middle < 2.1 * (middle - small)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [table(1_000), table(1_000, "{}.50 EUR"), rules(1_000), big_policy(500)],
    ids=["shares", "amounts", "rules", "rules over 35 facts"],
)
def test_loading_takes_no_more_steps_than_the_yaml_library_without_its_parser_in_c(text: str) -> None:
    inspect_model(text)
    assert steps(lambda: inspect_model(text)) < steps(lambda: yaml.compose(text, Loader=yaml.SafeLoader))


def test_the_collector_of_garbage_runs_again_after_loading() -> None:
    import gc

    for text in (rules(10), "nothing", "[" * 100):
        inspect_model(text)
        assert gc.isenabled()
    gc.disable()
    try:
        inspect_model(rules(10))
        assert not gc.isenabled()
    finally:
        gc.enable()
