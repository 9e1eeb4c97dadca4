"""What a change would have cost: every recorded request that it can touch, decided again by the new text and what it read.

Balances and histories are those of the record: what would have been given at once does not count against later requests, and
people may ask for more once they may give more. That is not simulated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from remit.errors import RemitError
from remit.language.nodes import Node
from remit.ledger.asking import Decider
from remit.ledger.log.entry import Entry
from remit.ledger.log.redeciding import redecide
from remit.ledger.recorded_facts import read_plain, whole
from remit.policy.trees import reads
from remit.readings.numbers.reference import Scope
from remit.review.suggesting.handovers import HandOver

__all__ = ["Costing", "RecordedCost", "Trial", "ASKED_IN"]

#: The kinds of record that a request without its grant leaves.
ASKED_IN: Final = ("escalate", "decide")


@dataclass(frozen=True, slots=True)
class RecordedCost:
    """The hand-overs that a change would have ``saved``, and amounts by remedy in smallest units: what they would have
    ``given`` without asking; of that, what was ``approved`` anyway, what was declined or reduced (``extra``), and what nobody
    has answered (``open``). ``looked_up`` counts requests that were not sent up and would have been granted; nothing is counted
    as given for them. ``decided`` is how many were decided again, and ``unread`` how many could not be."""

    decided: int = 0
    unread: int = 0
    saved: int = 0
    looked_up: int = 0
    given: Mapping[str, int] = field(default_factory=dict)
    approved: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[str, int] = field(default_factory=dict)
    open: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """A changed policy to try: ``role`` is the lowest whose requests for ``remedy`` it can touch, and only where ``rule``, if
    that is known, may hold."""

    policy: Decider
    role: str
    remedy: str
    rule: str | None = None


class Costing:
    """Takes the recorded requests one by one, and works out what each of some changes would have cost."""

    def __init__(self, now: Decider, trials: Sequence[Trial], handovers: Iterable[HandOver]) -> None:
        self._now = now
        self._trials = [_Trying(each) for each in trials]
        self._handovers = {each.task.id: each for each in handovers}

    def take(self, entry: Entry) -> None:
        """Decide a record again, by each changed policy that can touch it. One that is no request changes nothing."""
        model, body = self._now.model, entry.body
        if entry.kind not in ASKED_IN or body["decision"]["outcome"] != "escalate":
            return
        touching = [each for each in self._trials if each.touches(body)]
        if not touching:
            return
        try:
            if body["policy"]["digest"] != model.digest and redecide(entry, self._now).decision.outcome != "escalate":
                return  # the text of today gives it already, or says no
            outcomes = [redecide(entry, each.trial.policy).decision.outcome for each in touching]
        except RemitError:  # facts were erased, or are not those of today's text
            for each in touching:
                each.unread += 1
            return
        for each, outcome in zip(touching, outcomes, strict=True):
            each.decided += 1
            if outcome == "grant":
                each.count(entry.kind, body, self._handovers.get(entry.id))

    def costs(self) -> list[RecordedCost]:
        """What each change would have cost, in the order of the trials."""
        return [each.cost() for each in self._trials]


class _Trying:
    """One change while it is counted."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self._when = _condition(trial)
        self.decided = self.unread = self.saved = self.looked_up = 0
        self._amounts: dict[str, Counter[str]] = {name: Counter() for name in ("given", "approved", "extra", "open")}

    def count(self, kind: str, body: Mapping[str, Any], handover: HandOver | None) -> None:
        """A request that would have been granted."""
        if kind == "decide":
            self.looked_up += 1
            return
        self.saved += 1
        for remedy, amount in body["decision"]["asked"].items():
            asked = _size(amount)
            self._amounts["given"][remedy] += asked
            if handover is None or handover.answer is None:
                self._amounts["open"][remedy] += asked
                continue
            approved = min(asked, handover.given.get(remedy, 0))
            self._amounts["approved"][remedy] += approved
            self._amounts["extra"][remedy] += asked - approved

    def cost(self) -> RecordedCost:
        amounts = {name: dict(each) for name, each in self._amounts.items()}
        return RecordedCost(self.decided, self.unread, self.saved, self.looked_up, **amounts)

    def touches(self, body: Mapping[str, Any]) -> bool:
        """Whether more of the remedy for the role, and so for those above, can change what becomes of a request."""
        model, role = self.trial.policy.model, body["employee"]["role"]
        known = role == model.owner_role or role in model.ladder
        if not known or self.trial.remedy not in body["decision"]["asked"] or model.rank(role) < model.rank(self.trial.role):
            return False
        if self._when is None:
            return True
        facts = {name: value for name, value in body["request"]["facts"].items() if not isinstance(value, Mapping)}
        scope = Scope(
            model, read_plain(model.facts, facts), employee=body["employee"]["id"], role=role, asked={}, occurred=None
        )
        return scope.evaluate(self._when) is not False


def _condition(trial: Trial) -> Node | None:
    """The condition of the rule that was changed, where it reads nothing but facts; what is not known of these may be true."""
    model = trial.policy.model
    rule = next((each for each in model.rules if each.id == trial.rule), None)
    if rule is None or rule.when is None or not reads(model, rule.when.node) <= {*model.facts, *model.values}:
        return None
    return rule.when.node


def _size(amount: Any) -> int:
    return whole(amount) if isinstance(amount, str) else int(amount)
