"""Dates, times, date-times and the two durations: reading, arithmetic, order, properties.

Everything here is total: what is not valid, does not fit together or leaves the calendar gives ``None``, FEEL's null.

Limits, all of Python's own calendar: years 1 to 9999; microseconds (a text that is more exact is not valid); days
durations up to 999,999,999 days. Zone ids (``@Europe/Paris``) are looked up in the time zone database of the machine.
"""

from remit.language.temporal.months import days_in_month, months_between, shift
from remit.language.temporal.order import compare, equal, identical
from remit.language.temporal.properties import PROPERTIES, get
from remit.language.temporal.temporal_arithmetic import add, divide, multiply, negate, subtract
from remit.language.temporal.temporal_forms import parse_at, parse_date, parse_date_time, parse_duration, parse_time
from remit.language.temporal.zones import in_zone, offset_of, settled, zone_name, zone_text

__all__ = [
    "PROPERTIES",
    "add",
    "compare",
    "days_in_month",
    "divide",
    "equal",
    "get",
    "identical",
    "in_zone",
    "months_between",
    "multiply",
    "negate",
    "offset_of",
    "parse_at",
    "parse_date",
    "parse_date_time",
    "parse_duration",
    "parse_time",
    "settled",
    "shift",
    "subtract",
    "zone_name",
    "zone_text",
]
