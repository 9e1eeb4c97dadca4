"""How long one decision takes: remit, the same policy by hand, and the peers, side by side in one process.

    pip install -e . -r benchmarks/requirements.txt
    python benchmarks/decide.py                # all sizes, about five minutes
    python benchmarks/decide.py --sizes 24 --rounds 10

Everybody decides the same requests, and all answers are compared before anything is timed. remit and the functions written by
hand take a nested dict as it comes from JSON and check it; the peers check nothing, and get a flat dict that was checked and
converted before the clock was started. A round times everybody once, one after the other, so that whatever else the machine
does falls on all of them; medians of the rounds are shown, in processor time.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from statistics import median
from typing import Any

import by_hand
from goodwill import Workload, flat, workload
from peers import PEERS

import remit
from remit.decision.quick import Quick
from remit.policy.loader import load_model

REMIT = "remit"
VALIDATED = "by hand, validated"
#: The peers that are also timed doing the whole job: a nested request, checked.
FASTEST = ("zen-engine", "cel-expr-python")


def itself(answer: str) -> str:
    """The outcome of those who answer with nothing else."""
    return answer


@dataclass
class Contestant:
    """One way to decide: the function, what it is given, and how the outcome is read from its answer."""

    name: str
    decide: Callable[[Any], Any]
    requests: Sequence[Any]
    outcome: Callable[[Any], str] = itself
    load_seconds: float = 0.0
    seconds: list[float] = field(default_factory=list)

    def agrees(self, expected: Sequence[str]) -> bool:
        """Whether all answers are as expected."""
        return all(self.outcome(self.decide(each)) == right for each, right in zip(self.requests, expected, strict=True))

    def round(self, budget_seconds: float) -> None:
        """Note the time of one decision: that of as many different requests, or passes over all of them, as fit the budget."""
        requests, passes, decide = self.requests, 1, self.decide
        if self.seconds:
            fit = budget_seconds / self.seconds[0]
            requests, passes = requests[: max(16, int(fit))], max(1, int(fit / len(requests)))
        start = time.process_time()
        for _ in range(passes):
            for each in requests:
                decide(each)
        self.seconds.append((time.process_time() - start) / len(requests) / passes)


def contestants(of: Workload) -> Iterator[Contestant]:
    """remit, the functions by hand, and the peers that are installed."""
    start = time.process_time()
    policy = remit.loads(of.policy)
    for each in of.requests[:2]:
        policy.decide(each)  # the second decision compiles
    yield Contestant(REMIT, policy.decide, of.requests, attrgetter("outcome"), time.process_time() - start)
    yield Contestant(VALIDATED, by_hand.validated(of), of.requests, itemgetter(0))
    yield Contestant("by hand, grouped, validated", by_hand.grouped(of), of.requests, itemgetter(0))
    yield Contestant("by hand, trusting", by_hand.trusting(of), of.requests, itemgetter(0))
    flattened = [flat(each) for each in of.requests]
    for name, adapt in PEERS.items():
        start = time.process_time()
        try:
            decide = adapt(of)
        except ImportError:
            print(f"({name} is not installed)", file=sys.stderr)
            continue
        load_seconds = time.process_time() - start
        yield Contestant(name, decide, flattened, load_seconds=load_seconds)
        if name in FASTEST:
            yield Contestant(
                f"{name}, behind the checks by hand", by_hand.behind_checks(of, decide), of.requests, itemgetter(0)
            )


def compare(size: int, count: int, rounds: int) -> list[Contestant]:
    """Check that all agree on all requests, then time them. Raises ``SystemExit`` where somebody does not."""
    of = workload(size, count)
    everybody = list(contestants(of))
    expected = [outcome for outcome, _ in map(by_hand.trusting(of), of.requests)]
    spread = {outcome: expected.count(outcome) for outcome in sorted(set(expected))}
    print(f"\n{size} rules, {len(expected)} requests: {spread}", file=sys.stderr)
    for each in everybody:
        if not each.agrees(expected):
            raise SystemExit(f"{each.name} answers differently at {size} rules: nothing was timed")
    for number in range(rounds):
        print(f"\r  round {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
        for each in everybody:
            each.round(0.05)
    print(file=sys.stderr)
    return everybody


def table(everybody: Sequence[Contestant]) -> Iterator[str]:
    """The rows of a Markdown table."""
    ours = next(each for each in everybody if each.name == REMIT).seconds
    yield "| | µs per decision | times remit | load, ms |"
    yield "|---|---:|---:|---:|"
    for each in everybody:
        ratio = median(theirs / mine for theirs, mine in zip(each.seconds, ours, strict=True))
        load = f"{each.load_seconds * 1e3:.0f}" if each.load_seconds else ""
        yield f"| {each.name} | {median(each.seconds) * 1e6:.2f} | {ratio:.2f} | {load} |"


def first_times(size: int) -> Iterator[str]:
    """What a decision costs that cannot lean on earlier ones: new situations, new prices, details, the general path."""
    of = workload(size, 2000)
    text = of.policy
    cold = Quick(remit.loads(text).model)
    yield _line("a situation met for the first time, with its decision", cold.decide, of.requests[:500])
    warm = Quick(remit.loads(text).model)
    for each in of.requests:
        warm.decide(each)
    by_cents = workload(size, 40_000, cents=True).requests
    for each in by_cents[:20_000]:
        warm.decide(each)
    yield _line("hardly a price seen before", warm.decide, by_cents[20_000:])
    yield _line(f"the same, {VALIDATED}", by_hand.validated(of), by_cents[20_000:])
    yield from _warm("a decision and its limits", lambda request: warm.decide(request).limits, of.requests[:600])
    yield _line("a decision and all its details", lambda request: warm.decide(request).detail, of.requests[:300])
    yield _line(
        "the general path (balances given)", lambda request: warm.decide(request, balances={}).outcome, of.requests[:300]
    )


def shipped() -> Iterator[str]:
    """Two policies of ``rules/`` on requests as services have them: most facts are left out, and the past is told."""
    chance = random.Random(1)
    stays = [
        {
            "employee": {"id": f"e-{number % 60}", "role": chance.choice(("associate", "supervisor"))},
            "asked": {"credit": f"{chance.randrange(5, 200, 5)} EUR"},
            "facts": {
                "guest": {"id": f"g-{number}", "tier": chance.choice(("none", "silver", "gold"))},
                "stay": {
                    "id": f"s-{number}",
                    "nightly_rate": f"{chance.randrange(60, 400)} EUR",
                    "nights": chance.randrange(1, 9),
                },
                "incident": {"kind": chance.choice(("noise", "cleanliness")), "severity": chance.randrange(1, 6)},
            },
            "occurred": f"2026-07-{chance.randrange(1, 29):02}",
        }
        for number in range(600)
    ]
    told = {"guest.recoveries": 0}
    hotel = Quick(load_model(remit.shipped("hotel-guest-recovery")))
    yield from _warm("hotel-guest-recovery, history given", lambda request: hotel.decide(request, history=told), stays)
    flights = [
        {
            "employee": {"id": "e-17", "role": "agent"},
            "asked": {"compensation": "1 EUR"},
            "facts": {
                "booking": {"passengers": chance.randrange(1, 5)},
                "flight": {
                    "distance": chance.randrange(200, 6000),
                    "within_eu": False,
                    "cause": "airline",
                    "disruption": "delay",
                    "arrival_delay": chance.randrange(0, 400),
                },
            },
            "occurred": f"2026-07-{chance.randrange(1, 29):02}",
        }
        for _ in range(600)
    ]
    airline = Quick(load_model(remit.shipped("eu-air-passenger-rights")))
    yield from _warm("eu-air-passenger-rights, a delay, what is owed", lambda request: airline.decide(request).owed, flights)


def _warm(name: str, decide: Callable[[Any], Any], requests: Sequence[Any]) -> Iterator[str]:
    _line(name, decide, requests)
    yield _line(name, decide, requests)


def _line(name: str, decide: Callable[[Any], Any], requests: Sequence[Any]) -> str:
    start = time.process_time()
    for each in requests:
        decide(each)
    return f"| {name} | {(time.process_time() - start) / len(requests) * 1e6:.2f} |"


def loading(times: int = 5) -> Iterator[str]:
    """Loading 500 rules, and importing."""
    text = workload(500, 1).policy

    def load() -> float:
        start = time.process_time()
        Quick(remit.loads(text).model)
        return time.process_time() - start

    yield f"| loading and compiling 500 rules, s | {median(load() for _ in range(times)):.2f} |"
    pairs = [(_imported("remit"), _imported("click, yaml")) for _ in range(4 * times)]
    ours, theirs = (median(column) for column in zip(*pairs, strict=True))
    yield f"| `import remit`, ms | {ours * 1e3:.1f} |"
    yield f"| `import click, yaml`, ms | {theirs * 1e3:.1f} |"


def _imported(modules: str) -> float:
    code = f"import time; start = time.process_time(); import {modules}; print(time.process_time() - start)"
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Print the tables of docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 24, 500], help="how many rules")
    parser.add_argument("--requests", type=int, default=1000, help="how many different requests")
    parser.add_argument("--rounds", type=int, default=15, help="how often everybody is timed")
    options = parser.parse_args()
    for size in options.sizes:
        print(f"\n### {size} rules\n", *table(compare(size, options.requests, options.rounds)), sep="\n")
    largest = max(options.sizes)
    print(f"\n### What comes first ({largest} rules), µs\n\n| | µs |\n|---|---:|", *first_times(largest), sep="\n")
    print("\n### Policies of rules/, µs\n\n| | µs |\n|---|---:|", *shipped(), sep="\n")
    print("\n### Loading\n\n| | |\n|---|---:|", *loading(), sep="\n")


if __name__ == "__main__":
    main()
