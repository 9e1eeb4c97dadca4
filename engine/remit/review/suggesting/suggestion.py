"""A proposed change of a policy: the patch, the evidence behind it, and what it would have cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Any, Literal

from remit.decision.detail import Quantity, plain
from remit.policy.model import Model
from remit.review.estimates import Interval
from remit.review.suggesting.added_cases import quantity_of
from remit.review.suggesting.patterns import ApprovalEvidence
from remit.review.suggesting.recorded_cost import RecordedCost

__all__ = ["PolicyPatch", "Suggestion"]


@dataclass(frozen=True, slots=True)
class PolicyPatch:
    """The new texts of a policy and of its test file, made for exactly the texts ``before``. ``cases`` are the names of the
    cases that were added, and ``stale`` those of cases that expect what the policy said before."""

    before: Model
    after: Model
    file: Path
    cases_file: Path
    cases_before: str | None
    cases_after: str | None
    cases: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    def diff(self, folder: Path | None = None) -> str:
        """Both as one unified diff, for `git apply` and `patch -p1` in ``folder`` (the one that we are in): a file outside it
        is named alone."""
        out = _diff(_path(self.file, folder), self.before.text, self.after.text)
        if self.cases_after is not None:
            out += _diff(_path(self.cases_file, folder), self.cases_before, self.cases_after)
        return out


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is proposed about ``remedy`` for ``role``: in one sentence, ``title``. ``rule`` is the rule that is changed or
    added, or the guardrail that it is about. ``limit`` is what the role may give now and ``proposed`` what it should be, in
    smallest units; it ``covers`` that share of what was approved. Where there is no ``patch``, ``refused`` says why."""

    kind: Literal["limit", "gap", "guardrail"]
    title: str
    evidence: ApprovalEvidence
    model: Model = field(repr=False)
    role: str
    remedy: str
    rule: str | None
    where: Mapping[str, Any]
    limit: int = 0
    proposed: int | None = None
    covers: float | None = None
    patch: PolicyPatch | None = field(default=None, repr=False)
    refused: str | None = None
    cost: RecordedCost | None = None
    number: int = 0

    @property
    def saves(self) -> int:
        """How many hand-overs it would have saved; without a patch, how many were approved."""
        return self.cost.saved if self.cost is not None else 0

    def quantity(self, amount: int, remedy: str | None = None) -> Quantity:
        """An amount in smallest units as people read it."""
        return quantity_of(self.model, remedy or self.remedy, amount)

    def to_dict(self, folder: Path | None = None) -> dict[str, Any]:
        """For JSON; amounts as in decisions. ``diff`` is for ``folder``, as in :meth:`PolicyPatch.diff`."""
        seen = self.evidence
        return {
            "number": self.number,
            "kind": self.kind,
            "title": self.title,
            "role": self.role or None,
            "remedy": self.remedy or None,
            "rule": self.rule,
            "where": dict(self.where),
            "limit": plain(self.quantity(self.limit)) if self.remedy else None,
            "proposed": plain(self.quantity(self.proposed)) if self.proposed is not None else None,
            "covers": self.covers,
            "evidence": {
                "count": seen.count,
                "unchanged": seen.unchanged,
                "less": seen.less,
                "refused": seen.refused,
                "share": seen.share.to_dict(),
                "elsewhere": _interval(seen.elsewhere),
                "employees": seen.employees,
                "approvers": seen.approvers,
                "customers": seen.customers,
                "examples": list(seen.examples),
            },
            "cost": None if self.cost is None else self._cost(self.cost),
            "refused": self.refused,
            "version": self.patch.after.version if self.patch is not None else None,
            "cases": list(self.patch.cases) if self.patch is not None else [],
            "stale_cases": list(self.patch.stale) if self.patch is not None else [],
            "diff": self.patch.diff(folder) if self.patch is not None else None,
        }

    def _cost(self, cost: RecordedCost) -> dict[str, Any]:
        counts = {name: getattr(cost, name) for name in ("decided", "unread", "saved", "looked_up")}
        amounts = {name: getattr(cost, name) for name in ("given", "approved", "extra", "open")}
        known = {name: {each: self._plain(each, amount) for each, amount in some.items()} for name, some in amounts.items()}
        return {**counts, **known}

    def _plain(self, remedy: str, amount: int) -> Any:
        """A sum as JSON; of exceptions, how many."""
        return amount if self.model.remedies[remedy].kind == "exception" else plain(self.quantity(amount, remedy))


def _interval(found: Interval | None) -> dict[str, float] | None:
    return None if found is None else found.to_dict()


def _path(file: Path, folder: Path | None) -> str:
    whole, here = file.resolve(), (folder or Path.cwd()).resolve()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else whole.name


def _diff(name: str, before: str | None, after: str) -> str:
    lines = unified_diff(_lines(before or ""), _lines(after), "/dev/null" if before is None else f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """With their line breaks; only these end a line, as for `patch`."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
