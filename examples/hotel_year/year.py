"""What happens in a year: who comes, what went wrong, what the desk does about it, and what is planted to be found.

Everything is drawn from one seed. What an employee may give is not decided here: they ask remit, and go by its answer. A
``house`` is where that goes: a ledger, or for many years in a row the same decisions without one (see houses.py).
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from staff import SITES, Employee, employees

START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 365

#: What can be planted, and what is true then.
PLANTS = {
    "leak": "e-0703 gives all that is possible to everybody, and again and again to a few guests who always come back to them",
    "star": "e-1204 serves four times as many guests, sends few up, and their guests stay",
    "unfair": "in four houses guests who speak Chinese or Arabic are refused more often and given less, in like cases",
    "low_limit": "guests wait longer for rooms: 25 EUR is not enough, and supervisors approve what is asked",
    "unused": "nobody loses luggage, so that nobody uses the rule lost-luggage",
    "loop": "bot-3 gives, takes back and gives again",
}
LEAK, STAR, LOOPER = "e-0703", "e-1204", "bot-3"
UNFAIR_SITES = frozenset(SITES[15:19])
UNFAIR_LANGUAGES = frozenset(("zh", "ar"))
FRIENDS = 12

KINDS = {"noise": 35, "cleanliness": 25, "room_not_ready": 20, "billing_error": 17, "lost_luggage": 3}
#: What a guest needs, in euros, when it is neither mild nor grave.
NEED = {"noise": 26, "cleanliness": 26, "room_not_ready": 15, "billing_error": 22, "lost_luggage": 48}
LONG_WAIT = 36
#: What an associate may give, as everybody at the desk knows.
LIMITS = {"room_not_ready": 25, "billing_error": 40, "lost_luggage": 80}
LANGUAGES = {"en": 40, "de": 20, "fr": 12, "es": 10, "zh": 10, "ar": 8}
TIERS = {"none": 60, "silver": 28, "gold": 12}

#: What approvers do: as asked, less, or no. Where the limit is too low they nearly always agree.
APPROVING, AGREEING = (0.58, 0.17, 0.25), (0.94, 0.03, 0.03)


@dataclass(frozen=True, slots=True)
class Guest:
    """A guest, and who serves them each time where that is always the same."""

    id: str
    tier: str
    language: str
    friend_of: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a house said: the record, its outcome, and how much credit the employee might have given (in cents); ``to``
    is the role that a task is for."""

    id: str
    outcome: str
    available: int
    to: str | None = None


class House(Protocol):
    """Where the decisions go. Times never fall; requests are those of remit."""

    def grant(self, at: datetime, request: dict[str, Any]) -> Answer:
        """Give it, or be told why not."""

    def escalate(self, at: datetime, request: dict[str, Any]) -> Answer:
        """Send it up."""

    def approve(self, at: datetime, task: str, by: Employee, asked: dict[str, Any] | None) -> str | None:
        """Approve what was sent up, or less. Gives the record, if they may."""

    def decline(self, at: datetime, task: str, by: Employee) -> str:
        """Decline what was sent up. Gives the record."""

    def refuse(self, at: datetime, request: dict[str, Any]) -> Answer:
        """The employee says no to the guest."""

    def void(self, at: datetime, grant: str, by: Employee) -> None:
        """Take a grant back."""

    def outcome(self, at: datetime, record: str, kept: bool, csat: int) -> None:
        """What became of the guest."""


class Year:
    """A year of about ``decisions`` contacts from ``seed``, with what is planted (all of :data:`PLANTS`, unless named)."""

    def __init__(self, seed: int, decisions: int, plants: Iterable[str] = tuple(PLANTS)) -> None:
        self.plants = frozenset(plants)
        if unknown := self.plants - PLANTS.keys():
            raise ValueError(f"there is no plant {', '.join(sorted(unknown))}; there are {', '.join(PLANTS)}")
        self.decisions = decisions
        self._dice = random.Random(f"hotel year {seed}")
        self._staff = {each.id: self._busy(each) for each in employees()}
        self._at_site = {site: [each for each in self._staff.values() if each.site == site] for site in SITES}
        self._later: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._turn = 0
        self._guests = [self._guest(number) for number in range(max(200, decisions // 3))]
        self._friends = [replace(self._guest(-number), friend_of=LEAK) for number in range(1, FRIENDS + 1)]
        self._friend_gap = timedelta(days=20)
        self._next_visit = {each.id: START + timedelta(days=self._dice.uniform(0, 20)) for each in self._friends}

    def _busy(self, each: Employee) -> Employee:
        return replace(each, volume=4.0) if "star" in self.plants and each.id == STAR else each

    def _guest(self, number: int) -> Guest:
        name = f"g-{number}" if number >= 0 else f"f{-number}"
        return Guest(name, self._pick(TIERS), self._pick(LANGUAGES))

    def _pick(self, weights: dict[str, int]) -> str:
        return self._dice.choices(list(weights), list(weights.values()))[0]

    def live(self, house: House) -> None:
        """Let it happen in a house."""
        people = list(self._staff.values())
        volumes = [each.volume for each in people]
        step = timedelta(days=DAYS) / self.decisions
        kinds = {name: weight for name, weight in KINDS.items() if not (name == "lost_luggage" and "unused" in self.plants)}
        at = START
        for number, employee in enumerate(self._dice.choices(people, volumes, k=self.decisions)):
            at = START + step * number
            self._catch_up(at)
            guest, kind = self._dice.choice(self._guests), self._pick(kinds)
            if employee.id == LEAK and "leak" in self.plants:
                guest = next((each for each in self._friends if self._next_visit[each.id] <= at), guest)
                if guest.friend_of:
                    self._next_visit[guest.id] = at + self._friend_gap
                    kind = "noise"
            self._contact(house, at, number, employee, guest, kind)
        self._catch_up(at + timedelta(days=30))

    def _catch_up(self, now: datetime) -> None:
        """What was to happen until now: answers, outcomes."""
        while self._later and self._later[0][0] <= now:
            at, _, do = heapq.heappop(self._later)
            do(at)

    def _after(self, at: datetime, minutes: float, do: Callable[[datetime], None]) -> None:
        self._turn += 1
        heapq.heappush(self._later, (at + timedelta(minutes=minutes), self._turn, do))

    def _contact(self, house: House, at: datetime, number: int, employee: Employee, guest: Guest, kind: str) -> None:
        dice = self._dice
        severity = 5 if guest.friend_of else dice.choices((1, 2, 3, 4, 5), (15, 25, 30, 20, 10))[0]
        rate = dice.randrange(80, 260, 10)
        facts = {
            "guest.id": guest.id,
            "guest.tier": guest.tier,
            "guest.language": guest.language,
            "stay.id": f"st-{number}",
            "stay.nightly_rate": f"{rate} EUR",
            "incident.kind": kind,
            "incident.severity": severity,
        }
        wanted = self._wanted(employee, guest, kind, severity)
        request = {
            "employee": {"id": employee.id},
            "case": f"C-{number}",
            "facts": facts,
            "asked": {"credit": f"{wanted} EUR"},
            "key": f"k-{number}",
        }
        if dice.random() < self._refusing(employee, guest):
            self._end(house, at, house.refuse(at, request).id, employee, given=False)
            return
        told = house.grant(at, request)
        if told.outcome == "grant":
            self._given(house, at, request, told.id, employee)
        else:
            self._not_given(house, at, request, told, employee, kind)

    def _wanted(self, employee: Employee, guest: Guest, kind: str, severity: int) -> int:
        """What the employee thinks is right, in euros, in steps of five."""
        if employee.id == LEAK and "leak" in self.plants:
            return LIMITS.get(kind, 60 if severity >= 3 else 15)
        long_wait = kind == "room_not_ready" and "low_limit" in self.plants
        need = LONG_WAIT if long_wait else NEED[kind]
        amount = need * (0.4 + 0.2 * severity) * math.exp(self._dice.gauss(0, 0.3))
        if self._is_unfair(employee, guest):
            amount *= 0.6
        return max(5, 5 * round(amount / 5))

    def _is_unfair(self, employee: Employee, guest: Guest) -> bool:
        return "unfair" in self.plants and employee.site in UNFAIR_SITES and guest.language in UNFAIR_LANGUAGES

    def _refusing(self, employee: Employee, guest: Guest) -> float:
        if employee.id == LEAK and "leak" in self.plants:
            return 0
        return 0.2 if self._is_unfair(employee, guest) else 0.05

    def _given(self, house: House, at: datetime, request: dict[str, Any], record: str, employee: Employee) -> None:
        dice = self._dice
        if employee.id == LOOPER and "loop" in self.plants and dice.random() < 0.05:
            self._after(at, 0.2, lambda then: self._loop(house, then, request, record, employee, 1))
            return
        if dice.random() < 0.01:
            by = self._above(employee)
            self._after(at, dice.uniform(10, 600), lambda then: house.void(then, record, by))
        self._end(house, at, record, employee, given=True)

    def _loop(self, house: House, at: datetime, request: dict[str, Any], record: str, employee: Employee, turn: int) -> None:
        """Take it back and give it again, four times."""
        house.void(at, record, employee)
        again = house.grant(at, {**request, "key": f"{request['key']}-{turn}"})
        if turn < 4 and again.outcome == "grant":
            self._after(at, 0.2, lambda then: self._loop(house, then, request, again.id, employee, turn + 1))

    def _not_given(
        self, house: House, at: datetime, request: dict[str, Any], told: Answer, employee: Employee, kind: str
    ) -> None:
        """They give what they may, or send it up."""
        dice = self._dice
        modest = employee.id == STAR and "star" in self.plants
        sends = 0.08 if modest else 0.5
        if told.available >= 500 and dice.random() >= sends:
            less = {**request, "asked": {"credit": f"{told.available // 100} EUR"}, "key": f"{request['key']}-less"}
            given = house.grant(at, less)
            if given.outcome == "grant":
                self._given(house, at, less, given.id, employee)
            return
        task = house.escalate(at, {**request, "key": f"{request['key']}-up"})
        if task.outcome != "escalate" or task.to not in ("supervisor", "duty_manager"):
            return  # it waits for the owner of the policy
        by, asked = self._above(employee, task.to), int(request["asked"]["credit"].split()[0])
        too_low = kind == "room_not_ready" and "low_limit" in self.plants
        what = dice.choices(("whole", "less", "no"), AGREEING if too_low else APPROVING)[0]
        amounts = {"whole": None, "less": {"credit": f"{max(5, 5 * round(asked * 0.13))} EUR"}}

        def answer(then: datetime) -> None:
            approved = None if what == "no" else house.approve(then, task.id, by, amounts[what])
            record = approved or house.decline(then, task.id, by)
            self._end(house, then, record, employee, given=approved is not None)

        self._after(at, dice.uniform(2, 240), answer)

    def _above(self, employee: Employee, role: str | None = None) -> Employee:
        """Who is above them in their house: a supervisor, or the duty manager."""
        wanted = role or ("supervisor" if employee.role == "associate" else "duty_manager")
        found = [each for each in self._at_site[employee.site] if each.role == wanted and each.id != employee.id]
        return self._dice.choice(found or [employee])

    def _end(self, house: House, at: datetime, record: str, employee: Employee, *, given: bool) -> None:
        """Of one contact in five it becomes known whether the guest stayed, and how content they were."""
        dice = self._dice
        if dice.random() >= 0.2:
            return
        star = employee.id == STAR and "star" in self.plants
        kept = dice.random() < (0.93 if star else 0.78 if given else 0.6)
        csat = min(5, max(1, round(dice.gauss(4.6 if star else 3.9 if given else 3.0, 0.8))))
        self._after(at, dice.uniform(3, 20) * 1440, lambda then: house.outcome(then, record, kept, csat))
