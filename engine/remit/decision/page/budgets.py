"""What is left of the budgets that bind an employee: the caps and their own discretion.

A budget binds a decision if it counts something that the rules let this employee give here, and either something of it has
been used or it allows less than the rules do. One that nobody has used and that leaves room for everything is not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from remit.decision.decision import Decision
from remit.decision.decoding import read_quantity
from remit.decision.detail import Quantity
from remit.decision.page.answer import PageRow
from remit.decision.page.ranking import EXACT
from remit.decision.quantities import as_cap_quantity, cap_limit
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.language.locales.messages import ENGLISH, Locale, Message
from remit.language.locales.window_words import window
from remit.language.values import Money
from remit.policy.model import Cap, Discretion, Model, Window
from remit.policy.phrases import BESIDE, question

__all__ = ["BudgetLeft", "Known", "binding", "budget_rows", "budgets"]

#: What is known of each balance: the ``read.balances`` of a record, or the ``to_dict()`` of each of ``ledger.balances()``.
Known = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class BudgetLeft:
    """One cap, by its id, or the employee's ``discretion``. ``left`` of ``most`` is money or a count in the ``measure`` of the
    cap; ``None`` where it is not known without the facts in ``missing``. ``per`` and ``over`` say for whom and for which time
    it is kept, ``counts`` which remedies it counts. ``until`` is the day on which something of it comes back, where that is
    known."""

    name: str
    measure: Literal["amount", "units", "grants"]
    per: tuple[str, ...]
    over: Window
    counts: tuple[str, ...]
    most: Money | int
    left: Money | int | None
    until: date | None = None
    missing: tuple[str, ...] = ()

    @property
    def is_used(self) -> bool:
        """Whether something of it is known to be used."""
        return self.left is not None and self.left != self.most


def budgets(model: Model, role: str, known: Known) -> list[BudgetLeft]:
    """Every budget of ``role`` of which something is ``known``, in the policy's order; the discretion is the last."""
    out = [
        _budget(model, cap, as_cap_quantity(model, cap, cap_limit(model, cap, role)), known[cap.id])
        for cap in model.caps
        if cap.id in known
    ]
    own = [model.discretion[each] for each in model.ladder[: model.ladder.index(role) + 1] if each in model.discretion]
    if own and "discretion" in known:
        out.append(_budget(model, own[-1], own[-1].max, known["discretion"]))
    return out


def binding(decision: Decision, model: Model, known: Known, *, given: bool = False) -> list[BudgetLeft]:
    """Those that bind ``decision``, taken under ``model``. ``given`` says that what was asked has been given by now."""
    return [each for each in budgets(model, decision.role, known) if _binds(each, decision, model, given)]


def _budget(model: Model, of: Cap | Discretion, most: Money | int, found: Mapping[str, Any]) -> BudgetLeft:
    used, until, missing = found.get("used"), found.get("until"), tuple(found.get("missing") or ())
    left = None
    if used is not None and not missing:
        left = _less(most, read_quantity(used))
    day = date.fromisoformat(until) if until else None
    if isinstance(of, Cap):
        return BudgetLeft(of.id, of.measure, of.per, of.over, of.counts, most, left, day, missing)
    money = tuple(name for name, each in model.remedies.items() if each.kind == "money")
    return BudgetLeft("discretion", "amount", ("employee.id",), of.over, money, most, left, day, missing)


def _binds(budget: BudgetLeft, decision: Decision, model: Model, given: bool) -> bool:
    is_used = budget.is_used or (given and bool(_taken(budget, decision)))
    if budget.name == "discretion":
        wanted = decision.discretion is not None or any(each.kind == "discretion" for each in decision.unlocks)
        may = any(not words.nothing(decision.remedies[name].limit) for name in budget.counts)
        return wanted or (is_used and may)
    most = _most_taken(budget, decision, model)
    return most > 0 and (budget.left is None or is_used or _size(budget.left) < most)


def _most_taken(budget: BudgetLeft, decision: Decision, model: Model) -> Decimal:
    """The most that one of its remedies, given as far as the rules allow, would take from it. What is owed takes nothing."""
    taken = [Decimal(0)]
    for name in budget.counts:
        detail, cost = decision.remedies[name], model.remedies[name].cost
        goodwill = _size(detail.limit) - _size(detail.owed)
        if goodwill <= 0:
            continue
        if budget.measure == "grants":
            taken.append(Decimal(1))
        elif budget.measure == "amount" and cost is not None:
            taken.append(EXACT.multiply(goodwill, cost.amount))
        else:
            taken.append(goodwill)
    return max(taken)


def _size(quantity: Quantity) -> Decimal:
    return quantity.amount if isinstance(quantity, Money) else Decimal(int(quantity))


def _less(quantity: Money | int, taken: Money | int) -> Money | int:
    """What is left of it; never less than nothing."""
    if isinstance(quantity, Money) and isinstance(taken, Money):
        return Money.from_minor(max(0, quantity.minor - taken.minor), quantity.currency)
    assert isinstance(quantity, int)
    assert isinstance(taken, int)  # a balance is in the measure of its cap
    return max(0, quantity - taken)


# For people


def budget_rows(
    found: Sequence[BudgetLeft],
    model: Model,
    decision: Decision | None = None,
    *,
    given: bool = False,
    locale: Locale = ENGLISH,
) -> Iterator[PageRow]:
    """A row for each: ``For you this month``, ``470 of 500 EUR``. With a ``decision`` that grants what was asked, a row says
    what is left after it; if that was already ``given``, only this."""
    named = [locale(_whose(each, model, locale)) for each in found]
    several = Counter(named)
    for each, name in zip(found, named, strict=True):
        if several[name] > 1 and each.name != "discretion":
            titles = (locale.in_sentence(model.remedies[remedy].title, model.languages) for remedy in each.counts)
            name = f"{name}, {locale.listing(titles)}"
        yield PageRow(name, _left(each, model, _taken(each, decision), given=given, locale=locale))


def _taken(budget: BudgetLeft, decision: Decision | None) -> Money | int | None:
    """What granting what was asked takes."""
    if decision is None or decision.outcome != "grant" or not any(not words.nothing(each) for each in decision.asked.values()):
        return None
    return decision.discretion if budget.name == "discretion" else decision.charges.get(budget.name)


def _left(budget: BudgetLeft, model: Model, taken: Money | int | None, *, given: bool, locale: Locale) -> str:
    most = _counted(budget, budget.most, locale)
    if budget.left is None:
        asked = (question(model.facts[name]) if name in model.facts else BESIDE[name] for name in budget.missing)
        questions = " ".join(map(locale.of, asked))
        return locale("not known yet, of {total}: {questions}", total=most, questions=questions)
    after = None if taken is None else _less(budget.left, taken)
    left = after if given and after is not None else budget.left
    # Without its currency, which follows.
    said = locale("{left} of {total}", left=locale.quantity(left).rpartition(" ")[0] or locale.quantity(left), total=most)
    if after is not None and not given:
        said += locale("; {amount} after this", amount=_counted(budget, after, locale))
    if budget.until is not None and words.nothing(left):
        said += locale("; more from {day}", day=locale.day(budget.until))
    return said


def _counted(budget: BudgetLeft, quantity: Money | int, locale: Locale) -> str:
    if budget.measure != "grants" or isinstance(quantity, Money):
        return locale.quantity(quantity)
    return locale.plural("{number} grant", "{number} grants", quantity, number=locale.quantity(quantity))


_WHOSE: Final = {"employee.id": Message("you"), "employee.role": Message("your role"), "case": Message("this case")}
_WHEN: Final = {
    "day": Message("today"),
    "week": Message("this week"),
    "month": Message("this month"),
    "quarter": Message("this quarter"),
    "year": Message("this year"),
}


def _whose(budget: BudgetLeft, model: Model, locale: Locale) -> Message:
    """``For you this month``, ``For this guest in 90 days``, ``Your own discretion this month``."""
    when = None
    if budget.over.kind == "rolling":
        when = Message("in {window}", window=window(str(budget.over)))
    elif budget.over.unit is not None:
        when = _WHEN[budget.over.unit]
    if budget.name == "discretion":
        return Message("Your own discretion {when}", when=when) if when else Message("Your own discretion")
    per = (*budget.per, *(("case",) if budget.over.kind == "case" and "case" not in budget.per else ()))
    known = (_WHOSE.get(name) or Message("this {name}", name=_called(name, model, locale)) for name in per)
    whose = tuple(known) or Message("everyone")
    return Message("For {whose} {when}", whose=whose, when=when) if when else Message("For {whose}", whose=whose)


def _called(name: str, model: Model, locale: Locale) -> str:
    """What a budget is kept by; in other languages than English by its title, where it has one."""
    known = model.facts.get(name)
    title = known.title if known is not None and locale is not ENGLISH else None
    if title is None:
        return words.name(name.removesuffix(".id"))
    return locale.in_sentence(title, model.languages)
