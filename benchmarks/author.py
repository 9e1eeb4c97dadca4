"""How long an author waits: ``check`` on all policies, ``check`` on one with a table of 2,000 rows, ``mutate`` on 50 rules.

    pip install -e .
    python benchmarks/author.py                 # about two minutes
    python benchmarks/author.py --rounds 3 --skip-mutate

Everything is the command as people start it, in a process of its own, in processor time (whatever else the machine does is not
counted), best of the rounds. "Own" is without what starting Python takes: ``python -c pass``, timed in turn with it.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from goodwill import workload

ROOT = Path(__file__).resolve().parent.parent
REMIT = [sys.executable, "-m", "remit"]
START = [sys.executable, "-c", "pass"]

_HEAD = """\
policy: table
title: A large table
version: "1"
owner: service
effective: {from: 2026-01-01}
currency: EUR
ladder: [agent, manager]
"""
_RULES = "rules:\n  - {id: by-table, because: The table says it., may: {credit: amount}}\n"


def seconds(command: Sequence[str], *, codes: Sequence[int] = (0,)) -> float:
    """The processor time of one run. Raises where it does not end with one of ``codes``."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in codes:
        raise SystemExit(f"{' '.join(command)} left with {done.returncode}:\n{done.stdout}{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def side_by_side(command: Sequence[str], rounds: int) -> tuple[float, float]:
    """Best of ``rounds``, of ``command`` and of starting Python."""
    seconds(command)  # what Python compiles once, it has compiled by now
    pairs = [(seconds(command), seconds(START)) for _ in range(rounds)]
    return min(mine for mine, _ in pairs), min(start for _, start in pairs)


def tables(rows: int = 2_000) -> Iterator[tuple[str, str]]:
    """Policies with one large table: bands in every category, a grid of two amounts, and rows that lie across each other."""
    facts = (
        "  kind: {type: choice, of: [a, b, c, d]}\n  size: {type: number, min: 0}\n  age: {type: integer, min: 0, max: 120}\n"
    )
    bands = [f'[{"abcd"[row % 4]}, "[{row // 4}..{row // 4 + 1})", "-", {row % 50 + 1} EUR]' for row in range(rows)]
    grid = [
        f'["-", "[{row % 50}..{row % 50 + 1})", "[{row // 50}..{row // 50 + 1})", {row % 50 + 1} EUR]' for row in range(rows)
    ]
    chance = random.Random(2)
    across = []
    for row in range(rows):
        low, young = chance.randrange(0, 400), chance.randrange(0, 60)
        cells = f'"[{low}..{low + chance.randrange(1, 9) * 20})", "[{young}..{young + chance.randrange(1, 6) * 10}]"'
        across.append(f"[{chance.choice('abcd')}, {cells}, {row % 50 + 1} EUR]")
    for name, hit, listed in (("bands", "unique", bands), ("grid", "unique", grid), ("across each other", "first", across)):
        table = f"    table:\n      inputs: [kind, size, age]\n      hit: {hit}\n      rows:\n"
        lines = "".join(f"        - {row}\n" for row in listed)
        remedies = "remedies:\n  credit: {type: money, title: Credit}\n"
        yield name, f"{_HEAD}facts:\n{facts}{remedies}values:\n  amount:\n{table}{lines}      otherwise: 0 EUR\n{_RULES}"


def show(what: str, mine: float, start: float, bound: str) -> None:
    """One line: the whole time, without Python's start, and how many times that start it is."""
    print(f"{what:44} {mine:6.2f} s   own {mine - start:6.2f} s   {mine / start:7.1f} x python -c pass   {bound}")


def mutate(folder: Path) -> None:
    """``remit cases`` proposes the cases of a policy with 50 rules; then ``remit mutate`` changes it in every small way."""
    policy = folder / "matrix.yaml"
    policy.write_text(workload(50).policy, encoding="utf-8")
    subprocess.run([*REMIT, "cases", str(policy), "--write"], check=True, capture_output=True, cwd=ROOT)
    mine, start = seconds([*REMIT, "mutate", str(folder)], codes=(0, 1)), seconds(START)
    show("remit mutate, 50 rules, cases as proposed", mine, start, "promised: under a minute")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--skip-mutate", action="store_true")
    options = parser.parse_args()
    os.environ["PYTHONHASHSEED"] = "0"
    mine, start = side_by_side([*REMIT, "check", "rules"], options.rounds)
    count = len([path for path in (ROOT / "rules").glob("*.yaml") if not path.stem.endswith("_test")])
    show(f"remit check rules, {count} policies", mine, start, "promised: own time under 0.3 s")
    with tempfile.TemporaryDirectory() as name:
        for what, text in tables():
            file = Path(name) / f"{what.replace(' ', '-')}.yaml"
            file.write_text(text, encoding="utf-8")
            mine, start = side_by_side([*REMIT, "check", str(file)], max(1, options.rounds // 2))
            show(f"remit check, 2,000 rows, {what}", mine, start, "promised: under 2 s")
    if not options.skip_mutate:
        with tempfile.TemporaryDirectory() as name:
            mutate(Path(name))


if __name__ == "__main__":
    main()
