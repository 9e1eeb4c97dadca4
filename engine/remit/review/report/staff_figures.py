"""What the comparison of employees says: as data, as sentences, as tables and as charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from remit.authoring.show import Section
from remit.language import words
from remit.review.estimates import Interval
from remit.review.report.figure import BRIEF, Chart, as_share, number, percent, rate, rows_of
from remit.review.report.funnel import LEAST_CASES

__all__ = ["MEASURES", "EmployeeFigures", "StaffFigures"]

#: So many employees are drawn beside each other, or more where more are worth a look.
_DRAWN: Final = 24


class _Measure(NamedTuple):
    """What is compared: what it is called, what is said of somebody above and below what is expected, and whether each case is
    yes or no."""

    title: str
    above: str
    below: str
    yes_or_no: bool


MEASURES: Final[Mapping[str, _Measure]] = {
    "given": _Measure("What is given in a case", "gives more", "gives less", False),
    "escalated": _Measure("Cases that are escalated", "escalates more often", "escalates less often", True),
    "taken_back": _Measure("Grants that are taken back", "has more taken back", "has less taken back", True),
}


@dataclass(frozen=True, slots=True)
class EmployeeFigures:
    """One employee: ``cases`` they dealt with, and observed over expected of each measure, with its interval, where there are
    cases enough. ``few`` is the least share of their goodwill that five customers got; ``kept`` of ``outcomes`` customers
    stayed, and ``csat`` is the mean of what they said."""

    id: str
    agent: bool
    cases: int
    ratios: Mapping[str, Interval]
    left_out: int
    few: float | None
    kept: int
    outcomes: int
    csat: Interval | None

    @property
    def notable(self) -> tuple[str, ...]:
        """The measures whose interval does not hold 1."""
        return tuple(name for name, found in self.ratios.items() if not found.low <= 1 <= found.high)

    @property
    def said(self) -> str:
        """What is notable, in words."""
        return words.listing(
            MEASURES[name].above if self.ratios[name].estimate > 1 else MEASURES[name].below for name in self.notable
        )

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "employee": self.id,
            "agent": self.agent,
            "cases": self.cases,
            "observed_to_expected": {name: found.to_dict() for name, found in self.ratios.items()},
            "worth_a_look": list(self.notable),
            "not_comparable": self.left_out,
            "share_of_top_customers": self.few,
            "kept": as_share(self.kept, self.outcomes),
            "csat": self.csat.to_dict() if self.csat else None,
        }


@dataclass(frozen=True, slots=True)
class StaffFigures:
    """All employees with cases enough, by id. ``looks`` is how many comparisons were made, ``wider`` by how much the usual
    spread of employees widened the intervals of each measure. ``few_cases`` employees had too few; ``elsewhere`` are the
    outcomes of all."""

    employees: tuple[EmployeeFigures, ...]
    looks: int
    wider: Mapping[str, float]
    few_cases: int
    kept: int = 0
    outcomes: int = 0

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "employees": [each.to_dict() for each in self.employees],
            "comparisons": self.looks,
            "error_rate": 0.05,
            "widened_by": dict(self.wider),
            "too_few_cases": self.few_cases,
            "least_cases": LEAST_CASES,
            "kept": as_share(self.kept, self.outcomes),
        }

    @property
    def notable(self) -> tuple[EmployeeFigures, ...]:
        """Those worth a look."""
        return tuple(each for each in self.employees if each.notable)

    def headlines(self) -> Iterator[str]:
        """How many are worth a look."""
        count = len(self.notable)
        if self.looks:
            few = f"; {number(self.few_cases)} have too few like cases" if self.few_cases else ""
            yield f"Employees worth a look: {count}, of {number(len(self.employees))} who could be compared{few}."

    def sections(self, rows: int) -> Iterator[Section]:
        """Those worth a look, then, where there is room, all."""
        if not self.employees:
            return
        lead = (
            "Far from others, for better or worse: look at the cases first, and ask. Each is compared with what others did in "
            "like cases (same policy, role, rules and guardrails); 1.0 is what was expected.",
        )
        error = (
            f"{number(self.looks)} figures of {number(len(self.employees))} employees were compared. "
            "Without a true difference, at most 5 of 100 reports would list anybody. "
            f"Employees with fewer than {LEAST_CASES} like cases are left out"
            + (f" ({number(self.few_cases)})." if self.few_cases else ".")
        )
        kept = f"Of all customers with a known outcome, {rate(self.kept, self.outcomes)} were kept." if self.outcomes else ""
        shown, more = rows_of([_row(each) for each in self.notable], max(rows, 6))
        notes = (*more, *(() if self.notable else ("Nobody differs by more than chance.",)), error, *filter(None, (kept,)))
        columns: tuple[str, ...] = ("Employee", "Cases", "Differs", "Observed / expected", "Top 5 got", "Kept", "CSAT")
        if not self.outcomes:
            columns, shown = columns[:-2], tuple(row[:-2] for row in shown)
        yield Section("Employees worth a look", columns if shown else (), shown, notes, lead=lead)
        if rows > BRIEF:
            for heading, chosen in (("All employees, by id", False), ("AI agents, by id", True)):
                table = [_whole_row(each) for each in self.employees if each.agent is chosen]
                shown, more = rows_of(table, rows)
                if shown:
                    yield Section(
                        heading,
                        ("Employee", "Cases", *(each.title for each in MEASURES.values()), "Kept", "CSAT"),
                        shown,
                        more,
                    )

    def charts(self) -> Iterator[Chart]:
        """The funnel: each employee with their interval."""
        for name, (title, _, _, _) in MEASURES.items():
            found = [each for each in self.employees if name in each.ratios]
            notable = [each for each in found if name in each.notable]
            chosen = sorted(
                {each.id: each for each in (*notable, *found[: max(0, _DRAWN - len(notable))])}.values(), key=lambda e: e.id
            )
            if len(chosen) > 1 and (name == "given" or notable):
                yield Chart(
                    "ratios",
                    f"{title}: observed against expected",
                    f"1 is what others did in like cases. Bars are intervals that hold together for all {number(self.looks)} "
                    "comparisons; those that do not reach 1 are marked. "
                    + (
                        f"Of {number(len(found))} employees, those marked and the first others by id are drawn."
                        if len(chosen) < len(found)
                        else ""
                    ),
                    tuple(each.id for each in chosen),
                    tuple(each.ratios[name].estimate for each in chosen),
                    "observed / expected",
                    tuple(each.ratios[name].low for each in chosen),
                    tuple(each.ratios[name].high for each in chosen),
                    frozenset(at for at, each in enumerate(chosen) if name in each.notable),
                )


def _ratio(found: Interval | None) -> str:
    return "" if found is None else f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})"


def _outcomes(each: EmployeeFigures) -> tuple[str, str]:
    kept = percent(each.kept / each.outcomes) if each.outcomes else ""
    return kept, f"{each.csat.estimate:.1f}" if each.csat else ""


def _row(each: EmployeeFigures) -> tuple[str, ...]:
    who = f"{each.id} (AI agent)" if each.agent else each.id
    ratios = ", ".join(_ratio(each.ratios[name]) for name in each.notable)
    few = percent(each.few) if each.few is not None else ""
    return (who, number(each.cases), each.said, ratios, few, *_outcomes(each))


def _whole_row(each: EmployeeFigures) -> tuple[str, ...]:
    return (each.id, number(each.cases), *(_ratio(each.ratios.get(name)) for name in MEASURES), *_outcomes(each))
