"""Which reading decides: compiled functions wherever they can tell, else the definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from remit.decision.decision import Brief, Decision
from remit.decision.detail import Quantity
from remit.decision.incident_age import incident_age, is_moment, request_time
from remit.decision.inputs import Inputs, check_request
from remit.decision.request import Personal, Request
from remit.decision.request_currency import CHECKED_ELSEWHERE
from remit.language.values import Money
from remit.policy.model import Model
from remit.readings.code.program import Function, Program
from remit.readings.code.requests.completing import build_completer
from remit.readings.code.requests.native_values import Unusual
from remit.readings.code.requests.request_reader import build_reader
from remit.readings.code.requests.value_row import HEADER, inputs_reader, values_of
from remit.readings.numbers.definition import NumberCase

__all__ = ["Compiled"]

_OCCURRED: Final = HEADER.index("occurred")
_AGE: Final = HEADER.index("age")
_PERSONAL: Final = HEADER.index("personal")
_REQUESTED: Final = HEADER.index("requested")

#: The row of values of a request, and the role that asked where that is not the employee's own.
Seen: TypeAlias = tuple[tuple[Any, ...], str | None]


class Compiled:
    """One policy that decides by compiled functions. It is the :class:`remit.decision.decision.Source` of its decisions."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.program = Program(model)
        self._read = build_reader(model)
        self._inputs = inputs_reader(model)
        self._complete = build_completer(model)
        self._ranks = {role: rank for rank, role in enumerate(model.ladder)}
        self._kinds = tuple((each.name, each.kind) for each in model.remedies.values())
        self._currency = model.currency_code
        self._in = model.in_one_of_several
        #: By role; in a tuple of one for those with a ceiling or trust of their own.
        self._whole: dict[str | tuple[str], Function] = {}
        self._brief: dict[str, Function] = {}
        #: How many decisions were left to the definition.
        self.left = 0

    def warm(self) -> None:
        """Compile what any request needs, for every role."""
        self.program.warm()

    def decide(
        self,
        request: Request | Mapping[str, Any] | Inputs,
        balances: Mapping[str, Any] | None = None,
        history: Mapping[str, Any] | None = None,
        requester: str | None = None,
        at: datetime | None = None,
        personal: Personal | Mapping[str, Any] | None = None,
    ) -> Decision:
        """As :meth:`remit.Policy.decide`."""
        try:
            if personal is not None:
                pass  # what holds for few is read by the check, and decided by functions of its own
            elif not isinstance(request, Inputs):
                if requester is None:
                    values = self._read(request, balances, history)
                    return Decision.by(self, (values if at is None else self._dated(values, at), None))
            elif request.currency != self._in:
                raise ValueError(CHECKED_ELSEWHERE)
            elif request.row is not None and (requester is None or requester in self._ranks):
                values = self._complete(request.row, balances, history)
                return Decision.by(self, (values if at is None else self._dated(values, at), requester))
        except Unusual:
            pass  # wrong, or written in an unusual way: the check tells
        inputs = check_request(
            self.model, request, balances=balances, history=history, requester=requester, at=at, personal=personal
        )
        try:
            return Decision.by(self, (values_of(self.model, inputs), inputs.requester))
        except Unusual:
            return Decision.by(_Defined(self), inputs)

    def _dated(self, values: tuple[Any, ...], at: datetime) -> tuple[Any, ...]:
        """The row with how old the incident is at that moment, and that moment."""
        model = self.model
        if model.incidents is None and not model.reads_requested:
            return values
        if not is_moment(at):
            raise Unusual
        day = values[_OCCURRED]
        row = list(values)
        row[_AGE] = incident_age(model, None if day is None else date.fromordinal(day), at)
        row[_REQUESTED] = request_time(model, at)
        return tuple(row)

    def check(self, request: Request | Mapping[str, Any]) -> Inputs:
        """As :meth:`remit.Policy.check`."""
        try:
            return self._inputs(self._read(request), request)
        except Unusual:
            return check_request(self.model, request)

    def whole(self, seen: Seen, /) -> str:
        """The decision as JSON."""
        values, asker = seen
        if asker is None:
            key = values[0] if values[_PERSONAL] is None else (values[0],)
            function = self._whole.get(key)
            if function is None:
                rank = self._ranks[values[0]]
                function = self.program.function("whole", rank, rank, personal=key is not values[0])
                self._whole[key] = function
            text: str | None = function(values)
            if text is not None:
                return text
        rank = self._ranks[values[0]]
        return self.program.incomplete(values, rank, rank if asker is None else self._ranks[asker]).told()

    def brief(self, seen: Seen, /) -> Brief | None:
        """The outcome, the limits and what is owed, where no missing fact matters."""
        values, asker = seen
        brief: tuple[Any, ...] | None
        if values[_PERSONAL] is not None:
            return None
        if asker is None:
            function = self._brief.get(values[0])
            if function is None:
                rank = self._ranks[values[0]]
                function = self._brief[values[0]] = self.program.function("brief", rank, rank)
            brief = function(values)
            if brief is not None:
                return brief
        rank = self._ranks[values[0]]
        function = self.program.function("partial brief", rank, rank if asker is None else self._ranks[asker])
        brief = function(values, self.program.scopes(values))
        return brief if brief is not None and brief[0] is not None else None

    def amounts(self, brief: Brief, what: Literal["limits", "owed"], /) -> Mapping[str, Quantity]:
        """The amounts in a brief, by remedy."""
        place = 1 if what == "limits" else 1 + len(self._kinds)
        found: dict[str, Quantity] = {}
        for name, kind in self._kinds:  # `as_quantity` for each takes a quarter of the time to an outcome and its limits
            amount = brief[place]
            place += 1
            found[name] = (
                Money.from_minor(amount, self._currency) if kind == "money" else amount if kind == "count" else amount > 0
            )
        return MappingProxyType(found)

    def defined(self, inputs: Inputs) -> str:
        """The decision by definition."""
        self.left += 1
        return NumberCase(self.model, inputs, self.program.texts).to_json()


class _Defined:
    """Decides what has no compiled form."""

    def __init__(self, of: Compiled) -> None:
        self._of = of

    def whole(self, seen: Inputs, /) -> str:
        return self._of.defined(seen)

    def brief(self, seen: Inputs, /) -> None:
        """There is no shorter way."""

    def amounts(self, brief: Brief, what: str, /) -> Mapping[str, Quantity]:
        raise AssertionError  # there is no brief
