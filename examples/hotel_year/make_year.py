"""Make a year of a hotel group as a ledger: `python make_year.py year.db --decisions 20000 --seed 1`."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from houses import LedgerHouse
from staff import REVIEWER
from year import PLANTS, Year


def main() -> None:
    parser = argparse.ArgumentParser(description="A synthetic year of a hotel group, as a ledger.")
    parser.add_argument("ledger", type=Path, help="the file to make, or the URL of a PostgreSQL database")
    parser.add_argument("--decisions", type=int, default=20_000, help="about how many contacts (a real year: 1,000,000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", nargs="*", default=[], choices=[*PLANTS, "all"], help="what is not planted")
    parser.add_argument("--login", default=getpass.getuser(), help="whose login is that of the reviewer [yours]")
    options = parser.parse_args()
    plants = [name for name in PLANTS if name not in options.without and "all" not in options.without]
    house = LedgerHouse(options.ledger, options.login)
    Year(options.seed, options.decisions, plants).live(house)
    print(f"{options.ledger}: {house.ledger.head().size} records")
    print(f"{options.login} is the reviewer {REVIEWER} there. Try: remit report --ledger {options.ledger} --since 2025-01-01")
    for name in plants:
        print(f"  {name}: {PLANTS[name]}")


if __name__ == "__main__":
    main()
