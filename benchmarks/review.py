"""How long the report takes beside a plain pass over the records: ``python benchmarks/review.py LEDGER [ROUNDS]``.

The plain pass reads each record and its JSON, and nothing else. The ledger may be one of ``examples/hotel_year/make_year.py``.
Both read the same records, one after the other in each round, in processor time; the goal is a ratio of at most 3.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from statistics import median

from timing import goal, seconds_of, settle

import remit
from remit.review.actions import read_actions
from remit.review.report.making import read_report

_FIRST = datetime(1970, 1, 2, tzinfo=UTC)


def plain(ledger: remit.Ledger) -> int:
    """Each record, as plain values."""
    return sum(1 for entry in ledger.records() if entry.body)


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with remit.open_ledger(sys.argv[1]) as ledger:
        plain(ledger)  # so that the disk is warm for both
        ratios: dict[str, list[float]] = {"actions": [], "report": []}
        for _ in range(rounds):
            settle()
            seconds, records = seconds_of(lambda: plain(ledger))
            for name, work in (
                ("actions", lambda: sum(1 for _ in read_actions(ledger))),
                ("report", lambda: read_report(ledger, since=_FIRST).records),
            ):
                settle()
                took, seen = seconds_of(work)
                if seen != records:
                    raise SystemExit(f"{name} read {seen} of {records} records")
                ratios[name].append(took / seconds)
    print(f"{records:,} records, {seconds / records * 1e6:.0f} microseconds each in a plain pass")
    print(f"- actions: {median(ratios['actions']):.2f} times a plain pass")
    print(goal("the report, times a plain pass", 3, median(ratios["report"])))


if __name__ == "__main__":
    main()
