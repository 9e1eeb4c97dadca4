"""What somebody answers a task with, and what approving it would do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from remit.decision.decision import Decision
from remit.decision.request import find_fact
from remit.errors import Problem, RequestError
from remit.language.fast_dataclass import dataclass
from remit.language.values import Money
from remit.ledger.arguments import AMOUNTS, FACTS, FLAG, TEXTS, WORDS, Expected, maybe
from remit.ledger.asking import Decider
from remit.ledger.caps.balances import Balance
from remit.ledger.log.entry import Entry
from remit.ledger.recorded_facts import request_again

__all__ = ["ApprovalAnswer", "ApprovalPreview"]


@dataclass(frozen=True, slots=True)
class ApprovalPreview:
    """What approving a task would do now.

    ``kind`` is what would go on record: ``approve`` (it is given), ``agree`` (somebody else must agree, too), or ``None``:
    nothing, and ``in_the_way`` says why. ``decision`` is the approver's own; its ``offers`` are what they may give.
    ``balances`` are the caps, and the discretion, as they are for the approver now.
    """

    kind: Literal["approve", "agree"] | None
    decision: Decision
    balances: Mapping[str, Balance]
    in_the_way: str | None = None

    def charge(self, name: str) -> Money | int | None:
        """What it would take from a cap, or from the ``discretion``; ``None``: nothing."""
        found = self.decision.discretion if name == "discretion" else self.decision.charges.get(name)
        return found if found is not None and (found.amount if isinstance(found, Money) else found) else None

    def left_after(self, name: str) -> Money | int | None:
        """What would be left of a cap, or of the ``discretion``; below zero where it is not enough, ``None`` where that is not
        known."""
        left, charge = self.balances[name].left, self.charge(name)
        if left is None or charge is None:
            return left
        if isinstance(left, Money) and isinstance(charge, Money):
            return Money.from_minor(left.minor - charge.minor, left.currency)
        assert isinstance(left, int)
        assert isinstance(charge, int)  # a charge is in the measure of its cap
        return left - charge


@dataclass(frozen=True, slots=True)
class ApprovalAnswer:
    """What somebody approves a task with, as :meth:`remit.Ledger.approve` takes it."""

    employee: Mapping[str, Any]
    asked: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] | None = None
    sources: Mapping[str, str] | None = None
    evidence: Collection[str] = ()
    story: str | None = None
    use_discretion: bool = False

    def expected(self) -> dict[str, tuple[Any, Expected]]:
        """What its parts must be, for :func:`remit.ledger.arguments.expect`."""
        return {
            "asked": (self.asked, maybe(AMOUNTS)),
            "facts": (self.facts, maybe(FACTS)),
            "sources": (self.sources, maybe(FACTS)),
            "evidence": (self.evidence, TEXTS),
            "story": (self.story, maybe(WORDS)),
            "use_discretion": (self.use_discretion, FLAG),
        }

    def request(self, task: Entry, policy: Decider) -> dict[str, Any]:
        """The request of ``task`` as the approver makes it. Raises :class:`remit.RequestError`, and
        :class:`remit.errors.NotAllowed` where facts of it were erased."""
        request = request_again(task, policy.model)
        return request | {
            **_with_more(task, policy, request, self.facts or {}, self.sources or {}, self.evidence),
            "employee": dict(self.employee),
            "asked": request["asked"] if self.asked is None else self.asked,
            "story": self.story or (request["story"] if not self.use_discretion else None),
            "use_discretion": self.use_discretion,
        }


def _with_more(
    task: Entry,
    policy: Decider,
    request: Mapping[str, Any],
    facts: Mapping[str, Any],
    sources: Mapping[str, str],
    evidence: Collection[str],
) -> dict[str, Any]:
    """The facts, sources and evidence of a task with what whoever answers it knows beside. Raises :class:`remit.RequestError`
    where that is something else than what was sent up; what was missing then, or only assumed, may be said now."""
    own = {name: value for name, value in request["facts"].items() if not name.startswith("employee.")}
    declared, missing, facts = policy.model.facts, task.body.get("missing", ()), _without_nothing(facts)
    said = {name: value for name in own if (value := find_fact(facts, name)) is not None}
    free = {name for name in said if name in missing or own[name] == declared[name].default}
    problems = [
        Problem("request/known", f"`{name}` was given when it was sent up", path=f"facts.{name}", hint="leave it out")
        for name in said
        if name not in free
    ]
    case = facts.get("case") if "case" not in declared else None
    if case is not None and request["case"] is not None:
        problems.append(
            Problem("request/known", "the case was given when it was sent up", path="facts.case", hint="leave it out")
        )
    new = {name for name in declared if find_fact(facts, name) is not None}
    problems += [
        Problem("request/known", f"`{name}` is not said here, so its source is not either", path=f"sources.{name}")
        for name in declared
        if name not in new and find_fact(sources, name) is not None
    ]
    if problems:
        raise RequestError(problems)
    on_file = {each["name"] for each in request["evidence"]}
    kept = {name: source for name, source in request["sources"].items() if name not in free}
    out: dict[str, Any] = {"facts": {**{name: value for name, value in own.items() if name not in free}, **facts}}
    if case is not None:
        out["case"] = out["facts"].pop("case")
    out["sources"] = {**kept, **sources}
    out["evidence"] = [*request["evidence"], *(each for each in evidence if each not in on_file)]
    return out


def _without_nothing(group: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that say something: what is null is not known, and takes nothing away."""
    told = {name: _without_nothing(value) if isinstance(value, Mapping) else value for name, value in group.items()}
    return {name: value for name, value in told.items() if value is not None and value != {}}
