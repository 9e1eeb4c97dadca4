"""Processor time of proofs, on policies of generated rules and on every policy in rules/: of remit and its solver together.

    python benchmarks/prove.py                    # 24, 500, 1,000 and 2,000 rules, then rules/
    python benchmarks/prove.py --sizes 500        # one of them
    python benchmarks/prove.py --rules ""         # without rules/

The *bound* is one promise about the whole policy: nobody gives more than 300 EUR for a long stay. All other figures are
also given as multiples of it, since machines and what else they do differ.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import yaml

from remit.authoring.proving.proof_run import KINDS_OF_STATEMENTS, prove
from remit.authoring.proving.prover import Prover
from remit.authoring.proving.statements.edges import largest_grant
from remit.deciding.loading import load, loads
from remit.policy.model import Model

ROLES: Final = ("associate", "supervisor", "manager")
TIERS: Final = ("none", "silver", "gold", "diamond")
CHANNELS: Final = ("desk", "phone", "app", "email")
#: EUR that nobody gives for a long stay.
_LONG: Final = 300


def generated(size: int) -> str:
    """A policy of ``size`` rules over choices, a severity, nights and a rate. Half of the amounts are a share of both
    up to a cap; a third of the shares come from tables."""
    chance = random.Random(size)
    kinds = [f"kind_{number}" for number in range(max(4, min(60, size // 8)))]
    tables = {f"share_{number}": _table(chance) for number in range(max(1, size // 50))}
    policy = {
        "policy": "generated",
        "title": "Generated rules",
        "version": "1",
        "owner": "benchmarks",
        "currency": "EUR",
        "ladder": list(ROLES),
        "facts": {
            "kind": {"type": "choice", "of": kinds},
            "severity": {"type": "integer", "min": 1, "max": 5},
            "tier": {"type": "choice", "of": list(TIERS)},
            "channel": {"type": "choice", "of": list(CHANNELS)},
            "nights": {"type": "integer", "min": 1, "max": 30},
            "rate": {"type": "money", "min": "0 EUR", "max": "2000 EUR"},
            "threatening": {"type": "boolean"},
        },
        "remedies": {"credit": {"type": "money", "title": "Credit"}},
        "values": tables,
        "rules": [_rule(chance, number, kinds, list(tables)) for number in range(size)],
        "guardrails": [
            {"id": "rude", "when": {"threatening": True}, "then": "deny", "say": "I want to help."},
            {"id": "long", "when": "nights > 21", "then": {"limit": {"credit": f"{_LONG} EUR"}}, "say": "I ask."},
        ],
        "promises": [{"id": "bound", "always": f"nights <= 21 or limit.credit.manager <= {_LONG} EUR"}],
        "otherwise": "escalate",
    }
    text: str = yaml.safe_dump(policy, sort_keys=False, width=2**31 - 1)
    return text


def _rule(chance: random.Random, number: int, kinds: list[str], tables: list[str]) -> dict[str, object]:
    when: dict[str, object] = {"kind": sorted(chance.sample(kinds, chance.choice((1, 2, 3))))}
    if chance.random() < 0.7:
        when["severity"] = f">= {chance.randrange(2, 6)}"
    if chance.random() < 0.5:
        when["tier"] = sorted(chance.sample(TIERS, 2))
    if chance.random() < 0.4:
        when["channel"] = chance.choice(CHANNELS)
    if chance.random() < 0.4:
        when["nights"] = f"> {chance.randrange(1, 20)}"
    base = chance.randrange(10, 120, 5)
    if chance.random() < 0.5:
        share = chance.choice(tables) if chance.random() < 1 / 3 else f"{chance.randrange(5, 100, 5)}%"
        amounts = {role: f"min(rate * nights * {share}, {base * (rank + 1)} EUR)" for rank, role in enumerate(ROLES)}
    else:
        amounts = {role: f"{base * (rank + 1)} EUR" for rank, role in enumerate(ROLES)}
    return {"id": f"rule-{number}", "because": f"Row {number}.", "when": when, "may": {"credit": amounts}}


def _table(chance: random.Random) -> dict[str, object]:
    nights = sorted(chance.sample(range(2, 28), 3))
    ends = [f"< {nights[0]}", *(f"[{low}..{high})" for low, high in pairwise(nights)), f">= {nights[-1]}"]
    rows = [[end, f"{chance.randrange(5, 60, 5)}%"] for end in ends]
    return {"table": {"inputs": ["nights"], "hit": "unique", "rows": rows}}


def spent() -> float:
    """Seconds of processor time of this process and of all solvers that ended."""
    return sum(
        each.ru_utime + each.ru_stime for each in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def timed(work: Callable[..., object], *given: object) -> float:
    """What ``work`` takes, called with what is ``given``."""
    began = spent()
    work(*given)
    return spent() - began


def questions(model: Model, seconds: float) -> Iterator[tuple[str, float, str]]:
    """What each part takes, and what is not proved of it. The meaning of the policy is made anew for each."""
    yield "making terms", timed(lambda: list(Prover(model, seconds).meaning.amounts(0))), ""
    yield "bound", timed(lambda: list(prove(model, ["promise"], seconds=seconds))), _open(model, "promise", seconds)
    remedy, rank = next(iter(model.remedies)), len(model.ladder) - 1
    yield "largest grant", timed(lambda: largest_grant(Prover(model, seconds), remedy, rank)), ""
    for kind in KINDS_OF_STATEMENTS:
        if kind != "promise":
            found: list[str] = []
            yield kind, timed(found.extend, _verdicts(model, kind, seconds)), _count(found)


def _open(model: Model, kind: str, seconds: float) -> str:
    return _count(list(_verdicts(model, kind, seconds)))


def _verdicts(model: Model, kind: str, seconds: float) -> Iterator[str]:
    for each, total in prove(model, [kind], seconds=seconds):
        print(f"\r{kind}: {each.of[:30]:30} of {total}", end="", file=sys.stderr, flush=True)
        yield each.verdict


def _count(verdicts: list[str]) -> str:
    return ", ".join(f"{verdicts.count(each)} {each}" for each in ("proved", "refuted", "open") if each in verdicts)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="24,500,1000,2000")
    parser.add_argument("--rules", default="rules", help="a folder of policies")
    parser.add_argument("--seconds", type=float, default=60.0, help="for one question")
    options = parser.parse_args()
    print("| rules | question | processor seconds | times the bound | |\n|---:|---|---:|---:|---|", flush=True)
    for size in map(int, filter(None, options.sizes.split(","))):
        model, bound = loads(generated(size)).model, 0.0
        for name, seconds, told in questions(model, options.seconds):
            bound = seconds if name == "bound" else bound
            times = f"{seconds / bound:.1f}" if bound else ""
            print(f"\r| {size:,} | {name} | {seconds:.2f} | {times} | {told} |", flush=True)
    if options.rules:
        print("\n| policy | statements | processor seconds |\n|---|---:|---:|", flush=True)
        for path in sorted(Path(options.rules).glob("*.yaml")):
            if not path.stem.endswith("_test"):
                for model in load(path).model.each:
                    count: list[object] = []
                    seconds = timed(count.extend, prove(model))
                    print(f"| {model.id} | {len(count)} | {seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
