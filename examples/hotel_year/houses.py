"""Where a year happens: in a ledger, as it would; or decided by the same policy and counted in memory, which is four times as
fast and gives the same actions (the tests compare them), for many years in a row."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from staff import PUBLISHER, REVIEWER, Employee, roster_text
from year import START, Answer, Year

import remit
from remit.errors import NotGranted
from remit.ledger.log.entry import Entry
from remit.ledger.people.roster import Person
from remit.ledger.people.roster_file import read_roster
from remit.review.actions import Action, action_of
from remit.review.rosters import Rosters

POLICY = Path(__file__).parent / "policy.yaml"
_ZONE = ZoneInfo("Europe/Amsterdam")
_QUARTER = timedelta(days=90)
#: How many grants and tasks are kept for what follows them; all of it follows within three weeks.
_REMEMBERED = 100_000


class LedgerHouse:
    """A ledger whose clock is that of the year."""

    def __init__(self, url: str | Path, login: str | None = None) -> None:
        self.now = START
        self.ledger = remit.open_ledger(url, clock=lambda: self.now)
        self.policy = remit.load(POLICY)
        self.ledger.publish(read_roster(roster_text(login), "staff.yaml"), by=PUBLISHER)
        self.ledger.publish(self.policy, by=PUBLISHER)

    def grant(self, at: datetime, request: dict[str, Any]) -> Answer:
        self.now = at
        return _answer(self.ledger.grant(self.policy, request))

    def escalate(self, at: datetime, request: dict[str, Any]) -> Answer:
        self.now = at
        entry = self.ledger.escalate(self.policy, request)
        return _answer(entry)

    def refuse(self, at: datetime, request: dict[str, Any]) -> Answer:
        self.now = at
        return _answer(self.ledger.decide(self.policy, request, act="declined"))

    def approve(self, at: datetime, task: str, by: Employee, asked: dict[str, Any] | None) -> str | None:
        self.now = at
        try:
            return self.ledger.approve(task, employee={"id": by.id}, asked=asked).id
        except NotGranted:
            return None

    def decline(self, at: datetime, task: str, by: Employee) -> str:
        self.now = at
        return self.ledger.decline(task, employee={"id": by.id}, reason="What the desk may give is enough here.").id

    def void(self, at: datetime, grant: str, by: Employee) -> None:
        self.now = at
        self.ledger.void(grant, employee={"id": by.id}, reason="Given by mistake.")

    def outcome(self, at: datetime, record: str, kept: bool, csat: int) -> None:
        self.now = at
        self.ledger.outcome(record, kept=kept, csat=csat, employee={"id": REVIEWER})


def _answer(entry: Entry) -> Answer:
    decision = entry.body["decision"]
    outcome = entry.kind if entry.kind == "escalate" else decision["outcome"]
    return Answer(entry.id, outcome, _available(decision), entry.body.get("to"))


def _available(decision: dict[str, Any]) -> int:
    return int(remit.Money.of(decision["remedies"]["credit"]["available"]).minor)


class CountedHouse:
    """The same year without a ledger: each decision is taken by the policy with balances that are counted here, and becomes the
    action that a record of it would give, for ``take``."""

    def __init__(self, take: Callable[[Action], None]) -> None:
        self._policy = remit.load(POLICY)
        self._take = take
        roster = read_roster(roster_text(), "staff.yaml")
        self._roster, self._rosters = roster.digest, _OneRoster(roster)
        self._seq = 0
        self._stays: dict[str, int] = defaultdict(int)
        self._months: dict[tuple[str, int], int] = defaultdict(int)
        self._guests: dict[str, deque[datetime]] = defaultdict(deque)
        self._done: dict[str, tuple[dict[str, Any], Action, datetime]] = {}
        self._ended: dict[str, tuple[dict[str, Any], Action]] = {}
        self._history: dict[str, int] = {}

    def grant(self, at: datetime, request: dict[str, Any]) -> Answer:
        decision = self._decide(at, request)
        given = decision["outcome"] == "grant"
        return self._record(at, "grant" if given else "decide", request, decision, spend=given)

    def escalate(self, at: datetime, request: dict[str, Any]) -> Answer:
        decision = self._decide(at, request)
        sent = decision["outcome"] == "escalate"
        answer = self._record(at, "escalate" if sent else "decide", request, decision, to=decision["escalate_to"])
        return Answer(answer.id, "escalate" if sent else answer.outcome, answer.available, decision["escalate_to"])

    def refuse(self, at: datetime, request: dict[str, Any]) -> Answer:
        return self._record(at, "decide", request, self._decide(at, request), act="declined")

    def approve(self, at: datetime, task: str, by: Employee, asked: dict[str, Any] | None) -> str | None:
        request, target, _ = self._done[task]
        mine = {**request, "employee": {"id": by.id}, "asked": asked or request["asked"]}
        decision = self._decide(at, mine, requester="associate" if target.actor is None else target.actor.role)
        if decision["outcome"] != "grant":
            return None
        del self._done[task]
        more = {"of": task, "requester": {"id": request["employee"]["id"], "role": target.actor and target.actor.role}}
        return self._record(at, "approve", mine, decision, target, spend=True, **more).id

    def decline(self, at: datetime, task: str, by: Employee) -> str:
        request, target, _ = self._done.pop(task)
        more = {"of": task, "requester": {"id": request["employee"]["id"], "role": target.actor and target.actor.role}}
        return self._record(at, "decline", {**request, "employee": {"id": by.id}}, None, target, **more).id

    def void(self, at: datetime, grant: str, by: Employee) -> None:
        request, target, when = self._done.pop(grant)
        self._spend(when, target.actor.id if target.actor else "", request, -1)
        self._record(at, "void", {**request, "employee": {"id": by.id}}, None, target, of=grant)

    def outcome(self, at: datetime, record: str, kept: bool, csat: int) -> None:
        request, target = self._ended.pop(record, (None, None))
        if request is not None and target is not None:
            said = {"of": record, "kept": kept, "csat": csat}
            self._record(at, "outcome", {**request, "employee": {"id": REVIEWER}}, None, target, **said)

    def _decide(self, at: datetime, request: dict[str, Any], requester: str | None = None) -> dict[str, Any]:
        who, facts = request["employee"]["id"], request["facts"]
        given = self._guests[facts["guest.id"]]
        while given and given[0] <= at - _QUARTER:
            given.popleft()
        balances = {
            "per-stay": f"{self._stays[facts['stay.id']] // 100} EUR",
            "per-guest": len(given),
            "desk-month": f"{self._months[who, _month(at)] // 100} EUR",
        }
        asked = {**request, "employee": {"id": who, "role": self._role(who)}, "key": None}
        history = {"guest.recoveries": len(given)}
        self._history = history
        return self._policy.decide(asked, balances=balances, history=history, requester=requester, at=at).to_dict()

    def _role(self, who: str) -> str:
        person = self._rosters.person("", who)
        return person.role if person is not None else ""

    def _record(
        self,
        at: datetime,
        kind: str,
        request: dict[str, Any],
        decision: dict[str, Any] | None,
        target: Action | None = None,
        *,
        spend: bool = False,
        **more: Any,
    ) -> Answer:
        self._seq += 1
        who, facts = request["employee"]["id"], {name: each for name, each in request["facts"].items() if name != "guest.id"}
        model = self._policy.model
        body = {
            "seq": self._seq,
            "id": f"r-{self._seq}",
            "kind": kind,
            "recorded": at.isoformat(),
            "employee": {"id": who, "role": self._role(who)},
            "roster": self._roster,
            "policy": {"id": model.id, "version": model.version, "digest": model.digest},
            "case": request["case"],
            "occurred": None,
            **more,
        }
        if decision is not None:
            body |= {"decision": decision, "request": {"facts": facts}, "read": {"history": self._history}}
            body["charges"] = [{"kind": "recorded", "series": request["facts"]["guest.id"]}]
        found = action_of(body, self._rosters, target)
        if spend:
            self._spend(at, who, request, 1)
        if kind in ("grant", "approve", "decline", "decide"):
            self._ended[found.id] = request, replace(found, target=None)
            if len(self._ended) > _REMEMBERED:
                del self._ended[next(iter(self._ended))]
        if kind in ("grant", "escalate"):
            self._done[found.id] = request, found, at
            if len(self._done) > _REMEMBERED:
                del self._done[next(iter(self._done))]
        self._take(found)
        return Answer(found.id, decision["outcome"], _available(decision)) if decision is not None else Answer(found.id, "", 0)

    def _spend(self, at: datetime, who: str, request: dict[str, Any], sign: int) -> None:
        facts, amount = request["facts"], 100 * int(request["asked"]["credit"].split()[0]) * sign
        self._stays[facts["stay.id"]] += amount
        self._months[who, _month(at)] += amount
        if sign > 0:
            self._guests[facts["guest.id"]].append(at)
        else:
            self._guests[facts["guest.id"]].remove(at)


class _OneRoster(Rosters):
    """The roster of the group, whichever is asked for."""

    def __init__(self, roster: remit.Roster) -> None:
        self._roster = roster

    def person(self, digest: str, employee: str) -> Person | None:
        return self._roster.find(employee)


def _month(at: datetime) -> int:
    here = at.astimezone(_ZONE)
    return here.year * 12 + here.month


def actions_of(year: Year) -> list[Action]:
    """All that is done in a year, without a ledger."""
    out: list[Action] = []
    year.live(CountedHouse(out.append))
    return out
