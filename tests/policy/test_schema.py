"""The JSON Schema for editors: up to date, right about good policies, and of one mind with the loader."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from remit.policy.loader import inspect_model
from remit.policy.outline import POLICY
from remit.policy.reading.data import data_of
from remit.policy.reading.yaml_reader import read_yaml
from remit.policy.schema import SCHEMA_FILE, main, policy_schema, schema_text
from remit.policy.shapes.mappings import Key
from support.golden import CASES

RULES = Path(__file__).parents[2] / "rules"
GOOD = [
    *sorted((CASES / "policy" / "good").glob("*.yaml")),
    *(path for path in sorted(RULES.glob("*.yaml")) if "_test" not in path.stem),
]
SCHEMA = policy_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)

#: Problems of shape: what a schema can see. The others need to know what the words mean.
SHAPE = {
    "policy/date",
    "policy/empty",
    "policy/facts-in-fact",
    "policy/form",
    "policy/missing-key",
    "policy/missing-line",
    "yaml/split-text",
    "policy/needs-key",
    "policy/no-value",
    "policy/one-of",
    "policy/shape",
    "policy/too-long",
    "policy/too-many",
    "policy/truth",
    "policy/unknown-key",
    "policy/window",
    "policy/word",
    "yaml/needs-quotes",
}


def data(path: Path) -> Any:
    root, report = read_yaml(path.read_text(encoding="utf-8"), path.name)
    assert root is not None, report.sorted()
    return data_of(root)


DATA = [data(path) for path in GOOD]


def test_the_file_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run `python -m remit.policy.schema`"
    assert main(["--check"]) == 0


def test_the_check_notices_an_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("remit.policy.schema.SCHEMA_FILE", tmp_path / "policy.schema.json")
    assert main(["--check"]) == 1
    assert "run `python -m remit.policy.schema`" in capsys.readouterr().err
    assert main() == 0
    assert main(["--check"]) == 0


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert json.loads(schema_text()) == SCHEMA


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_policies_are_valid(path: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(data(path))] == []


def keys_below(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, key in schema.get("properties", {}).items():
        yield f"{path}.{name}", key
    for name, definition in schema.get("definitions", {}).items():
        yield from keys_below(definition, name)


KEYS = dict(keys_below(SCHEMA))


@pytest.mark.parametrize("path", KEYS)
def test_every_key_is_explained(path: str) -> None:
    key = KEYS[path]
    assert len(key["description"]) > 10
    assert key["description"].endswith((".", "?"))
    enum = key.get("enum")
    if enum:
        assert len(key["markdownEnumDescriptions"]) == len(enum)


@pytest.mark.parametrize("path", [path for path, key in KEYS.items() if "examples" in key or "default" in key])
def test_examples_and_defaults_are_valid(path: str) -> None:
    key = KEYS[path]
    validator = jsonschema.Draft7Validator({**key, "definitions": SCHEMA["definitions"]})
    for example in [*key.get("examples", []), *([key["default"]] if "default" in key else [])]:
        assert validator.is_valid(example), example


def test_every_section_has_its_keys_in_the_schema() -> None:
    assert list(SCHEMA["properties"]) == [key.name for key in POLICY.keys]
    assert all(isinstance(key, Key) for key in POLICY.keys)


BROKEN = sorted((CASES / "policy" / "broken").glob("*.yaml"))

#: What the loader tells of the text itself, and still reads; nothing is wrong with the shape of what it then reads.
READ_ALL_THE_SAME = {"range-without-quotes", "rows-missing"}


def test_schema_and_loader_agree_about_broken_policies() -> None:
    differ = set()
    for path in BROKEN:
        text = path.read_text(encoding="utf-8")
        root, _ = read_yaml(text, path.name)
        if root is not None:
            by_loader = {problem.code for problem in inspect_model(text, path.name)[1]} & SHAPE
            if bool(by_loader) == VALIDATOR.is_valid(data_of(root)):
                differ.add(path.stem)
    assert differ == READ_ALL_THE_SAME


# Mutations


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


STRANGE = [
    None,
    True,
    False,
    0,
    3,
    -2,
    1.5,
    "",
    " ",
    "x",
    "no",
    "30 EUR",
    "30",
    "two words",
    "a, b",
    "2026-13",
    "2026-06-01",
    "calendar month",
    "month",
    "Deny",
    "escalate",
    "a.b",
    "1a",
    "é",
    [],
    ["x"],
    [["x"]],
    {},
    {"x": "y"},
    {"x": {"y": 1}},
    {"type": "text"},
    [None],
    "x" * 3000,
    {"deny": ["credit"], "escalate": ["credit"]},
    {"table": {}},
    {"dated": [], "by": "x"},
    {"from": "2026-01-01", "value": 1},
]


def mutated(original: Any, chance: random.Random) -> Any:
    """A policy with one or two parts left out, added, doubled or replaced."""
    policy = copy.deepcopy(original)
    for _ in range(chance.randint(1, 2)):
        path = chance.choice(list(places(policy))[1:])
        holder, key = at(policy, path[:-1]), path[-1]
        match chance.randrange(5):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[chance.choice(["nonsense", "when", "type", "id", "max", "because", "of"])] = copy.deepcopy(
                    chance.choice(STRANGE)
                )
            case 2 if isinstance(holder, dict):
                holder[str(key) + chance.choice(["s", "_", "-x", " x"])] = holder.pop(key)
            case 3:
                holder[key] = copy.deepcopy(at(policy, chance.choice(list(places(policy)))))
            case _:
                holder[key] = copy.deepcopy(chance.choice(STRANGE))
        if not policy:
            return policy
    return policy


@given(original=st.sampled_from(DATA), seed=st.integers(0, 2**32))
def test_schema_and_loader_agree_about_changed_policies(original: Any, seed: int) -> None:
    policy = mutated(original, random.Random(seed))
    text = yaml.safe_dump(policy, sort_keys=False, allow_unicode=True, width=500)
    _, problems = inspect_model(text, "p.yaml")
    by_loader = sorted({problem.code for problem in problems} & SHAPE)
    by_schema = [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in VALIDATOR.iter_errors(policy)]
    assert bool(by_loader) == bool(by_schema), "\n".join([*map(str, problems), "schema:", *by_schema, text])
