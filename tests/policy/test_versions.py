"""A folder of policies: the version is chosen by the day of the incident."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import PolicyError, RequestError
from remit.policy.model import Effective
from remit.policy.versions import Version, Versions, inspect_folder, load_versions, policy_files

POLICY = """\
policy: {id}
title: A policy
version: "{version}"
owner: someone
{effective}
ladder: [associate]
remedies: {{upgrade: {{type: exception}}}}
rules: [{{id: all, may: {{upgrade: true}}}}]
"""


def write(folder: Path, name: str, policy: str = "hotel", version: str = "1", effective: str = "") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    line = f"effective: {effective}" if effective else "# always"
    path.write_text(POLICY.format(id=policy, version=version, effective=line), encoding="utf-8")
    return path


def test_the_version_of_the_day(tmp_path: Path) -> None:
    write(tmp_path, "b.yaml", version="2026", effective="{from: 2026-01-01, to: 2027-01-01}")
    write(tmp_path, "a.yaml", version="2027", effective="{from: 2027-03-01}")
    write(tmp_path, "old/c.yml", version="2025", effective="{to: 2026-01-01}")
    write(tmp_path, "air.yaml", policy="airline")
    found = load_versions(tmp_path)
    assert list(found) == ["airline", "hotel"]
    hotel = found["hotel"]
    assert [model.version for model in hotel] == ["2025", "2026", "2027"]
    assert hotel.at(date(2025, 12, 31)).version == "2025"
    assert hotel.at(date(2026, 1, 1)).version == "2026"
    assert hotel.at("2026-12-31").version == "2026"
    assert hotel.at(datetime(2027, 3, 1, 12)).version == "2027"
    assert found["airline"].at(None).version == "1"
    assert found["airline"].at(date(1, 1, 1)).version == "1"


@pytest.mark.parametrize(
    ("day", "message", "hint"),
    [
        (
            "2027-02-28",
            "no version of `hotel` holds on 2027-02-28",
            "it holds from 2026-01-01 until before 2027-01-01, and from 2027-03-01 on",
        ),
        (
            None,
            "there are 2 versions of `hotel`; the day of the incident says which one holds",
            'add `"occurred": "2026-07-01"`',
        ),
        ("28.2.2027", "`28.2.2027` is not a day", "write it as `2026-07-01`"),
    ],
)
def test_days_without_a_version(tmp_path: Path, day: str | None, message: str, hint: str) -> None:
    write(tmp_path, "b.yaml", version="2026", effective="{from: 2026-01-01, to: 2027-01-01}")
    write(tmp_path, "a.yaml", version="2027", effective="{from: 2027-03-01}")
    with pytest.raises(RequestError) as caught:
        load_versions(tmp_path)["hotel"].at(day)
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint, problem.path) == (message, hint, "occurred")


def test_overlapping_versions_name_both_files(tmp_path: Path) -> None:
    first = write(tmp_path, "a.yaml", version="1", effective="{from: 2026-01-01}")
    second = write(tmp_path, "b.yaml", version="2", effective="{from: 2026-06-01}")
    with pytest.raises(PolicyError) as caught:
        load_versions(tmp_path)
    (problem,) = caught.value.problems
    assert problem.code == "policy/overlap"
    assert problem.message == (
        f"`hotel` version 2 in {second} holds from 2026-06-01 on, but version 1 in {first} holds from 2026-01-01 on"
    )
    assert problem.hint == f"let {first} end before: `effective: {{from: 2026-01-01, to: 2026-06-01}}`"
    assert problem.place is not None
    assert (problem.place.file, problem.place.line) == (str(second), 5)
    assert problem.place.text == "effective: {from: 2026-06-01}"


def test_two_versions_that_always_hold(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml")
    write(tmp_path, "b.yaml", version="2")
    _, (problem,) = inspect_folder(tmp_path)
    assert problem.hint == "give each its own days under `effective`"


def test_a_version_that_reaches_over_several(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", effective="{from: 2026-01-01, to: 2030-01-01}")
    write(tmp_path, "b.yaml", effective="{from: 2026-02-01, to: 2026-03-01}")
    write(tmp_path, "c.yaml", effective="{from: 2026-05-01, to: 2026-06-01}")
    write(tmp_path, "d.yaml", effective="{from: 2030-01-01}")
    _, problems = inspect_folder(tmp_path)
    assert [Path(problem.place.file).name for problem in problems if problem.place] == ["b.yaml", "c.yaml"]


PERIODS = st.tuples(st.none() | st.dates(), st.none() | st.dates()).filter(
    lambda pair: pair[1] is None or (pair[0] or date.min) < pair[1]
)


def test_a_version_that_ends_before_all_days_is_none(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", effective="{to: 0001-01-01}")
    _, (problem,) = inspect_folder(tmp_path)
    assert problem.code == "policy/period"


@given(st.lists(PERIODS, min_size=1, max_size=6), st.lists(st.dates(), max_size=10))
def test_overlaps_are_found_exactly_when_a_day_has_two_versions(
    periods: list[tuple[date | None, date | None]], days: list[date]
) -> None:
    """Against the plain definition: no day, of all days on which something begins, is covered twice."""
    from remit.policy.versions import _in_order, _overlaps

    text = POLICY.format(id="hotel", version="1", effective="")
    from dataclasses import replace

    from remit.policy.loader import read_model

    model = read_model(text)
    models = [replace(model, effective=Effective(*period), file=f"{number}.yaml") for number, period in enumerate(periods)]
    versions = _in_order("hotel", models)
    interesting = [date.min, *days, *(day for period in periods for day in period if day)]
    twice = any(sum(Effective(*period).covers(day) for period in periods) > 1 for day in interesting)
    assert bool(list(_overlaps(versions))) == twice
    if not twice:
        for day in interesting:
            covering = [model for model in models if model.effective.covers(day)]
            if covering:
                assert versions.at(day) == covering[0] or len(periods) == 1


def test_the_problems_of_all_files_are_told(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml").write_text("policy: x\n", encoding="utf-8")
    write(tmp_path, "b.yaml").write_text("policy: [\n", encoding="utf-8")
    write(tmp_path, "good.yaml")
    found, problems = inspect_folder(tmp_path)
    assert list(found) == ["hotel"]
    assert {Path(problem.place.file).name for problem in problems if problem.place} == {"a.yaml", "b.yaml"}
    with pytest.raises(PolicyError):
        load_versions(tmp_path)


def test_what_is_not_a_policy_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "hotel.yaml")
    write(tmp_path, "hotel_test.yaml")
    write(tmp_path, ".hidden/x.yaml")
    write(tmp_path, ".x.yaml")
    (tmp_path / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("policy: x\n", encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    assert [path.name for path in policy_files(tmp_path)] == ["hotel.yaml"]


def test_a_policy_is_known_by_its_first_word_even_if_it_is_broken(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("title: [\npolicy: x\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_bytes(b"\xef\xbb\xbfpolicy : x\n")
    (tmp_path / "c.yaml").write_text("a:\n  policy: x\n", encoding="utf-8")
    assert [path.name for path in policy_files(tmp_path)] == ["a.yaml", "b.yaml"]


def test_folders_without_policies(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="there is no policy in"):
        load_versions(tmp_path)
    with pytest.raises(NotADirectoryError):
        load_versions(tmp_path / "nowhere")


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.policy.versions._MOST_FILES", 2)
    for name in ("a", "b", "c"):
        write(tmp_path, f"{name}.yaml", policy=name)
    with pytest.raises(PolicyError, match="more than 2 YAML files"):
        load_versions(tmp_path)


def test_versions_can_be_made_into_something_else() -> None:
    versions = Versions("x", (Version(Effective(end=date(2026, 1, 1)), 1), Version(Effective(date(2026, 1, 1)), 2)))
    doubled = versions.map(lambda number: number * 2)
    assert list(doubled) == [2, 4]
    assert len(doubled) == 2
    assert doubled.at(date(2026, 1, 1)) == 4
