"""How long the counter waits: ``remit ask`` against starting Python with click and yaml imported, in one run.

    python benchmarks/startup.py [ROUNDS]

Each command is a process of its own, they take turns, and the least of many rounds counts: what the computer did besides is
left out. ``wall`` is what a person waits, ``cpu`` what the process worked. The policy has been read before (its checked form
is kept between runs), the answer goes on record in a ledger, durably: a new one, one of 2,000 records, and one with a roster
of 50. The promise is a ratio under 2.
"""

from __future__ import annotations

import os
import pwd
import sys
import tempfile
import time
from pathlib import Path

import remit

POLICY = "hotel-guest-recovery"
ASK = ["-m", "remit", "ask", POLICY, "--fact", "incident.kind=noise", "--fact", "incident.severity=3"]
KNOWN = ["--fact", "guest.id=g-7", "--fact", "stay.id=s-9", "--fact", "guest.tier=none"]
GIVE = [*ASK, *KNOWN, "--give", "credit=25EUR"]
#: ``{home}`` is the folder of the ledgers.
COMMANDS = {
    "python": ["-c", "pass"],
    "python, click and yaml": ["-c", "import click, yaml"],
    "remit --version": ["-m", "remit", "--version"],
    "remit ask, no ledger": [*ASK, "--no-ledger"],
    "remit ask, on record": ASK,
    "remit ask --give, no ledger": [*GIVE, "--no-ledger"],
    "remit ask --give, on record": GIVE,
    "  of 2,000 records": [*GIVE, "--ledger", "{home}/full.db"],
    "  with a roster": [*GIVE, "--ledger", "{home}/staffed.db"],
}
RECORDS, STAFF = 2_000, 50


def run(arguments: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Seconds waited and seconds worked."""
    began = time.perf_counter()
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    child = os.posix_spawn(sys.executable, [sys.executable, *arguments], env, file_actions=silent)
    _, status, used = os.wait4(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 3, 6), arguments  # granted, escalate, something is missing
    return time.perf_counter() - began, used.ru_utime + used.ru_stime


def fill(home: Path) -> None:
    """Make the ledgers in a folder."""
    policy = remit.load(remit.shipped(POLICY))
    with remit.open_ledger(home / "full.db") as ledger:
        for number in range(RECORDS):
            facts = {
                "incident.kind": "noise",
                "incident.severity": 3,
                "guest.id": f"g-{number % 700}",
                "stay.id": f"s-{number}",
            }
            asked = {"late_checkout": True} if number % 3 else {"credit": f"{1 + number % 30} EUR"}
            ledger.grant(policy, {"employee": {"id": f"e-{number % 40}", "role": "associate"}, "asked": asked, "facts": facts})
    staff = [f"  - {{id: e-{number}, role: associate, logins: [login-{number}]}}" for number in range(STAFF)]
    mine = f"  - {{id: m-1, role: general_manager, logins: [{pwd.getpwuid(os.getuid()).pw_name}], publishes: true}}"
    roster = ["roster: desk", 'version: "1"', "timezone: Europe/Amsterdam", "staff:", *staff, mine]
    file = home / "roster.yaml"
    file.write_text("\n".join(roster) + "\n", encoding="utf-8")
    with remit.open_ledger(home / "staffed.db") as ledger:
        ledger.publish(remit.load_roster(file), by="m-1")
        ledger.publish(policy, by="m-1")


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory() as home:
        fill(Path(home))
        own = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), home)
        env = {**os.environ, **own, "PYTHONPYCACHEPREFIX": f"{home}/compiled"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
        for number in range(rounds + 2):
            for name, arguments in COMMANDS.items():
                seconds = run([each.format(home=home) for each in arguments], env)
                if number >= 2:  # the first two fill the caches
                    taken[name].append(seconds)
    base = [min(each[at] for each in taken["python, click and yaml"]) for at in (0, 1)]
    print(f"{'':30}{'wall ms':>9}{'ratio':>7}{'cpu ms':>9}{'ratio':>7}")
    for name, all_of_it in taken.items():
        wall, cpu = (min(each[at] for each in all_of_it) for at in (0, 1))
        print(f"{name:30}{wall * 1000:9.1f}{wall / base[0]:7.2f}{cpu * 1000:9.1f}{cpu / base[1]:7.2f}")


if __name__ == "__main__":
    main()
