"""Like cases in words, as figures in a table, and as plain values for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import isfinite
from typing import Any, Final

from remit.language import words
from remit.language.values import Money
from remit.review.twins.twin_comparisons import DIMENSIONS, FEWEST_PAIRS, FEWEST_PEOPLE, LEVEL, Comparison, TwinGroup
from remit.review.twins.twin_findings import TwinFinding, Twins
from remit.review.twins.twin_tally import FEWEST_CUSTOMERS, MOST_VALUES

__all__ = ["figures", "paragraphs", "plain"]

#: Of each measure: what is said of the group, and of the like cases of others.
_SAID: Final = {
    "given": ("something was given in {} of them", "in {} of the others"),
    "sent_up": ("{} of them were sent up", "{} of the others"),
    "share": ("{} of what was possible was given", "{} in the others"),
    "amount": ("{} was given on average", "{} in the others"),
}
_NAMED: Final = {"given": "given", "sent_up": "sent up", "share": "of possible", "amount": "amount"}
_PLURALS: Final = {"employee": "employees", "site": "sites", "agent": "AI agents with people"}


def paragraphs(found: Twins) -> Iterator[str]:
    """The page: what was compared, a paragraph for each finding, where there is too little data, and what it does not prove."""
    yield _opening(found)
    several = len({each.group.policy for each in found.comparisons}) > 1
    yield from (_finding(each, several) for each in found.findings)
    yield from filter(None, (_too_few(found), _left_out(found)))
    if found.findings:
        yield _caution(found)


def _opening(found: Twins) -> str:
    if not found.cases:
        return "There are no cases to compare."
    cases = f"{words.grouped(found.cases)} {words.plural('case', found.cases)}"
    if found.all_same:
        return f"{cases}. Wherever there are like cases to compare, they were treated the same."
    if not found.made:
        return f"{cases}. There is too little data to compare anybody."
    made = f"{words.grouped(found.made)} {words.plural('comparison', found.made)} of like cases"
    count = len(found.findings)
    told = f"{count} {words.plural('group', count)} {'was' if count == 1 else 'were'} treated differently."
    size = words.grouped(round(100 * found.at_least))
    none = f"No group was treated differently by as much as matters ({size} points of a rate, {size}% of an amount)."
    return f"{cases}, {made}. {told if count else none}"


def _finding(each: TwinFinding, several: bool) -> str:
    group = each.group
    under = f", under {group.policy}" if several else ""
    pairs = words.grouped(max(one.pairs for one in each.comparisons))
    parts = [f"{words.capital(name_of(group))}{under}, beside like cases of {_others(group)} ({pairs} pairs):"]
    for one in each.comparisons:
        own, other = _SAID[one.measure]
        said, beside = own.format(_amount(one, one.difference.group)), other.format(_amount(one, one.difference.rest))
        parts.append(f"{words.capital(said)}, and {beside}: {_apart(one)}.")
    if each.example is not None:
        own_case, other_case = each.example
        parts.append(f"Two like cases that differ: `remit why {own_case}` and, of the others, `remit why {other_case}`.")
    return " ".join(parts)


def name_of(group: TwinGroup) -> str:
    """Whose cases they are."""
    at = f" at {group.site}" if group.site is not None else ""
    match group.dimension:
        case "employee":
            return f"cases of {group.value}"
        case "site":
            return f"cases at {group.value}"
        case "agent":
            return "cases of AI agents"
    return f"cases{at} with {group.dimension} {group.value}"


def _others(group: TwinGroup) -> str:
    match group.dimension:
        case "employee":
            return "others at the same site"
        case "site":
            return "other sites"
        case "agent":
            return "people"
    return "other customers there" if group.site is not None else "other customers"


def _apart(each: Comparison) -> str:
    """``9.59 EUR less (probably 6.10 to 13 EUR)``"""
    more, interval = each.difference.estimate > 0, each.interval
    size = _size(each, abs(each.difference.estimate))
    word = "more" if more else "less"
    low, high = (interval.low, interval.high) if more else (-interval.high, -interval.low)
    if not (isfinite(low) and isfinite(high)):
        return f"{size} {word}"
    least, most = _size(each, max(0.0, low)), _size(each, high)
    return f"{size} {word} (probably {least.rpartition(' ')[0]} to {most})"


def _amount(each: Comparison, value: float) -> str:
    if each.measure == "amount":
        return _money(each.group.currency, value)
    return f"{100 * value / (10_000 if each.measure == 'share' else 1):.0f}%"


def _size(each: Comparison, value: float) -> str:
    if each.measure == "amount":
        return _money(each.group.currency, value)
    points = round(100 * value / (10_000 if each.measure == "share" else 1))
    return f"{points} {words.plural('point', points)}"


def _money(currency: str, minor: float) -> str:
    return words.quantity(Money.from_minor(round(minor), currency or "XXX"))


def _too_few(found: Twins) -> str:
    """Where nothing can be said, in words."""
    compared = {each.group.dimension for each in found.comparisons}
    counts = Counter(group.dimension for group in found.too_few)
    none = [_plural(name) for name in counts if name not in compared]
    some = [f"{words.grouped(count)} by {name}" for name, count in counts.items() if name in compared]
    said = []
    if some:
        total = sum(count for name, count in counts.items() if name in compared)
        groups = f"{words.grouped(total)} more {words.plural('group', total)} ({words.listing(some)})"
        said.append(f"There is too little data on {groups} to compare {'it' if total == 1 else 'them'}.")
    if none:
        said.append(f"There is too little data to compare {words.listing(none)}.")
    if said:
        people = f", and for a site {FEWEST_PEOPLE} people at it and {FEWEST_PEOPLE} elsewhere" if "site" in counts else ""
        said.append(f"It takes {FEWEST_PAIRS} pairs of like cases{people}.")
    return " ".join(said)


def _plural(dimension: str) -> str:
    return _PLURALS.get(dimension) or f"customers by {dimension}"


def _left_out(found: Twins) -> str:
    said = []
    for name, count in found.hidden.items():
        verb = "has" if count == 1 else "have"
        groups = f"{count} {words.plural('group', count)} by {name}"
        said.append(f"{groups} {verb} fewer than {FEWEST_CUSTOMERS} customers and {'is' if count == 1 else 'are'} not shown.")
    for name in found.crowded:
        said.append(f"Customers are not compared by {name}, which has more than {MOST_VALUES} different values.")
    if found.left_out:
        out = f"{words.grouped(found.left_out)} {words.plural('case', found.left_out)}"
        said.append(f"There are more kinds of cases than can be kept: {out}, chosen at random, were left out.")
    return " ".join(said)


def _caution(found: Twins) -> str:
    share = round(1 / LEVEL)
    return (
        "A difference proves nothing about anybody's reasons. Like cases agree in what the policy reads, and cases differ in "
        "more than that. Look at the two cases, and talk with the people, before you judge. The figures allow for the number "
        f"of comparisons: of all differences told, about one in {share} may be chance."
    )


#: The columns of the table of figures.
HEADINGS: Final = ("group", "measure", "theirs", "others", "apart", "pairs", "chance")


def figures(found: Twins) -> list[tuple[str, ...]]:
    """The comparisons as rows of cells for :data:`HEADINGS`, the clearest first; ``chance`` is corrected for all of them."""
    rows = list[tuple[str, ...]]()
    for each in sorted(found.comparisons, key=lambda one: (not one.found, one.chance, _row_order(one.group))):
        size = _size(each, abs(each.difference.estimate)).removesuffix("s").removesuffix(" point")
        sign = "" if size.split(" ")[0] == "0" else "+" if each.difference.estimate > 0 else "-"
        rows.append(
            (
                _row_name(each.group),
                _NAMED[each.measure],
                _amount(each, each.difference.group),
                _amount(each, each.difference.rest),
                sign + size,
                words.grouped(each.pairs),
                f"{each.chance:.3f}" if each.chance >= 0.0005 else "<0.001",
            )
        )
    return rows


def _row_name(group: TwinGroup) -> str:
    if group.dimension in DIMENSIONS:
        return group.value
    return f"{group.value}, {group.site}" if group.site is not None else f"{group.value} ({group.dimension})"


def _row_order(group: TwinGroup) -> tuple[str, ...]:
    return tuple(part or "" for part in group)


def plain(found: Twins) -> dict[str, Any]:
    """All of it for JSON. Amounts are in smallest units, shares and rates between 0 and 1; seven digits are kept."""
    return {
        "cases": found.cases,
        "left_out": found.left_out,
        "at_least": found.at_least,
        "level": LEVEL,
        "findings": [
            {**_group(each.group), "measures": [one.measure for one in each.comparisons], "example": each.example}
            for each in found.findings
        ],
        "comparisons": [_plain_comparison(each) for each in found.comparisons],
        "too_few": [_group(each) for each in found.too_few if each.dimension in DIMENSIONS],
        "hidden": dict(found.hidden),
        "crowded": list(found.crowded),
    }


def _group(group: TwinGroup) -> dict[str, Any]:
    return {
        "policy": group.policy,
        "currency": group.currency or None,
        "by": group.dimension,
        "group": group.value,
        "site": group.site,
    }


def _plain_comparison(each: Comparison) -> dict[str, Any]:
    over = 10_000 if each.measure == "share" else 1
    return {
        **_group(each.group),
        "measure": each.measure,
        "pairs": each.pairs,
        "cases": each.cases,
        "others": each.others,
        "value": _digits(each.difference.group / over),
        "value_of_others": _digits(each.difference.rest / over),
        "difference": {name: _digits(value / over) for name, value in each.interval.to_dict().items()},
        "chance": _digits(each.chance),
        "found": each.found,
    }


def _digits(number: float) -> float | None:
    return float(f"{number:.7g}") if isfinite(number) else None
