"""Earlier cases of a customer, told from their records: what was given in the end, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, timedelta
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from remit.decision.quantities import as_quantity
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity
from remit.language.values import Money
from remit.ledger.log.entry import Entry
from remit.ledger.log.record_ids import seq_of
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import read_quantity, said
from remit.ledger.refunds import CLOSED, VOIDED, left_after
from remit.ledger.stores.store import Session
from remit.policy.model import Model

__all__ = ["Answers", "CustomerCase", "case_of", "day_of_record", "grouped", "read_answers", "tell_case"]

#: What became of a case: given by the employee, or approved, or taken back after that; refused by the policy; declined or
#: handed over by somebody; still open (a task), held (to be settled) or permitted (to be given); or released (a hold that was
#: not given).
Became: TypeAlias = Literal[
    "given", "approved", "taken back", "refused", "declined", "handed over", "open", "held", "permitted", "released"
]

#: What became of a case where the employee did something else than give.
_ACTS: Final[Mapping[str, Became]] = {"declined": "declined", "handed_over": "handed over"}

#: What answered records: by the number of the record, and the step.
Answers: TypeAlias = Mapping[int, Mapping[int, Entry]]

#: A refusal and what was then done with the same request, where neither names its case, are one case within this time.
_SOON: Final = timedelta(hours=1)

_ANSWERS: Final = (
    "SELECT x.target, x.step, r.seq, r.body FROM resolution AS x JOIN record AS r ON r.seq = x.seq WHERE x.target IN ({})"
)


@dataclass(frozen=True, slots=True)
class CustomerCase:
    """An earlier case. ``record`` is the id and ``number`` the number of the record that says most of it, ``day`` its day where
    the policy is. ``policy`` is the id of the policy, and ``case`` the name of the case, where it has one. ``given`` is what
    was given in the end, by remedy, and ``what`` that in words; where nothing was given, what was asked for. ``became`` is what
    became of it, ``by`` whom. ``incident`` says what had happened, where that is known and not personal.

    To tell it in another language: ``amounts`` are those of ``what``, and ``happened`` the choices of ``incident`` by fact,
    under ``model``; ``None`` where the policy is not at hand."""

    record: str
    number: int
    day: date
    policy: str
    case: str | None
    given: Mapping[str, Any]
    what: str
    became: Became
    by: str | None
    incident: str
    amounts: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    happened: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    model: Model | None = field(default=None, compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; money as text."""
        return {
            "record": self.record,
            "number": self.number,
            "day": self.day.isoformat(),
            "policy": self.policy,
            "case": self.case,
            "given": {name: said(value) for name, value in self.given.items()},
            "what": self.what,
            "became": self.became,
            "by": self.by,
            "incident": self.incident,
        }


def read_answers(session: Session, found: Iterable[int]) -> dict[int, dict[int, Entry]]:
    """What answered records, what answered that, and so on: by the number of the record, and the step."""
    out: dict[int, dict[int, Entry]] = {}
    wanted = sorted(found)
    while wanted:
        rows = session.rows(_ANSWERS.format(", ".join("?" * len(wanted))), wanted)
        wanted = []
        for target, step, seq, body in rows:
            entry = Entry.read_from(seq, body, None)
            if seq_of(entry.of or "") == target:
                out.setdefault(target, {})[step] = entry
                wanted += [seq] if entry.kind in ("approve", "permit") else []
    return out


def case_of(entry: Entry) -> str | None:
    return identity(entry.case) if entry.case is not None else None


def grouped(found: Mapping[int, Entry]) -> list[list[Entry]]:
    """Records by case, newest first: those that name the same one, and what was refused and then given or sent up."""
    groups: list[list[Entry]] = []
    cases: dict[tuple[str, str], list[Entry]] = {}
    for seq in sorted(found, reverse=True):
        entry = found[seq]
        case = case_of(entry)
        group = cases.get((entry.body["policy"]["id"], case)) if case is not None else _tried_again(entry, groups)
        if group is None:
            groups.append(group := [])
            if case is not None:
                cases[entry.body["policy"]["id"], case] = group
        group.append(entry)
    return groups


def _tried_again(entry: Entry, later: Sequence[list[Entry]]) -> list[Entry] | None:
    """The later records of the case that a refusal without a name of its case belongs to."""
    for group in reversed(later) if entry.kind == "decide" else ():
        last = group[-1]
        alike = (
            last.case is None and last.body["policy"]["id"] == entry.body["policy"]["id"] and last.employee == entry.employee
        )
        if last.recorded - entry.recorded > _SOON:
            return None
        if alike and (last.act is not None or last.body["decision"]["asked"] == entry.body["decision"]["asked"]):
            return group
    return None


def tell_case(session: Session, library: Library, group: list[Entry], answers: Answers) -> CustomerCase:
    """One case, by the record that says most of it: the last by which something was given, or that still waits."""
    given: dict[str, Any] = {}
    best: tuple[int, Entry, Became, Entry] | None = None
    for entry in reversed(group):
        model = library.of(session, entry.body).model
        became, by, left = _became(model, entry, answers)
        for name, amount in left.items():
            if amount:
                given[name] = _sum(given.get(name), as_quantity(model, model.remedies[name], amount))
        weight = _WEIGHTS.index(became)
        if best is None or weight >= best[0]:
            best = weight, entry, became, by
    assert best is not None
    _, entry, became, by = best
    model = library.of(session, entry.body).model
    asked = {name: read_quantity(amount) for name, amount in entry.body["decision"]["asked"].items()}
    happened = _incident(model, entry)
    return CustomerCase(
        entry.id,
        entry.seq,
        day_of_record(model, entry),
        model.id,
        entry.case,
        given,
        _amounts(model, given or asked) or "a request",
        became,
        by.employee,
        ", ".join(words.name(value) for value in happened.values()),
        given or asked,
        happened,
        model,
    )


#: What became of the records of a case, the least telling first.
_WEIGHTS: Final[tuple[Became, ...]] = (
    "refused",
    "released",
    "declined",
    "handed over",
    "taken back",
    "permitted",
    "open",
    "held",
    "approved",
    "given",
)


def _became(model: Model, entry: Entry, answers: Answers) -> tuple[Became, Entry, Mapping[str, int]]:
    """What became of a record, by which record, and what was given in the end."""
    closed = answers.get(entry.seq, {}).get(CLOSED)
    if entry.kind == "decide":
        return _ACTS.get(entry.act or "", "refused"), entry, {}
    if entry.kind == "grant":
        return _left(model, entry, None, answers)
    if closed is None:
        return ("held" if entry.kind == "hold" else "open"), entry, {}
    if closed.kind == "permit":
        used = answers.get(closed.seq, {}).get(CLOSED)
        return ("permitted", closed, {}) if used is None else _left(model, used, None, answers)
    if closed.kind in ("release", "decline"):
        return ("released" if closed.kind == "release" else "declined"), closed, {}
    grant, settled = (entry, closed) if entry.kind == "hold" else (closed, None)
    return _left(model, grant, settled, answers)


def _left(model: Model, grant: Entry, closed: Entry | None, answers: Answers) -> tuple[Became, Entry, Mapping[str, int]]:
    voids = {step: each for step, each in answers.get(grant.seq, {}).items() if step >= VOIDED}
    left = left_after(model, grant, closed, voids.values())
    if not any(left.values()):
        return "taken back", voids.get(VOIDED, grant), {}
    return ("approved" if grant.kind == "approve" else "given"), grant, left


def _sum(one: Any, other: Any) -> Any:
    """Two amounts of a remedy; of what cannot be added (another currency, or kind, by then) the later one."""
    if isinstance(one, Money) and isinstance(other, Money) and one.currency == other.currency:
        return Money.from_minor(one.minor + other.minor, one.currency)
    return one + other if type(one) is type(other) is int else other


def _amounts(model: Model, amounts: Mapping[str, Any]) -> str:
    """``25 EUR folio credit and late checkout``."""
    titles = {name: each.title for name, each in model.remedies.items()}
    return words.listing(
        words.amount(titles.get(name, words.name(name)), value) for name, value in amounts.items() if not words.nothing(value)
    )


def _incident(model: Model, entry: Entry) -> dict[str, str]:
    """What had happened, by the first choices that the record has in the open: not who the customer or the employee is."""
    about = {name.partition(".")[0] for name in (*model.customer_facts, "employee.id")}
    facts = entry.body["request"]["facts"]
    told = [
        (name, str(facts[name]))
        for name, fact in model.facts.items()
        if fact.type.kind == "choice" and facts.get(name) is not None and name.partition(".")[0] not in about
        if facts[name] != fact.default and not (fact.personal or fact.mask)
    ]
    return dict(told[:2])


def day_of_record(model: Model, entry: Entry) -> date:
    return entry.recorded.astimezone(ZoneInfo(model.timezone)).date()
