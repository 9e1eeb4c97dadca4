"""A `calendars` section for a policy, from the public holidays of a place. An author's helper: the days are printed into the
policy and stand there for ever, so that decisions never depend on a package."""

from __future__ import annotations

from typing import Final

from remit.errors import MissingExtra

__all__ = ["calendar_section"]

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST_YEARS: Final = 50


def calendar_section(place: str, first: int, last: int) -> str:
    """The section as YAML, each day with its name beside it.

    ``place`` is a country (ISO 3166: ``NL``) or a part of one (``GB-ENG``); ``first`` and ``last`` are years, both included.
    Raises ``ValueError`` for a place or years that are not known, and :class:`remit.MissingExtra`.
    """
    try:
        import holidays
    except ImportError:
        raise MissingExtra("reading public holidays", "calendars") from None
    if not 1900 <= first <= last <= 2200 or last - first >= _MOST_YEARS:
        raise ValueError(f"`{first}` to `{last}` are not the first and last of at most {_MOST_YEARS} years")
    country, _, part = place.upper().partition("-")
    try:
        days = holidays.country_holidays(country, subdiv=part or None, years=range(first, last + 1))
    except NotImplementedError:
        known = holidays.list_supported_countries().get(country)
        parts = f"; the parts of {country} are {', '.join(known)}" if known else ""
        raise ValueError(f"no holidays are known for `{place}`{parts}") from None
    name = place.lower().replace("-", "_")
    lines = [
        "calendars:",
        f"  {name}:",
        f"    from: {first}-01-01",
        f"    to: {last + 1}-01-01          # exclusive",
        f"    weekend: [{', '.join(_WEEKDAYS[day] for day in sorted(days.weekend))}]",
        "    holidays:",
    ]
    lines += [f"      - {day.isoformat()}   # {title}" for day, title in sorted(days.items())]
    return "\n".join(lines)
