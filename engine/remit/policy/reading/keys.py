"""Keys of a mapping: words, each there once."""

from __future__ import annotations

from collections.abc import Iterable

from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.repairs import Pair
from remit.policy.reading.traps import trap_of
from remit.policy.reading.yaml_tree import YamlList, YamlNode, YamlScalar

__all__ = ["unique_keys"]


def unique_keys(pairs: Iterable[Pair], report: ProblemReport) -> dict[str, tuple[YamlScalar, YamlNode]]:
    """The entries whose keys can be keys, by their text; of those with the same key the first. All others are told."""
    out: dict[str, tuple[YamlScalar, YamlNode]] = {}
    for key, value in pairs:
        if not isinstance(key, YamlScalar):
            what = "a list" if isinstance(key, YamlList) else "a mapping"
            report.error("yaml/key", f"{what} cannot be a key", key, "put it in quotes if it is meant as text")
        elif key.text in out:
            _twice(key, out[key.text][0], report)
        elif _can_be_key(key, report):
            out[key.text] = (key, value)
    return out


def _can_be_key(key: YamlScalar, report: ProblemReport) -> bool:
    if key.broken:
        return False
    if not key.plain:
        return True
    if key.empty:
        report.error("yaml/key", "there is no key before this colon", key, "write `key: value`, or put the text in quotes")
        return False
    if key.text == "<<":
        report.error("yaml/anchor", "`<<` merges mappings, which policies do not use", key, "write the keys out")
        return False
    trap = trap_of(key)
    if trap is not None:
        hint = f'write `"{key.text}"` if it is meant as a word'
        report.error(trap.code, f"YAML reads the key `{key.text}` as {trap.meaning}", key, hint)
    return True


def _twice(key: YamlScalar, first: YamlScalar, report: ProblemReport) -> None:
    line = first.place().line
    hint = "keep one of them; put all amounts under it" if key.text in ("may", "owed") else "keep one of them"
    report.error("yaml/duplicate-key", f"`{key.text}` is there twice; it is on line {line} already", key, hint)
