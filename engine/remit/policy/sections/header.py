"""Who the policy is, when it holds, and the roles: everything that stands outside a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from remit.language.suggestions import closest
from remit.policy.load_context import Context
from remit.policy.model import Effective, Incidents
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlList, YamlScalar
from remit.policy.sections import currency_section
from remit.policy.sections.reserved_names import is_reserved
from remit.policy.shapes.collections import ListOf
from remit.policy.shapes.local_text import LANGUAGE, LocalText
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import Day, OneOf, Pattern, Text
from remit.policy.shapes.word_forms import ID, NAME, PER

__all__ = ["KEYS", "OTHERWISE", "Header", "read_header", "read_own_account"]

_DAY: Final = Day()
EFFECTIVE: Final = Record(
    "a period",
    (
        Key("from", _DAY, "The first day: incidents on it fall under this version.", examples=("2026-06-01",)),
        Key("to", _DAY, "The day after the last: incidents on it no longer fall under this version.", examples=("2027-01-01",)),
    ),
    "effective: {from: 2026-06-01}",
    "The days on which an incident falls under this version.",
    any_of=("from", "to"),
)

INCIDENTS: Final = Record(
    "how old an incident may be",
    (
        Key(
            "within",
            Pattern(
                "a length of time such as `90 days` or `6 years`",
                "[1-9][0-9]{0,3} (?:day|week|month|year)s?",
                "write `90 days`, `12 weeks`, `18 months` or `6 years`",
                "90 days",
            ),
            "How long after the incident it can still be dealt with.",
            True,
            examples=("90 days", "6 years"),
        ),
    ),
    "incidents: {within: 90 days}",
    "How old an incident may be. What is older, or still to come, is escalated, also where something is owed.",
)

ROSTER: Final = OneOf(
    {
        "required": "Nothing is on record under this policy in a ledger without a roster.",
        "optional": "Where the ledger has no roster, the role is the one that is stated.",
    },
    "`required` or `optional`",
    {"true": "required", "yes": "required", "false": "optional", "no": "optional"},
)

ROUNDING: Final = OneOf(
    {
        "half up": "To the nearest; a half away from zero (2.5 becomes 3).",
        "half down": "To the nearest; a half towards zero (2.5 becomes 2).",
        "half even": "To the nearest; a half to the even neighbour (2.5 becomes 2, 3.5 becomes 4).",
        "up": "Away from zero.",
        "down": "Towards zero.",
    },
    "a way of rounding",
    {"nearest": "half up", "bankers": "half even", "floor": "down", "ceiling": "up"},
)

KEYS: Final = (
    Key(
        "policy",
        ID,
        "The name of the policy. All versions of one policy have the same.",
        True,
        examples=("hotel-guest-recovery",),
    ),
    Key(
        "languages",
        ListOf(LANGUAGE, "a list of languages", "each entry", "[en, de]", most=20),
        "The languages of the texts, the one on record first. Where there are several, a text is `{en: ..., de: ...}`.",
        examples=("[en, de]",),
    ),
    Key(
        "title",
        LocalText(example="Guest recovery at the front desk", longest=200),
        "The name for people.",
        True,
        examples=("Guest recovery at the front desk",),
    ),
    Key(
        "version",
        Text(example='"2026.2"', longest=80),
        "Which version this is; in quotes, so that 2026.10 is not 2026.1.",
        True,
        examples=('"2026.2"',),
    ),
    Key(
        "owner",
        Text(example="guest-relations", longest=200),
        "Who answers for the policy. What no role on the ladder may grant goes to them.",
        True,
        examples=("guest-relations",),
    ),
    Key(
        "effective",
        EFFECTIVE,
        "The days on which an incident falls under this version: `from` is in, `to` is out. Left out, it always holds.",
        examples=("{from: 2026-06-01}",),
    ),
    Key(
        "incidents",
        INCIDENTS,
        "How old an incident may be. What is older, or still to come, is escalated. Left out, it is not looked at.",
        examples=("{within: 90 days}",),
    ),
    Key(
        "own_account",
        PER,
        "The facts that say whose account it is. Where one of them is the employee, or an account of theirs on the roster, "
        "somebody above them decides. The ledger knows the customer by them.",
        examples=("guest.id", "[guest.id, guest.email]"),
    ),
    Key("roster", ROSTER, "Whether the ledger must know who works here, and in which role.", default="optional"),
    Key(
        "timezone",
        Text("a time zone such as `Europe/Amsterdam`", "Europe/Amsterdam", 80),
        "Where the day begins, for caps that count by calendar day, month or year, and for points in time if it is given.",
        default="UTC",
        examples=("Europe/Amsterdam",),
    ),
    *currency_section.KEYS,
    Key("rounding", ROUNDING, "How amounts become whole cents.", default="half up"),
    Key(
        "ladder",
        ListOf(NAME, "a list of roles", "a role", "[associate, supervisor]", most=50),
        "The roles, least authority first. Each may do all that the ones before it may.",
        True,
        examples=("[associate, supervisor]",),
    ),
)

OTHERWISE: Final = Key(
    "otherwise",
    OneOf(
        {
            "escalate": "It goes up to the lowest role that could grant it, and is logged as a gap.",
            "deny": "It is denied, with the words that there is no rule for it.",
        },
        "what happens to a case that no rule covers",
    ),
    "What happens where no rule speaks of what is asked.",
    default="escalate",
)


@dataclass(frozen=True, slots=True)
class Header:
    """The single values of a policy."""

    id: str
    title: str
    version: str
    owner: str
    effective: Effective
    incidents: Incidents | None
    roster: bool
    timezone: str
    currency: str | None
    rounding: str
    ladder: tuple[str, ...]
    languages: tuple[str, ...]


def read_header(policy: Fields, context: Context) -> Header:
    """The single values; sets the currencies, their rates and the ladder of ``context``."""
    report = context.report
    currency_section.read_currencies(policy, context)
    context.ladder = _ladder(policy, context)
    context.languages = _languages(policy, report)
    context.languages_told = policy.given("languages") and not context.languages
    name = policy.get("policy")
    return Header(
        id=name.text if name else "",
        title=context.words(policy, "title") or "",
        version=policy.get("version") or "",
        owner=policy.get("owner") or "",
        effective=_effective(policy.get("effective"), report),
        incidents=_incidents(policy.get("incidents")),
        roster=policy.get("roster") == "required",
        timezone=_timezone(policy, report),
        currency=context.currency,
        rounding=policy.get("rounding") or "half up",
        ladder=context.ladder,
        languages=context.languages,
    )


def _languages(policy: Fields, report: ProblemReport) -> tuple[str, ...]:
    out: dict[str, None] = {}
    for each in policy.get("languages") or []:
        if each.text in out:
            report.error("policy/duplicate", f"the language `{each.text}` is there twice", each, "keep one of them")
        out[each.text] = None
    return tuple(out)


def _ladder(policy: Fields, context: Context) -> tuple[str, ...]:
    out: dict[str, None] = {}
    for role in policy.get("ladder") or []:
        if role.text in out:
            context.report.error("policy/duplicate", f"the role `{role.text}` is on the ladder twice", role, "keep one of them")
        elif not is_reserved(role, "role", context.report):
            out[role.text] = None
    written = policy.node.get("ladder")
    context.ladder_is_whole = isinstance(written, YamlList) and len(out) == len(written.items) > 0
    return tuple(out)


def _effective(period: Fields | None, report: ProblemReport) -> Effective:
    if period is None:
        return Effective()
    start: date | None = period.get("from")
    end: date | None = period.get("to")
    first = start or date.min
    if end is not None and first >= end:
        message = f"the policy ends on {end}, which is not after it begins on {first}"
        hint = "swap the two days" if first > end else "`to` is the day after the last; for one day write the next day"
        report.error("policy/period", message, period.at("to"), hint)
    return Effective(start, end)


def _incidents(written: Fields | None) -> Incidents | None:
    within: YamlScalar | None = written.get("within") if written is not None else None
    if within is None:
        return None
    number, unit = within.text.removesuffix("s").split()
    many = int(number) * {"day": 1, "week": 7, "month": 1, "year": 12}[unit]
    return Incidents(within.text, **{"days" if unit in ("day", "week") else "months": many})


def read_own_account(policy: Fields, context: Context) -> tuple[str, ...]:
    """The facts that say whose account it is. They are text, as ids are."""
    written = policy.get("own_account")
    out: dict[str, None] = {}
    for scalar in [written] if isinstance(written, YamlScalar) else written or []:
        if not context.is_fact(scalar):
            continue
        kind = context.facts[scalar.text].kind
        if kind not in ("text", "any") or scalar.text in context.histories:
            message = f"`{scalar.text}` is no text, and cannot say whose account it is"
            context.report.error("policy/own-account", message, scalar, "name the facts with the customer's number or address")
        else:
            out[scalar.text] = None
    return tuple(out)


def _timezone(policy: Fields, report: ProblemReport) -> str:
    zone: str | None = policy.get("timezone")
    if zone is None:
        return "UTC"
    try:
        ZoneInfo(zone)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        known = False
    except KeyError:
        known = False
    else:
        known = True
    if not known:
        zones = available_timezones()
        places = {each.rpartition("/")[2]: each for each in sorted(zones, reverse=True) if "/" in each}
        meant = closest(zone, zones) or places.get(closest(zone, places) or "")
        hint = f"did you mean `{meant}`?" if meant else "write it as `Europe/Amsterdam` or `UTC`"
        report.error("policy/timezone", f"there is no time zone `{zone}`", policy.at("timezone"), hint)
    return zone
