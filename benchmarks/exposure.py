"""How long it takes to find the most that can be given over two years, for every policy that comes with remit.

    python benchmarks/exposure.py [DAYS]

Processor time for one customer and one employee, in the role for which it takes longest: finding, checking and carrying out the
sequence in a ledger. The largest single grants are found by trying, which is not counted.
"""

from __future__ import annotations

import sys
from time import process_time
from typing import Final, Literal

import remit
from remit.authoring.exposure.exposure import Exposure, exposure
from remit.authoring.exposure.tried_grants import largest_tried
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
            slowest: tuple[float, str, Exposure] | None = None
            for role in policy.model.ladder:
                largest = largest_tried(policy, role)
                start = process_time()
                found = exposure(policy, largest, who=who, role=role, days=days)
                took = process_time() - start
                if slowest is None or took > slowest[0]:
                    slowest = took, role, found
            assert slowest is not None
            took, role, found = slowest
            print(f"| {name} | {who} | {role} | {found.status} | {len(found.steps)} | {took:.2f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
