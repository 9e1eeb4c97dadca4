"""Taking in a whole export: whatever a line says, the ledger is equal to the one that was exported, or every line that is wrong
is named, and nothing is written."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import LedgerCorrupt, NotAllowed, RequestError
from remit.ledger import import_ledger
from remit.ledger.log.canonical import encode
from remit.ledger.log.chain import first_link, next_link
from remit.ledger.log.merkle import leaf_hash
from remit.ledger.log.recount import index_of
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import BACKENDS, place_of

SECRET = b"s" * 32
VALUES: list[Any] = [None, True, -1, 10**30, "x", "", "a\x00b", [], {}, "\ud800", [[1, 10**12]], "9" * 5000]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The lines of a whole export: a header, two policies, and records of many kinds."""
    folder, clock = tmp_path_factory.mktemp("exported"), Clock()
    with remit.open_ledger(folder / "desk.db", clock=clock, secret=SECRET) as ledger:
        first = ledger.grant(desk(), request("5 EUR", key="k-1"))
        hold = ledger.hold(desk(), request("9 EUR", guest="h"), lasts=timedelta(hours=1))
        ledger.settle(hold.id, employee=MANAGER, given={"credit": "4 EUR"})
        ledger.publish(desk(version="2"), by="ana")
        task = ledger.escalate(desk(version="2"), request("120 EUR", guest="h", story="So it was."))
        ledger.approve(task.id, employee=SUPERVISOR)
        ledger.void(first.id, employee=MANAGER, reason="No.")
        ledger.erase("guest.id", "g-1")
        ledger.grant(desk(version="2"), request("1 EUR", guest="last"))
        ledger.export(folder / "all.jsonl", whole=True)
    return [json.loads(line) for line in (folder / "all.jsonl").read_text().splitlines()]


def take_in(folder: Path, lines: list[Any], place: dict[str, Any] | None = None, **more: Any) -> remit.Ledger:
    path = folder / "some.jsonl"
    path.write_text("".join(each if isinstance(each, str) else json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    return import_ledger(path, **(place or {"url": folder / "new.db"}), secret=SECRET, clock=Clock("2026-07-03"), **more)


def refused(folder: Path, lines: list[Any], **more: Any) -> LedgerCorrupt:
    """What is told of these lines, of which nothing is written."""
    with pytest.raises(LedgerCorrupt, match="nothing was imported") as raised:
        take_in(folder, lines, **more).close()
    assert not (folder / "new.db.secret").exists()
    with remit.open_ledger(folder / "new.db") as ledger:
        assert ledger.head().size == 0
    for file in folder.glob("new.db*"):
        file.unlink()
    return raised.value


def bodies(lines: list[Any]) -> list[tuple[int, dict[str, Any]]]:
    return [(number, json.loads(line["record"])) for number, line in enumerate(lines) if "record" in line]


def linked(lines: list[Any], changed: dict[int, dict[str, Any]]) -> list[Any]:
    """The export with other records at some places, and every link worked out anew, as a forger would; an import `through` the
    record before the last does not see the anchor."""
    out, link = copy.deepcopy(lines), first_link(lines[0]["ledger"])
    for number, body in bodies(lines):
        body = changed.get(number, body)
        text = encode(body)
        link = next_link(link, leaf_hash(text.encode()), index_of(body).text())
        out[number].update(record=text, link=link.hex())
    return out


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container within, with every key or number in it."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()):
        yield value, key
        yield from places(inner)


@pytest.mark.parametrize("number", [0, 1, 3, 5, 8])
def test_a_line_that_says_anything_else_is_named(lines: list[Any], tmp_path: Path, number: int) -> None:
    count = len(list(places(lines[number])))
    for index in range(count):
        for value in VALUES:
            changed = copy.deepcopy(lines)
            group, key = list(places(changed[number]))[index]
            if group[key] == value or (number == 0 and key == "secret"):
                continue
            group[key] = value
            if (number, key) == (0, "rules") and value == "":
                continue  # an export of a ledger that went by nothing from its first record on
            assert number + 1 in refused(tmp_path, changed).detail["lines"], (key, value)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_key_that_is_missing_or_unknown_is_named(lines: list[Any], tmp_path: Path, number: int) -> None:
    inner = lines[number].get("policy", lines[number])
    for key in [*inner, "other"]:
        changed = copy.deepcopy(lines)
        group = changed[number].get("policy", changed[number])
        if key == "other":
            group[key] = "x"
        elif key in ("rules", "private"):
            continue  # may be missing
        else:
            del group[key]
        assert f"`{key}`" in str(refused(tmp_path, changed)) or (number, key) == (0, "type")


WRONG_POLICIES = {
    "another text": ({"text": "policy: x\n"}, "the text of policy sha256:.* was changed: its digest is another"),
    "another id": ({"id": "other"}, "is called otherwise by records: id `other`"),
    "another version": ({"version": "7"}, "is called otherwise by records: version `7`"),
    "another first record": ({"seq": 2}, "is called otherwise by records: first record `2`"),
    "a negative record": ({"seq": -1}, "is called otherwise by records: first record `-1`"),
}


@pytest.mark.parametrize("how", WRONG_POLICIES)
@pytest.mark.parametrize("target", BACKENDS)
def test_the_line_of_a_policy_says_what_records_say(lines: list[Any], tmp_path: Path, how: str, target: str) -> None:
    said, told = WRONG_POLICIES[how]
    changed = copy.deepcopy(lines)
    changed[2]["policy"].update(said)
    place = place_of(target, tmp_path)
    with pytest.raises(LedgerCorrupt, match=f"line 3 of the export: .*{told}"):
        take_in(tmp_path, changed, place)
    take_in(tmp_path, lines, place).close()


def test_a_text_that_is_missing_or_comes_twice_is_told(lines: list[Any], tmp_path: Path) -> None:
    assert "(version 2) is missing, which record" in str(refused(tmp_path, [*lines[:1], *two_less(lines), *lines[3:]]))
    assert "is in line 2 already" in str(refused(tmp_path, [*lines[:2], lines[1], *lines[2:]]))


def two_less(lines: list[Any]) -> list[Any]:
    return [line for line in lines[1:3] if line["policy"]["version"] != "2"]


def test_every_line_that_is_wrong_is_told_at_once(lines: list[Any], tmp_path: Path) -> None:
    changed: list[Any] = copy.deepcopy(lines)
    changed[1]["policy"]["seq"] = "1"
    changed[2]["policy"]["text"] += "#"
    body = json.loads(changed[5]["record"])
    body["decision"] = []
    del body["engine"]
    changed[5]["record"] = encode(body)
    changed[7] = '{"record": \n'
    changed[8] = "\n"
    error = refused(tmp_path, changed)
    assert error.detail == {"line": 2, "lines": [2, 3, 6, 8, 9]}
    assert str(error) == (
        "nothing was imported: "
        "line 2 of the export: the line of a policy is not right: `seq` is not a whole number; "
        f"line 3 of the export: the text of policy {lines[2]['policy']['digest']} was changed: its digest is another; "
        "line 6 of the export: what the record says is not what records say (`remit schema record`): "
        "a key is missing or unknown; `decision`; "
        "line 8 of the export: it is not JSON, or only a part of it; "
        "line 9 of the export: it is not JSON, or only a part of it"
    )


def test_many_are_not_all_told(lines: list[Any], tmp_path: Path) -> None:
    assert str(refused(tmp_path, [*lines, *["{}\n"] * 50])).endswith("; and 30 more")


def test_what_is_not_utf_8_is_named(lines: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"\n".join(json.dumps(each).encode() for each in lines).replace(b"So it was", b"So it w\xffs"))
    with pytest.raises(LedgerCorrupt, match="it is not text in UTF-8") as raised:
        import_ledger(path, tmp_path / "new.db", secret=SECRET)
    assert raised.value.detail["lines"] == [number for number, line in enumerate(lines, 1) if "So it was" in str(line)]


#: What a forger writes into a record, whose links are right all the same.
FORGED: dict[str, tuple[dict[str, Any], str]] = {
    "a record of another kind": ({"kind": "gift"}, "`kind`"),
    "a number of many digits": ({"step": 10**30}, "beyond 64 bits"),
    "text with a null": ({"case": "a\x00b"}, "null character"),
    "a key that another record has": (
        {"tried": "grant", "key": "k-1", "key_digest": "0" * 64},
        "writes what another has written already",
    ),
    "a moment that is none": ({"recorded": "2026-13-01T00:00:00.000000Z"}, "it is not one that remit writes"),
    "a charge out of order": (
        {"charges": [{"kind": "cap", "name": "x", "series": "0" * 32, "number": 7, "amount": 1}]},
        "has another number than it must",
    ),
    "a refund of another kind": ({"refunds": [{"series": 7}]}, "`refunds"),
}


@pytest.mark.parametrize("how", FORGED)
@pytest.mark.parametrize("target", BACKENDS)
def test_a_log_that_was_written_anew_is_refused_where_it_makes_no_sense(
    lines: list[Any], tmp_path: Path, how: str, target: str
) -> None:
    said, told = FORGED[how]
    number, body = next((number, body) for number, body in bodies(lines) if body["kind"] == "void")
    body.update(said)
    try:
        changed = linked(lines, {number: body})
    except ValueError:  # nothing can be linked to it
        changed = copy.deepcopy(lines)
        changed[number]["record"] = encode(body)
    place, last = place_of(target, tmp_path), len(bodies(lines)) - 1
    with pytest.raises(LedgerCorrupt, match=r"line [0-9]+ of the export") as raised:
        take_in(tmp_path, changed, place, through=last)
    assert told in str(raised.value)
    with take_in(tmp_path, lines, place, through=last) as ledger:
        assert ledger.verify(thorough=True).ok


def test_the_last_record_is_one(lines: list[Any], tmp_path: Path) -> None:
    for through in (0, -1, True, "7"):
        with pytest.raises(RequestError, match="the number of a record, from 1 on"):
            take_in(tmp_path, lines, through=through)
    assert not (tmp_path / "new.db").exists()
    assert "record 99 was to be the last" in str(refused(tmp_path, lines, through=99))


def test_what_a_newer_remit_goes_by_is_not_dropped(lines: list[Any], tmp_path: Path) -> None:
    changed = copy.deepcopy(lines)
    changed[0]["rules"] += " seasons"
    assert "goes by `seasons`, which this remit does not know" in str(refused(tmp_path, changed))


def test_another_secret_is_told_before_all_else(lines: list[Any], tmp_path: Path) -> None:
    changed = copy.deepcopy(lines)
    changed[0]["secret"] = "0" * 16
    with pytest.raises(NotAllowed, match="not the secret"):
        take_in(tmp_path, changed)
