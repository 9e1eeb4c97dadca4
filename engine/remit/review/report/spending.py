"""What was given, by remedy, rule and site: in amounts, and in what it cost the company. Net of what was taken back; what was
owed apart from goodwill; and how often all that a limit allows was given."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, Final, TypeAlias

from remit.authoring.show import Section
from remit.language import words
from remit.language.values import minor_digits
from remit.review.actions import Action
from remit.review.report.figure import BRIEF, Chart, ReportContext, as_share, giver, money, number, plain_money, rate, rows_of

__all__ = ["Spending", "SpendingFigures", "SpendingLine"]

#: Policy, currency, site, remedy, unit, the rule that set the limit, and the one that says what is owed.
_Key: TypeAlias = tuple[str, str, str | None, str, str, str | None, str | None]
#: How many partly voided grants are remembered, so that each is counted right when more of it comes back.
_PARTLY: Final = 10_000
#: Fewer grants say nothing about a limit.
_LEAST: Final = 20


@dataclass(slots=True)
class _Cell:
    """Sums of one key: how often, the amount, what of it was owed, and the same of what was taken back; how often all that was
    possible was asked for; and what it cost, exactly, where that is known."""

    times: int = 0
    amount: int = 0
    owed: int = 0
    back_times: int = 0
    back: int = 0
    back_owed: int = 0
    goodwill_times: int = 0
    on_limit: int = 0
    goodwill_cost: Fraction | None = Fraction(0)
    owed_cost: Fraction | None = Fraction(0)


@dataclass(frozen=True, slots=True)
class SpendingLine:
    """What was given of something: ``times``, the net ``goodwill`` and ``owed`` amounts in smallest units of ``unit``
    (``None`` where several things are added up), and what they cost the company in smallest units of ``currency``.
    ``unpriced`` is how often its cost is not known. ``on_limit`` is how often all that was possible was given, of
    ``goodwill_times``, without what was approved."""

    policy: str
    currency: str
    name: str
    title: str
    times: int
    taken_back: int
    goodwill: int | None
    owed: int | None
    unit: str
    goodwill_cost: int
    owed_cost: int
    unpriced: int
    goodwill_times: int
    on_limit: int

    def to_dict(self) -> dict[str, Any]:
        """For JSON; money as text."""
        out: dict[str, Any] = {"policy": self.policy, "name": self.name, "times": self.times, "taken_back": self.taken_back}
        if self.goodwill is not None and self.owed is not None:
            out |= {"goodwill": plain_money(self.goodwill, self.unit), "owed": plain_money(self.owed, self.unit)}
        out["goodwill_cost"] = plain_money(self.goodwill_cost, self.currency)
        out["owed_cost"] = plain_money(self.owed_cost, self.currency)
        return out | {"cost_not_known": self.unpriced, "on_limit": as_share(self.on_limit, self.goodwill_times)}


@dataclass(frozen=True, slots=True)
class SpendingFigures:
    """Lines by remedy, rule and site, and the totals by policy; ``discretion`` is what of it employees gave by their own, by
    policy and currency, and how often."""

    by_policy: tuple[SpendingLine, ...]
    by_remedy: tuple[SpendingLine, ...]
    by_rule: tuple[SpendingLine, ...]
    by_site: tuple[SpendingLine, ...]
    discretion: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        tables = {name: [each.to_dict() for each in getattr(self, name)] for name in ("by_policy", "by_remedy", "by_rule")}
        found = self.discretion.items()
        own = [{"policy": name, "times": times, "amount": plain_money(most, unit)} for (name, unit), (times, most) in found]
        return {**tables, "by_site": [each.to_dict() for each in self.by_site], "discretion": own}

    def headlines(self) -> Iterator[str]:
        """What it cost, and the limits."""
        for each in self.by_policy:
            cost, owed = money(each.goodwill_cost, each.currency), money(each.owed_cost, each.currency)
            yield f"{words.capital(each.policy)}: goodwill cost {cost}, and what was owed {owed}."
        on, of = sum(each.on_limit for each in self.by_rule), sum(each.goodwill_times for each in self.by_rule)
        if of:
            yield f"All that the limit allows was given in {rate(on, of)} of grants of goodwill that nobody had to approve."

    def sections(self, rows: int) -> Iterator[Section]:
        """Spending by remedy, rule and site, and the use of limits."""
        for heading, lines in (("By remedy", self.by_remedy), ("By rule", self.by_rule), ("By site", self.by_site)):
            said_by_limits = heading == "By rule" and rows <= BRIEF
            if lines and not said_by_limits and (heading != "By site" or len(lines) > 1):
                yield self._table(heading, lines, rows)
        limits = [each for each in self.by_rule if each.goodwill_times >= _LEAST]
        limits.sort(key=lambda each: (-each.on_limit / each.goodwill_times, each.name))
        table = [(each.name, number(each.goodwill_times), rate(each.on_limit, each.goodwill_times)) for each in limits]
        if table:
            shown, more = rows_of(table, rows)
            lead = ("A limit that is given nearly every time has become the default. What was approved is not counted.",)
            yield Section("Grants on the limit", ("Rule", "Grants", "On the limit"), shown, more, lead=lead)
        own = [
            (policy, number(times), money(amount, unit)) for (policy, unit), (times, amount) in sorted(self.discretion.items())
        ]
        if own and rows > BRIEF:
            yield Section("Own discretion", ("Policy", "Times", "Given by it"), tuple(own))

    def _table(self, heading: str, lines: tuple[SpendingLine, ...], rows: int) -> Section:
        several = len({(each.policy, each.currency) for each in lines}) > 1
        table = []
        for each in lines:
            amount = () if heading != "By remedy" else (_amounts(each),)
            cost = money(each.goodwill_cost, each.currency), money(each.owed_cost, each.currency)
            name = f"{each.title} ({each.policy})" if several else each.title
            table.append((name, number(each.times), *amount, *cost))
        shown, more = rows_of(table, rows)
        columns = (
            heading[3:].capitalize(),
            "Times",
            *(("Given",) if heading == "By remedy" else ()),
            "Goodwill cost",
            "Owed cost",
        )
        unknown = sum(each.unpriced for each in lines)
        notes = (f"What {number(unknown)} of them cost is not in the policy, and is not added up.",) if unknown else ()
        return Section(f"What was given, {heading.lower()}", columns, shown, (*more, *notes))

    def charts(self) -> Iterator[Chart]:
        """Cost by remedy and by site, for each currency."""
        for what, lines in (("remedy", self.by_remedy), ("rule", self.by_rule), ("site", self.by_site)):
            for currency in sorted({each.currency for each in lines}):
                costly = [each for each in lines if each.currency == currency and each.goodwill_cost > 0][:15]
                if len(costly) > 1:
                    yield Chart(
                        "bars",
                        f"What goodwill cost, by {what}" + (f" ({currency})" if len({e.currency for e in lines}) > 1 else ""),
                        "What it cost the company, less what was taken back; what was owed is not in it.",
                        tuple(each.title for each in costly),
                        tuple(each.goodwill_cost / 10 ** minor_digits(currency) for each in costly),
                        currency,
                    )


def _amounts(line: SpendingLine) -> str:
    assert line.goodwill is not None
    assert line.owed is not None
    return money(line.goodwill + line.owed, line.unit)


class Spending:
    """The fold: one cell for each policy text, site, remedy and rule."""

    kinds: ClassVar[frozenset[str]] = frozenset(("grant", "approve", "settle", "void"))

    def __init__(self, context: ReportContext) -> None:
        self._costs = context.costs
        self._begin = context.period.begin
        self._cells: defaultdict[_Key, _Cell] = defaultdict(_Cell)
        self._ids: dict[str, str] = {}
        self._titles: dict[tuple[str, str], str] = {}
        self._partly: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._own: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])

    def add(self, action: Action) -> None:
        """Count an action."""
        given = action
        if action.kind in ("settle", "void"):
            if action.target is None:
                return
            given = action.target
        digest, currency = given.digest or "", self._costs.currency(given)
        if digest not in self._ids:
            self._ids[digest] = given.policy or ""
        who = giver(action)
        site = who.site if who is not None else None
        for remedy, amount in action.given.items():
            part = given.parts.get(remedy)
            if part is None or not amount:
                continue
            cell = self._cells[digest, currency, site, remedy, part.unit, part.rule, part.owed_rule]
            if action.kind == "void":
                self._take_back(cell, action, given, remedy, amount)
                continue
            owed = min(amount, part.owed)
            cell.times += 1
            cell.amount += amount
            cell.owed += owed
            if action.kind != "approve":  # what was sent up is what the limit did not allow
                cell.goodwill_times += amount > owed
                cell.on_limit += part.on_limit
        if given.discretion and action.kind != "void":
            own = self._own[given.policy or "", currency]
            own[0] += 1
            own[1] += given.discretion

    def _take_back(self, cell: _Cell, action: Action, given: Action, remedy: str, amount: int) -> None:
        """Of what was given before the time nothing is taken off what was given in it. Of a part, goodwill comes back first."""
        if given.at < self._begin:
            return
        whole = given.given.get(remedy, amount)
        goodwill = max(0, whole - given.parts[remedy].owed)
        before = self._partly.pop((given.id, remedy), 0)
        back = min(amount, max(0, goodwill - before))
        if amount < whole:
            self._partly[given.id, remedy] = before + back
            if len(self._partly) > _PARTLY:
                self._partly.popitem(last=False)
        cell.back_times += 1
        cell.back += amount
        cell.back_owed += amount - back

    def result(self) -> SpendingFigures:
        """What was found."""
        cells = list(self._priced())
        return SpendingFigures(
            tuple(self._lines(cells, lambda key: "")),
            tuple(self._lines(cells, lambda key: key[3], with_amounts=True)),
            tuple(self._rules(cells)),
            tuple(self._lines(cells, lambda key: key[2] or "no site")),
            {key: (times, amount) for key, (times, amount) in sorted(self._own.items())},
        )

    def _priced(self) -> Iterator[tuple[_Key, _Cell, bool]]:
        """Cells with their costs, and whether a limit says anything of them: an exception is all or nothing."""
        for key, cell in self._cells.items():
            digest, currency, _, remedy, unit, *_ = key
            factor = self._costs.factor(digest or None, currency, remedy, unit)
            owed = cell.owed - cell.back_owed
            cell.goodwill_cost = None if factor is None else factor * (cell.amount - cell.back - owed)
            cell.owed_cost = None if factor is None else factor * owed
            model = self._costs.model(digest or None, currency)
            known = model.remedies.get(remedy) if model is not None else None
            if known is not None:
                self._titles[self._ids[digest], remedy] = known.title
            yield key, cell, known is None or known.kind != "exception"

    def _rules(self, cells: list[tuple[_Key, _Cell, bool]]) -> Iterator[SpendingLine]:
        """By rule: goodwill goes to the rule that set the limit, what is owed to the rule that says so."""
        yield from self._lines(
            cells, lambda key: key[5] or key[6] or "no rule", owed_name=lambda key: key[6] or key[5] or "no rule"
        )

    def _lines(
        self,
        cells: list[tuple[_Key, _Cell, bool]],
        name: Callable[[_Key], str],
        *,
        with_amounts: bool = False,
        owed_name: Callable[[_Key], str] | None = None,
    ) -> Iterator[SpendingLine]:
        """Cells added up by policy, currency and what ``name`` says; dearest first."""
        sums: dict[tuple[str, str, str, str], list[Any]] = {}

        def line(key: _Key, named: str) -> list[Any]:
            unit = key[4] if with_amounts else ""
            return sums.setdefault((self._ids[key[0]], key[1], named, unit), [0] * 9)

        for key, cell, limited in cells:
            into, owed_into = line(key, name(key)), line(key, (owed_name or name)(key))
            owed = cell.owed - cell.back_owed
            into[0] += cell.times
            into[1] += cell.back_times
            into[2] += cell.amount - cell.back - owed
            owed_into[3] += owed
            if cell.goodwill_cost is None or cell.owed_cost is None:
                into[6] += cell.times
            else:
                into[4] += cell.goodwill_cost
                owed_into[5] += cell.owed_cost
            into[7] += cell.goodwill_times if limited else 0
            into[8] += cell.on_limit if limited else 0
        found = [
            SpendingLine(
                policy, currency, named or policy, self._titles.get((policy, named), named or policy), each[0], each[1],
                each[2] if with_amounts else None, each[3] if with_amounts else None,
                unit, round(each[4]), round(each[5]), each[6], each[7], each[8],
            )
            for (policy, currency, named, unit), each in sums.items()
        ]  # fmt: skip
        yield from sorted(found, key=lambda each: (each.policy, -each.goodwill_cost, -each.owed_cost, each.name))
