"""What was read of a published roster is kept between programs, and nobody without the secret can write it (law 12)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.ledger.people import roster_file

ROSTER = """
roster: desk
version: "{version}"
staff:
  - {{id: e-1, role: {role}, logins: [ana]}}
  - {{id: m-1, role: manager, publishes: true}}
"""


class Read:
    """How often a roster was read from its text."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        own = roster_file.read_roster

        def counted(*given: Any, **named: Any) -> Any:
            self.times += 1
            return own(*given, **named)

        monkeypatch.setattr(roster_file, "read_roster", counted)

    def role(self, ledger: Path, cache: Path | None) -> tuple[str, int]:
        """The role of `e-1` for a program that opens the ledger now, and how often it read the roster for that."""
        before = self.times
        with remit.open_ledger(ledger, cache=cache) as opened:
            (person,) = opened.staff(login="ana")
        return person.role, self.times - before


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    return Read(monkeypatch)


def publish(ledger: Path, version: str, role: str, secret: bytes | None = None) -> None:
    file = ledger.with_name("roster.yaml")
    file.write_text(ROSTER.format(version=version, role=role), encoding="utf-8")
    with remit.open_ledger(ledger, secret=secret) as opened:
        opened.publish(remit.load_roster(file), by="m-1")


def entries(cache: Path) -> list[Path]:
    return sorted(cache.iterdir(), key=lambda path: path.stat().st_mtime_ns)


def test_it_is_read_once(tmp_path: Path, read: Read) -> None:
    ledger, cache = tmp_path / "ledger.db", tmp_path / "cache"
    publish(ledger, "1", "associate")
    assert read.role(ledger, None) == ("associate", 1)
    assert read.role(ledger, cache) == ("associate", 1)
    assert read.role(ledger, cache) == ("associate", 0)
    assert len(entries(cache)) == 1


def test_a_new_roster_is_read(tmp_path: Path, read: Read) -> None:
    ledger, cache = tmp_path / "ledger.db", tmp_path / "cache"
    publish(ledger, "1", "associate")
    read.role(ledger, cache)
    publish(ledger, "2", "supervisor")
    assert read.role(ledger, cache) == ("supervisor", 1)
    assert read.role(ledger, cache) == ("supervisor", 0)


def test_what_was_changed_is_not_believed(tmp_path: Path, read: Read) -> None:
    ledger, cache = tmp_path / "ledger.db", tmp_path / "cache"
    publish(ledger, "1", "associate")
    read.role(ledger, cache)
    (entry,) = entries(cache)
    for data in (entry.read_bytes().replace(b"associate", b"manager  "), b"", b"\x80\x05spoilt", entry.read_bytes()[:-1]):
        entry.write_bytes(data)
        assert read.role(ledger, cache) == ("associate", 1)
        assert read.role(ledger, cache) == ("associate", 0)


def test_an_older_roster_cannot_take_the_place_of_the_newest(tmp_path: Path, read: Read) -> None:
    ledger, cache = tmp_path / "ledger.db", tmp_path / "cache"
    publish(ledger, "1", "manager")
    read.role(ledger, cache)
    publish(ledger, "2", "associate")
    read.role(ledger, cache)
    older, newest = entries(cache)
    shutil.copyfile(older, newest)
    assert read.role(ledger, cache) == ("associate", 1)


def test_that_of_another_ledger_is_not_believed(tmp_path: Path, read: Read) -> None:
    """The same text, sealed with another secret."""
    one, other, cache = tmp_path / "one.db", tmp_path / "other.db", tmp_path / "cache"
    for ledger in (one, other):
        publish(ledger, "1", "associate")
        assert read.role(ledger, cache) == ("associate", 1)
    for ledger in (one, other):
        assert read.role(ledger, cache) == ("associate", 0)
    first, second = entries(cache)
    shutil.copyfile(first, second)
    assert read.role(one, cache) == ("associate", 0)
    assert read.role(other, cache) == ("associate", 1)


def test_a_folder_that_others_can_write_is_not_used(tmp_path: Path, read: Read) -> None:
    ledger, cache = tmp_path / "ledger.db", tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    publish(ledger, "1", "associate")
    assert read.role(ledger, cache) == ("associate", 1)
    assert read.role(ledger, cache) == ("associate", 1)
    assert entries(cache) == []
