"""What a service app holds: a loaded policy that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from remit.core.texts import Texts
from remit.core.views import MEANING, PolicyView
from remit.decision.decision import Decision
from remit.decision.detail import Quantity
from remit.decision.inputs import Inputs, check_request
from remit.decision.request import Personal, Request
from remit.decision.request_currency import CHECKED_ELSEWHERE, currency_of, rates_change, rates_of, refused_currency
from remit.errors import RequestError
from remit.policy.model import Model
from remit.policy.over_time import Rates
from remit.readings.numbers.definition import NumberCase

__all__ = ["Definition", "Policy", "reference_decision", "stored_policy"]


class Policy:
    """One checked policy. Immutable; :meth:`decide` is pure and safe to call from any number of threads.

    A policy pickles as its text and is read again on the other side, so worker processes can be handed one.

    >>> import remit
    >>> policy = remit.load("rules/hotel-guest-recovery.yaml")
    >>> decision = policy.decide({
    ...     "employee": {"id": "e-17", "role": "associate"},
    ...     "asked": {"credit": "25 EUR"},
    ...     "facts": {"incident": {"kind": "noise", "severity": 3}},
    ... }, history={"guest.recoveries": 0})
    >>> decision.outcome
    'grant'
    """

    __slots__ = ("__weakref__", "_check", "_currencies", "_decide", "_model", "_rated", "_whole")

    def __init__(self, model: Model, *, whole: Policy | None = None) -> None:
        """``whole`` is the policy in all of its currencies, of which this is it in one."""
        self._model = model
        self._whole = whole
        self._check: Callable[[Request | Mapping[str, Any]], Inputs] = partial(check_request, model)
        self._decide: Callable[..., Decision] = self._first
        self._currencies: Mapping[str, Policy] = {}
        self._rated: dict[tuple[str, date | None], Policy] = {}
        if model.others:
            self._currencies = {each.currency_code: Policy(each, whole=self) for each in model.each}
        if model.others or (whole is not None and rates_change(model)):
            self._check, self._decide = self._check_in_currency, self._decide_in_currency

    @property
    def model(self) -> Model:
        """All that the policy says, checked and typed; of a policy in several currencies, in the first of them."""
        return self._model

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies that the policy is in, the first is the usual one; none where it knows no money."""
        return self._model.currencies or ((self._model.currency,) if self._model.currency else ())

    def in_currency(self, code: str) -> Policy:
        """The policy in one of its currencies. Raises :class:`remit.RequestError` for another one."""
        if code not in self.currencies:
            raise RequestError([refused_currency(code, self.currencies)])
        return self._currencies.get(code, self)

    def for_request(self, request: Request | Mapping[str, Any]) -> Policy:
        """The policy in the currency of a request, which is the one that it states, or else that of its amounts; at the rates
        of the day of the incident.

        Raises :class:`remit.RequestError` where the policy is in several and it is not clear which is meant.
        """
        whole = self if self._currencies else self._whole
        if whole is None:
            return self
        code = currency_of(self._model, request) if whole is self else self._model.currency_code
        if not rates_change(self._model):
            return whole._currencies[code]
        rates = rates_of(self._model, request)
        found = whole._rated.get((code, rates.start))
        if found is None:
            found = whole._rated[code, rates.start] = Policy(whole._currencies[code]._model.at(rates))
        return found

    @property
    def id(self) -> str:
        """The policy's name, the same in all its versions."""
        return self.model.id

    @property
    def version(self) -> str:
        """The author's version."""
        return self.model.version

    @property
    def digest(self) -> str:
        """``sha256:`` and the SHA-256 of the file."""
        return self.model.digest

    def decide(
        self,
        request: Request | Mapping[str, Any] | Inputs,
        *,
        balances: Mapping[str, Any] | None = None,
        history: Mapping[str, Any] | None = None,
        requester: str | None = None,
        at: datetime | None = None,
        personal: Personal | Mapping[str, Any] | None = None,
    ) -> Decision:
        """Take one decision.

        ``request`` is a :class:`remit.Request` or a mapping of the same shape. ``balances`` maps cap ids (and ``discretion``)
        to what is used of them, and the names of claims (``claim.REMEDY``) to what was received under them (``"120 EUR"``, or
        a count); what is left out counts as unused. ``history`` gives the facts that a ledger would read; one that is not
        given is unknown. ``requester`` is the role of the one who asked, where the employee answers what somebody else asked
        (an approval): a guardrail that sends a request up does not send it up again. ``at`` is the moment of the decision
        (there is no clock here): with it, the incident must be one that the policy still covers; without it, its age is not
        checked, and the decision says so. ``personal`` is what holds for this employee alone, and what a ledger reads from its
        roster: a ceiling, trust, and whether the account is their own.

        Raises :class:`remit.RequestError` with every problem.
        """
        return self._decide(request, balances, history, requester, at, personal)

    def _check_in_currency(self, request: Request | Mapping[str, Any]) -> Inputs:
        return self.for_request(request).check(request)

    def _decide_in_currency(self, request: Request | Mapping[str, Any] | Inputs, *given: Any) -> Decision:
        if not isinstance(request, Inputs):
            return self.for_request(request)._decide(request, *given)
        if request.currency is None or (self._whole is not None and request.currency != self._model.currency):
            raise ValueError(CHECKED_ELSEWHERE)
        stated = {"currency": request.currency, "occurred": request.occurred}
        return self.for_request(stated)._decide(request, *given)

    def check(self, request: Request | Mapping[str, Any]) -> Inputs:
        """The request as the engine reads it. :meth:`decide` takes it instead of the request, and does not check it again:
        a ledger has it checked before it locks anything, and then reads balances and history.

        Raises :class:`remit.RequestError` with every problem.
        """
        return self._check(request)

    def compile(self) -> None:
        """Compile for every role: without this, the second decision pays for compiling, and so does the first one of each role.

        A service calls it when it loads a policy, so that no customer waits. Only which of several missing facts matter is
        still compiled when that is first asked, and what answers a request of another role (an approval).
        """
        from remit.deciding.compiled import Compiled

        if self._currencies:
            for each in self._currencies.values():
                each.compile()
            return
        compiled = Compiled(self._model)
        compiled.warm()
        self._check, self._decide = compiled.check, compiled.decide

    def text(self, decision: Decision, *, width: int = 80, language: str | None = None) -> str:
        """``decision``, which this policy took, as a page for people: the answer in words, what is owed, what may be given,
        what to say, who can do more, and why. Plain text without a newline at its end, with lines of at most ``width``
        characters where words allow. ``language`` is the tag of the language in which the policy's texts are read
        (:meth:`translated`).

        Raises ``ValueError`` for a decision of another policy, or of another version: the words would not be its own.
        """
        from remit.decision.page.render import render  # only here: most who decide print nothing

        return render(decision, self.model_of(decision), language=language).paint(width)

    def translated(self, decision: Decision, language: str) -> Decision:
        """``decision``, which this policy took, with the author's texts in another of the policy's languages: what to say,
        reasons, titles and questions. ``language`` is a tag such as ``de-AT``; where the policy does not have it, ``de``
        counts, or else the policy's first language, in which every decision is taken and recorded. Nothing else of it changes.

        Raises ``ValueError`` for a decision of another policy, or of another version.
        """
        from remit.decision.page.translation import translated  # most policies have one language

        return translated(decision, self.model_of(decision), language)

    def model_of(self, decision: Decision) -> Model:
        """What took ``decision``: the policy, in the currency of the decision.

        Raises ``ValueError`` for a decision of another policy, or of another version.
        """
        if decision.digest != self.digest:
            raise ValueError(f"`{decision.policy}` {decision.version} took this decision, not `{self.id}` {self.version}")
        return self._model if decision.currency is None else self.in_currency(decision.currency)._model

    def _first(self, request: Request | Mapping[str, Any] | Inputs, *given: Any) -> Decision:
        """One decision does not pay for compiling; the second one does. They are the same (tests/readings)."""
        self._decide = self._compiling
        names = ("balances", "history", "requester", "at", "personal")
        return reference_decision(self._model, request, **dict(zip(names, given, strict=True)))

    def _compiling(self, request: Request | Mapping[str, Any] | Inputs, *given: Any) -> Decision:
        from remit.deciding.compiled import Compiled  # only here: the counter command decides once

        compiled = Compiled(self._model)
        self._check, self._decide = compiled.check, compiled.decide
        return self._decide(request, *given)

    def __reduce__(self) -> tuple[Any, ...]:
        model = self._model
        if model.currencies and not model.others:
            return _stored_in_currency, (model.text, model.file, model.currency, None if self._whole else model.rate)
        return stored_policy, (model.text, model.file)

    def __repr__(self) -> str:
        return f"<Policy {self.id} {self.version}>"


def stored_policy(text: str, name: str) -> Policy:
    """The policy in a text that was accepted before: what only newer versions refuse is no error."""
    from remit.policy.loader import read_model  # only here: deciding needs no reader of YAML

    return Policy(read_model(text, name, is_stored=True))


def _stored_in_currency(text: str, name: str, currency: str, rates: Rates | None) -> Policy:
    policy = stored_policy(text, name).in_currency(currency)
    return policy if rates is None else Policy(policy.model.at(rates))


def reference_decision(
    model: Model,
    request: Request | Mapping[str, Any] | Inputs,
    *,
    balances: Mapping[str, Any] | None = None,
    history: Mapping[str, Any] | None = None,
    requester: str | None = None,
    at: datetime | None = None,
    personal: Personal | Mapping[str, Any] | None = None,
    strict: bool = True,
    meaning: int = MEANING,
) -> Decision:
    """The decision by definition: the evaluator and the laws on numbers, nothing compiled. ``meaning``: of which version."""
    inputs = check_request(
        model,
        request,
        balances=balances,
        history=history,
        requester=requester,
        at=at,
        personal=personal,
        strict=strict,
    )
    return Decision.by(Definition(model, meaning), inputs)


class Definition:
    """Decides by definition, by the laws of a version."""

    def __init__(self, model: Model, meaning: int = MEANING) -> None:
        self._model = model
        self._meaning = meaning

    def whole(self, seen: Inputs, /) -> str:
        return NumberCase(self._model, seen, Texts(PolicyView.of(self._model, self._meaning))).to_json()

    def brief(self, seen: Inputs, /) -> None:
        """There is no shorter way."""

    def amounts(self, brief: Any, what: str, /) -> Mapping[str, Quantity]:
        raise AssertionError  # there is no brief
