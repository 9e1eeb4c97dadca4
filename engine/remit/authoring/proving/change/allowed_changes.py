"""Regions of a change that are meant: a file in the repository names them, and who says so.

The file is about one pair of texts, by their digests, so that it allows nothing of another change. Who allows a region is on
the roster, owns the policy, and does not raise by it what they may give themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from remit.authoring.proving.change.change_proof import ChangeProof
from remit.authoring.proving.change.change_regions import ChangeRegion
from remit.authoring.proving.change.policy_pair import SIDES
from remit.authoring.schema_check import check_against
from remit.errors import PolicyError, Problem
from remit.ledger.people.roster import Roster
from remit.policy.reading.data import data_of
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_reader import decode, read_yaml
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode

__all__ = ["allowed_regions"]


def allowed_regions(path: Path, proof: ChangeProof, roster: Roster, today: date) -> Mapping[str, str]:
    """The regions of ``proof`` that the file allows, each with the id of who says so. Raises :class:`remit.PolicyError` with
    everything that is wrong: another pair of texts, a region that there is not, somebody who may not allow it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PolicyError([Problem("allow/unreadable", f"`{path}` cannot be read: {error.strerror or error}")]) from None
    check_against("allow", data, str(path))
    text, report = decode(data, str(path))
    assert text is not None  # as it was checked
    tree, report = read_yaml(text, str(path))
    assert tree is not None
    found = dict(_regions(tree, proof, roster, today, report))
    if len(report):
        raise PolicyError(report.sorted())
    return found


def _regions(
    tree: YamlMap, proof: ChangeProof, roster: Roster, today: date, report: ProblemReport
) -> Iterator[tuple[str, str]]:
    plain: dict[str, Any] = data_of(tree)
    for side in SIDES:
        digest = proof.pair.models[side].digest
        if plain[side] != digest:
            told = f"this is about another text of the {side} policy"
            report.error("allow/digest", told, tree.get(side) or tree, f"its digest is now {digest}; look at the change again")
    known, rows = {each.key: each for each in proof.regions}, tree.get("allowed")
    assert isinstance(rows, YamlList)
    for row, each in zip(rows.items, plain["allowed"], strict=True):
        assert isinstance(row, YamlMap)
        region = known.get(each["region"])
        if region is None:
            there = "; ".join(f"`{key}`" for key in known) or "none"
            report.error("allow/region", f"there is no region `{each['region']}`", _at(row, "region"), f"there are: {there}")
            continue
        why = _refused(region, each["by"], proof, roster, today)
        if why is None:
            yield region.key, each["by"]
        else:
            report.error(
                "allow/person", f"{each['by']} may not allow this: {why}", _at(row, "by"), _who(region, proof, roster, today)
            )


def _at(row: YamlMap, key: str) -> YamlNode:
    return row.get(key) or row


def _refused(region: ChangeRegion, by: str, proof: ChangeProof, roster: Roster, today: date) -> str | None:
    """Why somebody may not allow a region."""
    person, policy = roster.find(by), proof.pair.models["new"].id
    if person is None:
        return "they are not on the roster"
    if person.agent or not person.works_on(today):
        return "they are an AI agent" if person.agent else f"they do not work here on {today}"
    if policy not in person.owns:
        return f"they do not own `{policy}`"
    acting = (each.role for each in person.acts_for if each.role is not None)
    raised = {person.role_under(policy), *acting} & {*region.roles}
    if region.direction == "wider" and region.aspect == "limit" and raised:
        return "it raises what they may give themselves"
    return None


def _who(region: ChangeRegion, proof: ChangeProof, roster: Roster, today: date) -> str:
    may = roster.who(lambda person: _refused(region, person.id, proof, roster, today) is None)
    return "nobody on the roster may" if may == "nobody" else f"these may: {may}"
