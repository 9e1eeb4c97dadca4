"""Whether the review finds what is planted in a year of the hotel group, and nothing where nothing is planted.

For each seed two years are made (examples/hotel_year): with all that can be planted, and without. `report`, `twins`, `suggest`
and the draw of `review` look at both. Run:

    python benchmarks/planted.py --seeds 20 --decisions 50000
"""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import UTC, datetime

from hotel_group import houses, staff, year

import remit
from remit.policy.loader import load_model
from remit.review.actions import Action
from remit.review.drawing.draw import draw_from
from remit.review.drawing.draw_reasons import DrawContext
from remit.review.report.costs import Costs
from remit.review.report.figure import Period, ReportContext, ReportScope
from remit.review.report.making import count
from remit.review.suggesting.handovers import handovers_of
from remit.review.suggesting.mining import suggestions_from
from remit.review.twins.like_cases import LikeCases
from remit.review.twins.twin_findings import compare
from remit.review.twins.twin_tally import Tally

LEAK, STAR, LOOPER = year.LEAK, year.STAR, year.LOOPER
UNFAIR = {f"{language} at {site}" for site in year.UNFAIR_SITES for language in year.UNFAIR_LANGUAGES}
SINCE, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
#: What each tool must say of a year in which all is planted.
PLANTED = {
    "report": {f"{LEAK} gives more", f"{STAR} escalates less often", f"{LOOPER} has more taken back", "lost-luggage is unused"},
    "twins": {*UNFAIR, LEAK},
    "suggest": {"late-room for associate"},
    "review": {LEAK, LOOPER, "unfair"},
}
#: Whom what is planted changes, too, among like cases: the star; the other agents, beside the looper; the houses of the unfair
#: and of the leak, and their people. What is said of them is neither asked for nor wrong.
SITES = {*year.UNFAIR_SITES, *(each.site for each in staff.employees() if each.id == LEAK)}
FOLLOWS = {STAR, *staff.AGENTS, *SITES, *(each.id for each in staff.employees() if each.site in SITES)}


def follows(said: str) -> bool:
    """Whether something that was said is about one of these."""
    words = said.split()
    return words[0] in FOLLOWS or words[-1] in FOLLOWS


class Texts:
    """What a ledger knows of the policy of the year."""

    def __init__(self) -> None:
        self._policy = remit.load(houses.POLICY)

    def policy(self, digest: str) -> remit.Policy:
        return self._policy

    def policy_of(self, entry: object) -> remit.Policy:
        return self._policy

    def in_use_since(self, digest: str) -> tuple[datetime, str | None]:
        return SINCE, None


def said(actions: list[Action], seed: int) -> dict[str, set[str]]:
    """What each tool says of a year."""
    texts, model = Texts(), load_model(houses.POLICY)
    report = count(iter(actions), ReportContext(Period(SINCE, UNTIL), ReportScope(), Costs(texts), None)).figures  # type: ignore[arg-type]
    like = LikeCases(model)
    tally = Tally(lambda action: like)
    for action in actions:
        tally.add(action)
    found = compare(tally).findings
    suggested = suggestions_from(model, handovers_of(actions), houses.POLICY)
    drawn = draw_from(actions, DrawContext(texts), lambda action: True, lambda record: True, count=30, seed=str(seed))
    reasons = [reason for record in drawn.records for reason in record.reasons]
    notable = {f"{each.id} {each.said}" for each in report["employees"].notable}
    unused = {f"{rule} is unused" for each in report["policy"].policies for rule in each.rules if rule == "lost-luggage"}
    return {
        "report": notable | unused,
        "twins": {f"{each.group.value} at {each.group.site}" if each.group.site else each.group.value for each in found},
        "suggest": {f"{each.rule} for {each.role}" for each in suggested},
        "review": {_drawn(each.name, each.words) for each in reasons if each.name in ("employee", "loop", "group")},
    }


def _drawn(name: str, words: str) -> str:
    return "unfair" if name == "group" else words.split()[0] if name == "employee" else LOOPER


def main() -> None:
    parser = argparse.ArgumentParser(description="Are planted truths found, and nothing else?")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--decisions", type=int, default=50_000)
    options = parser.parse_args()
    found_all, beside, without, records = Counter[str](), Counter[str](), Counter[str](), 0
    for seed in range(1, options.seeds + 1):
        for plants in (tuple(year.PLANTS), ()):
            actions = houses.actions_of(year.Year(seed, options.decisions, plants))
            records += len(actions)
            for tool, found in said(actions, seed).items():
                missed = PLANTED[tool] - found if plants else set()
                more = {
                    each for each in found - PLANTED[tool] if not each.endswith("is unused") and not (plants and follows(each))
                }
                found_all[tool] += bool(plants) and not missed
                (beside if plants else without)[tool] += bool(more)
                if missed or more:
                    print(f"  seed {seed}, {tool}: missed {sorted(missed)}, said also {sorted(more)}", flush=True)
        print(f"seed {seed}", flush=True)
    print(f"\n{options.seeds} seeds, {records:,} records in all: in how many of them")
    print("tool      all was found  more was said with plants  something was said without")
    for tool in PLANTED:
        print(f"{tool:<8}  {found_all[tool]:>13}  {beside[tool]:>25}  {without[tool]:>26}")


if __name__ == "__main__":
    main()
