"""An exposure for people, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import Any, Final

from remit.authoring.exposure.exposure import Exposure, OwedPart
from remit.authoring.exposure.sequence import ExposureStep
from remit.decision.quantities import as_quantity
from remit.language.values import Money
from remit.language.words import a, grouped, listing
from remit.language.words import name as spaced
from remit.language.words import value as in_words
from remit.ledger.recorded_facts import to_plain
from remit.policy.model import Model

__all__ = ["exposure_data", "exposure_text"]

#: No more lines of a sequence are printed; the data has all of them.
_MOST_LINES: Final = 20
_COLUMNS: Final = ("day", "when", "employee", "case", "given", "then used up")


def exposure_text(model: Model, found: Exposure) -> str:
    """The answer in words, and the sequence of requests as a table. Without a newline at its end."""
    lines = [_headline(found)]
    if found.steps:
        lines += ["", _introduction(found), "", *_table(model, found.steps)]
    lines += [line for part in found.owed for line in ("", _owed(found, part))]
    lines += [line for note in found.notes for line in ("", note)]
    return "\n".join(lines)


def exposure_data(model: Model, found: Exposure) -> dict[str, Any]:
    """The same for JSON: money as text, moments as ISO 8601, and every request whole. All ids in it are made up."""
    return {
        **{name: getattr(found, name) for name in ("policy", "version", "digest", "who", "role", "days")},
        "remedies": list(found.remedies),
        "status": found.status,
        "least": _amount(found, found.least),
        "most": None if found.most is None else _amount(found, found.most),
        "is_shortest": found.is_shortest,
        "steps": [_step(model, step) for step in found.steps],
        "owed": [{**asdict(part), "claim": list(part.claim)} for part in found.owed],
        "notes": list(found.notes),
    }


def _step(model: Model, step: ExposureStep) -> dict[str, Any]:
    currency = model.currency_code
    return {
        "at": step.at.isoformat(),
        "employee": {"id": step.employee, "role": step.role},
        "case": step.case,
        "facts": {name: to_plain(value) for name, value in step.facts.items()},
        "asked": {name: to_plain(_quantity(model, name, amount)) for name, amount in step.asked.items()},
        "owed": {name: to_plain(_quantity(model, name, amount)) for name, amount in step.owed.items()},
        "discretion": str(Money.from_minor(step.discretion, currency)) if step.discretion else None,
        "uses_up": list(step.uses_up),
    }


def _amount(found: Exposure, amount: int) -> str | int:
    return amount if found.unit == "units" else str(Money.from_minor(amount, found.unit))


def _quantity(model: Model, remedy: str, amount: int) -> Any:
    return as_quantity(model, model.remedies[remedy], amount)


# In words


def _headline(found: Exposure) -> str:
    who, verb = f"one {found.who}", "receive" if found.who in ("customer", "case") else "give"
    span = f"in any {found.days} days" if found.days > 1 else "in any 24 hours"
    role = f"from {a(spaced(found.role))}" if verb == "receive" else f"as {a(spaced(found.role))}"
    when = f"{role} {span}, without approval"
    names = listing((spaced(name) for name in found.remedies), comma=False)
    of = f" of {names}{' together' if len(found.remedies) > 1 else ''}" if found.unit != "units" else f" {names}"
    beyond = " beyond what is owed" if found.owed else ""
    if found.status == "unbounded":
        return f"There is no limit to the {names} that {who} can {verb}{beyond} {when}."
    start, least, most = f"{who.capitalize()} can {verb}", _said(found, found.least), _said(found, found.most or 0)
    if found.most is None:
        return f"{start} {least}{of}{beyond} {when}. Whether more is possible is not known."
    if found.most == 0:
        return f"{start} no {names}{beyond} {when}."
    bound = f"{start} at most {most}{of}{beyond} {when}."
    return bound if found.status == "exact" else f"{bound} The most that was found is {least}."


def _said(found: Exposure, amount: int) -> str:
    return grouped(amount) if found.unit == "units" else in_words(Money.from_minor(amount, found.unit))


def _introduction(found: Exposure) -> str:
    count = "1 request" if len(found.steps) == 1 else f"{len(found.steps)} requests"
    if found.status == "unbounded":
        return "Each of these is granted, and the next one would be, too:" if len(found.steps) > 1 else "This is granted:"
    return f"The shortest way there takes {count}:" if found.status == "exact" and found.is_shortest else f"It takes {count}:"


def _table(model: Model, steps: Sequence[ExposureStep]) -> Iterator[str]:
    first = steps[0].at.date()
    groups = [list(alike) for _, alike in groupby(steps, key=_alike)]
    shown = [_row(model, alike, first) for alike in groups[:_MOST_LINES]]
    used = [number for number in range(len(_COLUMNS)) if any(row[number] for row in shown)]
    widths = {number: max(len(row[number]) for row in (_COLUMNS, *shown)) for number in used}
    for row in (_COLUMNS, tuple("-" * widths.get(number, 0) for number in range(len(_COLUMNS))), *shown):
        yield "  ".join(row[number].ljust(widths[number]) for number in used).rstrip()
    left = sum(map(len, groups[_MOST_LINES:]))
    if left:
        yield f"... and {left} more, the last on {steps[-1].at:%Y-%m-%d}; as data, all of them are there"


def _alike(step: ExposureStep) -> tuple[object, ...]:
    return step.at, step.given, step.owed, step.discretion, step.uses_up


def _row(model: Model, alike: Sequence[ExposureStep], first: date) -> tuple[str, ...]:
    step = alike[0]
    given = ", ".join(_given(model, name, amount, step) for name, amount in step.given.items())
    many = f"{len(alike)} times {given}" if len(alike) > 1 else given
    return (
        str((step.at.date() - first).days + 1),
        f"{step.at:%Y-%m-%d %H:%M}",
        _span([each.employee for each in alike]),
        _span([each.case for each in alike]),
        many,
        ", ".join(step.uses_up),
    )


def _span(names: Sequence[str]) -> str:
    """``case-3 to case-5``."""
    return names[0] if names[0] == names[-1] else f"{names[0]} to {names[-1]}"


def _given(model: Model, name: str, amount: int, step: ExposureStep) -> str:
    said = spaced(name)
    text = said if model.remedies[name].kind == "exception" else f"{in_words(_quantity(model, name, amount))} {said}"
    more = []
    if step.owed.get(name):
        more.append(f"beside {in_words(_quantity(model, name, step.owed[name]))} that is owed")
    if step.discretion and name == next(iter(step.given)):
        more.append(f"{in_words(Money.from_minor(step.discretion, model.currency_code))} of it by discretion")
    return f"{text} ({', '.join(more)})" if more else text


def _owed(found: Exposure, part: OwedPart) -> str:
    start = f"What is owed of {spaced(part.remedy)} comes on top, and no cap counts it."
    if not part.claim:
        return start
    once = f"{start} It is paid once for each {' and '.join(spaced(name) for name in part.claim)}"
    return f"{once}, and one {found.who} can have any number of these." if part.is_renewed else f"{once}."
