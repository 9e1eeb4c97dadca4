"""How long it takes to find the most that can be given over two years, for every policy that comes with remit.

    python benchmarks/exposure.py [DAYS]

Processor time, of the solvers too, for one customer and one employee, in the role for which it takes longest: proving the
largest single grants, finding the sequence, checking it, and carrying it out in a ledger.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from typing import Final, Literal

import remit
from remit.authoring.exposure.exposure import exposure
from remit.authoring.exposure.proved_grants import NotBounded, largest_proved
from remit.authoring.proving.prover import Prover
from remit.deciding.policy import Policy
from remit.policy.shipped import shipped_policies

_WHO: Final[tuple[Literal["customer", "employee"], ...]] = ("customer", "employee")


def main(days: int = 730) -> None:
    """Print the table."""
    print(f"| policy | who | role | {days} days | requests | seconds of processor time |")
    print("|---|---|---|---|---|---|")
    for name, path in sorted(shipped_policies().items()):
        policy = remit.load(path)
        policy.compile()
        for who in _WHO:
            took, role, told, requests = max(answers(policy, who, days))
            print(f"| {name} | {who} | {role} | {told} | {requests} | {took:.2f} |", flush=True)


def answers(policy: Policy, who: Literal["customer", "employee"], days: int) -> Iterator[tuple[float, str, str, int]]:
    """For each role how long it takes, what kind of answer there is, and of how many requests."""
    for role in policy.model.ladder:
        start = _spent()
        try:
            found = exposure(policy, largest_proved(Prover(policy.model, 60), role), who=who, role=role, days=days)
        except (NotBounded, ValueError) as reason:
            yield _spent() - start, role, str(reason), 0
        else:
            yield _spent() - start, role, found.status, len(found.steps)


def _spent() -> float:
    """Seconds of processor time of this process and of all solvers that ended."""
    of = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in of)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
