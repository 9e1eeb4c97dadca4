"""``staff.yaml``: what is wrong with it is told in full, each problem in its place; and its schema is what the reader takes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

import remit
from remit.authoring.checks.check_run import check_file
from remit.authoring.schema_check import check_against
from remit.errors import PolicyError
from remit.ledger.people.roster_file import CODES, is_roster, load_roster, read_roster, roster_schema
from support.desk import desk
from support.golden import same_as
from support.staff import roster_text, staff

CASES = Path(__file__).parents[1] / "cases" / "roster"
EXAMPLE = Path(__file__).parents[2] / "examples" / "staff.yaml"


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_is_told_of_a_broken_roster(path: Path) -> None:
    with pytest.raises(PolicyError) as told:
        read_roster(path.read_text(encoding="utf-8"), path.name)
    same_as(f"roster/{path.stem}.txt", f"{told.value}\n")


def test_every_code_is_told_of() -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in CASES.glob("*.txt"))
    assert not [code for code in CODES if f"[{code}]" not in told and code != "roster/id"]
    with pytest.raises(PolicyError, match="roster/id"):
        read_roster('roster: desk\nversion: "1"\nstaff: [{id: "e\\u00ad1", role: a}]\n')


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(PolicyError, match="the file cannot be read: No such file"):
        load_roster(CASES / "nobody.yaml")


def test_the_example() -> None:
    roster = remit.load_roster(EXAMPLE)
    assert roster.find("E-17") is not None
    assert [person.id for person in roster.with_login("ana")] == ["e-17"]
    assert roster.who(lambda person: person.publishes) == "m-1"
    assert roster.lookups == (("/usr/local/bin/pms", "guest"),)


def test_a_roster_is_told_from_a_policy(tmp_path: Path) -> None:
    assert is_roster(EXAMPLE)
    assert not is_roster(Path(str(remit.shipped("hotel-guest-recovery"))))
    needs = tmp_path / "needs.yaml"
    needs.write_text(f"roster: required\n{desk().model.text.lstrip()}", encoding="utf-8")
    assert not is_roster(needs)
    assert remit.load(needs).model.roster
    assert check_file(EXAMPLE).problems == ()
    (wrong,) = check_file(CASES / "empty.yaml").problems
    assert "`staff` is empty" in wrong.message


@pytest.mark.parametrize("text", [EXAMPLE.read_text(encoding="utf-8"), roster_text()], ids=["example", "desk"])
def test_the_schema_takes_what_is_right(text: str) -> None:
    jsonschema.validate(yaml.load(text, yaml.BaseLoader), _as_text(roster_schema()))
    assert read_roster(text).people


def _as_text(schema: object) -> object:
    """The schema for values that were read as text alone."""
    if isinstance(schema, dict):
        words = {name: _as_text(each) for name, each in schema.items() if name != "default"}
        return {**words, "type": ["string", schema["type"]]} if schema.get("type") == "boolean" else words
    return [_as_text(each) for each in schema] if isinstance(schema, list) else schema


def test_the_published_schema_is_that_of_the_reader() -> None:
    assert remit.schema("roster") == json.loads(json.dumps(roster_schema()))
    check_against("roster", EXAMPLE.read_bytes(), "staff.yaml")
    with pytest.raises(PolicyError, match="role"):
        check_against("roster", b'roster: desk\nversion: "1"\nstaff: [{id: e-1}]\n', "staff.yaml")


def test_the_digest_is_that_of_the_text() -> None:
    assert staff("1").digest != staff("2").digest
    assert staff("1") == staff("1")
