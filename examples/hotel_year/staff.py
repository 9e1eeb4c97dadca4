"""The people of the group: 30 houses, 400 on the roster, three of them AI agents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SITES = [f"house-{number:02}" for number in range(1, 31)]
#: At each house: ten at the desk, two supervisors, a duty manager. Three AI agents answer mail for all, and four people of the
#: head office are on the roster, too.
DESK, SUPERVISORS = 10, 2
AGENTS = ("bot-1", "bot-2", "bot-3")
OFFICE = ("office-1", "office-2", "office-3", "office-4")
PUBLISHER, REVIEWER = OFFICE[0], OFFICE[1]


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who faces guests. ``volume`` says how many contacts they have, next to the others."""

    id: str
    role: str
    site: str
    manager: str
    volume: float = 1.0
    agent: bool = False


def employees() -> Iterator[Employee]:
    """All who face guests."""
    for site in SITES:
        number = site[-2:]
        manager = f"d-{number}"
        for place in range(1, DESK + 1):
            yield Employee(f"e-{number}{place:02}", "associate", site, f"s-{number}{1 + place % SUPERVISORS}")
        for place in range(1, SUPERVISORS + 1):
            yield Employee(f"s-{number}{place}", "supervisor", site, manager, 0.3)
        yield Employee(manager, "duty_manager", site, OFFICE[0], 0.2)
    for place, name in enumerate(AGENTS):
        yield Employee(name, "associate", SITES[place], f"s-{place + 1:02}1", 2.0, agent=True)


def roster_text(login: str | None = None) -> str:
    """The roster as a file that `remit publish` takes. Whoever has the ``login`` is the reviewer, who may also publish."""
    lines = ["roster: group", 'version: "1"', "timezone: Europe/Amsterdam", "staff:"]
    for each in employees():
        agent = ", agent: true" if each.agent else ""
        lines.append(f"  - {{id: {each.id}, role: {each.role}, site: {each.site}, manager: {each.manager}{agent}}}")
    lines.append(f"  - {{id: {OFFICE[0]}, role: duty_manager, publishes: true, reviews: true, owns: [group-guest-recovery]}}")
    mine = f", publishes: true, logins: [{login}]" if login is not None else ""
    lines += [f"  - {{id: {name}, role: duty_manager, reviews: true{mine * (name == REVIEWER)}}}" for name in OFFICE[1:]]
    return "\n".join(lines) + "\n"
