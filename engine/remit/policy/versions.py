"""A folder of policies: which version holds on which day.

A file is a policy if its name ends in ``.yaml`` or ``.yml`` but not in ``_test.yaml`` or ``_test.yml``, no part of its path
below the folder begins with a dot, and one of its lines begins with ``policy:``. All other files are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final, Generic, TypeVar

from remit.errors import Place, PolicyError, Problem, RequestError
from remit.language.checking.type_words import capped
from remit.language.temporal import parse_date
from remit.language.words import listing
from remit.policy.loader import inspect_file, unreadable
from remit.policy.model import Cap, Effective, Model
from remit.policy.phrases import measure
from remit.policy.reading.yaml_reader import LIMITS

__all__ = ["Version", "Versions", "disagreeing", "inspect_folder", "load_versions", "overlapping", "policy_files"]

T = TypeVar("T")
U = TypeVar("U")

_MOST_FILES: Final = 5_000
_IS_POLICY: Final = re.compile(rb"^(?:\xef\xbb\xbf)?policy[ \t]*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Version(Generic[T]):
    """A policy (as ``T``: a model, or what was made of it) and the days on which it holds."""

    effective: Effective
    policy: T


@dataclass(frozen=True, slots=True)
class Versions(Generic[T]):
    """All versions of one policy, the earliest first. No two hold on the same day; on some days there may be none."""

    id: str
    versions: tuple[Version[T], ...]

    def __iter__(self) -> Iterator[T]:
        return (version.policy for version in self.versions)

    def __len__(self) -> int:
        return len(self.versions)

    def at(self, day: date | str | None) -> T:
        """The version for an incident on ``day`` (a date, or ``"2026-07-01"``), which may be left out where there is only one.

        Raises :class:`~remit.errors.RequestError` where none holds on that day, or the day is needed and not given.
        """
        day = _day(day)
        if day is None and len(self.versions) == 1:
            return self.versions[0].policy
        if day is None:
            message = f"there are {len(self.versions)} versions of `{self.id}`; the day of the incident says which one holds"
            raise RequestError([Problem("request/occurred", message, path="occurred", hint='add `"occurred": "2026-07-01"`')])
        for version in self.versions:
            if version.effective.covers(day):
                return version.policy
        hint = "it holds " + ", and ".join(_period(version.effective) for version in self.versions)
        message = f"no version of `{self.id}` holds on {day.isoformat()}"
        raise RequestError([Problem("request/occurred", message, path="occurred", hint=hint)])

    def map(self, make: Callable[[T], U]) -> Versions[U]:
        """The same versions, each made into something else."""
        return Versions(self.id, tuple(Version(each.effective, make(each.policy)) for each in self.versions))


def _day(day: date | str | None) -> date | None:
    if not isinstance(day, str):
        return day.date() if isinstance(day, datetime) else day
    found = parse_date(day)
    if found is None:
        message = f"`{capped(day)}` is not a day"
        raise RequestError([Problem("request/occurred", message, path="occurred", hint="write it as `2026-07-01`")])
    return found


def load_versions(folder: str | Path) -> dict[str, Versions[Model]]:
    """All policies in ``folder`` and the folders below it, by their id.

    Raises :class:`~remit.errors.PolicyError` with the problems of all files, or where there is no policy at all. Versions of
    one policy that hold on the same day are a problem that names both files.
    """
    found, problems = inspect_folder(folder)
    if any(problem.severity == "error" for problem in problems):
        raise PolicyError(problems)
    if not found:
        hint = "a policy is a file that ends in `.yaml` and has a line that begins with `policy:`"
        raise PolicyError([Problem("policy/not-found", f"there is no policy in `{folder}`", hint=hint)])
    return found


def inspect_folder(folder: str | Path) -> tuple[dict[str, Versions[Model]], tuple[Problem, ...]]:
    """The policies that could be read, by id, and the problems of all files. Raises only ``OSError``."""
    models: dict[str, list[Model]] = {}
    problems: list[Problem] = []
    for path in policy_files(folder):
        try:
            model, found = inspect_file(path)
        except OSError as error:
            problems.append(unreadable(path, error))
            continue
        problems += found
        if model is not None:
            models.setdefault(model.id, []).append(model)
    versions = {name: _in_order(name, each) for name, each in sorted(models.items())}
    problems += overlapping(model for each in versions.values() for model in each)
    return versions, tuple(problems)


def overlapping(models: Iterable[Model]) -> Iterator[Problem]:
    """Versions of one policy, among ``models``, that hold on the same day, and caps that are shared and disagree."""
    by_id: dict[str, list[Model]] = {}
    for model in models:
        by_id.setdefault(model.id, []).append(model)
    for name, versions in sorted(by_id.items()):
        yield from _overlaps(_in_order(name, versions))
    newest = [_in_order(name, versions).versions[-1].policy for name, versions in sorted(by_id.items())]
    for number, model in enumerate(newest):
        yield from disagreeing(model, newest[:number])


def disagreeing(model: Model, others: Collection[Model]) -> Iterator[Problem]:
    """What ``model`` shares with other policies, among ``others``, that does not fit: caps that count something else, and
    claims in other currencies."""
    told: set[tuple[str, str]] = set()
    for mine in model.each:
        shared = {cap.shared: cap for cap in mine.caps if cap.shared is not None}
        for other in (each for each in others if each.id != mine.id):
            same = next((each for each in other.each if each.currency == mine.currency), other)
            for theirs in same.caps:
                cap = shared.get(theirs.shared) if theirs.shared is not None else None
                if cap is not None and (cap.id, other.id) not in told:
                    for problem in _disagreement(mine, cap, same, theirs):
                        told.add((cap.id, other.id))
                        yield problem
    for other in (each for each in others if each.id != model.id):
        yield from _claims_apart(model, other)


def _claims_apart(model: Model, other: Model) -> Iterator[Problem]:
    """The claims in money that two policies share without being in the same currencies: each would pay all of it."""
    mine, theirs = (sorted(each.currencies or (each.currency_code,)) for each in (model, other))
    if mine == theirs:
        return
    for name in sorted(_shared_claims(model) & _shared_claims(other)):
        told = [f"`{of.id}` is in {listing(codes, comma=False)}" for of, codes in ((model, mine), (other, theirs))]
        message = f"the claim `{name}` is shared, but {told[0]}, and {told[1]}: it could be paid twice"
        hint = "let both be in the same currencies, or give one of them another shared name"
        yield Problem("policy/shared-cap", message, hint=hint)


def _shared_claims(model: Model) -> set[str]:
    money = {name for name, remedy in model.remedies.items() if remedy.kind == "money"}
    return {claim.shared for claim in model.claims if claim.shared is not None and money.intersection(claim.remedies)}


def _disagreement(model: Model, cap: Cap, other: Model, theirs: Cap) -> Iterator[Problem]:
    told = [(_counting(of, each), f"`{each.id}` of `{of.id}`") for of, each in ((model, cap), (other, theirs))]
    (mine, here), (before, there) = told
    for what, found in mine.items():
        if found != before[what]:
            message = f"{here} and {there} are shared as `{cap.shared}`, but one {what} {found} and the other {before[what]}"
            place = cap.source.place((0, len(cap.source.text))) if cap.source is not None else None
            hint = "write the same in both policies, or give one of them another shared name"
            yield Problem("policy/shared-cap", message, place, hint=hint)


def _counting(model: Model, cap: Cap) -> dict[str, str]:
    """What caps that are shared must have in common."""
    keys = ", ".join(sorted(cap.per)) or "nobody apart"
    return {"counts": measure(model, cap), "is per": f"`{keys}`", "looks back over": f"`{cap.over}`"}


def policy_files(folder: str | Path) -> list[Path]:
    """The files in ``folder`` and below that are policies, in the order of their names. Raises ``OSError``, and
    :class:`~remit.errors.PolicyError` where there are too many files to look at."""
    root = Path(folder)
    if not root.is_dir():
        raise NotADirectoryError(f"`{root}` is not a folder")
    files = sorted(path for path in _yaml_files(root) if path.is_file())
    return [path for path in files if _is_policy(path)]


def _yaml_files(root: Path) -> Iterable[Path]:
    count = 0
    for path in root.rglob("*.y*ml"):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if hidden or path.suffix not in (".yaml", ".yml") or path.stem.endswith("_test"):
            continue
        count += 1
        if count > _MOST_FILES:
            message = f"there are more than {_MOST_FILES:,} YAML files in `{root}`"
            raise PolicyError([Problem("policy/too-many-files", message, hint="name a folder that holds policies only")])
        yield path


def _is_policy(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _IS_POLICY.search(file.read(LIMITS.size_bytes)) is not None
    except OSError:
        return True  # it may be one: reading it says why it cannot be


def _in_order(name: str, models: list[Model]) -> Versions[Model]:
    ordered = sorted(models, key=lambda model: (model.effective.start or date.min, model.file))
    return Versions(name, tuple(Version(model.effective, model) for model in ordered))


def _overlaps(versions: Versions[Model]) -> Iterator[Problem]:
    """The pairs of neighbours that hold on the same day. A version that reaches over several is told with each of them."""
    reaching = versions.versions[0]
    for before, version in pairwise(versions.versions):
        if (before.effective.end or date.max) >= (reaching.effective.end or date.max):
            reaching = before
        start = version.effective.start or date.min
        if start < (reaching.effective.end or date.max):
            yield _overlap(reaching.policy, version.policy)


def _overlap(first: Model, second: Model) -> Problem:
    message = (
        f"`{second.id}` version {second.version} in {second.file} holds {_period(second.effective)}, "
        f"but version {first.version} in {first.file} holds {_period(first.effective)}"
    )
    start, end = first.effective.start, second.effective.start
    if end is not None and (start is None or start < end):
        since = f"from: {start}, " if start is not None else ""
        hint = f"let {first.file} end before: `effective: {{{since}to: {end}}}`"
    else:
        hint = "give each its own days under `effective`"
    return Problem("policy/overlap", message, _effective_line(second), hint=hint)


def _effective_line(model: Model) -> Place:
    """The line with ``effective`` (or ``policy``) of a model's file."""
    lines = model.text.removeprefix("\ufeff").split("\n")
    for key in ("effective", "policy"):
        for number, line in enumerate(lines, 1):
            if line.startswith(key):
                return Place(model.file, number, 1, len(line.rstrip()) + 1, line.rstrip("\r"))
    return Place(model.file, 1, 1, 2, lines[0].rstrip("\r"))


def _period(effective: Effective) -> str:
    start, end = effective.start, effective.end
    if start and end:
        return f"from {start.isoformat()} until before {end.isoformat()}"
    if start:
        return f"from {start.isoformat()} on"
    return f"until before {end.isoformat()}" if end else "always"
