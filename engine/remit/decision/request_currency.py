"""In which of its currencies a policy decides a request: the one that the request states, or that of its amounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from remit.decision.request import Request, find_fact
from remit.errors import Problem, RequestError
from remit.language.currencies import CURRENCIES
from remit.language.suggestions import closest
from remit.language.temporal import parse_date
from remit.language.values import Money
from remit.language.words import listing, show_value
from remit.policy.model import Model
from remit.policy.over_time import Rates, rates_on

__all__ = ["CHECKED_ELSEWHERE", "currency_of", "rates_change", "rates_of", "refused_currency"]

#: Of a request that one policy checked and another one is to decide.
CHECKED_ELSEWHERE: Final = "this request was checked by another policy, or in another currency"


def currency_of(model: Model, request: Request | Mapping[str, Any]) -> str:
    """The currency of a request to a policy in several.

    Raises :class:`remit.RequestError` where it is none of the policy's, where amounts are in two of them, and where nothing
    says which.
    """
    raw = request.to_dict() if isinstance(request, Request) else request
    if not isinstance(raw, Mapping):
        raise RequestError([Problem("request/type", "a request is a mapping or a `remit.Request`")])
    stated = raw.get("currency")
    if stated is not None:
        if stated not in model.currencies:
            raise RequestError([refused_currency(stated, model.currencies)])
        return str(stated)
    met = list(_met(model, raw))
    found = sorted({code for _, code in met if code in model.currencies})
    if len(found) == 1:
        return found[0]
    known = listing(model.currencies, "or", comma=False)
    if not found:
        others = [(path, code) for path, code in met if code.upper() in CURRENCIES]
        if others:
            raise RequestError([_foreign(path, code, model.currencies) for path, code in others])
        message = f"in which currency: {known}?"
        hint = f'add `"currency": "{model.currencies[0]}"`'
    else:
        message = f"there are amounts in {listing(found, 'and', comma=False)}, and a request is in one currency"
        hint = 'write all of them in that one, or add `"currency"` to see each that is not'
    raise RequestError([Problem("request/currency", message, path="currency", hint=hint)])


def rates_change(model: Model) -> bool:
    """Whether the day of the incident says which rates hold."""
    return len(model.rates) > 1 or any(each.start is not None for each in model.rates)


def rates_of(model: Model, request: Request | Mapping[str, Any]) -> Rates:
    """The rates of a policy that hold on the day of the incident. Raises :class:`remit.RequestError` where none do, and where
    they change and the day is not given."""
    occurred = request.occurred if isinstance(request, Request) else request.get("occurred")
    day = occurred if isinstance(occurred, date) else parse_date(occurred) if isinstance(occurred, str) else None
    if day is None and occurred is not None:
        return model.rates[-1]  # it is no day, which the check tells
    found = rates_on(model.rates, day.date() if isinstance(day, datetime) else day)
    if found is not None:
        return found
    if day is None:
        message = f"the rates of `{model.id}` change; the day of the incident says which ones hold"
        raise RequestError([Problem("request/occurred", message, path="occurred", hint='add `"occurred": "2026-07-01"`')])
    message, start = f"`{model.id}` has no rates for {day.isoformat()}", model.rates[0].start
    raise RequestError([Problem("request/occurred", message, path="occurred", hint=f"they begin on {start}")])


def refused_currency(stated: Any, known: tuple[str, ...]) -> Problem:
    """That the policy is not in the currency that a request states."""
    near = closest(stated.upper(), known) if isinstance(stated, str) else None
    listed = listing(known, "and", comma=False) if known else "no currency"
    hint = f"did you mean `{near}`?" if near else f"this policy is in {listed}"
    return Problem("request/currency", f"`{show_value(stated)}` is not a currency of this policy", path="currency", hint=hint)


def _foreign(path: str, code: str, known: tuple[str, ...]) -> Problem:
    near = closest(code.upper(), known)
    hint = f"did you mean `{near}`?" if near else f"this policy is in {listing(known, 'and', comma=False)}"
    return Problem("request/currency", f"an amount in `{code}` is in no currency of this policy", path=path, hint=hint)


def _met(model: Model, raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands where an amount has its currency, with the path of each."""
    asked, facts = raw.get("asked"), raw.get("facts")
    if isinstance(asked, Mapping):
        yield from ((f"asked.{name}", code) for name, value in asked.items() for code in _codes(value))
    if isinstance(facts, Mapping):
        for name, fact in model.facts.items():
            if (fact.type.element or fact.type).kind == "money":
                yield from ((f"facts.{name}", code) for code in _codes(find_fact(facts, name)))


def _codes(value: Any) -> Iterator[str]:
    """The last three letters of amounts."""
    for each in value if isinstance(value, list | tuple) else (value,):
        if isinstance(each, Money):
            yield each.currency
        elif isinstance(each, str) and (code := each.strip()[-3:]).isalpha():
            yield code
