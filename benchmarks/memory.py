"""How much memory a policy takes after very many different requests: ``python benchmarks/memory.py REQUESTS [SIZE]``.

One process, one policy, every request new. What it prints is the growth of its resident memory between the first thousand
answers and the last one, as JSON.
"""

from __future__ import annotations

import json
import random
import resource
import sys
from pathlib import Path

from goodwill import workload

import remit


def resident_mib() -> float:
    """Resident memory now (Linux), or its highest so far (elsewhere)."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    """Measure and print."""
    count, size = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 24
    of, chance = workload(size, capped=True), random.Random()
    policy = remit.loads(of.policy)
    for request, balances, history in of.asks(chance, 1000):
        policy.decide(request, balances=balances, history=history).to_json()
    before = resident_mib()
    for request, balances, history in of.asks(chance, count):
        policy.decide(request, balances=balances, history=history).to_json()
    print(json.dumps({"requests": count, "before_mib": round(before, 1), "grown_mib": round(resident_mib() - before, 2)}))


if __name__ == "__main__":
    main()
