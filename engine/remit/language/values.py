"""The values of the language that Python has no exact counterpart for.

=====================  ==========================================================================
FEEL                   Python
=====================  ==========================================================================
number                 ``decimal.Decimal`` (34 digits, half-even: IEEE 754 decimal128); never ``float``
string                 ``str``
boolean, null          ``bool``, ``None``
date, time, date-time  ``datetime.date``, ``datetime.time``, ``datetime.datetime`` (years 1 to 9999)
days duration          ``datetime.timedelta``
years-months duration  :class:`Months`
list                   ``list``
context                ``dict``
function               :class:`Function`
range                  :class:`Range`
money (remit)          :class:`Money`
a fact not given       :class:`Unknown` (remit; three-valued logic with bounds)
=====================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache
from typing import Any, Final

from remit.language.fast_dataclass import dataclass

__all__ = [
    "CONTEXT",
    "MINOR_DIGITS",
    "SAFE_IN_JSON",
    "Function",
    "Money",
    "Months",
    "Range",
    "Unknown",
    "minor_digits",
    "plain",
]

#: Whole numbers below this are numbers in JSON; larger ones are text, since many readers would round them.
SAFE_IN_JSON: Final = 2**53

#: The arithmetic of FEEL numbers: 34 digits, half-even. Used explicitly; the thread's own context is never read.
CONTEXT: Final = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)

#: ISO 4217 currencies whose smallest unit is not a hundredth.
MINOR_DIGITS: Final[dict[str, int]] = {
    **dict.fromkeys(
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def minor_digits(currency: str) -> int:
    """How many decimal places the smallest unit of ``currency`` has (ISO 4217)."""
    return MINOR_DIGITS.get(currency, 2)


def plain(number: Decimal | int) -> str:
    """A number as people write it: no exponent, no trailing zeros."""
    text = format(Decimal(number), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount; ``amount`` is in major units of ``currency``, an ISO 4217 code (``Decimal("30.50")`` of ``"EUR"``)."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, text: str) -> Money:
        """Read ``"30 EUR"``, ``"30.50 EUR"`` or ``"45EUR"``. Raises ``ValueError`` for anything else."""
        compact = text.strip()
        number, currency = compact[:-3].rstrip(), compact[-3:]
        if not (currency.isascii() and currency.isalpha() and currency.isupper()):
            raise ValueError(f"`{text}` is not an amount of money such as `30 EUR`")
        digits = number[1:] if number[:1] in "+-" else number
        whole, dot, fraction = digits.partition(".")
        if not (whole.isascii() and whole.isdigit()) or (dot and not (fraction.isascii() and fraction.isdigit())):
            raise ValueError(f"`{text}` is not an amount of money such as `30 EUR`")
        if len(digits) > 30:
            raise ValueError(f"`{text[:40]}...` has too many digits")
        return cls(Decimal(number), currency)

    def rounded(self, rounding: str = ROUND_HALF_UP) -> Money:
        """To the smallest unit of the currency; half up unless told otherwise."""
        unit = Decimal(1).scaleb(-minor_digits(self.currency))
        return Money(self.amount.quantize(unit, rounding=rounding, context=CONTEXT), self.currency)

    @property
    def minor(self) -> int:
        """The amount as a whole number of smallest units. Raises ``ValueError`` if it is finer than that."""
        return _minor(self.amount, self.currency)

    @property
    def is_too_exact(self) -> bool:
        """Whether it was written with more decimals than its currency has: ``1.000 EUR``, ``10.5 JPY``."""
        exponent = self.amount.as_tuple().exponent
        return isinstance(exponent, int) and -exponent > minor_digits(self.currency)

    @staticmethod
    @lru_cache(4096)
    def from_minor(minor: int, currency: str) -> Money:
        """The amount of ``minor`` smallest units of ``currency``."""
        return Money(Decimal(minor).scaleb(-minor_digits(currency), context=CONTEXT), currency)

    def __str__(self) -> str:
        """As people write it: ``30 EUR``, ``30.50 EUR``; always either no decimals or all of the currency's."""
        return _written(self.amount, self.currency) if self.amount.is_finite() else f"{self.amount} {self.currency}"


#: What is worked out of amounts is remembered for a while: the same ones come again and again.
_MOST_REMEMBERED: Final = 4096


@lru_cache(_MOST_REMEMBERED)
def _minor(amount: Decimal, currency: str) -> int:
    scaled = amount.scaleb(minor_digits(currency), context=CONTEXT)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{Money(amount, currency)} is finer than the smallest unit of {currency}")
    return int(scaled)


@lru_cache(_MOST_REMEMBERED)
def _written(amount: Decimal, currency: str) -> str:
    if amount != amount.to_integral_value():
        text = f"{amount:.{minor_digits(currency)}f}"
        if Decimal(text) == amount:
            return f"{text} {currency}"
    return f"{plain(amount)} {currency}"


@dataclass(frozen=True, slots=True)
class Months:
    """A years-and-months duration, as a count of months (FEEL ``@"P1Y2M"`` is 14)."""

    months: int

    def __str__(self) -> str:
        """ISO 8601, as FEEL's ``string()`` writes it."""
        years, months = divmod(abs(self.months), 12)
        text = "P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return "-" + text if self.months < 0 else text


@dataclass(frozen=True, slots=True)
class Range:
    """A FEEL range. ``None`` as an end means unbounded on that side (from a unary comparison such as ``>= 3``).

    ``operator`` is ``=`` or ``!=`` where the range was written as such a comparison; its ends are then the same. ``(!= 3)`` is
    all that is not 3.
    """

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True
    operator: str = ""


class Function:
    """A function that is a value (``function(x) x + 1``). It can be called from Python, with values as the language has them.

    ``parameters`` are the names of its parameters, each with the name of its type if one is given.
    """

    __slots__ = ("parameters",)

    def __init__(self, parameters: Iterable[tuple[str, str | None]]) -> None:
        self.parameters = tuple(parameters)

    def __call__(self, *values: Any) -> Any:
        """What it gives for these values; ``None`` where they do not fit, or it takes too many steps."""
        raise NotImplementedError

    def key(self) -> Any:
        """What two functions that are equal have in common."""
        return id(self)

    def result(self) -> tuple[Any] | None:
        """What it gives, in a tuple, where that does not depend on its parameters."""
        return None

    def __str__(self) -> str:
        """As it begins in an expression: ``function(x, y: number)``."""
        return f"function({', '.join(name if of is None else f'{name}: {of}' for name, of in self.parameters)})"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not known because facts are missing (not FEEL's ``null``, which is a known absence).

    ``missing`` names the facts that the value waits for. ``low`` and ``high`` are inclusive bounds on what the value can turn
    out to be (numbers, money, dates, durations), or ``None`` where there is none.
    """

    missing: frozenset[str]
    low: Any = None
    high: Any = None
