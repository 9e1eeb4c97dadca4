"""``staff.yaml``: the roster as people write it, read with every problem in its place; and its JSON Schema for editors."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PureWindowsPath
from typing import Any, Final
from zoneinfo import ZoneInfo

from remit.errors import PolicyError, Problem
from remit.language.identities import identity, latin, refuse_id
from remit.language.values import Money
from remit.ledger.people.roster import Roster, person_of
from remit.policy.loader import unreadable
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_reader import LIMITS, decode, read_yaml
from remit.policy.reading.yaml_tree import YamlScalar
from remit.policy.shapes.base import Definitions, JsonSchema
from remit.policy.shapes.collections import ListOf, MapOf
from remit.policy.shapes.constants import is_exact, raw
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import Day, FormulaShape, Text, TruthShape
from remit.policy.shapes.word_forms import DOTTED, ID, NAME
from remit.schemas import schema_file

__all__ = ["CODES", "inspect_roster", "is_roster", "load_roster", "read_roster", "roster_schema"]

#: What can be wrong with a roster: code -> what it says, in one line. What is wrong in any file has the codes of policies.
CODES: Final[Mapping[str, str]] = {
    "roster/confusable": "an id that looks like another, with letters of another alphabet",
    "roster/days": "a last day before the first",
    "roster/id": "an id that is empty, or has a character that cannot be seen",
    "roster/lookup": "a command that is not named with its whole path",
    "roster/publisher": "a roster that nobody could change",
    "roster/self": "somebody who trusts or covers themselves",
    "roster/twice": "an id that is there twice, under whatever spelling",
    "roster/unknown": "the id of somebody who is not on the roster",
}

_SINGLE: Final = FormulaShape("a single value", by_currency=False)
_ID: Final = Text("an id such as `e-17`", "e-17", 200)
_IDS: Final = ListOf(_ID, "a list of ids", "an id", "[e-17, e-18]")
_UNTIL: Final = Key("until", Day(), "The last day on which it holds.", examples=("2026-12-31",))
_BY: Final = Key("by", _ID, "Who said so: the id of somebody else on this roster.", True, examples=("e-3",))
_BECAUSE: Final = Text(example="cover while e-3 is away", longest=300)

AMOUNTS: Final = Record(
    "a personal amount",
    (
        Key(
            "most",
            MapOf(NAME, _SINGLE, "a mapping of remedies to amounts", "{credit: 20 EUR}", 1),
            "The most of each remedy.",
            True,
        ),
        Key("policy", ID, "Only under this policy. Left out, under all that have the remedies."),
        _BY,
        Key("because", _BECAUSE, "Why."),
        _UNTIL,
    ),
    "{most: {credit: 20 EUR}, by: e-3, until: 2026-12-31}",
    "What one person may give at the most, less than their role (`ceiling`) or more (`trust`).",
)
ACTING: Final = Record(
    "an acting role",
    (
        Key("role", NAME, "The role that they may act in.", examples=("shift_lead",)),
        Key("id", _ID, "Whom they may act for: they take that person's role.", examples=("e-3",)),
        _BY,
        Key("because", _BECAUSE, "Why: cover, training.", True, examples=("cover",)),
        _UNTIL,
    ),
    "{role: shift_lead, by: e-3, because: cover, until: 2026-12-05}",
    "Whom somebody may act for, or in which other role. Every record says so.",
    one_of=("role", "id"),
)
PERSON: Final = Record(
    "a person",
    (
        Key("id", _ID, "What tells them from everybody else, for ever.", True, examples=("e-17",)),
        Key("role", NAME, "Their role on the ladder.", True, examples=("associate",)),
        Key(
            "roles",
            MapOf(ID, NAME, "a mapping of policies to roles", "{parcel-claims: agent}"),
            "Their role under a policy that has another ladder.",
        ),
        Key(
            "logins",
            ListOf(Text(longest=200), "a list of logins", "a login", "[ana]"),
            "Their names on the computers of the desk.",
        ),
        Key("accounts", _IDS, "The customer numbers and addresses that are their own, or of people close to them."),
        Key("site", Text(longest=200), "Where they work (`employee.site`).", examples=("lisbon",)),
        Key("manager", _ID, "The id of whom they report to (`employee.manager`).", examples=("e-3",)),
        Key("from", Day(), "Their first day.", examples=("2026-01-01",)),
        Key("until", Day(), "Their last day.", examples=("2026-12-31",)),
        Key(
            "facts",
            MapOf(DOTTED, _SINGLE, "a mapping of names to values", "{tenure: 3 years}"),
            "What policies may read of them: `tenure` is the fact `employee.tenure`.",
        ),
        Key(
            "acts_for",
            ListOf(ACTING, "a list", "an acting role", f"[{ACTING.example}]"),
            "Whom they may act for, and in which roles.",
        ),
        Key("ceiling", ListOf(AMOUNTS, "a list", "a ceiling", f"[{AMOUNTS.example}]"), "Less than their role may give."),
        Key(
            "trust",
            ListOf(AMOUNTS, "a list", "a trust", f"[{AMOUNTS.example}]"),
            "More than their role may give, where a rule covers it.",
        ),
        Key("owns", ListOf(ID, "a list of policies", "a policy", "[hotel-guest-recovery]"), "The policies they answer for."),
        Key("publishes", TruthShape(), "They publish policies and rosters.", default=False),
        Key("erases", TruthShape(), "They erase people's facts from the ledger.", default=False),
        Key("reviews", TruthShape(), "They review anybody's decisions but their own.", default=False),
        Key(
            "agent",
            TruthShape(),
            "It is an AI agent, not a person.",
            default=False,
        ),
    ),
    "{id: e-17, role: associate}",
    "One employee.",
)
ROSTER: Final = Record(
    "a roster",
    (
        Key("roster", ID, "The name of the roster.", True, examples=("front-desk",)),
        Key("version", Text(example='"2026-11-27"', longest=80), "Which version this is; each has one of its own.", True),
        Key(
            "timezone", Text("a time zone such as `Europe/Lisbon`", "Europe/Lisbon", 80), "Where the day begins.", default="UTC"
        ),
        Key(
            "lookups",
            ListOf(
                Text("a command", "/usr/local/bin/crm lookup", 300),
                "a list of commands",
                "a command",
                "[/usr/local/bin/crm lookup]",
            ),
            "The commands whose facts come from a system: the program with its whole path, and the words that must follow.",
            examples=("[/usr/local/bin/crm lookup]",),
        ),
        Key(
            "staff", ListOf(PERSON, "a list of people", "a person", f"- {PERSON.example}", most=20_000), "Who works here.", True
        ),
    ),
    "roster: front-desk",
    "Who works here, in which role, and what each may do. It is published into a ledger, where every record names it.",
    listed={"staff": PERSON},
)


def is_roster(path: Path) -> bool:
    """Whether a file is a roster: it has a line that begins with `roster:` or `staff:`, and none that begins with `policy:`, as
    every policy has (which may say `roster: required`)."""
    with path.open(encoding="utf-8", errors="replace") as file:
        words = {line.partition(":")[0] for line in file if line.startswith(("roster:", "staff:", "policy:"))}
    return bool(words) and "policy" not in words


def load_roster(path: str | Path) -> Roster:
    """The roster in a file (``staff.yaml``). Raises :class:`remit.PolicyError` with all its problems."""
    try:
        with Path(path).open("rb") as file:
            text, report = decode(file.read(LIMITS.size_bytes + 1), str(path))
    except OSError as error:
        raise PolicyError([unreadable(path, error)]) from error
    if text is None:
        raise PolicyError(report.sorted())
    return read_roster(text, str(path))


def inspect_roster(path: Path) -> tuple[Problem, ...]:
    """What is wrong with the roster in a file."""
    try:
        load_roster(path)
    except PolicyError as error:
        return error.problems
    return ()


def read_roster(text: str, name: str = "staff.yaml", *, is_stored: bool = False) -> Roster:
    """The roster in ``text``; ``name`` is what messages call the file. ``is_stored``: it is in a ledger, and what was no error
    when it was published is none. Raises :class:`remit.PolicyError`."""
    root, report = read_yaml(text, name, is_stored)
    fields = ROSTER.read(root, "the file", report) if root is not None else None
    if fields is not None:
        people = {identity(each.get("id")): each for each in _each_once(fields, report)}
        _check(people, fields, report)
    if len(report) or fields is None:
        raise PolicyError(map(_of_roster, report.sorted()))
    return Roster(
        fields.get("roster").text,
        fields.get("version"),
        {key: person_of(_plain(each)) for key, each in people.items()},
        fields.get("timezone") or "UTC",
        tuple(map(_words, fields.get("lookups") or [])),
        "sha256:" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        text,
    )


def _words(command: str) -> tuple[str, ...]:
    """The words of a command; none where it is none."""
    try:
        return tuple(shlex.split(command))
    except ValueError:
        return ()


def _of_roster(problem: Problem) -> Problem:
    """What the reader of policies finds in a file that is none at all."""
    if problem.code not in ("yaml/empty", "yaml/not-a-mapping"):
        return problem
    message = "the file is empty" if problem.code == "yaml/empty" else "a roster is a mapping of keys to values"
    return replace(problem, message=message, hint="a roster begins with `roster: its-name`, then `version` and `staff`")


def roster_schema() -> JsonSchema:
    """The JSON Schema, draft-07."""
    definitions: Definitions = {}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:remit:roster:1",
        "title": "A roster of remit, version 1",
        **ROSTER.definition(definitions),
        "definitions": definitions,
    }


def _plain(value: Any) -> Any:
    """Fields as a plain row."""
    if isinstance(value, Fields):
        return {name: _plain(each) for name, each in value.values.items() if each is not None}
    if isinstance(value, list):
        pairs = value and isinstance(value[0], tuple)
        return {key.text: _plain(each) for key, each in value} if pairs else [_plain(each) for each in value]
    return raw(value) if isinstance(value, YamlScalar) else value


def _each_once(fields: Fields, report: ProblemReport) -> Iterator[Fields]:
    """The people, but for those whose id is none, or is there before under whatever spelling."""
    seen: dict[str, Fields] = {}
    looks: dict[str, str] = {}
    for each in fields.get("staff") or []:
        name: str | None = each.get("id")
        if name is None:
            continue
        try:
            refuse_id(name)
        except ValueError as error:
            report.error("roster/id", str(error), each.at("id"))
            continue
        key, look = identity(name), latin(identity(name))
        if key in seen:
            message = (
                f"`{name}` is there twice (as `{seen[key].get('id')}`): ids are compared without regard to case and blanks"
            )
            report.error("roster/twice", message, each.at("id"), "give each person an id of their own")
        elif look in looks:
            message = f"`{name}` looks like `{looks[look]}`, with letters of another alphabet"
            report.error(
                "roster/confusable", message, each.at("id"), "give each person an id that cannot be taken for another's"
            )
        else:
            seen[key], looks[look] = each, name
            yield each


def _check(people: Mapping[str, Fields], fields: Fields, report: ProblemReport) -> None:
    zone = fields.get("timezone")
    try:
        ZoneInfo(zone or "UTC")
    except (ValueError, OSError, KeyError):
        report.error("policy/timezone", f"there is no time zone `{zone}`", fields.at("timezone"), "write it as `Europe/Lisbon`")
    for command in fields.get("lookups") or []:
        if not _words(command):
            report.error(
                "roster/lookup", f"a quote of `{command}` is not closed", fields.key("lookups"), "close it, or leave it out"
            )
        elif not command.startswith("/") and not PureWindowsPath(command).is_absolute():
            message = f"`{command}` is found by whoever puts a program of that name before it"
            report.error("roster/lookup", message, fields.key("lookups"), "write the whole path: `/usr/local/bin/crm lookup`")
    for each in people.values():
        for part, key in _named(each):
            who: str | None = part.get(key)
            if who is not None and identity(who) not in people:
                report.error(
                    "roster/unknown", f"nobody on this roster is called `{who}`", part.at(key), "add them, or correct the id"
                )
            elif who is not None and identity(who) == identity(each.get("id")):
                report.error("roster/self", f"`{who}` cannot say that of themselves", part.at(key), "name who did, by their id")
        for amount in _amounts(each):
            with suppress(ValueError):  # a count, or something else that only a policy can tell
                is_exact(Money.of(amount.text), amount, report)
        start, end = each.get("from"), each.get("until")
        if start is not None and end is not None and end < start:
            report.error("roster/days", f"the last day, {end}, is before the first, {start}", each.at("until"), "swap the two")
    if people and not any(each.get("publishes") or _is_wrong(each, "publishes") for each in people.values()):
        hint = "write `publishes: true` for whoever may change it"
        report.error("roster/publisher", "nobody on this roster may publish the next one", fields.key("staff"), hint)


def _is_wrong(fields: Fields, key: str) -> bool:
    """Whether something is written there that could not be read, which was told."""
    return fields.given(key) and fields.get(key) is None


def _amounts(person: Fields) -> Iterator[YamlScalar]:
    """What somebody may give at the most, as written."""
    rows = (each for key in ("ceiling", "trust") for each in person.get(key) or [])
    yield from (amount for each in rows for _, amount in each.get("most") or [])


def _named(person: Fields) -> Iterator[tuple[Fields, str]]:
    """Where a person's row names somebody else."""
    yield person, "manager"
    for key in ("ceiling", "trust"):
        yield from ((each, "by") for each in person.get(key) or [])
    for each in person.get("acts_for") or []:
        yield each, "by"
        yield each, "id"


if __name__ == "__main__":  # `python -m remit.ledger.people.roster_file` writes the schema after a shape was changed
    schema_file("roster").write_text(json.dumps(roster_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
