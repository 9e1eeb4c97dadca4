"""What a service pays for an answer: remit, the same policy hand-written, and other engines, side by side in one process.

    pip install -e . -r benchmarks/requirements.txt
    python benchmarks/decide.py                      # everything; --quick takes less than a minute
    python benchmarks/decide.py --only answers --sizes 24 --rounds 15

No request is ever sent twice: ids, amounts to the cent, days and facts are drawn anew for each round of each run. Everybody's
answers are compared, before anything is timed and again on what was timed. remit and the hand-written functions take a
nested dict as it comes from JSON and check all of it; other engines get a flat dict that was checked and converted before the
clock was started, and again "behind the checks", where the hand-written checks come first. Times are processor times, medians
of the rounds; a ratio is taken within each round. The goals are those of the design; each is printed with what was measured.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import by_hand
import by_hand_caps
import by_hand_rules
import by_hand_table
import by_hand_table_caps
from goodwill import Ask, Workload, money, workload
from growth import growth
from peers import PEERS, zen_answer, zen_table
from shipped import shipped
from timing import GOALS, Contestant, compare, goal, seconds_of, settle

import remit

WHOLE: Final = "remit, whole answer as JSON"
WHOLE_BY_HAND: Final = "hand-written, whole answer as JSON"
LIMITS: Final = "remit, outcome and limits"
LIMITS_BY_HAND: Final = "hand-written, outcome and limits"
ZEN: Final = "zen-engine, with the limit, no trace, no checks"
PARTS: Final = ("answers", "first", "memory", "growth", "shipped")


def itself(ask: Ask) -> Ask:
    """The form of those who are also given balances and history."""
    return ask


def outcome_view(whole: dict[str, Any]) -> str:
    """The outcome alone."""
    return str(whole["outcome"])


def limits_view(whole: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The outcome, and what may be given of each remedy."""
    return whole["outcome"], {name: each["limit"] for name, each in whole["remedies"].items()}


def rule_view(whole: dict[str, Any]) -> tuple[str, str, str | None, str]:
    """The outcome, the limit and the rule that sets it, and the first reason."""
    credit = whole["remedies"]["credit"]
    return whole["outcome"], credit["limit"], credit["rule"], whole["reasons"][0]["id"]


def credit_view(whole: dict[str, Any]) -> tuple[str, str]:
    """The outcome and the limit of credit."""
    return rule_view(whole)[:2]


def with_money(answer: Sequence[Any]) -> tuple[Any, ...]:
    """An answer whose second part is an amount in cents."""
    return answer[0], money(round(answer[1])), *answer[2:]


def policy_of(of: Workload) -> Any:
    """The policy, compiled where it can be."""
    policy = remit.loads(of.policy)
    if hasattr(policy, "compile"):
        policy.compile()
    return policy


def ours(of: Workload) -> Iterator[Contestant]:
    """remit."""
    decide = policy_of(of).decide

    def limits(decision: Any) -> tuple[Any, Any]:
        return decision.outcome, decision.limits

    def plain(answer: tuple[Any, Any]) -> tuple[Any, Any]:
        return answer[0], {name: each if isinstance(each, int) else str(each) for name, each in answer[1].items()}

    if of.capped:
        yield Contestant(WHOLE, itself, lambda ask: decide(ask[0], balances=ask[1], history=ask[2]).to_json(), None)
        yield Contestant(
            LIMITS, itself, lambda ask: limits(decide(ask[0], balances=ask[1], history=ask[2])), limits_view, plain
        )
    else:
        yield Contestant(WHOLE, lambda ask: ask.request, lambda request: decide(request).to_json(), None)
        yield Contestant(LIMITS, lambda ask: ask.request, lambda request: limits(decide(request)), limits_view, plain)


def written_by_hand(of: Workload) -> Iterator[Contestant]:
    """The hand-written functions: the whole answer for each matrix, and short ones for the rules."""
    if of.capped:
        capped = (by_hand_table_caps.whole_table_capped if of.table else by_hand_caps.whole_capped)(of)
        yield Contestant(WHOLE_BY_HAND, itself, lambda ask: capped(ask[0], ask[1], ask[2]), None)
        return
    whole = (by_hand_table.whole_table if of.table else by_hand_rules.whole)(of)
    yield Contestant(WHOLE_BY_HAND, lambda ask: ask.request, whole, None)
    if not of.table:

        def plain(answer: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
            return answer[0], {**answer[1], "credit": money(answer[1]["credit"])}

        limits, rule = by_hand.outcome_and_limits(of), by_hand.outcome_and_rule(of)
        yield Contestant(LIMITS_BY_HAND, lambda ask: ask.request, limits, limits_view, plain)
        yield Contestant("hand-written, outcome, limit, rule, reason", lambda ask: ask.request, rule, rule_view, with_money)


def others(of: Workload) -> Iterator[Contestant]:
    """The other engines that are installed; they know nothing of caps, balances and history."""
    if of.capped:
        return
    adapt, view = (zen_table, credit_view) if of.table else (zen_answer, rule_view)
    try:
        yield Contestant(ZEN, Ask.flat, adapt(of), view, with_money)
        yield Contestant("zen-engine, with the limit, with trace", Ask.flat, adapt(of, trace=True), view, with_money)
    except ImportError:
        print("(zen-engine is not installed)", file=sys.stderr)
    for name, make in PEERS.items() if not of.table else ():
        try:
            decide = make(of)
        except ImportError:
            print(f"({name} is not installed)", file=sys.stderr)
            continue
        yield Contestant(f"{name}, outcome alone", Ask.flat, decide, outcome_view)
        behind = by_hand.behind_checks(of, decide)
        yield Contestant(f"{name}, outcome alone, behind the checks", lambda ask: ask.request, behind, outcome_view)


def reference(everybody: Sequence[Contestant]) -> Callable[[Ask], str]:
    """Whose whole answer the others are compared with: the hand-written one."""
    found = {each.name: each for each in everybody}
    best = found[WHOLE_BY_HAND]
    return lambda ask: str(best.decide(best.form(ask)))


def answers(of: Workload, rounds: int, count: int, budget: float) -> Iterator[str]:
    """The rows of a Markdown table, and the goals below it."""
    everybody = [*ours(of), *written_by_hand(of), *others(of)]
    compare(of, everybody, reference(everybody), rounds, count, budget)
    found = {each.name: each for each in everybody}
    base = found[WHOLE_BY_HAND]
    yield f"| {of.name} | µs | times the hand-written whole answer |\n|---|---:|---:|"
    for each in everybody:
        yield f"| {each.name} | {each.micros:.1f} | {each.over(base):.2f} |"
    yield ""
    goals = ((WHOLE, WHOLE_BY_HAND, 2.0), (WHOLE, ZEN, 0.6), (LIMITS, LIMITS_BY_HAND, 2.0))
    for mine, theirs, most in goals:
        if theirs in found:
            yield goal(f"{of.name}: {mine} / {theirs}", most, found[mine].over(found[theirs]))


def first_answers(size: int, policies: int) -> Iterator[str]:
    """What the first customers of a fresh policy wait for: whole answers, medians over so many fresh policies."""
    of, chance = workload(size, capped=True), random.Random()
    can_compile = hasattr(remit.loads(workload(10).policy), "compile")
    yield f"| {of.name} | load | compile | 1st answer | 2nd | 91st to 110th |\n|---|---:|---:|---:|---:|---:|"
    for compiled in (False, True) if can_compile else (False,):
        times = []
        for _ in range(policies):
            asks = list(of.asks(chance, 110))
            settle()
            load, policy = seconds_of(lambda: remit.loads(of.policy))
            ready = seconds_of(policy.compile)[0] if compiled else 0.0

            def whole(ask: Ask, decide: Callable[..., Any] = policy.decide) -> float:
                return seconds_of(lambda: decide(ask[0], balances=ask[1], history=ask[2]).to_json())[0]

            each = [whole(ask) for ask in asks]
            times.append((load, ready, each[0], each[1], median(each[90:])))
        figures = " | ".join(f"{median(column) * 1e3:.3f} ms" for column in zip(*times, strict=True))
        yield f"| {'policy.compile() at load' if compiled else 'not compiled beforehand'} | {figures} |"


def memory(count: int) -> str:
    """What a process holds after ``count`` different requests."""
    command = [sys.executable, str(Path(__file__).with_name("memory.py")), str(count)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return f"{found['requests']:,} different requests: {found['grown_mib']} MiB more than the {found['before_mib']} MiB before"


def main() -> None:
    """Print the tables of docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="less of everything, in under a minute")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="which parts")
    parser.add_argument("--sizes", type=int, nargs="+", help="how many rules or rows (10 24 500)")
    parser.add_argument("--rounds", type=int, help="how often everybody is timed (15)")
    parser.add_argument("--requests", type=int, default=1000, help="how many new requests in a round (1000)")
    parser.add_argument("--memory", type=int, help="how many requests the process answers whose memory is measured (1000000)")
    options = parser.parse_args()
    quick = options.quick
    sizes, rounds = options.sizes or ([10, 24] if quick else [10, 24, 500]), options.rounds or (3 if quick else 15)
    if "answers" in options.only:
        print("## The whole answer, to requests that never repeat")
        for size in sizes:
            for table, capped in ((False, False), (False, True), (True, False), (True, True)):
                of = workload(size, table=table, capped=capped)
                print("", *answers(of, rounds, options.requests // (5 if quick else 1), 0.03 if quick else 0.2), sep="\n")
    if "first" in options.only:
        print("\n## The first answers of a fresh policy\n", *first_answers(max(sizes), 2 if quick else 9), sep="\n")
    if "growth" in options.only:
        print("\n## As a policy grows\n", *growth(quick), sep="\n")
    if "shipped" in options.only:
        print("\n## The shipped policies\n", *shipped(3 if quick else 20, 4 if quick else None), sep="\n")
    if "memory" in options.only:
        print(f"\n## Memory\n\n{memory(options.memory or (3000 if quick else 1_000_000))}")
    print("\n## Goals\n", *(f"- {each}" for each in GOALS), sep="\n")


if __name__ == "__main__":
    main()
