"""What a built-in function is: its name, the ways it can be called, and what each way does.

A function is a row of a table. The parser reads the names, the checker the signatures, the evaluator calls
:meth:`Builtin.run`, a compiler may bind :attr:`Signature.body` once the types are known, and ``docs/functions.md`` is
printed from the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any, Final, TypeAlias

from remit.language.calendars import Calendar
from remit.language.fast_dataclass import dataclass
from remit.language.types import ANY, Kind, Type
from remit.language.values import Function, Money, Months, Range

__all__ = ["Builtin", "Example", "Parameter", "Result", "Signature", "fits", "table"]

#: An expression and what it evaluates to, as the function's page shows them.
Example: TypeAlias = tuple[str, str]
#: The type of a call: fixed, or worked out from the types of its arguments.
Result: TypeAlias = Type | Callable[[tuple[Type, ...]], Type]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, named as in the standard.

    ``null`` says that null may be given, ``skips`` that nulls in a list are left out.
    """

    name: str
    type: Type = ANY
    optional: bool = False
    null: bool = False
    skips: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function. Where ``variadic``, the last parameter may be given any number of times, at least once.

    ``body`` takes values that fit the parameters, in their order (what is optional may be left out from the end, or be
    null where a later one is given by name), and gives a value or null. Where a number leaves the range of 34 digits and
    the exponents of decimal128, it may raise ``DecimalException`` or ``OverflowError``, which :meth:`Builtin.run` turns
    into null.
    """

    parameters: tuple[Parameter, ...]
    result: Result
    body: Callable[..., Any]
    variadic: bool = False
    #: How many arguments must be given.
    fewest: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fewest", sum(not parameter.optional for parameter in self.parameters))

    def result_type(self, arguments: tuple[Type, ...]) -> Type:
        """The type of a call with arguments of these types."""
        return self.result if isinstance(self.result, Type) else self.result(arguments)

    def takes(self, count: int) -> bool:
        """Whether ``count`` positional arguments are neither too few nor too many."""
        return count >= self.fewest and (self.variadic or count <= len(self.parameters))

    def parameter(self, index: int) -> Parameter:
        """The parameter that the argument at ``index`` is for."""
        return self.parameters[min(index, len(self.parameters) - 1)]

    def reads(self, names: Sequence[str]) -> bool:
        """Whether ``names`` are the names of the first parameters, in their order."""
        return [parameter.name for parameter in self.parameters[: len(names)]] == list(names)

    def order(self, names: Sequence[str]) -> tuple[int | None, ...] | None:
        """Where each parameter's value stands among arguments given by ``names``.

        ``None`` in place of an index is an optional parameter that was left out before one that was not. The whole is
        ``None`` where a name is unknown or repeated, or a parameter that is not optional is missing.
        """
        known = [parameter.name for parameter in self.parameters]
        if len(set(names)) != len(names) or not set(names) <= set(known):
            return None
        out: list[int | None] = []
        for parameter in self.parameters:
            if parameter.name in names:
                out.append(names.index(parameter.name))
            elif parameter.optional:
                out.append(None)
            else:
                return None
        while out and out[-1] is None:
            out.pop()
        return tuple(out)


@dataclass(frozen=True, slots=True)
class Builtin:
    """One function. ``examples`` are (expression, result) pairs that are both printed and tested."""

    name: str
    summary: str
    signatures: tuple[Signature, ...]
    examples: tuple[Example, ...]
    needs_calendars: bool = False

    def run(self, *values: Any, names: Sequence[str] | None = None, calendars: Mapping[str, Calendar] | None = None) -> Any:
        """The value of a call; null where no signature takes these values.

        ``names`` names the arguments in the order of ``values``. A list of one stands for its element and an element for a
        list of one where only that fits (DMN 1.4, 10.3.2.9.4), and a parameter that is not among ``names`` is null
        (10.3.2.13.5). Never raises on what an expression can contain.
        """
        found = self._fitted(values, names)
        extra = {"calendars": calendars or {}} if self.needs_calendars else {}
        return None if found is None else _outcome(found[0].body, found[1], extra)

    def takes(self, *values: Any, names: Sequence[str] | None = None) -> bool:
        """Whether some signature takes these values."""
        return self._fitted(values, names) is not None

    def _fitted(self, values: tuple[Any, ...], names: Sequence[str] | None) -> tuple[Signature, tuple[Any, ...]] | None:
        """The signature that takes these values, and its arguments."""
        for arrange in (_arrange, _arrange_some):
            arranged = [(each, arrange(each, values, names)) for each in self.candidates(names)]
            for conform in (_exactly, _leniently):
                for signature, arguments in arranged:
                    fitted = None if arguments is None else _fit(signature, arguments, conform)
                    if fitted is not None:
                        return signature, fitted
        return None

    def candidates(self, names: Sequence[str] | None) -> Sequence[Signature]:
        """The signatures in the order in which a call tries them.

        ``before(range: r, point: p)`` fits two: first come those that name their parameters in the order of the call.
        """
        if names is None or len(self.signatures) == 1:
            return self.signatures
        return sorted(self.signatures, key=lambda signature: not signature.reads(names))


def _outcome(body: Callable[..., Any], arguments: tuple[Any, ...], extra: Mapping[str, Any]) -> Any:
    try:
        return body(*arguments, **extra)
    except (DecimalException, OverflowError):
        return None


def _arrange(signature: Signature, values: tuple[Any, ...], names: Sequence[str] | None) -> tuple[Any, ...] | None:
    if names is None:
        return values if signature.takes(len(values)) else None
    order = signature.order(names)
    return None if order is None else tuple(_ABSENT if at is None else values[at] for at in order)


def _arrange_some(signature: Signature, values: tuple[Any, ...], names: Sequence[str] | None) -> tuple[Any, ...] | None:
    """Some of the parameters by their names; the others are null."""
    given = dict(zip(names or (), values, strict=False))
    known = [parameter.name for parameter in signature.parameters]
    if names is None or len(given) < len(values) or not given.keys() <= set(known):
        return None
    return tuple(given.get(name) for name in known)


def _fit(signature: Signature, arguments: tuple[Any, ...], conform: Callable[[Type, Any], Any]) -> tuple[Any, ...] | None:
    out: list[Any] = []
    parameters = signature.parameters
    last = len(parameters) - 1
    for index, value in enumerate(arguments):
        parameter = parameters[index if index < last else last]
        if value is _ABSENT or (value is None and parameter.null):
            out.append(None)
            continue
        if parameter.skips and isinstance(value, list):
            value = [item for item in value if item is not None]
        value = conform(parameter.type, value)
        if value is _MISFIT:
            return None
        out.append(value)
    return tuple(out)


_ABSENT: Final = object()
_MISFIT: Final = object()


def _exactly(expected: Type, value: Any) -> Any:
    return value if fits(expected, value) else _MISFIT


def _leniently(expected: Type, value: Any) -> Any:
    if fits(expected, value):
        return value
    if expected.kind == "list":
        return [value] if value is not None and fits(expected, [value]) else _MISFIT
    if isinstance(value, list) and len(value) == 1 and fits(expected, value[0]):
        return value[0]
    return _MISFIT


_CLASSES: Final[Mapping[Kind, tuple[type, ...]]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "number": (Decimal, int),
    "text": (str,),
    "choice": (str,),
    "money": (Money,),
    "date": (date,),
    "time": (time,),
    "date-time": (datetime,),
    "duration": (timedelta,),
    "months": (Months,),
    "list": (list,),
    "range": (Range,),
    "context": (Mapping,),
    "function": (Function,),
}


def fits(expected: Type, value: Any) -> bool:
    """Whether ``value`` is of type ``expected``, elements of lists included."""
    kind = expected.kind
    if kind == "any":
        return True
    if not isinstance(value, _CLASSES.get(kind, ())):
        return False
    match value:
        case bool():
            return kind != "number"
        case datetime():
            return kind != "date"
        case Money(currency=currency):
            return expected.currency in (None, currency)
        case list() if expected.element is not None:
            element = expected.element
            return all(fits(element, item) for item in value)
    return True


def table(*families: Iterable[Builtin]) -> dict[str, Builtin]:
    """The functions by name. Raises ``ValueError`` where two have the same."""
    out: dict[str, Builtin] = {}
    for family in families:
        for builtin in family:
            if builtin.name in out:
                raise ValueError(f"two functions are called `{builtin.name}`")
            out[builtin.name] = builtin
    return out
