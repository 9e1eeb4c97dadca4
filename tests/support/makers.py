"""Makers of values: numbers, text, money, dates, durations, lists."""

from __future__ import annotations

from hypothesis import strategies as st

from remit.language.types import BOOLEAN, DATE, DATE_TIME, DURATION, MONTHS, NUMBER, TEXT, TIME, Type, list_of
from support.writer import EUR, TIER, TYPES, Maker, Writer

__all__ = ["VALUES"]

_NOT_ZERO = {NUMBER: "4", EUR: "3 EUR", DURATION: "36 hours", MONTHS: "5 months"}
_PROPERTIES = (
    (DATE, ("year", "month", "day", "weekday")),
    (DATE_TIME, ("year", "hour", "minute", "second")),
    (TIME, ("hour", "minute")),
    (DURATION, ("days", "hours", "minutes")),
    (MONTHS, ("years", "months")),
)


def arithmetic(w: Writer, of: Type, depth: int) -> str:
    return f"{w.part(of, depth)} {w.pick('+-*')} {w.part(of, depth)}"


def quotient(w: Writer, of: Type, depth: int) -> str:
    alike = w.pick([NUMBER, EUR, DURATION, MONTHS])
    divisor = w.pick([*w.names(alike), _NOT_ZERO[alike]])
    return f"{w.part(alike, depth)} / {divisor}"


def power(w: Writer, of: Type, depth: int) -> str:
    return f"{w.part(NUMBER, depth)} ** {w.pick(['2', '3', '0', '-1', '0.5'])}"


def minus(w: Writer, of: Type, depth: int) -> str:
    return f"-{w.part(of, depth)}"


def rounded(w: Writer, of: Type, depth: int) -> str:
    return w.call(w.pick(["floor", "ceiling"]), w.write(NUMBER, depth))


def rounded_to(w: Writer, of: Type, depth: int) -> str:
    names = ["round up", "round down", "round half up", "round half down"]
    return w.call(w.pick(names), w.write(of, depth), w.pick("0123"))


def absolute(w: Writer, of: Type, depth: int) -> str:
    return w.call("abs", w.write(of, depth))


def remainder(w: Writer, of: Type, depth: int) -> str:
    return w.call("modulo", w.write(of, depth), w.pick(["1", "7", "-3"]))


def extreme(w: Writer, of: Type, depth: int) -> str:
    function = w.pick(["min", "max"])
    if w.draw(st.booleans()):
        return w.call(function, w.write(list_of(of), depth))
    return w.call(function, *(w.write(of, depth) for _ in range(w.draw(st.integers(2, 3)))))


def total(w: Writer, of: Type, depth: int) -> str:
    return w.call("sum", w.write(list_of(of), depth))


def average(w: Writer, of: Type, depth: int) -> str:
    return w.call(w.pick(["mean", "median"]), w.write(list_of(of), depth))


def counted(w: Writer, of: Type, depth: int) -> str:
    return w.call("count", w.write(list_of(w.pick(TYPES)), depth))


def length(w: Writer, of: Type, depth: int) -> str:
    return w.call("string length", w.write(TEXT, depth))


def part_of(w: Writer, of: Type, depth: int) -> str:
    kind, names = w.pick(_PROPERTIES)
    return f"{w.part(kind, depth)}.{w.pick(names)}"


def joined(w: Writer, of: Type, depth: int) -> str:
    return f"{w.part(TEXT, depth)} + {w.part(TEXT, depth)}"


def worded(w: Writer, of: Type, depth: int) -> str:
    return f"{w.part(TIER, depth)} + {w.part(TEXT, depth)}"


def recased(w: Writer, of: Type, depth: int) -> str:
    return w.call(w.pick(["upper case", "lower case"]), w.write(TEXT, depth))


def substring(w: Writer, of: Type, depth: int) -> str:
    start = w.pick(["1", "2", "-1"])
    return w.call("substring", w.pick(w.names(TEXT)), start, *w.pick([(), ("1",), ("3",)]))


def around(w: Writer, of: Type, depth: int) -> str:
    function = w.pick(["substring before", "substring after"])
    return w.call(function, w.write(TEXT, depth), w.write(TEXT, depth))


def spelled(w: Writer, of: Type, depth: int) -> str:
    return w.call("string", w.write(w.pick(TYPES), depth))


def added(w: Writer, of: Type, depth: int) -> str:
    return f"{w.part(of, depth)} {w.pick('+-')} {w.part(of, depth)}"


def scaled(w: Writer, of: Type, depth: int) -> str:
    amount, factor = w.part(of, depth), w.part(NUMBER, depth)
    divisor = w.pick(["2", "0.3", *w.names(NUMBER)])
    return w.pick([f"{amount} * {factor}", f"{factor} * {amount}", f"{amount} / {divisor}"])


def moved(w: Writer, of: Type, depth: int) -> str:
    length = DURATION if of == TIME else w.pick([DURATION, MONTHS])
    return f"{w.part(of, depth)} {w.pick('+-')} {w.part(length, depth)}"


def gap(w: Writer, of: Type, depth: int) -> str:
    point = w.pick([DATE, DATE_TIME, TIME])
    return f"{w.part(point, depth)} - {w.part(point, depth)}"


def day_of(w: Writer, of: Type, depth: int) -> str:
    return w.call("date", w.write(DATE_TIME, depth))


def made_date(w: Writer, of: Type, depth: int) -> str:
    parts = [f"{w.part(DATE, depth)}.{name}" for name in ("year", "month", "day")]
    return w.call("date", parts[0], w.pick(["1", "2", parts[1]]), w.pick(["28", "31", parts[2]]))


def moment(w: Writer, of: Type, depth: int) -> str:
    return w.call("date and time", w.write(DATE, depth), w.write(TIME, depth))


def clock_of(w: Writer, of: Type, depth: int) -> str:
    return w.call("time", w.write(DATE_TIME, depth))


def months_between(w: Writer, of: Type, depth: int) -> str:
    return w.call("years and months duration", w.write(DATE, depth), w.write(DATE, depth))


def listed(w: Writer, of: Type, depth: int) -> str:
    assert of.element is not None
    return w.items([w.write(of.element, depth) for _ in range(w.draw(st.integers(1, 3)))])


def filtered(w: Writer, of: Type, depth: int) -> str:
    assert of.element is not None
    element = of.element
    return f"{w.part(of, depth)}[{w.bound('item', element, lambda: w.write(BOOLEAN, depth))}]"


def combined(w: Writer, of: Type, depth: int) -> str:
    return w.call(w.pick(["concatenate", "union"]), w.write(of, depth), w.write(of, depth))


def appended(w: Writer, of: Type, depth: int) -> str:
    assert of.element is not None
    return w.call("append", w.write(of, depth), w.write(of.element, depth))


def tidied(w: Writer, of: Type, depth: int) -> str:
    return w.call(w.pick(["reverse", "distinct values"]), w.write(of, depth))


def sliced(w: Writer, of: Type, depth: int) -> str:
    return w.call("sublist", w.write(of, depth), w.pick(["1", "2", "-1"]))


_INTEGERS: tuple[Maker, ...] = (arithmetic, minus, rounded, absolute, extreme, counted, length, part_of)

#: The makers for each kind; `integer` is for whole numbers.
VALUES: dict[str, tuple[Maker, ...]] = {
    "integer": _INTEGERS,
    "number": (*_INTEGERS, quotient, power, rounded_to, remainder, total, average),
    "text": (joined, worded, recased, substring, around, spelled),
    "choice": (),
    "money": (added, scaled, minus, absolute, extreme, total, rounded_to),
    "date": (moved, day_of, made_date, extreme),
    "date-time": (moved, moment),
    "time": (moved, clock_of),
    "duration": (added, scaled, gap, minus, absolute),
    "months": (added, scaled, minus, months_between),
    "list": (listed, filtered, combined, appended, tidied, sliced),
}
