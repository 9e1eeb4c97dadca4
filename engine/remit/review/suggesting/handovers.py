"""What was sent up, with the answer it was given: the evidence of every suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from remit.review.actions import Action

__all__ = ["KINDS_READ", "HandOver", "handovers_of"]

#: The kinds of record that hand-overs are read from.
KINDS_READ: Final = ("escalate", "approve", "permit", "decline", "void")


@dataclass(frozen=True, slots=True)
class HandOver:
    """One request that was sent up (``task``), and its ``answer``: an approval, a permission or a refusal; ``None`` while
    nobody has answered. ``given`` is what the answer gave of each remedy, in smallest units, less what was taken back."""

    task: Action
    answer: Action | None
    given: Mapping[str, int]

    @property
    def who(self) -> str:
        """The employee who asked."""
        return self.task.actor.id if self.task.actor is not None else ""

    @property
    def role(self) -> str:
        """Their role."""
        return self.task.actor.role if self.task.actor is not None else ""

    @property
    def approver(self) -> str:
        """Who answered."""
        return self.answer.actor.id if self.answer is not None and self.answer.actor is not None else ""

    @property
    def customer(self) -> str:
        """The customer's token; where the policy knows no customer, the case, or else the record."""
        return self.task.customer or self.task.case or self.task.id

    def is_unchanged(self) -> bool:
        """Whether all that was asked for was approved, and not taken back."""
        return self.answer is not None and all(self.given.get(name, 0) >= part.asked for name, part in self.task.parts.items())

    def own_limit(self, remedy: str) -> int | None:
        """The most that the approver may give by their own role; ``None`` where they answered as the owner, or declined."""
        if self.answer is None or self.answer.outcome != "grant" or remedy not in self.answer.parts:
            return None
        return self.answer.parts[remedy].limit


def handovers_of(actions: Iterable[Action]) -> list[HandOver]:
    """What was sent up among ``actions``, in their order, each with its last answer."""
    tasks: dict[str, Action] = {}
    answers: dict[str, Action] = {}
    given: dict[str, dict[str, int]] = {}
    for each in actions:
        if each.kind == "escalate":
            tasks[each.id] = each
        elif each.kind in ("approve", "permit", "decline") and each.target is not None and each.target.id in tasks:
            answers[each.target.id] = each
            gives = each.given if each.kind == "approve" else _permitted(each)
            given[each.id] = dict(gives)
        elif each.kind == "void" and each.of in given:
            left = given[each.of]
            for remedy, amount in each.given.items():
                left[remedy] = max(0, left.get(remedy, 0) - amount)
    found = ((task, answers.get(name)) for name, task in tasks.items())
    return [HandOver(task, answer, given[answer.id] if answer is not None else {}) for task, answer in found]


def _permitted(answer: Action) -> Mapping[str, int]:
    """What a permission lets the one who asked give: exactly what they asked for. A refusal gives nothing."""
    return {name: part.asked for name, part in answer.parts.items()} if answer.kind == "permit" else {}
